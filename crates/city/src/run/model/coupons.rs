//! Coupons as they must go: who may have how many, and what those that an order names take off it.

use kernel::{DAY_US, MINUTE_US, Timestamp};

use super::money::share;
use super::{Answer, Bucket, Claimed, Model, Name, No, OrderStatus, UsedCoupons, Wallet, WalletStatus, made};
use crate::run::op::Place;
use crate::run::world::{BEGIN, Buyers, Coupon, Hours, Takes};

impl Model {
    pub(super) fn claim(&mut self, no: No, now: Timestamp, person: usize, coupon: usize) -> Answer {
        if self.world.coupons[coupon].by_code {
            return Err("coupon_needs_code");
        }
        self.claim_one(no, now, person, coupon)
    }

    pub(super) fn claim_code(
        &mut self,
        no: No,
        now: Timestamp,
        (person, coupon): (usize, usize),
        (number, mistyped): (i64, bool),
    ) -> Answer {
        let is_there = i128::from(number) < self.coupon_count[coupon].capacity || self.coupon_stopped[coupon];
        if mistyped || !is_there {
            return Err("coupon_code_wrong");
        }
        if self.codes_used.contains(&(coupon, number)) {
            return Err("coupon_code_used");
        }
        let claimed = self.claim_one(no, now, person, coupon)?;
        self.codes_used.insert((coupon, number));
        Ok(claimed)
    }

    fn claim_one(&mut self, no: No, now: Timestamp, person: usize, coupon: usize) -> Answer {
        if !self.coupon_live(coupon, now) {
            return Err("coupon_not_live");
        }
        let terms = &self.world.coupons[coupon];
        let before = self.claimed.get(&(coupon, person)).copied().unwrap_or_default();
        // Its first day began a day before the world did.
        let day = (now.0 - BEGIN.0 + DAY_US) / DAY_US;
        let on_day = if before.day == day { before.on_day } else { 0 };
        if before.in_all >= terms.per_person || on_day >= terms.per_day {
            return Err("coupon_limit_reached");
        }
        if !self.coupon_count[coupon].has(1) {
            return Err("coupon_all_claimed");
        }
        let claimed = Claimed {
            in_all: before.in_all + 1,
            day,
            on_day: on_day + 1,
        };
        self.claimed.insert((coupon, person), claimed);
        self.coupon_count[coupon].taken += 1;
        let wallet = Wallet {
            person,
            coupon,
            status: WalletStatus::Claimed,
        };
        self.wallets.insert(no, wallet);
        made("", vec![Name::Wallet(no)])
    }

    fn coupon_live(&self, coupon: usize, now: Timestamp) -> bool {
        !self.coupon_stopped[coupon] && now < self.world.coupons[coupon].ends_at
    }

    fn coupon_of(&self, wallet: No) -> &Coupon {
        &self.world.coupons[self.wallets[&wallet].coupon]
    }

