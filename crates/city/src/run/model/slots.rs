//! What is free, and who gets which places: plain sums over all bookings, by clocks that stand still at eight hours
//! before UTC.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};

use kernel::{DAY_US, MINUTE_US, Timestamp};

use super::{Keeps, Model, No, Surcharges};
use crate::run::booked::{Booked, Kind, PricePer, Rate, Seat, Stay};
use crate::run::op::When;

pub(super) const STEP_US: i64 = 15 * MINUTE_US;
const DAY_MINUTES: i64 = 24 * 60;
/// Shanghai's clocks.
pub(super) const AHEAD_US: i64 = 8 * 60 * MINUTE_US;
/// The most tables that are pushed together.
const MOST_JOINED: u32 = 4;

/// What somebody would like to book.
#[derive(Clone, Copy)]
pub(super) struct Wish {
    pub good: usize,
    pub store: usize,
    pub party: i64,
    pub when: When,
    pub resource: Option<usize>,
    pub by_shop: bool,
    /// As if this were not there.
    pub moves: Option<No>,
}

#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub period: (Timestamp, Timestamp),
    pub steps: Range<i64>,
    pub places: Vec<(usize, i64)>,
    pub quantity: i64,
    pub surcharges: Surcharges,
    pub seats: Option<(No, BTreeSet<Seat>)>,
}

impl Model {
    pub(super) fn used(&self, resource: usize, step: i64, but: Option<No>) -> i64 {
        let bookings = self.bookings.iter();
        let there = bookings.filter(|(no, booking)| {
            Some(**no) != but && booking.steps.contains(&step) && self.keeps(booking) != Keeps::Nothing
        });
        let booked: i64 = there.map(|(_, booking)| booking.units_of(resource)).sum();
        booked + self.held_for_who_waited(resource, step) + self.shown(resource, step)
    }

    pub(super) fn find_slot(&self, now: Timestamp, wish: &Wish) -> Result<Slot, &'static str> {
        let booked = self.world.goods[wish.good].booked.as_ref();
        let booked = booked.filter(|_| wish.store == 0).ok_or("booking_not_offered")?;
        let rooms = rooms_of(wish.when);
        if !(1..=booked.party_max).contains(&wish.party) || !(1..=100).contains(&rooms) {
            return Err("booking_party");
        }
        if wish
            .resource
            .is_some_and(|resource| !booked.resources.contains(&resource))
        {
            return Err("booking_not_offered");
        }
        let period = period_of(booked, wish).ok_or("booking_time")?;
        if !wish.by_shop && !is_in_time(booked, period.0, now) {
            return Err("booking_time");
        }
        let (steps, day) = match booked.stay {
            Stay::Visit { before, after, .. } => {
                let day = (period.0.0 + AHEAD_US).div_euclid(DAY_US) * DAY_US - AHEAD_US;
                let with_care = steps(period.0.0 - before * MINUTE_US, period.1.0 + after * MINUTE_US);
                (with_care, steps(day, day + DAY_US))
            }
            Stay::Nights { .. } | Stay::Showings(_) => {
                let day = |at: Timestamp| (at.0 + AHEAD_US).div_euclid(DAY_US);
                let nights = day(period.0)..day(period.1);
                (nights.clone(), nights)
            }
        };
        let chosen = self.choose(booked, wish, &steps, &day).ok_or("booking_full")?;
        let places = chosen.into_iter().map(|n| (n, self.units_for(n, wish)));
        Ok(Slot {
            period,
            steps,
            places: places.collect(),
            quantity: match (booked.price_per, wish.when) {
                (PricePer::Person, _) => wish.party,
                (PricePer::Night, When::Nights { nights, rooms, .. }) => nights * rooms,
                (PricePer::Booking | PricePer::Night, _) => 1,
            },
            surcharges: self.surcharges_of_nights(wish.good, wish.when),
            seats: None,
        })
    }

    /// What the rooms of these nights cost more, cheaper nights first.
    pub fn surcharges_of_nights(&self, good: usize, when: When) -> Surcharges {
        let booked = self.world.goods[good].booked.as_ref();
        let by_night = booked.filter(|booked| booked.price_per == PricePer::Night);
        let stay = by_night.map(|booked| booked.stay);
        let (Some(Stay::Nights { rates, .. }), When::Nights { from, nights, rooms }) = (stay, when) else {
            return Vec::new();
        };
        let mut surcharges = BTreeMap::new();
        for night in from..from + nights {
            let applying = rates.iter().flatten().filter(|rate| applies(rate, night));
            let surcharge = applying.map(|rate| rate.surcharge).max().unwrap_or_default();
            *surcharges.entry(surcharge).or_insert(0) += rooms;
        }
        surcharges
            .into_iter()
            .map(|(surcharge, units)| (units, surcharge))
            .collect()
    }

    fn units_for(&self, resource: usize, wish: &Wish) -> i64 {
        match self.world.resources[resource].kind {
            Kind::Table | Kind::Person | Kind::Room | Kind::Hall => 1,
            Kind::RoomType => rooms_of(wish.when),
            Kind::Session => wish.party,
        }
    }

    /// One of each kind, or some tables.
    fn choose(
        &self,
        booked: &Booked,
        wish: &Wish,
        steps: &Range<i64>,
        day: &Range<i64>,
    ) -> Option<Vec<usize>> {
        let kind_of = |n: &usize| self.world.resources[*n].kind;
        let mut kinds: Vec<_> = booked.resources.clone().map(|n| kind_of(&n)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut chosen = Vec::new();
        for kind in kinds {
            let of_kind = booked.resources.clone().filter(|n| kind_of(n) == kind);
            let free: Vec<_> = of_kind.filter(|n| self.can_be_given(*n, wish, steps)).collect();
            chosen.extend(if kind == Kind::Table {
                self.choose_tables(&free, wish.party)?
            } else {
                let rooms = rooms_of(wish.when);
                let party = match kind {
                    Kind::RoomType => (wish.party + rooms - 1) / rooms,
                    Kind::Table | Kind::Person | Kind::Room | Kind::Session | Kind::Hall => wish.party,
                };
                let fitting = free.into_iter().filter(|n| self.seats(*n).contains(&party));
                let to_do = |n: usize| {
                    day.clone()
                        .map(|step| self.used(n, step, wish.moves))
                        .sum::<i64>()
                };
                vec![fitting.min_by_key(|n| (to_do(*n), *n))?]
            });
        }
        Some(chosen)
    }

    fn seats(&self, resource: usize) -> RangeInclusive<i64> {
        let (least, most) = self.world.resources[resource].seats;
        least..=most
    }

    fn can_be_given(&self, n: usize, wish: &Wish, steps: &Range<i64>) -> bool {
        let resource = &self.world.resources[n];
        let is_wanted = |wanted: usize| wanted == n || self.world.resources[wanted].kind != resource.kind;
        let units = self.units_for(n, wish);
        let works = resource.hours.is_none_or(|(from, until)| {
            let day = (steps.start * STEP_US + AHEAD_US).div_euclid(DAY_US);
            let minute = |step: i64| (step * STEP_US + AHEAD_US) / MINUTE_US - day * DAY_MINUTES;
            from <= minute(steps.start) && minute(steps.end) <= until
        });
        wish.resource.is_none_or(is_wanted)
            && (!resource.walk_in || wish.by_shop)
            && works
            && steps
                .clone()
                .all(|step| self.used(n, step, wish.moves) + units <= resource.units)
    }

    /// Of all sets of free tables that are enough the one of fewest tables, and of those with fewest seats, rather one
    /// that stands alone.
    fn choose_tables(&self, free: &[usize], party: i64) -> Option<Vec<usize>> {
        let sets = (1_u32..1 << free.len()).filter(|set| set.count_ones() <= MOST_JOINED);
        let tables = |set: u32| {
            let chosen = free.iter().enumerate().filter(move |(n, _)| set >> n & 1 == 1);
            chosen.map(|(_, table)| *table)
        };
        let joins = |table: usize| self.world.resources[table].joins;
        let seats = |set: u32| tables(set).map(|table| *self.seats(table).end()).sum::<i64>();
        let is_enough = |set: &u32| match set.count_ones() {
            1 => tables(*set).all(|table| self.seats(table).contains(&party)),
            _ => tables(*set).all(joins) && seats(*set) >= party,
        };
        let best = sets
            .filter(is_enough)
            .min_by_key(|set| (set.count_ones(), seats(*set), tables(*set).any(joins)))?;
        Some(tables(best).collect())
    }
}

