//! An operator has found out, with the provider, what a contradicting report was about.

use kernel::{Ctx, PaymentConflictId};
use party::OperatorRole;
use store::{Fail, Lock, Tx, sql};

use crate::events::PaymentConflictClosed;
use crate::reject::{PAYMENT_CONFLICT_CLOSED, PAYMENT_CONFLICT_UNKNOWN};

/// What [`close_payment_conflict`] is told. What was found is `ctx.reason`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosePaymentConflict {
    /// Which.
    pub conflict: PaymentConflictId,
}

impl ClosePaymentConflict {
    /// The conflict's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("payment_conflict", self.conflict)]
    }
}

/// Notes what was found, once. For operators who decide about money; it moves none.
pub fn close_payment_conflict(tx: &mut Tx, ctx: &Ctx, cmd: &ClosePaymentConflict) -> Result<(), Fail> {
    let person = party::require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Finance])?;
    let [closed, known] = tx.ask([
        sql!(
            "UPDATE payment_conflict SET closed_by = $1, closed_at = $2, closed_because = $3
             WHERE id = $4 AND closed_at IS NULL RETURNING id",
            person,
            ctx.now,
            ctx.reason.as_deref(),
            cmd.conflict
        ),
        sql!("SELECT id FROM payment_conflict WHERE id = $1", cmd.conflict),
    ])?;
    if known.is_empty() {
        return Err(PAYMENT_CONFLICT_UNKNOWN.plain().into());
    }
    if closed.is_empty() {
        return Err(PAYMENT_CONFLICT_CLOSED.plain().into());
    }
    let event = PaymentConflictClosed {
        payment_conflict: cmd.conflict,
    };
    tx.emit(ctx, cmd.conflict, 2, &event)?;
    Ok(())
}
