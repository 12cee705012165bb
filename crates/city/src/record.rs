//! What a finished city leaves in the event log about itself, so that it is found again: its last event.

use kernel::{Actor, Ctx, EventId, MerchantId, OfferId, StoreId};
use serde::{Deserialize, Serialize};
use store::{EventBody, ReadTx, StorageError, Store, StoredEvent, Tx, partition_of};
use uuid::Uuid;

use crate::people::{ADMIN, CASHIER, CONSUMER, FINANCE, MANAGER, OWNER, SECOND_FINANCE};
use crate::settle::{from_pair, to_pair};
use crate::works::{Works, acting};
use crate::{Account, City, CityError, Counts, DemoMerchant};

/// A city was built here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CityBuilt {
    seed: u64,
    merchant: MerchantId,
    stores: Vec<StoreId>,
    offers: Vec<OfferId>,
    clearing: Vec<(String, i64)>,
    paid_out: Vec<(String, i64)>,
    counts: Counts,
}

impl EventBody for CityBuilt {
    const TYPE: &'static str = "CityBuilt";
    const V: i64 = 1;
}

/// The lane whose partition the event is in.
const LANE: [u8; 16] = *b"a simulated city";

/// Events read at once when the city is looked for.
const PAGE: i64 = 500;

/// Notes that the city stands.
pub(crate) fn write(works: &mut Works, city: &City) -> Result<(), CityError> {
    let body = CityBuilt {
        seed: city.seed,
        merchant: city.demo.merchant,
        stores: city.demo.stores.clone(),
        offers: city.demo.offers.clone(),
        clearing: city.clearing.iter().map(to_pair).collect(),
        paid_out: city.paid_out.iter().map(to_pair).collect(),
        counts: city.counts,
    };
    let (lane, now) = (EventId::from_uuid(Uuid::from_bytes(LANE)), works.calendar.now);
    // Some of what was expected may not have been needed.
    let left = works.left();
    works.run("the city's record", lane, left, move |tx: &mut Tx, ctx: &Ctx| {
        Ok(tx.emit(&acting(ctx, Actor::System, now), body.merchant, 1, &body)?)
    })
}

/// Whether a city was begun here.
pub(crate) fn is_begun(store: &Store) -> Result<bool, CityError> {
    Ok(store.read_blocking(|read| {
        let first = party::Contact::parse(ADMIN)?;
        Ok(party::queries::password(read, &first)?.is_some())
    })?)
}

/// The city that was finished here, if one was.
pub(crate) fn find(store: &Store) -> Result<Option<City>, CityError> {
    let found = store.read_blocking(|read| {
        let owner = party::Contact::parse(OWNER)?;
        // Most databases hold no city at all, and some of those are large.
        let Some(_) = party::queries::password(read, &owner)? else {
            return Ok(None);
        };
        Ok(find_event(read)?)
    })?;
    let Some(built) = found else {
        return Ok(None);
    };
    let money = |pairs: &[(String, i64)]| pairs.iter().filter_map(from_pair).collect();
    Ok(Some(City {
        seed: built.seed,
        accounts: accounts(),
        clearing: money(&built.clearing),
        paid_out: money(&built.paid_out),
        demo: DemoMerchant {
            merchant: built.merchant,
            stores: built.stores,
            offers: built.offers,
        },
        counts: built.counts,
    }))
}

fn find_event(read: &mut ReadTx) -> Result<Option<CityBuilt>, StorageError> {
    let mut after = 0;
    loop {
        let page = StoredEvent::after(read, partition_of(LANE), after, PAGE)?;
        if let Some(built) = page.iter().find_map(StoredEvent::body_as::<CityBuilt>) {
            return built.map(Some);
        }
        match page.last() {
            Some(last) => after = last.seq,
            None => return Ok(None),
        }
    }
}

/// Whom to sign in as. The same in every city.
pub(crate) fn accounts() -> Vec<Account> {
    let table = [
        (
            "consumer",
            CONSUMER,
            "buys, shares, reviews; signs in with a one-time code",
        ),
        (
            "cashier",
            CASHIER,
            "redeems vouchers in the demo merchant's first store",
        ),
        (
            "manager",
            MANAGER,
            "runs the demo merchant's offers, coupons and refunds",
        ),
        (
            "owner",
            OWNER,
            "decides for the demo merchant: agreements, staff, stores",
        ),
        (
            "admin",
            ADMIN,
            "certifies merchants, negotiates agreements, handles reviews",
        ),
        ("finance", FINANCE, "proposes payouts"),
        ("finance", SECOND_FINANCE, "approves what the other proposed"),
    ];
    let account = |(role, login, what_for): (&str, &str, &str)| Account {
        role: role.to_owned(),
        login: login.to_owned(),
        what_for: what_for.to_owned(),
    };
    table.into_iter().map(account).collect()
}
