//! How an offer is booked, and what a booking that does not take place costs: the same for tables, people,
//! rooms, nights, places and seats.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{BasisPoints, DAY_US, HOUR_US, LocalText, MINUTE_US, Money, OfferId, Reject, Timestamp};
use party::check::local_text;
use party::hours::{DAY_MINUTES, Span, check_spans};
use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::decide::MAX_LIST_PRICE;
use crate::place::STEP_US;
use crate::reject::BOOKING_TERMS_INVALID;
use crate::showing::Surcharge;

/// How an offer is booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingTerms {
    /// What is booked: some hours of a day, nights, or seats of a showing.
    pub stay: Stay,
    /// Of what the price is.
    pub price_per: PricePer,
    /// The largest party.
    pub party_max: i64,
    /// How long before it starts a booking can still be made, µs.
    pub notice_us: i64,
    /// How many days ahead it can be made.
    pub ahead_days: i64,
    /// What a booking that does not take place costs.
    pub policy: BookingPolicy,
    /// Of showings only: whether it is also bought as an open ticket, whose seats are chosen later.
    pub open_tickets: bool,
    /// Of visits only: which cards of the merchant pay for it, with a use of each booking, person or hour, as the price is.
    pub cards: Vec<OfferId>,
    /// Paid ahead beside the price of a booking and given back after it, less damages (押金): minor units.
    pub security_deposit: Option<i64>,
}

/// What is booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Stay {
    /// A visit of some length.
    Visit(Visit),
    /// Nights in rooms of a type.
    Nights(Nights),
    /// Seats of the showings that are scheduled in its halls.
    Showings,
}

/// A visit of some length within the hours of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// Within these a visit starts and ends, on the store's clocks; in whole quarters of an hour.
    pub hours: Vec<Span>,
    /// It starts at the beginning of the hours, or so many minutes later, or twice, …; whole quarters of an hour.
    pub every_minutes: i64,
    /// What is done in it, one after another: a dinner, or a haircut and then a manicure.
    pub services: Vec<Service>,
    /// The guest says for how many hours; the turn of the only service is one of them.
    pub by_hour: Option<HourRange>,
}

/// For how many hours something is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HourRange {
    /// The fewest.
    pub hours_min: i64,
    /// The most.
    pub hours_max: i64,
}

/// A part of a visit, for which it takes people and things of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What it is called, up to 80 characters; empty if the visit is nothing else.
    pub name: LocalText,
    /// How long it takes: of the first that the party is not too large for.
    pub turns: Vec<Turn>,
    /// For preparing before it, minutes: nobody else has its places then.
    pub before_minutes: i64,
    /// For clearing up after it, minutes.
    pub after_minutes: i64,
}

/// How long a service takes for a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// The largest party that is meant.
    pub party_up_to: i64,
    /// How long it takes.
    pub minutes: i64,
}

/// Nights in rooms of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nights {
    /// From which minute of the first day the room is the guest's.
    pub check_in_minute: i64,
    /// Until which minute of the last day.
    pub check_out_minute: i64,
    /// The shortest stay, nights.
    pub nights_min: i64,
    /// The longest.
    pub nights_max: i64,
    /// What some nights cost more; of those that apply to a night the highest counts.
    pub rates: Vec<NightRate>,
}

/// Nights that somebody would like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NightChoice {
    /// The day of arrival.
    pub from: Day,
    /// How many.
    pub nights: i64,
}

/// What a room costs more than the offer in the nights that begin on some days, on the store's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NightRate {
    /// Minor units of the offer's currency.
    pub surcharge: i64,
    /// On these days of the week, 1 is Monday; on any if there are none.
    pub weekdays: Vec<i64>,
    /// Not before this day.
    pub from_day: Option<Date>,
    /// Not after this day.
    pub until_day: Option<Date>,
}

impl NightRate {
    fn applies(&self, day: Day) -> bool {
        (self.weekdays.is_empty() || self.weekdays.contains(&day.weekday()))
            && self.from_day.is_none_or(|from| Day::of(from) <= day)
            && self.until_day.is_none_or(|until| day <= Day::of(until))
    }
}

