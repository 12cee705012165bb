//! Hides the reviews of visits that were taken back: listens for undone and refunded redemptions. The
//! cursor lies in the database, so any node goes on where another stopped; hiding twice is hiding once.

use consume::{RedemptionRefunded, RedemptionUndone};
use feedback::HideForRefund;
use http::{App, shell};
use kernel::{Actor, Ctx, RequestId};
use store::{Cursor, EventBody, Fail, Lock, PARTITIONS, Partition, StoredEvent, Tx};

use super::text;

const CONSUMER: &str = "reviews";
const AT_ONCE: i64 = 500;

/// Takes in the next events of every partition. Gives how many there were.
pub async fn step(app: App) -> Result<usize, String> {
    let behind = app.store.read(|read| {
        let (heads, cursor) = (StoredEvent::heads(read)?, StoredEvent::cursor(read, CONSUMER)?);
        let done = |partition: &Partition| cursor.get(partition).copied().unwrap_or(0);
        let behind = (0..PARTITIONS).filter(|p| heads.get(p).is_some_and(|head| *head > done(p)));
        Ok(behind
            .map(|partition| (partition, done(&partition)))
            .collect::<Vec<_>>())
    });
    let (mut taken, mut reached) = (0, Cursor::new());
    for (partition, after) in behind.await.map_err(text)? {
        let events = app
            .store
            .read(move |read| Ok(StoredEvent::after(read, partition, after, AT_ONCE)?));
        for event in events.await.map_err(text)? {
            take_in(&app, &event).await?;
            reached.insert(partition, event.seq);
            taken += 1;
        }
    }
    if taken > 0 {
        let advance = move |tx: &mut Tx, _: &Ctx| {
            let mut reached = reached.iter();
            Ok(reached
                .try_for_each(|(partition, seq)| StoredEvent::advance(tx, CONSUMER, *partition, *seq))?)
        };
        run(&app, "advanceReviews", Vec::new(), advance).await?;
    }
    Ok(taken)
}

async fn take_in(app: &App, event: &StoredEvent) -> Result<(), String> {
    if ![RedemptionRefunded::TYPE, RedemptionUndone::TYPE].contains(&event.kind.as_str()) {
        return Ok(());
    }
    let cmd = HideForRefund {
        redemption: event.subject(),
    };
    let locks = cmd.locks();
    run(app, "hideForRefund", locks, move |tx, ctx| {
        feedback::hide_for_refund(tx, ctx, &cmd).map(drop)
    })
    .await
}

async fn run(
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
