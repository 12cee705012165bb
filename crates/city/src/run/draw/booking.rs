//! Guests who book, move, cancel and come, and shops that keep times and note who did not come.

use kernel::{Ctx, DAY_US, MINUTE_US, Timestamp};

use super::{any, buyer, index, order, owner_or_other, staff};
use crate::dice::{between, chance, pick};
use crate::run::booked::{PricePer, Stay};
use crate::run::model::{Booking, Keeps, Model, Order, OrderStatus, WaitlistStatus};
use crate::run::op::{Book, By, JoinWaitlist, News, No, Op, Place, Staff, When};

/// Shanghai's clocks.
pub(super) const AHEAD_US: i64 = 480 * MINUTE_US;

pub(super) fn book(dice: &Ctx, model: &Model, now: Timestamp) -> Op {
    let goods = &model.world.goods;
    // Seats are booked otherwise, but for a mistake.
    let by_mistake = chance(dice, 3);
    let booked = (0..goods.len()).filter(|good| goods[*good].booked.is_some());
    let booked = booked.filter(|good| by_mistake || model.world.cinema() != Some(*good));
    let good = *pick(dice, &booked.collect::<Vec<_>>());
    let terms = model.booked(good);
    let party = between(dice, 1, terms.party_max) + i64::from(chance(dice, 3));
    let when = when(dice, model, good, now);
    let quantity = match (terms.price_per, when) {
        (PricePer::Person, _) => party,
        (PricePer::Night, When::Nights { nights, rooms, .. }) => nights * rooms,
        (PricePer::Booking | PricePer::Night, _) => 1,
    };
    let good_or_other = match chance(dice, 98) {
        true => good,
        false => index(dice, goods.len()),
    };
    let units = quantity + i64::from(chance(dice, 3));
    let place = plain(buyer(dice, model), good_or_other, units);
    let surcharges = model.surcharges_of_nights(good, when);
    Op::Book(Book {
        place: order(dice, model, now, (place, surcharges)),
        store: if chance(dice, 97) {
            0
        } else {
            index(dice, model.world.shops[goods[place.good].shop].stores)
        },
        when,
        party,
        resource: resource(dice, model, good),
        seats: None,
    })
}

pub(super) fn plain(person: usize, good: usize, quantity: i64) -> Place {
    Place {
        person,
        good,
        quantity,
        wallets: [None; 3],
        link: None,
        entry: None,
        use_rebate: false,
        group: None,
        expected: None,
    }
}

/// Mostly for a time at which somebody else comes.
pub(super) fn join_waitlist(dice: &Ctx, model: &Model, now: Timestamp) -> Op {
    let Op::Book(book) = book(dice, model, now) else {
        unreachable!("somebody books");
    };
    let others = any(dice, &model.bookings, |booking| {
        let is_of_it = model.good_of(booking) == Some(book.place.good);
        is_of_it && booking.period.0 > now && model.keeps(booking) != Keeps::Nothing
    });
    let other = others.map(|other| &model.bookings[&other]);
    let (when, party) = match (book.when, other) {
        (When::At(_), Some(other)) if chance(dice, 80) => (When::At(other.period.0), other.party),
        (When::Nights { .. }, Some(other)) if chance(dice, 80) => {
            let day = |at: Timestamp| (at.0 + AHEAD_US) / DAY_US;
            let (from, until) = (day(other.period.0), day(other.period.1));
            let stay = When::Nights {
                from,
                nights: until - from,
                rooms: between(dice, 1, 3),
            };
            (stay, other.party)
        }
        (when, _) => (when, book.party),
    };
    Op::JoinWaitlist(JoinWaitlist {
        person: book.place.person,
        good: book.place.good,
        store: book.store,
        when,
        later_us: *pick(dice, &[0, 0, 15, 30, 60]) * MINUTE_US,
        party,
        resource: book.resource,
    })
}

/// What becomes of somebody who waits.
pub(super) fn waitlist(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let (weight, whatever) = (dice.random_below(10), chance(dice, 10));
    let wanted = match weight {
        0..4 => WaitlistStatus::Waiting,
        4..9 => WaitlistStatus::Offered,
        _ => *pick(dice, &[WaitlistStatus::Waiting, WaitlistStatus::Offered]),
    };
    let entry = any(dice, &model.waitlist, |entry| {
        let is_ready = wanted == WaitlistStatus::Offered || model.has_something_free(now, &entry.wish);
        whatever || entry.status == wanted && is_ready
    })?;
    let wish = model.waitlist[&entry].wish;
    let person = owner_or_other(dice, model, wish.person);
    Some(match weight {
        0..4 => Op::OfferPlace { entry },
        4..9 => {
            let slot = model.waitlist[&entry].slot.as_ref();
            let units = slot.map_or(1, |slot| slot.quantity) + i64::from(chance(dice, 3));
            let place = plain(person, wish.good, units);
            let surcharges = model.surcharges_of_nights(wish.good, wish.when);
            let place = order(dice, model, now, (place, surcharges));
            Op::TakePlace { entry, place }
        }
        _ => Op::LeaveWaitlist { person, entry },
    })
}

