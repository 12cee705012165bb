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
        ("shops.csv --dry-run --language 中文", "BCP 47"),
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
