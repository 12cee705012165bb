//! What time does by itself after the orders: timers that have come due, and payouts every fortnight. What
//! is left for today is a payout that waits for its second operator.

use consume::{REMIND_GUEST, RemindGuest};
use convert::{END_SECURITY_DEPOSIT, EXPIRE_VOUCHER, EndSecurityDeposit, ExpireVoucher, RefundStatus};
use kernel::{Actor, Currency, Money, Timestamp};
use ledger::{Account, ApprovePayout, CloseDay, ConfirmPayout, POST_REBATE, PostRebate, TrialRow};
use offer::{AGREEMENT_STARTS, StartAgreement};
use store::{DueTimer, Fail, StorageError, Tx, due_timers};

use crate::CityError;
use crate::orders::send_back;
use crate::people::Operators;
use crate::works::{Works, acting, work};

const TIMERS_AT_ONCE: i64 = 200;

/// The ends of the periods that were paid out, in days ago.
const PAID_PERIODS: [i64; 3] = [45, 30, 15];

/// Runs the command of every timer that is due by now, at the time at which it was due. Gives the number
/// of rebates that were posted.
pub(crate) fn run_timers(works: &mut Works) -> Result<u64, CityError> {
    let now = works.calendar.now;
    let mut rebates = 0;
    loop {
        let due = works
            .store
            .read_blocking(move |read| Ok(due_timers(read, now, TIMERS_AT_ONCE)?))?;
        if due.is_empty() {
            return Ok(rebates);
        }
        rebates += works.run_alone("a timer", due.len() as u64 * work::TIMER, move |tx, ctx| {
            let mut rebates = 0;
            for timer in &due {
                rebates += u64::from(ring(tx, &acting(ctx, Actor::System, timer.due), timer)?);
            }
            Ok(rebates)
        })?;
    }
}

/// Whether it was a rebate's.
fn ring(tx: &mut Tx, ctx: &kernel::Ctx, timer: &DueTimer) -> Result<bool, Fail> {
    match timer.kind.as_str() {
        kind if kind == POST_REBATE.0 => ledger::post_rebate(
            tx,
            ctx,
            &PostRebate {
                rebate: timer.subject(),
            },
        ),
        kind if kind == AGREEMENT_STARTS.0 => {
            offer::start_agreement(
                tx,
                ctx,
                &StartAgreement {
                    agreement: timer.subject(),
                },
            )?;
            Ok(false)
        }
        kind if kind == EXPIRE_VOUCHER.0 => {
            // Of a voucher that was used up in time: nothing but the timer itself is left.
            convert::expire_voucher(
                tx,
                ctx,
                &ExpireVoucher {
                    voucher: timer.subject(),
                },
            )?;
            Ok(false)
        }
        kind if kind == END_SECURITY_DEPOSIT.0 => {
            let order = timer.subject();
            convert::end_security_deposit(tx, ctx, &EndSecurityDeposit { order })?;
            for refund in convert::queries::refunds_of(tx, order)? {
                if refund.status == RefundStatus::Requested {
                    send_back(tx, ctx, refund.id, timer.due)?;
                }
            }
            Ok(false)
        }
        kind if kind == REMIND_GUEST.0 => {
            consume::remind_guest(
                tx,
                ctx,
                &RemindGuest {
                    booking: timer.subject(),
                },
            )?;
            Ok(false)
        }
        // Running it again and again would never end.
        kind => Err(StorageError::bug(format!("the past leaves no {kind} timer behind")).into()),
    }
}

/// Pays the merchants for every period that is over, and proposes the last one.
pub(crate) fn pay_out(works: &mut Works, operators: Operators) -> Result<(), CityError> {
    for days_ago in PAID_PERIODS {
        let until = works.calendar.at(days_ago, 0);
        close(works, operators, until, true)?;
    }
    let yesterday = works.calendar.at(1, 0);
    close(works, operators, yesterday, false)
}

fn close(works: &mut Works, operators: Operators, until: Timestamp, paid: bool) -> Result<(), CityError> {
    let mut after = None;
    loop {
        let (payouts, next) = works.run_alone("a payout", 0, move |tx, ctx| {
            let hour = |n: i64| until.plus_us(n * kernel::HOUR_US);
            let proposer = Actor::Operator(operators.finance);
            let closed = ledger::close_day(tx, &acting(ctx, proposer, hour(9)), &CloseDay { until, after })?;
            for proposal in closed.proposals.iter().filter(|_| paid) {
                let payout = proposal.payout;
                let approver = acting(ctx, Actor::Operator(operators.second), hour(11));
                ledger::approve_payout(tx, &approver, &ApprovePayout { payout })?;
                let arrived = acting(ctx, Actor::System, hour(20));
                ledger::confirm_payout(tx, &arrived, &ConfirmPayout { payout })?;
            }
            Ok((closed.proposals.len() as u64, closed.next))
        })?;
        works.tell(payouts * work::PAYOUT)?;
        match next {
            Some(_) => after = next,
            None => return Ok(()),
        }
    }
}

/// What one account holds by the journal, by currency.
pub(crate) fn holdings(rows: &[TrialRow], account: Account) -> Vec<Money> {
    let of_account = rows.iter().filter(|row| row.account == account);
    let amounts = of_account.map(|row| Money::new(row.balance.posted + row.balance.pending, row.currency));
    amounts.collect()
}

/// The same with the other sign: what went out of it.
pub(crate) fn outflow(rows: &[TrialRow], account: Account) -> Vec<Money> {
    let negate = |money: Money| Money::new(-money.amount, money.currency);
    holdings(rows, account).into_iter().map(negate).collect()
}

/// An amount as `currency code, minor units`, for an event.
pub(crate) fn to_pair(money: &Money) -> (String, i64) {
    (money.currency.code().to_owned(), money.amount)
}

/// Reads [`to_pair`] back.
pub(crate) fn from_pair((code, amount): &(String, i64)) -> Option<Money> {
    Currency::from_code(code).map(|currency| Money::new(*amount, currency))
}
