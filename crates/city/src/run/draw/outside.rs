//! What happens without anybody at the platform: refunds and payouts at the provider, forgeries, workers and
//! timers.

use std::collections::{BTreeMap, BTreeSet};

use gateway::webhook::TOLERANCE_US;
use kernel::{Ctx, DAY_US, HOUR_US, SECOND_US, Timestamp};

use super::{any, index, mostly, voucher};
use crate::dice::{between, chance, pick};
use crate::run::model::{Model, Payment, PayoutStatus, RefundStatus, TimerKind};
use crate::run::op::{Forgery, Name, News, No, Op, Worker};

/// A QR is good for this one and the next.
const STEP_US: i64 = voucher::STEP_S * SECOND_US;

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
            let is_last = tries == model.provider.refunds[&refund].len();
            Some(hear(dice, News::Refund(refund, tries), is_last))
        }
    }
}

/// The payer's bank takes a payment back, or gives it back. Half the time of one whose refund is at the provider.
pub(super) fn dispute(dice: &Ctx, model: &Model) -> Option<Op> {
    let of_open_refunds: BTreeSet<_> = model
        .provider
        .refunds
        .iter()
        .filter(|(_, tries)| tries.last() == Some(&None))
        .map(|(refund, _)| model.refunds[refund].attempt)
        .collect();
    let with_open_refund = chance(dice, 50);
    let payment = |fits: fn(&Payment) -> bool| {
        any(dice, &model.provider.payments, |payment| {
            fits(payment) && (!with_open_refund || of_open_refunds.contains(&Some(payment.attempt)))
        })
    };
    if chance(dice, 60) {
        let payment = payment(|payment| payment.charged_back.is_none())?;
        let whole = chance(dice, if with_open_refund { 70 } else { 30 });
        return Some(Op::ChargeBackOutside { payment, whole });
    }
    let payment = payment(|payment| payment.charged_back.is_some() && !payment.reversed)?;
    Some(Op::ReverseOutside { payment })
}

/// Everything that there is to be told of payments that were made.
pub(super) fn news_of_payments(model: &Model) -> impl DoubleEndedIterator<Item = News> {
    model.provider.payments.iter().flat_map(|(no, payment)| {
        let charged_back = payment.charged_back.map(|_| News::ChargedBack(*no));
        let reversed = payment.reversed.then_some(News::Reversed(*no));
        [Some(News::Paid(*no)), charged_back, reversed]
            .into_iter()
            .flatten()
    })
}

/// What became of an earlier try was mostly told already, so it is mostly asked for.
fn hear(dice: &Ctx, news: News, is_last: bool) -> Op {
    Op::Hear {
        news,
        asked: chance(dice, if is_last { 20 } else { 70 }),
    }
}

/// What nobody may believe: another's signature, a delivery that is changed, renamed or stale, a screenshot.
pub(super) fn forge(dice: &Ctx, model: &Model) -> Option<Op> {
    if chance(dice, 30) {
        let voucher = voucher(dice, model, |_| true)?;
        let age_us = between(dice, 2 * STEP_US, HOUR_US);
        return Some(Op::Forge(if chance(dice, 70) {
            Forgery::Screenshot(voucher, age_us)
        } else {
            Forgery::OtherPhone(voucher)
        }));
    }
    let news = match dice.random_below(5) {
        0 => decided(dice, &model.provider.refunds).map(|(refund, tries)| News::Refund(refund, tries)),
        1 => decided(dice, &model.provider.transfers).map(|(payout, tries)| News::Transfer(payout, tries)),
        2 => any(dice, &model.attempts, |_| true).map(News::NotPaid),
        3 => any(dice, &model.provider.payments, |payment| {
            payment.charged_back.is_some()
        })
        .map(News::ChargedBack),
        _ => any(dice, &model.provider.payments, |_| true).map(News::Paid),
    }?;
    let too_long_us = between(dice, TOLERANCE_US + SECOND_US, DAY_US);
    Some(Op::Forge(match dice.random_below(6) {
        0 => Forgery::Secret(news),
        1 => Forgery::Leaked(news, index(dice, 5)),
        2 => Forgery::Renamed(news),
        3 => Forgery::Changed(news, index(dice, 1_000)),
        4 => Forgery::Replayed(news, too_long_us),
        _ => Forgery::Replayed(news, -too_long_us),
    }))
}

