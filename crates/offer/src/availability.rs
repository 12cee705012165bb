//! When something is free, and which resources a party gets. Pure: what is used is given.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::tz::TimeZone;
use kernel::{HOUR_US, MINUTE_US, ResourceId, Timestamp};
use party::hours::Span;

use crate::booking_terms::{BookingTerms, Nights, Service, Stay, Visit};
use crate::choosing::{Free, choose_one, choose_tables};
use crate::day::Day;
use crate::place::{self, Stretch, Used, steps};
use crate::resource::{Resource, ResourceKind, ResourceStatus};

/// All that decides about an offer's bookings at one store, beside what is used.
#[derive(Debug, Clone)]
pub struct Bookable {
    /// How it is booked.
    pub terms: BookingTerms,
    /// The store's.
    pub zone: TimeZone,
    /// What the offer has there, each once.
    pub resources: Vec<Resource>,
    /// What each service takes one of each kind of, by its index in `resources`, in order.
    pub services: Vec<Vec<usize>>,
    /// The days that are not as their weekday.
    pub days: BTreeMap<Day, Vec<Span>>,
}

/// What somebody would like to book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish<'a> {
    /// How many come.
    pub party: i64,
    /// How many rooms of a type; otherwise 1.
    pub rooms: i64,
    /// Only there.
    pub area: Option<&'a str>,
    /// Service by service: only with this, of its kind. What is not named is any.
    pub resources: &'a [Option<ResourceId>],
    /// Whether the store itself books, which may use what it keeps for those who walk in.
    pub for_store: bool,
}

/// A stretch of time that can be booked, or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// What a party gets for one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    /// Which, from 0.
    pub service: usize,
    /// When.
    pub period: Period,
    /// Of what, with the time before and after it that nobody else has.
    pub stretches: Vec<Stretch>,
}

impl Bookable {
    /// The visits that a party can start on a day, by the opening hours alone; of as many hours as it chose, where it can.
    pub fn visits(&self, visit: &Visit, day: Day, party: i64, hours: i64) -> Vec<Period> {
        let Some(length_us) = visit.length_us(party, hours) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (from, until) in open_hours(&visit.hours, &self.days, &self.zone, day) {
            let mut starts_at = from;
            while starts_at.plus_us(length_us) <= until {
                if Day::at(starts_at, &self.zone) == day {
                    found.push(Period {
                        starts_at,
                        ends_at: starts_at.plus_us(length_us),
                    });
                }
                starts_at = starts_at.plus_us(visit.every_minutes * MINUTE_US);
            }
        }
        found
    }

    /// When a visit by the hour is over that goes on for so many, and what that needs of each that it has, in the order of
    /// `resources`. `None` if the store, or one of them, closes before, or one is not booked any more.
    pub fn overtime(
        &self,
        before: Period,
        (party, has): (i64, &[ResourceId]),
        hours: i64,
    ) -> Option<(Period, Vec<Stretch>)> {
        let Stay::Visit(visit) = &self.terms.stay else {
            return None;
        };
        let period = Period {
            starts_at: before.ends_at,
            ends_at: before.ends_at.plus_us(hours * HOUR_US),
        };
        let day = Day::at(before.ends_at, &self.zone);
        let mut open = open_hours(&visit.hours, &self.days, &self.zone, day).into_iter();
        open.find(|(from, until)| *from <= before.ends_at && period.ends_at <= *until)?;
        let after_us = visit.services.first()?.after_minutes * MINUTE_US;
        let steps = steps(period.starts_at, period.ends_at.plus_us(after_us));
        let goes_on = |resource: &&Resource| {
            has.contains(&resource.id)
                && resource.details.status != ResourceStatus::Retired
                && self.works(resource, &steps)
        };
        let stretch = |resource: &Resource| Stretch {
            resource: resource.id,
            steps: steps.clone(),
            units: resource.units_for(party, 1),
            capacity: resource.details.units,
        };
        let stretches: Vec<_> = self.resources.iter().filter(goes_on).map(stretch).collect();
        (stretches.len() == has.len()).then_some((period, stretches))
    }

