//! A guest books a time, whose places are chosen, or seats of a showing. They are held with the order, which confirms
//! the booking when it is paid.

use convert::{Booked, PlaceOrder, PlacedOrder, place_booked_order};
use kernel::{BookingId, Ctx, MerchantId, OfferId, OrderId, PersonId, ResourceId, StoreId, VoucherId};
use offer::{ChosenSeats, Period, Wish, place};
use store::{Fail, Tx, sql, to_json};
use uuid::Uuid;

use super::remind_guest::remind_of;
use crate::events::BookingPlaced;
use crate::seats::{find_seats, seat_slot};
use crate::slot::{Asked, Slot, When, check_party, find_slot, tell_resources, valid_until};

/// What a guest would like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBooking {
    /// What is bought, and how it is paid. Its quantity is what the price is of: 1 for a booking, the party, the
    /// hours, or rooms times nights. Seats that it names are what is booked, one for each who comes.
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
/// Rejects: `order_quantity_invalid`, `booking_not_offered`, `booking_party`, `booking_time`, `booking_full` (with up to three
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
            check_party(&chosen.terms, cmd.party)?;
            (seat_slot(&chosen), Some(chosen))
        }
    };
    cmd.order.check_quantity(slot.quantity)?;
    let booked = Booked {
        places: &slot.places,
        surcharges: &slot.surcharges,
        until: valid_until(slot.period.ends_at),
        store: Some(cmd.store),
        is_covered: false,
    };
    let placed = place_booked_order(tx, ctx, &cmd.order, booked)?;
    let booking = tell_booking(
        tx,
        ctx,
        &NewBooking {
            order: Some(placed.order),
            card: None,
            offer: placed.offer,
            merchant: placed.merchant,
            store: cmd.store,
            person: buyer,
            party: cmd.party,
            rooms: cmd.when.rooms(),
            place_owner: placed.order.uuid(),
            seats: seats.as_ref(),
            asked_for: &cmd.resources,
            area: cmd.area.as_deref(),
            deposit_order: None,
        },
        &slot,
    )?;
    Ok(PlacedBooking {
        booking,
        order: placed,
        period: slot.period,
        resources: slot.resources.iter().map(|taken| taken.resource).collect(),
    })
}

/// What is known of a guest's booking beside its time and places.
pub(super) struct NewBooking<'a> {
    pub order: Option<OrderId>,
    /// How many uses of which card are kept for it.
    pub card: Option<(VoucherId, i64)>,
    pub offer: OfferId,
    pub merchant: MerchantId,
    pub store: StoreId,
    pub person: PersonId,
    pub party: i64,
    pub rooms: i64,
    /// Who has the claims of its places.
    pub place_owner: Uuid,
    pub seats: Option<&'a ChosenSeats>,
    pub asked_for: &'a [Option<ResourceId>],
    pub area: Option<&'a str>,
    /// Of overtime: whose security deposit is for it too.
    pub deposit_order: Option<OrderId>,
}

/// Writes a booking whose places are claimed.
pub(super) fn tell_booking(tx: &mut Tx, ctx: &Ctx, new: &NewBooking, slot: &Slot) -> Result<BookingId, Fail> {
    let booking: BookingId = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO booking (id, order_id, offer_id, merchant_id, store_id, person_id, party, rooms, starts_at,
           ends_at, place_owner, showing_id, seats, policy, asked_for, area, card_id, card_uses, deposit_order, note, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, '', $20, 1)",
        booking,
        new.order,
        new.offer,
        new.merchant,
        new.store,
        new.person,
        new.party,
        new.rooms,
        slot.period.starts_at,
        slot.period.ends_at,
        new.place_owner,
        new.seats.map(|seats| seats.showing.id),
        to_json(&new.seats.map_or(Vec::new(), |seats| seats.names.clone()))?,
        to_json(&slot.policy)?,
        to_json(&new.asked_for)?,
        new.area.map(str::to_owned),
        new.card.map(|(card, _)| card),
        new.card.map(|(_, uses)| uses),
        new.deposit_order,
        ctx.now
    ))?;
    tell_resources(tx, booking, &slot.resources)?;
    remind_of(tx, ctx, booking, &slot.policy, slot.period)?;
    let event = BookingPlaced {
        booking,
        order: new.order,
        person: Some(new.person),
        merchant: new.merchant,
        store: new.store,
        party: new.party,
        starts_at: slot.period.starts_at.0,
        ends_at: slot.period.ends_at.0,
    };
    tx.emit(ctx, booking, 1, &event)?;
    Ok(booking)
}
