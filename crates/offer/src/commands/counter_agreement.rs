//! Another version of an agreement's terms, by the side that did not make the last one.

use kernel::{AgreementId, Ctx};
use store::{Fail, Lock, Tx, sql};

use super::{add_version, agreement_at_table, check_terms};
use crate::AgreementTerms;
use crate::decide::{AgreementStep, may_answer, step_agreement};
use crate::events::AgreementProposed;
use crate::reject::AGREEMENT_CHANGED;

/// Answers terms with other terms.
#[derive(Debug, Clone)]
pub struct CounterAgreement {
    /// Which agreement.
    pub agreement: AgreementId,
    /// The version that is answered.
    pub version: i64,
    /// What is proposed instead.
    pub terms: AgreementTerms,
}

impl CounterAgreement {
    /// The agreement itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("agreement", self.agreement)]
    }
}

/// Puts the next version on the table and gives its number.
///
/// Rejects with `TERMS_INVALID`, `TERMS_OUTSIDE_RULES`, `AGREEMENT_SETTLED`, `AGREEMENT_CHANGED`, `AGREEMENT_NOT_YOUR_TURN`.
pub fn counter_agreement(tx: &mut Tx, ctx: &Ctx, cmd: &CounterAgreement) -> Result<i64, Fail> {
    let (agreement, side, person) = agreement_at_table(tx, ctx, cmd.agreement)?;
    let status = step_agreement(&agreement, AgreementStep::Counter)?;
    may_answer(&agreement, side, cmd.version)?;
    check_terms(tx, ctx, agreement.merchant, &cmd.terms)?;
    let terms_version = agreement.terms_version + 1;
    let moved = tx.claim(sql!(
        "UPDATE agreement SET status = $1, version = version + 1, terms_version = $2, proposed_by = $3
         WHERE id = $4 AND version = $5",
        status.as_str(),
        terms_version,
        side.as_str(),
        agreement.id,
        agreement.version
    ))?;
    if moved == 0 {
        return Err(AGREEMENT_CHANGED.plain().into());
    }
    add_version(tx, ctx, agreement.id, terms_version, (side, person), &cmd.terms)?;
    let event = AgreementProposed {
        agreement: agreement.id,
        merchant: agreement.merchant,
        side: side.as_str().to_owned(),
        terms_version,
    };
    tx.emit(ctx, agreement.id, agreement.version + 1, &event)?;
    Ok(terms_version)
}
