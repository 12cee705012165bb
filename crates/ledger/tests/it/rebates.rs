//! Rebates: pending, then spendable, or taken back; and a balance that nobody spends twice.

use kernel::{Actor, DAY_US, MerchantId, Money, OrderId, PersonId, RebateId, RedemptionId, Timestamp};
use ledger::{
    Account, AccrueRebate, Balance, Leg, NewEntry, PostRebate, Reason, RebateStatus, Reversal, ReverseRebate,
    accrue_rebate, give_back, post, post_rebate, queries, reverse_rebate, spend, spend_up_to,
};
use store::{NoAnswer, Store, due_timers};

use crate::{CNY, NOW, at_once, balance, code_of, done, id, on_both, posted, run_as, run_at};

const DUE: Timestamp = Timestamp(NOW.0 + 7 * DAY_US);

fn sharer() -> PersonId {
    id(50)
}

/// A redemption of order `n` that earns the sharer `amount` out of an escrow of 100.
fn accrue(store: &Store, n: u128, amount: i64) -> RebateId {
    let order: OrderId = id(n);
    let cmd = AccrueRebate {
        redemption: id(n),
        order,
        sharer: sharer(),
        merchant: id::<kernel::Merchant>(1) as MerchantId,
        currency: CNY,
        amount,
        due_at: DUE,
    };
    let rebate = done(store, move |tx, ctx| {
        let legs = [
            Leg::debit(Account::ProviderClearing, None, 10_000),
            Leg::credit(Account::Escrow, Some(order.uuid()), 10_000),
        ];
        let paid = NewEntry::of(Reason::Paid, order.uuid(), CNY, legs).expect("something moves");
        post(tx, ctx, &paid)?;
        accrue_rebate(tx, ctx, &cmd)
    });
    rebate.expect("an amount that is not zero")
}

fn post_at(store: &Store, rebate: RebateId, now: Timestamp) -> bool {
    run_at(store, Actor::System, now, move |tx, ctx| {
        post_rebate(tx, ctx, &PostRebate { rebate })
    })
    .expect("an answer")
    .expect("no rejection")
}

fn reverse(store: &Store, n: u128) -> Reversal {
    done(store, move |tx, ctx| {
        reverse_rebate(tx, ctx, &ReverseRebate { redemption: id(n) })
    })
}

fn can_spend(store: &Store) -> i64 {
    let moneys = store
        .read_blocking(|read| queries::spendable(read, sharer()))
        .expect("money");
    assert!(moneys.len() <= 1);
    moneys.first().map_or(0, |money| money.amount)
}

fn statuses(store: &Store) -> Vec<RebateStatus> {
    let rebates = store.read_blocking(|read| queries::rebates_of(read, sharer(), None, 10));
    rebates
        .expect("rebates")
        .iter()
        .map(|rebate| rebate.status)
        .collect()
}

fn timers(store: &Store) -> usize {
    let due = store
        .read_blocking(|read| Ok(due_timers(read, DUE, 10)?))
        .expect("timers");
    due.len()
}

fn owed_to_sharer(store: &Store) -> Balance {
    balance(store, Account::RebatePayable, Some(sharer().uuid()))
}

#[test]
fn a_rebate_waits_for_its_time_and_is_posted_once() {
    on_both(|store| {
        let rebate = accrue(store, 1, 200);
        assert_eq!(
            owed_to_sharer(store),
            Balance {
                posted: 0,
                pending: -200
            }
        );
        assert_eq!((can_spend(store), timers(store)), (0, 1));
        assert!(!post_at(store, rebate, Timestamp(DUE.0 - 1)));
        assert_eq!((can_spend(store), timers(store)), (0, 1));
        assert!(post_at(store, rebate, DUE));
        assert!(!post_at(store, rebate, DUE));
        assert_eq!((can_spend(store), timers(store)), (200, 0));
        assert_eq!(owed_to_sharer(store), posted(-200));
        assert_eq!(
            balance(store, Account::Escrow, Some(id::<kernel::Order>(1).uuid())),
            posted(-9_800)
        );
        assert_eq!(statuses(store), [RebateStatus::Posted]);
    });
}

#[test]
fn only_qiao_itself_posts_a_rebate() {
    on_both(|store| {
        let rebate = accrue(store, 1, 200);
        let actors = [
            Actor::Anonymous,
            Actor::Consumer(sharer()),
            Actor::Operator(sharer()),
            Actor::Provider(1),
        ];
        for actor in actors {
            let outcome = run_at(store, actor, DUE, move |tx, ctx| {
                post_rebate(tx, ctx, &PostRebate { rebate })
            });
            let code = code_of(outcome);
            assert!(code == "forbidden" || code == "sign_in_required", "{code}");
        }
        assert_eq!(can_spend(store), 0);
    });
}

#[test]
fn a_pending_rebate_is_voided_without_a_trace_in_the_balances() {
    on_both(|store| {
        let rebate = accrue(store, 1, 200);
        assert_eq!(reverse(store, 1), Reversal::Voided);
        assert_eq!(reverse(store, 1), Reversal::Nothing);
        assert!(!post_at(store, rebate, DUE));
        assert_eq!(owed_to_sharer(store), posted(0));
        assert_eq!((can_spend(store), timers(store)), (0, 0));
        assert_eq!(statuses(store), [RebateStatus::Voided]);
    });
}

