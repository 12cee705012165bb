//! The payment provider as it is by itself: its own book of what it took in and gave out. It is slow, says things
//! twice, late and out of order, and changes its mind between two tries, but never about one.

use std::collections::BTreeMap;

use super::{Answer, Model, No};

/// What became of one try, once the provider knows.
pub(crate) type Try = Option<bool>;

/// A payment that the provider took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Payment {
    pub attempt: No,
    pub amount: i64,
    /// What the payer's bank took back.
    pub charged_back: Option<i64>,
    /// It gave that back.
    pub reversed: bool,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Provider {
    pub payments: BTreeMap<No, Payment>,
    /// The tries at each refund.
    pub refunds: BTreeMap<No, Vec<Try>>,
    /// The tries at each payout.
    pub transfers: BTreeMap<No, Vec<Try>>,
    /// What it holds for the platform, by currency.
    pub holds: BTreeMap<&'static str, i128>,
    /// What it paid to merchants from the platform's bank account, less what they paid in, by currency.
    pub paid_out: BTreeMap<&'static str, i128>,
}

impl Provider {
    /// What it says of a try at a refund, counted from 1.
    pub fn refund_said(&self, refund: No, tries: usize) -> Try {
        said(&self.refunds, refund, tries)
    }

    /// Whether one of the tries at a refund moved the money.
    pub fn has_refunded(&self, refund: No) -> bool {
        self.refunds
            .get(&refund)
            .is_some_and(|tries| tries.contains(&Some(true)))
    }

    /// What it says of a try at a payout, counted from 1.
    pub fn transfer_said(&self, payout: No, tries: usize) -> Try {
        said(&self.transfers, payout, tries)
    }
}

fn said(book: &BTreeMap<No, Vec<Try>>, name: No, tries: usize) -> Try {
    let last = tries.checked_sub(1)?;
    book.get(&name)?.get(last).copied().flatten()
}

/// Decides the last try, if it is open. `true` if that moved money.
fn decide(tries: Option<&mut Vec<Try>>, succeeds: bool) -> bool {
    match tries.and_then(|tries| tries.last_mut()) {
        Some(open) if open.is_none() => {
            *open = Some(succeeds);
            succeeds
        }
        Some(_) | None => false,
    }
}

impl Model {
    /// One attempt is paid once at most: it is the provider's own key.
    pub(super) fn pay_outside(&mut self, no: No, attempt: No, amount: i64) -> Option<Answer> {
        if self
            .provider
            .payments
            .values()
            .any(|payment| payment.attempt == attempt)
        {
            return None;
        }
        let currency = self.currency_of_order(self.attempts[&attempt].order);
        let payment = Payment {
            attempt,
            amount,
            charged_back: None,
            reversed: false,
        };
        self.provider.payments.insert(no, payment);
        *self.provider.holds.entry(currency).or_default() += i128::from(amount);
        None
    }

    pub(super) fn refund_outside(&mut self, refund: No, succeeds: bool) -> Option<Answer> {
        if decide(self.provider.refunds.get_mut(&refund), succeeds) {
            let refund = &self.refunds[&refund];
            let (currency, cash) = (self.currency_of_order(refund.order), refund.paid.cash);
            *self.provider.holds.entry(currency).or_default() -= cash;
        }
        None
    }

    pub(super) fn transfer_outside(&mut self, payout: No, succeeds: bool) -> Option<Answer> {
        if decide(self.provider.transfers.get_mut(&payout), succeeds) {
            let payout = &self.payouts[&payout];
            let currency = self.world.shops[payout.shop].currency.code();
            *self.provider.paid_out.entry(currency).or_default() += payout.amount;
        }
        None
    }

    pub(super) fn currency_of_order(&self, order: No) -> &'static str {
        self.world.currency_of(self.orders[&order].good).code()
    }
}
