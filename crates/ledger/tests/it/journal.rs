//! Entries: what is refused, what is final, and that a pending one is resolved once.

use kernel::{Actor, JournalEntryId};
use ledger::{
    Account, Balance, Leg, MAX_LEG, NewEntry, Reason, post, post_pending, queries, reserve, void_pending,
};
use store::{NoAnswer, Store};
use uuid::Uuid;

use crate::{CNY, at_once, balance, done, on_both, posted, run_as};

fn order(n: u128) -> Option<Uuid> {
    Some(Uuid::from_u128(n))
}

/// 80 paid and a subsidy of 20, into the escrow of order `n`.
fn paid(n: u128) -> NewEntry {
    let legs = [
        Leg::debit(Account::ProviderClearing, None, 8_000),
        Leg::debit(Account::Subsidy, None, 2_000),
        Leg::debit(Account::RebatePayable, order(9), 0),
        Leg::credit(Account::Escrow, order(n), 10_000),
    ];
    NewEntry::of(Reason::Paid, Uuid::from_u128(n), CNY, legs).expect("something moves")
}

fn trial_sums(store: &Store) -> (i64, i64) {
    let rows = store
        .read_blocking(queries::trial_balance)
        .expect("a trial balance");
    let sum = |layer: fn(&Balance) -> i64| rows.iter().map(|row| layer(&row.balance)).sum();
    (sum(|b| b.posted), sum(|b| b.pending))
}

#[test]
fn an_entry_shows_in_the_balances_of_its_owners_and_of_all_of_them() {
    on_both(|store| {
        done(store, |tx, ctx| {
            post(tx, ctx, &paid(1))?;
            post(tx, ctx, &paid(2))
        });
        assert_eq!(balance(store, Account::Escrow, order(1)), posted(-10_000));
        assert_eq!(balance(store, Account::Escrow, None), posted(-20_000));
        assert_eq!(balance(store, Account::Subsidy, None), posted(4_000));
        assert_eq!(balance(store, Account::RebatePayable, order(9)), posted(0));
        assert_eq!(trial_sums(store), (0, 0));
    });
}

#[test]
fn what_breaks_the_rules_of_an_entry_is_never_written() {
    let escrow = |amount| Leg::debit(Account::Escrow, order(1), amount);
    let bank = |amount| Leg::debit(Account::Bank, None, amount);
    let broken: [&[Leg]; 9] = [
        &[],
        &[bank(5)],
        &[bank(5), escrow(-4)],
        &[bank(5), escrow(-5), escrow(0)],
        &[bank(MAX_LEG + 1), escrow(-MAX_LEG - 1)],
        &[bank(i64::MAX), bank(i64::MIN), bank(1)],
        &[bank(i64::MIN), escrow(i64::MIN)],
        &[bank(5), Leg::credit(Account::Escrow, None, 5)],
        &[Leg::debit(Account::Bank, order(1), 5), escrow(-5)],
    ];
    on_both(|store| {
        for legs in broken {
            for write in [post, reserve] {
                let entry = NewEntry {
                    legs: legs.to_vec(),
                    ..paid(1)
                };
                let outcome = run_as(store, Actor::System, move |tx, ctx| write(tx, ctx, &entry));
                assert!(
                    matches!(outcome, Err(NoAnswer::Broken(_))),
                    "{legs:?}: {outcome:?}"
                );
            }
        }
        assert_eq!(
            store.read_blocking(queries::trial_balance).expect("rows"),
            Vec::new()
        );
    });
}

#[test]
fn the_same_reference_and_reason_has_one_effect() {
    on_both(|store| {
        let outcomes = at_once(8, |_| {
            run_as(store, Actor::System, |tx, ctx| post(tx, ctx, &paid(1)))
        });
        let done = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Ok(_))));
        assert_eq!(done.count(), 1, "{outcomes:?}");
        assert_eq!(balance(store, Account::Escrow, order(1)), posted(-10_000));
    });
}

#[test]
fn an_entry_may_have_any_number_of_legs() {
    on_both(|store| {
        for others in 1..=12_i64 {
            done(store, move |tx, ctx| {
                let mut legs = vec![Leg::debit(Account::Bank, None, 10 * others)];
                legs.extend(
                    (0..others).map(|n| Leg::credit(Account::MerchantPayable, order(n as u128 + 1), 10)),
                );
                let entry = NewEntry::of(Reason::PaidOut, Uuid::from_u128(others as u128), CNY, legs);
                post(tx, ctx, &entry.expect("something moves"))
            });
        }
        for n in 1..=12_i64 {
            let owner = order(n as u128);
            assert_eq!(
                balance(store, Account::MerchantPayable, owner),
                posted(-10 * (13 - n))
            );
        }
        assert_eq!(balance(store, Account::Bank, None), posted(10 * 78));
    });
}

