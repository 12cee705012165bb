//! Coupons, orders and payments as they must go.

use kernel::{MINUTE_US, Timestamp};

use super::money::{Paid, share};
use super::{
    Answer, Entry, Model, Name, No, Order, OrderStatus, TimerKind, Wallet, WalletStatus, made, told,
};
use crate::run::op::Place;
use crate::run::world::{Coupon, Takes};

const HOLD_US: i64 = 15 * MINUTE_US;

impl Model {
    fn coupon_live(&self, coupon: usize, now: Timestamp) -> bool {
        !self.coupon_stopped[coupon] && now < self.world.coupons[coupon].ends_at
    }

    pub(super) fn claim(&mut self, no: No, now: Timestamp, person: usize, coupon: usize) -> Answer {
        if !self.coupon_live(coupon, now) {
            return Err("coupon_not_live");
        }
        let claimed = self.claimed.entry((coupon, person)).or_default();
        if *claimed >= self.world.coupons[coupon].per_person {
            return Err("coupon_limit_reached");
        }
        if !self.coupon_count[coupon].has(1) {
            return Err("coupon_all_claimed");
        }
        *claimed += 1;
        self.coupon_count[coupon].taken += 1;
        let wallet = Wallet {
            person,
            coupon,
            status: WalletStatus::Claimed,
        };
        self.wallets.insert(no, wallet);
        made("", vec![Name::Wallet(no)])
    }

    pub(super) fn share(&mut self, no: No, now: Timestamp, person: usize, good: usize) -> Answer {
        if let Some(link) = self.links.get(&(person, good)) {
            return made("", vec![Name::Link(*link), Name::Entry(*link)]);
        }
        if !self.on_sale(good, now) {
            return Err("offer_not_on_sale");
        }
        self.links.insert((person, good), no);
        let entry = Entry {
            shop: Some(self.world.goods[good].shop),
            of_link: true,
            ..Entry::default()
        };
        self.entries.insert(no, entry);
        made("", vec![Name::Link(no), Name::Entry(no)])
    }

    /// The least that a unit costs after the agreement's discount, of how many units ever.
    pub fn price_from(&self, good: usize) -> i128 {
        let good = &self.world.goods[good];
        let list = i128::from(good.price_of_two().unwrap_or(good.list_price));
        list - share(list, good.discount_bp.into())
    }

    pub fn on_sale(&self, good: usize, now: Timestamp) -> bool {
        let plan = &self.world.goods[good];
        !self.suspended[plan.shop] && !self.agreement_ended[good] && !self.paused[good] && now < plan.ends_at
    }

    pub(super) fn place(&mut self, no: No, now: Timestamp, place: &Place) -> Answer {
        let good = place.good;
        if !self.on_sale(good, now) {
            return Err("offer_not_on_sale");
        }
        if !(1..=self.world.goods[good].max_per_order).contains(&place.quantity) {
            return Err("order_quantity_invalid");
        }
        if let Some(wallet) = place.wallet {
            self.check_wallet(place.person, wallet, now)?;
        }
        let sharer = self.sharer_of(place)?;
        let entry = self.entry_of(place)?;
        let (whole, coupon_discount) = self.price(place, sharer.is_some())?;
        if place
            .expected
            .is_some_and(|expected| i128::from(expected) != whole.cash)
        {
            return Err("order_price_changed");
        }
        let wallet = place.wallet.map(|wallet| (wallet, coupon_discount));
        self.hold(place, wallet)?;
        self.spend(place.person, good, whole.rebate);
        let order = Order {
            person: place.person,
            good,
            quantity: place.quantity.into(),
            whole,
            wallet,
            sharer,
            entry,
            hold_until: now.plus_us(HOLD_US),
            status: OrderStatus::Placed,
            was_paid: false,
            vouchers: Vec::new(),
            units_returned: 0,
            attempts: Vec::new(),
        };
        let text = format!("{whole:?}");
        let mut names = vec![Name::Order(no)];
        self.timers
            .insert((TimerKind::Release, Name::Order(no)), order.hold_until);
        self.orders.insert(no, order);
        if whole.cash == 0 {
            names.extend(self.settle(no, now));
        }
        made(text, names)
    }

