//! A lane: one connection that runs a batch of commands, commits once, and only then answers. A command
//! that is refused has changed nothing, as a rule; a batch in which one had is run again with a savepoint
//! before each command, and a batch that fails is run again one by one. [`Lane::run_batch`] is a plain
//! function; the executor wraps it in a thread, a simulator can call it as it is.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::counter;

use crate::error::Cause;
use crate::event::{PendingEvent, write_events};
use crate::executor::Database;
use crate::faults::{FaultPoint, Faults};
use crate::idempotency::{INSERT_ANSWERS, answer_row, find_answer, read_answer};
use crate::recording::Recorder;
use crate::{Answer, Cost, Fail, Job, NoAnswer, ReadTx, StorageError, Tx};

/// The most commands that share a commit on SQLite.
pub const MAX_BATCH: usize = 256;
/// The same on PostgreSQL: a backend keeps track of 64 subtransactions cheaply and no more.
const MAX_BATCH_POSTGRES: usize = 64;
/// How many batches have savepoints after one that needed them: refusals of that kind come in waves, as
/// when an offer is sold out.
const BATCHES_WITH_SAVEPOINTS: u32 = 64;
/// How often a command that met a conflict is tried again alone.
const MAX_TRIES: u32 = 8;

/// The dearest run of each command so far, by its name.
pub(crate) type Costs = Arc<Mutex<BTreeMap<&'static str, Cost>>>;

/// One connection that writes.
pub struct Lane {
    database: Database,
    connection: Option<ReadTx>,
    faults: Arc<Faults>,
    costs: Costs,
    recorder: Arc<Recorder>,
    /// For how many more batches.
    with_savepoints: u32,
}

/// Why a batch failed, and whether COMMIT was sent before it did.
struct BatchFailure {
    error: StorageError,
    commit_sent: bool,
}

impl From<StorageError> for BatchFailure {
    fn from(error: StorageError) -> Self {
        Self {
            error,
            commit_sent: false,
        }
    }
}

impl Lane {
    /// A lane that connects when it is first used.
    pub fn new(database: Database, faults: Arc<Faults>) -> Self {
        Self {
            database,
            connection: None,
            faults,
            costs: Costs::default(),
            recorder: Arc::default(),
            with_savepoints: 0,
        }
    }

    pub(crate) fn sharing_costs(mut self, costs: Costs) -> Self {
        self.costs = costs;
        self
    }

    pub(crate) fn recording_into(mut self, recorder: Arc<Recorder>) -> Self {
        self.recorder = recorder;
        self
    }

    /// The most commands that this lane takes into one batch.
    pub fn max_batch(&self) -> usize {
        match self.database {
            Database::Sqlite(_) => MAX_BATCH,
            Database::Postgres(_) => MAX_BATCH_POSTGRES,
        }
    }

    /// Runs the jobs in order under one commit and gives an answer for each of them. What shares its
    /// key with an earlier job of the batch gets that job's answer; with another body it is run after
    /// the batch, when the key's owner is known.
    pub fn run_batch(&mut self, jobs: &[Job]) -> Vec<Result<Answer, NoAnswer>> {
        let all: Vec<&Job> = jobs.iter().collect();
        let (distinct, twins) = find_twins(&all);
        let answers = match self.attempt(&distinct) {
            Ok(answers) => answers.into_iter().map(Ok).collect(),
            Err(failure) => {
                tracing::warn!(error = %failure.error, jobs = distinct.len(), "a batch failed and is run one by one");
                counter!("qiao_batch_replays_total").increment(1);
                let was_sent = failure.commit_sent;
                let recovered = self.recover(&failure.error);
                self.run_one_by_one(&distinct, was_sent, recovered)
            }
        };
        all.iter()
            .zip(twins)
            .map(|(job, twin)| {
                let same_request = job.key.request_hash == distinct[twin].key.request_hash;
                if same_request {
                    answers[twin].clone()
                } else {
                    self.run_alone(job, false)
                }
            })
            .collect()
    }

    /// Asks a question of one state of the database between two batches, for whoever runs a lane in a
    /// thread of its own making. [`crate::Store::read`] asks beside the writers.
    pub fn read<T>(&mut self, question: impl FnOnce(&mut ReadTx) -> Result<T, Fail>) -> Result<T, Fail> {
        let read = self.connect()?;
        read.start_over();
        read.driver.begin_snapshot()?;
        let answer = question(read).and_then(|answer| Ok(read.sound().map(|()| answer)?));
        read.abandon()?;
        answer
    }

