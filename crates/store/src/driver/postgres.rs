//! PostgreSQL through `tokio-postgres`, driven by a runtime of this connection's own, so that callers
//! stay synchronous. Told statements wait here and travel with the next question, pipelined.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::TryStreamExt;
use tokio::runtime::Runtime;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use tokio_postgres::{Client, NoTls};

use super::{Outcome, check_count};
use crate::error::Cause;
use kernel::Timestamp;

use crate::{Lock, Query, Row, StorageError, Value};

pub(crate) struct Postgres {
    runtime: Runtime,
    client: Client,
    prepared: HashMap<&'static str, tokio_postgres::Statement>,
    waiting: Vec<Waiting>,
    pub round_trips: u64,
}

enum Waiting {
    Told { query: Query, expected: u64 },
    Control(&'static str),
    Lock(Vec<Lock>),
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

impl Postgres {
    pub fn connect(url: &str) -> Result<Self, StorageError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StorageError::lost(error.to_string()))?;
        let mut config: tokio_postgres::Config = url.parse()?;
        // Without these, a network that falls silent holds a lane for hours.
        config
            .keepalives_idle(Duration::from_secs(10))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(3)
            .tcp_user_timeout(Duration::from_secs(30));
        let connect = async {
            let (client, connection) = tokio::time::timeout(CONNECT_TIMEOUT, config.connect(NoTls))
                .await
                .map_err(|_| StorageError::lost("connecting to PostgreSQL took over 5 s"))??;
            tokio::spawn(connection);
            client
                .batch_execute(
                    "SET application_name = 'qiao'; SET statement_timeout = '30s'; SET lock_timeout = '5s';
                     SET idle_in_transaction_session_timeout = '60s'; SET synchronous_commit = on; SET jit = off",
                )
                .await?;
            Ok::<_, StorageError>(client)
        };
        // Whatever its reason, a server that lets nobody in is away: it may do so again later.
        let away = |error: StorageError| StorageError::lost(error.to_string());
        let client = runtime.block_on(connect).map_err(away)?;
        Ok(Self {
            runtime,
            client,
            prepared: HashMap::new(),
            waiting: Vec::new(),
            round_trips: 0,
        })
    }

    pub fn tell(&mut self, query: Query, expected: u64) {
        self.waiting.push(Waiting::Told { query, expected });
    }

    pub fn control(&mut self, text: &'static str) {
        self.waiting.push(Waiting::Control(text));
    }

    /// Locks rows of one table, in the order given, now or with the next question.
    pub fn lock(&mut self, rows: &[Lock]) {
        for of_one_table in rows.chunk_by(|a, b| a.table == b.table) {
            self.waiting.push(Waiting::Lock(of_one_table.to_vec()));
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
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() && asked.is_empty() {
            return Ok(Vec::new());
        }
        self.prepare(&waiting, &asked)?;
        self.round_trips += 1;
        let (client, prepared) = (&self.client, &self.prepared);
        let told = waiting.iter().map(|w| match w {
            Waiting::Told { query, .. } => run(client, prepared, query),
            Waiting::Control(text) => control(client, text),
            Waiting::Lock(rows) => lock(client, rows),
        });
        let all = told
            .chain(asked.iter().map(|query| run(client, prepared, query)))
            .collect();
        let mut outcomes = self.runtime.block_on(in_order(all)).into_iter();
        for (told, outcome) in waiting.iter().zip(outcomes.by_ref()) {
            let affected = outcome?.affected;
            if let Waiting::Told { query, expected } = told {
                check_count(query, *expected, affected)?;
            }
        }
        outcomes.collect()
    }

    /// Prepares what was never prepared on this connection, all in one round trip.
    fn prepare(&mut self, waiting: &[Waiting], asked: &[Query]) -> Result<(), StorageError> {
        let told = waiting.iter().filter_map(|w| match w {
            Waiting::Told { query, .. } => Some(query.statement),
            Waiting::Control(_) | Waiting::Lock(_) => None,
        });
        let mut new: Vec<_> = told.chain(asked.iter().map(|q| q.statement)).collect();
        new.retain(|statement| !self.prepared.contains_key(statement.text));
        if new.is_empty() {
            return Ok(());
        }
        self.round_trips += 1;
        let client = &self.client;
        type Preparing<'a> =
            Pin<Box<dyn Future<Output = Result<tokio_postgres::Statement, tokio_postgres::Error>> + 'a>>;
        let all = new
            .iter()
            .map(|s| Box::pin(client.prepare(s.text)) as Preparing)
            .collect();
        for (statement, prepared) in new.iter().zip(self.runtime.block_on(in_order(all))) {
            let prepared = prepared.map_err(|error| StorageError::from(error).at(statement.place))?;
            self.prepared.insert(statement.text, prepared);
        }
        Ok(())
    }

    pub fn script(&mut self, text: &str) -> Result<(), StorageError> {
        self.ask(Vec::new())?;
        Ok(self.runtime.block_on(self.client.batch_execute(text))?)
    }

    pub fn abandon(&mut self) -> Result<(), StorageError> {
        self.waiting.clear();
        if self.client.is_closed() {
            return Err(StorageError::lost("the connection to PostgreSQL is closed"));
        }
        Ok(self.runtime.block_on(self.client.batch_execute("ROLLBACK"))?)
    }

    /// The server's time in microseconds.
    pub fn clock(&mut self) -> Result<Timestamp, StorageError> {
        self.ask(Vec::new())?;
        let text = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";
        let row = self.runtime.block_on(self.client.query_one(text, &[]))?;
        Ok(Timestamp(row.try_get(0)?))
    }

    pub fn columns(&mut self, text: &str) -> Result<Vec<String>, StorageError> {
        let prepared = self.runtime.block_on(self.client.prepare(text))?;
        Ok(prepared.columns().iter().map(|c| c.name().to_owned()).collect())
    }
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<Outcome, StorageError>> + 'a>>;

fn run<'a>(
    client: &'a Client,
    prepared: &'a HashMap<&'static str, tokio_postgres::Statement>,
    query: &'a Query,
) -> Running<'a> {
    Box::pin(async move {
        let work = async {
            let statement = &prepared[query.statement.text];
            let stream = client.query_raw(statement, query.values.iter()).await?;
            let mut stream = std::pin::pin!(stream);
            let mut rows = Vec::new();
            while let Some(row) = stream.try_next().await? {
                let values: Result<_, StorageError> = (0..row.len()).map(|i| read(&row, i)).collect();
                rows.push(Row::new(values?));
            }
            Ok(Outcome {
                affected: stream.rows_affected().unwrap_or(0),
                rows,
            })
        };
        work.await
            .map_err(|error: StorageError| error.at(query.statement.place))
    })
}

