//! The end of an order's hold without a payment: everything that it kept is free again.

use kernel::{Ctx, Currency, GroupId, OrderId, PersonId};
use offer::bucket;
use store::{Fail, StorageError, Tx, sql};

use crate::automatic::uncount;
use crate::commands::RELEASE_ORDER;
use crate::events::OrderReleased;
use crate::model::{OrderStatus, PaymentStatus, Stored, WalletCouponStatus};
use crate::queries::{coupon_claims_query, read_coupon_claims};

/// Why a hold ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Cancelled,
    RanOut,
}

/// Ends the hold of an order that awaits its payment. `false`: it awaits none (any more).
pub(crate) fn end_hold(tx: &mut Tx, ctx: &Ctx, order: OrderId, end: End) -> Result<bool, Fail> {
    let status = match end {
        End::Cancelled => OrderStatus::Cancelled,
        End::RanOut => OrderStatus::Released,
    };
    let [ended, claims] = tx.ask([
        sql!(
            "UPDATE orders SET status = $1, version = version + 1 WHERE id = $2 AND status = 'placed'
             RETURNING person_id, currency, rebate_used, coupons, version, group_id",
            status.as_str(),
            order
        ),
        coupon_claims_query(order),
    ])?;
    let Some(mut row) = ended.into_iter().next() else {
        return Ok(false);
    };
    if read_coupon_claims(claims)?.has_automatic {
        uncount(tx, order)?;
    }
    let (person, currency): (PersonId, Currency) = (row.take()?, row.take()?);
    let (rebate_used, coupons): (i64, i64) = (row.take()?, row.take()?);
    let version = row.take()?;
    let group: Option<GroupId> = row.take()?;
    if !bucket::release(tx, order.uuid())? {
        return Err(StorageError::bug("a placed order holds nothing").into());
    }
    tx.clear_timer(RELEASE_ORDER, order)?;
    if let Some(group) = group {
        // A leader who has not paid is in no group yet.
        tx.claim(sql!(
            "DELETE FROM group_member WHERE group_id = $1 AND person_id = $2",
            group,
            person
        ))?;
    }
    free_coupons(tx, order, coupons, WalletCouponStatus::Held)?;
    ledger::give_back(tx, person, currency, rebate_used)?;
    tx.tell(sql!(
        "UPDATE payment SET status = $1, version = version + 1 WHERE order_id = $2",
        PaymentStatus::Closed.as_str(),
        order
    ))?;
    let event = OrderReleased {
        order,
        person,
        cancelled: end == End::Cancelled,
    };
    tx.emit(ctx, order, version, &event)?;
    Ok(true)
}

/// Puts the coupons that an order held or used back into the wallet. Told.
pub(crate) fn free_coupons(
    tx: &mut Tx,
    order: OrderId,
    coupons: i64,
    from: WalletCouponStatus,
) -> Result<(), Fail> {
    if coupons > 0 {
        let freed = sql!(
            "UPDATE wallet_coupon SET status = $1, order_id = NULL WHERE order_id = $2 AND status = $3",
            WalletCouponStatus::Claimed.as_str(),
            order,
            from.as_str()
        );
        tx.tell_rows(freed, coupons.unsigned_abs())?;
    }
    Ok(())
}
