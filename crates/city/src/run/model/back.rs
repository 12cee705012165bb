//! Money on its way back, and vouchers that run out.

use kernel::Timestamp;

use super::money::split;
use super::pay::refund_legs;
use super::{
    Answer, Line, Model, Name, No, OrderStatus, Owner, RefundStatus, TimerKind, VoucherStatus, WalletStatus,
    made, told,
};
use crate::run::op::VoucherName;

impl Model {
    pub(super) fn refund_voucher(
        &mut self,
        no: No,
        now: Timestamp,
        person: usize,
        name: VoucherName,
    ) -> Answer {
        if self.orders[&name.0].person != person {
            return Err("refund_not_found");
        }
        let voucher = self.voucher_mut(name);
        if voucher.status != VoucherStatus::Live || voucher.valid_until <= now {
            return Err("refund_nothing_left");
        }
        voucher.status = VoucherStatus::Refunded;
        voucher.closed_at = Some(now);
        self.give_rest_back(no, name);
        self.timers
            .remove(&(TimerKind::Expire, Name::Voucher(name.0, name.1)));
        made(format!("{:?}", self.refunds[&no].paid), vec![Name::Refund(no)])
    }

    /// What is left of a voucher goes back; one that was never used can be sold again.
    fn give_rest_back(&mut self, no: No, name: VoucherName) {
        let order = self.orders.get_mut(&name.0).expect("a known order");
        let uses = i128::from(self.world.goods[order.good].uses);
        let voucher = &order.vouchers[usize::from(name.1)];
        let rest = voucher.paid.rest(uses, uses - voucher.uses_left);
        if voucher.uses_left == uses {
            order.units_returned += 1;
            let is_last = order.units_returned == order.quantity;
            if is_last {
                order.status = OrderStatus::Refunded;
            }
            let give_back = |bucket: &mut super::Bucket, units| bucket.taken -= units;
            self.move_units(name.0, 1, give_back);
            if is_last {
                self.move_coupons(name.0, WalletStatus::Claimed, give_back);
            }
        }
        self.open_refund(no, name.0, rest, false);
    }

    pub(super) fn expire(&mut self, no: No, now: Timestamp, name: VoucherName) -> Answer {
        let voucher = self.voucher_mut(name);
        if voucher.status == VoucherStatus::Live && voucher.valid_until > now {
            return told("false");
        }
        let was_live = voucher.status == VoucherStatus::Live;
        if was_live {
            voucher.status = VoucherStatus::Expired;
            voucher.closed_at = Some(now);
        }
        self.timers
            .remove(&(TimerKind::Expire, Name::Voucher(name.0, name.1)));
        if !was_live {
            return told("false");
        }
        if self.world.goods[self.orders[&name.0].good].forfeits {
            self.forfeit(now, name);
            return told("true");
        }
        self.give_rest_back(no, name);
        made("true", vec![Name::Refund(no)])
    }

    fn forfeit(&mut self, now: Timestamp, name: VoucherName) {
        let order = &self.orders[&name.0];
        let good = &self.world.goods[order.good];
        let voucher = &order.vouchers[usize::from(name.1)];
        let uses = i128::from(good.uses);
        let rest = voucher.paid.rest(uses, uses - voucher.uses_left);
        let (shop, split) = (good.shop, split(rest.escrow(), good.commission_bp.into(), 0));
        if rest.escrow() == 0 {
            return;
        }
        let legs = [
            ("escrow", Owner::Order(name.0), rest.escrow()),
            ("merchant_payable", Owner::Shop(shop), -split.payable),
            ("commission", Owner::Platform, -split.commission),
        ];
        self.books.post(self.currency_of_order(name.0), &legs);
        self.lines.push(Line {
            shop,
            at: now,
            redemption: None,
            paid: rest,
            split,
            payout: None,
        });
    }

    /// The gateway sends a refund, or sends it again.
    pub(super) fn send_refund(&mut self, no: No) -> Answer {
        let refund = self.refunds.get_mut(&no).expect("a known refund");
        match refund.status {
            RefundStatus::Requested | RefundStatus::Failed => {
                refund.status = RefundStatus::Sent;
                self.provider.refunds.entry(no).or_default().push(None);
            }
            RefundStatus::Sent | RefundStatus::Succeeded => {}
        }
        told("")
    }

    pub(super) fn report_refund(&mut self, no: No, tries: usize) -> Answer {
        let succeeded = self.provider.refund_said(no, tries) == Some(true);
        let is_last = self.provider.refunds[&no].len() == tries;
        let refund = self.refunds.get_mut(&no).expect("a known refund");
        match (succeeded, refund.status) {
            (_, RefundStatus::Succeeded) => {}
            (true, _) => {
                refund.status = RefundStatus::Succeeded;
                let (order, paid) = (refund.order, refund.paid);
                let (currency, person) = (self.currency_of_order(order), self.orders[&order].person);
                self.books.settle(currency, &refund_legs(order, person, &paid));
                self.give_rebate(person, currency, paid.rebate);
                self.tell(person, "refund_arrived", paid.cash);
            }
            // What became of an earlier try says nothing of the last one.
            (false, RefundStatus::Requested | RefundStatus::Sent) if is_last => {
                refund.status = RefundStatus::Failed
            }
            (false, _) => {}
        }
        told("")
    }
}
