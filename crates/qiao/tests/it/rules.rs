//! Every reason for which a row is refused, and the rules that a user can name instead.

use party::check::{MAX_ADDRESS, MAX_NAME};
use qiao::import::options::PlaceIn;
use qiao::import::{Options, Rule};

use crate::fixtures::{accepted, refused, rows_of, rules, the_refusal};

/// Imports one row after a good one and says why it was refused.
fn refusal_of(row: &str) -> (Rule, &'static str, u64, u64) {
    let content = format!("id,name,lat,lon,address,phone\n1,Good,31.1,121.1,,\n{row}\n");
    let refusal = the_refusal("shops.csv", content.as_bytes(), &Options::default());
    (refusal.rule, refusal.field, refusal.at.row, refusal.at.line)
}

#[test]
fn each_broken_rule_is_named_with_its_field_and_row() {
    let long_name = "长".repeat(MAX_NAME + 1);
    let long_address = "长".repeat(MAX_ADDRESS + 1);
    for (row, rule, field) in [
        ("2,,31.2,121.2,,".to_owned(), Rule::EmptyName, "name"),
        ("2,\u{3000} ,31.2,121.2,,".to_owned(), Rule::EmptyName, "name"),
        (format!("2,{long_name},31.2,121.2,,"), Rule::TooLong, "name"),
        (
            format!("2,A,31.2,121.2,{long_address},"),
            Rule::TooLong,
            "address",
        ),
        (format!("{long_address},A,31.2,121.2,,"), Rule::TooLong, "id"),
        (
            "2,A\u{7}B,31.2,121.2,,".to_owned(),
            Rule::ControlCharacter,
            "name",
        ),
        (
            "2,\"A\nB\",31.2,121.2,,".to_owned(),
            Rule::ControlCharacter,
            "name",
        ),
        (
            "2,A,31.2,121.2,,+1\u{202E}2".to_owned(),
            Rule::ControlCharacter,
            "phone",
        ),
        (
            "2,A\u{FFFD},31.2,121.2,,".to_owned(),
            Rule::BrokenEncoding,
            "name",
        ),
        ("2,A,,,,".to_owned(), Rule::MissingPlace, "lat"),
        ("2,A,0,0,,".to_owned(), Rule::MissingPlace, "lat"),
        ("2,A,-0.0000001,0.0,,".to_owned(), Rule::MissingPlace, "lat"),
        ("2,A,31.2,,,".to_owned(), Rule::BadPlace, "lat"),
        ("2,A,north,121.2,,".to_owned(), Rule::BadPlace, "lat"),
        ("2,A,NaN,121.2,,".to_owned(), Rule::BadPlace, "lat"),
        ("2,A,inf,inf,,".to_owned(), Rule::BadPlace, "lat"),
        ("2,A,31.2,181,,".to_owned(), Rule::BadPlace, "lat"),
        ("2,A,\"31,2\",121.2,,".to_owned(), Rule::BadPlace, "lat"),
        ("2,A,121.2,31.2,,".to_owned(), Rule::SwappedPlace, "lat"),
        ("2,A,-74.0,40.7,,".to_owned(), Rule::SwappedPlace, "lat"),
        ("2,A,31.2,121.2,".to_owned(), Rule::WrongFieldCount, "row"),
        ("2,A,31.2,121.2,,,".to_owned(), Rule::WrongFieldCount, "row"),
        ("1,Other,31.2,121.2,,".to_owned(), Rule::DuplicateSource, "id"),
        (
            "2,ＧＯＯＤ !,31.1002,121.1,,".to_owned(),
            Rule::DuplicateName,
            "name",
        ),
    ] {
        assert_eq!(refusal_of(&row), (rule, field, 2, 3), "{row}");
    }
}

#[test]
fn a_name_may_come_again_where_it_is_another_shop() {
    let content = "id,name,lat,lon\n1,Good,31.1,121.1\n2,Good,31.1004,121.1\n3,Good Two,31.1,121.1\n";
    assert_eq!(
        accepted("shops.csv", content.as_bytes(), &Options::default()).len(),
        3
    );
}

