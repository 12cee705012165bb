//! What waits for the platform's own people, counted: the first thing that they see.

use axum::Json;
use axum::extract::State;
use kernel::DAY_US;
use ledger::PayoutStatus;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{AnyOperator, Operator};
use crate::app::App;
use crate::problem::Problem;
use crate::shell;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_waiting))
}

/// How much waits, by what has to be done.
#[derive(Serialize, ToSchema)]
struct Waiting {
    /// Certifications that were handed in and not decided.
    certifications: i64,
    /// Agreements on whose terms the merchant spoke last.
    agreements: i64,
    /// Payouts that a second operator has to approve.
    payouts_proposed: i64,
    /// Payouts whose transfer failed.
    payouts_failed: i64,
    /// Refunds that the provider refused.
    refunds_failed: i64,
    /// Money that came and that no order explains, not looked into yet.
    payment_conflicts: i64,
    /// Complaints that the platform is to decide.
    complaints: i64,
    /// Offline scans that lost in the last seven days.
    scan_conflicts: i64,
}

/// What waits for the platform's own people.
#[utoipa::path(get, path = "/v1/platform/waiting", operation_id = "getWaiting", tag = "figures",
    security(("session" = ["operator"])),
    responses((status = 200, body = Waiting), (status = "4XX", body = Problem)))]
async fn get_waiting(
    State(app): State<App>,
    _operator: Operator<AnyOperator>,
) -> Result<Json<Waiting>, Problem> {
    let week_ago = shell::now().plus_us(-7 * DAY_US);
    let waiting = app.read(move |read| {
        Ok(Waiting {
            certifications: party::queries::certifications_waiting(read)?,
            agreements: offer::queries::agreements_waiting(read)?,
            payouts_proposed: ledger::queries::payout_count(read, PayoutStatus::Proposed)?,
            payouts_failed: ledger::queries::payout_count(read, PayoutStatus::Failed)?,
            refunds_failed: convert::queries::refunds_failed(read)?,
            payment_conflicts: convert::queries::payment_conflicts_open(read)?,
            complaints: feedback::queries::complaints_waiting(read)?,
            scan_conflicts: consume::queries::conflicts_since(read, week_ago)?,
        })
    });
    Ok(Json(waiting.await?))
}
