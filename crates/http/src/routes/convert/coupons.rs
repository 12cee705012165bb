//! Coupons: made by a merchant or the platform, claimed into a wallet, stopped at once.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use convert::queries::{self, Coupon, WalletEntry};
use convert::{
    COUPON_ALL_CLAIMED, COUPON_NOT_FOUND, ClaimCoupon, CouponKind, CreateCoupon, Distribution, StopCoupon,
    Stored,
};
use kernel::{
    BasisPoints, CouponId, Currency, LocalText, MerchantId, Money, OfferId, OrderId, Timestamp, WalletCoupon,
    WalletCouponId,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::coupon_conditions::CouponConditions;
use super::coupon_usage::{CouponUsage, may_see, usages};
use crate::access::{AnyOperator, Consumer, Device, Finance, Manager, OfMerchant, Operator, SignedIn, Staff};
use crate::app::App;
use crate::body::{Nothing, Object, Path, Query, Write};
use crate::problem::Problem;
use crate::reject::BODY_MALFORMED;
use crate::shell;
use crate::wire::{After, Created, PAGE_SIZE, Page, WireMoney, currency_code, malformed, rfc_3339};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_coupon))
        .routes(routes!(create_platform_coupon))
        .routes(routes!(list_coupons))
        .routes(routes!(list_platform_coupons))
        .routes(routes!(stop_coupon))
        .routes(routes!(stop_platform_coupon))
        .routes(routes!(claim_coupon))
        .routes(routes!(list_my_coupons))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCoupon {
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: LocalText,
    /// Whose offers a coupon of the platform's is for; every merchant's if absent.
    #[schema(value_type = Option<String>)]
    merchant: Option<MerchantId>,
    /// Only for this offer; every offer of the merchant (or of the platform) if absent.
    #[schema(value_type = Option<String>)]
    offer: Option<OfferId>,
    /// What it takes off.
    #[schema(value_type = Kind)]
    kind: Object<Kind>,
    /// What else has to be true.
    #[serde(default)]
    #[schema(value_type = CouponConditions)]
    conditions: Object<CouponConditions>,
    /// ISO 4217 code of every amount here.
    #[serde(with = "currency_code")]
    #[schema(value_type = String)]
    currency: Currency,
    /// The least price after other discounts, in minor units.
    #[serde(default)]
    min_spend: i64,
    /// How much of the discount the platform pays, in basis points; the merchant bears the rest.
    #[serde(default)]
    platform_bp: i64,
    /// How many one person may claim.
    per_person: i64,
    /// How many of them in each 24 hours since its start; as many as in all if absent.
    per_day: Option<i64>,
    /// How many may be claimed on one device, which a cookie tells from others; as many as wanted if absent.
    per_device: Option<i64>,
    /// How it comes to people.
    #[serde(default)]
    distribution: CouponDistribution,
    /// How many there are.
    total: i64,
    /// The most that all of them together may take off, in minor units.
    budget: i64,
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String)]
    starts_at: Timestamp,
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String)]
    ends_at: Timestamp,
}

/// How a coupon comes to people.
#[derive(Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CouponDistribution {
    /// Whoever wants it claims it.
    #[default]
    Claimed,
    /// It is claimed by a unique code, of which there are as many as coupons, and is not listed for guests.
    ByCode,
    /// Nobody claims it: it comes with every order that it fits, as far as the best combination has it.
    Automatic,
}

impl From<CouponDistribution> for Distribution {
    fn from(wire: CouponDistribution) -> Self {
        match wire {
            CouponDistribution::Claimed => Self::Claimed,
            CouponDistribution::ByCode => Self::ByCode,
            CouponDistribution::Automatic => Self::Automatic,
        }
    }
}

