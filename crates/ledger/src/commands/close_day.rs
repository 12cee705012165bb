//! The close of the day: a payout is proposed for every merchant whose open lines come to something.
//! One call does a chunk of merchants, so that nobody waits long behind it; the caller repeats it.

use kernel::{Actor, Ctx, Currency, MerchantId, Money, PayoutId, Timestamp};
use store::{Fail, Query, StorageError, Tx, sql};
use uuid::Uuid;

use super::propose_payout::{read_sum, record, stamp, stamped};
use super::{PayoutProposal, ProposePayout};
use crate::access::require_finance;

/// What [`close_day`] is told.
#[derive(Debug, Clone)]
pub struct CloseDay {
    /// The lines of up to this time.
    pub until: Timestamp,
    /// Where to go on: [`DayClosed::next`] of the call before.
    pub after: Option<MerchantId>,
}

/// What [`close_day`] answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayClosed {
    /// The payouts proposed by this call.
    pub proposals: Vec<PayoutProposal>,
    /// The next call's [`CloseDay::after`]; none at the end.
    pub next: Option<MerchantId>,
}

/// How many merchants one call looks at.
const MERCHANTS_AT_ONCE: i64 = 50;

/// Proposes payouts for the next chunk of merchants. For operators of finance and for Qiao itself, whose
/// proposals any one operator may approve.
pub fn close_day(tx: &mut Tx, ctx: &Ctx, cmd: &CloseDay) -> Result<DayClosed, Fail> {
    let proposer = if ctx.actor == Actor::System {
        Uuid::nil()
    } else {
        require_finance(tx, ctx)?.uuid()
    };
    let (open, next) = open_balances(tx, cmd)?;
    let payouts: Vec<(ProposePayout, PayoutId)> = open.into_iter().map(|cmd| (cmd, ctx.new_id())).collect();
    let questions = payouts
        .iter()
        .flat_map(|(cmd, id)| [stamp(cmd, *id), stamped(cmd, *id)]);
    let answers = tx.ask_all(questions.collect())?;
    let mut proposals = Vec::with_capacity(payouts.len());
    for ((cmd, payout), sums) in payouts.iter().zip(answers.into_iter().skip(1).step_by(2)) {
        let (amount, line_count) = read_sum(sums)?;
        if amount <= 0 {
            // A refund, or another payout, came between the look and the stamp.
            tx.tell_rows(unstamp(cmd, *payout), line_count as u64)?;
            continue;
        }
        let proposal = PayoutProposal {
            payout: *payout,
            amount: Money::new(amount, cmd.currency),
            line_count,
        };
        record(tx, ctx, cmd, &proposal, proposer)?;
        proposals.push(proposal);
    }
    Ok(DayClosed { proposals, next })
}

/// The merchants of this chunk whose open lines come to something, by currency, and where the next starts.
fn open_balances(
    tx: &mut Tx,
    cmd: &CloseDay,
) -> Result<(Vec<ProposePayout>, Option<MerchantId>), StorageError> {
    let after = cmd.after.map_or(Uuid::nil(), |merchant| merchant.uuid());
    let merchants = tx.many(sql!(
        "SELECT DISTINCT merchant_id FROM settlement_line WHERE payout_id IS NULL AND merchant_id > $1
         ORDER BY merchant_id LIMIT $2",
        after,
        MERCHANTS_AT_ONCE
    ))?;
    let full = merchants.len() as i64 == MERCHANTS_AT_ONCE;
    let Some(mut last) = merchants.into_iter().next_back() else {
        return Ok((Vec::new(), None));
    };
    let last: MerchantId = last.take()?;
    let rows = tx.many(sql!(
        "SELECT merchant_id, currency FROM settlement_line
         WHERE payout_id IS NULL AND merchant_id > $1 AND merchant_id <= $2 AND at <= $3
         GROUP BY merchant_id, currency HAVING SUM(payable) > 0 ORDER BY merchant_id, currency",
        after,
        last,
        cmd.until
    ))?;
    let open: Result<_, StorageError> = rows
        .into_iter()
        .map(|mut row| {
            Ok(ProposePayout {
                merchant: row.take()?,
                currency: row.take::<Currency>()?,
                until: cmd.until,
            })
        })
        .collect();
    Ok((open?, full.then_some(last)))
}

fn unstamp(cmd: &ProposePayout, payout: PayoutId) -> Query {
    sql!(
        "UPDATE settlement_line SET payout_id = NULL WHERE payout_id = $1 AND merchant_id = $2",
        payout,
        cmd.merchant
    )
}
