//! Licences and qualifications: the merchant hands them in, the platform decides.

use axum::extract::State;
use axum::response::Response;
use kernel::{CertificationId, LocalText, MediaId, MerchantId, PersonId, Timestamp};
use party::{CertificationStatus, DecideCertification, SubmitCertification};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Manager, OfMerchant, Operator, Staff, Support};
use crate::app::App;
use crate::body::{Path, Query, Write};
use crate::labels::Names;
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::wire::{After, Created, PAGE_SIZE, Page, SIFTED_AT_ONCE, named, rfc_3339, sift};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(submit_certification))
        .routes(routes!(list_certifications_of_merchant))
        .routes(routes!(list_certifications))
        .routes(routes!(decide_certification))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCertification {
    /// Code of the kind.
    #[schema(example = "business_license")]
    kind: String,
    /// Number on the document.
    number: String,
    /// A picture of it, uploaded for this merchant.
    #[schema(value_type = String)]
    media: MediaId,
    /// Until when it is valid.
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String, format = DateTime)]
    valid_until: Timestamp,
}

/// Hands a certification in.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/certifications", operation_id = "submitCertification",
    tag = "party", params(OfMerchant), security(("session" = ["staff:manager"])), request_body = NewCertification,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn submit_certification(
    State(app): State<App>,
    staff: Staff<Manager>,
    write: Write<NewCertification>,
) -> Result<Response, Problem> {
    let cmd = SubmitCertification {
        merchant: staff.merchant,
        kind: write.body.kind,
        number: write.body.number,
        media: write.body.media,
        valid_until: write.body.valid_until,
    };
    app.command("submitCertification", staff.merchant, staff.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(Created::of(party::submit_certification(tx, ctx, &cmd)?)))
        .await
}

#[derive(Serialize, ToSchema)]
struct Certification {
    #[schema(value_type = String)]
    id: CertificationId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// Code of the kind.
    kind: String,
    /// Number on the document.
    number: String,
    /// The picture of it.
    #[schema(value_type = String)]
    media: MediaId,
    /// `submitted`, `approved`, `refused` or `expired`.
    status: String,
    /// RFC 3339.
    valid_until: String,
    /// RFC 3339.
    submitted_at: String,
    /// Which operator decided.
    #[schema(value_type = Option<String>)]
    decided_by: Option<PersonId>,
    /// RFC 3339.
    decided_at: Option<String>,
    /// What the operator said.
    note: String,
}

impl From<party::Certification> for Certification {
    fn from(certification: party::Certification) -> Self {
        Self {
            id: certification.id,
            merchant: certification.merchant,
            kind: certification.kind,
            number: certification.number,
            media: certification.media,
            status: certification.status.as_str().to_owned(),
            valid_until: certification.valid_until.to_string(),
            submitted_at: certification.submitted_at.to_string(),
            decided_by: certification.decided_by,
            decided_at: certification.decided_at.map(|at| at.to_string()),
            note: certification.note,
        }
    }
}

/// What the merchant handed in, newest first; for managers of the whole merchant.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/certifications", operation_id = "listCertificationsOfMerchant",
    tag = "party", params(OfMerchant, After<kernel::Certification>), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Page<Certification>), (status = "4XX", body = Problem)))]
async fn list_certifications_of_merchant(
    State(app): State<App>,
    staff: Staff<Manager>,
    Query(asked): Query<After<kernel::Certification>>,
) -> Result<axum::Json<Page<Certification>>, Problem> {
    staff.everywhere()?;
    let merchant = staff.merchant;
    let found =
        app.read(move |read| party::queries::certifications_of(read, merchant, asked.after, PAGE_SIZE + 1));
    Ok(axum::Json(Page::of(
        found.await?,
        |found| found.id.to_string(),
        Certification::from,
    )))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CertificationsAsked {
    /// `submitted` (what waits), `approved`, `refused` or `expired`; absent: what waits, or all of one merchant's.
    status: Option<String>,
    /// Of this merchant; absent for all.
    #[param(value_type = Option<String>)]
    merchant: Option<MerchantId>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<CertificationId>,
}

/// A certification as the platform sees it.
#[derive(Serialize, ToSchema)]
struct CertificationListed {
    #[serde(flatten)]
    certification: Certification,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
    decided_by_name: Option<String>,
}

impl CertificationListed {
    fn of(certification: party::Certification, names: &Names) -> Self {
        Self {
            merchant_name: names.merchant(certification.merchant),
            decided_by_name: names.person(certification.decided_by),
            certification: certification.into(),
        }
    }
}

/// Certifications of one status or one merchant, newest first; for administrators and support.
#[utoipa::path(get, path = "/v1/platform/certifications", operation_id = "listCertifications", tag = "party",
    params(CertificationsAsked), security(("session" = ["operator:support"])),
    responses((status = 200, body = Page<CertificationListed>), (status = "4XX", body = Problem)))]
async fn list_certifications(
    State(app): State<App>,
    _operator: Operator<Support>,
    Query(asked): Query<CertificationsAsked>,
) -> Result<axum::Json<Page<CertificationListed>>, Problem> {
    let by_name = |name: &str| named(&QUERY_MALFORMED, "/status", name, CertificationStatus::from_name);
    let status = asked.status.as_deref().map(by_name).transpose()?;
    let page = app.read(move |read| {
        let list = |after| match asked.merchant {
            Some(merchant) => party::queries::certifications_of(read, merchant, after, SIFTED_AT_ONCE),
            None => {
                let status = status.unwrap_or(CertificationStatus::Submitted);
                party::queries::certifications(read, status, after, SIFTED_AT_ONCE)
            }
        };
        let page = sift(
            asked.after,
            list,
            |found| found.id,
            |found| status.is_none_or(|status| found.status == status),
        )?;
        let merchants = page.items.iter().map(|found| found.merchant);
        let deciders = page.items.iter().filter_map(|found| found.decided_by);
        let names = Names::of(read, merchants, deciders)?;
        Ok(page.map(|found| CertificationListed::of(found, &names)))
    });
    Ok(axum::Json(page.await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfCertification {
    /// Which certification.
    #[param(value_type = String)]
    certification: CertificationId,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// Whether it is good.
    approve: bool,
    /// For the merchant to read. A refusal needs one.
    #[serde(default)]
    note: String,
}

#[derive(Serialize, ToSchema)]
struct Decided {
    /// The merchant's status now.
    merchant_status: String,
}

/// Approves or refuses a certification, once; for administrators and support.
#[utoipa::path(post, path = "/v1/platform/certifications/{certification}/decision",
    operation_id = "decideCertification", tag = "party", params(OfCertification),
    security(("session" = ["operator:support"])), request_body = Decision,
    responses((status = 200, body = Decided), (status = "4XX", body = Problem)))]
async fn decide_certification(
    State(app): State<App>,
    operator: Operator<Support>,
    Path(of): Path<OfCertification>,
    write: Write<Decision>,
) -> Result<Response, Problem> {
    let cmd = DecideCertification {
        certification: of.certification,
        approve: write.body.approve,
        note: write.body.note,
    };
    app.command(
        "decideCertification",
        of.certification,
        operator.actor(),
        write.key,
    )
    .locking(cmd.locks())
    .run(move |tx, ctx| {
        let status = party::decide_certification(tx, ctx, &cmd)?;
        Ok(Decided {
            merchant_status: status.as_str().to_owned(),
        })
    })
    .await
}
