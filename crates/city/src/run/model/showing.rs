//! Showings, as they must go: when a hall is free for one, which of its seats may be chosen at what price, and what
//! becomes of them when it is called off.

use std::collections::BTreeSet;
use std::ops::Range;

use kernel::{DAY_US, MINUTE_US, Timestamp};

use super::slots::{AHEAD_US, Slot, Wish, is_in_time, steps};
use super::{Answer, Booking, Bucket, Keeps, Model, Name, No, OrderStatus, Outcome, TimerKind, made, told};
use crate::run::booked::{Hall, Seat};
use crate::run::op::{Post, Seats, Staff, When};

const DAY_MINUTES: i64 = 24 * 60;
/// How far ahead one is put on.
const MOST_AHEAD_DAYS: i64 = 400;
/// Bookings that are refunded at once when one is called off.
const REFUNDED_AT_ONCE: usize = 10;

/// What a shop puts on, of a good in its only hall.
#[derive(Debug, Clone)]
pub(crate) struct Showing {
    pub good: usize,
    pub period: (Timestamp, Timestamp),
    /// Of the hall, with those of the cleaning.
    pub steps: Range<i64>,
    /// What a seat in the box costs more.
    pub surcharge: i64,
    pub called_off: bool,
}

impl Model {
    pub fn hall(&self, good: usize) -> &Hall {
        self.booked(good).hall().expect("a good that has showings")
    }

    /// How many showings have this hall then.
    pub(super) fn shown(&self, resource: usize, step: i64) -> i64 {
        let showings = self.showings.values();
        let there = showings.filter(|showing| {
            let halls = &self.booked(showing.good).resources;
            !showing.called_off && halls.contains(&resource) && showing.steps.contains(&step)
        });
        there.count() as i64
    }

    pub(super) fn schedule(
        &mut self,
        no: No,
        now: Timestamp,
        good: usize,
        (day, minute, length): (i64, i64, i64),
        surcharge: i64,
    ) -> Answer {
        let starts_at = Timestamp(day * DAY_US + minute * MINUTE_US - AHEAD_US);
        let can_be = surcharge >= 0
            && (0..DAY_MINUTES).contains(&minute)
            && (5..=DAY_MINUTES).contains(&length)
            && (now.0 + 1..=now.0 + MOST_AHEAD_DAYS * DAY_US).contains(&starts_at.0);
        if !can_be {
            return Err("showing_invalid");
        }
        let ends_at = starts_at.plus_us(length * MINUTE_US);
        let cleaned_at = ends_at.plus_us(self.hall(good).cleaning_minutes * MINUTE_US);
        let (steps, hall) = (
            steps(starts_at.0, cleaned_at.0),
            self.booked(good).resources.start,
        );
        if steps.clone().any(|step| self.used(hall, step, None) > 0) {
            return Err("showing_hall_taken");
        }
        self.open(&[(hall, 1)], &steps);
        let showing = Showing {
            good,
            period: (starts_at, ends_at),
            steps,
            surcharge,
            called_off: false,
        };
        self.showings.insert(no, showing);
        made("", vec![Name::Showing(no)])
    }

