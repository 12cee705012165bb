//! A guest books a time, whose places are chosen, or seats of a showing. They are held with the order, which confirms
//! the booking when it is paid.

use convert::{Booked, PlaceOrder, PlacedOrder, place_booked_order};
use kernel::{BookingId, Ctx, ResourceId, StoreId};
use offer::{Period, Wish, place};
use store::{Fail, Tx, sql, to_json};

use super::remind_guest::remind_of;
use crate::events::BookingPlaced;
use crate::seats::{find_seats, seat_slot};
use crate::slot::{Asked, When, find_slot, tell_resources, valid_until};

/// What a guest would like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBooking {
    /// What is bought, and how it is paid. Its quantity is what the price is of: 1 for a booking, the party, or rooms
    /// times nights. Seats that it names are what is booked, one for each who comes.
    pub order: PlaceOrder,
    /// Where.
    pub store: StoreId,
    /// When. Of a showing: when that starts.
    pub when: When,
    /// How many come.
    pub party: i64,
    /// Only there, if it matters.
    pub area: Option<String>,
    /// Service by service: only with this person or in this room. What is not named is any.
    pub resources: Vec<Option<ResourceId>>,
}

/// A booking that awaits its payment, or needs none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedBooking {
    /// Its id.
    pub booking: BookingId,
    /// What has to be paid for it.
    pub order: PlacedOrder,
    /// When.
    pub period: Period,
    /// What is kept.
    pub resources: Vec<ResourceId>,
}

/// Books a time for the consumer who acts.
///
/// Rejects: `order_quantity`, `booking_not_offered`, `booking_party`, `booking_time`, `booking_full` (with up to three
/// free times of the same day as `alternatives`, and of several services the first that finds nobody as `service`, from
/// 0), as [`convert::place_order`] does; of seats `showing_not_found`,
/// `showing_status`, `seats_invalid`, `seats_taken` and `seat_left_alone` (both with the nearest as `alternatives`).
///
/// Statements: those of an order, eight for what decides, one for what is used of up to 64 resources, one for the reminder,
/// three for each power of two of which its steps are made up: eight quarters of an hour are one, nine are two. Of seats four
/// decide, and they are held as steps are.
pub fn place_booking(tx: &mut Tx, ctx: &Ctx, cmd: &PlaceBooking) -> Result<PlacedBooking, Fail> {
    let buyer = party::require_consumer(ctx)?;
    if let Some(area) = &cmd.area {
        party::check::text("/area", area, 80)?;
    }
    let asked = Asked {
        offer: cmd.order.offer,
        store: cmd.store,
        when: cmd.when,
        wish: Wish {
            party: cmd.party,
            rooms: cmd.when.rooms(),
            area: cmd.area.as_deref(),
            resources: &cmd.resources,
            for_store: false,
        },
    };
    let (slot, seats) = match &cmd.order.seats {
        None => {
            tx.lock(&[place::lock(cmd.store)]);
            (find_slot(tx, ctx, &asked)?.0, None)
        }
        Some(choice) => {
            let chosen = find_seats(tx, ctx, &asked, ("/order/seats", choice))?;
            (seat_slot(&chosen), Some(chosen))
        }
    };
    cmd.order.check_quantity(slot.quantity)?;
    let booked = Booked {
        places: &slot.places,
        surcharges: &slot.surcharges,
        until: valid_until(slot.period),
        store: cmd.store,
    };
    let placed = place_booked_order(tx, ctx, &cmd.order, booked)?;
    let booking: BookingId = ctx.new_id();
    let showing = seats.as_ref().map(|seats| seats.showing.id);
    let seats = seats.map_or(Vec::new(), |seats| seats.names);
    tx.tell(sql!(
        "INSERT INTO booking (id, order_id, offer_id, merchant_id, store_id, person_id, party, rooms, starts_at,
           ends_at, place_owner, showing_id, seats, policy, asked_for, area, note, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', $17, 1)",
        booking,
        placed.order,
        placed.offer,
        placed.merchant,
        cmd.store,
        buyer,
        cmd.party,
        cmd.when.rooms(),
        slot.period.starts_at,
        slot.period.ends_at,
        placed.order,
        showing,
        to_json(&seats)?,
        to_json(&slot.policy)?,
        to_json(&cmd.resources)?,
        cmd.area.clone(),
        ctx.now
    ))?;
    tell_resources(tx, booking, &slot.resources)?;
    remind_of(tx, ctx, booking, &slot.policy, slot.period)?;
    let event = BookingPlaced {
        booking,
        order: Some(placed.order),
        person: Some(buyer),
        merchant: placed.merchant,
        store: cmd.store,
        party: cmd.party,
        starts_at: slot.period.starts_at.0,
        ends_at: slot.period.ends_at.0,
    };
    tx.emit(ctx, booking, 1, &event)?;
    Ok(PlacedBooking {
        booking,
        order: placed,
        period: slot.period,
        resources: slot.resources.iter().map(|taken| taken.resource).collect(),
    })
}
