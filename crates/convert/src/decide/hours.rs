//! Hours of the week in one time zone.

use jiff::tz::TimeZone;
use kernel::{Reject, Timestamp};

use crate::reject::COUPON_INVALID;

const DAY_MINUTES: i64 = 24 * 60;

/// Hours of the week, as clocks show them in a time zone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyHours {
    /// IANA name.
    pub time_zone: String,
    /// At least one, at most 50; none overlaps another.
    pub spans: Vec<Span>,
}

/// From a minute of a day (included) until a later one (not included).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// 1 is Monday, 7 Sunday.
    pub weekday: i64,
    /// Minutes since midnight, 0 to 1,439.
    pub from_minute: i64,
    /// At most 1,440.
    pub until_minute: i64,
}

impl Span {
    fn overlaps(&self, other: &Self) -> bool {
        self.weekday == other.weekday
            && self.from_minute < other.until_minute
            && other.from_minute < self.until_minute
    }
}

impl WeeklyHours {
    /// Refuses an unknown time zone and spans that are empty, outside a day or overlap.
    pub fn check(&self) -> Result<(), Reject> {
        let invalid = |field, detail: &str| Err(COUPON_INVALID.at(field, detail));
        if let Err(no) = party::check::time_zone("/conditions/hours/time_zone", &self.time_zone) {
            return invalid("/conditions/hours/time_zone", &no.detail);
        }
        if !(1..=50).contains(&self.spans.len()) {
            return invalid("/conditions/hours/spans", "There are 1 to 50 spans of hours.");
        }
        for (i, span) in self.spans.iter().enumerate() {
            if !(1..=7).contains(&span.weekday) {
                return invalid(
                    "/conditions/hours/spans",
                    "A weekday is 1 (Monday) to 7 (Sunday).",
                );
            }
            if !(0 <= span.from_minute
                && span.from_minute < span.until_minute
                && span.until_minute <= DAY_MINUTES)
            {
                let detail = "A span goes from minute 0 or later until a later one, 1440 at most.";
                return invalid("/conditions/hours/spans", detail);
            }
            if self.spans[..i].iter().any(|other| other.overlaps(span)) {
                return invalid("/conditions/hours/spans", "Two spans of a weekday overlap.");
            }
        }
        Ok(())
    }

    /// Whether this moment lies in one of the spans.
    pub fn contain(&self, moment: Timestamp) -> bool {
        let (Ok(zone), Ok(at)) = (
            TimeZone::get(&self.time_zone),
            jiff::Timestamp::from_microsecond(moment.0),
        ) else {
            return false;
        };
        let local = at.to_zoned(zone);
        let (weekday, minute) = (
            i64::from(local.weekday().to_monday_one_offset()),
            i64::from(local.hour()) * 60 + i64::from(local.minute()),
        );
        let contains =
            |span: &Span| span.weekday == weekday && (span.from_minute..span.until_minute).contains(&minute);
        self.spans.iter().any(contains)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(spans: &[(i64, i64, i64)]) -> WeeklyHours {
        let span = |&(weekday, from_minute, until_minute): &_| Span {
            weekday,
            from_minute,
            until_minute,
        };
        WeeklyHours {
            time_zone: "Asia/Shanghai".to_owned(),
            spans: spans.iter().map(span).collect(),
        }
    }

    #[test]
    fn hours_are_those_of_the_time_zone() {
        // 2026-06-01 is a Monday; 09:59:59.999999 in Shanghai is 01:59:59.999999 UTC.
        let monday_ten: i64 = 1_780_279_200_000_000;
        let of_monday = hours(&[(1, 600, 660)]);
        let seen =
            [-1, 0, 3_600_000_000 - 1, 3_600_000_000].map(|us| of_monday.contain(Timestamp(monday_ten + us)));
        assert_eq!(seen, [false, true, true, false]);
        assert!(!hours(&[(2, 600, 660)]).contain(Timestamp(monday_ten)));
    }

    #[test]
    fn hours_that_overlap_or_are_none_are_refused() {
        hours(&[(1, 0, 600), (1, 600, 1440), (2, 0, 600)])
            .check()
            .unwrap();
        let wrong: [&[_]; 6] = [
            &[(1, 0, 601), (1, 600, 1440)],
            &[(1, 600, 600)],
            &[(1, -1, 600)],
            &[(1, 0, 1441)],
            &[(8, 0, 600)],
            &[],
        ];
        for spans in wrong {
            assert_eq!(
                hours(spans).check().unwrap_err().field,
                Some("/conditions/hours/spans"),
                "{spans:?}"
            );
        }
        let nowhere = WeeklyHours {
            time_zone: "Mars/Olympus".to_owned(),
            ..hours(&[(1, 0, 600)])
        };
        assert_eq!(
            nowhere.check().unwrap_err().field,
            Some("/conditions/hours/time_zone")
        );
    }
}
