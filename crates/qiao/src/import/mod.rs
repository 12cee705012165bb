//! Reads merchants from files of the real world: GeoJSON as OpenStreetMap's tools write it, one
//! feature a line, and CSV; each also packed with zstd. Rows come one at a time, so a file of any size
//! takes the same memory (but for finding duplicates: some 100 bytes a row). Every row becomes a merchant or
//! a refusal with its reason. It knows no database, and it guesses nothing that the user did not name.

mod bytes;
pub mod category;
mod check;
pub mod cli;
mod columns;
mod csv;
mod duplicates;
mod features;
mod geojson;
mod lines;
mod merchants;
mod numbers;
pub mod options;
mod raw;
mod refusal;
pub mod report;
mod shape;
mod target;

use kernel::{GeoPoint, LocalText};

pub use bytes::{ROW_BYTES_MAX, Source};
pub use check::Notes;
pub use columns::Field;
pub use merchants::{Merchants, Reading};
pub use options::{Format, OpenError, Options};
pub use refusal::{At, Refusal, Rule};
pub use report::{Report, in_batches};

/// A merchant as a file describes it, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedMerchant {
    /// Stable external reference, the same in every run over the same data, so that importing again
    /// does no harm: `osm:node/123`; else the file's name (or `--source`) and the row's id; without
    /// an id, and half of the SHA-256 of the row's bytes, numbered if it comes again.
    pub source: String,
    /// `zh-CN`, `zh-Hant` and `en` from their own columns; the plain name fills its own language if that
    /// is still free.
    pub name: LocalText,
    /// One of [`category::CATEGORIES`].
    pub category: String,
    /// Where it is (WGS 84, as the file says; coordinates of Chinese maps in GCJ-02 are not moved).
    pub place: GeoPoint,
    /// One line.
    pub address: Option<String>,
    /// As the file writes it.
    pub phone: Option<String>,
    /// As the file writes it; OpenStreetMap has a grammar for it.
    pub opening_hours: Option<String>,
    /// Minor units of [`Options::currency`].
    pub price_per_person: Option<i64>,
    /// Mean rating on another platform, in thousandths of 0 to 5. Told in reports; never to become a
    /// rating of Qiao's, which come from redeemed purchases alone.
    pub rating_milli: Option<i64>,
    /// Number of reviews on another platform; the same holds.
    pub review_count: Option<i64>,
}