#[test]
fn a_refused_row_does_not_stand_in_the_way_of_a_later_one() {
    let content = "id,name,lat,lon\n1,Good,,\n1,Good,31.1,121.1\n";
    assert_eq!(
        accepted("shops.csv", content.as_bytes(), &Options::default()).len(),
        1
    );
}

#[test]
fn the_value_is_shown_short_and_with_its_control_characters_visible() {
    let content = format!("id,name,lat,lon\n1,\"\u{1b}[31m{}\",31,121\n", "x".repeat(500));
    let refusal = the_refusal("shops.csv", content.as_bytes(), &Options::default());
    assert!(refusal.value.starts_with("\\u{1b}[31mxxx"), "{}", refusal.value);
    assert!(refusal.value.ends_with('…') && refusal.value.chars().count() < 80);
}

#[test]
fn places_are_made_only_by_a_named_rule_and_the_same_every_time() {
    let content = "id,name\n1,One\n2,Two\n";
    assert_eq!(
        rules(&refused("shops.csv", content.as_bytes(), &Options::default())),
        [Rule::MissingPlace; 2]
    );
    let options = |seed| Options {
        place_in: Some(PlaceIn {
            bounds: "121.2,31.0,121.8,31.4".parse().unwrap(),
            seed,
        }),
        ..Options::default()
    };
    let places = |content: &str, seed| -> Vec<_> {
        let mut merchants = accepted("shops.csv", content.as_bytes(), &options(seed));
        merchants.sort_by(|a, b| a.source.cmp(&b.source));
        merchants.into_iter().map(|merchant| merchant.place).collect()
    };
    let first = places(content, 7);
    assert_eq!(first.len(), 2);
    assert!(
        first
            .iter()
            .all(|p| (31.0..=31.4).contains(&p.lat()) && (121.2..=121.8).contains(&p.lon()))
    );
    assert_eq!(
        first,
        places("id,name\n2,Two\n1,One\n", 7),
        "wherever in the file a row stands"
    );
    assert_ne!(first, places(content, 8));
}

#[test]
fn a_place_that_is_wrong_is_not_replaced_by_a_made_one() {
    let options = Options {
        place_in: Some(PlaceIn {
            bounds: "121,31,122,32".parse().unwrap(),
            seed: 1,
        }),
        ..Options::default()
    };
    let refusal = the_refusal("shops.csv", b"id,name,lat,lon\n1,A,91,500\n", &options);
    assert_eq!(refusal.rule, Rule::BadPlace);
}

#[test]
fn names_are_made_only_by_a_named_rule_from_what_the_row_has() {
    let content = "类别,行政区,lat,lon\n烧烤,K,31.1,121.1\n粤菜,,31.2,121.2\n";
    let options = Options {
        name_from: Some("{category} {district} {row}".parse().unwrap()),
        ..Options::default()
    };
    let rows = rows_of("food.csv", content.as_bytes(), &options);
    assert_eq!(rows[0].as_ref().unwrap().name.in_language("zh-CN"), "烧烤 K 1");
    let refusal = rows[1].as_ref().unwrap_err();
    assert_eq!(refusal.rule, Rule::EmptyName);
    assert!(refusal.detail.contains("district"), "{}", refusal.detail);
}

#[test]
fn wrong_rules_are_refused_with_what_to_do() {
    use qiao::import::options::{BoundingBox, NameTemplate};
    for text in [
        "",
        "1,2,3",
        "122,31,121,32",
        "121,32,122,31",
        "0,0,181,1",
        "a,b,c,d",
        "NaN,0,1,1",
    ] {
        assert!(text.parse::<BoundingBox>().is_err(), "{text}");
    }
    for text in ["", "Shop", "{row", "{colour}", "{}"] {
        assert!(text.parse::<NameTemplate>().is_err(), "{text}");
    }
}
