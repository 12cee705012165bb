//! Uses of a voucher are taken, by one guarded update.

use kernel::{Timestamp, VoucherId};
use store::{Fail, Tx, sql};

/// Uses that were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoucherUse {
    /// Which of the voucher's uses, from 1; of several the last.
    pub use_no: i64,
    /// How many are left.
    pub uses_left: i64,
    /// The voucher's version now.
    pub version: i64,
}

/// Takes so many uses of a live voucher that was valid `at` that moment (the scan's, for one without a
/// network) and, if a `binding` is given, still has it. With the last use the voucher is used.
/// `None`: the guard said no; read the voucher again to say why.
pub fn use_up(
    tx: &mut Tx,
    voucher: VoucherId,
    uses: i64,
    at: Timestamp,
    binding: Option<i64>,
) -> Result<Option<VoucherUse>, Fail> {
    let row = tx.one(sql!(
        "UPDATE voucher SET uses_left = uses_left - $1, status = CASE WHEN uses_left = $1 THEN 'used' ELSE status END,
                version = version + 1
         WHERE id = $2 AND status = 'live' AND uses_left - uses_held >= $1 AND valid_until > $3 AND binding = COALESCE($4, binding)
         RETURNING uses_total - uses_left, uses_left, version",
        uses,
        voucher,
        at,
        binding
    ))?;
    let Some(mut row) = row else {
        return Ok(None);
    };
    Ok(Some(VoucherUse {
        use_no: row.take()?,
        uses_left: row.take()?,
        version: row.take()?,
    }))
}
