//! What people do next: drawn from dice and from how things stand, so that most of it makes sense and some of it
//! is wrong, late, doubled or forged.

mod booking;
mod card;
mod outside;
mod people;
mod queue;
mod showing;

use std::collections::BTreeMap;

use kernel::{Ctx, DAY_US, HOUR_US, MINUTE_US, SECOND_US, Timestamp};

use super::model::{AttemptStatus, GroupStatus, Model, OrderStatus, RedemptionStatus};
use super::model::{Surcharges, VoucherStatus, WalletStatus};
use super::op::{Fault, GroupChoice, News, No, Op, Place, Scan, Staff, VoucherName};
use super::world::Comes;
use crate::dice::{between, chance, pick};

pub(crate) use outside::drain;

/// How far the clock goes on before the next step. It never stands, so that ids of later steps are larger.
pub(crate) fn later(dice: &Ctx, now: Timestamp) -> Timestamp {
    let most = match dice.random_below(100) {
        0..85 => 20 * SECOND_US,
        85..97 => 8 * MINUTE_US,
        97..99 => 6 * HOUR_US,
        _ => 3 * DAY_US,
    };
    now.plus_us(between(dice, 1_000, most))
}

/// What goes wrong around a step.
pub(crate) fn fault(dice: &Ctx) -> Fault {
    match dice.random_below(100) {
        0..3 => Fault::CommitFails,
        3..6 => Fault::AnswerLost,
        6 => Fault::CrashBefore,
        7 => Fault::CrashAfter,
        8..12 => Fault::Repeated,
        12..14 => Fault::KeyReused,
        _ => Fault::None,
    }
}

/// Whether a request shares its commit with the next one. What forgets answers does not: those who share a commit are
/// looked up before any of them runs.
pub(crate) fn waits(dice: &Ctx, op: Op) -> bool {
    chance(dice, 40) && op != Op::Prune
}

/// The next deed. Now and then somebody does the last one once more, by a request of its own.
pub(crate) fn op(dice: &Ctx, model: &Model, now: Timestamp, last: Option<Op>) -> Op {
    if let Some(last) = last.filter(|_| chance(dice, 3)) {
        return last;
    }
    loop {
        let drawn = match dice.random_below(240) {
            0..10 => Some(claim(dice, model)),
            10..15 => people::come(dice, model),
            15..29 => Some(Op::Place(place(dice, model, now))),
            29..31 => Some(Op::Cart(cart(dice, model, now))),
            31..34 => cancel(dice, model),
            34..45 => start(dice, model),
            45..56 => pay(dice, model),
            56..68 => hear_of_payment(dice, model),
            68..70 => any(dice, &model.attempts, |_| true).map(|attempt| Op::Hear {
                news: News::NotPaid(attempt),
                asked: false,
            }),
            70..74 => refund_voucher(dice, model),
            74..81 => redeem(dice, model),
            81..86 => scans(dice, model, now),
            86 => Some(nonsense(dice, model)),
            87..89 => outside::forge(dice, model),
            89..92 => undo(dice, model, now),
            92..94 => refund_redeemed(dice, model),
            94..98 => people::review(dice, model),
            98..106 => outside::refunds(dice, model),
            106..114 => outside::payouts(dice, model, now),
            114..119 => outside::timer(dice, model, now),
            119 => Some(outside::work(dice)),
            120 => Some(people::staff_changes(dice, model)),
            121..124 => Some(house(dice, model)),
            124..136 => Some(booking::book(dice, model, now)),
            136..148 => booking::bookings(dice, model, now),
            148 => Some(booking::keep(dice, model, now)),
            149..152 => outside::dispute(dice, model),
            152..160 => Some(booking::join_waitlist(dice, model, now)),
            160..180 => booking::waitlist(dice, model, now),
            180..200 => showing::showings(dice, model, now),
            200..216 => queue::queue(dice, model, now),
            _ => card::cards(dice, model, now),
        };
        if let Some(op) = drawn {
            return op;
        }
    }
}

