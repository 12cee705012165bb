//! Resources, how offers are booked, and the days that are not as their weekday.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use kernel::{OfferId, ResourceId, StoreId};
use party::hours::Span;
use store::{Fail, Query, ReadTx, Row, StorageError, sql};

use super::{all, first, named};
use crate::{Bookable, BookingTerms, Day, Resource, ResourceDetails, ResourceKind, ResourceStatus};

fn read_resource(row: &mut Row) -> Result<Resource, StorageError> {
    Ok(Resource {
        id: row.take()?,
        merchant: row.take()?,
        store: row.take()?,
        kind: named(row, ResourceKind::from_name)?,
        details: ResourceDetails {
            name: row.take()?,
            area: row.take()?,
            units: row.take()?,
            seats_min: row.take()?,
            seats_max: row.take()?,
            joins: row.take()?,
            hours: row.take_json()?,
            status: named(row, ResourceStatus::from_name)?,
        },
        created_at: row.take()?,
        version: row.take()?,
    })
}

/// A resource.
pub fn resource(read: &mut ReadTx, resource: ResourceId) -> Result<Option<Resource>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, store_id, kind, name, area, units, seats_min, seats_max, joins, hours, status,
                created_at, version
         FROM resource WHERE id = $1",
        resource
    ))?;
    first(rows, read_resource)
}

/// What these resources are called now, in one round trip.
pub fn resource_names(
    read: &mut ReadTx,
    resources: impl IntoIterator<Item = ResourceId>,
) -> Result<BTreeMap<ResourceId, String>, Fail> {
    let resources: BTreeSet<ResourceId> = resources.into_iter().collect();
    let questions = resources
        .into_iter()
        .map(|resource| sql!("SELECT id, name FROM resource WHERE id = $1", resource));
    let answers = read.ask_all(questions.collect())?;
    let names = all(answers.into_iter().flatten().collect(), |row| {
        Ok((row.take()?, row.take()?))
    })?;
    Ok(names.into_iter().collect())
}

/// The most resources of a store, retired ones too.
pub const MAX_RESOURCES_OF_STORE: i64 = 1_000;

/// How many resources a store has, retired ones too.
pub fn resource_count(read: &mut ReadTx, store: StoreId) -> Result<i64, Fail> {
    let rows = read.many(sql!("SELECT COUNT(*) FROM resource WHERE store_id = $1", store))?;
    Ok(first(rows, |row| row.take())?.unwrap_or_default())
}

/// The kinds of all resources of the stores that an offer is redeemed in.
pub fn resource_kinds(read: &mut ReadTx, offer: OfferId) -> Result<BTreeMap<ResourceId, ResourceKind>, Fail> {
    let rows = read.many(sql!(
        "SELECT r.id, r.kind FROM offer_store s JOIN resource r ON r.store_id = s.store_id WHERE s.offer_id = $1",
        offer
    ))?;
    let kinds = all(rows, |row| {
        Ok((row.take()?, named(row, ResourceKind::from_name)?))
    })?;
    Ok(kinds.into_iter().collect())
}

/// The resources of a store, retired ones too, in the order in which they were added.
pub fn resources_of(read: &mut ReadTx, store: StoreId) -> Result<Vec<Resource>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, store_id, kind, name, area, units, seats_min, seats_max, joins, hours, status,
                created_at, version
         FROM resource WHERE store_id = $1 ORDER BY id",
        store
    ))?;
    all(rows, read_resource)
}

/// What an offer takes of a store when it is booked, with the service that takes it, from 0; of several, once for each.
pub fn resources_of_offer(
    read: &mut ReadTx,
    offer: OfferId,
    store: StoreId,
) -> Result<Vec<(Resource, i64)>, Fail> {
    let rows = read.many(resources_in(offer, store))?;
    all(rows, read_offered)
}

fn read_offered(row: &mut Row) -> Result<(Resource, i64), StorageError> {
    Ok((read_resource(row)?, row.take()?))
}

