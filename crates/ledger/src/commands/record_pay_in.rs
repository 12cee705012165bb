//! A merchant that owes the platform has paid it: its open lines come to less than zero, because it took more at its
//! stores than its share, or because of refunds after it was paid. They are closed by a payout below zero.

use kernel::{Ctx, MerchantId, Money, PayoutId, Timestamp};
use store::{Fail, Tx, sql};

use super::ProposePayout;
use super::propose_payout::{read_sum, stamp, stamped};
use crate::access::require_finance;
use crate::events::MerchantPaidIn;
use crate::{Account, Leg, NewEntry, PAY_IN_DIFFERS, Reason, post};

/// What [`record_pay_in`] is told. Under which reference the bank has it is `ctx.reason`.
#[derive(Debug, Clone)]
pub struct RecordPayIn {
    /// Who paid.
    pub merchant: MerchantId,
    /// What arrived at the bank.
    pub amount: Money,
    /// For the lines of up to this time.
    pub until: Timestamp,
}

/// Closes a merchant's open lines that come to exactly what it has paid in. For operators of finance, who see the
/// bank's statement. What the bank takes back later is returned as a payout is.
///
/// # Errors
/// `PAY_IN_DIFFERS`, and whatever the operator's role forbids.
pub fn record_pay_in(tx: &mut Tx, ctx: &Ctx, cmd: &RecordPayIn) -> Result<PayoutId, Fail> {
    let operator = require_finance(tx, ctx)?;
    let (payout, paid) = (ctx.new_id(), cmd.amount);
    let lines = ProposePayout {
        merchant: cmd.merchant,
        currency: paid.currency,
        until: cmd.until,
    };
    let [_, sums] = tx.ask([stamp(&lines, payout), stamped(&lines, payout)])?;
    let (open, line_count) = read_sum(sums)?;
    if paid.amount <= 0 || open != -paid.amount {
        let open = Money::new(open, paid.currency);
        let detail = format!("The {line_count} open lines up to {} come to {open}.", cmd.until);
        return Err(PAY_IN_DIFFERS.at("/amount", detail).into());
    }
    tx.tell(sql!(
        "INSERT INTO payout (id, merchant_id, currency, amount, line_count, closed_until, status,
           proposed_by, proposed_at, paid_at, version) VALUES ($1, $2, $3, $4, $5, $6, 'paid', $7, $8, $8, 1)",
        payout,
        cmd.merchant,
        paid.currency,
        open,
        line_count,
        cmd.until,
        operator,
        ctx.now
    ))?;
    let entry = NewEntry {
        reason: Reason::PaidIn,
        reference: payout.uuid(),
        currency: paid.currency,
        legs: vec![
            Leg::debit(Account::Bank, None, paid.amount),
            Leg::credit(Account::MerchantPayable, Some(cmd.merchant.uuid()), paid.amount),
        ],
    };
    post(tx, ctx, &entry)?;
    let event = MerchantPaidIn {
        payout,
        merchant: cmd.merchant,
        amount: paid.amount,
        currency: paid.currency.code().to_owned(),
    };
    tx.emit(ctx, payout, 1, &event)?;
    Ok(payout)
}
