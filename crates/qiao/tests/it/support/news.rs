//! What the payment provider says of a payment, signed as a delivery by the test, and a provider that says so when it
//! is asked.

use gateway::protocol::{BookEntry, Chargeback, Payment, PaymentStatus};
use gateway::sandbox::{self, SandboxConfig, SandboxHandle};
use gateway::webhook::{self, WebhookSecret};
use http::shell;
use kernel::{Currency, PaymentAttemptId};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::client::Client;
use super::market::DUE;
use super::runtime;

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

/// A payment of an attempt that succeeded.
pub fn paid(attempt: PaymentAttemptId) -> Payment {
    Payment {
        id: name_of(attempt),
        reference: attempt.to_string(),
        status: PaymentStatus::Succeeded,
        amount: DUE,
        currency: Currency::CNY,
        description: "Qiao".to_owned(),
        refunded: 0,
        chargeback: None,
        fee: 0,
        settlement: None,
        instrument_fingerprint: Some("sfp_00112233445566778899aabbccddeeff".to_owned()),
        failure: None,
        pay_url: "http://127.0.0.1/pay".to_owned(),
        return_url: None,
        created_at: shell::now(),
    }
}

/// The same before anybody paid.
pub fn pending(attempt: PaymentAttemptId) -> Payment {
    Payment {
        status: PaymentStatus::Pending,
        instrument_fingerprint: None,
        ..paid(attempt)
    }
}

/// A payment of which the payer's bank took everything back.
pub fn charged_back(attempt: PaymentAttemptId) -> Payment {
    let chargeback = Chargeback {
        amount: DUE,
        settlement: None,
        reversal: None,
    };
    Payment {
        chargeback: Some(chargeback),
        ..paid(attempt)
    }
}

/// The body that says so, the same at every call.
pub fn body(payment: Payment) -> Vec<u8> {
    let at = payment.created_at;
    sandbox::event_body(&BookEntry::Payment(payment), at).unwrap()
}

/// A provider that knows these payments, and tells of them when it is asked.
pub struct Provider {
    handle: SandboxHandle,
    /// Keeps it running.
    _runtime: Runtime,
}

impl Provider {
    /// Its key.
    pub const KEY: &'static str = "provider";

    /// Starts it.
    pub fn knowing(remembered: Vec<Payment>) -> Self {
        let runtime = runtime();
        let config = SandboxConfig {
            remembered,
            ..SandboxConfig::new(Self::KEY, SECRET.parse().unwrap(), shell::random_bytes())
        };
        let start = async { sandbox::serve(TcpListener::bind("127.0.0.1:0").await.unwrap(), config) };
        Self {
            handle: runtime.block_on(start).unwrap(),
            _runtime: runtime,
        }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.handle.base_url()
    }

    /// The payer's bank takes a payment back, or gives it back.
    pub async fn by_the_bank(&self, payment: &str, what: &str) {
        let path = format!("/v1/payments/{payment}/{what}");
        let done = Client::visitor(&self.url()).post(&path, what, &json!({})).await;
        done.unwrap().done();
    }

    /// The payer pays what is pending. Gives the payment as it is then.
    pub async fn pay(&self, payment: &str) -> Payment {
        let decision = json!({ "outcome": "succeed", "instrument": "card" });
        let path = format!("/v1/payments/{payment}/pay");
        let paid = Client::visitor(&self.url()).post(&path, payment, &decision).await;
        serde_json::from_value(paid.unwrap().done()).unwrap()
    }
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
