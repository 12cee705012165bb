//! The crate from outside, on both engines.

mod agreements;
mod availability;
mod buckets;
mod drafts;
mod menus;
mod offers;
mod price_rules;
mod prices;
mod rules;
mod services;
mod showings;
mod store_sets;

use kernel::{Actor, Ctx};
use party::testing::{ctx, run};
use store::testing::TestDatabase;
use store::{Fail, ReadTx, Rejected, STATEMENTS, Store, Tx};

/// Runs the test once on each engine.
fn on_both(test: impl Fn(&Store)) {
    for database in TestDatabase::both() {
        let store = database.open();
        test(&store);
        store.close();
    }
}

/// Runs a command in a lane of its own, so that commands race on PostgreSQL.
fn act<T: Send + 'static>(
    store: &Store,
    actor: Actor,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> Result<T, Rejected> {
    run(store, ctx(actor), command)
}

fn ask<T: Send + 'static>(
    store: &Store,
    question: impl Fn(&mut ReadTx) -> Result<T, Fail> + Send + 'static,
) -> T {
    store.read_blocking(question).expect("the question has an answer")
}

fn code<T: std::fmt::Debug>(answer: Result<T, Rejected>) -> (String, Option<String>) {
    let rejected = answer.expect_err("a rejection");
    (rejected.code, rejected.field)
}

/// Runs `task` for each number at the same moment and gives the results in order.
fn at_once<T: Send>(count: u64, task: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let go = std::sync::Barrier::new(count as usize);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|n| {
                let (go, task) = (&go, &task);
                scope.spawn(move || {
                    go.wait();
                    task(n)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    })
}

#[test]
fn every_statement_prepares_on_both_engines() {
    on_both(|store| {
        let problems = ask(store, |read| {
            let all = STATEMENTS.iter();
            Ok(all
                .filter_map(|s| read.columns_of(s.text).err().map(|e| format!("{}: {e}", s.place)))
                .collect::<Vec<_>>())
        });
        assert_eq!(problems, Vec::<String>::new());
    });
    for statement in STATEMENTS {
        assert!(statement.numbers_its_parameters_in_order(), "{}", statement.place);
    }
}
