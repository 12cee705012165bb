//! What a merchant does once it is in business: looks up, changes, gives back.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::app::{Client, TestApp, in_days, on_both_with_provider, text};
use crate::world::{Side, World};

fn items(page: &Value) -> usize {
    page["items"].as_array().map_or(0, Vec::len)
}

impl Side {
    async fn seen(&self, app: &TestApp, path: &str) -> Value {
        let shop = &self.owner.0;
        app.get(&shop.owner, &format!("{}/{path}", shop.path)).await.ok()
    }

    fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.owner.0.path)
    }
}

#[test]
fn an_offer_is_read_back_changed_and_a_draft_thrown_away() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, owner) = (&world.here, &world.here.owner.0.owner);
        let path = format!("offers/{}", here.ids["offer"]);
        let offer = here.seen(app, &path).await;
        // Two were bought and one in a group, one more is held; a draft of the same is made.
        assert_eq!(
            (&offer["sold"], &offer["held"]),
            (&json!(3), &json!(1)),
            "{offer}"
        );
        let mut said = json!({});
        for field in [
            "agreement",
            "title",
            "description",
            "category",
            "list_price",
            "group",
            "uses",
            "valid_us",
            "max_per_order",
            "stores",
            "media",
            "version",
        ] {
            said[field] = offer[field].clone();
        }
        said["title"] = json!({"zh-CN": "新名字"});
        let changed = app.put(owner, &here.at(&path), said.clone()).await.ok();
        assert_eq!(
            changed["version"].as_i64(),
            offer["version"].as_i64().map(|v| v + 1)
        );
        assert_eq!(
            app.put(owner, &here.at(&path), said.clone()).await.refusal().1,
            "offer_changed"
        );
        said["version"] = changed["version"].clone();
        said["uses"] = json!(7);
        assert_eq!(
            app.put(owner, &here.at(&path), said.clone()).await.refusal().1,
            "offer_status"
        );
        let page = app.get(&Client::default(), &format!("/v1/{path}")).await.ok();
        assert_eq!(page["title"]["zh-CN"], "新名字");

        said["stock"] = json!(3);
        said.as_object_mut().unwrap().remove("version");
        let draft = app.post(owner, &here.at("offers"), said).await.id();
        let gone = here.at(&format!("offers/{draft}"));
        let discard = |key| app.call(owner, Method::DELETE, &gone, Some(key), Body::from("{}"));
        assert!(discard("one").await.status.is_success());
        assert_eq!(discard("two").await.refusal(), (404, "not_found".to_owned()));
        let refused = app
            .call(
                owner,
                Method::DELETE,
                &here.at(&path),
                Some("three"),
                Body::from("{}"),
            )
            .await;
        assert_eq!(refused.refusal(), (409, "offer_status".to_owned()));
    });
}

#[test]
fn orders_are_found_by_state_offer_and_day_and_an_unused_voucher_goes_back() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, owner) = (&world.here, &world.here.owner.0.owner);
        let offer = &here.ids["offer"];
        let (today, tomorrow) = (in_days(-1), in_days(1));
        for (query, found) in [
            (String::new(), 3),
            ("?status=paid".to_owned(), 1),
            (format!("?offer={offer}&status=placed"), 1),
            (format!("?offer={}", world.there.ids["offer"]), 0),
            (format!("?since={today}&until={tomorrow}"), 3),
            (format!("?since={tomorrow}"), 0),
            (format!("?until={today}"), 0),
        ] {
            assert_eq!(
                items(&here.seen(app, &format!("orders{query}")).await),
                found,
                "{query}"
            );
        }
        let paid = here.seen(app, "orders?status=paid").await;
        let path = format!("orders/{}", text(&paid["items"][0], "order"));
        let order = here.seen(app, &path).await;
        assert!(order.get("person").is_none(), "who bought is not said");
        assert_eq!(order["vouchers"].as_array().map(Vec::len), Some(2));
        assert_eq!(order["redemptions"][0]["id"], here.ids["redemption"]);

        let refund = here.at(&format!("vouchers/{}/refund", here.ids["voucher"]));
        let silent = app.post(owner, &refund, json!({"reason": " "})).await;
        assert_eq!(silent.refusal(), (422, "reason_missing".to_owned()));
        app.post(owner, &refund, json!({"reason": "The kitchen is closed"}))
            .await
            .ok();
        let refunds = here.seen(app, &path).await["refunds"].clone();
        assert_eq!(refunds[0]["voucher"], here.ids["voucher"]);
        let uses = here
            .seen(app, &format!("stores/{}/redemptions", here.ids["store"]))
            .await;
        assert!(uses["items"][0]["title"].is_object() && uses["items"][0]["staff_name"].is_string());
        let later = format!("stores/{}/redemptions?since={tomorrow}", here.ids["store"]);
        assert_eq!(items(&here.seen(app, &later).await), 0);
    });
}

