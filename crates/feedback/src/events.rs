//! What this crate tells the crates below it. Ids and numbers only: no word of what was written.

use kernel::{ComplaintId, MerchantId, OfferId, OrderId, PersonId, RedemptionId, ReviewId, StoreId};
use serde::{Deserialize, Serialize};
use store::EventBody;

/// A review counts from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPosted {
    /// The review.
    pub review: ReviewId,
    /// The visit.
    pub redemption: RedemptionId,
    /// About whom.
    pub merchant: MerchantId,
    /// About which store.
    pub store: StoreId,
    /// About what.
    pub offer: OfferId,
    /// 1 to 5.
    pub stars: i64,
}

/// The merchant answered a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewReplied {
    /// The review.
    pub review: ReviewId,
    /// Who answered.
    pub merchant: MerchantId,
}

/// A review no longer counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewHidden {
    /// The review.
    pub review: ReviewId,
    /// About whom.
    pub merchant: MerchantId,
    /// About which store.
    pub store: StoreId,
    /// About what.
    pub offer: OfferId,
    /// What it had given, 1 to 5.
    pub stars: i64,
    /// [`crate::ReviewStatus::as_str`]: `hidden` by an operator, or `withdrawn` with the visit.
    pub status: String,
}

/// A hidden review counts again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewShown {
    /// The review.
    pub review: ReviewId,
    /// About whom.
    pub merchant: MerchantId,
    /// About which store.
    pub store: StoreId,
    /// About what.
    pub offer: OfferId,
    /// 1 to 5.
    pub stars: i64,
}

/// A step was taken in a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintChanged {
    /// The complaint.
    pub complaint: ComplaintId,
    /// About which order.
    pub order: OrderId,
    /// Who complains.
    pub person: PersonId,
    /// About whom.
    pub merchant: MerchantId,
    /// About which store, if about one.
    pub store: Option<StoreId>,
    /// Who took the step: [`crate::ComplaintSide::as_str`].
    pub side: String,
    /// What it is now: [`crate::ComplaintStatus::as_str`].
    pub status: String,
    /// What was given back, in minor units of the order's currency.
    pub refunded: i64,
}

impl EventBody for ComplaintChanged {
    const TYPE: &'static str = "ComplaintChanged";
    const V: i64 = 1;
}

impl EventBody for ReviewShown {
    const TYPE: &'static str = "ReviewShown";
    const V: i64 = 1;
}

impl EventBody for ReviewPosted {
    const TYPE: &'static str = "ReviewPosted";
    const V: i64 = 1;
}

impl EventBody for ReviewReplied {
    const TYPE: &'static str = "ReviewReplied";
    const V: i64 = 1;
}

impl EventBody for ReviewHidden {
    const TYPE: &'static str = "ReviewHidden";
    const V: i64 = 1;
}
