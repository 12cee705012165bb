//! Attract: how people find what is on sale. The search index (offers by words, place, category, price
//! and rating) and its feed from the event log. It knows no HTTP and no clock, and holds nothing of its
//! own: whatever is in the index can be built again.

pub mod feed;
mod reject;
mod search;

pub use reject::*;
pub use search::{
    Change, Cursors, IndexError, Near, OfferDoc, PriceRange, SearchFail, SearchHit, SearchIndex, SearchPage,
    SearchQuery, Sort, Suggestion, warm_up,
};
