//! The store from outside, on both engines.

mod audit;
mod backups;
mod batches;
mod commands;
mod engines;
mod faults;
mod isolation;
mod sign_in;

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::task::{Context, Waker};

use kernel::{Actor, BucketId, Ctx, Timestamp};
use store::testing::TestDatabase;
use store::{Answer, Fail, Job, NoAnswer, Store, Tx, sql};
use uuid::Uuid;

/// A context with a seed of its own, at a fixed time.
fn ctx(n: u64) -> Ctx {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&n.to_le_bytes());
    Ctx::new(Timestamp(1_800_000_000_000_000), Actor::System, seed)
}

/// Runs the test once on each engine.
fn on_both(test: impl Fn(&Store)) {
    for database in TestDatabase::both() {
        let store = database.open();
        test(&store);
        store.close();
    }
}

fn bucket_id(n: u128) -> BucketId {
    BucketId::from_uuid(Uuid::from_u128(n))
}

fn insert_bucket(tx: &mut Tx, id: BucketId, capacity: i64) -> Result<(), Fail> {
    tx.tell(sql!(
        "INSERT INTO bucket (id, kind, capacity, held, taken, closed) VALUES ($1, 'stock', $2, 0, 0, 0)",
        id,
        capacity
    ))?;
    Ok(())
}

fn take_one(tx: &mut Tx, id: BucketId) -> Result<bool, Fail> {
    Ok(tx.claim(sql!(
        "UPDATE bucket SET taken = taken + 1 WHERE id = $1 AND held + taken + 1 <= capacity",
        id
    ))? == 1)
}

fn taken(store: &Store, id: BucketId) -> i64 {
    store
        .read_blocking(move |read| {
            let row = read.one(sql!("SELECT taken FROM bucket WHERE id = $1", id))?;
            Ok(row.map_or(Ok(-1), |mut row| row.take())?)
        })
        .expect("the bucket can be read")
}

fn job(n: u64, run: impl Fn(&mut Tx, &Ctx) -> Result<String, Fail> + Send + 'static) -> Job {
    Job::new("test", bucket_id(1), ctx(n), run)
}

/// Has jobs that are all of [`job`]'s lane run in one batch: they queue up behind one that is held back.
fn in_one_batch(store: &Store, jobs: Vec<Job>) -> Vec<Result<Answer, NoAnswer>> {
    let ((begun, begins), (release, held)) = (mpsc::channel(), mpsc::channel::<()>());
    static GATES: AtomicU64 = AtomicU64::new(0);
    let gate = job(u64::MAX - GATES.fetch_add(1, Ordering::Relaxed), move |_, _| {
        begun.send(()).expect("somebody waits for the gate");
        // Ends when `release` is dropped.
        let _ = held.recv();
        Ok(String::new())
    });
    let mut context = Context::from_waker(Waker::noop());
    let mut accepted = |job| -> Pin<Box<dyn Future<Output = _> + '_>> {
        let mut answer = Box::pin(store.submit(job));
        assert!(
            answer.as_mut().poll(&mut context).is_pending(),
            "the lane has taken it"
        );
        answer
    };
    let _gate = accepted(gate);
    begins.recv().expect("the gate begins");
    let waiting: Vec<_> = jobs.into_iter().map(accepted).collect();
    drop(release);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    waiting
        .into_iter()
        .map(|answer| runtime.block_on(answer))
        .collect()
}
