//! The sandbox as a provider: one thing per reference, one decision per payment, and a clean start and end.

use std::collections::BTreeSet;

use gateway::sandbox::{SandboxConfig, serve};
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{
    Receiver, TestSandbox, attempt, cny, config, done, listener, payout_ref, plain_http, refund_ref,
};

#[tokio::test]
async fn a_reference_names_one_payment_whatever_is_sent() {
    let sandbox = TestSandbox::start().await;
    let first = json!({"reference": "a-1", "amount": 100, "currency": "CNY", "description": "tea"});
    let (_, payment) = sandbox.post("/v1/payments", first.clone()).await;
    assert_eq!(payment["status"], "pending");
    sandbox
        .pay(payment["id"].as_str().unwrap(), "succeed", "card-1")
        .await;
    let (status, again) = sandbox.post("/v1/payments", first.clone()).await;
    assert_eq!(
        (status, &again["id"], &again["status"]),
        (200, &payment["id"], &json!("succeeded"))
    );
    let changes = [
        ("amount", json!(101)),
        ("currency", json!("EUR")),
        ("description", json!("coffee")),
    ];
    for (field, value) in changes
        .into_iter()
        .chain([("webhook_url", json!("https://x.example/"))])
    {
        let mut other = first.clone();
        other[field] = value;
        let (status, answer) = sandbox.post("/v1/payments", other).await;
        assert_eq!(
            (status, &answer["code"]),
            (409, &json!("reference_reused")),
            "{field}"
        );
    }
}

