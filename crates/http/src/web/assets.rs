//! The files that `npm run build` made, as the binary holds them (a development build reads them from
//! `web/dist`). A build without them answers every page with a note.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_embed::Embed;

use super::head::Head;
use crate::site::Site;

#[derive(Embed)]
#[folder = "../../web/dist"]
struct Dist;

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><head><title>Qiao</title></head><body><div id=\"app\"></div>\
    <p>This build has no web apps: build them with <code>make web</code> and Qiao again. \
    The API is described at <a href=\"/docs\">/docs</a>.</p></body></html>";

/// The file at this path, compressed where the client takes that; `None`: there is none, or it is a page.
pub fn file(site: &Site, path: &str, headers: &HeaderMap) -> Option<Response> {
    let name = path.strip_prefix('/').filter(|name| !name.ends_with(".html"))?;
    let content_type = content_type(name)?;
    let compressed = takes_brotli(headers)
        .then(|| Dist::get(&format!("{name}.br")))
        .flatten();
    let is_compressed = compressed.is_some();
    let data = compressed.or_else(|| Dist::get(name))?.data;
    // Vite names what lies in `assets` by its content.
    let cache = match name.starts_with("assets/") {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        // A service worker fetches under the policy of its own file.
        (header::CONTENT_SECURITY_POLICY, site.page_policy()),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    let mut response = (headers, body(data)).into_response();
    if is_compressed {
        let brotli = HeaderValue::from_static("br");
        response.headers_mut().insert(header::CONTENT_ENCODING, brotli);
    }
    Some(response)
}

/// The page on which a face starts, with what it says of itself.
pub fn page(site: &Site, name: &str, head: Head) -> Response {
    let file = Dist::get(name);
    let html = file
        .as_ref()
        .and_then(|file| std::str::from_utf8(&file.data).ok());
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, site.page_policy()),
    ];
    (head.status, headers, head.written_into(html.unwrap_or(NOT_BUILT))).into_response()
}

fn body(data: Cow<'static, [u8]>) -> axum::body::Body {
    match data {
        Cow::Borrowed(bytes) => axum::body::Body::from(bytes),
        Cow::Owned(bytes) => axum::body::Body::from(bytes),
    }
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let mut encodings = accepted.unwrap_or_default().split(',');
    encodings.any(|encoding| encoding.trim() == "br" || encoding.trim().starts_with("br;q=0."))
}

/// Of the kinds of files that the web apps have; others are not served.
fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}
