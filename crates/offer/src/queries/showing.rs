//! Halls, showings, and which seats are free.

use std::collections::BTreeSet;

use kernel::{BucketId, OfferId, ResourceId, ShowingId, StoreId, Timestamp};
use store::{Fail, ReadTx, Row, StorageError, sql};

use super::{all, booking_terms, first, named};
use crate::reject::{SEATS_INVALID, SHOWING_NOT_FOUND};
use crate::showing::{bucket_of, seat_of};
use crate::{ChosenSeats, Hall, Period, SeatChoice, Showing, ShowingStatus, Surcharge, UsedSeats};

/// The most seats of one choice.
const MAX_CHOSEN: usize = 100;

fn read_showing(row: &mut Row) -> Result<Showing, StorageError> {
    Ok(Showing {
        id: row.take()?,
        merchant: row.take()?,
        store: row.take()?,
        hall: row.take()?,
        offer: row.take()?,
        period: Period {
            starts_at: row.take()?,
            ends_at: row.take()?,
        },
        surcharges: row.take_json()?,
        status: named(row, ShowingStatus::from_name)?,
        created_at: row.take()?,
        version: row.take()?,
    })
}

/// The seats of a hall. `None`: it has no map yet.
pub fn hall(read: &mut ReadTx, resource: ResourceId) -> Result<Option<Hall>, Fail> {
    let rows = read.many(sql!(
        "SELECT resource_id, seat_map, no_single_seats, cleaning_minutes, version FROM hall WHERE resource_id = $1",
        resource
    ))?;
    first(rows, |row| {
        Ok(Hall {
            resource: row.take()?,
            map: row.take_json()?,
            no_single_seats: row.take()?,
            cleaning_minutes: row.take()?,
            version: row.take()?,
        })
    })
}

/// A showing.
pub fn showing(read: &mut ReadTx, showing: ShowingId) -> Result<Option<Showing>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, store_id, hall_id, offer_id, starts_at, ends_at, surcharges, status, created_at, version
         FROM showing WHERE id = $1",
        showing
    ))?;
    first(rows, read_showing)
}

/// The showings of a store that start in this time, called off or not, in its order; 1,000 at most.
pub fn showings_of_store(
    read: &mut ReadTx,
    store: StoreId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Showing>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, store_id, hall_id, offer_id, starts_at, ends_at, surcharges, status, created_at, version
         FROM showing WHERE store_id = $1 AND starts_at >= $2 AND starts_at < $3 ORDER BY starts_at, id LIMIT 1000",
        store,
        from,
        until
    ))?;
    all(rows, read_showing)
}

/// The showings of an offer that start in this time and were not called off, in its order; 1,000 at most.
pub fn showings_of_offer(
    read: &mut ReadTx,
    offer: OfferId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Showing>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, store_id, hall_id, offer_id, starts_at, ends_at, surcharges, status, created_at, version
         FROM showing WHERE offer_id = $1 AND starts_at >= $2 AND starts_at < $3 AND status = 'scheduled'
         ORDER BY starts_at, id LIMIT 1000",
        offer,
        from,
        until
    ))?;
    all(rows, read_showing)
}

/// The showings of a hall that end after this and were not called off.
pub fn coming_showings(
    read: &mut ReadTx,
    hall: ResourceId,
    after: Timestamp,
) -> Result<Vec<ShowingId>, Fail> {
    let rows = read.many(sql!(
        "SELECT id FROM showing WHERE hall_id = $1 AND ends_at > $2 AND status = 'scheduled' ORDER BY id",
        hall,
        after
    ))?;
    all(rows, |row| row.take())
}

/// The seats of each of these showings that are not free, in their order, in one round trip.
pub fn used_seats(read: &mut ReadTx, showings: &[ShowingId]) -> Result<Vec<UsedSeats>, Fail> {
    let questions = showings.iter().map(|showing| {
        sql!(
            "SELECT id, closed FROM bucket WHERE id >= $1 AND id <= $2 AND held + taken + closed > 0",
            bucket_of(*showing, 0),
            bucket_of(*showing, i64::from(u32::MAX))
        )
    });
    let answers = read.ask_all(questions.collect())?.into_iter();
    let seats = |rows: Vec<Row>| {
        let mut used = UsedSeats::default();
        for mut row in rows {
            let (bucket, is_kept): (BucketId, bool) = (row.take()?, row.take()?);
            let seats = if is_kept {
                &mut used.kept
            } else {
                &mut used.claimed
            };
            seats.insert(seat_of(bucket));
        }
        Ok(used)
    };
    Ok(answers.map(seats).collect::<Result<_, StorageError>>()?)
}

/// The seats that somebody would like of a showing of this offer, with what they cost. Free or not. What is wrong is
/// said by the fields of the choice.
pub fn chosen_seats(read: &mut ReadTx, offer: OfferId, choice: &SeatChoice) -> Result<ChosenSeats, Fail> {
    let showing = showing(read, choice.showing)?.filter(|showing| showing.offer == offer);
    let showing = showing.ok_or_else(|| SHOWING_NOT_FOUND.at("/showing", SHOWING_NOT_FOUND.title))?;
    seats_of_showing(read, showing, &choice.seats)
}

/// The same of a showing that is known.
pub fn seats_of_showing(read: &mut ReadTx, showing: Showing, names: &[String]) -> Result<ChosenSeats, Fail> {
    let unknown = || SHOWING_NOT_FOUND.at("/showing", SHOWING_NOT_FOUND.title);
    let hall = hall(read, showing.hall)?.ok_or_else(unknown)?;
    let (terms, _) = booking_terms(read, showing.offer)?.ok_or_else(unknown)?;
    if !(1..=MAX_CHOSEN).contains(&names.len()) {
        let detail = format!("1 to {MAX_CHOSEN} seats are chosen at once.");
        return Err(SEATS_INVALID.at("/seats", detail).into());
    }
    let seats = hall.map.find(names)?;
    let surcharge = |zone: &String| showing.surcharges.get(zone).copied().unwrap_or_default();
    let amounts: Vec<i64> = seats.iter().map(|(_, seat)| surcharge(&seat.zone)).collect();
    let different: BTreeSet<i64> = amounts.iter().copied().collect();
    let of_amount = |amount| Surcharge {
        units: amounts.iter().filter(|of| **of == amount).count() as i64,
        amount,
    };
    let numbers = seats.iter().map(|(number, _)| *number).collect();
    Ok(ChosenSeats {
        surcharges: different.into_iter().map(of_amount).collect(),
        names: hall.names(&numbers),
        numbers,
        showing,
        hall,
        terms,
    })
}
