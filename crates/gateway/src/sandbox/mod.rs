//! A payment provider for development, tests and the demo city, as an HTTP server of its own. No money
//! moves. **It keeps everything in memory and forgets it when it stops.** It knows nothing of Qiao.
//!
//! # Protocol
//! JSON over HTTP. Amounts are integer minor units with an ISO 4217 code, unknown fields are refused,
//! and the types are those of [`crate::protocol`]. Calls need `Authorization: Bearer {api key}`, except
//! the payer's. The same `reference` with the same content gives the same thing and does nothing more;
//! with another content it is 409 `reference_reused`. A refusal does not use up its reference.
//!
//! | call | does |
//! | --- | --- |
//! | `POST /v1/payments` | [`NewPayment`] → [`Payment`], pending |
//! | `GET /v1/payments?reference=` | [`Found`] payments of up to [`MOST_REFERENCES`] references with commas between |
//! | `GET /v1/payments/{id}` | [`Payment`], or 404 |
//! | `POST /v1/payments/{id}/charge_back`, `/reverse_chargeback` | the payer's bank takes all that is left back, and gives it back → [`Payment`]; no key needed; once |
//! | `POST /v1/payments/{id}/pay` | the payer's [`Pay`] → [`Payment`]; no key needed; 409 once decided otherwise |
//! | `GET`, `POST /pay/{id}` | the same as a web page: the payment's `pay_url` |
//! | `POST /v1/refunds` | [`NewRefund`] → [`Refund`]; 409 `refund_exceeds_captured` |
//! | `GET /v1/refunds?reference=` | [`Found`] refunds |
//! | `POST /v1/transfers` | [`NewTransfer`] → [`Transfer`], to a merchant's account |
//! | `GET /v1/transfers?reference=` | [`Found`] transfers |
//! | `POST /v1/settle` | [`NewSettlement`] → [`Settlement`]; takes the fee and marks what it includes |
//! | `GET /v1/book?after=` | [`BookPage`]: every entry and the totals per currency |
//! | `GET /v1/changes?after=` | [`Changes`] of payments since a place; from the beginning without one |
//! | `GET`, `POST /control` | [`Control`]: how to misbehave |
//!
//! Other answers are an [`ErrorAnswer`]: 400 for input that breaks a rule, 401 without the key, 404,
//! 409 and 422 for a "no", 5xx when told to fail.
//!
//! # Webhooks
//! `payment.succeeded`, `payment.failed`, `payment.charged_back`, `payment.chargeback_reversed`, `refund.succeeded`, `refund.failed`, `transfer.paid` and
//! `transfer.failed`, as `{"type", "timestamp", "data"}` where `data` is the payment, refund or transfer.
//! Signed after the Standard Webhooks spec ([`crate::webhook`]), signed afresh for each attempt, and tried
//! again with a doubling pause until a 2xx answer or [`SandboxConfig::webhook_attempts`]. No order is
//! promised, and the same event may come more than once.
//!
//! [`NewPayment`]: crate::protocol::NewPayment
//! [`Payment`]: crate::protocol::Payment
//! [`Found`]: crate::protocol::Found
//! [`MOST_REFERENCES`]: crate::protocol::MOST_REFERENCES
//! [`Pay`]: crate::protocol::Pay
//! [`NewRefund`]: crate::protocol::NewRefund
//! [`Refund`]: crate::protocol::Refund
//! [`NewTransfer`]: crate::protocol::NewTransfer
//! [`Transfer`]: crate::protocol::Transfer
//! [`NewSettlement`]: crate::protocol::NewSettlement
//! [`Settlement`]: crate::protocol::Settlement
//! [`BookPage`]: crate::protocol::BookPage
//! [`Changes`]: crate::protocol::Changes
//! [`ErrorAnswer`]: crate::protocol::ErrorAnswer

mod book;
mod deliver;
mod error;
mod misbehave;
mod page;
mod routes;
mod rules;
mod settle;
mod transfer;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use kernel::{BasisPoints, Timestamp};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use crate::http_client;
use crate::protocol::Payment;
use crate::webhook::WebhookSecret;
use book::Book;
pub use deliver::event_body;
pub use misbehave::Control;

/// At most so many webhooks are on the wire at once.
const MOST_SENDING: usize = 64;
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(15);

/// How a sandbox is set up.
#[derive(Clone)]
pub struct SandboxConfig {
    /// What callers send as bearer. Fingerprints of instruments depend on it too.
    pub api_key: String,
    /// Signs the webhooks. Two during a rotation: both signatures are sent.
    pub webhook_secrets: Vec<WebhookSecret>,
    /// Where webhooks go, unless a payment names its own address.
    pub webhook_url: Option<String>,
    /// What the provider keeps of each payment at settlement. 60 by default.
    pub fee: BasisPoints,
    /// Makes the ids. To be drawn from the operating system at every start.
    pub seed: [u8; 32],
    /// The address that payers reach it at, when it is not the listener's own.
    pub public_url: Option<String>,
    /// Payments that it knows from before it was started; it keeps nothing itself.
    pub remembered: Vec<Payment>,
    /// How often a webhook is tried in all. 8 by default.
    pub webhook_attempts: u32,
    /// The pause after the first failed try, in milliseconds; then twice as long each time. 250 by default.
    pub webhook_retry_ms: u32,
}

