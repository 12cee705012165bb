//! Coupons as they must go: who may have how many, and what those that an order names take off it.

use kernel::{DAY_US, MINUTE_US, Timestamp};

use super::buy::HOLD_US;
use super::money::{largest_remainder, share};
use super::{
    Answer, Bucket, Claimed, Model, Name, No, OrderStatus, Priced, Used, UsedCoupons, Wallet, WalletStatus,
    made,
};
use crate::run::op::Place;
use crate::run::world::{BEGIN, Buyers, Comes, Coupon, Hours, Takes};

impl Model {
    pub(super) fn claim(&mut self, no: No, now: Timestamp, person: usize, coupon: usize) -> Answer {
        match self.world.coupons[coupon].comes {
            Comes::Claimed => self.claim_one(no, now, person, coupon),
            Comes::ByCode => Err("coupon_needs_code"),
            Comes::ByItself => Err("coupon_automatic"),
        }
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
        if !self.may_have(coupon, person, now) {
            return Err("coupon_limit_reached");
        }
        if !self.coupon_count[coupon].has(1) {
            return Err("coupon_all_claimed");
        }
        self.count(coupon, person, now);
        self.coupon_count[coupon].taken += 1;
        let wallet = Wallet {
            person,
            coupon,
            status: WalletStatus::Claimed,
        };
        self.wallets.insert(no, wallet);
        made("", vec![Name::Wallet(no)])
    }

    fn may_have(&self, coupon: usize, person: usize, now: Timestamp) -> bool {
        let terms = &self.world.coupons[coupon];
        let before = self.claimed.get(&(coupon, person)).copied().unwrap_or_default();
        let on_day = if before.day == day(now) { before.on_day } else { 0 };
        before.in_all < terms.per_person && on_day < terms.per_day
    }

    fn count(&mut self, coupon: usize, person: usize, now: Timestamp) {
        let claimed = self.claimed.entry((coupon, person)).or_default();
        let on_day = if claimed.day == day(now) {
            claimed.on_day
        } else {
            0
        };
        *claimed = Claimed {
            in_all: claimed.in_all + 1,
            day: day(now),
            on_day: on_day + 1,
        };
    }

    fn uncount(&mut self, coupon: usize, person: usize, counted_at: Timestamp) {
        let claimed = self.claimed.entry((coupon, person)).or_default();
        claimed.in_all -= 1;
        claimed.on_day -= i64::from(claimed.day == day(counted_at));
    }

    fn coupon_live(&self, coupon: usize, now: Timestamp) -> bool {
        !self.coupon_stopped[coupon] && now < self.world.coupons[coupon].ends_at
    }

    pub(super) fn coupon_of(&self, used: Used) -> usize {
        match used {
            Used::Named(wallet) => self.wallets[&wallet].coupon,
            Used::ByItself(coupon) => coupon,
        }
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

    /// What each coupon takes off an order of these units: those that it names, and of those that come by themselves the
    /// ones with which they take off most, with as few as that takes.
    pub(super) fn coupons_take(
        &self,
        place: &Place,
        units: &[Priced],
        now: Timestamp,
    ) -> Result<UsedCoupons, &'static str> {
        let due = sum(units);
        let mut named = Vec::new();
        for wallet in place.wallets.into_iter().flatten() {
            let coupon = &self.world.coupons[self.wallets[&wallet].coupon];
            self.check_conditions(coupon, place, due, now)?;
            if takes_alone(coupon, units) == 0 {
                return Err("coupon_not_for_this");
            }
            named.push(Used::Named(wallet));
        }
        let mut best = self.together(units, named.clone()).ok_or("coupon_not_combined")?;
        let taken = |set: &UsedCoupons| set.iter().map(|(_, discount)| *discount).sum::<i128>();
        // In the order of coupons, and the first of equals stays: with what the search keeps it agrees by the order in
        // which each set is taken off.
        for set in self.sets_by_themselves(place, due, now) {
            let Some(set) = self.together(units, [named.clone(), set].concat()) else {
                continue;
            };
            let better = (taken(&set), -(set.len() as i64)).cmp(&(taken(&best), -(best.len() as i64)));
            let earlier = || self.ranked(units, &set) < self.ranked(units, &best);
            if better.is_gt() || better.is_eq() && earlier() {
                best = set;
            }
        }
        Ok(best)
    }

    /// In which order coupons are taken off, and which of equals is kept.
    fn ranked(&self, units: &[Priced], set: &UsedCoupons) -> Vec<(u8, i128, usize)> {
        set.iter().map(|(used, _)| self.place_of(units, *used)).collect()
    }

    fn place_of(&self, units: &[Priced], used: Used) -> (u8, i128, usize) {
        let n = self.coupon_of(used);
        let coupon = &self.world.coupons[n];
        (rank(coupon), -takes_alone(coupon, units), n)
    }

