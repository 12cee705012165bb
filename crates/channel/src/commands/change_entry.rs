//! An entry gets another name, or is closed: it is chosen no more, and what still comes by an old poster is
//! counted all the same.

use kernel::{Actor, Ctx, EntryId};
use party::{NOT_FOUND, OperatorRole, Role};
use store::{Fail, Lock, Query, Tx, sql};

use crate::events::{EntryClosed, EntryRenamed};
use crate::model::{Entry, EntryKind};
use crate::queries;
use crate::reject::ENTRY_CLOSED;

/// Another name for an entry.
#[derive(Debug, Clone)]
pub struct RenameEntry {
    /// Which.
    pub entry: EntryId,
    /// 1 to 80 characters.
    pub name: String,
}

impl RenameEntry {
    /// The entry itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("entry", self.entry)]
    }
}

/// For whoever may make such an entry. A share link's own entry has no name to change.
///
/// Rejects with [`party::NOT_FOUND`], `ENTRY_CLOSED` and [`party::TEXT_INVALID`].
pub fn rename_entry(tx: &mut Tx, ctx: &Ctx, cmd: &RenameEntry) -> Result<(), Fail> {
    let entry = own_entry(tx, ctx, cmd.entry)?;
    party::check::some_text("/name", &cmd.name, 80)?;
    let version = claim(
        tx,
        sql!(
            "UPDATE entry SET name = $1, version = version + 1 WHERE id = $2 AND closed_at IS NULL RETURNING version",
            &cmd.name,
            entry.id
        ),
    )?;
    let event = EntryRenamed {
        entry: entry.id,
        merchant: entry.merchant,
    };
    tx.emit(ctx, entry.id, version, &event)?;
    Ok(())
}

/// An entry that is chosen no more.
#[derive(Debug, Clone)]
pub struct CloseEntry {
    /// Which.
    pub entry: EntryId,
}

impl CloseEntry {
    /// The entry itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("entry", self.entry)]
    }
}

/// For whoever may make such an entry.
///
/// Rejects with [`party::NOT_FOUND`] and `ENTRY_CLOSED`.
pub fn close_entry(tx: &mut Tx, ctx: &Ctx, cmd: &CloseEntry) -> Result<(), Fail> {
    let entry = own_entry(tx, ctx, cmd.entry)?;
    let version = claim(
        tx,
        sql!(
            "UPDATE entry SET closed_at = $1, version = version + 1 WHERE id = $2 AND closed_at IS NULL RETURNING version",
            ctx.now,
            entry.id
        ),
    )?;
    let event = EntryClosed {
        entry: entry.id,
        merchant: entry.merchant,
    };
    tx.emit(ctx, entry.id, version, &event)?;
    Ok(())
}

/// The entry, if the actor may run it.
fn own_entry(tx: &mut Tx, ctx: &Ctx, entry: EntryId) -> Result<Entry, Fail> {
    let entry = queries::entry(tx, entry)?.filter(|entry| entry.kind != EntryKind::Share);
    let entry = entry.ok_or_else(|| NOT_FOUND.plain())?;
    match entry.merchant {
        Some(merchant) => party::require_staff(tx, ctx, merchant, None, Role::Manager)?,
        // To a merchant's staff the platform's entries are not there.
        None if matches!(ctx.actor, Actor::Staff(..)) => return Err(NOT_FOUND.plain().into()),
        None => party::require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?,
    };
    Ok(entry)
}

/// Makes the guarded change and gives the new version.
fn claim(tx: &mut Tx, change: Query) -> Result<i64, Fail> {
    let row = tx.one(change)?;
    let mut row = row.ok_or_else(|| ENTRY_CLOSED.plain())?;
    Ok(row.take()?)
}
