//! What happened in the store: redemptions, and what guests say of them.

use std::collections::BTreeMap;

use consume::{RedemptionStatus, RefundRedeemed, UndoRedemption};
use feedback::{HideForRefund, HideReview, PostReview, ReplyReview, ReviewStatus, ShowReview};
use kernel::{Actor, PersonId, RedemptionId, RefundId, ReviewId, Timestamp};
use party::testing::{NOW, ctx, ctx_at};

use super::act::{Act, act};
use super::machine::Machine;
use super::world::World;

/// A visit and its guest.
#[derive(Clone)]
pub struct Visit {
    guest: PersonId,
    redemption: RedemptionId,
}

impl Visit {
    /// Whose it is, and which.
    pub fn of(&self) -> (PersonId, RedemptionId) {
        (self.guest, self.redemption)
    }
}

/// A visit that was reviewed.
#[derive(Clone)]
pub struct Reviewed {
    visit: Visit,
    review: ReviewId,
}

pub const REDEMPTION: Machine<RedemptionStatus, Visit> = Machine {
    name: "Redemption",
    states: &RedemptionStatus::ALL,
    named: RedemptionStatus::as_str,
    bring: |w, status| {
        let visit = w.visit();
        match status {
            RedemptionStatus::Live => {}
            RedemptionStatus::Undone => w.done(w.undo_redemption(visit.redemption, NOW)),
            RedemptionStatus::Refunded => drop(w.done(w.refund_redeemed(visit.redemption, NOW))),
        }
        visit
    },
    look: |read, visit| {
        let found = consume::queries::redemption(read, visit.redemption)?;
        Ok(found.unwrap().status)
    },
    tries: &[
        |w, v| w.undo_redemption(v.redemption, NOW).probe(),
        |w, v| w.refund_redeemed(v.redemption, NOW).probe(),
        |w, v| w.post_review(v).probe(),
    ],
};

pub const REVIEW: Machine<ReviewStatus, Reviewed> = Machine {
    name: "Review",
    states: &ReviewStatus::ALL,
    named: ReviewStatus::as_str,
    bring: |w, status| {
        let reviewed = w.reviewed();
        match status {
            ReviewStatus::Shown => {}
            ReviewStatus::Hidden => w.done(w.hide_review(&reviewed)),
            ReviewStatus::Withdrawn => drop(w.done(w.hide_for_refund(&reviewed))),
        }
        reviewed
    },
    look: |read, reviewed| {
        let found = feedback::queries::review(read, reviewed.review)?;
        Ok(found.unwrap().status)
    },
    tries: &[
        |w, r| w.post_review(&r.visit).with("again").probe(),
        |w, r| w.reply_review(r).probe(),
        |w, r| w.hide_review(r).probe(),
        |w, r| w.show_review(r).probe(),
        |w, r| w.hide_for_refund(r).probe(),
    ],
};

impl World {
    pub fn visit(&self) -> Visit {
        let (guest, voucher) = self.new_voucher();
        Visit {
            guest,
            redemption: self.redeemed(voucher),
        }
    }

    /// A redemption that stands.
    pub fn redemption(&self) -> RedemptionId {
        self.visit().redemption
    }

    pub fn undo_redemption(&self, redemption: RedemptionId, at: Timestamp) -> Act<()> {
        act(
            ctx_at(at, self.shop.as_owner()),
            consume::undo_redemption,
            UndoRedemption { redemption },
        )
    }

    pub fn refund_redeemed(&self, redemption: RedemptionId, at: Timestamp) -> Act<RefundId> {
        let ctx = ctx_at(at, self.shop.as_owner()).with_reason("the soup was cold".to_owned());
        act(ctx, consume::refund_redeemed, RefundRedeemed { redemption })
    }

    pub fn post_review(&self, visit: &Visit) -> Act<ReviewId> {
        let input = PostReview {
            redemption: visit.redemption,
            stars: 4,
            aspects: BTreeMap::from([("taste".to_owned(), 5)]),
            text: "好吃".to_owned(),
            media: Vec::new(),
        };
        act(ctx(Actor::Consumer(visit.guest)), feedback::post_review, input)
    }

    pub fn reviewed(&self) -> Reviewed {
        let visit = self.visit();
        let review = self.done(self.post_review(&visit));
        Reviewed { visit, review }
    }

    pub fn reply_review(&self, reviewed: &Reviewed) -> Act<()> {
        let (review, text) = (reviewed.review, "谢谢".to_owned());
        act(
            ctx(self.shop.as_owner()),
            feedback::reply_review,
            ReplyReview { review, text },
        )
    }

    pub fn hide_review(&self, reviewed: &Reviewed) -> Act<()> {
        let review = reviewed.review;
        let ctx = ctx(self.admin).with_reason("spam".to_owned());
        act(ctx, feedback::hide_review, HideReview { review })
    }

    pub fn show_review(&self, reviewed: &Reviewed) -> Act<()> {
        let review = reviewed.review;
        let ctx = ctx(self.admin).with_reason("no spam".to_owned());
        act(ctx, feedback::show_review, ShowReview { review })
    }

    /// Of a visit that was taken back, unless it was already.
    pub fn hide_for_refund(&self, reviewed: &Reviewed) -> Act<bool> {
        let redemption = reviewed.visit.redemption;
        let _ = self.attempt(self.undo_redemption(redemption, NOW));
        act(
            ctx(Actor::System),
            feedback::hide_for_refund,
            HideForRefund { redemption },
        )
    }
}