fn control<'a>(client: &'a Client, text: &'a str) -> Running<'a> {
    Box::pin(async move {
        client.batch_execute(text).await?;
        Ok(Outcome {
            rows: Vec::new(),
            affected: 0,
        })
    })
}

/// Locks rows in the order of their ids, so that two batches never wait for each other in a circle.
/// `NO KEY`, because a full lock would also stop every insert that refers to the row, in any lane.
fn lock<'a>(client: &'a Client, rows: &'a [Lock]) -> Running<'a> {
    Box::pin(async move {
        let ids: Vec<&[u8]> = rows.iter().map(|row| row.id.as_slice()).collect();
        let text = format!(
            "SELECT id FROM {} WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",
            rows[0].table
        );
        client.query_typed(&text, &[(&ids, Type::BYTEA_ARRAY)]).await?;
        Ok(Outcome {
            rows: Vec::new(),
            affected: 0,
        })
    })
}

/// Polls the futures in the order given, so that their requests go out in that order, and waits for
/// all of them.
async fn in_order<T>(mut futures: Vec<Pin<Box<dyn Future<Output = T> + '_>>>) -> Vec<T> {
    let mut outputs: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    // Answers arrive in order too: what comes before `first_open` is answered.
    let mut first_open = 0;
    let mut sent = false;
    poll_fn(move |cx| {
        for i in first_open..futures.len() {
            if outputs[i].is_none() {
                match futures[i].as_mut().poll(cx) {
                    Poll::Ready(output) => outputs[i] = Some(output),
                    Poll::Pending if sent => break,
                    Poll::Pending => {}
                }
            }
        }
        sent = true;
        while first_open < outputs.len() && outputs[first_open].is_some() {
            first_open += 1;
        }
        if first_open < outputs.len() {
            return Poll::Pending;
        }
        Poll::Ready(std::mem::take(&mut outputs).into_iter().flatten().collect())
    })
    .await
}

fn read(row: &tokio_postgres::Row, i: usize) -> Result<Value, StorageError> {
    let column_type = row.columns()[i].type_();
    let value = match *column_type {
        Type::INT8 => row.try_get::<_, Option<i64>>(i)?.into(),
        Type::BYTEA => row.try_get::<_, Option<&[u8]>>(i)?.into(),
        Type::TEXT => row.try_get::<_, Option<&str>>(i)?.into(),
        _ => {
            return Err(StorageError::bug(format!(
                "column {i} is {column_type}: cast it to BIGINT or TEXT"
            )));
        }
    };
    Ok(value)
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(n) => n.to_sql_checked(ty, out),
            Self::Id(bytes) => bytes.as_slice().to_sql_checked(ty, out),
            Self::Bytes(bytes) => bytes.as_slice().to_sql_checked(ty, out),
            Self::Text(text) => text.as_str().to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl From<tokio_postgres::Error> for StorageError {
    fn from(error: tokio_postgres::Error) -> Self {
        let detail = error.as_db_error().map_or_else(
            || error.to_string(),
            |db| format!("{}: {}", db.code().code(), db.message()),
        );
        let cause = match error.code() {
            Some(
                &SqlState::T_R_SERIALIZATION_FAILURE
                | &SqlState::T_R_DEADLOCK_DETECTED
                | &SqlState::LOCK_NOT_AVAILABLE,
            ) => Cause::Conflict,
            // Over the time limit, as it would be again; a lane that repeats it stands still for minutes.
            Some(&SqlState::QUERY_CANCELED) => Cause::Bug,
            // The program was stopped in mid-transaction, as by a machine that slept.
            Some(&SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT) => Cause::Lost,
            // Class 53: no resources; 57: the operator stopped it; 58: the disk; 08: the connection; 25006: read-only.
            Some(state) if ["53", "57", "58", "08"].contains(&&state.code()[..2]) => Cause::Lost,
            Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => Cause::Lost,
            Some(_) => Cause::Bug,
            None if error.is_closed() || source_is_io(&error) => Cause::Lost,
            None => Cause::Bug,
        };
        Self::new(cause, detail)
    }
}

fn source_is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}
