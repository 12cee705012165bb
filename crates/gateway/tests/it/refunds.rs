//! Never more back than was captured, however many ask at once.

use gateway::protocol::RefundStatus;
use gateway::provider::{Outcome, ProviderRefund};
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{TestSandbox, attempt, cny, done, refund_ref};

/// How many of 64 parallel refunds of `part` of a payment of 1,000 are done; the others must be refused.
async fn parallel_refunds(sandbox: &TestSandbox, part: i64) -> usize {
    let payment = sandbox.paid(cny(1_000)).await;
    let mut calls = JoinSet::new();
    for _ in 0..64 {
        let (client, id) = (sandbox.client.clone(), payment.id.clone());
        calls.spawn(async move { client.refund(refund_ref(), &id, cny(part)).await });
    }
    let is_done = |outcome: &Outcome<ProviderRefund>| match outcome {
        Outcome::Done(_) => true,
        Outcome::Refused(refusal) if refusal.code == "refund_exceeds_captured" => false,
        Outcome::Refused(_) | Outcome::Unknown(_) => panic!("{outcome:?}"),
    };
    let outcomes = calls.join_all().await;
    let won = outcomes.iter().filter(|outcome| is_done(outcome)).count();
    let now = done(sandbox.client.find_payment(payment.reference).await).unwrap();
    assert_eq!(now.refunded, part * won as i64);
    won
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_parallel_refunds_exactly_the_allowed_ones_win() {
    let sandbox = TestSandbox::start().await;
    assert_eq!(parallel_refunds(&sandbox, 100).await, 10);
    assert_eq!(parallel_refunds(&sandbox, 600).await, 1);
    assert_eq!(parallel_refunds(&sandbox, 1_001).await, 0);
    assert_eq!(parallel_refunds(&sandbox, 1).await, 64);
    // A refund that the bank has not finished counts too.
    sandbox.control(json!({"bank_delay_ms": 60_000})).await;
    assert_eq!(parallel_refunds(&sandbox, 300).await, 3);
    sandbox.handle.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_failed_refund_frees_its_amount_for_another_reference() {
    let sandbox = TestSandbox::start().await;
    let payment = sandbox.paid(cny(100)).await;
    sandbox.control(json!({"fail_refunds": true})).await;
    let first = refund_ref();
    let failed = done(sandbox.client.refund(first, &payment.id, cny(100)).await);
    assert_eq!(failed.status, RefundStatus::Failed);
    sandbox.control(json!({})).await;
    let again = done(sandbox.client.refund(first, &payment.id, cny(100)).await);
    assert_eq!(
        again.status,
        RefundStatus::Failed,
        "the same reference is the same refund"
    );
    let second = done(
        sandbox
            .client
            .refund(first.after_failure().unwrap(), &payment.id, cny(100))
            .await,
    );
    assert_eq!(second.status, RefundStatus::Succeeded);
}

#[tokio::test]
async fn what_was_not_paid_cannot_be_refunded() {
    let sandbox = TestSandbox::start().await;
    let pending = done(
        sandbox
            .client
            .create_payment(attempt(), cny(100), "tea", None, None)
            .await,
    );
    let declined = done(
        sandbox
            .client
            .create_payment(attempt(), cny(100), "tea", None, None)
            .await,
    );
    sandbox.pay(&declined.id, "decline", "card-1").await;
    let paid = sandbox.paid(cny(100)).await;
    for (payment, currency, code) in [
        (&pending.id, "CNY", "payment_not_captured"),
        (&declined.id, "CNY", "payment_not_captured"),
        (&paid.id, "JPY", "currency_mismatch"),
        (&"spay_unknown".to_owned(), "CNY", "payment_unknown"),
    ] {
        let body = json!({"reference": "r", "payment": payment, "amount": 1, "currency": currency});
        let (status, answer) = sandbox.post("/v1/refunds", body).await;
        assert_eq!((status, &answer["code"]), (422, &json!(code)));
    }
}
