//! The money behind vouchers, and money on its way back.

use std::collections::BTreeMap;

use kernel::{
    BasisPoints, Currency, MerchantId, Money, OfferId, OrderId, PaymentAttemptId, PersonId, RefundId,
    StoreId, Timestamp, VoucherId,
};
use offer::{Card, DepositKind, OnExpiry};
use store::{Fail, Query, ReadTx, Row, StorageError, sql};
use voucher::VoucherStatus;

use super::orders::{take_deposit, take_money, take_on_expiry};
use super::{all, below, first, page, take_share};
use crate::decide::{UnitMoney, rest_after, split_fee};
use crate::model::{RefundCause, RefundStatus, Stored};

/// One voucher with its money and the frozen terms under which that is used, refunded or forfeited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherMoney {
    /// Which.
    pub voucher: VoucherId,
    /// Of which order.
    pub order: OrderId,
    /// Who sold it.
    pub merchant: MerchantId,
    /// Who bought it, to whom its money goes back.
    pub buyer: PersonId,
    /// Who earns a rebate when it is used.
    pub sharer: Option<PersonId>,
    /// Of all amounts.
    pub currency: Currency,
    /// What it is a right to.
    pub offer: OfferId,
    /// Units of the whole order.
    pub quantity: i64,
    /// Until when it was booked, if it is the right to a booking or an open ticket: all units are this one voucher.
    pub booked_until: Option<Timestamp>,
    /// Where it was booked, if it is the right to a booking.
    pub booked_store: Option<StoreId>,
    /// How often it can be used.
    pub uses: i64,
    /// How, if it is a card.
    pub card: Option<Card>,
    /// The platform's commission on each use.
    pub commission: BasisPoints,
    /// The sharer's rebate on each use; zero without a sharer.
    pub rebate: BasisPoints,
    /// How long after a redemption it can be refunded.
    pub refund_window_us: i64,
    /// How long after a redemption it can be undone.
    pub undo_window_us: i64,
    /// What becomes of what nobody used.
    pub on_expiry: OnExpiry,
    /// Of which kind the deposit is, if not all of the price was paid ahead.
    pub deposit: Option<DepositKind>,
    /// What was paid for it, and by whom.
    pub paid: UnitMoney,
    /// What was paid beside it as a security deposit, in minor units.
    pub security_deposit: i64,
}

impl VoucherMoney {
    /// How many units of the order it is: one, or all of what was booked.
    pub fn units(&self) -> i64 {
        match self.booked_until {
            Some(_) => self.quantity,
            None => 1,
        }
    }

    /// Whether it is for seats that are not chosen yet.
    pub fn is_open_ticket(&self) -> bool {
        self.booked_until.is_some() && self.booked_store.is_none()
    }

    /// What is left to be paid at the store for the last so many of its uses.
    pub fn due_at_store(&self, uses_left: i64) -> Money {
        let rest = rest_after(&self.paid, self.uses, self.uses - uses_left);
        Money::new(rest.due_at_store, self.currency)
    }

    /// What the merchant keeps of it if its guest gives it up and no booking's policy says otherwise.
    pub fn fee(&self) -> BasisPoints {
        match self.deposit {
            Some(DepositKind::Earnest) => BasisPoints::WHOLE,
            Some(DepositKind::Refundable | DepositKind::PayAfter) | None => BasisPoints::ZERO,
        }
    }
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundView {
    /// Its id.
    pub id: RefundId,
    /// Of which order.
    pub order: OrderId,
    /// For which voucher, if for one.
    pub voucher: Option<VoucherId>,
    /// Through the provider, in minor units.
    pub amount: i64,
    /// Into the buyer's rebate balance, in minor units.
    pub rebate: i64,
    /// From the merchant into the same balance, because it gave up what earnest money was paid for, in minor units.
    pub compensation: i64,
    /// Of all of them.
    pub currency: Currency,
    /// Why.
    pub cause: RefundCause,
    /// Where it stands.
    pub status: RefundStatus,
    /// How often it was sent.
    pub tries: i64,
    /// When it was decided.
    pub requested_at: Timestamp,
}

/// A refund that a provider has to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundToSend {
    /// Its id, under which it is sent however often.
    pub refund: RefundId,
    /// Of which order.
    pub order: OrderId,
    /// The try whose money it is.
    pub attempt: PaymentAttemptId,
    /// Through which provider.
    pub provider: String,
    /// The provider's name for the payment.
    pub provider_payment: Option<String>,
    /// What was paid in that try, in minor units.
    pub paid: i64,
    /// What goes back, in minor units.
    pub amount: i64,
    /// Of what.
    pub currency: Currency,
    /// How often it was sent before.
    pub tries: i64,
}

