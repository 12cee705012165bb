//! Takes a redemption back that was made by mistake: the voucher has its use again, and the money is in
//! escrow as before. Only within the undo window and only while nobody was paid for it.

use kernel::{Ctx, RedemptionId};
use store::{Fail, Lock, StorageError, Tx};

/// Undo this redemption.
#[derive(Debug, Clone, Copy)]
pub struct UndoRedemption {
    /// Which.
    pub redemption: RedemptionId,
}

impl UndoRedemption {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("redemption", self.redemption)]
    }
}

/// Undoes a redemption of the actor's own merchant (any staff of its store).
///
/// Rejects: `redemption_unknown`, `redemption_not_live`, `undo_too_late`, `undo_settled`,
/// `undo_not_last`, `undo_voucher_closed`.
pub fn undo_redemption(_tx: &mut Tx, _ctx: &Ctx, _cmd: &UndoRedemption) -> Result<(), Fail> {
    Err(StorageError::bug("not written yet").into())
}
