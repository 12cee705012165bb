//! A person's account is closed: who they are is forgotten, their orders and the money stay under the id.

use kernel::{Ctx, PersonId};
use store::{Fail, Tx, sql};

use crate::reject::PERSON_HAS_OPEN;

/// What [`erase_person`] is told.
#[derive(Debug, Clone, Copy)]
pub struct ErasePerson {
    /// Whether the person gives up what is still open.
    pub give_up_open: bool,
}

/// Erases the consumer who acts: as [`party::erase_person`], and what they paid with. Unless it is given up,
/// an order that awaits its payment or its group, a refund on its way, a live voucher, a security deposit that is held or a rebate to spend forbids it;
/// what is bought at this very moment is given up with the rest.
pub fn erase_person(tx: &mut Tx, ctx: &Ctx, cmd: &ErasePerson) -> Result<PersonId, Fail> {
    let person = party::require_consumer(ctx)?;
    let open = open_things(tx, ctx, person)?;
    if !cmd.give_up_open && !open.is_empty() {
        let detail = format!("There is still: {}.", open.join(", "));
        return Err(PERSON_HAS_OPEN.at("/give_up_open", detail).into());
    }
    party::erase_person(tx, ctx)?;
    tx.claim(sql!(
        "UPDATE payment_attempt SET instrument = NULL
         WHERE order_id IN (SELECT id FROM orders WHERE person_id = $1)",
        person
    ))?;
    tx.claim(sql!(
        "UPDATE security_deposit SET claimed_because = ''
         WHERE claimed > 0 AND order_id IN (SELECT id FROM orders WHERE person_id = $1)",
        person
    ))?;
    Ok(person)
}

fn open_things(tx: &mut Tx, ctx: &Ctx, person: PersonId) -> Result<Vec<String>, Fail> {
    let counts = tx.ask([
        sql!(
            "SELECT COUNT(*) FROM orders WHERE person_id = $1 AND status = 'placed'",
            person
        ),
        sql!(
            "SELECT COUNT(*) FROM orders WHERE person_id = $1 AND status = 'in_group'",
            person
        ),
        sql!(
            "SELECT COUNT(*) FROM orders o JOIN refund r ON r.order_id = o.id
             WHERE o.person_id = $1 AND r.status <> 'succeeded'",
            person
        ),
        sql!(
            "SELECT COUNT(*) FROM orders o JOIN security_deposit d ON d.order_id = o.id
             WHERE o.person_id = $1 AND d.status = 'held'",
            person
        ),
    ])?;
    let [orders, in_groups, refunds, deposits] =
        counts.map(|rows| rows.into_iter().next().map_or(Ok(0), |mut row| row.take()));
    let (orders, in_groups, refunds): (i64, i64, i64) = (orders?, in_groups?, refunds?);
    let deposits: i64 = deposits?;
    let vouchers = voucher::queries::live_count(tx, person, ctx.now)?;
    let rebates = ledger::queries::spendable(tx, person)?;
    let counted = [
        (orders, "orders that await their payment"),
        (in_groups, "orders that await their group"),
        (refunds, "refunds on their way"),
        (vouchers, "live vouchers"),
        (deposits, "security deposits that are held"),
    ];
    let counted = counted.into_iter().filter(|(count, _)| *count > 0);
    let counted = counted.map(|(count, what)| format!("{count} {what}"));
    let rebates = rebates
        .into_iter()
        .map(|money| format!("{money} of rebates to spend"));
    Ok(counted.chain(rebates).collect())
}