fn index(dice: &Ctx, count: usize) -> usize {
    dice.random_below(count as u64) as usize
}

fn person(dice: &Ctx, model: &Model) -> usize {
    index(dice, model.world.cards.len())
}

/// One of the things that fit, mostly one of the last.
fn any<T>(dice: &Ctx, things: &BTreeMap<No, T>, fits: impl Fn(&T) -> bool) -> Option<No> {
    let window = if chance(dice, 80) { 12 } else { 400 };
    let fitting: Vec<No> = things
        .iter()
        .rev()
        .filter(|(_, thing)| fits(thing))
        .map(|(no, _)| *no)
        .take(window)
        .collect();
    (!fitting.is_empty()).then(|| *pick(dice, &fitting))
}

/// Mostly one that fits; in so many of a hundred cases whatever there is.
fn mostly<T>(
    dice: &Ctx,
    things: &BTreeMap<No, T>,
    else_percent: u64,
    fits: impl Fn(&T) -> bool,
) -> Option<No> {
    let whatever = chance(dice, else_percent);
    any(dice, things, |thing| whatever || fits(thing))
}

fn claim(dice: &Ctx, model: &Model) -> Op {
    let (person, coupon) = (person(dice, model), index(dice, model.world.coupons.len()));
    let terms = &model.world.coupons[coupon];
    if terms.comes != Comes::ByCode || chance(dice, 10) {
        return Op::Claim { person, coupon };
    }
    Op::ClaimCode {
        person,
        coupon,
        // A number of few, so that codes come twice; now and then one that no code has.
        number: between(dice, 0, terms.total.min(8)),
        mistyped: chance(dice, 20),
    }
}

/// Coupons for an order: mostly the buyer's own, for this shop, of different groups.
fn wallets(dice: &Ctx, model: &Model, buyer: usize, good: usize) -> [Option<No>; 3] {
    let shop = model.world.goods[good].shop;
    let mut wallets = [None; 3];
    let mut groups = Vec::new();
    for wallet in &mut wallets {
        if !chance(dice, 60) {
            break;
        }
        *wallet = mostly(dice, &model.wallets, 10, |wallet| {
            let coupon = &model.world.coupons[wallet.coupon];
            let stacks = groups.is_empty() || coupon.group.is_some() && !groups.contains(&coupon.group);
            let is_for_shop = coupon.shop.is_none_or(|of| of == shop);
            wallet.person == buyer && wallet.status == WalletStatus::Claimed && is_for_shop && stacks
        });
        groups.extend(wallet.map(|wallet| model.world.coupons[model.wallets[&wallet].coupon].group));
    }
    wallets
}

fn place(dice: &Ctx, model: &Model, now: Timestamp) -> Place {
    let links: BTreeMap<No, (usize, usize)> = model.links.iter().map(|(of, made)| (*made, *of)).collect();
    let joins = if chance(dice, 60) {
        group_to_join(dice, model)
    } else {
        None
    };
    let link = if chance(dice, 40) {
        any(dice, &links, |(_, good)| joins.is_none_or(|(_, of)| of == *good))
    } else {
        None
    };
    let wanted = joins.map(|(_, good)| good).or(link.map(|link| links[&link].1));
    let wanted = wanted.filter(|_| chance(dice, 95));
    let good = wanted.unwrap_or_else(|| bought(dice, model));
    let opens_percent = if model.world.goods[good].group.is_some() {
        30
    } else {
        2
    };
    let group = match joins {
        Some((group, _)) => Some(GroupChoice::Join(group)),
        None => chance(dice, opens_percent).then_some(GroupChoice::Open),
    };
    let quantity = match dice.random_below(50) {
        1.. if group.is_some() && chance(dice, 95) => 1,
        0 => *pick(dice, &[0, -1, i64::MIN, i64::MAX]),
        _ => between(
            dice,
            1,
            model.world.goods[good].max_per_order + i64::from(chance(dice, 3)),
        ),
    };
    let place = Place {
        person: buyer(dice, model),
        good,
        quantity,
        wallets: [None; 3],
        link,
        entry: None,
        use_rebate: false,
        group,
        expected: None,
    };
    order(dice, model, now, (place, Surcharges::new()))
}

