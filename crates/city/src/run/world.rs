//! What a seed's life starts with, as plain numbers: shops, what they sell and on which terms, coupons and
//! people. Drawn to be awkward: prices of a cent, shares that do not divide, stock that runs out.

use kernel::{Ctx, Currency, DAY_US, HOUR_US, MINUTE_US, Timestamp};

use super::booked::{Booked, Policy, Resource, Stay, booked};
use crate::dice::{between, chance, pick};

/// 2027-01-15T08:00:00Z.
pub(crate) const BEGIN: Timestamp = Timestamp(1_800_000_000_000_000);

/// What a device may accept in a day without a network: uses, and minor units.
pub(crate) const OFFLINE_MAX_USES: i64 = 6;
pub(crate) const OFFLINE_MAX_AMOUNT: i64 = 60_000;

/// What the lines of a store's queue may be, each with its largest party. The last are none.
pub(crate) const LINES: [&[(char, i64)]; 3] = [
    &[('A', 2), ('B', 4)],
    &[('B', 3), ('C', 6)],
    &[('A', 4), ('B', 4)],
];

/// What each shop has on sale: all are bought but the last, which is booked.
const OF_SHOP: usize = 3;

/// A merchant. Its owner may do everything, its clerk stands in the first store.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub currency: Currency,
    pub stores: usize,
}

/// Something on sale, with the terms of its agreement. Amounts are minor units, shares basis points.
#[derive(Debug, Clone)]
pub(crate) struct Good {
    pub shop: usize,
    /// Of the shop's stores, the first so many take its vouchers.
    pub stores: usize,
    pub list_price: i64,
    pub stock: i64,
    pub uses: i64,
    /// How they are taken, if not as anybody likes.
    pub card: Option<Card>,
    pub valid_us: i64,
    pub max_per_order: i64,
    pub group: Option<Group>,
    /// What is paid ahead, if not all.
    pub deposit: Option<Deposit>,
    /// Or it is bought.
    pub booked: Option<Booked>,
    pub head_count: i64,
    pub discount_bp: i64,
    pub platform_bp: i64,
    pub platform_cap: Option<i64>,
    pub commission_bp: i64,
    pub rebate_bp: i64,
    pub friend_bp: i64,
    pub refund_window_us: i64,
    pub undo_window_us: i64,
    pub forfeits: bool,
    pub ends_at: Timestamp,
}

/// What a good of several uses is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Card {
    /// Its uses are minor units, as many as it is worth.
    StoredValue,
    /// Not more of them are taken than so many in a period.
    Paced { uses: i64, per: Period },
}

/// A part of Shanghai's calendar. Weeks begin on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Day,
    Week,
    Month,
}

/// A share of the price that is paid ahead: earnest money, or to go back. Of none all is paid after the service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deposit {
    pub earnest: bool,
    pub bp: i64,
}

/// What one unit costs so many people who buy it together, within a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub price: i64,
    pub size: i64,
    pub window_us: i64,
}

/// What a coupon takes off.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Takes {
    Share {
        bp: i64,
        most: Option<i64>,
    },
    Amount(i64),
    /// One unit costs no more than this.
    FixedPrice(i64),
    /// One unit of this good is free.
    FreeUnit(usize),
    /// Of each `buy + get` units so many are free.
    BuyGet {
        buy: i64,
        get: i64,
    },
}

/// Whom a coupon is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Buyers {
    Everybody,
    FirstOrder,
    NewCustomer,
}

/// How a coupon comes to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comes {
    Claimed,
    /// It is claimed by one of as many codes as there are coupons.
    ByCode,
    /// With every order that it fits.
    ByItself,
}

/// Hours of some weekdays in Shanghai, which never changes its clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hours {
    /// A bit for each, Monday's first; at least one.
    pub weekdays: u8,
    /// Minutes since midnight; `until` not included.
    pub from: i64,
    pub until: i64,
}

/// A coupon; of the platform if it has no shop.
#[derive(Debug, Clone)]
pub(crate) struct Coupon {
    pub shop: Option<usize>,
    pub takes: Takes,
    pub currency: Currency,
    pub min_spend: i64,
    pub platform_bp: i64,
    /// It is used beside coupons of other groups.
    pub group: Option<u8>,
    /// Only this good of the shop.
    pub good: Option<usize>,
    /// Only what this store of the shop redeems.
    pub store: Option<usize>,
    pub buyers: Buyers,
    pub hours: Option<Hours>,
    pub comes: Comes,
    pub per_person: i64,
    pub per_day: i64,
    pub total: i64,
    pub budget: i64,
    pub ends_at: Timestamp,
}

/// Everything that stands before the first step.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub shops: Vec<Shop>,
    pub goods: Vec<Good>,
    pub resources: Vec<Resource>,
    pub coupons: Vec<Coupon>,
    /// With which card each person pays. Two of them share one.
    pub cards: Vec<usize>,
}

