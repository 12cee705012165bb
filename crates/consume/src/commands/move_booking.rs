//! A booking takes place at another time.

use kernel::{Actor, BookingId, Claim, Ctx, HOUR_US, OfferId, Reject, ResourceId};
use offer::{Bookable, ChosenSeats, Day, NightChoice, Period, SeatChoice, Surcharge, Wish, place};
use party::Role;
use store::{Fail, Tx, sql, to_json};

use super::book_with_card::move_kept;
use super::remind_guest::remind_of;
use super::{expected_guest, own_booking};
use crate::booking::Booking;
use crate::events::BookingMoved;
use crate::queries;
use crate::reject::{
    BOOKING_FULL, BOOKING_NOT_FREE, BOOKING_NOT_OFFERED, BOOKING_STATUS, BOOKING_TIME, SEATS_OTHER_PRICE,
};
use crate::seats::{find_seats, seat_slot};
use crate::slot::{Asked, Slot, When, find_slot, tell_resources, valid_until};

/// Move a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveBooking {
    /// Which.
    pub booking: BookingId,
    /// To when. Of hours and nights as many, in as many rooms; of a showing when that starts.
    pub when: When,
    /// To which seats, if it is of a showing: as many, of this one or another.
    pub seats: Option<SeatChoice>,
    /// Service by service: only with this person or in this room. What is not named is any. `None`: as its guest asked.
    pub resources: Option<Vec<Option<ResourceId>>>,
    /// Only there; empty: anywhere. `None`: where its guest asked to be.
    pub area: Option<String>,
}

/// Moves a confirmed booking: the guest for nothing as long as it can be cancelled for nothing, and to nights or seats
/// that cost the same; the staff of the store at any time. Its order, price and policy stay. Whom its guest asked for
/// serves them there too, in the area they asked for, unless others are named; only the guest changes what was asked for.
///
/// Rejects: `not_found`, `booking_status`, `booking_not_free`, `seats_other_price`, and as [`crate::place_booking`] does.
///
/// Statements: those of [`crate::place_booking`] without an order, and the way back of what it had.
pub fn move_booking(tx: &mut Tx, ctx: &Ctx, cmd: &MoveBooking) -> Result<Period, Fail> {
    if let Some(area) = &cmd.area {
        party::check::text("/area", area, 80)?;
    }
    let booking = own_booking(tx, ctx, cmd.booking, Role::Cashier)?;
    let (guest, voucher) = expected_guest(&booking)?;
    let is_staff = matches!(ctx.actor, Actor::Staff(..));
    if !is_staff && !guest.policy.is_free(booking.period.starts_at, ctx.now) {
        return Err(BOOKING_NOT_FREE.plain().into());
    }
    place::give_back(tx, booking.place_owner)?;
    let resources = cmd.resources.as_ref().unwrap_or(&guest.asked_for);
    let area = cmd.area.as_ref().or(guest.area.as_ref());
    let area = area.map(String::as_str).filter(|area| !area.is_empty());
    let asked = Asked {
        offer: guest.offer,
        store: booking.store,
        when: cmd.when,
        wish: Wish {
            party: booking.party,
            rooms: cmd.when.rooms(),
            area,
            resources,
            for_store: is_staff,
        },
    };
    let (slot, seats) = match &cmd.seats {
        None => {
            let (slot, bookable) = find_slot(tx, ctx, &asked)?;
            check_hours(&booking, &slot, &bookable)?;
            check_nights(&booking, &asked, &slot, &bookable)?;
            if !is_staff
                && bookable.terms.security_deposit.is_some()
                && queries::needs_no_deposit(tx, booking.id)?
            {
                let detail = "Overtime without a security deposit of its own is for now.";
                return Err(BOOKING_TIME.because(detail).into());
            }
            (slot, None)
        }
        Some(choice) => {
            let chosen = find_seats(tx, ctx, &asked, ("/seats", choice))?;
            if !is_staff {
                check_seats_cost(tx, &booking, guest.offer, &chosen)?;
            }
            (seat_slot(&chosen), Some(chosen))
        }
    };
    let showing = seats.as_ref().map(|seats| seats.showing.id);
    let seats = seats.map_or(Vec::new(), |seats| seats.names);
    let (asked_for, asked_area) = if is_staff {
        (&guest.asked_for, guest.area.as_deref())
    } else {
        (resources, area)
    };
    let owner = ctx.new_id::<Claim>().uuid();
    if !place::take(tx, booking.merchant, owner, &slot.places)? {
        return Err(BOOKING_FULL.plain().into());
    }
    let moved = tx.claim(sql!(
        "UPDATE booking SET starts_at = $1, ends_at = $2, place_owner = $3, asked_for = $4, area = $5, showing_id = $6,
           seats = $7, version = version + 1
         WHERE id = $8 AND version = $9",
        slot.period.starts_at,
        slot.period.ends_at,
        owner,
        to_json(asked_for)?,
        asked_area.map(str::to_owned),
        showing,
        to_json(&seats)?,
        booking.id,
        booking.version
    ))?;
    if moved == 0 {
        return Err(BOOKING_STATUS.plain().into());
    }
    tx.claim(sql!(
        "DELETE FROM booking_resource WHERE booking_id = $1",
        booking.id
    ))?;
    tell_resources(tx, booking.id, &slot.resources)?;
    remind_of(tx, ctx, booking.id, &guest.policy, slot.period)?;
    match guest.kept_uses(booking.id) {
        None => convert::prolong_booked(tx, guest.order, voucher, valid_until(slot.period.ends_at))?,
        Some(kept) => move_kept(tx, &booking, (voucher, kept), slot.period)?,
    }
    let event = BookingMoved {
        booking: booking.id,
        person: guest.person,
        merchant: booking.merchant,
        store: booking.store,
        by_store: is_staff,
        starts_at: slot.period.starts_at.0,
        ends_at: slot.period.ends_at.0,
    };
    tx.emit(ctx, booking.id, booking.version + 1, &event)?;
    Ok(slot.period)
}

