//! Payments as they must go: tries, the provider's news of them, and what an order comes to once it is paid.

use kernel::Timestamp;

use super::money::Paid;
use super::{
    Answer, Attempt, AttemptStatus, GroupStatus, Model, Name, No, OrderStatus, Owner, Refund, RefundStatus,
    TimerKind, Voucher, VoucherStatus, WalletStatus, made, told,
};
use crate::run::op::News;

impl Model {
    pub(super) fn start(&mut self, no: No, now: Timestamp, person: usize, order_no: No) -> Answer {
        let order = &self.orders[&order_no];
        if order.person != person {
            return Err("order_not_found");
        }
        if order.status != OrderStatus::Placed || order.hold_until <= now {
            return Err("order_not_open");
        }
        if self
            .group_of(order_no)
            .is_some_and(|group| group.status != GroupStatus::Open)
        {
            return Err("group_not_open");
        }
        let order = self.orders.get_mut(&order_no).expect("a known order");
        let is_open = |attempt: &&No| self.attempts[*attempt].status == AttemptStatus::Open;
        if let Some(open) = order.attempts.iter().find(is_open) {
            return made("", vec![Name::Attempt(*open)]);
        }
        order.attempts.push(no);
        let attempt = Attempt {
            order: order_no,
            status: AttemptStatus::Open,
            payment: None,
            refund: None,
            charged_back: None,
            reversal_refunds: Vec::new(),
        };
        self.attempts.insert(no, attempt);
        made("", vec![Name::Attempt(no)])
    }

    fn fail_payment(&mut self, attempt: No) -> Answer {
        let attempt = self.attempts.get_mut(&attempt).expect("a known attempt");
        if attempt.status == AttemptStatus::Open {
            attempt.status = AttemptStatus::Failed;
        }
        told("")
    }

    /// The provider's news has a key of its own, under which it is taken once. Who asks gets a new answer.
    pub(super) fn hear(&mut self, no: No, now: Timestamp, news: News, asked: bool) -> Answer {
        if !asked && let Some(answer) = self.heard.get(&news) {
            return answer.clone();
        }
        let answer = match news {
            News::Paid(payment) => self.hear_of_payment(no, now, payment),
            News::ChargedBack(payment) => self.hear_of_chargeback(no, now, payment),
            News::Reversed(payment) => self.hear_of_reversal(no, now, payment),
            News::NotPaid(attempt) => self.fail_payment(attempt),
            News::Refund(refund, tries) => self.report_refund(no, refund, tries),
            News::Transfer(payout, tries) => self.report_transfer(payout, tries),
        };
        self.keys.push((now, (!asked).then_some(news)));
        if !asked {
            self.heard.insert(news, answer.clone());
        }
        answer
    }

    pub(super) fn hear_of_payment(&mut self, no: No, now: Timestamp, payment_no: No) -> Answer {
        let payment = self.provider.payments[&payment_no];
        let attempt = self.attempts.get_mut(&payment.attempt).expect("a known attempt");
        if matches!(attempt.status, AttemptStatus::Paid | AttemptStatus::Refunded) {
            if attempt.payment != Some(payment_no) {
                return told("Conflicting");
            }
            return self.payment_answer(payment.attempt);
        }
        attempt.payment = Some(payment_no);
        let order_no = attempt.order;
        let is_right = i128::from(payment.amount) == self.orders[&order_no].whole.cash;
        if is_right
            && self
                .group_of(order_no)
                .is_some_and(|group| group.status != GroupStatus::Open)
        {
            self.end_hold(order_no, OrderStatus::Released);
        }
        let takes_it = is_right && self.orders[&order_no].status == OrderStatus::Placed;
        let attempt = self.attempts.get_mut(&payment.attempt).expect("a known attempt");
        if takes_it {
            attempt.status = AttemptStatus::Paid;
            self.settle(order_no, now);
            return self.payment_answer(payment.attempt);
        }
        attempt.status = AttemptStatus::Refunded;
        attempt.refund = Some(no);
        let currency = self.currency_of_order(order_no);
        let cash = i128::from(payment.amount);
        let received = [
            ("provider_clearing", Owner::Platform, cash),
            ("escrow", Owner::Order(order_no), -cash),
        ];
        self.books.post(currency, &received);
        let paid = Paid {
            price: cash,
            cash,
            ..Paid::default()
        };
        self.open_refund(no, order_no, paid, Some(payment.attempt));
        self.payment_answer(payment.attempt)
    }

