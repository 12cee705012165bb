//! A guest books a time: places are chosen and held with the order, which confirms the booking when it is paid.

use convert::{Booked, ORDER_QUANTITY, PlaceOrder, PlacedOrder, place_booked_order};
use kernel::{BookingId, Ctx, ResourceId, StoreId};
use offer::{Period, Wish, place};
use store::{Fail, Tx, sql, to_json};

use super::remind_guest::remind_of;
use crate::events::BookingPlaced;
use crate::slot::{Asked, When, find_slot, tell_resources, valid_until};

/// What a guest would like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBooking {
    /// What is bought, and how it is paid. Its quantity is what the price is of: 1 for a booking, the party, or rooms
    /// times nights.
    pub order: PlaceOrder,
    /// Where.
    pub store: StoreId,
    /// When.
    pub when: When,
    /// How many come.
    pub party: i64,
    /// Only there, if it matters.
    pub area: Option<String>,
    /// Only with this person or in this room, if it matters.
    pub resource: Option<ResourceId>,
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
/// free times of the same day as `alternatives`), and as [`convert::place_order`] does.
///
/// Statements: those of an order, eight for what decides, one for what is used of each resource, one for the reminder,
/// three for each step of the time: a quarter of an hour or a night.
pub fn place_booking(tx: &mut Tx, ctx: &Ctx, cmd: &PlaceBooking) -> Result<PlacedBooking, Fail> {
    let buyer = party::require_consumer(ctx)?;
    if let Some(area) = &cmd.area {
        party::check::text("/area", area, 80)?;
    }
    tx.lock(&[place::lock(cmd.store)]);
    let asked = Asked {
        offer: cmd.order.offer,
        store: cmd.store,
        when: cmd.when,
        wish: Wish {
            party: cmd.party,
            rooms: cmd.when.rooms(),
            area: cmd.area.as_deref(),
            resource: cmd.resource,
            for_store: false,
        },
    };
    let slot = find_slot(tx, ctx, &asked)?;
    if cmd.order.quantity != slot.quantity {
        let detail = format!("Of this booking it is {}.", slot.quantity);
        return Err(ORDER_QUANTITY.at("/order/quantity", detail).into());
    }
    place::open(tx, slot.bookable.merchant, &slot.places)?;
    let booked = Booked {
        places: &place::claims(&slot.places),
        until: valid_until(slot.period),
    };
    let placed = place_booked_order(tx, ctx, &cmd.order, booked)?;
    let booking: BookingId = ctx.new_id();
    let policy = to_json(&slot.bookable.terms.policy)?;
    tx.tell(sql!(
        "INSERT INTO booking (id, order_id, offer_id, merchant_id, store_id, person_id, party, rooms, starts_at,
           ends_at, place_owner, policy, note, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13, 1)",
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
        policy,
        ctx.now
    ))?;
    let resources = tell_resources(tx, booking, &slot.places)?;
    remind_of(tx, ctx, booking, &slot.bookable.terms.policy, slot.period)?;
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
        resources,
    })
}
