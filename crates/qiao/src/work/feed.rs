//! Keeps the search index up with the event log. The cursor lies inside the index's own commit, so after
//! any stop the index goes on exactly where it was.

use std::sync::Arc;

use attract::feed::{changes, next_step};
use attract::{Change, Cursors};
use http::{App, shell};
use kernel::OfferId;
use store::StoredEvent;

use super::text;

/// How many offers a commit of the index takes when it is built.
const OFFERS_AT_ONCE: i64 = 5_000;
/// How many are read in one transaction, which has only so many statements: each may be sold in 200 stores.
const OFFERS_IN_ONE_READ: usize = 10;

/// Takes in the next events. Gives 1 if there may be many more, else 0: each step is a commit of the index, so that
/// a few wait for others.
pub async fn step(app: App) -> Result<usize, String> {
    advance(&app).await.map(usize::from)
}

/// Whether there may be many more.
async fn advance(app: &App) -> Result<bool, String> {
    let cursors = app.search.cursors().map_err(|error| error.to_string())?;
    let step = app
        .store
        .read(move |read| next_step(read, &cursors))
        .await
        .map_err(text)?;
    let offers: Vec<OfferId> = step.offers.into_iter().collect();
    apply(app, changes_of(app, &offers).await?, step.cursors).await?;
    Ok(step.has_more)
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
    while advance(app).await? {}
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
    let mut after: Option<OfferId> = None;
    loop {
        let offers = app
            .store
            .read(move |read| offer::queries::offer_ids(read, after, OFFERS_AT_ONCE))
            .await
            .map_err(text)?;
        let Some(last) = offers.last() else { break };
        after = Some(*last);
        apply(app, changes_of(app, &offers).await?, Cursors::new()).await?;
    }
    apply(app, Vec::new(), cursors).await
}

/// What the index should hold of these offers.
async fn changes_of(app: &App, offers: &[OfferId]) -> Result<Vec<Change>, String> {
    let now = shell::now();
    let mut found = Vec::new();
    for some in offers.chunks(OFFERS_IN_ONE_READ) {
        let some = some.to_vec();
        let read = app
            .store
            .read(move |read| changes(read, some.iter().copied(), now));
        found.extend(read.await.map_err(text)?);
    }
    Ok(found)
}

async fn apply(app: &App, changes: Vec<Change>, cursors: Cursors) -> Result<(), String> {
    let search = Arc::clone(&app.search);
    let applied = tokio::task::spawn_blocking(move || match changes.is_empty() && cursors.is_empty() {
        true => search.refresh(),
        false => search.apply(&changes, &cursors),
    });
    let applied = applied.await;
    applied
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())
}
