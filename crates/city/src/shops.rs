//! Merchants: who they are, where their stores stand, and what the rest of the city knows of them. How they
//! come to sell is in `founding`.

use std::ops::Range;

use kernel::{Actor, Ctx, DAY_US, DeviceId, EntryId, GeoPoint, LocalText, MerchantId, OfferId, PersonId};
use kernel::{StoreId, Timestamp};
use party::Contact;
use store::Tx;

use crate::dice::{between, pick};
use crate::founding::Founding;
use crate::people::{self, Operators};
use crate::picture::{self, Album, Kept};
use crate::texts::{self, Trade, both, names, places};
use crate::works::{Script, Works, acting, work};
use crate::{CityError, Plan};

/// Where a merchant serves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counter {
    pub store: StoreId,
    pub device: DeviceId,
    /// Who stands there.
    pub clerk: PersonId,
}

/// Something on sale.
#[derive(Debug, Clone)]
pub(crate) struct Good {
    pub offer: OfferId,
    /// What one unit costs after the agreement's discount, in fen.
    pub due: i64,
    pub stock: i64,
    /// How often one voucher is used.
    pub visits: i64,
    /// What it is worth, if it is a stored-value card, in fen.
    pub worth: Option<i64>,
    /// Of the merchant's counters, those that redeem it: the first so many.
    pub counters: usize,
}

/// A merchant that sells.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub merchant: MerchantId,
    pub owner: PersonId,
    pub trade: &'static Trade,
    pub counters: Vec<Counter>,
    pub goods: Vec<Good>,
    /// What is sold for a time.
    pub booked: Option<OfferId>,
    pub entries: Vec<EntryId>,
    /// Days in which a visit can be refunded.
    pub refund_days: i64,
}

/// What is known of a merchant before its first command.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub number: u64,
    pub trade: &'static Trade,
    pub brand: texts::Words,
    pub joined: Timestamp,
    pub stores: Vec<Site>,
    pub licence: Kept,
    /// One for each idea of the trade, and one for what is booked.
    pub pictures: Vec<Kept>,
    pub password_hash: String,
}

/// Where a store stands.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub street: &'static places::Street,
    /// As it stands in the address.
    pub district: String,
    pub number: i64,
    pub place: GeoPoint,
}

/// What all merchants are opened with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening<'a> {
    pub plan: &'a Plan,
    pub operators: Operators,
    pub album: &'a Album,
    pub password_hash: &'a str,
}

/// Merchants that register before the first of them opens.
const ARRIVE_TOGETHER: u64 = 256;

/// Opens the merchants of the plan. Number 0 is the one whose staff can be signed in as.
pub(crate) fn open_all(works: &mut Works, opening: Opening) -> Result<Vec<Shop>, CityError> {
    let count = opening.plan.merchants;
    let mut shops = Vec::with_capacity(count as usize);
    for first in (0..count).step_by(ARRIVE_TOGETHER as usize) {
        shops.extend(open_some(
            works,
            opening,
            first..count.min(first + ARRIVE_TOGETHER),
        )?);
    }
    Ok(shops)
}

fn open_some(works: &mut Works, opening: Opening, numbers: Range<u64>) -> Result<Vec<Shop>, CityError> {
    let calendar = works.calendar;
    let mut profiles = Vec::new();
    for n in numbers {
        let apart_us = 6 * DAY_US / opening.plan.merchants as i64;
        let joined = calendar.at(73, 540).plus_us(n as i64 * apart_us);
        profiles.push(profile(works, opening, n, joined)?);
    }
    let registered = register(works, &profiles)?;
    let arrived = profiles.into_iter().zip(registered);
    works.run_all("a merchant", arrived, |works, (profile, (merchant, owner))| {
        Script {
            lane: merchant,
            ctx: works.dice(),
            work: work::MERCHANT,
            run: move |tx: &mut Tx, ctx: &Ctx| {
                let founding = Founding {
                    ctx,
                    profile: &profile,
                    merchant,
                    owner,
                    operators: opening.operators,
                };
                let counters = founding.add_counters(tx)?;
                founding.certify(tx)?;
                let (agreement, terms) = founding.agree(tx, calendar)?;
                let goods = founding.publish(tx, &counters, agreement, &terms)?;
                Ok(Shop {
                    merchant,
                    owner,
                    trade: profile.trade,
                    entries: founding.add_entries(tx)?,
                    booked: founding.open_bookings(tx, (&counters, &goods), agreement)?,
                    counters,
                    goods,
                    refund_days: terms.refund_window_us / DAY_US,
                })
            },
        }
    })
}

