//! Uses that were taken come back, when a redemption is undone.

use kernel::{Ctx, VoucherId};
use store::{Fail, StorageError, Tx, sql};

use super::issue::{claim_code, claim_codes};
use crate::VoucherCode;
use crate::model::VoucherStatus;
use crate::queries;

/// Gives so many uses back to a voucher that is live or used up, which is live then and has its old code
/// again, or a new one if that was given away meanwhile. A voucher that comes alive past its end has lost
/// its expiry timer; the caller sets it again. Gives the voucher's new version.
///
/// `None`: it was refunded or has expired meanwhile, or fewer of it were taken.
pub fn give_back_uses(tx: &mut Tx, ctx: &Ctx, voucher: VoucherId, uses: i64) -> Result<Option<i64>, Fail> {
    tx.lock(&[store::Lock::row("voucher", voucher)]);
    let Some(before) = queries::voucher(tx, voucher)? else {
        return Ok(None);
    };
    let code = match before.status {
        VoucherStatus::Refunded | VoucherStatus::Expired => return Ok(None),
        VoucherStatus::Live if before.uses_total - before.uses_left < uses => return Ok(None),
        VoucherStatus::Live => before.code,
        VoucherStatus::Used => code_again(tx, ctx, &before)?,
    };
    tx.tell(sql!(
        "UPDATE voucher SET uses_left = uses_left + $1, status = 'live', code = $2, version = version + 1
         WHERE id = $3 AND version = $4",
        uses,
        code.number(),
        voucher,
        before.version
    ))?;
    Ok(Some(before.version + 1))
}

fn code_again(tx: &mut Tx, ctx: &Ctx, voucher: &crate::Voucher) -> Result<VoucherCode, Fail> {
    let old_is_free = tx
        .one(claim_code(voucher.merchant, voucher.code, voucher.id))?
        .is_some();
    if old_is_free {
        return Ok(voucher.code);
    }
    let new = claim_codes(tx, ctx, voucher.merchant, &[voucher.id])?;
    Ok(new
        .into_iter()
        .next()
        .ok_or_else(|| StorageError::bug("one code for one voucher"))?)
}
