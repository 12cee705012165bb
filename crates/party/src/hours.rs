//! Hours of the week in one time zone.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kernel::{Reject, RejectKind, Timestamp};

use crate::check;

/// The minutes of a day.
pub const DAY_MINUTES: i64 = 24 * 60;

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
    /// Whether this moment, as local clocks show it, lies in it.
    pub fn contains(&self, local: DateTime) -> bool {
        let weekday = i64::from(local.weekday().to_monday_one_offset());
        let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
        self.weekday == weekday && (self.from_minute..self.until_minute).contains(&minute)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.weekday == other.weekday
            && self.from_minute < other.until_minute
            && other.from_minute < self.until_minute
    }
}

/// What clocks show at this moment. `None`: there is no such time zone, or no such year.
pub fn local_time(time_zone: &str, moment: Timestamp) -> Option<DateTime> {
    let zone = TimeZone::get(time_zone).ok()?;
    let moment = jiff::Timestamp::from_microsecond(moment.0).ok()?;
    Some(zone.to_datetime(moment))
}

/// Refuses spans that are empty, outside a day, overlap, or are not 1 to 50.
pub fn check_spans(kind: &'static RejectKind, field: &'static str, spans: &[Span]) -> Result<(), Reject> {
    let invalid = |detail: &str| Err(kind.at(field, detail));
    if !(1..=50).contains(&spans.len()) {
        return invalid("There are 1 to 50 spans of hours.");
    }
    for (i, span) in spans.iter().enumerate() {
        if !(1..=7).contains(&span.weekday) {
            return invalid("A weekday is 1 (Monday) to 7 (Sunday).");
        }
        if !(0 <= span.from_minute
            && span.from_minute < span.until_minute
            && span.until_minute <= DAY_MINUTES)
        {
            return invalid("A span goes from minute 0 or later until a later one, 1440 at most.");
        }
        if spans[..i].iter().any(|other| other.overlaps(span)) {
            return invalid("Two spans of a weekday overlap.");
        }
    }
    Ok(())
}

impl WeeklyHours {
    /// Refuses an unknown time zone, named by the first of the fields, and the spans that [`check_spans`] refuses.
    pub fn check(
        &self,
        kind: &'static RejectKind,
        time_zone: &'static str,
        spans: &'static str,
    ) -> Result<(), Reject> {
        if let Err(no) = check::time_zone(time_zone, &self.time_zone) {
            return Err(kind.at(time_zone, no.detail));
        }
        check_spans(kind, spans, &self.spans)
    }

    /// Whether this moment lies in one of the spans.
    pub fn contain(&self, moment: Timestamp) -> bool {
        local_time(&self.time_zone, moment)
            .is_some_and(|local| self.spans.iter().any(|span| span.contains(local)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::STORE_INVALID;

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
        let check = |hours: WeeklyHours| hours.check(&STORE_INVALID, "/hours/time_zone", "/hours/spans");
        check(hours(&[(1, 0, 600), (1, 600, 1440), (2, 0, 600)])).unwrap();
        let wrong: [&[_]; 6] = [
            &[(1, 0, 601), (1, 600, 1440)],
            &[(1, 600, 600)],
            &[(1, -1, 600)],
            &[(1, 0, 1441)],
            &[(8, 0, 600)],
            &[],
        ];
        for spans in wrong {
            let refused = check(hours(spans)).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("/hours/spans"), "{spans:?}");
        }
        let nowhere = WeeklyHours {
            time_zone: "Mars/Olympus".to_owned(),
            ..hours(&[(1, 0, 600)])
        };
        assert_eq!(
            check(nowhere).unwrap_err().field.as_deref(),
            Some("/hours/time_zone")
        );
    }
}
