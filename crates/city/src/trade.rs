//! Who bought what, when, and what became of it: the city's past as plain data, drawn from the seed before
//! any of it happens. Vouchers end used up or refunded, and the refund windows of all visits are over; only what was
//! bought in the last days still waits to be used.

use std::collections::HashMap;

use kernel::{Ctx, EntryId, MerchantId, PersonId, Timestamp};

use crate::calendar::{Calendar, HISTORY_DAYS};
use crate::dice::{between, chance, pick};
use crate::market::Coupon;
use crate::people::writes_english;
use crate::shops::{Counter, Good, Shop};
use crate::texts::{Words, reviews};

/// What still waits to be used was bought in so many days, before any voucher runs out.
const LATELY_DAYS: i64 = 9;

/// One order of the past.
#[derive(Debug, Clone)]
pub(crate) struct Purchase {
    /// Index of the shop.
    pub shop: usize,
    /// Index of the offer among the shop's.
    pub good: usize,
    pub buyer: PersonId,
    /// The number of the card that pays. People do not share cards.
    pub card: u64,
    pub quantity: i64,
    pub placed: Timestamp,
    pub sharer: Option<PersonId>,
    pub coupon: Option<Coupon>,
    /// Where the buyer came from, unless it was a friend's link.
    pub entry: Option<EntryId>,
    pub fate: Fate,
}

/// What became of an order.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// Never paid.
    Abandoned,
    /// Paid. So many of its vouchers go back, all others are used at every visit; without one they wait.
    Paid {
        returned: i64,
        returned_at: Timestamp,
        visits: Vec<Visit>,
        review: Option<Review>,
    },
}

impl Fate {
    /// Paid, and all of its vouchers are still good.
    fn waiting() -> Self {
        Self::Paid {
            returned: 0,
            returned_at: Timestamp::MAX,
            visits: Vec::new(),
            review: None,
        }
    }
}

/// Somebody comes to the store with all that is left of an order.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub at: Timestamp,
    pub counter: Counter,
    /// What is taken of a stored-value card.
    pub bill: Option<i64>,
}

/// What is said of the first visit.
#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub at: Timestamp,
    pub stars: i64,
    pub aspects: Vec<(&'static str, i64)>,
    pub text: String,
    pub reply: Option<(Timestamp, &'static str)>,
}

/// What the past is drawn from.
pub(crate) struct Town<'a> {
    pub calendar: Calendar,
    pub shops: &'a [Shop],
    pub consumers: &'a [PersonId],
    pub entries: &'a [EntryId],
    pub coupons: &'a [Coupon],
}

/// However large the city is, the first merchant, the first buyer and the first sharer are drawn no more often.
const MOST_OF_THE_FIRST: u64 = 1_000;

/// What was drawn so far.
struct Drawn {
    /// Units of each offer, by the index of its shop and its own.
    sold: HashMap<(usize, usize), i64>,
    /// Claims of each coupon (by its index) by each consumer (by theirs).
    claims: HashMap<(usize, usize), u64>,
    /// The indexes of coupons by the merchant whom they are for; those for everybody's offers under `None`.
    coupons: HashMap<Option<MerchantId>, Vec<usize>>,
    first_shop: u64,
    first_buyer: u64,
    first_sharer: u64,
}

/// Draws so many orders, and gives them in the order of their time. Where the offers' stock is nearly gone, it is fewer.
pub(crate) fn draw(town: &Town, dice: &Ctx, orders: u64) -> Vec<Purchase> {
    let mut drawn = Drawn {
        sold: HashMap::new(),
        claims: HashMap::new(),
        coupons: HashMap::new(),
        first_shop: 0,
        first_buyer: 0,
        first_sharer: 0,
    };
    for (index, coupon) in town.coupons.iter().enumerate() {
        drawn.coupons.entry(coupon.merchant).or_default().push(index);
    }
    let mut purchases = Vec::new();
    for _ in 0..orders {
        let shop = draw_shop(town, dice, &mut drawn);
        let good = dice.random_below(town.shops[shop].goods.len() as u64) as usize;
        let purchase = draw_purchase(town, dice, (shop, good), &mut drawn);
        let sold = drawn.sold.entry((shop, good)).or_default();
        if (*sold + purchase.quantity) * 2 > town.shops[shop].goods[good].stock {
            continue;
        }
        *sold += purchase.quantity;
        purchases.push(purchase);
    }
    purchases.sort_by_key(|purchase| purchase.placed);
    purchases
}

