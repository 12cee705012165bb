//! Offers what has become free to those who wait for it. Whoever is offered a place has it held, so that the same news
//! twice is one offer.

use consume::OfferPlace;
use http::{App, shell};
use store::StoredEvent;

use super::follow::{follow, run};
use super::text;

/// Takes in the next events. Gives how many there were.
pub async fn step(app: App) -> Result<usize, String> {
    follow(&app, OfferPlace::CONSUMER, offer).await
}

async fn offer(app: App, events: Vec<StoredEvent>) -> Result<(), String> {
    let now = shell::now();
    let called_for = app
        .store
        .read(move |read| OfferPlace::called_for(read, &events, now));
    for cmd in called_for.await.map_err(text)? {
        run(&app, "offerPlace", Vec::new(), move |tx, ctx| {
            consume::offer_place(tx, ctx, &cmd).map(drop)
        })
        .await?;
    }
    Ok(())
}
