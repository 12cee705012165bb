//! Everything scarce: a bucket has a capacity, of which units are held, then taken. An owner (an order, a
//! wallet coupon) claims units of several buckets at once, and each claim moves on once only, by guarded
//! updates: `held → taken | released`, `taken → returned`. Who owns, and until when a hold lasts, is for
//! the caller to say.
//!
//! A command that knows its buckets beforehand names them in its locks (`Lock::row("bucket", id)`).

use std::collections::{BTreeMap, BTreeSet};

use kernel::{BucketId, Ctx, MerchantId};
use store::{Bulk, Fail, Query, ReadTx, Row, StorageError, Tx, sql};
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

static HOLD: Bulk = Bulk::new(
    "UPDATE bucket SET held = held + $1 WHERE id IN (",
    1,
    1,
    ") AND closed = 0 AND held + taken <= capacity - $1 RETURNING id",
);
static TAKE: Bulk = Bulk::new(
    "UPDATE bucket SET held = held - $1, taken = taken + $1 WHERE id IN (",
    1,
    1,
    ")",
);
static RELEASE: Bulk = Bulk::new("UPDATE bucket SET held = held - $1 WHERE id IN (", 1, 1, ")");
static GIVE_BACK: Bulk = Bulk::new("UPDATE bucket SET taken = taken - $1 WHERE id IN (", 1, 1, ")");
static INSERT_CLAIMS: Bulk = Bulk::new(
    "INSERT INTO claim (owner_id, bucket_id, quantity, returned, status) VALUES",
    0,
    5,
    "",
);
static GIVE_CLAIMS_BACK: Bulk = Bulk::new(
    "UPDATE claim SET returned = returned + $1,
            status = CASE WHEN returned + $1 = quantity THEN 'returned' ELSE status END
     WHERE owner_id = $2 AND status = 'taken' AND returned <= quantity - $1 AND bucket_id IN (",
    2,
    1,
    ") RETURNING bucket_id",
);

/// Holds units of several buckets for an owner who holds none of them yet. `None`: all are held.
/// `Some`: this bucket has too few left (the first such by id) and the caller must reject, which undoes
/// the others. Units are at least 1; the same bucket twice counts together.
///
/// One round trip; the claims themselves are told.
pub fn hold(tx: &mut Tx, owner: Uuid, units: &[(BucketId, i64)]) -> Result<Option<BucketId>, Fail> {
    let units = in_order(units)?;
    let full = claim_all(tx, &units, by_quantity(&HOLD, None, &units))?;
    if full.is_none() {
        tell_claims(tx, owner, &units, Claim::Held)?;
    }
    Ok(full)
}

/// Asks statements that each answer with the buckets that had enough. The first bucket by id that had too few.
pub(crate) fn claim_all(
    tx: &mut Tx,
    units: &Units,
    claims: Vec<(Query, u64)>,
) -> Result<Option<BucketId>, Fail> {
    let claims = claims.into_iter().map(|(query, _)| query).collect();
    let answers = tx.ask_all(claims)?.into_iter().flatten();
    let claimed: BTreeSet<BucketId> = answers.map(|mut row| row.take()).collect::<Result<_, _>>()?;
    Ok(units.keys().find(|bucket| !claimed.contains(bucket)).copied())
}

/// How a claim starts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    Held,
    Taken,
}

impl Claim {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Taken => "taken",
        }
    }
}

/// Writes an owner's new claims.
pub(crate) fn tell_claims(tx: &mut Tx, owner: Uuid, units: &Units, claim: Claim) -> Result<(), Fail> {
    let rows = units.iter().map(|(bucket, quantity)| {
        vec![
            owner.into(),
            (*bucket).into(),
            (*quantity).into(),
            0i64.into(),
            claim.as_str().into(),
        ]
    });
    tell_all(tx, INSERT_CLAIMS.of(&[], rows.collect()))
}

/// Moves everything that the owner holds from held to taken. `false`: nothing was held (any more).
pub fn take(tx: &mut Tx, owner: Uuid) -> Result<bool, Fail> {
    let claims = tx.many(sql!(
        "UPDATE claim SET status = 'taken' WHERE owner_id = $1 AND status = 'held' RETURNING bucket_id, quantity",
        owner
    ))?;
    let claims = read_claims(claims)?;
    tell_all(tx, by_quantity(&TAKE, None, &claims))?;
    Ok(!claims.is_empty())
}

