//! Coupons and wallets.

use kernel::{
    BucketId, CouponId, LocalText, MerchantId, OrderId, PersonId, Reject, Timestamp, WalletCouponId,
};
use store::{Fail, Query, ReadTx, Row, StorageError, sql};

use super::{all, below, first, page, take_share};
use crate::automatic::PersonLimit;
use crate::decide::{COUPONS_FIELD, Candidate, CodeBatch, CouponTerms, MAX_CANDIDATES};
use crate::model::{CouponStatus, Distribution, Stored, WalletCouponStatus};
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
    /// How many of them in each 24 hours since its start.
    pub per_day: i64,
    /// How many may be claimed on one device.
    pub per_device: Option<i64>,
    /// How it comes to people.
    pub distribution: Distribution,
    /// What its codes are made of, if it is claimed by code.
    pub codes: Option<CodeBatch>,
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
    pub coupon: CouponId,
    pub budget_bucket: BucketId,
    /// Where the buyer did not ask for it and it is only weighed: what is left to give away.
    pub budget_left: Option<i64>,
    pub terms: CouponTerms,
    status: WalletCouponStatus,
    expires_at: Timestamp,
    coupon_status: CouponStatus,
}

impl WalletCoupon {
    /// The same for the rules of prices.
    pub fn candidate(&self) -> Candidate<'_> {
        Candidate {
            coupon: self.coupon,
            terms: &self.terms,
            budget_left: self.budget_left.unwrap_or(i64::MAX),
            is_required: self.budget_left.is_none(),
        }
    }

    /// Whether an order may use it now. The guarded update decides again between orders at the same moment.
    pub fn check_usable(&self, now: Timestamp) -> Result<(), Reject> {
        match self.coupon_status {
            CouponStatus::Live => {}
            CouponStatus::Stopped => {
                return Err(COUPON_NOT_LIVE.at(COUPONS_FIELD, "The coupon was stopped."));
            }
        }
        if self.expires_at <= now || !(self.terms.starts_at..self.terms.ends_at).contains(&now) {
            return Err(COUPON_NOT_LIVE.at(COUPONS_FIELD, "The coupon is not valid now."));
        }
        match self.status {
            WalletCouponStatus::Claimed => Ok(()),
            WalletCouponStatus::Held => {
                Err(COUPON_IN_USE.at(COUPONS_FIELD, "The coupon is kept for another order."))
            }
            WalletCouponStatus::Used => Err(COUPON_IN_USE.at(COUPONS_FIELD, "The coupon was used.")),
        }
    }
}

impl Coupon {
    /// How many one person may have.
    pub(crate) fn limit(&self) -> PersonLimit {
        PersonLimit {
            coupon: self.id,
            starts_at: self.terms.starts_at,
            per_person: self.per_person,
            per_day: self.per_day,
        }
    }
}

fn read_coupon(row: &mut Row) -> Result<Coupon, StorageError> {
    Ok(Coupon {
        id: row.take()?,
        title: row.take_json()?,
        terms: read_terms(row)?,
        per_person: row.take()?,
        per_day: row.take()?,
        per_device: row.take()?,
        distribution: Distribution::from_stored(&row.take::<String>()?)?,
        codes: take_codes(row)?,
        count_bucket: row.take()?,
        budget_bucket: row.take()?,
        status: CouponStatus::from_stored(&row.take::<String>()?)?,
        created_at: row.take()?,
        version: row.take()?,
    })
}

fn take_codes(row: &mut Row) -> Result<Option<CodeBatch>, StorageError> {
    let (batch, key): (Option<i64>, Option<Vec<u8>>) = (row.take()?, row.take()?);
    Ok(batch.zip(key).map(|(batch, key)| CodeBatch { batch, key }))
}

/// Reads merchant, offer, currency, minimum, platform's share, window, kind and conditions.
pub(crate) fn read_terms(row: &mut Row) -> Result<CouponTerms, StorageError> {
    Ok(CouponTerms {
        merchant: row.take()?,
        offer: row.take()?,
        currency: row.take()?,
        min_spend: row.take()?,
        platform_share: take_share(row)?,
        starts_at: row.take()?,
        ends_at: row.take()?,
        kind: row.take_json()?,
        conditions: row.take_json()?,
    })
}

/// A coupon.
pub fn coupon(read: &mut ReadTx, coupon: CouponId) -> Result<Option<Coupon>, Fail> {
    let row = read.one(sql!(
        "SELECT id, title, merchant_id, offer_id, currency, min_spend, platform_bp, starts_at, ends_at, kind, conditions, per_person, per_day, per_device,
                distribution, code_batch, code_key, count_bucket, budget_bucket, status, created_at, version
         FROM coupon WHERE id = $1",
        coupon
    ))?;
    first(row, read_coupon)
}

/// The coupon whose codes bear this name.
pub(crate) fn coupon_of_batch(read: &mut ReadTx, batch: i64) -> Result<Option<CouponId>, Fail> {
    let row = read.one(sql!("SELECT id FROM coupon WHERE code_batch = $1", batch))?;
    first(row, |row| row.take())
}

