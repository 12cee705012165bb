//! The merchant answers a review, once.

use kernel::{Ctx, ReviewId};
use party::Role;
use store::{Fail, Lock, Tx, sql};

use crate::decide::clean_text;
use crate::{REVIEW_INVALID, REVIEW_NOT_SHOWN, REVIEW_REPLIED, ReviewReplied, ReviewStatus, queries};

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
/// Rejects: `review_invalid`, `review_not_shown`, `review_replied`, and `party`'s for who is no manager
/// there or names a review that is not there.
pub fn reply_review(tx: &mut Tx, ctx: &Ctx, cmd: &ReplyReview) -> Result<(), Fail> {
    let text = clean_text(&REVIEW_INVALID, &cmd.text)?;
    if text.is_empty() {
        return Err(REVIEW_INVALID.at("/text", "A reply says something.").into());
    }
    tx.lock(&cmd.locks());
    // As for another merchant's review, which is not told from none.
    let review = queries::review(tx, cmd.review)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    party::require_staff(tx, ctx, review.merchant, Some(review.store), Role::Manager)?;
    if review.status != ReviewStatus::Shown {
        return Err(REVIEW_NOT_SHOWN.plain().into());
    }
    let replied = tx.claim(sql!(
        "UPDATE review SET reply = $1, replied_at = $2, version = version + 1
         WHERE id = $3 AND reply IS NULL AND status = 'shown'",
        text,
        ctx.now,
        cmd.review
    ))?;
    if replied == 0 {
        return Err(REVIEW_REPLIED.plain().into());
    }
    let replied = ReviewReplied {
        review: review.id,
        merchant: review.merchant,
    };
    Ok(tx.emit(ctx, review.id, review.version + 1, &replied)?)
}