/// Mostly whatever there is; now and then another good's.
pub(super) fn resource(dice: &Ctx, model: &Model, good: usize) -> Option<usize> {
    let own = model.booked(good).resources.clone();
    match dice.random_below(20) {
        0..3 => Some(own.start + index(dice, own.len())),
        3 => Some(index(dice, model.world.resources.len())),
        _ => None,
    }
}

/// Soon, in the next days, or when somebody else comes.
pub(super) fn when(dice: &Ctx, model: &Model, good: usize, now: Timestamp) -> When {
    let today = (now.0 + AHEAD_US) / DAY_US;
    let terms = model.booked(good);
    let by_nights = matches!(terms.stay, Stay::Nights { .. }) ^ chance(dice, 1);
    if by_nights {
        let (least, most) = match terms.stay {
            Stay::Nights { least, most, .. } => (least, most),
            Stay::Visit { .. } | Stay::Showings(_) => (1, 1),
        };
        return When::Nights {
            from: today + *pick(dice, &[0, 1, 1, 1, 2, 2, 8]),
            nights: between(dice, least, most) + *pick(dice, &[0, 0, 0, 0, 0, 0, 0, 0, 1, -1]),
            rooms: *pick(dice, &[1, 1, 1, 2, 2, 3]) - i64::from(chance(dice, 2)),
        };
    }
    let (from, until, every) = match terms.stay {
        Stay::Visit {
            from, until, every, ..
        } => (from, until, every),
        Stay::Nights { check_in, .. } => (check_in, check_in, 15),
        Stay::Showings(_) => (600, 1_320, 15),
    };
    let others = any(dice, &model.bookings, |booking| {
        booking.period.0 > now && model.world.goods[good].shop == booking.shop
    });
    let minute_now = (now.0 + AHEAD_US) / MINUTE_US - today * 24 * 60;
    let (day, minute) = match (dice.random_below(20), others) {
        (0..8, Some(other)) => return When::At(model.bookings[&other].period.0),
        (8, _) => (today, between(dice, 0, 1_500)),
        (9..14, _) => {
            let grid = minute_now / every * every + from % every;
            (today, grid + every * between(dice, 1, 4))
        }
        _ => {
            let day = today + *pick(dice, &[1, 1, 1, 2, 2, 8]);
            (day, from + every * between(dice, 0, (until - from) / every))
        }
    };
    When::At(Timestamp(day * DAY_US + minute * MINUTE_US - AHEAD_US))
}

/// The next step to the payment of what is booked, or of an open ticket: by themselves few are paid in time.
pub(super) fn paying(model: &Model) -> Option<Op> {
    paying_for(model, |order| order.booked_until.is_some())
}

/// The next step to the payment of an order that waits for it.
pub(super) fn paying_for(model: &Model, fits: impl Fn(&Order) -> bool) -> Option<Op> {
    let is_held = |order: &Order| fits(order) && order.status == OrderStatus::Placed;
    let mut orders = model.orders.iter().rev();
    let (no, order) = orders.find(|(_, order)| is_held(order))?;
    let Some(attempt) = order.attempts.last().copied() else {
        return Some(Op::Start {
            person: order.person,
            order: *no,
        });
    };
    let mut payments = model.provider.payments.iter();
    Some(match payments.find(|(_, payment)| payment.attempt == attempt) {
        None => Op::PayOutside {
            attempt,
            amount: order.whole.cash as i64,
        },
        Some((payment, _)) => Op::Hear {
            news: News::Paid(*payment),
            asked: false,
        },
    })
}

