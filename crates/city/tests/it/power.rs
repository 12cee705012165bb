//! The power fails at any moment of a life: what was answered is there, under its key and with the same answer;
//! nothing is there by half, for the database is as it was between two commits; and it is sound. And the disk
//! fails: what is not durable is not answered, and the life goes on when the disk does.
//!
//! | variable | default | |
//! | --- | --- | --- |
//! | `QIAO_POWER_POINTS` | 400 | power losses that are tried |
//! | `QIAO_POWER_LIFE` | the first that has the whole loop | the seed of the life |
//! | `QIAO_POWER_STEPS` | 160 | requests in the life |
//! | `QIAO_POWER_SEED` | 1 | which moments and sectors |
//! | `QIAO_DISK_FAULTS` | 12 | syncs and writes that are let fail, spread over the life; `all` for every one |

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use rusqlite::{Connection, types::ValueRef};
use store::{Settings, Store};

use crate::disk::model::{Dice, Disk};
use crate::disk::{Event, Fault, folder, full_life, record};

/// After a fault the power fails so often, and within so many events.
const LOSSES_AFTER_A_FAULT: usize = 4;
const SOON: usize = 100;
/// A fault stays for so many calls: it passes at once, or lasts longer than a lane has patience.
const LASTING: [u32; 2] = [1, 60];

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

fn steps() -> u32 {
    setting("QIAO_POWER_STEPS", 160) as u32
}

fn life() -> u64 {
    std::env::var("QIAO_POWER_LIFE").map_or_else(|_| full_life(steps()), |seed| seed.parse().unwrap())
}

fn seed() -> u64 {
    setting("QIAO_POWER_SEED", 1) as u64
}

/// What a database holds after a restart.
struct Found {
    /// Of every row of every table.
    sum: u64,
    /// By actor and key: the response, or the code of the rejection.
    answers: HashMap<(String, String), [Option<String>; 2]>,
}

/// Starts Qiao on what a disk holds, and looks at what it finds.
fn restart(home: &Path) -> Found {
    let path = home.join("qiao.db");
    let settings = Settings {
        readers: 1,
        queue: 1,
        ..Settings::new(&format!("sqlite:{}", path.display()))
    };
    Store::open(&settings)
        .unwrap_or_else(|error| panic!("the database does not open: {error}"))
        .close();
    let database = Connection::open(path).unwrap();
    let verdict: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
    let broken = database
        .prepare("PRAGMA foreign_key_check")
        .unwrap()
        .exists([])
        .unwrap();
    assert!(!broken, "a row refers to one that is not there");
    Found {
        sum: sum_of(&database),
        answers: answers_in(&database),
    }
}

fn sum_of(database: &Connection) -> u64 {
    let mut tables = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .unwrap();
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut sum = DefaultHasher::new();
    for table in tables {
        let mut rows = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        table.hash(&mut sum);
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    ValueRef::Null => 0.hash(&mut sum),
                    ValueRef::Integer(n) => n.hash(&mut sum),
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.hash(&mut sum),
                    ValueRef::Real(x) => panic!("a float is stored: {x}"),
                }
            }
        }
    }
    sum.finish()
}