/// Of what an offer's price is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PricePer {
    /// Of a booking, however large.
    Booking,
    /// Of each person.
    Person,
    /// Of each room and night.
    Night,
    /// Of each hour.
    Hour,
}

/// What a booking that does not take place costs, in parts of what was paid for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingPolicy {
    /// It is cancelled and moved for nothing until so long before it starts, µs.
    pub free_until_us: i64,
    /// What the merchant keeps of a booking that is cancelled later.
    pub late_fee_bp: BasisPoints,
    /// What the merchant keeps if nobody comes.
    pub no_show_fee_bp: BasisPoints,
    /// How long the place is kept for those who are late, µs.
    pub grace_us: i64,
}

impl BookingPolicy {
    /// What the merchant keeps of a booking that is cancelled now: nothing while that is free, and as if nobody came
    /// once its place is not kept any more.
    pub fn cancel_fee(&self, starts_at: Timestamp, now: Timestamp) -> BasisPoints {
        if self.is_free(starts_at, now) {
            BasisPoints::ZERO
        } else if now < self.kept_until(starts_at) {
            self.late_fee_bp
        } else {
            self.no_show_fee_bp
        }
    }

    /// Whether it can still be cancelled and moved for nothing.
    pub fn is_free(&self, starts_at: Timestamp, now: Timestamp) -> bool {
        now <= starts_at.plus_us(-self.free_until_us)
    }

    /// Until when the place is kept.
    pub fn kept_until(&self, starts_at: Timestamp) -> Timestamp {
        starts_at.plus_us(self.grace_us)
    }
}

const RATES: &str = "/terms/nights/rates";
const SERVICES: &str = "/terms/visit/services";
/// The most services of a visit.
const MAX_SERVICES: i64 = 12;
const STEP_MINUTES: i64 = STEP_US / MINUTE_US;

impl BookingTerms {
    /// Whether a booking may be made now for a time that starts then.
    pub fn is_in_time(&self, starts_at: Timestamp, now: Timestamp) -> bool {
        let earliest = now.plus_us(self.notice_us);
        let latest = now.plus_us(self.ahead_days * DAY_US);
        (earliest..=latest).contains(&starts_at)
    }

    /// The nights that are booked, if each has its own price.
    pub fn priced_nights(&self) -> Option<&Nights> {
        match &self.stay {
            Stay::Nights(nights) if self.price_per == PricePer::Night => Some(nights),
            Stay::Nights(_) | Stay::Visit(_) | Stay::Showings => None,
        }
    }

    /// For how many hours a guest books, if they say so.
    pub fn by_hour(&self) -> Option<HourRange> {
        match &self.stay {
            Stay::Visit(visit) => visit.by_hour,
            Stay::Nights(_) | Stay::Showings => None,
        }
    }

    /// How many services a booking has; nights and showings are one.
    pub fn service_count(&self) -> usize {
        match &self.stay {
            Stay::Visit(visit) => visit.services.len(),
            Stay::Nights(_) | Stay::Showings => 1,
        }
    }

    fn check_security_deposit(&self) -> Result<(), Reject> {
        let Some(amount) = self.security_deposit else {
            return Ok(());
        };
        let field = "/terms/security_deposit";
        within(field, amount, 1, MAX_LIST_PRICE)?;
        if self.stay == Stay::Showings {
            return no(field, "Seats have no security deposit.");
        }
        if !self.cards.is_empty() {
            return no(
                field,
                "Who pays with a card pays nothing ahead, and so no security deposit.",
            );
        }
        Ok(())
    }

