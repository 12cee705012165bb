//! What transactions see of each other, judged from outside: random commands append to lists and read them, several
//! at a time and through two stores on PostgreSQL, and `adya` (an Elle-style checker) looks for anomalies in the
//! history of what they were answered. Three disciplines are held to what each promises, and two that a command must
//! not follow show that the checker sees what they lose. `QIAO_ISOLATION_COMMANDS` says how many commands.

use std::sync::Mutex;

use adya::{History, Opts, Report, Valid, Workload, check};
use kernel::{Ctx, Request};
use serde_json::{Value as Json, json};
use store::testing::TestDatabase;
use store::{Answer, Fail, Job, Lock, NoAnswer, Query, ReadTx, Statement, StorageError, Store, Tx};
use type_safe_id::TypeSafeId;

use crate::ctx;

const CLIENTS: u64 = 8;
/// Lists that are in use at once. All go out of use together, so that they stay short.
const HOT: u64 = 4;
const COMMANDS_OF_A_LIST: u64 = 48;

kernel::reject_table! {
    TOO_LATE: Conflict, "too_late", "Somebody else was first.", "Try again.";
}

static CREATE: Statement = statement(
    "CREATE TABLE list (id BYTEA NOT NULL PRIMARY KEY, elements TEXT NOT NULL, version BIGINT NOT NULL)",
);
static INSERT: Statement = statement("INSERT INTO list (id, elements, version) VALUES ($1, '', 0)");
static READ: Statement = statement("SELECT elements, version FROM list WHERE id = $1");
static APPEND: Statement =
    statement("UPDATE list SET elements = elements || $1, version = version + 1 WHERE id = $2");
static REPLACE_IF: Statement =
    statement("UPDATE list SET elements = $1, version = version + 1 WHERE id = $2 AND version = $3");
static REPLACE: Statement = statement("UPDATE list SET elements = $1, version = version + 1 WHERE id = $2");

const fn statement(text: &'static str) -> Statement {
    Statement {
        text,
        place: "isolation",
    }
}

/// How a command appends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Discipline {
    /// Names every row that it rests on, which the lane locks first.
    Locked,
    /// One update that carries its own condition: the version that was read.
    Guarded,
    /// One update that needs no condition.
    InPlace,
    /// A control: looks first, and writes what follows from that without a guard.
    LookThenWrite,
}

/// One step of a command.
#[derive(Clone, Copy)]
struct Step {
    list: u64,
    /// What to append; to be read otherwise.
    append: Option<i64>,
}

impl Step {
    fn id(self) -> [u8; 16] {
        u128::from(self.list).to_be_bytes()
    }

    fn to_json(self, seen: Option<&[i64]>) -> Json {
        match self.append {
            Some(element) => json!(["append", self.list, element]),
            None => json!(["r", self.list, seen]),
        }
    }
}

fn commands() -> u64 {
    let said = std::env::var("QIAO_ISOLATION_COMMANDS");
    said.map_or(2_000, |commands| commands.parse().expect("a number"))
}

/// Numbers that look random and follow from the seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) % end
    }

    /// One to four steps on the lists that are in use.
    fn steps(&mut self, number: u64) -> Vec<Step> {
        let first = number / COMMANDS_OF_A_LIST * HOT;
        let count = 1 + self.below(4);
        let step = |n| Step {
            list: first + self.below(HOT),
            append: (self.below(2) == 0).then(|| (number * 4 + n) as i64),
        };
        (0..count).map(step).collect()
    }
}

fn read(tx: &mut ReadTx, step: Step) -> Result<(String, i64), StorageError> {
    let row = tx.one(Query::new(&READ, vec![step.id().into()]))?;
    let mut row = row.ok_or_else(|| StorageError::bug("no such list"))?;
    Ok((row.take()?, row.take()?))
}

fn elements(text: &str) -> Vec<i64> {
    text.split_terminator(',')
        .map(|element| element.parse().expect("a number"))
        .collect()
}

/// The command: its answer is what each step saw.
fn command(tx: &mut Tx, steps: &[Step], discipline: Discipline) -> Result<String, Fail> {
    let mut seen = Vec::new();
    for step in steps {
        let Some(element) = step.append else {
            seen.push(Some(elements(&read(tx, *step)?.0)));
            continue;
        };
        seen.push(None);
        let id = step.id().into();
        let written = match discipline {
            Discipline::Locked | Discipline::InPlace => {
                tx.claim(Query::new(&APPEND, vec![format!("{element},").into(), id]))?
            }
            Discipline::Guarded => {
                let (before, version) = read(tx, *step)?;
                let after = format!("{before}{element},");
                tx.claim(Query::new(&REPLACE_IF, vec![after.into(), id, version.into()]))?
            }
            Discipline::LookThenWrite => {
                let after = format!("{}{element},", read(tx, *step)?.0);
                tx.claim(Query::new(&REPLACE, vec![after.into(), id]))?
            }
        };
        if written == 0 {
            return Err(TOO_LATE.plain().into());
        }
    }
    serde_json::to_string(&seen).map_err(|error| StorageError::bug(error.to_string()).into())
}

