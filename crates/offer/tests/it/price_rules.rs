//! Prices by time and quantity: which one counts, and which rules an offer may have.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kernel::{Currency, Money, Timestamp};
use offer::testing::{agreed, draft, on_sale, terms};
use offer::*;
use party::hours::Span;
use party::testing::{NOW, certified_shop, store_details};
use proptest::prelude::*;

use crate::offers::create;
use crate::{act, ask, code, on_both};

const SHANGHAI: &str = "Asia/Shanghai";

fn cny(amount: i64) -> Money {
    Money::new(amount, Currency::CNY)
}

fn rules(rules: &[PriceRule]) -> PriceRules {
    PriceRules {
        time_zone: SHANGHAI.to_owned(),
        rules: rules.to_vec(),
    }
}

fn from_units(from_quantity: i64, price: i64) -> PriceRule {
    PriceRule {
        price,
        from_quantity,
        hours: Vec::new(),
        from_day: None,
        until_day: None,
        for_members: false,
    }
}

fn in_hours(weekdays: std::ops::RangeInclusive<i64>, until_minute: i64, price: i64) -> PriceRule {
    let span = |weekday| Span {
        weekday,
        from_minute: 0,
        until_minute,
    };
    PriceRule {
        hours: weekdays.map(span).collect(),
        ..from_units(1, price)
    }
}

fn on_days(from: &str, until: &str, price: i64) -> PriceRule {
    let day = |text: &str| Some(text.parse::<Date>().expect("a day"));
    PriceRule {
        from_day: day(from),
        until_day: day(until),
        ..from_units(1, price)
    }
}

fn in_shanghai(text: &str) -> Timestamp {
    let local: DateTime = text.parse().expect("a day and a time");
    let zone = TimeZone::get(SHANGHAI).expect("a time zone");
    let moment = local.to_zoned(zone).expect("a time on the clock");
    Timestamp(moment.timestamp().as_microsecond())
}

/// The rows of the table under this heading.
fn worked(heading: &str) -> Vec<Vec<&'static str>> {
    let text = include_str!("../../../../docs/domain/pricing.md");
    let (_, after) = text.split_once(&format!("### {heading}\n")).expect("a table");
    let rows = after.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// The price of one unit, as a row of a table begins: `Monday 2026-09-28 14:59 | 1`.
fn price_of(rules: &PriceRules, row: &[&str], is_member: bool) -> String {
    let (_, at) = row[0].split_once(' ').expect("a weekday and a day");
    let quantity = row[1].parse().expect("units");
    let price = rules.unit_price(cny(10_000), quantity, in_shanghai(at), is_member);
    price.to_string()
}

#[test]
fn the_worked_prices_are_what_the_rules_make_of_them() {
    let rules = rules(&[
        in_hours(1..=5, 15 * 60, 8_000),
        from_units(5, 8_500),
        on_days("2026-10-01", "2026-10-07", 9_000),
    ]);
    let rows = worked("By time and quantity");
    assert!(rows.len() >= 6);
    for row in rows {
        assert_eq!(format!("{} CNY", row[2]), price_of(&rules, &row, true), "{row:?}");
    }
    assert_eq!(rules.price_from(cny(10_000)), cny(8_000));
}

#[test]
fn the_worked_prices_of_members_are_what_the_rules_make_of_them() {
    let for_members = |rule| PriceRule {
        for_members: true,
        ..rule
    };
    let rules = rules(&[
        in_hours(1..=5, 15 * 60, 8_500),
        for_members(from_units(1, 9_000)),
        for_members(from_units(3, 8_000)),
    ]);
    let rows = worked("For members");
    assert!(rows.len() >= 4);
    for row in rows {
        let told = [row[2], row[3]].map(|price| format!("{price} CNY"));
        let found = [true, false].map(|is_member| price_of(&rules, &row, is_member));
        assert_eq!(told, found, "{row:?}");
    }
    assert_eq!(rules.price_from(cny(10_000)), cny(8_500));
}

fn any_rule() -> impl Strategy<Value = PriceRule> {
    let span =
        (1..=7_i64, 0..720_i64, 720..=1_440_i64).prop_map(|(weekday, from_minute, until_minute)| Span {
            weekday,
            from_minute,
            until_minute,
        });
    let day = || prop::option::of((1..=28_i8).prop_map(|day| Date::constant(2026, 3, day)));
    (
        1..10_000_i64,
        1..=5_i64,
        prop::collection::vec(span, 0..3),
        day(),
        day(),
        any::<bool>(),
    )
        .prop_map(
            |(price, from_quantity, hours, from_day, until_day, for_members)| PriceRule {
                price,
                from_quantity,
                hours,
                from_day,
                until_day,
                for_members,
            },
        )
}

