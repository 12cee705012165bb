//! What a cinema shows, and people who choose seats: free ones side by side, and others that they cannot have.

use std::collections::BTreeSet;

use kernel::{Ctx, DAY_US, Timestamp};

use super::booking::{AHEAD_US, by, paying, plain};
use super::{any, buyer, index, order, owner_or_other, staff};
use crate::dice::{between, chance, pick};
use crate::run::booked::Seat;
use crate::run::model::{Model, Order, Showing, Surcharges, Voucher, VoucherStatus, may_choose, stretches};
use crate::run::op::{Book, By, MOST_SEATS, No, Op, Seats, Staff, When};

/// So many that can be booked are enough.
const ENOUGH: usize = 3;

pub(super) fn showings(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let good = model.world.cinema()?;
    let is_coming = |showing: &Showing| !showing.called_off && showing.period.0 > now;
    let coming = model.showings.values().filter(|showing| is_coming(showing));
    if coming.count() < ENOUGH && chance(dice, 60) || chance(dice, 4) {
        return Some(schedule(dice, good, now));
    }
    if chance(dice, 30)
        && let Some(op) = paying(model)
    {
        return Some(op);
    }
    if chance(dice, 12) {
        let place = plain(buyer(dice, model), good, between(dice, 1, 4));
        return Some(Op::Place(order(dice, model, now, (place, Surcharges::new()))));
    }
    if chance(dice, 50)
        && let Some(op) = choose_seats(dice, model, now)
    {
        return Some(op);
    }
    // Few are expected, and not for long.
    if chance(dice, 40)
        && let Some(op) = move_seats(dice, model, now)
    {
        return Some(op);
    }
    match dice.random_below(10) {
        0 => rather_awaited(dice, model, is_coming).map(|showing| call_off(dice, model, showing)),
        1 | 2 => {
            let showing = rather_awaited(dice, model, |showing| showing.called_off)?;
            Some(Op::RefundShowing { showing })
        }
        _ => {
            let whatever = chance(dice, 10);
            let showing = any(dice, &model.showings, |showing| whatever || is_coming(showing))?;
            Some(book(dice, model, showing, now))
        }
    }
}

/// Mostly one of which somebody would get their money back.
fn rather_awaited(dice: &Ctx, model: &Model, fits: impl Fn(&Showing) -> bool) -> Option<No> {
    let (whatever, empty_too) = (chance(dice, 10), chance(dice, 30));
    let showings = model
        .showings
        .iter()
        .filter(|(no, showing)| whatever || fits(showing) && (empty_too || model.is_awaited(**no)));
    let showings: Vec<No> = showings.map(|(no, _)| *no).collect();
    (!showings.is_empty()).then(|| *pick(dice, &showings))
}

/// In the next days, at a time of few, so that the hall is taken now and then.
fn schedule(dice: &Ctx, good: usize, now: Timestamp) -> Op {
    let today = (now.0 + AHEAD_US).div_euclid(DAY_US);
    Op::Schedule {
        good,
        day: today + *pick(dice, &[0, 1, 1, 1, 2, 2, 3]),
        minute: match dice.random_below(20) {
            0 => *pick(dice, &[0, 1_439, 1_440]),
            _ => *pick(dice, &[615, 840, 1_080, 1_215, 1_320]),
        },
        length: *pick(dice, &[90, 120, 185]) * i64::from(!chance(dice, 3)),
        surcharge: match dice.random_below(40) {
            0 => -1,
            _ => *pick(dice, &[0, 1, 333, 2_500, 2_500]),
        },
    }
}

fn call_off(dice: &Ctx, model: &Model, showing: No) -> Op {
    let shop = if chance(dice, 95) {
        model.world.goods[model.showings[&showing].good].shop
    } else {
        index(dice, model.world.shops.len())
    };
    Op::CallOff {
        shop,
        staff: match chance(dice, 60) {
            true => Staff::Owner,
            false => staff(dice, model, shop),
        },
        showing,
        with_reason: chance(dice, 85),
    }
}

/// Somebody who is expected sits elsewhere: mostly of the same showing, and for the same price.
fn move_seats(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let whatever = chance(dice, 4);
    let bookings = model.bookings.iter().filter(|(no, booking)| {
        booking.seats.is_some() && (whatever || model.is_expected(**no) && booking.period.0 > now)
    });
    let bookings: Vec<No> = bookings.map(|(no, _)| *no).collect();
    let booking = *bookings.get(index(dice, bookings.len().max(1)))?;
    let (of, had) = model.bookings[&booking].seats.as_ref()?;
    let is_coming = |showing: &Showing| !showing.called_off && showing.period.0 > now;
    let showing = match chance(dice, 60) {
        true => *of,
        false => any(dice, &model.showings, |showing| whatever || is_coming(showing))?,
    };
    let price = |showing, seats: &BTreeSet<Seat>| {
        let surcharges = model.surcharges_of_seats(showing, seats);
        surcharges.iter().map(|(units, more)| units * more).sum::<i64>()
    };
    let is_alike = |seats: &BTreeSet<Seat>| seats != had && price(showing, seats) == price(*of, had);
    let count = match chance(dice, 4) {
        true => between(dice, 1, MOST_SEATS as i64),
        false => had.len() as i64,
    };
    let at = model.showings[&showing].period.0;
    Some(Op::Move {
        by: by(dice, model, booking, chance(dice, 80)),
        booking,
        when: When::At(at.plus_us(i64::from(chance(dice, 2)))),
        resource: chance(dice, 2).then_some(model.booked(model.showings[&showing].good).resources.start),
        seats: Some(Seats {
            showing,
            named: seats(dice, model, showing, (count, Some(booking)), is_alike),
        }),
    })
}

