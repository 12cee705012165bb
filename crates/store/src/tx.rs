//! An open transaction, as commands and queries see it. It can ask, tell, claim, lock, emit and set
//! timers; it has no way to reach a network, a clock or a file.

use std::ops::{Deref, DerefMut, Range};

use kernel::Ctx;
use type_safe_id::{StaticType, TypeSafeId};

use crate::driver::{Driver, Outcome, Savepoint};
use crate::event::PendingEvent;
use crate::{Ask, Bulk, EventBody, Lock, Query, Row, StorageError, TimerKind, Value, sql};

/// How many statements a command ran and how often it waited for the engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Statements whose answer decided something.
    pub asked: u64,
    /// Statements that only wrote.
    pub told: u64,
    /// Waits for the engine (PostgreSQL; SQLite answers in the same process).
    pub round_trips: u64,
}

/// More statements than any command needs; a command that runs more is wrong.
const MAX_STATEMENTS: u64 = 5_000;

/// How many numbers a connection takes from the database at once.
const NUMBERS: i64 = 1_000;

/// A transaction that reads one state of the database.
pub struct ReadTx {
    pub(crate) driver: Driver,
    pub(crate) cost: Cost,
    /// The first failure since the transaction began. A command that hides one is not believed, and what
    /// it asks for afterwards is refused: the engine may have ended the transaction under it.
    failed: Option<StorageError>,
    /// Whether the current command has changed a row.
    pub(crate) wrote: bool,
    /// What the batch locked at its beginning, sorted.
    pub(crate) locked: Vec<Lock>,
    /// Those that were taken from the database for [`Tx::take_number`] and not handed out yet.
    numbers: Range<i64>,
    /// How often numbers were taken from it, and how often when the transaction began.
    pub(crate) number_blocks: u64,
    blocks_before: u64,
}

impl ReadTx {
    pub(crate) fn new(driver: Driver) -> Self {
        Self {
            driver,
            cost: Cost::default(),
            failed: None,
            wrote: false,
            locked: Vec::new(),
            numbers: 0..0,
            number_blocks: 0,
            blocks_before: 0,
        }
    }

    /// The first row of the answer, if there is one.
    pub fn one(&mut self, query: Query) -> Result<Option<Row>, StorageError> {
        Ok(self.many(query)?.into_iter().next())
    }

    /// The answer to a question of one statement.
    pub fn answer<T>(&mut self, ask: Ask<T>) -> Result<T, StorageError> {
        (ask.read)(self.many(ask.query)?)
    }

    /// All rows of the answer.
    pub fn many(&mut self, query: Query) -> Result<Vec<Row>, StorageError> {
        let [rows] = self.ask([query])?;
        Ok(rows)
    }

    /// The answers to several questions, asked together in one round trip.
    pub fn ask<const N: usize>(&mut self, queries: [Query; N]) -> Result<[Vec<Row>; N], StorageError> {
        Ok(self.outcomes(queries)?.map(|outcome| outcome.rows))
    }

    /// The answers to any number of questions, asked together in one round trip.
    pub fn ask_all(&mut self, queries: Vec<Query>) -> Result<Vec<Vec<Row>>, StorageError> {
        let outcomes = self.run_all(queries)?;
        Ok(outcomes.into_iter().map(|outcome| outcome.rows).collect())
    }

    /// All answers to the same question for each row, in any order and in one round trip: in few statements, unless
    /// those would be planned each time.
    pub fn ask_each(
        &mut self,
        question: &'static Bulk,
        rows: Vec<Vec<Value>>,
    ) -> Result<Vec<Row>, StorageError> {
        let queries = if self.driver.plans_once() {
            question.of(&[], rows)
        } else {
            rows.into_iter()
                .flat_map(|row| question.of(&[], vec![row]))
                .collect()
        };
        let answers = self.ask_all(queries.into_iter().map(|(query, _)| query).collect())?;
        Ok(answers.into_iter().flatten().collect())
    }

