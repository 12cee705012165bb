//! What a review and a rating are. Pure values; no SQL.

use std::collections::BTreeMap;

use kernel::{MediaId, MerchantId, OfferId, PersonId, RedemptionId, ReviewId, StoreId, Timestamp};

/// Whether others see a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewStatus {
    /// Everybody sees it, and it counts.
    Shown,
    /// An operator hid it; it does not count.
    Hidden,
    /// The visit was refunded or undone, so it is hidden and does not count.
    Withdrawn,
}

/// What a guest said about one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// The visit.
    pub redemption: RedemptionId,
    /// Who says it.
    pub person: PersonId,
    /// About whom.
    pub merchant: MerchantId,
    /// About which store.
    pub store: StoreId,
    /// About what.
    pub offer: OfferId,
    /// 1 to 5.
    pub stars: i64,
    /// 1 to 5 by aspect (`taste`, `service`).
    pub aspects: BTreeMap<String, i64>,
    /// In the guest's own words; may be empty.
    pub text: String,
    /// The guest's own pictures.
    pub media: Vec<MediaId>,
    /// Whether others see it.
    pub status: ReviewStatus,
    /// What the operator said who hid it, while it is hidden.
    pub hidden_because: Option<String>,
    /// What the merchant answered, and when.
    pub reply: Option<(String, Timestamp)>,
    /// When it was posted.
    pub created_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

/// What the reviews of a store come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rating {
    /// The stars of all shown reviews together.
    pub stars_sum: i64,
    /// How many are shown.
    pub review_count: i64,
}

impl Rating {
    /// The mean in hundredths of a star, rounded half up; `None` without a review.
    pub fn mean_hundredths(self) -> Option<i64> {
        let half = self.review_count / 2;
        (self.review_count > 0).then(|| (self.stars_sum * 100 + half) / self.review_count)
    }
}

impl ReviewStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 3] = [Self::Shown, Self::Hidden, Self::Withdrawn];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Hidden => "hidden",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}
