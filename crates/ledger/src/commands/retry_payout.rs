//! An operator has a failed transfer sent again, as the same payout: the same lines, the same amount, the
//! same reference, so that it cannot be paid twice.

use kernel::{Ctx, Currency, MerchantId, PayoutId};
use party::NOT_FOUND;
use store::{Fail, Lock, Tx, sql};

use crate::access::require_finance;
use crate::events::PayoutRetried;
use crate::{PAYOUT_NOT_FAILED, queries};

/// What [`retry_payout`] is told.
#[derive(Debug, Clone)]
pub struct RetryPayout {
    /// Which payout.
    pub payout: PayoutId,
}

impl RetryPayout {
    /// The rows that it claims.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("payout", self.payout)]
    }
}

/// Lets a failed payout's transfer be sent again. For operators of finance.
///
/// # Errors
/// `NOT_FOUND`, `PAYOUT_NOT_FAILED`, and whatever the operator's role forbids.
pub fn retry_payout(tx: &mut Tx, ctx: &Ctx, cmd: &RetryPayout) -> Result<(), Fail> {
    require_finance(tx, ctx)?;
    let row = tx.one(sql!(
        "UPDATE payout SET status = 'approved', failure = NULL, version = version + 1
         WHERE id = $1 AND status = 'failed' RETURNING merchant_id, currency, amount, version",
        cmd.payout
    ))?;
    let Some(mut row) = row else {
        return Err(match queries::payout(tx, cmd.payout)? {
            None => NOT_FOUND.plain().into(),
            Some(payout) => {
                let detail = format!("The payout is {}.", payout.status.as_str());
                PAYOUT_NOT_FAILED.because(detail).into()
            }
        });
    };
    let (merchant, currency): (MerchantId, Currency) = (row.take()?, row.take()?);
    let (amount, version): (i64, i64) = (row.take()?, row.take()?);
    let event = PayoutRetried {
        payout: cmd.payout,
        merchant,
        amount,
        currency: currency.code().to_owned(),
    };
    tx.emit(ctx, cmd.payout, version, &event)?;
    Ok(())
}
