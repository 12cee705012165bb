//! Questions about money: balances, statements, payouts, rebates. They change nothing and decide
//! nothing about who may ask.

mod entries;

pub use entries::entries;

use kernel::{
    Currency, MerchantId, Money, PayoutId, PersonId, RebateId, SettlementLineId, StoreId, Timestamp,
};
use store::{Fail, ReadTx, Row, StorageError, sql};
use uuid::Uuid;

use crate::{
    Account, Balance, LineKind, Owed, OwnerKind, Payout, PayoutStatus, Rebate, SettlementLine, TrialRow,
};

/// What one owner has on an account, or all of its owners together (`None`).
pub fn balance(
    read: &mut ReadTx,
    account: Account,
    owner: Option<Uuid>,
    currency: Currency,
) -> Result<Balance, Fail> {
    let balances = balances_of(read, account, owner)?;
    let of_currency = balances.into_iter().find(|(other, _)| *other == currency);
    Ok(of_currency.map_or_else(Balance::default, |(_, balance)| balance))
}

/// What one owner has on an account, or all of its owners together (`None`), by currency. Currencies that never
/// moved are left out.
pub fn balances_of(
    read: &mut ReadTx,
    account: Account,
    owner: Option<Uuid>,
) -> Result<Vec<(Currency, Balance)>, Fail> {
    let is_carried = owner.is_none() || account.owner_kind() == OwnerKind::Merchant;
    let rows = if is_carried {
        // In one statement, so that an entry that is carried meanwhile counts once. SQLite keeps the order of a CROSS
        // JOIN; without COALESCE it would look for the few legs of the rest among all legs of the account.
        read.many(sql!(
            "SELECT account, currency, layer, CAST(SUM(amount) AS BIGINT) FROM
               (SELECT account, currency, layer, amount FROM account_balance WHERE owner_id = $1 AND account = $2
                UNION ALL
                SELECT l.account, l.currency, l.layer, l.amount FROM journal_uncarried u CROSS JOIN journal_leg l
                WHERE l.entry_id = u.entry_id AND COALESCE(l.account, '') = $2 AND ($1 = $3 OR l.owner_id = $1)) AS moved
             GROUP BY account, currency, layer",
            owner.unwrap_or(Uuid::nil()),
            account,
            Uuid::nil()
        ))?
    } else {
        // A person's and an order's legs are few.
        read.many(sql!(
            "SELECT account, currency, layer, CAST(SUM(amount) AS BIGINT) FROM journal_leg
             WHERE account = $1 AND owner_id = $2 GROUP BY account, currency, layer",
            account,
            owner
        ))?
    };
    let rows = trial_rows(rows)?.into_iter();
    Ok(rows.map(|row| (row.currency, row.balance)).collect())
}

/// Every account that was ever moved, by currency, over all of its owners. Each currency sums to zero.
pub fn trial_balance(read: &mut ReadTx) -> Result<Vec<TrialRow>, Fail> {
    let rows = read.many(sql!(
        "SELECT account, currency, layer, CAST(SUM(amount) AS BIGINT) FROM
           (SELECT account, currency, layer, amount FROM account_balance WHERE owner_id = $1
            UNION ALL
            SELECT l.account, l.currency, l.layer, l.amount FROM journal_uncarried u CROSS JOIN journal_leg l
            WHERE l.entry_id = u.entry_id) AS moved
         GROUP BY account, currency, layer",
        Uuid::nil()
    ))?;
    Ok(trial_rows(rows)?)
}

/// Whether [`crate::carry_forward`] has something to do.
pub fn has_uncarried(read: &mut ReadTx) -> Result<bool, Fail> {
    let row = read.one(sql!("SELECT entry_id FROM journal_uncarried LIMIT 1"))?;
    Ok(row.is_some())
}

/// Reads account, currency, layer and amount.
fn trial_rows(rows: Vec<Row>) -> Result<Vec<TrialRow>, StorageError> {
    let mut table = std::collections::BTreeMap::<(Account, &str), TrialRow>::new();
    for mut row in rows {
        let (account, currency): (Account, Currency) = (row.take()?, row.take()?);
        let line = table.entry((account, currency.code())).or_insert(TrialRow {
            account,
            currency,
            balance: Balance::default(),
        });
        let (layer, amount): (i64, i64) = (row.take()?, row.take()?);
        if layer == 0 {
            line.balance.posted += amount;
        } else {
            line.balance.pending += amount;
        }
    }
    Ok(table.into_values().collect())
}

/// At most `limit` lines of a payout, or of the merchant's open statement (`None`), the oldest first,
/// after the line `after`.
pub fn statement_lines(
    read: &mut ReadTx,
    merchant: MerchantId,
    payout: Option<PayoutId>,
    after: Option<SettlementLineId>,
    limit: i64,
) -> Result<Vec<SettlementLine>, Fail> {
    let Some(payout) = payout else {
        return open_lines(read, merchant, LineFilter::default(), after, limit);
    };
    let rows = read.many(sql!(
        "SELECT id, merchant_id, store_id, voucher_id, order_id, reference, kind, currency, price,
           discount_platform, discount_merchant, due_at_store, commission, rebate, payable, at FROM settlement_line
         WHERE payout_id = $1 AND merchant_id = $2 AND id > $3 ORDER BY id LIMIT $4",
        payout,
        merchant,
        after.map_or(Uuid::nil(), |id| id.uuid()),
        limit
    ))?;
    rows.into_iter().map(|row| Ok(read_line(row)?)).collect()
}

