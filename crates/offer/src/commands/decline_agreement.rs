//! A side walks away from the table, from its own proposal too.

use kernel::{AgreementId, Ctx};
use store::{Fail, Lock, Tx};

use super::{agreement_at_table, claim_status};
use crate::decide::{AgreementStep, step_agreement};
use crate::events::AgreementDeclined;

/// Ends a negotiation without an agreement.
#[derive(Debug, Clone)]
pub struct DeclineAgreement {
    /// Which agreement.
    pub agreement: AgreementId,
}

impl DeclineAgreement {
    /// The agreement itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("agreement", self.agreement)]
    }
}

/// Declines, for good: whoever wants to go on proposes anew.
///
/// Rejects with `AGREEMENT_SETTLED` and `AGREEMENT_CHANGED`.
pub fn decline_agreement(tx: &mut Tx, ctx: &Ctx, cmd: &DeclineAgreement) -> Result<(), Fail> {
    let (agreement, side, _) = agreement_at_table(tx, ctx, cmd.agreement)?;
    let status = step_agreement(&agreement, AgreementStep::Decline)?;
    claim_status(tx, &agreement, status)?;
    let event = AgreementDeclined {
        agreement: agreement.id,
        merchant: agreement.merchant,
        side: side.as_str().to_owned(),
    };
    tx.emit(ctx, agreement.id, agreement.version + 1, &event)?;
    Ok(())
}
