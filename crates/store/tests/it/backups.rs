//! A backup of either engine restores into the other, whole or not at all.

use store::backup::{self, BackupError};
use store::testing::TestDatabase;
use store::{StoredEvent, sql};

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
