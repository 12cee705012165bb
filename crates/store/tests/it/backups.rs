//! A backup of either engine restores into the other, whole or not at all.

use sha2::{Digest, Sha256};
use store::backup::{self, BackupError};
use store::testing::TestDatabase;
use store::{Store, StoredEvent, sql};

use crate::{bucket_id, ctx, insert_bucket, taken};

/// A database with 5,000 buckets, an event and a signing key; its backup and its keys.
fn backed_up(database: &TestDatabase) -> (Vec<u8>, Vec<u8>) {
    let store = database.open();
    for chunk in 0..10_u128 {
        let made = store.run_blocking("make", bucket_id(1), ctx(chunk as u64), move |tx, _| {
            (0..500).try_for_each(|n| insert_bucket(tx, bucket_id(1 + chunk * 500 + n), 7))
        });
        assert_eq!(made, Ok(Ok(())));
    }
    let key = store.run_blocking("key", bucket_id(1), ctx(99), |tx, ctx| {
        tx.tell(sql!(
            "INSERT INTO signing_key (id, public_key, sealed_key, created_at) VALUES ($1, $2, $3, $4)",
            bucket_id(3),
            [1; 32],
            vec![2; 72],
            ctx.now
        ))?;
        Ok(())
    });
    assert_eq!(key, Ok(Ok(())));
    store.close();
    let (mut file, mut keys) = (Vec::new(), Vec::new());
    let moved = backup::write(&database.url, &mut file, &mut keys).expect("a backup");
    assert!(moved.rows >= 5_001, "{moved:?}");
    (file, keys)
}

#[test]
fn a_backup_of_one_engine_restores_into_the_other() {
    let [sqlite, postgres] = TestDatabase::both();
    for (from, into) in [
        (&sqlite, TestDatabase::postgres()),
        (&postgres, TestDatabase::sqlite()),
    ] {
        let (file, keys) = backed_up(from);
        assert!(
            !String::from_utf8_lossy(&file).contains(&"02".repeat(72)),
            "keys lie apart"
        );
        let verified = backup::verify(&mut file.as_slice()).expect("whole");
        let moved = backup::restore(&into.url, &mut file.as_slice(), &mut keys.as_slice()).expect("restored");
        assert_eq!(moved.rows, verified.rows + 1);
        let store = into.open();
        assert_eq!(
            (taken(&store, bucket_id(1)), taken(&store, bucket_id(5_000))),
            (0, 0)
        );
        assert!(
            store
                .read_blocking(|read| Ok(backup::is_paused(read)?))
                .expect("a setting")
        );
        let resumed = store.run_blocking("resume", bucket_id(1), ctx(100), |tx, _| Ok(backup::resume(tx)?));
        assert_eq!(resumed, Ok(Ok(true)));
        assert!(
            store
                .read_blocking(|read| Ok(StoredEvent::heads(read)?))
                .expect("heads")
                .is_empty()
        );
        store.close();
        let again = backup::restore(&into.url, &mut file.as_slice(), &mut keys.as_slice());
        assert!(matches!(again, Err(BackupError::NotEmpty(_))), "{again:?}");
    }
}

/// Gives so many numbers, and the last of them.
fn number(store: &Store, n: u64, count: usize) -> i64 {
    let numbers = store.run_blocking("number", bucket_id(1), ctx(n), move |tx, _| {
        let numbers: Result<Vec<_>, _> = (0..count).map(|_| tx.take_number()).collect();
        Ok(numbers?)
    });
    let numbers = numbers.expect("an answer").expect("no rejection");
    *numbers.last().expect("a number")
}

#[test]
fn what_was_numbered_after_the_backup_is_not_numbered_again() {
    for (before, n) in [(0, 1), (10, 2)] {
        let [from, into] = TestDatabase::both();
        let store = from.open();
        if before > 0 {
            number(&store, n, before);
        }
        store.close();
        let (mut file, mut keys) = (Vec::new(), Vec::new());
        backup::write(&from.url, &mut file, &mut keys).expect("a backup");
        let store = from.open();
        let last = number(&store, 10, 4_000);
        store.close();
        backup::restore(&into.url, &mut file.as_slice(), &mut keys.as_slice()).expect("restored");
        let store = into.open();
        assert!(number(&store, 11, 1) > last);
        store.close();
    }
}