#[tokio::test]
async fn refunds_and_transfers_are_named_by_their_references_too() {
    let sandbox = TestSandbox::start().await;
    let (payment, other) = (sandbox.paid(cny(100)).await, sandbox.paid(cny(100)).await);
    let refund = json!({"reference": "r-1", "payment": payment.id, "amount": 60, "currency": "CNY"});
    let transfer = json!({"reference": "t-1", "amount": 60, "currency": "CNY", "account": "acct-1"});
    let other_refund = [
        ("amount", json!(40)),
        ("payment", json!(other.id)),
        ("currency", json!("EUR")),
    ];
    let other_transfer = [
        ("amount", json!(40)),
        ("account", json!("acct-2")),
        ("currency", json!("EUR")),
    ];
    for (path, body, changes) in [
        ("/v1/refunds", refund, other_refund),
        ("/v1/transfers", transfer, other_transfer),
    ] {
        let (first_status, first) = sandbox.post(path, body.clone()).await;
        let (again_status, again) = sandbox.post(path, body.clone()).await;
        assert_eq!((first_status, again_status, &again), (200, 200, &first));
        for (field, value) in changes {
            let mut changed = body.clone();
            changed[field] = value;
            let (status, answer) = sandbox.post(path, changed).await;
            assert_eq!(
                (status, &answer["code"]),
                (409, &json!("reference_reused")),
                "{path} {field}"
            );
        }
    }
    assert_eq!(done(sandbox.client.book().await).entries.len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_reference_in_64_parallel_calls_is_one_payment() {
    let sandbox = TestSandbox::start().await;
    let reference = attempt();
    let mut calls = JoinSet::new();
    for _ in 0..64 {
        let client = sandbox.client.clone();
        calls.spawn(async move {
            done(
                client
                    .create_payment(reference, cny(100), "tea", None, None)
                    .await,
            )
            .id
        });
    }
    let ids: BTreeSet<String> = calls.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(done(sandbox.client.book().await).entries.len(), 1);
}

#[tokio::test]
async fn a_payer_decides_once() {
    let sandbox = TestSandbox::start().await;
    let payment = sandbox.paid(cny(100)).await;
    sandbox.pay(&payment.id, "succeed", "card-4242").await;
    for other in [
        json!({"outcome": "decline", "instrument": "card-4242"}),
        json!({"outcome": "succeed", "instrument": "x"}),
    ] {
        let (status, answer) = sandbox
            .post(&format!("/v1/payments/{}/pay", payment.id), other)
            .await;
        assert_eq!((status, &answer["code"]), (409, &json!("payment_final")));
    }
    let (status, _) = sandbox
        .post(
            "/v1/payments/spay_0/pay",
            json!({"outcome": "succeed", "instrument": "x"}),
        )
        .await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_call_on_its_way_is_answered_before_the_sandbox_stops() {
    let mut receiver = Receiver::start().await;
    let sandbox = TestSandbox::start_for(&receiver).await;
    sandbox.control(json!({"api_delay_ms": 500})).await;
    let (client, reference) = (sandbox.client.clone(), payout_ref());
    let start = tokio::time::Instant::now();
    let call = tokio::spawn(async move { client.transfer(reference, cny(1), "acct-1").await });
    // The news goes out when the call is done, and the answer half a second later.
    receiver.next().await;
    sandbox.handle.shutdown().await.unwrap();
    assert!(
        start.elapsed().as_millis() >= 500,
        "it stopped before the answer was due"
    );
    assert_eq!(done(call.await.unwrap()).reference, reference);
}

#[tokio::test]
async fn a_setup_that_cannot_work_is_refused_at_the_start() {
    for (broken, names) in [
        (
            SandboxConfig {
                api_key: String::new(),
                ..config()
            },
            "key",
        ),
        (
            SandboxConfig {
                webhook_secrets: vec![],
                ..config()
            },
            "webhook_secrets",
        ),
        (
            SandboxConfig {
                webhook_url: Some("ftp://x".into()),
                ..config()
            },
            "webhook_url",
        ),
    ] {
        let error = serve(listener().await, broken).unwrap_err();
        assert!(error.to_string().contains(names), "{error}");
    }
}

#[tokio::test]
async fn payments_are_paid_together_and_each_stays_one_of_its_own() {
    let mut receiver = Receiver::start().await;
    let sandbox = TestSandbox::start_for(&receiver).await;
    let asked: Vec<_> = [(attempt(), 100), (attempt(), 250), (attempt(), 40)]
        .map(|(reference, amount)| (reference, cny(amount), format!("tea for {amount}")))
        .into();
    let (alone, money, description) = &asked[1];
    let before = sandbox
        .client
        .create_payment(*alone, *money, description, None, None);
    let before = done(before.await);
    let page = done(
        sandbox
            .client
            .create_together(&asked, Some("https://shop.example/"))
            .await,
    );
    let again = done(sandbox.client.create_together(&asked, None).await);
    assert_eq!(page, again, "a repetition is the same page");
    assert!(
        page.contains(&before.id),
        "what was asked for before is one of them"
    );

    let http = plain_http();
    let html = http.get(&page).send().await.unwrap().text().await.unwrap();
    assert!(html.contains("3.90 CNY") && html.contains("tea for 40"), "{html}");
    sandbox.pay(&before.id, "succeed", "card-2").await;
    let html = http.get(&page).send().await.unwrap().text().await.unwrap();
    assert!(
        html.contains("<h1>1.40 CNY"),
        "what is paid is not asked for again: {html}"
    );
    let decide = |outcome: &str| {
        let form = http
            .post(&page)
            .header("content-type", "application/x-www-form-urlencoded");
        form.body(format!("outcome={outcome}&instrument=card-1")).send()
    };
    for _ in 0..2 {
        assert_eq!(decide("succeed").await.unwrap().status(), 303);
    }
    assert_eq!(
        decide("decline").await.unwrap().status(),
        409,
        "it is too late for that"
    );
    let mut told = BTreeSet::new();
    for _ in 0..3 {
        let event: serde_json::Value = serde_json::from_slice(&receiver.next().await.1).unwrap();
        assert_eq!(event["type"], "payment.succeeded");
        told.insert(event["data"]["reference"].as_str().unwrap().to_owned());
    }
    assert_eq!(
        told,
        asked
            .iter()
            .map(|(reference, ..)| reference.to_string())
            .collect()
    );
    for (reference, money, _) in &asked {
        let paid = done(sandbox.client.find_payment(*reference).await).unwrap();
        let refund = sandbox.client.refund(refund_ref(), &paid.id, *money);
        assert_eq!(done(refund.await).money, *money);
    }
    assert_eq!(done(sandbox.client.book().await).entries.len(), 6);
}

#[tokio::test]
async fn what_cannot_be_paid_together_is_not_asked_for_at_all() {
    let sandbox = TestSandbox::start().await;
    let known = json!({"reference": "a-1", "amount": 100, "currency": "CNY", "description": "tea"});
    sandbox.post("/v1/payments", known.clone()).await;
    let of = |reference: &str, changed: &str, value: serde_json::Value| {
        let mut new = known.clone();
        new["reference"] = json!(reference);
        new[changed] = value;
        new
    };
    let many: Vec<_> = (0..51)
        .map(|n| of(&format!("m-{n}"), "amount", json!(1)))
        .collect();
    let plain = of("b-1", "amount", json!(5));
    for (together, code) in [
        (vec![], "invalid_request"),
        (many, "invalid_request"),
        (vec![plain.clone(), plain.clone()], "invalid_request"),
        (
            vec![plain.clone(), of("c-1", "currency", json!("EUR"))],
            "invalid_request",
        ),
        (
            vec![plain.clone(), of("c-1", "amount", json!(0))],
            "invalid_request",
        ),
        (
            vec![plain.clone(), of("a-1", "amount", json!(7))],
            "reference_reused",
        ),
    ] {
        let (status, answer) = sandbox
            .post("/v1/payments/together", json!({"payments": together}))
            .await;
        assert!((400..500).contains(&status), "{answer}");
        assert_eq!(answer["code"], code, "{answer}");
    }
    assert_eq!(done(sandbox.client.book().await).entries.len(), 1);
}
