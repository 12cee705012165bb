//! One file a command.

mod change_entry;
mod create_entry;
mod create_share_link;
mod record_visits;

pub use change_entry::{CloseEntry, RenameEntry, close_entry, rename_entry};
pub use create_entry::{CreateEntry, create_entry};
pub use create_share_link::{CreateShareLink, create_share_link};
pub use record_visits::{MAX_VISITS, RecordVisits, Visit, record_visits};
