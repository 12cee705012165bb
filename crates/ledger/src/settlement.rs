//! Settlement lines: what a merchant's statement is made of. Booked once, never changed but for the
//! stamp of the payout that pays them.

use kernel::Ctx;
use store::{Fail, StorageError, Tx, sql};

use crate::SettlementLine;
use crate::decide::check_line;

/// Adds a line to its merchant's open statement. Told: one statement. A second line for the same
/// reference and kind is a bug: the caller's own guard has decided that there is one.
///
/// # Errors
/// A bug if the line does not add up, see [`SettlementLine`].
pub fn book_line(tx: &mut Tx, _ctx: &Ctx, line: &SettlementLine) -> Result<(), Fail> {
    check_line(line).map_err(StorageError::bug)?;
    tx.tell(sql!(
        "INSERT INTO settlement_line (id, merchant_id, store_id, voucher_id, order_id, reference, kind, currency,
           price, discount_platform, discount_merchant, commission, rebate, payable, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        line.id,
        line.merchant,
        line.store,
        line.voucher,
        line.order,
        line.reference,
        line.kind,
        line.currency,
        line.price,
        line.discount_platform,
        line.discount_merchant,
        line.commission,
        line.rebate,
        line.payable,
        line.at
    ))?;
    Ok(())
}
