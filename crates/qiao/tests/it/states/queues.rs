//! Numbers of a store's queue.

use consume::queue::{QueueLine, QueueStatus, QueueTicket};
use consume::{CallQueue, EndQueueTicket, JoinQueue, JoinedQueue, LeaveQueue, SetQueue, Whom};
use kernel::{Actor, PersonId, QueueTicketId};
use party::testing::ctx;

use super::act::{Act, act};
use super::machine::Machine;
use super::world::World;

/// A number and whose it is.
#[derive(Clone)]
pub struct Numbered {
    pub person: PersonId,
    pub ticket: QueueTicketId,
}

pub const QUEUE_TICKET: Machine<QueueStatus, Numbered> = Machine {
    name: "Queue ticket",
    states: &QueueStatus::ALL,
    named: QueueStatus::as_str,
    bring: |w, status| {
        let numbered = w.numbered();
        if status != QueueStatus::Waiting && status != QueueStatus::Left {
            w.done(w.call_queue(Whom::Ticket(numbered.ticket)));
        }
        match status {
            QueueStatus::Waiting | QueueStatus::Called => {}
            QueueStatus::Seated => w.done(w.end_queue_ticket(numbered.ticket, true)),
            QueueStatus::Missed => w.done(w.end_queue_ticket(numbered.ticket, false)),
            QueueStatus::Left => w.done(w.leave_queue(&numbered)),
        }
        numbered
    },
    look: |read, numbered| {
        Ok(consume::queries::queue_ticket(read, numbered.ticket)?
            .unwrap()
            .status)
    },
    tries: &[
        |w, n| w.call_queue(Whom::Ticket(n.ticket)).probe(),
        |w, n| w.end_queue_ticket(n.ticket, true).with("they sit").probe(),
        |w, n| {
            w.end_queue_ticket(n.ticket, false)
                .with("they did not come")
                .probe()
        },
        |w, n| w.leave_queue(n).probe(),
        |w, n| w.join_queue(n.person).with("once more").probe(),
    ],
};

impl World {
    pub fn set_queue(&self) -> Act<()> {
        let line = QueueLine {
            name: "A".to_owned(),
            party_up_to: 4,
            minutes: 10,
        };
        let cmd = SetQueue {
            merchant: self.shop.merchant,
            store: self.shop.store,
            is_open: true,
            lines: vec![line],
        };
        act(ctx(self.shop.as_owner()), consume::set_queue, cmd)
    }

    pub fn numbered(&self) -> Numbered {
        self.done(self.set_queue());
        let person = self.consumer();
        let ticket = self.done(self.join_queue(person)).ticket;
        Numbered { person, ticket }
    }

    pub fn join_queue(&self, person: PersonId) -> Act<JoinedQueue> {
        let cmd = JoinQueue {
            store: self.shop.store,
            party: 2,
        };
        act(ctx(Actor::Consumer(person)), consume::join_queue, cmd)
    }

    pub fn call_queue(&self, whom: Whom) -> Act<QueueTicket> {
        let cmd = CallQueue {
            merchant: self.shop.merchant,
            store: self.shop.store,
            whom,
        };
        act(ctx(self.shop.as_owner()), consume::call_queue, cmd)
    }

    pub fn end_queue_ticket(&self, ticket: QueueTicketId, seated: bool) -> Act<()> {
        let cmd = EndQueueTicket { ticket, seated };
        act(ctx(self.shop.as_owner()), consume::end_queue_ticket, cmd)
    }

    pub fn leave_queue(&self, numbered: &Numbered) -> Act<()> {
        let cmd = LeaveQueue {
            ticket: numbered.ticket,
        };
        act(ctx(Actor::Consumer(numbered.person)), consume::leave_queue, cmd)
    }
}
