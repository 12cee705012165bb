//! Effects on the outside: refunds and payouts are sent to the payment provider, and what it never told
//! us is asked. Each effect keeps its reference until it definitely failed, so that sending it twice is
//! one effect. Nothing is sent while outward effects are paused after a restore.

use convert::queries::{self, RefundToSend};
use convert::{AttemptStatus, ConfirmRefund, FailRefund, MarkRefundSent, RefundStatus};
use gateway::protocol::{PaymentStatus, RefundStatus as AtProvider, TransferStatus};
use gateway::provider::{AttemptRef, Outcome, ProviderEvent};
use http::{App, PROVIDER, shell, take_in};
use kernel::{Ctx, Money, OrderId, PayoutId, StaticType};
use ledger::{ConfirmPayout, FailPayout, Payout, PayoutStatus};
use store::{Fail, Lock, Tx, backup};
use type_safe_id::TypeSafeId;

use super::text;

const AT_ONCE: i64 = 50;
/// A refund that the provider refused this often waits for an operator.
const MOST_TRIES: i64 = 5;

/// Sends what was decided a moment ago. Gives how much that was.
pub async fn step(app: App) -> Result<usize, String> {
    if paused(&app).await? {
        return Ok(0);
    }
    let refunds = refunds_at(&app, RefundStatus::Requested).await?;
    for refund in &refunds {
        send_refund(&app, refund).await?;
    }
    Ok(refunds.len())
}

/// Sends payouts, asks after refunds that were sent, and sends again what failed. Called less often than
/// [`step`], because most of it is only waiting for a webhook.
pub async fn follow_up(app: App) -> Result<usize, String> {
    if paused(&app).await? {
        return Ok(0);
    }
    for payout in app
        .store
        .read(|read| ledger::queries::payouts_at(read, PayoutStatus::Approved, None, AT_ONCE))
        .await
        .map_err(text)?
    {
        send_payout(&app, &payout).await?;
    }
    for refund in refunds_at(&app, RefundStatus::Sent).await? {
        match ask_for_refund(&app, &refund).await? {
            Some(status) => note_refund(&app, &refund, refund.tries, status).await?,
            // It was noted as sent, and then we stopped before sending it.
            None => ask_provider_to_refund(&app, &refund, refund.tries).await?,
        }
    }
    for refund in refunds_at(&app, RefundStatus::TakenBack).await? {
        let status = ask_for_refund(&app, &refund).await?.unwrap_or(AtProvider::Failed);
        note_refund(&app, &refund, refund.tries, status).await?;
    }
    for refund in refunds_at(&app, RefundStatus::Failed).await? {
        if refund.tries < MOST_TRIES {
            send_refund(&app, &refund).await?;
        }
    }
    Ok(0)
}

async fn paused(app: &App) -> Result<bool, String> {
    app.store
        .read(|read| Ok(backup::is_paused(read)?))
        .await
        .map_err(text)
}

async fn refunds_at(app: &App, status: RefundStatus) -> Result<Vec<RefundToSend>, String> {
    app.store
        .read(move |read| queries::refunds_to_send(read, status, None, AT_ONCE))
        .await
        .map_err(text)
}

/// Notes that it is sent, then sends it: after a crash in between it is asked for and sent again.
async fn send_refund(app: &App, refund: &RefundToSend) -> Result<(), String> {
    let cmd = MarkRefundSent {
        refund: refund.refund,
    };
    run(
        app,
        "markRefundSent",
        refund.order,
        cmd.locks(),
        move |tx, ctx| convert::mark_refund_sent(tx, ctx, &cmd),
    )
    .await?;
    ask_provider_to_refund(app, refund, refund.tries + 1).await
}

async fn ask_provider_to_refund(app: &App, refund: &RefundToSend, tries: i64) -> Result<(), String> {
    let Some(payment) = &refund.provider_payment else {
        return Err(format!("refund {} has no payment at the provider", refund.refund));
    };
    let money = Money::new(refund.amount, refund.currency);
    match app
        .provider
        .refund(reference(refund.refund, tries), payment, money)
        .await
    {
        Outcome::Done(at_provider) => note_refund(app, refund, tries, at_provider.status).await,
        Outcome::Refused(refusal) => {
            tracing::warn!(refund = %refund.refund, %refusal, "the provider refused a refund");
            note_refund(app, refund, tries, AtProvider::Failed).await
        }
        Outcome::Unknown(cause) => Err(format!("refund {}: {cause}", refund.refund)),
    }
}

