//! Settlement lines: what a merchant's statement is made of. Booked once, never changed but for the
//! stamp of the payout that pays them.

use kernel::Ctx;
use store::{Fail, StorageError, Tx, sql};
use uuid::Uuid;

use crate::decide::check_line;
use crate::{Account, Leg, LineKind, NewEntry, Reason, SettlementLine, post};

/// Books a line with its entry in the journal: out of the order's escrow to merchant and platform, or back if
/// the line's amounts are negative. The rebate has an entry of its own. Told.
///
/// # Errors
/// As [`book_line`].
pub fn settle_line(tx: &mut Tx, ctx: &Ctx, line: &SettlementLine, reason: Reason) -> Result<(), Fail> {
    settle_line_from(tx, ctx, line, (Account::Escrow, Some(line.order.uuid())), reason)
}

/// The same out of another account, of that owner.
///
/// # Errors
/// As [`book_line`].
pub fn settle_line_from(
    tx: &mut Tx,
    ctx: &Ctx,
    line: &SettlementLine,
    (account, owner): (Account, Option<Uuid>),
    reason: Reason,
) -> Result<(), Fail> {
    let legs = [
        Leg::debit(account, owner, line.payable + line.commission),
        Leg::credit(Account::MerchantPayable, Some(line.merchant.uuid()), line.payable),
        Leg::credit(Account::Commission, None, line.commission),
    ];
    if let Some(entry) = NewEntry::of(reason, line.reference, line.currency, legs) {
        post(tx, ctx, &entry)?;
    }
    book_line(tx, ctx, line)
}

/// Takes back what a line settled, whoever was paid meanwhile: a line of the same amounts, negative, follows in
/// the merchant's next statement. Told.
///
/// # Errors
/// As [`book_line`].
pub fn reverse_line(
    tx: &mut Tx,
    ctx: &Ctx,
    line: &SettlementLine,
    (kind, reason): (LineKind, Reason),
) -> Result<(), Fail> {
    settle_line(tx, ctx, &line.reversed(ctx, kind), reason)
}

impl SettlementLine {
    /// The line that takes this one back.
    pub fn reversed(&self, ctx: &Ctx, kind: LineKind) -> Self {
        Self {
            id: ctx.new_id(),
            kind,
            price: -self.price,
            discount_platform: -self.discount_platform,
            discount_merchant: -self.discount_merchant,
            due_at_store: -self.due_at_store,
            commission: -self.commission,
            rebate: -self.rebate,
            payable: -self.payable,
            at: ctx.now,
            ..self.clone()
        }
    }
}

/// Adds a line to its merchant's open statement. Told: one statement. A second line for the same
/// reference and kind is a bug: the caller's own guard has decided that there is one.
///
/// # Errors
/// A bug if the line does not add up, see [`SettlementLine`].
pub fn book_line(tx: &mut Tx, _ctx: &Ctx, line: &SettlementLine) -> Result<(), Fail> {
    check_line(line).map_err(StorageError::bug)?;
    tx.tell(sql!(
        "INSERT INTO settlement_line (id, merchant_id, store_id, voucher_id, order_id, reference, kind, currency,
           price, discount_platform, discount_merchant, due_at_store, commission, rebate, payable, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
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
        line.due_at_store,
        line.commission,
        line.rebate,
        line.payable,
        line.at
    ))?;
    Ok(())
}
