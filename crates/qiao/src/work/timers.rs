//! Timers that are due, each handed to the command that its kind calls for. The command decides whether
//! it is still right and clears the timer, so that nodes that find the same one do no harm.

use consume::{
    END_WAITING, EndWaiting, LAPSE_BOOKING, LapseBooking, REFUND_SHOWING, REMIND_GUEST, RefundShowing,
    RemindGuest,
};
use convert::{
    CLOSE_GROUP, CloseGroup, END_SECURITY_DEPOSIT, EXPIRE_VOUCHER, EndSecurityDeposit, ExpireVoucher,
    RELEASE_ORDER, ReleaseOrder,
};
use feedback::{END_COMPLAINT_TURN, EndComplaintTurn};
use http::{App, shell};
use kernel::{Actor, Ctx};
use ledger::{POST_REBATE, PostRebate};
use offer::{AGREEMENT_ENDS, AGREEMENT_STARTS, EndAgreement, StartAgreement};
use party::{CERTIFICATION_EXPIRES, ExpireCertification};
use store::{Answer, DueTimer, Fail, Job, Lock, Tx, due_timers};

use super::{outward, text};

const AT_ONCE: i64 = 200;

/// Runs the commands of at most [`AT_ONCE`] due timers. Gives how many were done.
pub async fn step(app: App) -> Result<usize, String> {
    let now = shell::now();
    let due = app
        .store
        .read(move |read| Ok(due_timers(read, now, AT_ONCE)?))
        .await
        .map_err(text)?;
    let mut waiting = Vec::with_capacity(due.len());
    for timer in due {
        if timer.kind == RELEASE_ORDER.0 {
            outward::learn_of_payment(&app, timer.subject()).await?;
        }
        let Some(job) = job_of(&timer) else {
            tracing::error!(kind = timer.kind, "a timer of an unknown kind");
            continue;
        };
        let store = app.store.clone();
        waiting.push(tokio::spawn(async move { store.submit(job).await }));
    }
    let mut done = 0;
    for answer in waiting {
        match answer.await.map_err(|error| error.to_string())? {
            Ok(Answer::Done(_)) => done += 1,
            Ok(Answer::Rejected(rejected)) => tracing::error!(?rejected, "a timer's command was rejected"),
            Err(no_answer) => return Err(no_answer.to_string()),
        }
    }
    Ok(done)
}

fn job_of(timer: &DueTimer) -> Option<Job> {
    let kind = timer.kind.as_str();
    if kind == RELEASE_ORDER.0 {
        let cmd = ReleaseOrder {
            order: timer.subject(),
        };
        Some(job("releaseOrder", timer, cmd.locks(), move |tx, ctx| {
            convert::release_order(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == CLOSE_GROUP.0 {
        let cmd = CloseGroup {
            group: timer.subject(),
        };
        Some(job("closeGroup", timer, Vec::new(), move |tx, ctx| {
            convert::close_group(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == EXPIRE_VOUCHER.0 {
        let cmd = ExpireVoucher {
            voucher: timer.subject(),
        };
        Some(job("expireVoucher", timer, cmd.locks(), move |tx, ctx| {
            convert::expire_voucher(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == END_SECURITY_DEPOSIT.0 {
        let cmd = EndSecurityDeposit {
            order: timer.subject(),
        };
        Some(job("endSecurityDeposit", timer, cmd.locks(), move |tx, ctx| {
            convert::end_security_deposit(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == REMIND_GUEST.0 {
        let cmd = RemindGuest {
            booking: timer.subject(),
        };
        Some(job("remindGuest", timer, Vec::new(), move |tx, ctx| {
            consume::remind_guest(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == LAPSE_BOOKING.0 {
        let cmd = LapseBooking {
            booking: timer.subject(),
        };
        Some(job("lapseBooking", timer, Vec::new(), move |tx, ctx| {
            consume::lapse_booking(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == END_WAITING.0 {
        let cmd = EndWaiting {
            entry: timer.subject(),
        };
        Some(job("endWaiting", timer, Vec::new(), move |tx, ctx| {
            consume::end_waiting(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == REFUND_SHOWING.0 {
        let cmd = RefundShowing {
            showing: timer.subject(),
        };
        Some(job("refundShowing", timer, Vec::new(), move |tx, ctx| {
            consume::refund_showing(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == END_COMPLAINT_TURN.0 {
        let cmd = EndComplaintTurn {
            complaint: timer.subject(),
        };
        Some(job("endComplaintTurn", timer, cmd.locks(), move |tx, ctx| {
            feedback::end_complaint_turn(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == POST_REBATE.0 {
        let cmd = PostRebate {
            rebate: timer.subject(),
        };
        Some(job("postRebate", timer, cmd.locks(), move |tx, ctx| {
            ledger::post_rebate(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == AGREEMENT_STARTS.0 {
        let cmd = StartAgreement {
            agreement: timer.subject(),
        };
        Some(job("startAgreement", timer, Vec::new(), move |tx, ctx| {
            offer::start_agreement(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == AGREEMENT_ENDS.0 {
        let cmd = EndAgreement {
            agreement: timer.subject(),
        };
        Some(job("endAgreement", timer, cmd.locks(), move |tx, ctx| {
            offer::end_agreement(tx, ctx, &cmd).map(drop)
        }))
    } else if kind == CERTIFICATION_EXPIRES.0 {
        let cmd = ExpireCertification {
            certification: timer.subject(),
        };
        let locks = cmd.locks();
        Some(job("expireCertification", timer, locks, move |tx, ctx| {
            party::expire_certification(tx, ctx, &cmd).map(drop)
        }))
    } else {
        None
    }
}

fn job(
    name: &'static str,
    timer: &DueTimer,
    locks: Vec<Lock>,
    run: impl Fn(&mut Tx, &Ctx) -> Result<(), Fail> + Send + 'static,
) -> Job {
    let ctx = shell::ctx(Actor::System);
    Job::in_lane(name, timer.lane_key, ctx, move |tx, ctx| {
        run(tx, ctx).map(|()| String::new())
    })
    .locking(locks)
}