impl SandboxConfig {
    /// The defaults, with what has none.
    pub fn new(api_key: &str, webhook_secret: WebhookSecret, seed: [u8; 32]) -> Self {
        Self {
            api_key: api_key.to_owned(),
            webhook_secrets: vec![webhook_secret],
            webhook_url: None,
            fee: BasisPoints::new(60).expect("60 is between 0 and 10,000"),
            seed,
            public_url: None,
            remembered: Vec::new(),
            webhook_attempts: 8,
            webhook_retry_ms: 250,
        }
    }
}

/// A running sandbox. It stops when this is dropped or shut down.
#[derive(Debug)]
pub struct SandboxHandle {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

impl SandboxHandle {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://` and the address.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more calls, answers those that are there, and drops webhooks that are still to be sent.
    pub async fn shutdown(self) -> std::io::Result<()> {
        // The server is gone already when nobody listens any more.
        let _ = self.stop.send(());
        self.server.await.map_err(std::io::Error::other)?
    }
}

/// Starts a sandbox on a bound listener, inside a tokio runtime. An error says which setting is unusable.
pub fn serve(listener: TcpListener, config: SandboxConfig) -> std::io::Result<SandboxHandle> {
    let invalid = |message: String| std::io::Error::new(std::io::ErrorKind::InvalidInput, message);
    http_client::bearer(&config.api_key).map_err(|e| invalid(e.to_string()))?;
    for (field, url) in [
        ("webhook_url", &config.webhook_url),
        ("public_url", &config.public_url),
    ] {
        if let Some(url) = url {
            rules::web_address(field, url).map_err(|e| invalid(e.message))?;
        }
    }
    if config.webhook_secrets.is_empty() {
        return Err(invalid(
            "webhook_secrets: at least one, or nobody can check a webhook".to_owned(),
        ));
    }
    let address = listener.local_addr()?;
    // A machine without root certificates can still send to plain http addresses.
    let http =
        http_client::build(WEBHOOK_TIMEOUT, true).or_else(|_| http_client::build(WEBHOOK_TIMEOUT, false));
    let base = config
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    let pay_base = format!("{}/pay", base.trim_end_matches('/'));
    let mut book = Book::new(config.fee, pay_base, config.seed);
    for payment in &config.remembered {
        book.remember(payment.clone());
    }
    let sandbox = Arc::new(Sandbox {
        book: Mutex::new(book),
        control: Mutex::default(),
        tasks: Mutex::default(),
        sending: Semaphore::new(MOST_SENDING),
        http: http.map_err(std::io::Error::other)?,
        config,
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let router = routes::router(sandbox.clone());
    let server = tokio::spawn(async move {
        let signal = async { _ = stopped.await };
        let ended = axum::serve(listener, router).with_graceful_shutdown(signal).await;
        let mut tasks = std::mem::take(&mut *lock(&sandbox.tasks));
        tasks.shutdown().await;
        ended
    });
    Ok(SandboxHandle {
        address,
        stop,
        server,
    })
}

struct Sandbox {
    config: SandboxConfig,
    book: Mutex<Book>,
    control: Mutex<Control>,
    /// Webhooks on their way, and refunds and transfers that wait for the bank.
    tasks: Mutex<JoinSet<()>>,
    sending: Semaphore,
    http: reqwest::Client,
}

impl Sandbox {
    fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.book)
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        lock(&self.control)
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.tasks);
        // Ended tasks are let go here, or they would pile up until the end.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }

    /// The same for the same instrument and key; the instrument cannot be read from it.
    fn fingerprint(&self, instrument: &str) -> String {
        let key = self.config.api_key.as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(instrument.as_bytes());
        format!("sfp_{}", hex_of_16(&mac.finalize().into_bytes()))
    }
}

/// Every change checks first and then writes, so what a panic left behind is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The first 16 bytes in hexadecimal.
fn hex_of_16(bytes: &[u8]) -> String {
    bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The sandbox is a program of its own, so it reads the clock itself: here and nowhere else.
#[allow(
    clippy::disallowed_methods,
    reason = "the outermost shell of a server of its own"
)]
fn now() -> Timestamp {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let us = since_1970.map_or(0, |duration| duration.as_micros());
    Timestamp(i64::try_from(us).unwrap_or(i64::MAX))
}