/// What comes back if a voucher is refunded now, and by which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundPreview {
    /// Uses that are left.
    pub uses_left: i64,
    /// Through the provider, in minor units.
    pub cash: i64,
    /// Into the rebate balance, in minor units.
    pub rebate: i64,
    /// What the merchant keeps, in minor units.
    pub kept: i64,
    /// Of all of them.
    pub currency: Currency,
    /// The provider through which the cash goes back, if any does.
    pub provider: Option<String>,
    /// Whether the order's coupon can be used again, because this is the last unit and none was used.
    pub coupon_returns: bool,
}

fn read_voucher_money(row: &mut Row) -> Result<VoucherMoney, StorageError> {
    Ok(VoucherMoney {
        voucher: row.take()?,
        order: row.take()?,
        merchant: row.take()?,
        buyer: row.take()?,
        sharer: row.take()?,
        currency: row.take()?,
        offer: row.take()?,
        quantity: row.take()?,
        booked_until: row.take()?,
        booked_store: row.take()?,
        uses: row.take()?,
        card: row.take_json_option()?,
        commission: take_share(row)?,
        rebate: take_share(row)?,
        refund_window_us: row.take()?,
        undo_window_us: row.take()?,
        on_expiry: take_on_expiry(row)?,
        deposit: take_deposit(row)?,
        paid: take_money(row)?,
        security_deposit: row.take()?,
    })
}

fn voucher_money_query(voucher: VoucherId) -> Query {
    sql!(
        "SELECT v.voucher_id, o.id, o.merchant_id, o.person_id, o.sharer_id, o.currency, l.offer_id, l.quantity, l.booked_until,
                l.booked_store, l.uses, l.card,
                l.commission_bp, l.rebate_bp, l.refund_window_us, l.undo_window_us, l.on_expiry, l.deposit, v.price,
                v.discount_platform, v.discount_merchant, v.rebate_used, v.cash, v.due_at_store,
                o.security_deposit
         FROM order_voucher v JOIN orders o ON o.id = v.order_id
         JOIN order_line l ON l.order_id = v.order_id AND l.n = v.line_n WHERE v.voucher_id = $1",
        voucher
    )
}

/// The money behind a voucher. One statement.
pub fn voucher_money(read: &mut ReadTx, voucher: VoucherId) -> Result<Option<VoucherMoney>, Fail> {
    first(read.one(voucher_money_query(voucher))?, read_voucher_money)
}

/// What was paid for each of these vouchers, in one round trip.
pub fn voucher_moneys(
    read: &mut ReadTx,
    vouchers: impl IntoIterator<Item = VoucherId>,
) -> Result<BTreeMap<VoucherId, VoucherMoney>, Fail> {
    let questions = vouchers.into_iter().map(voucher_money_query).collect();
    let rows = read.ask_all(questions)?.into_iter().flatten().collect();
    let found = all(rows, read_voucher_money)?.into_iter();
    Ok(found.map(|money| (money.voucher, money)).collect())
}

/// What would come back. `None`: no such voucher, or none that can be refunded now.
pub fn preview_refund(
    read: &mut ReadTx,
    voucher: VoucherId,
    now: Timestamp,
) -> Result<Option<RefundPreview>, Fail> {
    let (Some(money), Some(held)) = (
        voucher_money(read, voucher)?,
        voucher::queries::voucher(read, voucher)?,
    ) else {
        return Ok(None);
    };
    if held.status != VoucherStatus::Live || held.valid_until <= now {
        return Ok(None);
    }
    let rest = rest_after(&money.paid, money.uses, money.uses - held.uses_left);
    let (kept, back) = split_fee(&rest, money.deposit, money.fee());
    let [orders, attempts] = read.ask([
        sql!(
            "SELECT units_returned, coupons FROM orders WHERE id = $1",
            money.order
        ),
        sql!(
            "SELECT provider FROM payment_attempt WHERE order_id = $1 AND status = 'paid'",
            money.order
        ),
    ])?;
    let order = first(orders.into_iter().next(), |row| {
        Ok((row.take::<i64>()?, row.take::<i64>()?))
    })?;
    let is_last =
        order.is_some_and(|(returned, coupons)| returned + money.units() == money.quantity && coupons > 0);
    let provider = first(attempts.into_iter().next(), |row| row.take())?;
    Ok(Some(RefundPreview {
        uses_left: held.uses_left,
        cash: back.cash,
        rebate: back.rebate_used,
        kept: kept.escrow(),
        currency: money.currency,
        provider: provider.filter(|_| back.cash > 0),
        coupon_returns: is_last && held.uses_left == money.uses,
    }))
}