#[test]
fn the_open_statement_is_filtered_and_downloaded_alike() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, store) = (&world.here, &world.here.ids["store"]);
        let code = here.buyer.code_of(app, &here.ids["voucher"]).await;
        here.cashier.redeem(app, store, &code).await;
        for (query, found) in [
            (String::new(), 1),
            (format!("?store={store}&since={}", in_days(-1)), 1),
            (format!("?store={}", world.there.ids["store"]), 0),
            (format!("?since={}", in_days(1)), 0),
        ] {
            assert_eq!(
                items(&here.seen(app, &format!("statement{query}")).await),
                found,
                "{query}"
            );
            let path = here.at(&format!("statement.csv{query}"));
            let file = app.get(&here.owner.0.owner, &path).await;
            assert_eq!(
                file.headers["content-disposition"],
                "attachment; filename=\"statement.csv\""
            );
            let table = String::from_utf8(file.bytes.to_vec()).unwrap();
            assert_eq!(table.lines().count(), found + 1, "{query}: {table}");
        }
    });
}

#[test]
fn a_refusal_at_the_counter_says_when_and_where_for_a_program_too() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, store) = (&world.here, &world.here.ids["store"]);
        let code = here.buyer.code_of(app, &here.ids["voucher"]).await;
        here.cashier.redeem(app, store, &code).await;
        let path = here.at(&format!("stores/{store}/redemptions/code"));
        let typed = |code: &str| app.post(&here.cashier.client, &path, json!({"code": code}));
        let used = typed(&code).await.json();
        assert_eq!(
            (&used["type"], &used["last_store"], &used["last_use_no"]),
            (
                &json!("/problems/redeem_voucher_used_up"),
                &json!(store),
                &json!(1)
            )
        );
        assert!(used["last_scanned_at"].is_string());
        assert_eq!(typed("000000000000").await.json()["tries_left"], 9);
    });
}

#[test]
fn a_merchant_gets_another_name_and_a_logo_that_everybody_sees() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, nobody) = (&world.here, Client::default());
        let logo = app.picture(&here.owner.0).await;
        let picture = format!("/v1/media/{logo}");
        assert_eq!(app.get(&nobody, &picture).await.status, 404);
        let said = json!({"name": {"zh-CN": "桥头面馆"}, "logo": logo});
        app.put(&here.owner.0.owner, &here.owner.0.path, said).await.ok();
        let page = app.get(&nobody, &here.owner.0.path).await.ok();
        assert_eq!(
            (&page["name"]["zh-CN"], &page["logo"]),
            (&json!("桥头面馆"), &json!(logo))
        );
        assert!(app.get(&nobody, &picture).await.status.is_success());
        let foreign = json!({"name": {"en": "x"}, "logo": world.there.ids["media"]});
        let refused = app.put(&here.owner.0.owner, &here.owner.0.path, foreign).await;
        assert_eq!(refused.json()["field"], "/logo");
        let manager = app
            .put(&here.manager, &here.owner.0.path, json!({"name": {"en": "x"}}))
            .await;
        assert_eq!(manager.refusal(), (403, "forbidden".to_owned()));
    });
}