/// A merchant that came yesterday: its licence and its first proposal wait for an operator.
pub(crate) fn open_newcomer(works: &mut Works, opening: Opening) -> Result<(), CityError> {
    let calendar = works.calendar;
    let profile = profile(works, opening, opening.plan.merchants, calendar.at(1, 600))?;
    let (merchant, owner) = register(works, std::slice::from_ref(&profile))?[0];
    let operators = opening.operators;
    works.run("a new merchant", merchant, 1, move |tx, ctx| {
        let founding = Founding {
            ctx,
            profile: &profile,
            merchant,
            owner,
            operators,
        };
        founding.add_counters(tx)?;
        founding.submit(tx)?;
        founding.propose(tx, calendar)
    })
}

fn profile(
    works: &mut Works,
    opening: Opening,
    number: u64,
    joined: Timestamp,
) -> Result<Profile, CityError> {
    let Opening { plan, album, .. } = opening;
    let dice = works.dice();
    let trade = texts::trade_of(number);
    // Seven steps at a time through forty brands: all of them are used before one comes again.
    let brand = number * 7 + number / names::BRANDS.len() as u64 * 16;
    let brand = names::BRANDS[brand as usize % names::BRANDS.len()];
    let store_count = if number == 0 {
        2
    } else {
        *pick(&dice, &[1, 1, 1, 1, 2, 2, 3])
    };
    let quarter = number / places::MERCHANTS_IN_A_QUARTER;
    let first = dice.random_below(places::STREETS.len() as u64) as usize;
    let site = |i: usize| {
        let street = &places::STREETS[(first + i) % places::STREETS.len()];
        site(&dice, plan.center, quarter, street)
    };
    let hue = texts::color_of(trade);
    let picture = |turn| {
        album.keep((trade.category, hue, turn), || {
            picture::of_offer(trade.category, hue, turn)
        })
    };
    let licence = number % picture::LICENCES;
    Ok(Profile {
        number,
        trade,
        brand: if number == 0 { names::DEMO_BRAND } else { brand },
        joined,
        stores: (0..store_count).map(site).collect(),
        licence: album.keep(("licence", 0, licence as usize), || picture::of_licence(licence))?,
        pictures: (0..=trade.ideas.len()).map(picture).collect::<Result<_, _>>()?,
        password_hash: opening.password_hash.to_owned(),
    })
}

/// A house on a street, a few metres off the middle of the road.
fn site(dice: &Ctx, center: GeoPoint, quarter: u64, street: &'static places::Street) -> Site {
    let along = between(dice, 0, 1_000);
    let on_line = |from: i64, to: i64| from + (to - from) * along / 1_000;
    let (north, east) = places::quarter(quarter);
    let lat = north + on_line(street.from.0, street.to.0) + between(dice, -180, 180);
    let lon = east + on_line(street.from.1, street.to.1) + between(dice, -180, 180);
    let place = GeoPoint::from_microdegrees(center.lat_microdegrees() + lat, center.lon_microdegrees() + lon);
    Site {
        street,
        district: match quarter {
            0 => street.district.to_owned(),
            n => format!("第 {n} 新区"),
        },
        number: on_line(street.numbers.0, street.numbers.1),
        // Only a city at a pole has streets that leave the map.
        place: place.unwrap_or(center),
    }
}

/// Registers merchants. Gives each one's id and its owner.
fn register(works: &mut Works, profiles: &[Profile]) -> Result<Vec<(MerchantId, PersonId)>, CityError> {
    works.run_all("a registration", profiles, |works, profile| {
        let profile = profile.clone();
        Script {
            lane: works.dice().request,
            ctx: works.dice(),
            work: 0,
            run: move |tx: &mut Tx, ctx: &Ctx| {
                let mail = match profile.number {
                    0 => people::OWNER.to_owned(),
                    n => format!("owner-{n}@demo.example"),
                };
                let cmd = party::RegisterMerchant {
                    name: profile.name(),
                    login: Contact::parse(&mail)?,
                    password_hash: profile.password_hash.clone(),
                    person_name: names::PEOPLE[profile.number as usize % names::PEOPLE.len()].to_owned(),
                    token_hash: ctx.random_bytes(),
                    device: "demo".to_owned(),
                };
                let acting = acting(ctx, Actor::Anonymous, profile.joined);
                let made = party::register_merchant(tx, &acting, &cmd)?;
                Ok((made.merchant, made.person))
            },
        }
    })
}

impl Profile {
    pub fn name(&self) -> LocalText {
        let quarter = (self.number / places::MERCHANTS_IN_A_QUARTER) as usize;
        let house = names::HOUSES[quarter % names::HOUSES.len()];
        let (brand, noun) = (self.brand, self.trade.noun);
        both(
            format!("{}{}{}", house.0, brand.0, noun.0),
            format!("{}{} {}", house.1, brand.1, noun.1),
        )
    }
}
