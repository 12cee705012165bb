//! Buying together (拼团): whoever opens a group or joins one pays the group's price and waits. Once as many as
//! it takes have paid, all get their vouchers; if time runs out before, all get their money back.
//!
//! Orders that wait in a group are touched only by who has locked its row, so that payments and its end never cross.

use kernel::{Ctx, GroupId, VoucherId};
use offer::{BucketKind, bucket};
use store::{Fail, Lock, Row, StorageError, Tx, sql};

use crate::commands::CLOSE_GROUP;
use crate::events::{GroupCompleted, GroupGrew, GroupOpened};
use crate::model::{GroupStatus, OrderStatus, Stored};
use crate::sale::{Sale, issue, read_sale};

/// The group that an order belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OrderGroup {
    pub id: GroupId,
    /// None before its leader has paid: there is no such group yet.
    pub status: Option<GroupStatus>,
}

/// Reads the group of an order and the status of the group.
pub(crate) fn read_group(row: &mut Row) -> Result<Option<OrderGroup>, StorageError> {
    let (id, status): (Option<GroupId>, Option<String>) = (row.take()?, row.take()?);
    let status = status.map(|text| GroupStatus::from_stored(&text)).transpose()?;
    Ok(id.map(|id| OrderGroup { id, status }))
}

/// Locks the group and says whether the payment of an order still counts: without a group, and for a leader, always.
pub(crate) fn accepts(tx: &mut Tx, group: Option<OrderGroup>) -> Result<bool, Fail> {
    let Some(OrderGroup { id, status: Some(_) }) = group else {
        return Ok(true);
    };
    tx.lock(&[Lock::row("purchase_group", id)]);
    let row = tx.one(sql!("SELECT status FROM purchase_group WHERE id = $1", id))?;
    let status: String = row.ok_or_else(|| StorageError::bug("a group is gone"))?.take()?;
    Ok(GroupStatus::from_stored(&status)? == GroupStatus::Open)
}

/// Counts a paid order in: opens its group, or fills a place, and with the last one completes the group.
/// Gives where the order stands now, and its vouchers.
pub(crate) fn enter(
    tx: &mut Tx,
    ctx: &Ctx,
    sale: &Sale,
    group: OrderGroup,
) -> Result<(OrderStatus, Vec<VoucherId>), Fail> {
    if group.status.is_none() {
        open(tx, ctx, sale, group.id)?;
        return Ok((OrderStatus::InGroup, Vec::new()));
    }
    let row = tx.one(sql!(
        "UPDATE purchase_group SET paid = paid + 1, version = version + 1,
                status = CASE WHEN paid + 1 = size THEN 'complete' ELSE status END
         WHERE id = $1 AND status = 'open' RETURNING size - paid, version",
        group.id
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("a locked group is not open any more"))?;
    let (missing, version): (i64, i64) = (row.take()?, row.take()?);
    let (offer, merchant, order) = (sale.offer, sale.merchant, sale.order);
    if missing > 0 {
        let event = GroupGrew {
            group: group.id,
            offer,
            merchant,
            order,
            missing,
        };
        tx.emit(ctx, group.id, version, &event)?;
        return Ok((OrderStatus::InGroup, Vec::new()));
    }
    tx.clear_timer(CLOSE_GROUP, group.id)?;
    tx.emit(
        ctx,
        group.id,
        version,
        &GroupCompleted {
            group: group.id,
            offer,
            merchant,
        },
    )?;
    let mut vouchers = Vec::new();
    for member in waiting(tx, group.id)? {
        let row = tx.one(sql!(
            "UPDATE orders SET status = 'paid', version = version + 1 WHERE id = $1 AND status = 'in_group'
             RETURNING version",
            member.order
        ))?;
        let version = row
            .ok_or_else(|| StorageError::bug("an order left its group"))?
            .take()?;
        let issued = issue(tx, ctx, &member, version)?;
        if member.order == order {
            vouchers = issued;
        }
    }
    Ok((OrderStatus::Paid, vouchers))
}

fn open(tx: &mut Tx, ctx: &Ctx, sale: &Sale, group: GroupId) -> Result<(), Fail> {
    let terms = offer::queries::group_terms(tx, sale.offer)?;
    let terms = terms.ok_or_else(|| StorageError::bug("a group of an offer without a group price"))?;
    let closes_at = ctx.now.plus_us(terms.window_us);
    // The leader's place is taken already.
    let places = bucket::create(
        tx,
        ctx,
        BucketKind::GroupPlace,
        Some(sale.merchant),
        terms.size - 1,
    )?;
    tx.tell(sql!(
        "INSERT INTO purchase_group (id, offer_id, merchant_id, leader_id, size, paid, place_bucket, status, opened_at,
           closes_at, version) VALUES ($1, $2, $3, $4, $5, 1, $6, 'open', $7, $8, 1)",
        group,
        sale.offer,
        sale.merchant,
        sale.buyer,
        terms.size,
        places,
        ctx.now,
        closes_at
    ))?;
    tx.tell(sql!(
        "INSERT INTO group_member (group_id, person_id, order_id) VALUES ($1, $2, $3)",
        group,
        sale.buyer,
        sale.order
    ))?;
    tx.set_timer(CLOSE_GROUP, group, closes_at)?;
    let event = GroupOpened {
        group,
        offer: sale.offer,
        merchant: sale.merchant,
        order: sale.order,
        missing: terms.size - 1,
    };
    tx.emit(ctx, group, 1, &event)?;
    Ok(())
}

/// The orders that wait in a group, each with all that issuing its vouchers needs.
pub(crate) fn waiting(tx: &mut Tx, group: GroupId) -> Result<Vec<Sale>, Fail> {
    let rows = tx.many(sql!(
        "SELECT o.id, o.person_id, o.merchant_id, l.offer_id, o.currency, l.quantity, l.uses, l.card, l.valid_us, l.booked_until, o.coupons,
                l.store_set, o.list_total, o.discount_platform, o.discount_merchant, o.rebate_used, o.cash_due, o.due_at_store, o.security_deposit
         FROM orders o JOIN order_line l ON l.order_id = o.id AND l.n = 1
         WHERE o.group_id = $1 AND o.status = 'in_group' ORDER BY o.id",
        group
    ))?;
    let sales = rows.into_iter().map(|mut row| read_sale(&mut row));
    Ok(sales.collect::<Result<_, _>>()?)
}
