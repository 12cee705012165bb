//! The pure rules: what an order costs, and how its money is split over units, uses and those who are
//! paid. No SQL, no clock, no float; every split sums to the whole exactly.

mod code;
mod combination;
mod coupon;
mod pricing;
mod splitting;

pub(crate) use code::BATCH_BITS;
pub use code::{CodeBatch, MAX_CODES, TypedCode};
pub use combination::{Combination, MAX_CANDIDATES, MAX_COUPONS_USED, UsedCoupon, best_combination};
pub(crate) use coupon::FIELD as COUPONS_FIELD;
pub use coupon::{Buyers, Candidate, Cart, CartLine, Conditions, CouponTerms};
pub use pricing::{MAX_ORDER_TOTAL, OrderPrice, PriceInputs, Units, price_order};
pub use splitting::{
    EscrowSplit, UnitMoney, UseMoney, rest_after, split_escrow, split_fee, split_over_units, use_amounts,
};
