//! Follows the event log for a worker whose cursor lies in the database, so that any node goes on where another
//! stopped. What is taken in twice must have its effect once.

use std::sync::Arc;

use http::{App, shell};
use kernel::{Actor, Ctx, RequestId};
use store::{Fail, Lock, StoredEvent, Tx};

use super::text;

/// Of one partition.
const AT_ONCE: i64 = 100;

/// Gives the next events of every partition to `take_in`, then moves the cursor of `consumer`. Gives how many there
/// were.
pub async fn follow<F: Future<Output = Result<(), String>>>(
    app: &App,
    consumer: &'static str,
    take_in: impl Fn(App, Vec<StoredEvent>) -> F,
) -> Result<usize, String> {
    let unread = app
        .store
        .read(move |read| Ok(StoredEvent::unread(read, consumer, AT_ONCE)?));
    let (events, reached) = unread.await.map_err(text)?;
    let taken = events.len();
    if taken > 0 {
        take_in(Arc::clone(app), events).await?;
        let advance = move |tx: &mut Tx, _: &Ctx| Ok(StoredEvent::advance(tx, consumer, &reached)?);
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
