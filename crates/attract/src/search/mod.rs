//! The search index: offers by words, place, category, price and rating, best first, page by page.
//! It finds and orders; it does not decide what may be sold, and it never holds what the event log
//! cannot bring back. `index.rs` is the way in; a search runs `query` → `plan` → `scan` → `best`.

mod best;
mod cells;
mod columns;
mod cursor;
mod document;
mod index;
mod judge;
mod needs;
mod plan;
mod points;
mod query;
mod rank;
mod scan;
mod schema;
mod suggest;
#[cfg(test)]
#[allow(clippy::float_arithmetic, reason = "geometry, not money")]
mod tests;
mod view;
mod words;

pub use document::{Change, OfferDoc};
pub use index::{Cursors, IndexError, SearchFail, SearchIndex};
pub use query::{Near, PriceRange, SearchHit, SearchPage, SearchQuery, Sort};
pub use suggest::Suggestion;
pub use words::warm_up;
