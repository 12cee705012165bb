//! What keeps people in touch: messages that tell a person what became of their orders, vouchers, refunds, rebates,
//! reviews and questions, and conversations of guests with merchants, which only a guest begins. It knows no address and
//! sends nothing outside.
//!
//! Commands: [`write_messages`], [`read_messages`], [`ask_merchant`], [`answer_guest`], [`read_conversation`],
//! [`mute_guest`], [`erase_person`].

mod commands;
mod conversation;
mod decide;
mod events;
mod model;
mod news;
pub mod queries;
mod reject;

pub use commands::{
    AnswerGuest, AskMerchant, MuteGuest, ReadConversation, ReadMessages, WriteMessages, answer_guest,
    ask_merchant, erase_person, mute_guest, read_conversation, read_messages, write_messages,
};
pub use conversation::{About, ChatMessage, Conversation, ListPlace, Subject, Written};
pub use decide::{MAX_CHAT_PICTURES, MAX_CHAT_TEXT, MAX_UNANSWERED};
pub use events::{
    ConversationRead, GuestAnswered, GuestMuted, GuestUnmuted, MerchantAsked, MessageWritten, MessagesRead,
};
pub use model::{BookedTime, Message, MessageKind};
pub use reject::*;
