//! Timers in the database: a kind, a subject and when it is due. Whoever finds one due submits the
//! command for it; what is right is decided by that command's guarded update, which also clears the
//! timer, so that two nodes that find the same timer do no harm.

use kernel::Timestamp;
use type_safe_id::{StaticType, TypeSafeId};
use uuid::Uuid;

use crate::{ReadTx, StorageError, sql};

/// The name of a kind of timer, declared by the crate whose command it calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerKind(pub &'static str);

/// A timer whose time has come.
#[derive(Debug, Clone)]
pub struct DueTimer {
    /// The [`TimerKind`]'s name.
    pub kind: String,
    /// When it was due.
    pub due: Timestamp,
    /// The lane in which it was set.
    pub lane_key: [u8; 16],
    subject: Uuid,
}

impl DueTimer {
    /// What it is about. The caller knows the type from the kind.
    pub fn subject<K: StaticType>(&self) -> TypeSafeId<K> {
        TypeSafeId::from_uuid(self.subject)
    }
}

/// At most `limit` timers that are due at `now`, the oldest first.
pub fn due_timers(read: &mut ReadTx, now: Timestamp, limit: i64) -> Result<Vec<DueTimer>, StorageError> {
    let rows = read.many(sql!(
        "SELECT kind, due, lane_key, subject FROM timer WHERE due <= $1 ORDER BY due, kind, subject LIMIT $2",
        now,
        limit
    ))?;
    rows.into_iter()
        .map(|mut row| {
            Ok(DueTimer {
                kind: row.take()?,
                due: row.take()?,
                lane_key: row.take()?,
                subject: row.take()?,
            })
        })
        .collect()
}