    /// What a booking of these seats is of, if they may be chosen.
    pub(super) fn find_seats(
        &self,
        now: Timestamp,
        wish: &Wish,
        choice: &Seats,
    ) -> Result<Slot, &'static str> {
        let showing = &self.showings[&choice.showing];
        if showing.good != wish.good {
            return Err("showing_not_found");
        }
        let (hall, booked) = (self.hall(showing.good), self.booked(showing.good));
        let named: Vec<Seat> = choice.named.into_iter().flatten().collect();
        let chosen: BTreeSet<Seat> = named.iter().copied().collect();
        let are_there = chosen.iter().all(|seat| hall.sold_at(*seat).is_some());
        if named.is_empty() || chosen.len() < named.len() || !are_there {
            return Err("seats_invalid");
        }
        if wish.store != 0 {
            return Err("booking_not_offered");
        }
        if wish.when != When::At(showing.period.0) {
            return Err("booking_time");
        }
        if wish.resource.is_some() {
            return Err("booking_not_offered");
        }
        if showing.called_off {
            return Err("showing_status");
        }
        if !wish.by_shop && !is_in_time(booked, showing.period.0, now) || showing.period.1 <= now {
            return Err("booking_time");
        }
        let quantity = chosen.len() as i64;
        if wish.party != quantity {
            return Err("booking_party");
        }
        let used = self.used_seats(choice.showing, wish.moves);
        if !chosen.is_disjoint(&used) {
            return Err("seats_taken");
        }
        if !wish.by_shop && !may_choose(hall, &used, &chosen) {
            return Err("seat_left_alone");
        }
        Ok(Slot {
            period: showing.period,
            steps: 0..0,
            places: vec![(booked.resources.start, 1)],
            quantity,
            surcharges: self.surcharges_of_seats(choice.showing, &chosen),
            seats: Some((choice.showing, chosen)),
        })
    }

    /// What these cost more, cheaper ones first.
    pub fn surcharges_of_seats(&self, showing: No, seats: &BTreeSet<Seat>) -> Vec<(i64, i64)> {
        let showing = &self.showings[&showing];
        let hall = self.hall(showing.good);
        let is_in_box = |seat: &&Seat| hall.sold_at(**seat).is_some_and(char::is_uppercase);
        let in_box = seats.iter().filter(is_in_box).count() as i64;
        let in_stalls = seats.len() as i64 - in_box;
        let zones = match showing.surcharge {
            0 => vec![(in_box + in_stalls, 0)],
            surcharge => vec![(in_stalls, 0), (in_box, surcharge)],
        };
        zones.into_iter().filter(|(units, _)| *units > 0).collect()
    }

    fn bookings_of(&self, showing: No) -> impl Iterator<Item = (No, &Booking, &BTreeSet<Seat>)> {
        self.bookings.iter().filter_map(move |(no, booking)| {
            let (of, seats) = booking.seats.as_ref()?;
            (*of == showing).then_some((*no, booking, seats))
        })
    }

    /// Those that somebody has, as if one booking were not there.
    pub fn used_seats(&self, showing: No, but: Option<No>) -> BTreeSet<Seat> {
        let bookings = self.bookings_of(showing);
        let kept =
            bookings.filter(|(no, booking, _)| Some(*no) != but && self.keeps(booking) != Keeps::Nothing);
        kept.flat_map(|(.., seats)| seats).copied().collect()
    }

    /// Every seat of a showing that somebody ever had, as the bookings say, and whose it is.
    pub fn seats_of_showings(&self) -> impl Iterator<Item = ((No, Seat), Bucket, Vec<Name>)> {
        self.seated.iter().map(|&(showing, seat)| {
            let (mut bucket, mut whose) = (Bucket::of(1), Vec::new());
            for (no, booking, seats) in self.bookings_of(showing) {
                let keeps = self.keeps(booking);
                if keeps == Keeps::Nothing || !seats.contains(&seat) {
                    continue;
                }
                match keeps {
                    Keeps::Held => bucket.held += 1,
                    Keeps::Taken => bucket.taken += 1,
                    Keeps::Nothing => {}
                }
                whose.push(Name::Booking(no));
            }
            ((showing, seat), bucket, whose)
        })
    }

    pub(super) fn call_off(
        &mut self,
        now: Timestamp,
        (shop, staff): (usize, Staff),
        no: No,
        with_reason: bool,
    ) -> Answer {
        let showing = &self.showings[&no];
        if self.world.goods[showing.good].shop != shop {
            return Err("not_found");
        }
        self.require(shop, staff, 0, Post::Manager)?;
        if !with_reason {
            return Err("reason_missing");
        }
        if showing.called_off || showing.period.1 <= now {
            return Err("showing_status");
        }
        self.showings.get_mut(&no).expect("a known showing").called_off = true;
        self.timers
            .insert((TimerKind::RefundShowing, Name::Showing(no)), now);
        told("")
    }

    /// Some of those who were not served yet get everything back; who has still to pay is looked for again.
    pub(super) fn refund_showing(&mut self, now: Timestamp, showing: No) -> Answer {
        let timer = (TimerKind::RefundShowing, Name::Showing(showing));
        if self.timers.remove(&timer).is_none() {
            return told("false");
        }
        let bookings = self.bookings_of(showing).map(|(no, ..)| no);
        let unserved: Vec<No> = bookings
            .filter(|no| self.is_unserved(*no))
            .take(REFUNDED_AT_ONCE)
            .collect();
        let mut refunds = Vec::new();
        for no in &unserved {
            let refund = self.refund_booked(*no, now, *no, (0, Outcome::Cancelled))?;
            self.given_up_by_shop(*no, now, *no);
            refunds.extend(refund.made);
            self.rarities.insert("ShowingRefunded");
        }
        let unpaid = self.bookings_of(showing).any(|(_, booking, _)| {
            let order = booking.order.map(|order| &self.orders[&order]);
            order.is_some_and(|order| order.status == OrderStatus::Placed)
        });
        let again_at = match unserved.len() == REFUNDED_AT_ONCE {
            true => Some(now),
            false => unpaid.then(|| now.plus_us(MINUTE_US)),
        };
        self.timers.extend(again_at.map(|at| (timer, at)));
        made(again_at.is_some().to_string(), refunds)
    }

    /// Whether somebody would get their money back if it was called off.
    pub fn is_awaited(&self, showing: No) -> bool {
        let mut bookings = self.bookings_of(showing);
        bookings.any(|(no, ..)| self.is_unserved(no))
    }

    /// Whether somebody is expected who had none of what they booked yet.
    fn is_unserved(&self, no: No) -> bool {
        let order = self.bookings[&no].order;
        let uses = |order: No| i128::from(self.world.goods[self.orders[&order].good].uses);
        let is_whole = |order: No| {
            let voucher = self.voucher((order, 0));
            voucher.is_some_and(|voucher| voucher.uses_left == uses(order))
        };
        self.is_expected(no) && order.is_some_and(is_whole)
    }
}