/// Whether it is the first of its kind, in so many of a hundred cases.
fn is_the_first(dice: &Ctx, percent: u64, so_far: &mut u64) -> bool {
    let is_first = chance(dice, percent) && *so_far < MOST_OF_THE_FIRST;
    *so_far += u64::from(is_first);
    is_first
}

/// One order in eight is at the first merchant, and the earlier ones are busier than the later.
fn draw_shop(town: &Town, dice: &Ctx, drawn: &mut Drawn) -> usize {
    let count = town.shops.len() as u64;
    if is_the_first(dice, 12, &mut drawn.first_shop) {
        return 0;
    }
    dice.random_below(count).min(dice.random_below(count)) as usize
}

fn draw_purchase(town: &Town, dice: &Ctx, (index, of_shop): (usize, usize), drawn: &mut Drawn) -> Purchase {
    let shop = &town.shops[index];
    let good = &shop.goods[of_shop];
    let people = town.consumers.len() as u64;
    let buyer = if is_the_first(dice, 6, &mut drawn.first_buyer) {
        0
    } else {
        dice.random_below(people) as usize
    };
    let quantity = if good.visits > 1 {
        1
    } else {
        *pick(dice, &[1, 1, 1, 1, 1, 2, 2, 3, 4])
    };
    let sharer = draw_sharer(dice, buyer, &mut drawn.first_sharer);
    let due = good.due * quantity;
    // A friend's discount may come off first.
    let coupon = draw_coupon(town, dice, shop, (buyer, due * 8 / 10), drawn);
    let entry = match sharer {
        Some(_) => None,
        None if chance(dice, 60) => Some(*pick(dice, town.entries)),
        None => Some(*pick(dice, &shop.entries)),
    };
    let (placed, fate) = draw_fate(town.calendar, dice, shop, good, (buyer, quantity));
    Purchase {
        shop: index,
        good: of_shop,
        buyer: town.consumers[buyer],
        card: buyer as u64,
        quantity,
        placed,
        sharer: sharer.map(|sharer| town.consumers[sharer]),
        coupon,
        entry,
        fate,
    }
}

/// Whoever shares has a lower number than whoever follows, so that no two people share with each other.
fn draw_sharer(dice: &Ctx, buyer: usize, first_sharer: &mut u64) -> Option<usize> {
    if buyer == 0 || !chance(dice, 18) {
        return None;
    }
    Some(if is_the_first(dice, 40, first_sharer) {
        0
    } else {
        dice.random_below(buyer as u64) as usize
    })
}

fn draw_coupon(
    town: &Town,
    dice: &Ctx,
    shop: &Shop,
    (buyer, spend): (usize, i64),
    drawn: &mut Drawn,
) -> Option<Coupon> {
    if !chance(dice, 20) {
        return None;
    }
    let fitting = [None, Some(shop.merchant)].map(|merchant| drawn.coupons.get(&merchant));
    let fitting: Vec<usize> = fitting.into_iter().flatten().flatten().copied().collect();
    let index = *pick(dice, &fitting);
    let coupon = town.coupons[index];
    let claimed = drawn.claims.entry((index, buyer)).or_default();
    // The consumer to sign in as keeps one for the wallet of today.
    let kept = u64::from(buyer == 0);
    let left = *claimed + kept < coupon.per_person;
    (left && spend >= coupon.min_spend).then(|| {
        *claimed += 1;
        coupon
    })
}