/// Half the time somebody who has a coupon.
fn buyer(dice: &Ctx, model: &Model) -> usize {
    let with_coupon = any(dice, &model.wallets, |wallet| {
        wallet.status == WalletStatus::Claimed
    });
    with_coupon
        .filter(|_| chance(dice, 50))
        .map_or_else(|| person(dice, model), |wallet| model.wallets[&wallet].person)
}

/// Two things for one person, who may want them by the same coupon.
fn cart(dice: &Ctx, model: &Model, now: Timestamp) -> [Place; 2] {
    let first = place(dice, model, now);
    let good = bought(dice, model);
    let second = Place {
        good,
        quantity: between(dice, 1, model.world.goods[good].max_per_order),
        link: None,
        group: None,
        ..first
    };
    [first, order(dice, model, now, (second, Surcharges::new()))]
}

/// How an order is paid, and what it is thought to come to if its units cost so much more.
fn order(dice: &Ctx, model: &Model, now: Timestamp, (place, surcharges): (Place, Surcharges)) -> Place {
    let place = Place {
        wallets: wallets(dice, model, place.person, place.good),
        entry: if chance(dice, 15) {
            any(dice, &model.entries, |_| true)
        } else {
            None
        },
        use_rebate: chance(dice, 40),
        ..place
    };
    let is_sound = (1..1_000).contains(&place.quantity) && chance(dice, 30);
    let price = if is_sound {
        let by_link = place.link.is_some();
        model.price((&place, &surcharges), by_link, now).ok()
    } else {
        None
    };
    let expected = price.map(|(whole, _)| whole.cash as i64 + i64::from(chance(dice, 15)));
    Place { expected, ..place }
}

/// Mostly one that is open, and what is bought in it.
fn group_to_join(dice: &Ctx, model: &Model) -> Option<(No, usize)> {
    let order = mostly(dice, &model.orders, 10, |order| {
        let group = order.group.and_then(|group| model.groups.get(&group));
        group.is_some_and(|group| group.status == GroupStatus::Open)
    })?;
    let order = &model.orders[&order];
    Some((order.group?, order.good))
}

/// Mostly what is bought, and not booked.
fn bought(dice: &Ctx, model: &Model) -> usize {
    let whatever = chance(dice, 5);
    let goods = model.world.goods.iter().enumerate();
    let bought = goods.filter(|(_, good)| whatever || good.booked.is_none());
    *pick(dice, &bought.map(|(n, _)| n).collect::<Vec<_>>())
}

fn cancel(dice: &Ctx, model: &Model) -> Option<Op> {
    let order = mostly(dice, &model.orders, 20, |order| {
        order.status == OrderStatus::Placed
    })?;
    let person = owner_or_other(dice, model, model.orders[&order].person);
    Some(Op::Cancel { person, order })
}

fn owner_or_other(dice: &Ctx, model: &Model, owner: usize) -> usize {
    if chance(dice, 95) {
        owner
    } else {
        person(dice, model)
    }
}

fn start(dice: &Ctx, model: &Model) -> Option<Op> {
    let booked_alone = chance(dice, 40);
    let waits = |order: &super::model::Order| {
        let may_be = !booked_alone || model.world.goods[order.good].booked.is_some();
        may_be && order.status == OrderStatus::Placed && order.attempts.is_empty()
    };
    let order = mostly(dice, &model.orders, 8, waits)?;
    let person = owner_or_other(dice, model, model.orders[&order].person);
    Some(Op::Start { person, order })
}

