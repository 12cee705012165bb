//! `qiao import merchants` as a person runs it: arguments, standard output, exit code, report file.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn qiao(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qiao"));
    command
        .current_dir(folder)
        .args(["import", "merchants"])
        .args(arguments);
    command.output().unwrap()
}

/// A folder with one file in it.
fn folder(content: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("shops.csv"), content).unwrap();
    folder
}

#[test]
fn a_dry_run_shows_the_columns_counts_the_rows_and_writes_the_report() {
    let folder = folder(
        "id,name,lat,lon,colour\n1,Good,31.1,121.1,red\n2,\"=HYPERLINK(\"\"x\"\")\",,,\n3,\"@SUM(A1), a\u{7}\",1,1,\n",
    );
    let output = qiao(
        folder.path(),
        &["shops.csv", "--dry-run", "--report", "refused.csv"],
    );
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    for shown in [
        "name=name",
        "not read: colour",
        "accepted 1",
        "refused  2",
        "missing_place",
        "time ",
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    let report = fs::read_to_string(folder.path().join("refused.csv")).unwrap();
    let lines: Vec<_> = report.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[1].starts_with("2,3,45,\"missing_place\",\"lat\",\"\","),
        "{}",
        lines[1]
    );
    assert!(
        lines[2].contains("\"control_character\",\"name\",\"'@SUM(A1), a\\u{7}\","),
        "{}",
        lines[2]
    );
}

#[test]
fn what_is_accepted_is_stored_once() {
    let folder = folder("id,name,lat,lon,address\n1,Good,31.1,121.1,1 Road\n2,Better,31.2,121.2,2 Road\n");
    for stored in ["2 new, 0 changed, 0 as before", "0 new, 0 changed, 2 as before"] {
        let output = qiao(folder.path(), &["shops.csv"]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains(stored), "{text}");
    }
}

/// One row with these fields and an id, a name and a place of its own, unless they say otherwise.
fn row(n: usize, fields: &[(&str, String)]) -> String {
    let columns = HEADER.split(',').map(|column| {
        let own = match column {
            "id" | "name" => format!("{column}{n}"),
            "lat" | "lon" => format!("{}.5", 20 + n),
            _ => String::new(),
        };
        fields
            .iter()
            .find(|(field, _)| *field == column)
            .map_or(own, |(_, text)| text.clone())
    });
    columns.collect::<Vec<_>>().join(",")
}

const HEADER: &str = "id,name,name_en,lat,lon,address,city,district,phone,opening_hours";

