//! The index against a simple model that looks at every document: same offers, same order, same
//! distances, page by page, whatever the question and however the documents came in.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::search::cells::cover;
use crate::search::judge::Ring;
use crate::search::points::{MOST_POINTS, Points};
use crate::search::rank;
use crate::search::words::query_words;
use crate::search::{PriceRange, Sort};

const TITLES: &[&str] = &[
    "火锅",
    "火锅套餐",
    "双人火锅",
    "coffee",
    "咖啡 coffee",
    "套餐",
    "助餐",
    "自助餐",
];
const MERCHANTS: &[&str] = &["", "自助", "火锅"];
const QUERIES: &[&str] = &["", "", "火锅", "套餐", "coffee", "火锅 双人", "自助餐"];
const SORTS: &[Sort] = &[
    Sort::Relevance,
    Sort::Distance,
    Sort::Price,
    Sort::Rating,
    Sort::ReviewCount,
];

/// Middles of the little worlds: a city, the date line, the poles, and a pentagon of the cell grid.
fn middles() -> Vec<GeoPoint> {
    let pentagon = h3o::Resolution::Five
        .pentagons()
        .next()
        .map(h3o::LatLng::from)
        .unwrap();
    vec![
        people_square(),
        at(-16.8, 180.0),
        at(89.9, 0.0),
        at(-90.0, 0.0),
        at(pentagon.lat(), pentagon.lng()),
    ]
}

/// A place some kilometres from the middle, wrapped around the world.
fn beside(middle: GeoPoint, north_km: f64, east_km: f64) -> GeoPoint {
    let lat = middle.lat() + north_km / 111.195;
    let (lat, turned) = if lat.abs() > 90.0 {
        (lat.signum() * 180.0 - lat, 180.0)
    } else {
        (lat, 0.0)
    };
    let lon = middle.lon() + turned + east_km / (111.195 * lat.to_radians().cos().max(0.001));
    at(lat, (lon + 180.0).rem_euclid(360.0) - 180.0)
}

prop_compose! {
    fn any_doc(middle: GeoPoint)(
        offer in 0..25_u64, store in 0..6_u64, title in 0..TITLES.len(), north in -30.0..30.0_f64, east in -30.0..30.0_f64,
        close in any::<bool>(), price in prop_oneof![0..2_000_i64, (0..30_i64).prop_map(|steps| steps * 64)], yen in 0..6_u8, rating in proptest::option::of(prop_oneof![0..=5_000_i64, Just(4_500), Just(4_490)]),
        reviews in prop_oneof![0..300_i64, 0..4_i64], category in 0..2_u8, merchant in 0..MERCHANTS.len(), expired in 0..10_u8,
    ) -> OfferDoc {
        let scale = if close { 0.02 } else { 1.0 };
        OfferDoc {
            store: id(store),
            merchant_name: LocalText::one("zh-CN", MERCHANTS[merchant]),
            price: Money::new(price, if yen == 0 { Currency::JPY } else { Currency::CNY }),
            rating_milli: rating,
            review_count: reviews,
            category: format!("c{category}"),
            live_until: if expired == 0 { NOW } else { Timestamp::MAX },
            ..doc(offer, TITLES[title], beside(middle, north * scale, east * scale))
        }
    }
}

prop_compose! {
    fn any_query(middle: GeoPoint)(
        words in 0..QUERIES.len(), sort in 0..SORTS.len(), radius_m in prop_oneof![1..=1_000_i64, 1..=40_000_i64],
        is_near in 0..5_u8, north in -10.0..10.0_f64, east in -10.0..10.0_f64, category in 0..6_u8, price in 0..3_u8,
        min in 0..1_500_i64, rating in proptest::option::weighted(0.2, 0..=5_000_i64), page_size in 1..=6_usize,
    ) -> SearchQuery {
        let sort = SORTS[sort];
        let range = PriceRange { currency: Currency::CNY, min: (price == 2).then_some(min), max: (price == 2).then_some(min + 900) };
        let near = Near { place: beside(middle, north, east), radius_m };
        SearchQuery {
            text: QUERIES[words].into(),
            near: (is_near > 0 || sort == Sort::Distance).then_some(near),
            category: (category < 2).then(|| format!("c{category}")),
            price: (price > 0 || sort == Sort::Price).then_some(range),
            min_rating_milli: rating,
            sort,
            page_size,
            cursor: None,
        }
    }
}

/// Order, offer and distance in millimetres of each hit, by looking at everything.
fn expected(docs: &BTreeMap<(u64, StoreId), OfferDoc>, query: &SearchQuery) -> Vec<(i64, u64, Option<i64>)> {
    let mut best = BTreeMap::<u64, (i64, Option<i64>)>::new();
    for doc in docs.values() {
        let distance_mm = query
            .near
            .map(|near| (near.place.distance_m(doc.place) * 1000.0).round() as i64);
        let Some(order) = order_of(doc, query, distance_mm) else {
            continue;
        };
        let offer = number(doc.offer);
        let known = best.entry(offer).or_insert((order, distance_mm));
        *known = (*known).min((order, distance_mm));
    }
    let mut hits: Vec<_> = best
        .into_iter()
        .map(|(offer, (order, mm))| (order, offer, mm))
        .collect();
    hits.sort_unstable();
    hits
}

