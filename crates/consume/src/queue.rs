//! Numbers for those who come without a booking: a store's lines, the parties that wait in them, and how long it will take.
//! Pure; it knows nothing of tables and of bookings.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use kernel::{HOUR_US, MINUTE_US, MerchantId, PersonId, QueueTicketId, Reject, StoreId, Timestamp};
use offer::Day;
use serde::{Deserialize, Serialize};

use crate::reject::QUEUE_INVALID;

/// Who waits past midnight waits on: a day of numbers starts at four in the morning, on the store's clocks.
const DAY_STARTS_US: i64 = 4 * HOUR_US;
/// So many of a line's last calls tell how long the next ones take.
pub(crate) const CALLS: usize = 8;
/// Of fewer than these nothing can be told.
const CALLS_LEAST: usize = 3;
const MAX_LINES: usize = 8;

/// Parties of some sizes, who are called in the order of their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueLine {
    /// One letter, before the number: `A`.
    pub name: String,
    /// The largest party of it; the smallest is larger than the line before.
    pub party_up_to: i64,
    /// About every so many minutes the next party is called: what is told until calls tell better.
    pub minutes: i64,
}

/// What a store gives numbers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// Whether new numbers are given out.
    pub is_open: bool,
    /// By the size of their parties.
    pub lines: Vec<QueueLine>,
    /// Rises with every change.
    pub version: i64,
}

impl Queue {
    /// The line for so many people.
    pub fn line_for(&self, party: i64) -> Option<&QueueLine> {
        self.lines
            .iter()
            .find(|line| party >= 1 && party <= line.party_up_to)
    }
}

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueStatus {
    /// In the line.
    Waiting,
    /// Its table is ready.
    Called,
    /// They sit.
    Seated,
    /// They were called and did not come; they can be called again.
    Missed,
    /// They gave up.
    Left,
}

impl QueueStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Called,
        Self::Seated,
        Self::Missed,
        Self::Left,
    ];

    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Called => "called",
            Self::Seated => "seated",
            Self::Missed => "missed",
            Self::Left => "left",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A party in a store's queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueTicket {
    /// Its id.
    pub id: QueueTicketId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// Who waits; nobody that is known, if the staff gave out the number.
    pub person: Option<PersonId>,
    /// On which day, as [`queue_day`] counts.
    pub day: Day,
    /// In which line.
    pub line: String,
    /// Its number there, from 1.
    pub number: i64,
    /// How many they are.
    pub party: i64,
    /// Where it stands.
    pub status: QueueStatus,
    /// Since when.
    pub joined_at: Timestamp,
    /// When it was called last.
    pub called_at: Option<Timestamp>,
    /// Rises with every change.
    pub version: i64,
}

/// The day whose numbers are given out at a moment.
pub fn queue_day(now: Timestamp, zone: &TimeZone) -> Day {
    Day::at(now.plus_us(-DAY_STARTS_US), zone)
}

/// Whether these can be a store's lines.
pub(crate) fn check_lines(lines: &[QueueLine]) -> Result<(), Reject> {
    let no = |detail: &str| Err(QUEUE_INVALID.at("/lines", detail));
    if !(1..=MAX_LINES).contains(&lines.len()) {
        return no("A queue has one to eight lines.");
    }
    let names: BTreeSet<&str> = lines.iter().map(|line| line.name.as_str()).collect();
    let is_letter = |name: &&str| name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_uppercase());
    if names.len() < lines.len() || !names.iter().all(is_letter) {
        return no("Each line is named by a letter of its own, A to Z.");
    }
    if !lines.is_sorted_by(|one, next| one.party_up_to < next.party_up_to) {
        return no("Each line is of larger parties than the one before.");
    }
    if lines
        .iter()
        .any(|line| !(1..=1_000).contains(&line.party_up_to) || !(1..=240).contains(&line.minutes))
    {
        return no("A party is of 1 to 1,000, and the next one is called after 1 to 240 minutes.");
    }
    Ok(())
}

/// How long a party still waits, µs, with so many before it. `calls` are those of the line, the last one first.
pub fn wait_us(line: &QueueLine, ahead: i64, calls: &[Timestamp], now: Timestamp) -> i64 {
    let known = &calls[..calls.len().min(CALLS)];
    let (Some(last), Some(first)) = (known.first(), known.last()) else {
        return (ahead + 1) * line.minutes * MINUTE_US;
    };
    let every_us = if known.len() < CALLS_LEAST {
        line.minutes * MINUTE_US
    } else {
        last.since_us(*first) / (known.len() as i64 - 1)
    };
    let since_last_us = now.since_us(*last).clamp(0, every_us);
    (ahead + 1) * every_us - since_last_us
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, party_up_to: i64, minutes: i64) -> QueueLine {
        QueueLine {
            name: name.to_owned(),
            party_up_to,
            minutes,
        }
    }

    #[test]
    fn what_was_called_tells_how_long_the_next_take() {
        let (two, at) = (line("A", 2, 10), |minutes: i64| Timestamp(minutes * MINUTE_US));
        let wait = |ahead, calls: &[i64], now| {
            let calls: Vec<_> = calls.iter().map(|minutes| at(*minutes)).collect();
            wait_us(&two, ahead, &calls, at(now)) / MINUTE_US
        };
        assert_eq!(wait(0, &[], 0), 10, "what the store says");
        assert_eq!(wait(3, &[], 0), 40);
        assert_eq!(wait(3, &[100, 95], 100), 40, "two calls tell nothing");
        assert_eq!(wait(3, &[100, 95, 90], 100), 20, "one every five minutes");
        assert_eq!(wait(3, &[100, 95, 90], 102), 18, "of which two are over");
        assert_eq!(wait(0, &[100, 95, 90], 500), 0, "at any moment");
    }

    #[test]
    fn lines_are_of_rising_sizes_with_letters_of_their_own() {
        let is_fine = |lines: &[QueueLine]| check_lines(lines).is_ok();
        assert!(is_fine(&[line("A", 2, 10), line("B", 4, 20)]));
        assert!(!is_fine(&[]));
        assert!(!is_fine(&[line("A", 2, 10), line("A", 4, 20)]));
        assert!(!is_fine(&[line("A", 4, 10), line("B", 4, 20)]));
        assert!(!is_fine(&[line("a", 4, 10)]));
        assert!(!is_fine(&[line("A", 0, 10)]));
        assert!(!is_fine(&[line("A", 4, 241)]));
    }

    #[test]
    fn who_waits_past_midnight_waits_on() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let day = |at: &str| queue_day(at.parse().unwrap(), &zone).to_string();
        assert_eq!(day("2027-01-15T15:59:00Z"), "2027-01-15", "23:59 there");
        assert_eq!(day("2027-01-15T19:59:00Z"), "2027-01-15", "03:59");
        assert_eq!(day("2027-01-15T20:00:00Z"), "2027-01-16", "04:00");
    }
}
