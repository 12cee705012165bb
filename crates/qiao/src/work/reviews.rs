//! Hides the reviews of visits that were taken back: listens for undone and refunded redemptions. Hiding
//! twice is hiding once.

use feedback::HideForRefund;
use http::App;
use store::StoredEvent;

use super::follow::{follow, run};

/// Takes in the next events. Gives how many there were.
pub async fn step(app: App) -> Result<usize, String> {
    follow(&app, HideForRefund::CONSUMER, hide).await
}

async fn hide(app: App, events: Vec<StoredEvent>) -> Result<(), String> {
    for cmd in events.iter().filter_map(HideForRefund::called_for) {
        let locks = cmd.locks();
        run(&app, "hideForRefund", locks, move |tx, ctx| {
            feedback::hide_for_refund(tx, ctx, &cmd).map(drop)
        })
        .await?;
    }
    Ok(())
}
