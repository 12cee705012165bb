//! Webhooks from the sandbox to a receiver: signed, retried, repeated, shuffled, late and lost.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use gateway::provider::ProviderEvent;
use gateway::sandbox::SandboxConfig;
use gateway::webhook::{ID_HEADER, TIMESTAMP_HEADER, verify};
use kernel::PaymentAttemptId;
use serde_json::json;

use crate::support::{
    Receiver, TestSandbox, attempt, cny, config, done, now, payout_ref, refund_ref, secret,
};

fn read((headers, body): &(HeaderMap, Bytes)) -> ProviderEvent {
    ProviderEvent::read(&verify(&[secret()], headers, body, now()).unwrap()).unwrap()
}

fn id_of((headers, _): &(HeaderMap, Bytes)) -> String {
    headers[ID_HEADER].to_str().unwrap().to_owned()
}

fn paid_reference(event: &ProviderEvent) -> PaymentAttemptId {
    let ProviderEvent::PaymentSucceeded { reference, .. } = event else {
        panic!("not a payment that succeeded: {event:?}");
    };
    *reference
}

#[tokio::test]
async fn the_news_of_a_payment_its_refund_and_a_payout_arrive_signed() {
    let mut receiver = Receiver::start().await;
    let sandbox = TestSandbox::start_for(&receiver).await;
    let payment = sandbox.paid(cny(9_900)).await;
    let ProviderEvent::PaymentSucceeded {
        provider_payment,
        reference,
        money,
        instrument_fingerprint,
    } = read(&receiver.next().await)
    else {
        panic!("the payment succeeded");
    };
    assert_eq!(
        (&provider_payment, reference, money),
        (&payment.id, payment.reference, cny(9_900))
    );
    assert!(!instrument_fingerprint.contains("4242"));

    let refund = done(sandbox.client.refund(refund_ref(), &payment.id, cny(100)).await);
    let told = ProviderEvent::RefundSucceeded {
        provider_refund: refund.id,
        reference: refund.reference,
        money: cny(100),
    };
    assert_eq!(read(&receiver.next().await), told);

    let transfer = done(sandbox.client.transfer(payout_ref(), cny(50), "closed-1").await);
    let told = ProviderEvent::TransferFailed {
        provider_transfer: transfer.id,
        reference: transfer.reference,
        money: cny(50),
        failure: transfer.failure.unwrap(),
    };
    assert_eq!(read(&receiver.next().await), told);
    sandbox.handle.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_same_instrument_has_the_same_fingerprint_and_a_declined_one_fails() {
    let mut receiver = Receiver::start().await;
    let sandbox = TestSandbox::start_for(&receiver).await;
    let mut fingerprints = Vec::new();
    for instrument in ["card-1", "card-1", "card-2"] {
        let payment = done(
            sandbox
                .client
                .create_payment(attempt(), cny(1), "tea", None, None)
                .await,
        );
        sandbox.pay(&payment.id, "succeed", instrument).await;
        let event = read(&receiver.next().await);
        let ProviderEvent::PaymentSucceeded {
            instrument_fingerprint,
            ..
        } = event
        else {
            panic!("not a payment that succeeded: {event:?}");
        };
        fingerprints.push(instrument_fingerprint);
    }
    assert_eq!(fingerprints[0], fingerprints[1]);
    assert_ne!(fingerprints[0], fingerprints[2]);

    let payment = done(
        sandbox
            .client
            .create_payment(attempt(), cny(1), "tea", None, None)
            .await,
    );
    sandbox.pay(&payment.id, "decline", "card-1").await;
    let declined = read(&receiver.next().await);
    assert!(
        matches!(declined, ProviderEvent::PaymentFailed { reference, .. } if reference == payment.reference)
    );
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_under_the_same_id_with_a_fresh_signature() {
    let mut receiver = Receiver::answering(|n| match n {
        0 => StatusCode::INTERNAL_SERVER_ERROR,
        1 => StatusCode::FOUND,
        _ => StatusCode::OK,
    })
    .await;
    let url = Some(receiver.url.clone());
    // The pauses are over a second, so that a signature made afresh has another time on it.
    let config = SandboxConfig {
        webhook_url: url,
        webhook_retry_ms: 1_100,
        ..config()
    };
    let sandbox = TestSandbox::start_with(config).await;
    sandbox.paid(cny(1)).await;
    let deliveries = [
        receiver.next().await,
        receiver.next().await,
        receiver.next().await,
    ];
    let mut seconds = BTreeSet::new();
    for delivery in &deliveries {
        read(delivery);
        assert_eq!(id_of(delivery), id_of(&deliveries[0]));
        assert_eq!(delivery.1, deliveries[0].1, "the event itself does not change");
        seconds.insert(delivery.0[TIMESTAMP_HEADER].to_str().unwrap().to_owned());
    }
    assert_eq!(seconds.len(), 3, "each attempt is signed with its own time");
}

#[tokio::test]
async fn deliveries_end_when_the_attempts_are_used_up() {
    let mut receiver = Receiver::answering(|_| StatusCode::INTERNAL_SERVER_ERROR).await;
    let url = Some(receiver.url.clone());
    let config = SandboxConfig {
        webhook_url: url,
        webhook_attempts: 3,
        webhook_retry_ms: 1,
        ..config()
    };
    let sandbox = TestSandbox::start_with(config).await;
    sandbox.paid(cny(1)).await;
    for _ in 0..3 {
        receiver.next().await;
    }
    assert!(!receiver.gets_something_within(Duration::from_millis(200)).await);
}

#[tokio::test]
async fn repeated_webhooks_have_one_id() {
    let mut receiver = Receiver::start().await;
    let sandbox = TestSandbox::start_for(&receiver).await;
    sandbox.control(json!({"repeat": 9})).await;
    sandbox.paid(cny(1)).await;
    let mut ids = BTreeSet::new();
    for _ in 0..10 {
        let delivery = receiver.next().await;
        read(&delivery);
        ids.insert(id_of(&delivery));
    }
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn reordered_webhooks_all_come_and_in_another_order() {
    let mut receiver = Receiver::start().await;
    let sandbox = TestSandbox::start_for(&receiver).await;
    sandbox.control(json!({"reorder": true})).await;
    let mut payments = Vec::new();
    for _ in 0..24 {
        payments.push(done(
            sandbox
                .client
                .create_payment(attempt(), cny(1), "tea", None, None)
                .await,
        ));
    }
    for payment in &payments {
        sandbox.pay(&payment.id, "succeed", "card-1").await;
    }
    let mut told = Vec::new();
    for _ in &payments {
        told.push(paid_reference(&read(&receiver.next().await)));
    }
    let paid: Vec<_> = payments.iter().map(|payment| payment.reference).collect();
    assert_ne!(told, paid);
    assert_eq!(
        told.into_iter().collect::<BTreeSet<_>>(),
        paid.into_iter().collect()
    );
}

#[tokio::test]
async fn delayed_webhooks_come_late_but_are_signed_when_they_are_sent() {
    let mut receiver = Receiver::start().await;
    let sandbox = TestSandbox::start_for(&receiver).await;
    sandbox.control(json!({"delay_ms": 1_200})).await;
    let before = now();
    sandbox.paid(cny(1)).await;
    let delivery = receiver.next().await;
    read(&delivery);
    let signed_at: i64 = delivery.0[TIMESTAMP_HEADER].to_str().unwrap().parse().unwrap();
    assert!(now().since_us(before) >= 1_200_000);
    assert!(signed_at > before.unix_seconds());
}

#[tokio::test]
async fn a_lost_delivery_comes_again_and_a_dropped_one_never() {
    let mut receiver = Receiver::start().await;
    let sandbox = TestSandbox::start_for(&receiver).await;
    sandbox.control(json!({"drop_webhooks": true})).await;
    let dropped = sandbox.paid(cny(1)).await;
    sandbox.control(json!({"fail_webhooks_next": 2})).await;
    let lost = sandbox.paid(cny(2)).await;
    assert_eq!(paid_reference(&read(&receiver.next().await)), lost.reference);
    assert!(!receiver.gets_something_within(Duration::from_millis(200)).await);
    let found = done(sandbox.client.find_payment(dropped.reference).await).unwrap();
    assert_eq!(found.status, gateway::protocol::PaymentStatus::Succeeded);
}

#[tokio::test]
async fn a_payment_may_name_its_own_receiver_for_its_refunds_too() {
    let mut configured = Receiver::start().await;
    let mut own = Receiver::start().await;
    let sandbox = TestSandbox::start_for(&configured).await;
    let payment = done(
        sandbox
            .client
            .create_payment(attempt(), cny(5), "tea", Some(&own.url), None)
            .await,
    );
    sandbox.pay(&payment.id, "succeed", "card-1").await;
    assert_eq!(paid_reference(&read(&own.next().await)), payment.reference);
    done(sandbox.client.refund(refund_ref(), &payment.id, cny(5)).await);
    assert!(matches!(
        read(&own.next().await),
        ProviderEvent::RefundSucceeded { .. }
    ));
    done(sandbox.client.transfer(payout_ref(), cny(1), "acct-1").await);
    assert!(matches!(
        read(&configured.next().await),
        ProviderEvent::TransferPaid { .. }
    ));
}
