//! Demo mode: the local sender of one-time codes, which keeps the last messages in memory for the page
//! `/demo/outbox`, and what `/demo` tells a newcomer. Outside demo mode no code is shown anywhere.

use std::collections::VecDeque;
use std::sync::Mutex;

use kernel::Timestamp;

const KEPT: usize = 500;

/// A message that would have gone to a phone or mailbox.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Message {
    /// The phone number or mail address.
    pub to: String,
    /// What it says.
    pub text: String,
    /// When, RFC 3339.
    pub at: String,
}

/// An account of the demo city.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DemoAccount {
    /// As what one signs in with it.
    pub role: String,
    /// A mail address (with the password) or a phone number (with a one-time code).
    pub login: String,
    /// What it is good for.
    pub what_for: String,
}

/// What `/demo` tells.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DemoInfo {
    /// Where the sandbox payment provider listens.
    pub provider_url: String,
    /// The key to its book and its controls.
    pub provider_key: String,
    /// One account a role.
    pub accounts: Vec<DemoAccount>,
    /// The password of all of them.
    pub password: String,
}

/// Where messages go.
#[derive(Debug)]
pub enum Outbox {
    /// Into memory, to be shown.
    Demo(Box<DemoInfo>, Mutex<VecDeque<Message>>),
    /// Nowhere: no sender is configured.
    None,
}

impl Outbox {
    /// The outbox of demo mode.
    pub fn demo(info: DemoInfo) -> Self {
        Self::Demo(Box::new(info), Mutex::default())
    }

    /// Sends a message.
    pub fn send(&self, to: &str, text: String, at: Timestamp) {
        match self {
            Self::Demo(_, messages) => {
                let mut messages = messages.lock().unwrap_or_else(|e| e.into_inner());
                messages.push_front(Message {
                    to: to.to_owned(),
                    text,
                    at: at.to_string(),
                });
                messages.truncate(KEPT);
            }
            Self::None => tracing::warn!("a message was not sent: no sender is configured"),
        }
    }

    /// The last messages, the newest first; `None` outside demo mode.
    pub fn messages(&self) -> Option<Vec<Message>> {
        match self {
            Self::Demo(_, messages) => Some(
                messages
                    .lock()
                    .unwrap_or_else(|e| e.into_inner())
                    .iter()
                    .cloned()
                    .collect(),
            ),
            Self::None => None,
        }
    }

    /// What `/demo` tells; `None` outside demo mode.
    pub fn info(&self) -> Option<&DemoInfo> {
        match self {
            Self::Demo(info, _) => Some(info),
            Self::None => None,
        }
    }
}
