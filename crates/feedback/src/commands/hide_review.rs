//! An operator hides a review that breaks the rules. The reason goes to the audit log.

use kernel::{Ctx, ReviewId};
use store::{Fail, Lock, StorageError, Tx};

/// Hide this review. The reason is `ctx.reason`.
#[derive(Debug, Clone, Copy)]
pub struct HideReview {
    /// Which.
    pub review: ReviewId,
}

impl HideReview {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("review", self.review)]
    }
}

/// Hides a review and takes its stars out of the store's rating (an operator: admin or support).
///
/// Rejects: `review_reason_missing`, `review_unknown`, `review_not_shown`.
pub fn hide_review(_tx: &mut Tx, _ctx: &Ctx, _cmd: &HideReview) -> Result<(), Fail> {
    Err(StorageError::bug("not written yet").into())
}
