//! Finding a time that is free and choosing its places, or judging the seats that were chosen: what every command
//! about bookings needs.

use std::ops::Range;

use kernel::{BookingId, Ctx, DAY_US, MINUTE_US, OfferId, Reject, ResourceId, StoreId, Timestamp};
use offer::place::{self, Place, Stretch};
use offer::{
    Bookable, BookingPolicy, BookingTerms, Day, NightChoice, Period, PricePer, Resource, Stay, Surcharge,
    Wish,
};
use store::{Fail, ReadTx, StorageError, Tx, sql};

use crate::reject::{BOOKING_FULL, BOOKING_NOT_OFFERED, BOOKING_PARTY, BOOKING_TIME};

/// How long after its time a booking's voucher can still be redeemed.
const VALID_AFTER_US: i64 = DAY_US;

/// Until when the voucher of a booking is valid.
pub(crate) fn valid_until(period: Period) -> Timestamp {
    period.ends_at.plus_us(VALID_AFTER_US)
}

/// When somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// For a visit.
    At(Timestamp),
    /// For some nights.
    Nights {
        /// The day of arrival.
        from: Day,
        /// How many.
        nights: i64,
        /// How many rooms.
        rooms: i64,
    },
}

impl When {
    /// How many rooms, of which there is one where nobody asks for rooms.
    pub(crate) fn rooms(self) -> i64 {
        match self {
            Self::At(_) => 1,
            Self::Nights { rooms, .. } => rooms,
        }
    }
}

/// A time that is free, with the places that were chosen.
pub(crate) struct Slot {
    pub policy: BookingPolicy,
    pub period: Period,
    pub places: Vec<Place>,
    pub resources: Vec<ResourceId>,
    pub quantity: i64,
    /// Of all units; none if they cost what the offer does.
    pub surcharges: Vec<Surcharge>,
}

/// What is asked for, whoever asks.
pub(crate) struct Asked<'a> {
    pub offer: OfferId,
    pub store: StoreId,
    pub when: When,
    pub wish: Wish<'a>,
}

/// Chooses places for what is asked, by what decides about it. The store's row is locked, so they stay free.
pub(crate) fn find_slot(tx: &mut Tx, ctx: &Ctx, asked: &Asked) -> Result<(Slot, Bookable), Fail> {
    let day = match asked.when {
        When::At(at) => Day::in_utc(at),
        When::Nights { from, .. } => from,
    };
    let days = (day.plus(-1), day.plus(1));
    let bookable = offer::queries::bookable(tx, asked.offer, asked.store, days)?;
    let bookable = bookable.ok_or_else(|| BOOKING_NOT_OFFERED.plain())?;
    check_wish(&bookable, &asked.wish)?;
    let (day, nights) = match asked.when {
        When::At(at) => (Day::at(at, &bookable.zone), 1),
        When::Nights { from, nights, .. } => (from, nights),
    };
    let period = period_of(&bookable, asked.when, day, &asked.wish)?;
    if !asked.wish.for_store {
        check_in_time(&bookable.terms, period, ctx.now)?;
    }
    let steps = bookable.steps_of_days(&(day.0..day.0 + 1), nights);
    let used = used_of(tx, &bookable, asked.wish, &steps)?;
    let Some(places) = bookable.choose(asked.wish, period, &used) else {
        return Err(full(ctx, &bookable, (day, nights), asked.wish, period, &used).into());
    };
    let quantity = quantity(&bookable.terms, asked.when, asked.wish.party)?;
    let priced = bookable.terms.priced_nights();
    let surcharges =
        priced.map(|terms| terms.surcharges(NightChoice { from: day, nights }, asked.wish.rooms));
    let slot = Slot {
        policy: bookable.terms.policy,
        period,
        resources: places.iter().map(|stretch| stretch.resource).collect(),
        places: places.iter().flat_map(Stretch::places).collect(),
        quantity,
        surcharges: surcharges.unwrap_or_default(),
    };
    Ok((slot, bookable))
}

/// Of how many units the price of a booking is.
pub(crate) fn quantity(terms: &BookingTerms, when: When, party: i64) -> Result<i64, StorageError> {
    match (terms.price_per, when) {
        (PricePer::Booking, _) => Ok(1),
        (PricePer::Person, _) => Ok(party),
        (PricePer::Night, When::Nights { nights, rooms, .. }) => Ok(nights * rooms),
        (PricePer::Night, When::At(_)) => Err(StorageError::bug("a visit priced by night")),
    }
}

