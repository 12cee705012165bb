//! The provider has its own name for a payment, known before it is paid.

use kernel::{Ctx, PaymentAttemptId};
use store::{Fail, Lock, Tx, sql};

use crate::commands::{check_reference, require_reporter};
use crate::reject::PAYMENT_NOT_FOUND;

/// What [`record_provider_payment`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordProviderPayment {
    /// Which try.
    pub attempt: PaymentAttemptId,
    /// Whose name it is.
    pub provider: String,
    /// The provider's name for it.
    pub provider_payment: String,
}

impl RecordProviderPayment {
    /// The attempt's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("payment_attempt", self.attempt)]
    }
}

/// Notes the provider's name for a payment that is not settled yet; a settled one keeps the name that
/// it was settled under.
pub fn record_provider_payment(tx: &mut Tx, ctx: &Ctx, cmd: &RecordProviderPayment) -> Result<(), Fail> {
    require_reporter(ctx)?;
    check_reference("/provider_payment", &cmd.provider_payment)?;
    let [recorded, known] = tx.ask([
        sql!(
            "UPDATE payment_attempt SET provider_payment = $1
             WHERE id = $2 AND provider = $3 AND status = 'open' RETURNING id",
            cmd.provider_payment.as_str(),
            cmd.attempt,
            cmd.provider.as_str()
        ),
        sql!(
            "SELECT id FROM payment_attempt WHERE id = $1 AND provider = $2",
            cmd.attempt,
            cmd.provider.as_str()
        ),
    ])?;
    if recorded.is_empty() && known.is_empty() {
        return Err(PAYMENT_NOT_FOUND.plain().into());
    }
    Ok(())
}
