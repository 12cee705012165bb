//! The store from outside, on both engines.

mod backups;
mod commands;
mod engines;
mod faults;

use kernel::{Actor, BucketId, Ctx, Timestamp};
use store::testing::TestDatabase;
use store::{Fail, Job, Store, Tx, sql};
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
