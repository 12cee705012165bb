//! From the event log to the search index: which offers an event touches, and what the index should hold
//! of them now. A document is always made from the current state, so an event that is seen twice or late
//! changes nothing.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use feedback::{ReviewHidden, ReviewPosted, ReviewShown};
use kernel::{MerchantId, OfferId, StoreId, Timestamp};
use offer::Menu;
use offer::events::{
    AgreementAccepted, AgreementEnded, MenuSet, OfferPaused, OfferPublished, OfferResumed, OfferUpdated,
};
use party::events::{
    MerchantCertified, MerchantDecertified, MerchantReinstated, MerchantRenamed, MerchantSuspended,
    MerchantUpdated, StoreUpdated,
};
use party::{Merchant, StoreView};
use store::{EventBody, Fail, PARTITIONS, ReadTx, StoredEvent};

use crate::{Change, Cursors, OfferDoc};

/// How many events of one partition are taken together.
const EVENTS_AT_ONCE: i64 = 500;
/// How many offers a page of a list has.
const OFFERS_AT_ONCE: i64 = 200;

/// Events that touch offers, in one step: each is looked up, and a transaction has only so many statements.
const LOOKUPS_AT_ONCE: usize = 500;

/// What the next events of the log touch, and how far it is read then.
#[derive(Debug, Default)]
pub struct Step {
    /// For [`changes`].
    pub offers: BTreeSet<OfferId>,
    /// The partitions that moved.
    pub cursors: Cursors,
    /// Whether the log may hold much more.
    pub has_more: bool,
}

/// The next step after `cursors`; it moves no cursor when the log is drained.
pub fn next_step(read: &mut ReadTx, cursors: &Cursors) -> Result<Step, Fail> {
    let heads = StoredEvent::heads(read)?;
    let mut step = Step::default();
    let mut lookups = 0;
    for partition in 0..PARTITIONS {
        let done = cursors.get(&partition).copied().unwrap_or(0);
        if heads.get(&partition).is_none_or(|head| *head <= done) {
            continue;
        }
        let events = StoredEvent::after(read, partition, done, EVENTS_AT_ONCE)?;
        step.has_more |= events.len() as i64 == EVENTS_AT_ONCE;
        for event in events {
            if lookups == LOOKUPS_AT_ONCE {
                step.has_more = true;
                return Ok(step);
            }
            if let Some(offers) = offers_of_event(read, &event)? {
                lookups += 1;
                step.offers.extend(offers);
            }
            step.cursors.insert(partition, event.seq);
        }
    }
    Ok(step)
}

/// What the index should hold of each offer: its documents, or nothing.
pub fn changes(
    read: &mut ReadTx,
    offers: impl IntoIterator<Item = OfferId>,
    now: Timestamp,
) -> Result<Vec<Change>, Fail> {
    let mut parties = Parties::default();
    let mut changes = Vec::new();
    for offer in offers {
        changes.push(Change::RemoveOffer(offer));
        let docs = documents(read, &mut parties, offer, now)?;
        changes.extend(docs.into_iter().map(|doc| Change::Upsert(Box::new(doc))));
    }
    Ok(changes)
}

/// `None` if it is about no offers.
fn offers_of_event(read: &mut ReadTx, event: &StoredEvent) -> Result<Option<Vec<OfferId>>, Fail> {
    let kind = event.kind.as_str();
    let offers = if [
        OfferPublished::TYPE,
        OfferPaused::TYPE,
        OfferResumed::TYPE,
        OfferUpdated::TYPE,
    ]
    .contains(&kind)
    {
        vec![event.subject()]
    } else if kind == StoreUpdated::TYPE {
        offers_at(read, event.subject())?
    } else if let Some(posted) = event.body_as::<ReviewPosted>() {
        offers_at(read, posted?.store)?
    } else if let Some(hidden) = event.body_as::<ReviewHidden>() {
        offers_at(read, hidden?.store)?
    } else if let Some(shown) = event.body_as::<ReviewShown>() {
        offers_at(read, shown?.store)?
    } else if let Some(set) = event.body_as::<MenuSet>() {
        let set = set?;
        if !set.is_found_otherwise {
            return Ok(None);
        }
        offers_of(read, set.merchant)?
    } else if let Some(accepted) = event.body_as::<AgreementAccepted>() {
        offers_of(read, accepted?.merchant)?
    } else if let Some(ended) = event.body_as::<AgreementEnded>() {
        offers_of(read, ended?.merchant)?
    } else if [
        MerchantCertified::TYPE,
        MerchantDecertified::TYPE,
        MerchantReinstated::TYPE,
        MerchantRenamed::TYPE,
        MerchantSuspended::TYPE,
        MerchantUpdated::TYPE,
    ]
    .contains(&kind)
    {
        offers_of(read, event.subject())?
    } else {
        return Ok(None);
    };
    Ok(Some(offers))
}

