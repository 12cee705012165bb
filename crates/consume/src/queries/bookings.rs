//! Bookings: one, a person's, a store's day.

use std::collections::BTreeMap;

use convert::Stored;
use convert::model::OrderStatus;
use kernel::{
    BookingId, OfferId, OrderId, PersonId, RedemptionId, ResourceId, ShowingId, StoreId, Timestamp, VoucherId,
};
use offer::{Day, DayAvailability, Period, ResourceKind, Wish, place};
use store::{Fail, ReadTx, Row, StorageError, sql};
use uuid::Uuid;
use voucher::VoucherStatus;

use crate::booking::{BookedResource, Booking, BookingStatus, Guest, Outcome};
use crate::slot;

/// A booking.
pub fn booking(read: &mut ReadTx, booking: BookingId) -> Result<Option<Booking>, Fail> {
    let rows = read.many(sql!(
        "SELECT b.id, b.merchant_id, b.store_id, b.party, b.rooms, b.starts_at, b.ends_at, b.place_owner, b.showing_id, b.seats,
                b.note, b.created_at, b.version, b.outcome, COALESCE(b.order_id, c.order_id), b.offer_id, b.person_id, b.policy, b.asked_for, b.area, b.card_uses, b.redemption_id,
                o.status, v.id, v.status
         FROM booking b LEFT JOIN order_voucher c ON c.voucher_id = b.card_id
         LEFT JOIN orders o ON o.id = COALESCE(b.order_id, c.order_id)
         LEFT JOIN order_voucher w ON w.order_id = b.order_id LEFT JOIN voucher v ON v.id = COALESCE(b.card_id, w.voucher_id)
         WHERE b.id = $1",
        booking
    ))?;
    Ok(with_resources(read, rows)?.pop())
}

/// The bookings that these vouchers are the right to, in one round trip. Of other vouchers nothing.
pub fn bookings_of_vouchers(
    read: &mut ReadTx,
    vouchers: &[VoucherId],
) -> Result<BTreeMap<VoucherId, BookingId>, Fail> {
    let questions = vouchers.iter().map(|voucher| {
        sql!(
            "SELECT v.voucher_id, b.id FROM order_voucher v JOIN booking b ON b.order_id = v.order_id
             WHERE v.voucher_id = $1",
            *voucher
        )
    });
    let rows = read.ask_all(questions.collect())?.into_iter().flatten();
    let found = rows.map(|mut row| Ok((row.take()?, row.take()?)));
    Ok(found.collect::<Result<_, StorageError>>()?)
}

/// The order whose security deposit is for overtime after a booking too: its own or, of overtime, that of what it went on
/// from; as long as it is held and the guest was seen there.
pub fn deposit_for_overtime(read: &mut ReadTx, booking: BookingId) -> Result<Option<OrderId>, Fail> {
    let row = read.one(sql!(
        "SELECT d.order_id FROM booking b JOIN security_deposit d ON d.order_id = COALESCE(b.deposit_order, b.order_id)
         JOIN order_voucher w ON w.order_id = d.order_id JOIN voucher v ON v.id = w.voucher_id
         WHERE b.id = $1 AND d.status = 'held' AND v.status = 'used'",
        booking
    ))?;
    Ok(row.map(|mut row| row.take()).transpose()?)
}

/// Whether it is overtime for which another booking's security deposit is enough.
pub(crate) fn needs_no_deposit(read: &mut ReadTx, booking: BookingId) -> Result<bool, Fail> {
    let row = read.one(sql!(
        "SELECT id FROM booking WHERE id = $1 AND deposit_order IS NOT NULL",
        booking
    ))?;
    Ok(row.is_some())
}

/// What is booked with a card and not over.
pub(crate) fn bookings_with_card(read: &mut ReadTx, card: VoucherId) -> Result<Vec<BookingId>, Fail> {
    let rows = read.many(sql!(
        "SELECT id FROM booking WHERE card_id = $1 AND outcome IS NULL AND redemption_id IS NULL ORDER BY id",
        card
    ))?;
    let ids = rows.into_iter().map(|mut row| row.take());
    Ok(ids.collect::<Result<_, StorageError>>()?)
}

