//! Merchants, stores, staff, devices and certifications.

use axum::http::{Method, StatusCode};
use party::OperatorRole;
use serde_json::json;

use crate::app::{Client, Shop, in_days, on_both, registration, store_said, text};
use crate::market::certify;

#[test]
fn a_registration_that_is_repeated_opens_the_same_session() {
    on_both(async |app| {
        let nobody = Client::default();
        let body = registration(1).to_string();
        let register = || app.call(&nobody, Method::POST, "/v1/merchants", Some("one"), body.clone());
        let (first, second) = (register().await, register().await);
        assert_eq!(first.status, StatusCode::CREATED);
        assert!(first.headers["set-cookie"].to_str().unwrap().contains("HttpOnly"));
        assert_eq!(first.json(), second.json());
        let again = app.post(&nobody, "/v1/merchants", registration(1)).await;
        assert_eq!(again.refusal(), (409, "login_taken".to_owned()));
        assert_eq!(again.json()["field"], "/login");
    });
}

#[test]
fn a_registration_names_the_field_that_is_wrong() {
    on_both(async |app| {
        let nobody = Client::default();
        for (field, value, expected) in [
            ("password", json!("short"), "/password"),
            ("login", json!("+8613800138000"), "/login"),
            ("login", json!("nobody"), "/login"),
            ("name", json!({}), "/name"),
            ("person_name", json!("\u{202e}"), "/person_name"),
        ] {
            let mut body = registration(1);
            body[field] = value;
            let refused = app.post(&nobody, "/v1/merchants", body).await;
            assert_eq!(
                (refused.status.as_u16(), &refused.json()["field"]),
                (422, &json!(expected))
            );
        }
        let mut body = registration(1);
        body["status"] = json!("certified");
        assert_eq!(
            app.post(&nobody, "/v1/merchants", body).await.refusal(),
            (400, "body_malformed".to_owned())
        );
    });
}

#[test]
fn a_store_is_changed_from_the_version_that_was_seen() {
    on_both(async |app| {
        let shop = app.shop(1).await;
        let listed = app.get(&shop.owner, &format!("{}/stores", shop.path)).await.ok();
        assert_eq!(
            (
                &listed["items"][0]["version"],
                &listed["items"][0]["offline_max_uses"]
            ),
            (&json!(1), &json!(20))
        );
        let path = format!("{}/stores/{}", shop.path, shop.store);
        let mut said = store_said();
        said["version"] = json!(1);
        said["phone"] = json!("+86 21 5555 0000");
        assert_eq!(app.put(&shop.owner, &path, said.clone()).await.ok()["version"], 2);
        assert_eq!(
            app.put(&shop.owner, &path, said.clone()).await.refusal(),
            (409, "store_changed".to_owned())
        );
        said["place"] = json!({"lat": 91.0, "lon": 0.0});
        assert_eq!(app.put(&shop.owner, &path, said).await.json()["field"], "/place");
        let page = app.get(&Client::default(), &shop.path).await.ok();
        assert_eq!(page["stores"][0]["phone"], "+86 21 5555 0000");
        assert!(page["stores"][0].get("offline_max_uses").is_none(), "{page}");
    });
}

#[test]
fn staff_of_one_store_see_and_do_what_their_store_allows() {
    on_both(async |app| {
        let shop = app.shop(1).await;
        let second = app
            .post(&shop.owner, &format!("{}/stores", shop.path), store_said())
            .await
            .id();
        let body = json!({"login": "manager@example.com", "password": "correct horse", "name": "王芳",
                          "store": shop.store, "role": "manager"});
        let person = app
            .post(&shop.owner, &format!("{}/staff", shop.path), body)
            .await
            .id();
        let manager = app.sign_in("manager@example.com").await;
        let devices = |store: &str| format!("{}/stores/{store}/devices", shop.path);
        let device = app
            .post(&manager, &devices(&shop.store), json!({"name": "Till"}))
            .await
            .id();
        assert_eq!(
            app.post(&manager, &devices(&second), json!({"name": "Till"}))
                .await
                .refusal(),
            (403, "forbidden".to_owned())
        );
        for path in ["staff", "certifications", "agreements", "entries"] {
            let refused = app.get(&manager, &format!("{}/{path}", shop.path)).await;
            assert_eq!(refused.refusal(), (403, "forbidden".to_owned()), "{path}");
        }
        assert_eq!(
            app.get(&manager, &devices(&second)).await.status,
            StatusCode::FORBIDDEN
        );
        let revoke = format!("{}/devices/{device}/revoke", shop.path);
        app.post(&manager, &revoke, json!({})).await.ok();
        let listed = app.get(&manager, &devices(&shop.store)).await.ok();
        assert!(listed["items"][0]["revoked_at"].is_string());
        let revoke = format!("{}/staff/{person}/revoke", shop.path);
        app.post(&shop.owner, &revoke, json!({"store": shop.store}))
            .await
            .ok();
        assert_eq!(
            app.get(&manager, &devices(&shop.store)).await.refusal(),
            (401, "sign_in_required".to_owned())
        );
    });
}

