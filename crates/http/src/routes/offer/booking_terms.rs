//! How an offer is booked, on the wire.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{BasisPoints, LocalText, MINUTE_US, OfferId};
use offer::{
    BOOKING_TERMS_INVALID, BookingPolicy, BookingTerms, HourRange, NightRate, Nights, PricePer, Service,
    Stay, Turn, Visit,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::price_rules::HoursSpan;
use crate::body::Object;
use crate::problem::Problem;
use crate::wire::malformed;

/// How an offer is booked: for a visit, for nights, or by showings.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BookingTerms)]
pub struct WireBookingTerms {
    /// Some hours of a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<WireVisit>)]
    visit: Option<Object<WireVisit>>,
    /// Nights in rooms of a type.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<WireNights>)]
    nights: Option<Object<WireNights>>,
    /// Seats of the showings that are scheduled in its halls.
    #[serde(default, skip_serializing_if = "is_false")]
    showings: bool,
    price_per: WirePricePer,
    /// The largest party.
    party_max: i64,
    /// How long before it starts a booking can still be made.
    notice_minutes: i64,
    /// How many days ahead it can be made.
    ahead_days: i64,
    #[schema(value_type = WirePolicy)]
    policy: Object<WirePolicy>,
    /// Of showings: whether it is also bought as an open ticket, an order without seats, which are chosen later.
    #[serde(default, skip_serializing_if = "is_false")]
    open_tickets: bool,
    /// Of visits: the merchant's cards that pay for it, with a use of each booking, or of each person if the price is of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    cards: Vec<OfferId>,
    /// Paid ahead beside the price of a booking and given back after it, less damages (押金), in minor units of the offer's
    /// currency; absent: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    security_deposit: Option<i64>,
}

/// Of what an offer's price is.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PricePer)]
enum WirePricePer {
    /// Of a booking, however large.
    Booking,
    /// Of each person.
    Person,
    /// Of each room and night.
    Night,
    /// Of each hour.
    Hour,
}

/// A visit of some length within the hours of a day.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Visit)]
struct WireVisit {
    /// Within these a visit starts and ends, on the store's clocks; in whole quarters of an hour.
    #[schema(value_type = Vec<HoursSpan>)]
    hours: Vec<Object<HoursSpan>>,
    /// It starts at the beginning of the hours, or so many minutes later, or twice, …
    every_minutes: i64,
    /// What is done in it, one after another: 1 to 12.
    #[schema(value_type = Vec<WireService>)]
    services: Vec<Object<WireService>>,
    /// The guest says for how many hours. Then it is one service, whose turn of 60 minutes is one of them, and the price
    /// is of an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<WireHourRange>)]
    by_hour: Option<Object<WireHourRange>>,
}

/// For how many hours something is booked: 1 to 24.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HourRange)]
struct WireHourRange {
    /// The fewest.
    hours_min: i64,
    /// The most.
    hours_max: i64,
}

/// A part of a visit, for which it takes people and things of its own.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Service)]
struct WireService {
    /// Of one of several, what it is called by language, up to 80 characters each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    name: BTreeMap<String, String>,
    /// How long it takes: of the first that the party is not too large for.
    #[schema(value_type = Vec<WireTurn>)]
    turns: Vec<Object<WireTurn>>,
    /// For preparing before it: nobody else has its places then.
    before_minutes: i64,
    /// For clearing up after it.
    after_minutes: i64,
}

/// How long a service takes for a party.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Turn)]
struct WireTurn {
    /// The largest party that is meant.
    party_up_to: i64,
    minutes: i64,
}

/// Nights in rooms of a type.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Nights)]
struct WireNights {
    /// From which minute of the first day the room is the guest's.
    check_in_minute: i64,
    /// Until which minute of the last day.
    check_out_minute: i64,
    nights_min: i64,
    nights_max: i64,
    /// What some nights cost more, at most 50; of those that apply to a night the highest counts.
    #[serde(default)]
    #[schema(value_type = Vec<WireNightRate>)]
    rates: Vec<Object<WireNightRate>>,
}

/// What a room costs more than the offer in the nights that begin on some days.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NightRate)]
struct WireNightRate {
    /// Minor units of the offer's currency.
    surcharge: i64,
    /// On these days of the week, 1 is Monday; on any if there are none.
    #[serde(default)]
    weekdays: Vec<i64>,
    /// Not before this day, `2026-10-01`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    from_day: Option<Date>,
    /// Not after this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    until_day: Option<Date>,
}

/// What a booking that does not take place costs, in parts of what was paid.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BookingPolicy)]
pub struct WirePolicy {
    /// It is cancelled and moved for nothing until so long before it starts.
    free_until_minutes: i64,
    /// What the merchant keeps if it is cancelled later, in basis points.
    late_fee_bp: i64,
    /// What the merchant keeps if nobody comes, in basis points.
    no_show_fee_bp: i64,
    /// How long the place is kept for those who are late.
    grace_minutes: i64,
}

fn share(field: &'static str, points: i64) -> Result<BasisPoints, Problem> {
    BasisPoints::new(points).ok_or_else(|| {
        malformed(
            &BOOKING_TERMS_INVALID,
            field,
            "A share is of 0 to 10,000 basis points.",
        )
    })
}

fn is_false(value: &bool) -> bool {
    !value
}

fn us(minutes: i64) -> i64 {
    minutes.saturating_mul(MINUTE_US)
}

impl WireBookingTerms {
    pub fn terms(self) -> Result<BookingTerms, Problem> {
        let stay = match (self.visit, self.nights, self.showings) {
            (Some(Object(visit)), None, false) => Stay::Visit(visit.into()),
            (None, Some(Object(nights)), false) => Stay::Nights(nights.into()),
            (None, None, true) => Stay::Showings,
            (Some(_), Some(_), _) | (Some(_), _, true) | (_, Some(_), true) | (None, None, false) => {
                let detail = "An offer is booked for a visit, for nights or by showings: one of the three.";
                return Err(malformed(&BOOKING_TERMS_INVALID, "/terms/visit", detail));
            }
        };
        let Object(policy) = self.policy;
        Ok(BookingTerms {
            stay,
            price_per: match self.price_per {
                WirePricePer::Booking => PricePer::Booking,
                WirePricePer::Person => PricePer::Person,
                WirePricePer::Night => PricePer::Night,
                WirePricePer::Hour => PricePer::Hour,
            },
            party_max: self.party_max,
            notice_us: us(self.notice_minutes),
            ahead_days: self.ahead_days,
            policy: BookingPolicy {
                free_until_us: us(policy.free_until_minutes),
                late_fee_bp: share("/terms/policy/late_fee_bp", policy.late_fee_bp)?,
                no_show_fee_bp: share("/terms/policy/no_show_fee_bp", policy.no_show_fee_bp)?,
                grace_us: us(policy.grace_minutes),
            },
            open_tickets: self.open_tickets,
            cards: self.cards,
            security_deposit: self.security_deposit,
        })
    }
}

impl From<WireVisit> for Visit {
    fn from(wire: WireVisit) -> Self {
        let turn = |Object(turn): Object<WireTurn>| Turn {
            party_up_to: turn.party_up_to,
            minutes: turn.minutes,
        };
        let service = |Object(service): Object<WireService>| Service {
            name: LocalText(service.name),
            turns: service.turns.into_iter().map(turn).collect(),
            before_minutes: service.before_minutes,
            after_minutes: service.after_minutes,
        };
        Self {
            hours: wire.hours.into_iter().map(|Object(span)| span.into()).collect(),
            every_minutes: wire.every_minutes,
            services: wire.services.into_iter().map(service).collect(),
            by_hour: wire.by_hour.map(|Object(range)| HourRange {
                hours_min: range.hours_min,
                hours_max: range.hours_max,
            }),
        }
    }
}

impl From<WireNights> for Nights {
    fn from(wire: WireNights) -> Self {
        let rate = |Object(rate): Object<WireNightRate>| NightRate {
            surcharge: rate.surcharge,
            weekdays: rate.weekdays,
            from_day: rate.from_day,
            until_day: rate.until_day,
        };
        Self {
            rates: wire.rates.into_iter().map(rate).collect(),
            check_in_minute: wire.check_in_minute,
            check_out_minute: wire.check_out_minute,
            nights_min: wire.nights_min,
            nights_max: wire.nights_max,
        }
    }
}

impl From<BookingTerms> for WireBookingTerms {
    fn from(terms: BookingTerms) -> Self {
        let (visit, nights) = match terms.stay {
            Stay::Visit(visit) => (Some(Object(visit.into())), None),
            Stay::Nights(nights) => (None, Some(Object(nights.into()))),
            Stay::Showings => (None, None),
        };
        Self {
            showings: visit.is_none() && nights.is_none(),
            visit,
            nights,
            price_per: match terms.price_per {
                PricePer::Booking => WirePricePer::Booking,
                PricePer::Person => WirePricePer::Person,
                PricePer::Night => WirePricePer::Night,
                PricePer::Hour => WirePricePer::Hour,
            },
            party_max: terms.party_max,
            notice_minutes: terms.notice_us / MINUTE_US,
            ahead_days: terms.ahead_days,
            policy: Object(terms.policy.into()),
            open_tickets: terms.open_tickets,
            cards: terms.cards,
            security_deposit: terms.security_deposit,
        }
    }
}

impl From<Visit> for WireVisit {
    fn from(visit: Visit) -> Self {
        let turn = |turn: Turn| {
            Object(WireTurn {
                party_up_to: turn.party_up_to,
                minutes: turn.minutes,
            })
        };
        let service = |service: Service| {
            Object(WireService {
                name: service.name.0,
                turns: service.turns.into_iter().map(turn).collect(),
                before_minutes: service.before_minutes,
                after_minutes: service.after_minutes,
            })
        };
        Self {
            hours: visit.hours.into_iter().map(|span| Object(span.into())).collect(),
            every_minutes: visit.every_minutes,
            services: visit.services.into_iter().map(service).collect(),
            by_hour: visit.by_hour.map(|range| {
                Object(WireHourRange {
                    hours_min: range.hours_min,
                    hours_max: range.hours_max,
                })
            }),
        }
    }
}

impl From<Nights> for WireNights {
    fn from(nights: Nights) -> Self {
        let rate = |rate: NightRate| {
            Object(WireNightRate {
                surcharge: rate.surcharge,
                weekdays: rate.weekdays,
                from_day: rate.from_day,
                until_day: rate.until_day,
            })
        };
        Self {
            rates: nights.rates.into_iter().map(rate).collect(),
            check_in_minute: nights.check_in_minute,
            check_out_minute: nights.check_out_minute,
            nights_min: nights.nights_min,
            nights_max: nights.nights_max,
        }
    }
}

impl From<BookingPolicy> for WirePolicy {
    fn from(policy: BookingPolicy) -> Self {
        Self {
            free_until_minutes: policy.free_until_us / MINUTE_US,
            late_fee_bp: policy.late_fee_bp.get(),
            no_show_fee_bp: policy.no_show_fee_bp.get(),
            grace_minutes: policy.grace_us / MINUTE_US,
        }
    }
}
