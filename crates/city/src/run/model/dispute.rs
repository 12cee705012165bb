//! Payments that the payer's bank takes back, and gives back once the dispute is won: outside first, and then as the
//! platform hears of it.

use kernel::Timestamp;

use super::money::{Paid, Split};
use super::pay::refund_legs;
use super::{
    Answer, AttemptStatus, ChargedBack, Line, Model, Name, No, OrderStatus, Outcome, Owner, Redemption,
    RedemptionStatus, Refund, RefundStatus, Taken, TimerKind, VoucherStatus, WalletStatus, made,
};
use crate::run::op::VoucherName;

impl Model {
    /// The bank takes what the provider has not given back, or all of it whatever went back before. The provider may
    /// still decide of a refund under way.
    pub(super) fn charge_back_outside(&mut self, no: No, whole: bool) -> Option<Answer> {
        let payment = self.provider.payments[&no];
        if payment.charged_back.is_some() {
            return None;
        }
        let given = self.refunds.iter().filter(|(no, refund)| {
            refund.attempt == Some(payment.attempt) && self.provider.has_refunded(**no)
        });
        let given: i128 = given.map(|(_, refund)| refund.paid.cash).sum();
        let amount = payment.amount - if whole { 0 } else { given as i64 };
        if amount > 0 {
            self.provider_payment(no).charged_back = Some(amount);
            self.provider_gets(payment.attempt, -i128::from(amount));
        }
        None
    }

    /// The dispute is won, long after the platform heard of it.
    pub(super) fn reverse_outside(&mut self, no: No) -> Option<Answer> {
        let payment = self.provider.payments[&no];
        let was_heard = self.attempts[&payment.attempt].charged_back.is_some();
        if let Some(amount) = payment.charged_back.filter(|_| was_heard && !payment.reversed) {
            self.provider_payment(no).reversed = true;
            self.provider_gets(payment.attempt, amount.into());
        }
        None
    }

    fn provider_payment(&mut self, no: No) -> &mut super::provider::Payment {
        self.provider.payments.get_mut(&no).expect("a known payment")
    }

    fn provider_gets(&mut self, attempt: No, amount: i128) {
        let currency = self.currency_of_order(self.attempts[&attempt].order);
        *self.provider.holds.entry(currency).or_default() += amount;
    }

    pub(super) fn hear_of_chargeback(&mut self, no: No, now: Timestamp, payment_no: No) -> Answer {
        let payment = self.provider.payments[&payment_no];
        let attempt = payment.attempt;
        if self.attempts[&attempt].charged_back.is_some() {
            return self.chargeback_answer(attempt);
        }
        self.hear_of_payment(no, now, payment_no)?;
        let is_paid = self.attempts[&attempt].status == AttemptStatus::Paid;
        let order = self.attempts[&attempt].order;
        let left = if is_paid {
            self.left_of(order)
        } else {
            Paid::default()
        };
        let amount = i128::from(payment.charged_back.expect("it was charged back"));
        let lost = self.take_for_refunds(attempt, amount - left.cash);
        let loss = [
            ("chargeback_loss", Owner::Platform, lost),
            ("provider_clearing", Owner::Platform, -lost),
        ];
        self.books.post(self.currency_of_order(order), &loss);
        let mut charged_back = ChargedBack {
            amount,
            lost,
            left,
            refund: None,
            taken: Vec::new(),
            reversed: false,
        };
        if is_paid {
            let closed = self.close_order(now, order, &mut charged_back.taken);
            charged_back.refund = (left.escrow() != 0).then_some(no);
            if charged_back.refund.is_some() {
                self.take_rest(no, attempt, left);
            }
            self.tell(self.orders[&order].person, "order_charged_back", amount);
            self.take_uses(now, order, &mut charged_back.taken);
            self.end_bookings(order, &closed);
        }
        self.attempt_mut(attempt).charged_back = Some(charged_back);
        self.chargeback_answer(attempt)
    }

    fn attempt_mut(&mut self, no: No) -> &mut super::Attempt {
        self.attempts.get_mut(&no).expect("a known attempt")
    }

    fn chargeback_answer(&self, no: No) -> Answer {
        let attempt = &self.attempts[&no];
        let refund = attempt.charged_back.as_ref().and_then(|taken| taken.refund);
        let mut names = match attempt.refund {
            Some(refund) => vec![Name::Refund(refund)],
            None => self.vouchers_together(attempt.order),
        };
        names.extend(refund.map(Name::Refund));
        made("", names)
    }

    /// What an order has not given back, used or not.
    fn left_of(&self, no: No) -> Paid {
        let mut left = self.orders[&no].whole;
        let refunds = self.refunds.values();
        for refund in refunds.filter(|refund| refund.order == no && !refund.unwanted) {
            left.cash -= refund.paid.cash;
            left.rebate -= refund.paid.rebate;
            left.platform -= refund.paid.platform;
        }
        let price = left.cash + left.rebate + left.platform;
        Paid {
            price,
            merchant: 0,
            at_store: 0,
            ..left
        }
    }

