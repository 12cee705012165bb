//! Forgets the codes of vouchers that were closed long ago.

use kernel::{Ctx, DAY_US};
use store::{Fail, Tx, sql};

/// How long a closed voucher is found by its code.
const KEPT_US: i64 = 7 * DAY_US;

/// Forgets at most `limit` codes whose vouchers were closed more than 7 days ago, and gives how many. For Qiao
/// itself.
pub fn prune_codes(tx: &mut Tx, ctx: &Ctx, limit: i64) -> Result<u64, Fail> {
    party::require_system(ctx)?;
    // The outer condition is the guard: a live voucher may take a code after it was chosen.
    Ok(tx.claim(sql!(
        "DELETE FROM voucher_code WHERE closed_at < $1 AND (merchant_id, code) IN
           (SELECT merchant_id, code FROM voucher_code WHERE closed_at < $1 ORDER BY closed_at LIMIT $2)",
        ctx.now.plus_us(-KEPT_US),
        limit
    ))?)
}
