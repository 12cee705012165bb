//! Numbers at the door: given out, called and ended.

use consume::queue::QueueLine;
use consume::{CallQueue, EndQueueTicket, JoinQueue, LeaveQueue, SetQueue};
use kernel::{QueueTicketId, StoreId};

use super::{Reply, Request, Scene};
use crate::run::op::{By, Name, No, Staff, Whom};
use crate::run::world::LINES;

fn store_of(scene: Scene<'_>, shop: usize) -> StoreId {
    scene.directory.cast.shops[shop].stores[0].0
}

pub(super) fn set(
    scene: Scene<'_>,
    (shop, staff): (usize, Staff),
    (is_open, lines): (bool, usize),
) -> Request {
    let line = |(name, party_up_to): &(char, i64)| QueueLine {
        name: name.to_string(),
        party_up_to: *party_up_to,
        minutes: 10,
    };
    let cmd = SetQueue {
        merchant: scene.directory.cast.shops[shop].merchant,
        store: store_of(scene, shop),
        is_open,
        lines: LINES[lines].iter().map(line).collect(),
    };
    let (lane, locks) = (cmd.store.uuid(), cmd.locks());
    Request::new("setQueue", scene.staff(shop, staff), lane, move |tx, ctx| {
        consume::set_queue(tx, ctx, &cmd)?;
        Ok(Reply::text(""))
    })
    .locking(locks)
}

pub(super) fn join(scene: Scene<'_>, by: By, shop: usize, party: i64) -> Request {
    let cmd = JoinQueue {
        store: store_of(scene, shop),
        party,
    };
    let (lane, locks) = (cmd.store.uuid(), cmd.locks());
    Request::new("joinQueue", scene.actor(by), lane, move |tx, ctx| {
        let joined = consume::join_queue(tx, ctx, &cmd)?;
        let text = format!("{}{}", joined.line, joined.number);
        Ok(Reply::made(text, vec![joined.ticket.uuid()]))
    })
    .locking(locks)
}

pub(super) fn call(scene: Scene<'_>, (shop, staff): (usize, Staff), whom: Whom) -> Request {
    let cmd = CallQueue {
        merchant: scene.directory.cast.shops[shop].merchant,
        store: store_of(scene, shop),
        whom: match whom {
            Whom::Next(line) => consume::Whom::Next(line.to_string()),
            Whom::Ticket(ticket) => consume::Whom::Ticket(scene.id(Name::QueueTicket(ticket))),
        },
    };
    let (lane, locks) = (cmd.store.uuid(), cmd.locks());
    Request::new("callQueue", scene.staff(shop, staff), lane, move |tx, ctx| {
        let called = consume::call_queue(tx, ctx, &cmd)?;
        let text = format!("{}{}", called.line, called.number);
        Ok(Reply::made(text, vec![called.id.uuid()]))
    })
    .locking(locks)
}

pub(super) fn end(scene: Scene<'_>, (shop, staff): (usize, Staff), (ticket, seated): (No, bool)) -> Request {
    let ticket: QueueTicketId = scene.id(Name::QueueTicket(ticket));
    let actor = scene.staff(shop, staff);
    Request::new("endQueueTicket", actor, ticket.uuid(), move |tx, ctx| {
        consume::end_queue_ticket(tx, ctx, &EndQueueTicket { ticket, seated })?;
        Ok(Reply::text(""))
    })
}

pub(super) fn leave(scene: Scene<'_>, person: usize, ticket: No) -> Request {
    let ticket: QueueTicketId = scene.id(Name::QueueTicket(ticket));
    let actor = scene.consumer(person);
    Request::new("leaveQueue", actor, ticket.uuid(), move |tx, ctx| {
        consume::leave_queue(tx, ctx, &LeaveQueue { ticket })?;
        Ok(Reply::text(""))
    })
}
