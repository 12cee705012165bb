//! A voucher goes back before it is used up, by its buyer's wish or by that of the merchant, whose manager says
//! why: the exact rest goes back by the way it was paid. Earnest money does not go back to a buyer who gives up, and goes
//! back twice if the merchant does.

use kernel::{Actor, Ctx, RefundId, VoucherId};
use party::Role;
use store::{Fail, Lock, Tx};
use voucher::{Closed, VoucherStatus};

use crate::decide::{UnitMoney, rest_after};
use crate::give_up::give_up;
use crate::model::{GivenUp, RefundCause};
use crate::queries::{VoucherMoney, voucher_money};
use crate::reject::{REFUND_BOOKED, REFUND_NOT_FOUND, REFUND_NOTHING_LEFT, REFUND_USES_HELD};

/// What [`refund_voucher`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundVoucher {
    /// Which.
    pub voucher: VoucherId,
}

impl RefundVoucher {
    /// The voucher's row. [`crate::queries::voucher_route`] names the others too.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("voucher", self.voucher)]
    }
}

/// A refund that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundedVoucher {
    /// The way back.
    pub refund: RefundId,
    /// What goes back.
    pub part: UnitMoney,
}

/// Refunds what is left of a voucher, for the consumer who bought it and for managers of the whole merchant that
/// sold it, who say why in [`Ctx::reason`]. The voucher's guarded closing decides between this, a redemption and
/// the expiry at the same moment.
pub fn refund_voucher(tx: &mut Tx, ctx: &Ctx, cmd: &RefundVoucher) -> Result<RefundedVoucher, Fail> {
    tx.lock(&cmd.locks());
    let money = own_money(tx, ctx, cmd.voucher)?;
    if money.booked_store.is_some() {
        return Err(REFUND_BOOKED.plain().into());
    }
    let voucher = voucher::queries::voucher(tx, cmd.voucher)?.ok_or_else(|| REFUND_NOT_FOUND.plain())?;
    if voucher.status != VoucherStatus::Live {
        let detail = format!("The voucher is {}.", voucher.status.as_str());
        return Err(REFUND_NOTHING_LEFT.because(detail).into());
    }
    if voucher.uses_held > 0 {
        return Err(REFUND_USES_HELD.plain().into());
    }
    if voucher.valid_until <= ctx.now {
        let detail = "The voucher has run out; what the agreement says for that follows by itself.";
        return Err(REFUND_NOTHING_LEFT.because(detail).into());
    }
    let closed = voucher::close(tx, cmd.voucher, Closed::Refunded)?;
    let closed = closed.ok_or_else(|| REFUND_NOTHING_LEFT.plain())?;
    let rest = rest_after(&money.paid, money.uses, money.uses - closed.uses_left);
    let given_up = if matches!(ctx.actor, Actor::Staff(..)) {
        GivenUp::ByMerchant
    } else {
        GivenUp::ByGuest { fee: money.fee() }
    };
    let (refund, part) = give_up(
        tx,
        ctx,
        &money,
        (rest, closed.uses_left == money.uses),
        (given_up, RefundCause::Asked),
    )?;
    Ok(RefundedVoucher { refund, part })
}

/// The money behind the voucher, if the actor may give it back.
fn own_money(tx: &mut Tx, ctx: &Ctx, voucher: VoucherId) -> Result<VoucherMoney, Fail> {
    let money = if let Actor::Staff(_, merchant) = ctx.actor {
        party::require_staff(tx, ctx, merchant, None, Role::Manager)?;
        party::require_reason(ctx)?;
        voucher_money(tx, voucher)?.filter(|money| money.merchant == merchant)
    } else {
        let buyer = party::require_consumer(ctx)?;
        voucher_money(tx, voucher)?.filter(|money| money.buyer == buyer)
    };
    Ok(money.ok_or_else(|| REFUND_NOT_FOUND.plain())?)
}
