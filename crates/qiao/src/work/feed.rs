//! Keeps the search index up with the event log. The cursor lies inside the index's own commit, so after
//! any stop the index goes on exactly where it was.

use std::sync::Arc;

use attract::feed::{Step, changes, next_step};
use http::{App, shell};
use kernel::OfferId;
use store::StoredEvent;

use super::text;

const OFFERS_AT_ONCE: i64 = 500;

/// Below so many events of every partition a step waits for more: each one is a commit of the index.
const WORTH_GOING_ON: i64 = 200;

/// Takes in the next events. Gives how many there were if there may be many more, else 0.
pub async fn step(app: App) -> Result<usize, String> {
    let Advance { events, most } = advance(&app).await?;
    Ok(if most < WORTH_GOING_ON { 0 } else { events })
}

/// How many events a step took in: altogether, and of the partition that had the most.
struct Advance {
    events: usize,
    most: i64,
}

async fn advance(app: &App) -> Result<Advance, String> {
    let before = app.search.cursors().map_err(|error| error.to_string())?;
    let (cursors, now) = (before.clone(), shell::now());
    let step = app
        .store
        .read(move |read| next_step(read, &cursors, now))
        .await
        .map_err(text)?;
    // Numbers have no gaps.
    let of_partition = |(part, seq): (&store::Partition, &i64)| seq - before.get(part).copied().unwrap_or(0);
    let taken: Vec<i64> = step.cursors.iter().map(of_partition).collect();
    apply(app, step).await?;
    let events = usize::try_from(taken.iter().sum::<i64>()).unwrap_or(usize::MAX);
    Ok(Advance {
        events,
        most: taken.into_iter().max().unwrap_or(0),
    })
}

/// Takes in everything that there is. An index that is empty is built from the offers themselves.
pub async fn catch_up(app: &App) -> Result<(), String> {
    if app
        .search
        .cursors()
        .map_err(|error| error.to_string())?
        .is_empty()
    {
        rebuild(app).await?;
    }
    while advance(app).await?.events > 0 {}
    Ok(())
}

/// Empties the index and builds it from the offers as they are now.
pub async fn rebuild(app: &App) -> Result<(), String> {
    app.search.clear().map_err(|error| error.to_string())?;
    // Taken first: what happens while we read is then read again from the log.
    let cursors = app
        .store
        .read(|read| Ok(StoredEvent::heads(read)?))
        .await
        .map_err(text)?;
    let now = shell::now();
    let mut after: Option<OfferId> = None;
    loop {
        let chunk = app.store.read(move |read| {
            let offers = offer::queries::offer_ids(read, after, OFFERS_AT_ONCE)?;
            Ok((offers.last().copied(), changes(read, offers, now)?))
        });
        let (last, changes) = chunk.await.map_err(text)?;
        let Some(last) = last else { break };
        after = Some(last);
        apply(
            app,
            Step {
                changes,
                cursors: Default::default(),
            },
        )
        .await?;
    }
    apply(
        app,
        Step {
            changes: Vec::new(),
            cursors,
        },
    )
    .await
    .map(drop)
}

async fn apply(app: &App, step: Step) -> Result<usize, String> {
    let moved = step.changes.len() + step.cursors.len();
    if moved == 0 {
        return Ok(0);
    }
    let search = Arc::clone(&app.search);
    let applied = tokio::task::spawn_blocking(move || search.apply(&step.changes, &step.cursors)).await;
    applied
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())?;
    Ok(moved)
}
