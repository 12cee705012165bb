//! The merchant gives a guest's security deposit back before its time, or claims something of it for a damage.

use kernel::{BookingId, Ctx, Money};
use party::Role;
use store::{Fail, Tx};

use super::own_booking;
use crate::booking::BookingStatus;
use crate::reject::BOOKING_STATUS;

/// Settle the security deposit of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettleSecurityDeposit {
    /// Of which.
    pub booking: BookingId,
    /// What the merchant keeps of it, more than zero; `None` gives all of it back.
    pub claim: Option<Money>,
}

/// Gives the deposit of guests who were there back by the way it was paid, less what is claimed of it: for cashiers of the
/// store, and a claim for its managers, who say why in [`Ctx::reason`].
///
/// Rejects: `not_found`, `booking_status`, `reason_missing`, `security_deposit_not_held`, `security_claim_invalid`.
pub fn settle_security_deposit(tx: &mut Tx, ctx: &Ctx, cmd: &SettleSecurityDeposit) -> Result<(), Fail> {
    party::staff_actor(ctx)?;
    let role = match cmd.claim {
        Some(_) => Role::Manager,
        None => Role::Cashier,
    };
    let booking = own_booking(tx, ctx, cmd.booking, role)?;
    let guest = booking.guest.as_ref().ok_or_else(|| party::NOT_FOUND.plain())?;
    if cmd.claim.is_some() {
        party::require_reason(ctx)?;
    }
    if booking.status != BookingStatus::Arrived {
        let detail = format!(
            "The booking is {}: its deposit goes back with it, or after the visit.",
            booking.status.as_str()
        );
        return Err(BOOKING_STATUS.because(detail).into());
    }
    let of_order = convert::SettleSecurityDeposit {
        order: guest.order,
        claim: cmd.claim,
    };
    convert::settle_security_deposit(tx, ctx, &of_order)
}
