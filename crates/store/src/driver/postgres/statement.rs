//! Statements as the server knows them: their parameters are written and their rows read as the bytes of
//! three types.

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::DataRowBody;
use postgres_protocol::message::frontend::{self, BindError};
use postgres_protocol::types::{self, ArrayDimension};
use postgres_protocol::{IsNull, Oid};

use super::Request;
use crate::{Lock, Row, StorageError, Value};

const INT8: Oid = 20;
const BYTEA: Oid = 17;
const TEXT: Oid = 25;
const BYTEA_ARRAY: Oid = 1001;

/// A statement that the server knows under a name.
pub(super) struct Prepared {
    pub name: String,
    pub parameters: Vec<Oid>,
    pub columns: Vec<Column>,
}

pub(super) struct Column {
    pub name: String,
    pub kind: Oid,
}

impl Prepared {
    /// Parameters and columns are of the three types that both engines have; a lock takes a list of ids.
    pub fn check(&self) -> Result<(), StorageError> {
        let kinds = self
            .parameters
            .iter()
            .chain(self.columns.iter().map(|column| &column.kind));
        match kinds
            .into_iter()
            .find(|kind| ![INT8, BYTEA, TEXT, BYTEA_ARRAY].contains(kind))
        {
            None => Ok(()),
            Some(kind) => Err(StorageError::bug(format!(
                "a parameter or column has type {kind}: cast it to BIGINT, BYTEA or TEXT"
            ))),
        }
    }
}

/// Puts the request with its parameters into the outbox.
pub(super) fn bind(
    outbox: &mut BytesMut,
    prepared: &Prepared,
    request: &Request,
) -> Result<(), StorageError> {
    let Prepared { name, parameters, .. } = prepared;
    let bound = match request {
        Request::Asked(query) | Request::Told { query, .. } => {
            let values = query.values.iter().zip(parameters);
            frontend::bind(
                "",
                name,
                [1],
                values,
                |(value, kind), buf| write(value, *kind, buf),
                [1],
                outbox,
            )
        }
        Request::Control(_) => {
            frontend::bind("", name, [0; 0], [(); 0], |(), _| Ok(IsNull::Yes), [0; 0], outbox)
        }
        Request::Lock(rows) => frontend::bind(
            "",
            name,
            [1],
            [rows],
            |rows, buf| write_ids(rows, buf),
            [1],
            outbox,
        ),
    };
    bound.map_err(|error| match error {
        BindError::Conversion(error) => StorageError::bug(error.to_string()),
        BindError::Serialization(error) => StorageError::bug(error.to_string()),
    })?;
    Ok(frontend::execute("", 0, outbox)?)
}

type Written = Result<IsNull, Box<dyn std::error::Error + Send + Sync>>;

fn write(value: &Value, kind: Oid, buf: &mut BytesMut) -> Written {
    match (value, kind) {
        (Value::Null, _) => return Ok(IsNull::Yes),
        (Value::Int(n), INT8) => types::int8_to_sql(*n, buf),
        (Value::Id(bytes), BYTEA) => types::bytea_to_sql(bytes, buf),
        (Value::Bytes(bytes), BYTEA) => types::bytea_to_sql(bytes, buf),
        (Value::Text(text), TEXT) => types::text_to_sql(text, buf),
        (Value::Int(_) | Value::Id(_) | Value::Bytes(_) | Value::Text(_), _) => {
            return Err(format!("a parameter of type {kind} is given {value:?}").into());
        }
    }
    Ok(IsNull::No)
}

fn write_ids(rows: &[Lock], buf: &mut BytesMut) -> Written {
    let dimension = ArrayDimension {
        len: i32::try_from(rows.len())?,
        lower_bound: 1,
    };
    let id = |row: &Lock, buf: &mut BytesMut| {
        types::bytea_to_sql(&row.id, buf);
        Ok(IsNull::No)
    };
    types::array_to_sql([dimension], BYTEA, rows, id, buf)?;
    Ok(IsNull::No)
}

/// `None` if the row is not what the statement's description promised.
pub(super) fn read_row(body: &DataRowBody, columns: &[Column]) -> Option<Row> {
    let mut values = Vec::with_capacity(columns.len());
    let mut ranges = body.ranges();
    for column in columns {
        values.push(match ranges.next().ok()?? {
            None => Value::Null,
            Some(range) => read(&body.buffer()[range], column.kind)?,
        });
    }
    Some(Row::new(values))
}

fn read(bytes: &[u8], kind: Oid) -> Option<Value> {
    match kind {
        INT8 => types::int8_from_sql(bytes).ok().map(Into::into),
        BYTEA => Some(bytes.into()),
        _ => types::text_from_sql(bytes).ok().map(Into::into),
    }
}