    fn outcomes<const N: usize>(&mut self, queries: [Query; N]) -> Result<[Outcome; N], StorageError> {
        let outcomes = self.run_all(queries.into())?;
        outcomes
            .try_into()
            .map_err(|_| StorageError::bug("as many answers as questions"))
    }

    fn run_all(&mut self, queries: Vec<Query>) -> Result<Vec<Outcome>, StorageError> {
        let writing: Vec<bool> = queries.iter().map(|q| !q.statement.only_reads()).collect();
        let outcomes = self.unless_failed(queries.len() as u64, 0, |driver| driver.ask(queries))?;
        let mut written = outcomes.iter().zip(writing);
        self.wrote |= written.any(|(outcome, writes)| writes && outcome.affected > 0);
        Ok(outcomes)
    }

    fn unless_failed<T>(
        &mut self,
        asked: u64,
        told: u64,
        run: impl FnOnce(&mut Driver) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        self.sound()?;
        let result = self.count(asked, told).and_then(|()| run(&mut self.driver));
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }

    /// The transaction's failure, if it has failed, whoever heard of it.
    pub(crate) fn sound(&self) -> Result<(), StorageError> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// Forgets the last transaction's cost, failure and locks.
    pub(crate) fn start_over(&mut self) {
        self.blocks_before = self.number_blocks;
        self.cost = Cost::default();
        self.failed = None;
        self.locked.clear();
    }

    /// Undoes the transaction, whatever state it is in.
    pub(crate) fn abandon(&mut self) -> Result<(), StorageError> {
        self.forget_numbers_since(self.blocks_before);
        self.driver.abandon()
    }

    /// Undoes what was done since the savepoint, when numbers had been taken so often.
    pub(crate) fn rollback_to(&mut self, savepoint: Savepoint, blocks: u64) -> Result<(), StorageError> {
        self.forget_numbers_since(blocks);
        self.driver.rollback_to(savepoint)
    }

    /// What is undone was not taken.
    fn forget_numbers_since(&mut self, blocks: u64) {
        if self.number_blocks > blocks {
            self.numbers = 0..0;
        }
    }

    fn count(&mut self, asked: u64, told: u64) -> Result<(), StorageError> {
        self.cost.asked += asked;
        self.cost.told += told;
        if self.cost.asked + self.cost.told > MAX_STATEMENTS {
            return Err(StorageError::bug(format!(
                "over {MAX_STATEMENTS} statements in one transaction: do it in chunks"
            )));
        }
        Ok(())
    }

    /// The database server's time; `None` on the embedded engine, which has the program's own clock.
    pub fn database_now(&mut self) -> Result<Option<kernel::Timestamp>, StorageError> {
        self.driver.clock()
    }

    /// The column names of a statement, which is prepared but not run.
    pub fn columns_of(&mut self, text: &str) -> Result<Vec<String>, StorageError> {
        self.driver.columns(text)
    }
}

/// The transaction of a command: everything that [`ReadTx`] can, and writing.
pub struct Tx<'lane> {
    read: &'lane mut ReadTx,
    events: &'lane mut Vec<PendingEvent>,
    lane_key: [u8; 16],
}

impl Deref for Tx<'_> {
    type Target = ReadTx;
    fn deref(&self) -> &ReadTx {
        self.read
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut ReadTx {
        self.read
    }
}

impl<'lane> Tx<'lane> {
    pub(crate) fn new(
        read: &'lane mut ReadTx,
        events: &'lane mut Vec<PendingEvent>,
        lane_key: [u8; 16],
    ) -> Self {
        Self {
            read,
            events,
            lane_key,
        }
    }

    /// Runs a guarded write and says how many rows it touched: 0 means that the guard said no.
    pub fn claim(&mut self, query: Query) -> Result<u64, StorageError> {
        let [touched] = self.claims([query])?;
        Ok(touched)
    }

    /// Several guarded writes in one round trip.
    pub fn claims<const N: usize>(&mut self, queries: [Query; N]) -> Result<[u64; N], StorageError> {
        Ok(self.outcomes(queries)?.map(|outcome| outcome.affected))
    }

