//! A merchant or the platform offers a coupon: what it takes off, who pays for that, how many there
//! are, how many each person may have, and the money that all of them together may give away.

use kernel::{BasisPoints, CouponId, Ctx, Currency, LocalText, MerchantId, OfferId, Reject, Timestamp};
use offer::{BucketKind, bucket};
use party::{OperatorRole, Role};
use store::{Fail, ReadTx, Tx, sql, to_json};

use crate::decide::{BATCH_BITS, CodeBatch, Conditions, CouponTerms, MAX_CODES, MAX_ORDER_TOTAL};
use crate::events::CouponCreated;
use crate::model::{CouponKind, CouponStatus, Distribution, Stored};
use crate::queries::coupon_of_batch;
use crate::reject::{COUPON_INVALID, COUPON_NOT_FOR_THIS};

/// What [`create_coupon`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateCoupon {
    /// Whose offers it is for; everybody's if `None`, which only the platform may create.
    pub merchant: Option<MerchantId>,
    /// The one offer that it is for, of that merchant.
    pub offer: Option<OfferId>,
    /// Its name.
    pub title: LocalText,
    /// What it takes off.
    pub kind: CouponKind,
    /// What else has to be true.
    pub conditions: Conditions,
    /// Of its amounts and of the orders that it is for.
    pub currency: Currency,
    /// The least price at which it applies, in minor units.
    pub min_spend: i64,
    /// How much of the discount the platform pays; the merchant bears the rest.
    pub platform_share: BasisPoints,
    /// How many one person may claim.
    pub per_person: i64,
    /// How many of them in each 24 hours since its start.
    pub per_day: i64,
    /// How many may be claimed on one device.
    pub per_device: Option<i64>,
    /// How it comes to people. With codes it is not listed.
    pub distribution: Distribution,
    /// How many there are.
    pub total: i64,
    /// The most that all of them together take off, in minor units.
    pub budget: i64,
    /// Claimed and used from here on.
    pub starts_at: Timestamp,
    /// Neither claimed nor used from here on.
    pub ends_at: Timestamp,
}

impl CreateCoupon {
    /// What its price depends on.
    pub(crate) fn terms(&self) -> CouponTerms {
        CouponTerms {
            merchant: self.merchant,
            offer: self.offer,
            kind: self.kind,
            currency: self.currency,
            min_spend: self.min_spend,
            platform_share: self.platform_share,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            conditions: self.conditions.clone(),
        }
    }

    /// Refuses terms that break a rule, and what does not belong to whom the coupon is for.
    pub(crate) fn check(&self, read: &mut ReadTx, ctx: &Ctx) -> Result<(), Fail> {
        check_terms(ctx, self)?;
        check_places(read, self)
    }
}

/// Creates a coupon. Staff (manager and above) create what their merchant pays for alone; operators what
/// the platform pays for, for one merchant or, paid whole by the platform, for all.
pub fn create_coupon(tx: &mut Tx, ctx: &Ctx, cmd: &CreateCoupon) -> Result<CouponId, Fail> {
    check_actor(tx, ctx, cmd)?;
    cmd.check(tx, ctx)?;
    let count = bucket::create(tx, ctx, BucketKind::CouponCount, cmd.merchant, cmd.total)?;
    let budget = bucket::create(tx, ctx, BucketKind::CouponBudget, cmd.merchant, cmd.budget)?;
    let coupon: CouponId = ctx.new_id();
    let codes = match cmd.distribution {
        Distribution::ByCode => Some(new_codes(tx, ctx)?),
        Distribution::Claimed | Distribution::Automatic => None,
    };
    tx.tell(sql!(
        "INSERT INTO coupon (id, merchant_id, offer_id, title, kind, conditions, currency, min_spend,
           platform_bp, per_person, per_day, per_device, distribution, code_batch, code_key, count_bucket, budget_bucket, starts_at, ends_at,
           status, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 1)",
        coupon,
        cmd.merchant,
        cmd.offer,
        to_json(&cmd.title)?,
        to_json(&cmd.kind)?,
        to_json(&cmd.conditions)?,
        cmd.currency,
        cmd.min_spend,
        cmd.platform_share.get(),
        cmd.per_person,
        cmd.per_day,
        cmd.per_device,
        cmd.distribution.as_str(),
        codes.as_ref().map(|codes| codes.batch),
        codes.map(|codes| codes.key),
        count,
        budget,
        cmd.starts_at,
        cmd.ends_at,
        CouponStatus::Live.as_str(),
        ctx.now
    ))?;
    let merchant = cmd.merchant;
    tx.emit(ctx, coupon, 1, &CouponCreated { coupon, merchant })?;
    Ok(coupon)
}

/// Its merchant is one, and the offers and the store that it names are that merchant's, or anybody's if it is for all.
fn check_places(read: &mut ReadTx, cmd: &CreateCoupon) -> Result<(), Fail> {
    if let Some(merchant) = cmd.merchant
        && party::queries::merchant(read, merchant)?.is_none()
    {
        return Err(COUPON_NOT_FOR_THIS
            .at("/merchant", "There is no such merchant.")
            .into());
    }
    let is_of_another = |owner: MerchantId| cmd.merchant.is_some_and(|merchant| merchant != owner);
    let free = match cmd.kind {
        CouponKind::FreeItem { offer } => Some(offer),
        CouponKind::Percentage { .. }
        | CouponKind::Cash { .. }
        | CouponKind::FixedPrice { .. }
        | CouponKind::BuyGet { .. } => None,
    };
    for (field, offer) in [("/offer", cmd.offer), ("/kind/offer", free)] {
        if let Some(offer) = offer
            && offer::queries::offer(read, offer)?.is_none_or(|offer| is_of_another(offer.merchant))
        {
            let detail = "There is no such offer of whom the coupon is for.";
            return Err(COUPON_NOT_FOR_THIS.at(field, detail).into());
        }
    }
    if let Some(store) = cmd.conditions.store
        && party::queries::store(read, store)?.is_none_or(|store| is_of_another(store.merchant))
    {
        let detail = "There is no such store of whom the coupon is for.";
        return Err(COUPON_NOT_FOR_THIS.at("/conditions/store", detail).into());
    }
    Ok(())
}