/// What becomes of a booking.
pub(super) fn bookings(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    if chance(dice, 40)
        && let Some(op) = paying(model)
    {
        return Some(op);
    }
    // Earnest money goes back twice only as far as the shop is owed that, which is rare.
    let mut of_earnest = model.bookings.iter();
    if let Some((booking, _)) = of_earnest.find(|(no, booking)| model.compensates(**no, booking)) {
        let shop = model.bookings[booking].shop;
        return Some(Op::CancelBooking {
            by: By::Staff(shop, Staff::Owner),
            booking: *booking,
            with_reason: true,
        });
    }
    // Nights that cost otherwise are few.
    if chance(dice, 15)
        && let Some(op) = move_stay(dice, model, now)
    {
        return Some(op);
    }
    let (weight, whatever) = (dice.random_below(12), chance(dice, 12));
    let fits = |no: &No, booking: &Booking| match weight {
        _ if whatever => true,
        3..5 => model.keeps(booking) != Keeps::Nothing,
        5 => model.is_expected(*no),
        6..10 => model.is_expected(*no) && booking.period.0 <= now,
        _ => model.is_expected(*no),
    };
    let fitting = model.bookings.iter().filter(|(no, booking)| fits(no, booking));
    let fitting: Vec<No> = fitting.map(|(no, _)| *no).collect();
    let booking = *fitting.get(index(dice, fitting.len().max(1)))?;
    let by = by(dice, model, booking, weight < 5 && chance(dice, 75));
    Some(match weight {
        0..3 => {
            let good = model.good_of(&model.bookings[&booking]);
            let good =
                good.or((0..model.world.goods.len()).find(|good| model.world.goods[*good].booked.is_some()))?;
            let when = when(dice, model, good, now);
            let when = match (when, model.bookings[&booking].period) {
                (When::Nights { from, .. }, (starts_at, ends_at)) if chance(dice, 80) => When::Nights {
                    from,
                    nights: (ends_at.0 + AHEAD_US) / DAY_US - (starts_at.0 + AHEAD_US) / DAY_US,
                    rooms: model.bookings[&booking].places[0].1,
                },
                (when, _) => when,
            };
            Op::Move {
                by,
                booking,
                when,
                resource: resource(dice, model, good),
                seats: None,
            }
        }
        3..6 => Op::CancelBooking {
            by,
            booking,
            with_reason: chance(dice, 80),
        },
        6..10 => Op::NoShow { by, booking },
        _ => Op::Arrive { by, booking },
    })
}

/// The guest of rooms that may cost more comes a few days later.
fn move_stay(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let coming = any(dice, &model.bookings, |booking| {
        let order = booking.order.map(|order| &model.orders[&order]);
        let is_rated = order.is_some_and(|order| {
            let stay = booking.stay(0);
            !model.surcharges_of_nights(order.good, stay).is_empty()
        });
        is_rated && model.keeps(booking) == Keeps::Taken && booking.period.0 > now
    })?;
    let booking = &model.bookings[&coming];
    Some(Op::Move {
        by: By::Guest(model.orders[&booking.order?].person),
        booking: coming,
        when: booking.stay(between(dice, 1, 3)),
        resource: None,
        seats: None,
    })
}

/// Its guest or its shop; a stranger now and then.
pub(super) fn by(dice: &Ctx, model: &Model, booking: No, by_guest: bool) -> By {
    let booking = &model.bookings[&booking];
    match booking.paid_by() {
        Some(order) if by_guest || chance(dice, 4) => {
            By::Guest(owner_or_other(dice, model, model.orders[&order].person))
        }
        Some(_) | None => {
            let shop = if chance(dice, 97) {
                booking.shop
            } else {
                index(dice, model.world.shops.len())
            };
            By::Staff(shop, staff(dice, model, shop))
        }
    }
}

/// A shop keeps times for itself, or changes what it costs not to come.
pub(super) fn keep(dice: &Ctx, model: &Model, now: Timestamp) -> Op {
    let goods = (0..model.world.goods.len()).filter(|good| model.world.goods[*good].booked.is_some());
    let good = *pick(dice, &goods.collect::<Vec<_>>());
    if chance(dice, 15) {
        return Op::ChangePolicy {
            good,
            policy: index(dice, 2),
        };
    }
    let own = model.booked(good).resources.clone();
    let one = || own.start + index(dice, own.len());
    let mut resources = [one(), one()];
    if chance(dice, 5) {
        resources[1] = index(dice, model.world.resources.len());
    }
    let from = match when(dice, model, good, now) {
        When::At(at) => at,
        When::Nights { from, .. } => Timestamp(from * DAY_US),
    };
    let shop = model.world.goods[good].shop;
    let minutes = *pick(dice, &[15, 30, 60, 100, 240, 5, 10_000]);
    Op::Keep {
        shop,
        staff: staff(dice, model, shop),
        resources,
        from,
        until: from.plus_us(minutes * MINUTE_US),
    }
}
