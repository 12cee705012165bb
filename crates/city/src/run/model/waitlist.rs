//! Waiting lists, as they must go: who may wait, what is offered to them and held, and how it ends.

use kernel::{DAY_US, MINUTE_US, Timestamp};

use super::slots::{AHEAD_US, STEP_US, Slot, Wish};
use super::{Answer, Bucket, Model, Name, No, TimerKind, made, told};
use crate::run::booked::Stay;
use crate::run::op::{Book, JoinWaitlist, Place, When};

/// How long somebody has who is offered a place.
const DECIDE_US: i64 = 15 * MINUTE_US;
const MOST_EACH: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WaitlistStatus {
    Waiting,
    Offered,
    Booked,
    Missed,
    Left,
    Over,
}

/// Somebody who waits, or waited.
#[derive(Debug, Clone)]
pub(crate) struct WaitlistEntry {
    pub wish: JoinWaitlist,
    pub status: WaitlistStatus,
    pub stands_until: Timestamp,
    /// What is held for them, or was.
    pub slot: Option<Slot>,
}

impl WaitlistEntry {
    fn stands(&self) -> bool {
        matches!(self.status, WaitlistStatus::Waiting | WaitlistStatus::Offered)
    }

    pub fn held(&self) -> Option<&Slot> {
        self.slot
            .as_ref()
            .filter(|_| self.status == WaitlistStatus::Offered)
    }
}

/// Since 1970, on Shanghai's clocks.
fn day_of(when: When) -> i64 {
    match when {
        When::At(at) => (at.0 + AHEAD_US).div_euclid(DAY_US),
        When::Nights { from, .. } => from,
    }
}

impl Model {
    pub(super) fn held_for_who_waited(&self, resource: usize, step: i64) -> i64 {
        let held = self.waitlist.values().filter_map(WaitlistEntry::held);
        let places = held
            .filter(|slot| slot.steps.contains(&step))
            .flat_map(|slot| &slot.places);
        let of_it = places.filter(|(of, _)| *of == resource);
        of_it.map(|(_, units)| units).sum()
    }

