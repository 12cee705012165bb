//! What the index holds: one document for each offer in each store that sells it, and how a document
//! is kept so that a hit can be shown without asking the database.

use std::borrow::Cow;

use kernel::{Currency, GeoPoint, LocalText, MerchantId, Money, OfferId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

/// An offer as it is sold in one store: the whole current state, so that applying it twice or late
/// changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferDoc {
    /// What is sold.
    pub offer: OfferId,
    /// Who sells it.
    pub merchant: MerchantId,
    /// Where. `(offer, store)` is the key of the document.
    pub store: StoreId,
    /// Name of the offer.
    pub title: LocalText,
    /// Name of the merchant.
    pub merchant_name: LocalText,
    /// Name of the store.
    pub store_name: LocalText,
    /// Names of dishes that the store serves, in any language: found by, and not kept, so that a hit has none.
    pub dishes: Vec<String>,
    /// Code of the category; a search names it exactly.
    pub category: String,
    /// Where the store is.
    pub place: GeoPoint,
    /// The least that one unit costs in some hours of the week or quantity.
    pub price: Money,
    /// Whether it costs more at other times or in smaller quantity.
    pub is_price_from: bool,
    /// What it would cost without the offer, if the merchant says so.
    pub list_price: Option<Money>,
    /// Mean of the stars times 1000, 1000 to 5000; `None` before the first review.
    pub rating_milli: Option<i64>,
    /// How many reviews the mean is of.
    pub review_count: i64,
    /// Shown from here on.
    pub live_from: Timestamp,
    /// Shown until just before here.
    pub live_until: Timestamp,
}

/// One step of a batch. Steps work in the order of the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Puts the document in place of what was there for the same offer and store.
    Upsert(Box<OfferDoc>),
    /// Takes the offer out of all stores.
    RemoveOffer(OfferId),
    /// Takes the offer out of one store.
    RemoveOfferFromStore(OfferId, StoreId),
    /// Takes everything out of the store.
    RemoveStore(StoreId),
    /// Takes out everything that the merchant sells.
    RemoveMerchant(MerchantId),
}

/// The document as JSON inside the index.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    offer: OfferId,
    merchant: MerchantId,
    store: StoreId,
    title: Cow<'a, LocalText>,
    merchant_name: Cow<'a, LocalText>,
    store_name: Cow<'a, LocalText>,
    category: Cow<'a, str>,
    lat: i64,
    lon: i64,
    price: (i64, Cow<'a, str>),
    is_price_from: bool,
    list_price: Option<(i64, Cow<'a, str>)>,
    rating_milli: Option<i64>,
    review_count: i64,
    live_from: i64,
    live_until: i64,
}

impl OfferDoc {
    /// The bytes that [`Self::from_kept`] reads.
    pub(super) fn to_kept(&self) -> Vec<u8> {
        let kept = Kept {
            offer: self.offer,
            merchant: self.merchant,
            store: self.store,
            title: Cow::Borrowed(&self.title),
            merchant_name: Cow::Borrowed(&self.merchant_name),
            store_name: Cow::Borrowed(&self.store_name),
            category: Cow::Borrowed(&self.category),
            lat: self.place.lat_microdegrees(),
            lon: self.place.lon_microdegrees(),
            price: money_to_kept(self.price),
            is_price_from: self.is_price_from,
            list_price: self.list_price.map(money_to_kept),
            rating_milli: self.rating_milli,
            review_count: self.review_count,
            live_from: self.live_from.0,
            live_until: self.live_until.0,
        };
        serde_json::to_vec(&kept).expect("texts and numbers are always JSON")
    }

    /// `None` if the bytes are not what [`Self::to_kept`] wrote.
    pub(super) fn from_kept(bytes: &[u8]) -> Option<Self> {
        let kept: Kept<'_> = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            offer: kept.offer,
            merchant: kept.merchant,
            store: kept.store,
            title: kept.title.into_owned(),
            merchant_name: kept.merchant_name.into_owned(),
            store_name: kept.store_name.into_owned(),
            dishes: Vec::new(),
            category: kept.category.into_owned(),
            place: GeoPoint::from_microdegrees(kept.lat, kept.lon)?,
            price: money_from_kept(kept.price)?,
            is_price_from: kept.is_price_from,
            list_price: match kept.list_price {
                Some(money) => Some(money_from_kept(money)?),
                None => None,
            },
            rating_milli: kept.rating_milli,
            review_count: kept.review_count,
            live_from: Timestamp(kept.live_from),
            live_until: Timestamp(kept.live_until),
        })
    }
}

fn money_to_kept(money: Money) -> (i64, Cow<'static, str>) {
    (money.amount, Cow::Borrowed(money.currency.code()))
}

fn money_from_kept((amount, code): (i64, Cow<'_, str>)) -> Option<Money> {
    Some(Money::new(amount, Currency::from_code(&code)?))
}
