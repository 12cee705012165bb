//! PostgreSQL, spoken to directly: what waits travels with the next question in one pipeline that ends
//! in one `Sync`, so that the server answers once and not once for each statement.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "the protocol has dozens of messages"
)]

mod address;
mod statement;
mod wire;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use fallible_iterator::FallibleIterator;
use kernel::Timestamp;
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;

use super::{Outcome, check_count};
use crate::recording::Recorder;
use crate::{Lock, Query, Statement, StorageError};
use address::Address;
use statement::{Column, Prepared, bind, read_row};
use wire::Wire;

pub(crate) struct Postgres {
    wire: Wire,
    prepared: HashMap<String, Prepared>,
    /// How many names were given to statements, those that the server then refused included.
    names: usize,
    waiting: Vec<Request>,
    pub plans_once: bool,
    pub round_trips: u64,
    recorder: Option<(Arc<Recorder>, usize)>,
}

#[derive(Clone)]
pub(crate) enum Request {
    Asked(Query),
    Told { query: Query, expected: u64 },
    Control(&'static str),
    Lock(Vec<Lock>),
}

/// How much is sent before the answers are read. Both ends' socket buffers hold more than this, so that
/// they never wait for each other to read.
const PIPELINE_BYTES: usize = 64 * 1024;

impl Request {
    fn text(&self) -> Cow<'static, str> {
        match self {
            Self::Asked(query) | Self::Told { query, .. } => query.statement.text.into(),
            Self::Control(text) => (*text).into(),
            // In the order of their ids, so that two batches never wait for each other in a circle.
            // `NO KEY`, because a full lock would also stop every insert that refers to the row, in any lane.
            Self::Lock(rows) => format!(
                "SELECT id FROM {} WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",
                rows[0].table
            )
            .into(),
        }
    }

    /// Whether it opens a transaction.
    pub fn is_begin(&self) -> bool {
        matches!(self, Self::Control("BEGIN"))
    }

    /// Whether it ends a transaction.
    pub fn is_commit(&self) -> bool {
        matches!(self, Self::Control("COMMIT"))
    }

    /// The error with the place of the statement that failed.
    fn blamed(&self, error: StorageError) -> StorageError {
        match self {
            Self::Asked(query) | Self::Told { query, .. } => error.at(query.statement.place),
            Self::Control(text) => error.at(text),
            Self::Lock(rows) => error.at(rows[0].table),
        }
    }
}

impl Postgres {
    pub fn connect(url: &str) -> Result<Self, StorageError> {
        let address = Address::from_url(url).map_err(StorageError::bug)?;
        // Whatever its reason, a server that lets nobody in is away: it may do so again later.
        let away = |error: StorageError| StorageError::lost(format!("PostgreSQL: {error}"));
        let mut postgres = Self {
            wire: Wire::connect(&address).map_err(away)?,
            prepared: HashMap::new(),
            names: 0,
            waiting: Vec::new(),
            plans_once: false,
            round_trips: 0,
            recorder: None,
        };
        let settings = "SET statement_timeout = '30s'; SET lock_timeout = '5s';
             SET idle_in_transaction_session_timeout = '60s'; SET synchronous_commit = on; SET jit = off";
        postgres.script(settings).map_err(away)?;
        Ok(postgres)
    }

    /// A connection for commands, which find every row by a key: no statement is planned twice, and none is
    /// planned to read a whole table because that was small when the connection was young.
    pub fn connect_writer(url: &str) -> Result<Self, StorageError> {
        let mut postgres = Self::connect(url)?;
        postgres.script("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off")?;
        postgres.plans_once = true;
        Ok(postgres)
    }

    /// Notes what is sent from here on.
    pub fn record_into(&mut self, recorder: &Arc<Recorder>) {
        self.recorder = Some((Arc::clone(recorder), recorder.number_connection()));
    }

    pub fn tell(&mut self, query: Query, expected: u64) {
        self.waiting.push(Request::Told { query, expected });
    }

    pub fn control(&mut self, text: &'static str) {
        self.waiting.push(Request::Control(text));
    }

