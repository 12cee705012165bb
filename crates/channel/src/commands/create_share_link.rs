//! The link with which a person shares an offer: the same one however often it is asked for.

use kernel::{Ctx, EntryId, OfferId, ShareLinkId};
use store::{Fail, StorageError, Tx, sql};

use crate::events::ShareLinkCreated;
use crate::model::ShareLink;
use crate::queries;

/// Asks for the link of the actor and an offer.
#[derive(Debug, Clone)]
pub struct CreateShareLink {
    /// What is shared.
    pub offer: OfferId,
}

/// Gives the consumer's link to an offer that is on sale, made on the first call.
///
/// Rejects as [`offer::queries::for_sale`] does.
pub fn create_share_link(tx: &mut Tx, ctx: &Ctx, cmd: &CreateShareLink) -> Result<ShareLink, Fail> {
    let sharer = party::require_consumer(ctx)?;
    if let Some(link) = queries::share_link_of(tx, sharer, cmd.offer)? {
        return Ok(link);
    }
    let sale = offer::queries::for_sale(tx, cmd.offer, ctx.now)?;
    let link = ShareLink {
        id: ctx.new_id::<kernel::ShareLink>(),
        sharer,
        merchant: sale.merchant,
        offer: cmd.offer,
        entry: ctx.new_id(),
        token: format!("{:032x}", u128::from_be_bytes(ctx.random_bytes())),
        created_at: ctx.now,
    };
    if !claim_link(tx, &link)? {
        // The same person was faster on another device; its link is committed, since the claim waited.
        let winner = queries::share_link_of(tx, sharer, cmd.offer)?;
        return Ok(winner.ok_or_else(|| StorageError::bug("a share link that is taken cannot be found"))?);
    }
    let event = ShareLinkCreated {
        share_link: link.id,
        sharer,
        offer: link.offer,
        merchant: link.merchant,
        entry: link.entry,
    };
    tx.emit(ctx, link.id, 1, &event)?;
    Ok(link)
}

/// Writes the link and its entry, or neither where the person has a link to the offer.
fn claim_link(tx: &mut Tx, link: &ShareLink) -> Result<bool, Fail> {
    let (id, entry): (ShareLinkId, EntryId) = (link.id, link.entry);
    let [_, claimed] = tx.claims([
        sql!(
            "INSERT INTO entry (id, merchant_id, kind, name, created_at, version)
             VALUES ($1, $2, 'share', 'share', $3, 1)",
            entry,
            link.merchant,
            link.created_at
        ),
        sql!(
            "INSERT INTO share_link (id, sharer_id, merchant_id, offer_id, entry_id, token, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sharer_id, offer_id) DO NOTHING",
            id,
            link.sharer,
            link.merchant,
            link.offer,
            entry,
            &link.token,
            link.created_at
        ),
    ])?;
    if claimed == 0 {
        tx.tell(sql!("DELETE FROM entry WHERE id = $1", entry))?;
    }
    Ok(claimed == 1)
}
