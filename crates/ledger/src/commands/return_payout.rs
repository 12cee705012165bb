//! The bank sent a paid payout back, days later perhaps: the money is in the bank again and the merchant is
//! owed it again. The lines are open again, for the next payout.

use kernel::{Ctx, Currency, MerchantId, PayoutId};
use party::NOT_FOUND;
use store::{Fail, Lock, Tx, sql};

use crate::access::require_finance;
use crate::events::PayoutReturned;
use crate::{Account, Leg, NewEntry, PAYOUT_NOT_PAID, Reason, post, queries};

/// What [`return_payout`] is told. What the bank said is `ctx.reason`.
#[derive(Debug, Clone)]
pub struct ReturnPayout {
    /// Which payout.
    pub payout: PayoutId,
}

impl ReturnPayout {
    /// The rows that it claims.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("payout", self.payout)]
    }
}

/// Books a returned payout back and opens its lines again. For operators of finance, who see the bank's
/// statement.
///
/// # Errors
/// `NOT_FOUND`, `PAYOUT_NOT_PAID`, and whatever the operator's role forbids.
pub fn return_payout(tx: &mut Tx, ctx: &Ctx, cmd: &ReturnPayout) -> Result<(), Fail> {
    require_finance(tx, ctx)?;
    let row = tx.one(sql!(
        "UPDATE payout SET status = 'returned', failure = $1, version = version + 1
         WHERE id = $2 AND status = 'paid' RETURNING merchant_id, currency, amount, version",
        ctx.reason.as_deref(),
        cmd.payout
    ))?;
    let Some(mut row) = row else {
        return Err(match queries::payout(tx, cmd.payout)? {
            None => NOT_FOUND.plain().into(),
            Some(payout) => {
                let detail = format!("The payout is {}.", payout.status.as_str());
                PAYOUT_NOT_PAID.because(detail).into()
            }
        });
    };
    let (merchant, currency): (MerchantId, Currency) = (row.take()?, row.take()?);
    let (amount, version): (i64, i64) = (row.take()?, row.take()?);
    tx.claim(sql!(
        "UPDATE settlement_line SET payout_id = NULL WHERE payout_id = $1 AND merchant_id = $2",
        cmd.payout,
        merchant
    ))?;
    let entry = NewEntry {
        reason: Reason::PayoutReturned,
        reference: cmd.payout.uuid(),
        currency,
        legs: vec![
            Leg::debit(Account::Bank, None, amount),
            Leg::credit(Account::MerchantPayable, Some(merchant.uuid()), amount),
        ],
    };
    post(tx, ctx, &entry)?;
    let event = PayoutReturned {
        payout: cmd.payout,
        merchant,
        amount,
        currency: currency.code().to_owned(),
    };
    tx.emit(ctx, cmd.payout, version, &event)?;
    Ok(())
}
