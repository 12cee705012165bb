//! Places: a resource's time is cut into steps, and each step is a bucket, so that what overlaps is a bucket
//! that is full. A step is a quarter of an hour, or a night for rooms of a type. The buckets of a resource bear
//! its id with the number of the step in the last four bytes: any stretch of its time is one range of the
//! primary key. A bucket is made when it is first claimed; what has none is free.

use std::ops::Range;

use kernel::{BucketId, MINUTE_US, MerchantId, ResourceId, StoreId, Timestamp};
use store::{Bulk, Fail, ReadTx, StorageError, Tx, Value, sql};
use uuid::Uuid;

use crate::bucket::{self, Claim};
use crate::{BucketKind, Resource};

/// A quarter of an hour. Every time zone in use differs from UTC by a number of these.
pub const STEP_US: i64 = 15 * MINUTE_US;

/// The step in which a moment lies.
pub fn step_at(moment: Timestamp) -> i64 {
    moment.0.div_euclid(STEP_US)
}

/// The steps that a stretch of time touches.
pub fn steps(from: Timestamp, until: Timestamp) -> Range<i64> {
    step_at(from)..step_at(until.plus_us(STEP_US - 1))
}

/// Units of a resource for a stretch of its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Of what.
    pub resource: ResourceId,
    /// When.
    pub steps: Range<i64>,
    /// How many in each step.
    pub units: i64,
    /// How many there are.
    pub capacity: i64,
}

/// Units of a bucket that is made when it is first claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub bucket: BucketId,
    /// How many are claimed.
    pub units: i64,
    /// How many there are.
    pub capacity: i64,
}

impl Stretch {
    /// Its steps.
    fn places(&self) -> impl Iterator<Item = Place> {
        self.steps.clone().map(|step| Place {
            bucket: bucket_of(self.resource, step),
            units: self.units,
            capacity: self.capacity,
        })
    }
}

/// The steps of several stretches, each once: what serves the same guests in two services that touch is not taken twice.
pub fn places(stretches: &[Stretch]) -> Vec<Place> {
    let mut places: Vec<Place> = stretches.iter().flat_map(Stretch::places).collect();
    places.sort_unstable_by_key(|place| place.bucket);
    places.dedup_by_key(|place| place.bucket);
    places
}

/// How many units of a resource are not free, by step. What is free need not be named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Used(Vec<(i64, i64)>);

impl Used {
    /// Steps and the units that are used in them, in any order.
    pub fn new(units_by_step: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut units_by_step: Vec<_> = units_by_step.into_iter().collect();
        units_by_step.sort_unstable();
        Self(units_by_step)
    }

    /// The units in those of these steps where any are used.
    pub fn within(&self, steps: &Range<i64>) -> impl Iterator<Item = i64> {
        let first = self.0.partition_point(|(step, _)| *step < steps.start);
        let used = self.0[first..].iter();
        used.take_while(|(step, _)| *step < steps.end)
            .map(|(_, units)| *units)
    }

    fn free(&mut self, step: i64, units: i64) {
        if let Ok(at) = self.0.binary_search_by_key(&step, |(of, _)| *of) {
            self.0[at].1 -= units;
        }
    }
}

/// The bucket of a step.
pub fn bucket_of(resource: ResourceId, step: i64) -> BucketId {
    let step = u32::try_from(step).unwrap_or(u32::MAX);
    BucketId::from_uuid(Uuid::from_u128(resource.uuid().as_u128() | u128::from(step)))
}

fn step_of(bucket: BucketId) -> i64 {
    i64::from(bucket.uuid().as_u128() as u32)
}

pub(crate) static LEFT: Bulk = Bulk::asking(
    "SELECT id, CASE closed WHEN 1 THEN 0 ELSE capacity - held - taken END FROM bucket WHERE id >= $1 AND id < $2",
    2,
);

/// What is used of each resource in these steps, in their order, in one round trip.
pub fn used(read: &mut ReadTx, resources: &[&Resource], steps: &Range<i64>) -> Result<Vec<Used>, Fail> {
    let ends = |resource: &Resource| [steps.start, steps.end].map(|step| bucket_of(resource.id, step));
    let ranges = resources.iter().map(|of| ends(of).map(Value::from).to_vec());
    let rows = read.ask_each(&LEFT, ranges.collect())?.into_iter();
    let left = rows.map(|mut row| Ok((row.take()?, row.take()?)));
    let mut left = left.collect::<Result<Vec<(BucketId, i64)>, StorageError>>()?;
    left.sort_unstable();
    let used_of = |resource: &&Resource| {
        let [from, until] = ends(resource).map(|end| left.partition_point(|(bucket, _)| *bucket < end));
        let units = resource.details.units;
        Used::new(
            left[from..until]
                .iter()
                .map(|(bucket, left)| (step_of(*bucket), units - left)),
        )
    };
    Ok(resources.iter().map(used_of).collect())
}

/// Counts what an owner has taken of these resources as free.
pub fn leave_out(
    read: &mut ReadTx,
    owner: Uuid,
    resources: &[Resource],
    used: &mut [Used],
) -> Result<(), Fail> {
    for (bucket, units) in taken_by(read, owner)? {
        let step = step_of(bucket);
        let mut of_each = resources.iter().zip(&mut *used);
        if let Some((_, used)) = of_each.find(|(of, _)| bucket_of(of.id, step) == bucket) {
            used.free(step, units);
        }
    }
    Ok(())
}

