//! The event log read backwards: everything once, newest first, whatever partition it lies in.

use kernel::{Actor, BucketId, Ctx, SECOND_US, Timestamp};
use serde::{Deserialize, Serialize};
use store::{EventBody, Job, Store, StoredEvent};
use uuid::Uuid;

use crate::on_both;

#[derive(Debug, Serialize, Deserialize)]
struct Noted {
    n: i64,
}

impl EventBody for Noted {
    const TYPE: &'static str = "Noted";
    const V: i64 = 1;
}

/// Notes event `n` at second `n`, in the lane of `lane`.
fn note(store: &Store, n: i64, lane: u128) {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&n.to_le_bytes());
    let ctx = Ctx::new(Timestamp(n * SECOND_US), Actor::System, seed);
    let lane = BucketId::from_uuid(Uuid::from_u128(lane));
    let job = Job::new("test", lane, ctx, move |tx, ctx| {
        tx.emit(ctx, lane, n, &Noted { n })?;
        Ok(String::new())
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime
        .expect("a runtime")
        .block_on(store.submit(job))
        .expect("an answer");
}

/// Walks all pages: what they hold, and how many they are.
fn walk(store: &Store, limit: usize, keep: fn(i64) -> bool) -> (Vec<i64>, usize) {
    let (mut seen, mut pages, mut from) = (Vec::new(), 0, None);
    loop {
        let start = from.clone();
        let page = store.read_blocking(move |read| {
            let keep = |event: &StoredEvent| keep(event.subject_version);
            Ok(StoredEvent::newest(read, start.as_ref(), None, limit, keep)?)
        });
        let page = page.expect("a page");
        assert!(page.events.len() <= limit);
        seen.extend(page.events.iter().map(|event| event.subject_version));
        pages += 1;
        match page.next {
            Some(next) => from = Some(next),
            None => return (seen, pages),
        }
    }
}

#[test]
fn pages_of_the_log_show_everything_once_newest_first() {
    on_both(|store| {
        assert_eq!(walk(store, 10, |_| true), (Vec::new(), 1));
        // Most in one partition, so that a page has to stop within it; the rest all over.
        for n in 1..=150 {
            note(store, n, if n % 3 == 0 { n as u128 } else { 1 });
        }
        let all: Vec<i64> = (1..=150).rev().collect();
        assert_eq!(walk(store, 10, |_| true).0, all);
        assert_eq!(walk(store, 1_000, |_| true).0, all);
        let (few, pages) = walk(store, 10, |n| n % 50 == 0);
        assert_eq!(few, [150, 100, 50]);
        assert!(
            pages <= 4,
            "a filter does not make a page of every event: {pages}"
        );
    });
}

#[test]
fn the_log_is_read_between_two_times() {
    on_both(|store| {
        for n in 1..=150 {
            note(store, n, if n % 3 == 0 { n as u128 } else { 1 });
        }
        let between = |since: i64, until: i64| {
            let page = store.read_blocking(move |read| {
                let start = StoredEvent::heads_at(read, Timestamp(until * SECOND_US))?;
                let since = Some(Timestamp(since * SECOND_US));
                Ok(StoredEvent::newest(read, Some(&start), since, 50, |_| true)?)
            });
            let page = page.expect("a page");
            let seen = page.events.iter().map(|event| event.subject_version);
            (seen.collect::<Vec<_>>(), page.next)
        };
        assert_eq!(between(40, 60), ((40..60).rev().collect(), None));
        assert_eq!(between(150, 200), (vec![150], None));
        assert_eq!(between(0, 1), (Vec::new(), None));
        assert_eq!(between(60, 40), (Vec::new(), None));
    });
}
