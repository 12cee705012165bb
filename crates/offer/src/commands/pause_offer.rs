//! An offer is taken off for now. Orders that hold units already may still be paid.

use kernel::{Ctx, OfferId};
use store::{Fail, Lock, Tx};

use super::{claim_step, managed_offer};
use crate::decide::OfferStep;
use crate::events::OfferPaused;

/// Takes a published offer off.
#[derive(Debug, Clone)]
pub struct PauseOffer {
    /// Which.
    pub offer: OfferId,
}

impl PauseOffer {
    /// The offer itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("offer", self.offer)]
    }
}

/// Pauses an offer.
///
/// Rejects with `OFFER_STATUS` and `OFFER_CHANGED`.
pub fn pause_offer(tx: &mut Tx, ctx: &Ctx, cmd: &PauseOffer) -> Result<(), Fail> {
    let offer = managed_offer(tx, ctx, cmd.offer)?;
    let version = claim_step(tx, &offer, OfferStep::Pause)?;
    let event = OfferPaused {
        offer: offer.id,
        merchant: offer.merchant,
    };
    tx.emit(ctx, offer.id, version, &event)?;
    Ok(())
}