impl From<Distribution> for CouponDistribution {
    fn from(distribution: Distribution) -> Self {
        match distribution {
            Distribution::Claimed => Self::Claimed,
            Distribution::ByCode => Self::ByCode,
            Distribution::Automatic => Self::Automatic,
        }
    }
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, tag = "type", rename_all = "snake_case")]
enum Kind {
    /// A share of the price (折扣券).
    Percentage {
        /// Basis points.
        share_bp: i64,
        /// The most that it takes off, in minor units.
        max_discount: Option<i64>,
    },
    /// A fixed amount (抵用券, 满减).
    Cash {
        /// Minor units.
        amount: i64,
    },
    /// The dearest unit costs this (特价券).
    FixedPrice {
        /// Minor units.
        price: i64,
    },
    /// One unit of an offer is free (兑换券).
    FreeItem {
        #[schema(value_type = String)]
        offer: OfferId,
    },
    /// Of each `buy + get` units the `get` cheapest are free (买赠).
    BuyGet { buy: i64, get: i64 },
}

impl TryFrom<Kind> for CouponKind {
    type Error = Problem;

    fn try_from(kind: Kind) -> Result<Self, Problem> {
        Ok(match kind {
            Kind::Percentage {
                share_bp,
                max_discount,
            } => Self::Percentage {
                share: share("/kind/share_bp", share_bp)?,
                max_discount,
            },
            Kind::Cash { amount } => Self::Cash { amount },
            Kind::FixedPrice { price } => Self::FixedPrice { price },
            Kind::FreeItem { offer } => Self::FreeItem { offer },
            Kind::BuyGet { buy, get } => Self::BuyGet { buy, get },
        })
    }
}

impl From<CouponKind> for Kind {
    fn from(kind: CouponKind) -> Self {
        match kind {
            CouponKind::Percentage { share, max_discount } => Self::Percentage {
                share_bp: share.get(),
                max_discount,
            },
            CouponKind::Cash { amount } => Self::Cash { amount },
            CouponKind::FixedPrice { price } => Self::FixedPrice { price },
            CouponKind::FreeItem { offer } => Self::FreeItem { offer },
            CouponKind::BuyGet { buy, get } => Self::BuyGet { buy, get },
        }
    }
}

fn share(field: &'static str, points: i64) -> Result<BasisPoints, Problem> {
    BasisPoints::new(points)
        .ok_or_else(|| malformed(&BODY_MALFORMED, field, "basis points go from 0 to 10000"))
}

impl NewCoupon {
    /// One that this merchant makes.
    pub fn of_merchant(self, merchant: MerchantId) -> Result<CreateCoupon, Problem> {
        if self.merchant.is_some_and(|named| named != merchant) {
            let detail = "a merchant's coupon is for the merchant's own offers";
            return Err(malformed(&BODY_MALFORMED, "/merchant", detail));
        }
        self.into_command(Some(merchant))
    }

    /// One that the platform makes.
    pub fn of_platform(self) -> Result<CreateCoupon, Problem> {
        let merchant = self.merchant;
        self.into_command(merchant)
    }

    fn into_command(self, merchant: Option<MerchantId>) -> Result<CreateCoupon, Problem> {
        Ok(CreateCoupon {
            merchant,
            offer: self.offer,
            title: self.title,
            kind: self.kind.0.try_into()?,
            conditions: self.conditions.0.into(),
            currency: self.currency,
            min_spend: self.min_spend,
            platform_share: share("/platform_bp", self.platform_bp)?,
            per_person: self.per_person,
            per_day: self.per_day.unwrap_or(self.per_person),
            per_device: self.per_device,
            distribution: self.distribution.into(),
            total: self.total,
            budget: self.budget,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        })
    }
}

/// Makes a coupon of the merchant's.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/coupons", operation_id = "createCoupon", tag = "convert",
    params(OfMerchant), security(("session" = ["staff:manager"])), request_body = NewCoupon,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn create_coupon(
    State(app): State<App>,
    staff: Staff<Manager>,
    write: Write<NewCoupon>,
) -> Result<Response, Problem> {
    let cmd = write.body.of_merchant(staff.merchant)?;
    let command = app
        .command("createCoupon", staff.merchant, staff.actor(), write.key)
        .creating();
    command
        .run(move |tx, ctx| Ok(Created::of(convert::create_coupon(tx, ctx, &cmd)?)))
        .await
}

