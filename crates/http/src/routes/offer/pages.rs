//! Offers as everybody sees them: a page, a merchant's list, and up to four side by side. Nothing of a
//! draft, and nothing of an agreement beyond what a buyer has to know.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use axum::extract::State;
use kernel::{AgreementId, GeoPoint, LocalText, MediaId, MerchantId, Money, OfferId, Timestamp};
use offer::{Agreement, AgreementStatus, Offer, OfferStatus, PriceRule};
use party::{MerchantStatus, NOT_FOUND};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx, StorageError};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{WireCard, WireDeposit, WirePriceRule};
use crate::access::OfMerchant;
use crate::app::App;
use crate::body::{Path, Query};
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::routes::party::{PublicStore, public_stores};
use crate::shell;
use crate::wire::{After, PAGE_SIZE, Page, WireMoney, WireRating, malformed};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_offer_page))
        .routes(routes!(list_offers))
        .routes(routes!(compare_offers))
}

/// The offer in the path.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfOffer {
    /// Which offer.
    #[param(value_type = String)]
    pub offer: OfferId,
}

/// An offer as everybody sees it.
#[derive(Serialize, ToSchema)]
pub struct PublicOffer {
    #[schema(value_type = String)]
    pub id: OfferId,
    #[schema(value_type = String)]
    pub merchant: MerchantId,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    pub title: LocalText,
    /// By language, with lines.
    #[schema(value_type = BTreeMap<String, String>)]
    pub description: LocalText,
    pub category: String,
    /// Of one unit bought now, before any discount.
    pub list_price: WireMoney,
    /// Of one unit bought now, after the agreement's discount.
    pub price: WireMoney,
    /// The least that one unit costs in some hours of the week or quantity, after the agreement's discount.
    pub price_from: WireMoney,
    /// What one unit costs otherwise, by time and quantity, after the agreement's discount.
    pub price_rules: Vec<WirePriceRule>,
    /// What it costs for those who buy it together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupOffer>,
    /// What is paid ahead, if the rest is paid at the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposit: Option<WireDeposit>,
    /// How often one voucher can be used; of a stored-value card what it is worth, in minor units of the price's currency.
    pub uses: i64,
    /// How, if it is a card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<WireCard>,
    /// How long after the purchase a voucher is valid, in microseconds.
    pub valid_us: i64,
    /// The most units in one order.
    pub max_per_order: i64,
    /// What becomes of a voucher that nobody used: `refund` or `forfeit`.
    pub on_expiry: String,
    /// From when it sells, RFC 3339.
    pub starts_at: String,
    /// Until when it sells, RFC 3339.
    pub ends_at: String,
    #[schema(value_type = Option<String>)]
    pub media: Option<MediaId>,
    /// Whether it sells now, stock aside.
    pub on_sale: bool,
    /// Units that are left now.
    pub units_left: i64,
    /// Whether it is sold for a time: `getBookingTerms` says how, and whether as an open ticket too.
    pub is_booked: bool,
    /// Where it is redeemed.
    pub stores: Vec<PublicStore>,
    /// What the reviews of these stores come to together.
    pub rating: WireRating,
}

/// An offer for those who buy it together. So many of them pay this for one unit each, or nothing.
#[derive(Serialize, ToSchema)]
pub struct GroupOffer {
    /// Before any discount.
    pub list_price: WireMoney,
    /// After the agreement's discount.
    pub price: WireMoney,
    /// How many buyers complete a group.
    pub size: i64,
    /// How long a group is open after its leader has paid, in microseconds.
    pub window_us: i64,
}

/// What [`get_offer_page`] shows.
pub fn public_offer(read: &mut ReadTx, id: OfferId, now: Timestamp) -> Result<PublicOffer, Fail> {
    Ok(load(read, id, now, None)?.0)
}

