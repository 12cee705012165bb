//! A stand-in for the payment provider: says yes at once and remembers nothing, so that it costs next to
//! nothing. The load generator sends the news of a payment, signed as a provider signs it.

use axum::routing::post;
use axum::{Json, Router};
use gateway::protocol::{NewPayment, Payment, PaymentStatus};
use gateway::webhook::{self, WebhookSecret};
use http::shell;
use kernel::{Currency, Money, Timestamp};
use serde::Serialize;
use tokio::net::TcpListener;

use crate::serve::Failure;

/// The secret that both sides know.
pub const WEBHOOK_SECRET: &str = "whsec_cWlhby1iZW5jaC1xaWFvLWJlbmNoLXFpYW8tYmVuY2g=";

/// Serves on this runtime and gives the address.
pub async fn start() -> Result<String, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = Router::new().route("/v1/payments", post(create));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

async fn create(Json(new): Json<NewPayment>) -> Json<Payment> {
    let money = Money::new(new.amount, new.currency);
    Json(payment(
        &new.reference,
        money,
        PaymentStatus::Pending,
        new.description,
    ))
}

/// The provider's name of the payment of an attempt.
fn name_of(attempt: &str) -> String {
    format!("bench-{attempt}")
}

fn payment(attempt: &str, money: Money, status: PaymentStatus, description: String) -> Payment {
    let paid = status == PaymentStatus::Succeeded;
    Payment {
        id: name_of(attempt),
        reference: attempt.to_owned(),
        status,
        amount: money.amount,
        currency: money.currency,
        description,
        refunded: 0,
        chargeback: None,
        fee: 0,
        settlement: None,
        instrument_fingerprint: paid.then(|| format!("card-{attempt}")),
        failure: None,
        return_url: None,
        pay_url: "http://127.0.0.1:1/pay".to_owned(),
        created_at: shell::now(),
    }
}

#[derive(Serialize)]
struct News {
    #[serde(rename = "type")]
    event_type: &'static str,
    timestamp: String,
    data: Payment,
}

/// The news that an attempt was paid: its id, when it is signed, its body and its signature.
pub struct SignedNews {
    pub id: String,
    pub at: Timestamp,
    pub body: String,
    pub signature: String,
}

impl SignedNews {
    /// Signs it now.
    pub fn of_payment(secret: &WebhookSecret, attempt: &str, amount: i64) -> Result<Self, Failure> {
        let at = shell::now();
        let money = Money::new(amount, Currency::CNY);
        let data = payment(attempt, money, PaymentStatus::Succeeded, "Qiao".to_owned());
        let news = News {
            event_type: "payment.succeeded",
            timestamp: at.to_string(),
            data,
        };
        let (id, body) = (format!("evt-{attempt}"), serde_json::to_string(&news)?);
        let signature = webhook::sign(std::slice::from_ref(secret), &id, at, body.as_bytes());
        Ok(Self {
            id,
            at,
            body,
            signature,
        })
    }
}
