//! People who buy together: a group is there once its leader has paid, and waits for the others.

use kernel::Timestamp;

use super::{
    Answer, Bucket, Group, GroupStatus, Model, Name, No, OrderStatus, TimerKind, WalletStatus, made, told,
};
use crate::run::op::{GroupChoice, Place};

impl Model {
    /// Whether the step's group is one that an order opened; it may not be there yet.
    pub(super) fn knows_group(&self, choice: Option<GroupChoice>) -> bool {
        match choice {
            Some(GroupChoice::Join(leader)) => {
                self.orders.get(&leader).and_then(|order| order.group) == Some(leader)
            }
            Some(GroupChoice::Open) | None => true,
        }
    }

    pub(super) fn check_group(&self, place: &Place, now: Timestamp) -> Result<(), &'static str> {
        let Some(choice) = place.group else { return Ok(()) };
        if self.world.goods[place.good].group.is_none() {
            return Err("group_not_offered");
        }
        if place.quantity != 1 {
            return Err("order_quantity_invalid");
        }
        let GroupChoice::Join(group) = choice else {
            return Ok(());
        };
        let group = self.groups.get(&group).filter(|group| group.good == place.good);
        let group = group.ok_or("group_not_found")?;
        if group.status != GroupStatus::Open || group.closes_at <= now {
            return Err("group_not_open");
        }
        Ok(())
    }

    /// The group that an order is in. A leader who has not paid is in none yet.
    pub(super) fn group_of(&self, order: No) -> Option<&Group> {
        self.groups.get(&self.orders[&order].group?)
    }

    fn group_mut(&mut self, order: No) -> Option<&mut Group> {
        self.groups.get_mut(&self.orders[&order].group?)
    }

    pub(super) fn orders_of_group(&self, group: No) -> impl Iterator<Item = No> {
        let orders = self.orders.iter();
        let of_group = orders.filter(move |(_, order)| order.group == Some(group));
        of_group.map(|(no, _)| *no)
    }

    pub(super) fn join_group(&mut self, order: No) {
        let person = self.orders[&order].person;
        if let Some(group) = self.group_mut(order) {
            group.places.held += 1;
            group.members.insert(person, order);
        }
    }

    pub(super) fn leave_group(&mut self, order: No) {
        let person = self.orders[&order].person;
        if let Some(group) = self.group_mut(order) {
            group.places.held -= 1;
            group.members.remove(&person);
        }
    }

    /// An order that is paid for opens its group, or fills a place in it; the last one gets all of them their vouchers.
    pub(super) fn enter_group(&mut self, no: No, leader: No, now: Timestamp) -> Vec<Name> {
        let order = self.orders.get_mut(&no).expect("a known order");
        order.status = OrderStatus::InGroup;
        let (person, good) = (order.person, order.good);
        let timer = (TimerKind::CloseGroup, Name::Group(leader));
        let Some(group) = self.groups.get_mut(&leader) else {
            let terms = self.world.goods[good].group.expect("a group of terms");
            let group = Group {
                good,
                status: GroupStatus::Open,
                closes_at: now.plus_us(terms.window_us),
                places: Bucket::of(terms.size - 1),
                members: [(person, no)].into(),
            };
            self.timers.insert(timer, group.closes_at);
            self.groups.insert(leader, group);
            return Vec::new();
        };
        group.places.held -= 1;
        group.places.taken += 1;
        if group.places.taken < group.places.capacity {
            return Vec::new();
        }
        group.status = GroupStatus::Complete;
        self.timers.remove(&timer);
        let waiting = self.waiting(leader).into_iter();
        waiting.flat_map(|order| self.issue(order, now)).collect()
    }

    /// The orders of a group that are paid for and have nothing yet.
    fn waiting(&self, group: No) -> Vec<No> {
        let orders = self.orders_of_group(group);
        orders
            .filter(|no| self.orders[no].status == OrderStatus::InGroup)
            .collect()
    }

    pub(super) fn close_group(&mut self, now: Timestamp, no: No) -> Answer {
        let group = self.groups.get_mut(&no).expect("a known group");
        if group.closes_at > now || group.status != GroupStatus::Open {
            return told("false");
        }
        group.status = GroupStatus::Failed;
        self.timers.remove(&(TimerKind::CloseGroup, Name::Group(no)));
        let waiting = self.waiting(no);
        for order in &waiting {
            self.give_all_back(*order);
        }
        made("true", waiting.into_iter().map(Name::Refund).collect())
    }

    fn give_all_back(&mut self, no: No) {
        let order = self.orders.get_mut(&no).expect("a known order");
        order.status = OrderStatus::Refunded;
        order.units_returned = order.quantity;
        let (quantity, whole) = (order.quantity, order.whole);
        let give_back = |bucket: &mut Bucket, units| bucket.taken -= units;
        self.move_units(no, quantity, give_back);
        self.move_coupons(no, WalletStatus::Claimed, give_back);
        self.open_refund(no, no, whole, None);
    }
}