fn answers_in(database: &Connection) -> HashMap<(String, String), [Option<String>; 2]> {
    let text = "SELECT lower(hex(actor)), lower(hex(key)), response, json_extract(rejection, '$.code') FROM idempotency";
    let mut rows = database.prepare(text).unwrap();
    let rows = rows.query_map([], |row| {
        Ok(((row.get(0)?, row.get(1)?), [row.get(2)?, row.get(3)?]))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// A life that was recorded, and how it looked at some of its moments.
struct Past<'e> {
    /// What is told of it when it fails.
    what: String,
    events: &'e [Event],
    /// The disk after so many events.
    disk: (usize, Disk<'e>),
    sums: BTreeMap<usize, u64>,
}

impl<'e> Past<'e> {
    fn of(events: &'e [Event], what: String) -> Self {
        Self {
            what,
            events,
            disk: (0, Disk::default()),
            sums: BTreeMap::new(),
        }
    }

    /// Lets the power fail once after each of these many events, in ascending order. Gives how many answers had to
    /// be there.
    fn lose_power_at(&mut self, moments: &[usize], dice: &mut Dice) -> usize {
        let (mut disk, mut done, mut held) = (Disk::default(), 0, 0);
        for moment in moments {
            for event in &self.events[done..*moment] {
                disk.apply(event, dice);
            }
            done = *moment;
            let home = folder();
            disk.after_power_loss(home.path(), dice);
            let found = restart(home.path());
            let told = &self.events[..*moment];
            let lost: Vec<_> = told.iter().filter(|event| !found.holds(event)).collect();
            let at = format!("{}, power lost after {moment} events", self.what);
            assert!(
                lost.is_empty(),
                "{at}: {} answers are gone, as {:?}",
                lost.len(),
                lost[0]
            );
            assert!(
                self.has_been(*moment, found.sum),
                "{at}: the database is as it never was"
            );
            held += told
                .iter()
                .filter(|event| matches!(event, Event::Answered { .. }))
                .count();
        }
        held
    }

    /// Whether the database looked so between the last answer before this moment and the first one after.
    fn has_been(&mut self, moment: usize, sum: u64) -> bool {
        let is_answer = |event: &Event| matches!(event, Event::Answered { .. });
        let before = self.events[..moment]
            .iter()
            .rposition(is_answer)
            .map_or(0, |n| n + 1);
        let rest = &self.events[moment..];
        let after = moment + rest.iter().position(is_answer).map_or(rest.len(), |n| n + 1);
        let commits = |event: &Event| matches!(event, Event::Sync { .. } | Event::SyncFailed { .. });
        let between = (before..after)
            .filter(|n| commits(&self.events[*n]))
            .map(|n| n + 1);
        [before, after]
            .into_iter()
            .chain(between.collect::<Vec<_>>())
            .any(|n| self.sum_at(n) == sum)
    }

    fn sum_at(&mut self, moment: usize) -> u64 {
        if let Some(sum) = self.sums.get(&moment) {
            return *sum;
        }
        if moment < self.disk.0 {
            self.disk = (0, Disk::default());
        }
        let (done, disk) = &mut self.disk;
        // What is seen does not depend on what is durable.
        self.events[*done..moment]
            .iter()
            .for_each(|event| disk.apply(event, &mut Dice(0)));
        *done = moment;
        let home = folder();
        disk.as_seen(home.path());
        let sum = restart(home.path()).sum;
        self.sums.insert(moment, sum);
        sum
    }
}

impl Found {
    fn holds(&self, event: &Event) -> bool {
        let Event::Answered { line } = event else {
            return true;
        };
        let (actor, key, response, code): (String, String, _, _) = serde_json::from_str(line).unwrap();
        self.answers.get(&(actor, key)) == Some(&[response, code])
    }
}

/// Moments of a recording, in ascending order.
fn moments(count: usize, from: usize, until: usize, dice: &mut Dice) -> Vec<usize> {
    let mut moments: Vec<_> = (0..count).map(|_| from + dice.below(until + 1 - from)).collect();
    moments.sort_unstable();
    moments
}

#[test]
fn what_was_answered_survives_a_power_loss() {
    let (points, life) = (setting("QIAO_POWER_POINTS", 400), life());
    let events = record(life, steps(), None);
    let mut dice = Dice(seed());
    let moments = moments(points, 0, events.len(), &mut dice);
    let held = Past::of(&events, format!("life {life}")).lose_power_at(&moments, &mut dice);
    println!(
        "life {life}: {points} power losses in {} events kept {held} answers",
        events.len()
    );
}

/// The control: a disk that takes its syncs for done and does nothing.
#[test]
fn a_disk_that_only_claims_to_sync_is_seen() {
    let mut events = record(life(), steps(), None);
    events.retain(|event| !matches!(event, Event::Sync { .. }));
    let mut dice = Dice(seed());
    let moments = moments(20, events.len(), events.len(), &mut dice);
    let lost =
        std::panic::catch_unwind(move || Past::of(&events, String::new()).lose_power_at(&moments, &mut dice));
    lost.expect_err("answers are gone");
}

/// Lets calls of a kind fail, each in a life of its own, and the power soon after.
fn faults_are_survived(kind: &'static str, is_call: fn(&Event) -> bool) {
    let never = Fault {
        kind,
        first: u32::MAX,
        count: 1,
    };
    let calls_in = |events: &[Event]| {
        let begun = events.iter().position(|event| *event == Event::Begun).unwrap();
        (begun..events.len())
            .filter(|n| is_call(&events[*n]))
            .collect::<Vec<_>>()
    };
    let life = life();
    let calls = calls_in(&record(life, steps(), Some(never))).len();
    let tried = match std::env::var("QIAO_DISK_FAULTS").as_deref() {
        Ok("all") => calls,
        Ok(tried) => tried.parse().unwrap(),
        Err(_) => 12,
    };
    let mut dice = Dice(seed());
    let mut held = 0;
    for n in 0..tried {
        let share = n * calls / tried..(n + 1) * calls / tried;
        let first = share.start + dice.below(share.len());
        let fault = Fault {
            kind,
            first: first as u32 + 1,
            count: LASTING[n % 2],
        };
        let events = record(life, steps(), Some(fault));
        let failed = calls_in(&events)[first];
        let moments = moments(
            LOSSES_AFTER_A_FAULT,
            failed,
            events.len().min(failed + SOON),
            &mut dice,
        );
        held += Past::of(&events, format!("{fault:?}")).lose_power_at(&moments, &mut dice);
    }
    let losses = tried * LOSSES_AFTER_A_FAULT;
    println!("{tried} of {calls} {kind}s failed, and {losses} power losses soon after kept {held} answers");
}

#[test]
fn a_sync_that_fails_confirms_nothing() {
    faults_are_survived("sync", |event| {
        matches!(
            event,
            Event::Sync { .. } | Event::SyncFailed { .. } | Event::SyncFolder
        )
    });
}

#[test]
fn a_full_disk_takes_nothing_by_half() {
    faults_are_survived("write", |event| {
        matches!(event, Event::Write { .. } | Event::Truncate { .. })
    });
}
