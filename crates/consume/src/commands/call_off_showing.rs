//! A store calls a showing off, and who had booked gets everything back, one after the other. The second is called by
//! the timer `refund_showing`.

use convert::{GivenUp, RefundBooked, RefundCause};
use kernel::{Ctx, MINUTE_US, ShowingId};
use party::Role;
use store::{Fail, TimerKind, Tx};

use super::cancel_booking::end;
use super::{expected_guest, lock_booking};
use crate::booking::{BookingStatus, Outcome};
use crate::queries;

/// Refunds those who booked a showing that was called off. Its subject is the showing.
pub const REFUND_SHOWING: TimerKind = TimerKind("refund_showing");

/// How many bookings are refunded in one transaction.
const AT_ONCE: i64 = 10;

/// Call a showing off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallOffShowing {
    /// Which.
    pub showing: ShowingId,
}

/// Refund those who booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundShowing {
    /// Which showing.
    pub showing: ShowingId,
}

/// Calls off a showing that is not over, for managers of its store who say why in [`Ctx::reason`]. From now on nobody
/// books it, and its hall is free; a timer refunds those who did.
///
/// Rejects: `not_found`, `reason_missing`, `showing_status`, and as [`party::require_staff`] does.
pub fn call_off_showing(tx: &mut Tx, ctx: &Ctx, cmd: &CallOffShowing) -> Result<(), Fail> {
    let showing = offer::queries::showing(tx, cmd.showing)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    party::require_staff(tx, ctx, showing.merchant, Some(showing.store), Role::Manager)?;
    party::require_reason(ctx)?;
    tx.lock(&[offer::showing::lock(showing.id)]);
    offer::end_showing(tx, ctx, &showing)?;
    tx.set_timer(REFUND_SHOWING, showing.id, ctx.now)?;
    Ok(())
}

/// Cancels bookings of a showing that was called off, as its store would: nothing is kept of what was paid, and the
/// guests are told. Says whether it has to be called again: for more of them, or for orders that may still be paid.
///
/// Statements: those of ten cancelled bookings.
pub fn refund_showing(tx: &mut Tx, ctx: &Ctx, cmd: &RefundShowing) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    if !tx.clear_timer(REFUND_SHOWING, cmd.showing)? {
        return Ok(false);
    }
    let (confirmed, held) = queries::bookings_to_refund(tx, cmd.showing, AT_ONCE)?;
    for id in &confirmed {
        let Some(found) = queries::booking(tx, *id)? else {
            continue;
        };
        lock_booking(tx, &found);
        let booking = queries::booking(tx, *id)?.filter(|now| now.status == BookingStatus::Confirmed);
        let Some(booking) = booking else {
            continue;
        };
        let (_, voucher) = expected_guest(&booking)?;
        let refund = RefundBooked {
            voucher,
            given_up: GivenUp::ByMerchant,
            cause: RefundCause::Asked,
        };
        end(tx, ctx, &booking, Outcome::Cancelled, (Some(refund), true))?;
    }
    let again_at = match (confirmed.len() as i64 == AT_ONCE, held) {
        (true, _) => ctx.now,
        (false, 0) => return Ok(false),
        (false, _) => ctx.now.plus_us(MINUTE_US),
    };
    tx.set_timer(REFUND_SHOWING, cmd.showing, again_at)?;
    Ok(true)
}