impl World {
    pub fn draw(dice: &Ctx) -> Self {
        let shops: Vec<Shop> = (0..2 + dice.random_below(2) as usize)
            .map(|n| Shop {
                currency: if n == 1 && chance(dice, 40) {
                    Currency::USD
                } else {
                    Currency::CNY
                },
                stores: 1 + dice.random_below(2) as usize,
            })
            .collect();
        let mut goods: Vec<Good> = (0..shops.len() * OF_SHOP)
            .map(|n| good(dice, n / OF_SHOP, shops[n / OF_SHOP].stores))
            .collect();
        let mut resources = Vec::new();
        // One of the shops, or none.
        let cinema = dice.random_below(shops.len() as u64 + 1) as usize;
        for good in goods.iter_mut().skip(OF_SHOP - 1).step_by(OF_SHOP) {
            let (booked, of_good) = booked(dice, resources.len(), good.shop == cinema);
            resources.extend(of_good);
            *good = Good {
                uses: *pick(dice, &[1, 1, 2]),
                card: None,
                max_per_order: between(dice, booked.party_max, 12),
                group: None,
                booked: Some(booked),
                ..good.clone()
            };
        }
        let coupons = (0..10).map(|n| coupon(dice, &shops, n)).collect();
        for good in &mut goods {
            let percent = if good.booked.is_some() { 60 } else { 30 };
            good.deposit = (chance(dice, percent) && !good.is_stored_value()).then(|| deposit(dice));
            if let (Some(booked), Some(Deposit { earnest: false, .. })) = (&mut good.booked, good.deposit) {
                booked.policies.iter_mut().for_each(Policy::keep_nothing);
            }
            if good.is_paid_after() {
                good.platform_bp = 0;
            }
        }
        accept_cards(&mut goods);
        Self {
            shops,
            goods,
            resources,
            coupons,
            cards: vec![0, 0, 2, 3, 4, 5],
        }
    }

    /// What is booked by seats.
    pub fn cinema(&self) -> Option<usize> {
        let mut goods = self.goods.iter();
        goods.position(|good| good.booked.as_ref().is_some_and(|booked| booked.hall().is_some()))
    }

    pub fn currency_of(&self, good: usize) -> Currency {
        self.shops[self.goods[good].shop].currency
    }
}

impl Good {
    pub fn is_stored_value(&self) -> bool {
        self.card == Some(Card::StoredValue)
    }

    pub fn is_paced(&self) -> bool {
        matches!(self.card, Some(Card::Paced { .. }))
    }

    pub fn is_paid_after(&self) -> bool {
        self.deposit.is_some_and(|deposit| deposit.bp == 0)
    }

    /// One of some goods costs members this.
    pub fn price_of_members(&self) -> Option<i64> {
        let is_cheaper = self.list_price > 1 && self.stock % 2 == 0;
        is_cheaper.then(|| self.list_price - 1 - self.list_price / 3)
    }

    /// From two units on, one of some goods costs this.
    pub fn price_of_two(&self) -> Option<i64> {
        let is_cheaper = self.list_price > 1 && self.max_per_order % 2 == 0;
        is_cheaper.then(|| self.list_price - 1 - self.list_price / 4)
    }
}

fn good(dice: &Ctx, shop: usize, stores: usize) -> Good {
    let commission_bp = *pick(dice, &[0, 1, 333, 1_000, 1_000, 2_500, 10_000]);
    let list_price = *pick(dice, &[1, 3, 99, 333, 1_000, 9_999, 12_345, 100_000]);
    let group = Group {
        price: between(dice, 1, (list_price - 1).max(1)),
        size: between(dice, 2, 3),
        window_us: *pick(dice, &[HOUR_US, DAY_US, 7 * DAY_US]),
    };
    let (card, uses) = match dice.random_below(10) {
        0..3 => (
            Some(Card::StoredValue),
            list_price + *pick(dice, &[0, 1, 1_000, 12_345]),
        ),
        3..6 => {
            let paced = Card::Paced {
                uses: between(dice, 1, 2),
                per: *pick(dice, &[Period::Day, Period::Day, Period::Week, Period::Month]),
            };
            (Some(paced), *pick(dice, &[3, 5, 8]))
        }
        _ => (None, *pick(dice, &[1, 1, 1, 2, 3, 5])),
    };
    let is_paced = matches!(card, Some(Card::Paced { .. }));
    // What is undone of a period is used again in it.
    let (refund_window_us, undo_window_us) = match is_paced {
        true => (7 * DAY_US, DAY_US),
        false => (
            *pick(dice, &[0, HOUR_US, DAY_US, 7 * DAY_US]),
            *pick(dice, &[0, 15 * MINUTE_US, DAY_US]),
        ),
    };
    Good {
        shop,
        stores: 1 + dice.random_below(stores as u64) as usize,
        list_price,
        stock: between(dice, 3, 60),
        uses,
        card,
        valid_us: *pick(dice, &[2 * HOUR_US, DAY_US, 5 * DAY_US, 30 * DAY_US]),
        max_per_order: between(dice, 1, 6),
        booked: None,
        deposit: None,
        group: (list_price > 1 && chance(dice, 60)).then_some(group),
        head_count: between(dice, 10, 100),
        discount_bp: *pick(dice, &[0, 500, 2_000, 3_333, 10_000]),
        platform_bp: *pick(dice, &[0, 2_500, 3_333, 5_000, 10_000]),
        platform_cap: chance(dice, 30).then(|| between(dice, 0, 2_000)),
        commission_bp,
        rebate_bp: (*pick(dice, &[0, 100, 200, 777, 3_000])).min(10_000 - commission_bp),
        friend_bp: *pick(dice, &[0, 300, 500, 3_333]),
        refund_window_us,
        undo_window_us: undo_window_us.min(refund_window_us),
        forfeits: chance(dice, 30),
        ends_at: BEGIN.plus_us(between(dice, 2, 40) * DAY_US),
    }
}

