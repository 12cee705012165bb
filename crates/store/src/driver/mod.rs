//! The two engines behind one small interface. Nothing outside this folder names a driver's type.

mod postgres;
mod sqlite;

use std::sync::Arc;

use kernel::Timestamp;

use crate::recording::Recorder;
use crate::{Lock, Query, Row, StorageError, Value};

pub(crate) use postgres::{Postgres, Request};
pub(crate) use sqlite::{Sqlite, lock_file};

/// What a statement gave.
pub(crate) struct Outcome {
    pub rows: Vec<Row>,
    /// Rows inserted, updated or deleted.
    pub affected: u64,
}

/// Where a command started.
pub(crate) struct Savepoint((u64, usize));

/// One connection to one of the two engines.
#[allow(clippy::large_enum_variant, reason = "one per connection")]
pub(crate) enum Driver {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Driver {
    /// Notes every statement from here on.
    pub fn record_into(&mut self, recorder: &Arc<Recorder>) {
        match self {
            Self::Sqlite(sqlite) => sqlite.record_into(recorder),
            Self::Postgres(postgres) => postgres.record_into(recorder),
        }
    }

    /// Runs the queries together and gives their outcomes in order.
    pub fn ask(&mut self, queries: Vec<Query>) -> Result<Vec<Outcome>, StorageError> {
        queries.iter().try_for_each(check_text)?;
        match self {
            Self::Sqlite(sqlite) => queries.iter().map(|q| sqlite.run(q)).collect(),
            Self::Postgres(postgres) => postgres.ask(queries),
        }
    }

    /// Runs a statement that must touch `expected` rows, now or with the next question.
    pub fn tell(&mut self, query: Query, expected: u64) -> Result<(), StorageError> {
        check_text(&query)?;
        match self {
            Self::Sqlite(sqlite) => {
                let affected = sqlite.run(&query)?.affected;
                check_count(&query, expected, affected)
            }
            Self::Postgres(postgres) => {
                postgres.tell(query, expected);
                Ok(())
            }
        }
    }

    /// Runs transaction control or other text without parameters, now or with the next question.
    pub fn control(&mut self, text: &'static str) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.control(text),
            Self::Postgres(postgres) => {
                postgres.control(text);
                Ok(())
            }
        }
    }

    /// Starts a transaction that will write.
    pub fn begin(&mut self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.control("BEGIN IMMEDIATE"),
            Self::Postgres(postgres) => {
                postgres.control("BEGIN");
                Ok(())
            }
        }
    }

    /// Starts a transaction that sees one state of the database throughout and cannot write.
    pub fn begin_snapshot(&mut self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.control("BEGIN"),
            Self::Postgres(postgres) => {
                postgres.control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                Ok(())
            }
        }
    }

    /// Locks rows in the order given. SQLite has one writer and needs no locks.
    pub fn lock(&mut self, rows: &[Lock]) {
        if let Self::Postgres(postgres) = self {
            postgres.lock(rows);
        }
    }

    /// From here on in this transaction a row that somebody else holds stops the batch soon: while it
    /// waits, nobody else gets at the rows that it has locked.
    pub fn wait_shortly(&mut self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(_) => self.control("SET LOCAL lock_timeout = '200ms'"),
        }
    }

    /// From here on in this transaction rows are waited for as long as at its beginning.
    pub fn wait_patiently(&mut self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(_) => self.control("SET LOCAL lock_timeout = '5s'"),
        }
    }

    /// For work that is long by nature: a migration, a backup, a restore.
    pub fn without_time_limits(&mut self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(postgres) => {
                postgres.script("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
            }
        }
    }

    /// Marks where a command starts, for [`Self::rollback_to`].
    pub fn savepoint(&mut self) -> Result<Savepoint, StorageError> {
        self.control("SAVEPOINT command")?;
        Ok(match self {
            Self::Sqlite(_) => Savepoint((0, 0)),
            Self::Postgres(postgres) => Savepoint(postgres.mark()),
        })
    }

    /// Undoes what was done since the savepoint.
    pub fn rollback_to(&mut self, savepoint: Savepoint) -> Result<(), StorageError> {
        if let Self::Postgres(postgres) = self {
            postgres.forget_since(savepoint.0);
        }
        self.control("ROLLBACK TO SAVEPOINT command")?;
        self.control("RELEASE SAVEPOINT command")
    }

    /// Sends what waits and hears that all of it succeeded.
    pub fn flush(&mut self) -> Result<(), StorageError> {
        self.ask(Vec::new()).map(drop)
    }

    /// Runs a script of several statements without parameters.
    pub fn script(&mut self, text: &str) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.script(text),
            Self::Postgres(postgres) => postgres.script(text),
        }
    }

    /// Ends a transaction that failed, whatever state it is in.
    pub fn abandon(&mut self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.abandon(),
            Self::Postgres(postgres) => postgres.abandon(),
        }
    }

    /// Whether a statement is planned once, so that a long one costs no more than its rows.
    pub fn plans_once(&self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(postgres) => postgres.plans_once,
        }
    }

    /// How often the program waited for the engine so far.
    pub fn round_trips(&self) -> u64 {
        match self {
            Self::Sqlite(_) => 0,
            Self::Postgres(postgres) => postgres.round_trips,
        }
    }

    /// The server's time. SQLite runs on the program's own clock.
    pub fn clock(&mut self) -> Result<Option<Timestamp>, StorageError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(postgres) => postgres.clock().map(Some),
        }
    }

    /// Names of a statement's parameters are checked and its columns told, without running it.
    pub fn columns(&mut self, text: &str) -> Result<Vec<String>, StorageError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.columns(text),
            Self::Postgres(postgres) => postgres.columns(text),
        }
    }
}

/// PostgreSQL has no text with a zero byte. If SQLite kept one, its backup would restore nowhere else.
fn check_text(query: &Query) -> Result<(), StorageError> {
    let has_zero = |value: &Value| matches!(value, Value::Text(text) if text.contains('\0'));
    if query.values.iter().any(has_zero) {
        return Err(StorageError::bug("text with a zero byte").at(query.statement.place));
    }
    Ok(())
}

fn check_count(query: &Query, expected: u64, affected: u64) -> Result<(), StorageError> {
    if affected == expected {
        return Ok(());
    }
    let message = format!("told {expected} rows, touched {affected}");
    Err(StorageError::bug(message).at(query.statement.place))
}
