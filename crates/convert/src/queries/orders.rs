//! Orders, their vouchers and the tries at paying them.

use kernel::{
    AgreementId, BasisPoints, Currency, EntryId, GroupId, MerchantId, Money, OfferId, OrderId,
    PaymentAttemptId, PaymentId, PersonId, ShareLinkId, Timestamp, VoucherId,
};
use offer::{Card, DepositKind, OnExpiry};
use store::{Fail, ReadTx, Row, StorageError, sql};

use super::{all, below, first, page, take_share};
use crate::decide::UnitMoney;
use crate::model::{Amounts, AttemptStatus, Discount, OrderStatus, SelfDealing, Stored};

/// An order with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderView {
    /// Its id.
    pub id: OrderId,
    /// Who buys.
    pub person: PersonId,
    /// Who sells.
    pub merchant: MerchantId,
    /// Where it stands.
    pub status: OrderStatus,
    /// Of all its amounts.
    pub currency: Currency,
    /// What it costs and who pays.
    pub amounts: Amounts,
    /// Where the buyer came from.
    pub entry: Option<EntryId>,
    /// Which recommendation it follows.
    pub share_link: Option<ShareLinkId>,
    /// Whose recommendation that is.
    pub sharer: Option<PersonId>,
    /// The group that it opens or joins.
    pub group: Option<GroupId>,
    /// Until when its units are kept while it awaits its payment.
    pub hold_until: Timestamp,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// How much cash went back or is on its way back, in minor units.
    pub cash_refunded: i64,
    /// How many units came back unused.
    pub units_returned: i64,
    /// Counts its changes.
    pub version: i64,
    /// The intent to be paid.
    pub payment: PaymentId,
    /// What was bought, with the terms that were frozen.
    pub line: OrderLine,
}

/// What was bought, with the terms that were frozen when the order was placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// What.
    pub offer: OfferId,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// Which version of its terms.
    pub agreement_version: i64,
    /// Units.
    pub quantity: i64,
    /// What was taken off, in order.
    pub discounts: Vec<Discount>,
    /// The platform's commission.
    pub commission: BasisPoints,
    /// The sharer's rebate; zero without a sharer.
    pub rebate: BasisPoints,
    /// How often one voucher can be used.
    pub uses: i64,
    /// How, if it is a card.
    pub card: Option<Card>,
    /// How long after the payment a voucher is valid.
    pub valid_us: i64,
    /// How long after a redemption it can be refunded.
    pub refund_window_us: i64,
    /// How long after a redemption it can be undone.
    pub undo_window_us: i64,
    /// What becomes of a voucher that nobody used.
    pub on_expiry: OnExpiry,
    /// Of which kind the deposit is, if not all of the price was paid ahead.
    pub deposit: Option<DepositKind>,
}

/// One voucher of an order with the money behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderVoucher {
    /// Which.
    pub voucher: VoucherId,
    /// What was paid for it, and by whom.
    pub paid: UnitMoney,
}

/// One try at a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id, the reference that the provider is given.
    pub id: PaymentAttemptId,
    /// For which order.
    pub order: OrderId,
    /// Who is to pay.
    pub person: PersonId,
    /// With which provider.
    pub provider: String,
    /// The provider's name for it, once known.
    pub provider_payment: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// Of what.
    pub currency: Currency,
    /// Where it stands.
    pub status: AttemptStatus,
    /// What the payer's bank took back of it, in minor units.
    pub charged_back: Option<i64>,
    /// When it gave that back.
    pub chargeback_reversed_at: Option<Timestamp>,
    /// When it was begun.
    pub at: Timestamp,
}

pub(super) fn take_amounts(row: &mut Row) -> Result<Amounts, StorageError> {
    Ok(Amounts {
        list_total: row.take()?,
        discount_platform: row.take()?,
        discount_merchant: row.take()?,
        rebate_used: row.take()?,
        cash_due: row.take()?,
        due_at_store: row.take()?,
        security_deposit: row.take()?,
    })
}

pub(super) fn take_on_expiry(row: &mut Row) -> Result<OnExpiry, StorageError> {
    let text: String = row.take()?;
    OnExpiry::from_name(&text).ok_or_else(|| StorageError::bug(format!("{text:?} is no rule for expiry")))
}

pub(super) fn take_deposit(row: &mut Row) -> Result<Option<DepositKind>, StorageError> {
    let text: Option<String> = row.take()?;
    let kind = |text: String| {
        DepositKind::from_name(&text).ok_or_else(|| StorageError::bug(format!("{text:?} is no deposit")))
    };
    text.map(kind).transpose()
}

