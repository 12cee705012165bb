//! Prices by time, by quantity and in a group, as merchants say and everybody sees them.

use jiff::civil::Date;
use offer::{GroupTerms, PriceRule};
use party::hours::Span;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::Object;

/// What one unit costs in some hours, on some days, from a number of units on, for members. Of all that apply the lowest counts.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PriceRule)]
pub struct WirePriceRule {
    /// Minor units of the list price's currency.
    price: i64,
    /// In orders of at least so many units.
    from_quantity: i64,
    /// In these hours of the week, as clocks show them in the time zone of the offer's stores; at any if there are
    /// none.
    #[serde(default)]
    #[schema(value_type = Vec<HoursSpan>)]
    hours: Vec<Object<HoursSpan>>,
    /// Not before this day, `2026-10-01`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    from_day: Option<Date>,
    /// Not after this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    until_day: Option<Date>,
    /// Of members of the merchant only.
    #[serde(default)]
    for_members: bool,
}

impl From<WirePriceRule> for PriceRule {
    fn from(wire: WirePriceRule) -> Self {
        Self {
            price: wire.price,
            from_quantity: wire.from_quantity,
            hours: wire.hours.into_iter().map(|Object(span)| span.into()).collect(),
            from_day: wire.from_day,
            until_day: wire.until_day,
            for_members: wire.for_members,
        }
    }
}

impl From<PriceRule> for WirePriceRule {
    fn from(rule: PriceRule) -> Self {
        Self {
            price: rule.price,
            from_quantity: rule.from_quantity,
            hours: rule.hours.into_iter().map(|span| Object(span.into())).collect(),
            from_day: rule.from_day,
            until_day: rule.until_day,
            for_members: rule.for_members,
        }
    }
}

/// What one unit costs for those who buy it together.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GroupTerms)]
pub struct WireGroupTerms {
    /// Minor units of the list price's currency, below the list price.
    price: i64,
    /// How many buyers complete a group: 2 to 10.
    size: i64,
    /// How long a group is open after its leader has paid, in microseconds: 1 hour to 7 days.
    window_us: i64,
}

impl From<WireGroupTerms> for GroupTerms {
    fn from(wire: WireGroupTerms) -> Self {
        Self {
            price: wire.price,
            size: wire.size,
            window_us: wire.window_us,
        }
    }
}

impl From<GroupTerms> for WireGroupTerms {
    fn from(terms: GroupTerms) -> Self {
        Self {
            price: terms.price,
            size: terms.size,
            window_us: terms.window_us,
        }
    }
}

/// From a minute of a weekday until a later one of the same day.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursSpan {
    /// 1 is Monday, 7 Sunday.
    weekday: i64,
    /// Minutes since midnight.
    from_minute: i64,
    /// Not included; at most 1440.
    until_minute: i64,
}

impl From<HoursSpan> for Span {
    fn from(wire: HoursSpan) -> Self {
        Self {
            weekday: wire.weekday,
            from_minute: wire.from_minute,
            until_minute: wire.until_minute,
        }
    }
}

impl From<Span> for HoursSpan {
    fn from(span: Span) -> Self {
        Self {
            weekday: span.weekday,
            from_minute: span.from_minute,
            until_minute: span.until_minute,
        }
    }
}
