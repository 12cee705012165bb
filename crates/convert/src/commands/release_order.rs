//! An order's hold ran out: its units, coupon and rebates are free again. Called by the timer
//! `release_order`; races a payment on the order's guarded update, and the payment refunds if it loses.

use kernel::{Ctx, OrderId};
use store::{Fail, Lock, Tx};

use crate::commands::RELEASE_ORDER;
use crate::hold::{End, end_hold};
use crate::reject::ORDER_NOT_FOUND;

/// What [`release_order`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseOrder {
    /// Which.
    pub order: OrderId,
}

impl ReleaseOrder {
    /// The order's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("orders", self.order)]
    }
}

/// Releases the order and says whether it was this call that did. Does nothing before the hold runs
/// out, and nothing to an order that awaits no payment.
pub fn release_order(tx: &mut Tx, ctx: &Ctx, cmd: &ReleaseOrder) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    let order = crate::queries::order(tx, cmd.order)?.ok_or_else(|| ORDER_NOT_FOUND.plain())?;
    if order.hold_until > ctx.now {
        return Ok(false);
    }
    let released = end_hold(tx, ctx, cmd.order, End::RanOut)?;
    if !released {
        // Somebody else ended it: the timer that called for this has nothing left to do.
        tx.clear_timer(RELEASE_ORDER, cmd.order)?;
    }
    Ok(released)
}