    /// Locks rows of one table, in the order given, now or with the next question.
    pub fn lock(&mut self, rows: &[Lock]) {
        for of_one_table in rows.chunk_by(|a, b| a.table == b.table) {
            self.waiting.push(Request::Lock(of_one_table.to_vec()));
        }
    }

    /// How much waits to be sent, for [`Self::forget_since`].
    pub fn mark(&self) -> (u64, usize) {
        (self.round_trips, self.waiting.len())
    }

    /// Drops what was told since the mark, as far as it was not sent yet.
    pub fn forget_since(&mut self, (round_trips, waiting): (u64, usize)) {
        let kept = if round_trips == self.round_trips {
            waiting
        } else {
            0
        };
        self.waiting.truncate(kept);
    }

    pub fn ask(&mut self, asked: Vec<Query>) -> Result<Vec<Outcome>, StorageError> {
        let mut requests = std::mem::take(&mut self.waiting);
        let first_asked = requests.len();
        requests.extend(asked.into_iter().map(Request::Asked));
        if requests.is_empty() {
            return Ok(Vec::new());
        }
        if let Some((recorder, connection)) = &self.recorder {
            recorder.note_pipeline(*connection, &requests);
        }
        let mut outcomes = self.run(&requests)?;
        if let Some((recorder, connection)) = &self.recorder
            && requests.iter().any(Request::is_commit)
        {
            recorder.note_commit(*connection);
        }
        Ok(outcomes.split_off(first_asked))
    }

    /// Runs the requests together and gives their outcomes in order.
    pub fn run(&mut self, requests: &[Request]) -> Result<Vec<Outcome>, StorageError> {
        self.prepare(requests)?;
        self.round_trips += 1;
        let mut outcomes = Vec::with_capacity(requests.len());
        while outcomes.len() < requests.len() {
            self.run_some(requests, &mut outcomes)?;
        }
        for (request, outcome) in requests.iter().zip(&outcomes) {
            if let Request::Told { query, expected } = request {
                check_count(query, *expected, outcome.affected)?;
            }
        }
        Ok(outcomes)
    }

    /// Runs as many of the requests that have no outcome yet as fit into one pipeline. After a failure
    /// the server skips the rest of it.
    fn run_some(&mut self, requests: &[Request], outcomes: &mut Vec<Outcome>) -> Result<(), StorageError> {
        let first = outcomes.len();
        let mut after = first;
        while after < requests.len() && (after == first || self.wire.outbox.len() < PIPELINE_BYTES) {
            let request = &requests[after];
            let prepared = &self.prepared[&*request.text()];
            if let Err(error) = bind(&mut self.wire.outbox, prepared, request) {
                self.wire.outbox.clear();
                return Err(request.blamed(error));
            }
            after += 1;
        }
        self.finish_pipeline()?;
        for request in &requests[first..after] {
            let prepared = &self.prepared[&*request.text()];
            let outcome = hear_outcome(&mut self.wire, prepared, request);
            outcomes.push(outcome.map_err(|error| request.blamed(error))?);
        }
        self.hear_ready()
    }

