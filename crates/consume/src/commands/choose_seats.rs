//! The seats of an open ticket are chosen: it becomes a booking of them.

use kernel::{Actor, BookingId, Claim, Ctx, VoucherId};
use offer::{Period, SHOWING_NOT_FOUND, SeatChoice, place};
use party::Role;
use store::{Fail, Lock, Tx};
use voucher::VoucherStatus;

use super::place_booking::{NewBooking, tell_booking};
use crate::reject::{SEATS_OTHER_PRICE, SEATS_TAKEN, TICKET_NOT_OPEN, VOUCHER_EXPIRED, VOUCHER_WRONG_STORE};
use crate::seats::{give_seats, seat_slot};
use crate::slot::valid_until;

/// Choose the seats of an open ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChooseSeats {
    /// Which.
    pub voucher: VoucherId,
    /// As many as it is for.
    pub seats: SeatChoice,
}

/// The booking that an open ticket became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatsChosen {
    /// Its id.
    pub booking: BookingId,
    /// When.
    pub period: Period,
}

impl ChooseSeats {
    /// The rows that it will claim, as far as they are known before.
    pub fn locks(&self) -> Vec<Lock> {
        vec![
            offer::showing::lock(self.seats.showing),
            Lock::row("voucher", self.voucher),
        ]
    }
}

/// Books seats for an open ticket: its holder such as cost what was paid, the staff of the showing's store any, also when
/// the guest has arrived. From then on it is a booking like any of that showing, whose voucher is valid until the day after.
///
/// Rejects: `not_found`, `ticket_not_open`, `showing_not_found`, `redeem_voucher_expired`, `redeem_wrong_store`,
/// `seats_other_price`, and of its seats as [`crate::place_booking`] does.
///
/// Statements: those of a booking of seats without its order, and five for the voucher and its money.
pub fn choose_seats(tx: &mut Tx, ctx: &Ctx, cmd: &ChooseSeats) -> Result<SeatsChosen, Fail> {
    tx.lock(&cmd.locks());
    let is_staff = matches!(ctx.actor, Actor::Staff(..));
    let voucher = voucher::queries::voucher(tx, cmd.voucher)?.filter(|voucher| match ctx.actor {
        Actor::Staff(_, merchant) => voucher.merchant == merchant,
        Actor::Consumer(person) => voucher.holder == person,
        Actor::Anonymous | Actor::Operator(_) | Actor::Provider(_) | Actor::System => false,
    });
    let voucher = voucher.ok_or_else(|| party::NOT_FOUND.plain())?;
    let money = convert::queries::voucher_money(tx, voucher.id)?;
    let ticket = money.filter(|money| money.is_open_ticket() && voucher.status == VoucherStatus::Live);
    let ticket = ticket.ok_or_else(|| TICKET_NOT_OPEN.plain())?;
    let showing =
        offer::queries::showing(tx, cmd.seats.showing)?.filter(|showing| showing.offer == ticket.offer);
    let unknown = || SHOWING_NOT_FOUND.at("/showing", SHOWING_NOT_FOUND.title);
    let showing = showing.ok_or_else(unknown)?;
    if is_staff {
        party::require_staff(tx, ctx, showing.merchant, Some(showing.store), Role::Cashier)?;
    }
    if voucher.valid_until <= ctx.now {
        return Err(VOUCHER_EXPIRED.plain().into());
    }
    let (_, in_its_store) = offer::queries::payee_in_set(tx, voucher.store_set.0, showing.store)?;
    if !in_its_store {
        return Err(VOUCHER_WRONG_STORE.plain().into());
    }
    let chosen = offer::queries::seats_of_showing(tx, showing, &cmd.seats.seats)?;
    give_seats(tx, ctx, (ticket.quantity, is_staff), &chosen)?;
    let showing = &chosen.showing;
    if !is_staff && chosen.surcharges.iter().any(|surcharge| surcharge.amount > 0) {
        let detail = "These seats cost more than an open ticket.";
        return Err(SEATS_OTHER_PRICE.at("/seats", detail).into());
    }
    let slot = seat_slot(&chosen);
    let place_owner = ctx.new_id::<Claim>().uuid();
    if !place::take(tx, showing.merchant, place_owner, &slot.places)? {
        return Err(SEATS_TAKEN.plain().into());
    }
    let right = (ticket.order, voucher.id);
    if !convert::book_open_ticket(tx, right, showing.store, valid_until(slot.period.ends_at))? {
        return Err(TICKET_NOT_OPEN.plain().into());
    }
    let booking = NewBooking {
        order: Some(ticket.order),
        card: None,
        offer: ticket.offer,
        merchant: showing.merchant,
        store: showing.store,
        person: voucher.holder,
        party: ticket.quantity,
        rooms: 1,
        place_owner,
        seats: Some(&chosen),
        asked_for: &[],
        area: None,
        deposit_order: None,
    };
    Ok(SeatsChosen {
        booking: tell_booking(tx, ctx, &booking, &slot)?,
        period: slot.period,
    })
}