#[test]
fn a_posted_rebate_is_taken_back_as_far_as_it_goes_and_the_rest_is_owed() {
    on_both(|store| {
        for (n, spent, left) in [(1, 0, 0), (2, 150, 0), (3, 200, 0)] {
            let rebate = accrue(store, n, 200);
            assert!(post_at(store, rebate, DUE));
            assert!(done(store, move |tx, _| spend(tx, sharer(), CNY, spent)));
            let expected = Reversal::TakenBack {
                from_balance: 200 - spent,
                owed: spent,
            };
            assert_eq!(reverse(store, n), expected);
            assert_eq!(reverse(store, n), Reversal::Nothing);
            assert_eq!(can_spend(store), left);
            let escrow = balance(store, Account::Escrow, Some(id::<kernel::Order>(n).uuid()));
            assert_eq!(escrow, posted(-10_000));
        }
        let owed = balance(store, Account::SharerReceivable, Some(sharer().uuid()));
        assert_eq!(owed, posted(350));
        assert_eq!(owed_to_sharer(store), posted(-350));
    });
}

#[test]
fn a_redemption_without_a_rebate_has_nothing_to_reverse() {
    on_both(|store| assert_eq!(reverse(store, 404), Reversal::Nothing));
}

#[test]
fn a_rebate_of_zero_is_none_and_a_negative_one_is_a_bug() {
    on_both(|store| {
        for (amount, expected) in [(0, true), (-1, false)] {
            let cmd = AccrueRebate {
                redemption: id::<kernel::Redemption>(1) as RedemptionId,
                order: id(1),
                sharer: sharer(),
                merchant: id(1),
                currency: CNY,
                amount,
                due_at: DUE,
            };
            let outcome = run_as(store, Actor::System, move |tx, ctx| accrue_rebate(tx, ctx, &cmd));
            assert_eq!(outcome == Ok(Ok(None)), expected, "{outcome:?}");
            assert_eq!(matches!(outcome, Err(NoAnswer::Broken(_))), !expected);
        }
        assert_eq!(statuses(store), []);
    });
}

#[test]
fn posting_and_reversing_at_once_end_in_the_same_place() {
    on_both(|store| {
        for n in 1..=8 {
            let rebate = accrue(store, n, 200);
            let outcomes = at_once(4, |thread| {
                if thread % 2 == 0 {
                    post_at(store, rebate, DUE).to_string()
                } else {
                    format!("{:?}", reverse(store, n))
                }
            });
            let reversals = outcomes
                .iter()
                .filter(|o| o.starts_with("Voided") || o.starts_with("Taken"));
            assert_eq!(reversals.count(), 1, "{outcomes:?}");
            assert_eq!(can_spend(store), 0, "{outcomes:?}");
            assert_eq!(owed_to_sharer(store), posted(0), "{outcomes:?}");
            let escrow = balance(store, Account::Escrow, Some(id::<kernel::Order>(n).uuid()));
            assert_eq!(escrow, posted(-10_000));
        }
    });
}

#[test]
fn of_64_spends_of_a_balance_for_10_exactly_10_succeed() {
    on_both(|store| {
        done(store, |tx, _| give_back(tx, sharer(), CNY, 70 + 6));
        let outcomes = at_once(64, |_| {
            run_as(store, Actor::System, |tx, _| spend(tx, sharer(), CNY, 7))
        });
        let spent = outcomes
            .iter()
            .filter(|outcome| **outcome == Ok(Ok(true)))
            .count();
        let refused = outcomes
            .iter()
            .filter(|outcome| **outcome == Ok(Ok(false)))
            .count();
        assert_eq!((spent, refused), (10, 54));
        assert_eq!(can_spend(store), 6);
    });
}

#[test]
fn spending_up_to_an_amount_never_takes_more_than_there_is() {
    on_both(|store| {
        for _ in 0..10 {
            done(store, |tx, _| give_back(tx, sharer(), CNY, 70));
            let outcomes = at_once(8, |_| {
                run_as(store, Actor::System, |tx, _| spend_up_to(tx, sharer(), CNY, 30))
            });
            let mut taken: Vec<i64> = outcomes
                .into_iter()
                .map(|outcome| outcome.expect("an answer").expect("money"))
                .collect();
            taken.sort_unstable();
            assert_eq!(taken, [0, 0, 0, 0, 0, 10, 30, 30]);
            assert_eq!(can_spend(store), 0);
        }
        assert_eq!(done(store, |tx, _| spend_up_to(tx, id(99), CNY, 30)), 0);
    });
}

#[test]
fn balances_are_kept_apart_by_person_and_currency() {
    on_both(|store| {
        done(store, |tx, _| give_back(tx, sharer(), CNY, 100));
        done(store, |tx, _| give_back(tx, sharer(), CNY, 11));
        done(store, |tx, _| give_back(tx, sharer(), kernel::Currency::USD, 5));
        assert!(!done(store, |tx, _| spend(
            tx,
            sharer(),
            kernel::Currency::USD,
            6
        )));
        assert!(!done(store, |tx, _| spend(tx, id(51), CNY, 1)));
        assert!(done(store, |tx, _| spend(tx, id(51), CNY, 0)));
        let moneys = store
            .read_blocking(|read| queries::spendable(read, sharer()))
            .expect("money");
        assert_eq!(
            moneys,
            [Money::new(111, CNY), Money::new(5, kernel::Currency::USD)]
        );
    });
}

#[test]
fn a_negative_amount_is_never_spent_or_given() {
    on_both(|store| {
        for amount in [-1, i64::MIN, i64::MAX] {
            for call in [0, 1, 2] {
                let outcome = run_as(store, Actor::System, move |tx, _| match call {
                    0 => spend(tx, sharer(), CNY, amount).map(drop),
                    1 => spend_up_to(tx, sharer(), CNY, amount).map(drop),
                    _ => give_back(tx, sharer(), CNY, amount),
                });
                assert!(
                    matches!(outcome, Err(NoAnswer::Broken(_))),
                    "{amount}: {outcome:?}"
                );
            }
        }
    });
}
