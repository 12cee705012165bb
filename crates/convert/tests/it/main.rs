//! Coupons, orders, payments and refunds from outside, on both engines.

mod automatic;
mod cart;
mod costs;
mod coupons;
mod erasure;
mod figures;
mod groups;
mod money_table;
mod orders;
mod pay_after;
mod payments;
mod races;
mod random_lives;
mod refunds;
mod shop;
mod two_servers;

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};

use kernel::{Actor, Ctx, Currency, PersonId, Timestamp};
use store::testing::TestDatabase;
use store::{Fail, NoAnswer, Rejected, STATEMENTS, Settings, Store, Tx, sql};

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const CNY: Currency = Currency::CNY;

static SEEDS: AtomicU64 = AtomicU64::new(1);

/// A context with a seed of its own.
fn ctx(actor: Actor, now: Timestamp) -> Ctx {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&SEEDS.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    Ctx::new(now, actor, seed)
}

/// Runs the test once on each engine.
fn on_both(test: impl Fn(&Store)) {
    for database in TestDatabase::both() {
        let store = database.open();
        test(&store);
        store.close();
    }
}

/// The same with more lanes, so that more commands are at work at the same moment.
fn on_both_racing(test: impl Fn(&Store)) {
    for database in TestDatabase::both() {
        let settings = Settings {
            lanes: 8,
            readers: 2,
            ..Settings::new(&database.url)
        };
        let store = Store::open(&settings).expect("the database opens");
        test(&store);
        store.close();
    }
}

type Outcome<T> = Result<Result<T, Rejected>, NoAnswer>;

/// Runs a command in a lane that its seed chooses, so that commands race on PostgreSQL.
fn run_at<T: Send + 'static>(
    store: &Store,
    actor: Actor,
    now: Timestamp,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> Outcome<T> {
    let ctx = ctx(actor, now);
    let lane = ctx.request;
    store.run_blocking("test", lane, ctx, command)
}

/// Runs a command of Qiao itself that has to succeed.
fn done<T: Send + 'static>(
    store: &Store,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> T {
    ok(run_at(store, Actor::System, NOW, command))
}

/// The result of a command that has to succeed.
fn ok<T>(outcome: Outcome<T>) -> T {
    outcome.expect("an answer").expect("no rejection")
}

/// The code of a rejection, or what came instead.
fn code_of<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    match outcome {
        Ok(Err(rejected)) => rejected.code,
        other => format!("{other:?}"),
    }
}

/// Runs as many commands at once as there are, and gives their outcomes in order.
fn at_once<T: Send>(count: usize, run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let go = Barrier::new(count);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|n| {
                let (go, run) = (&go, &run);
                scope.spawn(move || {
                    go.wait();
                    run(n)
                })
            })
            .collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined.map(|result| result.expect("the thread ends")).collect()
    })
}

/// A new person.
fn person(store: &Store) -> PersonId {
    done(store, |tx, ctx| {
        let person: PersonId = ctx.new_id();
        tx.tell(sql!(
            "INSERT INTO person (id, locale, created_at) VALUES ($1, 'en', $2)",
            person,
            ctx.now
        ))?;
        Ok(person)
    })
}

/// Every account that is not at zero: name, posted, pending.
fn books(store: &Store) -> Vec<(&'static str, i64, i64)> {
    let rows = store
        .read_blocking(ledger::queries::trial_balance)
        .expect("a trial balance");
    let sums: (i64, i64) = rows.iter().fold((0, 0), |sum, row| {
        (sum.0 + row.balance.posted, sum.1 + row.balance.pending)
    });
    assert_eq!(sums, (0, 0), "the books balance");
    rows.into_iter()
        .map(|row| (row.account.as_str(), row.balance.posted, row.balance.pending))
        .filter(|(_, posted, pending)| (*posted, *pending) != (0, 0))
        .collect()
}

/// How many events of a type there are.
fn events(store: &Store, kind: &'static str) -> i64 {
    let row = store
        .read_blocking(move |read| Ok(read.one(sql!("SELECT COUNT(*) FROM event WHERE type = $1", kind))?));
    row.expect("a count").expect("a row").take().expect("a number")
}

#[test]
fn every_statement_prepares_on_both_engines() {
    let misnumbered = STATEMENTS.iter().filter(|s| !s.numbers_its_parameters_in_order());
    assert_eq!(
        misnumbered.map(|s| s.place).collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
    on_both(|store| {
        let problems = store
            .read_blocking(|read| {
                let all = STATEMENTS.iter();
                Ok(all
                    .filter_map(|s| read.columns_of(s.text).err().map(|e| format!("{}: {e}", s.place)))
                    .collect::<Vec<_>>())
            })
            .expect("the reader answers");
        assert_eq!(problems, Vec::<String>::new());
    });
}
