//! Payouts: lines are stamped, a second operator approves, the provider transfers.

use kernel::Timestamp;

use super::{Answer, Line, Model, Name, No, Owner, Payout, PayoutStatus, made, told};

impl Model {
    pub(super) fn propose(&mut self, no: No, now: Timestamp, shop: usize, second: bool) -> Answer {
        let amount = self.owed_to(shop, now);
        if amount <= 0 {
            return Err("nothing_to_pay");
        }
        let stamped = self.stamp(no, now, shop);
        let payout = Payout {
            shop,
            amount,
            by_second: second,
            status: PayoutStatus::Proposed,
        };
        self.payouts.insert(no, payout);
        made(format!("{amount} in {stamped} lines"), vec![Name::Payout(no)])
    }

    pub(super) fn pay_in(&mut self, no: No, now: Timestamp, shop: usize, paid: i64) -> Answer {
        let amount = self.owed_to(shop, now);
        if amount >= 0 || amount != -i128::from(paid) {
            return Err("pay_in_differs");
        }
        self.stamp(no, now, shop);
        let payout = Payout {
            shop,
            amount,
            by_second: false,
            status: PayoutStatus::Paid,
        };
        self.payouts.insert(no, payout);
        let (currency, legs) = self.payout_legs(no);
        self.books.post(currency, &legs);
        *self.provider.paid_out.entry(currency).or_default() += amount;
        made("", vec![Name::Payout(no)])
    }

    /// What a shop is owed that no payout has; below zero it owes it.
    pub(crate) fn owed_to(&self, shop: usize, now: Timestamp) -> i128 {
        let open = self.lines.iter().filter(|line| line.is_open(now, shop));
        open.map(|line| line.split.payable).sum()
    }

    fn stamp(&mut self, no: No, now: Timestamp, shop: usize) -> usize {
        let open = self.lines.iter_mut().filter(|line| line.is_open(now, shop));
        open.map(|line| line.payout = Some(no)).count()
    }

    pub(super) fn approve(&mut self, no: No, second: bool) -> Answer {
        let payout = self.payouts.get_mut(&no).expect("a known payout");
        let open = self
            .lines
            .iter()
            .filter(|line| line.shop == payout.shop && line.payout.is_none());
        let open: i128 = open.map(|line| line.split.payable).sum();
        match payout.status {
            PayoutStatus::Proposed if payout.by_second == second => {
                return Err("payout_needs_another_operator");
            }
            PayoutStatus::Proposed if open < 0 => return Err("payout_over_balance"),
            PayoutStatus::Proposed => payout.status = PayoutStatus::Approved,
            PayoutStatus::Approved | PayoutStatus::Paid | PayoutStatus::Failed => {
                return Err("payout_not_proposed");
            }
        }
        let (currency, legs) = self.payout_legs(no);
        self.books.reserve(currency, &legs);
        self.provider.transfers.insert(no, vec![None]);
        told("")
    }

    fn payout_legs(&self, no: No) -> (&'static str, [super::books::Leg; 2]) {
        let payout = &self.payouts[&no];
        let legs = [
            ("merchant_payable", Owner::Shop(payout.shop), payout.amount),
            ("bank", Owner::Platform, -payout.amount),
        ];
        (self.world.shops[payout.shop].currency.code(), legs)
    }

    pub(super) fn report_transfer(&mut self, no: No, tries: usize) -> Answer {
        let succeeded = self.provider.transfer_said(no, tries) == Some(true);
        let is_last = self.provider.transfers[&no].len() == tries;
        let payout = self.payouts.get_mut(&no).expect("a known payout");
        match (succeeded, payout.status) {
            (true, PayoutStatus::Approved | PayoutStatus::Failed) => {
                payout.status = PayoutStatus::Paid;
                let (currency, legs) = self.payout_legs(no);
                self.books.settle(currency, &legs);
                told("true")
            }
            (false, PayoutStatus::Approved) if is_last => {
                payout.status = PayoutStatus::Failed;
                told("true")
            }
            (false, PayoutStatus::Paid) => Err("payout_not_approved"),
            (false, PayoutStatus::Approved) => {
                self.rarities.insert("LateTransferFailure");
                told("false")
            }
            // Told before; and what became of an earlier try says nothing of the last one.
            (_, _) => told("false"),
        }
    }

    pub(super) fn retry(&mut self, no: No) -> Answer {
        let payout = self.payouts.get_mut(&no).expect("a known payout");
        if payout.status != PayoutStatus::Failed {
            return Err("payout_not_failed");
        }
        payout.status = PayoutStatus::Approved;
        self.provider
            .transfers
            .get_mut(&no)
            .expect("an approved payout")
            .push(None);
        told("")
    }
}

impl Line {
    fn is_open(&self, now: Timestamp, shop: usize) -> bool {
        self.shop == shop && self.payout.is_none() && self.at <= now
    }
}
