//! A chargeback is reversed: the dispute about it was won, and the payer's bank gives back what it had taken. What was
//! used is the merchant's again; for what was not, the money goes on to the payer, because the voucher stays void.

use kernel::{Ctx, Currency, MerchantId, OrderId, PersonId};
use ledger::{Account, Leg, LineKind, NewEntry, Reason, SettlementLine};
use store::{Fail, StorageError, Tx, sql};

use crate::commands::charge_back::ChargeBack;
use crate::commands::confirm_payment::record_conflict;
use crate::events::ChargebackReversed;
use crate::refund::give_to_payer;
use crate::security_deposit;

/// A chargeback that was booked, and what it gave back of its order.
struct Booked {
    order: OrderId,
    buyer: PersonId,
    merchant: MerchantId,
    version: i64,
    currency: Currency,
    lost: i64,
    cash: i64,
    rebate: i64,
    /// Of refunds that it was taken for, of which the provider has not said whether it moved them too. They wait in
    /// the order's escrow until it does.
    perhaps_moved: i64,
    /// What was paid beside the price.
    security_deposit: i64,
}

/// Where the money goes that the bank gives back.
struct PutBack {
    /// Into the order's escrow, from where it is the merchant's and the platform's.
    used: i64,
    /// Of that, the platform's own share of discounts.
    subsidy: i64,
    /// Of that, what the buyer had paid from rebates, and got back with the chargeback.
    rebate: i64,
    /// Of that, what the payer paid.
    cash: i64,
    /// For what was not used, and for refunds that the chargeback had been taken for.
    to_payer: i64,
}

/// Books that a chargeback was reversed. `reversed` are the lines by which it was taken off the merchant's statement. A
/// step inside the caller's command, after [`crate::charge_back`]. Repeating it changes nothing; of a chargeback that
/// was not booked, or in another amount, it is kept for the platform to look into.
pub fn reverse_chargeback(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &ChargeBack,
    reversed: &[SettlementLine],
) -> Result<(), Fail> {
    let Some(booked) = claim(tx, ctx, cmd)? else {
        return Ok(());
    };
    let deposit = security_deposit::load_paid(tx, booked.order, booked.security_deposit)?;
    let claimed = match deposit {
        Some(deposit) => security_deposit::reverse_chargeback(tx, ctx, &deposit)?,
        None => 0,
    };
    let amount = cmd.amount - claimed;
    let back = put_back(amount, &booked, reversed);
    let from_balance = ledger::spend_up_to(tx, booked.buyer, booked.currency, back.rebate)?;
    let (order, buyer) = (booked.order.uuid(), Some(booked.buyer.uuid()));
    let legs = [
        Leg::debit(Account::ProviderClearing, None, amount),
        Leg::debit(Account::Subsidy, None, back.subsidy),
        Leg::debit(Account::RebatePayable, buyer, from_balance),
        Leg::debit(Account::SharerReceivable, buyer, back.rebate - from_balance),
        Leg::credit(Account::ChargebackLoss, None, booked.lost),
        Leg::credit(Account::Escrow, Some(order), back.used + back.to_payer),
    ];
    let attempt = cmd.payment.attempt;
    let entry = NewEntry::of(Reason::ChargebackReversed, attempt.uuid(), booked.currency, legs);
    if let Some(entry) = entry {
        ledger::post(tx, ctx, &entry)?;
    }
    for line in reversed {
        restore(tx, ctx, line)?;
    }
    let sent_on = back.to_payer - booked.perhaps_moved;
    give_to_payer(tx, ctx, (booked.order, attempt), booked.currency, sent_on)?;
    tx.tell(sql!(
        "UPDATE orders SET cash_refunded = cash_refunded - $1, escrow_refunded = escrow_refunded - $2,
                version = version + 1 WHERE id = $3",
        back.cash,
        back.used,
        booked.order
    ))?;
    let event = ChargebackReversed {
        order: booked.order,
        merchant: booked.merchant,
        amount: cmd.amount,
        currency: booked.currency.code().to_owned(),
        to_payer: sent_on,
    };
    Ok(tx.emit(ctx, booked.order, booked.version + 1, &event)?)
}

