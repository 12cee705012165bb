//! A person closes their account: not by accident while something is open, and the money stays.

use convert::{ConfirmPayment, ErasePerson, erase_person};
use kernel::{Actor, PersonId};
use store::{Store, sql};

use crate::shop::{Plan, Shop, earn_rebate};
use crate::{NOW, Outcome, books, ok, on_both, person, run_at};

fn erase(store: &Store, person: PersonId, give_up_open: bool) -> Outcome<PersonId> {
    run_at(store, Actor::Consumer(person), NOW, move |tx, ctx| {
        erase_person(tx, ctx, &ErasePerson { give_up_open })
    })
}

/// What forbids the erasure.
fn open(store: &Store, person: PersonId) -> String {
    let rejected = erase(store, person, false).expect("an answer");
    let rejected = rejected.expect_err("a rejection");
    assert_eq!(rejected.code, "person_has_open");
    rejected.detail
}

fn instruments(store: &Store) -> i64 {
    let row = store.read_blocking(|read| {
        Ok(read.one(sql!(
            "SELECT COUNT(*) FROM payment_attempt WHERE instrument IS NOT NULL"
        ))?)
    });
    row.expect("a count").expect("a row").take().expect("a number")
}

#[test]
fn what_is_open_forbids_the_erasure_by_name_until_it_is_given_up() {
    on_both(|store| {
        let shop = Shop::open(store, &Plan::default());
        let (buyer, other) = (person(store), person(store));
        let placed = shop.place(buyer, shop.order_of(2));
        assert_eq!(
            open(store, buyer),
            "There is still: 1 orders that await their payment."
        );
        let paid = |buyer, placed: &convert::PlacedOrder| {
            let attempt = shop.start(buyer, placed.order);
            let report = ConfirmPayment {
                instrument: Some(format!("card-of-{buyer}")),
                ..shop.report(attempt, placed.amounts.cash_due)
            };
            ok(shop.confirm(report));
            shop.vouchers(placed.order)
        };
        let vouchers = paid(buyer, &placed);
        assert_eq!(open(store, buyer), "There is still: 2 live vouchers.");
        shop.redeem(vouchers[0]);
        let refund = ok(shop.refund(buyer, vouchers[1])).refund;
        assert_eq!(open(store, buyer), "There is still: 1 refunds on their way.");
        ok(shop.confirm_refund(refund));
        earn_rebate(store, buyer, 300);
        assert!(open(store, buyer).ends_with("of rebates to spend."));
        paid(other, &shop.place(other, shop.order_of(1)));
        let before = (books(store), shop.view(placed.order));
        assert_eq!(instruments(store), 2);
        assert_eq!(ok(erase(store, buyer, true)), buyer);
        assert_eq!(instruments(store), 1, "the other's is theirs");
        assert_eq!((books(store), shop.view(placed.order)), before);
    });
}

#[test]
fn nothing_open_needs_no_confirmation() {
    on_both(|store| {
        let shop = Shop::open(store, &Plan::default());
        let buyer = person(store);
        let (_, vouchers) = shop.buy(buyer, 1);
        shop.redeem(vouchers[0]);
        assert_eq!(ok(erase(store, buyer, false)), buyer);
    });
}