/// A merchant's coupons, or those for all merchants (`None`), whatever their state; those that are claimed by code
/// too if `with_codes`.
pub fn coupons_of(
    read: &mut ReadTx,
    merchant: Option<MerchantId>,
    with_codes: bool,
    after: Option<CouponId>,
    limit: i64,
) -> Result<Vec<Coupon>, Fail> {
    let query: Query = match merchant {
        Some(merchant) => sql!(
            "SELECT id, title, merchant_id, offer_id, currency, min_spend, platform_bp, starts_at, ends_at, kind, conditions, per_person, per_day, per_device,
                distribution, code_batch, code_key, count_bucket, budget_bucket, status, created_at, version
             FROM coupon WHERE merchant_id = $1 AND id < $2 AND (code_batch IS NULL OR CAST($3 AS BIGINT) = 1)
             ORDER BY id DESC LIMIT $4",
            merchant,
            below(after),
            i64::from(with_codes),
            page(limit)
        ),
        None => sql!(
            "SELECT id, title, merchant_id, offer_id, currency, min_spend, platform_bp, starts_at, ends_at, kind, conditions, per_person, per_day, per_device,
                distribution, code_batch, code_key, count_bucket, budget_bucket, status, created_at, version
             FROM coupon WHERE merchant_id IS NULL AND id < $1 AND (code_batch IS NULL OR CAST($2 AS BIGINT) = 1)
             ORDER BY id DESC LIMIT $3",
            below(after),
            i64::from(with_codes),
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
                c.currency, c.min_spend, c.platform_bp, c.starts_at, c.ends_at, c.kind, c.conditions,
                c.per_person, c.per_day, c.per_device, c.distribution, c.code_batch, c.code_key, c.count_bucket, c.budget_bucket, c.status, c.created_at, c.version
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

/// These coupons of this person's wallet, without those that are not in it.
pub(crate) fn wallet_coupons_of(
    read: &mut ReadTx,
    person: PersonId,
    wallet_coupons: &[WalletCouponId],
) -> Result<Vec<WalletCoupon>, Fail> {
    let questions = wallet_coupons.iter().map(|wallet_coupon| {
        sql!(
            "SELECT w.id, c.id, c.budget_bucket, c.merchant_id, c.offer_id, c.currency, c.min_spend, c.platform_bp,
                    c.starts_at, c.ends_at, c.kind, c.conditions, w.status, w.expires_at, c.status
             FROM wallet_coupon w JOIN coupon c ON c.id = w.coupon_id WHERE w.id = $1 AND w.person_id = $2",
            *wallet_coupon,
            person
        )
    });
    let rows = read.ask_all(questions.collect())?.into_iter().flatten();
    all(rows.collect(), read_wallet_coupon)
}

fn read_wallet_coupon(row: &mut Row) -> Result<WalletCoupon, StorageError> {
    Ok(WalletCoupon {
        id: row.take()?,
        coupon: row.take()?,
        budget_bucket: row.take()?,
        budget_left: None,
        terms: read_terms(row)?,
        status: WalletCouponStatus::from_stored(&row.take::<String>()?)?,
        expires_at: row.take()?,
        coupon_status: CouponStatus::from_stored(&row.take::<String>()?)?,
    })
}

/// The coupons of this person's wallet that could be used now, at most [`MAX_CANDIDATES`], those that run out first.
pub(crate) fn usable_wallet_coupons(
    read: &mut ReadTx,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<WalletCoupon>, Fail> {
    let rows = read.many(sql!(
        "SELECT w.id, c.id, c.budget_bucket, c.merchant_id, c.offer_id, c.currency, c.min_spend, c.platform_bp,
                c.starts_at, c.ends_at, c.kind, c.conditions, w.status, w.expires_at, c.status,
                b.capacity - b.held - b.taken
         FROM wallet_coupon w JOIN coupon c ON c.id = w.coupon_id JOIN bucket b ON b.id = c.budget_bucket
         WHERE w.person_id = $1 AND w.status = 'claimed' AND w.expires_at > $2 AND c.status = 'live'
         ORDER BY w.expires_at, w.id LIMIT $3",
        person,
        now,
        MAX_CANDIDATES as i64
    ))?;
    all(rows, |row| {
        let coupon = read_wallet_coupon(row)?;
        Ok(WalletCoupon {
            budget_left: Some(row.take()?),
            ..coupon
        })
    })
}

/// What an order's coupons drew on: of each its budget, and of one that came by itself the count.
pub(crate) struct CouponClaims {
    /// To give back.
    pub claims: Vec<(BucketId, i64)>,
    /// Whether one of them came by itself.
    pub has_automatic: bool,
}

/// Asks for an order's [`CouponClaims`].
pub(crate) fn coupon_claims_query(order: OrderId) -> Query {
    sql!(
        "SELECT t.bucket_id, t.quantity, b.kind FROM claim t JOIN bucket b ON b.id = t.bucket_id
         WHERE t.owner_id = $1 AND b.kind IN ('coupon_budget', 'coupon_count')",
        order
    )
}

/// Reads the answer to [`coupon_claims_query`].
pub(crate) fn read_coupon_claims(rows: Vec<Row>) -> Result<CouponClaims, StorageError> {
    let mut found = CouponClaims {
        claims: Vec::new(),
        has_automatic: false,
    };
    for mut row in rows {
        found.claims.push((row.take()?, row.take()?));
        found.has_automatic |= row.take::<String>()? == "coupon_count";
    }
    Ok(found)
}
