//! A security deposit (押金): paid with an order beside its price, held in an account of its own, and given back when the
//! visit is over or does not take place, less what the merchant claims of it.

use kernel::{
    Ctx, Currency, DAY_US, MerchantId, Money, OrderId, PaymentAttemptId, PersonId, SecurityDepositId,
    StoreId, Timestamp, VoucherId,
};
use ledger::{Account, Leg, LineKind, NewEntry, Reason, SettlementLine};
use store::{Fail, Query, Row, StorageError, Tx, sql};
use uuid::Uuid;

use crate::commands::END_SECURITY_DEPOSIT;
use crate::events::SecurityDepositChanged;
use crate::model::{RefundCause, SecurityDepositStatus, Stored};
use crate::refund::{NewRefund, write_refund};
use crate::sale::Sale;

/// How much longer than the right to be served it is held: the merchant's time to claim something of it.
const CLAIM_US: i64 = DAY_US;

/// A deposit, and for whom it is held.
pub(crate) struct Deposit {
    id: SecurityDepositId,
    order: OrderId,
    person: PersonId,
    merchant: MerchantId,
    store: StoreId,
    voucher: VoucherId,
    pub currency: Currency,
    pub amount: i64,
    pub status: SecurityDepositStatus,
    pub held_until: Timestamp,
    claimed: i64,
    version: i64,
}

impl Deposit {
    fn read(mut row: Row) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            order: row.take()?,
            person: row.take()?,
            merchant: row.take()?,
            store: row.take()?,
            voucher: row.take()?,
            currency: row.take()?,
            amount: row.take()?,
            status: SecurityDepositStatus::from_stored(&row.take::<String>()?)?,
            held_until: row.take()?,
            claimed: row.take()?,
            version: row.take()?,
        })
    }

    /// What the merchant claimed of it, rightly or not.
    pub fn claimed(&self) -> Money {
        Money::new(self.claimed, self.currency)
    }

    /// To whom a claim was settled; `None` if there was none.
    pub fn claimant(&self, tx: &mut Tx) -> Result<Option<MerchantId>, Fail> {
        let line = ledger::queries::line_of(tx, self.id.uuid(), LineKind::SecurityClaim)?;
        Ok(line.map(|(line, _)| line.merchant))
    }

    /// What of it the payer's bank can take from who has it now: the platform, or the merchant.
    pub fn at_stake(&self) -> i64 {
        match self.status {
            SecurityDepositStatus::Held => self.amount,
            SecurityDepositStatus::Claimed => self.claimed,
            SecurityDepositStatus::Returned | SecurityDepositStatus::ChargedBack => 0,
        }
    }
}

/// The deposit that so much was paid for with an order; of nothing there is none.
pub(crate) fn load_paid(tx: &mut Tx, order: OrderId, amount: i64) -> Result<Option<Deposit>, Fail> {
    match amount {
        0 => Ok(None),
        _ => load(tx, order),
    }
}

/// The deposit of an order, if it has one.
pub(crate) fn load(tx: &mut Tx, order: OrderId) -> Result<Option<Deposit>, Fail> {
    let row = tx.one(sql!(
        "SELECT d.id, d.order_id, o.person_id, o.merchant_id, l.booked_store, v.voucher_id, o.currency, d.amount, d.status, d.held_until,
                d.claimed, d.version
         FROM security_deposit d JOIN orders o ON o.id = d.order_id
         JOIN order_line l ON l.order_id = o.id AND l.n = 1 JOIN order_voucher v ON v.order_id = o.id
         WHERE d.order_id = $1",
        order
    ))?;
    Ok(row.map(Deposit::read).transpose()?)
}

/// Holds what was paid of a sale that is settled. Told.
pub(crate) fn hold(tx: &mut Tx, ctx: &Ctx, sale: &Sale) -> Result<(), Fail> {
    let booked_until = sale.booked_until;
    let booked_until =
        booked_until.ok_or_else(|| StorageError::bug("a security deposit of what is not booked"))?;
    let (id, until): (SecurityDepositId, _) = (ctx.new_id(), booked_until.plus_us(CLAIM_US));
    let amount = sale.amounts.security_deposit;
    tx.tell(sql!(
        "INSERT INTO security_deposit (id, order_id, amount, status, held_until, claimed, version)
         VALUES ($1, $2, $3, $4, $5, 0, 1)",
        id,
        sale.order,
        amount,
        SecurityDepositStatus::Held.as_str(),
        until
    ))?;
    tx.set_timer(END_SECURITY_DEPOSIT, sale.order, until)?;
    let event = SecurityDepositChanged {
        security_deposit: id,
        order: sale.order,
        person: sale.buyer,
        merchant: sale.merchant,
        status: SecurityDepositStatus::Held.as_str().to_owned(),
        was: None,
        amount,
        claimed: 0,
        currency: sale.currency.code().to_owned(),
    };
    Ok(tx.emit(ctx, id, 1, &event)?)
}

