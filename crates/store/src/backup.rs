//! A whole database as lines of JSON, the same for both engines, with a checksum at the end: how one is
//! kept safe, and how a user grows from SQLite to PostgreSQL. Signing keys go into a file of their own,
//! sealed as they are stored. A restore needs an empty database and leaves outward effects paused.

use std::io::{BufRead, Read, Write};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::value::Value as Json;
use sha2::{Digest, Sha256};

use crate::driver::{Driver, lock_file};
use crate::executor::Database;
use crate::{MIGRATIONS, Query, ReadTx, Row, Statement, StorageError, Tx, Value, migrate, sql};

/// The table that goes into a file of its own.
const KEYS_TABLE: &str = "signing_key";
/// Rows that travel together.
const CHUNK: i64 = 2_000;
/// More numbers than were given out between a backup and the loss of its database.
const LOST_NUMBERS: i64 = 10_000_000;
/// No line of a backup is nearly as long; a longer one in a file is not read into memory.
const LONGEST_LINE_BYTES: u64 = 64 << 20;

/// What a backup or a restore moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// Tables with at least one row.
    pub tables: u64,
    /// Rows.
    pub rows: u64,
}

/// Why a backup or a restore did not happen. Nothing was changed.
#[derive(Debug)]
pub enum BackupError {
    /// The file could not be read or written.
    File(std::io::Error),
    /// The file is not a backup, or was damaged or cut; the text says where.
    Damaged(String),
    /// The database to restore into holds something already; the text says which table.
    NotEmpty(String),
    /// The backup was made by a newer version.
    Newer(i64),
    /// The database failed.
    Storage(StorageError),
}

impl std::fmt::Display for BackupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(error) => write!(f, "the backup file: {error}"),
            Self::Damaged(what) => write!(f, "the backup is damaged: {what}; nothing was restored"),
            Self::NotEmpty(table) => {
                write!(
                    f,
                    "the database is not empty (table {table}): restore into a new one; nothing was changed"
                )
            }
            Self::Newer(version) => write!(f, "the backup is of version {version}: use a newer program"),
            Self::Storage(error) => write!(f, "the database: {error}"),
        }
    }
}

impl std::error::Error for BackupError {}

impl From<std::io::Error> for BackupError {
    fn from(error: std::io::Error) -> Self {
        Self::File(error)
    }
}

impl From<StorageError> for BackupError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// A line of the file that is not a row. Rows are arrays.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    QiaoBackup { version: i64 },
    Table { name: String, columns: Vec<String> },
    End { rows: u64, sha256: String },
}

/// Writes one state of the whole database to `out` and its signing keys to `keys_out`.
pub fn write(url: &str, out: &mut dyn Write, keys_out: &mut dyn Write) -> Result<Moved, BackupError> {
    let database = Database::from_url(url).map_err(StorageError::bug)?;
    let mut driver = database.connect_reader()?;
    driver.without_time_limits()?;
    driver.begin_snapshot()?;
    let tables = migrate::tables();
    let (keys, rest): (Vec<_>, Vec<_>) = tables.into_iter().partition(|table| table.name == KEYS_TABLE);
    let mut moved = write_tables(&mut driver, &rest, out)?;
    let moved_keys = write_tables(&mut driver, &keys, keys_out)?;
    moved.rows += moved_keys.rows;
    moved.tables += moved_keys.tables;
    driver.abandon()?;
    Ok(moved)
}

fn write_tables(
    driver: &mut Driver,
    tables: &[migrate::Table],
    out: &mut dyn Write,
) -> Result<Moved, BackupError> {
    let mut lines = Lines {
        out,
        hash: Sha256::new(),
    };
    let mut moved = Moved::default();
    lines.write(&Mark::QiaoBackup {
        version: MIGRATIONS.len() as i64,
    })?;
    for table in tables {
        let columns = driver.columns(&format!("SELECT * FROM {}", table.name))?;
        lines.write(&Mark::Table {
            name: table.name.to_owned(),
            columns: columns.clone(),
        })?;
        let key_places: Vec<usize> = table
            .key
            .iter()
            .filter_map(|key| columns.iter().position(|column| column == key))
            .collect();
        let (first, next) = chunk_statements(table);
        let mut last: Option<Vec<Value>> = None;
        let before = moved.rows;
        loop {
            let query = match &last {
                None => Query::new(first, Vec::new()),
                Some(row) => Query::new(next, key_places.iter().map(|i| row[*i].clone()).collect()),
            };
            let rows: Vec<Row> = driver
                .ask(vec![query])?
                .into_iter()
                .flat_map(|outcome| outcome.rows)
                .collect();
            let count = rows.len() as i64;
            for row in rows {
                let values = row.into_values();
                lines.write(&values.iter().map(to_json).collect::<Vec<_>>())?;
                last = Some(values);
                moved.rows += 1;
            }
            if count < CHUNK {
                break;
            }
        }
        moved.tables += u64::from(moved.rows > before);
    }
    let sha256 = hex(&lines.hash.clone().finalize());
    lines.write(&Mark::End {
        rows: moved.rows,
        sha256,
    })?;
    out.flush()?;
    Ok(moved)
}