pub(super) fn work(dice: &Ctx) -> Op {
    Op::Work {
        worker: *pick(dice, &[Worker::Messages, Worker::Reviews, Worker::Balances]),
        dies_after: chance(dice, 50).then(|| index(dice, 4)),
    }
}

/// One of the tries of which the provider knows what became; half the time of what is sent again meanwhile.
fn decided(dice: &Ctx, book: &BTreeMap<No, Vec<Option<bool>>>) -> Option<(No, usize)> {
    let is_decided = |tries: &Vec<Option<bool>>| tries.iter().any(Option::is_some);
    let is_sent_again = |tries: &Vec<Option<bool>>| is_decided(tries) && tries.last() == Some(&None);
    let sent_again = chance(dice, 50).then(|| any(dice, book, is_sent_again));
    let no = sent_again.flatten().or_else(|| any(dice, book, is_decided))?;
    let decided = book[&no].iter().filter(|tries| tries.is_some()).count();
    Some((no, 1 + index(dice, decided)))
}

pub(super) fn payouts(dice: &Ctx, model: &Model, now: Timestamp) -> Option<Op> {
    let second = chance(dice, 50);
    match dice.random_below(5) {
        0 => {
            let shop = index(dice, model.world.shops.len());
            let owes = -model.owed_to(shop, now);
            Some(if owes > 0 && chance(dice, 50) {
                let wrong = i64::from(chance(dice, 20));
                let amount = i64::try_from(owes).unwrap_or(i64::MAX) - wrong;
                Op::PayIn { shop, amount }
            } else {
                Op::Propose { shop, second }
            })
        }
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
            let is_last = tries == model.provider.transfers[&payout].len();
            Some(hear(dice, News::Transfer(payout, tries), is_last))
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
        (TimerKind::CloseGroup, Name::Group(group)) => Some(Op::CloseGroup { group }),
        (TimerKind::Remind, Name::Booking(booking)) => Some(Op::Remind { booking }),
        (TimerKind::Lapse, Name::Booking(booking)) => Some(Op::Lapse { booking }),
        (TimerKind::EndWaiting, Name::WaitlistEntry(entry)) => Some(Op::EndWaiting { entry }),
        (TimerKind::RefundShowing, Name::Showing(showing)) => Some(Op::RefundShowing { showing }),
        (TimerKind::Expire, Name::Voucher(order, n)) => Some(Op::Expire { voucher: (order, n) }),
        (TimerKind::AgreementStarts, Name::Agreement(good)) => Some(Op::AgreementStarts { good }),
        (TimerKind::AgreementEnds, Name::Agreement(good)) => Some(Op::AgreementEnds { good }),
        (TimerKind::PostRebate, Name::Redemption(redemption)) => Some(Op::PostRebate { redemption }),
        _ => None,
    }
}

/// What is left to be said once nobody does anything new: the provider decides and tells everything. `None`: all
/// is said.
pub(crate) fn drain(model: &Model) -> Option<Op> {
    let provider = &model.provider;
    let tell = |news| Op::Hear { news, asked: false };
    if let Some(unheard) = news_of_payments(model).find(|news| !model.heard.contains_key(news)) {
        return Some(tell(unheard));
    }
    for (refund, now) in model.refunds.iter().map(|(no, refund)| (*no, refund.status)) {
        let tries = provider.refunds.get(&refund).map_or(&[][..], Vec::as_slice);
        return Some(match (now, tries.last()) {
            (RefundStatus::Succeeded, _) => continue,
            (RefundStatus::Sent | RefundStatus::TakenBack, Some(None)) => Op::RefundOutside {
                refund,
                succeeds: true,
            },
            (RefundStatus::Sent | RefundStatus::TakenBack, _) => tell(News::Refund(refund, tries.len())),
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
            (PayoutStatus::Approved, _) => tell(News::Transfer(payout, tries.len())),
            (PayoutStatus::Failed, _) => Op::Retry { payout },
        });
    }
    None
}