    /// Whether the buyer has the coupons that the order names.
    pub(super) fn check_wallets(&self, place: &Place, now: Timestamp) -> Result<(), &'static str> {
        let named: Vec<No> = place.wallets.into_iter().flatten().collect();
        if (1..named.len()).any(|n| named[..n].contains(&named[n])) {
            return Err("coupon_not_combined");
        }
        let wallets = || named.iter().map(|wallet| &self.wallets[wallet]);
        if wallets().any(|wallet| wallet.person != place.person) {
            return Err("coupon_not_found");
        }
        for wallet in wallets() {
            if !self.coupon_live(wallet.coupon, now) {
                return Err("coupon_not_live");
            }
            if wallet.status != WalletStatus::Claimed {
                return Err("coupon_in_use");
            }
        }
        Ok(())
    }

    /// What each of the coupons takes off an order of which `due` is left to pay, all of them together: first those of
    /// units, then shares, then amounts.
    pub(super) fn coupons_take(
        &self,
        place: &Place,
        mut due: i128,
        now: Timestamp,
    ) -> Result<UsedCoupons, &'static str> {
        let mut wallets = Vec::new();
        for wallet in place.wallets.into_iter().flatten() {
            let coupon = self.coupon_of(wallet);
            self.check_conditions(coupon, place, due, now)?;
            let alone = takes(coupon, place, due);
            if alone == 0 {
                return Err("coupon_not_for_this");
            }
            wallets.push((rank(coupon), -alone, self.wallets[&wallet].coupon, wallet));
        }
        for (n, one) in wallets.iter().enumerate() {
            let group = self.coupon_of(one.3).group;
            let stacks = |other: Option<u8>| group.is_some() && other.is_some() && group != other;
            if wallets[..n]
                .iter()
                .any(|other| !stacks(self.coupon_of(other.3).group))
            {
                return Err("coupon_not_combined");
            }
        }
        wallets.sort_unstable();
        let mut discounts = Vec::new();
        for (.., wallet) in wallets {
            let discount = takes(self.coupon_of(wallet), place, due);
            if discount == 0 {
                return Err("coupon_not_combined");
            }
            due -= discount;
            discounts.push((wallet, discount));
        }
        Ok(discounts)
    }

    /// Judged by the price before all coupons.
    fn check_conditions(
        &self,
        coupon: &Coupon,
        place: &Place,
        due: i128,
        now: Timestamp,
    ) -> Result<(), &'static str> {
        let (shop, good) = (self.world.goods[place.good].shop, place.good);
        if coupon.hours.is_some_and(|hours| !is_within(hours, now)) {
            return Err("coupon_not_now");
        }
        if coupon.currency != self.world.shops[shop].currency {
            return Err("coupon_not_for_this");
        }
        if coupon.buyers == Buyers::FirstOrder && self.has_ordered(place.person, None) {
            return Err("coupon_not_for_buyer");
        }
        let is_for = coupon.shop.is_none_or(|of| of == shop)
            && coupon.good.is_none_or(|of| of == good)
            && coupon
                .store
                .is_none_or(|store| store < self.world.goods[good].stores)
            && (coupon.buyers != Buyers::NewCustomer || !self.has_ordered(place.person, Some(shop)));
        if !is_for {
            return Err("coupon_not_for_this");
        }
        if due < coupon.min_spend.into() {
            return Err("coupon_min_spend_not_met");
        }
        match coupon.takes {
            Takes::FreeUnit(of) if of != good => Err("coupon_not_for_this"),
            Takes::BuyGet { buy, get } if place.quantity < buy + get => Err("coupon_not_for_this"),
            Takes::FreeUnit(_)
            | Takes::BuyGet { .. }
            | Takes::FixedPrice(_)
            | Takes::Share { .. }
            | Takes::Amount(_) => Ok(()),
        }
    }

    /// Of anybody, or of this shop; an order that was given up does not count.
    fn has_ordered(&self, person: usize, shop: Option<usize>) -> bool {
        self.orders.values().any(|order| {
            order.person == person
                && shop.is_none_or(|shop| self.world.goods[order.good].shop == shop)
                && matches!(
                    order.status,
                    OrderStatus::Placed
                        | OrderStatus::InGroup
                        | OrderStatus::Paid
                        | OrderStatus::Refunded
                        | OrderStatus::ChargedBack
                )
        })
    }

    /// Where an order's coupons stand, and what it draws of their budgets.
    pub(super) fn move_coupons(
        &mut self,
        order: No,
        status: WalletStatus,
        change: impl Fn(&mut Bucket, i128),
    ) {
        for (wallet, discount) in self.orders[&order].wallets.clone() {
            let wallet = self.wallets.get_mut(&wallet).expect("a claimed coupon");
            wallet.status = status;
            change(&mut self.coupon_budget[wallet.coupon], discount);
        }
    }
}

/// What a coupon takes off what is left to pay.
fn takes(coupon: &Coupon, place: &Place, due: i128) -> i128 {
    let quantity = i128::from(place.quantity);
    let units_cost = |units: i128| due * units / quantity;
    let wanted = match coupon.takes {
        Takes::Share { bp, most } => {
            let wanted = share(due, bp.into());
            most.map_or(wanted, |most| wanted.min(most.into()))
        }
        Takes::Amount(amount) => amount.into(),
        Takes::FixedPrice(price) => (units_cost(1) - i128::from(price)).max(0),
        Takes::FreeUnit(_) => units_cost(1),
        Takes::BuyGet { buy, get } => units_cost(quantity / i128::from(buy + get) * i128::from(get)),
    };
    wanted.min(due)
}

/// Units, then shares, then amounts.
fn rank(coupon: &Coupon) -> u8 {
    match coupon.takes {
        Takes::FixedPrice(_) | Takes::FreeUnit(_) | Takes::BuyGet { .. } => 0,
        Takes::Share { .. } => 1,
        Takes::Amount(_) => 2,
    }
}

fn is_within(hours: Hours, now: Timestamp) -> bool {
    let minutes = now.0 / MINUTE_US + 8 * 60;
    let (days, minute) = (minutes / (24 * 60), minutes % (24 * 60));
    // The epoch was a Thursday.
    let weekday = (days + 3) % 7;
    hours.weekdays >> weekday & 1 == 1 && (hours.from..hours.until).contains(&minute)
}
