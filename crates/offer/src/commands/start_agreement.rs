//! The window of an agreement opens: said once, by its timer. Offers sell by the clock, not by this.

use kernel::{AgreementId, Ctx};
use store::{Fail, TimerKind, Tx};

use crate::events::AgreementStarted;
use crate::model::AgreementStatus;
use crate::queries;
use crate::reject::AGREEMENT_NOT_STARTED;

/// Due when an accepted agreement's window opens.
pub const AGREEMENT_STARTS: TimerKind = TimerKind("agreement_starts");

/// Says that an agreement's window is open. For its timer.
#[derive(Debug, Clone)]
pub struct StartAgreement {
    /// Which agreement.
    pub agreement: AgreementId,
}

/// Clears the timer and tells everybody. `false`: it was told before, or the agreement ended before it
/// started.
///
/// Rejects with `AGREEMENT_NOT_STARTED` before the window opens.
pub fn start_agreement(tx: &mut Tx, ctx: &Ctx, cmd: &StartAgreement) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    let agreement = queries::agreement(tx, cmd.agreement)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    if ctx.now < agreement.terms.starts_at {
        let detail = format!("the agreement starts at {}", agreement.terms.starts_at);
        return Err(AGREEMENT_NOT_STARTED.because(detail).into());
    }
    if !tx.clear_timer(AGREEMENT_STARTS, agreement.id)? || agreement.status != AgreementStatus::Accepted {
        return Ok(false);
    }
    let event = AgreementStarted {
        agreement: agreement.id,
        merchant: agreement.merchant,
    };
    tx.emit(ctx, agreement.id, agreement.version, &event)?;
    Ok(true)
}