/// A bucket is made by its first claim, and any later one is guarded by what is left of it.
pub(crate) static CLAIM: Bulk = Bulk::new(
    "INSERT INTO bucket (id, kind, merchant_id, capacity, held, taken, closed) VALUES",
    0,
    7,
    "ON CONFLICT (id) DO UPDATE SET held = bucket.held + excluded.held, taken = bucket.taken + excluded.taken
     WHERE bucket.closed = 0
       AND bucket.held + bucket.taken <= bucket.capacity - excluded.held - excluded.taken
     RETURNING id",
);

/// Holds places, each of another bucket, for an owner who has none of them yet. `false`: one of them is not free, and the caller must reject,
/// which undoes the others. [`bucket::take`] takes them, [`bucket::release`] gives them back.
///
/// One round trip; the claims themselves are told.
pub fn hold(tx: &mut Tx, merchant: MerchantId, owner: Uuid, places: &[Place]) -> Result<bool, Fail> {
    claim(tx, merchant, owner, places, Claim::Held)
}

/// Takes places at once, as [`hold`] holds them.
pub fn take(tx: &mut Tx, merchant: MerchantId, owner: Uuid, places: &[Place]) -> Result<bool, Fail> {
    claim(tx, merchant, owner, places, Claim::Taken)
}

fn claim(
    tx: &mut Tx,
    merchant: MerchantId,
    owner: Uuid,
    places: &[Place],
    claim: Claim,
) -> Result<bool, Fail> {
    if places.iter().any(|place| place.units > place.capacity) {
        return Ok(false);
    }
    let mut places = places.to_vec();
    places.sort_unstable_by_key(|place| place.bucket);
    let units = places.iter().map(|place| (place.bucket, place.units)).collect();
    let row = |place: &Place| {
        let (held, taken) = match claim {
            Claim::Held => (place.units, 0),
            Claim::Taken => (0, place.units),
        };
        vec![
            place.bucket.into(),
            BucketKind::Place.as_str().into(),
            merchant.into(),
            place.capacity.into(),
            held.into(),
            taken.into(),
            0i64.into(),
        ]
    };
    let claims = CLAIM.of(&[], places.iter().map(row).collect());
    if bucket::claim_all(tx, &units, claims)?.is_some() {
        return Ok(false);
    }
    bucket::tell_claims(tx, owner, &units, claim)?;
    Ok(true)
}

/// Gives back the places that an owner has taken.
pub fn give_back(tx: &mut Tx, owner: Uuid) -> Result<(), Fail> {
    let places = taken_by(tx, owner)?;
    if !bucket::give_back(tx, owner, &places)? {
        return Err(StorageError::bug("places that were taken are not").into());
    }
    Ok(())
}

/// These places but for those that an owner has taken.
pub fn beyond(read: &mut ReadTx, owner: Uuid, mut places: Vec<Place>) -> Result<Vec<Place>, Fail> {
    let own = taken_by(read, owner)?;
    places.retain(|place| own.iter().all(|(bucket, _)| *bucket != place.bucket));
    Ok(places)
}

fn taken_by(read: &mut ReadTx, owner: Uuid) -> Result<Vec<(BucketId, i64)>, Fail> {
    let rows = read.many(sql!(
        "SELECT c.bucket_id, c.quantity FROM claim c JOIN bucket b ON b.id = c.bucket_id
         WHERE c.owner_id = $1 AND c.status = 'taken' AND b.kind = 'place'",
        owner
    ))?;
    let claims = rows
        .into_iter()
        .map(|mut row| Ok((row.take()?, row.take()?)))
        .collect::<Result<_, StorageError>>();
    Ok(claims?)
}

/// The store's row, which whoever chooses among its resources locks first, so that what was free stays so.
pub fn lock(store: StoreId) -> store::Lock {
    store::Lock::row("store", store)
}

/// Another number of units from a step on. Below what is held and taken the buckets are closed there; the
/// answer is how many were.
pub(crate) fn set_capacity(
    tx: &mut Tx,
    resource: ResourceId,
    from_step: i64,
    capacity: i64,
) -> Result<i64, Fail> {
    let rows = tx.many(sql!(
        "UPDATE bucket SET capacity = CASE WHEN held + taken > $1 THEN held + taken ELSE $1 END,
                closed = CASE WHEN held + taken > $1 THEN 1 ELSE 0 END
         WHERE id >= $2 AND id < $3 RETURNING closed",
        capacity,
        bucket_of(resource, from_step),
        bucket_of(resource, i64::from(u32::MAX))
    ))?;
    let closed = rows.into_iter().map(|mut row| row.take::<i64>());
    Ok(closed.sum::<Result<i64, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_of_a_resource_are_one_range_in_the_order_of_their_steps() {
        let resource = crate::resource::roomy(ResourceId::from_uuid(Uuid::from_u128(u128::MAX)));
        let ids: Vec<_> = [0, 1, 255, 256, 2_000_000]
            .map(|step| bucket_of(resource, step))
            .into();
        assert!(ids.is_sorted());
        assert_eq!(ids[0].uuid(), resource.uuid());
        assert_eq!(step_of(ids[4]), 2_000_000);
    }

    #[test]
    fn a_stretch_of_time_touches_every_step_that_it_is_in() {
        let at = |minutes| Timestamp(minutes * MINUTE_US);
        assert_eq!(steps(at(0), at(15)), 0..1);
        assert_eq!(steps(at(14), at(16)), 0..2);
        assert_eq!(steps(at(30), at(90)), 2..6);
    }
}
