//! For search engines: what they may read, and a map of the public pages in files of a size that they take.

use std::fmt::Write;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::{Merchant, Offer, StaticType, TypeSafeId};

use crate::app::App;
use crate::body::Query;
use crate::problem::Problem;
use crate::reject::NO_SUCH_ROUTE;
use crate::wire::After;

/// Things that one file is about; at most 50,000 by the format.
const PER_FILE: i64 = 10_000;

/// `/robots.txt`
pub async fn robots(State(app): State<App>) -> Response {
    let mut text = "User-agent: *\nDisallow: /merchant\nDisallow: /platform\nDisallow: /docs\n".to_owned();
    if app.site.public_url.is_some() {
        text.push_str(&format!("Sitemap: {}\n", app.site.url("/sitemap.xml")));
    }
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// `/sitemap.xml`: the files that follow.
pub async fn index(State(app): State<App>) -> Result<Response, Problem> {
    let read = app.read(|read| {
        let merchants = party::queries::certified_marks(read, PER_FILE)?;
        Ok((merchants, offer::queries::offer_marks(read, PER_FILE)?))
    });
    let (merchants, offers) = read.await?;
    let mut files = starts("/sitemap-merchants.xml", &merchants);
    files.extend(starts("/sitemap-offers.xml", &offers));
    answer(&app, "sitemapindex", "sitemap", files)
}

/// The files of one kind of thing: the first, and one after each mark.
fn starts<K: StaticType>(file: &str, marks: &[TypeSafeId<K>]) -> Vec<String> {
    let later = marks.iter().map(|mark| format!("{file}?after={mark}"));
    std::iter::once(file.to_owned()).chain(later).collect()
}

/// `/sitemap-merchants.xml`
pub async fn merchants(
    State(app): State<App>,
    Query(asked): Query<After<Merchant>>,
) -> Result<Response, Problem> {
    let found = app.read(move |read| party::queries::certified_after(read, asked.after, PER_FILE));
    let pages = found.await?.into_iter().map(|id| format!("/m/{id}"));
    answer(&app, "urlset", "url", pages)
}

/// `/sitemap-offers.xml`
pub async fn offers(State(app): State<App>, Query(asked): Query<After<Offer>>) -> Result<Response, Problem> {
    let found = app.read(move |read| offer::queries::sold_after(read, asked.after, PER_FILE));
    let pages = found.await?.into_iter().map(|id| format!("/o/{id}"));
    answer(&app, "urlset", "url", pages)
}

/// A file with the addresses of these paths. Ids and a checked address need no escaping.
fn answer(
    app: &App,
    list: &str,
    item: &str,
    paths: impl IntoIterator<Item = String>,
) -> Result<Response, Problem> {
    if app.site.public_url.is_none() {
        return Err(NO_SUCH_ROUTE
            .because("A map of the pages tells whole addresses: set public_url.")
            .into());
    }
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{list} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    );
    for path in paths {
        // Writing to a String never fails.
        let _ = writeln!(xml, "<{item}><loc>{}</loc></{item}>", app.site.url(&path));
    }
    let _ = writeln!(xml, "</{list}>");
    Ok(([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], xml).into_response())
}
