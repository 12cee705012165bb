//! A booking takes place at another time.

use kernel::{Actor, BookingId, Claim, Ctx, ResourceId};
use offer::{Day, NightChoice, Period, Surcharge, Wish, place};
use party::Role;
use store::{Fail, Tx, sql, to_json};

use super::remind_guest::remind_of;
use super::{expected_guest, own_booking};
use crate::events::BookingMoved;
use crate::reject::{BOOKING_FULL, BOOKING_NOT_FREE, BOOKING_STATUS, BOOKING_TIME};
use crate::slot::{Asked, When, find_slot, tell_resources, valid_until};

/// Move a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveBooking {
    /// Which.
    pub booking: BookingId,
    /// To when. Of nights as many, in as many rooms.
    pub when: When,
    /// Service by service: only with this person or in this room. What is not named is any. `None`: as its guest asked.
    pub resources: Option<Vec<Option<ResourceId>>>,
    /// Only there; empty: anywhere. `None`: where its guest asked to be.
    pub area: Option<String>,
}

/// Moves a confirmed booking: the guest for nothing as long as it can be cancelled for nothing, and to nights that cost
/// the same; the staff of the store at any time. Its order, price and policy stay. Whom its guest asked for serves them
/// there too, in the area they asked for, unless others are named; only the guest changes what was asked for.
///
/// Rejects: `not_found`, `booking_status`, `booking_not_free`, and as [`crate::place_booking`] does.
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
    let (slot, bookable) = find_slot(tx, ctx, &asked)?;
    if let When::Nights { nights, rooms, .. } = cmd.when {
        let day = |at| Day::at(at, &bookable.zone).0;
        let first = day(booking.period.starts_at);
        let booked = day(booking.period.ends_at) - first;
        if (nights, rooms) != (booked, booking.rooms) {
            let detail = format!(
                "It is for {booked} nights in {} rooms, also at another time.",
                booking.rooms
            );
            return Err(BOOKING_TIME.at("/when/nights", detail).into());
        }
        let before = NightChoice {
            from: Day(first),
            nights,
        };
        let before = bookable
            .terms
            .priced_nights()
            .map(|terms| terms.surcharges(before, rooms));
        if !is_staff && sum(&before.unwrap_or_default()) != sum(&slot.surcharges) {
            let detail = "Those nights have another price: cancel the booking, and make one for them.";
            return Err(BOOKING_TIME.at("/when/from", detail).into());
        }
    }
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
        "UPDATE booking SET starts_at = $1, ends_at = $2, place_owner = $3, asked_for = $4, area = $5,
           version = version + 1
         WHERE id = $6 AND version = $7",
        slot.period.starts_at,
        slot.period.ends_at,
        owner,
        to_json(asked_for)?,
        asked_area.map(str::to_owned),
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
    convert::prolong_booked(tx, guest.order, voucher, valid_until(slot.period))?;
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

fn sum(surcharges: &[Surcharge]) -> i64 {
    let amounts = surcharges
        .iter()
        .map(|surcharge| surcharge.units * surcharge.amount);
    amounts.sum()
}
