//! The payer's bank took a payment back. Nobody was asked and nothing is sent: the money is gone, and the books
//! follow. What the order has not given back yet counts as refunded by the bank; what the bank took beyond that is
//! the platform's loss.

use kernel::{Ctx, VoucherId};
use ledger::{LineKind, MAX_LEG, Reason};
use store::{Fail, Lock, StorageError, Tx, sql};
use voucher::Closed;

use crate::commands::EXPIRE_VOUCHER;
use crate::commands::confirm_payment::{ConfirmPayment, confirm_payment, record_conflict};
use crate::events::OrderChargedBack;
use crate::model::{OrderStatus, PaymentOutcome, RefundCause, Stored};
use crate::queries::order_vouchers;
use crate::refund::{NewRefund, return_units, sold_buckets, write_refund};
use crate::reject::PAYMENT_INVALID;
use crate::sale::{Sale, read_sale};
use crate::security_deposit::{self, Deposit};
use crate::taken_back::{book_loss, take_for_refunds};

/// What [`charge_back`] is told, by a webhook that the gateway has verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeBack {
    /// The payment, of which nothing may have been heard before.
    pub payment: ConfirmPayment,
    /// What the bank took, in minor units.
    pub amount: i64,
}

impl ChargeBack {
    /// The attempt's row. [`crate::queries::attempt_route`] names the others too.
    pub fn locks(&self) -> Vec<Lock> {
        self.payment.locks()
    }
}

/// An order whose payment was taken back: its uses are to be reversed by who knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargedBack {
    /// Its vouchers.
    pub vouchers: Vec<VoucherId>,
    /// Those that something was left on until now.
    pub closed: Vec<VoucherId>,
}

/// An order, and what of it has not gone back.
struct Left {
    sale: Sale,
    status: OrderStatus,
    version: i64,
    cash: i64,
    escrow: i64,
    rebate: i64,
    /// What the bank took before.
    charged_back: Option<i64>,
}

/// Books that a payment was taken back, and closes what its order still gives a right to. A step inside the caller's
/// command. `None`: it paid no order, or this was booked before, or it is not booked because less was taken than is
/// left of the payment; that is kept for the platform to look into.
pub fn charge_back(tx: &mut Tx, ctx: &Ctx, cmd: &ChargeBack) -> Result<Option<ChargedBack>, Fail> {
    if !(1..=MAX_LEG).contains(&cmd.amount) {
        let detail = format!("{} minor units are no chargeback.", cmd.amount);
        return Err(PAYMENT_INVALID.at("/amount", detail).into());
    }
    let payment = confirm_payment(tx, ctx, &cmd.payment)?;
    tx.lock(&[Lock::row("orders", payment.order)]);
    let left = left_of(tx, cmd)?;
    let paid = left.sale.amounts.security_deposit;
    let deposit = security_deposit::load_paid(tx, payment.order, paid)?;
    let to_give_back = match payment.outcome {
        PaymentOutcome::Paid => left.cash + deposit.as_ref().map_or(0, Deposit::at_stake),
        PaymentOutcome::Refunded => 0,
        PaymentOutcome::Conflicting => return Ok(None),
    };
    match left.charged_back {
        Some(before) if before == cmd.amount => return Ok(None),
        None if cmd.amount >= to_give_back => {}
        Some(_) | None => {
            record_conflict(tx, ctx, &cmd.payment, payment.order, -cmd.amount)?;
            return Ok(None);
        }
    }
    let attempt = cmd.payment.attempt;
    let lost = take_for_refunds(tx, ctx, attempt, cmd.amount - to_give_back)?;
    tx.tell(sql!(
        "UPDATE payment_attempt SET charged_back = $1, charged_back_at = $2, charged_back_lost = $3 WHERE id = $4",
        cmd.amount,
        ctx.now,
        lost,
        attempt
    ))?;
    book_loss(tx, ctx, attempt.uuid(), cmd.payment.currency, lost)?;
    if payment.outcome != PaymentOutcome::Paid {
        return Ok(None);
    }
    let charged_back = close_order(tx, ctx, &left)?;
    give_rest_back(tx, ctx, cmd, &left)?;
    if let Some(deposit) = &deposit {
        security_deposit::charge_back(tx, ctx, deposit)?;
    }
    let sale = &left.sale;
    let event = OrderChargedBack {
        order: sale.order,
        person: sale.buyer,
        merchant: sale.merchant,
        offer: sale.offer,
        amount: cmd.amount,
        currency: sale.currency.code().to_owned(),
        lost,
    };
    tx.emit(ctx, sale.order, left.version + 1, &event)?;
    Ok(Some(charged_back))
}

