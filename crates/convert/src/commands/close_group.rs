//! The time of a group is over and too few have paid: whoever did gets everything back. Called by the timer
//! `close_group`; races the last payment on the group's row.

use kernel::{BucketId, Ctx, GroupId, MerchantId, OfferId, Timestamp};
use store::{Fail, Lock, StorageError, Tx, sql};

use crate::commands::CLOSE_GROUP;
use crate::events::GroupFailed;
use crate::group::waiting;
use crate::model::RefundCause;
use crate::refund::{NewRefund, return_units, sold_buckets, write_refund};
use crate::reject::GROUP_NOT_FOUND;
use crate::sale::Sale;

/// What [`close_group`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseGroup {
    /// Which.
    pub group: GroupId,
}

/// Closes an open group whose time is over and says whether it was this call that did. A group that is not open any
/// more stays as it is.
pub fn close_group(tx: &mut Tx, ctx: &Ctx, cmd: &CloseGroup) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    let row = tx.one(sql!(
        "SELECT closes_at, offer_id, merchant_id FROM purchase_group WHERE id = $1",
        cmd.group
    ))?;
    let mut row = row.ok_or_else(|| GROUP_NOT_FOUND.plain())?;
    let closes_at: Timestamp = row.take()?;
    if closes_at > ctx.now {
        return Ok(false);
    }
    let (offer, merchant): (OfferId, MerchantId) = (row.take()?, row.take()?);
    let buckets = sold_buckets(tx, offer)?;
    // As a payment locks them: the buckets before the group.
    let locks = buckets.map(|bucket| Lock::row("bucket", bucket)).into_iter();
    let locks = locks.chain([Lock::row("purchase_group", cmd.group)]);
    tx.lock(&locks.collect::<Vec<_>>());
    let failed = tx.one(sql!(
        "UPDATE purchase_group SET status = 'failed', version = version + 1
         WHERE id = $1 AND status = 'open' RETURNING version",
        cmd.group
    ))?;
    tx.clear_timer(CLOSE_GROUP, cmd.group)?;
    let Some(mut failed) = failed else {
        return Ok(false);
    };
    let event = GroupFailed {
        group: cmd.group,
        offer,
        merchant,
    };
    tx.emit(ctx, cmd.group, failed.take()?, &event)?;
    for order in waiting(tx, cmd.group)? {
        give_all_back(tx, ctx, buckets, &order)?;
    }
    Ok(true)
}

/// All that was paid for an order goes back, and its unit can be sold again.
fn give_all_back(tx: &mut Tx, ctx: &Ctx, buckets: [BucketId; 2], sale: &Sale) -> Result<(), Fail> {
    let order = sale.order;
    let [claimed, attempts] = tx.ask([
        sql!(
            "UPDATE orders SET status = 'refunded', cash_refunded = cash_due,
                    escrow_refunded = list_total - discount_merchant - due_at_store, units_returned = $1, version = version + 1
             WHERE id = $2 AND status = 'in_group' RETURNING id",
            sale.quantity,
            order
        ),
        sql!(
            "SELECT id FROM payment_attempt WHERE order_id = $1 AND status = 'paid'",
            order
        ),
    ])?;
    if claimed.is_empty() {
        return Err(StorageError::bug("an order left its group").into());
    }
    let attempt = attempts
        .into_iter()
        .next()
        .map(|mut row| row.take())
        .transpose()?;
    return_units(tx, order, buckets, sale.quantity, Some(sale.coupons))?;
    let rebate = sale.amounts.rebate_used;
    let refund = NewRefund {
        order,
        voucher: None,
        attempt,
        currency: sale.currency,
        cash: sale.amounts.cash_due,
        rebate: (rebate > 0).then_some((sale.buyer, rebate)),
        subsidy: sale.amounts.discount_platform,
        cause: RefundCause::GroupFailed,
    };
    write_refund(tx, ctx, &refund)?;
    Ok(())
}
