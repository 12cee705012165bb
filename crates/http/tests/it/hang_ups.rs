//! Clients that hang up: what they asked for is done once, whenever they went away and come back.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use serde_json::json;
use tower::ServiceExt;

use crate::app::{Client, on_both_with_provider, text};
use crate::buying::count;
use crate::provider::{exchange, request, send_and_hang_up};
use crate::sale::Sale;
use crate::users::ConsumerUser;

#[test]
fn a_client_that_hangs_up_has_ordered_once() {
    on_both_with_provider(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, ConsumerUser(app.consumer(1).await));
        let address = app.provider.as_ref().unwrap().api.clone();
        let body = json!({"offer": sale.offer, "quantity": 1}).to_string();
        let mut orders = Vec::new();
        for n in 0..5 {
            let (key, token) = (format!("key-{n}"), li.0.token());
            let headers = format!("authorization: Bearer {token}\r\nidempotency-key: {key}\r\n");
            for _ in 0..3 {
                send_and_hang_up(&address, &request("POST", "/v1/orders", &headers, &body)).await;
            }
            // The server reads some of these before the client comes back and some after.
            for _ in 0..n {
                tokio::task::yield_now().await;
            }
            let placed = app
                .call(&li.0, Method::POST, "/v1/orders", Some(&key), body.clone())
                .await;
            orders.push(text(&placed.ok(), "order"));
        }
        // What comes in after that finds its key used: the connections before this one were accepted first.
        let (status, _) = exchange(&address, &request("GET", "/v1/voucher-keys", "", "")).await;
        assert_eq!(status, 200);
        let mine = app.get(&li.0, "/v1/me/orders").await.ok();
        let mut listed: Vec<String> = mine["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|order| text(order, "order"))
            .collect();
        listed.sort_unstable();
        orders.sort_unstable();
        assert_eq!(listed, orders);
        let shown = app
            .get(&Client::default(), &format!("/v1/offers/{}", sale.offer))
            .await
            .ok();
        assert_eq!(
            (&shown["units_left"], count(app, "OrderPlaced").await),
            (&json!(5), 5)
        );
    });
}

#[test]
fn a_request_that_is_dropped_half_way_is_carried_out_once() {
    on_both_with_provider(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, ConsumerUser(app.consumer(1).await));
        let body = json!({"offer": sale.offer, "quantity": 1}).to_string();
        let router = http::router(Arc::clone(&app.app));
        for steps in 0..9 {
            let request = Request::post("/v1/orders").header("idempotency-key", format!("key-{steps}"));
            let request = li.0.sign(request).body(Body::from(body.clone())).unwrap();
            let mut handled = Box::pin(router.clone().oneshot(request));
            // Dropped after so many of its steps: that is how a server lets go of a client.
            let mut left = steps;
            poll_fn(|context| {
                if left == 0 || handled.as_mut().poll(context).is_ready() {
                    return Poll::Ready(());
                }
                left -= 1;
                if left == 0 { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            drop(handled);
        }
        let mut orders = Vec::new();
        for steps in 0..9 {
            let request = Request::post("/v1/orders").header("idempotency-key", format!("key-{steps}"));
            let request = li.0.sign(request).body(Body::from(body.clone())).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            orders.push(text(&serde_json::from_slice(&bytes).unwrap(), "order"));
        }
        orders.sort_unstable();
        orders.dedup();
        assert_eq!((orders.len(), count(app, "OrderPlaced").await), (9, 9));
        let shown = app
            .get(&Client::default(), &format!("/v1/offers/{}", sale.offer))
            .await
            .ok();
        assert_eq!(shown["units_left"], 1);
    });
}