    fn run_one_by_one(
        &mut self,
        jobs: &[&Job],
        commit_sent: bool,
        mut reachable: bool,
    ) -> Vec<Result<Answer, NoAnswer>> {
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            if !reachable {
                answers.push(Err(if commit_sent {
                    NoAnswer::Unknown
                } else {
                    NoAnswer::Busy
                }));
                continue;
            }
            answers.push(self.run_alone(job, commit_sent));
            reachable = self.connection.is_some();
        }
        answers
    }

    /// Runs one job until it has an answer or there is no hope of one. Its key makes this safe: if an
    /// earlier COMMIT was durable after all, the stored answer is found.
    fn run_alone(&mut self, job: &Job, mut commit_sent: bool) -> Result<Answer, NoAnswer> {
        for tries in 1..=MAX_TRIES {
            let failure = match self.attempt(&[job]) {
                Ok(mut answers) => return answers.pop().ok_or(NoAnswer::Unknown),
                Err(failure) => failure,
            };
            commit_sent |= failure.commit_sent;
            let recovered = self.recover(&failure.error);
            if failure.error.cause == Cause::Bug && !commit_sent {
                tracing::error!(command = job.name, error = %failure.error, "a command is broken");
                counter!("qiao_commands_broken_total", "command" => job.name).increment(1);
                return Err(NoAnswer::Broken(failure.error.to_string()));
            }
            if !recovered {
                break;
            }
            counter!("qiao_command_retries_total", "command" => job.name).increment(1);
            // Spread by something that differs between the jobs that collided.
            let spread_ms = u64::from(job.key.key.last().copied().unwrap_or(0) % 16);
            std::thread::sleep(Duration::from_millis(u64::from(tries) * (2 + spread_ms)));
        }
        Err(if commit_sent {
            NoAnswer::Unknown
        } else {
            NoAnswer::Busy
        })
    }

    /// Makes the connection usable again. `false` if the database cannot be reached.
    fn recover(&mut self, error: &StorageError) -> bool {
        let usable = error.cause != Cause::Lost;
        if !usable || self.connection.as_mut().is_none_or(|c| c.abandon().is_err()) {
            self.connection = None;
        }
        self.connect().is_ok()
    }

    fn connect(&mut self) -> Result<&mut ReadTx, StorageError> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            empty => {
                self.faults.strike(FaultPoint::Connecting)?;
                let mut driver = self.database.connect_writer()?;
                driver.record_into(&self.recorder);
                Ok(empty.insert(ReadTx::new(driver)))
            }
        }
    }

    fn attempt(&mut self, jobs: &[&Job]) -> Result<Vec<Answer>, BatchFailure> {
        let savepoints = self.with_savepoints > 0;
        self.with_savepoints = self.with_savepoints.saturating_sub(1);
        if let Some(answers) = self.attempt_once(jobs, savepoints)? {
            return Ok(answers);
        }
        self.with_savepoints = BATCHES_WITH_SAVEPOINTS;
        self.connect()?.abandon()?;
        let answers = self.attempt_once(jobs, true)?;
        Ok(answers.ok_or_else(|| StorageError::bug("a savepoint undoes whatever was written"))?)
    }

    /// `None` if a command was refused after it had changed something, and there was no savepoint.
    fn attempt_once(&mut self, jobs: &[&Job], savepoints: bool) -> Result<Option<Vec<Answer>>, BatchFailure> {
        let faults = Arc::clone(&self.faults);
        let costs = Arc::clone(&self.costs);
        let read = self.connect()?;
        let answered = begin(read, jobs)?;
        let mut events = Vec::new();
        let mut answers = Vec::with_capacity(jobs.len());
        let mut new = Vec::with_capacity(jobs.len());
        for (i, (job, answered)) in jobs.iter().zip(answered).enumerate() {
            answers.push(match answered {
                Some(answer) => answer,
                None => match run(read, &mut events, job, savepoints, &costs)? {
                    Some(answer) => {
                        new.push(i);
                        answer
                    }
                    None => return Ok(None),
                },
            });
        }
        read.cost = Cost::default();
        if jobs.len() > 1 {
            // What comes last is held no longer than a commit takes.
            read.driver.wait_patiently()?;
        }
        write_answers(read, &new, jobs, &answers)?;
        write_events(read, events)?;
        faults.strike(FaultPoint::BeforeCommit)?;
        let in_commit = |error| BatchFailure {
            error,
            commit_sent: true,
        };
        read.driver.control("COMMIT").map_err(in_commit)?;
        read.driver.flush().map_err(in_commit)?;
        faults.strike(FaultPoint::AfterCommit).map_err(in_commit)?;
        for i in new {
            let outcome = match answers[i] {
                Answer::Done(_) => "done",
                Answer::Rejected(_) => "rejected",
            };
            counter!("qiao_commands_total", "command" => jobs[i].name, "outcome" => outcome).increment(1);
        }
        Ok(Some(answers))
    }
}

