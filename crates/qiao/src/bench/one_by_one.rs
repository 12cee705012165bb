//! What a hot row costs: the same commands in one transaction each, from sixteen connections and without HTTP; and from
//! two servers on one database.

use std::time::Duration;

use http::shell;
use kernel::{Request, TypeSafeId};
use store::{Rejected, Settings, Store, partition_of};
use uuid::Uuid;

use super::load::Worker;
use super::market::Visitor;
use super::orders;
use super::stage::Stage;
use crate::serve::Failure;

const CONNECTIONS: usize = 16;

/// A key whose commands one lane runs.
pub type Lane = TypeSafeId<Request>;

/// Pieces of work a second when some workers work at one server, and others at another on the same database.
pub fn from_two_servers<W: Worker + Send + 'static>(
    (one, ours): (&Stage, &mut Vec<W>),
    (other, theirs): (&Stage, &mut Vec<W>),
    duration: Duration,
) -> Result<f64, Failure> {
    let rate = |stage: &Stage, workers: &mut Vec<W>| {
        let measured = orders::drive(stage, workers, duration);
        measured
            .map(|measured| measured.finding.rate())
            .map_err(|error| error.to_string())
    };
    std::thread::scope(|scope| {
        let theirs = scope.spawn(|| rate(other, theirs));
        let ours = rate(one, ours)?;
        let theirs = theirs
            .join()
            .unwrap_or_else(|_| Err("a thread panicked".into()))?;
        Ok(ours + theirs)
    })
}

/// Pieces of work a second when each command of a piece is a transaction of its own, for one visitor after the other.
/// Every connection has one lane and one thread that uses it, so a batch is never more than one command.
pub fn one_by_one(
    url: &str,
    visitors: &[Visitor],
    duration: Duration,
    piece: impl Fn(&Store, Lane, &Visitor) -> Result<(), Failure> + Sync,
) -> Result<f64, Failure> {
    let store = Store::open(&Settings {
        lanes: CONNECTIONS,
        readers: 1,
        ..Settings::new(url)
    })?;
    let started = shell::instant();
    let count = |n: usize| -> Result<u64, String> {
        let lane = lane(n);
        let visitors = visitors.iter().cycle().skip(n).step_by(CONNECTIONS);
        let mut done = 0;
        for visitor in visitors.take_while(|_| started.elapsed() < duration) {
            piece(&store, lane, visitor).map_err(|error| error.to_string())?;
            done += 1;
        }
        Ok(done)
    };
    let done: Result<Vec<u64>, String> = std::thread::scope(|scope| {
        let count = &count;
        let running: Vec<_> = (0..CONNECTIONS).map(|n| scope.spawn(move || count(n))).collect();
        running
            .into_iter()
            .map(|one| one.join().unwrap_or_else(|_| Err("a thread panicked".into())))
            .collect()
    });
    let seconds = started.elapsed().as_secs_f64();
    store.close();
    Ok(done?.iter().sum::<u64>() as f64 / seconds)
}

/// Some key whose commands run in lane `n`.
fn lane(n: usize) -> Lane {
    let fits = |key: &u128| usize::from(partition_of(key.to_be_bytes())) % CONNECTIONS == n;
    let key = (1..).find(fits).unwrap_or_default();
    TypeSafeId::from_uuid(Uuid::from_u128(key))
}

/// What an accepted command answered.
pub fn accepted<T>(answer: Result<T, Rejected>) -> Result<T, Failure> {
    answer.map_err(|rejected| format!("{}: {}", rejected.code, rejected.detail).into())
}
