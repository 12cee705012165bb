//! Merchants as the platform sees them: found, shown with owners and stores, suspended and reinstated.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use kernel::{LocalText, MerchantId, PersonId};
use party::{Merchant, MerchantStatus, ReinstateMerchant, Role, SuspendMerchant};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::stores::{OwnStore, own_stores};
use crate::access::{AnyOperator, OfMerchant, Operator, Support};
use crate::app::App;
use crate::body::{Because, Path, Query, Write};
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::wire::{Page, SIFTED_AT_ONCE, named, sift};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_merchants))
        .routes(routes!(get_merchant))
        .routes(routes!(suspend_merchant))
        .routes(routes!(reinstate_merchant))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MerchantsAsked {
    /// `registered`, `certified` or `suspended`; absent for all.
    status: Option<String>,
    /// A part of the name in any language, or the id.
    #[serde(default)]
    #[param(required = false)]
    q: String,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<MerchantId>,
}

#[derive(Serialize, ToSchema)]
struct MerchantListed {
    #[schema(value_type = String)]
    id: MerchantId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    name: LocalText,
    /// `registered`, `certified` or `suspended`.
    status: String,
    /// What it was imported from, if it was.
    source: Option<String>,
    /// RFC 3339.
    created_at: String,
}

impl From<Merchant> for MerchantListed {
    fn from(merchant: Merchant) -> Self {
        Self {
            id: merchant.id,
            name: merchant.name,
            status: merchant.status.as_str().to_owned(),
            source: merchant.source,
            created_at: merchant.created_at.to_string(),
        }
    }
}

/// Whether a merchant is what somebody looks for.
fn matches(merchant: &Merchant, q: &str) -> bool {
    let mut names = merchant.name.0.values();
    names.any(|name| name.to_lowercase().contains(q)) || merchant.id.to_string() == q
}

/// Merchants, newest first, for the platform.
#[utoipa::path(get, path = "/v1/platform/merchants", operation_id = "listMerchants", tag = "party",
    params(MerchantsAsked), security(("session" = ["operator"])),
    responses((status = 200, body = Page<MerchantListed>), (status = "4XX", body = Problem)))]
async fn list_merchants(
    State(app): State<App>,
    _operator: Operator<AnyOperator>,
    Query(asked): Query<MerchantsAsked>,
) -> Result<Json<Page<MerchantListed>>, Problem> {
    let by_name = |name: &str| named(&QUERY_MALFORMED, "/status", name, MerchantStatus::from_name);
    let status = asked.status.as_deref().map(by_name).transpose()?;
    let q = asked.q.trim().to_lowercase();
    let page = app.read(move |read| {
        let list = |after| party::queries::merchants(read, status, after, SIFTED_AT_ONCE);
        sift(
            asked.after,
            list,
            |merchant| merchant.id,
            |merchant| matches(merchant, &q),
        )
    });
    Ok(Json(page.await?.map(MerchantListed::from)))
}

#[derive(Serialize, ToSchema)]
struct MerchantOwner {
    #[schema(value_type = String)]
    person: PersonId,
    name: String,
    login: String,
}

/// A merchant with whom to talk to.
#[derive(Serialize, ToSchema)]
struct MerchantDetails {
    #[serde(flatten)]
    merchant: MerchantListed,
    owners: Vec<MerchantOwner>,
    /// Newest first, at most 200.
    stores: Vec<OwnStore>,
}

/// A merchant with its owners and stores, whatever its status.
#[utoipa::path(get, path = "/v1/platform/merchants/{merchant}", operation_id = "getMerchantAsPlatform", tag = "party",
    params(OfMerchant), security(("session" = ["operator"])),
    responses((status = 200, body = MerchantDetails), (status = "4XX", body = Problem)))]
async fn get_merchant(
    State(app): State<App>,
    _operator: Operator<AnyOperator>,
    Path(of): Path<OfMerchant>,
) -> Result<Json<MerchantDetails>, Problem> {
    let found = app.read(move |read| {
        let merchant = party::queries::merchant(read, of.merchant)?;
        let merchant = merchant.ok_or_else(|| party::NOT_FOUND.plain())?;
        let staff = party::queries::staff_of(read, of.merchant)?;
        let stores = party::queries::stores_of(read, of.merchant, None, SIFTED_AT_ONCE)?;
        Ok((merchant, staff, own_stores(read, stores)?))
    });
    let (merchant, staff, stores) = found.await?;
    let owners = staff.into_iter().filter(|member| member.role == Role::Owner);
    let owners = owners.map(|member| MerchantOwner {
        person: member.person,
        name: member.name,
        login: member.login,
    });
    Ok(Json(MerchantDetails {
        merchant: merchant.into(),
        owners: owners.collect(),
        stores,
    }))
}

/// Stops a merchant from selling. What was sold before is served and refunded as ever.
#[utoipa::path(post, path = "/v1/platform/merchants/{merchant}/suspend", operation_id = "suspendMerchant",
    tag = "party", params(OfMerchant), security(("session" = ["operator:support"])), request_body = Because,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn suspend_merchant(
    State(app): State<App>,
    operator: Operator<Support>,
    Path(of): Path<OfMerchant>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = SuspendMerchant {
        merchant: of.merchant,
    };
    app.command("suspendMerchant", of.merchant, operator.actor(), write.key)
        .because(&write.body.reason)?
        .locking(cmd.locks())
        .run(move |tx, ctx| party::suspend_merchant(tx, ctx, &cmd))
        .await
}

#[derive(Serialize, ToSchema)]
struct Reinstated {
    /// `certified`, or `registered` without a valid certification.
    status: String,
}

/// Lets a suspended merchant sell again.
#[utoipa::path(post, path = "/v1/platform/merchants/{merchant}/reinstate", operation_id = "reinstateMerchant",
    tag = "party", params(OfMerchant), security(("session" = ["operator:support"])), request_body = Because,
    responses((status = 200, body = Reinstated), (status = "4XX", body = Problem)))]
async fn reinstate_merchant(
    State(app): State<App>,
    operator: Operator<Support>,
    Path(of): Path<OfMerchant>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = ReinstateMerchant {
        merchant: of.merchant,
    };
    app.command("reinstateMerchant", of.merchant, operator.actor(), write.key)
        .because(&write.body.reason)?
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            let status = party::reinstate_merchant(tx, ctx, &cmd)?;
            Ok(Reinstated {
                status: status.as_str().to_owned(),
            })
        })
        .await
}
