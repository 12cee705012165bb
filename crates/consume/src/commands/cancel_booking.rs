//! A booking is cancelled, by its guest or by the store, or nobody came to it.

use convert::{CancelOrder, GivenUp, RefundBooked, RefundCause, cancel_order, refund_booked};
use kernel::{Actor, BookingId, Ctx, RefundId, VoucherId};
use offer::ShowingStatus;
use party::Role;
use store::{Fail, Tx, sql};

use super::book_with_card::{give_up_kept, kept_of};
use super::{expected_guest, own_booking, require_confirmed};
use crate::booking::{Booking, BookingStatus, Outcome};
use crate::events::BookingCancelled;
use crate::reject::{BOOKING_STATUS, BOOKING_TOO_EARLY};

/// Cancel a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancelBooking {
    /// Which.
    pub booking: BookingId,
}

/// Nobody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkNoShow {
    /// To which booking.
    pub booking: BookingId,
}

/// Cancels a booking. Its guest gets back what the policy leaves at that moment, or all of it if the store cancels or has
/// called its showing off, and earnest money twice; its managers say why in [`Ctx::reason`]. What a store kept for itself
/// is free again.
///
/// Gives the refund, if anything was booked with an order that is paid. Rejects: `not_found`, `booking_status`,
/// `reason_missing`, and as [`convert::cancel_order`] does.
///
/// Statements: up to 27, because a voucher is closed, an order refunded and a fee settled.
pub fn cancel_booking(tx: &mut Tx, ctx: &Ctx, cmd: &CancelBooking) -> Result<Option<RefundId>, Fail> {
    let booking = own_booking(tx, ctx, cmd.booking, Role::Manager)?;
    let is_staff = matches!(ctx.actor, Actor::Staff(..));
    let by_store = is_staff || is_called_off(tx, &booking)?;
    let Some(guest) = &booking.guest else {
        require_confirmed(&booking)?;
        return end(tx, ctx, &booking, Outcome::Cancelled, (None, by_store));
    };
    if booking.status == BookingStatus::Held && !is_staff {
        cancel_order(tx, ctx, &CancelOrder { order: guest.order })?;
        return Ok(None);
    }
    let (guest, voucher) = expected_guest(&booking)?;
    if is_staff {
        party::require_reason(ctx)?;
    }
    let given_up = match by_store {
        true => GivenUp::ByMerchant,
        false => GivenUp::ByGuest {
            fee: guest.policy.cancel_fee(booking.period.starts_at, ctx.now),
        },
    };
    let refund = refund_of(tx, ctx, &booking, voucher, (given_up, RefundCause::Asked))?;
    end(tx, ctx, &booking, Outcome::Cancelled, (refund, by_store))
}

/// Says that nobody came, once the place need not be kept any more. The merchant keeps what the policy says.
///
/// For cashiers of the store and above. Rejects: `not_found`, `booking_status`, `showing_status`, `booking_too_early`.
///
/// Statements: as [`cancel_booking`].
pub fn mark_no_show(tx: &mut Tx, ctx: &Ctx, cmd: &MarkNoShow) -> Result<Option<RefundId>, Fail> {
    party::staff_actor(ctx)?;
    let booking = own_booking(tx, ctx, cmd.booking, Role::Cashier)?;
    let (guest, voucher) = expected_guest(&booking)?;
    if is_called_off(tx, &booking)? {
        return Err(offer::SHOWING_STATUS.plain().into());
    }
    let kept_until = guest.policy.kept_until(booking.period.starts_at);
    if ctx.now < kept_until {
        let detail = format!("The place is kept until {kept_until}.");
        return Err(BOOKING_TOO_EARLY.because(detail).into());
    }
    let given_up = GivenUp::ByGuest {
        fee: guest.policy.no_show_fee_bp,
    };
    let refund = refund_of(tx, ctx, &booking, voucher, (given_up, RefundCause::NoShow))?;
    end(tx, ctx, &booking, Outcome::NoShow, (refund, true))
}

/// What is refunded of the voucher of a booking that does not take place: nothing of a card, whose uses are free again if it
/// costs nothing.
fn refund_of(
    tx: &mut Tx,
    ctx: &Ctx,
    booking: &Booking,
    voucher: VoucherId,
    (given_up, cause): (GivenUp, RefundCause),
) -> Result<Option<RefundBooked>, Fail> {
    if let Some(kept) = kept_of(booking) {
        give_up_kept(tx, ctx, booking, kept, given_up.fee().get() > 0)?;
        return Ok(None);
    }
    Ok(Some(RefundBooked {
        voucher,
        given_up,
        cause,
    }))
}

/// Whether its store called off what it is for: then it keeps nothing of it.
fn is_called_off(tx: &mut Tx, booking: &Booking) -> Result<bool, Fail> {
    let showing = match booking.showing {
        Some(showing) => offer::queries::showing(tx, showing)?,
        None => None,
    };
    Ok(showing.is_some_and(|showing| showing.status == ShowingStatus::CalledOff))
}

/// Ends a booking that was confirmed: the claim is its outcome.
pub(super) fn end(
    tx: &mut Tx,
    ctx: &Ctx,
    booking: &Booking,
    outcome: Outcome,
    (refund, by_store): (Option<RefundBooked>, bool),
) -> Result<Option<RefundId>, Fail> {
    let ended = tx.claim(sql!(
        "UPDATE booking SET outcome = $1, version = version + 1 WHERE id = $2 AND outcome IS NULL AND version = $3",
        outcome.as_str(),
        booking.id,
        booking.version
    ))?;
    if ended == 0 {
        return Err(BOOKING_STATUS.plain().into());
    }
    let sent = match &refund {
        Some(refund) => Some(refund_booked(tx, ctx, refund)?),
        None => None,
    };
    offer::place::give_back(tx, booking.place_owner)?;
    let event = BookingCancelled {
        booking: booking.id,
        person: booking.guest.as_ref().map(|guest| guest.person),
        merchant: booking.merchant,
        store: booking.store,
        outcome: outcome.as_str().to_owned(),
        by_store,
        fee_bp: refund.map_or(0, |refund| refund.given_up.fee().get()),
    };
    tx.emit(ctx, booking.id, booking.version + 1, &event)?;
    Ok(sent)
}
