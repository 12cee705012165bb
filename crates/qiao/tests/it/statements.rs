//! Every SQL statement of the whole program, on both engines. This binary links all crates, so all of
//! their statements are registered here.

use store::STATEMENTS;
use store::testing::TestDatabase;

#[test]
fn every_statement_of_the_program_prepares_on_both_engines() {
    // Something of the lowest crate, so that nothing is left out of the program.
    let _ = http::document();
    assert!(
        STATEMENTS.len() > 200,
        "only {} statements are registered",
        STATEMENTS.len()
    );
    for database in TestDatabase::both() {
        let store = database.open();
        let problems = store.read_blocking(|read| {
            let wrong = STATEMENTS
                .iter()
                .filter_map(|s| Some(format!("{}: {}", s.place, read.columns_of(s.text).err()?)));
            Ok(wrong.collect::<Vec<_>>())
        });
        assert_eq!(
            problems.expect("the reader answers"),
            Vec::<String>::new(),
            "on {}",
            database.url
        );
        store.close();
    }
}

#[test]
fn every_statement_numbers_its_parameters_by_first_appearance() {
    let wrong: Vec<_> = STATEMENTS
        .iter()
        .filter(|s| !s.numbers_its_parameters_in_order())
        .map(|s| s.place)
        .collect();
    assert_eq!(wrong, Vec::<&str>::new());
}
