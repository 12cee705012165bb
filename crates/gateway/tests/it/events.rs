//! Genuine bodies, read strictly: what is not exactly the protocol is no event.

use axum::http::{HeaderMap, HeaderValue};
use gateway::protocol::BookEntry;
use gateway::provider::{EventRefusal, ProviderEvent, Record};
use gateway::webhook::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign, verify};
use kernel::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{attempt, cny, payout_ref, refund_ref, secret};

const NOW: Timestamp = Timestamp(1_700_000_000_000_000);

/// Reads a body as if the provider had signed it.
fn read(body: &str) -> Result<ProviderEvent, EventRefusal> {
    let signature = sign(&[secret()], "evt_1", NOW, body.as_bytes());
    let headers = HeaderMap::from_iter([
        (ID_HEADER.parse().unwrap(), HeaderValue::from_static("evt_1")),
        (TIMESTAMP_HEADER.parse().unwrap(), NOW.unix_seconds().into()),
        (SIGNATURE_HEADER.parse().unwrap(), signature.parse().unwrap()),
    ]);
    ProviderEvent::read(&verify(&[secret()], &headers, body.as_bytes(), NOW).unwrap())
}

fn event(event_type: &str, data: &Value) -> Value {
    json!({"type": event_type, "timestamp": "2026-03-01T08:00:00Z", "data": data})
}

fn payment() -> Value {
    json!({
        "id": "spay_1", "reference": attempt().to_string(), "status": "succeeded", "amount": 9900,
        "currency": "CNY", "description": "lunch", "refunded": 0, "fee": 0, "settlement": null,
        "instrument_fingerprint": "sfp_1", "failure": null, "pay_url": "https://pay.example/1",
        "created_at": "2026-03-01T08:00:00Z",
    })
}

fn with(mut data: Value, field: &str, value: Value) -> Value {
    data[field] = value;
    data
}

#[test]
fn the_news_of_a_payment_is_read() {
    let succeeded = payment();
    let reference = succeeded["reference"].as_str().unwrap().parse().unwrap();
    let money = cny(9_900);
    assert_eq!(
        read(&event("payment.succeeded", &succeeded).to_string()),
        Ok(ProviderEvent::PaymentSucceeded {
            provider_payment: "spay_1".into(),
            reference,
            money,
            instrument_fingerprint: "sfp_1".into(),
        })
    );
    let chargeback = json!({"amount": 9_900, "settlement": null});
    let charged_back = with(succeeded.clone(), "chargeback", chargeback);
    let news = event("payment.charged_back", &charged_back);
    assert_eq!(
        read(&news.to_string()),
        Ok(ProviderEvent::PaymentChargedBack {
            provider_payment: "spay_1".into(),
            reference,
            money,
            instrument_fingerprint: "sfp_1".into(),
            charged_back: 9_900,
        })
    );
    for amount in [0, -1, 9_901] {
        let wrong = with(
            charged_back.clone(),
            "chargeback",
            json!({"amount": amount, "settlement": null}),
        );
        let refused = read(&event("payment.charged_back", &wrong).to_string());
        assert!(matches!(refused, Err(EventRefusal::Malformed(_))), "{amount}");
    }
    let untold = read(&event("payment.charged_back", &succeeded).to_string());
    assert!(matches!(untold, Err(EventRefusal::Malformed(_))), "{untold:?}");
    let failed = with(
        with(succeeded, "status", json!("failed")),
        "failure",
        json!("de\nclined"),
    );
    assert_eq!(
        read(&event("payment.failed", &failed).to_string()),
        Ok(ProviderEvent::PaymentFailed {
            provider_payment: "spay_1".into(),
            reference,
            money,
            failure: "declined".into(),
        })
    );
}

#[test]
fn the_news_of_refunds_and_transfers_is_read() {
    let money = cny(9_900);
    let reference = refund_ref().after_failure().unwrap();
    let refund = json!({
        "id": "sref_1", "reference": reference.to_string(), "payment": "spay_1", "status": "succeeded",
        "amount": 9900, "currency": "CNY", "settlement": null, "failure": null,
        "created_at": "2026-03-01T08:00:00Z",
    });
    let provider_refund = "sref_1".to_owned();
    assert_eq!(
        read(&event("refund.succeeded", &refund).to_string()),
        Ok(ProviderEvent::RefundSucceeded {
            provider_refund: provider_refund.clone(),
            reference,
            money
        })
    );
    assert_eq!(
        read(&event("refund.failed", &with(refund, "status", json!("failed"))).to_string()),
        Ok(ProviderEvent::RefundFailed {
            provider_refund,
            reference,
            money,
            failure: String::new()
        })
    );
    let reference = payout_ref();
    let transfer = json!({
        "id": "strf_1", "reference": reference.to_string(), "status": "paid", "amount": 9900,
        "currency": "CNY", "account": "acct-1", "failure": null, "created_at": "2026-03-01T08:00:00Z",
    });
    let provider_transfer = "strf_1".to_owned();
    assert_eq!(
        read(&event("transfer.paid", &transfer).to_string()),
        Ok(ProviderEvent::TransferPaid {
            provider_transfer: provider_transfer.clone(),
            reference,
            money
        })
    );
    assert_eq!(
        read(&event("transfer.failed", &with(transfer, "status", json!("failed"))).to_string()),
        Ok(ProviderEvent::TransferFailed {
            provider_transfer,
            reference,
            money,
            failure: String::new()
        })
    );
}

