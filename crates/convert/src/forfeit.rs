//! What a buyer forfeits: the money of a voucher that was not used, or what is kept of it.

use kernel::Ctx;
use ledger::{LineKind, Reason, SettlementLine};
use store::{Fail, Tx};

use crate::decide::{UnitMoney, split_escrow};
use crate::queries::VoucherMoney;

/// What is left of a voucher becomes the merchant's, less the commission; of nothing nothing is written. Nobody
/// earns a rebate by what was not used.
pub(crate) fn forfeit(tx: &mut Tx, ctx: &Ctx, money: &VoucherMoney, rest: &UnitMoney) -> Result<(), Fail> {
    if rest.escrow() == 0 {
        return Ok(());
    }
    let split = split_escrow(rest.escrow(), money.commission, kernel::BasisPoints::ZERO);
    let line = SettlementLine {
        id: ctx.new_id(),
        merchant: money.merchant,
        store: None,
        voucher: money.voucher,
        order: money.order,
        reference: money.voucher.uuid(),
        kind: LineKind::Forfeit,
        currency: money.currency,
        price: rest.price,
        discount_platform: rest.discount_platform,
        discount_merchant: rest.discount_merchant,
        commission: split.commission,
        rebate: 0,
        payable: split.payable,
        at: ctx.now,
    };
    ledger::settle_line(tx, ctx, &line, Reason::Forfeited)
}
