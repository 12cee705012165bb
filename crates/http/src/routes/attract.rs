//! Search: offers by words, place, category, price and rating, from the index.

use std::collections::BTreeMap;
use std::sync::Arc;

use attract::{Near, PriceRange, SearchFail, SearchHit, SearchIndex, SearchQuery, Sort, Suggestion};
use axum::Json;
use axum::extract::State;
use kernel::{Currency, GeoPoint, LocalText, MediaId, MerchantId, OfferId, StoreId};
use offer::queries::Face;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::Query;
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::shell;
use crate::wire::{Place, WireMoney, WireRating, malformed};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(search_offers))
        .routes(routes!(suggest_searches))
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
    /// Least mean of the stars, in hundredths.
    min_rating_hundredths: Option<i64>,
    /// `relevance`, `distance` (needs a place), `price` (needs a currency), `rating` or `review_count`.
    sort: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The circle to search in, if a place is given.
fn near(lat: Option<f64>, lon: Option<f64>, radius_m: Option<i64>) -> Result<Option<Near>, Problem> {
    let wrong = |detail: &str| malformed(&QUERY_MALFORMED, "/lat", detail);
    match (lat, lon) {
        (Some(lat), Some(lon)) => {
            let place = GeoPoint::from_degrees(lat, lon).ok_or_else(|| wrong("there is no such place"))?;
            Ok(Some(Near {
                place,
                radius_m: radius_m.unwrap_or(DEFAULT_RADIUS_M),
            }))
        }
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(wrong("lat and lon come together")),
    }
}

impl Search {
    fn into_query(self) -> Result<SearchQuery, Problem> {
        let wrong = |field, detail: &str| malformed(&QUERY_MALFORMED, field, detail);
        let near = near(self.lat, self.lon, self.radius_m)?;
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
            // One that is out of range in hundredths is so in thousandths.
            min_rating_milli: self.min_rating_hundredths.map(|rating| rating.saturating_mul(10)),
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
    /// The least that one unit costs in some hours of the week or quantity.
    price: WireMoney,
    /// Whether it costs more at other times or in smaller quantity.
    is_price_from: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_price: Option<WireMoney>,
    /// What the reviews of this store come to.
    rating: WireRating,
    #[schema(value_type = Option<String>)]
    media: Option<MediaId>,
}

impl FoundOffer {
    fn of(hit: SearchHit, faces: &BTreeMap<OfferId, Face>) -> Self {
        let doc = hit.doc;
        Self {
            media: faces.get(&doc.offer).and_then(|(_, media)| *media),
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
            is_price_from: doc.is_price_from,
            list_price: doc.list_price.map(WireMoney::from),
            rating: WireRating {
                mean_hundredths: doc.rating_milli.map(|rating| rating / 10),
                review_count: doc.review_count,
            },
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
    let (query, now) = (search.into_query()?, shell::now());
    let page = ask_index(&app, move |index| index.search(&query, now)).await?;
    let offers: Vec<OfferId> = page.hits.iter().map(|hit| hit.doc.offer).collect();
    let faces = app.read(move |read| offer::queries::faces(read, &offers)).await?;
    let items = page.hits.into_iter().map(|hit| FoundOffer::of(hit, &faces));
    Ok(Json(SearchResults {
        items: items.collect(),
        next: page.next,
        relaxed: page.relaxed,
    }))
}

/// The index is asked on threads that may wait.
async fn ask_index<T: Send + 'static>(
    app: &App,
    question: impl FnOnce(&SearchIndex) -> Result<T, SearchFail> + Send + 'static,
) -> Result<T, Problem> {
    let index = Arc::clone(&app.search);
    let answer = tokio::task::spawn_blocking(move || question(&index)).await;
    match answer.map_err(|error| store::NoAnswer::Broken(error.to_string()))? {
        Ok(found) => Ok(found),
        Err(SearchFail::Reject(reject)) => Err(reject.into()),
        Err(SearchFail::Index(error)) => Err(store::NoAnswer::Broken(error.to_string()).into()),
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Typed {
    /// What was typed so far.
    text: String,
    /// Latitude of the place to search near; together with `lon`.
    lat: Option<f64>,
    /// Longitude.
    lon: Option<f64>,
    /// Within how many metres, 1 to 40000; 5000 unless given.
    radius_m: Option<i64>,
}

/// Something to search for instead of what was typed.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum SearchSuggestion {
    /// Everything of a category.
    Category {
        /// Its code.
        category: String,
    },
    /// A merchant.
    Merchant {
        /// By language.
        #[schema(value_type = BTreeMap<String, String>)]
        name: LocalText,
    },
    /// An offer.
    Offer {
        /// Its title by language.
        #[schema(value_type = BTreeMap<String, String>)]
        name: LocalText,
    },
}

impl From<Suggestion> for SearchSuggestion {
    fn from(suggestion: Suggestion) -> Self {
        match suggestion {
            Suggestion::Category(category) => Self::Category { category },
            Suggestion::Merchant(name) => Self::Merchant { name },
            Suggestion::Offer(name) => Self::Offer { name },
        }
    }
}

/// At most eight things that whoever is still typing may mean: a category, merchants, offers.
#[utoipa::path(get, path = "/v1/search/suggestions", operation_id = "suggestSearches", tag = "attract",
    params(Typed), responses((status = 200, body = Vec<SearchSuggestion>), (status = "4XX", body = Problem)))]
async fn suggest_searches(
    State(app): State<App>,
    Query(typed): Query<Typed>,
) -> Result<Json<Vec<SearchSuggestion>>, Problem> {
    let (near, now) = (near(typed.lat, typed.lon, typed.radius_m)?, shell::now());
    let found = ask_index(&app, move |index| index.suggest(&typed.text, near, now));
    let found = found.await?.into_iter();
    Ok(Json(found.map(SearchSuggestion::from).collect()))
}
