//! No way into the sandbox for input that breaks a rule, for who has no key, and for text that is HTML.

use gateway::protocol::PaymentStatus;
use serde_json::{Value, json};

use crate::support::{TestSandbox, attempt, cny, done, plain_http};

/// What no call that moves money takes.
fn bad_in_every_call() -> Vec<(&'static str, Value)> {
    let amounts = [
        json!(0),
        json!(-1),
        json!(1.5),
        json!("1"),
        json!(1e308),
        json!(i64::MAX),
        json!(null),
    ];
    let currencies = [json!("cny"), json!("XYZW"), json!(156)];
    let references = [json!(""), json!("a b"), json!("a\u{0}"), json!("x".repeat(65))];
    let of_answers = [
        ("status", json!("succeeded")),
        ("id", json!("spay_1")),
        ("fee", json!(0)),
    ];
    let mut bad: Vec<_> = amounts.map(|value| ("amount", value)).into();
    bad.extend(currencies.map(|value| ("currency", value)));
    bad.extend(references.map(|value| ("reference", value)));
    bad.extend(of_answers);
    bad
}

fn bad_in_a_payment() -> Vec<(&'static str, Value)> {
    let descriptions = [json!("x".repeat(128)), json!("a\nb")];
    let too_long = format!("https://x.example/{}", "y".repeat(512));
    let urls = [json!("file:///etc/passwd"), json!("not a url"), json!(too_long)];
    let mut bad: Vec<_> = descriptions.map(|value| ("description", value)).into();
    bad.extend(urls.clone().map(|value| ("webhook_url", value)));
    bad.extend(urls.map(|value| ("return_url", value)));
    bad
}

#[tokio::test]
async fn a_field_that_breaks_a_rule_is_refused_and_leaves_nothing_behind() {
    let sandbox = TestSandbox::start().await;
    let payment = json!({"reference": "a", "amount": 1, "currency": "CNY", "description": ""});
    let refund = json!({"reference": "a", "payment": "p", "amount": 1, "currency": "CNY"});
    let transfer = json!({"reference": "a", "amount": 1, "currency": "CNY", "account": "acct"});
    let mut tries = vec![
        ("/v1/settle", json!({"reference": "s", "all": true})),
        ("/control", json!({"reorder": true, "unheard_of": 1})),
        ("/control", json!({"delay_ms": 60_001})),
    ];
    for (path, good, bad) in [
        ("/v1/payments", &payment, bad_in_every_call()),
        ("/v1/payments", &payment, bad_in_a_payment()),
        ("/v1/refunds", &refund, bad_in_every_call()),
        ("/v1/transfers", &transfer, bad_in_every_call()),
    ] {
        for (field, value) in bad {
            let mut body = good.clone();
            body[field] = value;
            tries.push((path, body));
        }
    }
    for (path, body) in tries {
        let (status, answer) = sandbox.post(path, body.clone()).await;
        let seen = (status, &answer["code"]);
        assert_eq!(seen, (400, &json!("invalid_request")), "{path} {body}");
    }
    assert_eq!(done(sandbox.client.book().await).entries, []);
    // The same bodies without the fault are taken, so it was the fault that was refused.
    assert_eq!(sandbox.post("/v1/payments", payment).await.0, 200);
    assert_eq!(sandbox.post("/v1/transfers", transfer).await.0, 200);
}

#[tokio::test]
async fn what_is_not_the_expected_json_is_refused() {
    let sandbox = TestSandbox::start().await;
    let (deep, long) = (
        "[".repeat(10_000),
        format!("{{\"reference\":\"{}\"}}", "x".repeat(20_000)),
    );
    let twice = r#"{"reference":"a","amount":1,"amount":2,"currency":"CNY","description":""}"#;
    for body in ["", "{", "[]", "null", &deep, &long, twice] {
        let (status, _) = sandbox.post_text("/v1/payments", body.to_owned()).await;
        assert_eq!(status, 400);
    }
    assert_eq!(sandbox.get("/v1/payments?reference=a&x=1").await.0, 400);
    assert_eq!(done(sandbox.client.book().await).entries, []);
}

#[tokio::test]
async fn nobody_without_the_key_gets_in() {
    let sandbox = TestSandbox::start().await;
    let payment = sandbox.paid(cny(1)).await;
    let http = plain_http();
    let paths = [
        "/v1/payments?reference=a",
        "/v1/refunds?reference=a",
        "/v1/transfers?reference=a",
        "/v1/book",
        "/control",
    ];
    for path in paths
        .into_iter()
        .map(str::to_owned)
        .chain([format!("/v1/payments/{}", payment.id)])
    {
        for header in [
            "",
            "Bearer ",
            "Bearer wrong",
            "Basic c2s6",
            "Bearer sk_test_012345678",
        ] {
            let answer = http
                .get(sandbox.url(&path))
                .header("authorization", header)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 401, "{path} {header}");
        }
    }
    for path in [
        "/v1/payments",
        "/v1/refunds",
        "/v1/transfers",
        "/v1/settle",
        "/control",
    ] {
        assert_eq!(
            http.post(sandbox.url(path))
                .body("{}")
                .send()
                .await
                .unwrap()
                .status(),
            401,
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_page_for_payers_shows_hostile_text_as_text_and_takes_the_decision() {
    let sandbox = TestSandbox::start().await;
    let hostile = r#"<script>alert("1")</script>&'"#;
    let payment = done(
        sandbox
            .client
            .create_payment(
                attempt(),
                cny(9_905),
                hostile,
                None,
                Some("https://shop.example/?a=1&b=\"2\""),
            )
            .await,
    );
    assert_eq!(payment.pay_url, sandbox.url(&format!("/pay/{}", payment.id)));
    let http = plain_http();
    let page = http.get(&payment.pay_url).send().await.unwrap();
    assert!(
        page.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("default-src 'none'")
    );
    let html = page.text().await.unwrap();
    assert!(
        html.contains("99.05 CNY") && html.contains("&lt;script&gt;alert(&quot;1&quot;)"),
        "{html}"
    );
    assert!(!html.contains("<script>"));

    let form = http
        .post(&payment.pay_url)
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = form
        .body("outcome=succeed&instrument=card-1")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            answer.status().as_u16(),
            answer.headers()["location"].to_str().unwrap()
        ),
        (303, format!("{}?decided", payment.id).as_str())
    );
    let paid = done(sandbox.client.find_payment(payment.reference).await).unwrap();
    assert_eq!(paid.status, PaymentStatus::Succeeded);
    let page = http.get(format!("{}?decided", payment.pay_url)).send();
    let html = page.await.unwrap().text().await.unwrap();
    let back = "https://shop.example/?a=1&amp;b=&quot;2&quot;";
    assert!(
        html.contains("Paid.") && html.contains(&format!("<a href=\"{back}\">")),
        "{html}"
    );
    assert!(html.contains(&format!("content=\"1; url={back}\"")), "{html}");
}
