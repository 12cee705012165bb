//! What became of a file: how many rows were accepted and refused, by reason, and a CSV of every
//! refused row that is safe to open in a spreadsheet. It counts; it measures no time.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use super::check::Notes;
use super::refusal::{At, Refusal, Rule};
use super::{ImportedMerchant, Merchants};

/// What became of the rows of a file.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Rows that became merchants.
    pub accepted: u64,
    /// Rows that did not, by the rule that they broke.
    pub refused: BTreeMap<Rule, u64>,
    /// What was worth telling about the accepted rows.
    pub notes: Notes,
}

impl Report {
    /// Rows that did not become merchants.
    pub fn refused_total(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Whether the file was read to its end.
    pub fn is_complete(&self) -> bool {
        !self.refused.keys().any(|rule| rule.ends_the_file())
    }
}

/// Reads all rows: hands the merchants on in batches of `size` (the last may be smaller) in the
/// file's order, and each refusal as it comes. Stops at the first error of a callback.
pub fn in_batches<E>(
    merchants: &mut Merchants,
    size: usize,
    mut on_batch: impl FnMut(Vec<ImportedMerchant>) -> Result<(), E>,
    mut on_refusal: impl FnMut(&Refusal) -> Result<(), E>,
) -> Result<Report, E> {
    let mut report = Report::default();
    let mut batch = Vec::with_capacity(size);
    for row in merchants.by_ref() {
        match row {
            Ok(merchant) => {
                batch.push(merchant);
                report.accepted += 1;
                if batch.len() >= size {
                    on_batch(std::mem::replace(&mut batch, Vec::with_capacity(size)))?;
                }
            }
            Err(refusal) => {
                *report.refused.entry(refusal.rule).or_insert(0) += 1;
                on_refusal(&refusal)?;
            }
        }
    }
    if !batch.is_empty() {
        on_batch(batch)?;
    }
    report.notes = merchants.notes().clone();
    Ok(report)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "accepted {}", self.accepted)?;
        writeln!(f, "refused  {}", self.refused_total())?;
        for (rule, count) in &self.refused {
            writeln!(f, "  {:<18} {count:>8}  {}", rule.code(), rule.remedy())?;
        }
        let notes = &self.notes;
        for (count, what) in [
            (notes.names_made, "names made by --name-from"),
            (notes.places_made, "places made by --place-in"),
            (
                notes.sources_made,
                "sources made from the row's content, because it has no id",
            ),
            (
                notes.ratings,
                "ratings of another platform, which never become ratings here",
            ),
            (
                notes.review_counts,
                "review counts of another platform, which never become reviews here",
            ),
        ] {
            if count > 0 {
                writeln!(f, "note: {count} {what}")?;
            }
        }
        for (field, count) in &notes.left_out {
            writeln!(
                f,
                "note: {count} times {field} could not be read and was left out"
            )?;
        }
        writeln!(f, "categories: {}", by_count(notes.categories.iter(), usize::MAX))?;
        if !notes.unknown_labels.is_empty() {
            let labels = by_count(notes.unknown_labels.iter(), 10);
            writeln!(f, "labels that became \"other\": {labels}")?;
        }
        Ok(())
    }
}

/// `label count` of the most frequent ones, the most frequent first.
fn by_count<'a>(counts: impl Iterator<Item = (impl fmt::Display, &'a u64)>, most: usize) -> String {
    let mut counts: Vec<_> = counts.collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let more = counts.len().saturating_sub(most);
    let mut shown: Vec<String> = counts
        .iter()
        .take(most)
        .map(|(l, c)| format!("{l} {c}"))
        .collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown.join(", ")
}

/// Writes refused rows as CSV.
pub struct RefusalCsv<W: Write>(W);

impl<W: Write> RefusalCsv<W> {
    /// Writes the header.
    pub fn new(mut out: W) -> io::Result<Self> {
        writeln!(out, "row,line,byte,rule,field,value,detail,remedy")?;
        Ok(Self(out))
    }

    /// Writes one refused row.
    pub fn write(&mut self, refusal: &Refusal) -> io::Result<()> {
        let At { row, line, byte } = refusal.at;
        write!(self.0, "{row},{line},{byte}")?;
        for text in [
            refusal.rule.code(),
            refusal.field,
            &refusal.value,
            &refusal.detail,
            refusal.rule.remedy(),
        ] {
            write!(self.0, ",{}", safe_cell(text))?;
        }
        writeln!(self.0)
    }

    /// Writes what is still held back.
    pub fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A quoted CSV cell that no spreadsheet takes for a formula: what starts with `= + - @`, TAB or CR,
/// or a full-width form of these signs, gets an apostrophe in front.
pub fn safe_cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let apostrophe = if is_formula { "'" } else { "" };
    format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_starts_a_formula_or_leaves_its_quotes() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "－1"] {
            assert_eq!(safe_cell(text), format!("\"'{text}\""));
        }
        assert_eq!(safe_cell("a \"b\", =c"), "\"a \"\"b\"\", =c\"");
    }
}
