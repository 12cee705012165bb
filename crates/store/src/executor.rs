//! The store as the rest of the program holds it: hands each command to its lane and each question to
//! a reader. A command belongs to its lane from the moment it is accepted; a caller who goes away
//! changes nothing. Queues are bounded.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use metrics::histogram;
use tokio::sync::{oneshot, watch};
use type_safe_id::{StaticType, TypeSafeId};

use crate::driver::{Driver, Postgres, Sqlite, lock_file};
use crate::error::Cause;
use crate::lane::Costs;
use crate::reader::{self, Ask, Question, Reader, ShortQuestion};
use crate::{
    Answer, Cost, Fail, Faults, Job, Lane, NoAnswer, ReadTx, Recorder, Rejected, StorageError, Tx, migrate,
    partition_of,
};

/// Which database, from its URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file of this process alone.
    Sqlite(PathBuf),
    /// A server, by its URL.
    Postgres(String),
}

impl Database {
    /// Reads `sqlite:PATH` or `postgres://…`. Gives what is wrong otherwise.
    pub fn from_url(url: &str) -> Result<Self, String> {
        match url.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => {
                Ok(Self::Sqlite(path.trim_start_matches("//").into()))
            }
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.to_owned())),
            _ => Err("a database URL is sqlite:PATH or postgres://USER@HOST/NAME".to_owned()),
        }
    }

    pub(crate) fn connect_writer(&self) -> Result<Driver, StorageError> {
        match self {
            Self::Sqlite(path) => Sqlite::open_writer(path).map(Driver::Sqlite),
            Self::Postgres(url) => Postgres::connect_writer(url).map(Driver::Postgres),
        }
    }

    pub(crate) fn connect_reader(&self) -> Result<Driver, StorageError> {
        match self {
            Self::Sqlite(path) => Sqlite::open_reader(path).map(Driver::Sqlite),
            Self::Postgres(url) => Postgres::connect(url).map(Driver::Postgres),
        }
    }
}

/// How the store is opened.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Writing connections. SQLite has one, whatever is said here.
    pub lanes: usize,
    /// Reading connections.
    pub readers: usize,
    /// Commands that may wait in each lane before the answer is "busy".
    pub queue: usize,
}

impl Settings {
    /// The defaults for a database.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            lanes: 4,
            readers: 4,
            queue: 4096,
        }
    }
}

struct Waiting {
    job: Job,
    reply: oneshot::Sender<Result<Answer, NoAnswer>>,
}

/// An open database with its lanes and readers. Closing it finishes what was accepted.
pub struct Store {
    database: Database,
    lanes: Vec<Sender<Waiting>>,
    readers: Sender<Question>,
    committed: watch::Receiver<u64>,
    faults: Arc<Faults>,
    costs: Costs,
    recorder: Arc<Recorder>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    _only_process: Option<File>,
}

impl Store {
    /// Opens the database, brings its tables up to date and starts the lanes and readers.
    pub fn open(settings: &Settings) -> Result<Self, StorageError> {
        let database = Database::from_url(&settings.url).map_err(StorageError::bug)?;
        let only_process = match &database {
            Database::Sqlite(path) => Some(lock_file(path)?),
            Database::Postgres(_) => None,
        };
        migrate::migrate(&database)?;
        let (faults, costs, recorder) = (Arc::<Faults>::default(), Costs::default(), Arc::default());
        let (announce, committed) = watch::channel(0);
        let lane_count = if only_process.is_some() {
            1
        } else {
            settings.lanes.clamp(1, 64)
        };
        let mut threads = Vec::new();
        let mut lanes = Vec::new();
        for number in 0..lane_count {
            let (sender, receiver) = bounded(settings.queue);
            let lane = Lane::new(database.clone(), Arc::clone(&faults))
                .sharing_costs(Arc::clone(&costs))
                .recording_into(Arc::clone(&recorder));
            let announce = announce.clone();
            threads.push(spawn(format!("lane-{number}"), move || {
                serve_lane(lane, &receiver, &announce)
            })?);
            lanes.push(sender);
        }
        let (readers, questions) = bounded::<Question>(settings.queue);
        let reader_count = settings.readers.max(1);
        for number in 0..reader_count {
            let (reader, questions) = (Reader::new(database.clone()), questions.clone());
            threads.push(spawn(format!("reader-{number}"), move || {
                reader.serve(&questions, reader_count)
            })?);
        }
        let threads = Mutex::new(threads);
        Ok(Self {
            database,
            lanes,
            readers,
            committed,
            faults,
            costs,
            recorder,
            threads,
            _only_process: only_process,
        })
    }

