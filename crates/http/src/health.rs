//! `/healthz`: the process lives. `/readyz`: it can serve. `/metrics`: how it does, for Prometheus.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use crate::app::App;
use crate::shell;

/// A node whose clock is further from the database's is not ready.
const MAX_CLOCK_OFFSET_US: i64 = 500_000;

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers and its clock agrees with this node's.
pub async fn readyz(State(app): State<App>) -> impl IntoResponse {
    let before = shell::now();
    match app.store.read(|read| Ok(read.database_now()?)).await {
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n".to_owned(),
        ),
        Ok(Some(database_now)) if database_now.since_us(before).abs() > MAX_CLOCK_OFFSET_US => {
            let offset_ms = database_now.since_us(before) / 1000;
            (
                StatusCode::SERVICE_UNAVAILABLE,
                format!("the clock is {offset_ms} ms from the database's\n"),
            )
        }
        Ok(_) => (StatusCode::OK, "ready\n".to_owned()),
    }
}

/// Counters and histograms in the Prometheus text format.
pub async fn metrics(State(app): State<App>) -> String {
    app.metrics.render()
}
