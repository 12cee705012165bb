//! Withdraws the review of a visit that was refunded or undone. Called for each such event, by whoever
//! reads them; doing it again changes nothing.

use kernel::{Ctx, RedemptionId};
use store::{Fail, StorageError, Tx};

/// Withdraw the review of this visit, if it has one.
#[derive(Debug, Clone, Copy)]
pub struct HideForRefund {
    /// The visit.
    pub redemption: RedemptionId,
}

/// Withdraws the visit's review, hidden or shown, if the visit no longer stands. Says whether it was
/// shown until now.
pub fn hide_for_refund(_tx: &mut Tx, _ctx: &Ctx, _cmd: &HideForRefund) -> Result<bool, Fail> {
    Err(StorageError::bug("not written yet").into())
}
