//! The event log: what happened, in the transaction in which it happened. A partition is a fixed hash
//! of the lane key, and its sequence has no gaps, because a batch takes its numbers last.

use std::collections::BTreeMap;

use kernel::{Ctx, EventId, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use type_safe_id::{StaticType, TypeSafeId};
use uuid::Uuid;

use crate::bulk::Bulk;
use crate::{ReadTx, Row, StorageError, Tx, Value, from_json, sql, to_json};

/// How many partitions there are. Fixed for ever: a partition's number is stored with its events.
pub const PARTITIONS: u8 = 64;

/// A partition's number, below [`PARTITIONS`].
pub type Partition = u8;

/// How far a consumer has read: the last sequence number by partition.
pub type Cursor = BTreeMap<Partition, i64>;

/// What one type of event says. Readers of an older `V` upcast.
pub trait EventBody: Serialize + DeserializeOwned {
    /// Stable name, a past participle: `VoucherRedeemed`.
    const TYPE: &'static str;
    /// Version of the body's shape.
    const V: i64;
}

/// The partition of a lane key (FNV-1a, 64 bits, modulo the number of partitions).
pub fn partition_of(lane_key: [u8; 16]) -> Partition {
    let hash = lane_key.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash % u64::from(PARTITIONS)) as u8
}

/// An event of the current batch, not numbered yet.
pub(crate) struct PendingEvent {
    id: EventId,
    partition: Partition,
    at: Timestamp,
    kind: &'static str,
    v: i64,
    subject: Uuid,
    version: i64,
    actor: [u8; 17],
    request: Uuid,
    reason: Option<String>,
    body: String,
}

impl PendingEvent {
    pub fn new<E: EventBody>(
        ctx: &Ctx,
        lane_key: [u8; 16],
        subject: Uuid,
        version: i64,
        body: &E,
    ) -> Result<Self, StorageError> {
        let body = to_json(body)?;
        Ok(Self {
            id: ctx.new_id(),
            partition: partition_of(lane_key),
            at: ctx.now,
            kind: E::TYPE,
            v: E::V,
            subject,
            version,
            actor: ctx.actor.to_bytes(),
            request: ctx.request.uuid(),
            reason: ctx.reason.clone(),
            body,
        })
    }

    fn row(self, seq: i64) -> Vec<Value> {
        vec![
            i64::from(self.partition).into(),
            seq.into(),
            self.id.into(),
            self.at.into(),
            self.kind.into(),
            self.v.into(),
            self.subject.into(),
            self.version.into(),
            self.actor.into(),
            self.request.into(),
            self.reason.into(),
            self.body.into(),
        ]
    }
}

pub(crate) static ADVANCE_CURSOR: Bulk = Bulk::new(
    "INSERT INTO event_cursor (consumer, part, seq) VALUES",
    0,
    3,
    "ON CONFLICT (consumer, part) DO UPDATE SET seq = excluded.seq WHERE event_cursor.seq < excluded.seq",
);

pub(crate) static INSERT_EVENTS: Bulk = Bulk::new(
    "INSERT INTO event (part, seq, id, at, type, v, subject, subject_version, actor, request, reason, body) VALUES",
    0,
    12,
    "",
);

/// Numbers the batch's events and writes them. The heads are taken in the order of the partitions.
pub(crate) fn write_events(read: &mut ReadTx, events: Vec<PendingEvent>) -> Result<(), StorageError> {
    if events.is_empty() {
        return Ok(());
    }
    let mut counts: BTreeMap<Partition, i64> = BTreeMap::new();
    for event in &events {
        *counts.entry(event.partition).or_default() += 1;
    }
    let heads = counts.iter().map(|(partition, count)| {
        sql!(
            "INSERT INTO event_head (part, seq) VALUES ($1, $2)
             ON CONFLICT (part) DO UPDATE SET seq = event_head.seq + excluded.seq RETURNING seq",
            i64::from(*partition),
            *count
        )
    });
    let answers = read.ask_all(heads.collect())?;
    let mut next: BTreeMap<Partition, i64> = BTreeMap::new();
    for ((partition, count), rows) in counts.iter().zip(answers) {
        let mut row = rows
            .into_iter()
            .next()
            .ok_or_else(|| StorageError::bug("an event head gave no number"))?;
        next.insert(*partition, row.take::<i64>()? - count + 1);
    }
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let seq = next
            .get_mut(&event.partition)
            .ok_or_else(|| StorageError::bug("a partition without a head"))?;
        rows.push(event.row(*seq));
        *seq += 1;
    }
    for (insert, rows) in INSERT_EVENTS.of(&[], rows) {
        read.driver.tell(insert, rows)?;
    }
    Ok(())
}

