//! Money on its way back, and vouchers that run out.

use kernel::Timestamp;

use super::money::{Paid, Split, split};
use super::pay::refund_legs;
use super::{
    Answer, Booking, Line, Model, Name, No, Order, OrderStatus, Owner, RefundStatus, TimerKind,
    VoucherStatus, WalletStatus, made, told,
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
        let order = &self.orders[&name.0];
        let is_open = order.open_ticket;
        if order.booked_until.is_some() && !is_open {
            return Err("refund_booked");
        }
        let held = self.held(name);
        let voucher = self.voucher_mut(name);
        if voucher.status == VoucherStatus::Live && held > 0 {
            return Err("refund_uses_held");
        }
        if voucher.status != VoucherStatus::Live || voucher.valid_until <= now {
            return Err("refund_nothing_left");
        }
        voucher.status = VoucherStatus::Refunded;
        if is_open {
            self.rarities.insert("OpenTicketRefunded");
        }
        let deposit = self.world.goods[self.orders[&name.0].good].deposit;
        let is_kept = deposit.is_some_and(|deposit| deposit.earnest);
        let (rest, is_unused) = self.rest_of(name);
        let (kept, back) = rest.fee(deposit.is_some(), if is_kept { 10_000 } else { 0 });
        if is_unused {
            self.return_units(name.0);
        } else if self.world.goods[self.orders[&name.0].good].is_stored_value() {
            self.rarities.insert("AmountLeftRefunded");
        }
        self.open_refund(no, name.0, back, None);
        self.forfeit(now, name, kept);
        self.timers
            .remove(&(TimerKind::Expire, Name::Voucher(name.0, name.1)));
        made(format!("{:?}", self.refunds[&no].paid), vec![Name::Refund(no)])
    }

    /// What is left of a voucher, and whether that is all of it.
    fn rest_of(&self, (no, n): VoucherName) -> (Paid, bool) {
        let order = &self.orders[&no];
        let uses = i128::from(self.world.goods[order.good].uses);
        let voucher = &order.vouchers[usize::from(n)];
        let rest = voucher.paid.rest(uses, uses - voucher.uses_left);
        (rest, voucher.uses_left == uses)
    }

    /// The units of an unused voucher can be sold again: one, or all of what was booked.
    pub(super) fn return_units(&mut self, no: No) {
        let order = self.orders.get_mut(&no).expect("a known order");
        let units = if order.booked_until.is_some() {
            order.quantity
        } else {
            1
        };
        order.units_returned += units;
        let is_last = order.units_returned == order.quantity;
        if is_last {
            order.status = OrderStatus::Refunded;
        }
        let give_back = |bucket: &mut super::Bucket, units| bucket.taken -= units;
        self.move_units(no, units, give_back);
        if is_last {
            self.move_coupons(no, WalletStatus::Claimed, give_back);
        }
    }

    pub(super) fn expire(&mut self, no: No, now: Timestamp, name: VoucherName) -> Answer {
        let voucher = self.voucher_mut(name);
        if voucher.status == VoucherStatus::Live && voucher.valid_until > now {
            return told("false");
        }
        let was_live = voucher.status == VoucherStatus::Live;
        if was_live {
            voucher.status = VoucherStatus::Expired;
        }
        self.timers
            .remove(&(TimerKind::Expire, Name::Voucher(name.0, name.1)));
        if !was_live {
            return told("false");
        }
        if self.orders[&name.0].open_ticket {
            self.rarities.insert("OpenTicketExpired");
        }
        let order = &self.orders[&name.0];
        let (deposit, forfeits) = (self.world.goods[order.good].deposit, order.forfeits);
        let (rest, is_unused) = self.rest_of(name);
        let (kept, back) = rest.fee(deposit.is_some(), if forfeits { 10_000 } else { 0 });
        if !forfeits && is_unused {
            self.return_units(name.0);
        }
        let goes_back = !forfeits || back.escrow() > 0;
        if goes_back {
            self.open_refund(no, name.0, back, None);
        }
        self.forfeit(now, name, kept);
        made(
            "true",
            goes_back.then_some(Name::Refund(no)).into_iter().collect(),
        )
    }

    pub(super) fn forfeit(&mut self, now: Timestamp, name: VoucherName, rest: Paid) {
        let no = name.0;
        let good = &self.world.goods[self.orders[&no].good];
        let (shop, split) = (good.shop, split(rest.escrow(), good.commission_bp.into(), 0));
        if rest.escrow() == 0 {
            return;
        }
        if good.deposit.is_some_and(|deposit| deposit.earnest) {
            self.rarities.insert("EarnestForfeited");
        }
        let legs = [
            ("escrow", Owner::Order(no), rest.escrow()),
            ("merchant_payable", Owner::Shop(shop), -split.payable),
            ("commission", Owner::Platform, -split.commission),
        ];
        self.books.post(self.currency_of_order(no), &legs);
        self.lines.push(Line {
            shop,
            at: now,
            redemption: None,
            paid: rest,
            split,
            payout: None,
        });
        self.forfeits.insert(name, (rest, split));
    }

    /// What a shop's next payout would be.
    pub fn owed(&self, shop: usize) -> i128 {
        let is_open = |line: &&Line| line.shop == shop && line.payout.is_none();
        let open = self.lines.iter().filter(is_open);
        open.map(|line| line.split.payable).sum()
    }

    /// Whether the shop would pay its guest for giving this up.
    pub fn compensates(&self, no: No, booking: &Booking) -> bool {
        let is_earnest = |order: &Order| {
            let deposit = self.world.goods[order.good].deposit;
            order.whole.paid_ahead() > 0 && deposit.is_some_and(|deposit| deposit.earnest)
        };
        let order = booking.order.map(|order| &self.orders[&order]);
        self.is_expected(no) && order.is_some_and(is_earnest) && self.owed(booking.shop) > 0
    }

    /// As much as what goes back of earnest money is the buyer's, from the shop that gave it up, as far as it is owed that.
    pub(super) fn compensate(&mut self, no: No, now: Timestamp) {
        let refund = &self.refunds[&no];
        let (order, earnest) = (refund.order, refund.paid.paid_ahead());
        let (person, good) = (self.orders[&order].person, self.orders[&order].good);
        let shop = self.world.goods[good].shop;
        let amount = earnest.min(self.owed(shop).max(0));
        self.refunds.get_mut(&no).expect("a known refund").compensation = amount;
        let currency = self.currency_of_order(order);
        let legs = [
            ("merchant_payable", Owner::Shop(shop), amount),
            ("rebate_payable", Owner::Person(person), -amount),
        ];
        self.books.post(currency, &legs);
        self.give_rebate(person, currency, amount);
        if amount > 0 {
            self.rarities.insert("Compensation");
            let paid = Paid {
                price: -amount,
                ..Paid::default()
            };
            let split = Split {
                payable: -amount,
                ..Split::default()
            };
            self.lines.push(Line {
                shop,
                at: now,
                redemption: None,
                paid,
                split,
                payout: None,
            });
        }
    }

    /// The gateway sends a refund, or sends it again.
    pub(super) fn send_refund(&mut self, no: No) -> Answer {
        let refund = self.refunds.get_mut(&no).expect("a known refund");
        match refund.status {
            RefundStatus::Requested | RefundStatus::Failed => {
                refund.status = RefundStatus::Sent;
                // Nothing is left of what was charged back.
                let mut payments = self.provider.payments.values();
                let of = payments.find(|payment| Some(payment.attempt) == refund.attempt);
                let refused = of.is_some_and(|payment| payment.charged_back.is_some() && !payment.reversed);
                let answer = refused.then_some(false);
                self.provider.refunds.entry(no).or_default().push(answer);
            }
            RefundStatus::Sent | RefundStatus::Succeeded | RefundStatus::TakenBack => {}
        }
        told("")
    }

    pub(super) fn report_refund(&mut self, step: No, no: No, tries: usize) -> Answer {
        let succeeded = self.provider.refund_said(no, tries) == Some(true);
        let is_last = self.provider.refunds[&no].len() == tries;
        let refund = self.refunds.get_mut(&no).expect("a known refund");
        let attempt = refund.attempt.expect("it went through a provider");
        match (succeeded, refund.status) {
            (_, RefundStatus::Succeeded) => {}
            (true, RefundStatus::TakenBack) => self.hear_of_taken_refund(step, no, true),
            (true, _) => self.refund_arrives(no),
            // What became of an earlier try says nothing of the last one.
            (false, RefundStatus::TakenBack) if is_last => self.hear_of_taken_refund(step, no, false),
            (false, RefundStatus::Requested | RefundStatus::Sent) if is_last => {
                refund.status = RefundStatus::Failed
            }
            (false, RefundStatus::Sent) => _ = self.rarities.insert("LateRefundFailure"),
            (false, _) => {}
        }
        if succeeded {
            told("")
        } else {
            self.reversal_answer(attempt)
        }
    }

    pub(super) fn refund_arrives(&mut self, no: No) {
        let refund = self.refunds.get_mut(&no).expect("a known refund");
        refund.status = RefundStatus::Succeeded;
        let (order, paid) = (refund.order, refund.paid);
        let (currency, person) = (self.currency_of_order(order), self.orders[&order].person);
        self.books.settle(currency, &refund_legs(order, person, &paid));
        self.give_rebate(person, currency, paid.rebate);
        self.tell(person, "refund_arrived", paid.cash);
    }
}