fn pay(dice: &Ctx, model: &Model) -> Option<Op> {
    let is_open = |attempt: &super::model::Attempt| attempt.status == AttemptStatus::Open;
    let attempt = mostly(dice, &model.attempts, 8, is_open)?;
    let due = model.orders[&model.attempts[&attempt].order].whole.cash as i64;
    let amount = match dice.random_below(40) {
        0 => due + 1,
        1 => (due - 1).max(1),
        2 => 1,
        _ => due,
    };
    Some(Op::PayOutside { attempt, amount })
}

fn hear_of_payment(dice: &Ctx, model: &Model) -> Option<Op> {
    let again = chance(dice, 15);
    let told: Vec<News> = outside::news_of_payments(model)
        .rev()
        .filter(|news| again || !model.heard.contains_key(news))
        .take(8)
        .collect();
    let asked = chance(dice, 20);
    (!told.is_empty()).then(|| Op::Hear {
        news: *pick(dice, &told),
        asked,
    })
}

fn voucher(dice: &Ctx, model: &Model, fits: impl Fn(VoucherStatus) -> bool) -> Option<VoucherName> {
    let order = any(dice, &model.orders, |order| {
        order.vouchers.iter().any(|voucher| fits(voucher.status))
    })?;
    let vouchers = model.orders[&order].vouchers.iter().enumerate();
    let fitting: Vec<u8> = vouchers
        .filter(|(_, voucher)| fits(voucher.status))
        .map(|(n, _)| n as u8)
        .collect();
    Some((order, *pick(dice, &fitting)))
}

fn live_voucher(dice: &Ctx, model: &Model) -> Option<VoucherName> {
    let whatever = chance(dice, 12);
    voucher(dice, model, |status| whatever || status == VoucherStatus::Live)
}

fn refund_voucher(dice: &Ctx, model: &Model) -> Option<Op> {
    let voucher = live_voucher(dice, model)?;
    let person = owner_or_other(dice, model, model.orders[&voucher.0].person);
    Some(Op::RefundVoucher { person, voucher })
}

/// The owner, or a clerk; one who was dismissed now and then.
fn staff(dice: &Ctx, model: &Model, shop: usize) -> Staff {
    let clerks: Vec<Staff> = model
        .clerks
        .range((shop, Staff::Owner)..(shop + 1, Staff::Owner))
        .map(|((_, staff), _)| *staff)
        .collect();
    match dice.random_below(10) {
        0..4 => Staff::Owner,
        4 => *pick(dice, &clerks),
        _ => clerks.last().copied().unwrap_or(Staff::Owner),
    }
}

/// Of somebody who was here with it before.
fn used_card(dice: &Ctx, model: &Model) -> Option<VoucherName> {
    let undone_alone = chance(dice, 40);
    let of_card = any(dice, &model.redemptions, |redemption| {
        if undone_alone && redemption.status != RedemptionStatus::Undone {
            return false;
        }
        let voucher = redemption.voucher;
        let is_live = model.voucher(voucher).map(|voucher| voucher.status) == Some(VoucherStatus::Live);
        is_live && model.world.goods[model.orders[&voucher.0].good].card.is_some()
    })?;
    Some(model.redemptions[&of_card].voucher)
}

fn redeem(dice: &Ctx, model: &Model) -> Option<Op> {
    let used_card = if chance(dice, 25) {
        used_card(dice, model)
    } else {
        None
    };
    let voucher = used_card.or_else(|| live_voucher(dice, model))?;
    let good = &model.world.goods[model.orders[&voucher.0].good];
    let shop = if chance(dice, 96) {
        good.shop
    } else {
        index(dice, model.world.shops.len())
    };
    let stores = if chance(dice, 90) {
        good.stores.min(model.world.shops[shop].stores)
    } else {
        model.world.shops[shop].stores
    };
    Some(Op::Redeem {
        shop,
        staff: staff(dice, model, shop),
        store: index(dice, stores),
        voucher,
        uses: uses(dice, model, voucher),
    })
}

