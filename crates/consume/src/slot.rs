//! Finding a time that is free, choosing its places, and taking and giving them back: what every command about
//! bookings needs.

use kernel::{
    BookingId, Ctx, DAY_US, MINUTE_US, MerchantId, OfferId, Reject, ResourceId, StoreId, Timestamp,
};
use offer::place::{self, Stretch};
use offer::{Bookable, Day, Period, PricePer, Stay, Wish};
use store::{Fail, StorageError, Tx, sql};
use uuid::Uuid;

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
    pub bookable: Bookable,
    pub period: Period,
    pub places: Vec<Stretch>,
    pub quantity: i64,
}

/// What is asked for, whoever asks.
pub(crate) struct Asked<'a> {
    pub offer: OfferId,
    pub store: StoreId,
    pub when: When,
    pub wish: Wish<'a>,
}

/// Chooses places for what is asked. The store's row is locked, so they stay free.
pub(crate) fn find_slot(tx: &mut Tx, ctx: &Ctx, asked: &Asked) -> Result<Slot, Fail> {
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
    if !asked.wish.for_store && !bookable.is_in_time(period.starts_at, ctx.now) {
        let terms = &bookable.terms;
        let detail = format!(
            "It can be booked up to {} days ahead, and {} minutes before at the latest.",
            terms.ahead_days,
            terms.notice_us / MINUTE_US
        );
        return Err(BOOKING_TIME.at("/starts_at", detail).into());
    }
    let steps = bookable.steps_of_days(&(day.0..day.0 + 1), nights);
    let resources: Vec<_> = bookable.resources.iter().collect();
    let used = place::used(tx, &resources, &steps)?;
    let Some(places) = bookable.choose(asked.wish, period, &used) else {
        return Err(full(ctx, &bookable, (day, nights), asked.wish, period, &used).into());
    };
    let quantity = match (bookable.terms.price_per, asked.when) {
        (PricePer::Booking, _) => 1,
        (PricePer::Person, _) => asked.wish.party,
        (PricePer::Night, When::Nights { nights, rooms, .. }) => nights * rooms,
        (PricePer::Night, When::At(_)) => return Err(StorageError::bug("a visit priced by night").into()),
    };
    Ok(Slot {
        bookable,
        period,
        places,
        quantity,
    })
}

fn check_wish(bookable: &Bookable, wish: &Wish) -> Result<(), Reject> {
    let most = bookable.terms.party_max;
    if !(1..=most).contains(&wish.party) {
        return Err(BOOKING_PARTY.at("/party", format!("A party here is of 1 to {most}.")));
    }
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
        (Stay::Visit(_), When::Nights { .. }) | (Stay::Nights(_), When::At(_)) => None,
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

/// Holds and takes places at once for an owner who has none yet.
pub(crate) fn take_places(
    tx: &mut Tx,
    merchant: MerchantId,
    owner: Uuid,
    places: &[Stretch],
) -> Result<(), Fail> {
    place::open(tx, merchant, places)?;
    if offer::bucket::hold(tx, owner, &place::claims(places))?.is_some() {
        return Err(BOOKING_FULL.plain().into());
    }
    if !offer::bucket::take(tx, owner)? {
        return Err(StorageError::bug("places that were held are not").into());
    }
    Ok(())
}

/// Gives back the places that an owner has taken.
pub(crate) fn give_places_back(tx: &mut Tx, owner: Uuid) -> Result<(), Fail> {
    let places = place::taken_by(tx, owner)?;
    if !offer::bucket::give_back(tx, owner, &places)? {
        return Err(StorageError::bug("places that were taken are not").into());
    }
    Ok(())
}

/// Writes what a booking has. Told.
pub(crate) fn tell_resources(
    tx: &mut Tx,
    booking: BookingId,
    places: &[Stretch],
) -> Result<Vec<ResourceId>, StorageError> {
    for stretch in places {
        tx.tell(sql!(
            "INSERT INTO booking_resource (booking_id, resource_id) VALUES ($1, $2)",
            booking,
            stretch.resource
        ))?;
    }
    Ok(places.iter().map(|stretch| stretch.resource).collect())
}
