//! Words, filters and circles, one example each.

use super::*;
use crate::search::{PriceRange, Sort, Suggestion};

#[test]
fn chinese_is_found_by_any_piece_and_in_any_order() {
    let index = index_of([
        doc(1, "重庆火锅双人套餐", people_square()),
        doc(2, "蜀大侠小笼包子铺", people_square()),
        doc(3, "咖啡代金券", people_square()),
    ]);
    for (query, expected) in [
        ("火锅", vec![1]),
        ("双人火锅", vec![1]),
        ("套餐 重庆", vec![1]),
        ("重庆火锅双人套餐", vec![1]),
        ("蜀大侠", vec![2]),
        ("大侠小", vec![2]),
        ("小笼包", vec![2]),
        ("笼包", vec![2]),
        ("蜀", vec![2]),
        ("附近的咖啡", vec![3]),
        ("电影", vec![]),
        ("锅火", vec![]),
    ] {
        assert_eq!(found(&index, &text(query)), expected, "{query}");
    }
}

#[test]
fn a_whole_dictionary_word_also_finds_its_parts_apart() {
    let index = index_of([doc(1, "火锅，重庆来的", people_square())]);
    assert_eq!(
        found(&index, &text("重庆火锅")),
        [1],
        "重庆火锅 is one word in the dictionary"
    );
}

#[test]
fn english_is_found_without_case_accents_plural_and_apostrophe() {
    let index = index_of([
        doc(1, "Crème Brûlée & Burgers", people_square()),
        doc(2, "McDonald’s breakfast", people_square()),
        doc(3, "ＡＢＣ 2人 burger套餐", people_square()),
    ]);
    for (query, expected) in [
        ("BURGER", vec![1, 3]),
        ("creme brulee", vec![1]),
        ("Brûlée", vec![1]),
        ("mcdonalds", vec![2]),
        ("McDonald's near me", vec![2]),
        ("abc", vec![3]),
        ("2人burger", vec![3]),
    ] {
        assert_eq!(found(&index, &text(query)), expected, "{query}");
    }
}

#[test]
fn merchant_store_and_category_are_found_but_the_title_comes_first() {
    let with = |number, title, merchant, store, category: &str| OfferDoc {
        merchant_name: LocalText::one("en", merchant),
        store_name: LocalText::one("en", store),
        category: category.into(),
        ..doc(number, title, people_square())
    };
    let index = index_of([
        with(1, "Lunch", "Anna", "Sushi Street", "food"),
        with(2, "Lunch", "Sushi Anna", "North", "food"),
        with(3, "Sushi", "Anna", "North", "food"),
        with(4, "Lunch", "Anna", "North", "sushi"),
    ]);
    assert_eq!(found(&index, &text("sushi")), [3, 2, 1, 4]);
}

#[test]
fn a_title_is_found_in_each_of_its_languages() {
    let mut both = doc(1, "足部按摩", people_square());
    both.title.0.insert("en".into(), "Foot massage".into());
    let index = index_of([both]);
    assert_eq!(found(&index, &text("按摩")), [1]);
    assert_eq!(found(&index, &text("massage")), [1]);
}

#[test]
fn when_nobody_has_all_words_the_rarer_ones_decide_and_it_is_said() {
    let index = index_of([
        doc(1, "火锅套餐", people_square()),
        doc(2, "套餐", people_square()),
        doc(3, "咖啡套餐", people_square()),
    ]);
    let page = search(&index, &text("火锅 套餐 潜水艇"));
    assert!(page.relaxed);
    assert_eq!(
        page.hits
            .iter()
            .map(|hit| number(hit.doc.offer))
            .collect::<Vec<_>>(),
        [1]
    );
    assert!(!search(&index, &text("火锅 套餐")).relaxed);
    let nothing = search(&index, &text("潜水艇 飞机"));
    assert!(nothing.hits.is_empty() && !nothing.relaxed);
}

