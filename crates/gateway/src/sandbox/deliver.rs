//! Webhooks on their way: signed afresh for every attempt, tried again with a growing pause until the
//! receiver answers 2xx or the attempts are used up. No order is promised. What was not delivered when
//! the sandbox stops is lost, as is all its memory.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use kernel::Timestamp;
use serde::Serialize;

use super::Sandbox;
use super::book::News;
use super::misbehave::take_one;
use crate::protocol::{BookEntry, Chargeback, PaymentStatus, RefundStatus, TransferStatus};
use crate::webhook::signed_headers;

/// The pause stops doubling here.
const MOST_DOUBLINGS: u32 = 8;
const REORDER_SPREAD_MS: u64 = 200;

#[derive(Serialize)]
struct Body<'a, T> {
    #[serde(rename = "type")]
    event_type: &'static str,
    timestamp: String,
    data: &'a T,
}

/// Starts the delivery of a webhook, if there is somewhere to send it.
pub(super) fn start(sandbox: &Arc<Sandbox>, news: News) {
    let (copies, mut wait_ms, reorder) = {
        let control = sandbox.control();
        if control.drop_webhooks {
            return;
        }
        (control.repeat + 1, u64::from(control.delay_ms), control.reorder)
    };
    let Some(url) = news.url.clone().or_else(|| sandbox.config.webhook_url.clone()) else {
        return;
    };
    let Some(body) = event_body(&news.subject, news.at) else {
        return;
    };
    if reorder {
        // The id is as good as random, and gives the same order in every run with the same seed.
        let random: u64 = news
            .id
            .bytes()
            .fold(0, |sum, b| (sum * 31 + u64::from(b)) % 1_000_003);
        wait_ms += random % REORDER_SPREAD_MS;
    }
    let delivery = Arc::new(Delivery {
        id: news.id,
        url,
        body,
    });
    for _ in 0..copies {
        let (sandbox_of_copy, delivery) = (sandbox.clone(), delivery.clone());
        sandbox.spawn(async move {
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            delivery.run(&sandbox_of_copy).await;
        });
    }
}

struct Delivery {
    id: String,
    url: String,
    body: Vec<u8>,
}

impl Delivery {
    async fn run(&self, sandbox: &Sandbox) {
        let attempts = sandbox.config.webhook_attempts;
        for attempt in 0..attempts {
            if self.try_once(sandbox).await {
                return;
            }
            if attempt + 1 < attempts {
                let pause_ms = u64::from(sandbox.config.webhook_retry_ms) << attempt.min(MOST_DOUBLINGS);
                tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            }
        }
        tracing::warn!(
            id = self.id,
            url = self.url,
            attempts,
            "gave up delivering a webhook"
        );
    }

    async fn try_once(&self, sandbox: &Sandbox) -> bool {
        let Ok(_permit) = sandbox.sending.acquire().await else {
            return false;
        };
        if take_one(&mut sandbox.control().fail_webhooks_next) {
            return false;
        }
        let secrets = &sandbox.config.webhook_secrets;
        let request = sandbox
            .http
            .post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .headers(signed_headers(secrets, &self.id, super::now(), &self.body))
            .body(self.body.clone());
        matches!(request.send().await, Ok(response) if response.status().is_success())
    }
}

/// The body of the event that says how something became final; nothing is told of what is pending.
pub fn event_body(subject: &BookEntry, at: Timestamp) -> Option<Vec<u8>> {
    match subject {
        BookEntry::Payment(payment) => match payment.status {
            PaymentStatus::Succeeded => match &payment.chargeback {
                None => written("payment.succeeded", at, payment),
                Some(Chargeback { reversal: None, .. }) => written("payment.charged_back", at, payment),
                Some(Chargeback {
                    reversal: Some(_), ..
                }) => written("payment.chargeback_reversed", at, payment),
            },
            PaymentStatus::Failed => written("payment.failed", at, payment),
            PaymentStatus::Pending => None,
        },
        BookEntry::Refund(refund) => match refund.status {
            RefundStatus::Succeeded => written("refund.succeeded", at, refund),
            RefundStatus::Failed => written("refund.failed", at, refund),
            RefundStatus::Pending => None,
        },
        BookEntry::Transfer(transfer) => match transfer.status {
            TransferStatus::Paid => written("transfer.paid", at, transfer),
            TransferStatus::Failed => written("transfer.failed", at, transfer),
            TransferStatus::Pending => None,
        },
    }
}

fn written<T: Serialize>(event_type: &'static str, at: Timestamp, data: &T) -> Option<Vec<u8>> {
    let body = Body {
        event_type,
        timestamp: at.to_string(),
        data,
    };
    Some(serde_json::to_vec(&body).expect("the protocol's own types can be written as JSON"))
}