    /// Refuses what makes no sense for an offer of this price, by field.
    pub fn check(&self, list_price: Money) -> Result<(), Reject> {
        within("/terms/party_max", self.party_max, 1, 1_000)?;
        within("/terms/notice_minutes", self.notice_us, 0, 90 * DAY_US)?;
        within("/terms/ahead_days", self.ahead_days, 1, 400)?;
        within(
            "/terms/policy/free_until_minutes",
            self.policy.free_until_us,
            0,
            90 * DAY_US,
        )?;
        within(
            "/terms/policy/grace_minutes",
            self.policy.grace_us,
            0,
            24 * HOUR_US,
        )?;
        if self.open_tickets && self.stay != Stay::Showings {
            return no("/terms/open_tickets", "Only seats of showings are chosen later.");
        }
        if !self.cards.is_empty() && !matches!(self.stay, Stay::Visit(_)) {
            return no("/terms/cards", "Cards pay for visits, not for nights or seats.");
        }
        self.check_security_deposit()?;
        if (self.price_per == PricePer::Hour) != self.by_hour().is_some() {
            return no(
                "/terms/price_per",
                "What guests choose the hours of (`by_hour`) is priced by the hour, and nothing else is.",
            );
        }
        match &self.stay {
            Stay::Visit(visit) => {
                if self.price_per == PricePer::Night {
                    return no("/terms/price_per", "A visit has no nights.");
                }
                visit.check(self.party_max)
            }
            Stay::Nights(nights) => {
                if self.price_per == PricePer::Person {
                    return no(
                        "/terms/price_per",
                        "Nights are priced by room and night, or by booking.",
                    );
                }
                if self.price_per != PricePer::Night && !nights.rates.is_empty() {
                    return no(RATES, "Only what is priced by room and night has rates by night.");
                }
                nights.check(MAX_LIST_PRICE - list_price.amount)
            }
            Stay::Showings => {
                if self.price_per != PricePer::Person {
                    return no(
                        "/terms/price_per",
                        "Showings are priced by person: each has a seat.",
                    );
                }
                Ok(())
            }
        }
    }
}

impl Visit {
    fn check(&self, party_max: i64) -> Result<(), Reject> {
        let hours = "/terms/visit/hours";
        check_spans(&BOOKING_TERMS_INVALID, hours, &self.hours)?;
        let edges = self
            .hours
            .iter()
            .flat_map(|span| [span.from_minute, span.until_minute]);
        for minute in edges {
            in_steps(hours, minute)?;
        }
        in_steps("/terms/visit/every_minutes", self.every_minutes)?;
        within(
            "/terms/visit/every_minutes",
            self.every_minutes,
            STEP_MINUTES,
            DAY_MINUTES,
        )?;
        within(SERVICES, self.services.len() as i64, 1, MAX_SERVICES)?;
        let is_one = self.services.len() == 1;
        for (n, service) in self.services.iter().enumerate() {
            if let Err(wrong) = service.check(party_max, is_one) {
                return no(SERVICES, &format!("Service {}: {wrong}", n + 1));
            }
        }
        match self.by_hour {
            Some(range) => range.check(&self.services),
            None => Ok(()),
        }
    }

    /// How long a party stays that chose so many hours where it can, µs; `None` if it is too large, or that too short or long.
    pub fn length_us(&self, party: i64, hours: i64) -> Option<i64> {
        let turns: Option<i64> = self.services.iter().map(|service| service.turn_us(party)).sum();
        match self.by_hour {
            Some(range) if !range.holds(hours) => None,
            Some(_) => Some(turns? * hours),
            None => turns,
        }
    }
}

impl HourRange {
    /// Whether it can be booked for so many hours.
    pub fn holds(self, hours: i64) -> bool {
        (self.hours_min..=self.hours_max).contains(&hours)
    }

    fn check(self, services: &[Service]) -> Result<(), Reject> {
        within("/terms/visit/by_hour/hours_min", self.hours_min, 1, 24)?;
        within(
            "/terms/visit/by_hour/hours_max",
            self.hours_max,
            self.hours_min,
            24,
        )?;
        let is_an_hour = |service: &Service| service.turns.iter().all(|turn| turn.minutes == 60);
        if services.len() == 1 && services.iter().all(is_an_hour) {
            return Ok(());
        }
        no(
            SERVICES,
            "What is booked by the hour is one service, with a turn of 60 minutes.",
        )
    }
}

impl Service {
    /// The only one of a visit, with no time before and after it.
    pub fn only(turns: Vec<Turn>) -> Self {
        Self {
            name: LocalText::default(),
            turns,
            before_minutes: 0,
            after_minutes: 0,
        }
    }