fn claim(tx: &mut Tx, ctx: &Ctx, cmd: &ChargeBack) -> Result<Option<Booked>, Fail> {
    let claimed = tx.claim(sql!(
        "UPDATE payment_attempt SET chargeback_reversed_at = $1
         WHERE id = $2 AND charged_back = $3 AND chargeback_reversed_at IS NULL",
        ctx.now,
        cmd.payment.attempt,
        cmd.amount
    ))?;
    let row = tx.one(sql!(
        "SELECT o.id, o.person_id, o.merchant_id, o.version, a.currency, a.charged_back, a.charged_back_lost,
                COALESCE(r.amount, 0), COALESCE(r.rebate, 0),
                (SELECT CAST(COALESCE(SUM(t.amount), 0) AS BIGINT) FROM refund t
                 WHERE t.attempt_id = a.id AND t.status = 'taken_back'), o.security_deposit
         FROM payment_attempt a JOIN orders o ON o.id = a.order_id
         LEFT JOIN refund r ON r.order_id = o.id AND r.attempt_id = a.id AND r.cause = 'charged_back'
         WHERE a.id = $1",
        cmd.payment.attempt
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("a charged back payment without an order"))?;
    let (order, buyer, merchant) = (row.take()?, row.take()?, row.take()?);
    let (version, currency) = (row.take()?, row.take()?);
    let charged_back: Option<i64> = row.take()?;
    if claimed == 0 {
        if charged_back != Some(cmd.amount) {
            record_conflict(tx, ctx, &cmd.payment, order, cmd.amount)?;
        }
        return Ok(None);
    }
    Ok(Some(Booked {
        order,
        buyer,
        merchant,
        version,
        currency,
        lost: row.take::<Option<i64>>()?.unwrap_or_default(),
        cash: row.take()?,
        rebate: row.take()?,
        perhaps_moved: row.take()?,
        security_deposit: row.take()?,
    }))
}

/// What was used is paid first from what the buyer paid in cash; rebates that the buyer has again count as given back for
/// what was not used.
fn put_back(amount: i64, booked: &Booked, reversed: &[SettlementLine]) -> PutBack {
    let used = -reversed
        .iter()
        .map(|line| line.price - line.discount_merchant - line.due_at_store)
        .sum::<i64>();
    let subsidy = -reversed.iter().map(|line| line.discount_platform).sum::<i64>();
    let unused = booked.cash + booked.rebate - (used - subsidy);
    let rebate = booked.rebate - booked.rebate.min(unused);
    let cash = used - subsidy - rebate;
    PutBack {
        used,
        subsidy,
        rebate,
        cash,
        to_payer: amount - booked.lost - cash,
    }
}

/// What a chargeback took off a merchant's statement is on it again. The sharer's rebate is not set aside once more: it
/// stays the merchant's.
fn restore(tx: &mut Tx, ctx: &Ctx, reversed: &SettlementLine) -> Result<(), Fail> {
    let line = SettlementLine {
        id: ctx.new_id(),
        kind: LineKind::ChargebackReversed,
        price: -reversed.price,
        discount_platform: -reversed.discount_platform,
        discount_merchant: -reversed.discount_merchant,
        due_at_store: -reversed.due_at_store,
        commission: -reversed.commission,
        rebate: 0,
        payable: -reversed.payable - reversed.rebate,
        at: ctx.now,
        ..reversed.clone()
    };
    let reason = match line.reference == line.voucher.uuid() {
        true => Reason::ForfeitRestored,
        false => Reason::RedemptionRestored,
    };
    ledger::settle_line(tx, ctx, &line, reason)
}
