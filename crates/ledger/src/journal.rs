//! The journal: entries are added and never changed. A pending entry counts in a layer of its own until
//! one later entry takes it out of there, and posts it or does not.

use kernel::{Ctx, JournalEntryId};
use store::{Fail, Query, StorageError, Tx, sql};
use uuid::Uuid;

use crate::decide::check_entry;
use crate::{EntryKind, Leg, NewEntry};

/// The layer of final legs in `journal_leg.layer`.
const POSTED: i64 = 0;
/// The layer of pending legs.
const PENDING: i64 = 1;

/// Writes an entry that is final at once. Told: three statements for up to four legs. The caller's own
/// guard has decided that it is written once; a second one for the same reference and reason is a bug.
///
/// # Errors
/// A bug if the entry breaks a rule of [`NewEntry`].
pub fn post(tx: &mut Tx, ctx: &Ctx, entry: &NewEntry) -> Result<JournalEntryId, Fail> {
    let id = ctx.new_id();
    write(tx, ctx, id, EntryKind::Posted, entry)?;
    Ok(id)
}

/// Writes a pending entry, which [`post_pending`] or [`void_pending`] resolves later. Costs what
/// [`post`] costs.
///
/// # Errors
/// A bug if the entry breaks a rule of [`NewEntry`].
pub fn reserve(tx: &mut Tx, ctx: &Ctx, entry: &NewEntry) -> Result<JournalEntryId, Fail> {
    let id = ctx.new_id();
    reserve_as(tx, ctx, id, entry)?;
    Ok(id)
}

/// [`reserve`] under an id that was drawn before.
pub(crate) fn reserve_as(
    tx: &mut Tx,
    ctx: &Ctx,
    id: JournalEntryId,
    entry: &NewEntry,
) -> Result<(), StorageError> {
    write(tx, ctx, id, EntryKind::Pending, entry)
}

/// Posts a pending entry. `false` if it was posted or voided before, or is none. One asked and three told
/// statements.
pub fn post_pending(tx: &mut Tx, ctx: &Ctx, pending: JournalEntryId) -> Result<bool, Fail> {
    let Some(legs) = resolve(tx, ctx, pending, "posted")? else {
        return Ok(false);
    };
    let id = write_resolving_entry(tx, ctx, pending, EntryKind::Posts)?;
    tx.tell_rows(
        sql!(
            "INSERT INTO journal_leg (entry_id, n, account, owner_id, currency, layer, amount)
             SELECT $1, 2 * l.n + s.layer, l.account, l.owner_id, l.currency, s.layer, s.sign * l.amount
             FROM journal_leg l CROSS JOIN
               (SELECT CAST(0 AS BIGINT) AS layer, CAST(1 AS BIGINT) AS sign UNION ALL SELECT 1, -1) s
             WHERE l.entry_id = $2",
            id,
            pending
        ),
        2 * legs,
    )?;
    Ok(true)
}

/// Voids a pending entry: it never happened. `false` if it was posted or voided before, or is none. One
/// asked and three told statements.
pub fn void_pending(tx: &mut Tx, ctx: &Ctx, pending: JournalEntryId) -> Result<bool, Fail> {
    let Some(legs) = resolve(tx, ctx, pending, "voided")? else {
        return Ok(false);
    };
    let id = write_resolving_entry(tx, ctx, pending, EntryKind::Voids)?;
    tx.tell_rows(
        sql!(
            "INSERT INTO journal_leg (entry_id, n, account, owner_id, currency, layer, amount)
             SELECT $1, n, account, owner_id, currency, layer, -amount FROM journal_leg WHERE entry_id = $2",
            id,
            pending
        ),
        legs,
    )?;
    Ok(true)
}

/// Claims the one resolution of a pending entry and gives its number of legs; `None` if it is taken.
fn resolve(
    tx: &mut Tx,
    ctx: &Ctx,
    pending: JournalEntryId,
    outcome: &str,
) -> Result<Option<u64>, StorageError> {
    let claimed = tx.one(sql!(
        "INSERT INTO journal_resolution (pending_id, outcome, at)
         SELECT id, $1, $2 FROM journal_entry WHERE id = $3 AND kind = 'pending'
         ON CONFLICT (pending_id) DO NOTHING
         RETURNING (SELECT COUNT(*) FROM journal_leg WHERE entry_id = journal_resolution.pending_id)",
        outcome,
        ctx.now,
        pending
    ))?;
    claimed.map(|mut row| Ok(row.take::<i64>()? as u64)).transpose()
}

