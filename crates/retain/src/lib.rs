//! What keeps people and the platform in touch: messages that tell a person what became of their orders,
//! vouchers, refunds, rebates and reviews. It writes down what others' events say and decides nothing; it
//! knows no address and sends nothing outside.
//!
//! Commands: [`write_messages`], [`read_messages`], [`erase_person`].

mod commands;
mod events;
mod model;
mod news;
pub mod queries;

pub use commands::{ReadMessages, WriteMessages, erase_person, read_messages, write_messages};
pub use events::{MessageWritten, MessagesRead};
pub use model::{BookedTime, Message, MessageKind};