#[test]
fn a_pending_entry_counts_apart_until_it_is_posted_or_voided() {
    on_both(|store| {
        for (n, resolve) in [(1, post_pending as Resolve), (2, void_pending)] {
            let entry = done(store, move |tx, ctx| reserve(tx, ctx, &paid(n)));
            let pending = Balance {
                posted: 0,
                pending: -10_000,
            };
            assert_eq!(balance(store, Account::Escrow, order(n)), pending);
            assert!(done(store, move |tx, ctx| resolve(tx, ctx, entry)));
            for again in [post_pending as Resolve, void_pending] {
                assert!(!done(store, move |tx, ctx| again(tx, ctx, entry)));
            }
        }
        assert_eq!(balance(store, Account::Escrow, order(1)), posted(-10_000));
        assert_eq!(balance(store, Account::Escrow, order(2)), posted(0));
        assert_eq!(balance(store, Account::Subsidy, None), posted(2_000));
        assert_eq!(trial_sums(store), (0, 0));
    });
}

type Resolve = fn(&mut store::Tx, &kernel::Ctx, JournalEntryId) -> Result<bool, store::Fail>;

#[test]
fn what_is_not_pending_cannot_be_resolved() {
    on_both(|store| {
        let (final_entry, pending) = done(store, |tx, ctx| {
            Ok((post(tx, ctx, &paid(1))?, reserve(tx, ctx, &paid(2))?))
        });
        assert!(done(store, move |tx, ctx| post_pending(tx, ctx, pending)));
        let resolving = store.read_blocking(move |read| {
            let row = read.one(store::sql!(
                "SELECT id FROM journal_entry WHERE reference = $1",
                pending
            ))?;
            Ok(row.expect("the entry that posts").take::<JournalEntryId>()?)
        });
        let resolving = resolving.expect("an id");
        for entry in [final_entry, resolving, crate::id(404)] {
            for resolve in [post_pending as Resolve, void_pending] {
                assert!(!done(store, move |tx, ctx| resolve(tx, ctx, entry)));
            }
        }
        assert_eq!(balance(store, Account::Escrow, None), posted(-20_000));
    });
}

#[test]
fn of_posts_and_voids_at_once_one_wins() {
    on_both(|store| {
        for round in 1..=6 {
            let entry = done(store, move |tx, ctx| reserve(tx, ctx, &paid(round)));
            let outcomes = at_once(8, |n| {
                run_as(store, Actor::System, move |tx, ctx| {
                    if n % 2 == 0 {
                        post_pending(tx, ctx, entry)
                    } else {
                        void_pending(tx, ctx, entry)
                    }
                })
            });
            let winners: Vec<usize> = (0..8).filter(|n| outcomes[*n] == Ok(Ok(true))).collect();
            assert_eq!(winners.len(), 1, "{outcomes:?}");
            let losers = outcomes.iter().filter(|outcome| **outcome == Ok(Ok(false)));
            assert_eq!(losers.count(), 7, "{outcomes:?}");
            let was_posted = winners[0].is_multiple_of(2);
            let expected = posted(if was_posted { -10_000 } else { 0 });
            assert_eq!(balance(store, Account::Escrow, order(round)), expected);
        }
    });
}

#[test]
fn an_entry_of_four_legs_is_three_told_statements() {
    on_both(|store| {
        let legs = [
            Leg::debit(Account::ProviderClearing, None, 70),
            Leg::debit(Account::Subsidy, None, 20),
            Leg::debit(Account::RebatePayable, order(9), 10),
            Leg::credit(Account::Escrow, order(1), 100),
        ];
        let entry = NewEntry::of(Reason::Paid, Uuid::from_u128(1), CNY, legs).expect("something moves");
        let pending = NewEntry {
            reason: Reason::Refunded,
            ..entry.clone()
        };
        let cost = |name, command: fn(&mut store::Tx, &kernel::Ctx, &NewEntry) -> _, entry: &NewEntry| {
            let entry = entry.clone();
            let ctx = crate::ctx(Actor::System, crate::NOW);
            let answer = store.run_blocking(name, ctx.request, ctx, move |tx, ctx| command(tx, ctx, &entry));
            let cost = store.costs()[name];
            (
                (cost.asked, cost.told),
                answer.expect("an answer").expect("no rejection"),
            )
        };
        assert_eq!(cost("post", post, &entry).0, (0, 3));
        let (reserve_cost, id) = cost("reserve", reserve, &pending);
        assert_eq!(reserve_cost, (0, 3));
        let ctx = crate::ctx(Actor::System, crate::NOW);
        let answer = store.run_blocking("resolve", ctx.request, ctx, move |tx, ctx| {
            post_pending(tx, ctx, id)
        });
        assert_eq!(answer, Ok(Ok(true)));
        assert_eq!(
            (store.costs()["resolve"].asked, store.costs()["resolve"].told),
            (1, 3)
        );
    });
}

#[test]
fn an_entry_of_nothing_is_none() {
    let legs = [
        Leg::debit(Account::Bank, None, 0),
        Leg::credit(Account::Escrow, order(1), 0),
    ];
    assert_eq!(NewEntry::of(Reason::Paid, Uuid::from_u128(1), CNY, legs), None);
}
