//! Visits are frequent and may be lost: they are gathered and written in batches, not one by one.

use kernel::{Ctx, EntryId, OfferId, Timestamp};
use store::{Fail, Tx, sql};

use crate::reject::VISITS_TOO_MANY;

/// The most visits in one batch.
pub const MAX_VISITS: usize = 1_000;

/// Somebody came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// From where.
    pub entry: EntryId,
    /// To which offer, if to one.
    pub offer: Option<OfferId>,
    /// When.
    pub at: Timestamp,
}

/// Writes a batch of visits.
#[derive(Debug, Clone)]
pub struct RecordVisits {
    /// 1 to [`MAX_VISITS`].
    pub visits: Vec<Visit>,
}

/// Records the visits in one round trip and gives how many of them came through an entry that exists; the
/// others are dropped, because an address can be typed by anybody. For Qiao itself.
///
/// Rejects with `VISITS_TOO_MANY`.
pub fn record_visits(tx: &mut Tx, ctx: &Ctx, cmd: &RecordVisits) -> Result<i64, Fail> {
    party::require_system(ctx)?;
    if !(1..=MAX_VISITS).contains(&cmd.visits.len()) {
        return Err(VISITS_TOO_MANY
            .at("/visits", format!("{} visits", cmd.visits.len()))
            .into());
    }
    let inserts = cmd.visits.iter().map(|visit| {
        // A visit is never named, so its id needs no kind of its own.
        let id: kernel::EventId = ctx.new_id();
        sql!(
            "INSERT INTO visit (entry_id, id, offer_id, at) SELECT id, $1, $2, $3 FROM entry WHERE id = $4
             RETURNING at",
            id,
            visit.offer,
            visit.at,
            visit.entry
        )
    });
    let answers = tx.ask_all(inserts.collect())?;
    Ok(answers.iter().filter(|rows| !rows.is_empty()).count() as i64)
}
