//! What goes into a statement and what comes out of it: integers, bytes and text, on both engines.
//! Nothing else is portable, so nothing else exists here.

use kernel::{Currency, GeoPoint, Timestamp};
use type_safe_id::{StaticType, TypeSafeId};
use uuid::Uuid;

use crate::StorageError;

/// A value of a statement's parameter or of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// `BIGINT`: every number, boolean, amount, time and coordinate.
    Int(i64),
    /// `BYTEA` of 16 bytes: every id.
    Id([u8; 16]),
    /// `BYTEA` of any other length.
    Bytes(Vec<u8>),
    /// `TEXT`.
    Text(String),
}

macro_rules! value_from {
    ($($from:ty, $value:ident => $into:expr;)+) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $into
            }
        })+
    };
}

value_from! {
    i64, n => Self::Int(n);
    u64, n => Self::Int(n as i64);
    bool, b => Self::Int(b.into());
    Timestamp, t => Self::Int(t.0);
    Currency, c => Self::Text(c.code().to_owned());
    Uuid, id => Self::Id(id.into_bytes());
    [u8; 16], id => Self::Id(id);
    &[u8], bytes => <[u8; 16]>::try_from(bytes).map_or_else(|_| Self::Bytes(bytes.to_vec()), Self::Id);
    Vec<u8>, bytes => Self::from(bytes.as_slice());
    &Vec<u8>, bytes => Self::from(bytes.as_slice());
    [u8; 32], bytes => Self::Bytes(bytes.to_vec());
    [u8; 17], bytes => Self::Bytes(bytes.to_vec());
    &str, text => Self::Text(text.to_owned());
    String, text => Self::Text(text);
    &String, text => Self::Text(text.clone());
}

impl<K: StaticType> From<TypeSafeId<K>> for Value {
    fn from(id: TypeSafeId<K>) -> Self {
        id.uuid().into()
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A Rust type that a column can be read as.
pub trait FromValue: Sized {
    /// `None` if the value is not of this type.
    fn from_value(value: Value) -> Option<Self>;
}

macro_rules! read_value {
    ($($into:ty: $($pattern:pat => $read:expr),+;)+) => {
        $(impl FromValue for $into {
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    $($pattern => $read,)+
                    _ => None,
                }
            }
        })+
    };
}

read_value! {
    i64: Value::Int(n) => Some(n);
    bool: Value::Int(n) => Some(n != 0);
    Timestamp: Value::Int(n) => Some(Self(n));
    Currency: Value::Text(code) => Self::from_code(&code);
    Uuid: Value::Id(bytes) => Some(Self::from_bytes(bytes));
    [u8; 16]: Value::Id(bytes) => Some(bytes);
    Vec<u8>: Value::Bytes(bytes) => Some(bytes), Value::Id(bytes) => Some(bytes.to_vec());
    String: Value::Text(text) => Some(text);
}

impl<K: StaticType> FromValue for TypeSafeId<K> {
    fn from_value(value: Value) -> Option<Self> {
        Uuid::from_value(value).map(Self::from_uuid)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            Value::Int(_) | Value::Id(_) | Value::Bytes(_) | Value::Text(_) => T::from_value(value).map(Some),
        }
    }
}

/// One row of an answer, read from left to right.
#[derive(Debug)]
pub struct Row(std::vec::IntoIter<Value>);

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The next column; an error (a bug) if there is none or it is of another type.
    pub fn take<T: FromValue>(&mut self) -> Result<T, StorageError> {
        let wrong = || {
            StorageError::bug(format!(
                "a column is missing or is no {}",
                std::any::type_name::<T>()
            ))
        };
        self.0.next().and_then(T::from_value).ok_or_else(wrong)
    }

    /// The next two columns, latitude and longitude in microdegrees.
    pub fn take_place(&mut self) -> Result<GeoPoint, StorageError> {
        let (lat, lon) = (self.take()?, self.take()?);
        GeoPoint::from_microdegrees(lat, lon)
            .ok_or_else(|| StorageError::bug("a stored place is off the globe"))
    }

    /// Every column that is left, as it is stored.
    pub fn into_values(self) -> Vec<Value> {
        self.0.collect()
    }
}