/// Who has an open ticket sits somewhere; mostly where it costs nothing more.
fn choose_seats(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let whatever = chance(dice, 2);
    let order = any(dice, &model.orders, |order| {
        let mut vouchers = order.vouchers.iter();
        let is_live = |voucher: &Voucher| voucher.status == VoucherStatus::Live && voucher.valid_until > now;
        !order.vouchers.is_empty() && (whatever || order.open_ticket && vouchers.any(is_live))
    })?;
    let is_coming = |showing: &Showing| !showing.called_off && showing.period.0 > now;
    let showing = any(dice, &model.showings, |showing| whatever || is_coming(showing))?;
    let Order {
        person,
        good,
        quantity,
        ..
    } = model.orders[&order];
    let shop = match chance(dice, 96) {
        true => model.world.goods[good].shop,
        false => index(dice, model.world.shops.len()),
    };
    let costs_nothing = |seats: &BTreeSet<Seat>| {
        let mut surcharges = model.surcharges_of_seats(showing, seats).into_iter();
        surcharges.all(|(_, more)| more == 0)
    };
    let count = match chance(dice, 4) {
        true => between(dice, 1, MOST_SEATS as i64),
        false => quantity as i64,
    };
    Some(Op::ChooseSeats {
        by: match chance(dice, 75) {
            true => By::Guest(owner_or_other(dice, model, person)),
            false => By::Staff(shop, staff(dice, model, shop)),
        },
        voucher: (order, 0),
        seats: Seats {
            showing,
            named: seats(dice, model, showing, (count, None), costs_nothing),
        },
    })
}

fn book(dice: &Ctx, model: &Model, showing: No, now: Timestamp) -> Op {
    let Showing { good, period, .. } = model.showings[&showing];
    let most = model.booked(good).party_max + i64::from(chance(dice, 4));
    let count = between(dice, 1, most) - i64::from(chance(dice, 1));
    let seats = seats(dice, model, showing, (count, None), |_| true);
    let named: Vec<Seat> = seats.into_iter().flatten().collect();
    let quantity = named.len() as i64 + i64::from(chance(dice, 2));
    let good_or_other = match chance(dice, 98) {
        true => good,
        false => index(dice, model.world.goods.len()),
    };
    let chosen: BTreeSet<Seat> = named.iter().copied().collect();
    let surcharges = model.surcharges_of_seats(showing, &chosen);
    let place = plain(buyer(dice, model), good_or_other, quantity);
    let halls = &model.booked(good).resources;
    Op::Book(Book {
        place: order(dice, model, now, (place, surcharges)),
        store: if chance(dice, 98) {
            0
        } else {
            model.world.shops[model.world.goods[good_or_other].shop].stores - 1
        },
        when: When::At(period.0.plus_us(i64::from(chance(dice, 2)))),
        party: named.len() as i64 + i64::from(chance(dice, 3)),
        resource: chance(dice, 2).then_some(halls.start),
        seats: Some(Seats {
            showing,
            named: seats,
        }),
    })
}

/// So many, mostly side by side, free as if one booking were not there, and such as fit; else beside each other from
/// anywhere on, from all over the hall, or one twice.
fn seats(
    dice: &Ctx,
    model: &Model,
    showing: No,
    (count, but): (i64, Option<No>),
    fits: impl Fn(&BTreeSet<Seat>) -> bool,
) -> [Option<Seat>; MOST_SEATS] {
    let hall = model.hall(model.showings[&showing].good);
    let cells: Vec<Seat> = hall.cells().map(|(seat, _)| seat).collect();
    let used = model.used_seats(showing, but);
    let mut free = stretches(hall, &used, count.max(1) as usize);
    if chance(dice, 90) {
        free.retain(|seats| may_choose(hall, &used, seats));
    }
    if chance(dice, 70) {
        free.retain(fits);
    }
    let mut seats: Vec<Seat> = match dice.random_below(10) {
        0..7 if !free.is_empty() => pick(dice, &free).iter().copied().collect(),
        0..9 => {
            let (row, cell) = *pick(dice, &cells);
            (cell..).map(|cell| (row, cell)).take(count as usize).collect()
        }
        _ => (0..count).map(|_| *pick(dice, &cells)).collect(),
    };
    if chance(dice, 30) {
        seats.reverse();
    }
    let mut named = [None; MOST_SEATS];
    named
        .iter_mut()
        .zip(seats)
        .for_each(|(named, seat)| *named = Some(seat));
    named
}