pub(super) fn take_money(row: &mut Row) -> Result<UnitMoney, StorageError> {
    Ok(UnitMoney {
        price: row.take()?,
        discount_platform: row.take()?,
        discount_merchant: row.take()?,
        rebate_used: row.take()?,
        cash: row.take()?,
        due_at_store: row.take()?,
    })
}

fn read_order(row: &mut Row) -> Result<OrderView, StorageError> {
    Ok(OrderView {
        id: row.take()?,
        person: row.take()?,
        merchant: row.take()?,
        status: OrderStatus::from_stored(&row.take::<String>()?)?,
        currency: row.take()?,
        amounts: take_amounts(row)?,
        entry: row.take()?,
        share_link: row.take()?,
        sharer: row.take()?,
        group: row.take()?,
        hold_until: row.take()?,
        placed_at: row.take()?,
        paid_at: row.take()?,
        cash_refunded: row.take()?,
        units_returned: row.take()?,
        version: row.take()?,
        payment: row.take()?,
        line: OrderLine {
            offer: row.take()?,
            agreement: row.take()?,
            agreement_version: row.take()?,
            quantity: row.take()?,
            discounts: row.take_json()?,
            commission: take_share(row)?,
            rebate: take_share(row)?,
            uses: row.take()?,
            card: row.take_json_option()?,
            valid_us: row.take()?,
            refund_window_us: row.take()?,
            undo_window_us: row.take()?,
            on_expiry: take_on_expiry(row)?,
            deposit: take_deposit(row)?,
        },
    })
}

/// An order.
pub fn order(read: &mut ReadTx, order: OrderId) -> Result<Option<OrderView>, Fail> {
    let row = read.one(sql!(
        "SELECT o.id, o.person_id, o.merchant_id, o.status, o.currency, o.list_total, o.discount_platform,
                o.discount_merchant, o.rebate_used, o.cash_due, o.due_at_store, o.security_deposit, o.entry_id, o.share_link_id,
                o.sharer_id, o.group_id, o.hold_until, o.placed_at, o.paid_at, o.cash_refunded, o.units_returned, o.version, p.id,
                l.offer_id, l.agreement_id, l.agreement_version, l.quantity, l.discounts, l.commission_bp, l.rebate_bp,
                l.uses, l.card, l.valid_us, l.refund_window_us, l.undo_window_us, l.on_expiry, l.deposit
         FROM orders o JOIN order_line l ON l.order_id = o.id AND l.n = 1 JOIN payment p ON p.order_id = o.id
         WHERE o.id = $1",
        order
    ))?;
    first(row, read_order)
}

/// What everybody bought.
pub fn orders(read: &mut ReadTx, after: Option<OrderId>, limit: i64) -> Result<Vec<OrderView>, Fail> {
    let rows = read.many(sql!(
        "SELECT o.id, o.person_id, o.merchant_id, o.status, o.currency, o.list_total, o.discount_platform,
                o.discount_merchant, o.rebate_used, o.cash_due, o.due_at_store, o.security_deposit, o.entry_id, o.share_link_id,
                o.sharer_id, o.group_id, o.hold_until, o.placed_at, o.paid_at, o.cash_refunded, o.units_returned, o.version, p.id,
                l.offer_id, l.agreement_id, l.agreement_version, l.quantity, l.discounts, l.commission_bp, l.rebate_bp,
                l.uses, l.card, l.valid_us, l.refund_window_us, l.undo_window_us, l.on_expiry, l.deposit
         FROM orders o JOIN order_line l ON l.order_id = o.id AND l.n = 1 JOIN payment p ON p.order_id = o.id
         WHERE o.id < $1 ORDER BY o.id DESC LIMIT $2",
        below(after),
        page(limit)
    ))?;
    all(rows, read_order)
}

/// What a person bought.
pub fn orders_of_person(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<OrderId>,
    limit: i64,
) -> Result<Vec<OrderView>, Fail> {
    let rows = read.many(sql!(
        "SELECT o.id, o.person_id, o.merchant_id, o.status, o.currency, o.list_total, o.discount_platform,
                o.discount_merchant, o.rebate_used, o.cash_due, o.due_at_store, o.security_deposit, o.entry_id, o.share_link_id,
                o.sharer_id, o.group_id, o.hold_until, o.placed_at, o.paid_at, o.cash_refunded, o.units_returned, o.version, p.id,
                l.offer_id, l.agreement_id, l.agreement_version, l.quantity, l.discounts, l.commission_bp, l.rebate_bp,
                l.uses, l.card, l.valid_us, l.refund_window_us, l.undo_window_us, l.on_expiry, l.deposit
         FROM orders o JOIN order_line l ON l.order_id = o.id AND l.n = 1 JOIN payment p ON p.order_id = o.id
         WHERE o.person_id = $1 AND o.id < $2 ORDER BY o.id DESC LIMIT $3",
        person,
        below(after),
        page(limit)
    ))?;
    all(rows, read_order)
}

