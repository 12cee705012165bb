//! The provider said no to a try. The order stays placed; the buyer may try again.

use kernel::{Ctx, OrderId, PaymentAttemptId};
use store::{Fail, Lock, Tx, sql};

use crate::commands::require_reporter;
use crate::events::PaymentFailed;
use crate::reject::PAYMENT_NOT_FOUND;

/// What [`fail_payment`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailPayment {
    /// Which try.
    pub attempt: PaymentAttemptId,
    /// Who says so.
    pub provider: String,
}

impl FailPayment {
    /// The attempt's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("payment_attempt", self.attempt)]
    }
}

/// Marks a try as failed. Nothing happens to one that failed or was settled before: reports of a
/// provider come more than once and in any order.
pub fn fail_payment(tx: &mut Tx, ctx: &Ctx, cmd: &FailPayment) -> Result<(), Fail> {
    require_reporter(ctx)?;
    let [failed, known] = tx.ask([
        sql!(
            "UPDATE payment_attempt SET status = 'failed'
             WHERE id = $1 AND provider = $2 AND status = 'open' RETURNING order_id",
            cmd.attempt,
            cmd.provider.as_str()
        ),
        sql!(
            "SELECT id FROM payment_attempt WHERE id = $1 AND provider = $2",
            cmd.attempt,
            cmd.provider.as_str()
        ),
    ])?;
    if known.is_empty() {
        return Err(PAYMENT_NOT_FOUND.plain().into());
    }
    if let Some(mut row) = failed.into_iter().next() {
        let order: OrderId = row.take()?;
        let attempt = cmd.attempt;
        tx.emit(ctx, attempt, 2, &PaymentFailed { attempt, order })?;
    }
    Ok(())
}
