//! What a person decides about their own account: name and language, sessions, a copy of everything that
//! is stored, and the end of it.

mod export;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use convert::ErasePerson;
use kernel::SessionId;
use party::{EndSession, SessionView, UpdatePerson};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Consumer, SignedIn};
use crate::app::App;
use crate::body::{Nothing, Path, Write};
use crate::problem::Problem;
use crate::shell;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(update_me))
        .routes(routes!(list_my_sessions))
        .routes(routes!(end_session))
        .routes(routes!(erase_me))
        .merge(export::operations())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MyChange {
    /// 1 to 80 characters; absent: as it is.
    name: Option<String>,
    /// BCP 47 language tag; absent: as it is.
    locale: Option<String>,
}

/// Changes the caller's name and language.
#[utoipa::path(patch, path = "/v1/me", operation_id = "updateMe", tag = "me",
    security(("session" = ["consumer"])), request_body = MyChange,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn update_me(
    State(app): State<App>,
    consumer: Consumer,
    write: Write<MyChange>,
) -> Result<Response, Problem> {
    let cmd = UpdatePerson {
        name: write.body.name,
        locale: write.body.locale,
    };
    app.command("updatePerson", consumer.0, consumer.actor(), write.key)
        .run(move |tx, ctx| party::update_person(tx, ctx, &cmd))
        .await
}

/// A browser or app in which the caller is signed in.
#[derive(Serialize, ToSchema)]
struct MySession {
    #[schema(value_type = String)]
    id: SessionId,
    /// What it said it is.
    device: String,
    /// RFC 3339.
    created_at: String,
    /// When it ends by itself, RFC 3339.
    expires_at: String,
    /// Whether it is the one that asks.
    is_current: bool,
}

impl From<SessionView> for MySession {
    fn from(session: SessionView) -> Self {
        Self {
            id: session.id,
            device: session.device,
            created_at: session.created_at.to_string(),
            expires_at: session.expires_at.to_string(),
            is_current: session.is_current,
        }
    }
}

/// The caller's live sessions, newest first, at most 200.
#[utoipa::path(get, path = "/v1/me/sessions", operation_id = "listMySessions", tag = "me",
    security(("session" = ["consumer"])),
    responses((status = 200, body = Vec<MySession>), (status = "4XX", body = Problem)))]
async fn list_my_sessions(
    State(app): State<App>,
    signed_in: SignedIn,
) -> Result<Json<Vec<MySession>>, Problem> {
    let (person, current) = (signed_in.identity.session.person, signed_in.token_hash);
    let now = shell::now();
    let found = app.read(move |read| party::queries::sessions_of(read, person, current, now));
    Ok(Json(found.await?.into_iter().map(MySession::from).collect()))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfSession {
    /// One of the caller's sessions.
    #[param(value_type = String)]
    session: SessionId,
}

/// Ends one of the caller's sessions, such as that of a lost phone.
#[utoipa::path(delete, path = "/v1/me/sessions/{session}", operation_id = "endSession", tag = "me",
    params(OfSession), security(("session" = ["consumer"])),
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn end_session(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfSession>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = EndSession { session: of.session };
    app.command("endSession", consumer.0, consumer.actor(), write.key)
        .run(move |tx, ctx| party::end_session(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Erasure {
    /// Whether live vouchers, refunds on their way and rebates to spend are given up. Without it they
    /// forbid the erasure.
    give_up_open: bool,
}

/// Closes the caller's account for good: addresses, name, sessions, messages, conversations, and the words and pictures of
/// reviews and complaints are erased;
/// orders and money stay under an id that nobody can be found by. Not for who works for a merchant or the
/// platform.
#[utoipa::path(post, path = "/v1/me/erasure", operation_id = "eraseMe", tag = "me",
    security(("session" = ["consumer"])), request_body = Erasure,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn erase_me(
    State(app): State<App>,
    consumer: Consumer,
    write: Write<Erasure>,
) -> Result<Response, Problem> {
    let cmd = ErasePerson {
        give_up_open: write.body.give_up_open,
    };
    app.command("erasePerson", consumer.0, consumer.actor(), write.key)
        .run(move |tx, ctx| retain::erase_person(tx, ctx, &cmd))
        .await
}
