//! Parties at the door, who take numbers, are called, sit, come too late or go.

use kernel::{Ctx, Timestamp};

use super::{any, index, mostly, owner_or_other, person, staff};
use crate::dice::{between, chance, pick};
use crate::run::model::{Model, QueueStatus};
use crate::run::op::{By, Op, Whom};
use crate::run::world::LINES;

pub(super) fn queue(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let shop = index(dice, model.world.shops.len());
    let other = index(dice, model.world.shops.len());
    let staff = staff(dice, model, shop);
    let queue = model.queues.get(&shop);
    let weight = dice.random_below(24);
    let Some(queue) = queue.filter(|_| weight > 0) else {
        return Some(Op::SetQueue {
            shop,
            staff,
            is_open: chance(dice, 88),
            lines: index(dice, LINES.len()),
        });
    };
    let waiting = any(dice, &model.queue_tickets, |ticket| {
        (ticket.shop, ticket.status) == (shop, QueueStatus::Waiting) && ticket.is_of(now)
    });
    let line = match waiting {
        Some(ticket) if chance(dice, 90) => model.queue_tickets[&ticket].line,
        Some(_) | None => pick(dice, LINES[queue.lines]).0,
    };
    let of = if chance(dice, 95) { shop } else { other };
    Some(match weight {
        1..6 if waiting.is_some() || chance(dice, 10) => Op::Call {
            shop,
            staff,
            whom: Whom::Next(line),
        },
        6..8 => Op::Call {
            shop,
            staff,
            whom: Whom::Ticket(mostly(dice, &model.queue_tickets, 10, |ticket| {
                (ticket.shop, ticket.status) == (of, QueueStatus::Missed) && ticket.is_of(now)
            })?),
        },
        8..12 => Op::EndTicket {
            shop,
            staff,
            ticket: mostly(dice, &model.queue_tickets, 10, |ticket| {
                (ticket.shop, ticket.status) == (of, QueueStatus::Called) && ticket.is_of(now)
            })?,
            seated: chance(dice, 50),
        },
        12..14 => {
            let ticket = any(dice, &model.queue_tickets, |ticket| ticket.is_live())?;
            let guest = model.queue_tickets[&ticket].person;
            Op::LeaveQueue {
                person: guest.map_or_else(|| person(dice, model), |guest| owner_or_other(dice, model, guest)),
                ticket,
            }
        }
        _ => Op::JoinQueue {
            by: match chance(dice, 75) {
                true => By::Guest(person(dice, model)),
                false => By::Staff(shop, staff),
            },
            shop: of,
            party: between(dice, 1, 4) + *pick(dice, &[0, 0, 0, 0, 0, 0, 2, 9, -4]),
        },
    })
}
