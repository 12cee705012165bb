//! GeoJSON files as OpenStreetMap's tools write them, whole, broken and cut short.

use kernel::LocalText;
use qiao::import::{OpenError, Options, ROW_BYTES_MAX, Rule};
use serde_json::{Value, json};

use crate::fixtures::{accepted, open, refused, rows_of, rules, the_refusal};

fn shop(number: i64, name: &str) -> Value {
    json!({
        "type": "Feature",
        "id": format!("node/{number}"),
        "properties": {"@id": format!("node/{number}"), "amenity": "cafe", "name": name},
        "geometry": {"type": "Point", "coordinates": [121 + number, 31.2]},
    })
}

fn collection(features: &[Value]) -> String {
    json!({"generator": "overpass-turbo", "features": features, "type": "FeatureCollection"}).to_string()
}

#[test]
fn a_feature_of_overpass_becomes_a_whole_merchant() {
    let mut feature = shop(1, "海底捞");
    feature["properties"] = json!({
        "@id": "way/7", "name": "海底捞", "name:en": "Haidilao", "name:ja": "ハイディラオ", "amenity": "restaurant",
        "shop": "candles", "addr:city": "上海市", "addr:street": "南京路", "addr:housenumber": "1号",
        "phone": "+86 21 1", "opening_hours": "24/7", "wheelchair": null, "@relations": [{"rel": 1}]
    });
    let content = collection(&[feature]);
    let merchants = accepted("shanghai.geojson", content.as_bytes(), &Options::default());
    let [merchant] = merchants.as_slice() else {
        panic!("{merchants:?}")
    };
    assert_eq!(merchant.source, "osm:way/7");
    let mut name = LocalText::one("zh-CN", "海底捞");
    name.0.insert("en".to_owned(), "Haidilao".to_owned());
    assert_eq!(merchant.name, name);
    assert_eq!(merchant.category, "restaurant");
    assert_eq!(merchant.place.lon_microdegrees(), 122_000_000);
    assert_eq!(merchant.address.as_deref(), Some("上海市南京路1号"));
    assert_eq!(merchant.phone.as_deref(), Some("+86 21 1"));
    assert_eq!(merchant.opening_hours.as_deref(), Some("24/7"));
}

#[test]
fn a_western_address_and_a_translated_name_alone_are_enough() {
    let mut feature = shop(1, "");
    feature["properties"] = json!({
        "name:zh": "咖啡", "shop": "candles", "addr:street": "Wall Street", "addr:housenumber": 11,
        "addr:city": "New York", "addr:postcode": "10005"
    });
    let merchant = &accepted("x.json", collection(&[feature]).as_bytes(), &Options::default())[0];
    assert_eq!(merchant.name, LocalText::one("zh-CN", "咖啡"));
    assert_eq!(merchant.category, "shopping");
    assert_eq!(merchant.source, "osm:node/1");
    assert_eq!(
        merchant.address.as_deref(),
        Some("11 Wall Street, New York 10005")
    );
}

#[test]
fn one_feature_a_line_is_told_from_a_collection_by_its_beginning() {
    let lines = format!("{}\n\u{1E}{}\r\n\n{}", shop(1, "A"), shop(2, "B"), shop(3, "C"));
    for name in ["x.geojson", "x.ndjson", "x.geojsonl", "x.json"] {
        assert_eq!(
            accepted(name, lines.as_bytes(), &Options::default()).len(),
            3,
            "{name}"
        );
    }
    let pretty: Value = serde_json::from_str(&collection(&[shop(1, "A"), shop(2, "B")])).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap();
    assert_eq!(
        accepted("x.json", pretty.as_bytes(), &Options::default()).len(),
        2
    );
    let packed = zstd::encode_all(pretty.as_bytes(), 3).unwrap();
    assert_eq!(accepted("x.geojson.zst", &packed, &Options::default()).len(), 2);
}

#[test]
fn a_truncated_collection_says_where_and_keeps_the_rows_before() {
    let content = collection(&[shop(1, "A"), shop(2, "B"), shop(3, "C")]);
    let second = content.find("node/2").unwrap();
    let rows = rows_of("x.geojson", &content.as_bytes()[..second], &Options::default());
    assert!(rows[0].is_ok() && rows.len() == 2);
    let refusal = rows[1].as_ref().unwrap_err();
    assert_eq!((refusal.rule, refusal.at.row), (Rule::Truncated, 2));
    assert!(
        refusal.detail.contains(&format!("byte {second}")),
        "{}",
        refusal.detail
    );

    let all_but_the_end = &content.as_bytes()[..content.len() - 1];
    let rows = rows_of("x.geojson", all_but_the_end, &Options::default());
    assert_eq!(rows.iter().filter(|row| row.is_ok()).count(), 3);
    assert_eq!(rows[3].as_ref().unwrap_err().rule, Rule::Truncated);
}

#[test]
fn a_truncated_last_line_is_told_from_a_broken_one() {
    let whole = shop(1, "A").to_string();
    let cut = &whole[..whole.len() / 2];
    let refusals = refused(
        "x.ndjson",
        format!("{cut}\n{cut}").as_bytes(),
        &Options::default(),
    );
    assert_eq!(rules(&refusals), [Rule::Malformed, Rule::Truncated]);
}

