//! Numbers for who comes without a booking, as they must go: one of a store at a time for each, and called in their order.

use kernel::{DAY_US, HOUR_US, Timestamp};

use super::slots::AHEAD_US;
use super::{Answer, Model, Name, No, made, told};
use crate::run::op::{By, Staff, Whom};
use crate::run::world::LINES;

/// Who comes before four in the morning is of the day before.
const DAY_STARTS_US: i64 = 4 * HOUR_US;

/// For what numbers are given out at a shop's first store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Queue {
    pub is_open: bool,
    /// Which of [`LINES`].
    pub lines: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum QueueStatus {
    Waiting,
    Called,
    Seated,
    Missed,
    Left,
}

/// A number.
#[derive(Debug, Clone)]
pub(crate) struct QueueTicket {
    pub shop: usize,
    /// `None`: the staff gave it out.
    pub person: Option<usize>,
    pub day: i64,
    pub line: char,
    pub number: i64,
    pub party: i64,
    pub status: QueueStatus,
    pub called_at: Option<Timestamp>,
}

impl QueueTicket {
    /// Whether its party is still to sit down.
    pub fn is_live(&self) -> bool {
        matches!(self.status, QueueStatus::Waiting | QueueStatus::Called)
    }

    /// Whether it is of the day whose numbers are given out now.
    pub fn is_of(&self, now: Timestamp) -> bool {
        self.day == day_of(now)
    }
}

fn day_of(now: Timestamp) -> i64 {
    (now.0 + AHEAD_US - DAY_STARTS_US).div_euclid(DAY_US)
}

impl Model {
    fn of_day(&self, shop: usize, day: i64) -> impl Iterator<Item = (No, &QueueTicket)> {
        let tickets = self.queue_tickets.iter().map(|(no, ticket)| (*no, ticket));
        tickets.filter(move |(_, ticket)| (ticket.shop, ticket.day) == (shop, day))
    }

    pub(super) fn set_queue(
        &mut self,
        now: Timestamp,
        (shop, staff): (usize, Staff),
        (is_open, lines): (bool, usize),
    ) -> Answer {
        self.may_stand(shop, staff, 0)?;
        let has = |line: char| LINES[lines].iter().any(|(name, _)| *name == line);
        let rises = LINES[lines].windows(2).all(|lines| lines[0].1 < lines[1].1);
        let loses = |ticket: &QueueTicket| ticket.status == QueueStatus::Waiting && !has(ticket.line);
        let leaves_nobody = !self.of_day(shop, day_of(now)).any(|(_, ticket)| loses(ticket));
        if !rises || !leaves_nobody {
            return Err("queue_invalid");
        }
        self.queues.insert(shop, Queue { is_open, lines });
        told("")
    }

    pub(super) fn join_queue(
        &mut self,
        no: No,
        now: Timestamp,
        (by, shop): (By, usize),
        party: i64,
    ) -> Answer {
        let person = match by {
            By::Guest(person) => Some(person),
            By::Staff(of, _) if of != shop => return Err("not_found"),
            By::Staff(_, staff) => {
                self.may_stand(shop, staff, 0)?;
                None
            }
        };
        let queue = self.queues.get(&shop).filter(|queue| queue.is_open);
        let lines = LINES[queue.ok_or("queue_closed")?.lines];
        let line = lines.iter().find(|(_, most)| (1..=*most).contains(&party));
        let (line, _) = *line.ok_or("queue_party")?;
        let day = day_of(now);
        if person.is_some_and(|person| self.live_ticket(shop, day, person).is_some()) {
            return Err("queue_already_in");
        }
        let of_line = self.of_day(shop, day).filter(|(_, ticket)| ticket.line == line);
        let number = 1 + of_line.count() as i64;
        let ticket = QueueTicket {
            shop,
            person,
            day,
            line,
            number,
            party,
            status: QueueStatus::Waiting,
            called_at: None,
        };
        self.queue_tickets.insert(no, ticket);
        made(format!("{line}{number}"), vec![Name::QueueTicket(no)])
    }

    fn live_ticket(&self, shop: usize, day: i64, person: usize) -> Option<No> {
        let mut today = self.of_day(shop, day);
        let own = today.find(|(_, ticket)| ticket.person == Some(person) && ticket.is_live());
        own.map(|(no, _)| no)
    }

    pub(super) fn call(&mut self, now: Timestamp, (shop, staff): (usize, Staff), whom: Whom) -> Answer {
        self.may_stand(shop, staff, 0)?;
        let no = match whom {
            Whom::Next(line) => {
                let today = self.of_day(shop, day_of(now));
                let waiting =
                    today.filter(|(_, ticket)| (ticket.line, ticket.status) == (line, QueueStatus::Waiting));
                let next = waiting.min_by_key(|(_, ticket)| ticket.number);
                next.map(|(no, _)| no).ok_or("queue_empty")?
            }
            Whom::Ticket(no) if self.queue_tickets[&no].shop != shop => return Err("not_found"),
            Whom::Ticket(no) => no,
        };
        let ticket = &self.queue_tickets[&no];
        let other = ticket
            .person
            .and_then(|person| self.live_ticket(shop, ticket.day, person));
        let may_be = [QueueStatus::Waiting, QueueStatus::Called, QueueStatus::Missed];
        if other.is_some_and(|other| other != no) || !self.can_change(now, no, &may_be) {
            return Err("queue_status");
        }
        let ticket = self.queue_tickets.get_mut(&no).expect("a known number");
        ticket.status = QueueStatus::Called;
        ticket.called_at = Some(now);
        let (text, person) = (format!("{}{}", ticket.line, ticket.number), ticket.person);
        if let Some(person) = person {
            self.tell(person, "queue_called", 0);
        }
        made(text, vec![Name::QueueTicket(no)])
    }

    pub(super) fn end_ticket(
        &mut self,
        now: Timestamp,
        (shop, staff): (usize, Staff),
        (no, seated): (No, bool),
    ) -> Answer {
        if self.queue_tickets[&no].shop != shop {
            return Err("not_found");
        }
        self.may_stand(shop, staff, 0)?;
        let all = [QueueStatus::Called, QueueStatus::Waiting, QueueStatus::Missed];
        let (status, may_be) = match seated {
            true => (QueueStatus::Seated, &all[..]),
            false => (QueueStatus::Missed, &all[..1]),
        };
        self.end_wait(now, no, status, may_be)
    }

    pub(super) fn leave_queue(&mut self, now: Timestamp, person: usize, no: No) -> Answer {
        if self.queue_tickets[&no].person != Some(person) {
            return Err("not_found");
        }
        let may_be = [QueueStatus::Waiting, QueueStatus::Called];
        self.end_wait(now, no, QueueStatus::Left, &may_be)
    }

    fn end_wait(&mut self, now: Timestamp, no: No, status: QueueStatus, may_be: &[QueueStatus]) -> Answer {
        if !self.can_change(now, no, may_be) {
            return Err("queue_status");
        }
        self.queue_tickets.get_mut(&no).expect("a known number").status = status;
        told("")
    }

    /// On its own day alone.
    fn can_change(&self, now: Timestamp, no: No, may_be: &[QueueStatus]) -> bool {
        let ticket = &self.queue_tickets[&no];
        ticket.is_of(now) && may_be.contains(&ticket.status)
    }
}
