//! Why a city could not be built or found.

use std::fmt;

use store::{Fail, NoAnswer, Rejected};

/// Why a city could not be built or found.
#[derive(Debug)]
pub enum CityError {
    /// The database holds something already, and no part of a city.
    NotEmpty,
    /// The database holds a part of a city whose building was interrupted.
    Unfinished,
    /// Whoever heard of the progress said that it is enough.
    Interrupted,
    /// A command of the city's history was refused: the rules and the city disagree.
    Refused {
        /// Which part of the city.
        step: &'static str,
        /// What the rule said.
        rejected: Rejected,
    },
    /// The database did not answer.
    Storage(String),
    /// A picture could not be written.
    Media(std::io::Error),
}

impl fmt::Display for CityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEmpty => f.write_str(
                "the database is not empty, and a city is only built in an empty one: \
                 choose another data folder or database",
            ),
            Self::Unfinished => f.write_str(
                "the building of a city was interrupted here, and a part of one is no city: \
                 delete this data folder (and, on PostgreSQL, make the database anew), then build again",
            ),
            Self::Interrupted => f.write_str(
                "the building of the city was stopped, and a part of one is no city: \
                 delete this data folder (and, on PostgreSQL, make the database anew) before you build again",
            ),
            Self::Refused { step, rejected } => {
                write!(f, "{step} was refused ({}): {}", rejected.code, rejected.detail)
            }
            Self::Storage(message) => write!(f, "the database failed: {message}"),
            Self::Media(error) => write!(f, "a picture could not be written to the media folder: {error}"),
        }
    }
}

impl std::error::Error for CityError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Media(error) => Some(error),
            Self::NotEmpty
            | Self::Unfinished
            | Self::Interrupted
            | Self::Refused { .. }
            | Self::Storage(_) => None,
        }
    }
}

impl From<Fail> for CityError {
    fn from(fail: Fail) -> Self {
        match fail {
            Fail::Reject(reject) => Self::Refused {
                step: "a question",
                rejected: reject.into(),
            },
            Fail::Storage(error) => Self::Storage(error.to_string()),
        }
    }
}

impl From<NoAnswer> for CityError {
    fn from(no_answer: NoAnswer) -> Self {
        Self::Storage(no_answer.to_string())
    }
}

impl From<std::io::Error> for CityError {
    fn from(error: std::io::Error) -> Self {
        Self::Media(error)
    }
}
