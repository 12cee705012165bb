//! A provider reports that money came. It pays the order if the amount is right and the order still
//! awaits it; otherwise it goes back whole. Reports come more than once, late and in any order; one that
//! contradicts what settled the try is kept for the platform to look into.

use kernel::{Ctx, Currency, OrderId, PaymentAttemptId, RefundId};
use ledger::{Account, Leg, MAX_LEG, NewEntry, Reason};
use store::{Fail, Lock, Row, StorageError, Tx, sql};

use crate::commands::{check_reference, require_reporter};
use crate::events::{LatePaymentRefunded, PaymentConflicted, PaymentMismatched};
use crate::group::{accepts, read_group};
use crate::hold::{End, end_hold};
use crate::model::{
    AttemptStatus, ConfirmedPayment, OrderStatus, PaymentOutcome, PaymentStatus, RefundCause, Stored,
};
use crate::refund::{NewRefund, write_refund};
use crate::reject::{PAYMENT_INVALID, PAYMENT_NOT_FOUND};
use crate::sale::{Sale, read_sale, settle};

/// What [`confirm_payment`] is told, by a webhook that the gateway has verified or by asking the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmPayment {
    /// Which try.
    pub attempt: PaymentAttemptId,
    /// Who says so: must be the provider that the try was started with.
    pub provider: String,
    /// The provider's name for the payment.
    pub provider_payment: String,
    /// What came, in minor units.
    pub amount: i64,
    /// Of what.
    pub currency: Currency,
    /// A stable name of the card or account that paid, if the provider tells one; never its number.
    pub instrument: Option<String>,
}

impl ConfirmPayment {
    /// The attempt's row. [`crate::queries::attempt_route`] names the others too.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("payment_attempt", self.attempt)]
    }
}

/// The attempt and the order that it is for.
struct Facts {
    status: AttemptStatus,
    provider_payment: Option<String>,
    amount: i64,
    currency: Currency,
    sale: Sale,
}

/// Takes the money. Repeating it gives the same answer and changes nothing.
///
/// Statements: 12 for one unit; each unit more adds 3, a coupon 2.
pub fn confirm_payment(tx: &mut Tx, ctx: &Ctx, cmd: &ConfirmPayment) -> Result<ConfirmedPayment, Fail> {
    require_reporter(ctx)?;
    check_report(cmd)?;
    tx.lock(&cmd.locks());
    let facts = load(tx, cmd)?.ok_or_else(|| PAYMENT_NOT_FOUND.plain())?;
    let order = facts.sale.order;
    let answer = |outcome| ConfirmedPayment { order, outcome };
    match facts.status {
        AttemptStatus::Open | AttemptStatus::Failed => {}
        AttemptStatus::Paid => return settled_before(tx, ctx, cmd, &facts, PaymentOutcome::Paid).map(answer),
        AttemptStatus::Refunded => {
            return settled_before(tx, ctx, cmd, &facts, PaymentOutcome::Refunded).map(answer);
        }
    }
    if (cmd.amount, cmd.currency) != (facts.amount, facts.currency) {
        mismatched(tx, ctx, cmd, &facts)?;
        return Ok(answer(PaymentOutcome::Refunded));
    }
    let claimed = if accepts(tx, facts.sale.group)? {
        claim_order(tx, ctx, &facts.sale)?
    } else {
        end_hold(tx, ctx, order, End::RanOut)?;
        None
    };
    let Some(version) = claimed else {
        let refund = return_whole(tx, ctx, cmd, order, RefundCause::LatePayment)?;
        let attempt = cmd.attempt;
        tx.emit(
            ctx,
            attempt,
            3,
            &LatePaymentRefunded {
                attempt,
                order,
                refund,
            },
        )?;
        return Ok(answer(PaymentOutcome::Refunded));
    };
    settle_attempt(tx, cmd, AttemptStatus::Paid)?;
    tx.tell(sql!(
        "UPDATE payment SET status = $1, version = version + 1 WHERE order_id = $2",
        PaymentStatus::Paid.as_str(),
        order
    ))?;
    settle(tx, ctx, &facts.sale, version)?;
    Ok(answer(PaymentOutcome::Paid))
}

/// The order's version once it is paid. `None`: it does not await its payment any more.
fn claim_order(tx: &mut Tx, ctx: &Ctx, sale: &Sale) -> Result<Option<i64>, Fail> {
    let status = match sale.group {
        None => OrderStatus::Paid,
        Some(_) => OrderStatus::InGroup,
    };
    let claimed = tx.one(sql!(
        "UPDATE orders SET status = $1, paid_at = $2, version = version + 1
         WHERE id = $3 AND status = 'placed' RETURNING version",
        status.as_str(),
        ctx.now,
        sale.order
    ))?;
    Ok(claimed.map(|mut row| row.take()).transpose()?)
}

fn check_report(cmd: &ConfirmPayment) -> Result<(), Fail> {
    check_reference("/provider_payment", &cmd.provider_payment)?;
    if let Some(instrument) = &cmd.instrument {
        check_reference("/instrument", instrument)?;
    }
    if !(1..=MAX_LEG).contains(&cmd.amount) {
        let detail = format!("{} minor units are no payment.", cmd.amount);
        return Err(PAYMENT_INVALID.at("/amount", detail).into());
    }
    Ok(())
}

