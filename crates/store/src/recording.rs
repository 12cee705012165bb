//! What the lanes of a database ran, in order, and a replay of it straight on the driver: what the engine
//! itself does with the same statements in the same batches. Only for measuring; a store that nobody asked to
//! record pays one look at a flag per statement.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

use rusqlite::Statement;
use url::Url;

use crate::driver::{Postgres, Request, Sqlite};
use crate::executor::Database;
use crate::{StorageError, Value};

struct Recorded {
    text: &'static str,
    values: Vec<Value>,
}

/// Takes down what the lanes run while it is on.
#[derive(Default)]
pub struct Recorder {
    on: AtomicBool,
    connections: AtomicUsize,
    recording: Mutex<Recording>,
}

impl Recorder {
    /// A statement that the writer of an SQLite database runs.
    pub(crate) fn note(&self, text: &'static str, values: &[Value]) {
        if self.on.load(Ordering::Relaxed) {
            let values = values.to_vec();
            let sqlite = &mut self.recording().sqlite;
            // Not the rest of a transaction that was open when it began.
            if !sqlite.is_empty() || text.starts_with("BEGIN") {
                sqlite.push(Recorded { text, values });
            }
        }
    }

    /// What a connection to PostgreSQL sends together.
    pub(crate) fn note_pipeline(&self, connection: usize, pipeline: &[Request]) {
        if self.on.load(Ordering::Relaxed) {
            let mut recording = self.recording();
            let sent = Sent {
                after: recording.commits.clone(),
                requests: pipeline.to_vec(),
            };
            if pipeline.first().is_some_and(Request::is_begin) {
                recording.postgres.entry(connection).or_default().push(sent);
            } else if let Some(known) = recording.postgres.get_mut(&connection) {
                known.push(sent);
            }
        }
    }

    /// That a connection to PostgreSQL has committed.
    pub(crate) fn note_commit(&self, connection: usize) {
        if self.on.load(Ordering::Relaxed) {
            let mut recording = self.recording();
            if recording.postgres.contains_key(&connection) {
                *recording.commits.entry(connection).or_default() += 1;
            }
        }
    }

    /// A number for a connection, that no other has.
    pub(crate) fn number_connection(&self) -> usize {
        self.connections.fetch_add(1, Ordering::Relaxed)
    }

    fn recording(&self) -> MutexGuard<'_, Recording> {
        self.recording.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Takes down every statement from here on, all in memory.
    pub fn start(&self) {
        *self.recording() = Recording::default();
        self.on.store(true, Ordering::Relaxed);
    }

    /// What was taken down since [`Self::start`].
    pub fn stop(&self) -> Recording {
        self.on.store(false, Ordering::Relaxed);
        std::mem::take(&mut *self.recording())
    }
}

/// Transactions of each connection that are over.
type Commits = BTreeMap<usize, usize>;

/// What travelled together to PostgreSQL, and what was over when it did.
struct Sent {
    after: Commits,
    requests: Vec<Request>,
}

/// Statements in the order in which they ran, with their parameters and the transactions around them: one list on
/// SQLite, one of pipelines for each connection on PostgreSQL.
#[derive(Default)]
pub struct Recording {
    sqlite: Vec<Recorded>,
    postgres: BTreeMap<usize, Vec<Sent>>,
    commits: Commits,
}

/// How far the connections of a replay are.
#[derive(Default)]
struct Progress {
    commits: Mutex<Commits>,
    changed: Condvar,
}

impl Progress {
    fn commits(&self) -> MutexGuard<'_, Commits> {
        self.commits.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Waits until all of this is over: what one transaction left may be what another one needs.
    fn wait_for(&self, after: &Commits) {
        let is_behind = |now: &mut Commits| {
            let mut each = after.iter();
            each.any(|(connection, commits)| now.get(connection).is_none_or(|now| now < commits))
        };
        drop(self.changed.wait_while(self.commits(), is_behind));
    }

    /// `commits` more of a connection.
    fn advance(&self, connection: usize, commits: usize) {
        let mut now = self.commits();
        let reached = now.entry(connection).or_default();
        *reached = reached.saturating_add(commits);
        self.changed.notify_all();
    }
}

impl Recording {
    /// How many statements, transaction control included.
    pub fn statements(&self) -> usize {
        self.sqlite.len() + self.requests().count()
    }

    /// How many transactions.
    pub fn commits(&self) -> usize {
        let sqlite = self.sqlite.iter().filter(|recorded| recorded.text == "COMMIT");
        let postgres = self.requests().filter(|request| request.is_commit());
        sqlite.count() + postgres.count()
    }

    fn requests(&self) -> impl Iterator<Item = &Request> {
        self.postgres.values().flatten().flat_map(|sent| &sent.requests)
    }

    /// Runs everything again on a database that is as it was when the recording began, with every statement
    /// prepared: through `rusqlite`, or over as many connections to PostgreSQL at once as there were, none of which goes
    /// ahead of what was over before. `prepared` is called when the work itself starts.
    pub fn replay(&self, copy: &DatabaseCopy, prepared: impl FnOnce()) -> Result<(), StorageError> {
        match Database::from_url(&copy.url).map_err(StorageError::bug)? {
            Database::Sqlite(path) => self.replay_on_sqlite(&Sqlite::open_writer(&path)?, prepared),
            Database::Postgres(url) => self.replay_on_postgres(&url, prepared),
        }
    }

