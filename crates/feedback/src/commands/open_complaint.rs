//! A buyer complains about an order.

use consume::RedemptionStatus;
use convert::queries::OrderView;
use kernel::{ComplaintId, Ctx, DAY_US, OrderId, StoreId, Timestamp};
use store::{Fail, Lock, Tx, sql};

use super::END_COMPLAINT_TURN;
use crate::complaint::{NewStep, due_at, record_step};
use crate::{
    COMPLAINT_EXISTS, COMPLAINT_NOT_POSSIBLE, Complaint, ComplaintKind, ComplaintSide, ComplaintStatus,
    Statement, queries,
};

/// How long after an order was paid, or what was bought was used last, its buyer may complain.
const OPEN_US: i64 = 90 * DAY_US;

/// So many visits of an order are looked at.
const MOST_VISITS: i64 = 200;

/// Complain about this order.
#[derive(Debug, Clone)]
pub struct OpenComplaint {
    /// Which.
    pub order: OrderId,
    /// Of what.
    pub kind: ComplaintKind,
    /// What happened.
    pub says: Statement,
}

impl OpenComplaint {
    /// The order's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("orders", self.order)]
    }
}

/// Opens a complaint of the order's buyer, which the merchant is to answer within three days.
///
/// Rejects: `complaint_invalid`, `not_found` (another's order too), `complaint_not_possible`, `complaint_exists`, and
/// `party`'s for who is no consumer.
pub fn open_complaint(tx: &mut Tx, ctx: &Ctx, cmd: &OpenComplaint) -> Result<ComplaintId, Fail> {
    let person = party::require_open_account(tx, ctx)?;
    let says = cmd.says.checked(tx, &[person.uuid()])?;
    tx.lock(&cmd.locks());
    let order = convert::queries::order(tx, cmd.order)?;
    let order = order.filter(|order| order.person == person);
    let order = order.ok_or_else(|| party::NOT_FOUND.plain())?;
    let store = where_it_was(tx, ctx, &order)?;
    let becomes = ComplaintStatus::Open;
    let complaint = Complaint {
        id: ctx.new_id(),
        order: order.id,
        person,
        merchant: order.merchant,
        offer: order.line.offer,
        store,
        kind: cmd.kind,
        status: becomes,
        due_at: due_at(ctx, becomes, false),
        decided_by: None,
        created_at: ctx.now,
        version: 1,
    };
    insert(tx, &complaint)?;
    let step = NewStep {
        by: (ComplaintSide::Guest, Some(person)),
        becomes,
        says,
        refunded: 0,
    };
    record_step(tx, ctx, &complaint, &step, complaint.version)?;
    Ok(complaint.id)
}

/// Where what was bought was used, or is booked, if that is one store and there is something new to complain of.
fn where_it_was(tx: &mut Tx, ctx: &Ctx, order: &OrderView) -> Result<Option<StoreId>, Fail> {
    let paid_at = order.paid_at.ok_or_else(|| {
        COMPLAINT_NOT_POSSIBLE.because("The order was not paid: nothing is owed to either side.".to_owned())
    })?;
    let visits = consume::queries::redemptions_of_order(tx, order.id, MOST_VISITS)?;
    let visits = visits
        .iter()
        .filter(|visit| visit.status != RedemptionStatus::Undone);
    let last_at = visits.clone().map(|visit| visit.recorded_at).max();
    let until: Timestamp = last_at.unwrap_or(paid_at).max(paid_at).plus_us(OPEN_US);
    if ctx.now > until {
        let detail = format!("It was possible until {until}.");
        return Err(COMPLAINT_NOT_POSSIBLE.because(detail).into());
    }
    if let Some(last) = queries::complaint_of_order(tx, order.id)?
        && !last.is_unanswered()
        && last_at.is_none_or(|at| at <= last.created_at)
    {
        let detail = "What it was about is closed; another is possible after another visit.";
        return Err(COMPLAINT_EXISTS.because(detail.to_owned()).into());
    }
    let mut stores: Vec<StoreId> = visits.map(|visit| visit.store).collect();
    if stores.is_empty() {
        stores = consume::queries::store_of_booked_order(tx, order.id)?;
    }
    let store = stores.first().copied();
    Ok(store.filter(|store| stores.iter().all(|other| other == store)))
}

fn insert(tx: &mut Tx, new: &Complaint) -> Result<(), Fail> {
    let opened = tx.claim(sql!(
        "INSERT INTO complaint (id, order_id, person_id, merchant_id, offer_id, store_id, kind, status, due_at, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (order_id) WHERE status IN ('open', 'answered', 'escalated') DO NOTHING",
        new.id,
        new.order,
        new.person,
        new.merchant,
        new.offer,
        new.store,
        new.kind.as_str(),
        new.status.as_str(),
        new.due_at,
        new.created_at,
        new.version
    ))?;
    if opened == 0 {
        return Err(COMPLAINT_EXISTS.plain().into());
    }
    match new.due_at {
        Some(due_at) => Ok(tx.set_timer(END_COMPLAINT_TURN, new.id, due_at)?),
        None => Ok(()),
    }
}
