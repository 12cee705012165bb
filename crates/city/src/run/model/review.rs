//! What guests say of their visits, and what becomes of it.

use super::{Answer, Model, Name, No, RedemptionStatus, Review, ReviewStatus, made, told};
use crate::run::op::{Post, Staff};

impl Model {
    pub(super) fn review(&mut self, person: usize, no: No, stars: i64) -> Answer {
        if !(1..=5).contains(&stars) {
            return Err("review_invalid");
        }
        let of = self.redemptions[&no].voucher.0;
        if self.orders[&of].person != person || self.redemptions[&no].missed {
            return Err("review_redemption_unknown");
        }
        let redemption = self.redemptions.get_mut(&no).expect("a known redemption");
        if redemption.status != RedemptionStatus::Live {
            return Err("review_visit_void");
        }
        if redemption.review.is_some() {
            return Err("review_exists");
        }
        redemption.review = Some(Review {
            stars,
            status: ReviewStatus::Shown,
            replied: false,
        });
        made("", vec![Name::Review(no)])
    }

    fn review_mut(&mut self, no: No) -> &mut Review {
        let redemption = self.redemptions.get_mut(&no).expect("a known redemption");
        redemption.review.as_mut().expect("a known review")
    }

    pub(super) fn reply(&mut self, shop: usize, staff: Staff, no: No) -> Answer {
        let redemption = &self.redemptions[&no];
        let (store, order) = (redemption.store, redemption.voucher.0);
        if redemption.shop != shop {
            return Err("not_found");
        }
        self.require(shop, staff, store, Post::Manager)?;
        let review = self.review_mut(no);
        if review.status != ReviewStatus::Shown {
            return Err("review_not_shown");
        }
        if review.replied {
            return Err("review_replied");
        }
        review.replied = true;
        self.tell(self.orders[&order].person, "review_answered", 0);
        told("")
    }

    pub(super) fn moderate(&mut self, no: No, hide: bool, with_reason: bool) -> Answer {
        if !with_reason {
            return Err("reason_missing");
        }
        let stands = self.redemptions[&no].status == RedemptionStatus::Live;
        let review = self.review_mut(no);
        match (hide, review.status) {
            (true, ReviewStatus::Shown) => review.status = ReviewStatus::Hidden,
            (true, _) => return Err("review_not_shown"),
            (false, _) if !stands => return Err("review_visit_void"),
            (false, ReviewStatus::Hidden) => review.status = ReviewStatus::Shown,
            (false, _) => return Err("review_not_hidden"),
        }
        told("")
    }

    /// What a worker has done once it took in everything: no review is shown of a visit that was taken back.
    pub fn withdraw_reviews(&mut self) {
        let void = |redemption: &&mut super::Redemption| redemption.status != RedemptionStatus::Live;
        let reviews = self.redemptions.values_mut().filter(void);
        for review in reviews.filter_map(|redemption| redemption.review.as_mut()) {
            if review.status == ReviewStatus::Shown {
                review.status = ReviewStatus::Withdrawn;
            }
        }
    }
}
