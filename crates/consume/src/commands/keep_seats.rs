//! A store keeps seats of a showing out of the online sale: for the box office, for guests of the house, or because they
//! are broken.

use kernel::Ctx;
use offer::{SHOWING_STATUS, SeatChoice, ShowingStatus, showing};
use party::Role;
use store::{Fail, Tx};

use crate::events::SeatsKept;
use crate::reject::SEATS_TAKEN;
use crate::seats::{check_free, used_seats};

/// Keep seats, or free them again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepSeats {
    /// Which, 1 to 100.
    pub seats: SeatChoice,
    /// Whether they are kept from now on.
    pub is_kept: bool,
}

/// Keeps seats of a showing that is not over, or frees those that are kept, for cashiers of its store and above. No guest
/// books them or is moved to them by themselves; who gives them to one keeps them no more. What is so already stays so.
///
/// Rejects: `not_found`, `showing_status`, `seats_invalid`, `seats_taken`, and as [`party::require_staff`] does.
///
/// Statements: five, and one for each power of two of which the number of seats is made up.
pub fn keep_seats(tx: &mut Tx, ctx: &Ctx, cmd: &KeepSeats) -> Result<(), Fail> {
    tx.lock(&[showing::lock(cmd.seats.showing)]);
    let found = offer::queries::showing(tx, cmd.seats.showing)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    party::require_staff(tx, ctx, found.merchant, Some(found.store), Role::Cashier)?;
    if found.status != ShowingStatus::Scheduled || found.period.ends_at <= ctx.now {
        return Err(SHOWING_STATUS.plain().into());
    }
    let mut chosen = offer::queries::seats_of_showing(tx, found, &cmd.seats.seats)?;
    let used = used_seats(tx, chosen.showing.id)?;
    if cmd.is_kept {
        check_free(&chosen, &used.claimed)?;
    }
    chosen
        .numbers
        .retain(|seat| used.kept.contains(seat) != cmd.is_kept);
    if chosen.numbers.is_empty() {
        return Ok(());
    }
    if !cmd.is_kept {
        showing::free(tx, chosen.showing.id, chosen.numbers.iter())?;
    } else if !showing::keep(tx, &chosen)? {
        return Err(SEATS_TAKEN.plain().into());
    }
    let found = chosen.showing;
    let event = SeatsKept {
        showing: found.id,
        merchant: found.merchant,
        store: found.store,
        seats: chosen.numbers.len() as i64,
        is_kept: cmd.is_kept,
    };
    tx.emit(ctx, found.id, found.version, &event)?;
    Ok(())
}
