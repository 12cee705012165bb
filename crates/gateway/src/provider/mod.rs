//! The client with which Qiao asks a payment provider to move money, and what it may learn from the
//! answer. It never guesses: whatever is not a clear yes or no is [`Outcome::Unknown`]. It keeps no
//! state, retries nothing by itself and draws no references: those belong to the commands.

mod answer;
mod client;
mod event;
mod reference;
mod together;

pub use crate::http_client::SetupError;
pub use answer::{ProviderPayment, ProviderRefund, ProviderTransfer};
pub use client::{Book, SandboxClient};
pub use event::{EventRefusal, ProviderEvent, Record};
pub use reference::{AttemptRef, InvalidReference};

/// The sandbox's number in [`kernel::Actor::Provider`]. Never given to another provider: what was stored
/// under it stays.
pub const SANDBOX: u8 = 1;

/// What is known after a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an outcome that nobody looks at is money that nobody follows"]
pub enum Outcome<T> {
    /// The provider did it, or had done it before under the same reference.
    Done(T),
    /// The provider said no, and nothing was done under this reference. Final.
    Refused(Refusal),
    /// It may or may not have been done. Look it up by its reference later, and if there is none, send it
    /// again under the **same** reference; never under a new one.
    Unknown(UnknownCause),
}

/// A provider's "no".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The provider's stable name of the reason.
    pub code: String,
    /// What it says to people, at most 200 characters.
    pub message: String,
}

/// Why nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnknownCause {
    /// The deadline passed.
    Timeout,
    /// No connection, or it broke.
    Connection(String),
    /// An answer that promises nothing about this call: 5xx, 401, 429, a redirect and the like.
    Status(u16),
    /// The reference already names something else at the provider, such as the same payment with another
    /// description: look it up, it may have been done.
    ReferenceReused,
    /// An answer of success that cannot be read or is about something else; says what was wrong.
    Answer(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the provider refused ({}): {}", self.code, self.message)
    }
}

impl std::fmt::Display for UnknownCause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Timeout => f.write_str("the provider did not answer in time"),
            Self::Connection(detail) => write!(f, "the connection to the provider failed: {detail}"),
            Self::Status(status) => write!(f, "the provider answered with status {status}"),
            Self::ReferenceReused => f.write_str("the reference already names something else: look it up"),
            Self::Answer(detail) => write!(f, "the provider's answer is not usable: {detail}"),
        }
    }
}

impl<T> Outcome<T> {
    /// The same with another value; a value that does not hold what was asked for makes it unknown.
    fn checked<U>(self, check: impl FnOnce(T) -> Result<U, &'static str>) -> Outcome<U> {
        match self {
            Self::Done(value) => match check(value) {
                Ok(checked) => Outcome::Done(checked),
                Err(field) => Outcome::Unknown(UnknownCause::Answer(format!("{field} is not as expected"))),
            },
            Self::Refused(refusal) => Outcome::Refused(refusal),
            Self::Unknown(cause) => Outcome::Unknown(cause),
        }
    }
}
