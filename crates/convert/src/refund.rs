//! Money on its way back: out of the order's escrow, in the ledger's pending layer until the provider
//! confirms. What needs no provider, or was taken back by the payer's bank, is back at once. The order's
//! own guard keeps what goes back within what was paid, whoever asks and however often.

use kernel::{
    BucketId, Ctx, Currency, JournalEntryId, OfferId, OrderId, PaymentAttemptId, PersonId, RefundId,
    VoucherId,
};
use ledger::{Account, Leg, NewEntry, Reason};
use offer::bucket;
use store::{Fail, Row, StorageError, Tx, sql};

use crate::automatic::uncount;
use crate::decide::UnitMoney;
use crate::events::{RefundRequested, RefundSucceeded};
use crate::hold::free_coupons;
use crate::model::{RefundCause, RefundStatus, Stored, WalletCouponStatus};
use crate::queries::{VoucherMoney, coupon_claims_query, read_coupon_claims};
use crate::reject::REFUND_OVER_PAID;

/// A refund row with its journal entry.
pub(crate) struct NewRefund {
    pub order: OrderId,
    pub voucher: Option<VoucherId>,
    /// Through whose provider the cash goes.
    pub attempt: Option<PaymentAttemptId>,
    pub currency: Currency,
    pub cash: i64,
    /// Into whose rebate balance, and how much.
    pub rebate: Option<(PersonId, i64)>,
    pub subsidy: i64,
    pub cause: RefundCause,
}

/// What goes back of a paid order.
pub(crate) struct MoneyBack<'a> {
    pub of: &'a VoucherMoney,
    pub part: UnitMoney,
    pub cause: RefundCause,
    /// The voucher was never used: its units can be sold again.
    pub unit_returns: bool,
}

/// Sends a part of a voucher's money back. Rejects, before anything is written, what would exceed the
/// cash or the escrow of the order.
pub(crate) fn give_money_back(tx: &mut Tx, ctx: &Ctx, back: &MoneyBack) -> Result<RefundId, Fail> {
    let (of, part) = (back.of, back.part);
    let units = if back.unit_returns { of.units() } else { 0 };
    let [claimed, attempts] = tx.ask([
        sql!(
            "UPDATE orders SET cash_refunded = cash_refunded + $1, escrow_refunded = escrow_refunded + $2,
                    units_returned = units_returned + $3,
                    status = CASE WHEN units_returned + $3 = $4 THEN 'refunded' ELSE status END,
                    version = version + 1
             WHERE id = $5 AND status = 'paid' AND cash_refunded <= cash_due - $1
               AND escrow_refunded <= list_total - discount_merchant - due_at_store - $2
             RETURNING units_returned, coupons",
            part.cash,
            part.escrow(),
            units,
            of.quantity,
            of.order
        ),
        sql!(
            "SELECT id FROM payment_attempt WHERE order_id = $1 AND status = 'paid'",
            of.order
        ),
    ])?;
    let claimed = claimed.into_iter().next();
    let mut claimed = claimed.ok_or_else(|| REFUND_OVER_PAID.plain())?;
    let (units_returned, coupons): (i64, i64) = (claimed.take()?, claimed.take()?);
    let attempt = attempts
        .into_iter()
        .next()
        .map(|mut row| row.take())
        .transpose()?;
    if back.unit_returns {
        let is_last = units_returned == of.quantity;
        let buckets = sold_buckets(tx, of.offer)?;
        return_units(tx, of.order, buckets, units, is_last.then_some(coupons))?;
    }
    let refund = NewRefund {
        order: of.order,
        voucher: Some(of.voucher),
        attempt: attempt.filter(|_| part.cash > 0),
        currency: of.currency,
        cash: part.cash,
        rebate: (part.rebate_used > 0).then_some((of.buyer, part.rebate_used)),
        subsidy: part.discount_platform,
        cause: back.cause,
    };
    write_refund(tx, ctx, &refund)
}

/// Of what the units of an offer were taken.
pub(crate) fn sold_buckets(tx: &mut Tx, offer: OfferId) -> Result<[BucketId; 2], Fail> {
    let buckets = offer::queries::buckets_of(tx, offer)?;
    Ok(buckets.ok_or_else(|| StorageError::bug("a sold offer has no buckets"))?)
}

/// Units of an order can be sold again; with the last of them its coupons, of which so many are of a wallet, can be used
/// again.
pub(crate) fn return_units(
    tx: &mut Tx,
    order: OrderId,
    buckets: [BucketId; 2],
    units: i64,
    coupons: Option<i64>,
) -> Result<(), Fail> {
    let mut claims: Vec<_> = buckets.into_iter().map(|bucket| (bucket, units)).collect();
    if coupons.is_some() {
        let of_coupons = read_coupon_claims(tx.many(coupon_claims_query(order))?)?;
        if of_coupons.has_automatic {
            uncount(tx, order)?;
        }
        claims.extend(of_coupons.claims);
    }
    if !bucket::give_back(tx, order.uuid(), &claims)? {
        return Err(StorageError::bug("more units come back than were taken").into());
    }
    free_coupons(tx, order, coupons.unwrap_or_default(), WalletCouponStatus::Used)
}

