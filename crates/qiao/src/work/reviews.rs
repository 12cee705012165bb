//! Hides the reviews of visits that were taken back: listens for undone and refunded redemptions. Hiding
//! twice is hiding once.

use consume::{RedemptionRefunded, RedemptionUndone};
use feedback::HideForRefund;
use http::App;
use store::{EventBody, StoredEvent};

use super::follow::{follow, run};

/// Whose cursor it moves.
pub const CONSUMER: &str = "reviews";

/// Takes in the next events. Gives how many there were.
pub async fn step(app: App) -> Result<usize, String> {
    follow(&app, CONSUMER, hide).await
}

async fn hide(app: App, events: Vec<StoredEvent>) -> Result<(), String> {
    let takes_back = [RedemptionRefunded::TYPE, RedemptionUndone::TYPE];
    for event in events
        .iter()
        .filter(|event| takes_back.contains(&event.kind.as_str()))
    {
        let cmd = HideForRefund {
            redemption: event.subject(),
        };
        let locks = cmd.locks();
        run(&app, "hideForRefund", locks, move |tx, ctx| {
            feedback::hide_for_refund(tx, ctx, &cmd).map(drop)
        })
        .await?;
    }
    Ok(())
}
