//! Where a command runs and what it locks: its offer's lane, and every row that it will claim. Buckets
//! never change for an order, so whoever submits commands asks this first and then names them all.

use kernel::{BucketId, CouponId, OfferId, OrderId, PaymentAttemptId, RefundId, VoucherId, WalletCouponId};
use store::{Fail, Lock, ReadTx, Row, sql};

use crate::commands::PlaceOrder;

/// The lane of a command and the rows to lock for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Names the lane.
    pub lane: OfferId,
    /// For [`store::Job::locking`].
    pub locks: Vec<Lock>,
}

/// For [`crate::place_order`]. `None`: no such offer. The buckets may be remembered per offer.
pub fn place_route(read: &mut ReadTx, cmd: &PlaceOrder) -> Result<Option<Route>, Fail> {
    let Some(buckets) = offer::queries::buckets_of(read, cmd.offer)? else {
        return Ok(None);
    };
    let mut locks = buckets.map(|bucket| Lock::row("bucket", bucket)).to_vec();
    if let Some(wallet_coupon) = cmd.wallet_coupon {
        locks.push(Lock::row("wallet_coupon", wallet_coupon));
        locks.extend(budget_of(read, wallet_coupon)?.map(|bucket| Lock::row("bucket", bucket)));
    }
    let lane = cmd.offer;
    Ok(Some(Route { lane, locks }))
}

fn budget_of(read: &mut ReadTx, wallet_coupon: WalletCouponId) -> Result<Option<BucketId>, Fail> {
    let row = read.one(sql!(
        "SELECT c.budget_bucket FROM wallet_coupon w JOIN coupon c ON c.id = w.coupon_id WHERE w.id = $1",
        wallet_coupon
    ))?;
    Ok(row.map(|mut row| row.take()).transpose()?)
}

/// The rows that [`crate::claim_coupon`] claims: the coupon's count.
pub fn claim_locks(read: &mut ReadTx, coupon: CouponId) -> Result<Vec<Lock>, Fail> {
    let coupon = super::coupon(read, coupon)?;
    Ok(coupon
        .map(|coupon| Lock::row("bucket", coupon.count_bucket))
        .into_iter()
        .collect())
}

/// The lane of an order, for what claims nothing but the order itself: starting a payment.
pub fn order_lane(read: &mut ReadTx, order: OrderId) -> Result<Option<OfferId>, Fail> {
    let row = read.one(sql!(
        "SELECT offer_id FROM order_line WHERE order_id = $1 AND n = 1",
        order
    ))?;
    Ok(row.map(|mut row| row.take()).transpose()?)
}

/// For the commands on an order: cancel, release.
pub fn order_route(read: &mut ReadTx, order: OrderId) -> Result<Option<Route>, Fail> {
    let row = read.one(sql!(
        "SELECT l.offer_id, l.order_id, c.budget_bucket FROM order_line l JOIN orders o ON o.id = l.order_id
         LEFT JOIN wallet_coupon w ON w.id = o.wallet_coupon_id LEFT JOIN coupon c ON c.id = w.coupon_id
         WHERE l.order_id = $1 AND l.n = 1",
        order
    ))?;
    route_of(read, row, None)
}

/// For the commands on a payment attempt: confirm, fail.
pub fn attempt_route(read: &mut ReadTx, attempt: PaymentAttemptId) -> Result<Option<Route>, Fail> {
    let row = read.one(sql!(
        "SELECT l.offer_id, l.order_id, c.budget_bucket FROM payment_attempt a
         JOIN order_line l ON l.order_id = a.order_id AND l.n = 1 JOIN orders o ON o.id = l.order_id
         LEFT JOIN wallet_coupon w ON w.id = o.wallet_coupon_id LEFT JOIN coupon c ON c.id = w.coupon_id
         WHERE a.id = $1",
        attempt
    ))?;
    route_of(read, row, Some(Lock::row("payment_attempt", attempt)))
}

/// For the commands on a voucher's money: refund, expire, and the redemption that consume runs.
pub fn voucher_route(read: &mut ReadTx, voucher: VoucherId) -> Result<Option<Route>, Fail> {
    let row = read.one(sql!(
        "SELECT l.offer_id, l.order_id, c.budget_bucket FROM order_voucher v
         JOIN order_line l ON l.order_id = v.order_id AND l.n = v.line_n JOIN orders o ON o.id = l.order_id
         LEFT JOIN wallet_coupon w ON w.id = o.wallet_coupon_id LEFT JOIN coupon c ON c.id = w.coupon_id
         WHERE v.voucher_id = $1",
        voucher
    ))?;
    route_of(read, row, Some(Lock::row("voucher", voucher)))
}

/// For the commands on a refund: sent, confirm, fail. They claim nothing but the refund itself.
pub fn refund_route(read: &mut ReadTx, refund: RefundId) -> Result<Option<Route>, Fail> {
    let row = read.one(sql!(
        "SELECT l.offer_id FROM refund r JOIN order_line l ON l.order_id = r.order_id AND l.n = 1 WHERE r.id = $1",
        refund
    ))?;
    let lane = row.map(|mut row| row.take()).transpose()?;
    let locks = vec![Lock::row("refund", refund)];
    Ok(lane.map(|lane| Route { lane, locks }))
}

/// Reads offer, order and the budget of the order's coupon.
fn route_of(read: &mut ReadTx, row: Option<Row>, own: Option<Lock>) -> Result<Option<Route>, Fail> {
    let Some(mut row) = row else {
        return Ok(None);
    };
    let (lane, order): (OfferId, OrderId) = (row.take()?, row.take()?);
    let budget: Option<BucketId> = row.take()?;
    let buckets = offer::queries::buckets_of(read, lane)?.into_iter().flatten();
    let buckets = buckets.chain(budget).map(|bucket| Lock::row("bucket", bucket));
    let rows = [Lock::row("orders", order)].into_iter().chain(own);
    let locks = rows.chain(buckets).collect();
    Ok(Some(Route { lane, locks }))
}
