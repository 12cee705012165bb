//! How far coupons are used up, for those who pay for them.

use convert::queries::Coupon;
use kernel::{MerchantId, Money};
use offer::bucket::levels;
use party::Role;
use serde::Serialize;
use store::{Fail, ReadTx};
use utoipa::ToSchema;

use crate::access::SignedIn;
use crate::wire::WireMoney;

/// What is used of a coupon.
#[derive(Serialize, ToSchema)]
pub struct CouponUsage {
    /// How many there are.
    total: i64,
    /// How many of them are in wallets or were used.
    claimed: i64,
    /// The most that all of them together take off.
    budget: WireMoney,
    /// What they took off so far.
    spent: WireMoney,
}

/// Whether somebody may see it: managers of the merchant, and the platform's own people.
pub fn may_see(signed_in: Option<&SignedIn>, merchant: Option<MerchantId>) -> bool {
    signed_in.is_some_and(|SignedIn { identity, .. }| {
        let manages = |merchant| {
            let mut staff = identity.grants.staff.iter();
            staff.any(|grant| grant.merchant == merchant && grant.role >= Role::Manager)
        };
        identity.grants.operator.is_some() || merchant.is_some_and(manages)
    })
}

/// What is used of these coupons, in their order.
pub fn usages(read: &mut ReadTx, coupons: &[Coupon]) -> Result<Vec<CouponUsage>, Fail> {
    let buckets = coupons
        .iter()
        .flat_map(|coupon| [coupon.count_bucket, coupon.budget_bucket]);
    let levels = levels(read, &buckets.collect::<Vec<_>>())?;
    let usage = coupons.iter().zip(levels.chunks_exact(2));
    let usage = usage.map(|(coupon, levels)| {
        let money = |amount| Money::new(amount, coupon.terms.currency).into();
        CouponUsage {
            total: levels[0].capacity,
            claimed: levels[0].held + levels[0].taken,
            budget: money(levels[1].capacity),
            spent: money(levels[1].taken),
        }
    });
    Ok(usage.collect())
}
