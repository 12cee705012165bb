//! A redemption earned a sharer a rebate: it is set aside out of the order's escrow until the refund
//! window closes. Called inside the redemption's transaction; who may earn is decided there.

use kernel::{Ctx, Currency, MerchantId, OrderId, PersonId, RebateId, RedemptionId, Timestamp};
use store::{Fail, Tx, sql};

use crate::commands::POST_REBATE;
use crate::events::RebateAccrued;
use crate::journal::reserve_as;
use crate::{Account, Leg, NewEntry, Reason, RebateStatus};

/// What [`accrue_rebate`] is told.
#[derive(Debug, Clone)]
pub struct AccrueRebate {
    /// The use that earned it. One redemption earns one rebate.
    pub redemption: RedemptionId,
    /// The friend's order, whose escrow pays it.
    pub order: OrderId,
    /// Who earns it.
    pub sharer: PersonId,
    /// Who funds it.
    pub merchant: MerchantId,
    /// Of the amount.
    pub currency: Currency,
    /// Minor units.
    pub amount: i64,
    /// When the refund window closes and it can be spent.
    pub due_at: Timestamp,
}

/// Sets a rebate aside: pending, with a timer. `None` for an amount of zero. Told: four statements.
///
/// # Errors
/// A bug if the amount is negative or the redemption has a rebate already.
pub fn accrue_rebate(tx: &mut Tx, ctx: &Ctx, cmd: &AccrueRebate) -> Result<Option<RebateId>, Fail> {
    let (id, entry_id): (RebateId, _) = (ctx.new_id(), ctx.new_id());
    let legs = [
        Leg::debit(Account::Escrow, Some(cmd.order.uuid()), cmd.amount),
        Leg::credit(Account::RebatePayable, Some(cmd.sharer.uuid()), cmd.amount),
    ];
    let Some(entry) = NewEntry::of(Reason::RebateAccrued, id.uuid(), cmd.currency, legs) else {
        return Ok(None);
    };
    if cmd.amount < 0 {
        return Err(store::StorageError::bug("a rebate is not negative").into());
    }
    reserve_as(tx, ctx, entry_id, &entry)?;
    tx.tell(sql!(
        "INSERT INTO rebate (id, redemption_id, order_id, sharer_id, merchant_id, currency, amount, status,
           entry_id, due_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $9, $10)",
        id,
        cmd.redemption,
        cmd.order,
        cmd.sharer,
        cmd.merchant,
        cmd.currency,
        cmd.amount,
        entry_id,
        cmd.due_at,
        ctx.now
    ))?;
    tx.set_timer(POST_REBATE, id, cmd.due_at)?;
    let event = RebateAccrued {
        rebate: id,
        redemption: cmd.redemption,
        order: cmd.order,
        sharer: cmd.sharer,
        amount: cmd.amount,
        currency: cmd.currency.code().to_owned(),
    };
    tx.emit(ctx, id, RebateStatus::Pending.version(), &event)?;
    Ok(Some(id))
}
