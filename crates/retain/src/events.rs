//! What this crate tells the crates below it. Ids and kinds only.

use kernel::{ConversationId, MerchantId, MessageId, PersonId};
use serde::{Deserialize, Serialize};
use store::EventBody;

/// A person has a new message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageWritten {
    /// Which.
    pub message: MessageId,
    /// Whose.
    pub person: PersonId,
    /// [`crate::MessageKind::as_str`].
    pub kind: String,
}

/// A person has read messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagesRead {
    /// The newest of them.
    pub message: MessageId,
    /// Whose.
    pub person: PersonId,
}

/// A guest wrote to a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantAsked {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Whom.
    pub merchant: MerchantId,
    /// Who.
    pub person: PersonId,
    /// As which of its messages.
    pub seq: i64,
}

/// A merchant answered a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestAnswered {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Which merchant.
    pub merchant: MerchantId,
    /// Which guest.
    pub person: PersonId,
    /// Who of the staff wrote it.
    pub staff: PersonId,
    /// As which of its messages.
    pub seq: i64,
}

/// One side has read a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationRead {
    /// Which.
    pub conversation: ConversationId,
    /// With which merchant.
    pub merchant: MerchantId,
    /// Of which guest.
    pub person: PersonId,
    /// Whether it was the guest.
    pub by_guest: bool,
    /// Up to which of its messages.
    pub seq: i64,
}

/// A merchant takes no more messages of a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestMuted {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Which merchant.
    pub merchant: MerchantId,
    /// Which guest.
    pub person: PersonId,
}

/// A merchant takes the messages of a guest again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestUnmuted {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Which merchant.
    pub merchant: MerchantId,
    /// Which guest.
    pub person: PersonId,
}

impl EventBody for MessageWritten {
    const TYPE: &'static str = "MessageWritten";
    const V: i64 = 1;
}

impl EventBody for MessagesRead {
    const TYPE: &'static str = "MessagesRead";
    const V: i64 = 1;
}

impl EventBody for MerchantAsked {
    const TYPE: &'static str = "MerchantAsked";
    const V: i64 = 1;
}

impl EventBody for GuestAnswered {
    const TYPE: &'static str = "GuestAnswered";
    const V: i64 = 1;
}

impl EventBody for ConversationRead {
    const TYPE: &'static str = "ConversationRead";
    const V: i64 = 1;
}

impl EventBody for GuestMuted {
    const TYPE: &'static str = "GuestMuted";
    const V: i64 = 1;
}

impl EventBody for GuestUnmuted {
    const TYPE: &'static str = "GuestUnmuted";
    const V: i64 = 1;
}
