//! Forgets what is only kept for a while: answers under idempotency keys and ended sessions.

use http::{App, shell};
use kernel::{Actor, RequestId};

const CHUNK: i64 = 500;

/// Forgets a chunk of each. Gives how many rows.
pub async fn step(app: App) -> Result<usize, String> {
    let ctx = shell::ctx(Actor::System);
    let lane: RequestId = ctx.request;
    let pruned = app.store.run("prune", lane, ctx, |tx, ctx| {
        let answers = store::prune_idempotency(tx, ctx.now, CHUNK)?;
        let sessions = party::prune_sessions(tx, ctx, ctx.now, CHUNK)?;
        Ok(answers + sessions)
    });
    let pruned = pruned.await.map_err(|error| error.to_string())?;
    pruned
        .map(|rows| rows as usize)
        .map_err(|rejected| rejected.detail)
}
