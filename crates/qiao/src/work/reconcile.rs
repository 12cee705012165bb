//! What changed of payments at the provider since it was asked last: a webhook may have been lost. What was heard is
//! passed over; the rest is taken in as its news would have been.

use convert::AttemptStatus;
use convert::queries::{self, Attempt};
use gateway::protocol::PaymentStatus;
use gateway::provider::{Outcome, ProviderEvent, ProviderPayment};
use http::{App, PROVIDER_NAME, take_in};
use store::backup;

use super::{follow, text};

/// Takes in the next changes. Gives how many there were. If one of them cannot be taken in, all that follow are too, so that
/// it holds up nobody else's, and all are asked for again at the next step.
pub async fn step(app: App) -> Result<usize, String> {
    let place = app.store.read(|read| {
        let place = store::bookmark(read, PROVIDER_NAME)?;
        Ok((!backup::is_paused(read)?).then(|| place.unwrap_or_default()))
    });
    let Some(mut place) = place.await.map_err(text)? else {
        return Ok(0);
    };
    let mut failed = None;
    loop {
        let (payments, next) = match app.provider.changes(&place).await {
            Outcome::Done(changes) => changes,
            Outcome::Refused(refusal) => return Err(refusal.to_string()),
            Outcome::Unknown(cause) => return Err(cause.to_string()),
        };
        let (read, is_last) = (payments.len(), next == place);
        for payment in payments {
            let problem = take_in_payment(&app, payment).await?;
            failed = failed.or(problem);
        }
        place = next;
        match failed {
            Some(problem) if is_last => return Err(problem),
            Some(_) => {}
            None if is_last => return Ok(read),
            None => {
                follow::run(&app, "setBookmark", Vec::new(), move |tx, _| {
                    Ok(store::set_bookmark(tx, PROVIDER_NAME, &place)?)
                })
                .await?;
                return Ok(read);
            }
        }
    }
}

/// What is wrong with one that cannot be taken in now.
async fn take_in_payment(app: &App, payment: ProviderPayment) -> Result<Option<String>, String> {
    let reference = payment.reference;
    let attempt = app.store.read(move |read| queries::attempt(read, reference));
    let attempt = attempt.await.map_err(text)?;
    if attempt.is_some_and(|attempt| was_heard(&attempt, &payment)) {
        return Ok(None);
    }
    let Some(event) = ProviderEvent::last_of(payment) else {
        return Ok(None);
    };
    match take_in(app, None, event.into()).await {
        Ok(()) => Ok(None),
        Err(problem) if problem.status().is_server_error() => {
            Ok(Some(format!("payment {reference}: {}", problem.detail)))
        }
        Err(problem) => {
            tracing::warn!(attempt = %reference, code = problem.code(), "what changed at the provider is refused");
            Ok(None)
        }
    }
}

fn was_heard(attempt: &Attempt, payment: &ProviderPayment) -> bool {
    match payment.status {
        PaymentStatus::Pending => true,
        PaymentStatus::Failed => attempt.status != AttemptStatus::Open,
        PaymentStatus::Succeeded => {
            matches!(attempt.status, AttemptStatus::Paid | AttemptStatus::Refunded)
                && attempt.charged_back == payment.charged_back
                && attempt.chargeback_reversed_at.is_some() == payment.chargeback_reversed
        }
    }
}
