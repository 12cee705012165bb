//! Where people come from: entries, the visits through them, and the links with which people share an
//! offer. What a visit led to is not known here: an order freezes its entry and its sharer by itself.
//!
//! Commands: [`create_entry`], [`rename_entry`], [`close_entry`], [`record_visits`], [`create_share_link`].

mod commands;
pub mod events;
mod model;
pub mod queries;
mod reject;

pub use commands::*;
pub use model::{Entry, EntryKind, ShareLink};
pub use reject::*;
