//! Points in time: microseconds since 1970 UTC, shown as RFC 3339.

use std::fmt;

/// Microseconds in a second.
pub const SECOND_US: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE_US: i64 = 60 * SECOND_US;
/// Microseconds in an hour.
pub const HOUR_US: i64 = 60 * MINUTE_US;
/// Microseconds in 24 hours.
pub const DAY_US: i64 = 24 * HOUR_US;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The largest point in time that can be shown: the end of the year 9999, less a day.
    pub const MAX: Self = Self(253_402_207_200 * SECOND_US);

    /// `us` microseconds later (or earlier, if negative), held within what can be shown.
    pub fn plus_us(self, us: i64) -> Self {
        Self(self.0.saturating_add(us).clamp(-Self::MAX.0, Self::MAX.0))
    }

    /// Microseconds from `earlier` to here.
    pub fn since_us(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whole seconds since 1970, rounded down.
    pub fn unix_seconds(self) -> i64 {
        self.0.div_euclid(SECOND_US)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(t) => t.fmt(f),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

impl std::str::FromStr for Timestamp {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(|t| Self(t.as_microsecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_and_read_as_rfc_3339() {
        let t: Timestamp = "2026-03-01T08:00:00.25Z".parse().unwrap();
        assert_eq!(t.to_string(), "2026-03-01T08:00:00.25Z");
        assert_eq!("2026-03-01T16:00:00.25+08:00".parse::<Timestamp>().unwrap(), t);
        assert!("tomorrow".parse::<Timestamp>().is_err());
        assert!(Timestamp::MAX.to_string().starts_with("9999"));
    }
}
