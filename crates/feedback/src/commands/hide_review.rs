//! An operator hides a review that breaks the rules. The reason goes to the audit log.

use kernel::{Ctx, ReviewId};
use party::OperatorRole;
use store::{Fail, Lock, Tx};

use crate::hiding::take_down;
use crate::{REVIEW_NOT_SHOWN, REVIEW_REASON_MISSING, REVIEW_UNKNOWN, ReviewStatus, queries};

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
/// Rejects: `review_reason_missing`, `review_unknown`, `review_not_shown`, and `party`'s for who is no
/// such operator.
pub fn hide_review(tx: &mut Tx, ctx: &Ctx, cmd: &HideReview) -> Result<(), Fail> {
    party::require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?;
    if ctx
        .reason
        .as_deref()
        .is_none_or(|reason| reason.trim().is_empty())
    {
        return Err(REVIEW_REASON_MISSING
            .at("/reason", REVIEW_REASON_MISSING.title)
            .into());
    }
    let review = queries::review(tx, cmd.review)?.ok_or_else(|| REVIEW_UNKNOWN.plain())?;
    if !take_down(tx, ctx, &review, ReviewStatus::Hidden)? {
        return Err(REVIEW_NOT_SHOWN.plain().into());
    }
    Ok(())
}
