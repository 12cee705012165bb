//! A stand-in for the payment provider: says yes at once, and that what it was asked for is paid, so that it costs next
//! to nothing. The load generator sends the news of a payment, signed as a provider signs it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Query, State};
use axum::routing::post;
use axum::{Json, Router};
use gateway::protocol::{BookEntry, Found, NewPayment, Payment, PaymentStatus};
use gateway::sandbox::event_body;
use gateway::webhook::{self, WebhookSecret};
use http::shell;
use kernel::{Currency, Money, Timestamp};
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::serve::Failure;

/// The secret that both sides know.
pub const WEBHOOK_SECRET: &str = "whsec_cWlhby1iZW5jaC1xaWFvLWJlbmNoLXFpYW8tYmVuY2g=";

/// Serves on this runtime and gives the address.
pub async fn start() -> Result<String, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = Router::new()
        .route("/v1/payments", post(create).get(find))
        .with_state(Asked::default());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

/// What each attempt was asked for.
type Asked = Arc<Mutex<HashMap<String, Money>>>;

#[derive(Deserialize)]
struct ByReference {
    reference: String,
}

async fn create(State(asked): State<Asked>, Json(new): Json<NewPayment>) -> Json<Payment> {
    let money = Money::new(new.amount, new.currency);
    let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    asked.insert(new.reference.clone(), money);
    Json(payment(&new.reference, money, PaymentStatus::Pending))
}

async fn find(State(asked): State<Asked>, Query(by): Query<ByReference>) -> Json<Found<Payment>> {
    let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    let paid = |attempt| Some(payment(attempt, asked.remove(attempt)?, PaymentStatus::Succeeded));
    let data = by.reference.split(',').filter_map(paid).collect();
    Json(Found { data })
}

/// The provider's name of the payment of an attempt.
fn name_of(attempt: &str) -> String {
    format!("bench-{attempt}")
}

fn payment(attempt: &str, money: Money, status: PaymentStatus) -> Payment {
    let paid = status == PaymentStatus::Succeeded;
    Payment {
        id: name_of(attempt),
        reference: attempt.to_owned(),
        status,
        amount: money.amount,
        currency: money.currency,
        description: "Qiao".to_owned(),
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
        let paid = BookEntry::Payment(payment(attempt, money, PaymentStatus::Succeeded));
        let body = event_body(&paid, at).ok_or("nothing is told of what is paid")?;
        let (id, body) = (format!("evt-{attempt}"), String::from_utf8(body)?);
        let signature = webhook::sign(std::slice::from_ref(secret), &id, at, body.as_bytes());
        Ok(Self {
            id,
            at,
            body,
            signature,
        })
    }
}
