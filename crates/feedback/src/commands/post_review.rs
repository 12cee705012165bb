//! A guest reviews a visit: the holder of the voucher alone, once, while the redemption stands.

use std::collections::BTreeMap;

use consume::{Redemption, RedemptionMode, RedemptionStatus};
use kernel::{Ctx, MediaId, PersonId, RedemptionId, ReviewId};
use store::{Fail, Lock, Tx, sql, to_json};

use crate::decide::{check_aspects, check_pictures, check_stars, clean_text};
use crate::{
    REVIEW_BY_STAFF, REVIEW_EXISTS, REVIEW_INVALID, REVIEW_NOT_YOURS, REVIEW_VISIT_VOID, ReviewPosted,
};

/// Review this visit.
#[derive(Debug, Clone)]
pub struct PostReview {
    /// The visit.
    pub redemption: RedemptionId,
    /// 1 to 5.
    pub stars: i64,
    /// 1 to 5 by aspect; names of 1 to 32 lower-case letters, digits and underscores.
    pub aspects: BTreeMap<String, i64>,
    /// In the guest's own words; may be empty.
    pub text: String,
    /// The guest's own pictures, at most [`crate::MAX_PICTURES`].
    pub media: Vec<MediaId>,
}

impl PostReview {
    /// The rows that it rests on: a refund of the visit waits for the review, or the review for the refund.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("redemption", self.redemption)]
    }
}

/// Posts a review and counts it in the store's rating.
///
/// Rejects: `review_invalid`, `review_redemption_unknown` (another's too), `review_visit_void`,
/// `review_by_staff`, `review_exists`, and `party`'s for who is no consumer.
pub fn post_review(tx: &mut Tx, ctx: &Ctx, cmd: &PostReview) -> Result<ReviewId, Fail> {
    let person = party::require_open_account(tx, ctx)?;
    check_stars("/stars", cmd.stars)?;
    check_aspects(&cmd.aspects)?;
    let text = clean_text(&REVIEW_INVALID, &cmd.text)?;
    check_pictures(&REVIEW_INVALID, &cmd.media)?;
    tx.lock(&cmd.locks());
    let visit = own_visit(tx, person, cmd.redemption)?;
    let grants = party::queries::grants(tx, person)?;
    if grants.staff.iter().any(|grant| grant.merchant == visit.merchant) {
        return Err(REVIEW_BY_STAFF.plain().into());
    }
    party::require_own_media(tx, &REVIEW_INVALID, &[person.uuid()], &cmd.media)?;
    let id: ReviewId = ctx.new_id();
    let (aspects, media) = (to_json(&cmd.aspects)?, to_json(&cmd.media)?);
    let posted = tx.claim(sql!(
        "INSERT INTO review (id, redemption_id, person_id, merchant_id, store_id, offer_id, stars, aspects, text,
                             media, status, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'shown', $11, 1) ON CONFLICT (redemption_id) DO NOTHING",
        id, visit.id, person, visit.merchant, visit.store, visit.offer, cmd.stars, aspects, text, media, ctx.now
    ))?;
    if posted == 0 {
        return Err(REVIEW_EXISTS.at("/redemption", REVIEW_EXISTS.title).into());
    }
    tx.tell(sql!(
        "INSERT INTO store_rating (store_id, stars_sum, review_count) VALUES ($1, $2, 1)
         ON CONFLICT (store_id) DO UPDATE SET stars_sum = store_rating.stars_sum + excluded.stars_sum,
                                              review_count = store_rating.review_count + 1",
        visit.store,
        cmd.stars
    ))?;
    let posted = ReviewPosted {
        review: id,
        redemption: visit.id,
        merchant: visit.merchant,
        store: visit.store,
        offer: visit.offer,
        stars: cmd.stars,
    };
    tx.emit(ctx, id, 1, &posted)?;
    Ok(id)
}

/// The visit, if it is this person's and stands. Another's looks as if it did not exist.
fn own_visit(tx: &mut Tx, person: PersonId, id: RedemptionId) -> Result<Redemption, Fail> {
    let visit = consume::queries::redemption(tx, id)?;
    let visit = visit
        .filter(|visit| visit.person == person && visit.mode != RedemptionMode::Missed)
        .ok_or_else(|| REVIEW_NOT_YOURS.at("/redemption", REVIEW_NOT_YOURS.title))?;
    match visit.status {
        RedemptionStatus::Live => Ok(visit),
        RedemptionStatus::Undone | RedemptionStatus::Refunded => Err(REVIEW_VISIT_VOID
            .at("/redemption", REVIEW_VISIT_VOID.title)
            .into()),
    }
}