    /// The stay of some nights from a day on. `None` if it is too short or too long.
    pub fn stay(&self, nights: &Nights, first: Day, count: i64) -> Option<Period> {
        if !(nights.nights_min..=nights.nights_max).contains(&count) {
            return None;
        }
        Some(Period {
            starts_at: first.minute(nights.check_in_minute, &self.zone)?,
            ends_at: first.plus(count).minute(nights.check_out_minute, &self.zone)?,
        })
    }

    /// When each service of a period is, one after another, and the steps of its resources that it needs.
    fn turns(&self, period: Period, party: i64) -> Vec<(Period, Range<i64>)> {
        match &self.terms.stay {
            Stay::Visit(visit) => {
                let mut starts_at = period.starts_at;
                let turn = |service: &Service| {
                    let ends_at = match visit.by_hour {
                        Some(_) => period.ends_at,
                        None => starts_at.plus_us(service.turn_us(party).unwrap_or_default()),
                    };
                    let steps = steps(
                        starts_at.plus_us(-service.before_minutes * MINUTE_US),
                        ends_at.plus_us(service.after_minutes * MINUTE_US),
                    );
                    let period = Period { starts_at, ends_at };
                    starts_at = ends_at;
                    (period, steps)
                };
                visit.services.iter().map(turn).collect()
            }
            Stay::Nights(_) => {
                let day = |at| Day::at(at, &self.zone).0;
                vec![(period, day(period.starts_at)..day(period.ends_at))]
            }
            Stay::Showings => Vec::new(),
        }
    }

    /// The steps of the day on which a service starts, or of the nights of a stay.
    fn steps_of_day(&self, (period, steps): &(Period, Range<i64>)) -> Range<i64> {
        match &self.terms.stay {
            Stay::Visit(_) => {
                let day = Day::at(period.starts_at, &self.zone);
                let at = |day: Day| day.minute(0, &self.zone).unwrap_or_default();
                place::steps(at(day), at(day.plus(1)))
            }
            Stay::Nights(_) | Stay::Showings => steps.clone(),
        }
    }

    /// The steps that decide what a party gets for a period: those that it needs and, where it gets whoever or whatever
    /// is used least on a day, all of that day.
    pub fn steps_to_choose(&self, period: Period, party: i64) -> Range<i64> {
        let turns = self.turns(period, party).into_iter().enumerate();
        let hull = |a: Range<i64>, b: Range<i64>| a.start.min(b.start)..a.end.max(b.end);
        let needed = turns.map(|(service, turn)| {
            let only_tables = self
                .kinds(service)
                .iter()
                .all(|kind| *kind == ResourceKind::Table);
            if only_tables {
                turn.1
            } else {
                hull(self.steps_of_day(&turn), turn.1)
            }
        });
        needed.reduce(hull).unwrap_or_default()
    }

    /// What a party gets for a period, service by service: of each kind of resource one, of tables the smallest that
    /// is free and large enough, and several that are pushed together only if there is none. `used` is what is used
    /// of each resource. An error is the first service for which something is missing.
    pub fn choose(&self, wish: Wish, period: Period, used: &[Used]) -> Result<Vec<Serving>, usize> {
        let turns = self.turns(period, wish.party).into_iter().enumerate();
        let servings = turns.map(|(service, turn)| {
            let stretches = self.choose_for(service, wish, &turn, used).ok_or(service)?;
            Ok(Serving {
                service,
                period: turn.0,
                stretches,
            })
        });
        servings.collect()
    }

