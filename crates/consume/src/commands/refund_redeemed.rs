//! Refunds a use that was redeemed: the redemption's money is put back into escrow and returned to the
//! buyer from there. After a payout the merchant's part is deducted from the next one. The visit stands,
//! so the voucher does not get its use back.

use convert::{RefundCause, RefundPart};
use kernel::{Actor, Ctx, RedemptionId, RefundId};
use ledger::{LineKind, Reason};
use party::{OperatorRole, Role};
use store::{Fail, Lock, StorageError, Tx};

use super::{change_status, take_back};
use crate::decide::check_live;
use crate::{REFUND_TOO_LATE, Redemption, RedemptionStatus, queries};

/// Refund this redemption. The reason is `ctx.reason`.
#[derive(Debug, Clone, Copy)]
pub struct RefundRedeemed {
    /// Which.
    pub redemption: RedemptionId,
}

impl RefundRedeemed {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("redemption", self.redemption)]
    }
}

/// Refunds a redemption: a manager of its store while the refund window is open, an operator (admin or
/// support) at any time. Gives the refund that is on its way.
///
/// Rejects: `reason_missing`, `not_found` (another merchant's too), `redemption_not_live`,
/// `refund_redeemed_too_late`, and `party`'s for those without the right.
///
/// Statements: 19, because a redemption is reversed and an order refunded; up to 24 with a rebate.
pub fn refund_redeemed(tx: &mut Tx, ctx: &Ctx, cmd: &RefundRedeemed) -> Result<RefundId, Fail> {
    party::require_reason(ctx)?;
    tx.lock(&cmd.locks());
    let redemption = queries::redemption(tx, cmd.redemption)?;
    let redemption = may_refund(tx, ctx, redemption)?;
    refund_visit(tx, ctx, &redemption)
}

/// Refunds a redemption that stands. A step inside the caller's command, which has checked the actor and locked the
/// redemption.
///
/// Rejects: `redemption_not_live`.
pub fn refund_visit(tx: &mut Tx, ctx: &Ctx, redemption: &Redemption) -> Result<RefundId, Fail> {
    check_live(redemption)?;
    let terms = convert::queries::voucher_money(tx, redemption.voucher)?
        .ok_or_else(|| StorageError::bug("a voucher without the money behind it"))?;
    let part = redemption.paid(&terms);
    change_status(tx, redemption, RedemptionStatus::Refunded)?;
    let refund = RefundPart {
        voucher: redemption.voucher,
        part,
        cause: RefundCause::Redeemed,
    };
    let refund = convert::refund_part(tx, ctx, &refund)?;
    let reason = (LineKind::Refund, Reason::RedemptionReversed);
    take_back(tx, ctx, redemption, reason)?;
    Ok(refund)
}

/// The redemption, if the actor may refund it now.
fn may_refund(tx: &mut Tx, ctx: &Ctx, redemption: Option<Redemption>) -> Result<Redemption, Fail> {
    let is_operator = matches!(ctx.actor, Actor::Operator(_));
    if is_operator {
        party::require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?;
    }
    let redemption = redemption.ok_or_else(|| party::NOT_FOUND.plain())?;
    if is_operator {
        return Ok(redemption);
    }
    let place = Some(redemption.store);
    party::require_staff(tx, ctx, redemption.merchant, place, Role::Manager)?;
    if ctx.now > redemption.refund_until {
        let detail = format!("It was open until {}.", redemption.refund_until);
        return Err(REFUND_TOO_LATE.because(detail).into());
    }
    Ok(redemption)
}
