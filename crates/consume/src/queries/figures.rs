//! What was redeemed in some time, in sums.

use kernel::{Currency, DAY_US, MerchantId, StoreId, Timestamp, first_id_at};
use store::{Fail, FromValue, ReadTx, Row, StorageError, sql};

/// Uses in some time, undone ones aside, and what they were worth after the merchant's discounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uses {
    /// Of the amount.
    pub currency: Currency,
    /// How many.
    pub count: i64,
    /// Minor units.
    pub amount: i64,
}

/// Uses by day and by store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseFigures {
    /// The day from 0.
    pub by_day: Vec<(i64, Uses)>,
    /// The busiest 200.
    pub by_store: Vec<(StoreId, Uses)>,
}

fn read_uses(row: &mut Row) -> Result<Uses, StorageError> {
    Ok(Uses {
        currency: row.take()?,
        count: row.take()?,
        amount: row.take()?,
    })
}

/// What was redeemed in a merchant's stores, or in all, from `since` on, before `until`, by the server's clock:
/// ranges of the redemptions' keys, because ids follow the time. Days are of 24 hours and begin at `since`.
pub fn use_figures(
    read: &mut ReadTx,
    merchant: Option<MerchantId>,
    since: Timestamp,
    until: Timestamp,
) -> Result<UseFigures, Fail> {
    let (first, end) = (first_id_at(since), first_id_at(until));
    let questions = match merchant {
        Some(merchant) => [
            sql!(
                "SELECT (r.recorded_at - $1) / $2, l.currency, COUNT(*),
                        CAST(SUM(l.price - l.discount_merchant) AS BIGINT)
                 FROM store s JOIN redemption r ON r.store_id = s.id
                 JOIN settlement_line l ON l.reference = r.id AND l.kind = 'redemption'
                 WHERE s.merchant_id = $3 AND r.id >= $4 AND r.id < $5 AND r.status <> 'undone'
                 GROUP BY 1, 2 ORDER BY 1, 2",
                since,
                DAY_US,
                merchant,
                first,
                end
            ),
            sql!(
                "SELECT r.store_id, l.currency, COUNT(*), CAST(SUM(l.price - l.discount_merchant) AS BIGINT)
                 FROM store s JOIN redemption r ON r.store_id = s.id
                 JOIN settlement_line l ON l.reference = r.id AND l.kind = 'redemption'
                 WHERE s.merchant_id = $1 AND r.id >= $2 AND r.id < $3 AND r.status <> 'undone'
                 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 200",
                merchant,
                first,
                end
            ),
        ],
        None => [
            sql!(
                "SELECT (r.recorded_at - $1) / $2, l.currency, COUNT(*),
                        CAST(SUM(l.price - l.discount_merchant) AS BIGINT)
                 FROM redemption r JOIN settlement_line l ON l.reference = r.id AND l.kind = 'redemption'
                 WHERE r.id >= $3 AND r.id < $4 AND r.status <> 'undone' GROUP BY 1, 2 ORDER BY 1, 2",
                since,
                DAY_US,
                first,
                end
            ),
            sql!(
                "SELECT r.store_id, l.currency, COUNT(*), CAST(SUM(l.price - l.discount_merchant) AS BIGINT)
                 FROM redemption r JOIN settlement_line l ON l.reference = r.id AND l.kind = 'redemption'
                 WHERE r.id >= $1 AND r.id < $2 AND r.status <> 'undone'
                 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 200",
                first,
                end
            ),
        ],
    };
    let [by_day, by_store] = read.ask(questions)?;
    Ok(UseFigures {
        by_day: keyed(by_day)?,
        by_store: keyed(by_store)?,
    })
}

/// What each row is of, and its uses.
fn keyed<K: FromValue>(rows: Vec<Row>) -> Result<Vec<(K, Uses)>, StorageError> {
    let rows = rows.into_iter();
    rows.map(|mut row| Ok((row.take()?, read_uses(&mut row)?)))
        .collect()
}
