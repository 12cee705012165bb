//! Coupons and wallets.

use kernel::{
    BucketId, CouponId, LocalText, MerchantId, OrderId, PersonId, Reject, Timestamp, WalletCouponId,
};
use store::{Fail, Query, ReadTx, Row, StorageError, sql};

use super::{all, below, first, page, take_json, take_share};
use crate::decide::CouponTerms;
use crate::model::{CouponKind, CouponStatus, Discount, DiscountKind, Stored, WalletCouponStatus};
use crate::reject::{COUPON_IN_USE, COUPON_NOT_LIVE};

/// A coupon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// Its id.
    pub id: CouponId,
    /// Its name.
    pub title: LocalText,
    /// What it takes off, of what, and when.
    pub terms: CouponTerms,
    /// How many one person may claim.
    pub per_person: i64,
    /// Counts those that are left to claim.
    pub count_bucket: BucketId,
    /// Counts the minor units that are left to give away.
    pub budget_bucket: BucketId,
    /// Whether it was stopped.
    pub status: CouponStatus,
    /// When it was created.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub version: i64,
}

/// One coupon in a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletEntry {
    /// Its id, which an order names.
    pub id: WalletCouponId,
    /// Where it stands.
    pub status: WalletCouponStatus,
    /// The order that keeps or used it.
    pub order: Option<OrderId>,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// Not usable from here on.
    pub expires_at: Timestamp,
    /// What it is.
    pub coupon: Coupon,
}

/// What placing an order needs to know of a coupon.
#[derive(Debug)]
pub(crate) struct WalletCoupon {
    pub id: WalletCouponId,
    pub budget_bucket: BucketId,
    pub terms: CouponTerms,
    status: WalletCouponStatus,
    expires_at: Timestamp,
    coupon_status: CouponStatus,
}

impl WalletCoupon {
    /// Whether an order may use it now. The guarded update decides again between orders at the same moment.
    pub fn check_usable(&self, now: Timestamp) -> Result<(), Reject> {
        match self.coupon_status {
            CouponStatus::Live => {}
            CouponStatus::Stopped => {
                return Err(COUPON_NOT_LIVE.at("/wallet_coupon", "The coupon was stopped."));
            }
        }
        if self.expires_at <= now || !(self.terms.starts_at..self.terms.ends_at).contains(&now) {
            return Err(COUPON_NOT_LIVE.at("/wallet_coupon", "The coupon is not valid now."));
        }
        match self.status {
            WalletCouponStatus::Claimed => Ok(()),
            WalletCouponStatus::Held => {
                Err(COUPON_IN_USE.at("/wallet_coupon", "The coupon is kept for another order."))
            }
            WalletCouponStatus::Used => Err(COUPON_IN_USE.at("/wallet_coupon", "The coupon was used.")),
        }
    }
}

fn read_coupon(row: &mut Row) -> Result<Coupon, StorageError> {
    Ok(Coupon {
        id: row.take()?,
        title: take_json(row)?,
        terms: read_terms(row)?,
        per_person: row.take()?,
        count_bucket: row.take()?,
        budget_bucket: row.take()?,
        status: CouponStatus::from_stored(&row.take::<String>()?)?,
        created_at: row.take()?,
        version: row.take()?,
    })
}

/// Reads merchant, offer, currency, minimum, platform's share, window, kind, value and cap.
fn read_terms(row: &mut Row) -> Result<CouponTerms, StorageError> {
    Ok(CouponTerms {
        merchant: row.take()?,
        offer: row.take()?,
        currency: row.take()?,
        min_spend: row.take()?,
        platform_share: take_share(row)?,
        starts_at: row.take()?,
        ends_at: row.take()?,
        kind: CouponKind::from_columns(&row.take::<String>()?, row.take()?, row.take()?)?,
    })
}

/// A coupon.
pub fn coupon(read: &mut ReadTx, coupon: CouponId) -> Result<Option<Coupon>, Fail> {
    let row = read.one(sql!(
        "SELECT id, title, merchant_id, offer_id, currency, min_spend, platform_bp, starts_at, ends_at, kind, value,
                max_discount, per_person, count_bucket, budget_bucket, status, created_at, version
         FROM coupon WHERE id = $1",
        coupon
    ))?;
    first(row, read_coupon)
}