    /// What a settled attempt came to: the order's vouchers, or the refund of its money.
    fn payment_answer(&self, attempt: No) -> Answer {
        let attempt = &self.attempts[&attempt];
        match attempt.refund {
            Some(refund) => made("Refunded", vec![Name::Refund(refund)]),
            None => made("Paid", self.vouchers_together(attempt.order)),
        }
    }

    /// The vouchers of an order and of all that are in its group.
    pub(super) fn vouchers_together(&self, no: No) -> Vec<Name> {
        match self.orders[&no].group {
            None => self.voucher_names(no),
            Some(group) => self
                .orders_of_group(group)
                .flat_map(|no| self.voucher_names(no))
                .collect(),
        }
    }

    fn voucher_names(&self, order: No) -> Vec<Name> {
        let count = self.orders[&order].vouchers.len();
        (0..count).map(|n| Name::Voucher(order, n as u8)).collect()
    }

    /// What an order that is paid for comes to: the vouchers that are issued by it.
    pub(super) fn settle(&mut self, no: No, now: Timestamp) -> Vec<Name> {
        let order = self.orders.get_mut(&no).expect("a known order");
        order.was_paid = true;
        let (whole, person, quantity, group) = (order.whole, order.person, order.quantity, order.group);
        self.timers.remove(&(TimerKind::Release, Name::Order(no)));
        let take = |bucket: &mut super::Bucket, units| {
            bucket.held -= units;
            bucket.taken += units;
        };
        self.move_units(no, quantity, take);
        self.move_coupons(no, WalletStatus::Used, take);
        let legs = [
            ("provider_clearing", Owner::Platform, whole.cash),
            ("subsidy", Owner::Platform, whole.platform),
            ("rebate_payable", Owner::Person(person), whole.rebate),
            ("escrow", Owner::Order(no), -whole.escrow()),
        ];
        self.books.post(self.currency_of_order(no), &legs);
        match group {
            None => self.issue(no, now),
            Some(group) => self.enter_group(no, group, now),
        }
    }

    pub(super) fn issue(&mut self, no: No, now: Timestamp) -> Vec<Name> {
        let order = self.orders.get_mut(&no).expect("a known order");
        order.status = OrderStatus::Paid;
        let good = &self.world.goods[order.good];
        let valid_until = order.booked_until.unwrap_or(now.plus_us(good.valid_us));
        let count = if order.booked_until.is_some() {
            1
        } else {
            order.quantity
        };
        let voucher = |paid| Voucher {
            paid,
            uses_left: good.uses.into(),
            status: VoucherStatus::Live,
            valid_until,
            phone: None,
            binding: 0,
        };
        order.vouchers = order.whole.parts(count).into_iter().map(voucher).collect();
        let (person, cash) = (order.person, order.whole.cash);
        let names = self.voucher_names(no);
        for name in &names {
            self.timers.insert((TimerKind::Expire, *name), valid_until);
        }
        self.tell(person, "order_paid", cash);
        names
    }

    /// Money on its way back, under the name of the step that sent it: of the try that paid the order, or of one whose
    /// money the order did not want.
    pub(super) fn open_refund(&mut self, no: No, order: No, paid: Paid, unwanted: Option<No>) {
        let currency = self.currency_of_order(order);
        let person = self.orders[&order].person;
        let legs = refund_legs(order, person, &paid);
        let status = if paid.cash > 0 {
            self.books.reserve(currency, &legs);
            RefundStatus::Requested
        } else {
            self.books.post(currency, &legs);
            self.give_rebate(person, currency, paid.rebate);
            if paid.rebate > 0 {
                self.tell(person, "refund_arrived", 0);
            }
            RefundStatus::Succeeded
        };
        let is_paid = |attempt: &&No| self.attempts[*attempt].status == AttemptStatus::Paid;
        let of_order = self.orders[&order].attempts.iter().find(is_paid);
        let refund = Refund {
            order,
            attempt: unwanted.or(of_order.copied()),
            paid,
            unwanted: unwanted.is_some(),
            compensation: 0,
            status,
        };
        self.refunds.insert(no, refund);
    }
}

/// Out of escrow, by the way that it came.
pub(super) fn refund_legs(order: No, person: usize, paid: &Paid) -> [super::books::Leg; 4] {
    [
        (
            "escrow",
            Owner::Order(order),
            paid.cash + paid.rebate + paid.platform,
        ),
        ("provider_clearing", Owner::Platform, -paid.cash),
        ("rebate_payable", Owner::Person(person), -paid.rebate),
        ("subsidy", Owner::Platform, -paid.platform),
    ]
}
