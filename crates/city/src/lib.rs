//! A simulated city: merchants, people and a past that an empty database is filled with, all of it
//! through the domain's own commands and all of it from one seed. It writes no table, reads no clock and
//! reaches no network. What its history left with the provider is what was paid and not given back; most of it is
//! settled, and a few vouchers still wait to be used.
//!
//! [`build`] fills an empty database, [`describe`] finds the same city again.

mod bookings;
mod calendar;
mod dice;
mod error;
mod founding;
mod market;
mod menus;
mod model;
mod orders;
mod people;
mod picture;
mod plan;
mod queues;
mod record;
pub mod run;
mod screens;
mod settle;
mod shops;
mod talks;
mod texts;
mod trade;
mod works;

pub use error::CityError;
pub use model::{Account, City, Counts, DemoMerchant};
pub use plan::Plan;

use std::ops::ControlFlow;
use std::path::Path;

use kernel::{PersonId, Timestamp};
use store::{Store, StoredEvent};

use picture::Album;
use shops::{Opening, Shop};
use trade::Town;
use works::{Works, work};

/// Fills an empty database with the city of `seed`, as it stands at `now`. The password of all accounts is
/// the one of `password_hash` (Argon2id in PHC form); pictures are written to `media_folder`, each under
/// the SHA-256 of its bytes. `progress` hears of steps done and steps in all, and may end it.
///
/// Refuses a database that holds anything already, and stops at the first command that is refused: what
/// was built until then stays, and is no city. Quickest in a store with one lane.
pub fn build(
    store: &Store,
    plan: &Plan,
    seed: u64,
    now: Timestamp,
    password_hash: &str,
    media_folder: &Path,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<City, CityError> {
    let is_empty = store.read_blocking(|read| Ok(StoredEvent::heads(read)?.is_empty()))?;
    if !is_empty {
        let is_part = record::is_begun(store)? && record::find(store)?.is_none();
        return Err(if is_part {
            CityError::Unfinished
        } else {
            CityError::NotEmpty
        });
    }
    let plan = plan.at_least_something();
    let album = Album::open(media_folder)?;
    // Beside what the plan names: the operators, the newcomer and the record.
    let total = plan.consumers
        + plan.merchants * (work::MERCHANT + work::TIMER)
        + plan.orders * (work::ORDER + work::AFTER_ORDER)
        + bookings::WORK
        + queues::WORK
        + talks::WORK
        + 3;
    let mut works = Works::new(store, seed, now, total, progress);
    let operators = people::engage_operators(&mut works, password_hash)?;
    let consumers = people::invite_consumers(&mut works, plan.consumers)?;
    let opening = Opening {
        plan: &plan,
        operators,
        album: &album,
        password_hash,
    };
    let shops = shops::open_all(&mut works, opening)?;
    shops::open_newcomer(&mut works, opening)?;
    let counts = live(&mut works, &plan, operators, &consumers, &shops)?;
    menus::write(&mut works, &album, &shops)?;
    let city = survey(store, seed, &shops, counts)?;
    record::write(&mut works, &city)?;
    Ok(city)
}

/// The city that [`build`] made in this database; `None` if there is none, or none that was finished.
pub fn describe(store: &Store) -> Result<Option<City>, CityError> {
    record::find(store)
}

/// The past of the city: coupons, orders and all that followed.
fn live(
    works: &mut Works,
    plan: &Plan,
    operators: people::Operators,
    consumers: &[PersonId],
    shops: &[Shop],
) -> Result<Counts, CityError> {
    let entries = market::open_entries(works, operators)?;
    let coupons = market::issue_coupons(works, operators, shops)?;
    let dice = works.dice();
    let town = Town {
        calendar: works.calendar,
        shops,
        consumers,
        entries: &entries,
        coupons: &coupons,
    };
    let past = trade::draw(&town, &dice, plan.orders);
    let mut happened = orders::happen(works, shops, past)?;
    happened.add(&bookings::book_ahead(works, &shops[0], consumers)?);
    happened.add(&screens::open(works, shops, consumers)?);
    queues::wait_at_the_door(works, &shops[0], consumers)?;
    talks::write(works, &shops[0], consumers)?;
    let rebates = settle::run_timers(works)?;
    settle::pay_out(works, operators)?;
    market::fill_wallet(works, consumers[0], &coupons)?;
    Ok(Counts {
        consumers: consumers.len() as u64,
        coupons: coupons.len() as u64,
        rebates,
        ..happened
    })
}

/// What the ledger says at the end, and what there is to show.
fn survey(store: &Store, seed: u64, shops: &[Shop], counts: Counts) -> Result<City, CityError> {
    let rows = store.read_blocking(ledger::queries::trial_balance)?;
    let first = &shops[0];
    let sum = |count: fn(&Shop) -> usize| shops.iter().map(|shop| count(shop) as u64).sum();
    Ok(City {
        seed,
        accounts: record::accounts(),
        demo: DemoMerchant {
            merchant: first.merchant,
            stores: first.counters.iter().map(|counter| counter.store).collect(),
            offers: first.goods.iter().map(|good| good.offer).collect(),
        },
        clearing: settle::holdings(&rows, ledger::Account::ProviderClearing),
        paid_out: settle::outflow(&rows, ledger::Account::Bank),
        counts: Counts {
            merchants: shops.len() as u64,
            stores: sum(|shop| shop.counters.len()),
            offers: sum(|shop| shop.goods.len() + usize::from(shop.booked.is_some())),
            ..counts
        },
    })
}
