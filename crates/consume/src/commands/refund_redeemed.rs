//! Refunds a use that was redeemed: the redemption's money is put back into escrow and returned to the
//! buyer from there. After a payout the merchant's part is deducted from the next one. The visit stands,
//! so the voucher does not get its use back.

use kernel::{Ctx, RedemptionId, RefundId};
use store::{Fail, Lock, StorageError, Tx};

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

/// Refunds a redemption (a manager of its store, or an operator). Gives the refund that is on its way,
/// or `None` if nothing was paid in cash.
///
/// Rejects: `redemption_unknown`, `redemption_not_live`, and `party`'s for those without the right.
pub fn refund_redeemed(_tx: &mut Tx, _ctx: &Ctx, _cmd: &RefundRedeemed) -> Result<Option<RefundId>, Fail> {
    Err(StorageError::bug("not written yet").into())
}
