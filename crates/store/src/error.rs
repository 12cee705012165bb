//! How a command can fail. A rejection is the business's "no" and final; a storage error is opaque to
//! commands, and only the lane looks inside to decide between trying again and giving up.

use std::fmt;

use kernel::Reject;

/// Why a command did not succeed.
#[derive(Debug)]
pub enum Fail {
    /// The business says no. Remembered under the command's key.
    Reject(Reject),
    /// The storage failed. Never remembered.
    Storage(StorageError),
}

impl From<Reject> for Fail {
    fn from(reject: Reject) -> Self {
        Self::Reject(reject)
    }
}

impl From<StorageError> for Fail {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// A failure of the database or of the way it was used. Opaque outside this crate.
#[derive(Debug, Clone)]
pub struct StorageError {
    pub(crate) cause: Cause,
    message: String,
}

/// What the lane does about a storage error follows from its cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Somebody else held what was needed: try again.
    Conflict,
    /// The connection or the disk failed: reconnect, then try again.
    Lost,
    /// The statement or its use is wrong: do not try again.
    Bug,
}

impl StorageError {
    /// The program is wrong: a guard that should have held did not, a stored value is unreadable.
    pub fn bug(message: impl Into<String>) -> Self {
        Self {
            cause: Cause::Bug,
            message: message.into(),
        }
    }

    pub(crate) fn lost(message: impl Into<String>) -> Self {
        Self {
            cause: Cause::Lost,
            message: message.into(),
        }
    }

    pub(crate) fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self {
            cause,
            message: message.into(),
        }
    }

    pub(crate) fn at(mut self, place: &str) -> Self {
        self.message = format!("{} (statement at {place})", self.message);
        self
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StorageError {}