fn read_refund(row: &mut Row) -> Result<RefundView, StorageError> {
    Ok(RefundView {
        id: row.take()?,
        order: row.take()?,
        voucher: row.take()?,
        amount: row.take()?,
        rebate: row.take()?,
        compensation: row.take()?,
        currency: row.take()?,
        cause: RefundCause::from_stored(&row.take::<String>()?)?,
        status: RefundStatus::from_stored(&row.take::<String>()?)?,
        tries: row.take()?,
        requested_at: row.take()?,
    })
}

/// A refund.
pub fn refund(read: &mut ReadTx, refund: RefundId) -> Result<Option<RefundView>, Fail> {
    let row = read.one(sql!(
        "SELECT id, order_id, voucher_id, amount, rebate, compensation, currency, cause, status, tries, requested_at
         FROM refund WHERE id = $1",
        refund
    ))?;
    first(row, read_refund)
}

/// An order's refunds, the first one first.
pub fn refunds_of(read: &mut ReadTx, order: OrderId) -> Result<Vec<RefundView>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, order_id, voucher_id, amount, rebate, compensation, currency, cause, status, tries, requested_at
         FROM refund WHERE order_id = $1 ORDER BY id",
        order
    ))?;
    all(rows, read_refund)
}

/// What went back to a person, newest first.
pub fn refunds_of_person(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<RefundId>,
    limit: i64,
) -> Result<Vec<RefundView>, Fail> {
    let rows = read.many(sql!(
        "SELECT r.id, r.order_id, r.voucher_id, r.amount, r.rebate, r.compensation, r.currency, r.cause, r.status, r.tries,
                r.requested_at
         FROM orders o JOIN refund r ON r.order_id = o.id
         WHERE o.person_id = $1 AND r.id < $2 ORDER BY r.id DESC LIMIT $3",
        person,
        below(after),
        page(limit)
    ))?;
    all(rows, read_refund)
}

/// Everybody's refunds with the merchant whose sale it was, newest first; those that stand at `status`, or all.
pub fn refunds(
    read: &mut ReadTx,
    status: Option<RefundStatus>,
    after: Option<RefundId>,
    limit: i64,
) -> Result<Vec<(MerchantId, RefundView)>, Fail> {
    let query = match status {
        Some(status) => sql!(
            "SELECT o.merchant_id, r.id, r.order_id, r.voucher_id, r.amount, r.rebate, r.compensation, r.currency, r.cause, r.status,
                    r.tries, r.requested_at
             FROM refund r JOIN orders o ON o.id = r.order_id
             WHERE r.status = $1 AND r.id < $2 ORDER BY r.id DESC LIMIT $3",
            status.as_str(),
            below(after),
            page(limit)
        ),
        None => sql!(
            "SELECT o.merchant_id, r.id, r.order_id, r.voucher_id, r.amount, r.rebate, r.compensation, r.currency, r.cause, r.status,
                    r.tries, r.requested_at
             FROM refund r JOIN orders o ON o.id = r.order_id
             WHERE r.id < $1 ORDER BY r.id DESC LIMIT $2",
            below(after),
            page(limit)
        ),
    };
    all(read.many(query)?, |row| Ok((row.take()?, read_refund(row)?)))
}

/// How many refunds the provider refused and nothing has sent again.
pub fn refunds_failed(read: &mut ReadTx) -> Result<i64, Fail> {
    let row = read.one(sql!("SELECT COUNT(*) FROM refund WHERE status = 'failed'"))?;
    Ok(first(row, |row| row.take())?.unwrap_or_default())
}

/// Refunds that stand at `status` and need a provider, the oldest first, after the refund `after`: for
/// the gateway those that are requested, and later those that failed or were sent and not confirmed.
pub fn refunds_to_send(
    read: &mut ReadTx,
    status: RefundStatus,
    after: Option<RefundId>,
    limit: i64,
) -> Result<Vec<RefundToSend>, Fail> {
    let rows = read.many(sql!(
        "SELECT r.id, r.order_id, a.id, a.provider, a.provider_payment, a.amount, r.amount, r.currency, r.tries
         FROM refund r JOIN payment_attempt a ON a.id = r.attempt_id
         WHERE r.status = $1 AND r.id > $2 ORDER BY r.id LIMIT $3",
        status.as_str(),
        after.map_or([0; 16], |id| id.uuid().into_bytes()),
        page(limit)
    ))?;
    all(rows, |row| {
        Ok(RefundToSend {
            refund: row.take()?,
            order: row.take()?,
            attempt: row.take()?,
            provider: row.take()?,
            provider_payment: row.take()?,
            paid: row.take()?,
            amount: row.take()?,
            currency: row.take()?,
            tries: row.take()?,
        })
    })
}
