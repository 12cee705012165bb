//! A merchant is to be paid: every open line up to a time is stamped as this payout's, and a second
//! operator has to approve it. Nothing or less than nothing is no payout: the lines stay open and are
//! netted into the next.

use kernel::{Ctx, Currency, MerchantId, Money, PayoutId, Timestamp};
use store::{Fail, Query, Row, StorageError, Tx, sql};
use uuid::Uuid;

use crate::NOTHING_TO_PAY;
use crate::access::require_finance;
use crate::events::PayoutProposed;

/// What [`propose_payout`] is told.
#[derive(Debug, Clone)]
pub struct ProposePayout {
    /// Who is to be paid.
    pub merchant: MerchantId,
    /// In what. A merchant is paid in each currency apart.
    pub currency: Currency,
    /// The lines of up to this time.
    pub until: Timestamp,
}

/// What [`propose_payout`] answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayoutProposal {
    /// Its id.
    pub payout: PayoutId,
    /// The sum of its lines.
    pub amount: Money,
    /// How many lines.
    pub line_count: i64,
}

/// Stamps a merchant's open lines and proposes to pay their sum. For operators of finance.
///
/// # Errors
/// `NOTHING_TO_PAY` if the sum is zero or below, and whatever the operator's role forbids.
pub fn propose_payout(tx: &mut Tx, ctx: &Ctx, cmd: &ProposePayout) -> Result<PayoutProposal, Fail> {
    let proposer = require_finance(tx, ctx)?.uuid();
    let payout = ctx.new_id();
    let [_, sums] = tx.ask([stamp(cmd, payout), stamped(cmd, payout)])?;
    let (amount, line_count) = read_sum(sums)?;
    if amount <= 0 {
        let open = Money::new(amount, cmd.currency);
        let detail = format!("The {line_count} open lines up to {} come to {open}.", cmd.until);
        return Err(NOTHING_TO_PAY.because(detail).into());
    }
    let proposal = PayoutProposal {
        payout,
        amount: Money::new(amount, cmd.currency),
        line_count,
    };
    record(tx, ctx, cmd, &proposal, proposer)?;
    Ok(proposal)
}

/// Stamps the open lines. Of two payouts at once each line gets one stamp: the second waits for the
/// first and then finds the line stamped.
pub(super) fn stamp(cmd: &ProposePayout, payout: PayoutId) -> Query {
    sql!(
        "UPDATE settlement_line SET payout_id = $1
         WHERE merchant_id = $2 AND currency = $3 AND payout_id IS NULL AND at <= $4",
        payout,
        cmd.merchant,
        cmd.currency,
        cmd.until
    )
}

/// Asks what the stamped lines come to.
pub(super) fn stamped(cmd: &ProposePayout, payout: PayoutId) -> Query {
    sql!(
        "SELECT CAST(COALESCE(SUM(payable), 0) AS BIGINT), COUNT(*) FROM settlement_line
         WHERE payout_id = $1 AND merchant_id = $2",
        payout,
        cmd.merchant
    )
}

/// The amount and the number of lines that [`stamped`] answers.
pub(super) fn read_sum(sums: Vec<Row>) -> Result<(i64, i64), StorageError> {
    let row = sums.into_iter().next();
    let mut row = row.ok_or_else(|| StorageError::bug("a sum without a row"))?;
    Ok((row.take()?, row.take()?))
}

/// Writes the payout down.
pub(super) fn record(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &ProposePayout,
    proposal: &PayoutProposal,
    proposer: Uuid,
) -> Result<(), StorageError> {
    tx.tell(sql!(
        "INSERT INTO payout (id, merchant_id, currency, amount, line_count, closed_until, status,
           proposed_by, proposed_at, version) VALUES ($1, $2, $3, $4, $5, $6, 'proposed', $7, $8, 1)",
        proposal.payout,
        cmd.merchant,
        cmd.currency,
        proposal.amount.amount,
        proposal.line_count,
        cmd.until,
        proposer,
        ctx.now
    ))?;
    let event = PayoutProposed {
        payout: proposal.payout,
        merchant: cmd.merchant,
        amount: proposal.amount.amount,
        currency: cmd.currency.code().to_owned(),
        line_count: proposal.line_count,
    };
    tx.emit(ctx, proposal.payout, 1, &event)
}