/// Visits are paid with the cards of their shop, of which there is one at least, good for some time.
fn accept_cards(goods: &mut [Good]) {
    for (shop, of_shop) in goods.chunks_mut(OF_SHOP).enumerate() {
        let (cards, booked) = of_shop.split_at_mut(OF_SHOP - 1);
        let booked = booked.iter_mut().filter_map(|good| good.booked.as_mut());
        for booked in booked.filter(|booked| matches!(booked.stay, Stay::Visit { .. })) {
            let pays = |card: &Good| card.uses > 1 && !card.is_stored_value();
            if !cards.iter().any(pays) {
                (cards[0].card, cards[0].uses) = (None, 5);
            }
            for (n, card) in cards.iter_mut().enumerate().filter(|(_, card)| pays(card)) {
                card.valid_us = card.valid_us.max(5 * DAY_US);
                booked.cards.push(shop * OF_SHOP + n);
            }
        }
    }
}

fn deposit(dice: &Ctx) -> Deposit {
    let earnest = chance(dice, 60);
    let bp = if earnest {
        *pick(dice, &[1, 777, 777, 2_000, 2_000])
    } else {
        *pick(dice, &[0, 1, 3_333, 9_999])
    };
    Deposit { earnest, bp }
}

/// The first two are for everybody, the first four without conditions.
fn coupon(dice: &Ctx, shops: &[Shop], n: usize) -> Coupon {
    let shop = (n >= 2).then(|| dice.random_below(shops.len() as u64) as usize);
    let of_shop = |shop: usize| shop * OF_SHOP + dice.random_below(OF_SHOP as u64) as usize;
    let simple = n < 4;
    let takes = match dice.random_below(if simple { 2 } else { 5 }) {
        0 => Takes::Share {
            bp: *pick(dice, &[1, 1_000, 3_333, 10_000]),
            most: chance(dice, 50).then(|| between(dice, 1, 3_000)),
        },
        1 => Takes::Amount(between(dice, 1, 5_000)),
        2 => Takes::FixedPrice(*pick(dice, &[1, 98, 500, 9_000])),
        3 => Takes::FreeUnit(shop.map_or(0, of_shop)),
        _ => Takes::BuyGet {
            buy: between(dice, 1, 3),
            get: between(dice, 1, 2),
        },
    };
    let per_person = between(dice, 1, 4);
    let condition = |percent| !simple && chance(dice, percent);
    Coupon {
        takes,
        currency: shop.map_or(Currency::CNY, |shop| shops[shop].currency),
        min_spend: *pick(dice, &[0, 0, 100, 5_000]),
        // What is for everybody is paid by the platform; what one shop's coupon costs is shared.
        platform_bp: match shop {
            None => 10_000,
            Some(_) => *pick(dice, &[0, 2_500, 3_333, 10_000]),
        },
        group: chance(dice, 90).then(|| dice.random_below(4) as u8),
        good: shop.filter(|_| condition(20)).map(of_shop),
        store: shop
            .filter(|_| condition(20))
            .map(|shop| dice.random_below(shops[shop].stores as u64) as usize),
        buyers: match dice.random_below(10) {
            0 if !simple => Buyers::FirstOrder,
            1 | 2 if !simple => Buyers::NewCustomer,
            _ => Buyers::Everybody,
        },
        hours: condition(20).then(|| {
            let from = between(dice, 0, 20 * 60);
            Hours {
                weekdays: between(dice, 1, 127) as u8,
                from,
                until: between(dice, from + 1, 24 * 60),
            }
        }),
        comes: match dice.random_below(10) {
            0..4 if !simple => Comes::ByCode,
            4..6 if n > 0 => Comes::ByItself,
            _ => Comes::Claimed,
        },
        shop,
        per_person,
        per_day: between(dice, 1, per_person),
        total: between(dice, 2, 40),
        budget: between(dice, 100, 60_000),
        ends_at: BEGIN.plus_us(between(dice, 1, 30) * DAY_US),
    }
}
