//! Showings: an offer takes place in a hall at a time, and each of its seats is a bucket. The buckets bear the id
//! of the showing with the number of the seat in the last four bytes, so a showing's map is one range of the
//! primary key; a seat has one once somebody claimed it. A seat that is kept for the box office is a closed bucket.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{BucketId, MerchantId, OfferId, ResourceId, ShowingId, StoreId, Timestamp};
use store::{Bulk, Fail, Tx};
use uuid::Uuid;

use crate::place::Place;
use crate::{BookingTerms, BucketKind, Period, SeatMap, Seating, bucket};

/// A hall: a resource with seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hall {
    /// Which.
    pub resource: ResourceId,
    /// Its seats.
    pub map: SeatMap,
    /// Whether a choice that leaves a single seat alone is refused, where another is possible.
    pub no_single_seats: bool,
    /// How long it is cleaned after a showing, before the next one.
    pub cleaning_minutes: i64,
    /// Rises with every change.
    pub version: i64,
}

/// How a showing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShowingStatus {
    /// It takes place.
    Scheduled,
    /// It does not, and who had booked is refunded.
    CalledOff,
}

impl ShowingStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 2] = [Self::Scheduled, Self::CalledOff];

    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::CalledOff => "called_off",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// An offer in a hall at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Showing {
    /// Its id, whose last four bytes are zero.
    pub id: ShowingId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// In which hall.
    pub hall: ResourceId,
    /// Of what.
    pub offer: OfferId,
    /// When, without the cleaning.
    pub period: Period,
    /// What a seat of a zone costs more than the offer, in minor units. Of zones that are not named: nothing.
    pub surcharges: BTreeMap<String, i64>,
    /// How it stands.
    pub status: ShowingStatus,
    /// When it was scheduled.
    pub created_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

/// The bucket of a seat.
pub fn bucket_of(showing: ShowingId, seat: i64) -> BucketId {
    BucketId::from_uuid(Uuid::from_u128(showing.uuid().as_u128() | seat as u128))
}

/// The showing's row, which whoever chooses among its seats locks first, so that what was free stays so.
pub fn lock(showing: ShowingId) -> store::Lock {
    store::Lock::row("showing", showing)
}

/// The seat of a bucket.
pub(crate) fn seat_of(bucket: BucketId) -> i64 {
    i64::from(bucket.uuid().as_u128() as u32)
}

/// The seats of a showing that are not free.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsedSeats {
    /// Somebody holds or has them.
    pub claimed: BTreeSet<i64>,
    /// The store keeps them for the box office.
    pub kept: BTreeSet<i64>,
}

impl UsedSeats {
    /// What no guest may choose.
    pub fn all(self) -> BTreeSet<i64> {
        let mut all = self.claimed;
        all.extend(self.kept);
        all
    }
}

pub(crate) static KEEP: Bulk = Bulk::new(
    "INSERT INTO bucket (id, kind, merchant_id, capacity, held, taken, closed) VALUES",
    0,
    7,
    "ON CONFLICT (id) DO UPDATE SET closed = 1 WHERE bucket.held + bucket.taken = 0 RETURNING id",
);
pub(crate) static FREE: Bulk = Bulk::new("UPDATE bucket SET closed = 0 WHERE id IN (", 0, 1, ")");

/// Keeps seats for the box office: nobody claims them until they are freed. `false`: one of them is held or taken, and the
/// caller must reject, which undoes the others. One round trip.
pub fn keep(tx: &mut Tx, chosen: &ChosenSeats) -> Result<bool, Fail> {
    let places = chosen.places();
    let row = |place: &Place| {
        vec![
            place.bucket.into(),
            BucketKind::Place.as_str().into(),
            chosen.showing.merchant.into(),
            place.capacity.into(),
            0i64.into(),
            0i64.into(),
            1i64.into(),
        ]
    };
    let units = places.iter().map(|place| (place.bucket, place.units)).collect();
    let kept = KEEP.of(&[], places.iter().map(row).collect());
    Ok(bucket::claim_all(tx, &units, kept)?.is_none())
}

/// Keeps these seats no more, which are kept. Told.
pub fn free<'a>(tx: &mut Tx, showing: ShowingId, kept: impl Iterator<Item = &'a i64>) -> Result<(), Fail> {
    let rows = kept.map(|seat| vec![bucket_of(showing, *seat).into()]);
    bucket::tell_all(tx, FREE.of(&[], rows.collect()))
}

/// Which seats of a showing somebody would like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatChoice {
    /// Of which showing.
    pub showing: ShowingId,
    /// By their names: `F-7`.
    pub seats: Vec<String>,
}

/// Units of an order that cost so much more than the offer, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surcharge {
    /// How many.
    pub units: i64,
    /// Of each.
    pub amount: i64,
}

/// Seats that somebody would like, with all that decides about them beside what is free.
#[derive(Debug, Clone)]
pub struct ChosenSeats {
    /// Of this showing.
    pub showing: Showing,
    /// In this hall.
    pub hall: Hall,
    /// How it is booked.
    pub terms: BookingTerms,
    /// Their numbers.
    pub numbers: BTreeSet<i64>,
    /// Their names, in the order of their numbers.
    pub names: Vec<String>,
    /// By what they cost, cheapest first.
    pub surcharges: Vec<Surcharge>,
}

impl ChosenSeats {
    /// The seats, as what an order claims.
    pub fn places(&self) -> Vec<Place> {
        let place = |seat: &i64| Place {
            bucket: bucket_of(self.showing.id, *seat),
            units: 1,
            capacity: 1,
        };
        self.numbers.iter().map(place).collect()
    }
}

impl Hall {
    /// What is free of it, if these are held or taken.
    pub fn seating(&self, used: &BTreeSet<i64>) -> Seating<'_> {
        Seating::new(&self.map, used, self.no_single_seats)
    }

    /// The names of these seats.
    pub fn names<'a>(&self, seats: impl IntoIterator<Item = &'a i64>) -> Vec<String> {
        let by_number: BTreeMap<i64, String> = self.map.seats().map(|(seat, name, _)| (seat, name)).collect();
        seats
            .into_iter()
            .filter_map(|seat| by_number.get(seat).cloned())
            .collect()
    }
}