/// For each job the index of its first twin among the distinct ones. Twins share a key.
fn find_twins<'j>(jobs: &[&'j Job]) -> (Vec<&'j Job>, Vec<usize>) {
    let mut first_by_key = HashMap::with_capacity(jobs.len());
    let mut distinct: Vec<&Job> = Vec::with_capacity(jobs.len());
    let twins = jobs
        .iter()
        .map(|job| {
            *first_by_key
                .entry((job.key.actor, job.key.key.as_slice()))
                .or_insert_with(|| {
                    distinct.push(job);
                    distinct.len() - 1
                })
        })
        .collect();
    (distinct, twins)
}

/// Opens the transaction, takes every row lock of the batch in sorted order and gives the stored answers
/// of the keys that were used before.
fn begin(read: &mut ReadTx, jobs: &[&Job]) -> Result<Vec<Option<Answer>>, StorageError> {
    read.start_over();
    read.driver.begin()?;
    let mut locks: Vec<_> = jobs.iter().flat_map(|job| job.locks.iter().copied()).collect();
    locks.sort_unstable();
    locks.dedup();
    read.driver.lock(&locks);
    read.locked = locks;
    // After the locks: whoever held them with the same key has committed its answer by then.
    let stored = read
        .driver
        .ask(jobs.iter().map(|job| find_answer(job)).collect())?;
    // What is found later has no place in the order of the locks. Alone, a command may wait for it.
    if jobs.len() > 1 {
        read.driver.wait_shortly()?;
    }
    let answers = jobs.iter().zip(stored).map(|(job, found)| {
        let row = found.rows.into_iter().next();
        row.map(|row| read_answer(job, row)).transpose()
    });
    answers.collect()
}

/// Writes the new answers in the order of their keys and hears that all that was told so far succeeded.
/// A key that was used elsewhere meanwhile fails the batch; its answer is found in the next try.
fn write_answers(
    read: &mut ReadTx,
    new: &[usize],
    jobs: &[&Job],
    answers: &[Answer],
) -> Result<(), StorageError> {
    let mut new = new.to_vec();
    new.sort_by_key(|i| &jobs[*i].key);
    let rows: Result<_, _> = new.iter().map(|i| answer_row(jobs[*i], &answers[*i])).collect();
    let (inserts, counts): (Vec<_>, Vec<_>) = INSERT_ANSWERS.of(&[], rows?).into_iter().unzip();
    let written = read.driver.ask(inserts)?;
    if written
        .iter()
        .zip(counts)
        .all(|(outcome, rows)| outcome.affected == rows)
    {
        return Ok(());
    }
    Err(StorageError::new(
        Cause::Conflict,
        "a key was used elsewhere meanwhile",
    ))
}

/// `None` if the command was refused after it had changed something, and there was no savepoint.
fn run(
    read: &mut ReadTx,
    events: &mut Vec<PendingEvent>,
    job: &Job,
    savepoints: bool,
    costs: &Costs,
) -> Result<Option<Answer>, StorageError> {
    let savepoint = savepoints.then(|| read.driver.savepoint()).transpose()?;
    let blocks_before = read.number_blocks;
    read.cost = Cost::default();
    read.wrote = false;
    let round_trips_before = read.driver.round_trips();
    let events_before = events.len();
    let ctx = job.ctx.rewound();
    let mut tx = Tx::new(read, events, job.lane_key);
    let result = catch_unwind(AssertUnwindSafe(|| (job.run)(&mut tx, &ctx)));
    if result.is_ok() {
        read.sound()?;
    }
    let answer = match result {
        Ok(Ok(response)) => {
            if savepoint.is_some() {
                read.driver.control("RELEASE SAVEPOINT command")?;
            }
            Answer::Done(response)
        }
        Ok(Err(Fail::Reject(reject))) => {
            events.truncate(events_before);
            match savepoint {
                Some(savepoint) => read.rollback_to(savepoint, blocks_before)?,
                None if read.wrote => return Ok(None),
                None => {}
            }
            Answer::Rejected(reject.into())
        }
        Ok(Err(Fail::Storage(error))) => return Err(error),
        Err(_panic) => return Err(StorageError::bug(format!("command {} panicked", job.name))),
    };
    let cost = Cost {
        round_trips: read.driver.round_trips() - round_trips_before,
        ..read.cost
    };
    note_cost(costs, job.name, cost);
    Ok(Some(answer))
}

fn note_cost(costs: &Costs, name: &'static str, cost: Cost) {
    let mut costs = costs.lock().unwrap_or_else(|e| e.into_inner());
    let dearest = costs.entry(name).or_default();
    if cost.asked + cost.told > dearest.asked + dearest.told {
        *dearest = cost;
    }
}