/// A choice must not leave a seat alone, unless all that are side by side would.
pub(crate) fn may_choose(hall: &Hall, used: &BTreeSet<Seat>, chosen: &BTreeSet<Seat>) -> bool {
    let others = stretches(hall, used, chosen.len());
    !hall.no_single_seats
        || !leaves_alone(hall, used, chosen)
        || others.iter().all(|other| leaves_alone(hall, used, other))
}

/// So many seats for everybody side by side, wherever they are free.
pub(crate) fn stretches(hall: &Hall, used: &BTreeSet<Seat>, count: usize) -> Vec<BTreeSet<Seat>> {
    let free = drawn(hall, used, &BTreeSet::new());
    let mut stretches = Vec::new();
    for (row, cells) in (0..).zip(&free) {
        let windows = (0..).zip(cells.as_bytes().windows(count));
        let free = windows.filter(|(_, cells)| cells.iter().all(|cell| *cell == b'.'));
        stretches.extend(free.map(|(from, _)| (from..from + count as u8).map(|cell| (row, cell)).collect()));
    }
    stretches
}

/// Whether, beside one of these, a seat would be free whose neighbours are not.
fn leaves_alone(hall: &Hall, used: &BTreeSet<Seat>, chosen: &BTreeSet<Seat>) -> bool {
    drawn(hall, used, chosen).iter().any(|row| {
        let row = format!(" {row} ");
        let around = row.as_bytes().windows(3);
        around.into_iter().any(|around| match around {
            [left, b'.', right] => *left != b'.' && *right != b'.' && (*left == b'x' || *right == b'x'),
            _ => false,
        })
    })
}

/// Rows in which a dot is a seat for everybody that is free, and an `x` one that was chosen.
fn drawn(hall: &Hall, used: &BTreeSet<Seat>, chosen: &BTreeSet<Seat>) -> Vec<String> {
    let mut rows = vec![String::new(); hall.rows.len()];
    for (seat, what) in hall.cells() {
        rows[usize::from(seat.0)].push(match what.to_ascii_lowercase() {
            's' if used.contains(&seat) => ' ',
            's' if chosen.contains(&seat) => 'x',
            's' => '.',
            _ => ' ',
        });
    }
    rows
}
