//! The provider refused a refund. The money stays reserved, and the same refund is sent again.

use kernel::{Ctx, OrderId, RefundId};
use store::{Fail, Lock, Tx, sql};

use crate::commands::require_reporter;
use crate::events::RefundFailed;
use crate::model::{RefundStatus, Stored};
use crate::reject::REFUND_NOT_FOUND;
use crate::taken_back::learn_whether_it_moved;

/// What [`fail_refund`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailRefund {
    /// Which.
    pub refund: RefundId,
    /// Who says so: must be the provider that the order was paid through.
    pub provider: String,
    /// Which sending of it failed, from 1.
    pub tries: i64,
}

impl FailRefund {
    /// The refund's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("refund", self.refund)]
    }
}

/// Marks a refund as failed; of one that the bank took back, says that it did not move too. Nothing happens to one that failed or succeeded before, nor to one that was sent
/// again since: what became of an earlier sending comes late, and sending once more while the last one is under
/// way could move the money twice.
pub fn fail_refund(tx: &mut Tx, ctx: &Ctx, cmd: &FailRefund) -> Result<(), Fail> {
    require_reporter(ctx)?;
    tx.lock(&cmd.locks());
    let row = tx.one(sql!(
        "SELECT r.status, r.order_id, r.version, r.tries FROM refund r JOIN payment_attempt a ON a.id = r.attempt_id
         WHERE r.id = $1 AND a.provider = $2",
        cmd.refund,
        cmd.provider.as_str()
    ))?;
    let mut row = row.ok_or_else(|| REFUND_NOT_FOUND.plain())?;
    let status = RefundStatus::from_stored(&row.take::<String>()?)?;
    let (order, version): (OrderId, i64) = (row.take()?, row.take()?);
    if cmd.tries < row.take()? {
        return Ok(());
    }
    match status {
        RefundStatus::Requested | RefundStatus::Sent => {}
        RefundStatus::TakenBack => return learn_whether_it_moved(tx, ctx, cmd.refund, false),
        RefundStatus::Failed | RefundStatus::Succeeded => return Ok(()),
    }
    tx.tell(sql!(
        "UPDATE refund SET status = 'failed', version = version + 1 WHERE id = $1 AND version = $2",
        cmd.refund,
        version
    ))?;
    let refund = cmd.refund;
    tx.emit(ctx, refund, version + 1, &RefundFailed { refund, order })?;
    Ok(())
}
