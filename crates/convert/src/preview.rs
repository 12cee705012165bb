//! What a coupon that is not made yet would take off a sample cart, by the rules that checkout prices by. Nothing is
//! written, and nothing is asked but whether the coupon's terms hold and what the sample costs.

use kernel::{BasisPoints, CouponId, Ctx, Currency, MerchantId, OfferId, Reject, StoreId, Timestamp};
use store::{Fail, ReadTx};

use crate::CreateCoupon;
use crate::decide::{
    Candidate, CartLine, Conditions, CouponTerms, OrderPrice, PriceInputs, Units, price_order,
};
use crate::model::CouponKind;
use crate::quote::units_at;

/// What a coupon is tried on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleCart {
    /// What is bought.
    pub item: SampleItem,
    /// Units.
    pub quantity: i64,
    /// When it is ordered.
    pub at: Timestamp,
    /// By whom.
    pub buyer: SampleBuyer,
    /// Another coupon of the buyer's.
    pub other: Option<OtherCoupon>,
}

/// What is bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleItem {
    /// An offer that is on sale, with its price rules and its agreement's discount.
    Offer(OfferId),
    /// Something that the coupon is for, of which one costs this in minor units.
    Price(i64),
}

/// Who buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleBuyer {
    /// Who has ordered nothing yet.
    FirstOrder,
    /// Who has ordered, but not of this merchant.
    NewCustomer,
    /// Who has ordered of this merchant.
    Customer,
}

/// A coupon of an amount, without conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherCoupon {
    /// Its group; without one it stands alone.
    pub stacking_group: Option<String>,
    /// What it takes off, in minor units.
    pub amount: i64,
}

/// What a sample costs.
#[derive(Debug)]
pub struct CouponPreview {
    /// Of every amount.
    pub currency: Currency,
    /// Under which the discounts name the coupon that was tried.
    pub coupon: CouponId,
    /// With the coupons that are used.
    pub price: OrderPrice,
    /// Those that are not, and why.
    pub refused: Vec<(CouponId, Reject)>,
}

/// The price of a sample with a coupon as it would be made. Rejects what [`crate::create_coupon`] rejects of its terms.
pub fn preview_coupon(
    read: &mut ReadTx,
    ctx: &Ctx,
    coupon: &CreateCoupon,
    sample: &SampleCart,
) -> Result<CouponPreview, Fail> {
    coupon.check(read, ctx)?;
    let (currency, line, units) = match sample.item {
        SampleItem::Offer(offer) => of_offer(read, ctx, sample, offer)?,
        SampleItem::Price(price) => of_price(ctx, coupon, sample, price),
    };
    let (terms, other) = (
        coupon.terms(),
        sample.other.as_ref().map(|other| other.terms(coupon)),
    );
    let tried = [
        Some((&terms, coupon.budget)),
        other.as_ref().map(|other| (other, i64::MAX)),
    ];
    let candidate = |(terms, budget_left)| Candidate {
        coupon: ctx.new_id(),
        terms,
        budget_left,
        is_required: false,
    };
    let candidates: Vec<Candidate> = tried.into_iter().flatten().map(candidate).collect();
    let price = price_order(&PriceInputs {
        line: &line,
        units: vec![units],
        currency,
        now: sample.at,
        has_ordered: sample.buyer != SampleBuyer::FirstOrder,
        friend_discount: BasisPoints::ZERO,
        coupons: &candidates,
        spendable_rebate: 0,
        paid_ahead: BasisPoints::WHOLE,
    })?;
    let refused = price.refused.iter();
    let refused = refused.map(|(candidate, why)| (candidates[*candidate].coupon, why.clone()));
    Ok(CouponPreview {
        currency,
        coupon: candidates[0].coupon,
        refused: refused.collect(),
        price,
    })
}

impl OtherCoupon {
    fn terms(&self, beside: &CreateCoupon) -> CouponTerms {
        CouponTerms {
            merchant: None,
            offer: None,
            kind: CouponKind::Cash { amount: self.amount },
            min_spend: 0,
            starts_at: Timestamp(0),
            ends_at: Timestamp::MAX,
            conditions: Conditions {
                stacking_group: self.stacking_group.clone(),
                ..Conditions::default()
            },
            ..beside.terms()
        }
    }
}

fn of_offer(
    read: &mut ReadTx,
    ctx: &Ctx,
    sample: &SampleCart,
    offer: OfferId,
) -> Result<(Currency, CartLine, Units), Fail> {
    let sale = offer::queries::for_sale(read, offer, ctx.now)?;
    let price = sale
        .price_rules
        .unit_price(sale.list_price, sample.quantity, sample.at, false);
    let stores = offer::queries::stores_of_offer(read, offer)?;
    let units = units_at(&sale.terms, price, sample.quantity);
    let line = CartLine {
        is_paid_after: sale.is_paid_after(),
        ..sample.line(offer, sale.merchant, sale.category, stores)
    };
    Ok((sale.currency, line, units))
}

/// Of whatever the coupon is for.
fn of_price(
    ctx: &Ctx,
    coupon: &CreateCoupon,
    sample: &SampleCart,
    list_price: i64,
) -> (Currency, CartLine, Units) {
    let free = match coupon.kind {
        CouponKind::FreeItem { offer } => Some(offer),
        CouponKind::Percentage { .. }
        | CouponKind::Cash { .. }
        | CouponKind::FixedPrice { .. }
        | CouponKind::BuyGet { .. } => None,
    };
    let conditions = &coupon.conditions;
    let line = sample.line(
        coupon.offer.or(free).unwrap_or_else(|| ctx.new_id()),
        coupon.merchant.unwrap_or_else(|| ctx.new_id()),
        conditions.category.clone().unwrap_or_default(),
        conditions.store.into_iter().collect(),
    );
    let units = Units {
        quantity: sample.quantity,
        list_price,
        discount: 0,
        discount_platform: 0,
    };
    (coupon.currency, line, units)
}

impl SampleCart {
    fn line(&self, offer: OfferId, merchant: MerchantId, category: String, stores: Vec<StoreId>) -> CartLine {
        CartLine {
            offer,
            merchant,
            category,
            stores,
            quantity: self.quantity,
            due: 0,
            is_of_customer: self.buyer == SampleBuyer::Customer,
            is_paid_after: false,
        }
    }
}
