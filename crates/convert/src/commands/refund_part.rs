//! Sends back the money of some uses that another crate's command has reversed into escrow.

use kernel::{Ctx, RefundId, VoucherId};
use store::{Fail, Tx};

use crate::decide::UnitMoney;
use crate::model::RefundCause;
use crate::queries::voucher_money;
use crate::refund::{MoneyBack, give_money_back};
use crate::reject::REFUND_NOT_FOUND;

/// What [`refund_part`] is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundPart {
    /// Whose money.
    pub voucher: VoucherId,
    /// How much of it: [`crate::decide::UseMoney::paid`] of the use that was reversed.
    pub part: UnitMoney,
    /// Why.
    pub cause: RefundCause,
}

/// Refunds a part of a voucher by the way it was paid. A step inside the caller's command, which has
/// checked the actor and claimed the redemption; it is called once for each. Rejects what would exceed
/// the cash that was paid.
pub fn refund_part(tx: &mut Tx, ctx: &Ctx, cmd: &RefundPart) -> Result<RefundId, Fail> {
    let money = voucher_money(tx, cmd.voucher)?.ok_or_else(|| REFUND_NOT_FOUND.plain())?;
    let back = MoneyBack {
        of: &money,
        part: cmd.part,
        cause: cmd.cause,
        unit_returns: false,
    };
    give_money_back(tx, ctx, &back)
}
