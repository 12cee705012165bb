//! Groups of buyers.

use convert::{CloseGroup, GroupChoice, GroupStatus, PlaceOrder, Stored, queries};
use kernel::{Actor, DAY_US, GroupId};
use party::testing::{NOW, ctx_at};

use super::act::{Act, act};
use super::machine::Machine;
use super::orders::{Purchase, order_of};
use super::world::World;

/// A group of two with somebody in it who is about to pay, as long as there is a place.
#[derive(Clone)]
pub struct Grouped {
    group: GroupId,
    about_to_pay: Purchase,
}

pub const GROUP: Machine<GroupStatus, Grouped> = Machine {
    name: "Group",
    states: GroupStatus::ALL,
    named: GroupStatus::as_str,
    bring: |w, status| {
        let group = w.group();
        let about_to_pay = w.placed(w.join(group));
        match status {
            GroupStatus::Open => {}
            GroupStatus::Complete => drop(w.done(w.confirm_payment(&about_to_pay))),
            GroupStatus::Failed => drop(w.done(w.close_group(group))),
        }
        Grouped { group, about_to_pay }
    },
    look: |read, grouped| Ok(queries::group(read, grouped.group)?.unwrap().status),
    tries: &[
        |w, g| {
            w.place_order(w.consumer(), w.join(g.group))
                .with("to join")
                .probe()
        },
        |w, g| {
            w.start_payment(g.about_to_pay.buyer, g.about_to_pay.order, "other")
                .probe()
        },
        |w, g| w.confirm_payment(&g.about_to_pay).probe(),
        |w, g| w.cancel_order(&g.about_to_pay).probe(),
        |w, g| w.close_group(g.group).probe(),
    ],
};

impl World {
    /// A group of the offer's whose leader has paid.
    pub fn group(&self) -> GroupId {
        let order = self.bought(self.opening()).order;
        let order = self.read(move |read| queries::order(read, order));
        order.unwrap().group.unwrap()
    }

    pub fn opening(&self) -> PlaceOrder {
        PlaceOrder {
            group: Some(GroupChoice::Open),
            ..order_of(self.offer)
        }
    }

    fn join(&self, group: GroupId) -> PlaceOrder {
        PlaceOrder {
            group: Some(GroupChoice::Join(group)),
            ..order_of(self.offer)
        }
    }

    /// When its time is over.
    pub fn close_group(&self, group: GroupId) -> Act<bool> {
        let later = ctx_at(NOW.plus_us(DAY_US), Actor::System);
        act(later, convert::close_group, CloseGroup { group })
    }
}
