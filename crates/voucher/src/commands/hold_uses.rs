//! Uses of a card are kept for something that it was booked for.

use kernel::VoucherId;
use store::{Fail, StorageError, Tx, sql};

/// Keeps so many uses of a live voucher, whose row the caller has locked, so that nothing else takes them. `false`: not so
/// many are left that are not kept.
pub fn hold_uses(tx: &mut Tx, voucher: VoucherId, uses: i64) -> Result<bool, Fail> {
    let held = tx.claim(sql!(
        "UPDATE voucher SET uses_held = uses_held + $1, version = version + 1
         WHERE id = $2 AND status = 'live' AND uses_left - uses_held >= $1",
        uses,
        voucher
    ))?;
    Ok(held == 1)
}

/// Gives up so many uses that were kept. Told.
pub fn release_uses(tx: &mut Tx, voucher: VoucherId, uses: i64) -> Result<(), StorageError> {
    tx.tell(sql!(
        "UPDATE voucher SET uses_held = uses_held - $1, version = version + 1 WHERE id = $2",
        uses,
        voucher
    ))
}
