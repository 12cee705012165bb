//! Reports about payments that contradict what settled them.

use kernel::{
    Currency, MerchantId, Money, OrderId, PaymentAttemptId, PaymentConflictId, PersonId, Timestamp,
};
use store::{Fail, ReadTx, Row, StorageError, sql};

use super::{all, below, first, page};

/// One report that contradicts, and what settled the try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentConflict {
    /// Its id.
    pub id: PaymentConflictId,
    /// The try that it is about.
    pub attempt: PaymentAttemptId,
    /// Of which order.
    pub order: OrderId,
    /// Who sold.
    pub merchant: MerchantId,
    /// Who reported.
    pub provider: String,
    /// The provider's name for this payment.
    pub provider_payment: String,
    /// What came by this report.
    pub received: Money,
    /// The provider's name for the payment that settled the try.
    pub settled_payment: Option<String>,
    /// What came by that.
    pub settled: Money,
    /// When it was reported.
    pub recorded_at: Timestamp,
    /// Who looked into it, when, and what was found.
    pub closed: Option<(PersonId, Timestamp, String)>,
}

fn read_conflict(row: &mut Row) -> Result<PaymentConflict, StorageError> {
    let money = |row: &mut Row| -> Result<Money, StorageError> {
        let (amount, currency): (i64, Currency) = (row.take()?, row.take()?);
        Ok(Money::new(amount, currency))
    };
    let (id, attempt, order) = (row.take()?, row.take()?, row.take()?);
    let (merchant, provider, provider_payment) = (row.take()?, row.take()?, row.take()?);
    let (received, settled_payment, settled) = (money(row)?, row.take()?, money(row)?);
    let recorded_at = row.take()?;
    let (by, at): (Option<PersonId>, Option<Timestamp>) = (row.take()?, row.take()?);
    let because: Option<String> = row.take()?;
    Ok(PaymentConflict {
        id,
        attempt,
        order,
        merchant,
        provider,
        provider_payment,
        received,
        settled_payment,
        settled,
        recorded_at,
        closed: by.zip(at).map(|(by, at)| (by, at, because.unwrap_or_default())),
    })
}

/// Reports that contradict, closed ones too, newest first.
pub fn payment_conflicts(
    read: &mut ReadTx,
    after: Option<PaymentConflictId>,
    limit: i64,
) -> Result<Vec<PaymentConflict>, Fail> {
    let rows = read.many(sql!(
        "SELECT c.id, c.attempt_id, o.id, o.merchant_id, a.provider, c.provider_payment, c.amount, c.currency,
                a.provider_payment, a.amount, a.currency, c.recorded_at, c.closed_by, c.closed_at, c.closed_because
         FROM payment_conflict c JOIN payment_attempt a ON a.id = c.attempt_id JOIN orders o ON o.id = a.order_id
         WHERE c.id < $1 ORDER BY c.id DESC LIMIT $2",
        below(after),
        page(limit)
    ))?;
    all(rows, read_conflict)
}

/// How many of them nobody has looked into.
pub fn payment_conflicts_open(read: &mut ReadTx) -> Result<i64, Fail> {
    let row = read.one(sql!(
        "SELECT COUNT(*) FROM payment_conflict WHERE closed_at IS NULL"
    ))?;
    Ok(first(row, |row| row.take())?.unwrap_or_default())
}