/// A repetition of the report that settled the try is answered as that was. Any other is money that no order
/// explains, or a provider's mistake: recorded once, for the platform to look into.
fn settled_before(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &ConfirmPayment,
    facts: &Facts,
    outcome: PaymentOutcome,
) -> Result<PaymentOutcome, Fail> {
    let is_same = facts.provider_payment.as_ref() == Some(&cmd.provider_payment)
        && (cmd.amount, cmd.currency) == (facts.amount, facts.currency);
    if is_same {
        return Ok(outcome);
    }
    record_conflict(tx, ctx, cmd, facts.sale.order, cmd.amount)?;
    Ok(PaymentOutcome::Conflicting)
}

/// Keeps a report that nobody books, once. What was taken back has an amount below zero.
pub(super) fn record_conflict(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &ConfirmPayment,
    order: OrderId,
    amount: i64,
) -> Result<(), Fail> {
    let conflict = ctx.new_id();
    let recorded = tx.claim(sql!(
        "INSERT INTO payment_conflict (id, attempt_id, provider_payment, amount, currency, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (attempt_id, provider_payment, amount, currency) DO NOTHING",
        conflict,
        cmd.attempt,
        cmd.provider_payment.as_str(),
        amount,
        cmd.currency,
        ctx.now
    ))?;
    if recorded == 1 {
        let event = PaymentConflicted {
            payment_conflict: conflict,
            attempt: cmd.attempt,
            order,
            received: amount,
            received_currency: cmd.currency.code().to_owned(),
        };
        tx.emit(ctx, conflict, 1, &event)?;
    }
    Ok(())
}

fn load(tx: &mut Tx, cmd: &ConfirmPayment) -> Result<Option<Facts>, Fail> {
    let row = tx.one(sql!(
        "SELECT a.status, a.provider_payment, a.amount, a.currency, o.id, o.person_id, o.merchant_id, l.offer_id,
                o.currency, l.quantity, l.uses, l.card, l.valid_us, l.booked_until, o.coupons, l.store_set, o.list_total,
                o.discount_platform, o.discount_merchant, o.rebate_used, o.cash_due, o.due_at_store, o.security_deposit, o.group_id, g.status
         FROM payment_attempt a JOIN orders o ON o.id = a.order_id
         JOIN order_line l ON l.order_id = o.id AND l.n = 1 LEFT JOIN purchase_group g ON g.id = o.group_id
         WHERE a.id = $1 AND a.provider = $2",
        cmd.attempt,
        cmd.provider.as_str()
    ))?;
    Ok(row.map(read_facts).transpose()?)
}

fn read_facts(mut row: Row) -> Result<Facts, StorageError> {
    let mut facts = Facts {
        status: AttemptStatus::from_stored(&row.take::<String>()?)?,
        provider_payment: row.take()?,
        amount: row.take()?,
        currency: row.take()?,
        sale: Sale {
            hold_timer: true,
            ..read_sale(&mut row)?
        },
    };
    facts.sale.group = read_group(&mut row)?;
    Ok(facts)
}

/// From here on the try says what came, which is not always what was asked for.
fn settle_attempt(tx: &mut Tx, cmd: &ConfirmPayment, status: AttemptStatus) -> Result<(), Fail> {
    tx.tell(sql!(
        "UPDATE payment_attempt SET status = $1, provider_payment = $2, amount = $3, currency = $4, instrument = $5
         WHERE id = $6",
        status.as_str(),
        cmd.provider_payment.as_str(),
        cmd.amount,
        cmd.currency,
        cmd.instrument.as_deref(),
        cmd.attempt
    ))?;
    Ok(())
}

fn mismatched(tx: &mut Tx, ctx: &Ctx, cmd: &ConfirmPayment, facts: &Facts) -> Result<(), Fail> {
    let order = facts.sale.order;
    return_whole(tx, ctx, cmd, order, RefundCause::Mismatch)?;
    let event = PaymentMismatched {
        attempt: cmd.attempt,
        order,
        expected: facts.amount,
        expected_currency: facts.currency.code().to_owned(),
        received: cmd.amount,
        received_currency: cmd.currency.code().to_owned(),
    };
    tx.emit(ctx, cmd.attempt, 3, &event)?;
    Ok(())
}

/// Books money that no order wants and sends all of it back: through the order's escrow, which ends
/// where it was.
fn return_whole(
    tx: &mut Tx,
    ctx: &Ctx,
    cmd: &ConfirmPayment,
    order: OrderId,
    cause: RefundCause,
) -> Result<RefundId, Fail> {
    settle_attempt(tx, cmd, AttemptStatus::Refunded)?;
    let escrow = Some(order.uuid());
    let received = [
        Leg::debit(Account::ProviderClearing, None, cmd.amount),
        Leg::credit(Account::Escrow, escrow, cmd.amount),
    ];
    if let Some(entry) = NewEntry::of(Reason::PaidLate, cmd.attempt.uuid(), cmd.currency, received) {
        ledger::post(tx, ctx, &entry)?;
    }
    let refund = NewRefund {
        order,
        voucher: None,
        attempt: Some(cmd.attempt),
        currency: cmd.currency,
        cash: cmd.amount,
        rebate: None,
        subsidy: 0,
        cause,
    };
    write_refund(tx, ctx, &refund)
}
