//! Pages that exist in demo mode alone: the messages that would have gone to phones and mailboxes.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};

use crate::app::App;
use crate::outbox::Message;
use crate::problem::Problem;
use crate::reject::NO_SUCH_ROUTE;

/// `/demo/outbox`: the last messages, the newest first.
pub fn pages() -> Router<App> {
    Router::new().route("/demo/outbox", get(outbox))
}

async fn outbox(State(app): State<App>) -> Result<Json<Vec<Message>>, Problem> {
    app.outbox.messages().map(Json).ok_or_else(|| NO_SUCH_ROUTE.plain().into())
}
