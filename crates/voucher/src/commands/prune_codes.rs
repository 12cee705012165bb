//! Forgets the codes of vouchers that were closed long ago.

use kernel::{Ctx, Timestamp};
use store::{Fail, Tx, sql};

/// Forgets at most `limit` codes whose vouchers were closed before `before`, and gives how many. For Qiao
/// itself.
pub fn prune_codes(tx: &mut Tx, ctx: &Ctx, before: Timestamp, limit: i64) -> Result<u64, Fail> {
    party::require_system(ctx)?;
    // The outer condition is the guard: a live voucher may take a code after it was chosen.
    Ok(tx.claim(sql!(
        "DELETE FROM voucher_code WHERE closed_at < $1 AND (merchant_id, code) IN
           (SELECT merchant_id, code FROM voucher_code WHERE closed_at < $1 ORDER BY closed_at LIMIT $2)",
        before,
        limit
    ))?)
}
