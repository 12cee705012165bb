//! Security deposits as they are shown, and claims that the platform gives back.

use axum::extract::State;
use axum::response::Response;
use convert::queries::{self, SecurityDeposit};
use convert::{ORDER_NOT_FOUND, RefundSecurityClaim, Stored};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::orders::OfOrder;
use crate::access::{Operator, Support};
use crate::app::App;
use crate::body::{Because, Path, Write};
use crate::problem::Problem;
use crate::wire::WireMoney;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(refund_security_claim))
}

/// A security deposit (押金): paid beside the price and given back after the visit, less what is claimed of it.
#[derive(Serialize, ToSchema)]
#[schema(as = SecurityDeposit)]
pub struct WireSecurityDeposit {
    amount: WireMoney,
    /// `held`, `returned`, `claimed` (the rest goes back) or `charged_back` (the payer's bank took it).
    status: String,
    /// Until when the merchant can claim something of it, RFC 3339. Then it goes back by itself.
    held_until: String,
    /// What the merchant claimed, also if the platform gave it back since.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<WireSecurityClaim>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SecurityClaim)]
struct WireSecurityClaim {
    amount: WireMoney,
    /// Why, in the merchant's words.
    because: String,
    /// RFC 3339.
    at: String,
}

impl From<SecurityDeposit> for WireSecurityDeposit {
    fn from(deposit: SecurityDeposit) -> Self {
        Self {
            amount: deposit.amount.into(),
            status: deposit.status.as_str().to_owned(),
            held_until: deposit.held_until.to_string(),
            claim: deposit.claim.map(|claim| WireSecurityClaim {
                amount: claim.amount.into(),
                because: claim.because,
                at: claim.at.to_string(),
            }),
        }
    }
}

/// Gives a guest what the merchant claimed of their security deposit, all of it: the claim was not right. It comes off the
/// merchant's next statement. For administrators and support.
#[utoipa::path(post, path = "/v1/platform/orders/{order}/security-deposit/refund",
    operation_id = "refundSecurityClaim", tag = "convert", params(OfOrder),
    security(("session" = ["operator:support"])), request_body = Because,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn refund_security_claim(
    State(app): State<App>,
    operator: Operator<Support>,
    Path(OfOrder { order }): Path<OfOrder>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = RefundSecurityClaim { order };
    let route = app.ask(queries::order_route(order)).await?;
    let route = route.ok_or_else(|| ORDER_NOT_FOUND.plain())?;
    app.command("refundSecurityClaim", route.lane, operator.actor(), write.key)
        .because(&write.body.reason)?
        .locking(cmd.locks())
        .run(move |tx, ctx| convert::refund_security_claim(tx, ctx, &cmd))
        .await
}
