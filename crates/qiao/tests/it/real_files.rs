//! The real files that others gathered, where they are at hand: `QIAO_SHARED_DATA`, or `shared/data`
//! beside the workspace. Skipped with a word where they are not; nothing of them is kept here.

use std::path::{Path, PathBuf};

use qiao::import::options::PlaceIn;
use qiao::import::{ImportedMerchant, Merchants, Options, Report, Rule, in_batches};

/// A real file, if it is at hand.
fn real_file(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("QIAO_SHARED_DATA").map_or(beside, PathBuf::from);
    let path = folder.join("poi").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {name} is not at hand; set QIAO_SHARED_DATA to the folder that holds poi/");
    None
}

fn import(path: &Path, options: &Options) -> (Report, Vec<ImportedMerchant>) {
    let mut merchants = Merchants::open(path, options).unwrap();
    let mut all = Vec::new();
    let keep = |batch| {
        all.extend::<Vec<_>>(batch);
        Ok(())
    };
    let report = in_batches::<()>(&mut merchants, 1_000, keep, |_| Ok(())).unwrap();
    (report, all)
}

fn refused(report: &Report) -> Vec<(Rule, u64)> {
    report.refused.clone().into_iter().collect()
}

fn with_rules(template: Option<&str>) -> Options {
    Options {
        place_in: Some(PlaceIn {
            bounds: "121.2,31.0,121.8,31.4".parse().unwrap(),
            seed: 7,
        }),
        name_from: template.map(|template| template.parse().unwrap()),
        ..Options::default()
    }
}

#[test]
fn openstreetmap_of_five_american_cities() {
    let Some(path) = real_file("osm_poi_us5cities.csv.zst") else {
        return;
    };
    let (report, merchants) = import(&path, &Options::default());
    assert_eq!(
        refused(&report),
        [(Rule::EmptyName, 13_030), (Rule::DuplicateName, 93)]
    );
    assert_eq!(report.accepted, 29_813);
    assert!(report.notes.categories["restaurant"] > 6_000);
    let again = Merchants::open(&path, &Options::default()).unwrap();
    let again: Vec<_> = again.filter_map(Result::ok).take(2_000).collect();
    assert_eq!(
        merchants[..2_000],
        again,
        "a second run gives the same sources and places"
    );

    let mut named = Merchants::open(&path, &with_rules(Some("{category} {city} {row}"))).unwrap();
    assert_eq!(named.by_ref().take(2_000).filter(Result::is_err).count(), 0);
    assert!(named.notes().names_made > 0 && named.notes().places_made == 0);
}

#[test]
fn dianping_names_have_no_place_until_a_rule_makes_one() {
    let Some(path) = real_file("dianping_names_24cities.csv.zst") else {
        return;
    };
    let (report, _) = import(&path, &Options::default());
    assert_eq!(refused(&report), [(Rule::MissingPlace, 9_884)]);
    let (report, merchants) = import(&path, &with_rules(None));
    assert_eq!((report.accepted, report.refused_total()), (9_884, 0));
    assert_eq!(report.notes.review_counts, 9_217);
    let prices: Vec<i64> = merchants
        .iter()
        .filter_map(|merchant| merchant.price_per_person)
        .collect();
    assert!(
        prices.len() > 9_000 && prices.iter().all(|price| price % 100 == 0),
        "whole yuan, in fen"
    );
    assert!(report.notes.categories["other"] < 20);
}

#[test]
fn dianping_food_of_shanghai_has_neither_name_nor_place_until_rules_make_them() {
    let Some(path) = real_file("shanghai_dianping_food_96k.csv.zst") else {
        return;
    };
    let (report, _) = import(&path, &Options::default());
    assert_eq!(refused(&report), [(Rule::EmptyName, 96_398)]);
    let (report, merchants) = import(&path, &with_rules(Some("{category} {row}")));
    assert_eq!(refused(&report), [(Rule::EmptyName, 140)]);
    let mut sources: Vec<_> = merchants.iter().map(|merchant| &merchant.source).collect();
    sources.sort();
    sources.dedup();
    assert_eq!(sources.len(), 96_258);
}

#[test]
fn a_table_of_districts_is_refused_row_by_row() {
    let Some(path) = real_file("shanghai_dianping_food_district_codes.csv") else {
        return;
    };
    let (report, _) = import(&path, &Options::default());
    assert_eq!(refused(&report), [(Rule::EmptyName, 17)]);
}
