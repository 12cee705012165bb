//! Withdraws the review of a visit that was refunded or undone. Called for each such event, by whoever
//! reads them; doing it again changes nothing.

use consume::{RedemptionRefunded, RedemptionStatus, RedemptionUndone};
use kernel::{Ctx, RedemptionId};
use store::{EventBody, Fail, Lock, StoredEvent, Tx};

use crate::hiding::take_down;
use crate::{ReviewStatus, queries};

/// Withdraw the review of this visit, if it has one.
#[derive(Debug, Clone, Copy)]
pub struct HideForRefund {
    /// The visit.
    pub redemption: RedemptionId,
}

impl HideForRefund {
    /// Whose cursor in the event log says how far reviews were hidden.
    pub const CONSUMER: &str = "reviews";

    /// What this event calls for: `None` unless a visit was taken back.
    pub fn called_for(event: &StoredEvent) -> Option<Self> {
        let takes_back = [RedemptionRefunded::TYPE, RedemptionUndone::TYPE].contains(&event.kind.as_str());
        takes_back.then(|| Self {
            redemption: event.subject(),
        })
    }

    /// The rows that it rests on: a review of the visit that is being posted is waited for.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("redemption", self.redemption)]
    }
}

/// Withdraws the visit's review and takes its stars out of the store's rating, if the visit no longer
/// stands. Says whether the review was shown until now. Qiao itself alone may.
pub fn hide_for_refund(tx: &mut Tx, ctx: &Ctx, cmd: &HideForRefund) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    tx.lock(&cmd.locks());
    let visit = consume::queries::redemption(tx, cmd.redemption)?;
    let void = visit.is_some_and(|visit| match visit.status {
        RedemptionStatus::Live => false,
        RedemptionStatus::Undone | RedemptionStatus::Refunded => true,
    });
    match queries::review_of(tx, cmd.redemption)? {
        Some(review) if void => take_down(tx, ctx, &review, ReviewStatus::Withdrawn),
        Some(_) | None => Ok(false),
    }
}
