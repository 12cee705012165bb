//! Agreements, from the platform's side of the table. A path names the merchant too, whose lane the
//! commands run in.

use axum::extract::State;
use axum::response::Response;
use kernel::{AgreementId, LocalText, MerchantId};
use offer::{
    AcceptAgreement, AgreementStatus, CounterAgreement, DeclineAgreement, EndAgreement, ProposeAgreement,
};
use serde::{Deserialize, Serialize};
use store::{Fail, Tx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::terms::{Acceptance, Counter, Countered, OfAgreement, Proposal, WireAgreement, WireVersion};
use crate::access::{Finance, OfMerchant, Operator};
use crate::app::App;
use crate::body::{Nothing, Path, Query, Write};
use crate::labels::Names;
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::wire::{Created, Page, SIFTED_AT_ONCE, named, sift};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(propose_agreement))
        .routes(routes!(counter_agreement))
        .routes(routes!(accept_agreement))
        .routes(routes!(decline_agreement))
        .routes(routes!(end_agreement))
        .routes(routes!(list_agreements))
        .routes(routes!(list_agreement_versions))
}

#[derive(Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct AtTable {
    /// With whom.
    #[param(value_type = String)]
    merchant: MerchantId,
    /// Which agreement.
    #[param(value_type = String)]
    agreement: AgreementId,
}

impl AtTable {
    /// Refuses an agreement of another merchant than the path says.
    fn check(self, tx: &mut Tx) -> Result<(), Fail> {
        let agreement = offer::queries::agreement(tx, self.agreement)?;
        let agreement = agreement.filter(|agreement| agreement.merchant == self.merchant);
        agreement.map(drop).ok_or_else(|| party::NOT_FOUND.plain().into())
    }
}

/// Puts terms on the table, for administrators and finance.
#[utoipa::path(post, path = "/v1/platform/merchants/{merchant}/agreements",
    operation_id = "proposeAgreementAsPlatform", tag = "offer", params(OfMerchant),
    security(("session" = ["operator:finance"])),
    request_body = Proposal, responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn propose_agreement(
    State(app): State<App>,
    operator: Operator<Finance>,
    Path(of): Path<OfMerchant>,
    write: Write<Proposal>,
) -> Result<Response, Problem> {
    let cmd = ProposeAgreement {
        merchant: of.merchant,
        terms: write.body.terms.0.terms()?,
    };
    app.command("proposeAgreement", of.merchant, operator.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(Created::of(offer::propose_agreement(tx, ctx, &cmd)?)))
        .await
}

/// Answers the merchant's terms with others.
#[utoipa::path(post, path = "/v1/platform/merchants/{merchant}/agreements/{agreement}/counter",
    operation_id = "counterAgreementAsPlatform", tag = "offer", params(AtTable), security(("session" = ["operator:finance"])),
    request_body = Counter, responses((status = 200, body = Countered), (status = "4XX", body = Problem)))]
async fn counter_agreement(
    State(app): State<App>,
    operator: Operator<Finance>,
    Path(of): Path<AtTable>,
    write: Write<Counter>,
) -> Result<Response, Problem> {
    let cmd = CounterAgreement {
        agreement: of.agreement,
        version: write.body.version,
        terms: write.body.terms.0.terms()?,
    };
    app.command("counterAgreement", of.merchant, operator.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            of.check(tx)?;
            Ok(Countered {
                version: offer::counter_agreement(tx, ctx, &cmd)?,
            })
        })
        .await
}

/// Agrees to the merchant's terms, for good.
#[utoipa::path(post, path = "/v1/platform/merchants/{merchant}/agreements/{agreement}/accept",
    operation_id = "acceptAgreementAsPlatform", tag = "offer", params(AtTable), security(("session" = ["operator:finance"])),
    request_body = Acceptance, responses((status = 200), (status = "4XX", body = Problem)))]
async fn accept_agreement(
    State(app): State<App>,
    operator: Operator<Finance>,
    Path(of): Path<AtTable>,
    write: Write<Acceptance>,
) -> Result<Response, Problem> {
    let cmd = AcceptAgreement {
        agreement: of.agreement,
        version: write.body.version,
    };
    app.command("acceptAgreement", of.merchant, operator.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            of.check(tx)?;
            offer::accept_agreement(tx, ctx, &cmd).map(drop)
        })
        .await
}

