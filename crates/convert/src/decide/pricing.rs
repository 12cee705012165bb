//! The price of an order: agreement, friend, coupons, then earned rebates, in this order. Each discount
//! is taken of what the one before left, and says how much of it the platform pays.

use kernel::{BasisPoints, CouponId, Currency, Reject, Timestamp, split_by_weight};

use super::combination::{Combination, best_combination};
use super::coupon::{Candidate, Cart, CartLine};
use crate::model::{Amounts, Discount, DiscountKind};
use crate::reject::{ORDER_QUANTITY, ORDER_TOO_LARGE};

/// The largest list total of an order, in minor units: a million orders of this size still sum in 64 bits.
pub const MAX_ORDER_TOTAL: i64 = 1_000_000_000_000;

/// Units of an order of which one costs the same.
#[derive(Debug, Clone, Copy)]
pub struct Units {
    /// How many.
    pub quantity: i64,
    /// Price of one before all discounts, in minor units.
    pub list_price: i64,
    /// The agreement's discount on one, in minor units, at most the list price.
    pub discount: i64,
    /// How much of that the platform pays.
    pub discount_platform: i64,
}

/// What a price is made of.
#[derive(Debug, Clone)]
pub struct PriceInputs<'a> {
    /// What is bought; its quantity and price are computed here.
    pub line: &'a CartLine,
    /// The units, at least one.
    pub units: Vec<Units>,
    /// Of every amount.
    pub currency: Currency,
    /// When.
    pub now: Timestamp,
    /// Whether the buyer has ordered anything before.
    pub has_ordered: bool,
    /// The merchant's discount for a friend of somebody who shared the offer; zero without a share link.
    pub friend_discount: BasisPoints,
    /// The coupons that the buyer could use, or asked for.
    pub coupons: &'a [Candidate<'a>],
    /// What the buyer would spend of earned rebates at most, in minor units.
    pub spendable_rebate: i64,
    /// How much of what is left after all discounts is paid ahead, at least one minor unit unless it is none; the rest is
    /// due at the store.
    pub paid_ahead: BasisPoints,
}

/// The price of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPrice {
    /// What it costs and who pays.
    pub amounts: Amounts,
    /// What was taken off, in order, without discounts of zero.
    pub discounts: Vec<Discount>,
    /// The coupons that are not used, by their place among those of the inputs, and why.
    pub refused: Vec<(usize, Reject)>,
}

impl OrderPrice {
    /// Which coupons take off how much, in minor units: what their budgets have to bear.
    pub fn coupons(&self) -> impl Iterator<Item = (CouponId, i64)> {
        self.discounts
            .iter()
            .filter_map(|discount| Some((discount.coupon?, discount.amount)))
    }
}

/// The price of an order. Parts sum to the list total and none is negative.
///
/// Rejects a quantity below one, a total beyond [`MAX_ORDER_TOTAL`], and a coupon that was asked for and is not for
/// this order.
pub fn price_order(inputs: &PriceInputs) -> Result<OrderPrice, Reject> {
    if inputs.units.is_empty() || inputs.units.iter().any(|units| units.quantity < 1) {
        return Err(ORDER_QUANTITY.at("/quantity", "The quantity is below 1."));
    }
    let sum = |of: fn(&Units) -> i64| {
        let of_units = |units| of(units).checked_mul(units.quantity);
        let mut amounts = inputs.units.iter().map(of_units);
        amounts.try_fold(0_i64, |sum, amount| sum.checked_add(amount?))
    };
    let list_total = sum(|units| units.list_price).filter(|total| *total <= MAX_ORDER_TOTAL);
    let list_total = list_total.ok_or_else(|| {
        ORDER_TOO_LARGE.at("/quantity", "Price times quantity is beyond the largest order.")
    })?;
    let mut due = list_total;
    let mut discounts = Vec::with_capacity(2 + inputs.coupons.len());
    let mut take = |kind, amount: i64, platform: i64, coupon| {
        if amount > 0 {
            due -= amount;
            discounts.push(Discount {
                kind,
                amount,
                platform,
                coupon,
            });
        }
        due
    };
    let after_agreement = take(
        DiscountKind::Agreement,
        sum(|units| units.discount).unwrap_or_default(),
        sum(|units| units.discount_platform).unwrap_or_default(),
        None,
    );
    let friend_discount = inputs.friend_discount.of(after_agreement);
    let after_friend = take(DiscountKind::Friend, friend_discount, 0, None);
    let coupons = best_coupons(inputs, after_friend)?;
    for used in coupons.used {
        let (candidate, amount) = (&inputs.coupons[used.candidate], used.total());
        let platform = candidate.terms.platform_share.of(amount);
        take(DiscountKind::Coupon, amount, platform, Some(candidate.coupon));
    }
    let least = i64::from(inputs.paid_ahead > BasisPoints::ZERO).min(due);
    let due_now = inputs.paid_ahead.of(due).max(least);
    let rebate_used = inputs.spendable_rebate.clamp(0, due_now);
    let discount_platform = discounts.iter().map(|d: &Discount| d.platform).sum();
    let discount_merchant = discounts.iter().map(|d| d.amount - d.platform).sum();
    let amounts = Amounts {
        list_total,
        discount_platform,
        discount_merchant,
        rebate_used,
        cash_due: due_now - rebate_used,
        due_at_store: due - due_now,
        security_deposit: 0,
    };
    Ok(OrderPrice {
        amounts,
        discounts,
        refused: coupons.refused,
    })
}

/// The best set of the coupons for an order over `due`. Rejects what was asked for and is not part of it.
fn best_coupons(inputs: &PriceInputs, due: i64) -> Result<Combination, Reject> {
    if inputs.coupons.is_empty() {
        return Ok(Combination::default());
    }
    let after_agreement = |units: &Units| (units.list_price - units.discount) * units.quantity;
    let weights: Vec<i64> = inputs.units.iter().map(after_agreement).collect();
    let line = |(units, due): (&Units, i64)| CartLine {
        quantity: units.quantity,
        due,
        ..inputs.line.clone()
    };
    let dues = split_by_weight(due, &weights);
    let lines: Vec<CartLine> = inputs.units.iter().zip(dues).map(line).collect();
    let cart = Cart {
        lines: &lines,
        currency: inputs.currency,
        now: inputs.now,
        has_ordered: inputs.has_ordered,
    };
    let combination = best_combination(&cart, inputs.coupons);
    let is_required = |(candidate, _): &&(usize, Reject)| inputs.coupons[*candidate].is_required;
    match combination.refused.iter().find(is_required) {
        Some((_, why)) => Err(why.clone()),
        None => Ok(combination),
    }
}

#[cfg(test)]
mod tests;
