//! Where the money of a use goes, and back: the entry in the ledger, the line in the merchant's
//! statement, the sharer's rebate. The amounts come from `convert`; nothing is computed here.

use std::ops::Range;

use convert::SelfDealing;
use convert::decide::{UseMoney, use_amounts};
use convert::queries::VoucherMoney;
use kernel::{BasisPoints, Ctx, MerchantId};
use ledger::{AccrueRebate, LineKind, Reason, ReverseRebate, SettlementLine};
use store::{Fail, StorageError, Tx};

use crate::Redemption;

/// The money of the uses `taken` of a voucher, and why its sharer earns nothing by them: who deals with themself does not,
/// and what they would have earned stays the merchant's. Two statements if there is a sharer, none otherwise.
pub(crate) fn money_of_uses(
    tx: &mut Tx,
    terms: &VoucherMoney,
    taken: Range<i64>,
) -> Result<(UseMoney, Option<SelfDealing>), Fail> {
    let refused = match terms.sharer {
        None => None,
        Some(sharer) if sharer == terms.buyer => Some(SelfDealing::Person),
        Some(_) => convert::queries::self_dealing(tx, terms.order)?,
    };
    let rebate = match refused {
        None if terms.sharer.is_some() => terms.rebate,
        None | Some(_) => BasisPoints::ZERO,
    };
    let money = use_amounts(&terms.paid, terms.uses, taken, terms.commission, rebate);
    Ok((money, refused))
}

/// Moves a redemption's money out of escrow to the payee, who runs the store, and the platform, and sets the sharer's rebate
/// aside.
pub(crate) fn settle_uses(
    tx: &mut Tx,
    ctx: &Ctx,
    (redemption, payee): (&Redemption, MerchantId),
    terms: &VoucherMoney,
    money: &UseMoney,
) -> Result<(), Fail> {
    let line = SettlementLine {
        id: ctx.new_id(),
        merchant: payee,
        store: Some(redemption.store),
        voucher: redemption.voucher,
        order: redemption.order,
        reference: redemption.id.uuid(),
        kind: LineKind::Redemption,
        currency: terms.currency,
        price: money.paid.price,
        discount_platform: money.paid.discount_platform,
        discount_merchant: money.paid.discount_merchant,
        due_at_store: money.paid.due_at_store,
        commission: money.split.commission,
        rebate: money.split.rebate,
        payable: money.split.payable,
        at: ctx.now,
    };
    ledger::settle_line(tx, ctx, &line, Reason::Redeemed)?;
    if let Some(sharer) = terms.sharer {
        let rebate = AccrueRebate {
            redemption: redemption.id,
            order: redemption.order,
            sharer,
            merchant: payee,
            currency: terms.currency,
            amount: money.split.rebate,
            due_at: redemption.refund_until,
        };
        ledger::accrue_rebate(tx, ctx, &rebate)?;
    }
    Ok(())
}

/// Moves a use's money back into escrow, exactly as `line` took it out, whoever was paid meanwhile: a
/// negative line follows in the merchant's next statement. The rebate comes back as far as it was set
/// aside. Gives what is in escrow again, in minor units.
pub(crate) fn reverse_use(
    tx: &mut Tx,
    ctx: &Ctx,
    line: &SettlementLine,
    redemption: &Redemption,
    reason: (LineKind, Reason),
) -> Result<i64, Fail> {
    let rebate = ReverseRebate {
        redemption: redemption.id,
    };
    ledger::reverse_rebate(tx, ctx, &rebate)?;
    ledger::reverse_line(tx, ctx, line, reason)?;
    Ok(line.commission + line.rebate + line.payable)
}

/// The settlement line of a redemption, and whether a payout holds it.
pub(crate) fn line_of(tx: &mut Tx, redemption: &Redemption) -> Result<(SettlementLine, bool), Fail> {
    let found = ledger::queries::line_of(tx, redemption.id.uuid(), LineKind::Redemption)?;
    let (line, payout) = found.ok_or_else(|| StorageError::bug("a redemption without a settlement line"))?;
    Ok((line, payout.is_some()))
}
