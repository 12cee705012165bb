//! Whatever people and machines send: never a panic, never a failure of the index.

use proptest::prelude::*;

use super::*;
use crate::search::cursor;
use crate::search::scan::MOST_SHOWN;
use crate::search::words::query_words;
use crate::search::{PriceRange, SearchFail, Sort};

const TRICKS: &[&str] = &[
    "",
    " ",
    "\0",
    "\u{7}\u{1b}[31m",
    "AND OR NOT",
    "title:\"火锅\"~2^9",
    "+火锅 -咖啡",
    "*",
    "?",
    "[a TO z]",
    "{}",
    "((((",
    "\"",
    "\\",
    "火锅\\",
    "'; DROP TABLE offers;--",
    "<script>alert(1)</script>",
    "%00%ff",
    "../../etc/passwd",
    "🍲",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "\u{202e}锅火\u{202c}",
    "مطعم بيتزا",
    "מסעדה",
    "e\u{301}\u{301}\u{301}\u{301}",
    "\u{feff}火锅\u{200b}",
    "ﷺ",
    "ﬁlet",
    "İstanbul",
    "ß",
    "ＦＵＬＬ",
    "𠮷野家",
    "すし",
    "김밥",
    "ส้มตำ",
    "的",
    "the",
    "\u{1f}4a\u{1f}",
    "9\u{1f}",
    "-1",
    "1e308",
    "NaN",
];

#[test]
fn syntax_is_plain_text() {
    let index = index_of([
        doc(1, "火锅", people_square()),
        doc(2, "title AND OR", people_square()),
    ]);
    for trick in TRICKS {
        search(&index, &text(trick));
    }
    assert_eq!(found(&index, &text("+火锅")), [1]);
    assert_eq!(found(&index, &text("\"火锅\"^9")), [1]);
    assert_eq!(found(&index, &text("火锅 \u{202e}*?\0")), [1]);
    assert_eq!(
        found(&index, &text("AND")),
        [2],
        "a word that says nothing is looked for if it is alone"
    );
}

#[test]
fn text_without_a_word_is_no_text() {
    let index = index_of([doc(1, "火锅", people_square())]);
    for blank in ["", "   ", "\0", "!?.,", "\u{200b}"] {
        assert_eq!(found(&index, &text(blank)), [1], "{blank:?}");
    }
    assert!(found(&index, &text("🍕")).is_empty(), "a picture is a word");
}

#[test]
fn hostile_titles_are_found_and_shown_as_they_are() {
    let docs = TRICKS
        .iter()
        .zip(1..)
        .map(|(trick, number)| doc(number, trick, people_square()));
    let index = index_of(docs);
    for (trick, number) in TRICKS.iter().zip(1_u64..) {
        let query = SearchQuery {
            page_size: 50,
            ..text(trick)
        };
        let hits = search(&index, &query).hits;
        let own = hits.iter().find(|hit| hit.doc.offer == id(number));
        assert_eq!(own.map(|hit| hit.doc.title.in_language("zh-CN")), Some(*trick));
    }
}

#[test]
fn a_very_long_text_costs_no_more_than_a_long_one() {
    let index = index_of([doc(1, "火锅 aaaa", people_square())]);
    for long in [
        "火锅".repeat(100_000),
        "a".repeat(1_000_000),
        "火 ".repeat(100_000),
        "🍲".repeat(100_000),
    ] {
        search(&index, &text(&long));
    }
    let title = "锅".repeat(200_000);
    index
        .apply(&[upsert(doc(2, &title, people_square()))], &Cursors::new())
        .unwrap();
    assert_eq!(found(&index, &text("锅锅")), [2]);
}

#[test]
fn numbers_out_of_range_are_refused_by_field() {
    let index = index_of([]);
    let here = people_square();
    let price = |min, max| {
        Some(PriceRange {
            currency: Currency::CNY,
            min: Some(min),
            max: Some(max),
        })
    };
    for (query, field) in [
        (
            SearchQuery {
                page_size: 0,
                ..text("")
            },
            "/page_size",
        ),
        (
            SearchQuery {
                page_size: 51,
                ..text("")
            },
            "/page_size",
        ),
        (near(here, 0), "/near/radius_m"),
        (near(here, 40_001), "/near/radius_m"),
        (near(here, i64::MIN), "/near/radius_m"),
        (
            SearchQuery {
                min_rating_milli: Some(5_001),
                ..text("")
            },
            "/min_rating_milli",
        ),
        (
            SearchQuery {
                price: price(2, 1),
                ..text("")
            },
            "/price/min",
        ),
        (
            SearchQuery {
                sort: Sort::Distance,
                ..text("")
            },
            "/near",
        ),
        (
            SearchQuery {
                sort: Sort::Price,
                ..text("")
            },
            "/price",
        ),
        (
            SearchQuery {
                cursor: Some("x".into()),
                ..text("")
            },
            "/cursor",
        ),
    ] {
        match index.search(&query, NOW) {
            Err(SearchFail::Reject(reject)) => assert_eq!(reject.field.as_deref(), Some(field)),
            answer => panic!("{query:?} was answered: {answer:?}"),
        }
    }
}

