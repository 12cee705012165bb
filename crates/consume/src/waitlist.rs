//! Who waits for a time that is full, and how that stands. When something is free for them is worked out from the same
//! facts as for everybody.

use kernel::{MINUTE_US, MerchantId, OfferId, PersonId, ResourceId, StoreId, Timestamp, WaitlistEntryId};
use offer::{Bookable, BookingTerms, Day, Period, Serving, Stay, Wish};
use store::{Fail, ReadTx};

use crate::slot::{When, used_of};

/// How long a place is held for who is offered it.
pub(crate) const DECIDE_US: i64 = 15 * MINUTE_US;
/// The most that a person waits for at once.
pub(crate) const MAX_EACH: usize = 20;

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitlistStatus {
    /// In the line.
    Waiting,
    /// A place is held for them.
    Offered,
    /// They took it.
    Booked,
    /// They did not take it in time.
    Missed,
    /// They gave up, or did not want it.
    Left,
    /// The last time at which it could have been booked is over.
    Over,
}

impl WaitlistStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 6] = [
        Self::Waiting,
        Self::Offered,
        Self::Booked,
        Self::Missed,
        Self::Left,
        Self::Over,
    ];

    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Booked => "booked",
            Self::Missed => "missed",
            Self::Left => "left",
            Self::Over => "over",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Somebody who waits, or waited, for a time of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitlistEntry {
    /// Its id.
    pub id: WaitlistEntryId,
    /// For what.
    pub offer: OfferId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// Who waits.
    pub person: PersonId,
    /// The day on which they would come.
    pub day: Day,
    /// For how many nights; of a visit none.
    pub nights: Option<i64>,
    /// For how many hours, of what is booked by the hour.
    pub hours: Option<i64>,
    /// In how many rooms; otherwise 1.
    pub rooms: i64,
    /// The first time at which they would come.
    pub starts_from: Timestamp,
    /// The last.
    pub starts_until: Timestamp,
    /// How many come.
    pub party: i64,
    /// Only there, if it matters.
    pub area: Option<String>,
    /// Service by service: only with this person or in this room. What is not named is any.
    pub resources: Vec<Option<ResourceId>>,
    /// Where it stands.
    pub status: WaitlistStatus,
    /// When it ends by itself: once nothing can be booked any more, or what is held for them is not held any longer.
    pub stands_until: Timestamp,
    /// What is held for them, or was.
    pub period: Option<Period>,
    /// Since when they wait.
    pub joined_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

impl WaitlistEntry {
    /// What they would like.
    pub(crate) fn wish(&self) -> Wish<'_> {
        Wish {
            party: self.party,
            rooms: self.rooms,
            area: self.area.as_deref(),
            resources: &self.resources,
            for_store: false,
        }
    }

    /// The same as who books says it, of one of the times.
    pub(crate) fn when(&self, starts_at: Timestamp) -> When {
        match (self.nights, self.hours) {
            (None, None) => When::At(starts_at),
            (None, Some(hours)) => When::Hours { starts_at, hours },
            (Some(nights), _) => When::Nights {
                from: self.day,
                nights,
                rooms: self.rooms,
            },
        }
    }

    /// The times that would do and can still be booked.
    pub(crate) fn periods(&self, bookable: &Bookable, now: Timestamp) -> Vec<Period> {
        let mut periods = match (&bookable.terms.stay, self.nights) {
            (Stay::Visit(visit), None) if visit.by_hour.is_some() == self.hours.is_some() => {
                bookable.visits(visit, self.day, self.party, self.hours.unwrap_or(1))
            }
            (Stay::Nights(terms), Some(nights)) => {
                bookable.stay(terms, self.day, nights).into_iter().collect()
            }
            (Stay::Visit(_) | Stay::Nights(_) | Stay::Showings, _) => Vec::new(),
        };
        periods.retain(|period| {
            (self.starts_from..=self.starts_until).contains(&period.starts_at)
                && bookable.terms.is_in_time(period.starts_at, now)
        });
        periods
    }

    /// Those of them that are free, with the places that they would get.
    pub(crate) fn free(
        &self,
        read: &mut ReadTx,
        bookable: &Bookable,
        now: Timestamp,
    ) -> Result<Vec<(Period, Vec<Serving>)>, Fail> {
        let day = self.day.0..self.day.0 + 1;
        let steps = bookable.steps_of_days(&day, self.nights.unwrap_or(1));
        let used = used_of(read, bookable, self.wish(), &steps)?;
        let periods = self.periods(bookable, now).into_iter();
        let free = periods.filter_map(|period| {
            let servings = bookable.choose(self.wish(), period, &used).ok()?;
            Some((period, servings))
        });
        Ok(free.collect())
    }
}

/// Until when a time can be booked.
pub(crate) fn bookable_until(terms: &BookingTerms, period: Period) -> Timestamp {
    period.starts_at.plus_us(-terms.notice_us)
}
