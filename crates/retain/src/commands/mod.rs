//! The commands of this crate, one to a file.

mod answer_guest;
mod ask_merchant;
mod erase_person;
mod message;
mod mute_guest;
mod read_conversation;
mod read_messages;
mod write_messages;

pub use answer_guest::{AnswerGuest, answer_guest};
pub use ask_merchant::{AskMerchant, ask_merchant};
pub use erase_person::erase_person;
pub use mute_guest::{MuteGuest, mute_guest};
pub use read_conversation::{ReadConversation, read_conversation};
pub use read_messages::{ReadMessages, read_messages};
pub use write_messages::{WriteMessages, write_messages};