    /// Runs a command and waits for its answer.
    pub async fn submit(&self, job: Job) -> Result<Answer, NoAnswer> {
        self.accept(job)?.await.unwrap_or(Err(NoAnswer::Unknown))
    }

    /// The same for callers without an async runtime.
    pub fn submit_blocking(&self, job: Job) -> Result<Answer, NoAnswer> {
        self.accept(job)?
            .blocking_recv()
            .unwrap_or(Err(NoAnswer::Unknown))
    }

    fn accept(&self, job: Job) -> Result<oneshot::Receiver<Result<Answer, NoAnswer>>, NoAnswer> {
        let lane = usize::from(partition_of(job.lane_key)) % self.lanes.len();
        let (reply, answer) = oneshot::channel();
        match self.lanes[lane].try_send(Waiting { job, reply }) {
            Ok(()) => Ok(answer),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(NoAnswer::Busy),
        }
    }

    /// Runs one of Qiao's own commands, which needs no stored answer, and gives its typed result.
    pub async fn run<K: StaticType, T: Send + 'static>(
        &self,
        name: &'static str,
        lane: TypeSafeId<K>,
        ctx: kernel::Ctx,
        command: impl Fn(&mut Tx, &kernel::Ctx) -> Result<T, Fail> + Send + 'static,
    ) -> Result<Result<T, Rejected>, NoAnswer> {
        let (job, result) = typed_job(name, lane, ctx, command);
        let answer = self.submit(job).await;
        typed_answer(answer, &result)
    }

    /// The same for callers without an async runtime.
    pub fn run_blocking<K: StaticType, T: Send + 'static>(
        &self,
        name: &'static str,
        lane: TypeSafeId<K>,
        ctx: kernel::Ctx,
        command: impl Fn(&mut Tx, &kernel::Ctx) -> Result<T, Fail> + Send + 'static,
    ) -> Result<Result<T, Rejected>, NoAnswer> {
        let (job, result) = typed_job(name, lane, ctx, command);
        let answer = self.submit_blocking(job);
        typed_answer(answer, &result)
    }

    /// Runs several at once, for callers without an async runtime, and gives their results in the same order: what
    /// waits together in a lane shares a commit.
    pub fn run_all_blocking<K: StaticType, T: Send + 'static, F>(
        &self,
        name: &'static str,
        commands: impl IntoIterator<Item = (TypeSafeId<K>, kernel::Ctx, F)>,
    ) -> Vec<Result<Result<T, Rejected>, NoAnswer>>
    where
        F: Fn(&mut Tx, &kernel::Ctx) -> Result<T, Fail> + Send + 'static,
    {
        let accepted: Vec<_> = commands
            .into_iter()
            .map(|(lane, ctx, command)| {
                let (job, result) = typed_job(name, lane, ctx, command);
                (self.accept(job), result)
            })
            .collect();
        let wait = |answer: oneshot::Receiver<_>| answer.blocking_recv().unwrap_or(Err(NoAnswer::Unknown));
        accepted
            .into_iter()
            .map(|(answer, result)| typed_answer(answer.and_then(wait), &result))
            .collect()
    }

    /// Asks a question of one statement, beside the writers. Those that wait are sent together, so this costs
    /// less than [`Self::read`].
    pub async fn ask<T>(&self, ask: Ask<T>) -> Result<T, Fail> {
        let (reply, answer) = oneshot::channel();
        let query = ask.query;
        self.hand_over(Question::Short(ShortQuestion { query, reply }))?;
        let rows = answer.await.unwrap_or_else(|_| Err(reader_gone().into()))?;
        Ok((ask.read)(rows)?)
    }

    /// Asks a question of one state of the database, beside the writers. May be asked twice if the
    /// connection was lost.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl Fn(&mut ReadTx) -> Result<T, Fail> + Send + 'static,
    ) -> Result<T, Fail> {
        self.enqueue(question)?
            .await
            .unwrap_or_else(|_| Err(reader_gone().into()))
    }

    /// The same for callers without an async runtime.
    pub fn read_blocking<T: Send + 'static>(
        &self,
        question: impl Fn(&mut ReadTx) -> Result<T, Fail> + Send + 'static,
    ) -> Result<T, Fail> {
        self.enqueue(question)?
            .blocking_recv()
            .unwrap_or_else(|_| Err(reader_gone().into()))
    }

    fn enqueue<T: Send + 'static>(
        &self,
        question: impl Fn(&mut ReadTx) -> Result<T, Fail> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, Fail>>, StorageError> {
        let (reply, answer) = oneshot::channel();
        self.hand_over(reader::question(question, reply))?;
        Ok(answer)
    }

    fn hand_over(&self, question: Question) -> Result<(), StorageError> {
        let full = |_| StorageError::new(Cause::Conflict, "too many questions wait");
        self.readers.try_send(question).map_err(full)
    }

    /// Changes whenever this process committed something. Other nodes' commits are not seen.
    pub fn committed(&self) -> watch::Receiver<u64> {
        self.committed.clone()
    }

    /// Where tests make the lanes fail.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The dearest run of each command since the store was opened.
    pub fn costs(&self) -> BTreeMap<&'static str, Cost> {
        self.costs.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// Takes down what the lane of an SQLite database runs, for measuring.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Whether this is the embedded engine.
    pub fn is_embedded(&self) -> bool {
        matches!(self.database, Database::Sqlite(_))
    }

    /// Finishes what was accepted and ends the threads. Dropping the store does the same.
    pub fn close(self) {}
}