/// What a merchant sold.
pub fn orders_of_merchant(
    read: &mut ReadTx,
    merchant: MerchantId,
    after: Option<OrderId>,
    limit: i64,
) -> Result<Vec<OrderView>, Fail> {
    let rows = read.many(sql!(
        "SELECT o.id, o.person_id, o.merchant_id, o.status, o.currency, o.list_total, o.discount_platform,
                o.discount_merchant, o.rebate_used, o.cash_due, o.due_at_store, o.security_deposit, o.entry_id, o.share_link_id,
                o.sharer_id, o.group_id, o.hold_until, o.placed_at, o.paid_at, o.cash_refunded, o.units_returned, o.version, p.id,
                l.offer_id, l.agreement_id, l.agreement_version, l.quantity, l.discounts, l.commission_bp, l.rebate_bp,
                l.uses, l.card, l.valid_us, l.refund_window_us, l.undo_window_us, l.on_expiry, l.deposit
         FROM orders o JOIN order_line l ON l.order_id = o.id AND l.n = 1 JOIN payment p ON p.order_id = o.id
         WHERE o.merchant_id = $1 AND o.id < $2 ORDER BY o.id DESC LIMIT $3",
        merchant,
        below(after),
        page(limit)
    ))?;
    all(rows, read_order)
}

/// The vouchers of an order, in the order in which they were issued.
pub fn order_vouchers(read: &mut ReadTx, order: OrderId) -> Result<Vec<OrderVoucher>, Fail> {
    let rows = read.many(sql!(
        "SELECT voucher_id, price, discount_platform, discount_merchant, rebate_used, cash, due_at_store
         FROM order_voucher WHERE order_id = $1 ORDER BY voucher_id",
        order
    ))?;
    all(rows, |row| {
        Ok(OrderVoucher {
            voucher: row.take()?,
            paid: take_money(row)?,
        })
    })
}

/// One try at a payment, by the reference that the provider was given.
pub fn attempt(read: &mut ReadTx, attempt: PaymentAttemptId) -> Result<Option<Attempt>, Fail> {
    let row = read.one(sql!(
        "SELECT a.id, a.order_id, o.person_id, a.provider, a.provider_payment, a.amount, a.currency, a.status,
                a.charged_back, a.chargeback_reversed_at, a.at
         FROM payment_attempt a JOIN orders o ON o.id = a.order_id WHERE a.id = $1",
        attempt
    ))?;
    first(row, read_attempt)
}

/// An order's tries to be paid, the first one first.
pub fn attempts_of(read: &mut ReadTx, order: OrderId) -> Result<Vec<Attempt>, Fail> {
    let rows = read.many(sql!(
        "SELECT a.id, a.order_id, o.person_id, a.provider, a.provider_payment, a.amount, a.currency, a.status,
                a.charged_back, a.chargeback_reversed_at, a.at
         FROM payment p JOIN payment_attempt a ON a.payment_id = p.id JOIN orders o ON o.id = p.order_id
         WHERE p.order_id = $1 ORDER BY a.id",
        order
    ))?;
    all(rows, read_attempt)
}

/// A person's tries to pay, newest first.
pub fn attempts_of_person(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<PaymentAttemptId>,
    limit: i64,
) -> Result<Vec<Attempt>, Fail> {
    let rows = read.many(sql!(
        "SELECT a.id, a.order_id, o.person_id, a.provider, a.provider_payment, a.amount, a.currency, a.status,
                a.charged_back, a.chargeback_reversed_at, a.at
         FROM orders o JOIN payment_attempt a ON a.order_id = o.id
         WHERE o.person_id = $1 AND a.id < $2 ORDER BY a.id DESC LIMIT $3",
        person,
        below(after),
        page(limit)
    ))?;
    all(rows, read_attempt)
}

/// Tries that were paid, in the order of their ids, each with what came back of its order's payment.
pub fn paid_attempts(
    read: &mut ReadTx,
    after: Option<PaymentAttemptId>,
    limit: i64,
) -> Result<Vec<(Attempt, i64)>, Fail> {
    let rows = read.many(sql!(
        "SELECT a.id, a.order_id, o.person_id, a.provider, a.provider_payment, a.amount, a.currency, a.status,
           a.charged_back, a.chargeback_reversed_at, a.at,
           (SELECT CAST(COALESCE(SUM(r.amount), 0) AS BIGINT) FROM refund r
            WHERE r.order_id = a.order_id AND r.status = 'succeeded' AND r.cause <> 'charged_back')
         FROM payment_attempt a JOIN orders o ON o.id = a.order_id
         WHERE a.id > $1 AND a.status = 'paid' ORDER BY a.id LIMIT $2",
        after.map_or([0; 16], |attempt| attempt.uuid().into_bytes()),
        page(limit)
    ))?;
    all(rows, |row| Ok((read_attempt(row)?, row.take()?)))
}