proptest! {
    #[test]
    fn more_units_and_more_rules_never_cost_more_and_their_order_says_nothing(
        mut listed in prop::collection::vec(any_rule(), 0..6), quantity in 1..=5_i64,
        is_member in any::<bool>(), minutes in 0..60 * 24 * 40_i64, zone in prop::sample::select(vec![SHANGHAI, "America/New_York", "Europe/Berlin"]),
    ) {
        // From the end of February on, so that clocks are put forward within.
        let now = Timestamp(1_772_150_400_000_000 + minutes * 60_000_000);
        let price_for = |rules: &[PriceRule], quantity, is_member| PriceRules {
            time_zone: zone.to_owned(), rules: rules.to_vec(),
        }.unit_price(cny(10_000), quantity, now, is_member).amount;
        prop_assert!(price_for(&listed, quantity, true) <= price_for(&listed, quantity, false));
        let price = |rules: &[PriceRule], quantity| price_for(rules, quantity, is_member);
        let found = price(&listed, quantity);
        prop_assert!((1..=10_000).contains(&found));
        prop_assert!(price(&listed, quantity + 1) <= found);
        let alone = listed.iter().map(|rule| price(std::slice::from_ref(rule), quantity)).min();
        prop_assert_eq!(found, alone.unwrap_or(10_000));
        listed.reverse();
        prop_assert_eq!(found, price(&listed, quantity));
    }
}

#[test]
fn an_offer_is_sold_and_shown_by_its_rules() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        // It is Friday, 16:00 in Shanghai.
        let listed = vec![
            in_hours(5..=5, 1_440, 9_000),
            from_units(3, 7_000),
            on_days("2027-02-01", "2027-02-02", 1_000),
        ];
        let made = on_sale(store, shop, terms(), 1, |offer| {
            offer.price_rules = listed.clone()
        });
        let page = ask(store, move |read| queries::offer_page(read, made.offer, NOW)).expect("a page");
        assert_eq!(
            page.offer.price_rules,
            rules(&listed),
            "in the time zone of the store"
        );
        assert_eq!((page.price.list, page.price.due), (cny(9_000), cny(7_200)));
        assert_eq!(
            (page.price_from.list, page.price_from.due),
            (cny(7_000), cny(5_600))
        );
        let sale = ask(store, move |read| queries::for_sale(read, made.offer, NOW));
        assert_eq!((sale.list_price, sale.price_rules), (cny(10_000), rules(&listed)));
    });
}

#[test]
fn rules_that_lower_nothing_or_never_apply_are_refused() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let (agreement, _) = agreed(store, shop, terms(), 1);
        let wrong = [
            vec![from_units(1, 9_000)],
            vec![from_units(2, 10_000)],
            vec![from_units(2, 0)],
            vec![from_units(11, 9_000)],
            vec![from_units(0, 9_000)],
            vec![in_hours(0..=0, 60, 9_000)],
            vec![in_hours(1..=1, 1_441, 9_000)],
            vec![on_days("2026-10-02", "2026-10-01", 9_000)],
            vec![from_units(2, 9_000); 21],
        ];
        for listed in wrong {
            let mut cmd = draft(shop, agreement);
            cmd.price_rules = listed;
            let refused = code(create(store, shop.as_owner(), cmd.clone()));
            let expected = (OFFER_INVALID.code.to_owned(), Some("/price_rules".to_owned()));
            assert_eq!(refused, expected, "{:?}", cmd.price_rules);
        }
        let mut details = store_details(78);
        details.time_zone = "Asia/Urumqi".to_owned();
        let add = party::AddStore {
            merchant: shop.merchant,
            details,
        };
        let far = act(store, shop.as_owner(), move |tx, ctx| {
            party::add_store(tx, ctx, &add)
        })
        .expect("a store");
        let mut cmd = draft(shop, agreement);
        cmd.stores.push(far);
        cmd.price_rules = vec![from_units(2, 9_000)];
        create(store, shop.as_owner(), cmd.clone()).expect("quantity asks no clock");
        cmd.price_rules = vec![in_hours(1..=1, 60, 9_000)];
        assert_eq!(
            code(create(store, shop.as_owner(), cmd)).1.as_deref(),
            Some("/price_rules")
        );
    });
}
