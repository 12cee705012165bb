//! Brings the tables up to date. One SQL text serves both engines; on SQLite every table is made
//! `WITHOUT ROWID`, which saves a fifth of the space and a look-up at every access by key.

use crate::driver::Driver;
use crate::executor::Database;
use crate::{StorageError, sql};

/// The migrations in order: number, name, SQL text. They are never changed once released.
pub const MIGRATIONS: &[(i64, &str, &str)] =
    &[(1, "loop", include_str!("../../../migrations/0001_loop.sql"))];

/// One node at a time may migrate a PostgreSQL database ("qiao" in ASCII).
/// The others wait until it is done, however long that takes, but for no row in the way of their own.
const LOCK_ON_POSTGRES: &str =
    "SET lock_timeout = 0; SELECT pg_advisory_lock(1902731631); SET lock_timeout = '5s'";
const UNLOCK_ON_POSTGRES: &str = "SELECT pg_advisory_unlock(1902731631)";

pub(crate) fn migrate(database: &Database) -> Result<(), StorageError> {
    let mut driver = database.connect_writer()?;
    let on_postgres = matches!(driver, Driver::Postgres(_));
    driver.without_time_limits()?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;
    use crate::{Query, Statement};

    #[test]
    fn a_long_migration_is_not_cut_off_and_does_not_wait_long_for_rows() {
        static LIMITS: Statement = Statement {
            text: "SELECT current_setting('statement_timeout') || ' ' || current_setting('lock_timeout')",
            place: "test",
        };
        let postgres = TestDatabase::postgres();
        let database = Database::from_url(&postgres.url).unwrap();
        let limits = |prepare: fn(&mut Driver)| -> String {
            let mut driver = database.connect_writer().unwrap();
            prepare(&mut driver);
            let outcomes = driver.ask(vec![Query::new(&LIMITS, Vec::new())]).unwrap();
            let mut rows = outcomes.into_iter().flat_map(|outcome| outcome.rows);
            rows.next().unwrap().take().unwrap()
        };
        assert_eq!(limits(|_| ()), "30s 5s");
        let migrating = |driver: &mut Driver| {
            driver.without_time_limits().unwrap();
            driver.script(LOCK_ON_POSTGRES).unwrap();
        };
        assert_eq!(limits(migrating), "0 5s");
    }

    #[test]
    fn every_table_has_a_key_and_refers_only_to_tables_before_it() {
        let tables = tables();
        let place = |name: &str| tables.iter().position(|table| table.name == name);
        assert!(tables.iter().all(|table| !table.key.is_empty()));
        let (mut current, mut references) = (None, 0);
        for line in MIGRATIONS.iter().flat_map(|(_, _, text)| text.lines()) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                current = place(rest.split(' ').next().unwrap_or_default());
            }
            for target in line.split(" REFERENCES ").skip(1) {
                let target = place(target.split(' ').next().unwrap_or_default());
                assert!(
                    target.is_some() && target < current,
                    "a restore would break at: {line}"
                );
                references += 1;
            }
        }
        assert!(references > 20, "references are seen");
    }
}
