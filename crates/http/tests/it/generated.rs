//! What is generated from the code and committed under `docs/generated`, and what every operation of the
//! document has. `QIAO_BLESS=1 cargo test -p http --test it generated` writes the files anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use axum::http::Method;
use store::testing::assert_committed;

use crate::operations::{operations, reject_tables};

#[test]
fn the_openapi_document_is_the_committed_one() {
    let document = http::document().to_pretty_json().unwrap();
    assert_committed("openapi.json", &format!("{document}\n"));
}

#[test]
fn the_list_of_problems_is_the_committed_one() {
    assert_committed("problems.md", &http::problem::problems_markdown());
}

#[test]
fn every_operation_has_a_name_of_its_own_in_camel_case() {
    let mut names = BTreeSet::new();
    for operation in operations() {
        let name = &operation.name;
        let camel = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric());
        assert!(camel, "{name}: an operationId is written in camelCase");
        assert!(names.insert(name.clone()), "{name} stands for two operations");
    }
}

/// The names that the types of this source have in the document.
fn schema_names(source: &str) -> Vec<String> {
    let derived = source.split("#[derive(").skip(1).filter(|rest| {
        let derives = rest.split(")]").next();
        derives.is_some_and(|derives| derives.contains("ToSchema"))
    });
    let names = derived.map(|rest| {
        let head = rest.split('{').next().unwrap();
        let name = head
            .split_once("(as = ")
            .or_else(|| head.split_once("struct "))
            .or_else(|| head.split_once("enum "));
        let name = name.unwrap().1.split(|c: char| !c.is_alphanumeric());
        name.take(1).collect()
    });
    names.collect()
}

fn sources(folder: PathBuf) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| match path.is_dir() {
        true => sources(path),
        false => vec![fs::read_to_string(path).unwrap()],
    });
    found.collect()
}

#[test]
fn no_two_types_share_a_name_in_the_document() {
    let all = sources([env!("CARGO_MANIFEST_DIR"), "src"].iter().collect());
    let mut seen = BTreeSet::new();
    let names: Vec<String> = all.iter().flat_map(|source| schema_names(source)).collect();
    assert!(names.len() > 100, "only {} types were found", names.len());
    let twice: Vec<&String> = names.iter().filter(|name| !seen.insert(*name)).collect();
    assert!(twice.is_empty(), "the document keeps only one of two: {twice:?}");
}

#[test]
fn every_refusal_is_told_as_the_problem_document_that_it_is() {
    let document = serde_json::to_value(http::document()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let told = operation["responses"]["4XX"]["content"].as_object().unwrap();
            let types: Vec<_> = told.keys().collect();
            assert_eq!(types, ["application/problem+json"], "{method} {path}");
        }
    }
}

#[test]
fn every_parameter_of_a_path_is_told() {
    for operation in operations() {
        assert_eq!(
            operation.said_parameters,
            operation.parameters(),
            "{}: params(…)",
            operation.name
        );
    }
}

#[test]
fn every_write_tells_its_body() {
    for operation in operations() {
        let told = operation.body.is_some() || operation.takes_bytes;
        // A body of a DELETE has no meaning in HTTP, and what is signed is read as text.
        let has_none = operation.method == Method::DELETE || operation.name == "receiveSandboxWebhook";
        assert!(!operation.writes() || told || has_none, "{}", operation.name);
    }
}

#[test]
fn every_reason_has_a_code_of_its_own() {
    let mut codes = BTreeSet::new();
    let all = reject_tables().into_iter().flatten();
    for kind in all {
        assert!(codes.insert(kind.code), "{} stands in two tables", kind.code);
        assert!(
            kind.code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
            "{}",
            kind.code
        );
        assert!(
            !kind.title.is_empty() && !kind.remedy.is_empty(),
            "{} helps nobody",
            kind.code
        );
    }
    let listed: BTreeSet<_> = http::problem::ALL_REJECTS.keys().copied().collect();
    let unlisted: Vec<_> = codes.difference(&listed).collect();
    assert!(unlisted.is_empty(), "not in the list of problems: {unlisted:?}");
}
