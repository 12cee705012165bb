//! A place has become free: it is held for the first of those who wait that it fits, who takes it or not.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use convert::PlaceOrder;
use convert::events::OrderReleased;
use kernel::{Ctx, StoreId, Timestamp, WaitlistEntryId};
use offer::events::{BookingTermsSet, OfferResumed, ResourceUpdated, StockChanged, StoreDaySet};
use offer::{Bookable, Period, Serving, bucket, place};
use serde::Deserialize;
use store::{EventBody, Fail, ReadTx, StoredEvent, Tx, from_json, sql};

use super::join_waitlist::{END_WAITING, end, lock_entry, own_entry};
use super::place_booking::{PlaceBooking, PlacedBooking, place_booking};
use crate::events::{BookingCancelled, BookingMoved, PlaceOffered, WaitlistEnded, WaitlistJoined};
use crate::queries;
use crate::reject::{BOOKING_FULL, BOOKING_NOT_OFFERED, WAITLIST_STATUS};
use crate::slot::{places_of, quantity};
use crate::waitlist::{DECIDE_US, WaitlistEntry, WaitlistStatus, bookable_until};

/// Offer somebody who waits what is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferPlace {
    /// To whom.
    pub entry: WaitlistEntryId,
}

/// Take what is held for the one who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakePlace {
    /// Which entry.
    pub entry: WaitlistEntryId,
    /// How it is bought, as any booking.
    pub order: PlaceOrder,
}

/// After these a place of their store may be free, or somebody new waits for one. Of one that is free unseen while
/// somebody joins, the joining itself is the news.
const AT_A_STORE: [&str; 6] = [
    BookingCancelled::TYPE,
    BookingMoved::TYPE,
    WaitlistEnded::TYPE,
    WaitlistJoined::TYPE,
    ResourceUpdated::TYPE,
    StoreDaySet::TYPE,
];
/// After these something may be free in each of their offer's stores.
const OF_AN_OFFER: [&str; 3] = [BookingTermsSet::TYPE, OfferResumed::TYPE, StockChanged::TYPE];

impl OfferPlace {
    /// Whose cursor in the event log says how far those who wait were thought of.
    pub const CONSUMER: &str = "waitlist";

    /// To whom something is to be offered after these events, who waits longest first.
    pub fn called_for(read: &mut ReadTx, events: &[StoredEvent], now: Timestamp) -> Result<Vec<Self>, Fail> {
        let mut stores = BTreeSet::new();
        for event in events {
            stores.extend(stores_of(read, event)?);
        }
        let mut called_for = Vec::new();
        for store in stores {
            called_for.extend(with_something_free(read, store, now)?);
        }
        Ok(called_for)
    }
}

fn stores_of(read: &mut ReadTx, event: &StoredEvent) -> Result<Vec<StoreId>, Fail> {
    #[derive(Deserialize)]
    struct AtStore {
        store: StoreId,
    }
    let kind = event.kind.as_str();
    if AT_A_STORE.contains(&kind) {
        let body: AtStore = from_json(&event.body)?;
        Ok(vec![body.store])
    } else if OF_AN_OFFER.contains(&kind) {
        queries::stores_where_waited_for(read, event.subject())
    } else if kind == OrderReleased::TYPE {
        queries::store_of_booked_order(read, event.subject())
    } else {
        Ok(Vec::new())
    }
}

fn with_something_free(read: &mut ReadTx, store: StoreId, now: Timestamp) -> Result<Vec<OfferPlace>, Fail> {
    let mut bookables = BTreeMap::new();
    let mut found = Vec::new();
    let entries = queries::waiting_at_store(read, store)?.into_iter();
    for entry in entries.filter(|entry| entry.status == WaitlistStatus::Waiting) {
        let bookable = match bookables.entry((entry.offer, entry.day)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(bookable_of(read, &entry)?),
        };
        if let Some(bookable) = bookable
            && !entry.free(read, bookable, now)?.is_empty()
        {
            found.push(OfferPlace { entry: entry.id });
        }
    }
    Ok(found)
}

fn bookable_of(read: &mut ReadTx, entry: &WaitlistEntry) -> Result<Option<Bookable>, Fail> {
    offer::queries::bookable(read, entry.offer, entry.store, (entry.day, entry.day))
}