    fn choose_for(
        &self,
        service: usize,
        wish: Wish,
        turn: &(Period, Range<i64>),
        used: &[Used],
    ) -> Option<Vec<Stretch>> {
        let steps = &turn.1;
        let free: Vec<Free> = self
            .of_service(service)
            .filter(|at| self.is_free((service, *at), &used[*at], wish, steps))
            .map(|at| Free {
                resource: &self.resources[at],
                used: &used[at],
            })
            .collect();
        let mut chosen = Vec::new();
        for kind in self.kinds(service) {
            let of_kind: Vec<&Free> = free.iter().filter(|free| free.resource.kind == kind).collect();
            chosen.extend(match kind {
                ResourceKind::Table => choose_tables(&of_kind, wish)?,
                ResourceKind::Person
                | ResourceKind::Room
                | ResourceKind::RoomType
                | ResourceKind::Session
                | ResourceKind::Hall => {
                    vec![choose_one(&of_kind, wish, &self.steps_of_day(turn))?]
                }
            });
        }
        let stretch = |resource: &Resource| Stretch {
            resource: resource.id,
            steps: steps.clone(),
            units: resource.units_for(wish.party, wish.rooms),
            capacity: resource.details.units,
        };
        (!chosen.is_empty()).then(|| chosen.into_iter().map(stretch).collect())
    }

    fn of_service(&self, service: usize) -> impl Iterator<Item = usize> {
        self.services.get(service).into_iter().flatten().copied()
    }

    fn is_free(&self, (service, at): (usize, usize), used: &Used, wish: Wish, steps: &Range<i64>) -> bool {
        let resource = &self.resources[at];
        let units = resource.units_for(wish.party, wish.rooms);
        let has_room = || {
            let mut taken = used.within(steps);
            taken.all(|used| used + units <= resource.details.units)
        };
        self.suits(service, resource, wish) && has_room() && self.works(resource, steps)
    }

    /// What a service takes one of each of.
    fn kinds(&self, service: usize) -> BTreeSet<ResourceKind> {
        let of_service = self.of_service(service);
        of_service.map(|at| self.resources[at].kind).collect()
    }

    /// Whether the resource at an index is given to such a party when it is free, alone or with others, for any service:
    /// of those that are not, nobody needs to know what is used.
    pub fn can_serve(&self, at: usize, wish: Wish) -> bool {
        let mut services = self.services.iter().enumerate();
        services.any(|(service, of)| {
            of.binary_search(&at).is_ok() && self.suits(service, &self.resources[at], wish)
        })
    }

    fn suits(&self, service: usize, resource: &Resource, wish: Wish) -> bool {
        let details = &resource.details;
        let wanted = wish.resources.get(service).copied().flatten();
        let is_wanted = wanted.is_none_or(|wanted| {
            wanted == resource.id || self.kind_of(wanted).is_some_and(|kind| kind != resource.kind)
        });
        let is_there = wish
            .area
            .is_none_or(|area| area == details.area || details.area.is_empty());
        let is_given = match details.status {
            ResourceStatus::Online => true,
            ResourceStatus::WalkIn => wish.for_store,
            ResourceStatus::Retired => false,
        };
        is_wanted
            && is_there
            && is_given
            && resource.units_for(wish.party, wish.rooms) <= details.units
            && (resource.fits(wish.party, wish.rooms) || !details.joins.is_empty())
    }

    fn kind_of(&self, id: ResourceId) -> Option<ResourceKind> {
        let found = self.resources.iter().find(|resource| resource.id == id)?;
        Some(found.kind)
    }

    /// Whether the resource's own hours hold these steps.
    fn works(&self, resource: &Resource, steps: &Range<i64>) -> bool {
        if resource.details.hours.is_empty() || resource.kind == ResourceKind::RoomType {
            return true;
        }
        let at = |step: i64| Timestamp(step * crate::place::STEP_US);
        let (from, until) = (at(steps.start), at(steps.end));
        open_hours(
            &resource.details.hours,
            &BTreeMap::new(),
            &self.zone,
            Day::at(from, &self.zone),
        )
        .iter()
        .any(|(opens, closes)| *opens <= from && until <= *closes)
    }
}