/// Gives everything that the owner holds back. `false`: nothing was held (any more).
pub fn release(tx: &mut Tx, owner: Uuid) -> Result<bool, Fail> {
    let claims = tx.many(sql!(
        "UPDATE claim SET status = 'released' WHERE owner_id = $1 AND status = 'held' RETURNING bucket_id, quantity",
        owner
    ))?;
    let claims = read_claims(claims)?;
    tell_all(tx, by_quantity(&RELEASE, None, &claims))?;
    Ok(!claims.is_empty())
}

/// Returns units that the owner took, all or a part of them at a time; a claim is `returned` once all of
/// it is. `false`: one of the buckets has not so much of the owner's left to return, and the caller must
/// reject or treat it as a bug, since others may have been returned.
pub fn give_back(tx: &mut Tx, owner: Uuid, units: &[(BucketId, i64)]) -> Result<bool, Fail> {
    let units = in_order(units)?;
    let claims = by_quantity(&GIVE_CLAIMS_BACK, Some(owner), &units);
    if claim_all(tx, &units, claims)?.is_some() {
        return Ok(false);
    }
    tell_all(tx, by_quantity(&GIVE_BACK, None, &units))?;
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

/// How many units of which bucket, in the order in which rows are locked.
pub(crate) type Units = BTreeMap<BucketId, i64>;

pub(crate) fn in_order(units: &[(BucketId, i64)]) -> Result<Units, StorageError> {
    let mut sums = Units::new();
    for (bucket, quantity) in units {
        let sum = sums.entry(*bucket).or_default();
        *sum = sum.saturating_add(*quantity);
        if *quantity < 1 || *sum > MAX_UNITS {
            let message = format!("{quantity} units of a bucket: a claim is of 1 to {MAX_UNITS}");
            return Err(StorageError::bug(message));
        }
    }
    Ok(sums)
}

/// The statements about buckets of which the same number of units is meant, that number and an owner, if there is one,
/// being their first parameters. Stock and head count, or the quarters of an hour of a table, are one statement.
fn by_quantity(bulk: &'static Bulk, owner: Option<Uuid>, units: &Units) -> Vec<(Query, u64)> {
    let mut buckets: BTreeMap<i64, Vec<_>> = BTreeMap::new();
    for (bucket, quantity) in units {
        buckets.entry(*quantity).or_default().push(vec![(*bucket).into()]);
    }
    let statements = buckets.into_iter().flat_map(|(quantity, buckets)| {
        let shared: Vec<_> = [quantity.into()]
            .into_iter()
            .chain(owner.map(Into::into))
            .collect();
        bulk.of(&shared, buckets)
    });
    statements.collect()
}

pub(crate) fn tell_all(tx: &mut Tx, queries: Vec<(Query, u64)>) -> Result<(), Fail> {
    for (query, rows) in queries {
        tx.tell_rows(query, rows)?;
    }
    Ok(())
}

fn read_claims(rows: Vec<Row>) -> Result<Units, StorageError> {
    rows.into_iter()
        .map(|mut row| Ok((row.take()?, row.take()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::testing::TestDatabase;

    #[test]
    fn every_text_prepares_on_both_engines() {
        let texts = [
            &HOLD,
            &TAKE,
            &RELEASE,
            &GIVE_BACK,
            &INSERT_CLAIMS,
            &GIVE_CLAIMS_BACK,
            &crate::place::CLAIM,
            &crate::place::LEFT,
            &crate::showing::KEEP,
            &crate::showing::FREE,
        ];
        for database in TestDatabase::both() {
            let store = database.open();
            for statement in texts.into_iter().flat_map(Bulk::statements) {
                assert!(statement.numbers_its_parameters_in_order(), "{}", statement.text);
                let prepared = store.read_blocking(|read| Ok(read.columns_of(statement.text)?));
                assert!(prepared.is_ok(), "{}: {prepared:?}", statement.text);
            }
        }
    }
}
