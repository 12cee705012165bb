//! Payments that the payers' banks took back, for the platform's people: what was lost, and what came back.

use axum::Json;
use axum::extract::State;
use convert::queries::{self, Chargeback};
use kernel::{LocalText, MerchantId, OrderId, PaymentAttemptId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{AnyOperator, Operator};
use crate::app::App;
use crate::body::Query;
use crate::labels::Names;
use crate::problem::Problem;
use crate::wire::{After, PAGE_SIZE, Page, WireMoney};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_chargebacks))
}

/// A payment that the payer's bank took back.
#[derive(Serialize, ToSchema)]
struct ChargebackListed {
    /// The try that was paid.
    #[schema(value_type = String)]
    attempt: PaymentAttemptId,
    #[schema(value_type = String)]
    order: OrderId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
    /// Who reported it.
    provider: String,
    /// The provider's name for the payment.
    provider_payment: Option<String>,
    /// What the bank took.
    amount: WireMoney,
    /// How much of it had gone back before: the platform's loss, unless it is reversed.
    lost: WireMoney,
    /// When it was booked. RFC 3339.
    at: String,
    /// When the bank gave it back. RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    reversed_at: Option<String>,
}

impl ChargebackListed {
    fn of(chargeback: Chargeback, names: &Names) -> Self {
        Self {
            attempt: chargeback.attempt,
            order: chargeback.order,
            merchant: chargeback.merchant,
            merchant_name: names.merchant(chargeback.merchant),
            provider: chargeback.provider,
            provider_payment: chargeback.provider_payment,
            amount: chargeback.amount.into(),
            lost: chargeback.lost.into(),
            at: chargeback.at.to_string(),
            reversed_at: chargeback.reversed_at.map(|at| at.to_string()),
        }
    }
}

/// Payments that the payers' banks took back, the newest payment first.
#[utoipa::path(get, path = "/v1/platform/chargebacks", operation_id = "listChargebacks", tag = "convert",
    params(After<kernel::PaymentAttempt>), security(("session" = ["operator"])),
    responses((status = 200, body = Page<ChargebackListed>), (status = "4XX", body = Problem)))]
async fn list_chargebacks(
    State(app): State<App>,
    _operator: Operator<AnyOperator>,
    Query(asked): Query<After<kernel::PaymentAttempt>>,
) -> Result<Json<Page<ChargebackListed>>, Problem> {
    let found = app.read(move |read| {
        let found = queries::chargebacks(read, asked.after, PAGE_SIZE + 1)?;
        let names = Names::of(read, found.iter().map(|of| of.merchant), [])?;
        Ok((found, names))
    });
    let (found, names) = found.await?;
    Ok(Json(Page::of(
        found,
        |of| of.attempt.to_string(),
        |of| ChargebackListed::of(of, &names),
    )))
}
