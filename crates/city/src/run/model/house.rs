//! What shops and the platform do to what is sold: stock, pauses, ends, suspensions, dismissals.

use kernel::Timestamp;

use super::{Answer, Model, Name, TimerKind, told};

impl Model {
    pub(super) fn stop_coupon(&mut self, coupon: usize) -> Answer {
        if !self.coupon_stopped[coupon] {
            self.coupon_stopped[coupon] = true;
            self.coupon_count[coupon].set_capacity(0);
            self.coupon_budget[coupon].set_capacity(0);
        }
        told("")
    }

    pub(super) fn change_stock(&mut self, good: usize, capacity: i64) -> Answer {
        if capacity < 0 {
            return Err("offer_invalid");
        }
        told(self.stock[good].set_capacity(capacity.into()).to_string())
    }

    pub(super) fn pause(&mut self, good: usize, paused: bool) -> Answer {
        if self.paused[good] == paused {
            return Err("offer_status");
        }
        self.paused[good] = paused;
        told("")
    }

    pub(super) fn end_agreement(&mut self, good: usize) -> Answer {
        if self.agreement_ended[good] {
            return Err("agreement_settled");
        }
        self.agreement_ended[good] = true;
        for kind in [TimerKind::AgreementStarts, TimerKind::AgreementEnds] {
            self.timers.remove(&(kind, Name::Agreement(good)));
        }
        told("")
    }

    pub(super) fn agreement_starts(&mut self, good: usize) -> Answer {
        let timer = (TimerKind::AgreementStarts, Name::Agreement(good));
        told(self.timers.remove(&timer).is_some().to_string())
    }

    pub(super) fn agreement_ends(&mut self, now: Timestamp, good: usize) -> Answer {
        if now < self.world.goods[good].ends_at {
            return Err("agreement_not_over");
        }
        self.end_agreement(good)
    }

    pub(super) fn suspend(&mut self, shop: usize) -> Answer {
        if self.suspended[shop] {
            return Err("merchant_suspended");
        }
        self.suspended[shop] = true;
        told("")
    }

    pub(super) fn reinstate(&mut self, shop: usize) -> Answer {
        if !self.suspended[shop] {
            return Err("merchant_not_suspended");
        }
        self.suspended[shop] = false;
        told("certified")
    }
}
