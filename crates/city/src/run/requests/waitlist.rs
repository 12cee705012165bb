//! Guests who wait for a time that is full, and what is offered to them.

use consume::{EndWaiting, JoinWaitlist, LeaveWaitlist, OfferPlace, TakePlace};
use kernel::{Actor, WaitlistEntryId};

use super::booking::{booked_reply, resources, when};
use super::buying::Order;
use super::{Reply, Request, Scene};
use crate::run::op::{self, Name, No, Place, When};

pub(super) fn join(scene: Scene<'_>, wish: &op::JoinWaitlist) -> Request {
    let cast = &scene.directory.cast;
    let shop = scene.model.world.goods[wish.good].shop;
    let cmd = JoinWaitlist {
        offer: cast.goods[wish.good],
        store: cast.shops[shop].stores[wish.store].0,
        when: when(wish.when),
        starts_until: match wish.when {
            When::At(at) => Some(at.plus_us(wish.later_us)),
            When::Nights { .. } => None,
        },
        party: wish.party,
        area: None,
        resources: resources(scene, wish.resource),
    };
    let (lane, locks) = (cmd.store.uuid(), cmd.locks());
    Request::new(
        "joinWaitlist",
        scene.consumer(wish.person),
        lane,
        move |tx, ctx| {
            let entry = consume::join_waitlist(tx, ctx, &cmd)?;
            Ok(Reply::made("", vec![entry.uuid()]))
        },
    )
    .locking(locks)
}

pub(super) fn offer(scene: Scene<'_>, entry: No) -> Request {
    let entry = entry_of(scene, entry);
    Request::new("offerPlace", Actor::System, entry.uuid(), move |tx, ctx| {
        let offered = consume::offer_place(tx, ctx, &OfferPlace { entry })?;
        Ok(Reply::text(offered.to_string()))
    })
}

pub(super) fn take(scene: Scene<'_>, entry: No, place: &Place) -> Request {
    let entry = entry_of(scene, entry);
    let order = Order::new(scene, place);
    let cast = scene.directory.cast.resources.clone();
    Request::new(
        "takePlace",
        scene.consumer(place.person),
        entry.uuid(),
        move |tx, ctx| {
            let cmd = TakePlace {
                entry,
                order: order.with_token(tx)?,
            };
            let placed = consume::take_place(tx, ctx, &cmd)?;
            booked_reply(tx, &placed, &cast)
        },
    )
}

pub(super) fn leave(scene: Scene<'_>, person: usize, entry: No) -> Request {
    let entry = entry_of(scene, entry);
    Request::new(
        "leaveWaitlist",
        scene.consumer(person),
        entry.uuid(),
        move |tx, ctx| {
            consume::leave_waitlist(tx, ctx, &LeaveWaitlist { entry })?;
            Ok(Reply::text(""))
        },
    )
}

pub(super) fn end(scene: Scene<'_>, entry: No) -> Request {
    let entry = entry_of(scene, entry);
    Request::new("endWaiting", Actor::System, entry.uuid(), move |tx, ctx| {
        let ended = consume::end_waiting(tx, ctx, &EndWaiting { entry })?;
        Ok(Reply::text(ended.to_string()))
    })
}

fn entry_of(scene: Scene<'_>, entry: No) -> WaitlistEntryId {
    scene.id(Name::WaitlistEntry(entry))
}