/// Makes a coupon of the platform's.
#[utoipa::path(post, path = "/v1/platform/coupons", operation_id = "createPlatformCoupon", tag = "convert",
    security(("session" = ["operator:finance"])), request_body = NewCoupon,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn create_platform_coupon(
    State(app): State<App>,
    operator: Operator<Finance>,
    write: Write<NewCoupon>,
) -> Result<Response, Problem> {
    let cmd = write.body.of_platform()?;
    let command = app
        .command(
            "createPlatformCoupon",
            operator.person,
            operator.actor(),
            write.key,
        )
        .creating();
    command
        .run(move |tx, ctx| Ok(Created::of(convert::create_coupon(tx, ctx, &cmd)?)))
        .await
}

#[derive(Serialize, ToSchema)]
pub struct CouponDetails {
    #[schema(value_type = String)]
    coupon: CouponId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: LocalText,
    /// Whose; the platform's if absent.
    #[schema(value_type = Option<String>)]
    merchant: Option<MerchantId>,
    #[schema(value_type = Option<String>)]
    offer: Option<OfferId>,
    kind: Kind,
    conditions: CouponConditions,
    min_spend: WireMoney,
    platform_bp: i64,
    per_person: i64,
    per_day: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_device: Option<i64>,
    distribution: CouponDistribution,
    starts_at: String,
    ends_at: String,
    /// `live` or `stopped`.
    status: String,
    /// For the merchant's managers and the platform's own people.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<CouponUsage>,
}

impl From<Coupon> for CouponDetails {
    fn from(coupon: Coupon) -> Self {
        let terms = coupon.terms;
        Self {
            coupon: coupon.id,
            title: coupon.title,
            merchant: terms.merchant,
            offer: terms.offer,
            kind: terms.kind.into(),
            conditions: terms.conditions.into(),
            min_spend: Money::new(terms.min_spend, terms.currency).into(),
            platform_bp: terms.platform_share.get(),
            per_person: coupon.per_person,
            per_day: coupon.per_day,
            per_device: coupon.per_device,
            distribution: coupon.distribution.into(),
            starts_at: terms.starts_at.to_string(),
            ends_at: terms.ends_at.to_string(),
            status: coupon.status.as_str().to_owned(),
            usage: None,
        }
    }
}

/// A merchant's coupons, the newest first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/coupons", operation_id = "listCoupons", tag = "convert",
    params(OfMerchant, After<kernel::Coupon>),
    responses((status = 200, body = Page<CouponDetails>), (status = "4XX", body = Problem)))]
async fn list_coupons(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path(OfMerchant { merchant }): Path<OfMerchant>,
    Query(page): Query<After<kernel::Coupon>>,
) -> Result<Json<Page<CouponDetails>>, Problem> {
    coupons_of(&app, signed_in, Some(merchant), page.after).await
}

/// The platform's coupons, the newest first.
#[utoipa::path(get, path = "/v1/coupons", operation_id = "listPlatformCoupons", tag = "convert",
    params(After<kernel::Coupon>),
    responses((status = 200, body = Page<CouponDetails>), (status = "4XX", body = Problem)))]
async fn list_platform_coupons(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Query(page): Query<After<kernel::Coupon>>,
) -> Result<Json<Page<CouponDetails>>, Problem> {
    coupons_of(&app, signed_in, None, page.after).await
}

