//! A draft goes on sale.

use kernel::{Ctx, OfferId};
use store::{Fail, Lock, Tx};

use super::create_offer::check_terms;
use super::{claim_step, managed_offer};
use crate::decide::OfferStep;
use crate::events::OfferPublished;
use crate::model::AgreementStatus;
use crate::queries;
use crate::reject::AGREEMENT_NOT_ACCEPTED;

/// Publishes a draft.
#[derive(Debug, Clone)]
pub struct PublishOffer {
    /// Which.
    pub offer: OfferId,
}

impl PublishOffer {
    /// The offer itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("offer", self.offer)]
    }
}

/// Publishes a draft of a certified merchant under an accepted agreement whose window is not over. It
/// sells once the window opens.
///
/// Rejects with `OFFER_STATUS`, `OFFER_CHANGED`, `AGREEMENT_NOT_ACCEPTED`, `OFFER_INVALID`, and as
/// [`party::require_certified`] does.
pub fn publish_offer(tx: &mut Tx, ctx: &Ctx, cmd: &PublishOffer) -> Result<(), Fail> {
    let offer = managed_offer(tx, ctx, cmd.offer)?;
    party::require_certified(tx, offer.merchant)?;
    let agreement = queries::agreement(tx, offer.agreement)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    if agreement.status != AgreementStatus::Accepted || agreement.terms.ends_at <= ctx.now {
        let detail = format!(
            "the agreement is {} and its window closes at {}",
            agreement.status.as_str(),
            agreement.terms.ends_at
        );
        return Err(AGREEMENT_NOT_ACCEPTED.because(detail).into());
    }
    // The terms may have been countered since the draft was made.
    check_terms(&agreement.terms, offer.list_price.currency, offer.deposit)?;
    let version = claim_step(tx, &offer, OfferStep::Publish)?;
    let event = OfferPublished {
        offer: offer.id,
        merchant: offer.merchant,
    };
    tx.emit(ctx, offer.id, version, &event)?;
    Ok(())
}