    fn replay_on_sqlite(&self, sqlite: &Sqlite, prepared: impl FnOnce()) -> Result<(), StorageError> {
        let mut numbers = HashMap::new();
        let mut statements: Vec<Statement<'_>> = Vec::new();
        let mut order = Vec::with_capacity(self.sqlite.len());
        for recorded in &self.sqlite {
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
        for (recorded, number) in self.sqlite.iter().zip(order) {
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

    fn replay_on_postgres(&self, url: &str, prepared: impl FnOnce()) -> Result<(), StorageError> {
        let mut connections = Vec::with_capacity(self.postgres.len());
        for (number, all) in &self.postgres {
            let mut postgres = Postgres::connect_writer(url)?;
            all.iter().try_for_each(|sent| postgres.prepare(&sent.requests))?;
            connections.push((*number, postgres, all));
        }
        prepared();
        let progress = Progress::default();
        std::thread::scope(|scope| {
            let replays = connections.into_iter().map(|(number, postgres, all)| {
                let progress = &progress;
                scope.spawn(move || {
                    let replayed = replay_connection(number, postgres, all, progress);
                    // Whoever waits for one that failed would wait for ever.
                    progress.advance(number, usize::MAX);
                    replayed
                })
            });
            let replays: Vec<_> = replays.collect();
            replays.into_iter().try_for_each(|replay| {
                let panicked = |_| Err(StorageError::bug("a replay panicked"));
                replay.join().unwrap_or_else(panicked)
            })
        })
    }
}

fn replay_connection(
    number: usize,
    mut postgres: Postgres,
    all: &[Sent],
    progress: &Progress,
) -> Result<(), StorageError> {
    for Sent { after, requests } in all {
        progress.wait_for(after);
        postgres.run(requests)?;
        let commits = requests.iter().filter(|request| request.is_commit()).count();
        progress.advance(number, commits);
    }
    Ok(())
}

/// A copy of a database, beside it, that is gone when this is dropped. Only for measuring.
pub struct DatabaseCopy {
    /// `sqlite:…` or `postgres://…`.
    pub url: String,
    original: String,
}

impl DatabaseCopy {
    /// Copies a database that nobody uses at the moment.
    pub fn of(original: &str, name: &str) -> Result<Self, StorageError> {
        let url = match Database::from_url(original).map_err(StorageError::bug)? {
            Database::Sqlite(path) => {
                let copy = path.with_file_name(name);
                // What is not in the file yet is in its log.
                for suffix in ["", "-wal"] {
                    let of = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
                    if of(&path).exists() {
                        std::fs::copy(of(&path), of(&copy)).map_err(|error| {
                            StorageError::lost(format!("a copy of {}: {error}", path.display()))
                        })?;
                    }
                }
                format!("sqlite:{}", copy.display())
            }
            Database::Postgres(url) => {
                let mut copy = Url::parse(&url).map_err(|error| StorageError::bug(error.to_string()))?;
                let template = copy.path().trim_start_matches('/').to_owned();
                let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
                Postgres::connect(&url)?.script(&create)?;
                copy.set_path(name);
                copy.into()
            }
        };
        Ok(Self {
            url,
            original: original.to_owned(),
        })
    }

    fn remove(&self) -> Result<(), StorageError> {
        match Database::from_url(&self.url).map_err(StorageError::bug)? {
            Database::Sqlite(path) => {
                std::fs::remove_file(path).map_err(|error| StorageError::lost(error.to_string()))
            }
            Database::Postgres(url) => {
                let name = url.rsplit('/').next().unwrap_or_default();
                Postgres::connect(&self.original)?.script(&format!("DROP DATABASE {name} WITH (FORCE)"))
            }
        }
    }
}

impl Drop for DatabaseCopy {
    fn drop(&mut self) {
        if let Err(error) = self.remove() {
            tracing::warn!(%error, "a copy of the database is left behind");
        }
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

    fn set_timers(store: &Store, first: u8) {
        for n in first..first + 5 {
            let ctx = Ctx::new(Timestamp(1), Actor::System, [n; 32]);
            let lane = ctx.request;
            let set = |tx: &mut crate::Tx, ctx: &Ctx| {
                Ok(tx.set_timer(crate::TimerKind("test"), ctx.request, Timestamp(9))?)
            };
            store.run_blocking("test", lane, ctx, set).unwrap().unwrap();
        }
    }

    #[test]
    fn what_was_open_when_the_recording_began_is_left_out() {
        let recorder = Recorder::default();
        recorder.start();
        for text in ["COMMIT", "BEGIN IMMEDIATE", "COMMIT"] {
            recorder.note(text, &[]);
        }
        for pipeline in [&["COMMIT"][..], &["BEGIN", "SAVEPOINT command"], &["COMMIT"]] {
            let requests: Vec<_> = pipeline.iter().map(|text| Request::Control(text)).collect();
            recorder.note_pipeline(7, &requests);
            if requests.iter().any(Request::is_commit) {
                recorder.note_commit(7);
            }
        }
        let recording = recorder.stop();
        assert_eq!((recording.statements(), recording.commits()), (2 + 3, 2));
        assert_eq!(recording.commits, Commits::from([(7, 1)]));
    }

    #[test]
    fn a_replay_leaves_what_the_lanes_left() {
        for database in TestDatabase::both() {
            let store = database.open();
            set_timers(&store, 0);
            store.close();
            let name = format!("qiao_test_replay_{}", std::process::id());
            let copy = DatabaseCopy::of(&database.url, &name).unwrap();
            let store = database.open();
            store.recorder().start();
            set_timers(&store, 5);
            let recording = store.recorder().stop();
            assert_eq!(recording.commits(), 5);
            let mut began = false;
            recording.replay(&copy, || began = true).unwrap();
            assert!(began);
            let replayed = Store::open(&Settings::new(&copy.url)).unwrap();
            assert_eq!((timers(&store), timers(&replayed)), (10, 10));
            replayed.close();
            store.close();
        }
    }
}
