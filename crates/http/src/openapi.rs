//! The whole API as one router and one OpenAPI 3.1 document, made from the same list of handlers, and
//! what stands around it: body limits, security headers, the browsable documentation.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::ToSchema;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use crate::access::SESSION_COOKIE;
use crate::app::App;
use crate::body::Nothing;
use crate::health;
use crate::problem::{PROBLEM_JSON, Problem, problems_markdown};
use crate::routes;
use crate::web;

/// A body that is larger than this is refused, except where a route says otherwise.
const MAX_BODY_BYTES: usize = 64 * 1024;

fn api() -> OpenApiRouter<App> {
    let info = InfoBuilder::new()
        .title("Qiao")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "The open platform for online-to-offline commerce. Every write takes an Idempotency-Key and may be repeated \
             with it; every refusal is a problem document (RFC 9457) whose type is listed at /problems. The scopes of \
             `session` name the least role: consumer, staff:cashier, staff:manager, staff:owner, operator (any of the \
             platform's own people), operator:finance and operator:support (an administrator is both), operator:admin.",
        ))
        .build();
    let mut document = OpenApiBuilder::new().info(info).build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("session", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let cookie = ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE));
    components.add_security_scheme("session_cookie", SecurityScheme::ApiKey(cookie));
    OpenApiRouter::with_openapi(document).merge(routes::all())
}

/// The OpenAPI document.
pub fn document() -> OpenApi {
    split().1
}

fn split() -> (Router<App>, OpenApi) {
    let (api, mut document) = api().split_for_parts();
    say_what_may_be_left_out(&mut document);
    say_what_problems_come_as(&mut document);
    (api, document)
}

/// A refusal has a media type of its own (RFC 9457), which the attributes of the operations leave out.
fn say_what_problems_come_as(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            if let Some(RefOr::T(refusal)) = operation.responses.responses.get_mut("4XX") {
                let content = std::mem::take(&mut refusal.content);
                let as_problem = |content| (PROBLEM_JSON.to_owned(), content);
                refusal.content = content.into_values().map(as_problem).collect();
            }
        }
    }
}

/// A body that holds nothing may be left out; the attribute of an operation cannot say so.
fn say_what_may_be_left_out(document: &mut OpenApi) {
    let nothing = RefOr::Ref(Ref::from_schema_name(Nothing::name()));
    let holds_nothing = |content: &RefOr<Content>| match content {
        RefOr::T(content) => content.schema.as_ref() == Some(&nothing),
        RefOr::Ref(_) => false,
    };
    let writes = document
        .paths
        .paths
        .values_mut()
        .filter_map(|item| item.post.as_mut());
    for body in writes.filter_map(|write| write.request_body.as_mut()) {
        if let RefOr::T(body) = body
            && body.content.values().any(holds_nothing)
        {
            body.required = Some(Required::False);
        }
    }
}

/// Everything that the server answers.
pub fn router(app: App) -> Router {
    let (api, document) = split();
    let api = api
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .route("/problems", get(problems_page))
        .route("/problems/{code}", get(problems_page))
        .merge(routes::demo::pages())
        .merge(web::pages())
        .fallback(web::fallback)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(app);
    // The documentation page brings its own inline script, so the strict policy does not cover it.
    let documentation = SwaggerUi::new("/docs").url("/openapi.json", document);
    api.layer(middleware::from_fn(add_security_headers))
        .merge(documentation)
        .layer(CatchPanicLayer::custom(answer_panic))
}

async fn problems_page() -> impl IntoResponse {
    (
        [(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/markdown; charset=utf-8"),
        )],
        problems_markdown(),
    )
}

fn answer_panic(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::from(store::NoAnswer::Broken("a handler panicked".to_owned())).into_response()
}

async fn add_security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
