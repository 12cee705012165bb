//! CSV files: encodings, columns, quoting, sources, and what a second run makes of the same rows.

use std::io::Write;

use kernel::LocalText;
use qiao::import::{Field, Merchants, OpenError, Options, Rule, in_batches};

use crate::fixtures::{accepted, open, refused, rows_of, rules, the_refusal};

#[test]
fn a_listing_with_chinese_headers_becomes_whole_merchants() {
    let content = "\u{FEFF}店铺id,店铺名,类别,纬度,经度,地址,电话,营业时间,人均价格,店铺总分,评论总数\r\n\
        x1,\"老王\"\"火锅\"\"(人民广场店)\",四川火锅,31.2304,121.4737,\"南京路1号,2楼\",021-1,10:00-22:00,￥85.5,4.5,643条评价\r\n";
    let merchants = accepted("dianping.csv", content.as_bytes(), &Options::default());
    let [merchant] = merchants.as_slice() else {
        panic!("{merchants:?}")
    };
    assert_eq!(merchant.source, "dianping:x1");
    assert_eq!(merchant.name, LocalText::one("zh-CN", "老王\"火锅\"(人民广场店)"));
    assert_eq!(merchant.category, "hot_pot");
    assert_eq!(merchant.place.lat_microdegrees(), 31_230_400);
    assert_eq!(merchant.place.lon_microdegrees(), 121_473_700);
    assert_eq!(merchant.address.as_deref(), Some("南京路1号,2楼"));
    assert_eq!(merchant.phone.as_deref(), Some("021-1"));
    assert_eq!(merchant.opening_hours.as_deref(), Some("10:00-22:00"));
    assert_eq!(merchant.price_per_person, Some(8_550));
    assert_eq!(merchant.rating_milli, Some(4_500));
    assert_eq!(merchant.review_count, Some(643));
}

#[test]
fn optional_numbers_that_cannot_be_read_are_left_out_and_counted() {
    let content = "id,name,lat,lon,price,score\n1,A,31,121,cheap,9\n2,B,31,121,-,-\n";
    let mut merchants = open("shops.csv", content.as_bytes(), &Options::default()).unwrap();
    assert!(
        merchants
            .by_ref()
            .all(|row| row.is_ok_and(|m| m.price_per_person.is_none() && m.rating_milli.is_none()))
    );
    let left_out: Vec<_> = merchants.notes().left_out.clone().into_iter().collect();
    assert_eq!(left_out, [(Field::Price, 1), (Field::Rating, 1)]);
}

#[test]
fn broken_utf8_costs_one_row_and_says_where_it_is() {
    let mut content = b"id,name,lat,lon\n1,Good,31.1,121.1\n2,B".to_vec();
    let position = content.len();
    content.extend_from_slice(b"\xFF\xFEd,31.2,121.2\n3,Fine,31.3,121.3\n");
    let rows = rows_of("shops.csv", &content, &Options::default());
    assert!(rows[0].is_ok() && rows[2].is_ok() && rows.len() == 3);
    let refusal = rows[1].as_ref().unwrap_err();
    assert_eq!((refusal.rule, refusal.field), (Rule::BrokenEncoding, "name"));
    assert!(
        refusal.detail.contains(&format!("byte {position} ")),
        "{}",
        refusal.detail
    );
}

#[test]
fn gbk_is_read_when_named_and_refused_when_not() {
    let (content, _, _) = encoding_rs::GBK.encode("编号,名称,纬度,经度\n1,海底捞,31.2,121.4\n");
    let gbk = Options {
        encoding: encoding_rs::GBK,
        ..Options::default()
    };
    let merchants = accepted("shops.csv", &content, &gbk);
    assert_eq!(merchants[0].name, LocalText::one("zh-CN", "海底捞"));
    let unnamed = open("shops.csv", &content, &Options::default()).err();
    assert!(matches!(unnamed, Some(OpenError::Encoding(text)) if text.contains("--encoding")));

    let mut broken = content.into_owned();
    let position = broken.len() + 2;
    broken.extend_from_slice(b"2,\xFF\xFF,31.3,121.4\n");
    let refusal = the_refusal("shops.csv", &broken, &gbk);
    assert_eq!((refusal.rule, refusal.field), (Rule::BrokenEncoding, "name"));
    assert!(
        refusal.detail.contains(&format!("byte {position} ")),
        "{}",
        refusal.detail
    );
}

#[test]
fn a_quote_that_is_never_closed_costs_its_own_line_only() {
    let content = "id,name,lat,lon\n1,A,31.1,121.1\n2,\"B,31.2,121.2\n3,C,31.3,121.3\n4,D,31.4,121.4\n";
    let rows = rows_of("shops.csv", content.as_bytes(), &Options::default());
    let refusal = rows[1].as_ref().unwrap_err();
    assert_eq!((refusal.rule, refusal.at.line), (Rule::Malformed, 3));
    assert_eq!(rows.iter().filter(|row| row.is_ok()).count(), 3);
}