    /// What is wrong with it, in words.
    fn check(&self, party_max: i64, is_only_one: bool) -> Result<(), String> {
        let within = |what: &str, value: i64, least: i64, most: i64| {
            let is_within = (least..=most).contains(&value);
            let wrong = || format!("{what}: {value} is not between {least} and {most}.");
            is_within.then_some(()).ok_or_else(wrong)
        };
        if !(is_only_one && self.name.0.is_empty()) {
            local_text(SERVICES, &self.name, 80).map_err(|no| format!("name: {}.", no.detail))?;
        }
        within("before_minutes", self.before_minutes, 0, 240)?;
        within("after_minutes", self.after_minutes, 0, 240)?;
        within("turns", self.turns.len() as i64, 1, 20)?;
        for turn in &self.turns {
            within("minutes", turn.minutes, 5, DAY_MINUTES)?;
            within("party_up_to", turn.party_up_to, 1, 1_000)?;
        }
        if !self.turns.is_sorted_by(|a, b| a.party_up_to < b.party_up_to) {
            return Err("each turn is of larger parties than the one before.".to_owned());
        }
        if self.turns.last().is_some_and(|turn| turn.party_up_to < party_max) {
            return Err("the last turn does not reach the largest party.".to_owned());
        }
        Ok(())
    }

    /// How long it takes for a party, µs; `None` if that is too large.
    pub fn turn_us(&self, party: i64) -> Option<i64> {
        let turn = self.turns.iter().find(|turn| party <= turn.party_up_to)?;
        Some(turn.minutes * MINUTE_US)
    }
}

impl Nights {
    fn check(&self, surcharge_max: i64) -> Result<(), Reject> {
        within(
            "/terms/nights/check_in_minute",
            self.check_in_minute,
            0,
            DAY_MINUTES - 1,
        )?;
        within(
            "/terms/nights/check_out_minute",
            self.check_out_minute,
            0,
            self.check_in_minute,
        )?;
        within("/terms/nights/nights_min", self.nights_min, 1, 60)?;
        within("/terms/nights/nights_max", self.nights_max, self.nights_min, 60)?;
        within(RATES, self.rates.len() as i64, 0, 50)?;
        for rate in &self.rates {
            within(RATES, rate.surcharge, 1, surcharge_max)?;
            for weekday in &rate.weekdays {
                within(RATES, *weekday, 1, 7)?;
            }
            if let (Some(from), Some(until)) = (rate.from_day, rate.until_day)
                && from > until
            {
                return no(RATES, &format!("{from} is after {until}."));
            }
        }
        Ok(())
    }

    /// What a room costs more than the offer in the night that begins on this day.
    pub fn surcharge(&self, day: Day) -> i64 {
        let rates = self.rates.iter().filter(|rate| rate.applies(day));
        rates.map(|rate| rate.surcharge).max().unwrap_or_default()
    }

    /// What each of so many rooms costs more in each night, cheapest first.
    pub fn surcharges(&self, choice: NightChoice, rooms: i64) -> Vec<Surcharge> {
        let mut units: BTreeMap<i64, i64> = BTreeMap::new();
        for night in 0..choice.nights {
            *units.entry(self.surcharge(choice.from.plus(night))).or_default() += rooms;
        }
        let surcharges = units.into_iter();
        surcharges
            .map(|(amount, units)| Surcharge { units, amount })
            .collect()
    }
}

fn no(field: &'static str, detail: &str) -> Result<(), Reject> {
    Err(BOOKING_TERMS_INVALID.at(field, detail))
}

pub(crate) fn within(field: &'static str, value: i64, least: i64, most: i64) -> Result<(), Reject> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(BOOKING_TERMS_INVALID.at(field, format!("{value} is not between {least} and {most}.")))
}

fn in_steps(field: &'static str, minute: i64) -> Result<(), Reject> {
    if minute % STEP_MINUTES == 0 {
        return Ok(());
    }
    Err(BOOKING_TERMS_INVALID.at(
        field,
        format!("{minute} minutes are not whole quarters of an hour."),
    ))
}
