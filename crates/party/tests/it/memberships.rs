//! Who is a member of whom: it is free, may be said again, and is forgotten with the person.

use kernel::{Actor, MerchantId, PersonId};
use party::testing::{Shop, certified_shop, consumer, operator};
use party::{
    JoinMembership, LeaveMembership, OperatorRole, SuspendMerchant, erase_person, join_membership,
    leave_membership, queries, suspend_merchant,
};
use store::{Rejected, Store, sql};

use crate::{ask, nowhere, on_both, run, why};

fn join(store: &Store, person: PersonId, merchant: MerchantId) -> Result<(), Rejected> {
    run(store, Actor::Consumer(person), move |tx, ctx| {
        join_membership(tx, ctx, &JoinMembership { merchant })
    })
}

fn leave(store: &Store, person: PersonId, merchant: MerchantId) -> Result<(), Rejected> {
    run(store, Actor::Consumer(person), move |tx, ctx| {
        leave_membership(tx, ctx, &LeaveMembership { merchant })
    })
}

fn is_member(store: &Store, person: PersonId, shop: Shop) -> bool {
    ask(store, move |read| queries::is_member(read, person, shop.merchant))
}

fn events(store: &Store) -> i64 {
    ask(store, |read| {
        let row = read.one(sql!(
            "SELECT COUNT(*) FROM event WHERE type IN ('MembershipJoined', 'MembershipLeft')"
        ))?;
        Ok(row.map_or(Ok(0), |mut row| row.take())?)
    })
}

#[test]
fn a_member_joins_and_leaves_and_saying_it_again_changes_nothing() {
    on_both(|store| {
        let (shop, other) = (certified_shop(store, 1), certified_shop(store, 2));
        let (li, wang) = (consumer(store, 1), consumer(store, 2));
        for _ in 0..2 {
            assert_eq!(join(store, li, shop.merchant), Ok(()));
        }
        assert!(is_member(store, li, shop) && !is_member(store, wang, shop) && !is_member(store, li, other));
        join(store, li, other.merchant).expect("joined");
        let of_li = ask(store, move |read| queries::memberships_of(read, li, None, 10));
        let merchants: Vec<_> = of_li.iter().map(|membership| membership.merchant).collect();
        let mut both = vec![shop.merchant, other.merchant];
        both.sort_unstable();
        both.reverse();
        assert_eq!(merchants, both);
        let next = ask(store, move |read| {
            queries::memberships_of(read, li, Some(both[0]), 10)
        });
        assert_eq!(next.len(), 1);

        assert_eq!(events(store), 2);
        for _ in 0..2 {
            assert_eq!(leave(store, li, shop.merchant), Ok(()));
        }
        assert!(!is_member(store, li, shop) && is_member(store, li, other));
        assert_eq!(events(store), 3);
    });
}

#[test]
fn nobody_joins_what_is_not_there_or_suspended_and_only_for_themself() {
    on_both(|store| {
        let (shop, li) = (certified_shop(store, 1), consumer(store, 1));
        assert_eq!(why(join(store, li, nowhere())), "not_found");
        let as_owner = run(store, shop.as_owner(), move |tx, ctx| {
            let merchant = shop.merchant;
            join_membership(tx, ctx, &JoinMembership { merchant })
        });
        assert_eq!(why(as_owner), "forbidden");
        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 1));
        let ctx = party::testing::ctx(admin).with_reason("a fraud".to_owned());
        let suspended = party::testing::run(store, ctx, move |tx, ctx| {
            let merchant = shop.merchant;
            suspend_merchant(tx, ctx, &SuspendMerchant { merchant })
        });
        suspended.expect("suspended");
        assert_eq!(why(join(store, li, shop.merchant)), "merchant_suspended");
    });
}

#[test]
fn a_membership_is_forgotten_with_the_person() {
    on_both(|store| {
        let (shop, li) = (certified_shop(store, 1), consumer(store, 1));
        join(store, li, shop.merchant).expect("joined");
        run(store, Actor::Consumer(li), erase_person).expect("erased");
        assert!(!is_member(store, li, shop));
    });
}
