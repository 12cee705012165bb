//! Where a command runs and what it locks: its offer's lane, and every row that it will claim. Buckets
//! never change for an order, so whoever submits commands asks this first and then names them all.

use kernel::{
    BucketId, CouponId, GroupId, OfferId, OrderId, PaymentAttemptId, PersonId, RefundId, Timestamp, VoucherId,
};
use store::{Ask, Fail, Lock, ReadTx, Row, StorageError, sql};

use crate::commands::{PlaceCart, PlaceOrder};
use crate::decide::TypedCode;
use crate::model::GroupChoice;

/// The lane of a command and the rows to lock for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Names the lane.
    pub lane: OfferId,
    /// For [`store::Job::locking`].
    pub locks: Vec<Lock>,
}

/// For [`crate::place_order`]. `None`: no such offer.
pub fn place_route(cmd: &PlaceOrder) -> Ask<Option<Route>> {
    let lane = cmd.offer;
    // Four at most: no more are used.
    let mut coupons = cmd.wallet_coupons.iter().copied().map(Some).chain([None; 4]);
    let mut coupon = || coupons.next().flatten();
    let group = match cmd.group {
        Some(GroupChoice::Join(group)) => Some(group),
        Some(GroupChoice::Open) | None => None,
    };
    let query = sql!(
        "SELECT o.stock_bucket, a.head_count_bucket, c.budget_bucket, g.place_bucket
         FROM offer o JOIN agreement a ON a.id = o.agreement_id
         LEFT JOIN wallet_coupon w ON w.id IN ($1, $2, $3, $4) LEFT JOIN coupon c ON c.id = w.coupon_id
         LEFT JOIN purchase_group g ON g.id = $5 WHERE o.id = $6 AND a.head_count_bucket IS NOT NULL
         UNION ALL SELECT c.count_bucket, c.budget_bucket, NULL, NULL FROM coupon c
         WHERE c.distribution = 'automatic' AND c.status = 'live'
           AND (c.merchant_id IS NULL OR c.merchant_id = (SELECT o.merchant_id FROM offer o WHERE o.id = $6))",
        coupon(),
        coupon(),
        coupon(),
        coupon(),
        group,
        lane
    );
    let coupons = cmd
        .wallet_coupons
        .iter()
        .map(|coupon| Lock::row("wallet_coupon", *coupon));
    let mut locks: Vec<Lock> = coupons.collect();
    Ask::new(query, move |rows| {
        if rows.is_empty() {
            return Ok(None);
        }
        for mut row in rows {
            let buckets: [Option<BucketId>; 4] = [row.take()?, row.take()?, row.take()?, row.take()?];
            locks.extend(
                buckets
                    .into_iter()
                    .flatten()
                    .map(|bucket| Lock::row("bucket", bucket)),
            );
        }
        locks.sort();
        locks.dedup();
        Ok(Some(Route { lane, locks }))
    })
}

/// For [`crate::place_cart`]: the lane of its first order, and what all of them claim. `None`: nothing that is sold.
pub fn cart_route(read: &mut ReadTx, cart: &PlaceCart) -> Result<Option<Route>, Fail> {
    let mut whole: Option<Route> = None;
    for order in &cart.orders {
        let route = read.answer(place_route(order))?;
        match (&mut whole, route) {
            (Some(whole), Some(route)) => whole.locks.extend(route.locks),
            (None, route) => whole = route,
            (Some(_), None) => {}
        }
    }
    if let Some(Route { locks, .. }) = &mut whole {
        locks.sort();
        locks.dedup();
    }
    Ok(whole)
}

/// What is known of a coupon before [`crate::claim_coupon`] is run for a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimRoute {
    /// For [`store::Job::locking`].
    pub locks: Vec<Lock>,
    /// Others have claimed all of it, and the person none: the command would say so, and whoever waits for it would
    /// wait for nothing.
    pub all_claimed: bool,
}

/// For [`crate::claim_coupon`].
pub fn claim_route(coupon: CouponId, person: PersonId, now: Timestamp) -> Ask<ClaimRoute> {
    let query = sql!(
        "SELECT c.count_bucket, CASE WHEN c.status = 'live' AND c.distribution = 'claimed' AND p.person_id IS NULL
                  AND c.starts_at <= $1 AND c.ends_at > $1 AND b.held + b.taken >= b.capacity
                THEN CAST(1 AS BIGINT) ELSE 0 END
         FROM coupon c JOIN bucket b ON b.id = c.count_bucket
         LEFT JOIN coupon_person p ON p.coupon_id = c.id AND p.person_id = $2 WHERE c.id = $3",
        now,
        person,
        coupon
    );
    Ask::new(query, |rows| match rows.into_iter().next() {
        Some(mut row) => Ok(ClaimRoute {
            locks: vec![Lock::row("bucket", row.take::<BucketId>()?)],
            all_claimed: row.take()?,
        }),
        None => Ok(ClaimRoute::default()),
    })
}

