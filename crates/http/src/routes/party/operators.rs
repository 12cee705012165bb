//! The platform's own people, and people whom support looks for.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use kernel::PersonId;
use party::{Contact, EndSessions, GrantOperator, OperatorRole, RevokeOperator};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::merchants::new_password;
use crate::access::{Admin, AnyOperator, Operator, Support};
use crate::app::App;
use crate::body::{Because, Path, Query, Write};
use crate::problem::Problem;
use crate::reject::{BODY_MALFORMED, QUERY_MALFORMED};
use crate::routes::sign_in::{Me, SessionsEnded, contact_at};
use crate::wire::{Created, malformed, named};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_operators))
        .routes(routes!(grant_operator))
        .routes(routes!(revoke_operator))
        .routes(routes!(find_person))
        .routes(routes!(end_sessions))
}

/// One of the platform's own people.
#[derive(Serialize, ToSchema)]
struct OperatorListed {
    #[schema(value_type = String)]
    person: PersonId,
    name: String,
    login: String,
    /// `admin`, `finance` or `support`.
    role: String,
    /// RFC 3339.
    granted_at: String,
}

/// The platform's own people; all of them may see it, because decisions bear their names.
#[utoipa::path(get, path = "/v1/platform/operators", operation_id = "listOperators", tag = "party",
    security(("session" = ["operator"])),
    responses((status = 200, body = Vec<OperatorListed>), (status = "4XX", body = Problem)))]
async fn list_operators(
    State(app): State<App>,
    _operator: Operator<AnyOperator>,
) -> Result<Json<Vec<OperatorListed>>, Problem> {
    let found = app.read(party::queries::operators).await?;
    let listed = found.into_iter().map(|operator| OperatorListed {
        person: operator.person,
        name: operator.name,
        login: operator.login,
        role: operator.role.as_str().to_owned(),
        granted_at: operator.granted_at.to_string(),
    });
    Ok(Json(listed.collect()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOperator {
    /// The person's mail address, to sign in with.
    login: String,
    /// 8 to 256 characters.
    password: String,
    /// The person's name.
    name: String,
    /// `admin`, `finance` or `support`.
    role: String,
}

/// Makes somebody one of the platform's own people, or gives one of them another role, name and password;
/// for administrators, and never for oneself.
#[utoipa::path(post, path = "/v1/platform/operators", operation_id = "grantOperator", tag = "party",
    security(("session" = ["operator:admin"])), request_body = NewOperator,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn grant_operator(
    State(app): State<App>,
    operator: Operator<Admin>,
    write: Write<NewOperator>,
) -> Result<Response, Problem> {
    let cmd = GrantOperator {
        login: contact_at("/login", &write.body.login)?,
        role: named(
            &BODY_MALFORMED,
            "/role",
            &write.body.role,
            OperatorRole::from_name,
        )?,
        password_hash: new_password(write.body.password).await?,
        name: write.body.name,
    };
    app.command("grantOperator", operator.person, operator.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(Created::of(party::grant_operator(tx, ctx, &cmd)?)))
        .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfPerson {
    /// Who.
    #[param(value_type = String)]
    person: PersonId,
}

/// Takes an operator's role away at once; for administrators, never from oneself and never from the last one.
#[utoipa::path(post, path = "/v1/platform/operators/{person}/revoke", operation_id = "revokeOperator", tag = "party",
    params(OfPerson), security(("session" = ["operator:admin"])), request_body = Because,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn revoke_operator(
    State(app): State<App>,
    operator: Operator<Admin>,
    Path(of): Path<OfPerson>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = RevokeOperator { person: of.person };
    app.command("revokeOperator", operator.person, operator.actor(), write.key)
        .because(&write.body.reason)?
        .run(move |tx, ctx| party::revoke_operator(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PeopleAsked {
    /// A phone number with its country code, or a mail address.
    contact: String,
}

/// Who proved this address or signs in with it: nobody, one person or two; for administrators and support.
#[utoipa::path(get, path = "/v1/platform/people", operation_id = "findPerson", tag = "party",
    params(PeopleAsked), security(("session" = ["operator:support"])),
    responses((status = 200, body = Vec<Me>), (status = "4XX", body = Problem)))]
async fn find_person(
    State(app): State<App>,
    _operator: Operator<Support>,
    Query(asked): Query<PeopleAsked>,
) -> Result<Json<Vec<Me>>, Problem> {
    let contact = Contact::parse(&asked.contact)
        .map_err(|reject| malformed(&QUERY_MALFORMED, "/contact", reject.detail))?;
    let found = app.read(move |read| {
        let mut people = Vec::new();
        for person in party::queries::people_at(read, &contact)? {
            let profile = party::queries::profile(read, person)?;
            let grants = party::queries::grants(read, person)?;
            people.extend(profile.map(|profile| Me::of(profile, grants)));
        }
        Ok(people)
    });
    Ok(Json(found.await?))
}

/// Signs a person out everywhere; for administrators and support.
#[utoipa::path(post, path = "/v1/platform/people/{person}/end-sessions", operation_id = "endSessionsAsPlatform",
    tag = "party", params(OfPerson), security(("session" = ["operator:support"])), request_body = Because,
    responses((status = 200, body = SessionsEnded), (status = "4XX", body = Problem)))]
async fn end_sessions(
    State(app): State<App>,
    operator: Operator<Support>,
    Path(of): Path<OfPerson>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = EndSessions { person: of.person };
    app.command("endSessions", of.person, operator.actor(), write.key)
        .because(&write.body.reason)?
        .run(move |tx, ctx| {
            Ok(SessionsEnded {
                ended: party::end_sessions(tx, ctx, &cmd)?,
            })
        })
        .await
}
