//! The provider accepted a refund. It was sent under the refund's id, so that sending it again is the
//! same refund.

use kernel::{Ctx, RefundId};
use store::{Fail, Lock, Tx, sql};

use crate::commands::require_reporter;
use crate::events::RefundSent;
use crate::reject::REFUND_NOT_FOUND;

/// What [`mark_refund_sent`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkRefundSent {
    /// Which.
    pub refund: RefundId,
}

impl MarkRefundSent {
    /// The refund's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("refund", self.refund)]
    }
}

/// Notes that a refund was sent, the first time or again after it failed, and counts the try. Nothing
/// happens to one that is sent or has succeeded.
pub fn mark_refund_sent(tx: &mut Tx, ctx: &Ctx, cmd: &MarkRefundSent) -> Result<(), Fail> {
    require_reporter(ctx)?;
    let [sent, known] = tx.ask([
        sql!(
            "UPDATE refund SET status = 'sent', tries = tries + 1, version = version + 1
             WHERE id = $1 AND status IN ('requested', 'failed') RETURNING order_id, tries, version",
            cmd.refund
        ),
        sql!("SELECT id FROM refund WHERE id = $1", cmd.refund),
    ])?;
    if known.is_empty() {
        return Err(REFUND_NOT_FOUND.plain().into());
    }
    if let Some(mut row) = sent.into_iter().next() {
        let event = RefundSent {
            refund: cmd.refund,
            order: row.take()?,
            tries: row.take()?,
        };
        tx.emit(ctx, cmd.refund, row.take()?, &event)?;
    }
    Ok(())
}
