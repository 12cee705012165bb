//! What a voucher of many uses is, beside their number: a stored-value card, or one that is used so often in a period.

use std::ops::Range;

use jiff::tz::TimeZone;
use kernel::{Money, Reject, Timestamp};
use serde::{Deserialize, Serialize};

use crate::decide::{MAX_USES, check_number};
use crate::reject::OFFER_INVALID;
use crate::{Day, Deposit};

/// The most that a stored-value card holds, in minor units.
pub const MAX_FACE_VALUE: i64 = 10_000_000;

/// How a card is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Card {
    /// Its uses are minor units of its currency, as many as its face value (储值卡): a bill takes as many as it comes to.
    StoredValue,
    /// Not more of its uses are taken than so many within a period, in the time zone of the store.
    Paced {
        /// How many: 1 or more, and fewer than the card has.
        uses: i64,
        /// Within what.
        per: CardPeriod,
    },
}

/// A part of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardPeriod {
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday.
    Week,
    /// From the first to the last day of a month.
    Month,
}

impl Card {
    /// Refuses a card that cannot be, of so many uses for this price.
    pub(crate) fn check(&self, uses: i64, list_price: Money, deposit: Option<Deposit>) -> Result<(), Reject> {
        match *self {
            Self::StoredValue if deposit.is_some() => {
                let detail = "a stored-value card is paid ahead, all of it";
                Err(OFFER_INVALID.at("/deposit", detail))
            }
            Self::StoredValue if !(list_price.amount..=MAX_FACE_VALUE).contains(&uses) => {
                let [value, most] =
                    [uses, MAX_FACE_VALUE].map(|amount| Money::new(amount, list_price.currency));
                let detail = format!("{value} is not between its price, {list_price}, and {most}");
                Err(OFFER_INVALID.at("/uses", detail))
            }
            Self::StoredValue => Ok(()),
            Self::Paced { uses: most, .. } => {
                check_number("/uses", uses, 2, MAX_USES)?;
                check_number("/card/uses", most, 1, uses - 1)
            }
        }
    }
}

impl CardPeriod {
    /// The one that a moment is in, by the calendar of this zone. `None` beyond the calendar.
    pub fn around(self, at: Timestamp, zone: &TimeZone) -> Option<Range<Timestamp>> {
        let today = Day::at(at, zone);
        let (first, next) = match self {
            Self::Day => (today, today.plus(1)),
            Self::Week => {
                let monday = today.plus(1 - today.weekday());
                (monday, monday.plus(7))
            }
            Self::Month => today.month()?,
        };
        Some(first.minute(0, zone)?..next.minute(0, zone)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_those_of_the_calendar_in_the_zone() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let moment = |text: &str| Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_microsecond());
        // Clocks go forward on Sunday, 2026-03-29; it is Monday already in Berlin when it is still Sunday in UTC.
        let cases = [
            (
                CardPeriod::Day,
                "2026-03-29T10:00:00Z",
                "2026-03-28T23:00:00Z",
                "2026-03-29T22:00:00Z",
            ),
            (
                CardPeriod::Week,
                "2026-03-29T10:00:00Z",
                "2026-03-22T23:00:00Z",
                "2026-03-29T22:00:00Z",
            ),
            (
                CardPeriod::Week,
                "2026-03-29T22:30:00Z",
                "2026-03-29T22:00:00Z",
                "2026-04-05T22:00:00Z",
            ),
            (
                CardPeriod::Month,
                "2026-02-28T22:59:59Z",
                "2026-01-31T23:00:00Z",
                "2026-02-28T23:00:00Z",
            ),
            (
                CardPeriod::Month,
                "2026-12-31T22:00:00Z",
                "2026-11-30T23:00:00Z",
                "2026-12-31T23:00:00Z",
            ),
        ];
        for (period, at, from, to) in cases {
            let around = period.around(moment(at), &berlin);
            assert_eq!(around, Some(moment(from)..moment(to)), "{period:?} {at}");
        }
    }
}
