//! One coupon against one cart: whether it may be used, and what it takes off each line. Whether one may is
//! judged by the prices before all coupons, so that it does not depend on which others are used.

use kernel::{
    BasisPoints, CouponId, Currency, MerchantId, Money, OfferId, Reject, StoreId, Timestamp, split_by_weight,
};
use party::hours::WeeklyHours;

use super::MAX_ORDER_TOTAL;
use crate::model::CouponKind;
use crate::reject::{
    COUPON_INVALID, COUPON_MIN_SPEND, COUPON_NOT_FOR_BUYER, COUPON_NOT_FOR_THIS, COUPON_NOT_LIVE,
    COUPON_NOT_NOW,
};

/// The field of an order that names its coupons.
pub(crate) const FIELD: &str = "/wallet_coupons";

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
    /// The least price of what it is for, after agreement and friend, at which it applies.
    pub min_spend: i64,
    /// How much of it the platform pays.
    pub platform_share: BasisPoints,
    /// Not before this.
    pub starts_at: Timestamp,
    /// Not from this on.
    pub ends_at: Timestamp,
    /// Further conditions.
    pub conditions: Conditions,
}

/// What else has to be true. By default nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// It is used beside coupons of other groups, but of one group only one. Without a group it stands alone.
    pub stacking_group: Option<String>,
    /// Only offers of this category.
    pub category: Option<String>,
    /// Only offers that this store redeems.
    pub store: Option<StoreId>,
    /// Only these buyers.
    pub buyers: Buyers,
    /// Only orders that are placed in these hours.
    pub hours: Option<WeeklyHours>,
}

/// Whom a coupon is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Buyers {
    /// Everybody.
    #[default]
    Everybody,
    /// Who has ordered nothing yet, of anybody.
    FirstOrder,
    /// Who has ordered nothing yet of this merchant.
    NewCustomer,
}

impl Conditions {
    /// Refuses what can never be true, or names nothing.
    pub fn check(&self) -> Result<(), Reject> {
        let code = |field, code: &Option<String>| match code {
            Some(code) => party::check::code(field, code).map_err(|no| COUPON_INVALID.at(field, no.detail)),
            None => Ok(()),
        };
        code("/conditions/stacking_group", &self.stacking_group)?;
        code("/conditions/category", &self.category)?;
        let (zone, spans) = ("/conditions/hours/time_zone", "/conditions/hours/spans");
        self.hours
            .as_ref()
            .map_or(Ok(()), |hours| hours.check(&COUPON_INVALID, zone, spans))
    }
}

/// What is about to be bought, by whom and when.
#[derive(Debug, Clone)]
pub struct Cart<'a> {
    /// Not empty.
    pub lines: &'a [CartLine],
    /// Of every amount.
    pub currency: Currency,
    /// When.
    pub now: Timestamp,
    /// Whether the buyer has ordered anything before.
    pub has_ordered: bool,
}

/// One offer of a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartLine {
    /// What.
    pub offer: OfferId,
    /// Of whom.
    pub merchant: MerchantId,
    /// Code of its category.
    pub category: String,
    /// Where it is redeemed.
    pub stores: Vec<StoreId>,
    /// Units, at least 1.
    pub quantity: i64,
    /// What all of them cost before coupons, in minor units.
    pub due: i64,
    /// Whether the buyer has ordered of this merchant before.
    pub is_of_customer: bool,
    /// Whether all of it is paid at the store, after the service: the platform, which sees none of that money, gives nothing.
    pub is_paid_after: bool,
}

/// A coupon that could be used for a cart.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// Which.
    pub coupon: CouponId,
    /// Its terms.
    pub terms: &'a CouponTerms,
    /// What is left of its budget, in minor units.
    pub budget_left: i64,
    /// The buyer asked for it: no set without it is a solution.
    pub is_required: bool,
}

/// What a coupon takes off a cart, whatever the prices have become by then.
#[derive(Debug)]
pub(super) enum Effect {
    /// A part of the sum of these lines.
    Sum { lines: Vec<usize>, part: Part },
    /// Each of these units costs no more than this.
    Units { units: Vec<Units>, price: i64 },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Share { share: BasisPoints, most: i64 },
    Amount(i64),
}

/// Some units of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Units {
    line: usize,
    count: i64,
    of: i64,
}

impl Effect {
    /// What a coupon does to a cart, or why it may not be used.
    pub fn of(coupon: &CouponTerms, cart: &Cart) -> Result<Self, Reject> {
        check_standing(coupon, cart)?;
        let lines: Vec<usize> = (0..cart.lines.len())
            .filter(|i| is_for(coupon, &cart.lines[*i]))
            .collect();
        if lines.is_empty() {
            return Err(COUPON_NOT_FOR_THIS.at(FIELD, why_not_for(coupon, cart)));
        }
        let sum = lines.iter().map(|line| cart.lines[*line].due).sum::<i64>();
        if sum < coupon.min_spend {
            let [least, now] = [coupon.min_spend, sum].map(|amount| Money::new(amount, coupon.currency));
            let detail =
                format!("The coupon needs a price of at least {least}; what it is for comes to {now}.");
            return Err(COUPON_MIN_SPEND.at(FIELD, detail));
        }
        let units = |units: Vec<Units>, price| match units.is_empty() {
            true => Err(COUPON_NOT_FOR_THIS.at(FIELD, "Too few units of what the coupon is for.")),
            false => Ok(Self::Units { units, price }),
        };
        match coupon.kind {
            CouponKind::Percentage { share, max_discount } => {
                let most = max_discount.unwrap_or(MAX_ORDER_TOTAL);
                Ok(Self::Sum {
                    lines,
                    part: Part::Share { share, most },
                })
            }
            CouponKind::Cash { amount } => Ok(Self::Sum {
                lines,
                part: Part::Amount(amount),
            }),
            CouponKind::FixedPrice { price } => units(cheapest(cart, &lines, 1, true), price),
            CouponKind::FreeItem { offer } => {
                let lines: Vec<usize> = lines
                    .into_iter()
                    .filter(|line| cart.lines[*line].offer == offer)
                    .collect();
                units(cheapest(cart, &lines, 1, false), 0)
            }
            CouponKind::BuyGet { buy, get } => {
                let count = lines.iter().map(|line| cart.lines[*line].quantity).sum::<i64>();
                units(cheapest(cart, &lines, count / (buy + get) * get, false), 0)
            }
        }
    }

