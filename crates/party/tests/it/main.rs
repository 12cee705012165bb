//! The crate from outside, on both engines.

mod access;
mod account;
mod certification;
mod imports;
mod memberships;
mod sign_in;
mod staff;
mod stores;

use kernel::{Actor, Ctx};
use store::testing::TestDatabase;
use store::{Fail, Rejected, STATEMENTS, Store, Tx};
use type_safe_id::{StaticType, TypeSafeId};
use uuid::Uuid;

/// Runs the test once on each engine.
fn on_both(test: impl Fn(&Store)) {
    for database in TestDatabase::both() {
        let store = database.open();
        test(&store);
        store.close();
    }
}

/// Runs a command of `actor` at the usual time.
fn run<T: Send + 'static>(
    store: &Store,
    actor: Actor,
    command: impl Fn(&mut Tx, &Ctx) -> Result<T, Fail> + Send + 'static,
) -> Result<T, Rejected> {
    party::testing::run(store, party::testing::ctx(actor), command)
}

/// The code of a rejection, and its field.
fn code<T: std::fmt::Debug>(result: Result<T, Rejected>) -> (String, Option<String>) {
    let rejected = result.expect_err("a rejection");
    (rejected.code, rejected.field)
}

fn why<T: std::fmt::Debug>(result: Result<T, Rejected>) -> String {
    code(result).0
}

/// The id of nothing that exists.
fn nowhere<K: StaticType>() -> TypeSafeId<K> {
    TypeSafeId::from_uuid(Uuid::from_u128(1))
}

/// Asks a question and gives its answer.
fn ask<T: Send + 'static>(
    store: &Store,
    question: impl Fn(&mut store::ReadTx) -> Result<T, Fail> + Send + 'static,
) -> T {
    store
        .read_blocking(question)
        .map_err(|fail| format!("{fail:?}"))
        .expect("an answer")
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
    let wrong: Vec<_> = STATEMENTS
        .iter()
        .filter(|s| !s.numbers_its_parameters_in_order())
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn codes_of_rejections_are_unique() {
    let mut codes: Vec<_> = party::REJECTS.iter().map(|kind| kind.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), party::REJECTS.len());
}
