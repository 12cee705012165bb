//! What was bought is given up before it was used: what is kept of its money is of who would have served the buyer, the
//! rest goes back. A merchant that gives up what earnest money was paid for owes the buyer as much again.

use kernel::{BasisPoints, Ctx, MerchantId, RefundId};
use ledger::{Account, Leg, LineKind, NewEntry, Reason, SettlementLine};
use offer::DepositKind;
use store::{Fail, Lock, Tx, sql};

use crate::commands::EXPIRE_VOUCHER;
use crate::decide::{UnitMoney, split_escrow, split_fee};
use crate::model::{GivenUp, RefundCause};
use crate::queries::VoucherMoney;
use crate::refund::{MoneyBack, give_money_back};

/// Settles what is left of a voucher that was closed. Gives what goes back, and the refund that it goes by.
pub(crate) fn give_up(
    tx: &mut Tx,
    ctx: &Ctx,
    money: &VoucherMoney,
    (rest, unit_returns): (UnitMoney, bool),
    (by, cause): (GivenUp, RefundCause),
) -> Result<(RefundId, UnitMoney), Fail> {
    let (kept, part) = split_fee(&rest, money.deposit, by.fee());
    let back = MoneyBack {
        of: money,
        part,
        cause,
        unit_returns,
    };
    let refund = give_money_back(tx, ctx, &back)?;
    forfeit(tx, ctx, money, &kept)?;
    if by == GivenUp::ByMerchant && money.deposit == Some(DepositKind::Earnest) {
        compensate(tx, ctx, money, refund, part.deposit().price)?;
    }
    tx.clear_timer(EXPIRE_VOUCHER, money.voucher)?;
    Ok((refund, part))
}

/// What is kept of a voucher becomes its payee's, less the commission; of nothing nothing is written. Nobody earns a
/// rebate by what was not used.
pub(crate) fn forfeit(tx: &mut Tx, ctx: &Ctx, money: &VoucherMoney, kept: &UnitMoney) -> Result<(), Fail> {
    if kept.escrow() == 0 {
        return Ok(());
    }
    let payee = payee(tx, money)?;
    let split = split_escrow(kept.escrow(), money.commission, BasisPoints::ZERO);
    let line = SettlementLine {
        discount_platform: kept.discount_platform,
        discount_merchant: kept.discount_merchant,
        due_at_store: kept.due_at_store,
        commission: split.commission,
        ..line(ctx, money, payee, LineKind::Forfeit, (kept.price, split.payable))
    };
    ledger::settle_line(tx, ctx, &line, Reason::Forfeited)
}

/// Of whom what is not used is: who runs the store that it was booked at, or who sold it.
fn payee(tx: &mut Tx, money: &VoucherMoney) -> Result<MerchantId, Fail> {
    match money.booked_store {
        Some(store) => party::queries::payee(tx, store),
        None => Ok(money.merchant),
    }
}

/// As much as earnest money goes back, from the payee to the buyer's balance, at once. No more than the payee is owed: the
/// platform does not lend it, or two of one mind could draw money from a merchant that has none.
fn compensate(
    tx: &mut Tx,
    ctx: &Ctx,
    money: &VoucherMoney,
    refund: RefundId,
    earnest: i64,
) -> Result<(), Fail> {
    let payee = payee(tx, money)?;
    tx.lock(&[Lock::row("merchant", payee)]);
    let owed = ledger::queries::open_sum(tx, payee, money.currency)?;
    let amount = earnest.min(owed.max(0));
    let legs = [
        Leg::debit(Account::MerchantPayable, Some(payee.uuid()), amount),
        Leg::credit(Account::RebatePayable, Some(money.buyer.uuid()), amount),
    ];
    let entry = NewEntry::of(Reason::Compensated, money.voucher.uuid(), money.currency, legs);
    let Some(entry) = entry else {
        return Ok(());
    };
    ledger::post(tx, ctx, &entry)?;
    ledger::book_line(
        tx,
        ctx,
        &line(ctx, money, payee, LineKind::Compensation, (-amount, -amount)),
    )?;
    ledger::give_back(tx, money.buyer, money.currency, amount)?;
    tx.tell(sql!(
        "UPDATE refund SET compensation = $1 WHERE id = $2",
        amount,
        refund
    ))?;
    Ok(())
}

/// A line of what was not used.
fn line(
    ctx: &Ctx,
    money: &VoucherMoney,
    payee: MerchantId,
    kind: LineKind,
    (price, payable): (i64, i64),
) -> SettlementLine {
    SettlementLine {
        id: ctx.new_id(),
        merchant: payee,
        store: money.booked_store,
        voucher: money.voucher,
        order: money.order,
        reference: money.voucher.uuid(),
        kind,
        currency: money.currency,
        price,
        discount_platform: 0,
        discount_merchant: 0,
        due_at_store: 0,
        commission: 0,
        rebate: 0,
        payable,
        at: ctx.now,
    }
}