/// One event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its partition.
    pub partition: Partition,
    /// Its number within the partition, from 1 without gaps.
    pub seq: i64,
    /// Its id.
    pub id: EventId,
    /// The time of the command.
    pub at: Timestamp,
    /// [`EventBody::TYPE`].
    pub kind: String,
    /// [`EventBody::V`] of the writer.
    pub v: i64,
    subject: Uuid,
    /// The subject's version after the change.
    pub subject_version: i64,
    /// [`kernel::Actor::to_bytes`].
    pub actor: Vec<u8>,
    /// Why, if a person said so.
    pub reason: Option<String>,
    /// The body as JSON.
    pub body: String,
}

impl StoredEvent {
    /// What it is about. The caller knows the kind of id from the event's type.
    pub fn subject<K: StaticType>(&self) -> TypeSafeId<K> {
        TypeSafeId::from_uuid(self.subject)
    }

    /// The body, if the event is of this type.
    pub fn body_as<E: EventBody>(&self) -> Option<Result<E, StorageError>> {
        let matches = self.kind == E::TYPE && self.v == E::V;
        matches.then(|| from_json(&self.body))
    }

    /// At most `limit` events of a partition after number `after`, in order.
    pub fn after(
        read: &mut ReadTx,
        partition: Partition,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Self>, StorageError> {
        let rows = read.many(sql!(
            "SELECT part, seq, id, at, type, v, subject, subject_version, actor, reason, body
             FROM event WHERE part = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            i64::from(partition),
            after,
            limit
        ))?;
        rows.into_iter().map(Self::read_row).collect()
    }

    /// Reads partition, number, id, time, type, version, subject and its version, actor, reason and body.
    pub(crate) fn read_row(mut row: Row) -> Result<Self, StorageError> {
        Ok(Self {
            partition: row.take::<i64>()? as u8,
            seq: row.take()?,
            id: row.take()?,
            at: row.take()?,
            kind: row.take()?,
            v: row.take()?,
            subject: row.take()?,
            subject_version: row.take()?,
            actor: row.take()?,
            reason: row.take()?,
            body: row.take()?,
        })
    }

    /// The last number of every partition that has events.
    pub fn heads(read: &mut ReadTx) -> Result<Cursor, StorageError> {
        let rows = read.many(sql!("SELECT part, seq FROM event_head ORDER BY part"))?;
        rows.into_iter()
            .map(|mut row| Ok((row.take::<i64>()? as u8, row.take()?)))
            .collect()
    }

    /// How far the consumer `name` has read.
    pub fn cursor(read: &mut ReadTx, name: &str) -> Result<Cursor, StorageError> {
        let rows = read.many(sql!(
            "SELECT part, seq FROM event_cursor WHERE consumer = $1 ORDER BY part",
            name
        ))?;
        rows.into_iter()
            .map(|mut row| Ok((row.take::<i64>()? as u8, row.take()?)))
            .collect()
    }

    /// The next events that the consumer `name` has not read, at most `limit` of each partition, and how far it has
    /// then read those partitions.
    pub fn unread(read: &mut ReadTx, name: &str, limit: i64) -> Result<(Vec<Self>, Cursor), StorageError> {
        let (heads, cursor) = (Self::heads(read)?, Self::cursor(read, name)?);
        let (mut events, mut reached) = (Vec::new(), Cursor::new());
        for (partition, head) in heads {
            let after = cursor.get(&partition).copied().unwrap_or(0);
            if after < head {
                let next = Self::after(read, partition, after, limit)?;
                reached.extend(next.last().map(|event| (partition, event.seq)));
                events.extend(next);
            }
        }
        Ok((events, reached))
    }

    /// Notes that the consumer `name` has read these partitions so far. Never moves back.
    pub fn advance(tx: &mut Tx, name: &str, reached: &Cursor) -> Result<(), StorageError> {
        let row =
            |(partition, seq): (&u8, &i64)| vec![name.into(), i64::from(*partition).into(), (*seq).into()];
        let advances = ADVANCE_CURSOR.of(&[], reached.iter().map(row).collect());
        tx.ask_all(advances.into_iter().map(|(query, _)| query).collect())?;
        Ok(())
    }
}
