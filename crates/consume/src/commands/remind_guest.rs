//! A booking starts soon. Called by the timer `remind_guest`.

use kernel::{BookingId, Ctx, DAY_US, HOUR_US, Timestamp};
use offer::{BookingPolicy, Period};
use store::{Fail, StorageError, TimerKind, Tx};

use crate::booking::BookingStatus;
use crate::events::BookingSoon;
use crate::queries;

/// Tells a guest of their booking in time. Its subject is the booking.
pub const REMIND_GUEST: TimerKind = TimerKind("remind_guest");

/// Before a booking that was made too late to be told of in time.
const LAST_US: i64 = 2 * HOUR_US;

/// Tell a guest of their booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemindGuest {
    /// Of which.
    pub booking: BookingId,
}

/// Says that a booking starts soon, if it is still expected to. Says whether it did.
pub fn remind_guest(tx: &mut Tx, ctx: &Ctx, cmd: &RemindGuest) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    if !tx.clear_timer(REMIND_GUEST, cmd.booking)? {
        return Ok(false);
    }
    let Some(booking) = queries::booking(tx, cmd.booking)? else {
        return Ok(false);
    };
    let expected = booking.status == BookingStatus::Confirmed;
    let Some(guest) = booking.guest.filter(|_| expected) else {
        return Ok(false);
    };
    let event = BookingSoon {
        booking: booking.id,
        person: guest.person,
        merchant: booking.merchant,
        store: booking.store,
        starts_at: booking.period.starts_at.0,
    };
    tx.emit(ctx, booking.id, booking.version, &event)?;
    Ok(true)
}

/// Sees to it that the guest is told in time.
pub(super) fn remind_of(
    tx: &mut Tx,
    ctx: &Ctx,
    booking: BookingId,
    policy: &BookingPolicy,
    period: Period,
) -> Result<(), StorageError> {
    match remind_at(policy, period.starts_at, ctx.now) {
        Some(at) => tx.set_timer(REMIND_GUEST, booking, at),
        None => tx.clear_timer(REMIND_GUEST, booking).map(drop),
    }
}

/// A day before it starts, or earlier: two hours before it stops to be free. Two hours before it starts if that is
/// over, and not at all if that is over too.
fn remind_at(policy: &BookingPolicy, starts_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let in_time_us = DAY_US.max(policy.free_until_us + LAST_US);
    [in_time_us, LAST_US]
        .map(|before_us| starts_at.plus_us(-before_us))
        .into_iter()
        .find(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use kernel::BasisPoints;

    use super::*;

    #[test]
    fn guests_are_told_while_they_can_still_change_their_mind() {
        let of = |free_hours: i64, booked_hours_before: i64| {
            let policy = BookingPolicy {
                free_until_us: free_hours * HOUR_US,
                late_fee_bp: BasisPoints::WHOLE,
                no_show_fee_bp: BasisPoints::WHOLE,
                grace_us: 0,
            };
            let starts_at = Timestamp(1_000 * DAY_US);
            let now = starts_at.plus_us(-booked_hours_before * HOUR_US);
            remind_at(&policy, starts_at, now).map(|at| (starts_at.0 - at.0) / HOUR_US)
        };
        assert_eq!(of(2, 100), Some(24));
        assert_eq!(of(48, 100), Some(50));
        assert_eq!(of(48, 50), Some(2));
        assert_eq!(of(2, 3), Some(2));
        assert_eq!(of(2, 2), None);
    }
}
