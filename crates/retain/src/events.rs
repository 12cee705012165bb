//! What this crate tells the crates below it. Ids and kinds only.

use kernel::{MessageId, PersonId};
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

impl EventBody for MessageWritten {
    const TYPE: &'static str = "MessageWritten";
    const V: i64 = 1;
}

impl EventBody for MessagesRead {
    const TYPE: &'static str = "MessagesRead";
    const V: i64 = 1;
}