/// A person's bookings, newest first.
pub fn bookings_of_person(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<BookingId>,
    limit: i64,
) -> Result<Vec<Booking>, Fail> {
    let rows = read.many(sql!(
        "SELECT b.id, b.merchant_id, b.store_id, b.party, b.rooms, b.starts_at, b.ends_at, b.place_owner, b.showing_id, b.seats,
                b.note, b.created_at, b.version, b.outcome, COALESCE(b.order_id, c.order_id), b.offer_id, b.person_id, b.policy, b.asked_for, b.area, b.card_uses, b.redemption_id,
                o.status, v.id, v.status
         FROM booking b LEFT JOIN order_voucher c ON c.voucher_id = b.card_id
         LEFT JOIN orders o ON o.id = COALESCE(b.order_id, c.order_id)
         LEFT JOIN order_voucher w ON w.order_id = b.order_id LEFT JOIN voucher v ON v.id = COALESCE(b.card_id, w.voucher_id)
         WHERE b.person_id = $1 AND b.id < $2 ORDER BY b.id DESC LIMIT $3",
        person,
        super::before(after.map(|id| id.uuid())),
        super::page(limit)
    ))?;
    with_resources(read, rows)
}

/// The bookings that have the seats of a showing, or hold them.
pub fn bookings_of_showing(read: &mut ReadTx, showing: ShowingId) -> Result<Vec<Booking>, Fail> {
    let rows = read.many(sql!(
        "SELECT b.id, b.merchant_id, b.store_id, b.party, b.rooms, b.starts_at, b.ends_at, b.place_owner, b.showing_id, b.seats,
                b.note, b.created_at, b.version, b.outcome, b.order_id, b.offer_id, b.person_id, b.policy, b.asked_for, b.area, b.card_uses, b.redemption_id,
                o.status, v.id, v.status
         FROM booking b JOIN orders o ON o.id = b.order_id
         LEFT JOIN order_voucher w ON w.order_id = b.order_id LEFT JOIN voucher v ON v.id = w.voucher_id
         WHERE b.showing_id = $1 AND b.outcome IS NULL AND o.status NOT IN ('cancelled', 'released')
           AND (v.status IS NULL OR v.status <> 'refunded') ORDER BY b.id",
        showing
    ))?;
    with_resources(read, rows)
}

/// The bookings of a showing that nobody was served for yet: those that are confirmed, at most `limit`, and how many
/// there are that still await their payment.
pub(crate) fn bookings_to_refund(
    read: &mut ReadTx,
    showing: ShowingId,
    limit: i64,
) -> Result<(Vec<BookingId>, i64), Fail> {
    let [confirmed, held] = read.ask([
        sql!(
            "SELECT b.id FROM booking b JOIN order_voucher w ON w.order_id = b.order_id
             JOIN voucher v ON v.id = w.voucher_id
             WHERE b.showing_id = $1 AND b.outcome IS NULL AND v.status = 'live' AND v.uses_left = v.uses_total
             ORDER BY b.id LIMIT $2",
            showing,
            limit
        ),
        sql!(
            "SELECT COUNT(*) FROM booking b JOIN orders o ON o.id = b.order_id
             WHERE b.showing_id = $1 AND o.status = 'placed'",
            showing
        ),
    ])?;
    let ids = confirmed.into_iter().map(|mut row| row.take());
    let ids = ids.collect::<Result<_, StorageError>>()?;
    let mut held = held.into_iter();
    let held = held.next().map_or(Ok(0), |mut row| row.take())?;
    Ok((ids, held))
}

/// The names of the seats of these bookings, in one round trip.
pub fn seats_of_bookings(
    read: &mut ReadTx,
    bookings: &[BookingId],
) -> Result<BTreeMap<BookingId, Vec<String>>, Fail> {
    let question = |booking: &BookingId| sql!("SELECT id, seats FROM booking WHERE id = $1", *booking);
    let answers = read.ask_all(bookings.iter().map(question).collect())?;
    let found = answers
        .into_iter()
        .flatten()
        .map(|mut row| Ok((row.take()?, row.take_json()?)));
    Ok(found.collect::<Result<_, StorageError>>()?)
}

