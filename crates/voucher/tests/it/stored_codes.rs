//! Codes in the database: whose they are while a voucher lives, and for how long after it.

use std::collections::BTreeSet;
use std::sync::mpsc;

use kernel::{Actor, Ctx, DAY_US, SECOND_US, Timestamp};
use party::testing::{NOW, ctx, ctx_at, run};
use store::testing::TestDatabase;
use store::{Query, Rejected, Statement, Store};
use voucher::*;

use crate::stored::{at_once, by_code, give_back, issue_one, issued, merchant, on_both, order, read, take};

/// A context that draws the same random numbers as every other of its kind, `n` seconds later.
fn same_draws(n: u64) -> Ctx {
    Ctx::new(NOW.plus_us(n as i64 * SECOND_US), Actor::System, [9; 32])
}

/// Forgets codes of before this.
fn prune(store: &Store, actor: Actor, before: Timestamp) -> Result<u64, Rejected> {
    let ctx = ctx_at(before.plus_us(7 * DAY_US), actor);
    run(store, ctx, |tx, ctx| prune_codes(tx, ctx, 1_000))
}

#[test]
fn live_vouchers_of_a_merchant_never_share_a_code() {
    on_both(|store| {
        // All draw the same codes in the same order.
        let vouchers = at_once(6, |n| issued(store, same_draws(n), order(1, 1))[0]);
        let codes: BTreeSet<_> = vouchers.iter().map(|id| read(store, *id).code).collect();
        assert_eq!(codes.len(), 6);
        let others = IssueVoucher {
            merchant: merchant(2),
            ..order(1, 1)
        };
        let elsewhere = issued(store, same_draws(10), others)[0];
        let shared = read(store, elsewhere).code;
        assert!(codes.contains(&shared), "another merchant's codes are its own");
        assert_ne!(by_code(store, shared), Some(elsewhere));
    });
}

#[test]
fn a_closed_code_leads_to_its_voucher_until_a_live_one_takes_it() {
    on_both(|store| {
        let first = issued(store, same_draws(0), order(1, 1))[0];
        let code = read(store, first).code;
        assert!(take(store, first).is_some());
        assert_eq!(by_code(store, code), Some(first));
        let second = issued(store, same_draws(1), order(1, 1))[0];
        assert_eq!(
            (read(store, second).code, by_code(store, code)),
            (code, Some(second))
        );
        // The first comes alive again, and its code is gone: it gets another.
        assert!(give_back(store, ctx(Actor::System), first).is_some());
        let new = read(store, first).code;
        assert_ne!(new, code);
        assert_eq!(
            (by_code(store, code), by_code(store, new)),
            (Some(second), Some(first))
        );
    });
}

#[test]
fn codes_closed_long_ago_are_forgotten_and_those_of_live_vouchers_never() {
    on_both(|store| {
        let [old, fresh, live] = [(); 3].map(|()| issue_one(store, 1));
        let day = |n: i64| NOW.plus_us(n * DAY_US);
        for (id, at) in [(old, day(-1)), (fresh, NOW)] {
            let closed = run(store, ctx(Actor::System), move |tx, _| {
                close(tx, id, Closed::Expired, at)
            });
            assert!(closed.expect("no rejection").is_some());
        }
        let codes = [old, fresh, live].map(|id| read(store, id).code);
        assert_eq!(prune(store, Actor::System, NOW), Ok(1));
        assert_eq!(
            codes.map(|code| by_code(store, code)),
            [None, Some(fresh), Some(live)]
        );
        assert_eq!(prune(store, Actor::System, day(1_000)), Ok(1));
        assert_eq!(by_code(store, codes[2]), Some(live));
        let outsider = prune(store, Actor::Anonymous, NOW).expect_err("a rejection");
        assert_eq!(outsider.code, party::SIGN_IN_REQUIRED.code);
    });
}

/// How many wait for a row of this transaction.
static WAITING: Statement = Statement {
    text: "SELECT COUNT(*) FROM pg_locks, pg_sleep(0.01) WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))",
    place: "test",
};

#[test]
fn a_code_that_is_taken_while_it_is_pruned_stays() {
    let database = TestDatabase::postgres();
    let (taking, pruning) = (&database.open(), &database.open());
    let closed = issued(taking, same_draws(0), order(1, 1))[0];
    assert!(take(taking, closed).is_some());
    let (take_it, taken) = mpsc::channel();
    std::thread::scope(|scope| {
        let pruned = scope.spawn(move || {
            taken.recv().expect("the code is taken");
            prune(pruning, Actor::System, NOW.plus_us(DAY_US))
        });
        let live = run(taking, same_draws(1), move |tx, ctx| {
            let live = issue(tx, ctx, &order(1, 1))?[0];
            take_it.send(()).expect("the pruner lives");
            while tx
                .one(Query::new(&WAITING, Vec::new()))?
                .expect("a row")
                .take::<i64>()?
                == 0
            {}
            Ok(live)
        });
        let live = live.expect("no rejection");
        assert_eq!(pruned.join().expect("no panic"), Ok(0));
        assert_eq!(by_code(taking, read(taking, closed).code), Some(live));
    });
}