    fn check_wallet(&self, person: usize, wallet: No, now: Timestamp) -> Result<(), &'static str> {
        let wallet = &self.wallets[&wallet];
        if wallet.person != person {
            return Err("coupon_not_found");
        }
        if !self.coupon_live(wallet.coupon, now) {
            return Err("coupon_not_live");
        }
        match wallet.status {
            WalletStatus::Claimed => Ok(()),
            WalletStatus::Held | WalletStatus::Used => Err("coupon_in_use"),
        }
    }

    fn sharer_of(&self, place: &Place) -> Result<Option<usize>, &'static str> {
        let Some(link) = place.link else { return Ok(None) };
        let found = self.links.iter().find(|(_, made)| **made == link);
        let fits = found.filter(|((sharer, good), _)| *good == place.good && *sharer != place.person);
        fits.map(|((sharer, _), _)| Some(*sharer))
            .ok_or("order_share_link_invalid")
    }

    /// Where the order is counted: where the buyer says to have come from, or else the link.
    fn entry_of(&self, place: &Place) -> Result<Option<No>, &'static str> {
        let shop = self.world.goods[place.good].shop;
        match place.entry {
            Some(entry) if self.entries[&entry].shop.is_some_and(|of| of != shop) => {
                Err("order_entry_invalid")
            }
            Some(entry) => Ok(Some(entry)),
            None => Ok(place.link),
        }
    }

    /// What it costs and what the coupon takes off: agreement, friend, coupon, rebates.
    pub fn price(&self, place: &Place, by_link: bool) -> Result<(Paid, i128), &'static str> {
        let good = &self.world.goods[place.good];
        let of_two = good.price_of_two().filter(|_| place.quantity >= 2);
        let (quantity, list) = (
            i128::from(place.quantity),
            i128::from(of_two.unwrap_or(good.list_price)),
        );
        let discount = share(list, good.discount_bp.into());
        let of_platform = share(discount, good.platform_bp.into());
        let of_platform = good
            .platform_cap
            .map_or(of_platform, |cap| of_platform.min(cap.into()));
        let mut platform = of_platform * quantity;
        let mut merchant = (discount - of_platform) * quantity;
        let mut due = (list - discount) * quantity;
        if by_link {
            let friend = share(due, good.friend_bp.into());
            merchant += friend;
            due -= friend;
        }
        let mut coupon_discount = 0;
        if let Some(wallet) = place.wallet {
            let coupon = &self.world.coupons[self.wallets[&wallet].coupon];
            coupon_discount = coupon_takes(coupon, good.shop, self.world.currency_of(place.good), due)?;
            let of_platform = share(coupon_discount, coupon.platform_bp.into());
            platform += of_platform;
            merchant += coupon_discount - of_platform;
            due -= coupon_discount;
        }
        let rebate = if place.use_rebate {
            self.spendable_of(place.person, place.good).min(due)
        } else {
            0
        };
        let whole = Paid {
            price: list * quantity,
            platform,
            merchant,
            rebate,
            cash: due - rebate,
        };
        Ok((whole, coupon_discount))
    }

    pub fn spendable_of(&self, person: usize, good: usize) -> i128 {
        let key = (person, self.world.currency_of(good).code());
        self.spendable.get(&key).copied().unwrap_or_default()
    }

    fn hold(&mut self, place: &Place, wallet: Option<(No, i128)>) -> Result<(), &'static str> {
        let (good, units) = (place.good, i128::from(place.quantity));
        let budget = wallet.map(|(wallet, discount)| (self.wallets[&wallet].coupon, discount));
        // Told of in the order in which they came into the world.
        if !self.head_count[good].has(units) {
            return Err("order_head_count_full");
        }
        if !self.stock[good].has(units) {
            return Err("order_sold_out");
        }
        if budget.is_some_and(|(coupon, discount)| !self.coupon_budget[coupon].has(discount)) {
            return Err("coupon_budget_spent");
        }
        self.head_count[good].held += units;
        self.stock[good].held += units;
        if let Some((coupon, discount)) = budget {
            self.coupon_budget[coupon].held += discount;
        }
        self.set_wallet(wallet, WalletStatus::Held);
        Ok(())
    }

    pub(super) fn set_wallet(&mut self, wallet: Option<(No, i128)>, status: WalletStatus) {
        if let Some((wallet, _)) = wallet {
            self.wallets.get_mut(&wallet).expect("a claimed coupon").status = status;
        }
    }

    fn spend(&mut self, person: usize, good: usize, amount: i128) {
        self.give_rebate(person, self.world.currency_of(good).code(), -amount);
    }

    pub(super) fn give_rebate(&mut self, person: usize, currency: &'static str, amount: i128) {
        let balance = self.spendable.entry((person, currency)).or_default();
        *balance += amount;
    }

    /// The buckets of an order's units and coupon.
    pub(super) fn move_units(
        &mut self,
        order: No,
        units: i128,
        coupon: i128,
        change: fn(&mut super::Bucket, i128),
    ) {
        let order = &self.orders[&order];
        let (good, wallet) = (order.good, order.wallet);
        change(&mut self.stock[good], units);
        change(&mut self.head_count[good], units);
        if let Some((wallet, _)) = wallet {
            let coupon_no = self.wallets[&wallet].coupon;
            change(&mut self.coupon_budget[coupon_no], coupon);
        }
    }

    pub(super) fn cancel(&mut self, person: usize, order: No) -> Answer {
        if self.orders[&order].person != person {
            return Err("order_not_found");
        }
        if self.end_hold(order, OrderStatus::Cancelled) {
            told("")
        } else {
            Err("order_not_open")
        }
    }

    pub(super) fn release(&mut self, now: Timestamp, order: No) -> Answer {
        if self.orders[&order].hold_until > now {
            return told("false");
        }
        let released = self.end_hold(order, OrderStatus::Released);
        told(released.to_string())
    }

    fn end_hold(&mut self, no: No, status: OrderStatus) -> bool {
        let order = self.orders.get_mut(&no).expect("a known order");
        if order.status != OrderStatus::Placed {
            return false;
        }
        order.status = status;
        let (person, good, quantity) = (order.person, order.good, order.quantity);
        let (wallet, rebate) = (order.wallet, order.whole.rebate);
        self.move_units(
            no,
            quantity,
            wallet.map_or(0, |(_, discount)| discount),
            |bucket, units| {
                bucket.held -= units;
            },
        );
        self.set_wallet(wallet, WalletStatus::Claimed);
        self.spend(person, good, -rebate);
        self.timers.remove(&(TimerKind::Release, Name::Order(no)));
        true
    }
}

fn coupon_takes(
    coupon: &Coupon,
    shop: usize,
    currency: kernel::Currency,
    due: i128,
) -> Result<i128, &'static str> {
    if coupon.shop.is_some_and(|of| of != shop) || coupon.currency != currency {
        return Err("coupon_not_for_this");
    }
    if due < coupon.min_spend.into() {
        return Err("coupon_min_spend_not_met");
    }
    let wanted = match coupon.takes {
        Takes::Share { bp, most } => {
            let wanted = share(due, bp.into());
            most.map_or(wanted, |most| wanted.min(most.into()))
        }
        Takes::Amount(amount) => amount.into(),
    };
    match wanted.min(due) {
        0 => Err("coupon_not_for_this"),
        takes => Ok(takes),
    }
}