#[test]
fn the_nearest_comes_first_with_its_distance() {
    let north = |km: f64| at(31.2304 + km / 111.195, 121.4737);
    let index = index_of(
        [3.0, 0.1, 15.0, 0.9]
            .into_iter()
            .zip(1..)
            .map(|(km, n)| doc(n, "x", north(km))),
    );
    let query = SearchQuery {
        sort: Sort::Distance,
        ..near(people_square(), 10_000)
    };
    let hits = search(&index, &query).hits;
    let seen: Vec<_> = hits
        .iter()
        .map(|hit| (number(hit.doc.offer), hit.distance_m.unwrap()))
        .collect();
    assert_eq!(seen, [(2, 100), (4, 900), (1, 3_000)]);
    assert_eq!(search(&index, &text("x")).hits[0].distance_m, None);
}

#[test]
fn the_rim_of_the_circle_belongs_to_it() {
    let place = at(31.3, 121.5);
    let distance_m = people_square().distance_m(place);
    let index = index_of([doc(1, "x", place)]);
    assert_eq!(
        found(&index, &near(people_square(), distance_m.ceil() as i64)),
        [1]
    );
    assert!(found(&index, &near(people_square(), distance_m.floor() as i64)).is_empty());
}

#[test]
fn circles_cross_the_date_line_and_the_poles() {
    let index = index_of([
        doc(1, "x", at(-16.8, 179.99)),
        doc(2, "x", at(-16.8, -179.99)),
        doc(3, "x", at(89.95, 10.0)),
        doc(4, "x", at(89.95, -170.0)),
        doc(5, "x", at(90.0, 0.0)),
        doc(6, "x", at(-90.0, 77.0)),
    ]);
    let sorted = |place, radius_m| {
        found(
            &index,
            &SearchQuery {
                sort: Sort::Distance,
                ..near(place, radius_m)
            },
        )
    };
    assert_eq!(sorted(at(-16.8, 179.995), 5_000), [1, 2]);
    assert_eq!(sorted(at(-16.8, -180.0), 5_000), [1, 2]);
    assert_eq!(sorted(at(89.95, 10.0), 12_000), [3, 5, 4]);
    assert_eq!(sorted(at(90.0, 123.0), 6_000), [5, 3, 4]);
    assert_eq!(sorted(at(-90.0, 0.0), 1), [6]);
}

#[test]
fn an_offer_in_many_stores_is_one_hit_in_the_nearest() {
    let in_store = |store, km: f64| OfferDoc {
        store: id(store),
        ..doc(1, "火锅", at(31.2304 + km / 111.195, 121.4737))
    };
    let index = index_of([
        in_store(1, 4.0),
        in_store(2, 0.5),
        in_store(3, 2.0),
        doc(9, "火锅", at(31.24, 121.4737)),
    ]);
    for sort in [Sort::Distance, Sort::Relevance, Sort::Rating, Sort::ReviewCount] {
        let query = SearchQuery {
            sort,
            page_size: 1,
            text: "火锅".into(),
            ..near(people_square(), 10_000)
        };
        let hits = all_pages(&index, &query);
        let seen: Vec<_> = hits
            .iter()
            .map(|hit| (number(hit.doc.offer), number_of_store(hit.doc.store)))
            .collect();
        assert_eq!(seen, [(1, 2), (9, 9)], "{sort:?}");
    }
}

fn number_of_store(store: StoreId) -> u64 {
    store.uuid().as_u64_pair().1
}

#[test]
fn only_what_is_live_now_is_found() {
    let live = |number, from, until| OfferDoc {
        live_from: Timestamp(NOW.0 + from),
        live_until: Timestamp(NOW.0 + until),
        ..doc(number, "x", people_square())
    };
    let index = index_of([live(1, 0, 1), live(2, 1, 9), live(3, -9, 0), live(4, -9, 9)]);
    assert_eq!(found(&index, &text("x")), [1, 4]);
}

