//! Brings the tables up to date. One SQL text serves both engines; on SQLite every table is made
//! `WITHOUT ROWID`, which saves a fifth of the space and a look-up at every access by key.

use crate::driver::Driver;
use crate::executor::Database;
use crate::{StorageError, sql};

/// The migrations in order: number, name, SQL text. They are never changed once released.
pub const MIGRATIONS: &[(i64, &str, &str)] =
    &[(1, "loop", include_str!("../../../migrations/0001_loop.sql"))];

/// One node at a time may migrate a PostgreSQL database ("qiao" in ASCII).
const LOCK_ON_POSTGRES: &str = "SELECT pg_advisory_lock(1902731631)";
const UNLOCK_ON_POSTGRES: &str = "SELECT pg_advisory_unlock(1902731631)";

pub(crate) fn migrate(database: &Database) -> Result<(), StorageError> {
    let mut driver = database.connect_writer()?;
    let on_postgres = matches!(driver, Driver::Postgres(_));
    if on_postgres {
        driver.script(LOCK_ON_POSTGRES)?;
    }
    driver.script("CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL)")?;
    let done = driver.ask(vec![sql!(
        "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM migration"
    )])?;
    let rows = done.into_iter().flat_map(|outcome| outcome.rows);
    let version: i64 = rows.map(|mut row| row.take()).next().unwrap_or(Ok(0))?;
    if version > MIGRATIONS.len() as i64 {
        let message =
            format!("the database is at version {version}, newer than this program: use a newer one");
        return Err(StorageError::bug(message));
    }
    for (number, name, text) in MIGRATIONS.iter().filter(|(number, ..)| *number > version) {
        tracing::info!(number, name, "migrating");
        driver.begin()?;
        driver.flush()?;
        driver.script(&for_engine(text, on_postgres))?;
        driver.tell(
            sql!(
                "INSERT INTO migration (version, name) VALUES ($1, $2)",
                *number,
                *name
            ),
            1,
        )?;
        driver.control("COMMIT")?;
        driver.flush()?;
    }
    if on_postgres {
        driver.script(UNLOCK_ON_POSTGRES)?;
    }
    Ok(())
}

fn for_engine(text: &str, on_postgres: bool) -> String {
    if on_postgres {
        text.to_owned()
    } else {
        text.replace("\n);", "\n) WITHOUT ROWID;")
    }
}

/// A table of the migrations.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub name: &'static str,
    /// The columns of its primary key.
    pub key: Vec<&'static str>,
}

/// The tables that the migrations made, in the order in which rows can be inserted.
pub(crate) fn tables() -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for line in MIGRATIONS.iter().flat_map(|(_, _, text)| text.lines()) {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            let name = rest.split(' ').next().unwrap_or_default();
            tables.push(Table {
                name,
                key: Vec::new(),
            });
        } else if let (Some(at), Some(table)) = (line.find("PRIMARY KEY"), tables.last_mut()) {
            // Either `column TYPE … PRIMARY KEY` or `PRIMARY KEY (column, column)`.
            let listed = line[at..].split(['(', ')']).nth(1);
            let inline = line.trim().split(' ').next().unwrap_or_default();
            table.key = match listed {
                Some(columns) if line.trim().starts_with("PRIMARY") => columns.split(", ").collect(),
                _ => vec![inline],
            };
        }
    }
    tables
}
