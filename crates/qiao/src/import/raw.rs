//! A row as it stands in the file: texts by field, before any rule is applied to them.
//! Both formats end here, so that the rules are written once.

use sha2::{Digest, Sha256};

use super::columns::Field;
use super::refusal::At;

/// One row, read and not yet checked.
pub struct RawRow {
    pub at: At,
    pub cells: Cells,
    /// The category's slug.
    pub category: &'static str,
    pub source: RawSource,
    pub place: RawPlace,
}

/// The texts of a row; empty ones are not there.
#[derive(Default)]
pub struct Cells([Option<String>; Field::COUNT]);

impl Cells {
    /// Keeps a text without the space around it, unless that is all there is.
    pub fn set(&mut self, field: Field, text: &str) {
        let text = text.trim();
        self.0[field as usize] = (!text.is_empty()).then(|| text.to_owned());
    }

    pub fn get(&self, field: Field) -> Option<&str> {
        self.0[field as usize].as_deref()
    }

    pub fn take(&mut self, field: Field) -> Option<String> {
        self.0[field as usize].take()
    }
}

/// Where a row says the merchant is, in degrees.
pub enum RawPlace {
    Missing,
    Degrees { lat: f64, lon: f64 },
    Unreadable { value: String, detail: String },
}

/// What a row offers as its stable reference.
pub enum RawSource {
    /// Made of the row's own id.
    Id(String),
    /// Made of the row's bytes, because it has no id.
    Content(String),
}

/// Makes sources that are the same in every run over the same data.
pub struct Sources {
    /// The user's `--source`.
    pub prefix: Option<String>,
    /// The file's name up to its first dot.
    pub stem: String,
}

impl Sources {
    /// The user's prefix and the id; else `osm:` and the id if it is OpenStreetMap's (`node/1`,
    /// `way/1`, `relation/1`, or anything in a column `osm_id`); else the file's name and the id.
    /// Without an id, the prefix and half of the SHA-256 of the row's bytes.
    pub fn source(&self, id: Option<&str>, header: &str, row: &[u8]) -> RawSource {
        let own = || self.prefix.clone().unwrap_or_else(|| format!("{}:", self.stem));
        let Some(id) = id.map(str::trim).filter(|id| !id.is_empty()) else {
            let digest = Sha256::digest(row.trim_ascii_end());
            let hex: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
            return RawSource::Content(format!("{}{hex}", own()));
        };
        let is_osm = self.prefix.is_none() && (header.eq_ignore_ascii_case("osm_id") || is_osm_reference(id));
        RawSource::Id(if is_osm { format!("osm:{id}") } else { own() + id })
    }
}

fn is_osm_reference(id: &str) -> bool {
    id.split_once('/').is_some_and(|(kind, number)| {
        matches!(kind, "node" | "way" | "relation")
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}