/// Somebody's seats of a showing that are held or paid for.
pub fn seats_of_person(read: &mut ReadTx, person: PersonId, showing: ShowingId) -> Result<Vec<String>, Fail> {
    let rows = read.many(sql!(
        "SELECT b.seats FROM booking b JOIN orders o ON o.id = b.order_id
         LEFT JOIN order_voucher w ON w.order_id = b.order_id LEFT JOIN voucher v ON v.id = w.voucher_id
         WHERE b.showing_id = $1 AND b.person_id = $2 AND b.outcome IS NULL
           AND (o.status = 'placed' OR v.status IN ('live', 'used'))
         ORDER BY b.id",
        showing,
        person
    ))?;
    let seats = rows.into_iter().map(|mut row| row.take_json::<Vec<String>>());
    Ok(seats.collect::<Result<Vec<_>, _>>()?.concat())
}

/// The version that the address of a store's calendar feed holds. `None`: it has none now.
pub fn calendar_feed(read: &mut ReadTx, store: StoreId) -> Result<Option<i64>, Fail> {
    let row = read.one(sql!(
        "SELECT version FROM calendar_feed WHERE store_id = $1 AND is_open = 1",
        store
    ))?;
    Ok(row.map(|mut row| row.take()).transpose()?)
}

/// A store's bookings that start in this time, in its order; 1,000 at most.
pub fn bookings_of_store(
    read: &mut ReadTx,
    store: StoreId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Booking>, Fail> {
    let rows = read.many(sql!(
        "SELECT b.id, b.merchant_id, b.store_id, b.party, b.rooms, b.starts_at, b.ends_at, b.place_owner, b.showing_id, b.seats,
                b.note, b.created_at, b.version, b.outcome, COALESCE(b.order_id, c.order_id), b.offer_id, b.person_id, b.policy, b.asked_for, b.area, b.card_uses, b.redemption_id,
                o.status, v.id, v.status
         FROM booking b LEFT JOIN order_voucher c ON c.voucher_id = b.card_id
         LEFT JOIN orders o ON o.id = COALESCE(b.order_id, c.order_id)
         LEFT JOIN order_voucher w ON w.order_id = b.order_id LEFT JOIN voucher v ON v.id = COALESCE(b.card_id, w.voucher_id)
         WHERE b.store_id = $1 AND b.starts_at >= $2 AND b.starts_at < $3 ORDER BY b.starts_at, b.id LIMIT 1000",
        store,
        from,
        until
    ))?;
    with_resources(read, rows)
}

fn with_resources(read: &mut ReadTx, rows: Vec<Row>) -> Result<Vec<Booking>, Fail> {
    let bookings = rows.into_iter().map(|mut row| read_booking(&mut row));
    let mut bookings: Vec<Booking> = bookings.collect::<Result<_, _>>()?;
    let questions = bookings.iter().map(|booking| {
        sql!(
            "SELECT r.id, r.name, r.kind, b.service, b.starts_at, b.ends_at
             FROM booking_resource b JOIN resource r ON r.id = b.resource_id
             WHERE b.booking_id = $1 ORDER BY b.starts_at, r.id",
            booking.id
        )
    });
    let answers = read.ask_all(questions.collect())?;
    for (booking, rows) in bookings.iter_mut().zip(answers) {
        for mut row in rows {
            booking.resources.push(BookedResource {
                id: row.take()?,
                name: row.take()?,
                kind: read_kind(&row.take::<String>()?)?,
                service: row.take_json()?,
                period: Period {
                    starts_at: row.take()?,
                    ends_at: row.take()?,
                },
            });
        }
    }
    Ok(bookings)
}

fn read_kind(text: &str) -> Result<ResourceKind, StorageError> {
    ResourceKind::from_name(text).ok_or_else(|| StorageError::bug(format!("a resource that is {text:?}")))
}

fn read_booking(row: &mut Row) -> Result<Booking, StorageError> {
    let mut booking = Booking {
        id: row.take()?,
        merchant: row.take()?,
        store: row.take()?,
        guest: None,
        party: row.take()?,
        rooms: row.take()?,
        period: Period {
            starts_at: row.take()?,
            ends_at: row.take()?,
        },
        place_owner: row.take()?,
        showing: row.take()?,
        seats: row.take_json()?,
        note: row.take()?,
        created_at: row.take()?,
        version: row.take()?,
        status: BookingStatus::Confirmed,
        resources: Vec::new(),
    };
    let outcome = row.take::<Option<String>>()?;
    let outcome = outcome.as_deref().and_then(Outcome::from_name);
    let order: Option<OrderId> = row.take()?;
    let Some(order) = order else {
        if outcome.is_some() {
            booking.status = BookingStatus::Cancelled;
        }
        return Ok(booking);
    };
    let (offer, person) = (row.take()?, row.take()?);
    let (policy, asked_for, area) = (row.take_json()?, row.take_json()?, row.take()?);
    let card_uses = row.take()?;
    let redemption: Option<RedemptionId> = row.take()?;
    let order_status = OrderStatus::from_stored(&row.take::<String>()?)?;
    let voucher: Option<VoucherId> = row.take()?;
    let voucher_status: Option<String> = row.take()?;
    let voucher_status = voucher_status.as_deref().and_then(VoucherStatus::from_name);
    booking.status = match redemption {
        Some(_) if outcome.is_none() => BookingStatus::Arrived,
        Some(_) | None => status(order_status, voucher_status, outcome),
    };
    booking.guest = Some(Guest {
        order,
        offer,
        person,
        policy,
        asked_for,
        area,
        voucher,
        card_uses,
    });
    Ok(booking)
}

fn status(order: OrderStatus, voucher: Option<VoucherStatus>, outcome: Option<Outcome>) -> BookingStatus {
    match (outcome, order, voucher) {
        (Some(Outcome::NoShow), ..) => BookingStatus::NoShow,
        (Some(Outcome::Cancelled), ..) => BookingStatus::Cancelled,
        (Some(Outcome::Lapsed), ..) => BookingStatus::Lapsed,
        (None, OrderStatus::Placed, _) => BookingStatus::Held,
        (None, OrderStatus::Cancelled | OrderStatus::Released, _) => BookingStatus::Released,
        (None, _, Some(VoucherStatus::Live) | None) => BookingStatus::Confirmed,
        (None, _, Some(VoucherStatus::Used)) => BookingStatus::Arrived,
        (None, _, Some(VoucherStatus::Refunded)) => BookingStatus::Cancelled,
        (None, _, Some(VoucherStatus::Expired)) => BookingStatus::Lapsed,
    }
}

/// What is asked about the times that are free.
#[derive(Debug, Clone)]
pub struct Availability {
    /// Of what.
    pub offer: OfferId,
    /// Where.
    pub store: StoreId,
    /// The first day, on the store's clocks.
    pub from: Day,
    /// How many days, 1 to [`MAX_DAYS`].
    pub days: i64,
    /// How many come.
    pub party: i64,
    /// How many nights they stay.
    pub nights: i64,
    /// For how many hours, of what is booked by the hour; otherwise the fewest.
    pub hours: Option<i64>,
    /// In how many rooms.
    pub rooms: i64,
    /// Only there, if it matters.
    pub area: Option<String>,
    /// Service by service: only with this person or in this room. What is not named is any.
    pub resources: Vec<Option<ResourceId>>,
    /// Who has the places of a booking that is to be moved: they are as free.
    pub moves: Option<Uuid>,
}

/// More than any offer is booked for.
const PARTY_MOST: i64 = 1_001;

/// The most days of which can be asked at once.
pub const MAX_DAYS: i64 = 62;

/// When something is free. Empty days for what is not booked there.
pub fn availability(
    read: &mut ReadTx,
    asked: &Availability,
    now: Timestamp,
) -> Result<Vec<DayAvailability>, Fail> {
    let days = asked.from.0..asked.from.0 + asked.days.clamp(1, MAX_DAYS);
    let touched = (Day(days.start), Day(days.end));
    let Some(bookable) = offer::queries::bookable(read, asked.offer, asked.store, touched)? else {
        return Ok(days
            .map(|day| DayAvailability {
                day: Day(day),
                starts: Vec::new(),
                surcharge: 0,
            })
            .collect());
    };
    let length = match bookable.terms.by_hour() {
        Some(range) => asked.hours.unwrap_or(range.hours_min),
        None => asked.nights.clamp(1, MAX_DAYS),
    };
    let wish = Wish {
        party: asked.party.clamp(1, PARTY_MOST),
        rooms: asked.rooms.clamp(1, 100),
        area: asked.area.as_deref(),
        resources: &asked.resources,
        for_store: false,
    };
    let mut used = slot::used_of(read, &bookable, wish, &bookable.steps_of_days(&days, length))?;
    if let Some(owner) = asked.moves {
        place::leave_out(read, owner, &bookable.resources, &mut used)?;
    }
    Ok(bookable.availability(days, (wish, length), &used, now))
}
