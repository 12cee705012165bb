//! An offer is scheduled in a hall, and called off.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use kernel::{Ctx, DAY_US, MINUTE_US, OfferId, ResourceId, ShowingId};
use party::hours::DAY_MINUTES;
use store::{Fail, StorageError, Tx, sql, to_json};

use super::managed_offer;
use crate::decide::MAX_LIST_PRICE;
use crate::events::{ShowingCalledOff, ShowingScheduled};
use crate::place::{self, Stretch, steps};
use crate::reject::{
    SHOWING_HALL_TAKEN, SHOWING_INVALID, SHOWING_LIMIT, SHOWING_STATUS, SHOWING_TIME_SKIPPED,
};
use crate::resource::roomy;
use crate::{Day, Hall, Offer, OfferStatus, Period, ResourceStatus, Showing, ShowingStatus, Stay, queries};

/// The most showings of a hall that are not over.
const MAX_COMING: i64 = 1_000;
/// How far ahead it is scheduled.
const MAX_AHEAD_DAYS: i64 = 400;

/// A new showing.
#[derive(Debug, Clone)]
pub struct ScheduleShowing {
    /// Of what: an offer that is booked by showings.
    pub offer: OfferId,
    /// In which of its halls.
    pub hall: ResourceId,
    /// The day on which it starts, on the store's clocks.
    pub day: Day,
    /// At which minute of that day. One that clocks show twice in autumn is the first.
    pub minute: i64,
    /// How long it is, 5 minutes to 24 hours.
    pub length_minutes: i64,
    /// What a seat of a zone costs more than the offer, in minor units.
    pub surcharges: BTreeMap<String, i64>,
}

/// Schedules a showing, for managers of the whole merchant. The hall's time is taken with that of its cleaning, by
/// the same buckets that a store keeps its places by, so nothing else takes place there.
///
/// Rejects with `SHOWING_INVALID`, `SHOWING_TIME_SKIPPED`, `SHOWING_HALL_TAKEN`, `SHOWING_LIMIT`,
/// [`party::NOT_FOUND`] and as [`party::require_staff`] does.
///
/// Statements: twelve, and three for each quarter of an hour that the hall is taken.
pub fn schedule_showing(tx: &mut Tx, ctx: &Ctx, cmd: &ScheduleShowing) -> Result<ShowingId, Fail> {
    let offer = managed_offer(tx, ctx, cmd.offer)?;
    let hall_of = queries::resource(tx, cmd.hall)?.filter(|hall| hall.merchant == offer.merchant);
    let hall_of = hall_of.ok_or_else(|| party::NOT_FOUND.plain())?;
    tx.lock(&[place::lock(hall_of.store)]);
    let hall = queries::hall(tx, cmd.hall)?.filter(|_| hall_of.details.status != ResourceStatus::Retired);
    let hall = hall.ok_or_else(|| SHOWING_INVALID.at("/hall", "It is retired, or has no seat map yet."))?;
    check(tx, cmd, &offer, &hall)?;
    let store = party::queries::store(tx, hall_of.store)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    let zone = TimeZone::get(&store.details.time_zone)
        .map_err(|error| StorageError::bug(format!("a stored time zone: {error}")))?;
    let period = period(ctx, cmd, &zone)?;
    if queries::coming_showings(tx, cmd.hall, ctx.now)?.len() as i64 >= MAX_COMING {
        return Err(SHOWING_LIMIT.plain().into());
    }
    let showing: ShowingId = roomy(ctx.new_id());
    let time = Stretch {
        resource: cmd.hall,
        steps: steps(
            period.starts_at,
            period.ends_at.plus_us(hall.cleaning_minutes * MINUTE_US),
        ),
        units: 1,
        capacity: 1,
    };
    let places = place::places(&[time]);
    if !place::take(tx, offer.merchant, showing.uuid(), &places)? {
        return Err(SHOWING_HALL_TAKEN.plain().into());
    }
    tx.tell(sql!(
        "INSERT INTO showing (id, merchant_id, store_id, hall_id, offer_id, starts_at, ends_at, surcharges, status,
           created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
        showing,
        offer.merchant,
        store.id,
        cmd.hall,
        offer.id,
        period.starts_at,
        period.ends_at,
        to_json(&cmd.surcharges)?,
        ShowingStatus::Scheduled.as_str(),
        ctx.now
    ))?;
    let event = ShowingScheduled {
        showing,
        offer: offer.id,
        merchant: offer.merchant,
        store: store.id,
        hall: cmd.hall,
        starts_at: period.starts_at.0,
        ends_at: period.ends_at.0,
    };
    tx.emit(ctx, showing, 1, &event)?;
    Ok(showing)
}