/// A payment that the payer's bank took back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chargeback {
    /// The try that was paid.
    pub attempt: PaymentAttemptId,
    /// Of which order.
    pub order: OrderId,
    /// Who sold.
    pub merchant: MerchantId,
    /// Who says so.
    pub provider: String,
    /// The provider's name for the payment.
    pub provider_payment: Option<String>,
    /// What the bank took.
    pub amount: Money,
    /// How much of it was not left to give back: the platform's loss, unless it is reversed.
    pub lost: Money,
    /// When it was booked.
    pub at: Timestamp,
    /// When the bank gave it back.
    pub reversed_at: Option<Timestamp>,
}

/// What payers' banks took back, the newest payment first.
pub fn chargebacks(
    read: &mut ReadTx,
    after: Option<PaymentAttemptId>,
    limit: i64,
) -> Result<Vec<Chargeback>, Fail> {
    let rows = read.many(sql!(
        "SELECT a.id, o.id, o.merchant_id, a.provider, a.provider_payment, a.currency, a.charged_back,
                a.charged_back_lost, a.charged_back_at, a.chargeback_reversed_at
         FROM payment_attempt a JOIN orders o ON o.id = a.order_id
         WHERE a.charged_back IS NOT NULL AND a.id < $1 ORDER BY a.id DESC LIMIT $2",
        below(after),
        page(limit)
    ))?;
    all(rows, |row| {
        let (attempt, order, merchant) = (row.take()?, row.take()?, row.take()?);
        let (provider, provider_payment) = (row.take()?, row.take()?);
        let currency = row.take()?;
        Ok(Chargeback {
            attempt,
            order,
            merchant,
            provider,
            provider_payment,
            amount: Money::new(row.take()?, currency),
            lost: Money::new(row.take()?, currency),
            at: row.take()?,
            reversed_at: row.take()?,
        })
    })
}

fn read_attempt(row: &mut Row) -> Result<Attempt, StorageError> {
    Ok(Attempt {
        id: row.take()?,
        order: row.take()?,
        person: row.take()?,
        provider: row.take()?,
        provider_payment: row.take()?,
        amount: row.take()?,
        currency: row.take()?,
        status: AttemptStatus::from_stored(&row.take::<String>()?)?,
        charged_back: row.take()?,
        chargeback_reversed_at: row.take()?,
        at: row.take()?,
    })
}

/// Why the order's sharer gains by dealing with themself, if they do: the order was paid with an instrument that the
/// sharer has paid with, the sharer bought at this merchant by the buyer's recommendation, or the two signed in on one
/// device. Two statements.
pub fn self_dealing(read: &mut ReadTx, order: OrderId) -> Result<Option<SelfDealing>, Fail> {
    let [shared_instruments, circles, people] = read.ask([
        sql!(
            "SELECT b.id FROM orders o JOIN payment_attempt a ON a.order_id = o.id AND a.status = 'paid'
             JOIN orders s ON s.person_id = o.sharer_id
             JOIN payment_attempt b ON b.order_id = s.id AND b.status = 'paid' AND b.instrument = a.instrument
             WHERE o.id = $1 LIMIT 1",
            order
        ),
        sql!(
            "SELECT s.id FROM orders o JOIN orders s
               ON s.person_id = o.sharer_id AND s.sharer_id = o.person_id AND s.merchant_id = o.merchant_id
             WHERE o.id = $1 AND s.paid_at IS NOT NULL LIMIT 1",
            order
        ),
        sql!(
            "SELECT person_id, sharer_id FROM orders WHERE id = $1 AND sharer_id IS NOT NULL",
            order
        ),
    ])?;
    if !shared_instruments.is_empty() {
        return Ok(Some(SelfDealing::Instrument));
    }
    if !circles.is_empty() {
        return Ok(Some(SelfDealing::Circle));
    }
    let two = first(people.into_iter().next(), |row| Ok((row.take()?, row.take()?)))?;
    Ok(match two {
        Some((buyer, sharer)) if party::queries::share_a_device(read, buyer, sharer)? => {
            Some(SelfDealing::Device)
        }
        Some(_) | None => None,
    })
}