/// Which lines of a statement somebody looks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct LineFilter {
    /// Used or booked in this store.
    pub store: Option<StoreId>,
    /// From here on.
    pub since: Option<Timestamp>,
    /// Before here.
    pub until: Option<Timestamp>,
}

/// At most `limit` lines of a merchant's open statement that the filter keeps, the oldest first, after the
/// line `after`.
pub fn open_lines(
    read: &mut ReadTx,
    merchant: MerchantId,
    filter: LineFilter,
    after: Option<SettlementLineId>,
    limit: i64,
) -> Result<Vec<SettlementLine>, Fail> {
    let (since, until) = (
        filter.since.unwrap_or(Timestamp(0)),
        filter.until.unwrap_or(Timestamp(i64::MAX)),
    );
    let after = after.map_or(Uuid::nil(), |id| id.uuid());
    let rows = match filter.store {
        Some(store) => read.many(sql!(
            "SELECT id, merchant_id, store_id, voucher_id, order_id, reference, kind, currency, price,
               discount_platform, discount_merchant, due_at_store, commission, rebate, payable, at FROM settlement_line
             WHERE payout_id IS NULL AND merchant_id = $1 AND id > $2 AND at >= $3 AND at < $4 AND store_id = $5
             ORDER BY id LIMIT $6",
            merchant,
            after,
            since,
            until,
            store,
            limit
        ))?,
        None => read.many(sql!(
            "SELECT id, merchant_id, store_id, voucher_id, order_id, reference, kind, currency, price,
               discount_platform, discount_merchant, due_at_store, commission, rebate, payable, at FROM settlement_line
             WHERE payout_id IS NULL AND merchant_id = $1 AND id > $2 AND at >= $3 AND at < $4
             ORDER BY id LIMIT $5",
            merchant,
            after,
            since,
            until,
            limit
        ))?,
    };
    rows.into_iter().map(|row| Ok(read_line(row)?)).collect()
}

/// What a merchant is owed by its open lines. Below zero: it owes it.
pub fn open_sum(read: &mut ReadTx, merchant: MerchantId, currency: Currency) -> Result<i64, Fail> {
    let row = read.one(sql!(
        "SELECT CAST(COALESCE(SUM(payable), 0) AS BIGINT) FROM settlement_line
         WHERE payout_id IS NULL AND merchant_id = $1 AND currency = $2",
        merchant,
        currency
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("a sum without a row"))?;
    Ok(row.take()?)
}

/// What merchants are owed by the open lines of up to `until`, by merchant and currency, for the next
/// `limit` merchants after `after`; and where the next chunk starts. Below zero: the merchant owes it.
pub fn owed(
    read: &mut ReadTx,
    until: Timestamp,
    after: Option<MerchantId>,
    limit: i64,
) -> Result<(Vec<Owed>, Option<MerchantId>), Fail> {
    let after = after.map_or(Uuid::nil(), |id| id.uuid());
    let merchants = read.many(sql!(
        "SELECT DISTINCT merchant_id FROM settlement_line WHERE payout_id IS NULL AND merchant_id > $1
         ORDER BY merchant_id LIMIT $2",
        after,
        limit
    ))?;
    let is_full = merchants.len() as i64 == limit;
    let Some(mut last) = merchants.into_iter().next_back() else {
        return Ok((Vec::new(), None));
    };
    let last: MerchantId = last.take()?;
    let rows = read.many(sql!(
        "SELECT merchant_id, currency, CAST(SUM(payable) AS BIGINT), COUNT(*) FROM settlement_line
         WHERE payout_id IS NULL AND merchant_id > $1 AND merchant_id <= $2 AND at <= $3
         GROUP BY merchant_id, currency ORDER BY merchant_id, currency",
        after,
        last,
        until
    ))?;
    let read_row = |mut row: Row| -> Result<Owed, StorageError> {
        let (merchant, currency) = (row.take()?, row.take()?);
        Ok(Owed {
            merchant,
            amount: Money::new(row.take()?, currency),
            line_count: row.take()?,
        })
    };
    let owed: Result<_, _> = rows.into_iter().map(read_row).collect();
    Ok((owed?, is_full.then_some(last)))
}

/// The line of this kind about `reference` (a redemption, a voucher), and the payout that it is part of.
pub fn line_of(
    read: &mut ReadTx,
    reference: Uuid,
    kind: LineKind,
) -> Result<Option<(SettlementLine, Option<PayoutId>)>, Fail> {
    let row = read.one(sql!(
        "SELECT payout_id, id, merchant_id, store_id, voucher_id, order_id, reference, kind, currency, price,
           discount_platform, discount_merchant, due_at_store, commission, rebate, payable, at FROM settlement_line
         WHERE reference = $1 AND kind = $2",
        reference,
        kind
    ))?;
    let Some(mut row) = row else {
        return Ok(None);
    };
    let payout = row.take()?;
    Ok(Some((read_line(row)?, payout)))
}

fn read_line(mut row: Row) -> Result<SettlementLine, StorageError> {
    Ok(SettlementLine {
        id: row.take()?,
        merchant: row.take()?,
        store: row.take()?,
        voucher: row.take()?,
        order: row.take()?,
        reference: row.take()?,
        kind: row.take()?,
        currency: row.take()?,
        price: row.take()?,
        discount_platform: row.take()?,
        discount_merchant: row.take()?,
        due_at_store: row.take()?,
        commission: row.take()?,
        rebate: row.take()?,
        payable: row.take()?,
        at: row.take()?,
    })
}

/// One payout.
pub fn payout(read: &mut ReadTx, id: PayoutId) -> Result<Option<Payout>, Fail> {
    let row = read.one(sql!(
        "SELECT id, merchant_id, currency, amount, line_count, closed_until, status, proposed_by, proposed_at,
           approved_by, approved_at, paid_at, failure, version FROM payout WHERE id = $1",
        id
    ))?;
    Ok(row.map(read_payout).transpose()?)
}

/// At most `limit` payouts of a merchant, the newest first, older than `after`.
pub fn payouts_of(
    read: &mut ReadTx,
    merchant: MerchantId,
    after: Option<PayoutId>,
    limit: i64,
) -> Result<Vec<Payout>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, currency, amount, line_count, closed_until, status, proposed_by, proposed_at,
           approved_by, approved_at, paid_at, failure, version FROM payout
         WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        merchant,
        after.map_or(Uuid::max(), |id| id.uuid()),
        limit
    ))?;
    rows.into_iter().map(|row| Ok(read_payout(row)?)).collect()
}

