//! A real sandbox provider beside the API, the payer who decides there, and HTTP by hand, which can also
//! hang up.

use axum::body::Body;
use axum::http::Request;
use gateway::sandbox::{SandboxConfig, SandboxHandle, serve};
use gateway::webhook::{self, WebhookSecret};
use http::shell;
use kernel::Timestamp;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub const API_KEY: &str = "sk_test_0123456789";
pub const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const WEBHOOKS: &str = "/v1/webhooks/sandbox";

/// A running sandbox whose webhooks go to the API.
pub struct Provider {
    handle: SandboxHandle,
    /// Where the API listens.
    pub api: String,
}

impl Provider {
    /// A sandbox, and the listener on which the API has to answer its webhooks.
    pub async fn start() -> (TcpListener, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = listener.local_addr().unwrap().to_string();
        let config = SandboxConfig {
            webhook_url: Some(format!("http://{api}{WEBHOOKS}")),
            webhook_retry_ms: 10,
            ..SandboxConfig::new(API_KEY, secret(), shell::random_bytes())
        };
        let own = TcpListener::bind("127.0.0.1:0").await.unwrap();
        (
            listener,
            Self {
                handle: serve(own, config).unwrap(),
                api,
            },
        )
    }

    pub fn url(&self) -> String {
        self.handle.base_url()
    }

    /// The payer decides about each payment of the page: `succeed` or `decline`.
    pub async fn pay(&self, pay_url: &str, outcome: &str) {
        let body = json!({"outcome": outcome, "instrument": "card-4242"});
        for id in pay_url.rsplit('/').next().unwrap().split(',') {
            let (status, answer) = self.call("POST", &format!("/v1/payments/{id}/pay"), &body).await;
            assert_eq!(status, 200, "{answer}");
        }
    }

    /// The payer's bank takes it back.
    pub async fn charge_back(&self, pay_url: &str) {
        self.by_the_bank(pay_url, "charge_back").await;
    }

    /// And gives it back.
    pub async fn reverse_chargeback(&self, pay_url: &str) {
        self.by_the_bank(pay_url, "reverse_chargeback").await;
    }

    async fn by_the_bank(&self, pay_url: &str, what: &str) {
        let id = pay_url.rsplit('/').next().unwrap();
        let path = format!("/v1/payments/{id}/{what}");
        let (status, answer) = self.call("POST", &path, &Value::Null).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// How to misbehave from now on.
    pub async fn control(&self, control: Value) {
        let (status, answer) = self.call("POST", "/control", &control).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Payments that the provider knows.
    pub async fn payments(&self) -> Vec<Value> {
        let (_, book) = self.call("GET", "/v1/book", &Value::Null).await;
        let entries = book["entries"].as_array().unwrap().iter();
        entries
            .filter_map(|entry| entry.get("payment").cloned())
            .collect()
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let headers = format!("authorization: Bearer {API_KEY}\r\n");
        let address = self.handle.address().to_string();
        exchange(&address, &request(method, path, &headers, &body.to_string())).await
    }
}

fn secret() -> WebhookSecret {
    WEBHOOK_SECRET.parse().unwrap()
}

/// A delivery as the provider signs it.
pub fn delivery(id: &str, at: Timestamp, body: &[u8]) -> Request<Body> {
    let signature = webhook::sign(&[secret()], id, at, body);
    forged(id, &at.unix_seconds().to_string(), &signature, body)
}

/// A delivery with any signature.
pub fn forged(id: &str, timestamp: &str, signature: &str, body: &[u8]) -> Request<Body> {
    let request = Request::post(WEBHOOKS)
        .header(webhook::ID_HEADER, id)
        .header(webhook::TIMESTAMP_HEADER, timestamp)
        .header(webhook::SIGNATURE_HEADER, signature);
    request.body(Body::from(body.to_vec())).unwrap()
}

/// The bytes of a request that closes its connection.
pub fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

/// Sends a request and hangs up without waiting for an answer.
pub async fn send_and_hang_up(address: &str, request: &str) {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
}

/// Sends a request and reads its answer.
pub async fn exchange(address: &str, request: &str) -> (u16, Value) {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}