    /// What was taken beyond the rest came of refunds that have not arrived, of those that were sent last. Gives what they
    /// do not explain.
    fn take_for_refunds(&mut self, attempt: No, mut beyond: i128) -> i128 {
        for was_sent in [false, true] {
            let open = self.refunds.iter().filter(|(_, refund)| {
                let is_open = match refund.status {
                    RefundStatus::Requested | RefundStatus::Failed => !was_sent,
                    RefundStatus::Sent => was_sent,
                    RefundStatus::Succeeded | RefundStatus::TakenBack => false,
                };
                is_open && refund.attempt == Some(attempt) && refund.paid.cash > 0
            });
            for no in open.map(|(no, _)| *no).collect::<Vec<_>>() {
                let cash = self.refunds[&no].paid.cash;
                if cash <= beyond {
                    beyond -= cash;
                    self.refund_arrives(no);
                    if was_sent {
                        self.refunds.get_mut(&no).expect("it arrived").status = RefundStatus::TakenBack;
                    }
                }
            }
        }
        beyond
    }

    /// The provider says what became of a refund for which the bank had taken the money.
    pub(super) fn hear_of_taken_refund(&mut self, no: No, refund_no: No, moved: bool) {
        let refund = self.refunds.get_mut(&refund_no).expect("a known refund");
        refund.status = RefundStatus::Succeeded;
        let (order, cash) = (refund.order, refund.paid.cash);
        let attempt = refund.attempt.expect("it went through a provider");
        let currency = self.currency_of_order(order);
        let charged_back = self.attempts[&attempt].charged_back.as_ref();
        let is_reversed = charged_back.expect("the bank took it").reversed;
        let rarity = match (moved, is_reversed) {
            (true, false) => {
                // All that no refund explained until now is looked at again.
                let before = charged_back.expect("the bank took it").lost;
                let lost = self.take_for_refunds(attempt, before + cash);
                let more = [
                    ("chargeback_loss", Owner::Platform, lost - before),
                    ("provider_clearing", Owner::Platform, before - lost),
                ];
                self.books.post(currency, &more);
                let charged_back = self.attempt_mut(attempt).charged_back.as_mut();
                charged_back.expect("the bank took it").lost = lost;
                "RefundedTwice"
            }
            (false, false) => "TakenInsteadOfRefunded",
            (true, true) => {
                let moved = [
                    ("escrow", Owner::Order(order), cash),
                    ("provider_clearing", Owner::Platform, -cash),
                ];
                self.books.post(currency, &moved);
                "RefundedBeforeReversal"
            }
            (false, true) => {
                self.give_to_payer(no, order, attempt, cash);
                "RefundedAfterReversal"
            }
        };
        self.rarities.insert(rarity);
    }

    fn give_to_payer(&mut self, no: No, order: No, attempt: No, cash: i128) {
        if cash > 0 {
            let paid = Paid {
                price: cash,
                cash,
                ..Paid::default()
            };
            self.open_refund(no, order, paid, Some(attempt));
            self.attempt_mut(attempt).reversal_refunds.push(no);
        }
    }

    /// Gives the vouchers that were still good.
    fn close_order(&mut self, now: Timestamp, no: No, taken: &mut Vec<Taken>) -> Vec<VoucherName> {
        let order = self.orders.get_mut(&no).expect("a known order");
        let uses = i128::from(self.world.goods[order.good].uses);
        let each = order.quantity / (order.vouchers.len() as i128).max(1);
        let mut units = if order.status == OrderStatus::InGroup {
            order.quantity
        } else {
            0
        };
        let mut closed = Vec::new();
        for (n, voucher) in order.vouchers.iter_mut().enumerate() {
            if voucher.status == VoucherStatus::Live {
                voucher.status = VoucherStatus::Refunded;
                units += if voucher.uses_left == uses { each } else { 0 };
                closed.push((no, n as u8));
            }
        }
        order.status = OrderStatus::ChargedBack;
        order.units_returned += units;
        let (is_last, count) = (order.units_returned == order.quantity, order.vouchers.len());
        for (no, n) in &closed {
            self.timers.remove(&(TimerKind::Expire, Name::Voucher(*no, *n)));
        }
        for n in 0..count as u8 {
            if let Some((paid, split)) = self.forfeits.remove(&(no, n)) {
                self.add_to_statement(now, no, (paid, split), -1);
                taken.push((paid, split));
            }
        }
        if units > 0 {
            let give_back = |bucket: &mut super::Bucket, units| bucket.taken -= units;
            self.move_units(no, units, give_back);
            if is_last {
                self.move_coupons(no, WalletStatus::Claimed, give_back);
            }
        }
        closed
    }

    /// Into or out of a merchant's statement, with its entry.
    fn add_to_statement(&mut self, now: Timestamp, order: No, (paid, split): Taken, sign: i128) {
        let shop = self.world.goods[self.orders[&order].good].shop;
        self.book_use(order, shop, &split, sign);
        self.lines.push(Line {
            shop,
            at: now,
            redemption: None,
            paid: paid.times(sign),
            split: split.times(sign),
            payout: None,
        });
    }

