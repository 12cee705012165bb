//! A guest reviews a visit: the holder of the voucher alone, once, while the redemption stands.

use std::collections::BTreeMap;

use kernel::{Ctx, RedemptionId, ReviewId};
use store::{Fail, Lock, StorageError, Tx};

/// How many aspects a review may rate.
pub const MAX_ASPECTS: usize = 8;

/// How many characters a review or a reply may have.
pub const MAX_TEXT: usize = 2_000;

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
}

impl PostReview {
    /// The rows that it rests on: a refund of the visit waits for it, or it for the refund.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("redemption", self.redemption)]
    }
}

/// Posts a review and counts it in the store's rating.
///
/// Rejects: `review_invalid`, `review_redemption_unknown` (another's too), `review_visit_void`,
/// `review_by_staff`, `review_exists`.
pub fn post_review(_tx: &mut Tx, _ctx: &Ctx, _cmd: &PostReview) -> Result<ReviewId, Fail> {
    Err(StorageError::bug("not written yet").into())
}
