//! What was sold in some time, in sums.

use channel::EntryKind;
use kernel::{Currency, DAY_US, EntryId, MerchantId, Timestamp, first_id_at};
use store::{Fail, ReadTx, Row, StorageError, sql};

use super::all;

/// Orders that were placed in some time, and what became of them since, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sales {
    /// Of both amounts.
    pub currency: Currency,
    /// How many were placed.
    pub orders: i64,
    /// How many of them were paid.
    pub paid: i64,
    /// What their buyers paid through a provider, in minor units.
    pub paid_amount: i64,
    /// How many of them had something refunded.
    pub refunded: i64,
    /// What went back through a provider, in minor units.
    pub refunded_amount: i64,
}

/// Sales by day and by where the buyers came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesFigures {
    /// The day from 0.
    pub by_day: Vec<(i64, Sales)>,
    /// The kind of entry and the entry where it is told apart; neither for whoever came by none.
    pub by_entry: Vec<(Option<EntryKind>, Option<EntryId>, Sales)>,
}

fn read_sales(row: &mut Row) -> Result<Sales, StorageError> {
    Ok(Sales {
        currency: row.take()?,
        orders: row.take()?,
        paid: row.take()?,
        paid_amount: row.take()?,
        refunded: row.take()?,
        refunded_amount: row.take()?,
    })
}

fn take_kind(row: &mut Row) -> Result<Option<EntryKind>, StorageError> {
    let name: Option<String> = row.take()?;
    let kind = name.map(|name| {
        EntryKind::from_name(&name).ok_or_else(|| StorageError::bug("a stored entry is of no kind"))
    });
    kind.transpose()
}

/// What a merchant sold, or everybody, of the orders placed from `since` on, before `until`: a range of the
/// orders' key, because ids follow the time. Days are of 24 hours and begin at `since`. A merchant's buyers
/// are told apart by entry, everybody's by the platform's own entries and the kinds of the others.
pub fn sales_figures(
    read: &mut ReadTx,
    merchant: Option<MerchantId>,
    since: Timestamp,
    until: Timestamp,
) -> Result<SalesFigures, Fail> {
    let (first, end) = (first_id_at(since), first_id_at(until));
    let questions = match merchant {
        Some(merchant) => [
            sql!(
                "SELECT (placed_at - $1) / $2, currency, COUNT(*), COUNT(paid_at),
                        CAST(SUM(CASE WHEN paid_at IS NULL THEN 0 ELSE cash_due END) AS BIGINT),
                        CAST(SUM(CASE WHEN escrow_refunded > 0 THEN 1 ELSE 0 END) AS BIGINT),
                        CAST(SUM(cash_refunded) AS BIGINT)
                 FROM orders WHERE merchant_id = $3 AND id >= $4 AND id < $5 GROUP BY 1, 2 ORDER BY 1, 2",
                since,
                DAY_US,
                merchant,
                first,
                end
            ),
            sql!(
                "SELECT e.kind, CASE WHEN e.kind <> 'share' THEN e.id END, o.currency, COUNT(*), COUNT(o.paid_at),
                        CAST(SUM(CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.cash_due END) AS BIGINT),
                        CAST(SUM(CASE WHEN o.escrow_refunded > 0 THEN 1 ELSE 0 END) AS BIGINT),
                        CAST(SUM(o.cash_refunded) AS BIGINT)
                 FROM orders o LEFT JOIN entry e ON e.id = o.entry_id
                 WHERE o.merchant_id = $1 AND o.id >= $2 AND o.id < $3 GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
                merchant,
                first,
                end
            ),
        ],
        None => [
            sql!(
                "SELECT (placed_at - $1) / $2, currency, COUNT(*), COUNT(paid_at),
                        CAST(SUM(CASE WHEN paid_at IS NULL THEN 0 ELSE cash_due END) AS BIGINT),
                        CAST(SUM(CASE WHEN escrow_refunded > 0 THEN 1 ELSE 0 END) AS BIGINT),
                        CAST(SUM(cash_refunded) AS BIGINT)
                 FROM orders WHERE id >= $3 AND id < $4 GROUP BY 1, 2 ORDER BY 1, 2",
                since,
                DAY_US,
                first,
                end
            ),
            sql!(
                "SELECT e.kind, CASE WHEN e.merchant_id IS NULL AND e.kind <> 'share' THEN e.id END, o.currency,
                        COUNT(*), COUNT(o.paid_at),
                        CAST(SUM(CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.cash_due END) AS BIGINT),
                        CAST(SUM(CASE WHEN o.escrow_refunded > 0 THEN 1 ELSE 0 END) AS BIGINT),
                        CAST(SUM(o.cash_refunded) AS BIGINT)
                 FROM orders o LEFT JOIN entry e ON e.id = o.entry_id
                 WHERE o.id >= $1 AND o.id < $2 GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
                first,
                end
            ),
        ],
    };
    let [by_day, by_entry] = read.ask(questions)?;
    Ok(SalesFigures {
        by_day: all(by_day, |row| Ok((row.take()?, read_sales(row)?)))?,
        by_entry: all(by_entry, |row| {
            Ok((take_kind(row)?, row.take()?, read_sales(row)?))
        })?,
    })
}
