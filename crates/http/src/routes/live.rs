//! Server-sent events: what changes while somebody looks. Each stream ends after a minute and is opened
//! again by the browser, which asks for the page's data anew then.

use axum::extract::State;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{AnyOperator, Cashier, Consumer, OfMerchant, Operator, Staff};
use crate::app::App;
use crate::live::{News, listen};
use crate::problem::Problem;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(listen_as_consumer))
        .routes(routes!(listen_as_merchant))
        .routes(routes!(listen_as_platform))
}

/// What happens to the caller's orders, vouchers, coupons, rebates and conversations: events named `news`, and `missed`
/// where some were left out.
#[utoipa::path(get, path = "/v1/me/live", operation_id = "listenAsConsumer", tag = "live",
    security(("session" = ["consumer"])),
    responses((status = 200, body = News, content_type = "text/event-stream"), (status = "4XX", body = Problem)))]
async fn listen_as_consumer(State(app): State<App>, consumer: Consumer) -> impl IntoResponse {
    listen(&app, move |news| news.is_of_person(consumer.0)).await
}

/// What happens at the merchant: the same events.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/live", operation_id = "listenAsMerchant", tag = "live",
    params(OfMerchant), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = News, content_type = "text/event-stream"), (status = "4XX", body = Problem)))]
async fn listen_as_merchant(State(app): State<App>, staff: Staff<Cashier>) -> impl IntoResponse {
    listen(&app, move |news| news.is_of_merchant(staff.merchant)).await
}

/// Everything that happens: the same events.
#[utoipa::path(get, path = "/v1/platform/live", operation_id = "listenAsPlatform", tag = "live",
    security(("session" = ["operator"])),
    responses((status = 200, body = News, content_type = "text/event-stream"), (status = "4XX", body = Problem)))]
async fn listen_as_platform(State(app): State<App>, _operator: Operator<AnyOperator>) -> impl IntoResponse {
    listen(&app, |_| true).await
}
