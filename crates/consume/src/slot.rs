//! Finding a time that is free and choosing its places, or judging the seats that were chosen: what every command
//! about bookings needs.

use std::ops::Range;

use kernel::{BookingId, Ctx, DAY_US, LocalText, MINUTE_US, OfferId, Reject, ResourceId, StoreId, Timestamp};
use offer::place::{self, Place};
use offer::{
    Bookable, BookingPolicy, BookingTerms, Day, NightChoice, Period, PricePer, Resource, Serving, Stay,
    Surcharge, Visit, Wish,
};
use store::{Fail, ReadTx, StorageError, Tx, sql, to_json};

use crate::reject::{BOOKING_FULL, BOOKING_NOT_OFFERED, BOOKING_PARTY, BOOKING_TIME};

/// How long after its time a booking's voucher can still be redeemed.
const VALID_AFTER_US: i64 = DAY_US;

/// Until when the voucher of a booking that ends then is valid, or uses of a card are kept for it.
pub(crate) fn valid_until(ends_at: Timestamp) -> Timestamp {
    ends_at.plus_us(VALID_AFTER_US)
}

/// When somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// For a visit.
    At(Timestamp),
    /// For a visit as long as they say.
    Hours {
        /// When it starts.
        starts_at: Timestamp,
        /// For how many hours.
        hours: i64,
    },
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
    /// Where it stands in the input.
    const fn field(self) -> &'static str {
        match self {
            Self::At(_) | Self::Hours { .. } => "/when/starts_at",
            Self::Nights { .. } => "/when/from",
        }
    }

    /// How many rooms, of which there is one where nobody asks for rooms.
    pub(crate) fn rooms(self) -> i64 {
        match self {
            Self::At(_) | Self::Hours { .. } => 1,
            Self::Nights { rooms, .. } => rooms,
        }
    }

    /// On which day, of a time the one in UTC, which may be the one before or after on the store's clocks.
    pub(crate) fn about(self) -> Day {
        match self {
            Self::At(at) | Self::Hours { starts_at: at, .. } => Day::in_utc(at),
            Self::Nights { from, .. } => from,
        }
    }
}

/// A time that is free, with the places that were chosen.
pub(crate) struct Slot {
    pub policy: BookingPolicy,
    pub period: Period,
    pub places: Vec<Place>,
    pub resources: Vec<Taken>,
    pub quantity: i64,
    /// Of all units; none if they cost what the offer does.
    pub surcharges: Vec<Surcharge>,
}

/// A resource that a booking takes, and for what.
pub(crate) struct Taken {
    pub resource: ResourceId,
    /// Of a visit of several services its name.
    pub service: LocalText,
    pub period: Period,
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
    let day = asked.when.about();
    let days = (day.plus(-1), day.plus(1));
    let bookable = offer::queries::bookable(tx, asked.offer, asked.store, days)?;
    let bookable = bookable.ok_or_else(|| BOOKING_NOT_OFFERED.plain())?;
    check_wish(&bookable, &asked.wish)?;
    let (day, length) = match asked.when {
        When::At(at) => (Day::at(at, &bookable.zone), 1),
        When::Hours { starts_at, hours } => (Day::at(starts_at, &bookable.zone), hours),
        When::Nights { from, nights, .. } => (from, nights),
    };
    let period = period_of(&bookable, asked.when, day, &asked.wish)?;
    if !asked.wish.for_store {
        check_in_time(&bookable.terms, period, ctx.now, asked.when.field())?;
    }
    let deciding = bookable.steps_to_choose(period, asked.wish.party);
    let used = used_of(tx, &bookable, asked.wish, &deciding)?;
    let servings = match bookable.choose(asked.wish, period, &used) {
        Ok(servings) => servings,
        Err(missing) => {
            let steps = bookable.steps_of_days(&(day.0..day.0 + 1), length);
            let used = used_of(tx, &bookable, asked.wish, &steps)?;
            let asked_for = (period, missing);
            return Err(full(ctx, &bookable, (day, length), asked.wish, asked_for, &used).into());
        }
    };
    let quantity = quantity(&bookable.terms, asked.when, asked.wish.party)?;
    let priced = bookable.terms.priced_nights();
    let surcharges = priced.map(|terms| {
        let choice = NightChoice {
            from: day,
            nights: length,
        };
        terms.surcharges(choice, asked.wish.rooms)
    });
    let slot = Slot {
        policy: bookable.terms.policy,
        period,
        resources: taken(&bookable.terms, &servings),
        places: places_of(&servings),
        quantity,
        surcharges: surcharges.unwrap_or_default(),
    };
    Ok((slot, bookable))
}