#[test]
fn a_cursor_of_another_question_is_refused() {
    let index = index_of((0..9).map(|n| doc(n, "火锅", people_square())));
    let query = SearchQuery {
        page_size: 2,
        ..text("火锅")
    };
    let next = search(&index, &query).next;
    assert!(next.is_some());
    let same = SearchQuery {
        cursor: next.clone(),
        page_size: 5,
        ..query.clone()
    };
    assert_eq!(found(&index, &same), [2, 3, 4, 5, 6], "the page size may change");
    for other in [
        text("咖啡"),
        near(people_square(), 5),
        SearchQuery {
            sort: Sort::Rating,
            ..text("火锅")
        },
    ] {
        let other = SearchQuery {
            cursor: next.clone(),
            ..other
        };
        assert!(
            matches!(index.search(&other, NOW), Err(SearchFail::Reject(_))),
            "{other:?}"
        );
    }
}

#[test]
fn pages_and_forged_cursors_end_somewhere() {
    let index = index_of((0..150).map(|n| doc(n, "火锅", people_square())));
    let query = SearchQuery {
        page_size: 40,
        ..text("火锅")
    };
    assert_eq!(all_pages(&index, &query).len(), MOST_SHOWN.next_multiple_of(40));
    let words = query_words(&query.text);
    for order in [i64::MIN, -1, 0, i64::MAX] {
        let place = cursor::Place {
            order,
            offer: u128::MAX,
        };
        let cursor = Some(cursor::write(place, false, cursor::fingerprint(&query, &words)));
        let page = search(
            &index,
            &SearchQuery {
                cursor,
                ..query.clone()
            },
        );
        assert_eq!(page.hits.is_empty(), order > i64::MIN, "{order}");
    }
}

#[test]
fn extreme_values_in_documents_do_no_harm() {
    let extreme = |number, value| OfferDoc {
        price: Money::new(value, Currency::CNY),
        rating_milli: Some(value),
        review_count: value,
        live_from: Timestamp(i64::MIN),
        live_until: Timestamp(i64::MAX),
        ..doc(number, "x", at(90.0, -180.0))
    };
    let index = index_of([extreme(1, i64::MIN), extreme(2, i64::MAX), extreme(3, 0)]);
    let price = Some(PriceRange {
        currency: Currency::CNY,
        min: None,
        max: None,
    });
    for sort in [
        Sort::Relevance,
        Sort::Distance,
        Sort::Price,
        Sort::Rating,
        Sort::ReviewCount,
    ] {
        let query = SearchQuery {
            sort,
            price,
            page_size: 1,
            ..near(at(90.0, 180.0), 40_000)
        };
        assert_eq!(all_pages(&index, &query).len(), 3, "{sort:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_category_and_cursor_is_answered_or_refused(
        words in ".{0,300}", category in proptest::option::of(".*"), cursor in proptest::option::of(".{0,60}"),
        now in any::<i64>(), lat in -90_000_000..=90_000_000_i64, lon in -180_000_000..=180_000_000_i64,
    ) {
        thread_local!(static INDEX: SearchIndex = index_of(
            TRICKS.iter().zip(1..).map(|(trick, number)| doc(number, trick, people_square()))
        ));
        let place = GeoPoint::from_microdegrees(lat, lon).unwrap();
        let query = SearchQuery { text: words, category, cursor, ..near(place, 40_000) };
        let answer = INDEX.with(|index| index.search(&query, Timestamp(now)));
        prop_assert!(matches!(answer, Ok(_) | Err(SearchFail::Reject(_))), "{:?}", answer);
    }

    #[test]
    fn any_title_is_indexed_and_found_by_itself(title in "\\PC{1,40}") {
        let index = index_of([doc(1, &title, people_square())]);
        prop_assert_eq!(found(&index, &text(&title)), [1]);
    }
}
