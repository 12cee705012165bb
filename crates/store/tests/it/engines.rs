//! One SQL text, two engines: every statement prepares on both, and both have the same tables.

use store::testing::TestDatabase;
use store::{STATEMENTS, sql};

#[test]
fn every_statement_prepares_on_both_engines() {
    assert!(STATEMENTS.len() > 10, "statements are registered");
    for database in TestDatabase::both() {
        let store = database.open();
        let problems = store
            .read_blocking(|read| {
                let all = STATEMENTS.iter();
                Ok(all
                    .filter_map(|s| read.columns_of(s.text).err().map(|e| format!("{}: {e}", s.place)))
                    .collect::<Vec<_>>())
            })
            .expect("the reader answers");
        assert_eq!(problems, Vec::<String>::new(), "on {}", database.url);
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

#[test]
fn a_second_process_is_kept_out_of_an_sqlite_file() {
    let database = TestDatabase::sqlite();
    let first = database.open();
    let second = store::Store::open(&store::Settings::new(&database.url));
    let message = second.err().expect("the file is locked").to_string();
    assert!(message.contains("another process"), "{message}");
    first.close();
    database.open().close();
}

#[test]
fn opening_again_migrates_nothing_and_keeps_the_data() {
    for database in TestDatabase::both() {
        let store = database.open();
        let id = crate::bucket_id(5);
        let made = store.run_blocking("test", id, crate::ctx(1), move |tx, _| {
            crate::insert_bucket(tx, id, 7)
        });
        assert_eq!(made, Ok(Ok(())));
        store.close();
        let store = database.open();
        let capacity = store.read_blocking(move |read| {
            Ok(read
                .one(sql!("SELECT capacity FROM bucket WHERE id = $1", id))?
                .map(|mut row| row.take::<i64>()))
        });
        assert!(matches!(capacity, Ok(Some(Ok(7)))));
        store.close();
    }
}
