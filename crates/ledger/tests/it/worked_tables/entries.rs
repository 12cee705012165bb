//! The worked entries: each step is written into the ledger, and then every account of every owner is
//! compared with the step's balances.

use std::collections::BTreeMap;

use kernel::JournalEntryId;
use ledger::{
    Account, Balance, Leg, NewEntry, OwnerKind, Reason, post, post_pending, queries, reserve, void_pending,
};
use store::Store;
use uuid::Uuid;

use super::{Table, minor, tables};
use crate::{CNY, done, on_both};

/// Those who have accounts in the tables; the first of a kind needs no name there.
const OWNERS: [(&str, OwnerKind); 5] = [
    ("order", OwnerKind::Order),
    ("other", OwnerKind::Order),
    ("merchant", OwnerKind::Merchant),
    ("sharer", OwnerKind::Person),
    ("buyer", OwnerKind::Person),
];

/// An account as a table names it, with its owner in this run of the table.
fn accounts(run: u128) -> Vec<(String, Account, Option<Uuid>)> {
    let mut all = Vec::new();
    for account in Account::ALL {
        if account.owner_kind() == OwnerKind::Platform {
            all.push((account.as_str().to_owned(), account, None));
        }
        for (n, (owner, kind)) in OWNERS.iter().enumerate() {
            if account.owner_kind() == *kind {
                let unnamed = matches!(*owner, "order" | "merchant");
                let suffix = if unnamed {
                    String::new()
                } else {
                    format!("({owner})")
                };
                let id = Uuid::from_u128(run * 100 + n as u128 + 1);
                all.push((format!("{}{suffix}", account.as_str()), account, Some(id)));
            }
        }
    }
    all
}

/// `escrow 1.00, bank 2.00` as legs of this sign.
fn legs(cell: &str, sign: i64, run: u128) -> Vec<Leg> {
    let parts = cell.split(", ").filter(|part| !part.is_empty());
    let leg = |part: &str| {
        let (name, amount) = part.split_once(' ').unwrap_or_else(|| panic!("{part} is no leg"));
        let known = accounts(run).into_iter().find(|(known, ..)| known == name);
        let (_, account, owner) = known.unwrap_or_else(|| panic!("{name} is no account"));
        Leg::debit(account, owner, sign * minor(amount))
    };
    parts.map(leg).collect()
}

/// `escrow -2.00 [2.00], bank 1.00` by account.
fn expected(cell: &str) -> BTreeMap<String, Balance> {
    let parts = cell.split(", ").filter(|part| !part.is_empty());
    let balance = |part: &str| {
        let mut words = part.split(' ');
        let name = words.next().unwrap_or_default().to_owned();
        let posted = minor(words.next().unwrap_or_else(|| panic!("{part} has no amount")));
        let pending = words
            .next()
            .map_or(0, |word| minor(word.trim_matches(['[', ']'])));
        assert_eq!(words.next(), None, "{part}");
        (name, Balance { posted, pending })
    };
    parts.map(balance).collect()
}

/// Every balance that is not zero, less what stood there before.
fn balances(store: &Store, run: u128, before: &BTreeMap<String, Balance>) -> BTreeMap<String, Balance> {
    let read = store.read_blocking(move |read| {
        let mut all = BTreeMap::new();
        for (name, account, owner) in accounts(run) {
            all.insert(name, queries::balance(read, account, owner, CNY)?);
        }
        Ok(all)
    });
    let mut all = read.expect("balances");
    for (name, balance) in &mut all {
        let before = before.get(name).copied().unwrap_or_default();
        balance.posted -= before.posted;
        balance.pending -= before.pending;
    }
    all.retain(|_, balance| *balance != Balance::default());
    all
}

fn run_table(store: &Store, table: &Table, run: u128) {
    let before = balances(store, run, &BTreeMap::new());
    let mut pending: BTreeMap<String, JournalEntryId> = BTreeMap::new();
    for row in &table.rows {
        let [number, _, layer, debit, credit, after] = &row[..] else {
            panic!("six cells: {row:?}")
        };
        let mut all = legs(debit, 1, run);
        all.extend(legs(credit, -1, run));
        match layer.split_once(' ') {
            None => {
                assert!(["pending", "posted"].contains(&layer.as_str()), "{row:?}");
                let write = if layer == "pending" { reserve } else { post };
                let id = done(store, move |tx, ctx| {
                    // A reference of its own for each step.
                    let reference = ctx.new_id::<kernel::Payment>().uuid();
                    let entry = NewEntry::of(Reason::Paid, reference, CNY, all.clone());
                    write(tx, ctx, &entry.expect("something moves"))
                });
                pending.insert(number.clone(), id);
            }
            Some((how, which)) => {
                assert!(all.is_empty(), "{row:?}");
                let id = pending[which];
                let resolve = match how {
                    "posts" => post_pending,
                    "voids" => void_pending,
                    other => panic!("{other}"),
                };
                assert!(done(store, move |tx, ctx| resolve(tx, ctx, id)), "{row:?}");
            }
        }
        assert_eq!(
            balances(store, run, &before),
            expected(after),
            "{}, step {number}",
            table.heading
        );
    }
}

#[test]
fn every_worked_entry_leaves_the_balances_that_the_table_says() {
    let tables = tables(&["#", "what", "layer"]);
    assert_eq!(tables.len(), 16);
    on_both(|store| {
        for (n, table) in tables.iter().enumerate() {
            run_table(store, table, n as u128 + 1);
        }
    });
}

#[test]
fn the_table_of_accounts_is_complete() {
    let listed = &super::tables(&["account", "kept by"])[0];
    let listed: Vec<_> = listed
        .rows
        .iter()
        .map(|row| (row[0].as_str(), row[1].clone()))
        .collect();
    let known = Account::ALL.map(|a| (a.as_str(), format!("{:?}", a.owner_kind()).to_lowercase()));
    assert_eq!(listed, known);
}
