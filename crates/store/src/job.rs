//! One command on its way through a lane: what to run, under which key, with which rows locked, and
//! what can come back.

use std::borrow::Cow;
use std::fmt;

use kernel::{Actor, Ctx, Members, Reject};
use type_safe_id::{StaticType, TypeSafeId};
use uuid::Uuid;

use crate::{Fail, StorageError, Tx};

/// A row that a command will claim, known from its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lock {
    /// A table with a primary key `id`.
    pub table: &'static str,
    /// The row's id.
    pub id: [u8; 16],
}

impl Lock {
    /// The row `id` of `table`.
    pub fn row<K: StaticType>(table: &'static str, id: TypeSafeId<K>) -> Self {
        Self {
            table,
            id: id.uuid().into_bytes(),
        }
    }
}

/// The idempotency key of a command.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// [`kernel::Actor::to_bytes`] of who sent it.
    pub actor: [u8; 17],
    /// What the client sent, or the id of Qiao's own request.
    pub key: Vec<u8>,
    /// SHA-256 of the operation and its body.
    pub request_hash: [u8; 32],
}

type Run = dyn Fn(&mut Tx, &Ctx) -> Result<String, Fail> + Send;

/// A command to be run.
pub struct Job {
    pub(crate) name: &'static str,
    pub(crate) lane_key: [u8; 16],
    pub(crate) ctx: Ctx,
    pub(crate) key: Key,
    pub(crate) locks: Vec<Lock>,
    pub(crate) run: Box<Run>,
}

impl Job {
    /// A command `name` in the lane of `lane`, under a key of its own. `run` may be called more than
    /// once and must give the same result for the same state; its text is the answer.
    pub fn new<K: StaticType>(
        name: &'static str,
        lane: TypeSafeId<K>,
        ctx: Ctx,
        run: impl Fn(&mut Tx, &Ctx) -> Result<String, Fail> + Send + 'static,
    ) -> Self {
        Self::in_lane(name, lane.uuid().into_bytes(), ctx, run)
    }

    /// The same in a lane that is known by its key alone.
    pub fn in_lane(
        name: &'static str,
        lane_key: [u8; 16],
        ctx: Ctx,
        run: impl Fn(&mut Tx, &Ctx) -> Result<String, Fail> + Send + 'static,
    ) -> Self {
        let request: Uuid = ctx.request.uuid();
        let key = Key {
            actor: Actor::System.to_bytes(),
            key: request.as_bytes().to_vec(),
            request_hash: [0; 32],
        };
        Self {
            name,
            lane_key,
            ctx,
            key,
            locks: Vec::new(),
            run: Box::new(run),
        }
    }

    /// Under the client's own key.
    pub fn keyed(mut self, key: Key) -> Self {
        self.key = key;
        self
    }

    /// The key under which its answer is kept.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Locks these rows before the batch starts.
    pub fn locking(mut self, locks: impl IntoIterator<Item = Lock>) -> Self {
        self.locks.extend(locks);
        self
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("name", &self.name)
            .field("request", &self.ctx.request)
            .finish_non_exhaustive()
    }
}

/// What a command answered. Stored under its key and the same at every repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was done; the text is the response body.
    Done(String),
    /// The business said no.
    Rejected(Rejected),
}

/// A rejection as it is stored and repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// [`kernel::RejectKind::code`].
    pub code: String,
    /// What exactly was wrong.
    pub detail: String,
    /// The input field that it is about, as a JSON pointer.
    pub field: Option<String>,
    /// Its detail in parts, where a program can use them.
    pub members: Option<Box<Members>>,
}

impl From<Reject> for Rejected {
    fn from(reject: Reject) -> Self {
        Self {
            code: reject.kind.code.to_owned(),
            detail: reject.detail,
            field: reject.field.map(Cow::into_owned),
            members: reject.members,
        }
    }
}

/// Why there is no answer. None of these is remembered; the same key may be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// Nothing was done: the queue is full, the database is away or somebody else keeps the rows. Later.
    Busy,
    /// It may or may not have been done. Repeating the same key tells.
    Unknown,
    /// The program is wrong. Nothing was done.
    Broken(String),
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("busy: nothing was done, try again later"),
            Self::Unknown => f.write_str("unknown: repeat the same key to learn what happened"),
            Self::Broken(message) => write!(f, "broken: {message}"),
        }
    }
}

impl std::error::Error for NoAnswer {}

impl From<StorageError> for NoAnswer {
    fn from(error: StorageError) -> Self {
        match error.cause {
            crate::error::Cause::Conflict | crate::error::Cause::Lost => Self::Busy,
            crate::error::Cause::Bug => Self::Broken(error.to_string()),
        }
    }
}
