//! Both sides agree: the head count opens and the window's timers are set.

use kernel::{AgreementId, BucketId, Ctx};
use store::{Fail, Lock, Tx, sql};

use super::{AGREEMENT_ENDS, AGREEMENT_STARTS, agreement_at_table, check_terms};
use crate::bucket;
use crate::decide::{AgreementStep, may_answer, step_agreement};
use crate::events::AgreementAccepted;
use crate::model::BucketKind;
use crate::reject::AGREEMENT_CHANGED;

/// Agrees to the terms that the other side put on the table.
#[derive(Debug, Clone)]
pub struct AcceptAgreement {
    /// Which agreement.
    pub agreement: AgreementId,
    /// The version that is agreed to.
    pub version: i64,
}

impl AcceptAgreement {
    /// The agreement itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("agreement", self.agreement)]
    }
}

/// Accepts the terms, which never change from here on. Gives the bucket that counts the units sold.
///
/// Rejects with `AGREEMENT_SETTLED`, `AGREEMENT_CHANGED`, `AGREEMENT_NOT_YOUR_TURN`, and with
/// `TERMS_INVALID` once the window is over and `TERMS_OUTSIDE_RULES` once the platform's bounds are others.
pub fn accept_agreement(tx: &mut Tx, ctx: &Ctx, cmd: &AcceptAgreement) -> Result<BucketId, Fail> {
    let (agreement, side, _) = agreement_at_table(tx, ctx, cmd.agreement)?;
    let status = step_agreement(&agreement, AgreementStep::Accept)?;
    may_answer(&agreement, side, cmd.version)?;
    let terms = &agreement.terms;
    check_terms(tx, ctx, agreement.merchant, terms)?;
    let head_count: BucketId = ctx.new_id();
    let moved = tx.claim(sql!(
        "UPDATE agreement SET status = $1, version = version + 1, head_count_bucket = $2
         WHERE id = $3 AND version = $4",
        status.as_str(),
        head_count,
        agreement.id,
        agreement.version
    ))?;
    if moved == 0 {
        return Err(AGREEMENT_CHANGED.plain().into());
    }
    bucket::insert(
        tx,
        head_count,
        BucketKind::HeadCount,
        Some(agreement.merchant),
        terms.head_count,
    )?;
    tx.set_timer(AGREEMENT_STARTS, agreement.id, terms.starts_at)?;
    tx.set_timer(AGREEMENT_ENDS, agreement.id, terms.ends_at)?;
    let event = AgreementAccepted {
        agreement: agreement.id,
        merchant: agreement.merchant,
        terms_version: agreement.terms_version,
        starts_at: terms.starts_at.0,
        ends_at: terms.ends_at.0,
    };
    tx.emit(ctx, agreement.id, agreement.version + 1, &event)?;
    Ok(head_count)
}