fn applies(rate: &Rate, night: i64) -> bool {
    // The epoch was a Thursday.
    let weekday = (night + 3).rem_euclid(7);
    (rate.weekdays == 0 || rate.weekdays >> weekday & 1 == 1)
        && rate.from.is_none_or(|from| from <= night)
        && rate.until.is_none_or(|until| night <= until)
}

fn rooms_of(when: When) -> i64 {
    match when {
        When::At(_) => 1,
        When::Nights { rooms, .. } => rooms,
    }
}

/// Whether what starts then is booked now.
pub(super) fn is_in_time(booked: &Booked, starts_at: Timestamp, now: Timestamp) -> bool {
    let in_time = now.0 + booked.notice_us..=now.0 + booked.ahead_days * DAY_US;
    in_time.contains(&starts_at.0)
}

pub(super) fn steps(from_us: i64, until_us: i64) -> Range<i64> {
    from_us.div_euclid(STEP_US)..(until_us + STEP_US - 1).div_euclid(STEP_US)
}

/// The visit or stay that starts then, if one does.
fn period_of(booked: &Booked, wish: &Wish) -> Option<(Timestamp, Timestamp)> {
    match (booked.stay, wish.when) {
        (
            Stay::Visit {
                from,
                until,
                every,
                minutes: [two, more],
                ..
            },
            When::At(at),
        ) => {
            let of_day_us = (at.0 + AHEAD_US).rem_euclid(DAY_US);
            let (minute, rest_us) = (of_day_us / MINUTE_US, of_day_us % MINUTE_US);
            let length = if wish.party <= 2 { two } else { more };
            let starts = rest_us == 0 && minute >= from && (minute - from) % every == 0;
            // Hours that meet at midnight are one.
            let is_within = (from, until) == (0, DAY_MINUTES) || minute + length <= until;
            (starts && is_within).then(|| (at, at.plus_us(length * MINUTE_US)))
        }
        (
            Stay::Nights {
                check_in,
                check_out,
                least,
                most,
                ..
            },
            When::Nights { from, nights, .. },
        ) => {
            let at = |day: i64, minute: i64| Timestamp(day * DAY_US + minute * MINUTE_US - AHEAD_US);
            let fits = (least..=most).contains(&nights);
            fits.then(|| (at(from, check_in), at(from + nights, check_out)))
        }
        // Of a showing seats are booked.
        (Stay::Visit { .. }, When::Nights { .. })
        | (Stay::Nights { .. }, When::At(_))
        | (Stay::Showings(_), _) => None,
    }
}
