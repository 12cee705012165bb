//! The statements that the lanes of an SQLite database ran, in order, and a replay of them straight on
//! the driver: what the engine itself does with the same statements in the same batches. Only for
//! measuring; a store that nobody asked to record pays one look at a flag per statement.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Statement;

use crate::driver::Sqlite;
use crate::{StorageError, Value};

struct Recorded {
    text: &'static str,
    values: Vec<Value>,
}

/// Takes down what the lanes run while it is on.
#[derive(Default)]
pub struct Recorder {
    on: AtomicBool,
    statements: Mutex<Vec<Recorded>>,
}

impl Recorder {
    pub(crate) fn note(&self, text: &'static str, values: &[Value]) {
        if self.on.load(Ordering::Relaxed) {
            let values = values.to_vec();
            self.statements().push(Recorded { text, values });
        }
    }

    fn statements(&self) -> std::sync::MutexGuard<'_, Vec<Recorded>> {
        self.statements.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Takes down every statement from here on, all in memory.
    pub fn start(&self) {
        self.statements().clear();
        self.on.store(true, Ordering::Relaxed);
    }

    /// What was taken down since [`Self::start`].
    pub fn stop(&self) -> Recording {
        self.on.store(false, Ordering::Relaxed);
        Recording(std::mem::take(&mut *self.statements()))
    }
}

/// Statements in the order in which they ran, with their parameters and the transactions around them.
pub struct Recording(Vec<Recorded>);

impl Recording {
    /// How many statements, transaction control included.
    pub fn statements(&self) -> usize {
        self.0.len()
    }

    /// How many transactions.
    pub fn commits(&self) -> usize {
        self.0.iter().filter(|recorded| recorded.text == "COMMIT").count()
    }

    /// Runs everything again on a database that is as it was when the recording began, through
    /// `rusqlite` with every statement prepared. `prepared` is called when the work itself starts.
    pub fn replay(&self, path: &Path, prepared: impl FnOnce()) -> Result<(), StorageError> {
        let sqlite = Sqlite::open_writer(path)?;
        let mut numbers = HashMap::new();
        let mut statements: Vec<Statement<'_>> = Vec::new();
        let mut order = Vec::with_capacity(self.0.len());
        for recorded in &self.0 {
            let number = match numbers.get(recorded.text) {
                Some(number) => *number,
                None => {
                    statements.push(sqlite.prepare(recorded.text)?);
                    numbers.insert(recorded.text, statements.len() - 1);
                    statements.len() - 1
                }
            };
            order.push(number);
        }
        prepared();
        for (recorded, number) in self.0.iter().zip(order) {
            let statement = &mut statements[number];
            Sqlite::bind(statement, &recorded.values)?;
            let width = statement.column_count();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                for column in 0..width {
                    row.get_ref(column)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;
    use crate::{Settings, Store, sql};
    use kernel::{Actor, Ctx, Timestamp};

    fn timers(store: &Store) -> i64 {
        let count = |read: &mut crate::ReadTx| {
            let row = read.one(sql!("SELECT COUNT(*) FROM timer"))?;
            Ok(row.expect("a count is a row").take()?)
        };
        store.read_blocking(count).unwrap()
    }

    #[test]
    fn a_replay_leaves_what_the_lanes_left() {
        let (original, copy) = (TestDatabase::sqlite(), TestDatabase::sqlite());
        let path = |database: &TestDatabase| database.url.trim_start_matches("sqlite:").to_owned();
        Store::open(&Settings::new(&copy.url)).unwrap().close();
        let store = original.open();
        store.recorder().start();
        for n in 0..5_u8 {
            let ctx = Ctx::new(Timestamp(1), Actor::System, [n; 32]);
            let lane = ctx.request;
            let set = |tx: &mut crate::Tx, ctx: &Ctx| {
                Ok(tx.set_timer(crate::TimerKind("test"), ctx.request, Timestamp(9))?)
            };
            store.run_blocking("test", lane, ctx, set).unwrap().unwrap();
        }
        let recording = store.recorder().stop();
        assert_eq!(recording.commits(), 5);
        let mut began = false;
        recording
            .replay(Path::new(&path(&copy)), || began = true)
            .unwrap();
        assert!(began);
        let replayed = copy.open();
        assert_eq!((timers(&store), timers(&replayed)), (5, 5));
        replayed.close();
        store.close();
    }
}
