//! Links and orders as they must go.

use kernel::{MINUTE_US, Timestamp};

use super::money::{Paid, largest_remainder, share};
use super::{
    Answer, Entry, Model, Name, No, Order, OrderStatus, Priced, Surcharges, TimerKind, Used, UsedCoupons,
    Voucher, VoucherStatus, WalletStatus, made, told,
};
use crate::run::op::{GroupChoice, Place, second_of};

pub(super) const HOLD_US: i64 = 15 * MINUTE_US;

impl Model {
    pub(super) fn member(&mut self, person: usize, shop: usize, joins: bool) -> Answer {
        if !joins {
            self.members.remove(&(person, shop));
            return told("");
        }
        if self.suspended[shop] {
            return Err("merchant_suspended");
        }
        self.members.insert((person, shop));
        told("")
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
        self.order(no, now, place, (None, &Vec::new()))
    }

    /// One order after the other, and neither if one is refused.
    pub(super) fn cart(&mut self, no: No, now: Timestamp, [first, second]: &[Place; 2]) -> Answer {
        let before = self.clone();
        let both = self.place(no, now, first).and_then(|placed| {
            let then = self.place(second_of(no), now, second)?;
            made(
                format!("{} {}", placed.text, then.text),
                [placed.made, then.made].concat(),
            )
        });
        if both.is_err() {
            *self = before;
        }
        both
    }

    /// For a time that is booked, it is of one voucher until then, and some units may cost more. So is an open ticket, until
    /// it runs out.
    pub(super) fn order(
        &mut self,
        no: No,
        now: Timestamp,
        place: &Place,
        (booked, surcharges): (Option<(Timestamp, bool)>, &Surcharges),
    ) -> Answer {
        let good = place.good;
        if !self.on_sale(good, now) {
            return Err("offer_not_on_sale");
        }
        if !(1..=self.world.goods[good].max_per_order).contains(&place.quantity) {
            return Err("order_quantity_invalid");
        }
        self.check_group(place, now)?;
        self.check_wallets(place, now)?;
        let sharer = self.sharer_of(place)?;
        let entry = self.entry_of(place)?;
        let booked = match (booked, &self.world.goods[good].booked) {
            (None, Some(terms)) if terms.open_tickets => {
                Some((now.plus_us(self.world.goods[good].valid_us), true))
            }
            (None, Some(_)) => return Err("order_needs_booking"),
            (booked, _) => booked,
        };
        if self.world.goods[good].is_paid_after() && self.has_unused(place.person, good, now) {
            return Err("order_one_at_a_time");
        }
        let (whole, coupons) = self.price((place, surcharges), sharer.is_some(), now)?;
        if place
            .expected
            .is_some_and(|expected| i128::from(expected) != whole.cash)
        {
            return Err("order_price_changed");
        }
        self.check_room(place, &coupons)?;
        self.spend(place.person, good, whole.rebate);
        if self.member_price(place).is_some() {
            self.rarities.insert("MemberOrders");
        }
        if booked.is_some_and(|(_, is_open)| is_open) {
            self.rarities.insert("OpenTickets");
        }
        if surcharges.len() > 1 && !coupons.is_empty() {
            self.rarities.insert("CouponsOverPrices");
        }
        let order = Order {
            person: place.person,
            good,
            quantity: place.quantity.into(),
            whole,
            coupons,
            sharer,
            entry,
            hold_until: now.plus_us(HOLD_US),
            status: OrderStatus::Placed,
            group: place.group.map(|group| match group {
                GroupChoice::Open => no,
                GroupChoice::Join(group) => group,
            }),
            booked_until: booked.map(|(until, _)| until),
            open_ticket: booked.is_some_and(|(_, is_open)| is_open),
            forfeits: match self.world.goods[good].deposit {
                Some(deposit) if !deposit.earnest => false,
                // What is booked has a policy; an open ticket has none yet.
                Some(_) if booked.is_none_or(|(_, is_open)| is_open) => true,
                Some(_) | None => self.world.goods[good].forfeits,
            },
            was_paid: false,
            vouchers: Vec::new(),
            units_returned: 0,
            attempts: Vec::new(),
            restored: Paid::default(),
        };
        let text = format!("{whole:?}");
        let mut names = vec![Name::Order(no)];
        names.extend(order.group.map(Name::Group));
        self.timers
            .insert((TimerKind::Release, Name::Order(no)), order.hold_until);
        let quantity = order.quantity;
        self.orders.insert(no, order);
        let hold = |bucket: &mut super::Bucket, units| bucket.held += units;
        self.move_units(no, quantity, hold);
        self.join_group(no);
        self.move_coupons(no, WalletStatus::Held, hold);
        if whole.cash == 0 {
            names.extend(self.settle(no, now));
        }
        made(text, names)
    }

