//! What commands that share a commit may do to each other: nothing.

use std::sync::mpsc;

use kernel::Actor;
use store::testing::TestDatabase;
use store::{Answer, Fail, KEY_REUSED, Key, Lock, NoAnswer, Query, Statement, Tx, sql};

use crate::{bucket_id, ctx, in_one_batch, insert_bucket, job, on_both, taken};

kernel::reject_table! {
    NOT_NOW: Conflict, "not_now", "Not now.", "Come again.";
}

fn key(body: u8) -> Key {
    Key {
        actor: Actor::Anonymous.to_bytes(),
        key: b"one key".to_vec(),
        request_hash: [body; 32],
    }
}

/// Breaks a CHECK, as a bug would, and hides it.
fn fail_and_hide_it(tx: &mut Tx) {
    let _ = tx.claim(sql!("UPDATE bucket SET held = -1 WHERE id = $1", bucket_id(1)));
}

#[test]
fn a_storage_failure_that_a_command_hides_undoes_it_all_the_same() {
    on_both(|store| {
        let made = store.run_blocking("make", bucket_id(1), ctx(1), |tx, _| {
            insert_bucket(tx, bucket_id(1), 5)
        });
        assert_eq!(made, Ok(Ok(())));
        for (n, rejects) in [(2, false), (3, true)] {
            let hidden = job(n, move |tx, _| {
                insert_bucket(tx, bucket_id(2), 5)?;
                fail_and_hide_it(tx);
                // What runs after a failure may run outside of any transaction.
                assert!(
                    insert_bucket(tx, bucket_id(3), 5).is_err(),
                    "nothing more is taken"
                );
                if rejects {
                    Err(NOT_NOW.plain().into())
                } else {
                    Ok(String::new())
                }
            });
            let good = job(10 + n, move |tx, _| {
                insert_bucket(tx, bucket_id(10 + u128::from(n)), 5)?;
                Ok(String::new())
            });
            let answers = in_one_batch(store, vec![hidden, good]);
            assert!(matches!(answers[0], Err(NoAnswer::Broken(_))), "{answers:?}");
            assert_eq!(answers[1], Ok(Answer::Done(String::new())));
            assert_eq!((taken(store, bucket_id(2)), taken(store, bucket_id(3))), (-1, -1));
            assert_eq!(taken(store, bucket_id(10 + u128::from(n))), 0);
        }
        let question = store.read_blocking(|read| {
            let _ = read.one(sql!("SELECT CAST(abs(-9223372036854775807 - 1) AS BIGINT)"));
            Ok(())
        });
        assert!(
            matches!(question, Err(Fail::Storage(_))),
            "half an answer is none"
        );
    });
}

#[test]
fn a_told_statement_of_a_rejected_command_does_not_travel_on() {
    on_both(|store| {
        let rejected = |n: u128, asks_between: bool| {
            job(20 + n as u64, move |tx, _| {
                insert_bucket(tx, bucket_id(20 + n), 5)?;
                if asks_between {
                    tx.one(sql!(
                        "SELECT capacity FROM bucket WHERE id = $1",
                        bucket_id(20 + n)
                    ))?;
                    insert_bucket(tx, bucket_id(30 + n), 5)?;
                }
                Err(NOT_NOW.plain().into())
            })
        };
        let good = |n: u128| {
            job(40 + n as u64, move |tx, _| {
                insert_bucket(tx, bucket_id(40 + n), 5)?;
                Ok(String::new())
            })
        };
        let answers = in_one_batch(
            store,
            vec![good(0), rejected(0, false), good(1), rejected(1, true), good(2)],
        );
        let done: Vec<bool> = answers.iter().map(|a| matches!(a, Ok(Answer::Done(_)))).collect();
        assert_eq!(done, [true, false, true, false, true], "{answers:?}");
        let left = [40, 41, 42, 20, 21, 31].map(|n| taken(store, bucket_id(n)));
        assert_eq!(left, [0, 0, 0, -1, -1, -1]);
    });
}

