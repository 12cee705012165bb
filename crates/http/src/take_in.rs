//! Runs the command that takes a provider's news in, in the lane and with the locks that it needs.

use convert::queries::{self, Route};
use kernel::{Ctx, MerchantId, PaymentAttemptId, PayoutId, StaticType, TypeSafeId};
use store::{Answer, Fail, Job, Key, Lock, Tx};

use crate::app::App;
use crate::problem::Problem;
use crate::provider_news::{NewsCommand, PROVIDER};
use crate::shell;

/// Runs it, under the event's key or, when it was asked for, without one.
pub async fn take_in(app: &App, key: Option<Key>, command: NewsCommand) -> Result<(), Problem> {
    match command {
        NewsCommand::ConfirmPayment(cmd) => {
            let route = route_of(app, cmd.attempt).await?;
            run(
                app,
                "confirmPayment",
                route.lane,
                key,
                route.locks,
                move |tx, ctx| convert::confirm_payment(tx, ctx, &cmd).map(drop),
            )
            .await
        }
        NewsCommand::ChargeBack(cmd) => {
            let route = route_of(app, cmd.payment.attempt).await?;
            run(app, "chargeBack", route.lane, key, route.locks, move |tx, ctx| {
                consume::charge_back(tx, ctx, &cmd)
            })
            .await
        }
        NewsCommand::ReverseChargeback(cmd) => {
            let route = route_of(app, cmd.payment.attempt).await?;
            run(
                app,
                "reverseChargeback",
                route.lane,
                key,
                route.locks,
                move |tx, ctx| consume::reverse_chargeback(tx, ctx, &cmd),
            )
            .await
        }
        NewsCommand::FailPayment(cmd) => {
            run(
                app,
                "failPayment",
                cmd.attempt,
                key,
                cmd.locks(),
                move |tx, ctx| convert::fail_payment(tx, ctx, &cmd),
            )
            .await
        }
        NewsCommand::ConfirmRefund(cmd) => {
            run(
                app,
                "confirmRefund",
                cmd.refund,
                key,
                cmd.locks(),
                move |tx, ctx| convert::confirm_refund(tx, ctx, &cmd),
            )
            .await
        }
        NewsCommand::FailRefund(cmd) => {
            run(app, "failRefund", cmd.refund, key, cmd.locks(), move |tx, ctx| {
                convert::fail_refund(tx, ctx, &cmd)
            })
            .await
        }
        NewsCommand::ConfirmPayout(cmd) => {
            let lane = merchant_of(app, cmd.payout).await?;
            run(app, "confirmPayout", lane, key, cmd.locks(), move |tx, ctx| {
                ledger::confirm_payout(tx, ctx, &cmd).map(drop)
            })
            .await
        }
        NewsCommand::FailPayout(cmd) => {
            let lane = merchant_of(app, cmd.payout).await?;
            run(app, "failPayout", lane, key, cmd.locks(), move |tx, ctx| {
                ledger::fail_payout(tx, ctx, &cmd).map(drop)
            })
            .await
        }
    }
}

async fn route_of(app: &App, attempt: PaymentAttemptId) -> Result<Route, Problem> {
    let route = app.ask(queries::attempt_route(attempt)).await?;
    Ok(route.ok_or_else(|| convert::PAYMENT_NOT_FOUND.plain())?)
}

async fn merchant_of(app: &App, payout: PayoutId) -> Result<MerchantId, Problem> {
    let payout = app
        .read(move |read| ledger::queries::payout(read, payout))
        .await?;
    Ok(payout.ok_or_else(|| party::NOT_FOUND.plain())?.merchant)
}

async fn run<K: StaticType>(
    app: &App,
    name: &'static str,
    lane: TypeSafeId<K>,
    key: Option<Key>,
    locks: Vec<Lock>,
    command: impl Fn(&mut Tx, &Ctx) -> Result<(), Fail> + Send + 'static,
) -> Result<(), Problem> {
    let ctx = shell::ctx(PROVIDER);
    let job = Job::new(name, lane, ctx, move |tx, ctx| {
        command(tx, ctx).map(|()| String::new())
    });
    let job = match key {
        Some(key) => job.keyed(key),
        None => job,
    };
    match app.store.submit(job.locking(locks)).await? {
        Answer::Done(_) => Ok(()),
        Answer::Rejected(rejected) => Err(rejected.into()),
    }
}
