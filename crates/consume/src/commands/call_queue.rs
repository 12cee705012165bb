//! The next party is called, or one by its number; and what became of it.

use kernel::{Ctx, MerchantId, QueueTicketId, StoreId};
use offer::place;
use party::Role;
use store::{Fail, Lock, Tx, sql};

use crate::events::{QueueCalled, QueueEnded};
use crate::queries;
use crate::queue::{QueueStatus, QueueTicket};
use crate::reject::{QUEUE_EMPTY, QUEUE_STATUS};

/// What [`call_queue`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallQueue {
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// Who.
    pub whom: Whom,
}

/// Who is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// The first who waits in this line.
    Next(String),
    /// This one: once more, or out of turn, or who was not there before.
    Ticket(QueueTicketId),
}

/// What became of those who waited, as the staff see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndQueueTicket {
    /// Whose.
    pub ticket: QueueTicketId,
    /// They sit; otherwise they were called and did not come.
    pub seated: bool,
}

/// What [`leave_queue`] is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaveQueue {
    /// Whose.
    pub ticket: QueueTicketId,
}

impl CallQueue {
    /// The store, where no two call the same party as the next.
    pub fn locks(&self) -> Vec<Lock> {
        vec![place::lock(self.store)]
    }
}

/// Calls a party, for cashiers of the store and above. It is told at once.
///
/// Rejects: `queue_empty`, `queue_status`, `not_found`, and as [`party::require_staff`] does.
pub fn call_queue(tx: &mut Tx, ctx: &Ctx, cmd: &CallQueue) -> Result<QueueTicket, Fail> {
    party::require_staff(tx, ctx, cmd.merchant, Some(cmd.store), Role::Cashier)?;
    tx.lock(&cmd.locks());
    let day = queries::day_of_queue(tx, cmd.store, ctx.now)?;
    let found = match &cmd.whom {
        Whom::Next(line) => {
            let next = queries::next_in_line(tx, cmd.store, day, line)?;
            next.ok_or_else(|| QUEUE_EMPTY.plain())?
        }
        Whom::Ticket(ticket) => {
            let found = queries::queue_ticket(tx, *ticket)?.filter(|found| found.store == cmd.store);
            let found = found.ok_or_else(|| party::NOT_FOUND.plain())?;
            require_only_number(tx, &found)?;
            found
        }
    };
    let called = change(tx, ctx, &found, QueueStatus::Called, CAN_BE_CALLED)?;
    let event = QueueCalled {
        queue_ticket: called.id,
        person: called.person,
        merchant: called.merchant,
        store: called.store,
    };
    tx.emit(ctx, called.id, called.version, &event)?;
    Ok(called)
}

/// Who missed a call may have another number by now.
fn require_only_number(tx: &mut Tx, ticket: &QueueTicket) -> Result<(), Fail> {
    let Some(person) = ticket.person else {
        return Ok(());
    };
    match queries::ticket_of_person(tx, ticket.store, ticket.day, person)? {
        Some(other) if other.id != ticket.id => {
            let detail = format!("They have the number {}{} now.", other.line, other.number);
            Err(QUEUE_STATUS.because(detail).into())
        }
        Some(_) | None => Ok(()),
    }
}

/// Says that a party sits, or that it was called and did not come; for cashiers of the store and above.
///
/// Rejects: `queue_status`, `not_found`, and as [`party::require_staff`] does.
pub fn end_queue_ticket(tx: &mut Tx, ctx: &Ctx, cmd: &EndQueueTicket) -> Result<(), Fail> {
    let ticket = ticket(tx, cmd.ticket)?;
    party::require_staff(tx, ctx, ticket.merchant, Some(ticket.store), Role::Cashier)?;
    let (to, from) = match cmd.seated {
        true => (QueueStatus::Seated, CAN_BE_CALLED),
        false => (QueueStatus::Missed, &[QueueStatus::Called][..]),
    };
    end(tx, ctx, &ticket, to, from)
}

/// The consumer who acts waits no longer.
///
/// Rejects: `queue_status`, `not_found`.
pub fn leave_queue(tx: &mut Tx, ctx: &Ctx, cmd: &LeaveQueue) -> Result<(), Fail> {
    let person = party::require_consumer(ctx)?;
    let ticket = ticket(tx, cmd.ticket)?;
    if ticket.person != Some(person) {
        return Err(party::NOT_FOUND.plain().into());
    }
    let from = &[QueueStatus::Waiting, QueueStatus::Called];
    end(tx, ctx, &ticket, QueueStatus::Left, from)
}

const CAN_BE_CALLED: &[QueueStatus] = &[QueueStatus::Waiting, QueueStatus::Called, QueueStatus::Missed];

fn ticket(tx: &mut Tx, id: QueueTicketId) -> Result<QueueTicket, Fail> {
    tx.lock(&[Lock::row("queue_ticket", id)]);
    Ok(queries::queue_ticket(tx, id)?.ok_or_else(|| party::NOT_FOUND.plain())?)
}

fn end(
    tx: &mut Tx,
    ctx: &Ctx,
    ticket: &QueueTicket,
    to: QueueStatus,
    from: &[QueueStatus],
) -> Result<(), Fail> {
    let ended = change(tx, ctx, ticket, to, from)?;
    let event = QueueEnded {
        queue_ticket: ended.id,
        person: ended.person,
        merchant: ended.merchant,
        store: ended.store,
        outcome: to.as_str().to_owned(),
    };
    Ok(tx.emit(ctx, ended.id, ended.version, &event)?)
}

/// Claims the change of a ticket that was found in one of these states, on the day of its number.
fn change(
    tx: &mut Tx,
    ctx: &Ctx,
    ticket: &QueueTicket,
    to: QueueStatus,
    from: &[QueueStatus],
) -> Result<QueueTicket, Fail> {
    let refused = |detail: String| Err(QUEUE_STATUS.because(detail).into());
    if !from.contains(&ticket.status) {
        return refused(format!("The party is {}.", ticket.status.as_str()));
    }
    let today = queries::day_of_queue(tx, ticket.store, ctx.now)?;
    if ticket.day != today {
        return refused(format!("The number was of {}.", ticket.day));
    }
    let called_at = match to {
        QueueStatus::Called => Some(ctx.now),
        QueueStatus::Waiting | QueueStatus::Seated | QueueStatus::Missed | QueueStatus::Left => {
            ticket.called_at
        }
    };
    let changed = tx.claim(sql!(
        "UPDATE queue_ticket SET status = $1, called_at = $2, version = version + 1 WHERE id = $3 AND version = $4",
        to.as_str(),
        called_at,
        ticket.id,
        ticket.version
    ))?;
    if changed == 0 {
        return Err(QUEUE_STATUS.plain().into());
    }
    Ok(QueueTicket {
        status: to,
        called_at,
        version: ticket.version + 1,
        ..ticket.clone()
    })
}
