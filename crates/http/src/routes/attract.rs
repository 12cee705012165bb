//! Search: offers by words, place, category, price and rating, from the index.

use std::sync::Arc;

use attract::{Near, PriceRange, SearchFail, SearchHit, SearchQuery, Sort};
use axum::Json;
use axum::extract::State;
use kernel::{Currency, GeoPoint, LocalText, MerchantId, OfferId, StoreId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::Query;
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::shell;
use crate::wire::{Place, WireMoney, malformed};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(search_offers))
}

const PAGE_SIZE: usize = 20;
const DEFAULT_RADIUS_M: i64 = 5_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Search {
    /// Words, Chinese or English; none browses.
    #[serde(default)]
    text: String,
    /// Latitude of the place to search near; together with `lon`.
    lat: Option<f64>,
    /// Longitude.
    lon: Option<f64>,
    /// Within how many metres, 1 to 40000; 5000 unless given.
    radius_m: Option<i64>,
    /// Code of a category.
    category: Option<String>,
    /// Currency of `price_min` and `price_max`.
    currency: Option<String>,
    /// Least price, minor units.
    price_min: Option<i64>,
    /// Highest price, minor units.
    price_max: Option<i64>,
    /// Least mean of the stars times 1000.
    min_rating_milli: Option<i64>,
    /// `relevance`, `distance` (needs a place), `price` (needs a currency), `rating` or `review_count`.
    sort: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl Search {
    fn into_query(self) -> Result<SearchQuery, Problem> {
        let wrong = |field, detail: &str| malformed(&QUERY_MALFORMED, field, detail);
        let near = match (self.lat, self.lon) {
            (Some(lat), Some(lon)) => {
                let place = GeoPoint::from_degrees(lat, lon)
                    .ok_or_else(|| wrong("/lat", "there is no such place"))?;
                Some(Near {
                    place,
                    radius_m: self.radius_m.unwrap_or(DEFAULT_RADIUS_M),
                })
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(wrong("/lat", "lat and lon come together")),
        };
        let price = match (self.price_min, self.price_max, self.currency) {
            (None, None, None) => None,
            (min, max, Some(code)) => {
                let currency = Currency::from_code(&code);
                let currency = currency.ok_or_else(|| wrong("/currency", "no ISO 4217 currency code"))?;
                Some(PriceRange { currency, min, max })
            }
            (_, _, None) => return Err(wrong("/currency", "a price needs its currency")),
        };
        let sort = match self.sort.as_deref() {
            None if near.is_some() && self.text.trim().is_empty() => Sort::Distance,
            None | Some("relevance") => Sort::Relevance,
            Some("distance") => Sort::Distance,
            Some("price") => Sort::Price,
            Some("rating") => Sort::Rating,
            Some("review_count") => Sort::ReviewCount,
            Some(_) => {
                return Err(wrong(
                    "/sort",
                    "relevance, distance, price, rating or review_count",
                ));
            }
        };
        Ok(SearchQuery {
            text: self.text,
            near,
            category: self.category,
            price,
            min_rating_milli: self.min_rating_milli,
            sort,
            page_size: PAGE_SIZE,
            cursor: self.cursor,
        })
    }
}

#[derive(Serialize, ToSchema)]
struct SearchResults {
    items: Vec<FoundOffer>,
    /// Give this as `cursor` to get the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// Nothing had all the words, so these have only some of them.
    relaxed: bool,
}

#[derive(Serialize, ToSchema)]
struct FoundOffer {
    #[schema(value_type = String)]
    offer: OfferId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// The store that comes first in the order, the nearest of equals.
    #[schema(value_type = String)]
    store: StoreId,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: LocalText,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    merchant_name: LocalText,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    store_name: LocalText,
    category: String,
    place: Place,
    /// Whole metres from the searched place.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_m: Option<i64>,
    price: WireMoney,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_price: Option<WireMoney>,
    /// Mean of the stars times 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    rating_milli: Option<i64>,
    review_count: i64,
}

impl From<SearchHit> for FoundOffer {
    fn from(hit: SearchHit) -> Self {
        let doc = hit.doc;
        Self {
            offer: doc.offer,
            merchant: doc.merchant,
            store: doc.store,
            title: doc.title,
            merchant_name: doc.merchant_name,
            store_name: doc.store_name,
            category: doc.category,
            place: doc.place.into(),
            distance_m: hit.distance_m,
            price: doc.price.into(),
            list_price: doc.list_price.map(WireMoney::from),
            rating_milli: doc.rating_milli,
            review_count: doc.review_count,
        }
    }
}

/// Offers that can be bought now, by words, place, category, price and rating.
#[utoipa::path(get, path = "/v1/search", operation_id = "searchOffers", tag = "attract", params(Search),
    responses((status = 200, body = SearchResults), (status = "4XX", body = Problem)))]
async fn search_offers(
    State(app): State<App>,
    Query(search): Query<Search>,
) -> Result<Json<SearchResults>, Problem> {
    let (query, index, now) = (search.into_query()?, Arc::clone(&app.search), shell::now());
    let found = tokio::task::spawn_blocking(move || index.search(&query, now)).await;
    let page = match found.map_err(|error| store::NoAnswer::Broken(error.to_string()))? {
        Ok(page) => page,
        Err(SearchFail::Reject(reject)) => return Err(reject.into()),
        Err(SearchFail::Index(error)) => return Err(store::NoAnswer::Broken(error.to_string()).into()),
    };
    Ok(Json(SearchResults {
        items: page.hits.into_iter().map(FoundOffer::from).collect(),
        next: page.next,
        relaxed: page.relaxed,
    }))
}