/// Holds the first place that is free for somebody who waits, with a unit of what is sold, and tells them. Says whether
/// there was one. Qiao itself alone may.
pub fn offer_place(tx: &mut Tx, ctx: &Ctx, cmd: &OfferPlace) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    let waiting = lock_entry(tx, cmd.entry)?.filter(|entry| entry.status == WaitlistStatus::Waiting);
    let Some(entry) = waiting else {
        return Ok(false);
    };
    let Some(bookable) = bookable_of(tx, &entry)? else {
        return Ok(false);
    };
    let Some((period, servings)) = entry.free(tx, &bookable, ctx.now)?.into_iter().next() else {
        return Ok(false);
    };
    let units = quantity(&bookable.terms, entry.when(period.starts_at), entry.party)?;
    if !hold(tx, ctx, (&entry, units), &servings)? {
        return Ok(false);
    }
    let last = bookable_until(&bookable.terms, period);
    let stands_until = ctx.now.plus_us(DECIDE_US).min(last);
    offered(tx, ctx, &entry, (period, stands_until))?;
    Ok(true)
}

/// `false`: it is not on sale, or sold out.
fn hold(
    tx: &mut Tx,
    ctx: &Ctx,
    (entry, units): (&WaitlistEntry, i64),
    servings: &[Serving],
) -> Result<bool, Fail> {
    let sale = match offer::queries::for_sale(tx, entry.offer, ctx.now) {
        Ok(sale) => sale,
        Err(Fail::Reject(_)) => return Ok(false),
        Err(fail) => return Err(fail),
    };
    let sold = [sale.stock_bucket, sale.head_count_bucket];
    let levels = bucket::levels(tx, &sold)?;
    if levels.iter().any(|level| level.left() < units) {
        return Ok(false);
    }
    let places = places_of(servings);
    let (owner, sold) = (entry.id.uuid(), sold.map(|bucket| (bucket, units)));
    let is_held =
        bucket::hold(tx, owner, &sold)?.is_none() && place::hold(tx, entry.merchant, owner, &places)?;
    if !is_held {
        // Somebody was faster: whoever called looks again.
        return Err(BOOKING_FULL.plain().into());
    }
    Ok(true)
}

fn offered(
    tx: &mut Tx,
    ctx: &Ctx,
    entry: &WaitlistEntry,
    (period, stands_until): (Period, Timestamp),
) -> Result<(), Fail> {
    let changed = tx.claim(sql!(
        "UPDATE waitlist_entry SET status = 'offered', starts_at = $1, ends_at = $2, stands_until = $3,
                version = version + 1
         WHERE id = $4 AND version = $5",
        period.starts_at,
        period.ends_at,
        stands_until,
        entry.id,
        entry.version
    ))?;
    if changed == 0 {
        return Err(WAITLIST_STATUS.plain().into());
    }
    tx.set_timer(END_WAITING, entry.id, stands_until)?;
    let event = PlaceOffered {
        waitlist_entry: entry.id,
        person: entry.person,
        merchant: entry.merchant,
        store: entry.store,
        offer: entry.offer,
        starts_at: period.starts_at.0,
        stands_until: stands_until.0,
    };
    Ok(tx.emit(ctx, entry.id, entry.version + 1, &event)?)
}

/// Books what is held for the consumer who acts. In one transaction it is given back and booked, as by anybody, so what
/// it costs and how long it is held unpaid is the same.
///
/// Rejects: `not_found`, `waitlist_status`, and as [`crate::place_booking`] does.
pub fn take_place(tx: &mut Tx, ctx: &Ctx, cmd: &TakePlace) -> Result<PlacedBooking, Fail> {
    let entry = own_entry(tx, ctx, cmd.entry)?;
    let held = entry
        .period
        .filter(|_| entry.status == WaitlistStatus::Offered && ctx.now < entry.stands_until);
    let held = held.ok_or_else(|| WAITLIST_STATUS.because("Nothing is held for you (any more)."))?;
    if cmd.order.offer != entry.offer {
        return Err(BOOKING_NOT_OFFERED
            .at("/offer", "You were waiting for another offer.")
            .into());
    }
    end(tx, ctx, &entry, WaitlistStatus::Booked)?;
    let booking = PlaceBooking {
        order: cmd.order.clone(),
        store: entry.store,
        when: entry.when(held.starts_at),
        party: entry.party,
        area: entry.area,
        resources: entry.resources,
    };
    place_booking(tx, ctx, &booking)
}