/// The booking is valid until another time.
pub(crate) fn prolong(tx: &mut Tx, order: OrderId, booked_until: Timestamp) -> Result<(), Fail> {
    let until = booked_until.plus_us(CLAIM_US);
    let held = sql!(
        "UPDATE security_deposit SET held_until = $1 WHERE order_id = $2 AND status = 'held'",
        until,
        order
    );
    end_at(tx, (order, until), held)
}

/// Something else that it is for goes on until then. A step inside the caller's command; does nothing if it is held as long
/// anyway.
pub fn hold_security_deposit_until(tx: &mut Tx, order: OrderId, booked_until: Timestamp) -> Result<(), Fail> {
    let until = booked_until.plus_us(CLAIM_US);
    let held = sql!(
        "UPDATE security_deposit SET held_until = $1 WHERE order_id = $2 AND status = 'held' AND held_until < $1",
        until,
        order
    );
    end_at(tx, (order, until), held)
}

fn end_at(tx: &mut Tx, (order, until): (OrderId, Timestamp), held: Query) -> Result<(), Fail> {
    if tx.claim(held)? > 0 {
        tx.set_timer(END_SECURITY_DEPOSIT, order, until)?;
    }
    Ok(())
}

/// Gives a deposit back that is held, less what is claimed of it and why. `false`: it is not held any more.
pub(crate) fn settle(
    tx: &mut Tx,
    ctx: &Ctx,
    held: &Deposit,
    claim: Option<(i64, &str)>,
) -> Result<bool, Fail> {
    let status = match claim {
        Some(_) => SecurityDepositStatus::Claimed,
        None => SecurityDepositStatus::Returned,
    };
    let claimed = claim.map_or(0, |(amount, _)| amount);
    let settled = sql!(
        "UPDATE security_deposit SET status = $1, claimed = $2, claimed_because = $3, claimed_at = $4, version = version + 1
         WHERE id = $5 AND status = 'held' AND version = $6",
        status.as_str(),
        claimed,
        claim.map(|(_, because)| because),
        claim.map(|_| ctx.now),
        held.id,
        held.version
    );
    if tx.claim(settled)? == 0 {
        return Ok(false);
    }
    tx.clear_timer(END_SECURITY_DEPOSIT, held.order)?;
    if claimed > 0 {
        let line = claim_line(tx, ctx, held, claimed)?;
        let from = (Account::SecurityDeposit, Some(held.order.uuid()));
        ledger::settle_line_from(tx, ctx, &line, from, Reason::SecurityClaimed)?;
    }
    give_back(tx, ctx, held, held.amount - claimed)?;
    announce(tx, ctx, held, (status, claimed))?;
    Ok(true)
}

/// What the merchant claimed goes to the guest after all. `false`: nothing is claimed any more.
pub(crate) fn refund_claim(tx: &mut Tx, ctx: &Ctx, of: &Deposit) -> Result<bool, Fail> {
    if !change(
        tx,
        of,
        SecurityDepositStatus::Claimed,
        SecurityDepositStatus::Returned,
    )? {
        return Ok(false);
    }
    let kinds = (LineKind::SecurityClaim, LineKind::SecurityClaimRefunded);
    let to = (Account::SecurityDeposit, Some(of.order.uuid()));
    reverse(tx, ctx, of, kinds, (to, Reason::SecurityClaimRefunded))?;
    give_back(tx, ctx, of, of.claimed)?;
    announce(tx, ctx, of, (SecurityDepositStatus::Returned, of.claimed))?;
    Ok(true)
}

/// The payer's bank took what is [`Deposit::at_stake`].
pub(crate) fn charge_back(tx: &mut Tx, ctx: &Ctx, of: &Deposit) -> Result<(), Fail> {
    if of.at_stake() == 0 {
        return Ok(());
    }
    if !change(tx, of, of.status, SecurityDepositStatus::ChargedBack)? {
        return Err(StorageError::bug("a security deposit changed although its order is locked").into());
    }
    if of.status == SecurityDepositStatus::Held {
        tx.clear_timer(END_SECURITY_DEPOSIT, of.order)?;
        let legs = [
            Leg::debit(Account::SecurityDeposit, Some(of.order.uuid()), of.amount),
            Leg::credit(Account::ProviderClearing, None, of.amount),
        ];
        let entry = NewEntry::of(Reason::SecurityChargedBack, of.id.uuid(), of.currency, legs);
        ledger::post(tx, ctx, &entry.ok_or_else(nothing_held)?)?;
    } else {
        let kinds = (LineKind::SecurityClaim, LineKind::SecurityClaimChargedBack);
        let taken = (Account::ProviderClearing, None);
        reverse(tx, ctx, of, kinds, (taken, Reason::SecurityChargedBack))?;
    }
    announce(tx, ctx, of, (SecurityDepositStatus::ChargedBack, of.claimed))
}

