//! Stores of a chain that other merchants run, for both sides.

use axum::extract::State;
use axum::response::Response;
use kernel::{LocalText, MerchantId, StoreId};
use party::{AcceptFranchise, EndFranchise, OfferFranchise};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::OfStore;
use crate::access::{Manager, OfMerchant, Owner, Staff};
use crate::app::App;
use crate::body::{Nothing, Path, Write};
use crate::problem::Problem;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_franchises))
        .routes(routes!(offer_franchise))
        .routes(routes!(accept_franchise))
        .routes(routes!(end_franchise))
}

#[derive(Serialize, ToSchema)]
struct Franchise {
    #[schema(value_type = String)]
    store: StoreId,
    /// What the store is called, by language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    store_name: LocalText,
    /// The chain.
    #[schema(value_type = String)]
    merchant: MerchantId,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
    /// To whom what is used in the store is settled.
    #[schema(value_type = String)]
    franchisee: MerchantId,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    franchisee_name: LocalText,
    /// RFC 3339; null until the franchisee accepts: nothing is settled to it.
    since: Option<String>,
}

/// The merchant's stores that others run, and those of others that it runs or is offered, newest first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/franchises", operation_id = "listFranchises", tag = "party",
    params(OfMerchant), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Vec<Franchise>), (status = "4XX", body = Problem)))]
async fn list_franchises(
    State(app): State<App>,
    staff: Staff<Manager>,
) -> Result<axum::Json<Vec<Franchise>>, Problem> {
    let merchant = staff.merchant;
    let found = app.read(move |read| {
        let found = party::queries::franchises_of(read, merchant)?;
        let sides = found.iter().flat_map(|of| [of.merchant, of.franchisee]);
        let names = party::queries::merchant_names(read, &sides.collect::<Vec<_>>())?;
        let name = |merchant| names.get(&merchant).cloned().unwrap_or_default();
        let shown = found.into_iter().map(|of| Franchise {
            store: of.store,
            store_name: of.name,
            merchant: of.merchant,
            merchant_name: name(of.merchant),
            franchisee: of.franchisee,
            franchisee_name: name(of.franchisee),
            since: of.since.map(|since| since.to_string()),
        });
        Ok(shown.collect())
    });
    Ok(axum::Json(found.await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFranchise {
    /// Which of the merchant's stores.
    #[schema(value_type = String)]
    store: StoreId,
    /// The certified merchant that is to run it.
    #[schema(value_type = String)]
    franchisee: MerchantId,
}

/// Offers another merchant to run a store. From when it accepts, what is used there is settled to it.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/franchises", operation_id = "offerFranchise", tag = "party",
    params(OfMerchant), security(("session" = ["staff:owner"])), request_body = NewFranchise,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn offer_franchise(
    State(app): State<App>,
    staff: Staff<Owner>,
    write: Write<NewFranchise>,
) -> Result<Response, Problem> {
    let cmd = OfferFranchise {
        store: write.body.store,
        franchisee: write.body.franchisee,
    };
    app.command("offerFranchise", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| party::offer_franchise(tx, ctx, &cmd))
        .await
}

/// Runs another merchant's store from now on.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/franchises/{store}/accept", operation_id = "acceptFranchise",
    tag = "party", params(OfMerchant, OfStore), security(("session" = ["staff:owner"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn accept_franchise(
    State(app): State<App>,
    staff: Staff<Owner>,
    Path(of): Path<OfStore>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = AcceptFranchise { store: of.store };
    app.command("acceptFranchise", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| party::accept_franchise(tx, ctx, &cmd))
        .await
}

/// Ends a franchise, for the chain and for the franchisee, who may so refuse one too. What is used in the store is settled
/// to its own merchant again.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/franchises/{store}/end", operation_id = "endFranchise",
    tag = "party", params(OfMerchant, OfStore), security(("session" = ["staff:owner"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn end_franchise(
    State(app): State<App>,
    staff: Staff<Owner>,
    Path(of): Path<OfStore>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = EndFranchise { store: of.store };
    app.command("endFranchise", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| party::end_franchise(tx, ctx, &cmd))
        .await
}
