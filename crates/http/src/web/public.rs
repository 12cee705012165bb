//! The public pages of offers and merchants. A share link is the page of its offer.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use kernel::{LocalText, Money, OfferId};
use maud::{Markup, html};
use party::NOT_FOUND;
use serde_json::{Value, json};

use super::assets;
use super::head::Head;
use crate::access::OfMerchant;
use crate::app::App;
use crate::body::Path;
use crate::problem::Problem;
use crate::routes::convert::OfGroup;
use crate::routes::offer::{OfOffer, PublicOffer, public_offer};
use crate::routes::party::{MerchantPage, PublicStore, merchant_page};
use crate::shell;
use crate::site::Site;
use crate::wire::WireRating;

const PAGE: &str = "index.html";

/// The first language that the client names; Chinese where it names none.
pub struct Language(String);

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let named = parts
            .headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let first = named
            .and_then(|text| text.split([',', ';']).next())
            .map(str::trim);
        let first = first.filter(|tag| !tag.is_empty() && *tag != "*");
        Ok(Self(first.unwrap_or("zh-CN").to_owned()))
    }
}

impl Language {
    fn of<'a>(&self, text: &'a LocalText) -> &'a str {
        text.in_language(&self.0)
    }
}

/// An id in the path; what is none leads to the page that says so, like one of nothing.
type InPath<T> = Result<Path<T>, Problem>;

/// The page of an offer.
pub async fn offer(State(app): State<App>, language: Language, of: InPath<OfOffer>) -> Response {
    let head = async {
        Ok(head_of_offer(
            &app.site,
            &language,
            &sold_by(&app, of?.0.offer).await?,
        ))
    };
    answer(&app.site, head.await)
}

/// The page of a group of buyers: its offer, for the group's price.
pub async fn group(State(app): State<App>, language: Language, of: InPath<OfGroup>) -> Response {
    let head = async {
        let id = of?.0.group;
        let found = app.read(move |read| convert::queries::group(read, id)).await?;
        let found = found.ok_or_else(|| Problem::from(NOT_FOUND.plain()))?;
        let offer = sold_by(&app, found.offer).await?;
        let head = head_of_offer(&app.site, &language, &offer);
        let price = offer.0.group.map(|group| Money::from(group.price).to_string());
        Ok(Head {
            title: price
                .zip(head.title)
                .map(|(price, title)| format!("{price} · {title}")),
            url: app.site.url(&format!("/g/{id}")),
            ..head
        })
    };
    answer(&app.site, head.await)
}

/// The page of a merchant.
pub async fn merchant(State(app): State<App>, language: Language, of: InPath<OfMerchant>) -> Response {
    let head = async {
        let merchant = of?.0.merchant;
        let page = app.read(move |read| merchant_page(read, merchant)).await?;
        Ok(head_of_merchant(&app.site, &language, &page))
    };
    answer(&app.site, head.await)
}

/// An offer and the name of the merchant who sells it.
async fn sold_by(app: &App, offer: OfferId) -> Result<(PublicOffer, LocalText), Problem> {
    let now = shell::now();
    let found = app.read(move |read| {
        let offer = public_offer(read, offer, now)?;
        let merchant = party::queries::merchant(read, offer.merchant)?.ok_or_else(|| NOT_FOUND.plain())?;
        Ok((offer, merchant.name))
    });
    found.await
}

/// The page itself; where it cannot be shown, the app that says so, under the status of the reason.
fn answer(site: &Site, head: Result<Head, Problem>) -> Response {
    assets::page(
        site,
        PAGE,
        head.unwrap_or_else(|problem| Head {
            status: problem.status(),
            ..Head::default()
        }),
    )
}

fn head_of_offer(site: &Site, language: &Language, (offer, merchant): &(PublicOffer, LocalText)) -> Head {
    let (title, description) = (language.of(&offer.title), language.of(&offer.description));
    let (price, url) = (
        Money::from(offer.price.clone()),
        site.url(&format!("/o/{}", offer.id)),
    );
    let picture = offer.media.map(|media| site.url(&format!("/v1/media/{media}")));
    let data = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": title,
        "description": description,
        "image": picture,
        "aggregateRating": rating(&offer.rating),
        "offers": {
            "@type": "Offer",
            "price": price.to_string().split(' ').next(),
            "priceCurrency": price.currency.code(),
            "url": url,
            "validFrom": offer.starts_at,
            "priceValidUntil": offer.ends_at,
            "availability": if offer.on_sale && offer.units_left > 0 { "https://schema.org/InStock" } else { "https://schema.org/SoldOut" },
            "availableAtOrFrom": offer.stores.iter().map(|store| business(language, store)).collect::<Vec<_>>(),
        },
    });
    Head {
        status: StatusCode::OK,
        language: Some(language.0.clone()),
        title: Some(title.to_owned()),
        description: excerpt(description),
        url,
        picture: picture.clone(),
        data: Some(data),
        content: html! {
            main {
                h1 { (title) }
                p { (price) }
                @if let Some(picture) = &picture { img src=(picture) alt=(title); }
                p { (description) }
                (stores(language, &offer.stores))
                p { a href=(format!("/m/{}", offer.merchant)) rel="up" { (language.of(merchant)) } }
            }
        },
    }
}

fn head_of_merchant(site: &Site, language: &Language, page: &MerchantPage) -> Head {
    let (name, url) = (language.of(&page.name), site.url(&format!("/m/{}", page.id)));
    let logo = page.logo.map(|logo| site.url(&format!("/v1/media/{logo}")));
    let addresses: Vec<_> = page.stores.iter().map(|store| store.address.as_str()).collect();
    let data = json!({
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": name,
        "url": url,
        "logo": logo,
        "aggregateRating": rating(&page.rating),
        "subOrganization": page.stores.iter().map(|store| business(language, store)).collect::<Vec<_>>(),
    });
    Head {
        status: StatusCode::OK,
        language: Some(language.0.clone()),
        title: Some(name.to_owned()),
        description: excerpt(&addresses.join(" · ")),
        url,
        picture: logo,
        data: Some(data),
        content: html! {
            main { h1 { (name) } (stores(language, &page.stores)) }
        },
    }
}

fn stores(language: &Language, stores: &[PublicStore]) -> Markup {
    html! {
        ul {
            @for store in stores {
                li { (language.of(&store.name)) ", " (store.address) " " (store.phone) }
            }
        }
    }
}

fn business(language: &Language, store: &PublicStore) -> Value {
    json!({
        "@type": "LocalBusiness",
        "name": language.of(&store.name),
        "address": store.address,
        "telephone": store.phone,
        "geo": { "@type": "GeoCoordinates", "latitude": store.place.lat, "longitude": store.place.lon },
        "aggregateRating": rating(&store.rating),
    })
}

fn rating(rating: &WireRating) -> Option<Value> {
    let mean = rating.mean_hundredths?;
    Some(json!({
        "@type": "AggregateRating",
        "ratingValue": format!("{}.{:02}", mean / 100, mean % 100),
        "reviewCount": rating.review_count,
    }))
}

/// The beginning of a text, as long as search results show it.
fn excerpt(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().take(160).collect()
}
