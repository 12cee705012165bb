//! JSON in columns.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Row, StorageError};

/// A value as the text of a column; an error (a bug) if it has none.
pub fn to_json(value: &impl Serialize) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|error| StorageError::bug(error.to_string()))
}

/// What [`to_json`] wrote; an error (a bug) if the text is of another type.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StorageError> {
    serde_json::from_str(text).map_err(|error| StorageError::bug(error.to_string()))
}

impl Row {
    /// The next column, read by [`from_json`].
    pub fn take_json<T: DeserializeOwned>(&mut self) -> Result<T, StorageError> {
        from_json(&self.take::<String>()?)
    }

    /// The same, of a column that may be null.
    pub fn take_json_option<T: DeserializeOwned>(&mut self) -> Result<Option<T>, StorageError> {
        let text: Option<String> = self.take()?;
        text.map(|text| from_json(&text)).transpose()
    }
}