fn offers_at(read: &mut ReadTx, store: StoreId) -> Result<Vec<OfferId>, Fail> {
    all_pages(|after| offer::queries::offers_at(read, store, after, OFFERS_AT_ONCE))
}

fn offers_of(read: &mut ReadTx, merchant: MerchantId) -> Result<Vec<OfferId>, Fail> {
    all_pages(|after| offer::queries::offers_of(read, merchant, after, OFFERS_AT_ONCE))
}

fn all_pages(
    mut page: impl FnMut(Option<OfferId>) -> Result<Vec<offer::Offer>, Fail>,
) -> Result<Vec<OfferId>, Fail> {
    let mut offers = Vec::new();
    loop {
        let found = page(offers.last().copied())?;
        offers.extend(found.iter().map(|offer| offer.id));
        if (found.len() as i64) < OFFERS_AT_ONCE {
            return Ok(offers);
        }
    }
}

/// Merchants with their menus, and stores, that were looked up in this step.
#[derive(Default)]
struct Parties {
    merchants: HashMap<MerchantId, Option<Merchant>>,
    menus: HashMap<MerchantId, Menu>,
    stores: HashMap<StoreId, Option<StoreView>>,
}

impl Parties {
    fn merchant(&mut self, read: &mut ReadTx, id: MerchantId) -> Result<Option<Merchant>, Fail> {
        Ok(match self.merchants.entry(id) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => unknown.insert(party::queries::merchant(read, id)?).clone(),
        })
    }

    /// The names of what a store of the merchant serves.
    fn dishes(&mut self, read: &mut ReadTx, id: MerchantId, at: &StoreView) -> Result<Vec<String>, Fail> {
        let menu = match self.menus.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(offer::queries::menu(read, id)?),
        };
        let served = menu
            .dishes()
            .filter(|dish| dish.details.is_served_at(at.id, at.details.currency));
        Ok(served
            .flat_map(|dish| dish.details.name.0.values().cloned())
            .collect())
    }

    fn store(&mut self, read: &mut ReadTx, id: StoreId) -> Result<Option<StoreView>, Fail> {
        Ok(match self.stores.entry(id) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => unknown.insert(party::queries::store(read, id)?).clone(),
        })
    }
}

fn documents(
    read: &mut ReadTx,
    parties: &mut Parties,
    offer: OfferId,
    now: Timestamp,
) -> Result<Vec<OfferDoc>, Fail> {
    let Some(mut page) = offer::queries::offer_page(read, offer, now)? else {
        return Ok(Vec::new());
    };
    if !page.on_sale && page.terms.starts_at > now {
        // It may only be too early: the index shows it by itself once its window opens.
        let Some(later) = offer::queries::offer_page(read, offer, page.terms.starts_at)? else {
            return Ok(Vec::new());
        };
        page = later;
    }
    if !page.on_sale {
        return Ok(Vec::new());
    }
    let id = page.offer.merchant;
    let Some(merchant) = parties.merchant(read, id)? else {
        return Ok(Vec::new());
    };
    let mut docs = Vec::with_capacity(page.stores.len());
    for store in &page.stores {
        let Some(view) = parties.store(read, *store)? else {
            continue;
        };
        let rating = feedback::queries::rating(read, *store)?;
        docs.push(OfferDoc {
            offer,
            merchant: id,
            store: *store,
            title: page.offer.title.clone(),
            merchant_name: merchant.name.clone(),
            store_name: view.details.name.clone(),
            dishes: parties.dishes(read, id, &view)?,
            category: page.offer.category.clone(),
            place: view.details.place,
            price: page.price_from.due,
            is_price_from: page.price_from.list != page.offer.list_price,
            list_price: Some(page.price_from.list),
            rating_milli: rating.mean_hundredths().map(|hundredths| hundredths * 10),
            review_count: rating.review_count,
            live_from: page.terms.starts_at,
            live_until: page.terms.ends_at,
        });
    }
    Ok(docs)
}
