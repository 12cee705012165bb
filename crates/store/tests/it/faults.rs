//! What fails around a commit: nothing answered is lost, nothing is done twice.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};

use store::testing::TestDatabase;
use store::{Answer, FaultPoint, NoAnswer, Query, Settings, Statement, Store};

use crate::{bucket_id, ctx, insert_bucket, job, on_both, take_one, taken};

#[test]
fn a_commit_that_fails_or_whose_answer_is_lost_has_one_effect() {
    on_both(|store| {
        let id = bucket_id(1);
        let made = store.run_blocking("make", id, ctx(1), move |tx, _| insert_bucket(tx, id, 100));
        assert_eq!(made, Ok(Ok(())));
        for (n, point) in [FaultPoint::BeforeCommit, FaultPoint::AfterCommit]
            .into_iter()
            .enumerate()
        {
            store.faults().plan(point);
            let answer =
                store.submit_blocking(job(10 + n as u64, move |tx, _| Ok(take_one(tx, id)?.to_string())));
            assert_eq!(answer, Ok(Answer::Done("true".into())), "{point:?}");
            assert_eq!(taken(store, id), n as i64 + 1, "{point:?}");
        }
    });
}

/// A command that takes a number and is refused, or answers with it.
fn take_number(store: &Store, n: u64, refused: bool) -> i64 {
    let answer = store.submit_blocking(job(n, move |tx, _| {
        let number = tx.take_number()?;
        if refused {
            return Err(crate::commands::SOLD_OUT.plain().into());
        }
        Ok(number.to_string())
    }));
    match answer {
        Ok(Answer::Done(number)) => number.parse().expect("a number"),
        Ok(Answer::Rejected(_)) if refused => 0,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_number_is_never_handed_out_twice_whatever_became_of_the_commands_before() {
    for database in TestDatabase::both() {
        let mut numbers = Vec::new();
        for turn in 0..6 {
            // Another program knows only what was committed.
            let store = database.open();
            let mut next = |n: u64, refused| {
                let number = take_number(&store, turn * 10 + n, refused);
                numbers.extend((!refused).then_some(number));
            };
            next(0, turn % 2 == 0);
            for (n, point) in [(1, FaultPoint::BeforeCommit), (2, FaultPoint::AfterCommit)] {
                if turn % 3 == 0 {
                    store.faults().plan(point);
                }
                next(n, false);
            }
            store.close();
        }
        let distinct: BTreeSet<_> = numbers.iter().collect();
        assert_eq!(distinct.len(), 15, "{numbers:?}");
    }
}

#[test]
fn refusals_do_not_use_the_numbers_up() {
    on_both(|store| {
        let first = take_number(store, 1, false);
        for n in 0..50 {
            take_number(store, 100 + 2 * n, true);
            take_number(store, 101 + 2 * n, false);
        }
        assert!(take_number(store, 2, false) < first + 300);
    });
}

#[test]
fn connections_that_are_cut_under_load_lose_nothing_that_was_answered() {
    let database = TestDatabase::postgres();
    let store = database.open();
    let id = bucket_id(1);
    let made = store.run_blocking("make", id, ctx(1), move |tx, _| insert_bucket(tx, id, 1_000_000));
    assert_eq!(made, Ok(Ok(())));
    let (answered, finished) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..8_u64)
            .map(|worker| {
                let (answered, store) = (&answered, &store);
                scope.spawn(move || {
                    for n in 0..150 {
                        let number = 10_000 + worker * 1_000 + n;
                        // The same key until there is an answer, as a client would.
                        let answer = (0..50).find_map(|_| {
                            let job = job(number, move |tx, _| Ok(take_one(tx, id)?.to_string()));
                            let answer = store.submit_blocking(job);
                            assert!(!matches!(answer, Err(NoAnswer::Broken(_))), "{answer:?}");
                            answer.ok()
                        });
                        assert_eq!(answer, Some(Answer::Done("true".into())));
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !finished.load(Ordering::SeqCst) {
                database.cut_connections();
                std::thread::sleep(std::time::Duration::from_millis(30));
            }
        });
        for worker in workers {
            worker.join().expect("every command was answered");
        }
        finished.store(true, Ordering::SeqCst);
    });
    // A reader whose connection was cut asks again by itself.
    assert_eq!(
        (answered.load(Ordering::SeqCst), taken(&store, id)),
        (1_200, 1_200)
    );
    store.close();
}

#[test]
fn two_commands_that_wait_for_each_other_both_get_done() {
    let database = TestDatabase::postgres();
    let store = Arc::new(database.open());
    let (one, other) = (bucket_id(1), bucket_id(2));
    let made = store.run_blocking("make", one, ctx(1), move |tx, _| {
        insert_bucket(tx, one, 10)?;
        insert_bucket(tx, other, 10)
    });
    assert_eq!(made, Ok(Ok(())));
    let both_hold_one = Arc::new(Barrier::new(2));
    std::thread::scope(|scope| {
        // Lane keys of two different lanes.
        for (n, first, second) in [(2, one, other), (3, other, one)] {
            let (store, both_hold_one) = (Arc::clone(&store), Arc::clone(&both_hold_one));
            scope.spawn(move || {
                let first_try = AtomicBool::new(true);
                let answer = store.run_blocking("crosses", bucket_id(n), ctx(n as u64), move |tx, _| {
                    take_one(tx, first)?;
                    if first_try.swap(false, Ordering::SeqCst) {
                        both_hold_one.wait();
                    }
                    take_one(tx, second)
                });
                assert_eq!(answer, Ok(Ok(true)));
            });
        }
    });
    assert_eq!((taken(&store, one), taken(&store, other)), (2, 2));
}

#[test]
fn a_full_queue_refuses_at_once_and_loses_nothing() {
    let database = TestDatabase::sqlite();
    let store = Store::open(&Settings {
        queue: 1,
        ..Settings::new(&database.url)
    })
    .expect("opens");
    let started = Arc::new(Barrier::new(2));
    let release = Arc::new(Barrier::new(2));
    std::thread::scope(|scope| {
        let (begun, wait) = (Arc::clone(&started), Arc::clone(&release));
        let store = &store;
        scope.spawn(move || {
            let slow = job(1, move |_, _| {
                begun.wait();
                wait.wait();
                Ok(String::new())
            });
            assert!(store.submit_blocking(slow).is_ok());
        });
        started.wait();
        // The lane is at work and its queue holds one, so of eight more exactly seven are refused at once.
        let (report, reports) = std::sync::mpsc::channel();
        for n in 0..8_u64 {
            let report = report.clone();
            scope.spawn(move || report.send(store.submit_blocking(job(10 + n, |_, _| Ok(String::new())))));
        }
        for _ in 0..7 {
            assert_eq!(reports.recv(), Ok(Err(NoAnswer::Busy)));
        }
        release.wait();
        assert_eq!(reports.recv(), Ok(Ok(Answer::Done(String::new()))));
    });
}

#[test]
fn a_store_that_is_dropped_finishes_what_it_accepted_and_only_then_lets_another_in() {
    for database in TestDatabase::both() {
        let store = database.open();
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        for n in 0..200_u64 {
            let accepted = job(n, move |tx, _| {
                insert_bucket(tx, bucket_id(u128::from(n)), 1)?;
                Ok(String::new())
            });
            // Asked once and then forgotten, as by a client that hangs up.
            assert!(
                Box::pin(store.submit(accepted))
                    .as_mut()
                    .poll(&mut context)
                    .is_pending()
            );
        }
        drop(store);
        let store = database.open();
        let missing = (0..200).filter(|n| taken(&store, bucket_id(*n)) != 0).count();
        assert_eq!(missing, 0);
        store.close();
    }
}

#[test]
fn a_statement_over_the_time_limit_is_not_repeated() {
    static LIMIT: Statement = Statement {
        text: "SET LOCAL statement_timeout = '5ms'",
        place: "test",
    };
    static SLOW: Statement = Statement {
        text: "SELECT CAST(pg_sleep(20) AS TEXT)",
        place: "test",
    };
    let database = TestDatabase::postgres();
    let store = database.open();
    let tries = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&tries);
    let answer = store.run_blocking("slow", bucket_id(1), ctx(1), move |tx, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        tx.one(Query::new(&LIMIT, Vec::new()))?;
        tx.one(Query::new(&SLOW, Vec::new()))?;
        Ok(())
    });
    assert!(matches!(answer, Err(NoAnswer::Broken(_))), "{answer:?}");
    // Once in its batch and once alone.
    assert_eq!(tries.load(Ordering::SeqCst), 2);
    store.close();
}