/// Writes a refund: pending in the ledger if cash has to move, final at once if not. Told.
pub(crate) fn write_refund(tx: &mut Tx, ctx: &Ctx, new: &NewRefund) -> Result<RefundId, Fail> {
    let refund: RefundId = ctx.new_id();
    let needs_provider = new.cash > 0 && new.cause != RefundCause::ChargedBack;
    let entry = match refund_entry(refund, new) {
        None => None,
        Some(entry) if needs_provider => Some(ledger::reserve(tx, ctx, &entry)?),
        Some(entry) => Some(ledger::post(tx, ctx, &entry)?),
    };
    let status = if needs_provider {
        RefundStatus::Requested
    } else {
        RefundStatus::Succeeded
    };
    tx.tell(sql!(
        "INSERT INTO refund (id, order_id, voucher_id, attempt_id, amount, rebate, compensation, currency, cause, status,
           entry_id, tries, requested_at, version) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, 0, $11, 1)",
        refund,
        new.order,
        new.voucher,
        new.attempt,
        new.cash,
        new.rebate.map_or(0, |(_, amount)| amount),
        new.currency,
        new.cause.as_str(),
        status.as_str(),
        entry,
        ctx.now
    ))?;
    let requested = RefundRequested {
        refund,
        order: new.order,
        voucher: new.voucher,
        amount: new.cash,
        currency: new.currency.code().to_owned(),
        cause: new.cause.as_str().to_owned(),
    };
    tx.emit(ctx, refund, 1, &requested)?;
    if !needs_provider {
        if let Some((buyer, amount)) = new.rebate {
            ledger::give_back(tx, buyer, new.currency, amount)?;
        }
        let order = new.order;
        tx.emit(ctx, refund, 2, &RefundSucceeded { refund, order })?;
    }
    Ok(refund)
}

/// Money that a bank gave back goes on to the payer.
pub(crate) fn give_to_payer(
    tx: &mut Tx,
    ctx: &Ctx,
    (order, attempt): (OrderId, PaymentAttemptId),
    currency: Currency,
    cash: i64,
) -> Result<(), Fail> {
    if cash == 0 {
        return Ok(());
    }
    let refund = NewRefund {
        order,
        voucher: None,
        attempt: Some(attempt),
        currency,
        cash,
        rebate: None,
        subsidy: 0,
        cause: RefundCause::ChargebackReversed,
    };
    write_refund(tx, ctx, &refund)?;
    Ok(())
}

/// A refund that has not arrived.
pub(crate) struct OpenRefund {
    id: RefundId,
    pub status: RefundStatus,
    order: OrderId,
    buyer: PersonId,
    currency: Currency,
    rebate: i64,
    entry: JournalEntryId,
    version: i64,
}

impl OpenRefund {
    /// From `id, status, order, buyer, currency, rebate, entry, version`.
    pub fn read(row: &mut Row) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            status: RefundStatus::from_stored(&row.take::<String>()?)?,
            order: row.take()?,
            buyer: row.take()?,
            currency: row.take()?,
            rebate: row.take()?,
            entry: row.take()?,
            version: row.take()?,
        })
    }
}

/// The payer has the money: what was pending is final.
pub(crate) fn arrive(tx: &mut Tx, ctx: &Ctx, of: &OpenRefund, becomes: RefundStatus) -> Result<(), Fail> {
    if !ledger::post_pending(tx, ctx, of.entry)? {
        return Err(StorageError::bug("an open refund's entry is not pending").into());
    }
    ledger::give_back(tx, of.buyer, of.currency, of.rebate)?;
    tx.tell(sql!(
        "UPDATE refund SET status = $1, version = version + 1 WHERE id = $2 AND version = $3",
        becomes.as_str(),
        of.id,
        of.version
    ))?;
    let (refund, order) = (of.id, of.order);
    tx.emit(ctx, refund, of.version + 1, &RefundSucceeded { refund, order })?;
    Ok(())
}

/// What is held goes back to where it came from. `None` if that is nothing.
fn refund_entry(refund: RefundId, new: &NewRefund) -> Option<NewEntry> {
    let held = if new.cause == RefundCause::SecurityDeposit {
        Account::SecurityDeposit
    } else {
        Account::Escrow
    };
    let (buyer, rebate) = new
        .rebate
        .map_or((None, 0), |(buyer, amount)| (Some(buyer.uuid()), amount));
    let legs = [
        Leg::debit(held, Some(new.order.uuid()), new.cash + rebate + new.subsidy),
        Leg::credit(Account::ProviderClearing, None, new.cash),
        Leg::credit(Account::RebatePayable, buyer, rebate),
        Leg::credit(Account::Subsidy, None, new.subsidy),
    ];
    NewEntry::of(Reason::Refunded, refund.uuid(), new.currency, legs)
}
