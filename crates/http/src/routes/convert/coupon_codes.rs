//! The unique codes of coupons: claimed by guests, exported by whoever issued them.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use convert::{COUPON_NOT_FOUND, ClaimCode, queries};
use futures_util::StreamExt;
use kernel::{CouponId, MerchantId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::coupons::{OfCoupon, OfMerchantCoupon};
use crate::access::{Consumer, Device, Finance, Manager, Operator, Staff};
use crate::app::App;
use crate::body::{Path, Write};
use crate::problem::Problem;
use crate::wire::Created;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(claim_coupon_code))
        .routes(routes!(export_coupon_codes))
        .routes(routes!(export_platform_coupon_codes))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CouponCode {
    /// In any case, with or without hyphens.
    #[schema(example = "WXYZ4-3NA7K-Q0V8M-2TE5R")]
    code: String,
}

/// Claims the coupon that a unique code stands for into the caller's wallet.
#[utoipa::path(post, path = "/v1/me/coupons", operation_id = "claimCouponCode", tag = "convert",
    security(("session" = ["consumer"])), request_body = CouponCode,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn claim_coupon_code(
    State(app): State<App>,
    consumer: Consumer,
    Device(device): Device,
    write: Write<CouponCode>,
) -> Result<Response, Problem> {
    let cmd = ClaimCode {
        code: write.body.code,
        device,
    };
    let code = cmd.code.clone();
    let locks = app
        .read(move |read| queries::claim_code_locks(read, &code))
        .await?;
    let command = app
        .command("claimCouponCode", consumer.0, consumer.actor(), write.key)
        .locking(locks)
        .creating();
    command
        .run(move |tx, ctx| Ok(Created::of(convert::claim_code(tx, ctx, &cmd)?)))
        .await
}

/// All unique codes of one of the merchant's coupons, as a file of CSV.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/coupons/{coupon}/codes.csv", operation_id = "exportCouponCodes",
    tag = "convert", params(OfMerchantCoupon), security(("session" = ["staff:manager"])),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
async fn export_coupon_codes(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(path): Path<OfMerchantCoupon>,
) -> Result<Response, Problem> {
    codes_of(&app, path.coupon, Some(staff.merchant)).await
}

/// All unique codes of one of the platform's coupons, as a file of CSV.
#[utoipa::path(get, path = "/v1/platform/coupons/{coupon}/codes.csv", operation_id = "exportPlatformCouponCodes",
    tag = "convert", params(OfCoupon), security(("session" = ["operator:finance"])),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "4XX", body = Problem)))]
async fn export_platform_coupon_codes(
    State(app): State<App>,
    _operator: Operator<Finance>,
    Path(OfCoupon { coupon }): Path<OfCoupon>,
) -> Result<Response, Problem> {
    codes_of(&app, coupon, None).await
}

/// Computed a thousand at a time while they are sent: a million of them are never in memory at once.
async fn codes_of(app: &App, coupon: CouponId, merchant: Option<MerchantId>) -> Result<Response, Problem> {
    const AT_ONCE: i64 = 1_000;
    let (codes, count) = app
        .read(move |read| {
            let found = queries::coupon(read, coupon)?.filter(|found| found.terms.merchant == merchant);
            let found = found.ok_or_else(|| COUPON_NOT_FOUND.plain())?;
            let codes = found
                .codes
                .ok_or_else(|| COUPON_NOT_FOUND.because("The coupon has no codes."))?;
            let level = offer::bucket::level(read, found.count_bucket)?;
            Ok((codes, level.map_or(0, |level| level.capacity)))
        })
        .await?;
    let chunk = move |first: i64| {
        let numbers = first..count.min(first + AT_ONCE);
        let lines: String = numbers.map(|number| codes.code(number) + "\r\n").collect();
        Ok::<_, std::convert::Infallible>(lines)
    };
    let first = futures_util::stream::iter([Ok("code\r\n".to_owned())]);
    let chunks = futures_util::stream::iter((0..count).step_by(AT_ONCE as usize).map(chunk));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"codes.csv\""),
    ];
    Ok((headers, Body::from_stream(first.chain(chunks))).into_response())
}
