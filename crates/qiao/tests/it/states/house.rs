//! Which commands there are, by the lists that the crates export.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A command's name and the crate that has it. Two crates may each have their part of one thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Command {
    pub of: String,
    pub name: String,
}

impl Command {
    /// The command with this path: crate first, name last.
    pub fn at(path: &str) -> Self {
        let (of, _) = path.split_once("::").unwrap();
        let (_, name) = path.rsplit_once("::").unwrap();
        Self {
            of: of.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// Steps inside others' commands, among whose statements theirs are counted.
const STEPS: &[&str] = &[
    "consume::erase_person",
    "consume::refund_visit",
    "convert::book_open_ticket",
    "convert::charge_back",
    "convert::erase_person",
    "convert::give_back_claim",
    "convert::place_booked_order",
    "convert::prolong_booked",
    "convert::refund_booked",
    "convert::refund_part",
    "convert::reverse_chargeback",
    "convert::settle_security_deposit",
    "feedback::erase_person",
    "offer::end_showing",
    "party::count_code",
    "party::erase_person",
    "party::note_device",
    "voucher::close",
    "voucher::give_back_uses",
    "voucher::hold_uses",
    "voucher::issue",
    "voucher::prolong",
    "voucher::release_uses",
    "voucher::use_up",
];

/// Fails unless these are all commands: the functions that the crates' `commands` modules export.
pub fn assert_all(listed: impl Iterator<Item = Command>, place: &str) {
    let steps = STEPS.iter().map(|path| Command::at(path));
    let listed: BTreeSet<Command> = listed.chain(steps).collect();
    let differ: Vec<_> = exported().symmetric_difference(&listed).cloned().collect();
    assert!(
        differ.is_empty(),
        "{place}: these are missing, or no commands any more: {differ:?}"
    );
}

fn exported() -> BTreeSet<Command> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut commands = BTreeSet::new();
    for folder in fs::read_dir(crates).unwrap() {
        let folder = folder.unwrap();
        let of = folder.file_name().into_string().unwrap();
        let source = folder.path().join("src");
        let lists = [source.join("commands.rs"), source.join("commands/mod.rs")];
        for list in lists.iter().filter_map(|file| fs::read_to_string(file).ok()) {
            commands.extend(exported_functions(&list).map(|name| Command {
                of: of.clone(),
                name: name.to_owned(),
            }));
        }
    }
    commands
}

/// Of `pub use sign_out::{SignOut, sign_out};` the names in lower case.
fn exported_functions(list: &str) -> impl Iterator<Item = &str> {
    let exports = list.split("pub use ").skip(1);
    let names = exports.filter_map(|export| export.split_once(';')?.0.split_once("::"));
    names
        .flat_map(|(_, names)| names.trim_matches(['{', '}']).split(','))
        .map(str::trim)
        .filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
}