/// A key, and a name that no other coupon has.
fn new_codes(tx: &mut Tx, ctx: &Ctx) -> Result<CodeBatch, Fail> {
    let key = ctx.random_bytes::<16>().to_vec();
    loop {
        let batch = ctx.random_below(1 << BATCH_BITS) as i64;
        if coupon_of_batch(tx, batch)?.is_none() {
            return Ok(CodeBatch { batch, key });
        }
    }
}

fn check_actor(tx: &mut Tx, ctx: &Ctx, cmd: &CreateCoupon) -> Result<(), Fail> {
    if let (kernel::Actor::Staff(..), Some(merchant)) = (ctx.actor, cmd.merchant) {
        party::require_staff(tx, ctx, merchant, None, Role::Manager)?;
        party::require_not_suspended(tx, merchant)?;
        if cmd.platform_share != BasisPoints::ZERO {
            let detail = "A merchant's own coupon is paid by the merchant: the platform's share is 0.";
            return Err(COUPON_INVALID.at("/platform_bp", detail).into());
        }
        return Ok(());
    }
    party::require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Finance])?;
    if cmd.merchant.is_none() && cmd.platform_share != BasisPoints::WHOLE {
        let detail = "A coupon for all merchants is paid by the platform: its share is 10000.";
        return Err(COUPON_INVALID.at("/platform_bp", detail).into());
    }
    Ok(())
}

fn check_terms(ctx: &Ctx, cmd: &CreateCoupon) -> Result<(), Reject> {
    let invalid = |field, detail: &str| Err(COUPON_INVALID.at(field, detail));
    party::check::local_text("/title", &cmd.title, 80)
        .map_err(|reject| COUPON_INVALID.at("/title", reject.detail))?;
    check_kind(&cmd.kind)?;
    cmd.conditions.check()?;
    if !(0..=MAX_ORDER_TOTAL).contains(&cmd.min_spend) {
        return invalid(
            "/min_spend",
            "The least price is zero or more and within the largest order.",
        );
    }
    if cmd.offer.is_some() && cmd.merchant.is_none() {
        return invalid("/offer", "A coupon for one offer names the offer's merchant.");
    }
    if !(1..=1_000_000_000).contains(&cmd.total) {
        return invalid("/total", "There are 1 to 1,000,000,000 of a coupon.");
    }
    if !(1..=1_000).contains(&cmd.per_person) {
        return invalid("/per_person", "One person may have 1 to 1,000 of a coupon.");
    }
    if !(1..=1_000).contains(&cmd.per_day) {
        return invalid(
            "/per_day",
            "In a day one person may claim 1 to 1,000 of a coupon.",
        );
    }
    if cmd.per_device.is_some_and(|limit| !(1..=1_000).contains(&limit)) {
        return invalid(
            "/per_device",
            "On one device 1 to 1,000 of a coupon may be claimed.",
        );
    }
    if cmd.distribution == Distribution::Automatic && cmd.per_device.is_some() {
        let detail = "An automatic coupon is not claimed: it has no limit for a device.";
        return invalid("/per_device", detail);
    }
    if cmd.distribution == Distribution::ByCode && cmd.total > MAX_CODES {
        return invalid("/total", "There are at most 1,073,741,824 codes of a coupon.");
    }
    if !(1..=MAX_ORDER_TOTAL).contains(&cmd.budget) {
        return invalid(
            "/budget",
            "The budget is above zero and at most 1,000,000,000,000 minor units.",
        );
    }
    if cmd.starts_at >= cmd.ends_at || cmd.ends_at <= ctx.now || cmd.ends_at > Timestamp::MAX {
        return invalid("/ends_at", "The end lies in the future and after the start.");
    }
    Ok(())
}

fn check_kind(kind: &CouponKind) -> Result<(), Reject> {
    let invalid = |field, detail: &str| Err(COUPON_INVALID.at(field, detail));
    let amount_fits = |amount: i64| (1..=MAX_ORDER_TOTAL).contains(&amount);
    match *kind {
        CouponKind::Percentage { share, .. } if share == BasisPoints::ZERO => {
            invalid("/kind/share_bp", "A percentage is 1 to 10000 basis points.")
        }
        CouponKind::Percentage { max_discount, .. } if !max_discount.is_none_or(amount_fits) => {
            let detail = "The most that it takes off is above zero and within the largest order.";
            invalid("/kind/max_discount", detail)
        }
        CouponKind::Cash { amount } if !amount_fits(amount) => {
            let detail = "The amount is above zero and within the largest order.";
            invalid("/kind/amount", detail)
        }
        CouponKind::FixedPrice { price } if !amount_fits(price) => invalid(
            "/kind/price",
            "The price is above zero and within the largest order.",
        ),
        CouponKind::BuyGet { buy, .. } if !(1..=1_000).contains(&buy) => {
            invalid("/kind/buy", "1 to 1,000 units are paid.")
        }
        CouponKind::BuyGet { get, .. } if !(1..=1_000).contains(&get) => {
            invalid("/kind/get", "1 to 1,000 units are free.")
        }
        CouponKind::Percentage { .. }
        | CouponKind::Cash { .. }
        | CouponKind::FixedPrice { .. }
        | CouponKind::FreeItem { .. }
        | CouponKind::BuyGet { .. } => Ok(()),
    }
}