    fn take_rest(&mut self, no: No, attempt: No, left: Paid) {
        let order = self.attempts[&attempt].order;
        let (currency, person) = (self.currency_of_order(order), self.orders[&order].person);
        self.books.post(currency, &refund_legs(order, person, &left));
        self.give_rebate(person, currency, left.rebate);
        let refund = Refund {
            order,
            attempt: Some(attempt),
            paid: left,
            unwanted: false,
            compensation: 0,
            status: RefundStatus::Succeeded,
        };
        self.refunds.insert(no, refund);
    }

    fn take_uses(&mut self, now: Timestamp, order: No, taken: &mut Vec<Taken>) {
        let is_live = |use_: &Redemption| use_.voucher.0 == order && use_.status == RedemptionStatus::Live;
        let live = self.redemptions.iter().filter(|(_, use_)| is_live(use_));
        for no in live.map(|(no, _)| *no).collect::<Vec<_>>() {
            let redemption = &self.redemptions[&no];
            taken.push((redemption.paid, redemption.split));
            if redemption.uses > 1 {
                self.rarities.insert("SeveralUsesChargedBack");
            }
            self.reverse(now, no, RedemptionStatus::Refunded);
        }
    }

    /// Nobody comes any more by what was closed.
    fn end_bookings(&mut self, order: No, closed: &[VoucherName]) {
        for booking in self.bookings.values_mut() {
            let is_closed = match &booking.card {
                Some(kept) => kept.redemption.is_none() && closed.contains(&kept.voucher),
                None => booking.order == Some(order) && !closed.is_empty(),
            };
            if is_closed && booking.outcome.is_none() {
                booking.outcome = Some(Outcome::Cancelled);
                if booking.card.is_some() {
                    self.rarities.insert("CardChargedBack");
                }
            }
        }
    }

    /// What was used is the merchant's again, without the sharer's part; for the rest the payer is paid.
    pub(super) fn hear_of_reversal(&mut self, no: No, now: Timestamp, payment_no: No) -> Answer {
        let attempt = self.provider.payments[&payment_no].attempt;
        let order = self.attempts[&attempt].order;
        let charged_back = self.attempts[&attempt].charged_back.clone();
        let charged_back = charged_back.expect("it was heard of before it was reversed");
        if charged_back.reversed {
            return self.reversal_answer(attempt);
        }
        let used: i128 = charged_back.taken.iter().map(|(paid, _)| paid.escrow()).sum();
        let platform: i128 = charged_back.taken.iter().map(|(paid, _)| paid.platform).sum();
        let left = charged_back.left;
        // The buyer has the rebates again; as far as they were not used up they count as given back.
        let unused = left.cash + left.rebate - (used - platform);
        let rebate = (left.rebate - unused).max(0);
        let cash = used - platform - rebate;
        let to_payer = charged_back.amount - charged_back.lost - cash;
        self.book_reversal(order, &charged_back, (used, platform, rebate), to_payer);
        for (paid, split) in charged_back.taken {
            let split = Split {
                payable: split.payable + split.rebate,
                rebate: 0,
                ..split
            };
            self.add_to_statement(now, order, (paid, split), 1);
        }
        let restored = &mut self.orders.get_mut(&order).expect("a known order").restored;
        restored.price += used;
        restored.cash += cash;
        // Of what the provider may have moved itself, it has to say first whether it did.
        let in_doubt = self
            .refunds
            .values()
            .filter(|refund| refund.attempt == Some(attempt) && refund.status == RefundStatus::TakenBack);
        let sent_on = to_payer - in_doubt.map(|refund| refund.paid.cash).sum::<i128>();
        self.give_to_payer(no, order, attempt, sent_on);
        let charged_back = self
            .attempt_mut(attempt)
            .charged_back
            .as_mut()
            .expect("just read");
        charged_back.reversed = true;
        self.reversal_answer(attempt)
    }

    fn book_reversal(
        &mut self,
        order: No,
        charged_back: &ChargedBack,
        (used, platform, rebate): (i128, i128, i128),
        to_payer: i128,
    ) {
        let (currency, person) = (self.currency_of_order(order), self.orders[&order].person);
        let has = self
            .spendable
            .get(&(person, currency))
            .copied()
            .unwrap_or_default();
        let from_balance = has.min(rebate);
        self.give_rebate(person, currency, -from_balance);
        let legs = [
            ("provider_clearing", Owner::Platform, charged_back.amount),
            ("subsidy", Owner::Platform, platform),
            ("rebate_payable", Owner::Person(person), from_balance),
            ("sharer_receivable", Owner::Person(person), rebate - from_balance),
            ("chargeback_loss", Owner::Platform, -charged_back.lost),
            ("escrow", Owner::Order(order), -(used + to_payer)),
        ];
        self.books.post(currency, &legs);
    }

    pub(super) fn reversal_answer(&self, attempt: No) -> Answer {
        let refunds = self.attempts[&attempt].reversal_refunds.iter();
        made("", refunds.copied().map(Name::Refund).collect())
    }
}