#[test]
fn another_body_under_the_same_key_does_not_hide_the_first_ones_answer() {
    on_both(|store| {
        let send = |n, body| job(n, move |_, _| Ok(format!("body {body}"))).keyed(key(body));
        let first = store.submit_blocking(send(1, 1));
        assert_eq!(first, Ok(Answer::Done("body 1".into())));
        let answers = in_one_batch(store, vec![send(2, 2), send(3, 1), send(4, 2)]);
        for reused in [&answers[0], &answers[2]] {
            assert!(
                matches!(reused, Ok(Answer::Rejected(r)) if r.code == KEY_REUSED.code),
                "{answers:?}"
            );
        }
        assert_eq!(answers[1], first);
    });
}

#[test]
fn a_broken_command_does_not_use_up_its_key() {
    on_both(|store| {
        let broken = job(2, |_, _| panic!("a planned panic")).keyed(key(1));
        let sound = job(3, |_, _| Ok("sound".into())).keyed(key(2));
        let answers = in_one_batch(store, vec![broken, sound]);
        assert!(matches!(answers[0], Err(NoAnswer::Broken(_))), "{answers:?}");
        assert_eq!(answers[1], Ok(Answer::Done("sound".into())));
    });
}

#[test]
fn what_a_batch_finds_later_is_waited_for_shortly() {
    static SHOW: Statement = Statement {
        text: "SHOW lock_timeout",
        place: "test",
    };
    let database = TestDatabase::postgres();
    let store = database.open();
    let show = |n| {
        job(n, |tx, _| {
            let row = tx.one(Query::new(&SHOW, Vec::new()))?;
            Ok(row.expect("a setting").take()?)
        })
    };
    let answers = in_one_batch(&store, vec![show(1), show(2)]);
    assert_eq!(answers, vec![Ok(Answer::Done("200ms".into())); 2]);
    assert_eq!(
        store.submit_blocking(show(3)),
        Ok(Answer::Done("5s".into())),
        "alone it has time"
    );
    store.close();
}

#[test]
fn a_locked_row_can_still_be_referred_to() {
    let database = TestDatabase::postgres();
    let store = database.open();
    let made = store.run_blocking("make", bucket_id(1), ctx(1), |tx, _| {
        insert_bucket(tx, bucket_id(1), 5)
    });
    assert_eq!(made, Ok(Ok(())));
    let ((begun, begins), (release, held)) = (mpsc::channel(), mpsc::channel::<()>());
    std::thread::scope(|scope| {
        let store = &store;
        let holder = job(2, move |tx, _| {
            tx.one(sql!("SELECT capacity FROM bucket WHERE id = $1", bucket_id(1)))?;
            let _ = begun.send(());
            let _ = held.recv();
            Ok(String::new())
        });
        scope.spawn(|| {
            let answer = store.submit_blocking(holder.locking([Lock::row("bucket", bucket_id(1))]));
            assert_eq!(answer, Ok(Answer::Done(String::new())));
        });
        begins.recv().expect("the row is locked");
        // The lane key of another lane.
        let child = store.run_blocking("claim", bucket_id(2), ctx(3), |tx, _| {
            tx.tell(sql!(
                "INSERT INTO claim (owner_id, bucket_id, quantity, returned, status) VALUES ($1, $2, 1, 0, 'held')",
                bucket_id(9),
                bucket_id(1)
            ))?;
            Ok(())
        });
        assert_eq!(child, Ok(Ok(())));
        drop(release);
    });
    store.close();
}

#[test]
fn text_that_one_engine_cannot_keep_is_refused_by_both() {
    on_both(|store| {
        let answer = store.run_blocking("zero", bucket_id(1), ctx(1), |tx, _| {
            tx.tell(sql!(
                "INSERT INTO setting (name, value) VALUES ('test', $1)",
                "a\0b"
            ))?;
            Ok(())
        });
        assert!(matches!(answer, Err(NoAnswer::Broken(_))), "{answer:?}");
    });
}
