//! A paused offer is on sale again.

use kernel::{Ctx, OfferId};
use store::{Fail, Lock, Tx};

use super::{claim_step, managed_offer};
use crate::decide::OfferStep;
use crate::events::OfferResumed;

/// Puts a paused offer on sale again.
#[derive(Debug, Clone)]
pub struct ResumeOffer {
    /// Which.
    pub offer: OfferId,
}

impl ResumeOffer {
    /// The offer itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("offer", self.offer)]
    }
}

/// Resumes an offer. Whether it sells then still hangs on its merchant and its agreement.
///
/// Rejects with `OFFER_STATUS` and `OFFER_CHANGED`.
pub fn resume_offer(tx: &mut Tx, ctx: &Ctx, cmd: &ResumeOffer) -> Result<(), Fail> {
    let offer = managed_offer(tx, ctx, cmd.offer)?;
    let version = claim_step(tx, &offer, OfferStep::Resume)?;
    let event = OfferResumed {
        offer: offer.id,
        merchant: offer.merchant,
    };
    tx.emit(ctx, offer.id, version, &event)?;
    Ok(())
}