fn write_resolving_entry(
    tx: &mut Tx,
    ctx: &Ctx,
    pending: JournalEntryId,
    kind: EntryKind,
) -> Result<JournalEntryId, StorageError> {
    let id = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO journal_entry (id, reason, reference, currency, kind, at)
         SELECT $1, reason, id, currency, $2, $3 FROM journal_entry WHERE id = $4",
        id,
        kind.as_str(),
        ctx.now,
        pending
    ))?;
    to_be_carried(tx, id)?;
    Ok(id)
}

fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    id: JournalEntryId,
    kind: EntryKind,
    entry: &NewEntry,
) -> Result<(), StorageError> {
    let in_words = |problem| StorageError::bug(format!("{}: {problem}", entry.reason.as_str()));
    check_entry(entry).map_err(in_words)?;
    tx.tell(sql!(
        "INSERT INTO journal_entry (id, reason, reference, currency, kind, at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        entry.reason,
        entry.reference,
        entry.currency,
        kind.as_str(),
        ctx.now
    ))?;
    to_be_carried(tx, id)?;
    let layer = if kind == EntryKind::Pending {
        PENDING
    } else {
        POSTED
    };
    for (chunk, legs) in entry.legs.chunks(LEGS_AT_ONCE).enumerate() {
        let first = (chunk * LEGS_AT_ONCE) as i64;
        tx.tell_rows(insert_legs(id, entry, layer, first, legs), legs.len() as u64)?;
    }
    Ok(())
}

/// Until [`crate::carry_forward`] takes it, the entry's legs are counted one by one.
fn to_be_carried(tx: &mut Tx, id: JournalEntryId) -> Result<(), StorageError> {
    tx.tell(sql!("INSERT INTO journal_uncarried (entry_id) VALUES ($1)", id))
}

/// Most entries have no more legs than this; longer ones take another statement.
const LEGS_AT_ONCE: usize = 4;

/// One statement for up to [`LEGS_AT_ONCE`] legs, numbered from `first`.
fn insert_legs(id: JournalEntryId, entry: &NewEntry, layer: i64, first: i64, legs: &[Leg]) -> Query {
    let currency = entry.currency;
    let owner = |i: usize| legs[i].owner.unwrap_or(Uuid::nil());
    match legs.len() {
        1 => sql!(
            "INSERT INTO journal_leg (entry_id, currency, layer, n, account, owner_id, amount)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id,
            currency,
            layer,
            first,
            legs[0].account,
            owner(0),
            legs[0].amount
        ),
        2 => sql!(
            "INSERT INTO journal_leg (entry_id, currency, layer, n, account, owner_id, amount)
             VALUES ($1, $2, $3, $4, $5, $6, $7), ($1, $2, $3, $4 + 1, $8, $9, $10)",
            id,
            currency,
            layer,
            first,
            legs[0].account,
            owner(0),
            legs[0].amount,
            legs[1].account,
            owner(1),
            legs[1].amount
        ),
        3 => sql!(
            "INSERT INTO journal_leg (entry_id, currency, layer, n, account, owner_id, amount)
             VALUES ($1, $2, $3, $4, $5, $6, $7), ($1, $2, $3, $4 + 1, $8, $9, $10),
                    ($1, $2, $3, $4 + 2, $11, $12, $13)",
            id,
            currency,
            layer,
            first,
            legs[0].account,
            owner(0),
            legs[0].amount,
            legs[1].account,
            owner(1),
            legs[1].amount,
            legs[2].account,
            owner(2),
            legs[2].amount
        ),
        _ => sql!(
            "INSERT INTO journal_leg (entry_id, currency, layer, n, account, owner_id, amount)
             VALUES ($1, $2, $3, $4, $5, $6, $7), ($1, $2, $3, $4 + 1, $8, $9, $10),
                    ($1, $2, $3, $4 + 2, $11, $12, $13), ($1, $2, $3, $4 + 3, $14, $15, $16)",
            id,
            currency,
            layer,
            first,
            legs[0].account,
            owner(0),
            legs[0].amount,
            legs[1].account,
            owner(1),
            legs[1].amount,
            legs[2].account,
            owner(2),
            legs[2].amount,
            legs[3].account,
            owner(3),
            legs[3].amount
        ),
    }
}
