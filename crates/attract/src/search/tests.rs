//! What people notice: that things are found by the words that they use, in the right order, once, at
//! the edges of circles and of the world, after a crash and whatever is typed.

mod behaviour;
mod feeding;
mod hostile;
mod model;

use kernel::{Currency, GeoPoint, LocalText, Money, OfferId, StaticType, StoreId, Timestamp, TypeSafeId};
use uuid::Uuid;

use super::{Change, Cursors, Near, OfferDoc, SearchIndex, SearchPage, SearchQuery};

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

fn id<K: StaticType>(number: u64) -> TypeSafeId<K> {
    TypeSafeId::from_uuid(Uuid::from_u64_pair(0x019a_0000_0000_7000, number))
}

fn number(offer: OfferId) -> u64 {
    offer.uuid().as_u64_pair().1
}

fn at(lat: f64, lon: f64) -> GeoPoint {
    GeoPoint::from_degrees(lat, lon).unwrap()
}

fn people_square() -> GeoPoint {
    at(31.2304, 121.4737)
}

/// The offer in the store with the same number, live for ever, without reviews, for 99 yuan.
fn doc(offer: u64, title: &str, place: GeoPoint) -> OfferDoc {
    OfferDoc {
        offer: id(offer),
        merchant: id::<kernel::Merchant>(7),
        store: id(offer),
        title: LocalText::one("zh-CN", title),
        merchant_name: LocalText::default(),
        store_name: LocalText::default(),
        dishes: Vec::new(),
        category: "other".into(),
        place,
        price: Money::new(9_900, Currency::CNY),
        is_price_from: false,
        list_price: None,
        rating_milli: None,
        review_count: 0,
        live_from: Timestamp(0),
        live_until: Timestamp::MAX,
    }
}

fn upsert(doc: OfferDoc) -> Change {
    Change::Upsert(Box::new(doc))
}

fn index_of(docs: impl IntoIterator<Item = OfferDoc>) -> SearchIndex {
    let index = SearchIndex::in_memory().unwrap();
    let changes: Vec<Change> = docs.into_iter().map(upsert).collect();
    index.apply(&changes, &Cursors::new()).unwrap();
    index
}

fn text(text: &str) -> SearchQuery {
    SearchQuery {
        text: text.into(),
        ..SearchQuery::default()
    }
}

fn near(place: GeoPoint, radius_m: i64) -> SearchQuery {
    SearchQuery {
        near: Some(Near { place, radius_m }),
        ..SearchQuery::default()
    }
}

fn search(index: &SearchIndex, query: &SearchQuery) -> SearchPage {
    index.search(query, NOW).unwrap()
}

/// The numbers of the offers that were found, best first.
fn found(index: &SearchIndex, query: &SearchQuery) -> Vec<u64> {
    search(index, query)
        .hits
        .iter()
        .map(|hit| number(hit.doc.offer))
        .collect()
}

/// All pages, one after the other.
fn all_pages(index: &SearchIndex, query: &SearchQuery) -> Vec<super::SearchHit> {
    let mut query = query.clone();
    let mut hits = Vec::new();
    loop {
        let page = search(index, &query);
        assert!(page.hits.len() <= query.page_size);
        assert!(
            page.next.is_none() || page.hits.len() == query.page_size,
            "only the last page is short"
        );
        hits.extend(page.hits);
        query.cursor = page.next;
        if query.cursor.is_none() {
            return hits;
        }
    }
}