#[test]
fn a_file_that_ends_inside_quotes_is_truncated() {
    let content = "id,name,lat,lon\n1,A,31.1,121.1\n2,\"B and";
    let rows = rows_of("shops.csv", content.as_bytes(), &Options::default());
    let refusal = rows[1].as_ref().unwrap_err();
    assert_eq!(refusal.rule, Rule::Truncated);
    assert!(
        refusal.detail.contains(&format!("byte {}", content.len())),
        "{}",
        refusal.detail
    );
}

#[test]
fn line_numbers_count_lines_and_row_numbers_count_rows() {
    for end in ["\n", "\r\n", "\r"] {
        let content = [
            "id,name,lat,lon,address",
            "",
            "1,A,31,121,\"two\nlines\"",
            "",
            "2,,31,121,",
            "",
        ]
        .join(end);
        let refusals = refused("shops.csv", content.as_bytes(), &Options::default());
        let places: Vec<_> = refusals.iter().map(|r| (r.rule, r.at.row, r.at.line)).collect();
        assert_eq!(
            places,
            [(Rule::ControlCharacter, 1, 3), (Rule::EmptyName, 2, 6)],
            "{end:?}"
        );
    }
}

#[test]
fn the_user_says_which_column_is_which() {
    let content = "名字;x;y;name\n海底捞;121.4;31.2;ignored\n";
    let options = Options {
        delimiter: Some(b';'),
        columns: [
            (Field::Name, "名字"),
            (Field::Lon, "X"),
            (Field::Lat, "y"),
            (Field::NameEn, "name"),
        ]
        .map(|(field, header)| (field, header.to_owned()))
        .into(),
        ..Options::default()
    };
    let merchants = accepted("shops.csv", content.as_bytes(), &options);
    assert_eq!(merchants[0].name.0.len(), 2);
    assert_eq!(merchants[0].place.lat_microdegrees(), 31_200_000);
    let shown = open("shops.csv", content.as_bytes(), &options)
        .unwrap()
        .reading()
        .to_string();
    assert!(shown.contains("name=名字") && shown.contains("lon=x"), "{shown}");
}

#[test]
fn a_column_map_that_does_not_fit_is_refused_before_any_row() {
    let columns = |list: &[(Field, &str)]| Options {
        columns: list
            .iter()
            .map(|(field, header)| (*field, (*header).to_owned()))
            .collect(),
        ..Options::default()
    };
    for (content, options) in [
        ("id,name\n", columns(&[(Field::Name, "shop")])),
        (
            "id,name\n",
            columns(&[(Field::Name, "name"), (Field::NameEn, "name")]),
        ),
        ("name,name\n", columns(&[])),
    ] {
        let error = open("shops.csv", content.as_bytes(), &options).err();
        assert!(
            matches!(error, Some(OpenError::Columns(_))),
            "{content} {error:?}"
        );
    }
}

#[test]
fn a_second_run_gives_the_same_sources_also_where_rows_have_no_id() {
    let head = "name,lat,lon,price\n";
    let (a, b) = ("A,31.1,121.1,10\n", "B,31.2,121.2,10\n");
    let moved = "C,31.3,121.3,10\n";
    let sources = |content: &str| -> Vec<String> {
        accepted("shops.csv", content.as_bytes(), &Options::default())
            .into_iter()
            .map(|merchant| merchant.source)
            .collect()
    };
    let first = sources(&format!("{head}{a}{b}"));
    assert_eq!(first, sources(&format!("{head}{a}{b}")));
    assert_eq!(
        first[1],
        sources(&format!("{head}{moved}{b}"))[1],
        "a row keeps its source"
    );
    assert_ne!(first[0], first[1]);
}

#[test]
fn rows_of_the_same_content_without_an_id_are_told_apart_by_their_number() {
    let content = "类别,lat,lon\n美食,31.1,121.1\n美食,31.1,121.1\n";
    let options = Options {
        name_from: Some("{category} {row}".parse().unwrap()),
        ..Options::default()
    };
    let merchants = accepted("food.csv", content.as_bytes(), &options);
    assert_eq!(merchants[1].source, format!("{}-2", merchants[0].source));
}

#[test]
fn ids_of_openstreetmap_are_known_as_such_and_the_user_may_say_more() {
    let content = "osm_id,name,lat,lon\n12,A,31,121\n";
    let source = |options| accepted("x.csv", content.as_bytes(), &options)[0].source.clone();
    assert_eq!(source(Options::default()), "osm:12");
    let named = Options {
        source_prefix: Some("osm:node/".to_owned()),
        ..Options::default()
    };
    assert_eq!(source(named), "osm:node/12");
}

