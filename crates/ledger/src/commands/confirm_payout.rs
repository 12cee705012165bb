//! The provider or the bank says that a payout's transfer arrived: the reserved entry is posted.

use kernel::{Ctx, Currency, JournalEntryId, MerchantId, PayoutId};
use party::NOT_FOUND;
use store::{Fail, Lock, StorageError, Tx, sql};

use crate::access::require_outside_or_finance;
use crate::events::PayoutPaid;
use crate::{PAYOUT_NOT_APPROVED, PayoutStatus, post_pending, queries};

/// What [`confirm_payout`] is told.
#[derive(Debug, Clone)]
pub struct ConfirmPayout {
    /// Which payout.
    pub payout: PayoutId,
}

impl ConfirmPayout {
    /// The rows that it claims.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("payout", self.payout)]
    }
}

/// Posts a payout. `false` if it was confirmed before. A transfer that was reported as failed and
/// arrived all the same is confirmed too: the money is gone.
///
/// # Errors
/// `NOT_FOUND`, `PAYOUT_NOT_APPROVED`, and whatever the actor's role forbids.
pub fn confirm_payout(tx: &mut Tx, ctx: &Ctx, cmd: &ConfirmPayout) -> Result<bool, Fail> {
    require_outside_or_finance(tx, ctx)?;
    let row = tx.one(sql!(
        "UPDATE payout SET status = 'paid', paid_at = $1, version = version + 1
         WHERE id = $2 AND status IN ('approved', 'failed')
         RETURNING merchant_id, currency, amount, entry_id, version",
        ctx.now,
        cmd.payout
    ))?;
    let Some(mut row) = row else {
        return match queries::payout(tx, cmd.payout)? {
            None => Err(NOT_FOUND.plain().into()),
            Some(payout) => match payout.status {
                PayoutStatus::Paid | PayoutStatus::Returned => Ok(false),
                PayoutStatus::Proposed | PayoutStatus::Approved | PayoutStatus::Failed => {
                    Err(PAYOUT_NOT_APPROVED.plain().into())
                }
            },
        };
    };
    let (merchant, currency): (MerchantId, Currency) = (row.take()?, row.take()?);
    let (amount, entry): (i64, JournalEntryId) = (row.take()?, row.take()?);
    let version = row.take()?;
    if !post_pending(tx, ctx, entry)? {
        return Err(StorageError::bug("an approved payout's entry was resolved behind its back").into());
    }
    let event = PayoutPaid {
        payout: cmd.payout,
        merchant,
        amount,
        currency: currency.code().to_owned(),
    };
    tx.emit(ctx, cmd.payout, version, &event)?;
    Ok(true)
}
