//! What the payment provider says of a payment, signed as a delivery: the test is the provider.

use gateway::protocol::{Chargeback, Payment, PaymentStatus};
use gateway::webhook::{self, WebhookSecret};
use http::shell;
use kernel::{Currency, PaymentAttemptId};
use serde_json::json;

use super::market::DUE;

/// What the provider signs with; a server is started with it.
pub const SECRET: &str = "whsec_cWlhby1yYWNlcy1xaWFvLXJhY2VzLXFpYW8tcmFjZXM=";
/// Where the news goes.
pub const PATH: &str = "/v1/webhooks/sandbox";

/// The name and the value of a header.
pub type Header = (&'static str, String);

/// The provider's name for the payment of an attempt.
pub fn name_of(attempt: PaymentAttemptId) -> String {
    format!("pay_{}", attempt.uuid().simple())
}

/// The body that says that the attempt was paid.
pub fn paid(attempt: PaymentAttemptId) -> Vec<u8> {
    body("payment.succeeded", attempt, None)
}

/// The body that says that the payer's bank took all of it back.
pub fn charged_back(attempt: PaymentAttemptId) -> Vec<u8> {
    let chargeback = Chargeback {
        amount: DUE,
        settlement: None,
    };
    body("payment.charged_back", attempt, Some(chargeback))
}

fn body(event_type: &str, attempt: PaymentAttemptId, chargeback: Option<Chargeback>) -> Vec<u8> {
    let payment = Payment {
        id: name_of(attempt),
        reference: attempt.to_string(),
        status: PaymentStatus::Succeeded,
        amount: DUE,
        currency: Currency::CNY,
        description: "Qiao".to_owned(),
        refunded: 0,
        chargeback,
        fee: 0,
        settlement: None,
        instrument_fingerprint: Some("sfp_00112233445566778899aabbccddeeff".to_owned()),
        failure: None,
        pay_url: "http://127.0.0.1/pay".to_owned(),
        return_url: None,
        created_at: shell::now(),
    };
    let news = json!({ "type": event_type, "timestamp": shell::now().to_string(), "data": payment });
    news.to_string().into_bytes()
}

/// A delivery's headers, as the provider signs this body now.
pub fn signed(id: &str, body: &[u8]) -> [Header; 3] {
    signed_with(SECRET, id, body)
}

/// The same under any secret.
pub fn signed_with(secret: &str, id: &str, body: &[u8]) -> [Header; 3] {
    let (secret, now): (WebhookSecret, _) = (secret.parse().unwrap(), shell::now());
    [
        (webhook::ID_HEADER, id.to_owned()),
        (webhook::TIMESTAMP_HEADER, now.unix_seconds().to_string()),
        (webhook::SIGNATURE_HEADER, webhook::sign(&[secret], id, now, body)),
    ]
}