fn resources_in(offer: OfferId, store: StoreId) -> Query {
    sql!(
        "SELECT r.id, r.merchant_id, r.store_id, r.kind, r.name, r.area, r.units, r.seats_min, r.seats_max, r.joins,
                r.hours, r.status, r.created_at, r.version, o.service
         FROM offer_resource o JOIN resource r ON r.id = o.resource_id
         WHERE o.offer_id = $1 AND r.store_id = $2 ORDER BY o.service, o.resource_id",
        offer,
        store
    )
}

/// How an offer is booked, and the version of that. `None`: it is bought without a time.
pub fn booking_terms(read: &mut ReadTx, offer: OfferId) -> Result<Option<(BookingTerms, i64)>, Fail> {
    let rows = read.many(terms_of(offer))?;
    first(rows, |row| Ok((row.take_json()?, row.take()?)))
}

fn terms_of(offer: OfferId) -> Query {
    sql!(
        "SELECT terms, version FROM offer_booking WHERE offer_id = $1",
        offer
    )
}

/// What an offer is booked of, in all of its stores, service by service.
pub fn resource_ids_of_offer(read: &mut ReadTx, offer: OfferId) -> Result<Vec<Vec<ResourceId>>, Fail> {
    let rows = read.many(sql!(
        "SELECT service, resource_id FROM offer_resource WHERE offer_id = $1 ORDER BY service, resource_id",
        offer
    ))?;
    let of_services: Vec<(i64, ResourceId)> = all(rows, |row| Ok((row.take()?, row.take()?)))?;
    let by_service = of_services.chunk_by(|a, b| a.0 == b.0);
    Ok(by_service
        .map(|of_one| of_one.iter().map(|(_, id)| *id).collect())
        .collect())
}

/// The special days of a store from one day until another, that included.
pub fn store_days(
    read: &mut ReadTx,
    store: StoreId,
    from: Day,
    until: Day,
) -> Result<BTreeMap<Day, Vec<Span>>, Fail> {
    let rows = read.many(days_of(store, from, until))?;
    Ok(all(rows, read_day)?.into_iter().collect())
}

fn days_of(store: StoreId, from: Day, until: Day) -> Query {
    sql!(
        "SELECT day, spans FROM store_day WHERE store_id = $1 AND day >= $2 AND day <= $3 ORDER BY day",
        store,
        from.0,
        until.0
    )
}

fn read_day(row: &mut Row) -> Result<(Day, Vec<Span>), StorageError> {
    Ok((Day(row.take()?), row.take_json()?))
}

/// All that decides about an offer's bookings at a store on these days, beside what is used. `None`: it is not
/// booked, or there is nothing there for one of its services. One round trip.
pub fn bookable(
    read: &mut ReadTx,
    offer: OfferId,
    store: StoreId,
    days: (Day, Day),
) -> Result<Option<Bookable>, Fail> {
    let zone = sql!("SELECT time_zone FROM store WHERE id = $1", store);
    // A night's hours touch the days beside it.
    let days = days_of(store, days.0.plus(-1), days.1.plus(1));
    let [terms, zone, resources, days] =
        read.ask([terms_of(offer), zone, resources_in(offer, store), days])?;
    let (Some(terms), Some(zone)) = (
        first(terms, |row| row.take_json::<BookingTerms>())?,
        first(zone, |row| row.take::<String>())?,
    ) else {
        return Ok(None);
    };
    let zone =
        TimeZone::get(&zone).map_err(|error| StorageError::bug(format!("a stored time zone: {error}")))?;
    let mut services = vec![Vec::new(); terms.service_count()];
    let mut each: Vec<Resource> = Vec::new();
    let mut offered = all(resources, read_offered)?;
    offered.sort_by_key(|(resource, service)| (resource.id, *service));
    for (resource, service) in offered {
        if each.last().is_none_or(|last| last.id != resource.id) {
            each.push(resource);
        }
        if let Some(of_service) = services.get_mut(service as usize) {
            of_service.push(each.len() - 1);
        }
    }
    let is_there = services.iter().all(|of| !of.is_empty());
    Ok(is_there.then_some(Bookable {
        terms,
        zone,
        resources: each,
        services,
        days: all(days, read_day)?.into_iter().collect(),
    }))
}
