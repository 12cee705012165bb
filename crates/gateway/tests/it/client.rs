//! The client against a sandbox that misbehaves and providers that lie: a clear yes, a clear no, and
//! everything else unknown.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::RawQuery;
use axum::http::{HeaderValue, StatusCode, header};
use gateway::protocol::{PaymentStatus, TransferStatus};
use gateway::provider::{Outcome, SandboxClient, UnknownCause};
use serde_json::{Value, json};

use crate::support::{
    KEY, TestSandbox, attempt, client_of, cny, done, payout_ref, plain_http, refund_ref, serve_router,
};

fn cause<T: std::fmt::Debug>(outcome: Outcome<T>) -> UnknownCause {
    match outcome {
        Outcome::Unknown(cause) => cause,
        Outcome::Done(_) | Outcome::Refused(_) => panic!("something is claimed to be known: {outcome:?}"),
    }
}

fn refused_code<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    match outcome {
        Outcome::Refused(refusal) => refusal.code,
        Outcome::Done(_) | Outcome::Unknown(_) => panic!("not refused: {outcome:?}"),
    }
}

#[tokio::test]
async fn a_payment_a_refund_and_a_payout_are_done_and_found() {
    let sandbox = TestSandbox::start().await;
    let client = &sandbox.client;
    let payment = sandbox.paid(cny(100)).await;
    let found = done(client.find_payment(payment.reference).await).unwrap();
    assert_eq!(
        (found.status, found.money, found.refunded),
        (PaymentStatus::Succeeded, cny(100), 0)
    );
    let refund = done(client.refund(refund_ref(), &payment.id, cny(40)).await);
    assert_eq!(done(client.find_refund(refund.reference).await), Some(refund));
    let transfer = done(client.transfer(payout_ref(), cny(40), "acct-1").await);
    assert_eq!(transfer.status, TransferStatus::Paid);
    assert_eq!(
        done(client.find_transfer(transfer.reference).await),
        Some(transfer)
    );

    assert_eq!(done(client.find_payment(attempt()).await), None);
    assert_eq!(done(client.find_refund(refund_ref()).await), None);
    assert_eq!(done(client.find_transfer(payout_ref()).await), None);
}

#[tokio::test]
async fn look_ups_that_wait_are_sent_together_and_each_hears_of_its_own() {
    let sandbox = TestSandbox::start().await;
    let mut known = Vec::new();
    for amount in 1..=20 {
        known.push(sandbox.paid(cny(amount)).await);
    }
    let asked = Arc::new(AtomicU64::new(0));
    let (count, http, base) = (Arc::clone(&asked), plain_http(), sandbox.handle.base_url());
    let pass_on = move |RawQuery(query): RawQuery| {
        count.fetch_add(1, Ordering::Relaxed);
        let url = format!("{base}/v1/payments?{}", query.unwrap());
        let sent = http.get(url).bearer_auth(KEY).send();
        async move { sent.await.unwrap().bytes().await.unwrap() }
    };
    let client = client_of(&serve_router(Router::new().fallback(pass_on)).await);
    // Each twice, between 210 that the provider does not know.
    let wanted = (0..250).map(|n| (n < 40).then(|| &known[n % 20]));
    let look_ups = wanted.map(|payment| {
        let (client, reference) = (&client, payment.map_or_else(attempt, |payment| payment.reference));
        async move { (payment, done(client.find_payment(reference).await)) }
    });
    for (payment, found) in futures_util::future::join_all(look_ups).await {
        assert_eq!(
            found.map(|found| (found.id, found.money)),
            payment.map(|payment| (payment.id.clone(), payment.money))
        );
    }
    let times = asked.load(Ordering::Relaxed);
    assert!(times <= 5, "250 look-ups were sent as {times}");

    let lost = client_of("http://127.0.0.1:1");
    let look_ups = (0..3).map(|_| lost.find_payment(attempt()));
    for found in futures_util::future::join_all(look_ups).await {
        assert!(matches!(cause(found), UnknownCause::Connection(_)));
    }
}

#[tokio::test]
async fn a_bank_that_takes_its_time_is_pending_first() {
    let sandbox = TestSandbox::start().await;
    sandbox.control(json!({"bank_delay_ms": 50})).await;
    let transfer = done(sandbox.client.transfer(payout_ref(), cny(40), "acct-1").await);
    assert_eq!(transfer.status, TransferStatus::Pending);
    let mut status = transfer.status;
    while status == TransferStatus::Pending {
        status = done(sandbox.client.find_transfer(transfer.reference).await)
            .unwrap()
            .status;
    }
    assert_eq!(status, TransferStatus::Paid);
}

