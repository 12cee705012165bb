//! The buyer gives up an order that is not paid yet.

use kernel::{Ctx, OrderId};
use store::{Fail, Lock, Tx};

use crate::hold::{End, end_hold};
use crate::reject::{ORDER_NOT_FOUND, ORDER_NOT_OPEN};

/// What [`cancel_order`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelOrder {
    /// Which.
    pub order: OrderId,
}

impl CancelOrder {
    /// The order's row.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("orders", self.order)]
    }
}

/// Cancels an order of the consumer who acts: units, coupon and rebates are free again. A payment that
/// comes later goes back by itself.
pub fn cancel_order(tx: &mut Tx, ctx: &Ctx, cmd: &CancelOrder) -> Result<(), Fail> {
    let buyer = party::require_consumer(ctx)?;
    let order = crate::queries::order(tx, cmd.order)?;
    if order.is_none_or(|order| order.person != buyer) {
        return Err(ORDER_NOT_FOUND.plain().into());
    }
    if !end_hold(tx, ctx, cmd.order, End::Cancelled)? {
        return Err(ORDER_NOT_OPEN
            .because("Only an order that awaits its payment can be cancelled.")
            .into());
    }
    Ok(())
}