#[test]
fn what_cannot_be_stored_is_refused_row_by_row_and_the_rest_is_stored() {
    let of = |count: usize| "长".repeat(count);
    let prefix = "shops:".len();
    // What is refused: at which field, by which rule, with what in which columns.
    let refused = [
        ("id", "too_long", vec![("id", of(201 - prefix))]),
        ("name", "too_long", vec![("name", of(121))]),
        ("name_en", "too_long", vec![("name_en", of(121))]),
        ("address", "too_long", vec![("address", of(301))]),
        (
            "address",
            "too_long",
            vec![("city", of(150)), ("district", of(150))],
        ),
        ("phone", "too_long", vec![("phone", of(41))]),
        ("opening_hours", "too_long", vec![("opening_hours", of(501))]),
        (
            "name",
            "control_character",
            vec![("name", "A\u{200e}B".to_owned())],
        ),
        (
            "phone",
            "control_character",
            vec![("phone", "1\u{61c}2".to_owned())],
        ),
    ];
    let accepted = [
        ("id", 200 - prefix),
        ("name", 120),
        ("name_en", 120),
        ("address", 300),
        ("phone", 40),
        ("opening_hours", 500),
    ];
    let rows = refused.iter().map(|(_, _, fields)| fields.clone());
    let rows = rows.chain(accepted.iter().map(|(column, count)| vec![(*column, of(*count))]));
    let rows = rows.enumerate().map(|(n, fields)| row(n, &fields));
    let lines: Vec<String> = [HEADER.to_owned()].into_iter().chain(rows).collect();
    let folder = folder(&lines.join("\n"));
    let output = qiao(folder.path(), &["shops.csv", "--report", "refused.csv"]);
    let (text, error) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{text}{error}");
    assert!(text.contains("stored      6 new, 0 changed"), "{text}");
    let report = fs::read_to_string(folder.path().join("refused.csv")).unwrap();
    let reasons = report.lines().skip(1).map(|line| {
        let cells: Vec<_> = line.split(',').collect();
        (cells[4].trim_matches('"'), cells[3].trim_matches('"'))
    });
    let expected = refused.iter().map(|(field, rule, _)| (*field, *rule));
    assert_eq!(reasons.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn a_source_that_cannot_be_stored_is_refused_with_every_row() {
    let folder = folder("id,name,lat,lon\n1,Good,31.1,121.1\n");
    for (prefix, rule) in [("\u{200e}:", "control_character"), (&"s".repeat(200), "too_long")] {
        let output = qiao(folder.path(), &["shops.csv", "--source", prefix]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{text}");
        assert!(
            text.contains(rule) && text.contains("stored      0 new"),
            "{text}"
        );
    }
}

#[test]
fn a_file_cut_short_fails_after_its_report() {
    let folder = folder("");
    fs::write(
        folder.path().join("x.geojson"),
        "{\"type\":\"FeatureCollection\",\"features\":[{",
    )
    .unwrap();
    let output = qiao(folder.path(), &["x.geojson", "--dry-run"]);
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("truncated"));
}

#[test]
fn rules_and_maps_come_from_the_command_line_and_a_file() {
    let folder = folder("dt_id,dt_name\nA,North\nB,South\n");
    fs::write(
        folder.path().join("map.toml"),
        "name = \"dt_name\"\nid = \"wrong\"\n",
    )
    .unwrap();
    let arguments =
        "shops.csv --dry-run --map map.toml --column id=dt_id --place-in -74.1,40.6,-73.9,40.8 --seed 1";
    let output = qiao(folder.path(), &arguments.split(' ').collect::<Vec<_>>());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("accepted 2") && text.contains("2 places made by --place-in"),
        "{text}"
    );
}

#[test]
fn a_file_without_addresses_is_stored_and_a_second_run_changes_nothing() {
    let folder = folder("id,name,city,lat,lon\n1,Good,Paris,48.8,2.3\n2,Other,,48.9,2.4\n");
    for stored in ["2 new, 0 changed", "0 new, 0 changed, 2 as before"] {
        let output = qiao(folder.path(), &["shops.csv", "--data", "data"]);
        let (text, error) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(
            output.status.success() && text.contains(stored),
            "{stored}: {text}{error}"
        );
    }
}

#[test]
fn wrong_arguments_are_refused_with_what_to_do() {
    let folder = folder("id,name\n");
    for (arguments, shown) in [
        ("none.csv --dry-run", "none.csv"),
        ("shops.csv --dry-run --report shops.csv", "overwrite"),
        ("shops.csv --dry-run --place-in 1,2,3,4", "--seed"),
        ("shops.csv --dry-run --column colour=x", "there is no field"),
        ("shops.csv --dry-run --encoding klingon", "gbk"),
        ("shops.csv --dry-run --currency YUAN", "CNY"),
        ("shops.csv --dry-run --delimiter ;;", "one ASCII character"),
        ("shops.csv --dry-run --name-from Shop", "{row}"),
        ("shops.csv --dry-run --currency XAU", "no minor unit"),
        ("shops.csv --dry-run --language 中文", "BCP 47"),
        ("shops.csv --dry-run --language chinese", "BCP 47"),
        ("shops.csv --dry-run --time-zone Mars/Olympus", "IANA"),
    ] {
        let output = qiao(folder.path(), &arguments.split(' ').collect::<Vec<_>>());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && text.contains(shown),
            "{arguments}: {text}"
        );
    }
    assert_eq!(
        fs::read_to_string(folder.path().join("shops.csv")).unwrap(),
        "id,name\n"
    );
}