fn left_of(tx: &mut Tx, cmd: &ChargeBack) -> Result<Left, Fail> {
    let row = tx.one(sql!(
        "SELECT o.id, o.person_id, o.merchant_id, l.offer_id, o.currency, l.quantity, l.uses, l.card, l.valid_us, l.booked_until,
                o.coupons, l.store_set, o.list_total, o.discount_platform, o.discount_merchant, o.rebate_used, o.cash_due, o.due_at_store,
                o.security_deposit, o.status, o.version, o.cash_due - o.cash_refunded,
                o.list_total - o.discount_merchant - o.due_at_store - o.escrow_refunded,
                o.rebate_used - (SELECT CAST(COALESCE(SUM(r.rebate), 0) AS BIGINT) FROM refund r
                                 WHERE r.order_id = o.id),
                a.charged_back
         FROM payment_attempt a JOIN orders o ON o.id = a.order_id
         JOIN order_line l ON l.order_id = o.id AND l.n = 1 WHERE a.id = $1",
        cmd.payment.attempt
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("a confirmed payment without an order"))?;
    Ok(Left {
        sale: read_sale(&mut row)?,
        status: OrderStatus::from_stored(&row.take::<String>()?)?,
        version: row.take()?,
        cash: row.take()?,
        escrow: row.take()?,
        rebate: row.take()?,
        charged_back: row.take()?,
    })
}

/// Closes the order and its vouchers. What was never used can be sold again, and what was forfeited comes back
/// into escrow.
fn close_order(tx: &mut Tx, ctx: &Ctx, left: &Left) -> Result<ChargedBack, Fail> {
    let sale = &left.sale;
    let vouchers: Vec<_> = order_vouchers(tx, sale.order)?
        .iter()
        .map(|of| of.voucher)
        .collect();
    let (mut closed, mut units) = (Vec::new(), 0);
    for voucher in &vouchers {
        if let Some(rest) = voucher::close(tx, *voucher, Closed::Refunded)? {
            tx.clear_timer(EXPIRE_VOUCHER, *voucher)?;
            closed.push(*voucher);
            if rest.uses_left == sale.uses {
                units += sale.quantity / vouchers.len() as i64;
            }
        }
        if let Some((line, _)) = ledger::queries::line_of(tx, voucher.uuid(), LineKind::Forfeit)? {
            let reason = (LineKind::Chargeback, Reason::ForfeitChargedBack);
            ledger::reverse_line(tx, ctx, &line, reason)?;
        }
    }
    if left.status == OrderStatus::InGroup {
        units = sale.quantity;
    }
    let row = tx.one(sql!(
        "UPDATE orders SET status = $1, cash_refunded = cash_due,
                escrow_refunded = list_total - discount_merchant - due_at_store,
                units_returned = units_returned + $2, version = version + 1
         WHERE id = $3 AND version = $4 RETURNING units_returned",
        OrderStatus::ChargedBack.as_str(),
        units,
        sale.order,
        left.version
    ))?;
    let returned: i64 = row
        .ok_or_else(|| StorageError::bug("an order changed although it is locked"))?
        .take()?;
    if units > 0 {
        let buckets = sold_buckets(tx, sale.offer)?;
        let coupons = (returned == sale.quantity).then_some(sale.coupons);
        return_units(tx, sale.order, buckets, units, coupons)?;
    }
    Ok(ChargedBack { vouchers, closed })
}

/// All that is left in the order's escrow, once its uses are reversed, goes back to where it came from.
fn give_rest_back(tx: &mut Tx, ctx: &Ctx, cmd: &ChargeBack, left: &Left) -> Result<(), Fail> {
    if left.escrow == 0 {
        return Ok(());
    }
    let refund = NewRefund {
        order: left.sale.order,
        voucher: None,
        attempt: Some(cmd.payment.attempt),
        currency: left.sale.currency,
        cash: left.cash,
        rebate: (left.rebate > 0).then_some((left.sale.buyer, left.rebate)),
        subsidy: left.escrow - left.cash - left.rebate,
        cause: RefundCause::ChargedBack,
    };
    write_refund(tx, ctx, &refund)?;
    Ok(())
}
