//! A running sandbox with a client, and a receiver of webhooks that answers as told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use gateway::provider::{AttemptRef, Outcome, ProviderPayment, SandboxClient};
use gateway::sandbox::{SandboxConfig, SandboxHandle, serve};
use gateway::webhook::WebhookSecret;
use kernel::{
    Actor, Ctx, Currency, Money, PaymentAttemptId, Payout, Refund, StaticType, Timestamp, TypeSafeId,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

pub const KEY: &str = "sk_test_0123456789";
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Longer than anything takes that goes well, so that a failure is a failure and not a hang.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct TestSandbox {
    pub handle: SandboxHandle,
    pub client: SandboxClient,
    http: reqwest::Client,
}

impl TestSandbox {
    pub async fn start() -> Self {
        Self::start_with(config()).await
    }

    /// A sandbox whose webhooks go to `receiver`.
    pub async fn start_for(receiver: &Receiver) -> Self {
        Self::start_with(SandboxConfig {
            webhook_url: Some(receiver.url.clone()),
            ..config()
        })
        .await
    }

    pub async fn start_with(config: SandboxConfig) -> Self {
        let handle = serve(listener().await, config).unwrap();
        let client = client_of(&handle.base_url());
        Self {
            handle,
            client,
            http: plain_http(),
        }
    }

    pub async fn control(&self, control: Value) {
        let (status, answer) = self.post("/control", control).await;
        assert_eq!(status, 200, "{answer}");
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.post_text(path, body.to_string()).await
    }

    pub async fn post_text(&self, path: &str, body: String) -> (u16, Value) {
        let request = self.http.post(self.url(path)).bearer_auth(KEY);
        answer_of(request.header("content-type", "application/json").body(body)).await
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        answer_of(self.http.get(self.url(path)).bearer_auth(KEY)).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.handle.base_url())
    }

    /// A payment that the payer has paid.
    pub async fn paid(&self, money: Money) -> ProviderPayment {
        let payment = done(
            self.client
                .create_payment(attempt(), money, "lunch", None, None)
                .await,
        );
        self.pay(&payment.id, "succeed", "card-4242").await;
        payment
    }

    /// What the payer decides, sent without the key.
    pub async fn pay(&self, payment: &str, outcome: &str, instrument: &str) {
        let body = json!({"outcome": outcome, "instrument": instrument}).to_string();
        let request = self.http.post(self.url(&format!("/v1/payments/{payment}/pay")));
        let (status, answer) = answer_of(request.header("content-type", "application/json").body(body)).await;
        assert_eq!(status, 200, "{answer}");
    }
}

/// Takes webhooks on a port of its own.
pub struct Receiver {
    pub url: String,
    received: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
}

impl Receiver {
    pub async fn start() -> Self {
        Self::answering(|_| StatusCode::NO_CONTENT).await
    }

    /// Answers the n-th delivery, from 0, as told.
    pub async fn answering(answer: fn(u64) -> StatusCode) -> Self {
        let (sender, received) = mpsc::unbounded_channel();
        let state = Arc::new((sender, AtomicU64::new(0), answer));
        let receive = |State(state): State<Arc<Inbox>>, headers: HeaderMap, body: Bytes| async move {
            let (sender, count, answer) = &*state;
            sender.send((headers, body)).unwrap();
            answer(count.fetch_add(1, Ordering::Relaxed))
        };
        let address = serve_router(Router::new().route("/hook", post(receive)).with_state(state)).await;
        Self {
            url: format!("{address}/hook"),
            received,
        }
    }

    pub async fn next(&mut self) -> (HeaderMap, Bytes) {
        tokio::time::timeout(PATIENCE, self.received.recv())
            .await
            .expect("no webhook came")
            .unwrap()
    }

    /// Whether something arrived already or does within `wait`.
    pub async fn gets_something_within(&mut self, wait: Duration) -> bool {
        tokio::time::timeout(wait, self.received.recv()).await.is_ok()
    }
}

type Inbox = (
    mpsc::UnboundedSender<(HeaderMap, Bytes)>,
    AtomicU64,
    fn(u64) -> StatusCode,
);

/// Serves a router on a port of its own until the test ends; gives its address.
pub async fn serve_router(router: Router) -> String {
    let listener = listener().await;
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

pub async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

pub fn config() -> SandboxConfig {
    SandboxConfig {
        webhook_retry_ms: 10,
        ..SandboxConfig::new(KEY, secret(), another_seed())
    }
}

pub fn client_of(base_url: &str) -> SandboxClient {
    SandboxClient::new(base_url, KEY, Duration::from_secs(20)).unwrap()
}

pub fn plain_http() -> reqwest::Client {
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let no_redirects = reqwest::redirect::Policy::none();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(no_redirects)
        .no_proxy()
        .build()
        .unwrap()
}

async fn answer_of(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.timeout(PATIENCE).send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

pub fn secret() -> WebhookSecret {
    SECRET.parse().unwrap()
}

pub fn cny(amount: i64) -> Money {
    Money::new(amount, Currency::CNY)
}

pub fn done<T: std::fmt::Debug>(outcome: Outcome<T>) -> T {
    match outcome {
        Outcome::Done(value) => value,
        Outcome::Refused(_) | Outcome::Unknown(_) => panic!("not done: {outcome:?}"),
    }
}

pub fn attempt() -> PaymentAttemptId {
    new_id()
}

pub fn refund_ref() -> AttemptRef<Refund> {
    AttemptRef::first(new_id())
}

pub fn payout_ref() -> AttemptRef<Payout> {
    AttemptRef::first(new_id())
}

fn new_id<K: StaticType>() -> TypeSafeId<K> {
    Ctx::new(Timestamp(1_700_000_000_000_000), Actor::System, another_seed()).new_id()
}

/// Another one at each call.
fn another_seed() -> [u8; 32] {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&DRAWN.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    seed
}

/// The sandbox signs by the clock, so what checks it needs the clock too.
#[allow(
    clippy::disallowed_methods,
    reason = "the other side of a server with its own clock"
)]
pub fn now() -> Timestamp {
    let since_1970 = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp(since_1970.as_micros() as i64)
}