    /// What each time that would do comes to: what is held then, or why nothing can be.
    fn slots_of(&self, now: Timestamp, wish: &JoinWaitlist) -> Vec<Result<Slot, &'static str>> {
        let Some(booked) = &self.world.goods[wish.good].booked else {
            return vec![Err("booking_not_offered")];
        };
        let whens = match (booked.stay, wish.when) {
            (Stay::Visit { .. }, When::At(at)) => {
                // Whatever starts does so in whole quarters of an hour.
                let first = (at.0 + STEP_US - 1).div_euclid(STEP_US) * STEP_US;
                let times = (0..).map(|n| first + n * STEP_US);
                let times = times.take_while(|time| *time <= at.0 + wish.later_us);
                times
                    .map(|time| When::At(Timestamp(time)))
                    .filter(|when| day_of(*when) == day_of(wish.when))
                    .collect()
            }
            _ => vec![wish.when],
        };
        let slot = |when| {
            let wish = Wish {
                good: wish.good,
                store: wish.store,
                party: wish.party,
                when,
                resource: wish.resource,
                by_shop: false,
                moves: None,
            };
            self.find_slot(now, &wish)
        };
        match whens.is_empty() {
            true => vec![slot(wish.when)],
            false => whens.into_iter().map(slot).collect(),
        }
    }

    pub(super) fn join_waitlist(&mut self, no: No, now: Timestamp, wish: &JoinWaitlist) -> Answer {
        if !self.on_sale(wish.good, now) {
            return Err("offer_not_on_sale");
        }
        let slots = self.slots_of(now, wish);
        let can_be = |slot: &Result<Slot, &'static str>| matches!(slot, Ok(_) | Err("booking_full"));
        if !slots.iter().any(can_be) {
            return Err(slots[0].as_ref().err().copied().unwrap_or("booking_time"));
        }
        let own: Vec<_> = self
            .waitlist
            .values()
            .filter(|entry| entry.stands() && entry.wish.person == wish.person)
            .collect();
        let same = |entry: &&WaitlistEntry| {
            entry.wish.good == wish.good
                && entry.wish.store == wish.store
                && day_of(entry.wish.when) == day_of(wish.when)
        };
        if own.iter().any(same) {
            return Err("waitlist_already_in");
        }
        if own.len() >= MOST_EACH {
            return Err("waitlist_too_many");
        }
        if slots.iter().any(Result::is_ok) {
            return Err("waitlist_not_full");
        }
        let stands_until = self.bookable_until(wish, now);
        let entry = WaitlistEntry {
            wish: *wish,
            status: WaitlistStatus::Waiting,
            stands_until,
            slot: None,
        };
        self.waitlist.insert(no, entry);
        self.timers
            .insert((TimerKind::EndWaiting, Name::WaitlistEntry(no)), stands_until);
        made("", vec![Name::WaitlistEntry(no)])
    }

    /// Until when the last of the times that would do can be booked.
    fn bookable_until(&self, wish: &JoinWaitlist, now: Timestamp) -> Timestamp {
        let booked = self.booked(wish.good);
        let last = match (booked.stay, wish.when) {
            (Stay::Nights { check_in, .. }, When::Nights { from, .. }) => {
                Timestamp(from * DAY_US + check_in * MINUTE_US - AHEAD_US)
            }
            _ => self.last_start(wish, now),
        };
        last.plus_us(-booked.notice_us)
    }

    fn last_start(&self, wish: &JoinWaitlist, now: Timestamp) -> Timestamp {
        let When::At(first) = wish.when else {
            unreachable!("a visit has a time");
        };
        let one_only = |at: Timestamp| JoinWaitlist {
            when: When::At(at),
            later_us: 0,
            ..*wish
        };
        let mut last = first;
        for n in 0..=wish.later_us / STEP_US {
            let at = Timestamp((first.0 + STEP_US - 1).div_euclid(STEP_US) * STEP_US + n * STEP_US);
            let is_within = at.0 <= first.0 + wish.later_us && day_of(When::At(at)) == day_of(wish.when);
            if is_within && self.slots_of(now, &one_only(at))[0].as_ref().err() != Some(&"booking_time") {
                last = at;
            }
        }
        last
    }

    pub(super) fn offer_place(&mut self, now: Timestamp, no: No) -> Answer {
        let entry = &self.waitlist[&no];
        let wish = entry.wish;
        let waits = entry.status == WaitlistStatus::Waiting;
        let free = self.slots_of(now, &wish).into_iter().find_map(Result::ok);
        let sold_units = |slot: &Slot| i128::from(slot.quantity);
        let has_units = |bucket: &Bucket, slot: &Slot| bucket.has(sold_units(slot));
        let slot = free.filter(|slot| {
            waits
                && self.on_sale(wish.good, now)
                && has_units(&self.stock[wish.good], slot)
                && has_units(&self.head_count[wish.good], slot)
        });
        let Some(slot) = slot else {
            return told("false");
        };
        let last = slot.period.0.plus_us(-self.booked(wish.good).notice_us);
        let stands_until = now.plus_us(DECIDE_US).min(last);
        self.stock[wish.good].held += sold_units(&slot);
        self.head_count[wish.good].held += sold_units(&slot);
        self.open(&slot.places, &slot.steps);
        self.timers
            .insert((TimerKind::EndWaiting, Name::WaitlistEntry(no)), stands_until);
        let entry = self.waitlist.get_mut(&no).expect("a known entry");
        entry.status = WaitlistStatus::Offered;
        entry.stands_until = stands_until;
        entry.slot = Some(slot);
        self.tell(wish.person, "place_offered", 0);
        told("true")
    }

    pub fn has_something_free(&self, now: Timestamp, wish: &JoinWaitlist) -> bool {
        self.slots_of(now, wish).iter().any(Result::is_ok)
    }

    pub(super) fn take_place(&mut self, no: No, now: Timestamp, name: No, place: &Place) -> Answer {
        let entry = self.waitlist[&name].clone();
        let wish = entry.wish;
        if wish.person != place.person {
            return Err("not_found");
        }
        let held = entry.held().filter(|_| now < entry.stands_until).cloned();
        let slot = held.ok_or("waitlist_status")?;
        if place.good != wish.good {
            return Err("booking_not_offered");
        }
        let book = Book {
            place: *place,
            store: wish.store,
            when: match wish.when {
                When::At(_) => When::At(slot.period.0),
                When::Nights { .. } => wish.when,
            },
            party: wish.party,
            resource: wish.resource,
            seats: None,
        };
        let timer = (TimerKind::EndWaiting, Name::WaitlistEntry(name));
        self.end_entry(name, WaitlistStatus::Booked);
        let answer = self.book(no, now, &book);
        if answer.is_err() {
            // Nothing has happened, and it is still theirs.
            self.timers.insert(timer, entry.stands_until);
            self.stock[wish.good].held += i128::from(slot.quantity);
            self.head_count[wish.good].held += i128::from(slot.quantity);
            self.waitlist.insert(name, entry);
        }
        answer
    }

    pub(super) fn leave_waitlist(&mut self, person: usize, no: No) -> Answer {
        let entry = &self.waitlist[&no];
        if entry.wish.person != person {
            return Err("not_found");
        }
        if !entry.stands() {
            return Err("waitlist_status");
        }
        self.end_entry(no, WaitlistStatus::Left);
        told("")
    }

    pub(super) fn end_waiting(&mut self, now: Timestamp, no: No) -> Answer {
        let entry = &self.waitlist[&no];
        if !entry.stands() || now < entry.stands_until {
            return told("false");
        }
        let outcome = match entry.held() {
            Some(_) => WaitlistStatus::Missed,
            None => WaitlistStatus::Over,
        };
        self.end_entry(no, outcome);
        told("true")
    }

    /// What is held for them is free again.
    fn end_entry(&mut self, no: No, outcome: WaitlistStatus) {
        let entry = &self.waitlist[&no];
        let (good, units) = (entry.wish.good, entry.held().map_or(0, |slot| slot.quantity));
        self.stock[good].held -= i128::from(units);
        self.head_count[good].held -= i128::from(units);
        self.timers
            .remove(&(TimerKind::EndWaiting, Name::WaitlistEntry(no)));
        self.waitlist.get_mut(&no).expect("a known entry").status = outcome;
    }
}