/// A merchant's coupons, or those for all merchants (`None`), whatever their state.
pub fn coupons_of(
    read: &mut ReadTx,
    merchant: Option<MerchantId>,
    after: Option<CouponId>,
    limit: i64,
) -> Result<Vec<Coupon>, Fail> {
    let query: Query = match merchant {
        Some(merchant) => sql!(
            "SELECT id, title, merchant_id, offer_id, currency, min_spend, platform_bp, starts_at, ends_at, kind, value,
                    max_discount, per_person, count_bucket, budget_bucket, status, created_at, version
             FROM coupon WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            merchant,
            below(after),
            page(limit)
        ),
        None => sql!(
            "SELECT id, title, merchant_id, offer_id, currency, min_spend, platform_bp, starts_at, ends_at, kind, value,
                    max_discount, per_person, count_bucket, budget_bucket, status, created_at, version
             FROM coupon WHERE merchant_id IS NULL AND id < $1 ORDER BY id DESC LIMIT $2",
            below(after),
            page(limit)
        ),
    };
    all(read.many(query)?, read_coupon)
}

/// A person's wallet, used and expired coupons too.
pub fn wallet(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<WalletCouponId>,
    limit: i64,
) -> Result<Vec<WalletEntry>, Fail> {
    let rows = read.many(sql!(
        "SELECT w.id, w.status, w.order_id, w.claimed_at, w.expires_at, c.id, c.title, c.merchant_id, c.offer_id,
                c.currency, c.min_spend, c.platform_bp, c.starts_at, c.ends_at, c.kind, c.value, c.max_discount,
                c.per_person, c.count_bucket, c.budget_bucket, c.status, c.created_at, c.version
         FROM wallet_coupon w JOIN coupon c ON c.id = w.coupon_id
         WHERE w.person_id = $1 AND w.id < $2 ORDER BY w.id DESC LIMIT $3",
        person,
        below(after),
        page(limit)
    ))?;
    all(rows, |row| {
        Ok(WalletEntry {
            id: row.take()?,
            status: WalletCouponStatus::from_stored(&row.take::<String>()?)?,
            order: row.take()?,
            claimed_at: row.take()?,
            expires_at: row.take()?,
            coupon: read_coupon(row)?,
        })
    })
}

/// One coupon of this person's wallet.
pub(crate) fn wallet_coupon_of(
    read: &mut ReadTx,
    person: PersonId,
    wallet_coupon: WalletCouponId,
) -> Result<Option<WalletCoupon>, Fail> {
    let row = read.one(sql!(
        "SELECT w.id, c.budget_bucket, c.merchant_id, c.offer_id, c.currency, c.min_spend, c.platform_bp, c.starts_at,
                c.ends_at, c.kind, c.value, c.max_discount, w.status, w.expires_at, c.status
         FROM wallet_coupon w JOIN coupon c ON c.id = w.coupon_id WHERE w.id = $1 AND w.person_id = $2",
        wallet_coupon,
        person
    ))?;
    first(row, |row| {
        Ok(WalletCoupon {
            id: row.take()?,
            budget_bucket: row.take()?,
            terms: read_terms(row)?,
            status: WalletCouponStatus::from_stored(&row.take::<String>()?)?,
            expires_at: row.take()?,
            coupon_status: CouponStatus::from_stored(&row.take::<String>()?)?,
        })
    })
}

/// The budget that an order's coupon drew on, and how much it drew.
pub(crate) fn coupon_budget_of(
    read: &mut ReadTx,
    order: OrderId,
    wallet_coupon: WalletCouponId,
) -> Result<(BucketId, i64), Fail> {
    let row = read.one(sql!(
        "SELECT c.budget_bucket, l.discounts FROM wallet_coupon w JOIN coupon c ON c.id = w.coupon_id
         JOIN order_line l ON l.order_id = $1 AND l.n = 1 WHERE w.id = $2",
        order,
        wallet_coupon
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("an order's coupon is gone"))?;
    let bucket = row.take()?;
    let discounts: Vec<Discount> = take_json(&mut row)?;
    let of_coupon = discounts
        .into_iter()
        .filter(|discount| discount.kind == DiscountKind::Coupon);
    Ok((bucket, of_coupon.map(|discount| discount.amount).sum()))
}