fn check(tx: &mut Tx, cmd: &ScheduleShowing, offer: &Offer, hall: &Hall) -> Result<(), Fail> {
    let no = |field, detail: &str| Err(SHOWING_INVALID.at(field, detail).into());
    let terms = queries::booking_terms(tx, offer.id)?;
    let has_showings = terms.is_some_and(|(terms, _)| terms.stay == Stay::Showings);
    if !has_showings || offer.status == OfferStatus::Draft {
        return no(
            "/offer",
            "It is not published as an offer that is booked by showings.",
        );
    }
    if !queries::resource_ids_of_offer(tx, offer.id)?
        .concat()
        .contains(&cmd.hall)
    {
        return no("/hall", "It is not among the halls of the offer.");
    }
    for (zone, amount) in &cmd.surcharges {
        if !hall.map.zones.iter().any(|of| of.code == *zone) {
            return no("/surcharges", &format!("The hall has no zone {zone:?}."));
        }
        if !(0..=MAX_LIST_PRICE - offer.list_price.amount).contains(amount) {
            return no("/surcharges", &format!("{amount} is below zero, or too much."));
        }
    }
    Ok(())
}

fn period(ctx: &Ctx, cmd: &ScheduleShowing, zone: &TimeZone) -> Result<Period, Fail> {
    if !(0..DAY_MINUTES).contains(&cmd.minute) {
        return Err(SHOWING_INVALID
            .at("/minute", "A day has the minutes 0 to 1439.")
            .into());
    }
    if !(5..=DAY_MINUTES).contains(&cmd.length_minutes) {
        let detail = "A showing is of 5 minutes to 24 hours.";
        return Err(SHOWING_INVALID.at("/length_minutes", detail).into());
    }
    if cmd.day.skips(cmd.minute, zone) {
        let shown = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
        let ends = (cmd.minute..DAY_MINUTES).find(|minute| !cmd.day.skips(*minute, zone));
        let detail = format!(
            "On {} there is no {}: clocks go on to {}.",
            cmd.day,
            shown(cmd.minute),
            shown(ends.unwrap_or(DAY_MINUTES))
        );
        return Err(SHOWING_TIME_SKIPPED.at("/minute", detail).into());
    }
    let starts_at = cmd.day.minute(cmd.minute, zone);
    let latest = ctx.now.plus_us(MAX_AHEAD_DAYS * DAY_US);
    let starts_at = starts_at.filter(|at| *at > ctx.now && *at <= latest);
    let starts_at = starts_at.ok_or_else(|| {
        SHOWING_INVALID.at(
            "/day",
            format!("It starts later than now, and in {MAX_AHEAD_DAYS} days at most."),
        )
    })?;
    Ok(Period {
        starts_at,
        ends_at: starts_at.plus_us(cmd.length_minutes * MINUTE_US),
    })
}

/// Calls a showing off: nobody books it any more, and its hall is free at its time. A step inside the caller's
/// command, which has checked the actor, locked the showing's row and sees to those who have booked.
pub fn end_showing(tx: &mut Tx, ctx: &Ctx, showing: &Showing) -> Result<(), Fail> {
    let ended = tx.claim(sql!(
        "UPDATE showing SET status = $1, version = version + 1 WHERE id = $2 AND status = $3 AND ends_at > $4",
        ShowingStatus::CalledOff.as_str(),
        showing.id,
        ShowingStatus::Scheduled.as_str(),
        ctx.now
    ))?;
    if ended == 0 {
        return Err(SHOWING_STATUS.plain().into());
    }
    place::give_back(tx, showing.id.uuid())?;
    let event = ShowingCalledOff {
        showing: showing.id,
        offer: showing.offer,
        merchant: showing.merchant,
        store: showing.store,
    };
    tx.emit(ctx, showing.id, showing.version + 1, &event)?;
    Ok(())
}
