//! The refund window of a redemption closed: its rebate can be spent. Called for by a timer; the
//! guarded update decides against a reversal at the same moment.

use kernel::{Ctx, Currency, JournalEntryId, PersonId, RebateId};
use party::require_system;
use store::{Fail, Lock, StorageError, TimerKind, Tx, sql};

use crate::events::RebatePosted;
use crate::{RebateStatus, give_back, post_pending};

/// The timer that calls for [`post_rebate`]; its subject is the rebate.
pub const POST_REBATE: TimerKind = TimerKind("post_rebate");

/// What [`post_rebate`] is told.
#[derive(Debug, Clone)]
pub struct PostRebate {
    /// Which rebate.
    pub rebate: RebateId,
}

impl PostRebate {
    /// The rows that it claims.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("rebate", self.rebate)]
    }
}

/// Posts a rebate that is due and adds it to what its sharer can spend. `false` if it is not pending
/// any more, or not due yet. Clears the timer unless it is not due.
///
/// # Errors
/// Whatever an actor other than Qiao itself is told.
pub fn post_rebate(tx: &mut Tx, ctx: &Ctx, cmd: &PostRebate) -> Result<bool, Fail> {
    require_system(ctx)?;
    let claim = sql!(
        "UPDATE rebate SET status = 'posted' WHERE id = $1 AND status = 'pending' AND due_at <= $2
         RETURNING sharer_id, currency, amount, entry_id",
        cmd.rebate,
        ctx.now
    );
    let clear = sql!(
        "DELETE FROM timer WHERE kind = $1 AND subject = $2 AND due <= $3",
        POST_REBATE.0,
        cmd.rebate,
        ctx.now
    );
    let [claimed, _] = tx.ask([claim, clear])?;
    let Some(mut row) = claimed.into_iter().next() else {
        return Ok(false);
    };
    let (sharer, currency): (PersonId, Currency) = (row.take()?, row.take()?);
    let (amount, entry): (i64, JournalEntryId) = (row.take()?, row.take()?);
    if !post_pending(tx, ctx, entry)? {
        return Err(StorageError::bug("a pending rebate's entry was resolved behind its back").into());
    }
    give_back(tx, sharer, currency, amount)?;
    let event = RebatePosted {
        rebate: cmd.rebate,
        sharer,
        amount,
        currency: currency.code().to_owned(),
    };
    tx.emit(ctx, cmd.rebate, RebateStatus::Posted.version(), &event)?;
    Ok(true)
}