#[tokio::test]
async fn a_no_in_the_providers_own_words_is_final() {
    let sandbox = TestSandbox::start().await;
    let client = &sandbox.client;
    let payment = sandbox.paid(cny(100)).await;
    let too_much = client.refund(refund_ref(), &payment.id, cny(101)).await;
    assert_eq!(refused_code(too_much), "refund_exceeds_captured");
    assert_eq!(
        refused_code(client.create_payment(attempt(), cny(0), "", None, None).await),
        "invalid_request"
    );

    sandbox
        .control(json!({"refuse_refunds": true, "refuse_transfers": true}))
        .await;
    let (refund, payout) = (refund_ref(), payout_ref());
    assert_eq!(
        refused_code(client.refund(refund, &payment.id, cny(1)).await),
        "refund_refused"
    );
    assert_eq!(
        refused_code(client.transfer(payout, cny(1), "acct-1").await),
        "transfer_refused"
    );
    assert_eq!(
        done(client.find_refund(refund).await),
        None,
        "refused means that nothing was done"
    );
    assert_eq!(done(client.find_transfer(payout).await), None);
}

#[tokio::test]
async fn a_provider_that_is_down_or_fails_did_nothing_but_nobody_can_know() {
    let sandbox = TestSandbox::start().await;
    let reference = attempt();
    let ask = || {
        sandbox
            .client
            .create_payment(reference, cny(100), "tea", None, None)
    };
    sandbox.control(json!({"api_down": true})).await;
    assert_eq!(cause(ask().await), UnknownCause::Status(503));
    assert_eq!(
        cause(sandbox.client.find_payment(reference).await),
        UnknownCause::Status(503)
    );
    sandbox.control(json!({"fail_next": 1})).await;
    assert_eq!(cause(ask().await), UnknownCause::Status(500));
    assert_eq!(done(sandbox.client.find_payment(reference).await), None);
    assert_eq!(done(ask().await).reference, reference);
}

#[tokio::test]
async fn what_was_done_before_the_answer_was_lost_is_found_and_not_done_twice() {
    let sandbox = TestSandbox::start().await;
    let payment = sandbox.paid(cny(100)).await;
    sandbox.control(json!({"cut_next": 1})).await;
    let reference = refund_ref();
    let ask = || sandbox.client.refund(reference, &payment.id, cny(60));
    assert!(matches!(cause(ask().await), UnknownCause::Connection(_)));
    let found = done(sandbox.client.find_refund(reference).await).expect("it was done");
    assert_eq!(
        done(ask().await),
        found,
        "the same reference gives the same refund"
    );
    let now = done(sandbox.client.find_payment(payment.reference).await).unwrap();
    assert_eq!(now.refunded, 60);
}

#[tokio::test]
async fn an_answer_after_the_deadline_is_unknown() {
    let sandbox = TestSandbox::start().await;
    let hasty = SandboxClient::new(&sandbox.handle.base_url(), KEY, Duration::from_secs(1)).unwrap();
    sandbox.control(json!({"api_delay_ms": 60_000})).await;
    let reference = attempt();
    assert_eq!(
        cause(hasty.create_payment(reference, cny(100), "tea", None, None).await),
        UnknownCause::Timeout
    );
    sandbox.control(json!({})).await;
    assert!(
        done(sandbox.client.find_payment(reference).await).is_some(),
        "the call was done, its answer came late"
    );
}

#[tokio::test]
async fn a_reference_that_names_something_else_is_unknown_and_not_refused() {
    let sandbox = TestSandbox::start().await;
    let reference = attempt();
    done(
        sandbox
            .client
            .create_payment(reference, cny(100), "tea", None, None)
            .await,
    );
    let changed = sandbox
        .client
        .create_payment(reference, cny(100), "茶", None, None)
        .await;
    assert_eq!(cause(changed), UnknownCause::ReferenceReused);
}

#[tokio::test]
async fn nobody_listening_and_a_wrong_key_are_unknown() {
    // Bound but not listening: refuses every connection, and nobody else gets the port.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    let nobody = client_of(&address)
        .create_payment(attempt(), cny(1), "tea", None, None)
        .await;
    assert!(matches!(cause(nobody), UnknownCause::Connection(_)));

    let sandbox = TestSandbox::start().await;
    let stranger = SandboxClient::new(&sandbox.handle.base_url(), "wrong", Duration::from_secs(20)).unwrap();
    let outcome = stranger
        .create_payment(attempt(), cny(1), "tea", None, None)
        .await;
    assert_eq!(cause(outcome), UnknownCause::Status(401));
    assert!(!format!("{stranger:?}").contains("wrong"));
}

#[tokio::test]
async fn a_tls_client_does_not_talk_to_a_plain_server() {
    let sandbox = TestSandbox::start().await;
    let address = format!("https://{}", sandbox.handle.address());
    let outcome = client_of(&address).find_payment(attempt()).await;
    assert!(matches!(cause(outcome), UnknownCause::Connection(_)));
}