/// A statement made at run time. A handful a table and process, so they may stay for ever.
fn leak(text: String) -> &'static Statement {
    Box::leak(Box::new(Statement {
        text: Box::leak(text.into_boxed_str()),
        place: "backup",
    }))
}

/// The statements for a table's first chunk and for the one after a key. One pair a table and process.
fn chunk_statements(table: &migrate::Table) -> (&'static Statement, &'static Statement) {
    let key = table.key.join(", ");
    let marks: Vec<String> = (1..=table.key.len()).map(|n| format!("${n}")).collect();
    let name = table.name;
    (
        leak(format!("SELECT * FROM {name} ORDER BY {key} LIMIT {CHUNK}")),
        leak(format!(
            "SELECT * FROM {name} WHERE ({key}) > ({}) ORDER BY {key} LIMIT {CHUNK}",
            marks.join(", ")
        )),
    )
}

struct Lines<'a> {
    out: &'a mut dyn Write,
    hash: Sha256,
}

impl Lines<'_> {
    fn write(&mut self, line: &impl Serialize) -> Result<(), BackupError> {
        let mut text = serde_json::to_vec(line).map_err(|error| StorageError::bug(error.to_string()))?;
        text.push(b'\n');
        self.hash.update(&text);
        Ok(self.out.write_all(&text)?)
    }
}

/// Reads a backup to its end without storing anything: its size, if it is whole.
pub fn verify(input: &mut dyn BufRead) -> Result<Moved, BackupError> {
    read_lines(input, &mut |_, _, _| Ok(()))
}

/// Restores a backup and its keys into an empty database, all of it or nothing, and pauses outward
/// effects until [`resume`]. The files must have been [`verify`]d; a damaged one changes nothing.
pub fn restore(url: &str, input: &mut dyn BufRead, keys: &mut dyn BufRead) -> Result<Moved, BackupError> {
    let database = Database::from_url(url).map_err(StorageError::bug)?;
    let _only_process = match &database {
        Database::Sqlite(path) => Some(lock_file(path)?),
        Database::Postgres(_) => None,
    };
    migrate::migrate(&database)?;
    let mut driver = database.connect_writer()?;
    driver.without_time_limits()?;
    driver.begin()?;
    for table in migrate::tables() {
        if has_rows(&mut driver, table.name)? {
            return Err(BackupError::NotEmpty(table.name.to_owned()));
        }
    }
    let mut insert: Option<(String, &'static Statement)> = None;
    let mut told = 0_u64;
    let mut store_row = |table: &str, columns: &[String], row: Vec<Json>| -> Result<(), BackupError> {
        if insert.as_ref().is_none_or(|(name, _)| name != table) {
            insert = Some((table.to_owned(), insert_statement(table, columns)?));
        }
        let statement = insert
            .as_ref()
            .map(|(_, statement)| *statement)
            .expect("set above");
        let values: Option<Vec<Value>> = row.iter().map(from_json).collect();
        let values = values.filter(|v| v.len() == columns.len());
        let values = values.ok_or_else(|| BackupError::Damaged(format!("an unreadable row of {table}")))?;
        driver.tell(Query::new(statement, values), 1)?;
        told += 1;
        if told.is_multiple_of(500) {
            driver.flush()?;
        }
        Ok(())
    };
    let mut moved = read_lines(input, &mut store_row)?;
    let moved_keys = read_lines(keys, &mut store_row)?;
    moved.rows += moved_keys.rows;
    moved.tables += moved_keys.tables;
    // A backup of a database that was paused has the row already.
    driver.tell(
        sql!(
            "INSERT INTO setting (name, value) VALUES ('outward_effects', 'paused')
             ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        1,
    )?;
    // What was numbered since and is lost has told people its numbers, in codes: nobody else gets them.
    driver.tell(
        sql!(
            "INSERT INTO number_head (one, taken) VALUES (1, $1)
             ON CONFLICT (one) DO UPDATE SET taken = number_head.taken + excluded.taken",
            LOST_NUMBERS
        ),
        1,
    )?;
    driver.flush()?;
    driver.control("COMMIT")?;
    driver.flush()?;
    Ok(moved)
}

fn has_rows(driver: &mut Driver, table: &str) -> Result<bool, StorageError> {
    let statement = leak(format!("SELECT CAST(1 AS BIGINT) FROM {table} LIMIT 1"));
    let outcomes = driver.ask(vec![Query::new(statement, Vec::new())])?;
    Ok(outcomes.iter().any(|outcome| !outcome.rows.is_empty()))
}

fn insert_statement(table: &str, columns: &[String]) -> Result<&'static Statement, BackupError> {
    let known = migrate::tables().iter().any(|t| t.name == table);
    let plain = |name: &String| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
    };
    if !known || !columns.iter().all(plain) {
        return Err(BackupError::Damaged(format!(
            "unknown table or column in {table:?}"
        )));
    }
    let marks: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
    let text = format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        columns.join(", "),
        marks.join(", ")
    );
    Ok(leak(text))
}

