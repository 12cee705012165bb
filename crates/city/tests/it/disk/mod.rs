//! A life on a disk of which everything is written down: a process of its own lives it with `preload.c` under it.
//! What the disk would hold after a power loss is [`model`]'s; what must be on it then, [`crate::power`]'s.

pub mod model;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use city::run::{Engines, RunSettings, run_seed};
use tempfile::TempDir;

/// How a life is asked for, from the process that is to live it.
const LIFE: &str = "QIAO_TEST_LIFE";
const JOURNAL: &str = "journal";
/// One life in so many has the whole loop in few steps.
const LIVES_AT_MOST: u64 = 100;

/// Something that happened to the disk. Files are numbered; one that is made anew is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Create {
        file: u32,
        name: String,
    },
    Write {
        file: u32,
        offset: usize,
        data: Vec<u8>,
    },
    Truncate {
        file: u32,
        length: usize,
    },
    Unlink {
        name: String,
    },
    Sync {
        file: u32,
    },
    /// What was to be synced may have reached the disk or not, and nobody will try again.
    SyncFailed {
        file: u32,
    },
    SyncFolder,
    /// The first request is about to be sent.
    Begun,
    /// The client of the life was told something: a line of the journal.
    Answered {
        line: String,
    },
}

/// What is to go wrong with the disk: so many calls of a kind, from this one on.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// `sync` or `write`.
    pub kind: &'static str,
    pub first: u32,
    pub count: u32,
}

/// A folder in memory, where there is one: what is durable is decided by the model.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// Lives a life and gives what happened to the disk meanwhile. Simulated crashes and a failing disk are for
/// different lives.
pub fn record(seed: u64, steps: u32, fault: Option<Fault>) -> Vec<Event> {
    let (home, notes) = (folder(), folder());
    let trace = notes.path().join("trace");
    let mut life = Command::new(std::env::current_exe().unwrap());
    life.args([
        "disk::a_life_on_a_watched_disk",
        "--exact",
        "--ignored",
        "--nocapture",
    ])
    .env(LIFE, format!("{seed} {steps} {}", fault.is_none()))
    .env("TMPDIR", home.path())
    .env("QIAO_DISK_FOLDER", home.path())
    .env("QIAO_DISK_TRACE", &trace)
    .env("LD_PRELOAD", preload());
    if let Some(Fault { kind, first, count }) = fault {
        life.env("QIAO_DISK_FAULT", format!("{kind} {first} {count}"));
    }
    let output = life.output().unwrap();
    let printed = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(
        output.status.success(),
        "seed {seed}, {fault:?}: {}",
        printed.concat()
    );
    events(&fs::read(trace).unwrap())
}

fn settings(engines: Engines, steps: u32, faults: bool) -> RunSettings {
    RunSettings {
        engines,
        steps,
        audit_every: 1_000,
        faults,
        shrink: false,
    }
}

/// The seed of a life in which the whole loop happens in so many steps, with faults and without.
pub fn full_life(steps: u32) -> u64 {
    let is_full = |seed: &u64| {
        [false, true].into_iter().all(|faults| {
            let lived = run_seed(*seed, &settings(Engines::Sqlite, steps, faults));
            let accepted = lived.unwrap_or_else(|d| panic!("{}", d.problem)).totals.accepted;
            ["Place", "HearPaid", "Redeem", "RefundVoucher", "HearTransfer"]
                .iter()
                .all(|command| accepted.contains_key(*command))
        })
    };
    (1..=LIVES_AT_MOST)
        .find(is_full)
        .expect("a life that has the whole loop")
}

/// The library, compiled once.
fn preload() -> &'static Path {
    static LIBRARY: OnceLock<(TempDir, std::path::PathBuf)> = OnceLock::new();
    let (_, library) = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("preload.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/disk/preload.c");
        let mut compile = Command::new("cc");
        compile
            .args(["-O2", "-shared", "-fPIC", "-o"])
            .arg(&library)
            .args([source, "-ldl"]);
        assert!(compile.status().unwrap().success());
        (folder, library)
    });
    library
}

#[test]
#[ignore = "lived by other tests, in a process of its own"]
fn a_life_on_a_watched_disk() {
    let life = std::env::var(LIFE).expect("another test says which life");
    let [seed, steps, faults] = life.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let watched = Engines::WatchedSqlite {
        journal: std::env::temp_dir().join(JOURNAL),
    };
    let settings = settings(watched, steps.parse().unwrap(), faults.parse().unwrap());
    run_seed(seed.parse().unwrap(), &settings).unwrap_or_else(|d| panic!("{}", d.problem));
}

fn events(mut trace: &[u8]) -> Vec<Event> {
    let (mut events, mut journal) = (Vec::new(), None);
    while let Some((head, rest)) = trace.split_at_checked(17) {
        let file = u32::from_le_bytes(head[1..5].try_into().unwrap());
        let offset = u64::from_le_bytes(head[5..13].try_into().unwrap()) as usize;
        let length = u32::from_le_bytes(head[13..17].try_into().unwrap()) as usize;
        let (data, rest) = rest.split_at(length);
        trace = rest;
        let name = || {
            String::from_utf8_lossy(data)
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        if head[0] == b'C' && name() == JOURNAL {
            journal = Some(file);
        }
        events.push(match head[0] {
            b'C' if journal == Some(file) => Event::Begun,
            _ if journal == Some(file) && head[0] != b'W' => continue,
            b'W' if journal == Some(file) => Event::Answered {
                line: String::from_utf8(data.to_vec()).unwrap(),
            },
            b'C' => Event::Create { file, name: name() },
            b'W' => Event::Write {
                file,
                offset,
                data: data.to_vec(),
            },
            b'T' => Event::Truncate { file, length: offset },
            b'U' => Event::Unlink { name: name() },
            b'S' => Event::Sync { file },
            b'F' => Event::SyncFailed { file },
            b'D' => Event::SyncFolder,
            kind => panic!("a record of the kind {kind}"),
        });
    }
    assert!(trace.is_empty() && journal.is_some(), "the trace is whole");
    events
}
