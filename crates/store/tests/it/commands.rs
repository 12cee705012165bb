//! What a command may rely on: savepoints, remembered answers, guarded claims, gap-free events, timers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};

use kernel::{Actor, Ctx, OrderId, Timestamp};
use serde::{Deserialize, Serialize};
use store::testing::TestDatabase;
use store::{
    Answer, EventBody, Job, KEY_REUSED, Key, NoAnswer, PARTITIONS, StoredEvent, TimerKind, Tx, due_timers,
    sql,
};

use crate::{bucket_id, ctx, insert_bucket, job, on_both, take_one, taken};

kernel::reject_table! {
    SOLD_OUT: Conflict, "sold_out", "No units are left.", "Choose another.";
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Counted {
    n: u64,
}

impl EventBody for Counted {
    const TYPE: &'static str = "Counted";
    const V: i64 = 1;
}

fn key(text: &str, body: u8) -> Key {
    Key {
        actor: Actor::Anonymous.to_bytes(),
        key: text.into(),
        request_hash: [body; 32],
    }
}

#[test]
fn a_rejection_undoes_its_command_and_nothing_else() {
    on_both(|store| {
        let id = bucket_id(1);
        let made = store.submit_blocking(job(1, move |tx, _| {
            insert_bucket(tx, id, 5)?;
            Ok("made".into())
        }));
        assert_eq!(made, Ok(Answer::Done("made".into())));
        let refused = store.submit_blocking(job(2, move |tx, ctx| {
            take_one(tx, id)?;
            insert_bucket(tx, bucket_id(2), 1)?;
            tx.emit(ctx, id, 1, &Counted { n: 1 })?;
            Err(SOLD_OUT.at("/quantity", "too late").into())
        }));
        let Ok(Answer::Rejected(rejected)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(
            (rejected.code.as_str(), rejected.field.as_deref()),
            ("sold_out", Some("/quantity"))
        );
        assert_eq!((taken(store, id), taken(store, bucket_id(2))), (0, -1));
        let heads = store
            .read_blocking(|read| Ok(StoredEvent::heads(read)?))
            .map_err(drop);
        assert_eq!(heads, Ok(store::Cursor::new()));
    });
}

#[test]
fn the_same_key_gives_the_same_answer_once_done_or_rejected() {
    on_both(|store| {
        let runs = Arc::new(AtomicU64::new(0));
        for outcome in ["done", "rejected"] {
            let send = |body| {
                let runs = Arc::clone(&runs);
                store.submit_blocking(
                    job(3, move |_, _| {
                        let run = runs.fetch_add(1, Ordering::SeqCst);
                        if outcome == "done" {
                            Ok(format!("run {run}"))
                        } else {
                            Err(SOLD_OUT.because(format!("run {run}")).into())
                        }
                    })
                    .keyed(key(outcome, body)),
                )
            };
            let first = send(1);
            assert_eq!(first, send(1));
            let Ok(Answer::Rejected(reused)) = send(2) else {
                panic!("another body was accepted")
            };
            assert_eq!(reused.code, KEY_REUSED.code);
        }
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn twins_in_one_batch_are_one_command() {
    on_both(|store| {
        let id = bucket_id(1);
        let made = store.run_blocking("make", id, ctx(1), move |tx, _| insert_bucket(tx, id, 100));
        assert_eq!(made, Ok(Ok(())));
        let go = Barrier::new(32);
        std::thread::scope(|scope| {
            for _ in 0..32 {
                scope.spawn(|| {
                    go.wait();
                    let run = move |tx: &mut store::Tx, _: &kernel::Ctx| {
                        take_one(tx, id).map(|won| won.to_string())
                    };
                    let answer = store.submit_blocking(job(9, run).keyed(key("twin", 1)));
                    assert_eq!(answer, Ok(Answer::Done("true".into())));
                });
            }
        });
        assert_eq!(taken(store, id), 1);
    });
}

#[test]
fn the_same_key_at_two_servers_at_once_has_one_effect_and_one_answer() {
    let database = TestDatabase::postgres();
    let servers = [database.open(), database.open()];
    let id = bucket_id(7);
    let made = servers[0].submit_blocking(job(0, move |tx, _| {
        insert_bucket(tx, id, 1_000)?;
        Ok(String::new())
    }));
    assert_eq!(made, Ok(Answer::Done(String::new())));
    for round in 1..=50 {
        // Lanes, and so events, of their own: nothing but the key makes them wait for each other.
        let take = |server: u64| {
            let lane = bucket_id(u128::from(100 * round + server));
            let take = move |tx: &mut Tx, _: &Ctx| {
                take_one(tx, id)?;
                Ok(format!("by {server}"))
            };
            Job::new("test", lane, ctx(10 * round + server), take).keyed(key(&format!("round {round}"), 1))
        };
        let answers = std::thread::scope(|scope| {
            let asked = [1, 2].map(|n| {
                let server = &servers[n as usize - 1];
                scope.spawn(move || server.submit_blocking(take(n)))
            });
            asked.map(|answer| answer.join().expect("an answer"))
        });
        assert_eq!(answers[0], answers[1]);
        assert!(matches!(answers[0], Ok(Answer::Done(_))), "{:?}", answers[0]);
        assert_eq!(taken(&servers[0], id), round as i64);
    }
}

#[test]
fn of_64_claims_on_10_units_10_win() {
    on_both(|store| {
        let id = bucket_id(1);
        let made = store.run_blocking("make", id, ctx(1), move |tx, _| insert_bucket(tx, id, 10));
        assert_eq!(made, Ok(Ok(())));
        let (go, winners) = (Barrier::new(64), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for n in 0..64 {
                let (go, winners) = (&go, &winners);
                scope.spawn(move || {
                    go.wait();
                    // Different lanes on PostgreSQL, so that the claims race.
                    let won =
                        store.run_blocking("take", bucket_id(1000 + n), ctx(n as u64 + 2), move |tx, _| {
                            take_one(tx, id)
                        });
                    winners.fetch_add(u64::from(won == Ok(Ok(true))), Ordering::SeqCst);
                });
            }
        });
        assert_eq!((winners.load(Ordering::SeqCst), taken(store, id)), (10, 10));
    });
}

#[test]
fn a_panic_fails_one_command_and_leaves_the_rest() {
    on_both(|store| {
        let id = bucket_id(1);
        let made = store.run_blocking("make", id, ctx(1), move |tx, _| insert_bucket(tx, id, 100));
        assert_eq!(made, Ok(Ok(())));
        std::thread::scope(|scope| {
            for n in 0..20 {
                scope.spawn(move || {
                    let answer = store.run_blocking("panics", id, ctx(n + 2), move |tx, _| {
                        let won = take_one(tx, id)?;
                        assert!(n != 7, "a planned panic");
                        Ok(won)
                    });
                    match n {
                        7 => assert!(matches!(answer, Err(NoAnswer::Broken(_))), "{answer:?}"),
                        _ => assert_eq!(answer, Ok(Ok(true))),
                    }
                });
            }
        });
        assert_eq!(taken(store, id), 19);
    });
}

#[test]
fn a_told_count_that_is_off_undoes_the_command_alone() {
    on_both(|store| {
        let id = bucket_id(1);
        let answer = store.run_blocking("tells", id, ctx(1), move |tx, _| {
            insert_bucket(tx, id, 1)?;
            tx.tell(sql!(
                "UPDATE bucket SET capacity = 9 WHERE id = $1",
                bucket_id(77)
            ))?;
            Ok(())
        });
        assert!(matches!(answer, Err(NoAnswer::Broken(_))), "{answer:?}");
        assert_eq!(taken(store, id), -1);
    });
}

#[test]
fn event_sequences_have_no_gaps_and_keep_each_lanes_order() {
    on_both(|store| {
        std::thread::scope(|scope| {
            for thread in 0..8_u64 {
                scope.spawn(move || {
                    for n in 0..25 {
                        let subject = OrderId::from_uuid(uuid::Uuid::from_u128(u128::from(thread)));
                        let answer =
                            store.run_blocking("emit", subject, ctx(1000 * thread + n), move |tx, ctx| {
                                tx.emit(ctx, subject, n as i64, &Counted { n })?;
                                if n % 5 == 4 {
                                    Err(SOLD_OUT.plain().into())
                                } else {
                                    Ok(())
                                }
                            });
                        assert!(answer.is_ok());
                    }
                });
            }
        });
        let mut total = 0;
        for partition in 0..PARTITIONS {
            let events = store
                .read_blocking(move |read| Ok(StoredEvent::after(read, partition, 0, 1000)?))
                .expect("events can be read");
            let numbers: Vec<i64> = events.iter().map(|e| e.seq).collect();
            assert_eq!(numbers, (1..=events.len() as i64).collect::<Vec<_>>());
            for thread in 0..8 {
                let subject = OrderId::from_uuid(uuid::Uuid::from_u128(thread));
                let of_thread: Vec<_> = events
                    .iter()
                    .filter(|e| e.subject::<kernel::Order>() == subject)
                    .map(|e| e.body_as::<Counted>().map(|b| b.expect("readable").n))
                    .collect();
                assert!(of_thread.is_sorted());
            }
            total += events.len();
        }
        assert_eq!(total, 8 * 20);
    });
}

#[test]
fn a_timer_is_found_when_due_and_cleared_once() {
    const KIND: TimerKind = TimerKind("release_hold");
    on_both(|store| {
        let order = OrderId::from_uuid(uuid::Uuid::from_u128(3));
        let due = Timestamp(1_000);
        let set = store.run_blocking("set", order, ctx(1), move |tx, _| {
            tx.set_timer(KIND, order, Timestamp(5_000))?;
            Ok(tx.set_timer(KIND, order, due)?)
        });
        assert_eq!(set, Ok(Ok(())));
        let find = |now| {
            store
                .read_blocking(move |read| Ok(due_timers(read, Timestamp(now), 10)?))
                .expect("timers")
        };
        assert_eq!(find(999).len(), 0);
        let found = find(1_000);
        assert_eq!(
            (found.len(), found[0].subject::<kernel::Order>(), found[0].due),
            (1, order, due)
        );
        for expected in [true, false] {
            let cleared = store.run_blocking("clear", order, ctx(2 + u64::from(expected)), move |tx, _| {
                Ok(tx.clear_timer(KIND, order)?)
            });
            assert_eq!(cleared, Ok(Ok(expected)));
        }
    });
}

#[test]
fn a_lease_has_one_holder_until_it_runs_out() {
    on_both(|store| {
        let take = |n, holder: u128, until| {
            let id = bucket_id(1);
            store
                .run_blocking("lease", id, ctx(n), move |tx, ctx| {
                    Ok(store::take_lease(
                        tx,
                        ctx,
                        "timers",
                        uuid::Uuid::from_u128(holder),
                        Timestamp(until),
                    )?)
                })
                .expect("an answer")
                .expect("no rejection")
        };
        let now = ctx(0).now.0;
        assert_eq!(take(1, 1, now + 10), Some(1));
        assert_eq!(take(2, 2, now + 10), None);
        assert_eq!(take(3, 1, now - 1), Some(1));
        assert_eq!(take(4, 2, now + 10), Some(2));
    });
}
