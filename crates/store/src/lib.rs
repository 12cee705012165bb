//! Storage for everybody above: commands run one after another in a lane, many to a commit, on SQLite
//! or PostgreSQL, from one SQL text. The only crate that knows a SQL driver; it knows nothing of
//! merchants, orders or money. `docs/ARCHITECTURE.md` walks through it.

mod audit;
mod bookmark;
mod bulk;
mod driver;
mod error;
mod event;
mod executor;
mod faults;
mod idempotency;
mod job;
mod json;
mod lane;
mod lease;
mod migrate;
mod reader;
mod recording;
mod reject;
mod sql;
mod timer;
mod tx;
mod value;

pub use audit::EventPage;
pub use bookmark::{bookmark, set_bookmark};
pub use bulk::Bulk;
pub use error::{Fail, StorageError};
pub use event::{Cursor, EventBody, PARTITIONS, Partition, StoredEvent, partition_of};
pub use executor::{Database, Settings, Store};
pub use faults::{FaultPoint, Faults};
pub use idempotency::prune as prune_idempotency;
pub use job::{Answer, Job, Key, Lock, NoAnswer, Rejected};
pub use json::{from_json, to_json};
pub use lane::{Lane, MAX_BATCH};
pub use lease::take_lease;
pub use migrate::MIGRATIONS;
pub use reader::Ask;
pub use recording::{DatabaseCopy, Recorder, Recording};
pub use reject::{KEY_REUSED, REJECTS};
pub use sql::{Query, STATEMENTS, Statement};
pub use timer::{DueTimer, TimerKind, due_timers};
pub use tx::{Cost, ReadTx, Tx};
pub use value::{FromValue, Row, Value};

#[doc(hidden)]
pub use linkme;

pub mod backup;
pub mod testing;
