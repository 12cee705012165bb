//! The commands of this crate, one to a file.

mod erase_person;
mod read_messages;
mod write_messages;

pub use erase_person::erase_person;
pub use read_messages::{ReadMessages, read_messages};
pub use write_messages::{WriteMessages, write_messages};