/// Walks away from the table.
#[utoipa::path(post, path = "/v1/platform/merchants/{merchant}/agreements/{agreement}/decline",
    operation_id = "declineAgreementAsPlatform", tag = "offer", params(AtTable), security(("session" = ["operator:finance"])),
    request_body = Nothing, responses((status = 200), (status = "4XX", body = Problem)))]
async fn decline_agreement(
    State(app): State<App>,
    operator: Operator<Finance>,
    Path(of): Path<AtTable>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = DeclineAgreement {
        agreement: of.agreement,
    };
    app.command("declineAgreement", of.merchant, operator.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            of.check(tx)?;
            offer::decline_agreement(tx, ctx, &cmd)
        })
        .await
}

/// Ends an accepted agreement. What was sold stays valid.
#[utoipa::path(post, path = "/v1/platform/merchants/{merchant}/agreements/{agreement}/end",
    operation_id = "endAgreementAsPlatform", tag = "offer", params(AtTable), security(("session" = ["operator:finance"])),
    request_body = Nothing, responses((status = 200), (status = "4XX", body = Problem)))]
async fn end_agreement(
    State(app): State<App>,
    operator: Operator<Finance>,
    Path(of): Path<AtTable>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = EndAgreement {
        agreement: of.agreement,
    };
    app.command("endAgreement", of.merchant, operator.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            of.check(tx)?;
            offer::end_agreement(tx, ctx, &cmd)
        })
        .await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AgreementsAsked {
    /// `negotiating` (what waits), `accepted`, `declined` or `ended`; absent: what waits, or all of one merchant's.
    status: Option<String>,
    /// With this merchant; absent for all.
    #[param(value_type = Option<String>)]
    merchant: Option<MerchantId>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<AgreementId>,
}

/// An agreement with the name of its merchant.
#[derive(Serialize, ToSchema)]
struct AgreementListed {
    #[serde(flatten)]
    agreement: WireAgreement,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
}

/// Agreements of one status or with one merchant, newest first; for administrators and finance.
#[utoipa::path(get, path = "/v1/platform/agreements", operation_id = "listAgreements", tag = "offer",
    params(AgreementsAsked), security(("session" = ["operator:finance"])),
    responses((status = 200, body = Page<AgreementListed>), (status = "4XX", body = Problem)))]
async fn list_agreements(
    State(app): State<App>,
    _operator: Operator<Finance>,
    Query(asked): Query<AgreementsAsked>,
) -> Result<axum::Json<Page<AgreementListed>>, Problem> {
    let by_name = |name: &str| named(&QUERY_MALFORMED, "/status", name, AgreementStatus::from_name);
    let status = asked.status.as_deref().map(by_name).transpose()?;
    let page = app.read(move |read| {
        let list = |after| match asked.merchant {
            Some(merchant) => offer::queries::agreements_of(read, merchant, after, SIFTED_AT_ONCE),
            None => {
                let status = status.unwrap_or(AgreementStatus::Negotiating);
                offer::queries::agreements(read, status, after, SIFTED_AT_ONCE)
            }
        };
        let page = sift(
            asked.after,
            list,
            |found| found.id,
            |found| status.is_none_or(|status| found.status == status),
        )?;
        let names = Names::of(read, page.items.iter().map(|found| found.merchant), [])?;
        Ok(page.map(|found| AgreementListed {
            merchant_name: names.merchant(found.merchant),
            agreement: found.into(),
        }))
    });
    Ok(axum::Json(page.await?))
}

/// Every version that was on the table, the first one first; for administrators and finance.
#[utoipa::path(get, path = "/v1/platform/agreements/{agreement}/versions",
    operation_id = "listAgreementVersionsAsPlatform", tag = "offer", params(OfAgreement),
    security(("session" = ["operator:finance"])),
    responses((status = 200, body = Vec<WireVersion>), (status = "4XX", body = Problem)))]
async fn list_agreement_versions(
    State(app): State<App>,
    _operator: Operator<Finance>,
    Path(of): Path<OfAgreement>,
) -> Result<axum::Json<Vec<WireVersion>>, Problem> {
    let found = app.read(move |read| {
        let agreement = offer::queries::agreement(read, of.agreement)?;
        agreement.ok_or_else(|| party::NOT_FOUND.plain())?;
        offer::queries::agreement_versions(read, of.agreement)
    });
    Ok(axum::Json(
        found.await?.into_iter().map(WireVersion::from).collect(),
    ))
}