/// At most `limit` payouts that stand at `status`, the newest first, older than `after`.
pub fn payouts_at(
    read: &mut ReadTx,
    status: PayoutStatus,
    after: Option<PayoutId>,
    limit: i64,
) -> Result<Vec<Payout>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, currency, amount, line_count, closed_until, status, proposed_by, proposed_at,
           approved_by, approved_at, paid_at, failure, version FROM payout
         WHERE status = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        status,
        after.map_or(Uuid::max(), |id| id.uuid()),
        limit
    ))?;
    rows.into_iter().map(|row| Ok(read_payout(row)?)).collect()
}

/// How many payouts stand at `status`.
pub fn payout_count(read: &mut ReadTx, status: PayoutStatus) -> Result<i64, Fail> {
    let row = read.one(sql!("SELECT COUNT(*) FROM payout WHERE status = $1", status))?;
    let mut row = row.ok_or_else(|| StorageError::bug("a count gave no row"))?;
    Ok(row.take()?)
}

fn read_payout(mut row: Row) -> Result<Payout, StorageError> {
    Ok(Payout {
        id: row.take()?,
        merchant: row.take()?,
        currency: row.take()?,
        amount: row.take()?,
        line_count: row.take()?,
        closed_until: row.take()?,
        status: row.take()?,
        proposed_by: Some(row.take::<PersonId>()?).filter(|person| !person.uuid().is_nil()),
        proposed_at: row.take()?,
        approved_by: row.take()?,
        approved_at: row.take()?,
        paid_at: row.take()?,
        failure: row.take()?,
        version: row.take()?,
    })
}

/// At most `limit` rebates of a sharer, the newest first, older than `after`.
pub fn rebates_of(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<RebateId>,
    limit: i64,
) -> Result<Vec<Rebate>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, redemption_id, order_id, sharer_id, merchant_id, currency, amount, status, entry_id, due_at,
           created_at FROM rebate WHERE sharer_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        person,
        after.map_or(Uuid::max(), |id| id.uuid()),
        limit
    ))?;
    rows.into_iter().map(|row| Ok(read_rebate(row)?)).collect()
}

fn read_rebate(mut row: Row) -> Result<Rebate, StorageError> {
    Ok(Rebate {
        id: row.take()?,
        redemption: row.take()?,
        order: row.take()?,
        sharer: row.take()?,
        merchant: row.take()?,
        currency: row.take()?,
        amount: row.take()?,
        status: row.take()?,
        entry: row.take()?,
        due_at: row.take()?,
        created_at: row.take()?,
    })
}

/// What a person can spend of the rebates earned, by currency. Only [`crate::spend`] and
/// [`crate::spend_up_to`] decide; this is for showing.
pub fn spendable(read: &mut ReadTx, person: PersonId) -> Result<Vec<Money>, Fail> {
    let rows = read.many(sql!(
        "SELECT currency, spendable FROM rebate_balance WHERE person_id = $1 AND spendable > 0 ORDER BY currency",
        person
    ))?;
    rows.into_iter()
        .map(|mut row| {
            let currency = row.take()?;
            Ok(Money::new(row.take()?, currency))
        })
        .collect()
}
