//! Tells people what became of their orders, vouchers, refunds, rebates, reviews and questions: writes a message for each
//! event that is news to somebody. The same news twice is one message.

use http::App;
use retain::WriteMessages;
use store::StoredEvent;

use super::follow::{follow, run};
use super::text;

/// Takes in the next events. Gives how many there were.
pub async fn step(app: App) -> Result<usize, String> {
    follow(&app, WriteMessages::CONSUMER, tell).await
}

async fn tell(app: App, events: Vec<StoredEvent>) -> Result<(), String> {
    let found = app.store.read(move |read| WriteMessages::about(read, &events));
    let cmd = found.await.map_err(text)?;
    if cmd.messages.is_empty() {
        return Ok(());
    }
    run(&app, "writeMessages", Vec::new(), move |tx, ctx| {
        retain::write_messages(tx, ctx, &cmd).map(drop)
    })
    .await
}
