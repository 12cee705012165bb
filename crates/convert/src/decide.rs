//! The pure rules: what an order costs, and how its money is split over units, uses and those who are
//! paid. No SQL, no clock, no float; every split sums to the whole exactly.

mod pricing;
mod splitting;

pub use pricing::{CouponTerms, MAX_ORDER_TOTAL, OrderPrice, PriceInputs, price_order};
pub use splitting::{
    EscrowSplit, UnitMoney, UseMoney, rest_after, split_escrow, split_over_units, use_amounts,
};
