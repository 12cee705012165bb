//! Ids that a command made without telling, looked up in its own transaction.

use convert::{RefundCause, Stored};
use kernel::{
    BookingId, CouponId, GroupId, OrderId, PaymentAttemptId, RebateId, RedemptionId, RefundId, ShareLinkId,
    ShowingId, Timestamp, VoucherId,
};
use store::{Fail, FromValue, Query, StorageError, Tx, sql};
use uuid::Uuid;

fn only<T: FromValue>(tx: &mut Tx, query: Query) -> Result<T, Fail> {
    let row = tx.one(query)?;
    let mut row =
        row.ok_or_else(|| StorageError::bug("the simulator finds nothing where something was made"))?;
    Ok(row.take()?)
}

fn all(tx: &mut Tx, query: Query) -> Result<Vec<Uuid>, Fail> {
    let rows = tx.many(query)?.into_iter();
    Ok(rows.map(|mut row| row.take()).collect::<Result<_, _>>()?)
}

/// What took the uses of a card that were kept for a booking.
pub(super) fn redemption_of(tx: &mut Tx, booking: BookingId) -> Result<Option<Uuid>, Fail> {
    only(
        tx,
        sql!("SELECT redemption_id FROM booking WHERE id = $1", booking),
    )
}

/// The secret of a share link.
pub(super) fn token_of(tx: &mut Tx, link: ShareLinkId) -> Result<String, Fail> {
    only(tx, sql!("SELECT token FROM share_link WHERE id = $1", link))
}

/// The coupon's code of this number.
pub(super) fn code_of(tx: &mut Tx, coupon: CouponId, number: i64) -> Result<String, Fail> {
    let coupon = convert::queries::coupon(tx, coupon)?;
    let codes = coupon.and_then(|coupon| coupon.codes);
    let codes = codes.ok_or_else(|| StorageError::bug("a coupon without codes"))?;
    Ok(codes.code(number))
}

/// The vouchers of an order and of all that are in its group.
pub(super) fn vouchers_together(tx: &mut Tx, order: OrderId) -> Result<Vec<Uuid>, Fail> {
    all(
        tx,
        sql!(
            "SELECT v.voucher_id FROM orders m JOIN orders o ON o.id = m.id OR o.group_id = m.group_id
             JOIN order_voucher v ON v.order_id = o.id WHERE m.id = $1 ORDER BY o.id, v.voucher_id",
            order
        ),
    )
}

/// The refunds of the orders of a group that was not completed.
pub(super) fn refunds_of_group(tx: &mut Tx, group: GroupId) -> Result<Vec<Uuid>, Fail> {
    all(
        tx,
        sql!(
            "SELECT r.id FROM orders o JOIN refund r ON r.order_id = o.id AND r.cause = 'group_failed'
             WHERE o.group_id = $1 ORDER BY o.id",
            group
        ),
    )
}

/// The refunds of who had booked a showing, that were made at this moment.
pub(super) fn refunds_of_showing(tx: &mut Tx, showing: ShowingId, at: Timestamp) -> Result<Vec<Uuid>, Fail> {
    all(
        tx,
        sql!(
            "SELECT r.id FROM booking b JOIN refund r ON r.order_id = b.order_id AND r.requested_at = $1
             WHERE b.showing_id = $2 ORDER BY b.id",
            at,
            showing
        ),
    )
}

/// The refund of a payment that no order wanted.
pub(super) fn refund_of_attempt(tx: &mut Tx, attempt: PaymentAttemptId) -> Result<Uuid, Fail> {
    only(
        tx,
        sql!(
            "SELECT id FROM refund WHERE attempt_id = $1 AND cause IN ('late_payment', 'mismatch')",
            attempt
        ),
    )
}

pub(super) fn attempt_of_refund(tx: &mut Tx, refund: RefundId) -> Result<PaymentAttemptId, Fail> {
    let row = tx.one(sql!("SELECT attempt_id FROM refund WHERE id = $1", refund))?;
    let mut row = row.ok_or_else(|| StorageError::bug("a refund is gone"))?;
    Ok(row.take()?)
}

/// The refunds by which what was left of a charged back payment went back, or what the bank gave back of it.
pub(super) fn refunds_by_bank(
    tx: &mut Tx,
    attempt: PaymentAttemptId,
    cause: RefundCause,
) -> Result<Vec<Uuid>, Fail> {
    all(
        tx,
        sql!(
            "SELECT id FROM refund WHERE attempt_id = $1 AND cause = $2 ORDER BY requested_at",
            attempt,
            cause.as_str()
        ),
    )
}

/// The refund of a voucher that ran out.
pub(super) fn refund_of_expired(tx: &mut Tx, voucher: VoucherId) -> Result<Option<RefundId>, Fail> {
    let row = tx.one(sql!(
        "SELECT id FROM refund WHERE voucher_id = $1 AND cause = 'expired'",
        voucher
    ))?;
    Ok(row.map(|mut row| row.take()).transpose()?)
}

/// The rebate that a redemption earned.
pub(super) fn rebate_of(tx: &mut Tx, redemption: RedemptionId) -> Result<RebateId, Fail> {
    only(
        tx,
        sql!("SELECT id FROM rebate WHERE redemption_id = $1", redemption),
    )
}
