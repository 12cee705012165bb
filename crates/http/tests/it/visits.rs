//! Visits: taken in at once, written in batches, counted by entry.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, on_both};

async fn visit(app: &TestApp, body: Value) -> Answer {
    // As a browser sends a beacon: without any header of its own.
    let request = Request::builder().method(Method::POST).uri("/v1/visits");
    app.send(request.body(Body::from(body.to_string())).unwrap())
        .await
}

#[test]
fn visits_are_counted_by_entry_once_they_are_written() {
    on_both(async |app| {
        let shop = app.shop(1).await;
        let entries = format!("{}/entries", shop.path);
        let body = json!({"kind": "qr", "name": "Poster"});
        let entry = app.post(&shop.owner, &entries, body).await.id();
        for _ in 0..3 {
            assert_eq!(
                visit(app, json!({"entry": entry})).await.status,
                StatusCode::ACCEPTED
            );
        }
        let unknown = "ent_00000000000000000000000000";
        assert_eq!(
            visit(app, json!({"entry": unknown})).await.status,
            StatusCode::ACCEPTED
        );
        assert!(http::flush_visits(&app.app).await);
        let listed = app.get(&shop.owner, &entries).await.ok();
        assert_eq!(listed["items"], json!([listed["items"][0]]));
        assert_eq!(listed["items"][0]["visits"], 3);
        let before = format!("{entries}?since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00%2B08:00");
        assert_eq!(app.get(&shop.owner, &before).await.ok()["items"][0]["visits"], 0);
        let malformed = app.get(&shop.owner, &format!("{entries}?since=yesterday")).await;
        assert_eq!(malformed.refusal(), (400, "query_malformed".to_owned()));
    });
}

#[test]
fn what_is_no_visit_or_no_entry_by_hand_is_refused() {
    on_both(async |app| {
        for body in [
            json!({}),
            json!({"entry": "off_1"}),
            json!({"entry": 1, "count": 9}),
        ] {
            assert_eq!(
                visit(app, body).await.refusal(),
                (400, "body_malformed".to_owned())
            );
        }
        let shop = app.shop(1).await;
        let entries = format!("{}/entries", shop.path);
        for kind in ["share", "telepathy"] {
            let refused = app
                .post(&shop.owner, &entries, json!({"kind": kind, "name": "x"}))
                .await;
            assert_eq!(refused.json()["field"], "/kind");
        }
    });
}
