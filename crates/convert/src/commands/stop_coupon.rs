//! The kill switch of a coupon: from its commit on nobody claims it and no order uses it. Orders that
//! were placed before keep their discount.

use kernel::{CouponId, Ctx, MerchantId};
use offer::bucket;
use party::{OperatorRole, Role};
use store::{Fail, Lock, Tx, sql};

use crate::events::CouponStopped;
use crate::model::{CouponStatus, Stored};
use crate::queries::coupon;
use crate::reject::COUPON_NOT_FOUND;

/// What [`stop_coupon`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopCoupon {
    /// Which.
    pub coupon: CouponId,
}

impl StopCoupon {
    /// The coupon's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("coupon", self.coupon)]
    }
}

/// Stops a coupon for ever. Staff of its merchant (manager and above) and operators may. Stopping a
/// stopped one does nothing.
pub fn stop_coupon(tx: &mut Tx, ctx: &Ctx, cmd: &StopCoupon) -> Result<(), Fail> {
    tx.lock(&cmd.locks());
    let stopped = coupon(tx, cmd.coupon)?.ok_or_else(|| COUPON_NOT_FOUND.plain())?;
    check_actor(tx, ctx, stopped.terms.merchant)?;
    if stopped.status == CouponStatus::Stopped {
        return Ok(());
    }
    // An order that read the coupon while it was live still has to pass its buckets: they are shut too.
    bucket::set_capacity(tx, stopped.count_bucket, 0)?;
    bucket::set_capacity(tx, stopped.budget_bucket, 0)?;
    tx.tell(sql!(
        "UPDATE coupon SET status = $1, version = version + 1 WHERE id = $2",
        CouponStatus::Stopped.as_str(),
        cmd.coupon
    ))?;
    let (coupon, merchant) = (cmd.coupon, stopped.terms.merchant);
    tx.emit(
        ctx,
        coupon,
        stopped.version + 1,
        &CouponStopped { coupon, merchant },
    )?;
    Ok(())
}

fn check_actor(tx: &mut Tx, ctx: &Ctx, merchant: Option<MerchantId>) -> Result<(), Fail> {
    if let (kernel::Actor::Staff(..), Some(merchant)) = (ctx.actor, merchant) {
        party::require_staff(tx, ctx, merchant, None, Role::Manager)?;
        return Ok(());
    }
    party::require_operator(
        tx,
        ctx,
        &[OperatorRole::Admin, OperatorRole::Finance, OperatorRole::Support],
    )?;
    Ok(())
}
