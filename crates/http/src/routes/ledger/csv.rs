//! A payout's lines as CSV (RFC 4180) for a spreadsheet. A text that a spreadsheet would take for a formula
//! is made harmless; figures are written as figures. Only what Qiao made itself goes into a cell.

use kernel::{Currency, Money};
use ledger::SettlementLine;

const COLUMNS: [&str; 14] = [
    "line",
    "at",
    "kind",
    "store",
    "voucher",
    "order",
    "currency",
    "price",
    "discount_platform",
    "discount_merchant",
    "due_at_store",
    "commission",
    "rebate",
    "payable",
];

/// The first row.
pub fn header() -> String {
    row(COLUMNS.iter().map(|name| text(name)))
}

/// One line's row. Amounts are in the currency's major unit, with all of its decimals.
pub fn line(line: &SettlementLine) -> String {
    let texts = [
        line.id.to_string(),
        line.at.to_string(),
        line.kind.as_str().to_owned(),
        line.store.map(|store| store.to_string()).unwrap_or_default(),
        line.voucher.to_string(),
        line.order.to_string(),
        line.currency.code().to_owned(),
    ];
    let amounts = [
        line.price,
        line.discount_platform,
        line.discount_merchant,
        line.due_at_store,
        line.commission,
        line.rebate,
        line.payable,
    ];
    let texts = texts.iter().map(|cell| text(cell));
    row(texts.chain(amounts.map(|amount| figure(amount, line.currency))))
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let mut row = cells.collect::<Vec<_>>().join(",");
    row.push_str("\r\n");
    row
}

/// `-88.00`: a number and nothing else, so that it can be added up.
fn figure(amount: i64, currency: Currency) -> String {
    let shown = Money::new(amount, currency).to_string();
    shown.split(' ').next().unwrap_or_default().to_owned()
}

/// A cell of text. An apostrophe keeps a spreadsheet from reading it as a formula (OWASP, "CSV injection").
fn text(cell: &str) -> String {
    let first = cell.chars().next();
    let formula = first.is_some_and(|first| {
        matches!(
            first,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    });
    let guard = if formula { "'" } else { "" };
    if formula || cell.contains([',', '"', '\r', '\n']) {
        return format!("\"{guard}{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

#[cfg(test)]
mod tests {
    use kernel::{OrderId, SettlementLineId, Timestamp, VoucherId};
    use ledger::LineKind;
    use uuid::Uuid;

    use super::*;

    const FIRST: [&str; 11] = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"];

    #[test]
    fn no_text_is_a_formula_or_leaves_its_cell() {
        for first in FIRST {
            let cell = text(&format!("{first}cmd|' /C calc'!A0"));
            assert!(cell.starts_with("\"'"), "{cell}");
        }
        assert_eq!(text("a,\"b\"\r\n=1"), "\"a,\"\"b\"\"\r\n=1\"");
        assert_eq!(text("plain = text"), "plain = text");
        assert_eq!(text(""), "");
    }

    #[test]
    fn a_line_has_a_cell_for_every_column_and_its_figures_can_be_added_up() {
        let id = Uuid::from_u128(7);
        let refund = SettlementLine {
            id: SettlementLineId::from_uuid(id),
            merchant: kernel::MerchantId::from_uuid(id),
            store: None,
            voucher: VoucherId::from_uuid(id),
            order: OrderId::from_uuid(id),
            reference: id,
            kind: LineKind::Refund,
            currency: Currency::CNY,
            price: -10_000,
            discount_platform: 0,
            discount_merchant: 0,
            due_at_store: 0,
            commission: -1_000,
            rebate: -5,
            payable: -8_995,
            at: Timestamp(0),
        };
        let row = line(&refund);
        let cells: Vec<&str> = row.trim_end().split(',').collect();
        assert_eq!(cells.len(), COLUMNS.len());
        assert_eq!(header().trim_end().split(',').count(), COLUMNS.len());
        assert_eq!(
            cells[6..],
            [
                "CNY", "-100.00", "0.00", "0.00", "0.00", "-10.00", "-0.05", "-89.95"
            ]
        );
        assert!(row.ends_with("\r\n"));
    }

    /// As a spreadsheet takes it in. A cell that was not made harmless shows that it would be computed.
    #[test]
    fn a_spreadsheet_computes_no_text_and_takes_figures_for_figures() {
        if std::process::Command::new("soffice")
            .arg("--version")
            .output()
            .is_err()
        {
            println!("skipped: there is no soffice on the PATH");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let texts = FIRST.map(|first| text(&format!("{first}1+1")));
        let figures = [-8_800, 10_050].map(|amount| figure(amount, Currency::CNY));
        let cells = texts.into_iter().chain(figures).chain(["=1+1".to_owned()]);
        std::fs::write(folder.path().join("export.csv"), row(cells)).unwrap();
        let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
        // Commas, quotes, UTF-8.
        let arguments = [
            "--headless",
            "--infilter=CSV:44,34,76",
            "--convert-to",
            "fods",
            "export.csv",
        ];
        let output = std::process::Command::new("soffice")
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .arg(profile)
            .args(arguments)
            .output()
            .unwrap();
        let sheet = std::fs::read_to_string(folder.path().join("export.fods"));
        let sheet = sheet.unwrap_or_else(|error| panic!("{error}: {output:?}"));
        let computed: Vec<_> = sheet.match_indices("table:formula=").collect();
        assert_eq!(computed.len(), 1, "only what was not made harmless");
        assert_eq!(sheet.matches("<text:p>&apos;").count(), FIRST.len());
        for figure in ["-88", "100.5"] {
            let is_a_number = format!("office:value-type=\"float\" office:value=\"{figure}\"");
            assert!(sheet.contains(&is_a_number), "{figure}");
        }
    }
}
