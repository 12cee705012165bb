//! The journal as it is read: entries with their legs, newest first.

use std::collections::BTreeSet;

use kernel::{Currency, JournalEntryId};
use store::{Fail, Query, ReadTx, Row, StorageError, sql};
use uuid::Uuid;

use crate::{Account, Leg, OwnerKind, StoredEntry};

/// At most `limit` entries that moved an account, the newest first, older than `after`: for one owner, or all
/// of them together (`None`).
pub fn entries(
    read: &mut ReadTx,
    account: Account,
    owner: Option<Uuid>,
    currency: Currency,
    after: Option<JournalEntryId>,
    limit: i64,
) -> Result<Vec<StoredEntry>, Fail> {
    let before = after.map_or(Uuid::max(), |id| id.uuid());
    let owner = match account.owner_kind() {
        OwnerKind::Platform => Some(Uuid::nil()),
        OwnerKind::Order | OwnerKind::Merchant | OwnerKind::Person => owner,
    };
    let ids = match owner {
        Some(owner) => {
            // Each layer is a range of the index on its own.
            let layers = [0, 1].map(|layer| of_owner(account, owner, currency, layer, before, limit));
            let mut ids = BTreeSet::new();
            for mut row in read.ask(layers)?.into_iter().flatten() {
                ids.insert(row.take::<JournalEntryId>()?);
            }
            ids.into_iter().rev().take(limit as usize).collect()
        }
        None => of_everybody(read, account, currency, before, limit)?,
    };
    read_entries(read, &ids)
}

fn of_owner(
    account: Account,
    owner: Uuid,
    currency: Currency,
    layer: i64,
    before: Uuid,
    limit: i64,
) -> Query {
    sql!(
        "SELECT DISTINCT entry_id FROM journal_leg
         WHERE account = $1 AND owner_id = $2 AND currency = $3 AND layer = $4 AND entry_id < $5
         ORDER BY entry_id DESC LIMIT $6",
        account,
        owner,
        currency,
        layer,
        before,
        limit
    )
}

/// Looks through the journal from its end: an account that is kept for many owners is moved often.
fn of_everybody(
    read: &mut ReadTx,
    account: Account,
    currency: Currency,
    before: Uuid,
    limit: i64,
) -> Result<Vec<JournalEntryId>, Fail> {
    let rows = read.many(sql!(
        "SELECT e.id FROM journal_entry e WHERE e.id < $1 AND e.currency = $2
           AND EXISTS (SELECT 1 FROM journal_leg l WHERE l.entry_id = e.id AND l.account = $3)
         ORDER BY e.id DESC LIMIT $4",
        before,
        currency,
        account,
        limit
    ))?;
    rows.into_iter().map(|mut row| Ok(row.take()?)).collect()
}

/// The entries of these ids with their legs, in two round trips.
fn read_entries(read: &mut ReadTx, ids: &[JournalEntryId]) -> Result<Vec<StoredEntry>, Fail> {
    let entries = ids.iter().map(|id| {
        // What posts or voids a pending entry is about what that is about.
        sql!(
            "SELECT e.id, e.reason, COALESCE(p.reference, e.reference), e.currency, e.kind, e.at
             FROM journal_entry e
             LEFT JOIN journal_entry p ON p.id = e.reference AND e.kind IN ('posts', 'voids')
             WHERE e.id = $1",
            *id
        )
    });
    let legs = ids.iter().map(|id| {
        sql!(
            "SELECT account, owner_id, layer, amount FROM journal_leg WHERE entry_id = $1 ORDER BY n",
            *id
        )
    });
    let entries = read.ask_all(entries.collect())?.into_iter().flatten();
    let legs = read.ask_all(legs.collect())?;
    entries
        .zip(legs)
        .map(|(entry, legs)| Ok(read_entry(entry, legs)?))
        .collect()
}

fn read_entry(mut row: Row, legs: Vec<Row>) -> Result<StoredEntry, StorageError> {
    Ok(StoredEntry {
        id: row.take()?,
        reason: row.take()?,
        reference: row.take()?,
        currency: row.take()?,
        kind: row.take()?,
        at: row.take()?,
        legs: legs.into_iter().map(read_leg).collect::<Result<_, _>>()?,
    })
}

/// A leg, and whether it is in the pending layer.
fn read_leg(mut row: Row) -> Result<(Leg, bool), StorageError> {
    let (account, owner, layer): (Account, Uuid, i64) = (row.take()?, row.take()?, row.take()?);
    let leg = Leg {
        account,
        owner: (!owner.is_nil()).then_some(owner),
        amount: row.take()?,
    };
    Ok((leg, layer == 1))
}
