//! What a payment provider's webhook asks for: the delivery's proof is checked, its body read and held against what the
//! provider answers when it is asked, and becomes the command that takes it in, under the event's own key. It runs
//! nothing and asks nobody.

use axum::http::HeaderMap;
use convert::{ChargeBack, ConfirmPayment, ConfirmRefund, FailPayment, FailRefund};
use gateway::provider::{EventRefusal, ProviderEvent, Record, SANDBOX};
use gateway::webhook::{self, WebhookSecret};
use kernel::{Actor, Reject, Timestamp};
use ledger::{ConfirmPayout, FailPayout};
use sha2::{Digest, Sha256};
use store::Key;

use crate::reject::WEBHOOK_REFUSED;
use crate::routes::PROVIDER_NAME;

/// Who acts when the sandbox provider tells something.
pub const PROVIDER: Actor = Actor::Provider(SANDBOX);

/// What a delivery says, signed like the provider's.
#[derive(Debug)]
pub struct News {
    /// The same at every delivery of the event: it has one effect.
    pub key: Key,
    /// What happened.
    pub event: ProviderEvent,
}

impl News {
    /// What takes it in, once the provider itself says the same. The signature alone moves no money: whoever comes to
    /// know the secret can sign as well.
    ///
    /// Rejects with `WEBHOOK_REFUSED` what the provider's `record` does not say.
    pub fn confirmed(self, record: Option<&Record>) -> Result<(Key, NewsCommand), Reject> {
        if record.is_some_and(|record| self.event.is_in(record)) {
            return Ok((self.key, self.event.into()));
        }
        Err(WEBHOOK_REFUSED.because("Asked for it, the provider does not say the same.".to_owned()))
    }
}

/// The command that takes an event in.
#[derive(Debug)]
#[expect(missing_docs, reason = "each is documented as the command that it holds")]
pub enum NewsCommand {
    ConfirmPayment(ConfirmPayment),
    FailPayment(FailPayment),
    ChargeBack(ChargeBack),
    ReverseChargeback(ChargeBack),
    ConfirmRefund(ConfirmRefund),
    FailRefund(FailRefund),
    ConfirmPayout(ConfirmPayout),
    FailPayout(FailPayout),
}

/// Reads a delivery as it came in. `None`: a type that this version does not know, which is not ours to refuse.
///
/// Rejects with `WEBHOOK_REFUSED` what the sandbox provider did not sign a moment ago, or cannot have meant.
pub fn read_news(
    secrets: &[WebhookSecret],
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<Option<News>, Reject> {
    let delivery = webhook::verify(secrets, headers, body, now)
        .map_err(|refusal| WEBHOOK_REFUSED.because(refusal.to_string()))?;
    let event = match ProviderEvent::read(&delivery) {
        Ok(event) => event,
        Err(EventRefusal::UnknownType(_)) => return Ok(None),
        Err(refusal) => return Err(WEBHOOK_REFUSED.because(refusal.to_string())),
    };
    let key = Key {
        actor: PROVIDER.to_bytes(),
        key: delivery.id().as_bytes().to_vec(),
        request_hash: Sha256::digest(delivery.body()).into(),
    };
    Ok(Some(News { key, event }))
}

impl From<ProviderEvent> for NewsCommand {
    fn from(event: ProviderEvent) -> Self {
        let provider = PROVIDER_NAME.to_owned();
        match event {
            ProviderEvent::PaymentSucceeded {
                provider_payment,
                reference,
                money,
                instrument_fingerprint,
            } => Self::ConfirmPayment(ConfirmPayment {
                attempt: reference,
                provider,
                provider_payment,
                amount: money.amount,
                currency: money.currency,
                instrument: Some(instrument_fingerprint),
            }),
            ProviderEvent::PaymentChargedBack {
                provider_payment,
                reference,
                money,
                instrument_fingerprint,
                charged_back,
            } => Self::ChargeBack(ChargeBack {
                payment: ConfirmPayment {
                    attempt: reference,
                    provider,
                    provider_payment,
                    amount: money.amount,
                    currency: money.currency,
                    instrument: Some(instrument_fingerprint),
                },
                amount: charged_back,
            }),
            ProviderEvent::PaymentChargebackReversed {
                provider_payment,
                reference,
                money,
                instrument_fingerprint,
                charged_back,
            } => Self::ReverseChargeback(ChargeBack {
                payment: ConfirmPayment {
                    attempt: reference,
                    provider,
                    provider_payment,
                    amount: money.amount,
                    currency: money.currency,
                    instrument: Some(instrument_fingerprint),
                },
                amount: charged_back,
            }),
            ProviderEvent::PaymentFailed { reference, .. } => Self::FailPayment(FailPayment {
                attempt: reference,
                provider,
            }),
            ProviderEvent::RefundSucceeded { reference, .. } => Self::ConfirmRefund(ConfirmRefund {
                refund: reference.id(),
                provider,
            }),
            ProviderEvent::RefundFailed { reference, .. } => Self::FailRefund(FailRefund {
                refund: reference.id(),
                provider,
                tries: reference.attempt().into(),
            }),
            ProviderEvent::TransferPaid { reference, .. } => Self::ConfirmPayout(ConfirmPayout {
                payout: reference.id(),
            }),
            ProviderEvent::TransferFailed {
                reference, failure, ..
            } => Self::FailPayout(FailPayout {
                payout: reference.id(),
                sent_version: reference.attempt().into(),
                detail: failure,
            }),
        }
    }
}
