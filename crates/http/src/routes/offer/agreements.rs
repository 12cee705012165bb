//! Agreements, from the merchant's side of the table.

use axum::extract::State;
use axum::response::Response;
use offer::{AcceptAgreement, CounterAgreement, DeclineAgreement, EndAgreement, ProposeAgreement};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::terms::{
    Acceptance, Counter, Countered, OfAgreement, Proposal, WireAgreement, WireVersion, page_of,
};
use crate::access::{Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Nothing, Path, Query, Write};
use crate::problem::Problem;
use crate::wire::{After, Created, PAGE_SIZE, Page};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(propose_agreement))
        .routes(routes!(counter_agreement))
        .routes(routes!(accept_agreement))
        .routes(routes!(decline_agreement))
        .routes(routes!(end_agreement))
        .routes(routes!(list_agreements_of_merchant))
        .routes(routes!(get_agreement))
        .routes(routes!(list_agreement_versions))
}

/// Puts terms on the table.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/agreements", operation_id = "proposeAgreement", tag = "offer",
    params(OfMerchant), security(("session" = ["staff:manager"])), request_body = Proposal,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn propose_agreement(
    State(app): State<App>,
    staff: Staff<Manager>,
    write: Write<Proposal>,
) -> Result<Response, Problem> {
    let cmd = ProposeAgreement {
        merchant: staff.merchant,
        terms: write.body.terms.0.terms()?,
    };
    app.command("proposeAgreement", staff.merchant, staff.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(Created::of(offer::propose_agreement(tx, ctx, &cmd)?)))
        .await
}

/// Answers the platform's terms with others.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/agreements/{agreement}/counter",
    operation_id = "counterAgreement", tag = "offer", params(OfMerchant, OfAgreement),
    security(("session" = ["staff:manager"])), request_body = Counter,
    responses((status = 200, body = Countered), (status = "4XX", body = Problem)))]
async fn counter_agreement(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfAgreement>,
    write: Write<Counter>,
) -> Result<Response, Problem> {
    let cmd = CounterAgreement {
        agreement: of.agreement,
        version: write.body.version,
        terms: write.body.terms.0.terms()?,
    };
    app.command("counterAgreement", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            Ok(Countered {
                version: offer::counter_agreement(tx, ctx, &cmd)?,
            })
        })
        .await
}

/// Agrees to the platform's terms, for good.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/agreements/{agreement}/accept",
    operation_id = "acceptAgreement", tag = "offer", params(OfMerchant, OfAgreement),
    security(("session" = ["staff:manager"])), request_body = Acceptance,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn accept_agreement(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfAgreement>,
    write: Write<Acceptance>,
) -> Result<Response, Problem> {
    let cmd = AcceptAgreement {
        agreement: of.agreement,
        version: write.body.version,
    };
    app.command("acceptAgreement", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| offer::accept_agreement(tx, ctx, &cmd).map(drop))
        .await
}

/// Walks away from the table.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/agreements/{agreement}/decline",
    operation_id = "declineAgreement", tag = "offer", params(OfMerchant, OfAgreement),
    security(("session" = ["staff:manager"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn decline_agreement(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfAgreement>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = DeclineAgreement {
        agreement: of.agreement,
    };
    app.command("declineAgreement", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| offer::decline_agreement(tx, ctx, &cmd))
        .await
}

/// Ends an accepted agreement. What was sold stays valid.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/agreements/{agreement}/end", operation_id = "endAgreement",
    tag = "offer", params(OfMerchant, OfAgreement), security(("session" = ["staff:manager"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn end_agreement(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfAgreement>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = EndAgreement {
        agreement: of.agreement,
    };
    app.command("endAgreement", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| offer::end_agreement(tx, ctx, &cmd))
        .await
}

/// The merchant's agreements, newest first; for managers of the whole merchant.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/agreements", operation_id = "listAgreementsOfMerchant",
    tag = "offer", params(OfMerchant, After<kernel::Agreement>), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Page<WireAgreement>), (status = "4XX", body = Problem)))]
async fn list_agreements_of_merchant(
    State(app): State<App>,
    staff: Staff<Manager>,
    Query(asked): Query<After<kernel::Agreement>>,
) -> Result<axum::Json<Page<WireAgreement>>, Problem> {
    staff.everywhere()?;
    let merchant = staff.merchant;
    let found =
        app.read(move |read| offer::queries::agreements_of(read, merchant, asked.after, PAGE_SIZE + 1));
    Ok(axum::Json(page_of(found.await?)))
}

/// One agreement with the terms on the table, or accepted; for managers of the whole merchant.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/agreements/{agreement}", operation_id = "getAgreement",
    tag = "offer", params(OfMerchant, OfAgreement), security(("session" = ["staff:manager"])),
    responses((status = 200, body = WireAgreement), (status = "4XX", body = Problem)))]
async fn get_agreement(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfAgreement>,
) -> Result<axum::Json<WireAgreement>, Problem> {
    staff.everywhere()?;
    let merchant = staff.merchant;
    let found = app.read(move |read| {
        let agreement = offer::queries::agreement(read, of.agreement)?.filter(|a| a.merchant == merchant);
        Ok(agreement.ok_or_else(|| party::NOT_FOUND.plain())?)
    });
    Ok(axum::Json(found.await?.into()))
}

/// Every version that was on the table, the first one first; for managers of the whole merchant.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/agreements/{agreement}/versions",
    operation_id = "listAgreementVersions", tag = "offer", params(OfMerchant, OfAgreement),
    security(("session" = ["staff:manager"])),
    responses((status = 200, body = Vec<WireVersion>), (status = "4XX", body = Problem)))]
async fn list_agreement_versions(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfAgreement>,
) -> Result<axum::Json<Vec<WireVersion>>, Problem> {
    staff.everywhere()?;
    let merchant = staff.merchant;
    let found = app.read(move |read| {
        let agreement = offer::queries::agreement(read, of.agreement)?;
        let agreement = agreement.filter(|agreement| agreement.merchant == merchant);
        agreement.ok_or_else(|| party::NOT_FOUND.plain())?;
        offer::queries::agreement_versions(read, of.agreement)
    });
    Ok(axum::Json(
        found.await?.into_iter().map(WireVersion::from).collect(),
    ))
}
