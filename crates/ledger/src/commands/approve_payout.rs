//! A second operator approves a payout: its money is reserved in the ledger, and the transfer may be
//! sent. Sending is the gateway's, after this is committed.

use kernel::{Ctx, Currency, JournalEntryId, MerchantId, PayoutId, PersonId};
use party::NOT_FOUND;
use store::{Fail, Lock, StorageError, Tx, sql};

use crate::access::require_finance;
use crate::events::PayoutApproved;
use crate::journal::reserve_as;
use crate::{
    Account, Leg, NewEntry, PAYOUT_NEEDS_ANOTHER_OPERATOR, PAYOUT_NOT_PROPOSED, PAYOUT_OVER_BALANCE,
    PayoutStatus, Reason, queries,
};

/// What [`approve_payout`] is told.
#[derive(Debug, Clone)]
pub struct ApprovePayout {
    /// Which payout.
    pub payout: PayoutId,
}

impl ApprovePayout {
    /// The rows that it claims.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("payout", self.payout)]
    }
}

/// Approves a proposed payout. For an operator of finance who did not propose it, and only while the lines that are
/// open since do not come to less than zero: so a payout is never more than the merchant is owed.
///
/// # Errors
/// `NOT_FOUND`, `PAYOUT_NEEDS_ANOTHER_OPERATOR`, `PAYOUT_NOT_PROPOSED`, `PAYOUT_OVER_BALANCE`, and whatever the
/// operator's role forbids.
pub fn approve_payout(tx: &mut Tx, ctx: &Ctx, cmd: &ApprovePayout) -> Result<(), Fail> {
    let approver = require_finance(tx, ctx)?;
    let entry_id: JournalEntryId = ctx.new_id();
    let claim = sql!(
        "UPDATE payout SET status = 'approved', approved_by = $1, approved_at = $2, entry_id = $3,
           version = version + 1
         WHERE id = $4 AND status = 'proposed' AND proposed_by <> $1
         RETURNING merchant_id, currency, amount, version",
        approver,
        ctx.now,
        entry_id,
        cmd.payout
    );
    let open = sql!(
        "SELECT CAST(COALESCE(SUM(l.payable), 0) AS BIGINT) FROM payout p JOIN settlement_line l
           ON l.merchant_id = p.merchant_id AND l.currency = p.currency AND l.payout_id IS NULL WHERE p.id = $1",
        cmd.payout
    );
    let [claimed, open] = tx.ask([claim, open])?;
    let Some(mut row) = claimed.into_iter().next() else {
        return Err(why_not(tx, cmd.payout, approver)?);
    };
    let open: i64 = open
        .into_iter()
        .next()
        .ok_or_else(|| StorageError::bug("a sum without a row"))?
        .take()?;
    if open < 0 {
        return Err(PAYOUT_OVER_BALANCE.plain().into());
    }
    let (merchant, currency): (MerchantId, Currency) = (row.take()?, row.take()?);
    let (amount, version): (i64, i64) = (row.take()?, row.take()?);
    let entry = NewEntry {
        reason: Reason::PaidOut,
        reference: cmd.payout.uuid(),
        currency,
        legs: vec![
            Leg::debit(Account::MerchantPayable, Some(merchant.uuid()), amount),
            Leg::credit(Account::Bank, None, amount),
        ],
    };
    reserve_as(tx, ctx, entry_id, &entry)?;
    let event = PayoutApproved {
        payout: cmd.payout,
        merchant,
        amount,
        currency: currency.code().to_owned(),
    };
    tx.emit(ctx, cmd.payout, version, &event)?;
    Ok(())
}

fn why_not(tx: &mut Tx, id: PayoutId, approver: PersonId) -> Result<Fail, Fail> {
    let Some(payout) = queries::payout(tx, id)? else {
        return Ok(NOT_FOUND.plain().into());
    };
    let own = payout.status == PayoutStatus::Proposed && payout.proposed_by == Some(approver);
    if own {
        return Ok(PAYOUT_NEEDS_ANOTHER_OPERATOR.plain().into());
    }
    let detail = format!("The payout is {}.", payout.status.as_str());
    Ok(PAYOUT_NOT_PROPOSED.because(detail).into())
}
