//! A day of the calendar, as clocks show it in some time zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time, date};
use jiff::tz::{AmbiguousOffset, AmbiguousZoned, TimeZone};
use jiff::{Span, ToSpan};
use kernel::Timestamp;
use party::hours::DAY_MINUTES;

const EPOCH: Date = date(1970, 1, 1);

/// Days since 1970-01-01, shown as `2026-12-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Day {
    /// The day that clocks show in this zone at that moment.
    pub fn at(moment: Timestamp, zone: &TimeZone) -> Self {
        let at = jiff::Timestamp::from_microsecond(moment.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Self::of(at.to_zoned(zone.clone()).date())
    }

    /// The day in UTC.
    pub fn in_utc(moment: Timestamp) -> Self {
        Self::at(moment, &TimeZone::UTC)
    }

    /// Days after this one, or before.
    pub fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// 1 is Monday, 7 Sunday.
    pub fn weekday(self) -> i64 {
        (self.0 + 3).rem_euclid(7) + 1
    }

    /// The first day of its month, and of the next. `None` beyond the calendar.
    pub(crate) fn month(self) -> Option<(Self, Self)> {
        let date = self.date()?;
        Some((
            Self::of(date.first_of_month()),
            Self::of(date.last_of_month()).plus(1),
        ))
    }

    /// When clocks of the zone show this minute of the day; 1,440 is midnight at its end. Of a minute that is
    /// skipped in spring it is as much later; of one that comes twice in autumn it is the first. `None` beyond
    /// the calendar.
    pub fn minute(self, minute: i64, zone: &TimeZone) -> Option<Timestamp> {
        let at = self.clock(minute, zone)?.compatible();
        Some(Timestamp(at.ok()?.timestamp().as_microsecond()))
    }

    /// Whether clocks of the zone never show this minute of the day: it is skipped in spring.
    pub fn skips(self, minute: i64, zone: &TimeZone) -> bool {
        self.clock(minute, zone)
            .is_some_and(|clock| matches!(clock.offset(), AmbiguousOffset::Gap { .. }))
    }

    fn clock(self, minute: i64, zone: &TimeZone) -> Option<AmbiguousZoned> {
        let date = self.plus(minute.div_euclid(DAY_MINUTES)).date()?;
        let time = Time::midnight().checked_add(minute.rem_euclid(DAY_MINUTES).minutes());
        Some(zone.to_ambiguous_zoned(date.to_datetime(time.ok()?)))
    }

    pub(crate) fn of(date: Date) -> Self {
        let days = EPOCH.until(date).map_or(0, |span| span.get_days());
        Self(days.into())
    }

    fn date(self) -> Option<Date> {
        EPOCH.checked_add(Span::new().try_days(self.0).ok()?).ok()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date() {
            Some(date) => date.fmt(f),
            None => write!(f, "day {}", self.0),
        }
    }
}

impl FromStr for Day {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_shown_and_read_and_know_their_weekday() {
        let day: Day = "2026-11-29".parse().unwrap();
        assert_eq!((day.to_string().as_str(), day.weekday()), ("2026-11-29", 7));
        assert_eq!(day.plus(-400).to_string(), "2025-10-25");
        assert!("2026-02-30".parse::<Day>().is_err());
        assert_eq!(Day(i64::MAX).to_string(), format!("day {}", i64::MAX));
    }

    #[test]
    fn minutes_that_clocks_skip_or_show_twice_are_one_moment() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let day = |day: &str| day.parse::<Day>().unwrap();
        let at = |of: &str, minute| day(of).minute(minute, &berlin).unwrap().to_string();
        assert_eq!(at("2026-03-29", 90), "2026-03-29T00:30:00Z");
        assert_eq!(at("2026-03-29", 150), "2026-03-29T01:30:00Z", "02:30 is skipped");
        assert!(day("2026-03-29").skips(150, &berlin) && !day("2026-03-29").skips(180, &berlin));
        assert!(!day("2026-10-25").skips(150, &berlin));
        assert_eq!(at("2026-10-25", 150), "2026-10-25T00:30:00Z", "the first 02:30");
        assert_eq!(at("2026-10-25", 1440), "2026-10-25T23:00:00Z");
    }
}
