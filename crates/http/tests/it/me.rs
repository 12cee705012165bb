//! A person's own account through requests: what is stored about them, and its end.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::app::{on_both_with_provider, text};
use crate::world::World;

#[test]
fn a_person_gets_a_copy_of_everything_and_nothing_of_anothers() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let (here, there) = (&world.here, &world.there);
        let named = json!({"name": "李伟", "locale": "en"});
        app.call(&here.buyer.0, Method::PATCH, "/v1/me", None, named.to_string())
            .await
            .ok();
        let merchant = &here.ids["merchant"];
        let membership = format!("/v1/merchants/{merchant}/membership");
        app.post(&here.buyer.0, &membership, json!({})).await.ok();
        let copy = app.get(&here.buyer.0, "/v1/me/export").await.ok();
        assert_eq!(&copy["memberships"][0]["merchant"], merchant);
        assert_eq!((&copy["name"], &copy["locale"]), (&json!("李伟"), &json!("en")));
        assert_eq!(copy["contacts"], json!(["+8613700000001"]));
        assert_eq!(copy["sessions"][0]["is_current"], true);
        for (list, count) in [
            ("orders", 4),
            ("payments", 3),
            ("coupons", 1),
            ("vouchers", 3),
            ("bookings", 1),
            ("waitlist", 1),
            ("memberships", 1),
            ("reviews", 1),
            ("complaints", 1),
            ("share_links", 1),
            ("refunds", 0),
        ] {
            assert_eq!(copy[list].as_array().unwrap().len(), count, "{list}");
        }
        assert_eq!(
            copy["vouchers"][2]["visits"][0]["redemption"],
            here.ids["redemption"]
        );
        assert_eq!(copy["vouchers"][0]["booking"], here.ids["booking"]);
        assert_eq!(copy["reviews"][0]["text"], "好吃");
        // A day is everybody's.
        for (_, id) in there.ids.iter().filter(|(name, _)| **name != "day") {
            assert!(!copy.to_string().contains(id), "{id} is another's");
        }
    });
}

#[test]
fn a_member_joins_is_told_of_whom_and_leaves() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (buyer, merchant) = (&world.here.buyer.0, &world.here.ids["merchant"]);
        let membership = format!("/v1/merchants/{merchant}/membership");
        let is_member = async || app.get(buyer, &membership).await.ok()["is_member"].clone();
        assert_eq!(is_member().await, false);
        for _ in 0..2 {
            app.post(buyer, &membership, json!({})).await.ok();
        }
        assert_eq!(is_member().await, true);
        let listed = app.get(buyer, "/v1/me/memberships").await.ok();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        assert_eq!(listed["items"][0]["merchant_name"]["zh-CN"], "桥头餐饮 1");
        app.call(buyer, Method::DELETE, &membership, None, Body::empty())
            .await
            .ok();
        assert_eq!(is_member().await, false);
    });
}

#[test]
fn what_was_bought_is_told_by_its_name_even_when_it_is_no_longer_sold() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (owner, buyer, ids) = (&world.here.owner.0, &world.here.buyer.0, &world.here.ids);
        let offer = app
            .get(&owner.owner, &format!("/v1/offers/{}", ids["offer"]))
            .await
            .ok();
        let pause = format!("{}/offers/{}/pause", owner.path, ids["offer"]);
        app.post(&owner.owner, &pause, json!({})).await.ok();
        let orders = app.get(buyer, "/v1/me/orders").await.ok();
        let vouchers = app.get(buyer, "/v1/me/vouchers").await.ok();
        for thing in [&orders["items"][1], &vouchers["items"][1]] {
            assert_eq!(
                (&thing["title"], &thing["media"]),
                (&offer["title"], &offer["media"])
            );
            assert_eq!(thing["merchant_name"]["zh-CN"], "桥头餐饮 1");
        }
        let used = format!("/v1/vouchers/{}", text(&vouchers["items"][1], "id"));
        let visit = &app.get(buyer, &used).await.ok()["visits"][0];
        assert_eq!(
            (&visit["store_name"]["zh-CN"], &visit["reviewed"]),
            (&json!("桥头火锅"), &json!(true))
        );
    });
}

#[test]
fn an_account_is_closed_for_good_once_what_is_open_is_given_up() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let buyer = &world.here.buyer.0;
        let erase = async |give_up_open| {
            app.post(buyer, "/v1/me/erasure", json!({"give_up_open": give_up_open}))
                .await
        };
        let early = erase(false).await;
        assert_eq!(early.refusal(), (409, "person_has_open".to_owned()));
        assert!(text(&early.json(), "detail").contains("1 live vouchers"));
        let order = format!("/v1/orders/{}", world.here.ids["order"]);
        app.get(buyer, &order).await.ok();
        assert_eq!(erase(true).await.status, 200);
        assert_eq!(
            app.get(buyer, "/v1/me").await.refusal(),
            (401, "sign_in_required".to_owned())
        );
        let orders = format!("{}/orders", world.here.owner.0.path);
        let sold = app.get(&world.here.owner.0.owner, &orders).await.ok();
        assert_eq!(sold["items"].as_array().unwrap().len(), 3, "what was sold stays");
        let owner = &world.here.owner.0.owner;
        let employed = app
            .post(owner, "/v1/me/erasure", json!({"give_up_open": true}))
            .await;
        assert_eq!(employed.refusal(), (409, "person_has_role".to_owned()));
    });
}

#[test]
fn a_lost_phones_session_ends_and_the_others_go_on() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (owner, path) = (&world.here.owner.0.owner, "/v1/me/sessions");
        let phone = app.sign_in("owner1@example.com").await;
        let seen = app.get(owner, path).await.ok();
        assert_eq!(
            (&seen[0]["is_current"], &seen[1]["is_current"]),
            (&json!(false), &json!(true))
        );
        let lost = format!("{path}/{}", text(&seen[0], "id"));
        app.call(owner, Method::DELETE, &lost, None, Body::empty())
            .await
            .ok();
        assert_eq!(app.get(&phone, path).await.status, 401);
        assert_eq!(app.get(owner, path).await.ok().as_array().unwrap().len(), 1);
    });
}
