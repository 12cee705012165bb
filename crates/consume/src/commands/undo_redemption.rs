//! Takes a redemption back that was made by mistake: the voucher has its use again, and the money is in
//! escrow as before. Only within the undo window and only while nobody was paid for it.

use convert::{EXPIRE_VOUCHER, SecurityDepositStatus};
use kernel::{BookingId, Ctx, RedemptionId, Timestamp};
use ledger::{LineKind, Reason};
use party::Role;
use store::{Fail, Lock, StorageError, Tx, sql};

use super::book_with_card::LAPSE_BOOKING;
use super::change_status;
use crate::decide::{UndoFacts, check_undo};
use crate::money::{line_of, reverse_use};
use crate::slot::valid_until;
use crate::{Redemption, RedemptionStatus, RedemptionUndone, UNDO_CLAIMED, UNDO_VOUCHER_CLOSED, queries};

/// Undo this redemption.
#[derive(Debug, Clone, Copy)]
pub struct UndoRedemption {
    /// Which.
    pub redemption: RedemptionId,
}

impl UndoRedemption {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("redemption", self.redemption)]
    }
}

/// Undoes a redemption of the actor's own merchant (any staff of its store).
///
/// Rejects: `not_found` (another merchant's too), `redemption_not_live`, `undo_too_late`,
/// `undo_settled`, `undo_not_last`, `undo_claimed`, `undo_voucher_closed`, and `party`'s for staff without the right.
///
/// Statements: 15, because voucher, timer and books all go back; up to 20 with a rebate.
pub fn undo_redemption(tx: &mut Tx, ctx: &Ctx, cmd: &UndoRedemption) -> Result<(), Fail> {
    tx.lock(&cmd.locks());
    let redemption = queries::redemption(tx, cmd.redemption)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    let place = Some(redemption.store);
    party::require_staff(tx, ctx, redemption.merchant, place, Role::Cashier)?;
    tx.lock(&[Lock::row("voucher", redemption.voucher)]);
    let (line, settled) = line_of(tx, &redemption)?;
    let last = queries::last_use(tx, redemption.voucher)?;
    let facts = UndoFacts {
        last_use_no: last.map_or(0, |last| last.use_no),
        settled,
        now: ctx.now,
    };
    check_undo(&redemption, &facts)?;
    let deposit = convert::queries::security_deposit(tx, redemption.order)?;
    if deposit.is_some_and(|deposit| deposit.status == SecurityDepositStatus::Claimed) {
        return Err(UNDO_CLAIMED.plain().into());
    }
    change_status(tx, &redemption, RedemptionStatus::Undone)?;
    if voucher::give_back_uses(tx, redemption.voucher, redemption.uses)?.is_none() {
        return Err(UNDO_VOUCHER_CLOSED.plain().into());
    }
    reverse_use(
        tx,
        ctx,
        &line,
        &redemption,
        (LineKind::Undo, Reason::RedemptionUndone),
    )?;
    expect_again(tx, &redemption)?;
    let event = RedemptionUndone {
        redemption: redemption.id,
        voucher: redemption.voucher,
        merchant: redemption.merchant,
        store: redemption.store,
        holder: redemption.person,
    };
    Ok(tx.emit(ctx, redemption.id, redemption.version + 1, &event)?)
}

/// A voucher that was used up has no use for its timer, which may be gone. Uses of a card that were kept for a booking are
/// kept for it again, if its guest is still expected.
fn expect_again(tx: &mut Tx, redemption: &Redemption) -> Result<(), Fail> {
    let voucher = voucher::queries::voucher(tx, redemption.voucher)?;
    let voucher = voucher.ok_or_else(|| StorageError::bug("a redemption without a voucher"))?;
    if voucher.uses_total > 1 {
        let booking = tx.one(sql!(
            "UPDATE booking SET redemption_id = NULL WHERE card_id = $1 AND redemption_id = $2
             RETURNING id, ends_at, outcome",
            voucher.id,
            redemption.id
        ))?;
        if let Some(mut row) = booking {
            let (booking, ends_at): (BookingId, Timestamp) = (row.take()?, row.take()?);
            let is_expected = row.take::<Option<String>>()?.is_none();
            if is_expected {
                if !voucher::hold_uses(tx, voucher.id, redemption.uses)? {
                    return Err(StorageError::bug("uses that were given back are not there").into());
                }
                tx.set_timer(LAPSE_BOOKING, booking, valid_until(ends_at))?;
            }
        }
    }
    Ok(tx.set_timer(EXPIRE_VOUCHER, voucher.id, voucher.valid_until)?)
}