/// The bank gave the payment back: what was claimed is the merchant's again, and how much that is. What was held goes to the
/// payer with the rest.
pub(crate) fn reverse_chargeback(tx: &mut Tx, ctx: &Ctx, of: &Deposit) -> Result<i64, Fail> {
    let becomes = match of.claimed {
        0 => SecurityDepositStatus::Returned,
        _ => SecurityDepositStatus::Claimed,
    };
    if !change(tx, of, SecurityDepositStatus::ChargedBack, becomes)? {
        return Ok(0);
    }
    if of.claimed > 0 {
        let kinds = (
            LineKind::SecurityClaimChargedBack,
            LineKind::SecurityClaimRestored,
        );
        let given = (Account::ProviderClearing, None);
        reverse(tx, ctx, of, kinds, (given, Reason::SecurityClaimRestored))?;
    }
    announce(tx, ctx, of, (becomes, of.claimed))?;
    Ok(of.claimed)
}

fn change(
    tx: &mut Tx,
    of: &Deposit,
    from: SecurityDepositStatus,
    to: SecurityDepositStatus,
) -> Result<bool, Fail> {
    let changed = tx.claim(sql!(
        "UPDATE security_deposit SET status = $1, version = version + 1 WHERE id = $2 AND status = $3 AND version = $4",
        to.as_str(),
        of.id,
        from.as_str(),
        of.version
    ))?;
    Ok(changed > 0)
}

/// Sends so much of it back by the way it was paid.
fn give_back(tx: &mut Tx, ctx: &Ctx, of: &Deposit, amount: i64) -> Result<(), Fail> {
    if amount == 0 {
        return Ok(());
    }
    let row = tx.one(sql!(
        "SELECT id FROM payment_attempt WHERE order_id = $1 AND status = 'paid'",
        of.order
    ))?;
    let attempt: PaymentAttemptId = row.ok_or_else(nothing_held)?.take()?;
    let refund = NewRefund {
        order: of.order,
        voucher: None,
        attempt: Some(attempt),
        currency: of.currency,
        cash: amount,
        rebate: None,
        subsidy: 0,
        cause: RefundCause::SecurityDeposit,
    };
    write_refund(tx, ctx, &refund)?;
    Ok(())
}

fn nothing_held() -> StorageError {
    StorageError::bug("a security deposit that nobody paid")
}

/// What is claimed, without commission and rebate, on the statement of who runs the store.
fn claim_line(tx: &mut Tx, ctx: &Ctx, of: &Deposit, claimed: i64) -> Result<SettlementLine, Fail> {
    Ok(SettlementLine {
        id: ctx.new_id(),
        merchant: party::queries::payee(tx, of.store)?,
        store: Some(of.store),
        voucher: of.voucher,
        order: of.order,
        reference: of.id.uuid(),
        kind: LineKind::SecurityClaim,
        currency: of.currency,
        price: claimed,
        discount_platform: 0,
        discount_merchant: 0,
        due_at_store: 0,
        commission: 0,
        rebate: 0,
        payable: claimed,
        at: ctx.now,
    })
}

/// Takes back the line of kind `was`: what it settled goes to that account.
fn reverse(
    tx: &mut Tx,
    ctx: &Ctx,
    of: &Deposit,
    (was, kind): (LineKind, LineKind),
    (to, reason): ((Account, Option<Uuid>), Reason),
) -> Result<(), Fail> {
    let line = ledger::queries::line_of(tx, of.id.uuid(), was)?;
    let (line, _) = line.ok_or_else(|| StorageError::bug("a claim without a settlement line"))?;
    ledger::settle_line_from(tx, ctx, &line.reversed(ctx, kind), to, reason)
}

fn announce(
    tx: &mut Tx,
    ctx: &Ctx,
    of: &Deposit,
    (status, claimed): (SecurityDepositStatus, i64),
) -> Result<(), Fail> {
    let event = SecurityDepositChanged {
        security_deposit: of.id,
        order: of.order,
        person: of.person,
        merchant: of.merchant,
        status: status.as_str().to_owned(),
        was: Some(of.status.as_str().to_owned()),
        amount: of.amount,
        claimed,
        currency: of.currency.code().to_owned(),
    };
    Ok(tx.emit(ctx, of.id, of.version + 1, &event)?)
}
