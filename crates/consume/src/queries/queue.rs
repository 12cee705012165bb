//! What can be asked of a store's queue.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use kernel::{PersonId, QueueTicketId, StoreId, Timestamp};
use offer::Day;
use store::{Fail, Query, ReadTx, Row, StorageError, from_json, sql};

use crate::queue::{CALLS, Queue, QueueLine, QueueStatus, QueueTicket, queue_day, wait_us};

/// The queue of a store, if it ever had one.
pub fn queue(read: &mut ReadTx, store: StoreId) -> Result<Option<Queue>, Fail> {
    let row = read.one(sql!(
        "SELECT store_id, merchant_id, is_open, lines, version FROM store_queue WHERE store_id = $1",
        store
    ))?;
    let Some(mut row) = row else {
        return Ok(None);
    };
    Ok(Some(Queue {
        store: row.take()?,
        merchant: row.take()?,
        is_open: row.take()?,
        lines: from_json(&row.take::<String>()?)?,
        version: row.take()?,
    }))
}

/// Which of these stores give out numbers. One round trip.
pub fn stores_with_queue(read: &mut ReadTx, stores: &[StoreId]) -> Result<BTreeSet<StoreId>, Fail> {
    let ask = |store: &StoreId| {
        sql!(
            "SELECT store_id FROM store_queue WHERE store_id = $1 AND is_open = 1",
            *store
        )
    };
    let rows = read
        .ask_all(stores.iter().map(ask).collect())?
        .into_iter()
        .flatten();
    let found = rows.map(|mut row| row.take());
    Ok(found.collect::<Result<_, StorageError>>()?)
}

/// The day whose numbers the store gives out now.
pub fn day_of_queue(read: &mut ReadTx, store: StoreId, now: Timestamp) -> Result<Day, Fail> {
    let found = party::queries::store(read, store)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    let zone = TimeZone::get(&found.details.time_zone);
    let zone = zone.map_err(|error| StorageError::bug(format!("a store in no time zone: {error}")))?;
    Ok(queue_day(now, &zone))
}

/// How a line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineNow {
    /// Which.
    pub line: QueueLine,
    /// Who waits, first those who are called next; 500 at most.
    pub waiting: Vec<QueueTicket>,
    /// Who was called and is not there yet, and who missed their call; the last first, 20 at most.
    pub called: Vec<QueueTicket>,
    /// When the last parties were called, the last first.
    pub calls: Vec<Timestamp>,
}

impl LineNow {
    /// How long somebody would wait who came now, µs.
    pub fn wait_us(&self, now: Timestamp) -> i64 {
        wait_us(&self.line, self.waiting.len() as i64, &self.calls, now)
    }
}

/// How the lines of a queue stand, in their order. One round trip.
pub fn lines_now(read: &mut ReadTx, queue: &Queue, day: Day) -> Result<Vec<LineNow>, Fail> {
    let ask = |line: &QueueLine| -> [Query; 3] {
        let name = &line.name;
        [
            sql!(
                "SELECT id, merchant_id, store_id, person_id, day, line, number, party, status, joined_at, called_at, version
                 FROM queue_ticket WHERE store_id = $1 AND day = $2 AND line = $3 AND status = 'waiting'
                 ORDER BY number LIMIT 500",
                queue.store,
                day.0,
                name
            ),
            sql!(
                "SELECT id, merchant_id, store_id, person_id, day, line, number, party, status, joined_at, called_at, version
                 FROM queue_ticket WHERE store_id = $1 AND day = $2 AND line = $3 AND status IN ('called', 'missed')
                 ORDER BY called_at DESC, number DESC LIMIT 20",
                queue.store,
                day.0,
                name
            ),
            sql!(
                "SELECT called_at FROM queue_ticket WHERE store_id = $1 AND day = $2 AND line = $3 AND called_at IS NOT NULL
                 ORDER BY called_at DESC LIMIT $4",
                queue.store,
                day.0,
                name,
                CALLS as i64
            ),
        ]
    };
    let mut answers = read
        .ask_all(queue.lines.iter().flat_map(ask).collect())?
        .into_iter();
    let mut lines = Vec::with_capacity(queue.lines.len());
    for line in &queue.lines {
        let mut next = || answers.next().unwrap_or_default();
        let tickets = |rows: Vec<Row>| rows.into_iter().map(read_ticket).collect::<Result<_, _>>();
        lines.push(LineNow {
            line: line.clone(),
            waiting: tickets(next())?,
            called: tickets(next())?,
            calls: next()
                .into_iter()
                .map(|mut row| row.take())
                .collect::<Result<_, StorageError>>()?,
        });
    }
    Ok(lines)
}

