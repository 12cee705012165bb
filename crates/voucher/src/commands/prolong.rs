//! A live voucher is valid until another time.

use kernel::{Timestamp, VoucherId};
use store::{StorageError, Tx, sql};

/// Sets until when a live voucher, whose row the caller has locked, is valid. A pass that was signed before says
/// what it said. Told.
pub fn prolong(tx: &mut Tx, voucher: VoucherId, until: Timestamp) -> Result<(), StorageError> {
    tx.tell(sql!(
        "UPDATE voucher SET valid_until = $1, version = version + 1 WHERE id = $2 AND status = 'live'",
        until,
        voucher
    ))
}
