//! Guests who book with a card, and what becomes of that.

use kernel::{Ctx, DAY_US, Timestamp};

use super::booking::{by, paying_for, plain, resource, when};
use super::{any, buyer, index, order, owner_or_other, staff};
use crate::dice::{between, chance, pick};
use crate::run::model::{Booking, Model, Surcharges, VoucherStatus};
use crate::run::op::{BookWithCard, By, No, Op, Scan, VoucherName};

pub(super) fn cards(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let goods = model.world.goods.iter();
    let accepted = goods.flat_map(|good| good.booked.iter().flat_map(|booked| booked.cards.clone()));
    let accepted: Vec<usize> = accepted.collect();
    if accepted.is_empty() {
        return None;
    }
    match dice.random_below(20) {
        0..2 => {
            let good = *pick(dice, &accepted);
            let place = plain(buyer(dice, model), good, between(dice, 1, 2));
            Some(Op::Place(order(dice, model, now, (place, Surcharges::new()))))
        }
        2..6 => paying_for(model, |order| {
            accepted.contains(&order.good) && order.group.is_none()
        }),
        6..12 => book_with_card(dice, model, now, &accepted),
        _ => booked_with_card(dice, model, now),
    }
}

fn book_with_card(dice: &Ctx, model: &Model, now: Timestamp, accepted: &[usize]) -> Option<Op> {
    let whatever = chance(dice, 5);
    let is_live = |status: VoucherStatus| whatever || status == VoucherStatus::Live;
    let order = any(dice, &model.orders, |order| {
        let mut vouchers = order.vouchers.iter();
        (whatever || accepted.contains(&order.good)) && vouchers.any(|voucher| is_live(voucher.status))
    })?;
    let vouchers = (0..).zip(&model.orders[&order].vouchers);
    let live: Vec<u8> = vouchers
        .filter(|(_, voucher)| is_live(voucher.status))
        .map(|(n, _)| n)
        .collect();
    let card = (order, *pick(dice, &live));
    let order = &model.orders[&order];
    let goods = (0..model.world.goods.len()).filter(|good| {
        let booked = &model.world.goods[*good].booked;
        let is_for_it = |cards: &Vec<usize>| whatever || cards.contains(&order.good);
        booked.as_ref().is_some_and(|booked| is_for_it(&booked.cards))
    });
    let good = *pick(dice, &goods.collect::<Vec<_>>());
    let most = model.booked(good).party_max;
    Some(Op::BookWithCard(BookWithCard {
        person: owner_or_other(dice, model, order.person),
        card,
        good,
        store: if chance(dice, 97) {
            0
        } else {
            index(dice, model.world.shops[model.world.goods[good].shop].stores)
        },
        when: when(dice, model, good, now),
        // Few uses are left of a card.
        party: between(dice, 1, most.min(2)) + i64::from(chance(dice, 5)) * most,
        resource: resource(dice, model, good),
    }))
}

/// What becomes of it; mostly while its uses are kept.
fn booked_with_card(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let (weight, whatever) = (dice.random_below(18), chance(dice, 10));
    let shown_at = |voucher: VoucherName, booking: &Booking| model.kept_at((booking.shop, 0), voucher, now);
    let fits = |no: &No, booking: &Booking| {
        let Some(kept) = booking.card else { return false };
        match weight {
            _ if whatever => true,
            0..6 => shown_at(kept.voucher, booking).is_some(),
            6 | 7 => kept
                .redemption
                .is_some_and(|no| model.redemptions[&no].undo_until > now),
            8 | 9 => model.is_expected(*no) && booking.period.0 <= now,
            14..16 => model.is_expected(*no) && booking.period.1.plus_us(DAY_US) <= now,
            _ => model.is_expected(*no),
        }
    };
    let fitting = model.bookings.iter().filter(|(no, booking)| fits(no, booking));
    let fitting: Vec<No> = fitting.map(|(no, _)| *no).collect();
    let booking_no = *fitting.get(index(dice, fitting.len().max(1)))?;
    let booking = &model.bookings[&booking_no];
    let kept = booking.card?;
    let (shop, voucher, person) = (booking.shop, kept.voucher, model.orders[&kept.voucher.0].person);
    let (staff, binding) = (staff(dice, model, shop), model.voucher(voucher)?.binding);
    let uses = chance(dice, 20).then(|| between(dice, -1, 3));
    let by = by(dice, model, booking_no, weight > 11);
    Some(match weight {
        0..2 => Op::Redeem {
            shop,
            staff,
            store: 0,
            voucher,
            uses,
        },
        2 => Op::Scan {
            shop,
            staff,
            store: 0,
            voucher,
            binding,
            uses,
        },
        3..5 => Op::Sync {
            shop,
            store: 0,
            scan: Scan {
                voucher,
                binding,
                at: now,
            },
            again: None,
        },
        5 => Op::Arrive {
            by: By::Staff(shop, staff),
            booking: booking_no,
        },
        6 | 7 => Op::Undo {
            shop,
            staff,
            redemption: kept.redemption?,
        },
        8 | 9 => Op::NoShow {
            by,
            booking: booking_no,
        },
        10 => Op::Arrive {
            by,
            booking: booking_no,
        },
        11 => Op::RefundVoucher { person, voucher },
        12 | 13 => Op::CancelBooking {
            by,
            booking: booking_no,
            with_reason: chance(dice, 80),
        },
        14..16 => Op::Lapse { booking: booking_no },
        _ => Op::Move {
            by,
            booking: booking_no,
            when: when(dice, model, kept.good, now),
            resource: resource(dice, model, kept.good),
            seats: None,
        },
    })
}
