//! A redemption was taken back, and with it the rebate that it earned. Called inside the reversal's
//! transaction; the guarded update decides against a timer that posts at the same moment.

use kernel::{Ctx, Currency, JournalEntryId, OrderId, PersonId, RebateId, RedemptionId};
use store::{Fail, StorageError, Tx, sql};

use crate::commands::POST_REBATE;
use crate::events::RebateReversed;
use crate::{Account, Leg, NewEntry, Reason, RebateStatus, Reversal, post, spend_up_to, void_pending};

/// What [`reverse_rebate`] is told.
#[derive(Debug, Clone)]
pub struct ReverseRebate {
    /// The use that is taken back.
    pub redemption: RedemptionId,
}

struct Reversed {
    id: RebateId,
    status: RebateStatus,
    order: OrderId,
    sharer: PersonId,
    currency: Currency,
    amount: i64,
    entry: JournalEntryId,
}

/// Takes a redemption's rebate back into the order's escrow. While it is pending it is voided. After
/// that it comes out of what the sharer can still spend, and what was spent already is owed.
pub fn reverse_rebate(tx: &mut Tx, ctx: &Ctx, cmd: &ReverseRebate) -> Result<Reversal, Fail> {
    let claim = sql!(
        "UPDATE rebate SET status = CASE status WHEN 'pending' THEN 'voided' ELSE 'reversed' END
         WHERE redemption_id = $1 AND status IN ('pending', 'posted')
         RETURNING id, status, order_id, sharer_id, currency, amount, entry_id",
        cmd.redemption
    );
    let clear = sql!(
        "DELETE FROM timer WHERE kind = $1
           AND subject = (SELECT id FROM rebate WHERE redemption_id = $2)",
        POST_REBATE.0,
        cmd.redemption
    );
    let [claimed, _] = tx.ask([claim, clear])?;
    let Some(mut row) = claimed.into_iter().next() else {
        return Ok(Reversal::Nothing);
    };
    let rebate = Reversed {
        id: row.take()?,
        status: row.take()?,
        order: row.take()?,
        sharer: row.take()?,
        currency: row.take()?,
        amount: row.take()?,
        entry: row.take()?,
    };
    let reversal = match rebate.status {
        RebateStatus::Voided => void(tx, ctx, &rebate)?,
        RebateStatus::Reversed => take_back(tx, ctx, &rebate)?,
        RebateStatus::Pending | RebateStatus::Posted => {
            return Err(StorageError::bug("a reversed rebate is voided or reversed").into());
        }
    };
    let owed = match reversal {
        Reversal::TakenBack { owed, .. } => owed,
        Reversal::Voided | Reversal::Nothing => 0,
    };
    let event = RebateReversed {
        rebate: rebate.id,
        sharer: rebate.sharer,
        amount: rebate.amount,
        owed,
        currency: rebate.currency.code().to_owned(),
    };
    tx.emit(ctx, rebate.id, rebate.status.version(), &event)?;
    Ok(reversal)
}

fn void(tx: &mut Tx, ctx: &Ctx, rebate: &Reversed) -> Result<Reversal, Fail> {
    if !void_pending(tx, ctx, rebate.entry)? {
        return Err(StorageError::bug("a pending rebate's entry was resolved behind its back").into());
    }
    Ok(Reversal::Voided)
}

fn take_back(tx: &mut Tx, ctx: &Ctx, rebate: &Reversed) -> Result<Reversal, Fail> {
    let from_balance = spend_up_to(tx, rebate.sharer, rebate.currency, rebate.amount)?;
    let owed = rebate.amount - from_balance;
    let sharer = Some(rebate.sharer.uuid());
    let legs = [
        Leg::debit(Account::RebatePayable, sharer, from_balance),
        Leg::debit(Account::SharerReceivable, sharer, owed),
        Leg::credit(Account::Escrow, Some(rebate.order.uuid()), rebate.amount),
    ];
    if let Some(entry) = NewEntry::of(Reason::RebateReversed, rebate.id.uuid(), rebate.currency, legs) {
        post(tx, ctx, &entry)?;
    }
    Ok(Reversal::TakenBack { from_balance, owed })
}
