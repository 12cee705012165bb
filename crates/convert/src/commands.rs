//! The commands, one file each, and what they share: who may report a payment, and the timers.

mod cancel_order;
mod charge_back;
mod claim_coupon;
mod close_group;
mod close_payment_conflict;
mod confirm_payment;
mod confirm_refund;
mod create_coupon;
mod erase_person;
mod expire_voucher;
mod fail_payment;
mod fail_refund;
mod mark_refund_sent;
mod place_cart;
mod place_order;
mod refund_booked;
mod refund_part;
mod refund_voucher;
mod release_order;
mod reverse_chargeback;
mod settle_security_deposit;
mod start_payment;
mod stop_coupon;

pub use cancel_order::{CancelOrder, cancel_order};
pub use charge_back::{ChargeBack, ChargedBack, charge_back};
pub use claim_coupon::{ClaimCode, ClaimCoupon, claim_code, claim_coupon};
pub use close_group::{CloseGroup, close_group};
pub use close_payment_conflict::{ClosePaymentConflict, close_payment_conflict};
pub use confirm_payment::{ConfirmPayment, confirm_payment};
pub use confirm_refund::{ConfirmRefund, confirm_refund};
pub use create_coupon::{CreateCoupon, create_coupon};
pub use erase_person::{ErasePerson, erase_person};
pub use expire_voucher::{ExpireVoucher, expire_voucher};
pub use fail_payment::{FailPayment, fail_payment};
pub use fail_refund::{FailRefund, fail_refund};
pub use mark_refund_sent::{MarkRefundSent, mark_refund_sent};
pub use place_cart::{MAX_CART, PlaceCart, place_cart};
pub use place_order::{Booked, PlaceOrder, place_booked_order, place_order};
pub use refund_booked::{RefundBooked, book_open_ticket, prolong_booked, refund_booked};
pub use refund_part::{RefundPart, refund_part};
pub use refund_voucher::{RefundVoucher, RefundedVoucher, refund_voucher};
pub use release_order::{ReleaseOrder, release_order};
pub use reverse_chargeback::reverse_chargeback;
pub use settle_security_deposit::{
    EndSecurityDeposit, GiveBackClaim, RefundSecurityClaim, SettleSecurityDeposit, end_security_deposit,
    give_back_claim, refund_security_claim, settle_security_deposit,
};
pub use start_payment::{StartPayment, StartPayments, StartedPayment, start_payment, start_payments};
pub use stop_coupon::{StopCoupon, stop_coupon};

pub(crate) use place_cart::check_size;
pub(crate) use place_order::check_plain;

use kernel::{Actor, Ctx, MINUTE_US, Reject};
use store::TimerKind;

use crate::reject::{PAYMENT_ACTOR, PAYMENT_INVALID};

/// Calls for [`release_order`] when an order's hold runs out. Subject: the order.
pub const RELEASE_ORDER: TimerKind = TimerKind("release_order");

/// Calls for [`expire_voucher`] when a voucher runs out. Subject: the voucher.
pub const EXPIRE_VOUCHER: TimerKind = TimerKind("expire_voucher");

/// Calls for [`close_group`] when a group's time is over. Subject: the group.
pub const CLOSE_GROUP: TimerKind = TimerKind("close_group");

/// Calls for [`end_security_deposit`] when nothing more can be claimed of one. Subject: the order.
pub const END_SECURITY_DEPOSIT: TimerKind = TimerKind("end_security_deposit");

/// How long a placed order keeps its units.
pub const HOLD_US: i64 = 15 * MINUTE_US;

/// Only a provider, whose message the gateway has verified, and Qiao itself report on money.
fn require_reporter(ctx: &Ctx) -> Result<(), Reject> {
    match ctx.actor {
        Actor::Provider(_) | Actor::System => Ok(()),
        Actor::Anonymous | Actor::Consumer(_) | Actor::Staff(..) | Actor::Operator(_) => {
            Err(PAYMENT_ACTOR.plain())
        }
    }
}

/// Text that comes from a provider: not empty, short, printable ASCII.
fn check_reference(field: &'static str, text: &str) -> Result<(), Reject> {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    if (1..=128).contains(&text.len()) && printable {
        return Ok(());
    }
    Err(PAYMENT_INVALID.at(field, "A reference is 1 to 128 printable ASCII characters."))
}
