//! A use that was taken is undone by the staff or refunded by a manager or the platform.

use axum::extract::State;
use axum::response::Response;
use consume::{Redemption, RefundRedeemed, UndoRedemption};
use kernel::{Actor, MerchantId, RedemptionId, RefundId};
use serde::{Deserialize, Serialize};
use store::Lock;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Cashier, Manager, OfMerchant, Operator, Staff, Support};
use crate::app::App;
use crate::body::{Because, Nothing, Path, Write};
use crate::problem::Problem;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(undo_redemption))
        .routes(routes!(refund_redeemed))
        .routes(routes!(refund_redeemed_as_platform))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfRedemption {
    /// Which use.
    #[param(value_type = String)]
    redemption: RedemptionId,
}

/// The redemption, of this merchant if one is named. What the command rests on it reads again.
async fn found(app: &App, merchant: Option<MerchantId>, id: RedemptionId) -> Result<Redemption, Problem> {
    let found = app
        .read(move |read| consume::queries::redemption(read, id))
        .await?;
    let found = found.filter(|found| merchant.is_none_or(|merchant| found.merchant == merchant));
    found.ok_or_else(|| party::NOT_FOUND.plain().into())
}

/// Takes back a use that was taken by mistake, within the undo window; for any staff of its store.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/redemptions/{redemption}/undo",
    operation_id = "undoRedemption", tag = "consume", params(OfMerchant, OfRedemption),
    security(("session" = ["staff:cashier"])),
    request_body = Nothing, responses((status = 200), (status = "4XX", body = Problem)))]
async fn undo_redemption(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfRedemption>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let redemption = found(&app, Some(staff.merchant), of.redemption).await?;
    let cmd = UndoRedemption {
        redemption: of.redemption,
    };
    let mut locks = cmd.locks();
    locks.push(Lock::row("voucher", redemption.voucher));
    app.command("undoRedemption", staff.merchant, staff.actor(), write.key)
        .locking(locks)
        .run(move |tx, ctx| consume::undo_redemption(tx, ctx, &cmd))
        .await
}

#[derive(Serialize, ToSchema)]
struct RedeemedRefunded {
    /// The money on its way back to the buyer.
    #[schema(value_type = String)]
    refund: RefundId,
}

async fn refund(
    app: &App,
    redemption: Redemption,
    actor: Actor,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = RefundRedeemed {
        redemption: redemption.id,
    };
    let mut locks = cmd.locks();
    locks.push(Lock::row("orders", redemption.order));
    app.command("refundRedeemed", redemption.merchant, actor, write.key)
        .because(&write.body.reason)?
        .locking(locks)
        .run(move |tx, ctx| {
            Ok(RedeemedRefunded {
                refund: consume::refund_redeemed(tx, ctx, &cmd)?,
            })
        })
        .await
}

/// Refunds a use while its refund window is open; for managers of its store.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/redemptions/{redemption}/refund",
    operation_id = "refundRedeemed", tag = "consume", params(OfMerchant, OfRedemption),
    security(("session" = ["staff:manager"])),
    request_body = Because, responses((status = 200, body = RedeemedRefunded), (status = "4XX", body = Problem)))]
async fn refund_redeemed(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfRedemption>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let redemption = found(&app, Some(staff.merchant), of.redemption).await?;
    refund(&app, redemption, staff.actor(), write).await
}

/// Refunds a use at any time; for administrators and support.
#[utoipa::path(post, path = "/v1/platform/redemptions/{redemption}/refund",
    operation_id = "refundRedeemedAsPlatform", tag = "consume", params(OfRedemption),
    security(("session" = ["operator:support"])),
    request_body = Because, responses((status = 200, body = RedeemedRefunded), (status = "4XX", body = Problem)))]
async fn refund_redeemed_as_platform(
    State(app): State<App>,
    operator: Operator<Support>,
    Path(of): Path<OfRedemption>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let redemption = found(&app, None, of.redemption).await?;
    refund(&app, redemption, operator.actor(), write).await
}
