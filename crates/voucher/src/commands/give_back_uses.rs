//! Uses that were taken come back, when a redemption is undone.

use kernel::VoucherId;
use store::{Fail, Tx, sql};

/// Gives so many uses back to a voucher that is live or used up, which is live then. A voucher that comes alive past its
/// end has lost its expiry timer; the caller sets it again. Gives the voucher's new version.
///
/// `None`: it was refunded or has expired meanwhile, or fewer of it were taken.
pub fn give_back_uses(tx: &mut Tx, voucher: VoucherId, uses: i64) -> Result<Option<i64>, Fail> {
    let row = tx.one(sql!(
        "UPDATE voucher SET uses_left = uses_left + $1, status = 'live', version = version + 1
         WHERE id = $2 AND status IN ('live', 'used') AND uses_total - uses_left >= $1 RETURNING version",
        uses,
        voucher
    ))?;
    Ok(row.map(|mut row| row.take()).transpose()?)
}
