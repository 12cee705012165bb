//! The rules of redemption, pure: whether a voucher's use may be taken, whether an offline scan fits its
//! device's allowance, whether a redemption can be undone.

use kernel::{MerchantId, Reject, Timestamp};
use voucher::{Voucher, VoucherStatus};

use crate::{
    LossReason, Redemption, RedemptionStatus, ScannerAllowance, UNDO_NOT_LAST, UNDO_SETTLED, UNDO_TOO_LATE,
};

/// Misses after which a staff member or device is locked.
pub(crate) const MAX_MISSES: i64 = 10;

/// How a voucher was shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    /// Whose staff took it.
    pub merchant: MerchantId,
    /// Whether the store is one of the voucher's.
    pub in_its_store: bool,
    /// The binding of the pass in the QR; none for a code.
    pub binding: Option<u32>,
    /// When.
    pub at: Timestamp,
    /// Of a card that is used so often in a period.
    pub period: Option<PeriodLeft>,
}

/// What a period leaves of a card.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PeriodLeft {
    /// So many more uses.
    pub uses: i64,
    /// The next period's beginning.
    pub until: Timestamp,
}

/// Whether a use may be taken of this voucher. The first thing that is wrong is the answer, and what the
/// actor may not know of comes first. Uses that were kept for somebody who `is_expected` are there, as often as the period allows. `voucher::use_up` guards the same rules.
pub(crate) fn check_use(voucher: &Voucher, shown: &Shown, is_expected: bool) -> Result<(), LossReason> {
    if voucher.merchant != shown.merchant {
        return Err(LossReason::UnknownVoucher);
    }
    if !shown.in_its_store {
        return Err(LossReason::WrongStore);
    }
    if shown
        .binding
        .is_some_and(|binding| i64::from(binding) != voucher.binding)
    {
        return Err(LossReason::Rebound);
    }
    match voucher.status {
        VoucherStatus::Used => Err(LossReason::UsedUp),
        VoucherStatus::Refunded => Err(LossReason::Refunded),
        VoucherStatus::Expired => Err(LossReason::Expired),
        VoucherStatus::Live if voucher.valid_until <= shown.at => Err(LossReason::Expired),
        VoucherStatus::Live if is_expected => Ok(()),
        VoucherStatus::Live if voucher.uses_left == voucher.uses_held => Err(LossReason::UsesHeld),
        VoucherStatus::Live if shown.period.is_some_and(|period| period.uses <= 0) => {
            Err(LossReason::PeriodFull)
        }
        VoucherStatus::Live => Ok(()),
    }
}

/// Whether a device that has accepted `before` may accept one more use worth `amount`, and what it has
/// accepted then.
pub(crate) fn within_cap(
    before: ScannerAllowance,
    amount: i64,
    cap: ScannerAllowance,
) -> Option<ScannerAllowance> {
    let after = ScannerAllowance {
        uses: before.uses.checked_add(1)?,
        amount: before.amount.checked_add(amount)?,
    };
    (after.uses <= cap.uses && after.amount <= cap.amount).then_some(after)
}

/// What decides whether a redemption can be undone, beside who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UndoFacts {
    /// The highest use of the voucher that was not undone.
    pub last_use_no: i64,
    /// Whether a payout holds the redemption.
    pub settled: bool,
    /// When.
    pub now: Timestamp,
}

/// Whether a redemption can be undone. Uses are numbered without gaps, so the last one goes first.
pub(crate) fn check_undo(redemption: &Redemption, facts: &UndoFacts) -> Result<(), Reject> {
    check_live(redemption)?;
    if facts.now > redemption.undo_until {
        return Err(UNDO_TOO_LATE.because(format!("It could be undone until {}.", redemption.undo_until)));
    }
    if facts.settled {
        return Err(UNDO_SETTLED.plain());
    }
    if redemption.use_no != facts.last_use_no {
        let detail = format!(
            "This is use {}; use {} stands.",
            redemption.use_no, facts.last_use_no
        );
        return Err(UNDO_NOT_LAST.because(detail));
    }
    Ok(())
}

/// Whether a redemption stands.
pub(crate) fn check_live(redemption: &Redemption) -> Result<(), Reject> {
    match redemption.status {
        RedemptionStatus::Live => Ok(()),
        RedemptionStatus::Undone | RedemptionStatus::Refunded => {
            let detail = format!("The redemption is {}.", redemption.status.as_str());
            Err(crate::REDEMPTION_NOT_LIVE.because(detail))
        }
    }
}

#[cfg(test)]
mod tests;