/// The places of what a party gets.
pub(crate) fn places_of(servings: &[Serving]) -> Vec<Place> {
    let stretches = servings.iter().flat_map(|serving| &serving.stretches);
    place::places(&stretches.cloned().collect::<Vec<_>>())
}

fn taken(terms: &BookingTerms, servings: &[Serving]) -> Vec<Taken> {
    let of_serving = |serving: &Serving| {
        let (service, period) = (name_of(terms, serving.service), serving.period);
        let taken = serving.stretches.iter().map(move |stretch| Taken {
            resource: stretch.resource,
            service: service.clone(),
            period,
        });
        taken.collect::<Vec<_>>()
    };
    servings.iter().flat_map(of_serving).collect()
}

/// What a service is called; empty if the booking is nothing else.
fn name_of(terms: &BookingTerms, service: usize) -> LocalText {
    match &terms.stay {
        Stay::Visit(visit) => visit.services.get(service).map(|service| service.name.clone()),
        Stay::Nights(_) | Stay::Showings => None,
    }
    .unwrap_or_default()
}

/// Of how many units the price of a booking is.
pub(crate) fn quantity(terms: &BookingTerms, when: When, party: i64) -> Result<i64, StorageError> {
    match (terms.price_per, when) {
        (PricePer::Booking, _) => Ok(1),
        (PricePer::Person, _) => Ok(party),
        (PricePer::Night, When::Nights { nights, rooms, .. }) => Ok(nights * rooms),
        (PricePer::Hour, When::Hours { hours, .. }) => Ok(hours),
        (PricePer::Night, When::At(_) | When::Hours { .. }) => {
            Err(StorageError::bug("a visit priced by night"))
        }
        (PricePer::Hour, When::At(_) | When::Nights { .. }) => {
            Err(StorageError::bug("hours that nobody chose"))
        }
    }
}

/// Refuses what starts too soon, or too far ahead, as `field` of the input says.
pub(crate) fn check_in_time(
    terms: &BookingTerms,
    period: Period,
    now: Timestamp,
    field: &'static str,
) -> Result<(), Reject> {
    if terms.is_in_time(period.starts_at, now) {
        return Ok(());
    }
    let detail = format!(
        "It can be booked up to {} days ahead, and {} minutes before at the latest.",
        terms.ahead_days,
        terms.notice_us / MINUTE_US
    );
    Err(BOOKING_TIME.at(field, detail))
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
    let serves = (0..bookable.resources.len()).map(|at| bookable.can_serve(at, wish));
    let serves: Vec<bool> = serves.collect();
    let serving = bookable.resources.iter().zip(&serves);
    let serving: Vec<&Resource> = serving.filter(|(_, serves)| **serves).map(|(of, _)| of).collect();
    let mut used = place::used(read, &serving, steps)?.into_iter();
    let of_each = serves.into_iter().map(|serves| {
        let used = serves.then(|| used.next());
        used.flatten().unwrap_or_default()
    });
    Ok(of_each.collect())
}

pub(crate) fn check_wish(bookable: &Bookable, wish: &Wish) -> Result<(), Reject> {
    check_party(&bookable.terms, wish.party)?;
    if !(1..=100).contains(&wish.rooms) {
        return Err(BOOKING_PARTY.at("/when/rooms", "1 to 100 rooms are booked at once."));
    }
    let services = bookable.services.len();
    if wish.resources.len() > services {
        let detail = format!("The offer has {services} services, of which each is named once at most.");
        return Err(BOOKING_NOT_OFFERED.at("/resources", detail));
    }
    let is_of = |service: usize, id: &ResourceId| {
        let mut of_service = bookable.services.get(service).into_iter().flatten();
        of_service.any(|at| bookable.resources[*at].id == *id)
    };
    let mut wanted = wish.resources.iter().enumerate();
    match wanted.find(|(service, wanted)| wanted.is_some_and(|wanted| !is_of(*service, &wanted))) {
        Some((service, _)) => {
            let detail = format!("Service {} of the offer is not booked with this.", service + 1);
            Err(BOOKING_NOT_OFFERED.at("/resources", detail))
        }
        None => Ok(()),
    }
}