fn order_of(doc: &OfferDoc, query: &SearchQuery, distance_mm: Option<i64>) -> Option<i64> {
    let points = Points::of(doc);
    let mut sum = 0;
    let words = query_words(&query.text);
    for word in &words {
        sum += word
            .grams
            .iter()
            .map(|gram| points.get(gram))
            .min()
            .filter(|points| *points > 0)?;
    }
    let text_milli = if words.is_empty() {
        1_000
    } else {
        1_000 * sum / (MOST_POINTS * words.len() as u64)
    };
    let in_price = |range: PriceRange| {
        doc.price.currency == range.currency
            && range.min.is_none_or(|min| doc.price.amount >= min)
            && range.max.is_none_or(|max| doc.price.amount <= max)
    };
    let fits = doc.live_from <= NOW
        && NOW < doc.live_until
        && query
            .near
            .is_none_or(|near| distance_mm.is_some_and(|mm| mm <= near.radius_m * 1000))
        && query
            .category
            .as_ref()
            .is_none_or(|category| *category == doc.category)
        && query.price.is_none_or(in_price)
        && query
            .min_rating_milli
            .is_none_or(|least| doc.rating_milli.is_some_and(|rating| rating >= least));
    fits.then(|| match query.sort {
        Sort::Relevance => {
            let quality = rank::quality_milli(doc.rating_milli, doc.review_count);
            rank::relevance(text_milli as i64, quality, distance_mm)
        }
        Sort::Distance => distance_mm.unwrap(),
        Sort::Price => doc.price.amount,
        Sort::Rating => rank::rating_order(doc.rating_milli.unwrap_or(-1), doc.review_count),
        Sort::ReviewCount => -doc.review_count,
    })
}

fn any_world() -> impl Strategy<Value = (Vec<Vec<OfferDoc>>, Vec<u64>, Vec<SearchQuery>)> {
    (0..middles().len()).prop_flat_map(|middle| {
        let middle = middles()[middle];
        let batches = prop::collection::vec(prop::collection::vec(any_doc(middle), 1..40), 1..4);
        let removed = prop::collection::vec(0..25_u64, 0..3);
        (batches, removed, prop::collection::vec(any_query(middle), 12))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_search_agrees_with_looking_at_everything((batches, removed, queries) in any_world()) {
        let index = SearchIndex::in_memory().unwrap();
        let mut docs = BTreeMap::new();
        for batch in batches {
            let changes: Vec<Change> = batch.iter().cloned().map(upsert).collect();
            index.apply(&changes, &Cursors::new()).unwrap();
            docs.extend(batch.into_iter().map(|doc| ((number(doc.offer), doc.store), doc)));
        }
        let removals: Vec<Change> = removed.iter().map(|offer| Change::RemoveOffer(id(*offer))).collect();
        index.apply(&removals, &Cursors::new()).unwrap();
        docs.retain(|(offer, _), _| !removed.contains(offer));
        for query in queries {
            let expected: Vec<_> =
                expected(&docs, &query).into_iter().map(|(_, offer, mm)| (offer, mm.map(|mm| (mm + 500) / 1000))).collect();
            if expected.is_empty() {
                let page = search(&index, &query);
                prop_assert!(page.hits.is_empty() || page.relaxed, "{:?}", query);
                continue;
            }
            let hits = all_pages(&index, &query);
            let seen: Vec<_> = hits.iter().map(|hit| (number(hit.doc.offer), hit.distance_m)).collect();
            prop_assert_eq!(seen, expected, "{:?}", query);
            for hit in hits {
                prop_assert_eq!(&hit.doc, &docs[&(number(hit.doc.offer), hit.doc.store)]);
            }
        }
    }
}

#[test]
fn the_last_place_of_every_stretch_is_found() {
    for radius_m in [200, 1_500, 9_000, 40_000] {
        let ring = Ring {
            inner_mm: -1,
            outer_mm: radius_m * 1_000,
        };
        let lasts = cover(people_square(), ring)
            .into_iter()
            .map(|stretch| *stretch.end());
        let place = |cell: u64| h3o::LatLng::from(h3o::CellIndex::try_from(cell).unwrap());
        let docs = lasts
            .map(place)
            .zip(1..)
            .map(|(place, n)| doc(n, "x", at(place.lat(), place.lng())));
        let docs: Vec<OfferDoc> = docs.collect();
        let inside = docs
            .iter()
            .filter(|doc| people_square().distance_m(doc.place) <= radius_m as f64)
            .count();
        assert!(inside > 3);
        assert_eq!(
            all_pages(&index_of(docs), &near(people_square(), radius_m)).len(),
            inside,
            "{radius_m}"
        );
    }
}

#[test]
fn what_was_merged_is_searched_without_another_change() {
    let index = SearchIndex::in_memory().unwrap();
    for offer in 0..30 {
        let one = upsert(doc(offer, TITLES[0], people_square()));
        index.apply(&[one], &Cursors::new()).unwrap();
    }
    let segments = || {
        index.refresh().unwrap();
        index.view().unwrap().searcher.segment_readers().len()
    };
    let mut soon = (0..2_000).map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        segments()
    });
    assert!(soon.any(|count| count < 6));
    assert_eq!(index.doc_count(), 30);
}