#[test]
fn packed_files_are_unpacked_and_a_damaged_one_keeps_its_first_rows() {
    let mut content = b"id,name,lat,lon\n".to_vec();
    for i in 0..20_000 {
        writeln!(content, "{i},Shop {},31.{i:05},121.1", i * 7_919 % 104_729).unwrap();
    }
    let packed = zstd::encode_all(content.as_slice(), 3).unwrap();
    let whole = rows_of("shops.csv.zst", &packed, &Options::default());
    assert_eq!(whole.iter().filter(|row| row.is_ok()).count(), 20_000);

    let cut = rows_of("shops.csv.zst", &packed[..packed.len() / 2], &Options::default());
    let (last, before) = cut.split_last().unwrap();
    assert_eq!(last.as_ref().unwrap_err().rule, Rule::Unreadable);
    assert!(
        before.len() > 1_000 && before.iter().all(Result::is_ok),
        "{}",
        before.len()
    );
}

#[test]
fn a_row_of_three_megabytes_is_read_and_a_longer_one_than_allowed_is_skipped() {
    let name = "x".repeat(3 << 20);
    let content = format!("id,name,lat,lon\n1,{name},31,121\n2,B,31,121\n");
    let rows = rows_of("shops.csv", content.as_bytes(), &Options::default());
    assert_eq!(rows[0].as_ref().unwrap_err().rule, Rule::TooLong);
    assert!(rows[1].is_ok());

    let name = "x".repeat(9 << 20);
    for quote in ["", "\""] {
        let content = format!("id,name,lat,lon\n1,{quote}{name},31,121\n2,B,31,121\n");
        let rows = rows_of("shops.csv", content.as_bytes(), &Options::default());
        assert_eq!(rows[0].as_ref().unwrap_err().rule, Rule::RowTooLong);
        assert!(rows[1].is_ok() && rows.len() == 2);
    }
}

#[test]
fn batches_hold_every_merchant_once_in_the_files_order() {
    let mut content = "id,name,lat,lon\n".to_owned();
    for i in 0..25 {
        content += &format!("{i},Shop {i},31.1,121.1\n");
    }
    content += "26,,31.1,121.1\n";
    let mut merchants = open("shops.csv", content.as_bytes(), &Options::default()).unwrap();
    let (mut sizes, mut sources, mut refusals) = (Vec::new(), Vec::new(), Vec::new());
    let report = in_batches::<()>(
        &mut merchants,
        10,
        |batch| {
            sizes.push(batch.len());
            sources.extend(batch.into_iter().map(|merchant| merchant.source));
            Ok(())
        },
        |refusal| {
            refusals.push(refusal.clone());
            Ok(())
        },
    )
    .unwrap();
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(sources, (0..25).map(|i| format!("shops:{i}")).collect::<Vec<_>>());
    assert_eq!(rules(&refusals), [Rule::EmptyName]);
    assert_eq!(
        (report.accepted, report.refused_total(), report.is_complete()),
        (25, 1, true)
    );
}

#[test]
fn an_error_while_a_batch_is_stored_stops_the_reading() {
    let content = "id,name,lat,lon\n1,A,31.1,121.1\n2,B,31.2,121.1\n3,C,31.3,121.1\n";
    let mut merchants = open("shops.csv", content.as_bytes(), &Options::default()).unwrap();
    let outcome = in_batches(&mut merchants, 1, |_| Err("the disk is full"), |_| Ok(()));
    assert_eq!(outcome.unwrap_err(), "the disk is full");
    assert_eq!(merchants.count(), 2);
}

#[test]
fn files_that_cannot_be_read_at_all_say_why() {
    let default = Options::default();
    assert!(matches!(
        open("a.csv", b"", &default).err(),
        Some(OpenError::Empty)
    ));
    assert!(matches!(
        open("a.csv", b"\xEF\xBB\xBF", &default).err(),
        Some(OpenError::Empty)
    ));
    assert!(matches!(
        open("a.csv", b"\n\n", &default).err(),
        Some(OpenError::Empty)
    ));
    assert!(matches!(
        open("a.xls", b"\xD0\xCF", &default).err(),
        Some(OpenError::UnknownFormat)
    ));
    let utf16 = open("a.csv", b"\xFF\xFEi\0d\0", &default).err();
    assert!(matches!(utf16, Some(OpenError::Encoding(text)) if text.contains("UTF-16")));
    let missing = Merchants::open(std::path::Path::new("no such file.csv"), &default);
    assert!(matches!(missing.err(), Some(OpenError::Io(_))));
}
