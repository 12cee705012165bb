//! Refunds before use: what would come back is shown first, then asked for.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use convert::queries::{self, RefundView, Route};
use convert::{REFUND_NOT_FOUND, REFUND_NOTHING_LEFT, RefundVoucher, Stored};
use kernel::{Ctx, Currency, Money, OrderId, RefundId, VoucherId};
use serde::{Deserialize, Serialize};
use store::{Fail, Tx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::orders::OfOrder;
use crate::access::{Consumer, Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Because, Nothing, Path, Write};
use crate::problem::Problem;
use crate::shell;
use crate::wire::WireMoney;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(preview_refund))
        .routes(routes!(refund_voucher))
        .routes(routes!(refund_voucher_as_merchant))
        .routes(routes!(list_order_refunds))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfVoucher {
    /// Which voucher.
    #[param(value_type = String)]
    voucher: VoucherId,
}

#[derive(Serialize, ToSchema)]
struct RefundPreview {
    /// What comes back by the way it was paid.
    cash: WireMoney,
    /// What comes back to the balance of earned rebates.
    rebate: WireMoney,
    /// What the merchant keeps: earnest money does not come back.
    kept: WireMoney,
    /// Uses that are given up.
    uses_left: i64,
    /// Whether the order's coupon can be used again.
    coupon_returns: bool,
}

/// What would come back if the voucher were refunded now.
#[utoipa::path(get, path = "/v1/vouchers/{voucher}/refund", operation_id = "previewRefund", tag = "convert",
    params(OfVoucher), security(("session" = ["consumer"])),
    responses((status = 200, body = RefundPreview), (status = "4XX", body = Problem)))]
async fn preview_refund(
    State(app): State<App>,
    consumer: Consumer,
    Path(OfVoucher { voucher }): Path<OfVoucher>,
) -> Result<Json<RefundPreview>, Problem> {
    let (person, now) = (consumer.0, shell::now());
    let preview = app
        .read(move |read| {
            let money = queries::voucher_money(read, voucher)?.filter(|money| money.buyer == person);
            if money.is_none() {
                return Err(REFUND_NOT_FOUND.plain().into());
            }
            Ok(queries::preview_refund(read, voucher, now)?.ok_or_else(|| REFUND_NOTHING_LEFT.plain())?)
        })
        .await?;
    let money = |amount| Money::new(amount, preview.currency).into();
    Ok(Json(RefundPreview {
        cash: money(preview.cash),
        rebate: money(preview.rebate),
        kept: money(preview.kept),
        uses_left: preview.uses_left,
        coupon_returns: preview.coupon_returns,
    }))
}

#[derive(Serialize, ToSchema)]
struct VoucherRefunded {
    /// Follow it with `listOrderRefunds`.
    #[schema(value_type = String)]
    refund: RefundId,
    /// On its way back by the way it was paid, in minor units of the order's currency.
    cash: i64,
    /// On its way back to the balance of earned rebates.
    rebate: i64,
}

/// Refunds what is left of a voucher that was not used up. A redeemed one goes through the merchant.
#[utoipa::path(post, path = "/v1/vouchers/{voucher}/refund", operation_id = "refundVoucher", tag = "convert",
    params(OfVoucher), security(("session" = ["consumer"])), request_body = Nothing,
    responses((status = 200, body = VoucherRefunded), (status = "4XX", body = Problem)))]
async fn refund_voucher(
    State(app): State<App>,
    consumer: Consumer,
    Path(OfVoucher { voucher }): Path<OfVoucher>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let route = route_of(&app, voucher).await?;
    app.command("refundVoucher", route.lane, consumer.actor(), write.key)
        .locking(route.locks)
        .run(refund(voucher))
        .await
}

async fn route_of(app: &App, voucher: VoucherId) -> Result<Route, Problem> {
    let route = app.ask(queries::voucher_route(voucher));
    Ok(route.await?.ok_or_else(|| REFUND_NOT_FOUND.plain())?)
}

fn refund(voucher: VoucherId) -> impl Fn(&mut Tx, &Ctx) -> Result<VoucherRefunded, Fail> + Send + 'static {
    move |tx, ctx| {
        let refunded = convert::refund_voucher(tx, ctx, &RefundVoucher { voucher })?;
        Ok(VoucherRefunded {
            refund: refunded.refund,
            cash: refunded.part.cash,
            rebate: refunded.part.rebate_used,
        })
    }
}

/// Gives what is left of a voucher back to its buyer, and earnest money twice; for managers of the whole merchant, who say why.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/vouchers/{voucher}/refund",
    operation_id = "refundVoucherAsMerchant", tag = "convert", params(OfMerchant, OfVoucher),
    security(("session" = ["staff:manager"])), request_body = Because,
    responses((status = 200, body = VoucherRefunded), (status = "4XX", body = Problem)))]
async fn refund_voucher_as_merchant(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(OfVoucher { voucher }): Path<OfVoucher>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    staff.everywhere()?;
    let route = route_of(&app, voucher).await?;
    app.command("refundVoucher", route.lane, staff.actor(), write.key)
        .because(&write.body.reason)?
        .locking(route.locks)
        .run(refund(voucher))
        .await
}

#[derive(Serialize, ToSchema)]
pub struct RefundDetails {
    #[schema(value_type = String)]
    refund: RefundId,
    #[schema(value_type = String)]
    order: OrderId,
    #[schema(value_type = Option<String>)]
    voucher: Option<VoucherId>,
    cash: WireMoney,
    rebate: WireMoney,
    /// From the merchant into the balance of earned rebates, because it gave up what earnest money was paid for.
    compensation: WireMoney,
    /// `asked`, `expired`, `redeemed`, `late_payment`, `mismatch`, `no_show`, `group_failed`, `charged_back` or
    /// `chargeback_reversed`.
    cause: String,
    /// `requested`, `sent`, `succeeded`, `failed` (it is then sent again) or `taken_back` (by the payer's bank, while it was
    /// on its way).
    status: String,
    requested_at: String,
}

impl From<RefundView> for RefundDetails {
    fn from(refund: RefundView) -> Self {
        let money = |amount, currency: Currency| Money::new(amount, currency).into();
        Self {
            refund: refund.id,
            order: refund.order,
            voucher: refund.voucher,
            cash: money(refund.amount, refund.currency),
            rebate: money(refund.rebate, refund.currency),
            compensation: money(refund.compensation, refund.currency),
            cause: refund.cause.as_str().to_owned(),
            status: refund.status.as_str().to_owned(),
            requested_at: refund.requested_at.to_string(),
        }
    }
}

/// The refunds of one of the caller's orders, the first one first.
#[utoipa::path(get, path = "/v1/orders/{order}/refunds", operation_id = "listOrderRefunds", tag = "convert",
    params(OfOrder), security(("session" = ["consumer"])),
    responses((status = 200, body = Vec<RefundDetails>), (status = "4XX", body = Problem)))]
async fn list_order_refunds(
    State(app): State<App>,
    consumer: Consumer,
    Path(OfOrder { order }): Path<OfOrder>,
) -> Result<Json<Vec<RefundDetails>>, Problem> {
    let person = consumer.0;
    let refunds = app
        .read(move |read| {
            let mine = queries::order(read, order)?.is_some_and(|order| order.person == person);
            if !mine {
                return Err(convert::ORDER_NOT_FOUND.plain().into());
            }
            queries::refunds_of(read, order)
        })
        .await?;
    Ok(Json(refunds.into_iter().map(RefundDetails::from).collect()))
}