/// Refuses what starts too soon, or too far ahead.
pub(crate) fn check_in_time(terms: &BookingTerms, period: Period, now: Timestamp) -> Result<(), Reject> {
    if terms.is_in_time(period.starts_at, now) {
        return Ok(());
    }
    let detail = format!(
        "It can be booked up to {} days ahead, and {} minutes before at the latest.",
        terms.ahead_days,
        terms.notice_us / MINUTE_US
    );
    Err(BOOKING_TIME.at("/starts_at", detail))
}

/// Refuses a party that is larger than what is booked at once.
pub(crate) fn check_party(terms: &BookingTerms, party: i64) -> Result<(), Reject> {
    let most = terms.party_max;
    if (1..=most).contains(&party) {
        return Ok(());
    }
    Err(BOOKING_PARTY.at("/party", format!("A party here is of 1 to {most}.")))
}

/// What is used of each resource, in their order; of those that cannot serve the party, nothing is asked.
pub(crate) fn used_of(
    read: &mut ReadTx,
    bookable: &Bookable,
    wish: Wish,
    steps: &Range<i64>,
) -> Result<Vec<place::Used>, Fail> {
    let serves = |resource: &&Resource| bookable.can_serve(resource, wish);
    let serving: Vec<&Resource> = bookable.resources.iter().filter(serves).collect();
    let mut used = place::used(read, &serving, steps)?.into_iter();
    let of_each = bookable.resources.iter().map(|resource| {
        let used = serves(&resource).then(|| used.next());
        used.flatten().unwrap_or_default()
    });
    Ok(of_each.collect())
}

pub(crate) fn check_wish(bookable: &Bookable, wish: &Wish) -> Result<(), Reject> {
    check_party(&bookable.terms, wish.party)?;
    if !(1..=100).contains(&wish.rooms) {
        return Err(BOOKING_PARTY.at("/rooms", "1 to 100 rooms are booked at once."));
    }
    let is_known = |id| bookable.resources.iter().any(|resource| resource.id == id);
    match wish.resource {
        Some(resource) if !is_known(resource) => {
            Err(BOOKING_NOT_OFFERED.at("/resource", "The offer is not booked with this."))
        }
        Some(_) | None => Ok(()),
    }
}

fn period_of(bookable: &Bookable, when: When, day: Day, wish: &Wish) -> Result<Period, Reject> {
    let found = match (&bookable.terms.stay, when) {
        (Stay::Visit(visit), When::At(at)) => {
            let mut visits = bookable.visits(visit, day, wish.party).into_iter();
            visits.find(|period| period.starts_at == at)
        }
        (Stay::Nights(terms), When::Nights { nights, .. }) => bookable.stay(terms, day, nights),
        (Stay::Visit(_), When::Nights { .. }) | (Stay::Nights(_), When::At(_)) | (Stay::Showings, _) => None,
    };
    found.ok_or_else(|| match &bookable.terms.stay {
        Stay::Visit(_) => BOOKING_TIME.at(
            "/starts_at",
            "No visit starts then; the availability lists the times.",
        ),
        Stay::Nights(terms) => {
            let detail = format!(
                "A stay is of {} to {} nights.",
                terms.nights_min, terms.nights_max
            );
            BOOKING_TIME.at("/nights", detail)
        }
        Stay::Showings => BOOKING_TIME.because(
            "Seats of a showing are chosen by name; a booking of them is not moved, but cancelled and made again.",
        ),
    })
}

/// The refusal of a time that is taken, with those of the same day that are nearest to it.
fn full(
    ctx: &Ctx,
    bookable: &Bookable,
    (day, nights): (Day, i64),
    wish: Wish,
    period: Period,
    used: &[place::Used],
) -> Reject {
    let free = bookable.availability(day.0..day.0 + 1, (wish, nights), used, ctx.now);
    let mut free: Vec<Timestamp> = free
        .into_iter()
        .flat_map(|day| day.starts)
        .filter(|start| start.is_free)
        .map(|start| start.period.starts_at)
        .collect();
    free.sort_by_key(|at| at.since_us(period.starts_at).abs());
    free.truncate(3);
    let detail = match free.first() {
        Some(at) => format!("The nearest time of that day that is free is {at}."),
        None => "Nothing else is free on that day.".to_owned(),
    };
    let free: Vec<String> = free.iter().map(Timestamp::to_string).collect();
    BOOKING_FULL.because(detail).with("alternatives", free)
}

/// Writes what a booking has. Told.
pub(crate) fn tell_resources(
    tx: &mut Tx,
    booking: BookingId,
    resources: &[ResourceId],
) -> Result<(), StorageError> {
    for resource in resources {
        tx.tell(sql!(
            "INSERT INTO booking_resource (booking_id, resource_id) VALUES ($1, $2)",
            booking,
            *resource
        ))?;
    }
    Ok(())
}