    /// What it takes off each line that it touches, which cost `due` now: never more than that.
    pub fn takes(&self, due: &[i64]) -> Vec<(usize, i64)> {
        match self {
            Self::Sum { lines, part } => {
                let dues: Vec<i64> = lines.iter().map(|line| due[*line]).collect();
                let sum = dues.iter().sum::<i64>();
                let wanted = match part {
                    Part::Share { share, most } => share.of(sum).min(*most),
                    Part::Amount(amount) => *amount,
                };
                lines
                    .iter()
                    .copied()
                    .zip(split_by_weight(wanted.min(sum), &dues))
                    .collect()
            }
            Self::Units { units, price } => {
                let off = |units: &Units| {
                    let cost = i128::from(due[units.line]) * i128::from(units.count) / i128::from(units.of);
                    (units.line, (cost as i64 - price).max(0))
                };
                units.iter().map(off).collect()
            }
        }
    }

    /// Units come first, then shares, then amounts.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Units { .. } => 0,
            Self::Sum {
                part: Part::Share { .. },
                ..
            } => 1,
            Self::Sum {
                part: Part::Amount(_),
                ..
            } => 2,
        }
    }
}

/// What has nothing to do with a single line.
fn check_standing(coupon: &CouponTerms, cart: &Cart) -> Result<(), Reject> {
    if !(coupon.starts_at..coupon.ends_at).contains(&cart.now) {
        return Err(COUPON_NOT_LIVE.at(FIELD, "The coupon is not valid now."));
    }
    if coupon
        .conditions
        .hours
        .as_ref()
        .is_some_and(|hours| !hours.contain(cart.now))
    {
        return Err(COUPON_NOT_NOW.at(FIELD, COUPON_NOT_NOW.title));
    }
    if coupon.currency != cart.currency {
        return Err(COUPON_NOT_FOR_THIS.at(FIELD, "The coupon is for another currency."));
    }
    if coupon.conditions.buyers == Buyers::FirstOrder && cart.has_ordered {
        return Err(COUPON_NOT_FOR_BUYER.at(FIELD, "The coupon is for a first order."));
    }
    Ok(())
}

fn is_for(coupon: &CouponTerms, line: &CartLine) -> bool {
    let conditions = &coupon.conditions;
    coupon.merchant.is_none_or(|merchant| merchant == line.merchant)
        && coupon.offer.is_none_or(|offer| offer == line.offer)
        && conditions
            .category
            .as_ref()
            .is_none_or(|category| *category == line.category)
        && conditions.store.is_none_or(|store| line.stores.contains(&store))
        && (conditions.buyers != Buyers::NewCustomer || !line.is_of_customer)
        && (coupon.platform_share == BasisPoints::ZERO || !line.is_paid_after)
}

/// The first condition that no line meets, in words.
fn why_not_for(coupon: &CouponTerms, cart: &Cart) -> &'static str {
    let no = |test: &dyn Fn(&CartLine) -> bool| !cart.lines.iter().any(test);
    let conditions = &coupon.conditions;
    if coupon
        .merchant
        .is_some_and(|merchant| no(&|line| line.merchant == merchant))
    {
        "The coupon is for another merchant."
    } else if coupon.offer.is_some_and(|offer| no(&|line| line.offer == offer)) {
        "The coupon is for another offer."
    } else if conditions
        .category
        .as_ref()
        .is_some_and(|category| no(&|line| line.category == *category))
    {
        "The coupon is for another category."
    } else if conditions
        .store
        .is_some_and(|store| no(&|line| line.stores.contains(&store)))
    {
        "The coupon is for another store."
    } else if coupon.platform_share > BasisPoints::ZERO && no(&|line| !line.is_paid_after) {
        "What is paid after the service takes no coupon that the platform pays a part of."
    } else if conditions.buyers == Buyers::NewCustomer {
        "The coupon is for new customers of the merchant."
    } else {
        "Nothing here meets all conditions of the coupon."
    }
}

/// So many of the cheapest (or dearest) units of these lines, by what one costs before coupons. Of equal
/// prices the earlier line.
fn cheapest(cart: &Cart, lines: &[usize], count: i64, dearest: bool) -> Vec<Units> {
    let price_order = |a: &usize, b: &usize| {
        let [a, b] = [&cart.lines[*a], &cart.lines[*b]];
        let order =
            (i128::from(a.due) * i128::from(b.quantity)).cmp(&(i128::from(b.due) * i128::from(a.quantity)));
        if dearest { order.reverse() } else { order }
    };
    let mut by_price = lines.to_vec();
    by_price.sort_by(price_order);
    let mut left = count;
    let mut units = Vec::new();
    for line in by_price {
        let of = cart.lines[line].quantity;
        let count = left.min(of);
        left -= count;
        if count > 0 {
            units.push(Units { line, count, of });
        }
    }
    units
}
