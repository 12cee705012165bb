//! The provider reports that a refund arrived: what was pending in the ledger is final.

use kernel::{Ctx, Currency, JournalEntryId, OrderId, PersonId, RefundId};
use store::{Fail, Lock, Row, StorageError, Tx, sql};

use crate::commands::require_reporter;
use crate::events::RefundSucceeded;
use crate::model::{RefundStatus, Stored};
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

/// A refund that has not arrived.
pub(crate) struct OpenRefund {
    id: RefundId,
    pub status: RefundStatus,
    order: OrderId,
    buyer: PersonId,
    currency: Currency,
    rebate: i64,
    entry: JournalEntryId,
    version: i64,
}

impl OpenRefund {
    /// From `id, status, order, buyer, currency, rebate, entry, version`.
    pub fn read(row: &mut Row) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            status: RefundStatus::from_stored(&row.take::<String>()?)?,
            order: row.take()?,
            buyer: row.take()?,
            currency: row.take()?,
            rebate: row.take()?,
            entry: row.take()?,
            version: row.take()?,
        })
    }
}

/// Finishes a refund, whatever was reported of it before. Repeating it changes nothing.
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

/// The payer has the money: what was pending is final.
pub(crate) fn arrive(tx: &mut Tx, ctx: &Ctx, of: &OpenRefund, becomes: RefundStatus) -> Result<(), Fail> {
    if !ledger::post_pending(tx, ctx, of.entry)? {
        return Err(StorageError::bug("an open refund's entry is not pending").into());
    }
    ledger::give_back(tx, of.buyer, of.currency, of.rebate)?;
    tx.tell(sql!(
        "UPDATE refund SET status = $1, version = version + 1 WHERE id = $2 AND version = $3",
        becomes.as_str(),
        of.id,
        of.version
    ))?;
    let (refund, order) = (of.id, of.order);
    tx.emit(ctx, refund, of.version + 1, &RefundSucceeded { refund, order })?;
    Ok(())
}