/// `None`: the provider does not know it.
async fn ask_for_refund(app: &App, refund: &RefundToSend) -> Result<Option<AtProvider>, String> {
    match app
        .provider
        .find_refund(reference(refund.refund, refund.tries))
        .await
    {
        Outcome::Done(found) => Ok(found.map(|at_provider| at_provider.status)),
        Outcome::Refused(refusal) => Err(refusal.to_string()),
        Outcome::Unknown(cause) => Err(format!("refund {}: {cause}", refund.refund)),
    }
}

async fn note_refund(app: &App, refund: &RefundToSend, tries: i64, status: AtProvider) -> Result<(), String> {
    let (id, provider) = (refund.refund, refund.provider.clone());
    match status {
        AtProvider::Pending => Ok(()),
        AtProvider::Succeeded => {
            let cmd = ConfirmRefund { refund: id, provider };
            run(app, "confirmRefund", refund.order, cmd.locks(), move |tx, ctx| {
                convert::confirm_refund(tx, ctx, &cmd)
            })
            .await
        }
        AtProvider::Failed => {
            let cmd = FailRefund {
                refund: id,
                provider,
                tries,
            };
            run(app, "failRefund", refund.order, cmd.locks(), move |tx, ctx| {
                convert::fail_refund(tx, ctx, &cmd)
            })
            .await
        }
    }
}

async fn send_payout(app: &App, payout: &Payout) -> Result<(), String> {
    let money = Money::new(payout.amount, payout.currency);
    // A payout changes its version only when it fails or is retried, so an attempt keeps its reference.
    let reference = reference(payout.id, payout.version);
    let account = payout.merchant.to_string();
    match app.provider.transfer(reference, money, &account).await {
        Outcome::Done(transfer) => match transfer.status {
            TransferStatus::Pending => Ok(()),
            TransferStatus::Paid => confirm_payout(app, payout.id, payout).await,
            TransferStatus::Failed => fail_payout(app, payout, "the transfer came back".to_owned()).await,
        },
        Outcome::Refused(refusal) => fail_payout(app, payout, refusal.to_string()).await,
        Outcome::Unknown(cause) => Err(format!("payout {}: {cause}", payout.id)),
    }
}

async fn confirm_payout(app: &App, id: PayoutId, payout: &Payout) -> Result<(), String> {
    let cmd = ConfirmPayout { payout: id };
    run(
        app,
        "confirmPayout",
        payout.merchant,
        cmd.locks(),
        move |tx, ctx| ledger::confirm_payout(tx, ctx, &cmd).map(drop),
    )
    .await
}

async fn fail_payout(app: &App, payout: &Payout, detail: String) -> Result<(), String> {
    let cmd = FailPayout {
        payout: payout.id,
        sent_version: payout.version,
        detail,
    };
    run(app, "failPayout", payout.merchant, cmd.locks(), move |tx, ctx| {
        ledger::fail_payout(tx, ctx, &cmd).map(drop)
    })
    .await
}

/// Asks the provider whether an order was paid after all, before its hold is released: a webhook may
/// have been lost.
pub async fn learn_of_payment(app: &App, order: OrderId) -> Result<(), String> {
    let attempts = app
        .store
        .read(move |read| queries::attempts_of(read, order))
        .await
        .map_err(text)?;
    for attempt in attempts
        .into_iter()
        .filter(|attempt| attempt.status == AttemptStatus::Open)
    {
        let found = match app.provider.find_payment(attempt.id).await {
            Outcome::Done(found) => found,
            Outcome::Refused(_) | Outcome::Unknown(_) => None,
        };
        let paid = found.filter(|payment| payment.status == PaymentStatus::Succeeded);
        if let Some(event) = paid.and_then(ProviderEvent::last_of) {
            take_in(app, None, event.into())
                .await
                .map_err(|problem| problem.detail)?;
        }
    }
    Ok(())
}

async fn run<K: StaticType>(
    app: &App,
    name: &'static str,
    lane: TypeSafeId<K>,
    locks: Vec<Lock>,
    command: impl Fn(&mut Tx, &Ctx) -> Result<(), Fail> + Send + 'static,
) -> Result<(), String> {
    let ctx = shell::ctx(PROVIDER);
    let job = store::Job::new(name, lane, ctx, move |tx, ctx| {
        command(tx, ctx).map(|()| String::new())
    });
    match app.store.submit(job.locking(locks)).await {
        Ok(store::Answer::Done(_)) => Ok(()),
        Ok(store::Answer::Rejected(rejected)) => Err(format!("{name}: {}", rejected.detail)),
        Err(no_answer) => Err(format!("{name}: {no_answer}")),
    }
}

/// The name of attempt number `tries`, counted from 1.
fn reference<K: StaticType + Copy>(id: TypeSafeId<K>, tries: i64) -> AttemptRef<K> {
    (1..tries).fold(AttemptRef::first(id), |reference, _| {
        reference.after_failure().unwrap_or(reference)
    })
}
