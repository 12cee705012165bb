//! Everything scarce: a bucket has a capacity, of which units are held, then taken. An owner (an order, a
//! wallet coupon) claims units of several buckets at once, and each claim moves on once only, by guarded
//! updates: `held → taken | released`, `taken → returned`. Who owns, and until when a hold lasts, is for
//! the caller to say.
//!
//! A command that knows its buckets beforehand names them in its locks (`Lock::row("bucket", id)`).

use std::collections::{BTreeMap, BTreeSet};

use kernel::{BucketId, Ctx, MerchantId};
use store::{Fail, ReadTx, Row, StorageError, Tx, sql};
use uuid::Uuid;

use crate::BucketKind;

/// The most units of a bucket, and of a claim. Large, because a budget counts minor units of money.
pub const MAX_UNITS: i64 = 1_000_000_000_000_000;

/// How full a bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// All units.
    pub capacity: i64,
    /// Claimed and not paid for yet.
    pub held: i64,
    /// Gone.
    pub taken: i64,
    /// Nothing more is given out, whatever is free.
    pub closed: bool,
}

impl Level {
    /// What can still be claimed.
    pub fn left(self) -> i64 {
        if self.closed {
            0
        } else {
            self.capacity - self.held - self.taken
        }
    }
}

/// A new bucket. Capacity is 0 to [`MAX_UNITS`].
pub fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: BucketKind,
    merchant: Option<MerchantId>,
    capacity: i64,
) -> Result<BucketId, Fail> {
    let id = ctx.new_id();
    insert(tx, id, kind, merchant, capacity)?;
    Ok(id)
}

pub(crate) fn insert(
    tx: &mut Tx,
    id: BucketId,
    kind: BucketKind,
    merchant: Option<MerchantId>,
    capacity: i64,
) -> Result<(), Fail> {
    tx.tell(sql!(
        "INSERT INTO bucket (id, kind, merchant_id, capacity, held, taken, closed) VALUES ($1, $2, $3, $4, 0, 0, 0)",
        id,
        kind.as_str(),
        merchant,
        capacity
    ))?;
    Ok(())
}

/// Holds units of several buckets for an owner who holds none of them yet. `None`: all are held.
/// `Some`: this bucket has too few left (the first such by id) and the caller must reject, which undoes
/// the others. Units are at least 1; the same bucket twice counts together.
///
/// One round trip; the claims themselves are told.
pub fn hold(tx: &mut Tx, owner: Uuid, units: &[(BucketId, i64)]) -> Result<Option<BucketId>, Fail> {
    let units = in_order(units)?;
    let claims = in_pairs(&units).into_iter().map(|pair| {
        sql!(
            "UPDATE bucket SET held = held + $1
             WHERE id IN ($2, $3) AND closed = 0 AND held + taken <= capacity - $1 RETURNING id",
            pair.quantity,
            pair.first,
            pair.second
        )
    });
    let answers = tx.ask_all(claims.collect())?.into_iter().flatten();
    let held: BTreeSet<BucketId> = answers.map(|mut row| row.take()).collect::<Result<_, _>>()?;
    if let Some(full) = units.keys().find(|bucket| !held.contains(bucket)) {
        return Ok(Some(*full));
    }
    for pair in in_pairs(&units) {
        let query = match pair.buckets() {
            1 => sql!(
                "INSERT INTO claim (owner_id, bucket_id, quantity, returned, status) VALUES ($1, $2, $3, 0, 'held')",
                owner,
                pair.first,
                pair.quantity
            ),
            _ => sql!(
                "INSERT INTO claim (owner_id, bucket_id, quantity, returned, status)
                 VALUES ($1, $2, $3, 0, 'held'), ($1, $4, $3, 0, 'held')",
                owner,
                pair.first,
                pair.quantity,
                pair.second
            ),
        };
        tx.tell_rows(query, pair.buckets())?;
    }
    Ok(None)
}

/// Moves everything that the owner holds from held to taken. `false`: nothing was held (any more).
pub fn take(tx: &mut Tx, owner: Uuid) -> Result<bool, Fail> {
    let claims = tx.many(sql!(
        "UPDATE claim SET status = 'taken' WHERE owner_id = $1 AND status = 'held' RETURNING bucket_id, quantity",
        owner
    ))?;
    let claims = read_claims(claims)?;
    for pair in in_pairs(&claims) {
        let query = sql!(
            "UPDATE bucket SET held = held - $1, taken = taken + $1 WHERE id IN ($2, $3)",
            pair.quantity,
            pair.first,
            pair.second
        );
        tx.tell_rows(query, pair.buckets())?;
    }
    Ok(!claims.is_empty())
}

/// Gives everything that the owner holds back. `false`: nothing was held (any more).
pub fn release(tx: &mut Tx, owner: Uuid) -> Result<bool, Fail> {
    let claims = tx.many(sql!(
        "UPDATE claim SET status = 'released' WHERE owner_id = $1 AND status = 'held' RETURNING bucket_id, quantity",
        owner
    ))?;
    let claims = read_claims(claims)?;
    for pair in in_pairs(&claims) {
        let query = sql!(
            "UPDATE bucket SET held = held - $1 WHERE id IN ($2, $3)",
            pair.quantity,
            pair.first,
            pair.second
        );
        tx.tell_rows(query, pair.buckets())?;
    }
    Ok(!claims.is_empty())
}

