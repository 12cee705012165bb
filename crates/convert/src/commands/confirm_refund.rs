//! The provider reports that a refund arrived: what was pending in the ledger is final.

use kernel::{Ctx, RefundId};
use store::{Fail, Lock, Tx, sql};

use crate::commands::require_reporter;
use crate::model::RefundStatus;
use crate::refund::{OpenRefund, arrive};
use crate::reject::REFUND_NOT_FOUND;
use crate::taken_back::learn_whether_it_moved;

/// What [`confirm_refund`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmRefund {
    /// Which.
    pub refund: RefundId,
    /// Who says so: must be the provider that the order was paid through.
    pub provider: String,
}

impl ConfirmRefund {
    /// The refund's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("refund", self.refund)]
    }
}

/// Finishes a refund, whatever was reported of it before; of one that the bank took back, says that it moved too.
/// Repeating it changes nothing.
pub fn confirm_refund(tx: &mut Tx, ctx: &Ctx, cmd: &ConfirmRefund) -> Result<(), Fail> {
    require_reporter(ctx)?;
    tx.lock(&cmd.locks());
    let row = tx.one(sql!(
        "SELECT r.id, r.status, r.order_id, o.person_id, r.currency, r.rebate, r.entry_id, r.version
         FROM refund r JOIN payment_attempt a ON a.id = r.attempt_id JOIN orders o ON o.id = r.order_id
         WHERE r.id = $1 AND a.provider = $2",
        cmd.refund,
        cmd.provider.as_str()
    ))?;
    let refund = OpenRefund::read(&mut row.ok_or_else(|| REFUND_NOT_FOUND.plain())?)?;
    match refund.status {
        RefundStatus::Requested | RefundStatus::Sent | RefundStatus::Failed => {
            arrive(tx, ctx, &refund, RefundStatus::Succeeded)
        }
        RefundStatus::TakenBack => learn_whether_it_moved(tx, ctx, cmd.refund, true),
        RefundStatus::Succeeded => Ok(()),
    }
}
