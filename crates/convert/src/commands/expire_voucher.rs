//! A voucher ran out with something left on it: by the agreement the rest goes back to the buyer, or
//! becomes the merchant's. Called by the timer `expire_voucher`.

use kernel::{BasisPoints, Ctx, VoucherId};
use offer::OnExpiry;
use store::{Fail, Lock, Tx};
use voucher::{Closed, VoucherStatus};

use crate::commands::EXPIRE_VOUCHER;
use crate::decide::{rest_after, split_fee};
use crate::events::VoucherExpired;
use crate::give_up::forfeit;
use crate::model::RefundCause;
use crate::queries::voucher_money;
use crate::refund::{MoneyBack, give_money_back};
use crate::reject::REFUND_NOT_FOUND;

/// What [`expire_voucher`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpireVoucher {
    /// Which.
    pub voucher: VoucherId,
}

impl ExpireVoucher {
    /// The voucher's row. [`crate::queries::voucher_route`] names the others too.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("voucher", self.voucher)]
    }
}

/// Expires a voucher and says whether it was this call that did. Does nothing before its time, and
/// nothing to one that is used up, refunded or expired.
pub fn expire_voucher(tx: &mut Tx, ctx: &Ctx, cmd: &ExpireVoucher) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    tx.lock(&cmd.locks());
    let money = voucher_money(tx, cmd.voucher)?.ok_or_else(|| REFUND_NOT_FOUND.plain())?;
    let voucher = voucher::queries::voucher(tx, cmd.voucher)?.ok_or_else(|| REFUND_NOT_FOUND.plain())?;
    if voucher.status == VoucherStatus::Live && voucher.valid_until > ctx.now {
        return Ok(false);
    }
    tx.clear_timer(EXPIRE_VOUCHER, cmd.voucher)?;
    let Some(closed) = voucher::close(tx, cmd.voucher, Closed::Expired)? else {
        return Ok(false);
    };
    let rest = rest_after(&money.paid, money.uses, money.uses - closed.uses_left);
    let fee = match money.on_expiry {
        OnExpiry::Refund => BasisPoints::ZERO,
        OnExpiry::Forfeit => BasisPoints::WHOLE,
    };
    let (kept, part) = split_fee(&rest, money.deposit, fee);
    let is_refunded = money.on_expiry == OnExpiry::Refund;
    if is_refunded || part.escrow() > 0 {
        let back = MoneyBack {
            of: &money,
            part,
            cause: RefundCause::Expired,
            unit_returns: is_refunded && closed.uses_left == money.uses,
        };
        give_money_back(tx, ctx, &back)?;
    }
    forfeit(tx, ctx, &money, &kept)?;
    let event = VoucherExpired {
        voucher: cmd.voucher,
        order: money.order,
        forfeited: money.on_expiry == OnExpiry::Forfeit,
    };
    tx.emit(ctx, cmd.voucher, closed.version, &event)?;
    Ok(true)
}
