//! What a consumer earns by recommending. The friend's order is not said.

use axum::Json;
use axum::extract::State;
use kernel::{MerchantId, Money, RebateId};
use ledger::Rebate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::Consumer;
use crate::app::App;
use crate::body::Query;
use crate::problem::Problem;
use crate::wire::{After, PAGE_SIZE, Page, WireMoney};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_my_rebates))
        .routes(routes!(get_my_rebate_balance))
}

#[derive(Serialize, ToSchema)]
pub struct EarnedRebate {
    #[schema(value_type = String)]
    id: RebateId,
    /// Who pays it.
    #[schema(value_type = String)]
    merchant: MerchantId,
    amount: WireMoney,
    /// `pending` until `due_at`, `posted` (it can be spent), `voided` or `reversed`.
    status: String,
    /// When it can be spent, RFC 3339.
    due_at: String,
    /// RFC 3339.
    created_at: String,
}

impl From<Rebate> for EarnedRebate {
    fn from(rebate: Rebate) -> Self {
        Self {
            id: rebate.id,
            merchant: rebate.merchant,
            amount: Money::new(rebate.amount, rebate.currency).into(),
            status: rebate.status.as_str().to_owned(),
            due_at: rebate.due_at.to_string(),
            created_at: rebate.created_at.to_string(),
        }
    }
}

/// The caller's rebates, newest first.
#[utoipa::path(get, path = "/v1/me/rebates", operation_id = "listMyRebates", tag = "ledger",
    params(After<kernel::Rebate>), security(("session" = ["consumer"])),
    responses((status = 200, body = Page<EarnedRebate>), (status = "4XX", body = Problem)))]
async fn list_my_rebates(
    State(app): State<App>,
    consumer: Consumer,
    Query(asked): Query<After<kernel::Rebate>>,
) -> Result<Json<Page<EarnedRebate>>, Problem> {
    let found =
        app.read(move |read| ledger::queries::rebates_of(read, consumer.0, asked.after, PAGE_SIZE + 1));
    Ok(Json(Page::of(
        found.await?,
        |rebate| rebate.id.to_string(),
        EarnedRebate::from,
    )))
}

/// What the caller can spend of the rebates earned, by currency.
#[utoipa::path(get, path = "/v1/me/rebate-balance", operation_id = "getMyRebateBalance", tag = "ledger",
    security(("session" = ["consumer"])),
    responses((status = 200, body = Vec<WireMoney>), (status = "4XX", body = Problem)))]
async fn get_my_rebate_balance(
    State(app): State<App>,
    consumer: Consumer,
) -> Result<Json<Vec<WireMoney>>, Problem> {
    let spendable = app
        .read(move |read| ledger::queries::spendable(read, consumer.0))
        .await?;
    Ok(Json(spendable.into_iter().map(WireMoney::from).collect()))
}
