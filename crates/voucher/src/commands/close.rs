//! A live voucher is closed before its last use: refunded or expired, never both.

use kernel::VoucherId;
use store::{Fail, Tx, sql};

use crate::model::Closed;

/// A voucher as it was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedVoucher {
    /// The uses that were left. What is refunded or forfeited follows from this, not from what was read
    /// before: a use may have been taken in between.
    pub uses_left: i64,
    /// The voucher's version now.
    pub version: i64,
}

/// Closes a live voucher. `None`: it is live no longer.
pub fn close(tx: &mut Tx, voucher: VoucherId, closed: Closed) -> Result<Option<ClosedVoucher>, Fail> {
    let row = tx.one(sql!(
        "UPDATE voucher SET status = $1, version = version + 1 WHERE id = $2 AND status = 'live'
         RETURNING uses_left, version",
        closed.status().as_str(),
        voucher
    ))?;
    let Some(mut row) = row else {
        return Ok(None);
    };
    Ok(Some(ClosedVoucher {
        uses_left: row.take()?,
        version: row.take()?,
    }))
}
