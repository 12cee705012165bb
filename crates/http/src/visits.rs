//! Visits on their way to the database: gathered in memory and written in batches. They are frequent and
//! may be lost: what does not fit, and what waits when the program ends, is dropped and counted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use channel::{MAX_VISITS, RecordVisits, Visit};
use kernel::Actor;
use store::NoAnswer;

use crate::app::{App, AppState};
use crate::shell;

/// Visits that may wait; further ones are dropped.
const MAX_WAITING: usize = 10 * MAX_VISITS;

/// How long visits gather before they are written.
const GATHERED: Duration = Duration::from_secs(1);

/// Visits that wait to be written.
#[derive(Debug, Default)]
pub struct VisitBuffer(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    visits: VecDeque<Visit>,
    /// Whether a task is about to write them.
    claimed: bool,
}

impl VisitBuffer {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Adds a visit, unless too many wait. Whether the caller has to see to it that they are written.
    fn push(&self, visit: Visit) -> bool {
        let mut waiting = self.waiting();
        if waiting.visits.len() >= MAX_WAITING {
            metrics::counter!("visits_dropped").increment(1);
            return false;
        }
        waiting.visits.push_back(visit);
        !std::mem::replace(&mut waiting.claimed, true)
    }

    /// The next batch. Without one, the next visit needs a new writer.
    fn take(&self) -> Vec<Visit> {
        let mut waiting = self.waiting();
        let count = waiting.visits.len().min(MAX_VISITS);
        waiting.claimed = count > 0;
        waiting.visits.drain(..count).collect()
    }

    /// A batch that was not written, as far as there is room again.
    fn put_back(&self, visits: Vec<Visit>) {
        let mut waiting = self.waiting();
        let room = MAX_WAITING.saturating_sub(waiting.visits.len());
        let dropped = visits.len().saturating_sub(room);
        metrics::counter!("visits_dropped").increment(dropped as u64);
        for visit in visits.into_iter().skip(dropped).rev() {
            waiting.visits.push_front(visit);
        }
    }
}

/// Takes a visit in; it is written within about a second.
pub fn take_in(app: &App, visit: Visit) {
    if !app.visits.push(visit) {
        return;
    }
    // What waits does not keep a program alive that is stopping.
    let app = Arc::downgrade(app);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(GATHERED).await;
            match app.upgrade() {
                Some(app) if !flush_visits(&app).await => {}
                Some(_) | None => return,
            }
        }
    });
}

/// Writes what waits, batch by batch; a program that stops may call it once more. Whether nothing waits
/// any more.
pub async fn flush_visits(app: &AppState) -> bool {
    loop {
        let visits = app.visits.take();
        if visits.is_empty() {
            return true;
        }
        let cmd = RecordVisits {
            visits: visits.clone(),
        };
        let ctx = shell::ctx(Actor::System);
        let lane = ctx.request;
        let written = app.store.run("recordVisits", lane, ctx, move |tx, ctx| {
            channel::record_visits(tx, ctx, &cmd)
        });
        match written.await {
            Ok(Ok(_)) => {}
            Err(NoAnswer::Busy) => {
                app.visits.put_back(visits);
                return false;
            }
            // A second try could count visits twice.
            Ok(Err(_)) | Err(NoAnswer::Unknown | NoAnswer::Broken(_)) => {
                metrics::counter!("visits_dropped").increment(visits.len() as u64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{EntryId, Timestamp};

    use super::*;

    fn visit(n: i64) -> Visit {
        Visit {
            entry: EntryId::from_uuid(uuid::Uuid::nil()),
            offer: None,
            at: Timestamp(n),
        }
    }

    fn times(visits: &[Visit]) -> Vec<i64> {
        visits.iter().map(|visit| visit.at.0).collect()
    }

    #[test]
    fn one_writer_is_asked_for_until_nothing_waits() {
        let buffer = VisitBuffer::default();
        assert!(buffer.push(visit(1)));
        assert!(!buffer.push(visit(2)));
        assert_eq!(times(&buffer.take()), [1, 2]);
        assert!(!buffer.push(visit(3)), "the writer is still at work");
        assert_eq!(times(&buffer.take()), [3]);
        assert!(buffer.take().is_empty());
        assert!(buffer.push(visit(4)), "the writer has gone home");
    }

    #[test]
    fn what_waits_is_bounded_and_leaves_in_batches() {
        let buffer = VisitBuffer::default();
        for n in 0..MAX_WAITING as i64 + 5 {
            buffer.push(visit(n));
        }
        let batch = buffer.take();
        assert_eq!((batch.len(), batch[0].at.0), (MAX_VISITS, 0));
        buffer.put_back(batch);
        assert_eq!(buffer.waiting().visits.len(), MAX_WAITING);
        let first = buffer.take();
        assert_eq!(
            times(&first[..2]),
            [0, 1],
            "a batch that comes back keeps its place"
        );
        for n in 0..MAX_VISITS as i64 - 1 {
            buffer.push(visit(n));
        }
        buffer.put_back(first);
        assert_eq!(
            buffer.waiting().visits.len(),
            MAX_WAITING,
            "what has no room is dropped"
        );
    }
}
