//! Parties at the door, who take numbers, are called, sit, come too late or go.

use kernel::Ctx;

use super::{any, index, mostly, owner_or_other, person, staff};
use crate::dice::{between, chance, pick};
use crate::run::model::{Model, QueueStatus};
use crate::run::op::{By, Op, Whom};
use crate::run::world::LINES;

pub(super) fn queue(dice: &Ctx, model: &Model) -> Option<Op> {
    let shop = index(dice, model.world.shops.len());
    let other = index(dice, model.world.shops.len());
    let staff = staff(dice, model, shop);
    let queue = model.queues.get(&shop);
    let weight = dice.random_below(24);
    let Some(queue) = queue.filter(|_| weight > 0) else {
        return Some(Op::SetQueue {
            shop,
            staff,
            is_open: chance(dice, 80),
            lines: index(dice, LINES.len()),
        });
    };
    let of = if chance(dice, 95) { shop } else { other };
    Some(match weight {
        1..11 => Op::JoinQueue {
            by: match chance(dice, 75) {
                true => By::Guest(person(dice, model)),
                false => By::Staff(shop, staff),
            },
            shop: of,
            party: between(dice, 1, 4) + *pick(dice, &[0, 0, 0, 0, 0, 0, 2, 9, -4]),
        },
        11..16 => Op::Call {
            shop,
            staff,
            whom: Whom::Next(pick(dice, LINES[queue.lines]).0),
        },
        16..18 => Op::Call {
            shop,
            staff,
            whom: Whom::Ticket(mostly(dice, &model.queue_tickets, 10, |ticket| {
                (ticket.shop, ticket.status) == (of, QueueStatus::Missed)
            })?),
        },
        18..22 => Op::EndTicket {
            shop,
            staff,
            ticket: mostly(dice, &model.queue_tickets, 10, |ticket| {
                (ticket.shop, ticket.status) == (of, QueueStatus::Called)
            })?,
            seated: chance(dice, 50),
        },
        _ => {
            let ticket = any(dice, &model.queue_tickets, |ticket| ticket.is_live())?;
            let guest = model.queue_tickets[&ticket].person;
            Op::LeaveQueue {
                person: guest.map_or_else(|| person(dice, model), |guest| owner_or_other(dice, model, guest)),
                ticket,
            }
        }
    })
}
