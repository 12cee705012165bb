//! How an order's money is split over its units and their uses. What the first so many of them come to is a function
//! of their number alone that falls in no leg; each takes what that grows by. So parts of any size sum to the whole, no
//! leg is ever negative, and the last one gets the exact rest.

use std::ops::Range;

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
        Self::of_legs([0, self.cash, self.rebate_used, 0, 0])
    }

    fn of_legs(legs: [i64; 5]) -> Self {
        let [
            discount_merchant,
            cash,
            rebate_used,
            discount_platform,
            due_at_store,
        ] = legs;
        Self {
            price: legs.iter().sum(),
            discount_platform,
            discount_merchant,
            rebate_used,
            cash,
            due_at_store,
        }
    }

    /// What its price consists of.
    fn legs(&self) -> [i64; 5] {
        [
            self.discount_merchant,
            self.cash,
            self.rebate_used,
            self.discount_platform,
            self.due_at_store,
        ]
    }

    /// What the first `count` of its `parts` equal parts come to. Prices differ by one minor unit at most.
    fn first(&self, count: i64, parts: i64) -> Self {
        let price = i128::from(self.price) * i128::from(count);
        let price = (price + i128::from(parts - 1)) / i128::from(parts);
        Self::of_legs(first_of(self.legs(), price as i64))
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

/// Uses of a voucher: what was paid for them and who gets it. Both sum to [`UnitMoney::escrow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UseMoney {
    /// What was paid for them, and by whom.
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
    (0..quantity)
        .map(|n| whole.first(n + 1, quantity).minus(&whole.first(n, quantity)))
        .collect()
}

/// Those of a voucher's `uses` that bring the number of its consumed ones from `taken.start` to `taken.end`: `2..3` is the
/// third alone. The rebate is paid of what is held: a merchant can owe the platform its commission, but nobody is paid
/// by a debt.
pub fn use_amounts(
    voucher: &UnitMoney,
    uses: i64,
    taken: Range<i64>,
    commission: BasisPoints,
    rebate: BasisPoints,
) -> UseMoney {
    assert!(
        0 <= taken.start && taken.start < taken.end && taken.end <= uses,
        "uses are of the voucher's"
    );
    let to_whom = split_legs(voucher.value(), commission, rebate);
    let [before, after] = [taken.start, taken.end].map(|used| voucher.first(used, uses));
    let [
        [commission_before, rebate_before, _],
        [commission_after, rebate_after, _],
    ] = [before, after].map(|consumed| first_of(to_whom, consumed.value()));
    let paid = after.minus(&before);
    let commission = commission_after - commission_before;
    let rebate = (rebate_after - rebate_before).min((paid.escrow() - commission).max(0));
    let split = EscrowSplit {
        commission,
        rebate,
        payable: paid.escrow() - commission - rebate,
    };
    UseMoney { paid, split }
}

/// What is left of a voucher's money when `used` of its `uses` are consumed: the exact rest.
pub fn rest_after(voucher: &UnitMoney, uses: i64, used: i64) -> UnitMoney {
    voucher.minus(&voucher.first(used, uses))
}

/// What is kept of a voucher's money as a fee, of what is held rounded half up, and what goes back: together all of it. Of
/// a deposit nothing is kept but what the buyer paid: the platform's discount is for a guest who comes.
pub fn split_fee(
    voucher: &UnitMoney,
    deposit: Option<DepositKind>,
    fee: BasisPoints,
) -> (UnitMoney, UnitMoney) {
    let at_stake = deposit.map_or(*voucher, |_| voucher.deposit());
    let [_, held @ ..] = at_stake.legs();
    let of_held = fee.of(at_stake.escrow());
    let [cash, rebate_used, discount_platform, due_at_store] = first_of(held, of_held);
    let discount_merchant = fee.of(at_stake.price) - of_held;
    let kept = UnitMoney::of_legs([
        discount_merchant,
        cash,
        rebate_used,
        discount_platform,
        due_at_store,
    ]);
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
    let parts = split_by_weight(amount, &[commission.get(), rebate_bp, payable_bp]);
    [parts[0], parts[1], parts[2]]
}

/// Divides the first `amount` of what all legs come to over them, in proportion: each gets its share of what those before
/// it leave, rounded half up. Of a larger amount no leg gets less, and of the whole each gets all it has.
fn first_of<const N: usize>(legs: [i64; N], amount: i64) -> [i64; N] {
    let (mut left, mut of) = (
        i128::from(amount),
        legs.iter().map(|leg| i128::from(*leg)).sum::<i128>(),
    );
    legs.map(|leg| {
        let part = if of == 0 {
            0
        } else {
            (2 * i128::from(leg) * left + of) / (2 * of)
        };
        left -= part;
        of -= i128::from(leg);
        part as i64
    })
}

#[cfg(test)]
mod tests;
