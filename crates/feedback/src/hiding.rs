//! Taking a review down, whoever decided it, and putting it up again: the review, the store's rating and the
//! event together.

use kernel::Ctx;
use store::{Fail, Tx, sql};

use crate::{Review, ReviewHidden, ReviewShown, ReviewStatus};

/// Takes a shown review out of sight and out of its store's rating. `false` if it was not shown.
pub(crate) fn take_down(tx: &mut Tx, ctx: &Ctx, review: &Review, to: ReviewStatus) -> Result<bool, Fail> {
    let hidden = tx.claim(sql!(
        "UPDATE review SET status = $1, hidden_because = $2, version = version + 1 WHERE id = $3 AND status = 'shown'",
        to.as_str(),
        ctx.reason.as_deref(),
        review.id
    ))?;
    if hidden == 0 {
        return Ok(false);
    }
    tx.tell(sql!(
        "UPDATE store_rating SET stars_sum = stars_sum - $1, review_count = review_count - 1 WHERE store_id = $2",
        review.stars,
        review.store
    ))?;
    let event = ReviewHidden {
        review: review.id,
        merchant: review.merchant,
        store: review.store,
        offer: review.offer,
        stars: review.stars,
        status: to.as_str().to_owned(),
    };
    tx.emit(ctx, review.id, review.version + 1, &event)?;
    Ok(true)
}

/// Puts a hidden review in sight and into its store's rating again. `false` if no operator had hidden it.
pub(crate) fn put_up(tx: &mut Tx, ctx: &Ctx, review: &Review) -> Result<bool, Fail> {
    let shown = tx.claim(sql!(
        "UPDATE review SET status = 'shown', hidden_because = NULL, version = version + 1 WHERE id = $1 AND status = 'hidden'",
        review.id
    ))?;
    if shown == 0 {
        return Ok(false);
    }
    tx.tell(sql!(
        "UPDATE store_rating SET stars_sum = stars_sum + $1, review_count = review_count + 1 WHERE store_id = $2",
        review.stars,
        review.store
    ))?;
    let event = ReviewShown {
        review: review.id,
        merchant: review.merchant,
        store: review.store,
        offer: review.offer,
        stars: review.stars,
    };
    tx.emit(ctx, review.id, review.version + 1, &event)?;
    Ok(true)
}