#[test]
fn the_platform_certifies_suspends_and_reinstates() {
    on_both(async |app| {
        let shop = app.shop(1).await;
        let support = app.operator(OperatorRole::Support).await;
        let finance = app.operator(OperatorRole::Finance).await;
        let body = json!({"kind": "business_license", "number": "9131", "media": app.picture(&shop).await,
                          "valid_until": "2100-01-01T00:00:00+08:00"});
        let too_long = app
            .post(
                &shop.owner,
                &format!("{}/certifications", shop.path),
                body.clone(),
            )
            .await;
        assert_eq!(too_long.json()["field"], "/valid_until");
        let mut body = body;
        body["valid_until"] = json!(in_days(3_650));
        let certification = app
            .post(&shop.owner, &format!("{}/certifications", shop.path), body)
            .await
            .id();
        assert_eq!(
            app.get(&finance, "/v1/platform/certifications").await.refusal(),
            (403, "forbidden".to_owned())
        );
        let queue = app.get(&support, "/v1/platform/certifications").await.ok();
        assert_eq!(text(&queue["items"][0], "id"), certification);
        let decision = format!("/v1/platform/certifications/{certification}/decision");
        let decided = app.post(&support, &decision, json!({"approve": true})).await.ok();
        assert_eq!(decided["merchant_status"], "certified");
        let suspend = format!("/v1/platform/merchants/{}/suspend", shop.id);
        let silent = app.post(&support, &suspend, json!({"reason": " "})).await;
        assert_eq!(silent.refusal(), (422, "reason_missing".to_owned()));
        app.post(&support, &suspend, json!({"reason": "counterfeits"}))
            .await
            .ok();
        let listed = app
            .get(&support, "/v1/platform/merchants?status=suspended")
            .await
            .ok();
        assert_eq!(text(&listed["items"][0], "id"), shop.id);
        let reinstate = format!("/v1/platform/merchants/{}/reinstate", shop.id);
        let reinstated = app
            .post(&support, &reinstate, json!({"reason": "cleared"}))
            .await
            .ok();
        assert_eq!(reinstated["status"], "certified");
        let unknown = app.get(&support, "/v1/platform/merchants?status=gone").await;
        assert_eq!(unknown.refusal(), (400, "query_malformed".to_owned()));
    });
}

#[test]
fn both_sides_of_a_franchise_see_it_and_nobody_else() {
    on_both(async |app| {
        let (chain, franchisee, stranger) = (app.shop(1).await, app.shop(2).await, app.shop(3).await);
        certify(app, &franchisee, &app.operator(OperatorRole::Admin).await).await;
        let list = |of: &Shop| format!("{}/franchises", of.path);
        let body = json!({"store": chain.store, "franchisee": franchisee.id});
        app.post(&chain.owner, &list(&chain), body).await.ok();
        let way = |of: &Shop, way: &str| format!("{}/franchises/{}/{way}", of.path, chain.store);
        let by_stranger = app
            .post(&stranger.owner, &way(&stranger, "accept"), json!({}))
            .await;
        assert_eq!(by_stranger.refusal(), (404, "not_found".to_owned()));
        let seen = app.get(&franchisee.owner, &list(&franchisee)).await.ok();
        assert_eq!(
            (text(&seen[0], "store"), &seen[0]["since"]),
            (chain.store.clone(), &json!(null))
        );
        app.post(&franchisee.owner, &way(&franchisee, "accept"), json!({}))
            .await
            .ok();
        for side in [&chain, &franchisee] {
            let seen = app.get(&side.owner, &list(side)).await.ok();
            assert!(seen[0]["since"].is_string(), "{seen}");
            assert!(seen[0]["merchant_name"].is_object() && seen[0]["franchisee_name"].is_object());
        }
        assert_eq!(app.get(&stranger.owner, &list(&stranger)).await.ok(), json!([]));
        app.post(&chain.owner, &way(&chain, "end"), json!({})).await.ok();
        assert_eq!(
            app.get(&franchisee.owner, &list(&franchisee)).await.ok(),
            json!([])
        );
    });
}