fn draw_fate(
    calendar: Calendar,
    dice: &Ctx,
    shop: &Shop,
    good: &Good,
    (buyer, quantity): (usize, i64),
) -> (Timestamp, Fate) {
    // The last visit is so long ago that its refund window closed before today.
    let last_day = shop.refund_days + 1;
    let kind = dice.random_below(100);
    // Whoever is signed in as has something to show.
    let waits = if buyer == 0 { 30 } else { 6 };
    if kind >= 100 - waits {
        let bought = calendar.at(between(dice, 1, LATELY_DAYS), between(dice, 420, 1_300));
        return (bought, Fate::waiting());
    }
    if kind < 5 {
        let day = between(dice, 1, HISTORY_DAYS);
        return (calendar.at(day, between(dice, 480, 1_300)), Fate::Abandoned);
    }
    let placed_day = between(dice, last_day + good.visits - 1, HISTORY_DAYS);
    let placed = calendar.at(placed_day, between(dice, 420, 600));
    let returned = if kind < 12 {
        quantity
    } else {
        i64::from(kind < 16 && quantity > 1)
    };
    let returned_at = calendar.at(placed_day, between(dice, 610, 650));
    let visits = match returned == quantity {
        true => Vec::new(),
        false => draw_visits(calendar, dice, shop, good, (placed_day, last_day)),
    };
    let review = match visits.first() {
        Some(visit) if chance(dice, 62) => Some(draw_review(calendar, dice, shop, buyer, visit.at)),
        Some(_) | None => None,
    };
    (
        placed,
        Fate::Paid {
            returned,
            returned_at,
            visits,
            review,
        },
    )
}

/// Each use on another day, the first within a few days of the purchase.
fn draw_visits(
    calendar: Calendar,
    dice: &Ctx,
    shop: &Shop,
    good: &Good,
    (placed_day, last_day): (i64, i64),
) -> Vec<Visit> {
    let mut day = (placed_day - *pick(dice, &[0, 0, 1, 1, 2, 3, 5])).max(last_day + good.visits - 1);
    // Not before half past eleven, when every purchase and refund of the same day is done.
    let opens = shop.trade.opens_at_minute().max(690);
    let mut visits = Vec::with_capacity(good.visits as usize);
    for left in (0..good.visits).rev() {
        let counter = shop.counters[dice.random_below(good.counters as u64) as usize];
        visits.push(Visit {
            at: calendar.at(day, between(dice, opens, 1_260)),
            counter,
            bill: good
                .worth
                .map(|worth| worth / good.visits * between(dice, 30, 95) / 100),
        });
        let latest = last_day + left - 1;
        day = (day - between(dice, 1, 5)).max(latest).min(day - 1);
    }
    visits
}

fn draw_review(calendar: Calendar, dice: &Ctx, shop: &Shop, buyer: usize, visited: Timestamp) -> Review {
    let stars = *pick(dice, &[5, 5, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 2, 1]);
    let english = writes_english(buyer);
    let say = |words: &Words| if english { words.1 } else { words.0 };
    let opening = say(pick(dice, reviews::opening(stars)));
    let about = match stars {
        4.. => reviews::praise(shop.trade.mood),
        _ => reviews::complaint(shop.trade.mood),
    };
    let space = if english { " " } else { "" };
    let text = format!("{opening}{space}{}", say(pick(dice, about)));
    let minutes = between(dice, 30, 1_400) * kernel::MINUTE_US;
    let at = visited.plus_us(minutes).min(calendar.now);
    let answers = if stars >= 4 {
        reviews::THANKS
    } else {
        reviews::APOLOGIES
    };
    let answered = at.plus_us(between(dice, 60, 1_000) * kernel::MINUTE_US);
    let replies = answered <= calendar.now && chance(dice, if stars >= 4 { 30 } else { 70 });
    let near = |dice: &Ctx| (stars + between(dice, -1, 1)).clamp(1, 5);
    Review {
        at,
        stars,
        aspects: reviews::aspects(shop.trade.mood)
            .map(|aspect| (aspect, near(dice)))
            .to_vec(),
        text,
        reply: replies.then(|| (answered, say(pick(dice, answers)))),
    }
}
