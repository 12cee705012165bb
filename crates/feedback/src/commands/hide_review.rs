//! An operator hides a review that breaks the rules, and shows it again. The reason goes to the audit log.

use consume::RedemptionStatus;
use kernel::{Ctx, ReviewId};
use party::OperatorRole;
use store::{Fail, Lock, Tx};

use crate::hiding::{put_up, take_down};
use crate::{REVIEW_NOT_HIDDEN, REVIEW_NOT_SHOWN, REVIEW_UNKNOWN, REVIEW_VISIT_VOID, ReviewStatus, queries};

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
/// Rejects: `reason_missing`, `review_unknown`, `review_not_shown`, and `party`'s for who is no
/// such operator.
pub fn hide_review(tx: &mut Tx, ctx: &Ctx, cmd: &HideReview) -> Result<(), Fail> {
    require_moderator(tx, ctx)?;
    let review = queries::review(tx, cmd.review)?.ok_or_else(|| REVIEW_UNKNOWN.plain())?;
    if !take_down(tx, ctx, &review, ReviewStatus::Hidden)? {
        return Err(REVIEW_NOT_SHOWN.plain().into());
    }
    Ok(())
}

/// An administrator or support, who says why.
fn require_moderator(tx: &mut Tx, ctx: &Ctx) -> Result<(), Fail> {
    party::require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?;
    party::require_reason(ctx)?;
    Ok(())
}

/// Show this review again. The reason is `ctx.reason`.
#[derive(Debug, Clone, Copy)]
pub struct ShowReview {
    /// Which.
    pub review: ReviewId,
}

impl ShowReview {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("review", self.review)]
    }
}

/// Shows a review that an operator hid and counts its stars again (an operator: admin or support).
///
/// Rejects: `reason_missing`, `review_unknown`, `review_not_hidden`, `review_visit_void` once the
/// visit was taken back, and `party`'s for who is no such operator.
pub fn show_review(tx: &mut Tx, ctx: &Ctx, cmd: &ShowReview) -> Result<(), Fail> {
    require_moderator(tx, ctx)?;
    let review = queries::review(tx, cmd.review)?.ok_or_else(|| REVIEW_UNKNOWN.plain())?;
    // Locked, so that a refund at this moment finds the review either hidden or shown, and withdraws it then.
    tx.lock(&[Lock::row("redemption", review.redemption)]);
    let visit = consume::queries::redemption(tx, review.redemption)?;
    if visit.is_none_or(|visit| visit.status != RedemptionStatus::Live) {
        return Err(REVIEW_VISIT_VOID.plain().into());
    }
    if !put_up(tx, ctx, &review)? {
        return Err(REVIEW_NOT_HIDDEN.plain().into());
    }
    Ok(())
}