    fn has_unused(&self, person: usize, good: usize, now: Timestamp) -> bool {
        let is_live = |voucher: &Voucher| voucher.status == VoucherStatus::Live && voucher.valid_until > now;
        self.orders.values().any(|order| {
            (order.person, order.good) == (person, good)
                && (order.status == OrderStatus::InGroup || order.vouchers.iter().any(is_live))
        })
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

    /// What it costs and what each coupon takes off: agreement, friend, coupons, rebates. Units cost what these say more,
    /// or what the good does.
    pub fn price(
        &self,
        (place, surcharges): (&Place, &Surcharges),
        by_link: bool,
        now: Timestamp,
    ) -> Result<(Paid, UsedCoupons), &'static str> {
        let good = &self.world.goods[place.good];
        let unit = self.unit_price(place);
        let plain = vec![(place.quantity, 0)];
        let surcharges = if surcharges.is_empty() { &plain } else { surcharges };
        let (mut price, mut platform, mut merchant) = (0, 0, 0);
        let mut units = Vec::new();
        for (count, more) in surcharges {
            let (count, list) = (i128::from(*count), unit + i128::from(*more));
            let discount = share(list, good.discount_bp.into());
            let of_platform = share(discount, good.platform_bp.into());
            let of_platform = good
                .platform_cap
                .map_or(of_platform, |cap| of_platform.min(cap.into()));
            price += list * count;
            platform += of_platform * count;
            merchant += (discount - of_platform) * count;
            units.push(Priced {
                units: count,
                due: (list - discount) * count,
            });
        }
        let mut due = price - platform - merchant;
        if by_link {
            let friend = share(due, good.friend_bp.into());
            merchant += friend;
            due -= friend;
        }
        let weights: Vec<i128> = units.iter().map(|priced| priced.due).collect();
        let left = largest_remainder(due, &weights);
        units
            .iter_mut()
            .zip(left)
            .for_each(|(priced, due)| priced.due = due);
        let coupons = self.coupons_take(place, &units, now)?;
        for (used, discount) in &coupons {
            let coupon = &self.world.coupons[self.coupon_of(*used)];
            let of_platform = share(*discount, coupon.platform_bp.into());
            platform += of_platform;
            merchant += discount - of_platform;
            due -= discount;
        }
        let now_due = match good.deposit {
            None => due,
            Some(_) if good.is_paid_after() || due == 0 => 0,
            Some(deposit) => share(due, deposit.bp.into()).max(1),
        };
        let rebate = if place.use_rebate {
            self.spendable_of(place.person, place.good).min(now_due)
        } else {
            0
        };
        let whole = Paid {
            price,
            platform,
            merchant,
            rebate,
            cash: now_due - rebate,
            at_store: due - now_due,
        };
        Ok((whole, coupons))
    }

    /// What one costs before all discounts, where none costs more than the good.
    fn unit_price(&self, place: &Place) -> i128 {
        let good = &self.world.goods[place.good];
        let of_two = good.price_of_two().filter(|_| place.quantity >= 2);
        let of_group = good.group.filter(|_| place.group.is_some());
        let prices = [
            Some(of_two.unwrap_or(good.list_price)),
            self.member_price(place),
            of_group.map(|group| group.price),
        ];
        let least = prices.into_iter().flatten().min();
        least.unwrap_or(good.list_price).into()
    }

    /// What one costs the buyer as a member.
    fn member_price(&self, place: &Place) -> Option<i64> {
        let good = &self.world.goods[place.good];
        let is_member = self.members.contains(&(place.person, good.shop));
        good.price_of_members().filter(|_| is_member)
    }

    pub fn spendable_of(&self, person: usize, good: usize) -> i128 {
        let key = (person, self.world.currency_of(good).code());
        self.spendable.get(&key).copied().unwrap_or_default()
    }

    fn check_room(&self, place: &Place, coupons: &UsedCoupons) -> Result<(), &'static str> {
        let (good, units) = (place.good, i128::from(place.quantity));
        let joins = match place.group {
            Some(GroupChoice::Join(group)) => self.groups.get(&group),
            Some(GroupChoice::Open) | None => None,
        };
        if joins.is_some_and(|group| group.members.contains_key(&place.person)) {
            return Err("group_joined");
        }
        // Told of in the order in which they came into the world.
        if !self.head_count[good].has(units) {
            return Err("order_head_count_full");
        }
        if !self.stock[good].has(units) {
            return Err("order_sold_out");
        }
        let fits = |(used, discount): &(Used, i128)| self.coupon_budget[self.coupon_of(*used)].has(*discount);
        if !coupons.iter().all(fits) {
            return Err("coupon_budget_spent");
        }
        match joins {
            Some(group) if !group.places.has(1) => Err("group_full"),
            Some(_) | None => Ok(()),
        }
    }

    fn spend(&mut self, person: usize, good: usize, amount: i128) {
        self.give_rebate(person, self.world.currency_of(good).code(), -amount);
    }

    pub(super) fn give_rebate(&mut self, person: usize, currency: &'static str, amount: i128) {
        let balance = self.spendable.entry((person, currency)).or_default();
        *balance += amount;
    }

    /// The buckets of an order's units.
    pub(super) fn move_units(&mut self, order: No, units: i128, change: impl Fn(&mut super::Bucket, i128)) {
        let good = self.orders[&order].good;
        change(&mut self.stock[good], units);
        change(&mut self.head_count[good], units);
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

    pub(super) fn end_hold(&mut self, no: No, status: OrderStatus) -> bool {
        let order = self.orders.get_mut(&no).expect("a known order");
        if order.status != OrderStatus::Placed {
            return false;
        }
        order.status = status;
        let (person, good, quantity) = (order.person, order.good, order.quantity);
        let rebate = order.whole.rebate;
        let free = |bucket: &mut super::Bucket, units| bucket.held -= units;
        self.move_units(no, quantity, free);
        self.leave_group(no);
        self.move_coupons(no, WalletStatus::Claimed, free);
        self.spend(person, good, -rebate);
        self.timers.remove(&(TimerKind::Release, Name::Order(no)));
        true
    }
}
