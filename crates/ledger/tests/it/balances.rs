//! Balances are what the whole journal comes to, whatever of it was carried forward, and when.

use std::sync::mpsc;

use kernel::Actor;
use ledger::{
    Account, Balance, Leg, NewEntry, Reason, TrialRow, carry_forward, post, post_pending, queries, reserve,
};
use store::testing::TestDatabase;
use store::{Query, STATEMENTS, Statement, Store, Value, sql};
use uuid::Uuid;

use crate::{CNY, NOW, balance, code_of, done, id, on_both, posted, run_as, run_at};

/// `amount` of escrow becomes the merchant's, less a commission of 1.
fn redeemed(n: u128, merchant: u128, amount: i64) -> NewEntry {
    let owner = |n| Some(Uuid::from_u128(n));
    let legs = [
        Leg::debit(Account::Escrow, owner(n), amount),
        Leg::credit(Account::MerchantPayable, owner(merchant), amount - 1),
        Leg::credit(Account::Commission, None, 1),
    ];
    NewEntry::of(Reason::Redeemed, Uuid::from_u128(n), CNY, legs).expect("something moves")
}

/// The whole journal, summed leg by leg.
fn replayed(store: &Store) -> Vec<TrialRow> {
    let rows = store.read_blocking(|read| {
        let rows = read.many(sql!(
            "SELECT account, currency,
               CAST(SUM(CASE WHEN layer = 0 THEN amount ELSE 0 END) AS BIGINT),
               CAST(SUM(CASE WHEN layer = 1 THEN amount ELSE 0 END) AS BIGINT)
             FROM journal_leg GROUP BY account, currency"
        ))?;
        let row = |mut row: store::Row| {
            Ok(TrialRow {
                account: row.take()?,
                currency: row.take()?,
                balance: Balance {
                    posted: row.take()?,
                    pending: row.take()?,
                },
            })
        };
        rows.into_iter().map(row).collect()
    });
    let mut rows: Vec<TrialRow> = rows.expect("the journal");
    rows.sort_by_key(|row| row.account);
    rows
}

fn assert_balanced(store: &Store) {
    let trial = store.read_blocking(queries::trial_balance).expect("balances");
    assert_eq!(trial, replayed(store));
    for row in trial {
        assert_eq!(balance(store, row.account, None), row.balance);
    }
}

#[test]
fn balances_are_the_same_before_and_after_they_are_carried_forward() {
    on_both(|store| {
        let pending = done(store, |tx, ctx| {
            post(tx, ctx, &redeemed(1, 50, 100))?;
            reserve(tx, ctx, &redeemed(2, 51, 30))
        });
        assert_balanced(store);
        assert_eq!(done(store, carry_forward), 2);
        assert_balanced(store);
        done(store, move |tx, ctx| {
            post(tx, ctx, &redeemed(3, 50, 10))?;
            post_pending(tx, ctx, pending)
        });
        for _ in 0..2 {
            assert_balanced(store);
            let payable =
                |merchant| balance(store, Account::MerchantPayable, Some(Uuid::from_u128(merchant)));
            assert_eq!((payable(50), payable(51)), (posted(-108), posted(-29)));
            assert_eq!(
                balance(store, Account::Escrow, Some(Uuid::from_u128(3))),
                posted(10)
            );
            done(store, carry_forward);
        }
        assert_eq!(done(store, carry_forward), 0);
        let outcome = run_as(store, Actor::Consumer(id(1)), carry_forward);
        assert_eq!(code_of(outcome), "forbidden");
    });
}

/// A clock that is behind, or a command that waited, writes an entry that sorts before what was carried forward.
#[test]
fn an_entry_that_is_older_than_what_was_carried_forward_counts() {
    on_both(|store| {
        done(store, |tx, ctx| post(tx, ctx, &redeemed(1, 50, 100)));
        assert_eq!(done(store, carry_forward), 1);
        let earlier = NOW.plus_us(-3_600_000_000);
        let written = run_at(store, Actor::System, earlier, |tx, ctx| {
            post(tx, ctx, &redeemed(2, 50, 10))
        });
        written.expect("an answer").expect("no rejection");
        assert_balanced(store);
        assert_eq!(done(store, carry_forward), 1);
        assert_balanced(store);
    });
}

/// On SQLite writers wait for each other.
#[test]
fn an_entry_that_commits_while_others_are_carried_forward_counts() {
    let database = TestDatabase::postgres();
    let (slow, store) = (database.open(), database.open());
    let ((wrote, written), (release, held)) = (mpsc::channel(), mpsc::channel::<()>());
    std::thread::scope(|scope| {
        let late = scope.spawn(|| {
            let earlier = NOW.plus_us(-3_600_000_000);
            let late = run_at(&slow, Actor::System, earlier, move |tx, ctx| {
                post(tx, ctx, &redeemed(1, 50, 100))?;
                // Asked, so that what was told before it is with the engine.
                tx.one(sql!("SELECT seq FROM event_head WHERE part = $1", 0_i64))?;
                wrote.send(()).expect("somebody waits for it");
                // Ends when `release` is dropped.
                let _ = held.recv();
                Ok(())
            });
            late.expect("an answer").expect("no rejection");
        });
        written.recv().expect("it is written");
        done(&store, |tx, ctx| post(tx, ctx, &redeemed(2, 50, 10)));
        assert_eq!(done(&store, carry_forward), 1);
        assert_balanced(&store);
        drop(release);
        late.join().expect("it commits");
    });
    assert_balanced(&store);
    assert_eq!(done(&store, carry_forward), 1);
    assert_balanced(&store);
}

/// What was not carried forward is looked up entry by entry, however many legs an account has.
#[test]
fn the_rest_is_read_by_the_entries_index() {
    let database = TestDatabase::sqlite();
    let store = database.open();
    let of_the_rest = |statement: &&Statement| statement.text.contains("journal_uncarried u");
    let explain = |statement: &Statement| {
        let explain = Statement {
            text: format!("EXPLAIN QUERY PLAN {}", statement.text).leak(),
            place: statement.place,
        };
        let parameters = (1..).take_while(|n| statement.text.contains(&format!("${n}")));
        Query::new(
            Box::leak(Box::new(explain)),
            parameters.map(|_| Value::Null).collect(),
        )
    };
    let explained: Vec<Query> = STATEMENTS.iter().filter(of_the_rest).map(explain).collect();
    assert_eq!(explained.len(), 2);
    for query in explained {
        let plan = store.read_blocking(move |read| {
            let rows = read.many(query.clone())?.into_iter();
            let lines = rows.map(|mut row| {
                let _: [i64; 3] = [row.take()?, row.take()?, row.take()?];
                row.take::<String>()
            });
            Ok(lines.collect::<Result<Vec<_>, _>>()?)
        });
        let plan = plan.expect("a plan");
        let reads_entries = |line: &String| line.starts_with("SEARCH l USING PRIMARY KEY");
        assert!(plan.iter().any(reads_entries), "{plan:?}");
    }
}

#[test]
fn nodes_that_carry_forward_at_once_carry_each_entry_once() {
    on_both(|store| {
        for n in 0..40 {
            done(store, move |tx, ctx| post(tx, ctx, &redeemed(n, 50 + n % 3, 100)));
        }
        let carried = crate::at_once(8, |_| done(store, carry_forward));
        assert_eq!(carried.iter().sum::<u64>(), 40, "{carried:?}");
        assert_balanced(store);
    });
}
