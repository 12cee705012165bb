//! Taking a review down, whoever decided it: the review, the store's rating and the event together.

use kernel::Ctx;
use store::{Fail, Tx, sql};

use crate::{Review, ReviewHidden, ReviewStatus};

/// Takes a shown review out of sight and out of its store's rating. `false` if it was not shown.
pub(crate) fn take_down(tx: &mut Tx, ctx: &Ctx, review: &Review, to: ReviewStatus) -> Result<bool, Fail> {
    let hidden = tx.claim(sql!(
        "UPDATE review SET status = $1, version = version + 1 WHERE id = $2 AND status = 'shown'",
        to.as_str(),
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
