//! A guest who booked is here: the staff find them on the list of the day, without a scan.

use kernel::{BookingId, Ctx};
use party::Role;
use store::{Fail, StorageError, Tx};

use super::{expected_guest, own_booking};
use crate::redeeming::{Counter, Presented, refuse, take_uses};
use crate::{Redeemed, RedemptionMode};

/// The guest of a booking is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrive {
    /// Of which.
    pub booking: BookingId,
}

/// Redeems the voucher of a booking at its store, for cashiers and above: the same as a scan of it.
///
/// Rejects: `not_found`, `booking_status`, and those of [`crate::redeem_scan`] that are not about the QR.
///
/// Statements: those of a scan and three for the booking.
pub fn arrive(tx: &mut Tx, ctx: &Ctx, cmd: &Arrive) -> Result<Redeemed, Fail> {
    party::staff_actor(ctx)?;
    let booking = own_booking(tx, ctx, cmd.booking, Role::Cashier)?;
    let (guest, voucher) = expected_guest(&booking)?;
    let place = (booking.merchant, booking.store);
    let counter = Counter::of_actor(tx, ctx, place, None, RedemptionMode::Booking)?;
    let presented = Presented::load(tx, &counter, voucher, None, ctx.now)?;
    let presented = presented.ok_or_else(|| StorageError::bug("a booking without its voucher"))?;
    let presented = match guest.kept_uses(booking.id) {
        Some(kept) => presented.for_booking(kept),
        None => presented,
    };
    if let Err(reason) = presented.check() {
        return Err(refuse(tx, &presented, reason)?.into());
    }
    let uses = presented.uses(None)?;
    take_uses(tx, ctx, &counter, &presented, uses)
}