fn run(store: &Store, ctx: Ctx, steps: Vec<Step>, discipline: Discipline) -> Result<Answer, NoAnswer> {
    // What only reads asks a reader, as a page of the API does.
    if steps.iter().all(|step| step.append.is_none()) {
        let found = store.read_blocking(move |tx| {
            let seen: Result<Vec<_>, _> = steps.iter().map(|step| read(tx, *step)).collect();
            Ok(seen?
                .into_iter()
                .map(|(text, _)| Some(elements(&text)))
                .collect::<Vec<_>>())
        });
        let found = found.expect("a reader answers");
        return Ok(Answer::Done(serde_json::to_string(&found).expect("JSON")));
    }
    let lane: TypeSafeId<Request> = ctx.request;
    let locks: Vec<Lock> = match discipline {
        Discipline::Locked => steps
            .iter()
            .map(|step| Lock {
                table: "list",
                id: step.id(),
            })
            .collect(),
        Discipline::Guarded | Discipline::InPlace | Discipline::LookThenWrite => Vec::new(),
    };
    let job = Job::new("isolation", lane, ctx, move |tx, _| {
        command(tx, &steps, discipline)
    });
    store.submit_blocking(job.locking(locks))
}

/// Runs the commands from several clients at once and gives what happened, in the order in which it did.
fn history(stores: &[Store], discipline: Discipline) -> String {
    let lines = Mutex::new(Vec::new());
    let record = |kind: &str, process: u64, steps: &[Step], seen: &[Option<Vec<i64>>]| {
        let seen = (0..steps.len()).map(|n| seen.get(n).and_then(Option::as_deref));
        let value: Vec<Json> = steps
            .iter()
            .zip(seen)
            .map(|(step, seen)| step.to_json(seen))
            .collect();
        let line = json!({ "type": kind, "process": process, "value": value }).to_string();
        lines.lock().expect("no panic").push(line);
    };
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (store, record) = (&stores[client as usize % stores.len()], &record);
            scope.spawn(move || {
                let mut dice = Dice(client);
                for turn in 0..commands() / CLIENTS {
                    let number = turn * CLIENTS + client;
                    let steps = dice.steps(number);
                    record("invoke", client, &steps, &[]);
                    match run(store, ctx(1_000_000 + number), steps.clone(), discipline) {
                        Ok(Answer::Done(seen)) => {
                            let seen: Vec<Option<Vec<i64>>> = serde_json::from_str(&seen).expect("JSON");
                            record("ok", client, &steps, &seen);
                        }
                        Ok(Answer::Rejected(_)) | Err(NoAnswer::Busy) => record("fail", client, &steps, &[]),
                        Err(lost) => panic!("{lost}"),
                    }
                }
            });
        }
    });
    lines.into_inner().expect("no panic").join("\n")
}

/// Two stores on PostgreSQL stand for two servers.
fn judge(database: &TestDatabase, discipline: Discipline, level: &str) -> Report {
    let count = if database.url.starts_with("sqlite") { 1 } else { 2 };
    let stores: Vec<Store> = (0..count).map(|_| database.open()).collect();
    let made = stores[0].run_blocking("create", crate::bucket_id(1), ctx(1), |tx, _| {
        Ok(tx.tell_rows(Query::new(&CREATE, Vec::new()), 0)?)
    });
    assert_eq!(made, Ok(Ok(())));
    let lists = (commands() / COMMANDS_OF_A_LIST + 1) * HOT;
    for first in (0..lists).step_by(1_000) {
        let made = stores[0].run_blocking("fill", crate::bucket_id(1), ctx(2 + first), move |tx, _| {
            for list in first..lists.min(first + 1_000) {
                let id = Step { list, append: None }.id();
                tx.tell(Query::new(&INSERT, vec![id.into()]))?;
            }
            Ok(())
        });
        assert_eq!(made, Ok(Ok(())));
    }
    let history = History::from_json(&history(&stores, discipline)).expect("a history");
    stores.into_iter().for_each(Store::close);
    let opts = Opts {
        models: vec![level.to_owned()],
        ..Opts::default()
    };
    check(&history, Workload::ListAppend, &opts)
}

#[track_caller]
fn assert_keeps(database: &TestDatabase, discipline: Discipline, level: &str) {
    let report = judge(database, discipline, level);
    let found = || {
        report
            .anomalies
            .values()
            .flatten()
            .map(|anomaly| &anomaly.explanation)
    };
    assert_eq!(
        report.valid,
        Valid::True,
        "{discipline:?} is not {level}: {:?}\n{:?}",
        report.anomaly_types,
        found().next()
    );
}

#[test]
fn on_sqlite_every_command_stands_alone() {
    for discipline in [
        Discipline::InPlace,
        Discipline::Guarded,
        Discipline::LookThenWrite,
    ] {
        assert_keeps(&TestDatabase::sqlite(), discipline, "strict-serializable");
    }
}

#[test]
fn on_postgresql_commands_that_name_their_rows_stand_alone() {
    assert_keeps(
        &TestDatabase::postgres(),
        Discipline::Locked,
        "strict-serializable",
    );
}

#[test]
fn on_postgresql_a_guarded_update_loses_nothing() {
    assert_keeps(&TestDatabase::postgres(), Discipline::Guarded, "read-committed");
    assert_keeps(&TestDatabase::postgres(), Discipline::InPlace, "read-committed");
}

/// The control of the guards: without them appends are lost, and the checker says so.
#[test]
fn looking_first_and_writing_then_is_seen_to_lose_updates() {
    let report = judge(
        &TestDatabase::postgres(),
        Discipline::LookThenWrite,
        "read-committed",
    );
    assert_eq!(report.valid, Valid::False);
    assert!(
        report.anomalies.contains_key("incompatible-order"),
        "{:?}",
        report.anomaly_types
    );
}

/// The control of the locks: without them commands see halves of each other.
#[test]
fn unlocked_commands_are_seen_not_to_stand_alone() {
    let report = judge(&TestDatabase::postgres(), Discipline::InPlace, "serializable");
    assert_eq!(report.valid, Valid::False);
}
