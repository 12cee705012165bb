//! Every table of docs/domain/money.md, done for real: amounts are computed again, entries are written
//! into the ledger of both engines, and the machines are driven through each of their cells.

mod entries;
mod machines;

use kernel::{BasisPoints, split_by_weight};
use ledger::{LineKind, SettlementLine, book_line};

use crate::{NOW, done, line, merchant, on_both, operator, run_as};

/// One table: the heading that it stands under, its columns and its rows of cells.
pub(super) struct Table {
    pub heading: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// The tables of the document whose first columns are these.
pub(super) fn tables(first_columns: &[&str]) -> Vec<Table> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/domain/money.md");
    let text = std::fs::read_to_string(path).expect("docs/domain/money.md");
    let (mut heading, mut all) = (String::new(), Vec::<Table>::new());
    let mut in_table = false;
    for row in text.lines() {
        if let Some(title) = row.strip_prefix('#') {
            heading = title.trim_start_matches('#').trim().to_owned();
        }
        let Some(cells) = row.strip_prefix('|').and_then(|row| row.strip_suffix('|')) else {
            in_table = false;
            continue;
        };
        let cells: Vec<String> = cells.split('|').map(|cell| cell.trim().to_owned()).collect();
        match all.last_mut() {
            Some(table) if in_table => table.rows.push(cells),
            _ => all.push(Table {
                heading: heading.clone(),
                columns: cells,
                rows: Vec::new(),
            }),
        }
        in_table = true;
    }
    for table in &mut all {
        // The row of dashes.
        table.rows.remove(0);
    }
    let wanted = |table: &Table| {
        table
            .columns
            .iter()
            .zip(first_columns)
            .all(|(column, wanted)| column == wanted)
    };
    let found: Vec<Table> = all.into_iter().filter(wanted).collect();
    assert!(!found.is_empty(), "a table that starts with {first_columns:?}");
    assert!(found.iter().all(|table| !table.rows.is_empty()));
    found
}

/// `-12.34` as -1234.
pub(super) fn minor(text: &str) -> i64 {
    let (major, cents) = text
        .split_once('.')
        .unwrap_or_else(|| panic!("{text} is no amount"));
    assert_eq!(cents.len(), 2, "{text}");
    let digits: i64 = format!("{major}{cents}")
        .parse()
        .unwrap_or_else(|_| panic!("{text} is no amount"));
    digits
}

fn minors(cells: &[String]) -> Vec<i64> {
    cells.iter().map(|cell| minor(cell)).collect()
}

#[test]
fn shares_are_rounded_as_the_table_says() {
    for row in &tables(&["amount", "basis points"])[0].rows {
        let points = BasisPoints::new(row[1].parse().expect("a number")).expect("basis points");
        assert_eq!(points.of(minor(&row[0])), minor(&row[2]), "{row:?}");
    }
}

#[test]
fn wholes_are_split_as_the_table_says() {
    for row in &tables(&["whole", "weights"])[0].rows {
        let weights: Vec<i64> = row[1]
            .split(' ')
            .map(|weight| weight.parse().expect("a number"))
            .collect();
        let parts: Vec<i64> = row[2].split(' ').map(minor).collect();
        assert_eq!(split_by_weight(minor(&row[0]), &weights), parts, "{row:?}");
    }
}

#[test]
fn the_worked_order_adds_up() {
    let table = &tables(&["step", "takes off"])[0];
    let bp = |points| BasisPoints::new(points).expect("basis points");
    let (mut left, mut platform, mut merchant) = (20_000, 0, 0);
    for row in &table.rows {
        let money = minors(&row[1..]);
        let (off, by_platform) = match row[0].as_str() {
            "list price" => (0, 0),
            "agreement" => (2 * bp(1_000).of(10_000), 2 * bp(5_000).of(bp(1_000).of(10_000))),
            "friend" => (bp(500).of(left), 0),
            "coupon" => (2_000, bp(3_000).of(2_000)),
            "rebates used" => (1_100, 0),
            other => panic!("{other}"),
        };
        left -= off;
        let by_merchant = if row[0] == "rebates used" {
            0
        } else {
            off - by_platform
        };
        (platform, merchant) = (platform + by_platform, merchant + by_merchant);
        assert_eq!(money, [off, by_platform, by_merchant, left], "{row:?}");
    }
    assert_eq!((left, platform, merchant), (14_000, 1_600, 3_300));
    assert_eq!(20_000 - merchant, left + 1_100 + platform);
}

#[test]
fn the_settlement_lines_add_up_to_the_payout() {
    let table = &tables(&["line", "price"])[0];
    let (sum, booked) = table.rows.split_last().expect("a row for the payout");
    let columns = |n: usize| -> i64 { booked.iter().map(|row| minor(&row[n])).sum() };
    assert_eq!(minors(&sum[1..]), (1..=7).map(columns).collect::<Vec<_>>());
    on_both(|store| {
        let seller = merchant(store, 1);
        for row in booked {
            let (kind, money) = (LineKind::from_name(&row[0]).expect("a kind"), minors(&row[1..]));
            done(store, move |tx, ctx| {
                let line = SettlementLine {
                    kind,
                    price: money[0],
                    discount_platform: money[1],
                    discount_merchant: money[2],
                    due_at_store: money[3],
                    commission: money[4],
                    rebate: money[5],
                    ..line(ctx, seller, money[6], NOW)
                };
                book_line(tx, ctx, &line)
            });
        }
        let anna = operator(store, 11, "finance");
        let proposal = run_as(store, anna, move |tx, ctx| {
            let cmd = ledger::ProposePayout {
                merchant: seller,
                currency: crate::CNY,
                until: NOW,
            };
            ledger::propose_payout(tx, ctx, &cmd)
        });
        let proposal = proposal.expect("an answer").expect("a payout");
        assert_eq!(proposal.amount.amount, minor(&sum[7]));
    });
}