/// Returns units that the owner took, all or a part of them at a time; a claim is `returned` once all of
/// it is. `false`: one of the buckets has not so much of the owner's left to return, and the caller must
/// reject or treat it as a bug, since others may have been returned.
pub fn give_back(tx: &mut Tx, owner: Uuid, units: &[(BucketId, i64)]) -> Result<bool, Fail> {
    let units = in_order(units)?;
    let claims = units.iter().map(|(bucket, quantity)| {
        sql!(
            "UPDATE claim SET returned = returned + $1,
                    status = CASE WHEN returned + $1 = quantity THEN 'returned' ELSE status END
             WHERE owner_id = $2 AND bucket_id = $3 AND status = 'taken' AND returned <= quantity - $1
             RETURNING bucket_id",
            *quantity,
            owner,
            *bucket
        )
    });
    let answers = tx.ask_all(claims.collect())?;
    if answers.iter().any(Vec::is_empty) {
        return Ok(false);
    }
    for pair in in_pairs(&units) {
        let query = sql!(
            "UPDATE bucket SET taken = taken - $1 WHERE id IN ($2, $3)",
            pair.quantity,
            pair.first,
            pair.second
        );
        tx.tell_rows(query, pair.buckets())?;
    }
    Ok(true)
}

/// Sets the capacity and opens the bucket. Below what is held and taken, the bucket is closed at that
/// level instead, until its capacity is set again, and the excess is the answer (otherwise 0).
pub fn set_capacity(tx: &mut Tx, bucket: BucketId, capacity: i64) -> Result<i64, Fail> {
    let row = tx.one(sql!(
        "UPDATE bucket SET capacity = CASE WHEN held + taken > $1 THEN held + taken ELSE $1 END,
                closed = CASE WHEN held + taken > $1 THEN 1 ELSE 0 END
         WHERE id = $2 RETURNING held + taken",
        capacity,
        bucket
    ))?;
    let used: i64 = row.ok_or_else(|| StorageError::bug("no such bucket"))?.take()?;
    Ok((used - capacity).max(0))
}

/// How full a bucket is now.
pub fn level(read: &mut ReadTx, bucket: BucketId) -> Result<Option<Level>, Fail> {
    let row = read.one(sql!(
        "SELECT capacity, held, taken, closed FROM bucket WHERE id = $1",
        bucket
    ))?;
    Ok(row.map(|mut row| read_level(&mut row)).transpose()?)
}

/// How full these buckets are now, in their order, in one round trip.
pub fn levels(read: &mut ReadTx, buckets: &[BucketId]) -> Result<Vec<Level>, Fail> {
    let questions = buckets.iter().map(|bucket| {
        sql!(
            "SELECT capacity, held, taken, closed FROM bucket WHERE id = $1",
            *bucket
        )
    });
    let rows = read.ask_all(questions.collect())?.into_iter().flatten();
    rows.map(|mut row| Ok(read_level(&mut row)?)).collect()
}

/// Reads capacity, held, taken and closed.
pub(crate) fn read_level(row: &mut Row) -> Result<Level, StorageError> {
    Ok(Level {
        capacity: row.take()?,
        held: row.take()?,
        taken: row.take()?,
        closed: row.take()?,
    })
}

/// By bucket, in the order in which rows are locked.
fn in_order(units: &[(BucketId, i64)]) -> Result<BTreeMap<BucketId, i64>, StorageError> {
    let mut sums = BTreeMap::new();
    for (bucket, quantity) in units {
        let sum: &mut i64 = sums.entry(*bucket).or_default();
        *sum = sum.saturating_add(*quantity);
        if *quantity < 1 || *sum > MAX_UNITS {
            let message = format!("{quantity} units of a bucket: a claim is of 1 to {MAX_UNITS}");
            return Err(StorageError::bug(message));
        }
    }
    Ok(sums)
}

/// One or two buckets of which the same number of units is claimed, as stock and head count mostly are: one
/// statement instead of two.
struct Pair {
    quantity: i64,
    first: BucketId,
    /// The same as the first if there is one only.
    second: BucketId,
}

impl Pair {
    fn buckets(&self) -> u64 {
        1 + u64::from(self.first != self.second)
    }
}

fn in_pairs(units: &BTreeMap<BucketId, i64>) -> Vec<Pair> {
    let mut alone: BTreeMap<i64, BucketId> = BTreeMap::new();
    let mut pairs = Vec::new();
    for (bucket, quantity) in units {
        match alone.remove(quantity) {
            Some(first) => pairs.push(Pair {
                quantity: *quantity,
                first,
                second: *bucket,
            }),
            None => drop(alone.insert(*quantity, *bucket)),
        }
    }
    let alone = alone.into_iter().map(|(quantity, bucket)| Pair {
        quantity,
        first: bucket,
        second: bucket,
    });
    pairs.into_iter().chain(alone).collect()
}

fn read_claims(rows: Vec<Row>) -> Result<BTreeMap<BucketId, i64>, StorageError> {
    rows.into_iter()
        .map(|mut row| Ok((row.take()?, row.take()?)))
        .collect()
}
