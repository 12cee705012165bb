//! An offer is booked from now on, or otherwise than before.

use std::collections::BTreeSet;

use kernel::{Ctx, MerchantId, OfferId, Reject, ResourceId};
use store::{Fail, Lock, Tx, sql, to_json};

use super::managed_offer;
use crate::booking_terms::within;
use crate::events::BookingTermsSet;
use crate::reject::{BOOKING_TERMS_INVALID, BOOKING_TERMS_LATE, BOOKING_WITHOUT_CARD, BOOKING_WITHOUT_GROUP};
use crate::{BookingTerms, Card, OfferStatus, ResourceKind, Stay, queries};

/// The most resources of an offer's services together.
const MAX_RESOURCES: usize = 500;
/// The most cards that pay for an offer.
const MAX_CARDS: i64 = 20;

/// How an offer is booked.
#[derive(Debug, Clone)]
pub struct SetBookingTerms {
    /// Which offer.
    pub offer: OfferId,
    /// How.
    pub terms: BookingTerms,
    /// Of what, service by service: resources of the stores that the offer is redeemed in.
    pub resources: Vec<Vec<ResourceId>>,
}

impl SetBookingTerms {
    /// The offer itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("offer", self.offer)]
    }
}

/// Sets how an offer is booked, for managers of the whole merchant. A draft becomes one that is booked; what was
/// published as such can be changed for those who book from now on. Gives the version.
///
/// Rejects with `BOOKING_TERMS_INVALID`, `BOOKING_TERMS_LATE`, `BOOKING_WITHOUT_GROUP`, `BOOKING_WITHOUT_CARD`, [`party::NOT_FOUND`] and as
/// [`party::require_staff`] does.
pub fn set_booking_terms(tx: &mut Tx, ctx: &Ctx, cmd: &SetBookingTerms) -> Result<i64, Fail> {
    let offer = managed_offer(tx, ctx, cmd.offer)?;
    tx.lock(&cmd.locks());
    cmd.terms.check(offer.list_price)?;
    if offer.group.is_some() {
        return Err(BOOKING_WITHOUT_GROUP.plain().into());
    }
    if offer.card.is_some() {
        return Err(BOOKING_WITHOUT_CARD.plain().into());
    }
    if let Some(deposit) = offer.deposit {
        deposit.check_policy("/terms/policy", &cmd.terms.policy)?;
    }
    check_cards(tx, offer.merchant, &cmd.terms.cards)?;
    let resources = by_service(&cmd.resources);
    check_resources(tx, cmd, &resources)?;
    let before = queries::booking_terms(tx, offer.id)?;
    if before.is_none() && offer.status != OfferStatus::Draft {
        return Err(BOOKING_TERMS_LATE.plain().into());
    }
    if let Some((before, _)) = before.as_ref().filter(|_| offer.status != OfferStatus::Draft) {
        check_change(before, &cmd.terms)?;
    }
    let version = before.map_or(1, |(_, version)| version + 1);
    tx.tell(sql!(
        "INSERT INTO offer_booking (offer_id, terms, open_tickets, security_deposit, version) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (offer_id) DO UPDATE SET terms = excluded.terms, open_tickets = excluded.open_tickets,
           security_deposit = excluded.security_deposit, version = excluded.version",
        offer.id,
        to_json(&cmd.terms)?,
        i64::from(cmd.terms.open_tickets),
        cmd.terms.security_deposit.unwrap_or_default(),
        version
    ))?;
    tx.claim(sql!("DELETE FROM offer_resource WHERE offer_id = $1", offer.id))?;
    for (service, resource) in resources {
        tx.tell(sql!(
            "INSERT INTO offer_resource (offer_id, service, resource_id) VALUES ($1, $2, $3)",
            offer.id,
            service,
            resource
        ))?;
    }
    let event = BookingTermsSet {
        offer: offer.id,
        merchant: offer.merchant,
        version,
    };
    tx.emit(ctx, offer.id, offer.version, &event)?;
    Ok(version)
}

/// Refuses what would change what was sold.
fn check_change(before: &BookingTerms, after: &BookingTerms) -> Result<(), Reject> {
    if before.price_per != after.price_per {
        let detail = "What the price is of never changes once the offer is published.";
        return Err(BOOKING_TERMS_INVALID.at("/terms/price_per", detail));
    }
    if (before.stay == Stay::Showings) != (after.stay == Stay::Showings) {
        let detail = "Whether an offer has showings never changes once it is published.";
        return Err(BOOKING_TERMS_INVALID.at("/terms/showings", detail));
    }
    Ok(())
}

/// Refuses what is no card of visits of this merchant.
fn check_cards(tx: &mut Tx, merchant: MerchantId, cards: &[OfferId]) -> Result<(), Fail> {
    within("/terms/cards", cards.len() as i64, 0, MAX_CARDS)?;
    for id in cards {
        let card = queries::offer(tx, *id)?.filter(|card| card.merchant == merchant);
        let is_card = card.is_some_and(|card| card.uses > 1 && card.card != Some(Card::StoredValue));
        if !is_card {
            let detail = format!("{id} is no card of several visits of this merchant.");
            return Err(BOOKING_TERMS_INVALID.at("/terms/cards", detail).into());
        }
    }
    Ok(())
}

fn by_service(resources: &[Vec<ResourceId>]) -> BTreeSet<(i64, ResourceId)> {
    let of_services = (0..).zip(resources);
    of_services
        .flat_map(|(service, ids)| ids.iter().map(move |id| (service, *id)))
        .collect()
}

/// Refuses resources of other stores, and such as do not go with what is booked.
fn check_resources(
    tx: &mut Tx,
    cmd: &SetBookingTerms,
    wanted: &BTreeSet<(i64, ResourceId)>,
) -> Result<(), Fail> {
    let invalid = |detail: String| Err(BOOKING_TERMS_INVALID.at("/resources", detail).into());
    let services = cmd.terms.service_count();
    if cmd.resources.len() != services {
        return invalid(format!(
            "There is a list of resources for each service: {services}, not {}.",
            cmd.resources.len()
        ));
    }
    if let Some(without) = cmd.resources.iter().position(Vec::is_empty) {
        return invalid(format!("Service {} has no resources.", without + 1));
    }
    if cmd.resources.iter().map(Vec::len).sum::<usize>() > MAX_RESOURCES {
        return invalid(format!(
            "An offer is booked of {MAX_RESOURCES} resources at most."
        ));
    }
    let kinds = queries::resource_kinds(tx, cmd.offer)?;
    for (_, id) in wanted {
        let Some(kind) = kinds.get(id) else {
            return invalid(format!("No store of the offer has the resource {id}."));
        };
        let fits = match cmd.terms.stay {
            Stay::Nights(_) => *kind == ResourceKind::RoomType,
            Stay::Showings => *kind == ResourceKind::Hall,
            Stay::Visit(_) => !matches!(kind, ResourceKind::RoomType | ResourceKind::Hall),
        };
        if !fits {
            return invalid(format!(
                "{id} is a {}: rooms of a type are for nights, halls for showings, and nothing else is.",
                kind.as_str()
            ));
        }
    }
    Ok(())
}
