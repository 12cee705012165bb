//! What can be asked of waiting lists.

use kernel::{OfferId, OrderId, PersonId, StoreId, Timestamp, WaitlistEntryId};
use offer::{Day, Period};
use store::{Fail, ReadTx, Row, StorageError, sql};

use crate::waitlist::{WaitlistEntry, WaitlistStatus};

/// An entry.
pub fn waitlist_entry(read: &mut ReadTx, id: WaitlistEntryId) -> Result<Option<WaitlistEntry>, Fail> {
    let row = read.one(sql!(
        "SELECT id, offer_id, merchant_id, store_id, person_id, day, nights, hours, rooms, starts_from, starts_until, party,
                area, resources, status, stands_until, starts_at, ends_at, joined_at, version
         FROM waitlist_entry WHERE id = $1",
        id
    ))?;
    Ok(row.map(read_entry).transpose()?)
}

/// What a person waits for and waited for, newest first.
pub fn waitlist_of_person(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<WaitlistEntryId>,
    limit: i64,
) -> Result<Vec<WaitlistEntry>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, offer_id, merchant_id, store_id, person_id, day, nights, hours, rooms, starts_from, starts_until, party,
                area, resources, status, stands_until, starts_at, ends_at, joined_at, version
         FROM waitlist_entry WHERE person_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        person,
        super::before(after.map(|id| id.uuid())),
        super::page(limit)
    ))?;
    read_entries(rows)
}

/// What a person waits for, or is held for them.
pub(crate) fn waiting_of_person(read: &mut ReadTx, person: PersonId) -> Result<Vec<WaitlistEntry>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, offer_id, merchant_id, store_id, person_id, day, nights, hours, rooms, starts_from, starts_until, party,
                area, resources, status, stands_until, starts_at, ends_at, joined_at, version
         FROM waitlist_entry WHERE person_id = $1 AND status IN ('waiting', 'offered') ORDER BY id",
        person
    ))?;
    read_entries(rows)
}

/// Who waits at a store for a time in this stretch, or has a place held; who waits longest first, 500 at most.
pub fn waitlist_of_store(
    read: &mut ReadTx,
    store: StoreId,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<WaitlistEntry>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, offer_id, merchant_id, store_id, person_id, day, nights, hours, rooms, starts_from, starts_until, party,
                area, resources, status, stands_until, starts_at, ends_at, joined_at, version
         FROM waitlist_entry WHERE store_id = $1 AND status IN ('waiting', 'offered') AND starts_until >= $2
           AND starts_from < $3
         ORDER BY id LIMIT 500",
        store,
        from,
        until
    ))?;
    read_entries(rows)
}

/// The same at any time.
pub(crate) fn waiting_at_store(read: &mut ReadTx, store: StoreId) -> Result<Vec<WaitlistEntry>, Fail> {
    waitlist_of_store(read, store, (Timestamp(i64::MIN), Timestamp(i64::MAX)))
}

/// Where somebody waits for an offer.
pub(crate) fn stores_where_waited_for(read: &mut ReadTx, offer: OfferId) -> Result<Vec<StoreId>, Fail> {
    let rows = read.many(sql!(
        "SELECT DISTINCT store_id FROM waitlist_entry WHERE offer_id = $1 AND status IN ('waiting', 'offered')",
        offer
    ))?;
    read_ids(rows)
}

/// Where the booking is that an order pays for, if it pays for one.
pub fn store_of_booked_order(read: &mut ReadTx, order: OrderId) -> Result<Vec<StoreId>, Fail> {
    let rows = read.many(sql!("SELECT store_id FROM booking WHERE order_id = $1", order))?;
    read_ids(rows)
}

fn read_ids(rows: Vec<Row>) -> Result<Vec<StoreId>, Fail> {
    let stores = rows.into_iter().map(|mut row| row.take());
    Ok(stores.collect::<Result<_, StorageError>>()?)
}

fn read_entries(rows: Vec<Row>) -> Result<Vec<WaitlistEntry>, Fail> {
    Ok(rows.into_iter().map(read_entry).collect::<Result<_, _>>()?)
}

fn read_entry(mut row: Row) -> Result<WaitlistEntry, StorageError> {
    Ok(WaitlistEntry {
        id: row.take()?,
        offer: row.take()?,
        merchant: row.take()?,
        store: row.take()?,
        person: row.take()?,
        day: Day(row.take()?),
        nights: row.take()?,
        hours: row.take()?,
        rooms: row.take()?,
        starts_from: row.take()?,
        starts_until: row.take()?,
        party: row.take()?,
        area: row.take()?,
        resources: row.take_json()?,
        status: read_status(&row.take::<String>()?)?,
        stands_until: row.take()?,
        period: read_period(row.take()?, row.take()?),
        joined_at: row.take()?,
        version: row.take()?,
    })
}

fn read_period(starts_at: Option<Timestamp>, ends_at: Option<Timestamp>) -> Option<Period> {
    let (starts_at, ends_at) = starts_at.zip(ends_at)?;
    Some(Period { starts_at, ends_at })
}

fn read_status(text: &str) -> Result<WaitlistStatus, StorageError> {
    WaitlistStatus::from_name(text).ok_or_else(|| StorageError::bug(format!("an entry that is {text:?}")))
}
