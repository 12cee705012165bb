//! The web apps of the three faces: their files, which the binary holds, and the public pages, which
//! arrive with what they show, so that people without scripts and machines can read them.

mod assets;
mod head;
mod public;
mod sitemap;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::problem::Problem;
use crate::reject::NO_SUCH_ROUTE;

/// The public pages, and the map of them.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/o/{offer}", get(public::offer))
        .route("/g/{group}", get(public::group))
        .route("/m/{merchant}", get(public::merchant))
        .route("/robots.txt", get(sitemap::robots))
        .route("/sitemap.xml", get(sitemap::index))
        .route("/sitemap-merchants.xml", get(sitemap::merchants))
        .route("/sitemap-offers.xml", get(sitemap::offers))
}

/// Everything that is no operation: a file of the web apps, or the page on which a face starts; else a
/// problem.
pub async fn fallback(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads || path.starts_with("/v1/") {
        return Problem::from(NO_SUCH_ROUTE.plain()).into_response();
    }
    if let Some(file) = assets::file(&app.site, path, request.headers()) {
        return file;
    }
    let accepted = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accepted| accepted.to_str().ok());
    let is_face = matches!(path, "/" | "/merchant" | "/platform");
    // A browser that opens a page says so; the start of a face is also fetched to be kept for later.
    if !is_face && !accepted.is_some_and(|accepted| accepted.contains("text/html")) {
        return Problem::from(NO_SUCH_ROUTE.plain()).into_response();
    }
    let face = match path.split('/').nth(1) {
        Some("merchant") => "merchant.html",
        Some("platform") => "platform.html",
        _ => "index.html",
    };
    assets::page(&app.site, face, head::Head::default())
}