#[test]
fn a_damaged_backup_restores_nothing() {
    let (file, keys) = backed_up(&TestDatabase::sqlite());
    for database in TestDatabase::both() {
        let mut flipped = file.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        let cut = &file[..file.len() / 3];
        for damaged in [flipped.as_slice(), cut, b"not a backup\n", b""] {
            assert!(backup::restore(&database.url, &mut &*damaged, &mut keys.as_slice()).is_err());
            let store = database.open();
            assert_eq!(taken(&store, bucket_id(1)), -1);
            store.close();
        }
    }
}

#[test]
fn a_backup_of_a_restored_database_that_is_still_paused_restores_again() {
    let (file, keys) = backed_up(&TestDatabase::sqlite());
    for (paused, into) in TestDatabase::both().into_iter().zip(TestDatabase::both()) {
        backup::restore(&paused.url, &mut file.as_slice(), &mut keys.as_slice()).expect("restored");
        let (mut file, mut keys) = (Vec::new(), Vec::new());
        backup::write(&paused.url, &mut file, &mut keys).expect("a backup");
        backup::restore(&into.url, &mut file.as_slice(), &mut keys.as_slice()).expect("restored again");
        let store = into.open();
        assert!(
            store
                .read_blocking(|read| Ok(backup::is_paused(read)?))
                .expect("a setting")
        );
        store.close();
    }
}

#[test]
fn a_backup_of_no_database_makes_none() {
    let database = TestDatabase::sqlite();
    let (mut file, mut keys) = (Vec::new(), Vec::new());
    assert!(backup::write(&database.url, &mut file, &mut keys).is_err());
    assert!(!std::path::Path::new(database.url.trim_start_matches("sqlite:")).exists());
}

#[test]
fn nothing_is_restored_under_a_running_server() {
    let (file, keys) = backed_up(&TestDatabase::sqlite());
    let database = TestDatabase::sqlite();
    let store = database.open();
    let restored = backup::restore(&database.url, &mut file.as_slice(), &mut keys.as_slice());
    assert!(restored.is_err_and(|error| error.to_string().contains("another process")));
    store.close();
}

/// The lines as a file with a right checksum, as somebody could make it.
fn forged(lines: &[&str], rows: u64) -> Vec<u8> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let sum: String = Sha256::digest(&text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{text}{{\"end\":{{\"rows\":{rows},\"sha256\":\"{sum}\"}}}}\n").into_bytes()
}

#[test]
fn a_file_with_a_right_checksum_and_wrong_lines_restores_nothing() {
    let begin = r#"{"qiao_backup":{"version":1}}"#;
    let table = r#"{"table":{"name":"setting","columns":["name","value"]}}"#;
    let swapped = r#"{"table":{"name":"setting","columns":["value","name"]}}"#;
    let hostile = r#"{"table":{"name":"setting","columns":["name) SELECT 'x', 'y' --","value"]}}"#;
    let row = r#"["a","b"]"#;
    let keys = forged(&[begin], 0);
    let cases: &[(&str, &[&str], u64)] = &[
        ("no beginning", &[table, row], 1),
        ("a table twice", &[begin, table, row, swapped, r#"["c","d"]"#], 2),
        ("a row before any table", &[begin, row], 1),
        ("a hostile column", &[begin, hostile, row], 1),
        (
            "an unknown table",
            &[
                begin,
                r#"{"table":{"name":"sqlite_schema","columns":["name"]}}"#,
                r#"["a"]"#,
            ],
            1,
        ),
        (
            "a version before the first",
            &[r#"{"qiao_backup":{"version":0}}"#, table, row],
            1,
        ),
        ("a short row", &[begin, table, r#"["a"]"#], 1),
        ("a float", &[begin, table, r#"["a",1.5]"#], 1),
        ("half a byte", &[begin, table, r#"["a",{"b":"0"}]"#], 1),
        ("a signed byte", &[begin, table, r#"["a",{"b":"+1"}]"#], 1),
        ("a wrong count", &[begin, table, row], 2),
    ];
    for database in TestDatabase::both() {
        for (name, lines, rows) in cases {
            let file = forged(lines, *rows);
            let restored = backup::restore(&database.url, &mut file.as_slice(), &mut keys.as_slice());
            assert!(
                matches!(restored, Err(BackupError::Damaged(_))),
                "{name}: {restored:?}"
            );
        }
        let whole = forged(&[begin, table, row], 1);
        let restored = backup::restore(&database.url, &mut whole.as_slice(), &mut keys.as_slice());
        assert_eq!(restored.expect("nothing is left in the way").rows, 1);
    }
}
