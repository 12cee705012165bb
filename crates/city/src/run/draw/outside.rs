//! What happens without anybody at the platform: refunds and payouts at the provider, and timers.

use std::collections::BTreeMap;

use kernel::{Ctx, Timestamp};

use super::{any, index, mostly};
use crate::dice::chance;
use crate::run::model::{Model, PayoutStatus, RefundStatus, TimerKind};
use crate::run::op::{Name, No, Op};

pub(super) fn refunds(dice: &Ctx, model: &Model) -> Option<Op> {
    match dice.random_below(3) {
        0 => {
            let waits = |refund: &crate::run::model::Refund| {
                matches!(refund.status, RefundStatus::Requested | RefundStatus::Failed)
            };
            mostly(dice, &model.refunds, 5, waits).map(|refund| Op::SendRefund { refund })
        }
        1 => {
            let succeeds = chance(dice, 70);
            let refund = any(dice, &model.provider.refunds, |tries| tries.last() == Some(&None))?;
            Some(Op::RefundOutside { refund, succeeds })
        }
        _ => {
            let (refund, tries) = decided(dice, &model.provider.refunds)?;
            Some(Op::ReportRefund { refund, tries })
        }
    }
}

/// One of the tries of which the provider knows what became.
fn decided(dice: &Ctx, book: &BTreeMap<No, Vec<Option<bool>>>) -> Option<(No, usize)> {
    let no = any(dice, book, |tries| tries.iter().any(Option::is_some))?;
    let decided = book[&no].iter().filter(|tries| tries.is_some()).count();
    Some((no, 1 + index(dice, decided)))
}

pub(super) fn payouts(dice: &Ctx, model: &Model) -> Option<Op> {
    let second = chance(dice, 50);
    match dice.random_below(5) {
        0 => Some(Op::Propose {
            shop: index(dice, model.world.shops.len()),
            second,
        }),
        1 => {
            let payout = mostly(dice, &model.payouts, 10, |payout| {
                payout.status == PayoutStatus::Proposed
            })?;
            Some(Op::Approve { payout, second })
        }
        2 => {
            let succeeds = chance(dice, 60);
            let payout = any(dice, &model.provider.transfers, |tries| {
                tries.last() == Some(&None)
            })?;
            Some(Op::TransferOutside { payout, succeeds })
        }
        3 => {
            let (payout, tries) = decided(dice, &model.provider.transfers)?;
            Some(Op::ReportTransfer { payout, tries })
        }
        _ => {
            let payout = mostly(dice, &model.payouts, 10, |payout| {
                payout.status == PayoutStatus::Failed
            })?;
            Some(Op::Retry { payout })
        }
    }
}

/// The timer that has waited longest, or, now and then, one before its time.
pub(super) fn timer(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let early = chance(dice, 5);
    let due = model.timers.iter().filter(|(_, due)| early || **due <= now);
    let ((kind, name), _) = due.min_by_key(|(timer, due)| (**due, **timer))?;
    timer_op(*kind, *name)
}

/// The command for which a timer calls.
fn timer_op(kind: TimerKind, name: Name) -> Option<Op> {
    match (kind, name) {
        (TimerKind::Release, Name::Order(order)) => Some(Op::Release { order }),
        (TimerKind::Expire, Name::Voucher(order, n)) => Some(Op::Expire { voucher: (order, n) }),
        (TimerKind::PostRebate, Name::Redemption(redemption)) => Some(Op::PostRebate { redemption }),
        _ => None,
    }
}

/// What is left to be said once nobody does anything new: the provider decides and tells everything. `None`: all
/// is said.
pub(crate) fn drain(model: &Model) -> Option<Op> {
    let provider = &model.provider;
    let unheard = provider
        .payments
        .keys()
        .find(|payment| !provider.heard.contains_key(payment));
    if let Some(payment) = unheard {
        return Some(Op::ReportPayment {
            payment: *payment,
            asked: false,
        });
    }
    for (refund, now) in model.refunds.iter().map(|(no, refund)| (*no, refund.status)) {
        let tries = provider.refunds.get(&refund).map_or(&[][..], Vec::as_slice);
        return Some(match (now, tries.last()) {
            (RefundStatus::Succeeded, _) => continue,
            (RefundStatus::Sent, Some(None)) => Op::RefundOutside {
                refund,
                succeeds: true,
            },
            (RefundStatus::Sent, _) => Op::ReportRefund {
                refund,
                tries: tries.len(),
            },
            (RefundStatus::Requested | RefundStatus::Failed, _) => Op::SendRefund { refund },
        });
    }
    for (payout, now) in model.payouts.iter().map(|(no, payout)| (*no, payout.status)) {
        let tries = provider.transfers.get(&payout).map_or(&[][..], Vec::as_slice);
        return Some(match (now, tries.last()) {
            (PayoutStatus::Proposed | PayoutStatus::Paid, _) => continue,
            (PayoutStatus::Approved, Some(None)) => Op::TransferOutside {
                payout,
                succeeds: true,
            },
            (PayoutStatus::Approved, _) => Op::ReportTransfer {
                payout,
                tries: tries.len(),
            },
            (PayoutStatus::Failed, _) => Op::Retry { payout },
        });
    }
    None
}
