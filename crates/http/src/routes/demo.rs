//! Pages that exist in demo mode alone: who can sign in, and the messages that would have gone to phones
//! and mailboxes.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};

use crate::app::App;
use crate::outbox::{DemoInfo, Message};
use crate::problem::Problem;
use crate::reject::NO_SUCH_ROUTE;

/// `/demo` and `/demo/outbox`.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/demo", get(info))
        .route("/demo/outbox", get(outbox))
}

async fn info(State(app): State<App>) -> Result<Json<DemoInfo>, Problem> {
    app.outbox
        .info()
        .cloned()
        .map(Json)
        .ok_or_else(|| NO_SUCH_ROUTE.plain().into())
}

async fn outbox(State(app): State<App>) -> Result<Json<Vec<Message>>, Problem> {
    app.outbox
        .messages()
        .map(Json)
        .ok_or_else(|| NO_SUCH_ROUTE.plain().into())
}