impl Drop for Store {
    /// The threads end here, because with `_only_process` goes what keeps another process out.
    fn drop(&mut self) {
        self.lanes.clear();
        self.readers = bounded(0).0;
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(|e| e.into_inner()));
        for thread in threads {
            // The store may have been left to one of its own commands. One that panicked is done too.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

fn typed_job<K: StaticType, T: Send + 'static>(
    name: &'static str,
    lane: TypeSafeId<K>,
    ctx: kernel::Ctx,
    command: impl Fn(&mut Tx, &kernel::Ctx) -> Result<T, Fail> + Send + 'static,
) -> (Job, Arc<Mutex<Option<T>>>) {
    let result = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&result);
    let job = Job::new(name, lane, ctx, move |tx, ctx| {
        let value = command(tx, ctx)?;
        *slot.lock().unwrap_or_else(|e| e.into_inner()) = Some(value);
        Ok(String::new())
    });
    (job, result)
}

fn typed_answer<T>(
    answer: Result<Answer, NoAnswer>,
    result: &Mutex<Option<T>>,
) -> Result<Result<T, Rejected>, NoAnswer> {
    match answer? {
        Answer::Rejected(rejected) => Ok(Err(rejected)),
        Answer::Done(_) => {
            let value = result.lock().unwrap_or_else(|e| e.into_inner()).take();
            value.map(Ok).ok_or(NoAnswer::Unknown)
        }
    }
}

fn reader_gone() -> StorageError {
    StorageError::lost("the reader is gone")
}

fn serve_lane(mut lane: Lane, waiting: &Receiver<Waiting>, announce: &watch::Sender<u64>) {
    let max_batch = lane.max_batch();
    while let Ok(first) = waiting.recv() {
        let (mut jobs, mut replies) = (vec![first.job], vec![first.reply]);
        for next in waiting.try_iter().take(max_batch - 1) {
            jobs.push(next.job);
            replies.push(next.reply);
        }
        histogram!("qiao_batch_size").record(jobs.len() as f64);
        for (reply, answer) in replies.into_iter().zip(lane.run_batch(&jobs)) {
            // Whoever asked may have gone away; the command was run all the same.
            let _ = reply.send(answer);
        }
        announce.send_modify(|commits| *commits += 1);
    }
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StorageError> {
    let spawned = std::thread::Builder::new().name(name).spawn(work);
    spawned.map_err(|error| StorageError::lost(format!("no thread could be started: {error}")))
}
