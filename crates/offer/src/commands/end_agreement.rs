//! An agreement is over: by its timer when the window closes, or before, by either side. What was sold
//! stays valid under its frozen terms.

use kernel::{Actor, AgreementId, Ctx};
use store::{Fail, Lock, TimerKind, Tx};

use super::{AGREEMENT_STARTS, claim_status, side_of};
use crate::decide::{AgreementStep, step_agreement};
use crate::events::AgreementEnded;
use crate::queries;
use crate::reject::AGREEMENT_NOT_OVER;

/// Due when an accepted agreement's window closes.
pub const AGREEMENT_ENDS: TimerKind = TimerKind("agreement_ends");

/// Ends an agreement.
#[derive(Debug, Clone)]
pub struct EndAgreement {
    /// Which agreement.
    pub agreement: AgreementId,
}

impl EndAgreement {
    /// The agreement itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("agreement", self.agreement)]
    }
}

/// Ends an accepted agreement: Qiao itself once its window is closed, a side of it at any time.
///
/// Rejects with `AGREEMENT_NOT_ACCEPTED`, `AGREEMENT_SETTLED`, `AGREEMENT_CHANGED` and, for Qiao itself,
/// `AGREEMENT_NOT_OVER`.
pub fn end_agreement(tx: &mut Tx, ctx: &Ctx, cmd: &EndAgreement) -> Result<(), Fail> {
    let agreement = queries::agreement(tx, cmd.agreement)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    let early = ctx.now < agreement.terms.ends_at;
    if ctx.actor == Actor::System {
        if early {
            return Err(AGREEMENT_NOT_OVER.plain().into());
        }
    } else {
        side_of(tx, ctx, agreement.merchant)?;
    }
    let status = step_agreement(&agreement, AgreementStep::End)?;
    claim_status(tx, &agreement, status)?;
    tx.clear_timer(AGREEMENT_ENDS, agreement.id)?;
    tx.clear_timer(AGREEMENT_STARTS, agreement.id)?;
    let event = AgreementEnded {
        agreement: agreement.id,
        merchant: agreement.merchant,
        early,
    };
    tx.emit(ctx, agreement.id, agreement.version + 1, &event)?;
    Ok(())
}