/// A ticket.
pub fn queue_ticket(read: &mut ReadTx, id: QueueTicketId) -> Result<Option<QueueTicket>, Fail> {
    let row = read.one(sql!(
        "SELECT id, merchant_id, store_id, person_id, day, line, number, party, status, joined_at, called_at, version
         FROM queue_ticket WHERE id = $1",
        id
    ))?;
    row.map(read_ticket).transpose()
}

/// The tickets with which a person waits or was called, of the last two days; the newest first.
pub fn tickets_of_person(
    read: &mut ReadTx,
    person: PersonId,
    since: Timestamp,
) -> Result<Vec<QueueTicket>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, merchant_id, store_id, person_id, day, line, number, party, status, joined_at, called_at, version
         FROM queue_ticket WHERE person_id = $1 AND joined_at >= $2 ORDER BY joined_at DESC LIMIT 20",
        person,
        since
    ))?;
    rows.into_iter().map(read_ticket).collect()
}

/// The ticket with which a person waits at a store, or was called.
pub(crate) fn ticket_of_person(
    read: &mut ReadTx,
    store: StoreId,
    day: Day,
    person: PersonId,
) -> Result<Option<QueueTicket>, Fail> {
    let row = read.one(sql!(
        "SELECT id, merchant_id, store_id, person_id, day, line, number, party, status, joined_at, called_at, version
         FROM queue_ticket WHERE person_id = $1 AND store_id = $2 AND day = $3 AND status IN ('waiting', 'called')",
        person,
        store,
        day.0
    ))?;
    row.map(read_ticket).transpose()
}

/// How many wait before a number of a line.
pub fn ahead_of(read: &mut ReadTx, ticket: &QueueTicket) -> Result<i64, Fail> {
    let row = read.one(sql!(
        "SELECT COUNT(*) FROM queue_ticket WHERE store_id = $1 AND day = $2 AND line = $3 AND status = 'waiting'
           AND number < $4",
        ticket.store,
        ticket.day.0,
        &ticket.line,
        ticket.number
    ))?;
    Ok(row.map_or(Ok(0), |mut row| row.take())?)
}

pub(crate) fn next_in_line(
    read: &mut ReadTx,
    store: StoreId,
    day: Day,
    line: &str,
) -> Result<Option<QueueTicket>, Fail> {
    let row = read.one(sql!(
        "SELECT id, merchant_id, store_id, person_id, day, line, number, party, status, joined_at, called_at, version
         FROM queue_ticket WHERE store_id = $1 AND day = $2 AND line = $3 AND status = 'waiting'
         ORDER BY number LIMIT 1",
        store,
        day.0,
        line
    ))?;
    row.map(read_ticket).transpose()
}

/// In which lines somebody waits.
pub(crate) fn lines_with_waiting(read: &mut ReadTx, store: StoreId, day: Day) -> Result<Vec<String>, Fail> {
    let rows = read.many(sql!(
        "SELECT DISTINCT line FROM queue_ticket WHERE store_id = $1 AND day = $2 AND status = 'waiting'",
        store,
        day.0
    ))?;
    let lines = rows.into_iter().map(|mut row| row.take());
    Ok(lines.collect::<Result<_, StorageError>>()?)
}

pub(crate) fn last_number(read: &mut ReadTx, store: StoreId, day: Day, line: &str) -> Result<i64, Fail> {
    let row = read.one(sql!(
        "SELECT COALESCE(MAX(number), 0) FROM queue_ticket WHERE store_id = $1 AND day = $2 AND line = $3",
        store,
        day.0,
        line
    ))?;
    Ok(row.map_or(Ok(0), |mut row| row.take())?)
}

fn read_ticket(mut row: Row) -> Result<QueueTicket, Fail> {
    Ok(QueueTicket {
        id: row.take()?,
        merchant: row.take()?,
        store: row.take()?,
        person: row.take()?,
        day: Day(row.take()?),
        line: row.take()?,
        number: row.take()?,
        party: row.take()?,
        status: read_status(&row.take::<String>()?)?,
        joined_at: row.take()?,
        called_at: row.take()?,
        version: row.take()?,
    })
}

fn read_status(text: &str) -> Result<QueueStatus, StorageError> {
    QueueStatus::from_name(text).ok_or_else(|| StorageError::bug(format!("a ticket that is {text:?}")))
}
