//! The order of the house: a crate may use only crates above it.

use std::fs;
use std::path::Path;

/// From top to bottom, as in `docs/ARCHITECTURE.md`.
const HOUSE: &[&str] = &[
    "kernel", "store", "party", "ledger", "offer", "channel", "voucher", "convert", "consume", "feedback",
    "retain", "attract", "gateway", "http", "city", "qiao",
];

/// The crates of the house that a manifest names as dependencies, for tests too.
fn used_by(manifest: &str) -> Vec<&str> {
    let mut in_dependencies = false;
    let mut used = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.contains("dependencies");
        } else if in_dependencies {
            used.extend(
                line.split(['.', ' ', '='])
                    .next()
                    .filter(|name| HOUSE.contains(name)),
            );
        }
    }
    used
}

fn broken_rules(name: &str, manifest: &str) -> Vec<String> {
    let place = |crate_name: &str| HOUSE.iter().position(|c| *c == crate_name);
    let used = used_by(manifest)
        .into_iter()
        .filter(|used| place(used) >= place(name));
    used.map(|used| format!("{name} uses {used}, which is not above it"))
        .collect()
}

#[test]
fn every_crate_uses_only_crates_above_it() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut broken = Vec::new();
    for folder in fs::read_dir(crates).unwrap() {
        let folder = folder.unwrap();
        let name = folder.file_name().into_string().unwrap();
        assert!(HOUSE.contains(&name.as_str()), "{name} has no place in the house");
        let manifest = fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
        broken.extend(broken_rules(&name, &manifest));
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn a_crate_that_uses_one_below_it_is_seen() {
    let manifest =
        "[package]\nname = \"ledger\"\n\n[dependencies]\nkernel.workspace = true\nconvert.workspace = true\n";
    assert_eq!(
        broken_rules("ledger", manifest),
        ["ledger uses convert, which is not above it"]
    );
}
