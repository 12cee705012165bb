//! The number of units that an offer may sell, set anew.

use kernel::{Ctx, OfferId};
use store::{Fail, Lock, Tx, sql};

use super::managed_offer;
use crate::bucket;
use crate::decide::check_number;
use crate::events::StockChanged;
use crate::reject::OFFER_CHANGED;

/// Sets an offer's stock.
#[derive(Debug, Clone)]
pub struct ChangeStock {
    /// Which offer.
    pub offer: OfferId,
    /// All units, sold ones included.
    pub capacity: i64,
}

impl ChangeStock {
    /// The offer itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("offer", self.offer)]
    }
}

/// Sets the stock and gives the excess: units that were sold or are held beyond it. With an excess the
/// stock is closed, and nothing more is sold until it is set again.
///
/// Rejects with `OFFER_INVALID` and `OFFER_CHANGED`.
pub fn change_stock(tx: &mut Tx, ctx: &Ctx, cmd: &ChangeStock) -> Result<i64, Fail> {
    let offer = managed_offer(tx, ctx, cmd.offer)?;
    check_number("/capacity", cmd.capacity, 0, i64::from(i32::MAX))?;
    let moved = tx.claim(sql!(
        "UPDATE offer SET version = version + 1 WHERE id = $1 AND version = $2",
        offer.id,
        offer.version
    ))?;
    if moved == 0 {
        return Err(OFFER_CHANGED.plain().into());
    }
    let excess = bucket::set_capacity(tx, offer.stock_bucket, cmd.capacity)?;
    let event = StockChanged {
        offer: offer.id,
        merchant: offer.merchant,
        capacity: cmd.capacity,
        excess,
    };
    tx.emit(ctx, offer.id, offer.version + 1, &event)?;
    Ok(excess)
}