#[test]
fn a_broken_feature_costs_itself_only() {
    let good = shop(1, "A");
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    for (broken, rule) in [
        ("null".to_owned(), Rule::Malformed),
        ("7".to_owned(), Rule::Malformed),
        ("\"]}\"".to_owned(), Rule::Malformed),
        ("{}".to_owned(), Rule::Malformed),
        (
            "{\"type\":\"Node\",\"properties\":{\"name\":\"x\"}}".to_owned(),
            Rule::Malformed,
        ),
        ("{\"type\":\"Feature\",\"properties\":{\"name\":}}".to_owned(), Rule::Malformed),
        (
            format!("{{\"type\":\"Feature\",\"properties\":{{\"name\":{deep}}}}}"),
            Rule::Malformed,
        ),
        ("{\"type\":\"Feature\"}".to_owned(), Rule::EmptyName),
        (
            "{\"type\":\"Feature\",\"properties\":{\"name\":\"x\"},\"geometry\":null}".to_owned(),
            Rule::MissingPlace,
        ),
        (
            "{\"type\":\"Feature\",\"properties\":{\"name\":[\"x\"]},\"geometry\":{}}".to_owned(),
            Rule::EmptyName,
        ),
        (
            "{\"type\":\"Feature\",\"properties\":{\"name\":\"x\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1e999,1]}}"
                .to_owned(),
            Rule::Malformed,
        ),
        (
            "{\"type\":\"Feature\",\"properties\":{\"name\":\"x\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1e99,1]}}"
                .to_owned(),
            Rule::BadPlace,
        ),
        (
            "{\"type\":\"Feature\",\"properties\":{\"name\":\"x\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[31.2,121.4]}}"
                .to_owned(),
            Rule::SwappedPlace,
        ),
    ] {
        let content = format!("{{\"features\":[{broken},{good}],\"type\":\"FeatureCollection\"}}");
        let rows = rows_of("x.geojson", content.as_bytes(), &Options::default());
        assert_eq!(rows[0].as_ref().unwrap_err().rule, rule, "{broken}");
        assert!(rows.len() == 2 && rows[1].is_ok(), "{broken}");
    }
}

#[test]
fn broken_utf8_costs_one_feature_and_says_where_it_is() {
    let mut content = collection(&[shop(1, "A"), shop(2, "B?B"), shop(3, "C")]).into_bytes();
    let position = content.windows(3).position(|part| part == b"B?B").unwrap() + 1;
    content[position] = 0xE4;
    let rows = rows_of("x.geojson", &content, &Options::default());
    assert!(rows[0].is_ok() && rows[2].is_ok());
    let refusal = rows[1].as_ref().unwrap_err();
    assert_eq!(refusal.rule, Rule::BrokenEncoding);
    assert!(
        refusal.detail.contains(&format!("byte {position} ")),
        "{}",
        refusal.detail
    );
}

#[test]
fn what_is_no_collection_is_refused_once_with_the_reason() {
    for content in [
        "[]",
        "{} x",
        "{\"elements\":[{\"type\":\"node\"}]}",
        "{\"features\":{}}",
        "{\"features\":[}",
        "{features:[]}",
        "{\"features\" []}",
        "\u{0}",
    ] {
        let refusal = the_refusal("x.geojson", content.as_bytes(), &Options::default());
        assert!(refusal.rule.ends_the_file(), "{content} {refusal}");
    }
    let gbk = Options {
        encoding: encoding_rs::GBK,
        ..Options::default()
    };
    assert!(matches!(
        open("x.geojson", b"{}", &gbk).err(),
        Some(OpenError::Encoding(_))
    ));
}

#[test]
fn two_collections_in_one_file_are_both_read() {
    let content = format!(
        "{}\n{}\n",
        collection(&[shop(1, "A")]),
        collection(&[shop(2, "B")])
    );
    assert_eq!(
        accepted("x.geojson", content.as_bytes(), &Options::default()).len(),
        2
    );
}

#[test]
fn three_megabytes_on_one_line_are_read_feature_by_feature() {
    let numbered = |i: i64| {
        let mut feature = shop(i % 50, &format!("Shop {i}"));
        feature["properties"]["@id"] = json!(format!("node/{i}"));
        feature
    };
    let features: Vec<Value> = (0..22_000).map(numbered).collect();
    let content = collection(&features);
    assert!(content.len() > 3 << 20 && !content.contains('\n'));
    assert_eq!(
        accepted("x.geojson", content.as_bytes(), &Options::default()).len(),
        22_000
    );

    let mut large = shop(1, "A");
    large["properties"]["note"] = json!("x".repeat(3 << 20));
    let line = large.to_string();
    assert_eq!(
        accepted("x.ndjson", line.as_bytes(), &Options::default()).len(),
        1
    );
}

#[test]
fn a_feature_longer_than_allowed_is_skipped() {
    let mut large = shop(1, "A");
    large["properties"]["note"] = json!("x".repeat(ROW_BYTES_MAX));
    let content = collection(&[large, shop(2, "B")]);
    let rows = rows_of("x.geojson", content.as_bytes(), &Options::default());
    assert_eq!(rows[0].as_ref().unwrap_err().rule, Rule::RowTooLong);
    assert!(rows[1].is_ok());
}

#[test]
fn the_same_merchant_twice_is_refused_the_second_time() {
    let mut again = shop(2, "a");
    again["geometry"]["coordinates"] = shop(1, "A")["geometry"]["coordinates"].clone();
    let content = collection(&[shop(1, "A"), shop(1, "Other"), again]);
    let refusals = refused("x.geojson", content.as_bytes(), &Options::default());
    assert_eq!(rules(&refusals), [Rule::DuplicateSource, Rule::DuplicateName]);
}