    /// All sets of coupons that come by themselves with this order, but the empty one.
    fn sets_by_themselves(&self, place: &Place, due: i128, now: Timestamp) -> Vec<Vec<Used>> {
        let comes = |n: &usize| {
            let coupon = &self.world.coupons[*n];
            coupon.comes == Comes::ByItself
                && self.coupon_live(*n, now)
                && self.may_have(*n, place.person, now)
                && self.coupon_count[*n].has(1)
                && self.check_conditions(coupon, place, due, now).is_ok()
        };
        let coming: Vec<usize> = (0..self.world.coupons.len()).filter(comes).collect();
        let set = |bits: u32| {
            let chosen = coming.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1);
            chosen.map(|(_, n)| Used::ByItself(*n)).collect()
        };
        (1..1 << coming.len()).map(set).collect()
    }

    /// What each of these takes off, all of them together: first those of units, then shares, then amounts. `None` if
    /// they are not used together.
    fn together(&self, units: &[Priced], mut set: Vec<Used>) -> Option<UsedCoupons> {
        let mut due: Vec<i128> = units.iter().map(|priced| priced.due).collect();
        set.sort_by_key(|used| self.place_of(units, *used));
        let mut groups = Vec::new();
        let mut discounts = Vec::new();
        for used in set {
            let n = self.coupon_of(used);
            let (coupon, budget) = (&self.world.coupons[n], self.coupon_budget[n]);
            let stacks =
                |other: &Option<u8>| coupon.group.is_some() && other.is_some() && coupon.group != *other;
            let off = takes(coupon, units, &due);
            let discount = off.iter().sum();
            // Whoever asked for a coupon hears of its budget later.
            let is_too_much = matches!(used, Used::ByItself(_)) && !budget.has(discount);
            if !groups.iter().all(stacks) || discount == 0 || is_too_much || discounts.len() == 4 {
                return None;
            }
            groups.push(coupon.group);
            due.iter_mut().zip(off).for_each(|(due, off)| *due -= off);
            discounts.push((used, discount));
        }
        Some(discounts)
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
            && (coupon.buyers != Buyers::NewCustomer || !self.has_ordered(place.person, Some(shop)))
            && (coupon.platform_bp == 0 || !self.world.goods[good].is_paid_after());
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

    /// Where an order's coupons stand, and what it draws of their budgets; of those that came by themselves also of how
    /// many there are and of how many the buyer may have.
    pub(super) fn move_coupons(&mut self, no: No, status: WalletStatus, change: impl Fn(&mut Bucket, i128)) {
        let order = &self.orders[&no];
        let (person, placed_at) = (order.person, order.hold_until.plus_us(-HOLD_US));
        for (used, discount) in order.coupons.clone() {
            let coupon = self.coupon_of(used);
            change(&mut self.coupon_budget[coupon], discount);
            match used {
                Used::Named(wallet) => {
                    self.wallets.get_mut(&wallet).expect("a claimed coupon").status = status;
                }
                Used::ByItself(_) => {
                    change(&mut self.coupon_count[coupon], 1);
                    match status {
                        WalletStatus::Held => self.count(coupon, person, placed_at),
                        WalletStatus::Claimed => self.uncount(coupon, person, placed_at),
                        WalletStatus::Used => {}
                    }
                }
            }
        }
    }
}

/// The day of a coupon, whose first began a day before the world did.
fn day(now: Timestamp) -> i64 {
    (now.0 - BEGIN.0 + DAY_US) / DAY_US
}

fn sum(units: &[Priced]) -> i128 {
    units.iter().map(|priced| priced.due).sum()
}

/// What a coupon takes off an order without others.
fn takes_alone(coupon: &Coupon, units: &[Priced]) -> i128 {
    let due: Vec<i128> = units.iter().map(|priced| priced.due).collect();
    takes(coupon, units, &due).iter().sum()
}

/// What a coupon takes off each of these, of which so much is left to pay.
fn takes(coupon: &Coupon, units: &[Priced], due: &[i128]) -> Vec<i128> {
    let left: i128 = due.iter().sum();
    let quantity: i128 = units.iter().map(|priced| priced.units).sum();
    let of_all = |wanted: i128| largest_remainder(wanted.min(left), due);
    match coupon.takes {
        Takes::Share { bp, most } => {
            let wanted = share(left, bp.into());
            of_all(most.map_or(wanted, |most| wanted.min(most.into())))
        }
        Takes::Amount(amount) => of_all(amount.into()),
        Takes::FixedPrice(price) => {
            let dearest = cost_of(1, units, due, true).into_iter();
            dearest.map(|cost| (cost - i128::from(price)).max(0)).collect()
        }
        Takes::FreeUnit(_) => cost_of(1, units, due, false),
        Takes::BuyGet { buy, get } => {
            let free = quantity / i128::from(buy + get) * i128::from(get);
            cost_of(free, units, due, false)
        }
    }
}

/// What so many of the cheapest units cost now, or of the dearest, by what one cost before coupons.
fn cost_of(count: i128, units: &[Priced], due: &[i128], dearest: bool) -> Vec<i128> {
    let mut by_price: Vec<usize> = (0..units.len()).collect();
    by_price.sort_by(|one, other| {
        let [one, other] = [units[*one], units[*other]];
        let order = (one.due * other.units).cmp(&(other.due * one.units));
        if dearest { order.reverse() } else { order }
    });
    let (mut left, mut costs) = (count, vec![0; units.len()]);
    for n in by_price {
        let of_these = left.min(units[n].units);
        left -= of_these;
        costs[n] = due[n] * of_these / units[n].units;
    }
    costs
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
