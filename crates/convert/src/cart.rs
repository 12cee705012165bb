//! What a cart would cost: each of its orders as it would be placed after those before it, with the coupons of the
//! buyer's wallet where they take off most.

use std::collections::HashMap;

use kernel::{CouponId, Ctx, Currency, MerchantId, Reject, WalletCouponId};
use store::{Fail, ReadTx};

use crate::commands::{PlaceOrder, check_plain, check_size};
use crate::decide::{MAX_CANDIDATES, OrderPrice};
use crate::queries::usable_wallet_coupons;
use crate::quote::{Facts, History, check_one_at_a_time, history, load, price, stores, used_coupons};

/// An order of a cart, priced.
#[derive(Debug)]
pub struct CartOrder {
    /// Of every amount.
    pub currency: Currency,
    /// With the coupons that are used.
    pub price: OrderPrice,
    /// Those of the wallet, for the order to name.
    pub used: Vec<WalletCouponId>,
}

/// An order whose facts are loaded, with the coupons of the wallet that it may use.
struct Wish<'a> {
    order: &'a PlaceOrder,
    facts: Facts,
    history: History,
}

impl Wish<'_> {
    fn price(&self, ctx: &Ctx) -> Result<OrderPrice, Fail> {
        price(ctx, &self.facts, self.history, self.order)
    }
}

/// What the orders of a cart would cost now, of each the price or why it cannot be ordered. Coupons that they name are
/// not looked at: with `use_coupons` each coupon of the buyer's wallet is used where the best set for one order takes
/// off most, first for the order that saves most. Nothing is held.
pub fn quote_cart(
    read: &mut ReadTx,
    ctx: &Ctx,
    orders: &[PlaceOrder],
    use_coupons: bool,
) -> Result<Vec<Result<CartOrder, Reject>>, Fail> {
    check_size(orders.len())?;
    let mut wishes = Vec::new();
    for order in orders {
        wishes.push(or_refused(load_wish(read, ctx, order, use_coupons))?);
    }
    share_coupons(ctx, &mut wishes);
    let mut before = Before::default();
    let priced = wishes.into_iter().map(|wish| match wish {
        Err(why) => Ok(Err(why)),
        Ok(wish) => or_refused(before.add(ctx, wish)),
    });
    priced.collect()
}

fn or_refused<T>(result: Result<T, Fail>) -> Result<Result<T, Reject>, Fail> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Fail::Reject(why)) => Ok(Err(why)),
        Err(storage) => Err(storage),
    }
}

fn load_wish<'a>(
    read: &mut ReadTx,
    ctx: &Ctx,
    order: &'a PlaceOrder,
    use_coupons: bool,
) -> Result<Wish<'a>, Fail> {
    let unasked = PlaceOrder {
        wallet_coupons: Vec::new(),
        ..order.clone()
    };
    let mut facts = load(read, ctx, &unasked)?;
    check_plain(order, &facts)?;
    check_one_at_a_time(read, ctx, &facts)?;
    if use_coupons {
        facts.coupons = usable_wallet_coupons(read, facts.buyer, ctx.now)?;
        facts.coupons.truncate(MAX_CANDIDATES - facts.automatic.len());
    }
    facts.stores = stores(read, order.offer, &facts)?;
    let history = history(read, &facts)?;
    Ok(Wish {
        order,
        facts,
        history,
    })
}

/// Leaves each coupon of the wallet to one order: the one that saves most takes what it uses, then the next.
fn share_coupons(ctx: &Ctx, wishes: &mut [Result<Wish, Reject>]) {
    let mut open: Vec<usize> = (0..wishes.len()).collect();
    loop {
        let savings = open.iter().filter_map(|i| {
            let wish = wishes[*i].as_ref().ok()?;
            let price = wish.price(ctx).ok()?;
            let saved: i64 = price.coupons().map(|(_, amount)| amount).sum();
            (saved > 0).then(|| (saved, *i, used_coupons(&wish.facts, &price)))
        });
        // Of equal ones the first.
        let Some((_, best, used)) = savings.rev().max_by_key(|(saved, ..)| *saved) else {
            return;
        };
        open.retain(|i| *i != best);
        for (i, wish) in wishes.iter_mut().enumerate() {
            if let Ok(wish) = wish {
                let coupons = &mut wish.facts.coupons;
                coupons.retain(|coupon| used.contains(&coupon.id) == (i == best));
            }
        }
    }
}

/// What the orders before in the cart leave of what they share.
#[derive(Default)]
struct Before {
    rebates: HashMap<Currency, i64>,
    merchants: Vec<MerchantId>,
    prices: Vec<OrderPrice>,
}

impl Before {
    /// The price of the next order.
    fn add(&mut self, ctx: &Ctx, mut wish: Wish) -> Result<CartOrder, Fail> {
        let facts = &mut wish.facts;
        let (currency, merchant) = (facts.sale.currency, facts.sale.merchant);
        facts.spendable -= self.rebates.get(&currency).copied().unwrap_or_default();
        for coupon in &mut facts.coupons {
            let drawn = self.drawn(coupon.coupon);
            coupon.budget_left = coupon.budget_left.map(|left| left - drawn);
        }
        for coupon in &mut facts.automatic {
            self.prices.iter().for_each(|price| coupon.draw(price));
        }
        wish.history.has_ordered |= !self.prices.is_empty();
        wish.history.is_customer |= self.merchants.contains(&merchant);
        let price = wish.price(ctx)?;
        *self.rebates.entry(currency).or_default() += price.amounts.rebate_used;
        self.merchants.push(merchant);
        self.prices.push(price.clone());
        Ok(CartOrder {
            currency,
            used: used_coupons(&wish.facts, &price),
            price,
        })
    }

    fn drawn(&self, coupon: CouponId) -> i64 {
        let prices = self.prices.iter().flat_map(OrderPrice::coupons);
        prices
            .filter(|(used, _)| *used == coupon)
            .map(|(_, amount)| amount)
            .sum()
    }
}
