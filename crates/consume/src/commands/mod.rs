//! The commands of this crate, one to a file.

mod arrive;
mod book_overtime;
mod book_with_card;
mod call_off_showing;
mod call_queue;
mod cancel_booking;
mod charge_back;
mod choose_seats;
mod join_queue;
mod join_waitlist;
mod keep_places;
mod keep_seats;
mod move_booking;
mod offer_place;
mod place_booking;
mod redeem_code;
mod redeem_scan;
mod refund_redeemed;
mod remind_guest;
mod set_calendar_feed;
mod set_queue;
mod settle_security_deposit;
mod sync_offline;
mod undo_redemption;

pub use arrive::{Arrive, arrive};
pub use book_overtime::{BookOvertime, book_overtime};
pub use book_with_card::{
    BookWithCard, BookedWithCard, LAPSE_BOOKING, LapseBooking, book_with_card, lapse_booking,
};
pub use call_off_showing::{CallOffShowing, REFUND_SHOWING, RefundShowing, call_off_showing, refund_showing};
pub use call_queue::{
    CallQueue, EndQueueTicket, LeaveQueue, Whom, call_queue, end_queue_ticket, leave_queue,
};
pub use cancel_booking::{CancelBooking, MarkNoShow, cancel_booking, mark_no_show};
pub use charge_back::{charge_back, reverse_chargeback};
pub use choose_seats::{ChooseSeats, SeatsChosen, choose_seats};
pub use join_queue::{JoinQueue, JoinedQueue, join_queue};
pub use join_waitlist::{
    END_WAITING, EndWaiting, JoinWaitlist, LeaveWaitlist, end_waiting, erase_person, join_waitlist,
    leave_waitlist,
};
pub use keep_places::{KeepPlaces, keep_places};
pub use keep_seats::{KeepSeats, keep_seats};
pub use move_booking::{MoveBooking, move_booking};
pub use offer_place::{OfferPlace, TakePlace, offer_place, take_place};
pub use place_booking::{PlaceBooking, PlacedBooking, place_booking};
pub use redeem_code::{CodeAnswer, RedeemCode, redeem_code};
pub use redeem_scan::{RedeemScan, Redeemed, redeem_scan};
pub use refund_redeemed::{RefundRedeemed, refund_redeemed, refund_visit};
pub use remind_guest::{REMIND_GUEST, RemindGuest, remind_guest};
pub use set_calendar_feed::{SetCalendarFeed, set_calendar_feed};
pub use set_queue::{SetQueue, set_queue};
pub use settle_security_deposit::{SettleSecurityDeposit, settle_security_deposit};
pub use sync_offline::{MAX_SCANS, OfflineScan, SyncOffline, SyncedScan, sync_offline};
pub use undo_redemption::{UndoRedemption, undo_redemption};

use kernel::{Actor, BookingId, Ctx, VoucherId};
use ledger::{LineKind, Reason};
use offer::place;
use party::Role;
use store::{Fail, Lock, Tx, sql};

use crate::booking::{Booking, BookingStatus, Guest};
use crate::money::{line_of, reverse_use};
use crate::reject::BOOKING_STATUS;
use crate::{Redemption, RedemptionRefunded, RedemptionStatus, queries};

/// The booking, if it is the actor's: its guest's, or that of a store where they have the role or a higher one. It and
/// its store are locked.
fn own_booking(tx: &mut Tx, ctx: &Ctx, id: BookingId, role: Role) -> Result<Booking, Fail> {
    let found = queries::booking(tx, id)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    if let Actor::Staff(..) = ctx.actor {
        party::require_staff(tx, ctx, found.merchant, Some(found.store), role)?;
    } else {
        let person = party::require_consumer(ctx)?;
        if found.guest.as_ref().is_none_or(|guest| guest.person != person) {
            return Err(party::NOT_FOUND.plain().into());
        }
    }
    lock_booking(tx, &found);
    Ok(queries::booking(tx, id)?.ok_or_else(|| party::NOT_FOUND.plain())?)
}

/// Locks what a change of the booking rests on.
fn lock_booking(tx: &mut Tx, found: &Booking) {
    tx.lock(&[place::lock(found.store), Lock::row("booking", found.id)]);
    let voucher = found.guest.as_ref().and_then(|guest| guest.voucher);
    if let Some(voucher) = voucher {
        tx.lock(&[Lock::row("voucher", voucher)]);
    }
}

fn require_confirmed(booking: &Booking) -> Result<(), Fail> {
    if booking.status == BookingStatus::Confirmed {
        return Ok(());
    }
    let detail = format!("The booking is {}.", booking.status.as_str());
    Err(BOOKING_STATUS.because(detail).into())
}

/// The guest who is expected, and their right.
fn expected_guest(booking: &Booking) -> Result<(&Guest, VoucherId), Fail> {
    require_confirmed(booking)?;
    let guest = booking.guest.as_ref();
    let expected = guest.and_then(|guest| Some((guest, guest.voucher?)));
    Ok(expected.ok_or_else(|| BOOKING_STATUS.plain())?)
}

/// Claims the change of a redemption that stands and was found so.
fn change_status(tx: &mut Tx, redemption: &Redemption, to: RedemptionStatus) -> Result<(), Fail> {
    let changed = tx.claim(sql!(
        "UPDATE redemption SET status = $1, version = version + 1
         WHERE id = $2 AND status = 'live' AND version = $3",
        to.as_str(),
        redemption.id,
        redemption.version
    ))?;
    if changed == 0 {
        return Err(crate::REDEMPTION_NOT_LIVE.plain().into());
    }
    Ok(())
}

/// Reverses a visit whose change to refunded is claimed, and says so.
fn take_back(tx: &mut Tx, ctx: &Ctx, visit: &Redemption, reason: (LineKind, Reason)) -> Result<(), Fail> {
    let (line, _) = line_of(tx, visit)?;
    let event = RedemptionRefunded {
        redemption: visit.id,
        voucher: visit.voucher,
        order: visit.order,
        merchant: visit.merchant,
        store: visit.store,
        holder: visit.person,
        amount: reverse_use(tx, ctx, &line, visit, reason)?,
        currency: line.currency.code().to_owned(),
    };
    Ok(tx.emit(ctx, visit.id, visit.version + 1, &event)?)
}
