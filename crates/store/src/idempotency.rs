//! What was answered to which key. The row is written after its command, in the same transaction; a
//! rejection is an answer, a failure of the storage is not. Whoever ran the same key at the same time
//! elsewhere finds the row when writing its own, undoes what it did and reads the answer instead.

use kernel::{DAY_US, Members, Timestamp};
use serde::{Deserialize, Serialize};

use crate::bulk::Bulk;
use crate::{Answer, Job, Query, Rejected, Row, StorageError, Tx, Value, from_json, sql, to_json};

pub(crate) static INSERT_ANSWERS: Bulk = Bulk::new(
    "INSERT INTO idempotency (actor, key, request_hash, at, response, rejection) VALUES",
    0,
    6,
    "ON CONFLICT (actor, key) DO NOTHING",
);

/// What was stored under the job's key.
pub(crate) fn find_answer(job: &Job) -> Query {
    sql!(
        "SELECT request_hash, response, rejection FROM idempotency WHERE actor = $1 AND key = $2",
        job.key.actor,
        &job.key.key
    )
}

/// The row that keeps the answer under the job's key.
pub(crate) fn answer_row(job: &Job, answer: &Answer) -> Result<Vec<Value>, StorageError> {
    let (response, rejection) = match answer {
        Answer::Done(response) => (Some(response.as_str()), None),
        Answer::Rejected(rejected) => {
            let stored = StoredRejection {
                code: rejected.code.clone(),
                detail: rejected.detail.clone(),
                field: rejected.field.clone(),
                members: rejected.members.clone(),
            };
            (None, Some(to_json(&stored)?))
        }
    };
    Ok(vec![
        job.key.actor.into(),
        (&job.key.key).into(),
        job.key.request_hash.into(),
        job.ctx.now.into(),
        response.into(),
        rejection.into(),
    ])
}

/// The stored answer, or the rejection for a key that was used with another request.
pub(crate) fn read_answer(job: &Job, mut row: Row) -> Result<Answer, StorageError> {
    let hash: Vec<u8> = row.take()?;
    if hash != job.key.request_hash {
        return Ok(Answer::Rejected(crate::KEY_REUSED.plain().into()));
    }
    let (response, rejection): (Option<String>, Option<String>) = (row.take()?, row.take()?);
    match (response, rejection) {
        (Some(response), _) => Ok(Answer::Done(response)),
        (None, Some(rejection)) => {
            let stored: StoredRejection = from_json(&rejection)?;
            Ok(Answer::Rejected(Rejected {
                code: stored.code,
                detail: stored.detail,
                field: stored.field,
                members: stored.members,
            }))
        }
        (None, None) => Err(StorageError::bug("a key was committed without its answer")),
    }
}

#[derive(Serialize, Deserialize)]
struct StoredRejection {
    code: String,
    detail: String,
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    members: Option<Box<Members>>,
}

/// How long an answer is kept.
const KEPT_US: i64 = 30 * DAY_US;

/// Forgets at most `limit` answers that are older than 30 days. Gives how many.
pub fn prune(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64, StorageError> {
    tx.claim(sql!(
        "DELETE FROM idempotency WHERE (actor, key) IN
           (SELECT actor, key FROM idempotency WHERE at < $1 ORDER BY at LIMIT $2)",
        now.plus_us(-KEPT_US),
        limit
    ))
}