type StoreRow<'a> = dyn FnMut(&str, &[String], Vec<Json>) -> Result<(), BackupError> + 'a;

fn read_lines(input: &mut dyn BufRead, store_row: &mut StoreRow<'_>) -> Result<Moved, BackupError> {
    let mut hash = Sha256::new();
    let mut table: Option<(String, Vec<String>, bool)> = None;
    let mut seen = BTreeSet::new();
    let mut moved = Moved::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let damaged = |what: &str| BackupError::Damaged(format!("line {number}: {what}"));
        if input.take(LONGEST_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Err(damaged("the file ends too early"));
        }
        if line.last() != Some(&b'\n') {
            return Err(damaged("cut off, or too long"));
        }
        if number == 1 && !line.starts_with(b"{\"qiao_backup\"") {
            return Err(damaged("not the beginning of a backup"));
        }
        if line.first() == Some(&b'[') {
            let row: Vec<Json> = serde_json::from_slice(&line).map_err(|_| damaged("no row"))?;
            let Some((name, columns, has_rows)) = &mut table else {
                return Err(damaged("a row before any table"));
            };
            store_row(name, columns, row)?;
            moved.rows += 1;
            moved.tables += u64::from(!std::mem::replace(has_rows, true));
        } else {
            match serde_json::from_slice(&line).map_err(|_| damaged("not a line of a backup"))? {
                Mark::QiaoBackup { version } if version > MIGRATIONS.len() as i64 => {
                    return Err(BackupError::Newer(version));
                }
                Mark::QiaoBackup { version } if number != 1 || version < 1 => {
                    return Err(damaged("a second or impossible beginning"));
                }
                Mark::QiaoBackup { .. } => {}
                Mark::Table { name, .. } if !seen.insert(name.clone()) => {
                    return Err(damaged("a table for the second time"));
                }
                Mark::Table { name, columns } => table = Some((name, columns, false)),
                Mark::End { rows, sha256 } => {
                    let whole = rows == moved.rows && sha256 == hex(&hash.finalize());
                    return if whole {
                        Ok(moved)
                    } else {
                        Err(damaged("the checksum is wrong"))
                    };
                }
            }
        }
        hash.update(&line);
    }
    Err(BackupError::Damaged("endless".to_owned()))
}

/// Whether outward effects (payments, refunds, messages) are paused after a restore.
pub fn is_paused(read: &mut ReadTx) -> Result<bool, StorageError> {
    Ok(read
        .one(sql!(
            "SELECT value FROM setting WHERE name = 'outward_effects' AND value = 'paused'"
        ))?
        .is_some())
}

/// Lets outward effects go on. `false` if they were not paused.
pub fn resume(tx: &mut Tx) -> Result<bool, StorageError> {
    Ok(tx.claim(sql!("DELETE FROM setting WHERE name = 'outward_effects'"))? == 1)
}

/// Integers as numbers, text as strings, bytes as `{"b": hex}`.
fn to_json(value: &Value) -> Json {
    let bytes = |bytes: &[u8]| serde_json::json!({ "b": hex(bytes) });
    match value {
        Value::Null => Json::Null,
        Value::Int(n) => Json::from(*n),
        Value::Id(id) => bytes(id),
        Value::Bytes(b) => bytes(b),
        Value::Text(text) => Json::from(text.as_str()),
    }
}

fn from_json(json: &Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Null),
        Json::Number(n) => n.as_i64().map(Value::Int),
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Object(object) => {
            let text = object.get("b")?.as_str()?;
            // `from_str_radix` would take a sign.
            if !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            let digit = |i: usize| u8::from_str_radix(text.get(i..i + 2)?, 16).ok();
            let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(digit).collect();
            bytes.map(Value::from)
        }
        Json::Bool(_) | Json::Array(_) => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
