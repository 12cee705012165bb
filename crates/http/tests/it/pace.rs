//! Whoever is not signed in writes only so often from one address.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http::shell;

use crate::app::{Answer, PROXY, TestApp, on_both};
use crate::operations::{Access, Operation, operations};

/// Proven by its signature, and as frequent as payments are.
const SIGNED: &str = "receiveSandboxWebhook";

/// A write that is refused, if it comes so far, for its body.
async fn write(app: &TestApp, operation: &Operation, address: IpAddr, said: &str) -> Answer {
    let request = Request::builder()
        .method(operation.method.clone())
        .uri(&operation.path)
        .header("idempotency-key", hex::encode(shell::random_bytes::<16>()))
        .header("x-forwarded-for", said);
    app.send_from(address, request.body(Body::from("[]")).unwrap())
        .await
}

fn at(address: &str) -> IpAddr {
    address.parse().unwrap()
}

#[test]
fn every_write_for_everybody_is_held_to_a_rate_by_address() {
    on_both(async |app| {
        let open = operations().into_iter().filter(|operation| {
            operation.writes() && operation.access == Access::Public && operation.name != SIGNED
        });
        for (n, operation) in open.enumerate() {
            let name = &operation.name;
            let [li, wang] = [2 * n, 2 * n + 1].map(|n| format!("203.0.113.{n}"));
            let mut tries = 0;
            let refused = loop {
                // What a visitor says of itself is not believed.
                let said = format!("198.51.100.{}", tries % 250);
                let answer = write(app, &operation, at(&li), &said).await;
                if answer.status != StatusCode::BAD_REQUEST {
                    break answer;
                }
                tries += 1;
                assert!(tries < 2_000, "{name}");
            };
            assert!(tries > 20, "{name}: {tries}");
            assert_eq!(refused.refusal(), (429, "writes_too_many".to_owned()), "{name}");
            let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=60).contains(&wait), "{name}: {wait}");
            for (from, said, passes) in [
                (at(&wang), &li, true),
                (PROXY, &wang, true),
                (PROXY, &li, false),
                (PROXY, &format!("{wang}, {li}"), false),
            ] {
                let answer = write(app, &operation, from, said).await;
                let passed = answer.status == StatusCode::BAD_REQUEST;
                assert_eq!(passed, passes, "{name} from {from} for {said}");
            }
        }
    });
}