#[test]
fn price_rating_and_category_filter_and_order() {
    let with = |number, amount, currency, rating_milli, review_count, category: &str| OfferDoc {
        price: Money::new(amount, currency),
        rating_milli,
        review_count,
        category: category.into(),
        ..doc(number, "x", people_square())
    };
    let index = index_of([
        with(1, 5_000, Currency::CNY, Some(4_500), 10, "food"),
        with(2, 3_000, Currency::CNY, None, 0, "food"),
        with(3, 4_000, Currency::CNY, Some(4_900), 3, "play"),
        with(4, 100, Currency::JPY, Some(3_000), 900, "food"),
    ]);
    let cny = |min, max| {
        Some(PriceRange {
            currency: Currency::CNY,
            min,
            max,
        })
    };
    let query = SearchQuery::default;
    assert_eq!(
        found(
            &index,
            &SearchQuery {
                sort: Sort::Price,
                price: cny(None, None),
                ..query()
            }
        ),
        [2, 3, 1]
    );
    let from_to = SearchQuery {
        sort: Sort::Price,
        price: cny(Some(3_001), Some(5_000)),
        ..query()
    };
    assert_eq!(found(&index, &from_to), [3, 1]);
    assert_eq!(
        found(
            &index,
            &SearchQuery {
                sort: Sort::Rating,
                ..query()
            }
        ),
        [3, 1, 4, 2]
    );
    assert_eq!(
        found(
            &index,
            &SearchQuery {
                sort: Sort::ReviewCount,
                ..query()
            }
        ),
        [4, 1, 3, 2]
    );
    let rated = SearchQuery {
        min_rating_milli: Some(4_500),
        sort: Sort::Rating,
        ..query()
    };
    assert_eq!(found(&index, &rated), [3, 1]);
    let unrated_too = SearchQuery {
        min_rating_milli: Some(0),
        ..query()
    };
    assert_eq!(
        found(&index, &unrated_too).len(),
        3,
        "what has no reviews has no rating"
    );
    let food = SearchQuery {
        category: Some("food".into()),
        sort: Sort::ReviewCount,
        ..query()
    };
    assert_eq!(found(&index, &food), [4, 1, 2]);
    assert!(
        found(
            &index,
            &SearchQuery {
                category: Some("foo".into()),
                ..query()
            }
        )
        .is_empty()
    );
}

#[test]
fn a_hit_shows_the_whole_document() {
    let mut full = doc(1, "火锅", people_square());
    full.title.0.insert("en".into(), "Hot \"pot\" 🍲\u{202e}".into());
    full.list_price = Some(Money::new(19_900, Currency::CNY));
    full.rating_milli = Some(4_321);
    full.review_count = 12;
    let index = index_of([full.clone()]);
    assert_eq!(search(&index, &text("🍲")).hits[0].doc, full);
}

#[test]
fn who_is_still_typing_is_told_what_there_is() {
    let named = |offer, title: &str, merchant: &str, category: &str| OfferDoc {
        merchant_name: LocalText::one("en", merchant),
        category: category.into(),
        ..doc(offer, title, people_square())
    };
    let index = index_of([
        named(1, "Burger for two", "Bund Grill", "restaurant"),
        named(2, "Burger and beer", "Bund Grill", "restaurant"),
        named(3, "重庆火锅双人套餐", "Bridgehead", "hot_pot"),
    ]);
    let suggest = |text: &str| index.suggest(text, None, NOW).unwrap();
    let grill = Suggestion::Merchant(LocalText::one("en", "Bund Grill"));
    for typed in ["bur", "BURGE", "bund burg", "burgers"] {
        let found = suggest(typed);
        assert_eq!(found[0], Suggestion::Category("restaurant".into()), "{typed}");
        assert_eq!(
            found.iter().filter(|one| **one == grill).count(),
            1,
            "{typed}: {found:?}"
        );
        assert!(
            found.contains(&Suggestion::Offer(LocalText::one("zh-CN", "Burger and beer"))),
            "{typed}"
        );
    }
    assert_eq!(suggest("火")[0], Suggestion::Category("hot_pot".into()));
    for nothing in ["", " · ", "zebra", "burger zebra"] {
        assert_eq!(suggest(nothing), [], "{nothing:?}");
    }
}
