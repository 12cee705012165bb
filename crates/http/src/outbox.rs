//! The local sender of one-time codes. In demo mode it keeps the last messages in memory for the page
//! `/demo/outbox`; otherwise it sends nothing and says so in the log, without the code.

use std::collections::VecDeque;
use std::sync::Mutex;

use kernel::Timestamp;

const KEPT: usize = 200;

/// A message that would have gone to a phone or mailbox.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Message {
    /// The phone number or mail address.
    pub to: String,
    /// What it says.
    pub text: String,
    /// When, RFC 3339.
    pub at: String,
}

/// Where messages go.
#[derive(Debug)]
pub enum Outbox {
    /// Into memory, to be shown.
    Demo(Mutex<VecDeque<Message>>),
    /// Nowhere: no sender is configured.
    None,
}

impl Outbox {
    /// The outbox of demo mode.
    pub fn demo() -> Self {
        Self::Demo(Mutex::default())
    }

    /// Sends a message.
    pub fn send(&self, to: &str, text: String, at: Timestamp) {
        match self {
            Self::Demo(messages) => {
                let mut messages = messages.lock().unwrap_or_else(|e| e.into_inner());
                messages.push_front(Message { to: to.to_owned(), text, at: at.to_string() });
                messages.truncate(KEPT);
            }
            Self::None => tracing::warn!("a message was not sent: no sender is configured"),
        }
    }

    /// The last messages, the newest first; `None` outside demo mode.
    pub fn messages(&self) -> Option<Vec<Message>> {
        match self {
            Self::Demo(messages) => Some(messages.lock().unwrap_or_else(|e| e.into_inner()).iter().cloned().collect()),
            Self::None => None,
        }
    }
}
