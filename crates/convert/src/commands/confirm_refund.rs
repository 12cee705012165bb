//! The provider reports that a refund arrived: what was pending in the ledger is final.

use kernel::{Ctx, Currency, JournalEntryId, OrderId, PersonId, RefundId};
use store::{Fail, Lock, StorageError, Tx, sql};

use crate::commands::require_reporter;
use crate::events::RefundSucceeded;
use crate::model::{RefundStatus, Stored};
use crate::reject::REFUND_NOT_FOUND;

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

/// Finishes a refund, whatever was reported of it before. Repeating it changes nothing.
pub fn confirm_refund(tx: &mut Tx, ctx: &Ctx, cmd: &ConfirmRefund) -> Result<(), Fail> {
    require_reporter(ctx)?;
    tx.lock(&cmd.locks());
    let row = tx.one(sql!(
        "SELECT r.status, r.order_id, o.person_id, r.currency, r.rebate, r.entry_id, r.version
         FROM refund r JOIN payment_attempt a ON a.id = r.attempt_id JOIN orders o ON o.id = r.order_id
         WHERE r.id = $1 AND a.provider = $2",
        cmd.refund,
        cmd.provider.as_str()
    ))?;
    let mut row = row.ok_or_else(|| REFUND_NOT_FOUND.plain())?;
    if RefundStatus::from_stored(&row.take::<String>()?)? == RefundStatus::Succeeded {
        return Ok(());
    }
    let (order, buyer): (OrderId, PersonId) = (row.take()?, row.take()?);
    let (currency, rebate): (Currency, i64) = (row.take()?, row.take()?);
    let (entry, version): (JournalEntryId, i64) = (row.take()?, row.take()?);
    if !ledger::post_pending(tx, ctx, entry)? {
        return Err(StorageError::bug("an open refund's entry is not pending").into());
    }
    ledger::give_back(tx, buyer, currency, rebate)?;
    tx.tell(sql!(
        "UPDATE refund SET status = 'succeeded', version = version + 1 WHERE id = $1 AND version = $2",
        cmd.refund,
        version
    ))?;
    let refund = cmd.refund;
    tx.emit(ctx, refund, version + 1, &RefundSucceeded { refund, order })?;
    Ok(())
}
