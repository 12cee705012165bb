//! When a table for a party is free, with a year of bookings in the database: one day and one month.

use std::ops::Range;

use consume::queries::{Availability, availability};
use http::shell;
use kernel::{Actor, Ctx, DAY_US, HOUR_US, Order, ResourceId, Timestamp};
use offer::Day;
use offer::place::{self, Stretch, steps};
use store::{Fail, Tx};

use super::Options;
use super::market::{self, Shop};
use super::report::Report;
use super::stage::Stage;
use super::tables::{self, Restaurant, TABLES};
use crate::serve::Failure;

const DAYS: i64 = 365;
/// Bookings to a transaction while filling: below the most statements of one.
const TOGETHER: usize = 100;
/// One in so many places stays free.
const FREE_ONE_IN: u64 = 5;
/// Two sittings of two hours, in half hours of a day in UTC: 17:30 and 19:30 in Shanghai.
const SITTINGS: [i64; 2] = [19, 23];

/// Fills a year of evenings and asks.
pub fn run(options: &Options) -> Result<Report, Failure> {
    let stage = Stage::open(options)?;
    let shop = market::open_shops(&stage.app, 1)?
        .into_iter()
        .next()
        .ok_or("no shop was opened")?;
    let owner = Actor::Staff(shop.owner, shop.merchant);
    let store = &stage.app.store;
    let dice = Ctx::new(shell::now(), Actor::System, [7; 32]);
    let Restaurant { offer, tables, .. } = tables::set_up(&stage.app, shop)?;

    let today = Day::in_utc(shell::now());
    let stretches = evenings(&dice, today, &tables);
    let booked = stretches.len();
    for together in stretches.chunks(TOGETHER) {
        let together = together.to_vec();
        store
            .run_blocking("fill", shop.merchant, shell::ctx(owner), move |tx, ctx| {
                take(tx, ctx, shop, &together)
            })?
            .map_err(|no| format!("{no:?}"))?;
    }

    let mut report = Report::new("when a table is free, with a year of bookings");
    report.note("tables", TABLES);
    report.note("bookings", booked);
    let asked = [
        (1, 1_000, "ms, a day, median", "ms, a day, 99 of 100"),
        (31, 200, "ms, 31 days, median", "ms, 31 days, 99 of 100"),
    ];
    for (days, times, median, slow) in asked {
        let mut taken_ms = Vec::with_capacity(times);
        for _ in 0..times {
            let asked = Availability {
                offer,
                store: shop.store,
                from: today.plus(dice.random_below((DAYS - days) as u64) as i64),
                days,
                party: 1 + dice.random_below(8) as i64,
                nights: 1,
                hours: None,
                rooms: 1,
                area: None,
                resources: Vec::new(),
                moves: None,
            };
            let started = shell::instant();
            let found = store.read_blocking(move |read| availability(read, &asked, shell::now()));
            let found = found.map_err(|no| format!("{no:?}"))?;
            taken_ms.push(started.elapsed().as_secs_f64() * 1_000.0);
            if found.len() as i64 != days {
                return Err("a day is missing".into());
            }
        }
        taken_ms.sort_by(f64::total_cmp);
        report.figure(median, taken_ms[times / 2]);
        report.at_most(slow, taken_ms[times * 99 / 100], 10.0);
    }
    Ok(report)
}

fn evenings(dice: &Ctx, today: Day, tables: &[ResourceId]) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for day in 0..DAYS {
        for table in tables {
            for half_hours in SITTINGS {
                if dice.random_below(FREE_ONE_IN) == 0 {
                    continue;
                }
                let starts_at = Timestamp(today.plus(day).0 * DAY_US + half_hours * HOUR_US / 2);
                stretches.push(Stretch {
                    resource: *table,
                    steps: hours(starts_at),
                    units: 1,
                    capacity: 1,
                });
            }
        }
    }
    stretches
}

fn hours(starts_at: Timestamp) -> Range<i64> {
    steps(starts_at, starts_at.plus_us(2 * HOUR_US))
}

fn take(tx: &mut Tx, ctx: &Ctx, shop: Shop, stretches: &[Stretch]) -> Result<(), Fail> {
    for stretch in stretches {
        let owner = ctx.new_id::<Order>().uuid();
        let places = place::places(std::slice::from_ref(stretch));
        if !place::take(tx, shop.merchant, owner, &places)? {
            return Err(party::NOT_FOUND.plain().into());
        }
    }
    Ok(())
}
