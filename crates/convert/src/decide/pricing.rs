//! The price of an order: agreement, friend, coupon, then earned rebates, in this order. Each discount
//! is taken of what the one before left, and says how much of it the platform pays.

use kernel::{BasisPoints, Currency, MerchantId, Money, OfferId, Reject, Timestamp};

use crate::model::{Amounts, CouponKind, Discount, DiscountKind};
use crate::reject::{COUPON_MIN_SPEND, COUPON_NOT_FOR_THIS, ORDER_QUANTITY, ORDER_TOO_LARGE};

/// The largest list total of an order, in minor units: a million orders of this size still sum in 64 bits.
pub const MAX_ORDER_TOTAL: i64 = 1_000_000_000_000;

/// The terms of a coupon that a price depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponTerms {
    /// Only this merchant's offers; all merchants' if `None`.
    pub merchant: Option<MerchantId>,
    /// Only this offer.
    pub offer: Option<OfferId>,
    /// What it takes off.
    pub kind: CouponKind,
    /// The currency of its amounts and of the orders that it is for.
    pub currency: Currency,
    /// The least price, after the discounts before it, at which it applies.
    pub min_spend: i64,
    /// How much of it the platform pays.
    pub platform_share: BasisPoints,
    /// Not before this.
    pub starts_at: Timestamp,
    /// Not from this on.
    pub ends_at: Timestamp,
}

/// What a price is made of.
#[derive(Debug, Clone, Copy)]
pub struct PriceInputs<'a> {
    /// What is bought.
    pub offer: OfferId,
    /// From whom.
    pub merchant: MerchantId,
    /// Price of one unit before all discounts.
    pub list_price: Money,
    /// Units.
    pub quantity: i64,
    /// The agreement's discount on one unit, in minor units, at most the list price.
    pub unit_discount: i64,
    /// How much of that the platform pays.
    pub unit_discount_platform: i64,
    /// The merchant's discount for a friend of somebody who shared the offer; zero without a share link.
    pub friend_discount: BasisPoints,
    /// The buyer's coupon.
    pub coupon: Option<&'a CouponTerms>,
    /// What the buyer would spend of earned rebates at most, in minor units.
    pub spendable_rebate: i64,
}

/// The price of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPrice {
    /// What it costs and who pays.
    pub amounts: Amounts,
    /// What was taken off, in order, without discounts of zero.
    pub discounts: Vec<Discount>,
}

impl OrderPrice {
    /// What the coupon takes off, in minor units: what its budget has to bear.
    pub fn coupon_discount(&self) -> i64 {
        let coupons = self.discounts.iter().filter(|d| d.kind == DiscountKind::Coupon);
        coupons.map(|discount| discount.amount).sum()
    }
}

/// The price of an order. Parts sum to the list total and none is negative.
///
/// Rejects a quantity below one, a total beyond [`MAX_ORDER_TOTAL`], and a coupon for another
/// merchant, offer, currency or a higher price.
pub fn price_order(inputs: &PriceInputs) -> Result<OrderPrice, Reject> {
    if inputs.quantity < 1 {
        return Err(ORDER_QUANTITY.at("/quantity", "The quantity is below 1."));
    }
    let list_total = inputs.list_price.checked_mul(inputs.quantity).ok();
    let list_total = list_total
        .filter(|total| total.amount <= MAX_ORDER_TOTAL)
        .ok_or_else(|| {
            ORDER_TOO_LARGE.at("/quantity", "Price times quantity is beyond the largest order.")
        })?;
    let mut due = list_total.amount;
    let mut discounts = Vec::with_capacity(3);
    let mut take = |kind, amount: i64, platform: i64| {
        if amount > 0 {
            due -= amount;
            discounts.push(Discount {
                kind,
                amount,
                platform,
            });
        }
        due
    };
    let after_agreement = take(
        DiscountKind::Agreement,
        inputs.unit_discount * inputs.quantity,
        inputs.unit_discount_platform * inputs.quantity,
    );
    let after_friend = take(
        DiscountKind::Friend,
        inputs.friend_discount.of(after_agreement),
        0,
    );
    if let Some(coupon) = inputs.coupon {
        let amount = coupon_discount(coupon, inputs, after_friend)?;
        take(DiscountKind::Coupon, amount, coupon.platform_share.of(amount));
    }
    let rebate_used = inputs.spendable_rebate.clamp(0, due);
    let discount_platform = discounts.iter().map(|d: &Discount| d.platform).sum();
    let discount_merchant = discounts.iter().map(|d| d.amount - d.platform).sum();
    let amounts = Amounts {
        list_total: list_total.amount,
        discount_platform,
        discount_merchant,
        rebate_used,
        cash_due: due - rebate_used,
    };
    Ok(OrderPrice { amounts, discounts })
}

/// What a coupon takes off `due`: never more than is due.
fn coupon_discount(coupon: &CouponTerms, inputs: &PriceInputs, due: i64) -> Result<i64, Reject> {
    let wrong = |detail: &str| Err(COUPON_NOT_FOR_THIS.at("/wallet_coupon", detail));
    if coupon
        .merchant
        .is_some_and(|merchant| merchant != inputs.merchant)
    {
        return wrong("The coupon is for another merchant.");
    }
    if coupon.offer.is_some_and(|offer| offer != inputs.offer) {
        return wrong("The coupon is for another offer.");
    }
    if coupon.currency != inputs.list_price.currency {
        return wrong("The coupon is for another currency.");
    }
    if due < coupon.min_spend {
        let [least, now] = [coupon.min_spend, due].map(|amount| Money::new(amount, coupon.currency));
        let detail = format!("The coupon needs a price of at least {least}; this order comes to {now}.");
        return Err(COUPON_MIN_SPEND.at("/wallet_coupon", detail));
    }
    let wanted = match coupon.kind {
        CouponKind::Percentage { share, max_discount } => share.of(due).min(max_discount.unwrap_or(due)),
        CouponKind::Cash { amount } => amount,
    };
    Ok(wanted.min(due))
}

#[cfg(test)]
mod tests;
