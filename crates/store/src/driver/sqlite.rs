//! SQLite through `rusqlite`: every statement runs at once.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement};

use super::Outcome;
use crate::error::Cause;
use crate::recording::Recorder;
use crate::{Query, Row, StorageError, Value};

pub(crate) struct Sqlite {
    connection: Connection,
    recorder: Option<Arc<Recorder>>,
}

const CACHED_STATEMENTS: usize = 512;

impl Sqlite {
    /// The connection that writes. WAL, and a commit is on the disk before it is answered.
    pub fn open_writer(path: &Path) -> Result<Self, StorageError> {
        let in_log = |error| StorageError::lost(format!("the log of {}: {error}", path.display()));
        make_log_durable(path).map_err(in_log)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.execute_batch(
            // `fullfsync` is for macOS, whose plain fsync leaves the data in the disk's own cache. A log
            // that a long reader let grow is cut back to 64 MiB once it is used anew.
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA journal_size_limit = 67108864;
             PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY;",
        )?;
        // SQLite syncs the folder of a new log too, but takes no notice if that fails.
        let folder = path.canonicalize().and_then(|path| match path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        });
        folder.map_err(in_log)?;
        keep_plans(&connection)?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        Ok(Self {
            connection,
            recorder: None,
        })
    }

    /// A connection that only reads, beside the writer.
    pub fn open_reader(path: &Path) -> Result<Self, StorageError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.execute_batch(
            "PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY;",
        )?;
        keep_plans(&connection)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        Ok(Self {
            connection,
            recorder: None,
        })
    }

    /// Notes every statement from here on.
    pub fn record_into(&mut self, recorder: &Arc<Recorder>) {
        self.recorder = Some(Arc::clone(recorder));
    }

    fn note(&self, text: &'static str, values: &[Value]) {
        if let Some(recorder) = &self.recorder {
            recorder.note(text, values);
        }
    }

    pub fn run(&mut self, query: &Query) -> Result<Outcome, StorageError> {
        self.note(query.statement.text, &query.values);
        let run = || -> rusqlite::Result<Outcome> {
            let mut statement = self.connection.prepare_cached(query.statement.text)?;
            Self::bind(&mut statement, &query.values)?;
            if statement.column_count() == 0 {
                let affected = statement.raw_execute()? as u64;
                return Ok(Outcome {
                    rows: Vec::new(),
                    affected,
                });
            }
            let width = statement.column_count();
            let mut rows = Vec::new();
            let mut found = statement.raw_query();
            while let Some(row) = found.next()? {
                let mut values = Vec::with_capacity(width);
                for i in 0..width {
                    values.push(read(row.get_ref(i)?));
                }
                rows.push(Row::new(values));
            }
            let affected = rows.len() as u64;
            Ok(Outcome { rows, affected })
        };
        run().map_err(|error| StorageError::from(error).at(query.statement.place))
    }

    pub fn control(&mut self, text: &'static str) -> Result<(), StorageError> {
        self.note(text, &[]);
        self.connection.prepare_cached(text)?.raw_execute()?;
        Ok(())
    }

    pub fn script(&mut self, text: &str) -> Result<(), StorageError> {
        Ok(self.connection.execute_batch(text)?)
    }

    pub fn abandon(&mut self) -> Result<(), StorageError> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        self.control("ROLLBACK")
    }

    pub fn columns(&mut self, text: &str) -> Result<Vec<String>, StorageError> {
        let statement = self.connection.prepare(text)?;
        Ok(statement.column_names().map(str::to_owned).collect())
    }

    pub fn prepare(&self, text: &str) -> Result<Statement<'_>, StorageError> {
        Ok(self.connection.prepare(text)?)
    }

    pub fn bind(statement: &mut Statement<'_>, values: &[Value]) -> rusqlite::Result<()> {
        for (i, value) in values.iter().enumerate() {
            match value {
                Value::Null => statement.raw_bind_parameter(i + 1, rusqlite::types::Null)?,
                Value::Int(n) => statement.raw_bind_parameter(i + 1, n)?,
                Value::Id(bytes) => statement.raw_bind_parameter(i + 1, bytes.as_slice())?,
                Value::Bytes(bytes) => statement.raw_bind_parameter(i + 1, bytes.as_slice())?,
                Value::Text(text) => statement.raw_bind_parameter(i + 1, text.as_str())?,
            }
        }
        Ok(())
    }
}

/// SQLite takes for committed whatever its log holds whole, and the lane answers from it; but who wrote it may
/// have died before it was synced, or was told that the sync failed, after which the disk's cache passes for
/// clean. So it is written once more and synced.
fn make_log_durable(path: &Path) -> io::Result<()> {
    let mut log_path = path.as_os_str().to_owned();
    log_path.push("-wal");
    let mut log = match File::options().read(true).write(true).open(log_path) {
        Ok(log) => log,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut chunk = vec![0; 1 << 20];
    loop {
        let at = log.stream_position()?;
        let length = log.read(&mut chunk)?;
        if length == 0 {
            return log.sync_all();
        }
        log.seek(SeekFrom::Start(at))?;
        log.write_all(&chunk[..length])?;
    }
}

/// A statement is planned once. Otherwise SQLite looks at the parameters, and plans a join anew each time
/// that they are bound, which took a quarter of the writer's time.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(drop)
}

fn read(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(n),
        ValueRef::Blob(bytes) => Value::from(bytes),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        // No column is declared as a float and no statement makes one; showing it is enough to notice.
        ValueRef::Real(x) => Value::Text(format!("float {x}")),
    }
}

/// Keeps a second process out of an SQLite file.
pub(crate) fn lock_file(path: &Path) -> Result<File, StorageError> {
    let lock_path = path.with_extension("lock");
    let problem =
        |error: &dyn std::fmt::Display| StorageError::lost(format!("{}: {error}", lock_path.display()));
    let file = File::options()
        .create(true)
        .append(true)
        .open(&lock_path)
        .map_err(|error| problem(&error))?;
    file.try_lock()
        .map_err(|_| problem(&"another process uses this database; SQLite serves one process at a time"))?;
    Ok(file)
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        let cause = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Cause::Conflict,
            Some(
                ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::OutOfMemory
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::OperationInterrupted
                | ErrorCode::FileLockingProtocolFailed,
            ) => Cause::Lost,
            _ => Cause::Bug,
        };
        Self::new(cause, error.to_string())
    }
}
