//! A party takes a number.

use kernel::{Actor, Ctx, QueueTicketId, StoreId};
use offer::place;
use party::Role;
use store::{Fail, Lock, Tx, sql};

use crate::events::QueueJoined;
use crate::queries;
use crate::queue::QueueStatus;
use crate::reject::{QUEUE_ALREADY_IN, QUEUE_CLOSED, QUEUE_PARTY};

/// What [`join_queue`] is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinQueue {
    /// Where.
    pub store: StoreId,
    /// How many they are.
    pub party: i64,
}

/// A number, and how the line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedQueue {
    /// The ticket.
    pub ticket: QueueTicketId,
    /// In which line.
    pub line: String,
    /// Its number there.
    pub number: i64,
}

impl JoinQueue {
    /// The store, where numbers are given out one after the other.
    pub fn locks(&self) -> Vec<Lock> {
        vec![place::lock(self.store)]
    }
}

/// Gives a party the next number of its line: the consumer who acts, or somebody whom the staff (cashiers and above) have
/// before them. Nobody has two of a store at once.
///
/// Rejects: `queue_closed`, `queue_party`, `queue_already_in`, and as [`party::require_staff`] does.
pub fn join_queue(tx: &mut Tx, ctx: &Ctx, cmd: &JoinQueue) -> Result<JoinedQueue, Fail> {
    let person = if let Actor::Staff(_, merchant) = ctx.actor {
        party::require_staff(tx, ctx, merchant, Some(cmd.store), Role::Cashier)?;
        None
    } else {
        Some(party::require_consumer(ctx)?)
    };
    tx.lock(&cmd.locks());
    let queue = queries::queue(tx, cmd.store)?.filter(|queue| queue.is_open);
    let queue = queue.ok_or_else(|| QUEUE_CLOSED.plain())?;
    let Some(line) = queue.line_for(cmd.party) else {
        let most = queue.lines.last().map_or(0, |line| line.party_up_to);
        return Err(QUEUE_PARTY
            .at("/party", format!("A party here is of 1 to {most}."))
            .into());
    };
    let day = queries::day_of_queue(tx, cmd.store, ctx.now)?;
    if let Some(person) = person
        && let Some(ticket) = queries::ticket_of_person(tx, cmd.store, day, person)?
    {
        let detail = format!("Your number is {}{}.", ticket.line, ticket.number);
        return Err(QUEUE_ALREADY_IN
            .because(detail)
            .with("ticket", ticket.id.to_string())
            .into());
    }
    let number = 1 + queries::last_number(tx, cmd.store, day, &line.name)?;
    let ticket: QueueTicketId = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO queue_ticket (id, merchant_id, store_id, person_id, day, line, number, party, status, joined_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
        ticket,
        queue.merchant,
        cmd.store,
        person,
        day.0,
        &line.name,
        number,
        cmd.party,
        QueueStatus::Waiting.as_str(),
        ctx.now
    ))?;
    let event = QueueJoined {
        queue_ticket: ticket,
        person,
        merchant: queue.merchant,
        store: cmd.store,
        line: line.name.clone(),
        number,
        party: cmd.party,
    };
    tx.emit(ctx, ticket, 1, &event)?;
    Ok(JoinedQueue {
        ticket,
        line: line.name.clone(),
        number,
    })
}