/// The offer, and how far its nearest store is from a place, in metres. A draft is not there.
fn load(
    read: &mut ReadTx,
    id: OfferId,
    now: Timestamp,
    from: Option<GeoPoint>,
) -> Result<(PublicOffer, Option<i64>), Fail> {
    let page = offer::queries::offer_page(read, id, now)?;
    let page = page.filter(|page| page.offer.status != OfferStatus::Draft);
    let page = page.ok_or_else(|| NOT_FOUND.plain())?;
    let stores = party::queries::stores(read, &page.stores)?;
    let distances = from.map(|from| {
        stores
            .iter()
            .map(move |store| from.distance_m(store.details.place).round() as i64)
    });
    let nearest = distances.and_then(Iterator::min);
    let (stores, rating) = public_stores(read, stores)?;
    let currency = page.offer.list_price.currency;
    let price_rules = page.offer.price_rules.rules.into_iter().map(|rule| {
        let price = offer::prices(&page.terms, Money::new(rule.price, currency)).due;
        let price = price.amount;
        PriceRule { price, ..rule }.into()
    });
    let group = page
        .offer
        .group
        .zip(page.group_price)
        .map(|(group, price)| GroupOffer {
            list_price: price.list.into(),
            price: price.due.into(),
            size: group.size,
            window_us: group.window_us,
        });
    let shown = PublicOffer {
        id,
        merchant: page.offer.merchant,
        title: page.offer.title,
        description: page.offer.description,
        category: page.offer.category,
        list_price: page.price.list.into(),
        price: page.price.due.into(),
        price_from: page.price_from.due.into(),
        price_rules: price_rules.collect(),
        group,
        deposit: page.offer.deposit.map(Into::into),
        uses: page.offer.uses,
        card: page.offer.card.map(Into::into),
        valid_us: page.offer.valid_us,
        max_per_order: page.offer.max_per_order,
        on_expiry: page.terms.on_expiry.as_str().to_owned(),
        starts_at: page.terms.starts_at.to_string(),
        ends_at: page.terms.ends_at.to_string(),
        media: page.offer.media,
        on_sale: page.on_sale,
        units_left: page.units_left,
        is_booked: page.is_booked,
        stores,
        rating: rating.into(),
    };
    Ok((shown, nearest))
}

/// The public page of an offer.
#[utoipa::path(get, path = "/v1/offers/{offer}", operation_id = "getOfferPage", tag = "offer",
    params(OfOffer), responses((status = 200, body = PublicOffer), (status = "4XX", body = Problem)))]
async fn get_offer_page(
    State(app): State<App>,
    Path(of): Path<OfOffer>,
) -> Result<axum::Json<PublicOffer>, Problem> {
    let now = shell::now();
    let page = app.read(move |read| public_offer(read, of.offer, now));
    Ok(axum::Json(page.await?))
}

/// An offer in its merchant's public list.
#[derive(Serialize, ToSchema)]
struct OfferListed {
    #[schema(value_type = String)]
    id: OfferId,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    title: LocalText,
    category: String,
    /// Of one unit at that price, before any discount.
    list_price: WireMoney,
    /// The least that one unit costs in some hours of the week or quantity, after the agreement's discount.
    price: WireMoney,
    /// Whether it costs more at other times or in smaller quantity.
    is_price_from: bool,
    #[schema(value_type = Option<String>)]
    media: Option<MediaId>,
    /// Whether it sells now, stock aside.
    on_sale: bool,
}

impl OfferListed {
    fn of(offer: Offer, agreement: &Agreement, certified: bool, now: Timestamp) -> Self {
        let accepted = agreement.status == AgreementStatus::Accepted;
        let price_from = offer.price_rules.price_from(offer.list_price);
        Self {
            id: offer.id,
            title: offer.title,
            category: offer.category,
            list_price: price_from.into(),
            price: offer::prices(&agreement.terms, price_from).due.into(),
            is_price_from: price_from != offer.list_price,
            media: offer.media,
            on_sale: certified && accepted && agreement.terms.is_live(now),
        }
    }
}

/// What a merchant has published, newest first. Pages may be shorter than others, or empty before the
/// last: what is not shown is left out.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/offers", operation_id = "listOffers", tag = "offer",
    params(OfMerchant, After<kernel::Offer>),
    responses((status = 200, body = Page<OfferListed>), (status = "4XX", body = Problem)))]