/// A provider that gives everybody the same answer.
async fn liar(status: u16, body: String) -> SandboxClient {
    let status = StatusCode::from_u16(status).unwrap();
    let location = HeaderValue::from_static("/elsewhere");
    let answer = move || async move { (status, [(header::LOCATION, location)], body) };
    client_of(&serve_router(Router::new().fallback(answer)).await)
}

#[tokio::test]
async fn a_no_that_is_not_the_providers_is_unknown() {
    let own_words = json!({"code": "told_no", "message": "no"}).to_string();
    for (status, body) in [
        (400, "<html>Bad Request</html>"),
        (403, &own_words),
        (404, &own_words),
        (408, &own_words),
        (429, &own_words),
        (502, &own_words),
        (301, &own_words),
        (307, ""),
        (409, r#"{"code": "x", "message": "y", "extra": 1}"#),
    ] {
        let outcome = liar(status, body.to_owned())
            .await
            .transfer(payout_ref(), cny(1), "acct-1")
            .await;
        assert_eq!(cause(outcome), UnknownCause::Status(status), "{status} {body}");
    }
    let outcome = liar(422, own_words)
        .await
        .transfer(payout_ref(), cny(1), "acct-1")
        .await;
    assert_eq!(refused_code(outcome), "told_no");
}

#[tokio::test]
async fn a_yes_about_something_else_is_unknown() {
    let reference = attempt();
    let truth = json!({
        "id": "spay_1", "reference": reference.to_string(), "status": "pending", "amount": 100,
        "currency": "CNY", "description": "tea", "refunded": 0, "fee": 0, "settlement": null,
        "instrument_fingerprint": null, "failure": null, "pay_url": "https://pay.example/1",
        "created_at": "2026-03-01T08:00:00Z",
    });
    let ask = async |body: Value| {
        liar(200, body.to_string())
            .await
            .create_payment(reference, cny(100), "tea", None, None)
            .await
    };
    assert_eq!(done(ask(truth.clone()).await).money, cny(100));
    for (field, lie) in [
        ("amount", json!(10_000)),
        ("amount", json!(-100)),
        ("currency", json!("JPY")),
        ("reference", json!(attempt().to_string())),
        ("reference", json!("")),
        ("pay_url", json!("javascript:alert(1)")),
        ("status", json!("succeeded")),
        ("id", json!("../x")),
        ("surprise", json!(1)),
    ] {
        let mut answer = truth.clone();
        answer[field] = lie.clone();
        assert!(
            matches!(cause(ask(answer).await), UnknownCause::Answer(_)),
            "{field} = {lie}"
        );
    }
    let others = json!({"data": [truth]}).to_string();
    let found = liar(200, others).await.find_payment(attempt()).await;
    assert!(
        matches!(cause(found), UnknownCause::Answer(_)),
        "a look-up that finds another payment"
    );
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let client = liar(200, format!("\"{}\"", "x".repeat(5 << 20))).await;
    assert_eq!(
        cause(client.book().await),
        UnknownCause::Answer("too long".to_owned())
    );
}

/// A provider whose book is given by a function of the page's number.
async fn liar_with_book(page: fn(u64) -> Value) -> SandboxClient {
    let next_number = Arc::new(AtomicU64::new(0));
    let answer = move || {
        let number = next_number.fetch_add(1, Ordering::Relaxed);
        async move { page(number).to_string() }
    };
    client_of(&serve_router(Router::new().fallback(answer)).await)
}

fn entry() -> Value {
    json!({"transfer": {
        "id": "strf_1", "reference": "t-1", "status": "paid", "amount": 1, "currency": "CNY",
        "account": "acct-1", "failure": null, "created_at": "2026-03-01T08:00:00Z",
    }})
}

#[tokio::test]
async fn pages_of_different_versions_are_not_taken_for_one_book() {
    let page = |n: u64| {
        let next = if n.is_multiple_of(2) {
            json!(1)
        } else {
            json!(null)
        };
        json!({"version": n, "totals": [], "entries": [entry()], "next": next})
    };
    let outcome = liar_with_book(page).await.book().await;
    let changed = "the book changed while it was read".to_owned();
    assert_eq!(cause(outcome), UnknownCause::Answer(changed));
}

#[tokio::test]
async fn a_book_without_an_end_is_not_read_for_ever() {
    let empty = |n: u64| json!({"version": 1, "totals": [], "entries": [], "next": n + 1});
    let leaping = |_| json!({"version": 1, "totals": [], "entries": [entry()], "next": 1_000_000});
    for page in [empty, leaping] {
        let outcome = liar_with_book(page).await.book().await;
        assert_eq!(
            cause(outcome),
            UnknownCause::Answer("next is not the next".to_owned())
        );
    }
}
