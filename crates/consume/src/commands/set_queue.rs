//! A store begins to give out numbers, ends it, or has other lines.

use kernel::{Ctx, MerchantId, StoreId};
use offer::place;
use party::Role;
use store::{Fail, Lock, Tx, sql, to_json};

use crate::events::QueueSet;
use crate::queries;
use crate::queue::{QueueLine, check_lines};
use crate::reject::QUEUE_INVALID;

/// What [`set_queue`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetQueue {
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// Whether numbers are given out.
    pub is_open: bool,
    /// By the size of their parties.
    pub lines: Vec<QueueLine>,
}

impl SetQueue {
    /// The store, where nobody takes a number at that moment.
    pub fn locks(&self) -> Vec<Lock> {
        vec![place::lock(self.store)]
    }
}

/// Sets the queue of a store, for its cashiers and above. Who waits keeps line and number.
///
/// Rejects: `queue_invalid`, and as [`party::require_staff`] does.
pub fn set_queue(tx: &mut Tx, ctx: &Ctx, cmd: &SetQueue) -> Result<(), Fail> {
    party::require_staff(tx, ctx, cmd.merchant, Some(cmd.store), Role::Cashier)?;
    check_lines(&cmd.lines)?;
    tx.lock(&cmd.locks());
    let day = queries::day_of_queue(tx, cmd.store, ctx.now)?;
    let waiting = queries::lines_with_waiting(tx, cmd.store, day)?;
    let is_gone = |name: &&String| !cmd.lines.iter().any(|line| line.name == **name);
    if let Some(name) = waiting.iter().find(is_gone) {
        let detail = format!("Parties wait in line {name}: call them before it goes.");
        return Err(QUEUE_INVALID.at("/lines", detail).into());
    }
    tx.tell(sql!(
        "INSERT INTO store_queue (store_id, merchant_id, is_open, lines, version) VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (store_id) DO UPDATE SET is_open = excluded.is_open, lines = excluded.lines,
           version = store_queue.version + 1",
        cmd.store,
        cmd.merchant,
        cmd.is_open,
        to_json(&cmd.lines)?
    ))?;
    let event = QueueSet {
        merchant: cmd.merchant,
        store: cmd.store,
        is_open: cmd.is_open,
    };
    Ok(tx.emit(ctx, cmd.store, 0, &event)?)
}