    /// Prepares what was never prepared on this connection, all in one round trip.
    pub fn prepare(&mut self, requests: &[Request]) -> Result<(), StorageError> {
        let mut new: Vec<(&Request, String)> = Vec::new();
        for request in requests {
            let text = request.text();
            if !self.prepared.contains_key(&*text) && new.iter().all(|(_, other)| *other != text) {
                new.push((request, text.into_owned()));
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        self.round_trips += 1;
        let first_name = self.names;
        self.names += new.len();
        let name = |i: usize| format!("s{}", first_name + i);
        for (i, (_, text)) in new.iter().enumerate() {
            frontend::parse(&name(i), text, [], &mut self.wire.outbox)?;
            frontend::describe(b'S', &name(i), &mut self.wire.outbox)?;
        }
        self.finish_pipeline()?;
        let mut described = Vec::with_capacity(new.len());
        for (i, (request, text)) in new.into_iter().enumerate() {
            let prepared = self
                .hear_description(name(i))
                .map_err(|error| request.blamed(error))?;
            described.push((text, prepared));
        }
        self.hear_ready()?;
        for (text, prepared) in described {
            prepared.check().map_err(|error| error.at(&text))?;
            self.prepared.insert(text, prepared);
        }
        Ok(())
    }

    fn hear_description(&mut self, name: String) -> Result<Prepared, StorageError> {
        let mut parameters = Vec::new();
        loop {
            match self.wire.hear()? {
                Message::ParseComplete => {}
                Message::ParameterDescription(body) => parameters = body.parameters().collect()?,
                Message::NoData => {
                    return Ok(Prepared {
                        name,
                        parameters,
                        columns: Vec::new(),
                    });
                }
                Message::RowDescription(body) => {
                    let columns = body.fields().map(|field| {
                        Ok(Column {
                            name: field.name().to_owned(),
                            kind: field.type_oid(),
                        })
                    });
                    return Ok(Prepared {
                        name,
                        parameters,
                        columns: columns.collect()?,
                    });
                }
                Message::ErrorResponse(body) => return Err(self.wire.failure(&body)?),
                _ => return Err(self.wire.out_of_turn()),
            }
        }
    }

    fn finish_pipeline(&mut self) -> Result<(), StorageError> {
        frontend::sync(&mut self.wire.outbox);
        self.wire.send()
    }

    fn hear_ready(&mut self) -> Result<(), StorageError> {
        match self.wire.hear()? {
            Message::ReadyForQuery(_) => Ok(()),
            // A constraint that is checked at the end of the pipeline.
            Message::ErrorResponse(body) => Err(self.wire.failure(&body)?),
            _ => Err(self.wire.out_of_turn()),
        }
    }

    pub fn script(&mut self, text: &str) -> Result<(), StorageError> {
        self.ask(Vec::new())?;
        self.query(text)
    }

    fn query(&mut self, text: &str) -> Result<(), StorageError> {
        frontend::query(text, &mut self.wire.outbox)?;
        self.wire.send()?;
        loop {
            match self.wire.hear()? {
                Message::ReadyForQuery(_) => return Ok(()),
                Message::ErrorResponse(body) => return Err(self.wire.failure(&body)?),
                _ => {}
            }
        }
    }

    pub fn abandon(&mut self) -> Result<(), StorageError> {
        self.waiting.clear();
        if self.wire.is_lost {
            return Err(StorageError::lost("the connection to PostgreSQL is closed"));
        }
        self.query("ROLLBACK")
    }

    /// The server's time in microseconds.
    pub fn clock(&mut self) -> Result<Timestamp, StorageError> {
        static CLOCK: Statement = Statement {
            text: "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
            place: "the server's clock",
        };
        let outcomes = self.ask(vec![Query::new(&CLOCK, Vec::new())])?;
        let row = outcomes.into_iter().flat_map(|outcome| outcome.rows).next();
        row.ok_or_else(|| self.wire.out_of_turn())?.take()
    }

    pub fn columns(&mut self, text: &str) -> Result<Vec<String>, StorageError> {
        frontend::parse("", text, [], &mut self.wire.outbox)?;
        frontend::describe(b'S', "", &mut self.wire.outbox)?;
        self.finish_pipeline()?;
        let prepared = self.hear_description(String::new())?;
        self.hear_ready()?;
        Ok(prepared.columns.into_iter().map(|column| column.name).collect())
    }
}

fn hear_outcome(wire: &mut Wire, prepared: &Prepared, request: &Request) -> Result<Outcome, StorageError> {
    let mut rows = Vec::new();
    loop {
        match wire.hear()? {
            Message::BindComplete => {}
            Message::DataRow(body) => match read_row(&body, &prepared.columns) {
                Some(row) => rows.push(row),
                None => return Err(wire.out_of_turn()),
            },
            Message::CommandComplete(body) => {
                let tag = body.tag()?;
                // A transaction that failed before, unheard, answers COMMIT by rolling back.
                if request.is_commit() && tag != "COMMIT" {
                    return Err(wire.out_of_turn());
                }
                let affected = tag.rsplit(' ').next().and_then(|count| count.parse().ok());
                return Ok(Outcome {
                    rows,
                    affected: affected.unwrap_or(0),
                });
            }
            Message::ErrorResponse(body) => return Err(wire.failure(&body)?),
            _ => return Err(wire.out_of_turn()),
        }
    }
}