async fn coupons_of(
    app: &App,
    signed_in: Option<SignedIn>,
    merchant: Option<MerchantId>,
    after: Option<CouponId>,
) -> Result<Json<Page<CouponDetails>>, Problem> {
    let with_usage = may_see(signed_in.as_ref(), merchant);
    let page = app.read(move |read| {
        let found = queries::coupons_of(read, merchant, with_usage, after, PAGE_SIZE + 1)?;
        let usages = if with_usage {
            usages(read, &found)?
        } else {
            Vec::new()
        };
        let mut page = Page::of(found, |coupon| coupon.id.to_string(), CouponDetails::from);
        for (coupon, usage) in page.items.iter_mut().zip(usages) {
            coupon.usage = Some(usage);
        }
        Ok(page)
    });
    Ok(Json(page.await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfCoupon {
    #[param(value_type = String)]
    pub coupon: CouponId,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfMerchantCoupon {
    #[param(value_type = String)]
    pub merchant: MerchantId,
    #[param(value_type = String)]
    pub coupon: CouponId,
}

/// Stops one of the merchant's coupons at once: it can be neither claimed nor used any more.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/coupons/{coupon}/stop", operation_id = "stopCoupon",
    tag = "convert", params(OfMerchantCoupon), security(("session" = ["staff:manager"])),
    request_body = Nothing, responses((status = 200), (status = "4XX", body = Problem)))]
async fn stop_coupon(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(path): Path<OfMerchantCoupon>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let (cmd, merchant) = (StopCoupon { coupon: path.coupon }, path.merchant);
    let command = app
        .command("stopCoupon", merchant, staff.actor(), write.key)
        .locking(cmd.locks());
    command
        .run(move |tx, ctx| {
            let coupon = queries::coupon(tx, cmd.coupon)?;
            if coupon.is_none_or(|coupon| coupon.terms.merchant != Some(merchant)) {
                return Err(COUPON_NOT_FOUND.plain().into());
            }
            convert::stop_coupon(tx, ctx, &cmd)
        })
        .await
}

/// Stops any coupon at once.
#[utoipa::path(post, path = "/v1/platform/coupons/{coupon}/stop", operation_id = "stopPlatformCoupon",
    tag = "convert", params(OfCoupon), security(("session" = ["operator"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn stop_platform_coupon(
    State(app): State<App>,
    operator: Operator<AnyOperator>,
    Path(OfCoupon { coupon }): Path<OfCoupon>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = StopCoupon { coupon };
    let command = app
        .command("stopPlatformCoupon", coupon, operator.actor(), write.key)
        .locking(cmd.locks());
    command
        .run(move |tx, ctx| convert::stop_coupon(tx, ctx, &cmd))
        .await
}

/// Claims a coupon into the caller's wallet. That all are claimed is not kept under the key: whoever repeats it may get
/// one that is free again.
#[utoipa::path(post, path = "/v1/coupons/{coupon}/claims", operation_id = "claimCoupon", tag = "convert",
    params(OfCoupon), security(("session" = ["consumer"])), request_body = Nothing,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn claim_coupon(
    State(app): State<App>,
    consumer: Consumer,
    Device(device): Device,
    Path(OfCoupon { coupon }): Path<OfCoupon>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = ClaimCoupon { coupon, device };
    let route = app
        .ask(queries::claim_route(coupon, consumer.0, shell::now()))
        .await?;
    if route.all_claimed {
        return Err(COUPON_ALL_CLAIMED.plain().into());
    }
    let command = app
        .command("claimCoupon", coupon, consumer.actor(), write.key)
        .locking(route.locks)
        .creating();
    command
        .run(move |tx, ctx| Ok(Created::of(convert::claim_coupon(tx, ctx, &cmd)?)))
        .await
}

#[derive(Serialize, ToSchema)]
pub struct WalletCouponDetails {
    #[schema(value_type = String)]
    wallet_coupon: WalletCouponId,
    /// `claimed`, `held` (kept for an order) or `used`.
    status: String,
    #[schema(value_type = Option<String>)]
    order: Option<OrderId>,
    claimed_at: String,
    expires_at: String,
    coupon: CouponDetails,
}

impl From<WalletEntry> for WalletCouponDetails {
    fn from(entry: WalletEntry) -> Self {
        Self {
            wallet_coupon: entry.id,
            status: entry.status.as_str().to_owned(),
            order: entry.order,
            claimed_at: entry.claimed_at.to_string(),
            expires_at: entry.expires_at.to_string(),
            coupon: entry.coupon.into(),
        }
    }
}

/// The coupons in the caller's wallet, the newest first.
#[utoipa::path(get, path = "/v1/me/coupons", operation_id = "listMyCoupons", tag = "convert",
    params(After<WalletCoupon>), security(("session" = ["consumer"])),
    responses((status = 200, body = Page<WalletCouponDetails>), (status = "4XX", body = Problem)))]
async fn list_my_coupons(
    State(app): State<App>,
    consumer: Consumer,
    Query(page): Query<After<WalletCoupon>>,
) -> Result<Json<Page<WalletCouponDetails>>, Problem> {
    let person = consumer.0;
    let found = app
        .read(move |read| queries::wallet(read, person, page.after, PAGE_SIZE + 1))
        .await?;
    Ok(Json(Page::of(
        found,
        |entry| entry.id.to_string(),
        WalletCouponDetails::from,
    )))
}