/// The weekly hours that touch a day, or those of a special day, in UTC; those that meet at midnight are one.
fn open_hours(
    weekly: &[Span],
    special: &BTreeMap<Day, Vec<Span>>,
    zone: &TimeZone,
    day: Day,
) -> Vec<(Timestamp, Timestamp)> {
    let hours_of = |day: Day| {
        let spans = match special.get(&day) {
            Some(spans) => spans.clone(),
            None => weekly
                .iter()
                .filter(|span| span.weekday == day.weekday())
                .copied()
                .collect(),
        };
        spans.into_iter().filter_map(move |span| {
            let from = day.minute(span.from_minute, zone)?;
            Some((from, day.minute(span.until_minute, zone)?))
        })
    };
    let mut hours: Vec<_> = [-1, 0, 1]
        .into_iter()
        .flat_map(|days| hours_of(day.plus(days)))
        .collect();
    hours.sort_unstable();
    let mut open: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (from, until) in hours {
        match open.last_mut() {
            Some(last) if last.1 >= from => last.1 = last.1.max(until),
            _ => open.push((from, until)),
        }
    }
    open
}

/// When something is free on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayAvailability {
    /// Which.
    pub day: Day,
    /// The times that a booking could start at by the hours, those that are over left out.
    pub starts: Vec<Start>,
    /// What a room costs more than the offer in the night that begins on it, where nights are priced.
    pub surcharge: i64,
}

/// A time at which a booking could start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// From then on.
    pub period: Period,
    /// Whether a place is free.
    pub is_free: bool,
}

impl Bookable {
    /// The periods of so many nights or chosen hours that can be asked for on a day; of showings none, they are listed by
    /// themselves.
    pub fn periods(&self, day: Day, party: i64, length: i64) -> Vec<Period> {
        match &self.terms.stay {
            Stay::Visit(visit) => self.visits(visit, day, party, length),
            Stay::Nights(terms) => self.stay(terms, day, length).into_iter().collect(),
            Stay::Showings => Vec::new(),
        }
    }

    /// The steps of everything that can be asked for on these days.
    pub fn steps_of_days(&self, days: &Range<i64>, nights: i64) -> Range<i64> {
        match &self.terms.stay {
            Stay::Nights(_) => days.start..days.end + nights,
            Stay::Showings => 0..0,
            Stay::Visit(_) => {
                let at = |day: i64| Day(day).minute(0, &self.zone).unwrap_or_default();
                steps(at(days.start - 1), at(days.end + 2))
            }
        }
    }

    /// Whether a party gets places for a period. Where one resource of each kind is enough, any will do; the best is not
    /// looked for.
    fn has_room(&self, kinds: &[BTreeSet<ResourceKind>], wish: Wish, period: Period, used: &[Used]) -> bool {
        let mut turns = self.turns(period, wish.party).into_iter().enumerate();
        turns.all(|(service, turn)| {
            let has_one = |kind: &ResourceKind| {
                self.of_service(service).any(|at| {
                    let resource = &self.resources[at];
                    resource.kind == *kind
                        && resource.fits(wish.party, wish.rooms)
                        && self.is_free((service, at), &used[at], wish, &turn.1)
                })
            };
            let kinds = &kinds[service];
            !kinds.is_empty() && kinds.iter().all(has_one)
                || self.choose_for(service, wish, &turn, used).is_some()
        })
    }

    /// What is free on these days, for so many nights or chosen hours.
    pub fn availability(
        &self,
        days: Range<i64>,
        (wish, length): (Wish, i64),
        used: &[Used],
        now: Timestamp,
    ) -> Vec<DayAvailability> {
        let kinds: Vec<_> = (0..self.services.len())
            .map(|service| self.kinds(service))
            .collect();
        let priced = self.terms.priced_nights();
        let of_day = |day| DayAvailability {
            day: Day(day),
            surcharge: priced.map_or(0, |nights| nights.surcharge(Day(day))),
            starts: self
                .periods(Day(day), wish.party, length)
                .into_iter()
                .filter(|period| self.terms.is_in_time(period.starts_at, now))
                .map(|period| Start {
                    period,
                    is_free: self.has_room(&kinds, wish, period, used),
                })
                .collect(),
        };
        days.map(of_day).collect()
    }
}
