//! The merchant answers a review, once.

use kernel::{Ctx, ReviewId};
use store::{Fail, Lock, StorageError, Tx};

/// Answer this review.
#[derive(Debug, Clone)]
pub struct ReplyReview {
    /// Which.
    pub review: ReviewId,
    /// What the merchant says.
    pub text: String,
}

impl ReplyReview {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("review", self.review)]
    }
}

/// Answers a review of the actor's own merchant (a manager of the store).
///
/// Rejects: `review_invalid`, `review_unknown` (another merchant's too), `review_not_shown`,
/// `review_replied`.
pub fn reply_review(_tx: &mut Tx, _ctx: &Ctx, _cmd: &ReplyReview) -> Result<(), Fail> {
    Err(StorageError::bug("not written yet").into())
}
