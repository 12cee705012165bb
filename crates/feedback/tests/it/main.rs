//! Reviews and complaints from outside, on both engines, with every store's rating checked against its reviews.

mod complaints;
mod reviews;
mod visits;

use store::testing::TestDatabase;
use store::{Rejected, STATEMENTS, Settings, Store};
use visits::Visits;

/// Runs the test once on each engine.
fn on_both(test: impl Fn(&Visits)) {
    for database in TestDatabase::both() {
        let settings = Settings {
            lanes: 8,
            readers: 2,
            ..Settings::new(&database.url)
        };
        let store = Store::open(&settings).expect("the database opens");
        test(&Visits::new(&store));
        store.close();
    }
}

/// The code of a rejection.
fn code<T: std::fmt::Debug>(result: Result<T, Rejected>) -> String {
    result.expect_err("a rejection").code
}

#[test]
fn every_statement_prepares_on_both_engines() {
    let misnumbered = STATEMENTS.iter().filter(|s| !s.numbers_its_parameters_in_order());
    assert_eq!(
        misnumbered.map(|s| s.place).collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
    for database in TestDatabase::both() {
        let store = database.open();
        let problems = store.read_blocking(|read| {
            let broken = STATEMENTS
                .iter()
                .filter_map(|s| read.columns_of(s.text).err().map(|e| (s.place, e)));
            Ok(broken
                .map(|(place, error)| format!("{place}: {error}"))
                .collect::<Vec<_>>())
        });
        assert_eq!(problems.expect("the reader answers"), Vec::<String>::new());
        store.close();
    }
}
