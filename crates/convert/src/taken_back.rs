//! Refunds that the payer's bank was faster than: it took their money back itself, so they have arrived and are not sent
//! any more. Of one that was sent before, the provider has yet to say whether it moved the money as well.

use kernel::{Ctx, Currency, OrderId, PaymentAttemptId, RefundId, Timestamp};
use ledger::{Account, Leg, NewEntry, Reason};
use store::{Fail, Lock, StorageError, Tx, sql};
use uuid::Uuid;

use crate::model::RefundStatus;
use crate::refund::{OpenRefund, arrive, give_to_payer};

/// A bank takes no more than was paid, so what it took beyond what is left of a payment is the money of refunds that
/// have not arrived, first of those that the provider does not know or refused. Gives what they do not explain.
pub(crate) fn take_for_refunds(
    tx: &mut Tx,
    ctx: &Ctx,
    attempt: PaymentAttemptId,
    beyond: i64,
) -> Result<i64, Fail> {
    let mut beyond = beyond;
    if beyond == 0 {
        return Ok(0);
    }
    let mut locks = Vec::new();
    for mut row in tx.many(sql!("SELECT id FROM refund WHERE attempt_id = $1", attempt))? {
        locks.push(Lock::row("refund", row.take::<RefundId>()?));
    }
    tx.lock(&locks);
    let rows = tx.many(sql!(
        "SELECT r.id, r.status, r.order_id, o.person_id, r.currency, r.rebate, r.entry_id, r.version, r.amount
         FROM refund r JOIN orders o ON o.id = r.order_id
         WHERE r.attempt_id = $1 AND r.status IN ('requested', 'sent', 'failed')
         ORDER BY CASE r.status WHEN 'sent' THEN 1 ELSE 0 END, r.id",
        attempt
    ))?;
    for mut row in rows {
        let refund = OpenRefund::read(&mut row)?;
        let amount: i64 = row.take()?;
        if amount <= beyond {
            let was_sent = refund.status == RefundStatus::Sent;
            let becomes = if was_sent {
                RefundStatus::TakenBack
            } else {
                RefundStatus::Succeeded
            };
            arrive(tx, ctx, &refund, becomes)?;
            beyond -= amount;
        }
    }
    Ok(beyond)
}

/// The provider has said whether it moved the money too. If it did, the bank's was for others that have not arrived,
/// together with what no refund explained before, or it went back twice, which is the platform's loss until the bank
/// gives it back. If it did not, and the bank has given its own back since, the payer is without it again.
pub(crate) fn learn_whether_it_moved(
    tx: &mut Tx,
    ctx: &Ctx,
    refund: RefundId,
    moved: bool,
) -> Result<(), Fail> {
    let row = tx.one(sql!(
        "UPDATE refund SET status = 'succeeded' WHERE id = $1 AND status = 'taken_back'
         RETURNING order_id, attempt_id, amount, currency",
        refund
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("a refund changed although it is locked"))?;
    let (order, attempt): (OrderId, PaymentAttemptId) = (row.take()?, row.take()?);
    let (amount, currency): (i64, Currency) = (row.take()?, row.take()?);
    tx.lock(&[Lock::row("payment_attempt", attempt)]);
    let row = tx.one(sql!(
        "SELECT chargeback_reversed_at, charged_back_lost FROM payment_attempt WHERE id = $1",
        attempt
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("a refund of no payment"))?;
    let (reversed_at, lost_before): (Option<Timestamp>, i64) = (row.take()?, row.take()?);
    match (moved, reversed_at.is_some()) {
        (false, false) => Ok(()),
        (true, false) => {
            let lost = take_for_refunds(tx, ctx, attempt, amount + lost_before)?;
            tx.tell(sql!(
                "UPDATE payment_attempt SET charged_back_lost = $1 WHERE id = $2",
                lost,
                attempt
            ))?;
            book_loss(tx, ctx, refund.uuid(), currency, lost - lost_before)
        }
        (true, true) => {
            let legs = [
                Leg::debit(Account::Escrow, Some(order.uuid()), amount),
                Leg::credit(Account::ProviderClearing, None, amount),
            ];
            let entry = NewEntry::of(Reason::ChargebackReversed, refund.uuid(), currency, legs);
            let entry = entry.ok_or_else(|| StorageError::bug("a refund of nothing was sent"))?;
            ledger::post(tx, ctx, &entry)?;
            Ok(())
        }
        (false, true) => give_to_payer(tx, ctx, (order, attempt), currency, amount),
    }
}

/// What went back to the payer twice, if anything did; below zero, what did not after all.
pub(crate) fn book_loss(
    tx: &mut Tx,
    ctx: &Ctx,
    reference: Uuid,
    currency: Currency,
    lost: i64,
) -> Result<(), Fail> {
    let legs = [
        Leg::debit(Account::ChargebackLoss, None, lost),
        Leg::credit(Account::ProviderClearing, None, lost),
    ];
    if let Some(entry) = NewEntry::of(Reason::ChargebackLost, reference, currency, legs) {
        ledger::post(tx, ctx, &entry)?;
    }
    Ok(())
}
