//! An offer is written anew: a draft wholly, any other but for what it sells.

use kernel::{Ctx, OfferId, StoreId};
use store::{Fail, Lock, Tx, sql, to_json};

use super::create_offer::{check_agreement, check_media, check_stores, claim_store_set, tell_stores};
use super::{CreateOffer, managed_offer};
use crate::decide::check_offer;
use crate::events::OfferUpdated;
use crate::model::{Offer, OfferStatus};
use crate::reject::{BOOKING_WITHOUT_CARD, BOOKING_WITHOUT_GROUP, OFFER_CHANGED, OFFER_STATUS};
use crate::{PriceRules, queries, store_set_digest};

/// Writes an offer anew.
#[derive(Debug, Clone)]
pub struct UpdateOffer {
    /// Which.
    pub offer: OfferId,
    /// The version that the change was made from.
    pub version: i64,
    /// What it is to be. Its stock is left as it is.
    pub to: CreateOffer,
}

impl UpdateOffer {
    /// The offer itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("offer", self.offer)]
    }
}

/// Changes an offer and gives its new version. Once it was published, what it sells (agreement, price, uses,
/// validity, stores) stays.
///
/// Rejects with `OFFER_STATUS` for a change of that, `OFFER_CHANGED`, `BOOKING_WITHOUT_GROUP`, `BOOKING_WITHOUT_CARD`, and as
/// [`crate::create_offer`] does.
pub fn update_offer(tx: &mut Tx, ctx: &Ctx, cmd: &UpdateOffer) -> Result<i64, Fail> {
    let offer = managed_offer(tx, ctx, cmd.offer)?;
    let mut stores = cmd.to.stores.clone();
    stores.sort_unstable();
    stores.dedup();
    check_offer(&cmd.to)?;
    if offer.media != cmd.to.media {
        check_media(tx, offer.merchant, cmd.to.media)?;
    }
    let of_now = queries::stores_of_offer(tx, offer.id)?;
    let mut time_zone = offer.price_rules.time_zone.clone();
    let changed = changed_in_sale(&offer, &of_now, &cmd.to, &stores);
    if let Some(field) = changed {
        if offer.status != OfferStatus::Draft {
            let detail = "what an offer sells never changes once it is published";
            return Err(OFFER_STATUS.at(field, detail).into());
        }
        check_booking(tx, cmd)?;
        check_agreement(tx, &cmd.to)?;
        time_zone = check_stores(tx, &cmd.to, &stores)?;
        claim_store_set(tx, store_set_digest(&stores), &stores)?;
    }
    claim_update(tx, cmd, time_zone, &stores)?;
    if of_now != stores {
        let gone = sql!("DELETE FROM offer_store WHERE offer_id = $1", offer.id);
        tx.tell_rows(gone, of_now.len() as u64)?;
        tell_stores(tx, offer.id, &stores)?;
    }
    let event = OfferUpdated {
        offer: offer.id,
        merchant: offer.merchant,
    };
    tx.emit(ctx, offer.id, cmd.version + 1, &event)?;
    Ok(cmd.version + 1)
}

/// Refuses what does not go with how the offer is booked, if it is.
fn check_booking(tx: &mut Tx, cmd: &UpdateOffer) -> Result<(), Fail> {
    let CreateOffer {
        group, deposit, card, ..
    } = cmd.to;
    if group.is_none() && deposit.is_none() && card.is_none() {
        return Ok(());
    }
    let Some((terms, _)) = queries::booking_terms(tx, cmd.offer)? else {
        return Ok(());
    };
    if group.is_some() {
        return Err(BOOKING_WITHOUT_GROUP
            .at("/group", BOOKING_WITHOUT_GROUP.title)
            .into());
    }
    if card.is_some() {
        return Err(BOOKING_WITHOUT_CARD
            .at("/card", BOOKING_WITHOUT_CARD.title)
            .into());
    }
    if let Some(deposit) = deposit {
        deposit.check_policy("/deposit/kind", &terms.policy)?;
    }
    Ok(())
}

/// The first field of what an offer sells that would be another.
fn changed_in_sale(
    offer: &Offer,
    of_now: &[StoreId],
    to: &CreateOffer,
    stores: &[StoreId],
) -> Option<&'static str> {
    let differs = [
        ("/agreement", offer.agreement != to.agreement),
        ("/list_price", offer.list_price != to.list_price),
        ("/price_rules", offer.price_rules.rules != to.price_rules),
        ("/group", offer.group != to.group),
        ("/deposit", offer.deposit != to.deposit),
        ("/uses", offer.uses != to.uses),
        ("/card", offer.card != to.card),
        ("/valid_us", offer.valid_us != to.valid_us),
        ("/max_per_order", offer.max_per_order != to.max_per_order),
        ("/stores", of_now != stores),
    ];
    differs
        .into_iter()
        .find_map(|(field, differs)| differs.then_some(field))
}

fn claim_update(tx: &mut Tx, cmd: &UpdateOffer, time_zone: String, stores: &[StoreId]) -> Result<(), Fail> {
    let to = &cmd.to;
    let price_rules = PriceRules {
        time_zone,
        rules: to.price_rules.clone(),
    };
    let moved = tx.claim(sql!(
        "UPDATE offer SET title = $1, description = $2, category = $3, media_id = $4, agreement_id = $5, currency = $6,
                list_price = $7, price_rules = $8, group_terms = $9, deposit = $10, uses = $11, card = $12, valid_us = $13,
                max_per_order = $14, store_set = $15, version = version + 1
         WHERE id = $16 AND version = $17",
        to_json(&to.title)?,
        to_json(&to.description)?,
        &to.category,
        to.media,
        to.agreement,
        to.list_price.currency,
        to.list_price.amount,
        to_json(&price_rules)?,
        to.group.as_ref().map(to_json).transpose()?,
        to.deposit.as_ref().map(to_json).transpose()?,
        to.uses,
        to.card.as_ref().map(to_json).transpose()?,
        to.valid_us,
        to.max_per_order,
        store_set_digest(stores).as_slice(),
        cmd.offer,
        cmd.version
    ))?;
    if moved == 0 {
        return Err(OFFER_CHANGED.plain().into());
    }
    Ok(())
}