fn period_of(bookable: &Bookable, when: When, day: Day, wish: &Wish) -> Result<Period, Reject> {
    let found = match (&bookable.terms.stay, when) {
        (Stay::Visit(visit), When::At(at)) if visit.by_hour.is_none() => {
            starting(bookable.visits(visit, day, wish.party, 1), at)
        }
        (Stay::Visit(visit), When::Hours { starts_at, hours }) if visit.by_hour.is_some() => {
            starting(bookable.visits(visit, day, wish.party, hours), starts_at)
        }
        (Stay::Nights(terms), When::Nights { nights, .. }) => bookable.stay(terms, day, nights),
        (Stay::Visit(_) | Stay::Nights(_) | Stay::Showings, _) => None,
    };
    found.ok_or_else(|| match &bookable.terms.stay {
        Stay::Visit(visit) if !are_hours_right(visit, when) => BOOKING_TIME.at(
            "/when/hours",
            match visit.by_hour {
                None => "It is not booked by the hour.".to_owned(),
                Some(range) => format!("It is for {} to {} hours.", range.hours_min, range.hours_max),
            },
        ),
        Stay::Visit(_) => BOOKING_TIME.at(
            when.field(),
            "No visit starts then; the availability lists the times.",
        ),
        Stay::Nights(terms) => {
            let detail = format!(
                "A stay is of {} to {} nights.",
                terms.nights_min, terms.nights_max
            );
            BOOKING_TIME.at("/when/nights", detail)
        }
        Stay::Showings => BOOKING_TIME.because("Seats of a showing are chosen by name."),
    })
}

fn starting(periods: Vec<Period>, at: Timestamp) -> Option<Period> {
    periods.into_iter().find(|period| period.starts_at == at)
}

/// Whether as many hours were chosen as can be, where they can.
fn are_hours_right(visit: &Visit, when: When) -> bool {
    match (visit.by_hour, when) {
        (Some(range), When::Hours { hours, .. }) => range.holds(hours),
        (Some(_), When::At(_)) | (None, When::Hours { .. }) => false,
        (None, When::At(_)) | (_, When::Nights { .. }) => true,
    }
}

/// The refusal of a time that is taken, with those of the same day that are nearest to it; of several services it says
/// for which the first is missing.
fn full(
    ctx: &Ctx,
    bookable: &Bookable,
    (day, length): (Day, i64),
    wish: Wish,
    (period, missing): (Period, usize),
    used: &[place::Used],
) -> Reject {
    let free = bookable.availability(day.0..day.0 + 1, (wish, length), used, ctx.now);
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
    if bookable.services.len() == 1 {
        return BOOKING_FULL.because(detail).with("alternatives", free);
    }
    let name = name_of(&bookable.terms, missing);
    let detail = format!(
        "Nobody, or nothing, is free for service {}, {}. {detail}",
        missing + 1,
        name.in_language("en")
    );
    BOOKING_FULL
        .because(detail)
        .with("alternatives", free)
        .with("service", missing)
}

/// Writes what a booking has. Told.
pub(crate) fn tell_resources(
    tx: &mut Tx,
    booking: BookingId,
    resources: &[Taken],
) -> Result<(), StorageError> {
    for taken in resources {
        tx.tell(sql!(
            "INSERT INTO booking_resource (booking_id, starts_at, resource_id, ends_at, service)
             VALUES ($1, $2, $3, $4, $5)",
            booking,
            taken.period.starts_at,
            taken.resource,
            taken.period.ends_at,
            to_json(&taken.service)?
        ))?;
    }
    Ok(())
}
