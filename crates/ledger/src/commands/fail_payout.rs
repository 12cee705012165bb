//! The provider or the bank says that a payout's transfer did not go through. The lines stay the
//! payout's and its money stays reserved, so that it can only be retried as the same payout.

use kernel::{Ctx, MerchantId, PayoutId};
use party::NOT_FOUND;
use store::{Fail, Lock, Tx, sql};

use crate::access::require_outside_or_finance;
use crate::events::PayoutFailed;
use crate::{PAYOUT_NOT_APPROVED, PayoutStatus, queries};

/// What [`fail_payout`] is told.
#[derive(Debug, Clone)]
pub struct FailPayout {
    /// Which payout.
    pub payout: PayoutId,
    /// Which transfer failed: the payout's version when it was sent.
    pub sent_version: i64,
    /// What the other side said; kept up to 500 characters.
    pub detail: String,
}

impl FailPayout {
    /// The rows that it claims.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("payout", self.payout)]
    }
}

/// More is no explanation.
const MAX_DETAIL_CHARS: usize = 500;

/// Notes a failed transfer. `false` if it was noted before, or if the payout was sent again since: what became
/// of an earlier transfer comes late, and another retry while the last one is under way could pay twice.
///
/// # Errors
/// `NOT_FOUND`, `PAYOUT_NOT_APPROVED`, and whatever the actor's role forbids.
pub fn fail_payout(tx: &mut Tx, ctx: &Ctx, cmd: &FailPayout) -> Result<bool, Fail> {
    require_outside_or_finance(tx, ctx)?;
    // PostgreSQL keeps no NUL in a text.
    let kept = cmd.detail.chars().filter(|c| *c != '\0').take(MAX_DETAIL_CHARS);
    let row = tx.one(sql!(
        "UPDATE payout SET status = 'failed', failure = $1, version = version + 1
         WHERE id = $2 AND status = 'approved' AND version <= $3 RETURNING merchant_id, version",
        kept.collect::<String>(),
        cmd.payout,
        cmd.sent_version
    ))?;
    let Some(mut row) = row else {
        return match queries::payout(tx, cmd.payout)? {
            None => Err(NOT_FOUND.plain().into()),
            Some(payout) if matches!(payout.status, PayoutStatus::Approved | PayoutStatus::Failed) => {
                Ok(false)
            }
            Some(payout) => {
                let detail = format!("The payout is {}.", payout.status.as_str());
                Err(PAYOUT_NOT_APPROVED.because(detail).into())
            }
        };
    };
    let (merchant, version): (MerchantId, i64) = (row.take()?, row.take()?);
    let event = PayoutFailed {
        payout: cmd.payout,
        merchant,
    };
    tx.emit(ctx, cmd.payout, version, &event)?;
    Ok(true)
}
