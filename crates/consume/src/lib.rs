//! What happens in the store: a time is booked, moved, cancelled or missed; somebody waits for one that is full, or
//! with a number at the door; a voucher is
//! redeemed by scan or by code, online or from a queue that a scanner kept without a network; a redemption is undone, or
//! refunded after all, or its payment is charged back. It knows no HTTP, no provider and no review; the money of a use is
//! worked out in `convert` and posted through `ledger`.
//!
//! Commands: [`place_booking`], [`keep_places`], [`move_booking`], [`cancel_booking`], [`mark_no_show`], [`arrive`],
//! [`choose_seats`], [`keep_seats`], [`call_off_showing`], [`set_calendar_feed`]; [`join_waitlist`], [`offer_place`], [`take_place`],
//! [`leave_waitlist`], [`end_waiting`]; [`set_queue`], [`join_queue`], [`call_queue`], [`end_queue_ticket`],
//! [`leave_queue`];
//! [`redeem_scan`], [`redeem_code`], [`sync_offline`], [`undo_redemption`], [`refund_redeemed`], [`charge_back`],
//! [`reverse_chargeback`]; [`settle_security_deposit`].

pub mod booking;
mod commands;
mod decide;
mod events;
mod model;
mod money;
pub mod queries;
pub mod queue;
mod redeeming;
mod reject;
mod seats;
mod slot;
pub mod waitlist;

pub use booking::{BookedResource, Booking, BookingStatus, Guest};
pub use commands::*;
pub use events::{
    BookingCancelled, BookingMoved, BookingPlaced, BookingSoon, CalendarFeedSet, CodesLocked, PlaceOffered,
    QueueCalled, QueueEnded, QueueJoined, QueueSet, RedemptionConflicted, RedemptionRefunded,
    RedemptionUndone, SeatsKept, VoucherRedeemed, WaitlistEnded, WaitlistJoined,
};
pub use model::{
    Conflict, LossReason, Redemption, RedemptionMode, RedemptionStatus, ScanOutcome, ScannerAllowance,
    ScannerKit,
};
pub use reject::*;
pub use slot::When;