/// So many at once, as far as there are so many, or such an amount.
fn uses(dice: &Ctx, model: &Model, voucher: VoucherName) -> Option<i64> {
    let left = model.voucher(voucher)?.uses_left as i64;
    let is_amount = model.world.goods[model.orders[&voucher.0].good].is_stored_value();
    match dice.random_below(20) {
        1..10 if is_amount => Some(between(dice, 1, (left / 3).max(1))),
        0..10 => None,
        10..13 => Some(left),
        13..18 => Some(between(dice, 1, left.max(1))),
        18 => Some(left + 1),
        _ => Some(*pick(dice, &[0, -1, i64::MIN, i64::MAX])),
    }
}

/// Somebody's phone shows a voucher, of an older binding now and then.
fn scans(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let Op::Redeem {
        shop,
        staff,
        store,
        voucher,
        uses,
    } = redeem(dice, model)?
    else {
        return None;
    };
    let known = model.voucher(voucher)?;
    let person = owner_or_other(dice, model, model.orders[&voucher.0].person);
    let binding = known.binding.saturating_sub(u32::from(chance(dice, 10)));
    Some(match dice.random_below(4) {
        0 => Op::Bind {
            person,
            voucher,
            phone: index(dice, 2),
        },
        1 => Op::Scan {
            shop,
            staff,
            store,
            voucher,
            binding,
            uses,
        },
        _ => {
            let at = now.plus_us(-between(dice, 0, 3 * HOUR_US));
            let before = model
                .scans
                .range((shop, store, 0)..=(shop, store, No::MAX))
                .next_back();
            let before = before
                .filter(|_| chance(dice, 30))
                .map(|((.., no), scanned)| (*no, scanned.scan));
            Op::Sync {
                shop,
                store,
                scan: Scan { voucher, binding, at },
                again: before,
            }
        }
    })
}

fn nonsense(dice: &Ctx, model: &Model) -> Op {
    let shop = if chance(dice, 80) {
        0
    } else {
        index(dice, model.world.shops.len())
    };
    Op::TypeNonsense {
        shop,
        staff: staff(dice, model, shop),
    }
}

fn undo(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let (in_time, of_card) = (chance(dice, 60), chance(dice, 40));
    let redemption = mostly(dice, &model.redemptions, 15, |redemption| {
        let good = &model.world.goods[model.orders[&redemption.voucher.0].good];
        let is_in_time = !in_time || redemption.undo_until > now;
        redemption.status == RedemptionStatus::Live && is_in_time && (!of_card || good.is_paced())
    })?;
    let of = model.redemptions[&redemption].shop;
    let shop = if chance(dice, 97) {
        of
    } else {
        index(dice, model.world.shops.len())
    };
    Some(Op::Undo {
        shop,
        staff: staff(dice, model, shop),
        redemption,
    })
}

fn refund_redeemed(dice: &Ctx, model: &Model) -> Option<Op> {
    let redemption = mostly(dice, &model.redemptions, 10, |redemption| {
        redemption.status == RedemptionStatus::Live
    })?;
    let of = model.redemptions[&redemption].shop;
    let shop = if chance(dice, 97) {
        of
    } else {
        index(dice, model.world.shops.len())
    };
    Some(Op::RefundRedeemed {
        shop,
        by_operator: chance(dice, 50),
        redemption,
    })
}

fn house(dice: &Ctx, model: &Model) -> Op {
    let (shop, good) = (
        index(dice, model.world.shops.len()),
        index(dice, model.world.goods.len()),
    );
    match dice.random_below(20) {
        0 => Op::StopCoupon {
            coupon: index(dice, model.world.coupons.len()),
        },
        1..8 => Op::ChangeStock {
            good,
            capacity: between(dice, -1, 80),
        },
        8..10 => Op::Pause { good },
        10..13 => Op::Resume { good },
        13 => Op::EndAgreement {
            good,
            by_platform: chance(dice, 50),
        },
        14 => Op::Suspend { shop },
        15..19 => Op::Reinstate { shop },
        _ => Op::Prune,
    }
}
