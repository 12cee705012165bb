//! How an order's money is split over its units and their uses. What is held of a unit or use is fixed
//! first; then its legs are taken of what is left by the largest remainder, so that the last one gets the
//! exact rest and no leg is ever negative.

use kernel::{BasisPoints, split_by_weight};
use offer::DepositKind;

use crate::model::Amounts;

/// The money behind one unit (a voucher) or a part of it, in minor units:
/// `price = discount_platform + discount_merchant + rebate_used + cash + due_at_store`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitMoney {
    /// The list price.
    pub price: i64,
    /// The platform's part of the discounts.
    pub discount_platform: i64,
    /// The merchant's part of the discounts.
    pub discount_merchant: i64,
    /// Paid from earned rebates.
    pub rebate_used: i64,
    /// Paid through a provider.
    pub cash: i64,
    /// Left to be paid to the merchant at the store.
    pub due_at_store: i64,
}

impl UnitMoney {
    /// What it is worth to the merchant, of which commission and rebate are shares: the price less the merchant's own
    /// discount.
    pub fn value(&self) -> i64 {
        self.price - self.discount_merchant
    }

    /// What is held for the merchant until it is used: its value but for what is paid at the store.
    pub fn escrow(&self) -> i64 {
        self.value() - self.due_at_store
    }

    /// What the buyer paid ahead, alone.
    pub fn deposit(&self) -> Self {
        Self::of_legs(self.cash + self.rebate_used, [self.cash, self.rebate_used, 0, 0])
    }

    fn of_legs(price: i64, legs: [i64; 4]) -> Self {
        let [cash, rebate_used, discount_platform, due_at_store] = legs;
        Self {
            price,
            discount_platform,
            discount_merchant: price - legs.iter().sum::<i64>(),
            rebate_used,
            cash,
            due_at_store,
        }
    }

    fn legs(&self) -> [i64; 4] {
        [
            self.cash,
            self.rebate_used,
            self.discount_platform,
            self.due_at_store,
        ]
    }

    fn minus(&self, part: &Self) -> Self {
        Self {
            price: self.price - part.price,
            discount_platform: self.discount_platform - part.discount_platform,
            discount_merchant: self.discount_merchant - part.discount_merchant,
            rebate_used: self.rebate_used - part.rebate_used,
            cash: self.cash - part.cash,
            due_at_store: self.due_at_store - part.due_at_store,
        }
    }
}

/// Who gets what is held, in sum: `commission + rebate + payable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EscrowSplit {
    /// The platform's commission.
    pub commission: i64,
    /// The sharer's rebate, funded by the merchant.
    pub rebate: i64,
    /// What the merchant gets. Below zero, the merchant owes it: it has taken more than the rest at the store.
    pub payable: i64,
}

/// One use of a voucher: what was paid for it and who gets it. Both sum to [`UnitMoney::escrow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UseMoney {
    /// What was paid for it, and by whom.
    pub paid: UnitMoney,
    /// Who gets it.
    pub split: EscrowSplit,
}

/// Splits an order's amounts over `quantity` units of equal price: the parts sum to the whole.
pub fn split_over_units(order: &Amounts, quantity: i64) -> Vec<UnitMoney> {
    let whole = UnitMoney {
        price: order.list_total,
        discount_platform: order.discount_platform,
        discount_merchant: order.discount_merchant,
        rebate_used: order.rebate_used,
        cash: order.cash_due,
        due_at_store: order.due_at_store,
    };
    split_evenly(&whole, quantity).collect()
}

/// The `use_no`-th use (from 1) of a voucher of `uses`. Uses are numbered in the order in which the
/// voucher's uses are consumed, without gaps, so that [`rest_after`] is what the other uses come to. The rebate is paid of
/// what is held: a merchant can owe the platform its commission, but nobody is paid by a debt.
pub fn use_amounts(
    voucher: &UnitMoney,
    uses: i64,
    use_no: i64,
    commission: BasisPoints,
    rebate: BasisPoints,
) -> UseMoney {
    assert!((1..=uses).contains(&use_no), "a use is one of the voucher's");
    let mut to_whom = split_legs(voucher.value(), commission, rebate);
    let mut money = UseMoney::default();
    for paid in split_evenly(voucher, uses).take(use_no as usize) {
        let [commission, rebate, _] = take_of(&mut to_whom, paid.value());
        let rebate = rebate.min((paid.escrow() - commission).max(0));
        let split = EscrowSplit {
            commission,
            rebate,
            payable: paid.escrow() - commission - rebate,
        };
        money = UseMoney { paid, split };
    }
    money
}

/// What is left of a voucher's money when `used` of its `uses` are consumed: the exact rest.
pub fn rest_after(voucher: &UnitMoney, uses: i64, used: i64) -> UnitMoney {
    let consumed = split_evenly(voucher, uses).take(used.max(0) as usize);
    consumed.fold(*voucher, |rest, part| rest.minus(&part))
}

/// What is kept of a voucher's money as a fee, of what is held rounded half up, and what goes back: together all of it. Of
/// a deposit nothing is kept but what the buyer paid: the platform's discount is for a guest who comes.
pub fn split_fee(
    voucher: &UnitMoney,
    deposit: Option<DepositKind>,
    fee: BasisPoints,
) -> (UnitMoney, UnitMoney) {
    let at_stake = deposit.map_or(*voucher, |_| voucher.deposit());
    let taken = take_of(&mut at_stake.legs(), fee.of(at_stake.escrow()));
    let kept = UnitMoney::of_legs(fee.of(at_stake.price), taken);
    (kept, voucher.minus(&kept))
}

/// Splits what is held between commission, sharer and merchant. Commission goes first where the shares
/// would exceed the whole.
pub fn split_escrow(escrow: i64, commission: BasisPoints, rebate: BasisPoints) -> EscrowSplit {
    let [commission, rebate, payable] = split_legs(escrow, commission, rebate);
    EscrowSplit {
        commission,
        rebate,
        payable,
    }
}

fn split_legs(amount: i64, commission: BasisPoints, rebate: BasisPoints) -> [i64; 3] {
    let rebate_bp = rebate.min(commission.complement()).get();
    let payable_bp = commission.complement().get() - rebate_bp;
    array(&split_by_weight(
        amount,
        &[commission.get(), rebate_bp, payable_bp],
    ))
}

/// `parts` parts that sum to `whole`; prices and values differ by one minor unit at most, larger first.
fn split_evenly(whole: &UnitMoney, parts: i64) -> impl Iterator<Item = UnitMoney> {
    let (price, value, mut legs) = (whole.price, whole.value(), whole.legs());
    (0..parts).map(move |i| {
        let taken = take_of(&mut legs, nth_share(value, parts, i));
        UnitMoney::of_legs(nth_share(price, parts, i), taken)
    })
}

/// The `i`-th (from 0) of `parts` equal shares of a total; the first ones bear the remainder.
fn nth_share(total: i64, parts: i64, i: i64) -> i64 {
    total / parts + i64::from(i < total % parts)
}

/// Takes `amount` out of what is left, in proportion to it. No leg gives more than it has, because an
/// exact share of a whole leg rounds up to at most the leg.
fn take_of<const N: usize>(rest: &mut [i64; N], amount: i64) -> [i64; N] {
    let taken = array(&split_by_weight(amount, rest));
    for (rest, taken) in rest.iter_mut().zip(taken) {
        *rest -= taken;
    }
    taken
}

fn array<const N: usize>(parts: &[i64]) -> [i64; N] {
    std::array::from_fn(|i| parts[i])
}

#[cfg(test)]
mod tests;
