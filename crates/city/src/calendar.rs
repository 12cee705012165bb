//! The days of the city's past, by the wall clock of Shanghai (UTC+8 without summer time). Day 0 is today
//! and lies partly in the future, so history happens on day 1 and before.

use kernel::{DAY_US, HOUR_US, MINUTE_US, Timestamp};

/// How many days of trade the city looks back on.
pub(crate) const HISTORY_DAYS: i64 = 60;

const OFFSET_US: i64 = 8 * HOUR_US;

/// Days counted back from now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar {
    pub now: Timestamp,
    midnight: Timestamp,
}

impl Calendar {
    pub fn new(now: Timestamp) -> Self {
        let since_midnight_us = now.plus_us(OFFSET_US).0.rem_euclid(DAY_US);
        Self {
            now,
            midnight: now.plus_us(-since_midnight_us),
        }
    }

    /// So many minutes after the midnight with which the day of `days_ago` began.
    pub fn at(self, days_ago: i64, minute: i64) -> Timestamp {
        self.midnight.plus_us(minute * MINUTE_US - days_ago * DAY_US)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_in_shanghai() {
        let now: Timestamp = "2027-03-01T18:30:00Z".parse().unwrap();
        let calendar = Calendar::new(now);
        assert_eq!(calendar.at(0, 0).to_string(), "2027-03-01T16:00:00Z");
        assert_eq!(calendar.at(1, 90).to_string(), "2027-02-28T17:30:00Z");
        assert!(calendar.at(1, 24 * 60 - 1) <= now);
    }
}