/// The rows that [`crate::claim_code`] claims: the coupon's count.
pub fn claim_code_locks(read: &mut ReadTx, code: &str) -> Result<Vec<Lock>, Fail> {
    let Some(code) = TypedCode::read(code) else {
        return Ok(Vec::new());
    };
    let coupon = match super::coupon_of_batch(read, code.batch)? {
        Some(coupon) => super::coupon(read, coupon)?,
        None => None,
    };
    let lock = coupon.map(|coupon| Lock::row("bucket", coupon.count_bucket));
    Ok(lock.into_iter().collect())
}

/// The lane of an order, for what claims nothing but the order itself: starting a payment.
pub fn order_lane(order: OrderId) -> Ask<Option<OfferId>> {
    let query = sql!(
        "SELECT offer_id FROM order_line WHERE order_id = $1 AND n = 1",
        order
    );
    Ask::new(query, |rows| {
        rows.into_iter().next().map(|mut row| row.take()).transpose()
    })
}

/// For the commands on an order: cancel, release.
pub fn order_route(order: OrderId) -> Ask<Option<Route>> {
    let query = sql!(
        "SELECT l.offer_id, l.order_id, c.bucket_id FROM order_line l LEFT JOIN claim c ON c.owner_id = l.order_id
         WHERE l.order_id = $1 AND l.n = 1",
        order
    );
    Ask::new(query, |rows| route_of(rows, Vec::new()))
}

/// For the commands on a payment attempt: confirm, fail.
pub fn attempt_route(attempt: PaymentAttemptId) -> Ask<Option<Route>> {
    let query = sql!(
        "SELECT o.group_id, l.offer_id, l.order_id, c.bucket_id FROM payment_attempt a
         JOIN orders o ON o.id = a.order_id JOIN order_line l ON l.order_id = o.id AND l.n = 1
         LEFT JOIN claim c ON c.owner_id = o.id
         WHERE a.id = $1",
        attempt
    );
    let mut locks = vec![Lock::row("payment_attempt", attempt)];
    Ask::new(query, move |mut rows| {
        // The same in every row.
        let mut group: Option<GroupId> = None;
        for row in &mut rows {
            group = row.take()?;
        }
        locks.extend(group.map(|id| Lock::row("purchase_group", id)));
        route_of(rows, locks)
    })
}

/// For the commands on a voucher's money: refund, expire, and the redemption that consume runs.
pub fn voucher_route(voucher: VoucherId) -> Ask<Option<Route>> {
    let query = sql!(
        "SELECT l.offer_id, l.order_id, c.bucket_id FROM order_voucher v
         JOIN order_line l ON l.order_id = v.order_id AND l.n = v.line_n LEFT JOIN claim c ON c.owner_id = l.order_id
         WHERE v.voucher_id = $1",
        voucher
    );
    let own = Lock::row("voucher", voucher);
    Ask::new(query, move |rows| route_of(rows, vec![own]))
}

/// For the commands on a refund: sent, confirm, fail. They claim nothing but the refund itself.
pub fn refund_route(refund: RefundId) -> Ask<Option<Route>> {
    let query = sql!(
        "SELECT l.offer_id FROM refund r JOIN order_line l ON l.order_id = r.order_id AND l.n = 1 WHERE r.id = $1",
        refund
    );
    Ask::new(query, move |rows| {
        let lane = rows.into_iter().next().map(|mut row| row.take()).transpose()?;
        let locks = vec![Lock::row("refund", refund)];
        Ok(lane.map(|lane| Route { lane, locks }))
    })
}

/// Reads the offer, the order and the buckets that it claimed, one a row.
fn route_of(rows: Vec<Row>, mut locks: Vec<Lock>) -> Result<Option<Route>, StorageError> {
    let mut lane = None;
    for mut row in rows {
        let (offer, order): (OfferId, OrderId) = (row.take()?, row.take()?);
        let bucket: Option<BucketId> = row.take()?;
        if lane.replace(offer).is_none() {
            locks.push(Lock::row("orders", order));
        }
        locks.extend(bucket.map(|bucket| Lock::row("bucket", bucket)));
    }
    Ok(lane.map(|lane| Route { lane, locks }))
}
