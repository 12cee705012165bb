//! Guests who are there stay longer than they booked: some hours more in the same room.

use convert::{Booked, PlaceOrder, hold_security_deposit_until, place_booked_order};
use kernel::{BookingId, Ctx, LocalText, ResourceId};
use offer::place::{self, Stretch};
use offer::{Bookable, Resource};
use party::Role;
use store::{Fail, Tx};

use super::own_booking;
use super::place_booking::{NewBooking, PlacedBooking, tell_booking};
use crate::booking::{Booking, BookingStatus};
use crate::queries;
use crate::reject::{BOOKING_FULL, BOOKING_NOT_OFFERED, BOOKING_STATUS, BOOKING_TIME};
use crate::slot::{Slot, Taken, valid_until};

/// Stay longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookOvertime {
    /// Which booking goes on, of what is booked by the hour.
    pub booking: BookingId,
    /// For how many hours, 1 until the most that the offer is booked for at once.
    pub hours: i64,
    /// How they are paid; of the booking's offer, and of as many units.
    pub order: PlaceOrder,
}

/// Books for the consumer who acts, until their booking is over, what follows it in the same rooms. It is a booking of its own,
/// held with its order and paid like any other; how soon it begins and how few hours it is for does not matter. The security
/// deposit of a guest who is there is enough, and is held for as much longer.
///
/// Rejects: `not_found`, `booking_status`, `booking_not_offered`, `booking_time`, `booking_full`, and as
/// [`convert::place_order`] does.
///
/// Statements: those of [`crate::place_booking`], and four for the booking that goes on and what it has.
pub fn book_overtime(tx: &mut Tx, ctx: &Ctx, cmd: &BookOvertime) -> Result<PlacedBooking, Fail> {
    let buyer = party::require_consumer(ctx)?;
    let booking = own_booking(tx, ctx, cmd.booking, Role::Cashier)?;
    let has_begun = booking.status == BookingStatus::Confirmed && booking.period.starts_at <= ctx.now;
    let is_there = has_begun || booking.status == BookingStatus::Arrived;
    if !is_there || booking.period.ends_at <= ctx.now {
        let detail = "Who is there stays longer, or whose time has begun, until it is over.";
        return Err(BOOKING_STATUS.because(detail).into());
    }
    let guest = booking.guest.as_ref().ok_or_else(|| party::NOT_FOUND.plain())?;
    if cmd.order.offer != guest.offer {
        let detail = "Overtime is of the same offer as its booking.";
        return Err(BOOKING_NOT_OFFERED.at("/order/offer", detail).into());
    }
    let day = offer::Day::in_utc(booking.period.starts_at);
    let bookable = offer::queries::bookable(tx, guest.offer, booking.store, (day.plus(-1), day.plus(1)))?;
    let bookable = bookable.ok_or_else(|| BOOKING_NOT_OFFERED.plain())?;
    let slot = slot(tx, &bookable, &booking, cmd.hours)?;
    cmd.order.check_quantity(slot.quantity)?;
    let covering = match bookable.terms.security_deposit {
        Some(_) => queries::deposit_for_overtime(tx, booking.id)?,
        None => None,
    };
    let booked = Booked {
        places: &slot.places,
        surcharges: &[],
        until: valid_until(slot.period.ends_at),
        store: Some(booking.store),
        is_covered: covering.is_some(),
    };
    let placed = place_booked_order(tx, ctx, &cmd.order, booked)?;
    if let Some(order) = covering {
        hold_security_deposit_until(tx, order, valid_until(slot.period.ends_at))?;
    }
    let new = NewBooking {
        order: Some(placed.order),
        card: None,
        offer: placed.offer,
        merchant: placed.merchant,
        store: booking.store,
        person: buyer,
        party: booking.party,
        rooms: booking.rooms,
        place_owner: placed.order.uuid(),
        seats: None,
        asked_for: &[slot.resources.first().map(|taken| taken.resource)],
        area: None,
        deposit_order: covering,
    };
    let overtime = tell_booking(tx, ctx, &new, &slot)?;
    Ok(PlacedBooking {
        booking: overtime,
        order: placed,
        period: slot.period,
        resources: slot.resources.iter().map(|taken| taken.resource).collect(),
    })
}

fn slot(tx: &mut Tx, bookable: &Bookable, booking: &Booking, hours: i64) -> Result<Slot, Fail> {
    let range = bookable.terms.by_hour().ok_or_else(|| {
        let detail = "Only what is booked by the hour goes on for more of them.";
        BOOKING_NOT_OFFERED.because(detail)
    })?;
    if !(1..=range.hours_max).contains(&hours) {
        let detail = format!("Overtime is of 1 to {} hours.", range.hours_max);
        return Err(BOOKING_TIME.at("/hours", detail).into());
    }
    let has: Vec<ResourceId> = booking.resources.iter().map(|resource| resource.id).collect();
    let longer = bookable.overtime(booking.period, (booking.party, &has), hours);
    let (period, stretches) = longer.ok_or_else(|| {
        let detail = "The store, or what you have of it, is not open for so long.";
        BOOKING_TIME.at("/hours", detail)
    })?;
    let own = bookable.resources.iter().filter(|own| has.contains(&own.id));
    let own: Vec<Resource> = own.cloned().collect();
    let steps = stretches.first().map(|stretch| stretch.steps.clone());
    let mut used = place::used(tx, &own.iter().collect::<Vec<_>>(), &steps.unwrap_or_default())?;
    place::leave_out(tx, booking.place_owner, &own, &mut used)?;
    let is_taken = |(stretch, used): (&Stretch, &place::Used)| {
        let mut units = used.within(&stretch.steps);
        units.any(|units| units + stretch.units > stretch.capacity)
    };
    if stretches.iter().zip(&used).any(is_taken) {
        let detail = format!("Somebody else has it before {}.", period.ends_at);
        return Err(BOOKING_FULL.because(detail).into());
    }
    // In what it has already, it was to be cleared up.
    let places = place::beyond(tx, booking.place_owner, place::places(&stretches))?;
    let taken = |stretch: &Stretch| Taken {
        resource: stretch.resource,
        service: LocalText::default(),
        period,
    };
    Ok(Slot {
        policy: bookable.terms.policy,
        period,
        resources: stretches.iter().map(taken).collect(),
        places,
        quantity: hours,
        surcharges: Vec::new(),
    })
}
