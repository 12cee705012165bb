//! Numbers of vouchers in the database, which their codes tell.

use std::collections::BTreeSet;

use kernel::Actor;
use party::testing::ctx;
use voucher::*;

use crate::stored::{ask, at_once, by_number, issued, merchant, on_both, order, read};

#[test]
fn no_two_vouchers_share_a_number_whoever_issues_them() {
    on_both(|store| {
        let issue = |n: u64| {
            let of = IssueVoucher {
                merchant: merchant(1 + u128::from(n % 2)),
                ..order(1, 40)
            };
            issued(store, ctx(Actor::System), of)
        };
        let vouchers: Vec<_> = at_once(60, issue).into_iter().flatten().collect();
        let numbers: BTreeSet<_> = vouchers.iter().map(|id| read(store, *id).number).collect();
        assert_eq!(numbers.len(), 2_400);
        assert!(numbers.iter().all(|number| *number > 0));
    });
}

#[test]
fn a_number_leads_to_its_voucher_for_its_own_merchant_alone() {
    on_both(|store| {
        let id = issued(store, ctx(Actor::System), order(1, 1))[0];
        let number = read(store, id).number;
        assert_eq!(by_number(store, number), Some(id));
        assert_eq!(by_number(store, number + 1), None);
        let elsewhere = ask(store, move |read| {
            queries::find_by_number(read, merchant(2), number)
        });
        assert_eq!(elsewhere, None);
    });
}
