//! A key and what it remembers: the same request has one effect and one answer, another one is refused,
//! and nobody has anybody else's keys.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::app::{on_both, on_both_with_provider, png, text};
use crate::hostile::{NO_COMMANDS, ids_for, whoever_may};
use crate::operations::operations;
use crate::sale::Sale;
use crate::samples::body_text;
use crate::users::ConsumerUser;
use crate::world::{World, events_since, heads};

/// Answers with the time at which it was asked, for a device's clock.
const TELLS_THE_TIME: &[&str] = &["bindDevice"];

/// What the sample can only be refused for, though whoever sends it may: a code that is not right, a
/// password that is not, a QR that is none, a person who is no operator, a franchise of oneself.
const SAMPLE_IS_WRONG: &[(&str, u16)] = &[
    ("signInWithCode", 401),
    ("redeemCode", 404),
    ("claimCouponCode", 404),
    ("redeemScan", 422),
    ("revokeOperator", 404),
    ("offerFranchise", 422),
    ("acceptFranchise", 404),
    ("endFranchise", 404),
];

/// After these there is not much left to be done in a world.
const LAST: &[&str] = &[
    "revokeStaff",
    "endSession",
    "endSessions",
    "eraseMe",
    "signOut",
    "suspendMerchant",
    "reinstateMerchant",
];

/// After these whoever did it is signed in no longer, and cannot ask again.
const END_THE_SESSION: &[&str] = &["endSession", "endSessions", "eraseMe", "signOut"];

#[test]
fn every_write_repeated_under_its_key_is_answered_the_same_and_does_nothing_more() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let mut writes = operations();
        writes.retain(|write| write.writes() && !NO_COMMANDS.contains(&write.name.as_str()));
        writes.sort_by_key(|write| LAST.contains(&write.name.as_str()));
        let mut wrong = Vec::new();
        for write in writes {
            let (who, ids) = (whoever_may(&world, &write), ids_for(&world, &write));
            let path = write.path_with(|name| &ids[name]);
            let body = if write.takes_bytes {
                png(2, 2)
            } else {
                body_text(&write, &ids).into_bytes()
            };
            let key = format!("the-key-of-{}", write.name);
            let send = |body: Vec<u8>| app.call(&who, write.method.clone(), &path, Some(&key), body);
            let first = send(body.clone()).await;
            let (status, told) = (
                first.status.as_u16(),
                String::from_utf8_lossy(&first.bytes).into_owned(),
            );
            let expected = SAMPLE_IS_WRONG.contains(&(&write.name, status));
            if !(first.status.is_success() || status == 409 || expected) {
                wrong.push(format!("{} by whoever may: {status} {told}", write.name));
            }
            if END_THE_SESSION.contains(&write.name.as_str()) && first.status.is_success() {
                continue;
            }
            let before = heads(app).await;
            let second = send(body.clone()).await;
            let same = second.bytes == first.bytes || TELLS_THE_TIME.contains(&write.name.as_str());
            if second.status != first.status || !same {
                let again = String::from_utf8_lossy(&second.bytes);
                wrong.push(format!(
                    "{}: {status} {told} and then {} {again}",
                    write.name, second.status
                ));
            }
            let other = send([&body[..], b" "].concat()).await;
            if first.status.is_success() && other.refusal() != (409, "idempotency_key_reused".to_owned()) {
                wrong.push(format!("{} with another body: {:?}", write.name, other.refusal()));
            }
            if heads(app).await != before {
                wrong.push(format!(
                    "{} again: {:?}",
                    write.name,
                    events_since(app, before).await
                ));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    });
}

#[test]
fn a_refusal_is_remembered_and_what_was_malformed_is_not() {
    on_both(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, ConsumerUser(app.consumer(1).await));
        let offer = format!("{}/offers/{}", sale.shop.path, sale.offer);
        let body = json!({"offer": sale.offer, "quantity": 1}).to_string();
        let place = |key, body: &str| app.call(&li.0, Method::POST, "/v1/orders", Some(key), body.to_owned());
        app.post(&sale.shop.owner, &format!("{offer}/pause"), json!({}))
            .await
            .ok();
        let refused = place("one", &body).await;
        assert_eq!(refused.refusal(), (409, "offer_not_on_sale".to_owned()));
        app.post(&sale.shop.owner, &format!("{offer}/resume"), json!({}))
            .await
            .ok();
        let again = place("one", &body).await;
        assert_eq!((again.status, &again.bytes), (refused.status, &refused.bytes));
        assert_eq!(place("two", &body).await.status, StatusCode::CREATED);
        assert_eq!(place("three", "{").await.refusal().0, 400);
        assert_eq!(place("three", &body).await.status, StatusCode::CREATED);
        // The same key in another operation is another request.
        let links = format!("/v1/offers/{}/share-links", sale.offer);
        let elsewhere = app.call(&li.0, Method::POST, &links, Some("two"), "{}").await;
        assert_eq!(elsewhere.refusal(), (409, "idempotency_key_reused".to_owned()));
    });
}

#[test]
fn everybody_has_keys_of_their_own() {
    on_both(async |app| {
        let sale = Sale::of(app, 1).await;
        let body = json!({"offer": sale.offer, "quantity": 1}).to_string();
        let mut orders = Vec::new();
        for n in 1..=3 {
            let buyer = app.consumer(n).await;
            let placed = app
                .call(
                    &buyer,
                    Method::POST,
                    "/v1/orders",
                    Some("key"),
                    Body::from(body.clone()),
                )
                .await;
            let order = text(&placed.ok(), "order");
            assert!(!orders.contains(&order), "somebody got another's order");
            let mine = app.get(&buyer, "/v1/me/orders").await.ok();
            assert_eq!(mine["items"].as_array().unwrap().len(), 1);
            orders.push(order);
        }
        // As staff and as a guest one person has two sets of keys.
        let owner = &sale.shop.owner;
        let entries = format!("{}/entries", sale.shop.path);
        let entry = json!({"kind": "qr", "name": "Poster"}).to_string();
        let made = app.call(owner, Method::POST, &entries, Some("key"), entry).await;
        assert_eq!(made.status, StatusCode::CREATED);
        let placed = app
            .call(owner, Method::POST, "/v1/orders", Some("key"), body)
            .await;
        assert_eq!(placed.status, StatusCode::CREATED);
    });
}