/// Refuses another number of hours of what is booked by the hour.
fn check_hours(booking: &Booking, slot: &Slot, bookable: &Bookable) -> Result<(), Reject> {
    let hours = |period: Period| period.ends_at.since_us(period.starts_at) / HOUR_US;
    let booked = hours(booking.period);
    if bookable.terms.by_hour().is_none() || hours(slot.period) == booked {
        return Ok(());
    }
    let detail = format!("It is for {booked} hours, also at another time.");
    Err(BOOKING_TIME.at("/when/hours", detail))
}

/// Refuses another number of nights or rooms and, to a guest, nights that cost something else.
fn check_nights(booking: &Booking, asked: &Asked, slot: &Slot, bookable: &Bookable) -> Result<(), Reject> {
    let When::Nights { nights, rooms, .. } = asked.when else {
        return Ok(());
    };
    let day = |at| Day::at(at, &bookable.zone).0;
    let from = day(booking.period.starts_at);
    let booked = day(booking.period.ends_at) - from;
    if (nights, rooms) != (booked, booking.rooms) {
        let detail = format!(
            "It is for {booked} nights in {} rooms, also at another time.",
            booking.rooms
        );
        return Err(BOOKING_TIME.at("/when/nights", detail));
    }
    let from = Day(from);
    let before = bookable
        .terms
        .priced_nights()
        .map(|terms| terms.surcharges(NightChoice { from, nights }, rooms));
    if !asked.wish.for_store && sum(&before.unwrap_or_default()) != sum(&slot.surcharges) {
        let detail = "Those nights have another price: cancel the booking, and make one for them.";
        return Err(BOOKING_TIME.at("/when/from", detail));
    }
    Ok(())
}

/// Refuses seats that cost something else than those that are booked.
fn check_seats_cost(
    tx: &mut Tx,
    booking: &Booking,
    offer: OfferId,
    chosen: &ChosenSeats,
) -> Result<(), Fail> {
    let before = booking.showing.map(|showing| SeatChoice {
        showing,
        seats: booking.seats.clone(),
    });
    let before = before.ok_or_else(|| BOOKING_NOT_OFFERED.plain())?;
    let before = offer::queries::chosen_seats(tx, offer, &before)?;
    if sum(&before.surcharges) != sum(&chosen.surcharges) {
        let detail = "Those seats have another price: cancel the booking, and make one for them.";
        return Err(SEATS_OTHER_PRICE.at("/seats/seats", detail).into());
    }
    Ok(())
}

fn sum(surcharges: &[Surcharge]) -> i64 {
    let amounts = surcharges
        .iter()
        .map(|surcharge| surcharge.units * surcharge.amount);
    amounts.sum()
}
