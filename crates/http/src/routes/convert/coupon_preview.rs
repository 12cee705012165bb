//! What a coupon would take off, tried on a sample before it is made.

use axum::Json;
use axum::extract::State;
use convert::CreateCoupon;
use convert::queries::{OtherCoupon, SampleBuyer, SampleCart, SampleItem, preview_coupon};
use kernel::{Actor, CouponId, OfferId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::coupons::NewCoupon;
use super::orders::{OrderPrice, Refusal, price_of};
use crate::access::{Finance, Manager, OfMerchant, Operator, Staff};
use crate::app::App;
use crate::body::{Asked, Query};
use crate::problem::Problem;
use crate::shell;
use crate::wire::optional_time;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(preview_own_coupon))
        .routes(routes!(preview_platform_coupon))
}

/// A sample of what might be ordered.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Sample {
    /// An offer that is on sale.
    #[param(value_type = Option<String>)]
    offer: Option<OfferId>,
    /// Where none is named: what one unit costs of something that the coupon is for, in minor units.
    #[serde(default = "a_hundred")]
    price: u32,
    /// Units, at least 1.
    #[serde(default = "one")]
    quantity: i64,
    /// When it is ordered, RFC 3339; now if absent.
    #[serde(default, deserialize_with = "optional_time::deserialize")]
    #[param(value_type = Option<String>)]
    at: Option<Timestamp>,
    /// Who orders it.
    #[serde(default)]
    #[param(inline)]
    buyer: Buyer,
    /// What another coupon of the buyer's takes off, in minor units; there is none if absent.
    other_amount: Option<u32>,
    /// The other coupon's stacking group; it stands alone if absent.
    other_group: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Buyer {
    /// Who has ordered nothing yet.
    #[default]
    FirstOrder,
    /// Who has ordered, but not of this merchant.
    NewCustomer,
    /// Who has ordered of this merchant.
    Customer,
}

fn a_hundred() -> u32 {
    10_000
}

fn one() -> i64 {
    1
}

impl From<Sample> for SampleCart {
    fn from(sample: Sample) -> Self {
        Self {
            item: match sample.offer {
                Some(offer) => SampleItem::Offer(offer),
                None => SampleItem::Price(sample.price.into()),
            },
            quantity: sample.quantity,
            at: sample.at.unwrap_or_else(shell::now),
            buyer: match sample.buyer {
                Buyer::FirstOrder => SampleBuyer::FirstOrder,
                Buyer::NewCustomer => SampleBuyer::NewCustomer,
                Buyer::Customer => SampleBuyer::Customer,
            },
            other: sample.other_amount.map(|amount| OtherCoupon {
                stacking_group: sample.other_group,
                amount: amount.into(),
            }),
        }
    }
}

/// What the sample costs with the coupon.
#[derive(Serialize, ToSchema)]
struct CouponPreview {
    /// Under which the discounts name the coupon that is tried; no coupon has this id.
    #[schema(value_type = String)]
    coupon: CouponId,
    /// With the coupons that are used.
    price: OrderPrice,
    /// The coupons that are not, and why.
    refused: Vec<NotUsed>,
}

#[derive(Serialize, ToSchema)]
struct NotUsed {
    #[schema(value_type = String)]
    coupon: CouponId,
    #[serde(flatten)]
    why: Refusal,
}

/// Tries a coupon of the merchant's before it is made. Nothing is written; its terms are refused as they would be then.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/coupon-preview", operation_id = "previewCoupon", tag = "convert",
    params(OfMerchant, Sample), security(("session" = ["staff:manager"])), request_body = NewCoupon,
    responses((status = 200, body = CouponPreview), (status = "4XX", body = Problem)))]
async fn preview_own_coupon(
    State(app): State<App>,
    staff: Staff<Manager>,
    Query(sample): Query<Sample>,
    Asked(coupon): Asked<NewCoupon>,
) -> Result<Json<CouponPreview>, Problem> {
    preview(&app, staff.actor(), coupon.of_merchant(staff.merchant)?, sample).await
}

/// Tries a coupon of the platform's before it is made. Nothing is written; its terms are refused as they would be then.
#[utoipa::path(post, path = "/v1/platform/coupon-preview", operation_id = "previewPlatformCoupon", tag = "convert",
    params(Sample), security(("session" = ["operator:finance"])), request_body = NewCoupon,
    responses((status = 200, body = CouponPreview), (status = "4XX", body = Problem)))]
async fn preview_platform_coupon(
    State(app): State<App>,
    operator: Operator<Finance>,
    Query(sample): Query<Sample>,
    Asked(coupon): Asked<NewCoupon>,
) -> Result<Json<CouponPreview>, Problem> {
    preview(&app, operator.actor(), coupon.of_platform()?, sample).await
}

async fn preview(
    app: &App,
    actor: Actor,
    coupon: CreateCoupon,
    sample: Sample,
) -> Result<Json<CouponPreview>, Problem> {
    let (ctx, sample) = (shell::ctx(actor), SampleCart::from(sample));
    let preview = app
        .read(move |read| preview_coupon(read, &ctx, &coupon, &sample))
        .await?;
    let refused = preview.refused.into_iter().map(|(coupon, why)| NotUsed {
        coupon,
        why: why.into(),
    });
    Ok(Json(CouponPreview {
        coupon: preview.coupon,
        price: price_of(preview.currency, &preview.price.amounts, &preview.price.discounts),
        refused: refused.collect(),
    }))
}
