//! A draft is thrown away. What was published once stays, because vouchers and reviews name it.

use kernel::{Ctx, OfferId};
use store::{Fail, Lock, Tx, sql};

use super::managed_offer;
use crate::decide::require_draft;
use crate::events::OfferDiscarded;
use crate::reject::OFFER_CHANGED;

/// Throws a draft away.
#[derive(Debug, Clone)]
pub struct DiscardOffer {
    /// Which.
    pub offer: OfferId,
}

impl DiscardOffer {
    /// The offer itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("offer", self.offer)]
    }
}

/// Deletes a draft with its stock.
///
/// Rejects with `OFFER_STATUS` and `OFFER_CHANGED`.
pub fn discard_offer(tx: &mut Tx, ctx: &Ctx, cmd: &DiscardOffer) -> Result<(), Fail> {
    let offer = managed_offer(tx, ctx, cmd.offer)?;
    require_draft(offer.status)?;
    let moved = tx.claim(sql!(
        "UPDATE offer SET version = version + 1 WHERE id = $1 AND version = $2",
        offer.id,
        offer.version
    ))?;
    if moved == 0 {
        return Err(OFFER_CHANGED.plain().into());
    }
    tx.claims([
        sql!("DELETE FROM offer_store WHERE offer_id = $1", offer.id),
        sql!("DELETE FROM offer_resource WHERE offer_id = $1", offer.id),
        sql!("DELETE FROM offer_booking WHERE offer_id = $1", offer.id),
    ])?;
    tx.tell(sql!("DELETE FROM offer WHERE id = $1", offer.id))?;
    tx.tell(sql!("DELETE FROM bucket WHERE id = $1", offer.stock_bucket))?;
    let event = OfferDiscarded {
        offer: offer.id,
        merchant: offer.merchant,
    };
    tx.emit(ctx, offer.id, offer.version + 1, &event)?;
    Ok(())
}
