//! Follows the event log for a worker whose cursor lies in the database, so that any node goes on where another
//! stopped. What is taken in twice must have its effect once.

use std::sync::Arc;

use http::{App, shell};
use kernel::{Actor, Ctx, RequestId};
use store::{Cursor, Fail, Lock, StoredEvent, Tx};

use super::text;

const AT_ONCE: i64 = 500;

/// Gives the next events of every partition to `take_in`, then moves the cursor of `consumer`. Gives how many there
/// were.
pub async fn follow<F: Future<Output = Result<(), String>>>(
    app: &App,
    consumer: &'static str,
    take_in: impl Fn(App, Vec<StoredEvent>) -> F,
) -> Result<usize, String> {
    let behind = app
        .store
        .read(move |read| Ok(StoredEvent::behind(read, consumer)?));
    let (mut taken, mut reached) = (0, Cursor::new());
    for (partition, after) in behind.await.map_err(text)? {
        let events = app
            .store
            .read(move |read| Ok(StoredEvent::after(read, partition, after, AT_ONCE)?));
        let events = events.await.map_err(text)?;
        let Some(last) = events.last() else { continue };
        reached.insert(partition, last.seq);
        taken += events.len();
        take_in(Arc::clone(app), events).await?;
    }
    if taken > 0 {
        let advance = move |tx: &mut Tx, _: &Ctx| {
            let mut reached = reached.iter();
            Ok(reached
                .try_for_each(|(partition, seq)| StoredEvent::advance(tx, consumer, *partition, *seq))?)
        };
        run(app, "advanceCursor", Vec::new(), advance).await?;
    }
    Ok(taken)
}

/// Runs a command of Qiao's own.
pub async fn run(
    app: &App,
    name: &'static str,
    locks: Vec<Lock>,
    command: impl Fn(&mut Tx, &Ctx) -> Result<(), Fail> + Send + 'static,
) -> Result<(), String> {
    let ctx = shell::ctx(Actor::System);
    let lane: RequestId = ctx.request;
    let job = store::Job::new(name, lane, ctx, move |tx, ctx| {
        command(tx, ctx).map(|()| String::new())
    });
    match app
        .store
        .submit(job.locking(locks))
        .await
        .map_err(|error| error.to_string())?
    {
        store::Answer::Done(_) => Ok(()),
        store::Answer::Rejected(rejected) => Err(format!("{name}: {}", rejected.detail)),
    }
}
