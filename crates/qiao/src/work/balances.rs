//! Carries the journal's entries forward into the balances of their accounts.

use http::{App, shell};
use kernel::{Actor, RequestId};

use super::text;

/// Carries a chunk forward. Gives how many entries that were if there may be many more, else 0.
pub async fn step(app: App) -> Result<usize, String> {
    let has_uncarried = app.store.read(ledger::queries::has_uncarried).await;
    if !has_uncarried.map_err(text)? {
        return Ok(0);
    }
    let ctx = shell::ctx(Actor::System);
    let lane: RequestId = ctx.request;
    let carried = app.store.run("carryForward", lane, ctx, ledger::carry_forward);
    let carried = carried.await.map_err(|error| error.to_string())?;
    let entries = carried.map_err(|rejected| rejected.detail)?;
    Ok(if entries < ledger::ENTRIES_AT_ONCE {
        0
    } else {
        entries as usize
    })
}