async fn list_offers(
    State(app): State<App>,
    Path(of): Path<OfMerchant>,
    Query(asked): Query<After<kernel::Offer>>,
) -> Result<axum::Json<Page<OfferListed>>, Problem> {
    let now = shell::now();
    let page = app.read(move |read| {
        let merchant = party::queries::merchant(read, of.merchant)?.ok_or_else(|| NOT_FOUND.plain())?;
        let certified = merchant.status == MerchantStatus::Certified;
        let found = offer::queries::offers_of(read, of.merchant, asked.after, PAGE_SIZE + 1)?;
        let page = Page::of(found, |offer| offer.id.to_string(), |offer| offer);
        let mut agreements = BTreeMap::new();
        let mut items = Vec::new();
        let published = page.items.into_iter();
        for offer in published.filter(|offer| offer.status == OfferStatus::Published) {
            let agreement = agreement_of(read, &mut agreements, &offer)?;
            items.push(OfferListed::of(offer, agreement, certified, now));
        }
        Ok(Page {
            items,
            next: page.next,
        })
    });
    Ok(axum::Json(page.await?))
}

/// The offer's agreement, asked for once per page.
fn agreement_of<'a>(
    read: &mut ReadTx,
    known: &'a mut BTreeMap<AgreementId, Agreement>,
    offer: &Offer,
) -> Result<&'a Agreement, Fail> {
    Ok(match known.entry(offer.agreement) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => {
            let agreement = offer::queries::agreement(read, offer.agreement)?;
            unknown.insert(agreement.ok_or_else(|| StorageError::bug("an offer without its agreement"))?)
        }
    })
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Comparison {
    /// Two to four different offers, with commas between.
    ids: String,
    /// Latitude that distances are measured from, with `lon`.
    lat: Option<f64>,
    /// Longitude.
    lon: Option<f64>,
}

impl Comparison {
    fn offers(&self) -> Result<Vec<OfferId>, Problem> {
        let ids = self.ids.split(',').take(5).map(str::parse::<OfferId>);
        let ids: Result<Vec<OfferId>, _> = ids.collect();
        let ids =
            ids.map_err(|_| malformed(&QUERY_MALFORMED, "/ids", "an offer's id looks like off_01h…"))?;
        let mut different = ids.clone();
        different.sort_unstable();
        different.dedup();
        if !(2..=4).contains(&ids.len()) || different.len() < ids.len() {
            return Err(malformed(
                &QUERY_MALFORMED,
                "/ids",
                "two to four different offers are compared",
            ));
        }
        Ok(ids)
    }

    fn from(&self) -> Result<Option<GeoPoint>, Problem> {
        let place = match (self.lat, self.lon) {
            (None, None) => return Ok(None),
            (Some(lat), Some(lon)) => GeoPoint::from_degrees(lat, lon),
            (Some(_), None) | (None, Some(_)) => None,
        };
        let detail = "a place is a latitude and a longitude, in degrees";
        place
            .map(Some)
            .ok_or_else(|| malformed(&QUERY_MALFORMED, "/lat", detail))
    }
}

#[derive(Serialize, ToSchema)]
struct Compared {
    /// In the order in which they were asked for.
    offers: Vec<ComparedOffer>,
}

#[derive(Serialize, ToSchema)]
struct ComparedOffer {
    #[serde(flatten)]
    offer: PublicOffer,
    /// Metres to the nearest of its stores, where the question says from where.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_m: Option<i64>,
}

/// Two to four offers side by side.
#[utoipa::path(get, path = "/v1/offers/compare", operation_id = "compareOffers", tag = "offer",
    params(Comparison), responses((status = 200, body = Compared), (status = "4XX", body = Problem)))]
async fn compare_offers(
    State(app): State<App>,
    Query(asked): Query<Comparison>,
) -> Result<axum::Json<Compared>, Problem> {
    let (ids, from, now) = (asked.offers()?, asked.from()?, shell::now());
    let compared = app.read(move |read| {
        let offers = ids.iter().map(|id| {
            let (offer, distance_m) = load(read, *id, now, from)?;
            Ok(ComparedOffer { offer, distance_m })
        });
        Ok(Compared {
            offers: offers.collect::<Result<_, Fail>>()?,
        })
    });
    Ok(axum::Json(compared.await?))
}