    /// Writes exactly one row, without waiting for the answer. Never a guard: any other count is a
    /// bug and undoes the command.
    pub fn tell(&mut self, query: Query) -> Result<(), StorageError> {
        self.tell_rows(query, 1)
    }

    /// Writes exactly `rows` rows, without waiting for the answer.
    pub fn tell_rows(&mut self, query: Query, rows: u64) -> Result<(), StorageError> {
        self.wrote = true;
        self.unless_failed(0, 1, |driver| driver.tell(query, rows))
    }

    /// Locks rows that were not known before the command started. What can be known goes into
    /// [`crate::Job::locking`] instead.
    pub fn lock(&mut self, rows: &[Lock]) {
        let mut rows = rows.to_vec();
        rows.retain(|row| self.locked.binary_search(row).is_err());
        rows.sort();
        self.driver.lock(&rows);
    }

    /// A number from 1 on that nothing else ever gets. Those of one connection rise, so that what has them lies
    /// together; many are left out.
    pub fn take_number(&mut self) -> Result<i64, StorageError> {
        if self.numbers.is_empty() {
            let row = self.one(sql!(
                "INSERT INTO number_head (one, taken) VALUES (1, $1)
                 ON CONFLICT (one) DO UPDATE SET taken = number_head.taken + excluded.taken RETURNING taken",
                NUMBERS
            ))?;
            let last: i64 = row
                .ok_or_else(|| StorageError::bug("the head of the numbers gave none"))?
                .take()?;
            self.numbers = last - NUMBERS + 1..last + 1;
            self.number_blocks += 1;
        }
        let next = self.numbers.next();
        next.ok_or_else(|| StorageError::bug("no number was taken"))
    }

    /// Adds a fact to the event log, in the same transaction. `version` is the subject's after the change.
    pub fn emit<K: StaticType, E: EventBody>(
        &mut self,
        ctx: &Ctx,
        subject: TypeSafeId<K>,
        version: i64,
        body: &E,
    ) -> Result<(), StorageError> {
        let event = PendingEvent::new(ctx, self.lane_key, subject.uuid(), version, body);
        self.events.push(self.read.unless_failed(0, 0, |_| event)?);
        Ok(())
    }

    /// Sets the timer of this kind and subject, or moves it.
    pub fn set_timer<K: StaticType>(
        &mut self,
        kind: TimerKind,
        subject: TypeSafeId<K>,
        due: kernel::Timestamp,
    ) -> Result<(), StorageError> {
        self.tell(sql!(
            "INSERT INTO timer (kind, subject, lane_key, due) VALUES ($1, $2, $3, $4)
             ON CONFLICT (kind, subject) DO UPDATE SET due = excluded.due",
            kind.0,
            subject,
            self.lane_key,
            due
        ))
    }

    /// Turns a timer that is known to be set into another one, without waiting for the answer: one
    /// write for what would be two.
    pub fn replace_timer<K: StaticType, L: StaticType>(
        &mut self,
        (kind, subject): (TimerKind, TypeSafeId<K>),
        (next_kind, next_subject): (TimerKind, TypeSafeId<L>),
        due: kernel::Timestamp,
    ) -> Result<(), StorageError> {
        self.tell(sql!(
            "UPDATE timer SET kind = $1, subject = $2, due = $3 WHERE kind = $4 AND subject = $5",
            next_kind.0,
            next_subject,
            due,
            kind.0,
            subject
        ))
    }

    /// Removes the timer of this kind and subject, if it is set.
    pub fn clear_timer<K: StaticType>(
        &mut self,
        kind: TimerKind,
        subject: TypeSafeId<K>,
    ) -> Result<bool, StorageError> {
        Ok(self.claim(sql!(
            "DELETE FROM timer WHERE kind = $1 AND subject = $2",
            kind.0,
            subject
        ))? == 1)
    }
}
