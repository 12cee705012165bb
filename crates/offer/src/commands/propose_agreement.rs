//! The first proposal of an agreement, by either side.

use kernel::{AgreementId, Ctx, MerchantId};
use store::{Fail, Tx, sql};

use super::{add_version, check_terms, side_of};
use crate::AgreementTerms;
use crate::events::AgreementProposed;

/// Puts terms on the table.
#[derive(Debug, Clone)]
pub struct ProposeAgreement {
    /// With whom, or on whose behalf.
    pub merchant: MerchantId,
    /// What is proposed.
    pub terms: AgreementTerms,
}

/// Opens a negotiation with version 1 of its terms.
///
/// Rejects with [`party::NOT_FOUND`], [`party::MERCHANT_SUSPENDED`], `TERMS_INVALID`, `TERMS_OUTSIDE_RULES`, and as [`party::require_staff`] and [`party::require_operator`] do.
pub fn propose_agreement(tx: &mut Tx, ctx: &Ctx, cmd: &ProposeAgreement) -> Result<AgreementId, Fail> {
    let (side, person) = side_of(tx, ctx, cmd.merchant)?;
    party::require_not_suspended(tx, cmd.merchant)?;
    check_terms(tx, ctx, cmd.merchant, &cmd.terms)?;
    let id: AgreementId = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO agreement
           (id, merchant_id, status, version, terms_version, proposed_by, head_count_bucket, created_at)
         VALUES ($1, $2, 'negotiating', 1, 1, $3, NULL, $4)",
        id,
        cmd.merchant,
        side.as_str(),
        ctx.now
    ))?;
    add_version(tx, ctx, id, 1, (side, person), &cmd.terms)?;
    let event = AgreementProposed {
        agreement: id,
        merchant: cmd.merchant,
        side: side.as_str().to_owned(),
        terms_version: 1,
    };
    tx.emit(ctx, id, 1, &event)?;
    Ok(id)
}