#[test]
fn news_is_in_a_record_that_says_the_same_and_in_no_other() {
    let record = |data: &Value| {
        let entry: BookEntry = serde_json::from_value(json!({ "payment": data })).unwrap();
        Record::try_from(entry).unwrap()
    };
    let told = |event_type: &str, data: &Value| read(&event(event_type, data).to_string()).unwrap();
    let chargeback = json!({"amount": 9_900, "settlement": null});
    let paid = payment();
    let charged_back = with(paid.clone(), "chargeback", chargeback);
    let failed = with(
        with(paid.clone(), "status", json!("failed")),
        "failure",
        json!("no"),
    );
    let pending = with(paid.clone(), "status", json!("pending"));
    let reversal = json!({"amount": 9_900, "settlement": null, "reversal": {"settlement": null}});
    let reversed = with(paid.clone(), "chargeback", reversal);
    let events = [
        told("payment.succeeded", &paid),
        told("payment.charged_back", &charged_back),
        told("payment.chargeback_reversed", &reversed),
        told("payment.failed", &failed),
    ];
    // What was given back had been taken back, and that had been paid.
    for (said, expected) in [
        (&paid, [true, false, false, false]),
        (&charged_back, [true, true, false, false]),
        (&reversed, [true, true, true, false]),
        (&failed, [false, false, false, true]),
        (&pending, [false; 4]),
    ] {
        let found = events.each_ref().map(|event| event.is_in(&record(said)));
        assert_eq!(found, expected, "{said}");
    }
    for (field, other) in [
        ("id", json!("spay_2")),
        ("reference", json!(attempt().to_string())),
        ("amount", json!(9_901)),
        ("currency", json!("JPY")),
        ("instrument_fingerprint", json!("sfp_2")),
    ] {
        let other = record(&with(reversed.clone(), field, other));
        assert!(!events.iter().any(|event| event.is_in(&other)), "{field}");
    }
}

#[test]
fn a_type_that_nobody_knows_is_told_apart_from_a_broken_body() {
    let unknown = read(&event("payment.disputed", &json!({"anything": 1})).to_string());
    assert_eq!(unknown, Err(EventRefusal::UnknownType("payment.disputed".into())));
}

fn bad_in_a_payment() -> Vec<(&'static str, Value)> {
    vec![
        ("amount", json!(0)),
        ("amount", json!(-9900)),
        ("amount", json!(99.5)),
        ("amount", json!("9900")),
        ("amount", json!(1e308)),
        ("amount", json!(i64::MAX)),
        ("currency", json!("cny")),
        ("currency", json!("ZZZ")),
        ("currency", json!(null)),
        ("status", json!("failed")),
        ("status", json!("pending")),
        ("status", json!("paid")),
        ("reference", json!("ord_01h455vb4pex5vsknk084sn02q")),
        ("reference", json!("")),
        ("reference", json!("../../etc")),
        ("id", json!("a/../b")),
        ("id", json!("")),
        ("id", json!("x".repeat(65))),
        ("instrument_fingerprint", json!(null)),
        ("refunded", json!(9901)),
        ("refunded", json!(-1)),
        ("pay_url", json!("javascript:alert(1)")),
        ("created_at", json!("yesterday")),
        ("extra", json!(1)),
    ]
}

#[test]
fn what_breaks_the_protocol_is_no_event() {
    for (field, value) in bad_in_a_payment() {
        let body = event("payment.succeeded", &with(payment(), field, value.clone())).to_string();
        assert!(
            matches!(read(&body), Err(EventRefusal::Malformed(_))),
            "{field} = {value}"
        );
    }
    let good = event("payment.succeeded", &payment());
    for (field, value) in [
        ("timestamp", json!("now")),
        ("data", json!([])),
        ("type", json!(1)),
        ("x", json!(1)),
    ] {
        let body = with(good.clone(), field, value).to_string();
        assert!(matches!(read(&body), Err(EventRefusal::Malformed(_))), "{body}");
    }
    let twice = good
        .to_string()
        .replacen(r#""amount":9900"#, r#""amount":1,"amount":9900"#, 1);
    assert!(
        matches!(read(&twice), Err(EventRefusal::Malformed(_))),
        "an amount given twice"
    );
    for body in [
        "",
        "null",
        "{}",
        "[]",
        "{",
        "\u{feff}{}",
        &format!("{good}{good}"),
        &"[".repeat(100_000),
    ] {
        assert!(
            matches!(read(body), Err(EventRefusal::Malformed(_))),
            "{}",
            body.get(..20).unwrap_or(body)
        );
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(position in 0..400_usize, inserted in "\\PC{0,6}") {
        let mut body = event("payment.succeeded", &payment()).to_string();
        let position = position.min(body.len());
        body.insert_str(position, &inserted);
        if let Ok(read) = read(&body) {
            let as_paid = matches!(read, ProviderEvent::PaymentSucceeded { money, .. } if money.amount > 0);
            prop_assert!(as_paid);
        }
    }
}
