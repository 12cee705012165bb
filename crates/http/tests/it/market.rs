//! From the first proposal to an offer that everybody sees, compares and shares.

use axum::http::StatusCode;
use party::OperatorRole;
use serde_json::{Value, json};

use crate::app::{Client, Shop, TestApp, in_days, on_both, text};

pub fn terms(discount_bp: i64) -> Value {
    json!({"starts_at": in_days(-1), "ends_at": in_days(30), "head_count": 100, "discount_bp": discount_bp,
           "discount_platform_bp": 5_000, "commission_bp": 1_000, "rebate_bp": 200, "friend_discount_bp": 500,
           "refund_window_us": 604_800_000_000_i64, "undo_window_us": 300_000_000, "on_expiry": "refund"})
}

pub async fn certify(app: &TestApp, shop: &Shop, admin: &Client) {
    let body = json!({"kind": "business_license", "number": "9131", "media": app.picture(shop).await,
                      "valid_until": in_days(365)});
    let made = app
        .post(&shop.owner, &format!("{}/certifications", shop.path), body)
        .await;
    let path = format!("/v1/platform/certifications/{}/decision", made.id());
    app.post(admin, &path, json!({"approve": true})).await.ok();
}

pub async fn agree(app: &TestApp, shop: &Shop, admin: &Client) -> String {
    let body = json!({"terms": terms(2_000)});
    let agreements = format!("/v1/platform/merchants/{}/agreements", shop.id);
    let agreement = app.post(admin, &agreements, body).await.id();
    let accept = format!("{}/agreements/{agreement}/accept", shop.path);
    app.post(&shop.owner, &accept, json!({"version": 1})).await.ok();
    agreement
}

pub fn new_offer(shop: &Shop, agreement: &str, media: &str) -> Value {
    json!({"agreement": agreement, "title": {"zh-CN": "双人火锅"}, "description": {"zh-CN": "锅底\n配菜"},
           "category": "hot_pot", "list_price": {"amount": 10_000, "currency": "CNY"}, "stock": 10, "uses": 1,
           "group": {"price": 6_000, "size": 2, "window_us": 86_400_000_000_i64},
           "valid_us": 2_592_000_000_000_i64, "max_per_order": 5, "stores": [shop.store], "media": media})
}

#[test]
fn terms_go_back_and_forth_until_one_side_accepts() {
    on_both(async |app| {
        let (shop, other) = (app.shop(1).await, app.shop(2).await);
        let finance = app.operator(OperatorRole::Finance).await;
        let agreements = format!("{}/agreements", shop.path);
        let mut wrong = json!({"terms": terms(2_000)});
        wrong["terms"]["undo_window_us"] = json!(-1);
        assert_eq!(
            app.post(&shop.owner, &agreements, wrong).await.json()["field"],
            "/terms/undo_window_us"
        );
        let body = json!({"terms": terms(1_000)});
        let agreement = app.post(&shop.owner, &agreements, body).await.id();
        let own = app
            .post(
                &shop.owner,
                &format!("{agreements}/{agreement}/accept"),
                json!({"version": 1}),
            )
            .await;
        assert_eq!(own.refusal(), (409, "agreement_not_your_turn".to_owned()));
        let at_table = format!("/v1/platform/merchants/{}/agreements/{agreement}", shop.id);
        let body = json!({"version": 1, "terms": terms(2_000)});
        let countered = app
            .post(&finance, &format!("{at_table}/counter"), body.clone())
            .await;
        assert_eq!(countered.ok()["version"], 2);
        let elsewhere = format!("/v1/platform/merchants/{}/agreements/{agreement}", other.id);
        let misled = app
            .post(&finance, &format!("{elsewhere}/decline"), json!({}))
            .await;
        assert_eq!(misled.refusal(), (404, "not_found".to_owned()));
        let stranger = format!("{}/agreements/{agreement}/accept", other.path);
        let stolen = app.post(&other.owner, &stranger, json!({"version": 2})).await;
        assert_eq!(stolen.refusal(), (404, "not_found".to_owned()));
        let versions = format!("{}/agreements/{agreement}/versions", other.path);
        assert_eq!(
            app.get(&other.owner, &versions).await.status,
            StatusCode::NOT_FOUND
        );
        let waiting = app.get(&finance, "/v1/platform/agreements").await.ok();
        assert_eq!(waiting["items"][0]["version"], 2);
        app.post(
            &shop.owner,
            &format!("{agreements}/{agreement}/accept"),
            json!({"version": 2}),
        )
        .await
        .ok();
        let versions = app
            .get(&shop.owner, &format!("{agreements}/{agreement}/versions"))
            .await
            .ok();
        assert_eq!(versions[0]["side"], "merchant");
        assert_eq!(
            (&versions[1]["side"], &versions[1]["terms"]["discount_bp"]),
            (&json!("platform"), &json!(2_000))
        );
    });
}

#[test]
fn an_offer_is_seen_once_published_with_the_price_of_its_agreement() {
    on_both(async |app| {
        let (nobody, shop) = (Client::default(), app.shop(1).await);
        let admin = app.operator(OperatorRole::Admin).await;
        let agreement = agree(app, &shop, &admin).await;
        let picture = app.picture(&shop).await;
        let mut body = new_offer(&shop, &agreement, &picture);
        body["price_rules"] = json!([
            {"price": 9_000, "from_quantity": 3},
            {"price": 5_000, "from_quantity": 1, "for_members": true}
        ]);
        let offer = app
            .post(&shop.owner, &format!("{}/offers", shop.path), body)
            .await
            .id();
        let (page, media) = (format!("/v1/offers/{offer}"), format!("/v1/media/{picture}"));
        assert_eq!(app.get(&nobody, &page).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.get(&nobody, &media).await.status, StatusCode::NOT_FOUND);
        let step = |name: &str| format!("{}/offers/{offer}/{name}", shop.path);
        let early = app.post(&shop.owner, &step("publish"), json!({})).await;
        assert_eq!(early.refusal(), (409, "merchant_not_certified".to_owned()));
        certify(app, &shop, &admin).await;
        app.post(&shop.owner, &step("publish"), json!({})).await.ok();
        let shown = app.get(&nobody, &page).await.ok();
        assert_eq!(shown["list_price"], json!({"amount": 10_000, "currency": "CNY"}));
        assert_eq!(shown["price"], json!({"amount": 8_000, "currency": "CNY"}));
        let rules = json!([
            {"price": 7_200, "from_quantity": 3, "hours": [], "for_members": false},
            {"price": 4_000, "from_quantity": 1, "hours": [], "for_members": true}
        ]);
        assert_eq!(
            (&shown["price_from"]["amount"], &shown["price_rules"]),
            (&json!(7_200), &rules)
        );
        assert_eq!(
            (&shown["on_sale"], &shown["units_left"]),
            (&json!(true), &json!(10))
        );
        assert_eq!(shown["stores"][0]["id"], json!(shop.store));
        assert_eq!(shown["rating"], json!({"review_count": 0}));
        for secret in ["terms", "commission_bp", "agreement"] {
            assert!(shown.get(secret).is_none(), "{secret}");
        }
        assert_eq!(app.get(&nobody, &media).await.status, StatusCode::OK);
        let stock = app
            .put(&shop.owner, &step("stock"), json!({"capacity": 3}))
            .await
            .ok();
        assert_eq!(stock["excess"], 0);
        let listed = app.get(&nobody, &format!("{}/offers", shop.path)).await.ok();
        assert_eq!(
            (
                &listed["items"][0]["price"]["amount"],
                &listed["items"][0]["is_price_from"],
                &listed["items"][0]["on_sale"]
            ),
            (&json!(7_200), &json!(true), &json!(true))
        );
        app.post(&shop.owner, &step("pause"), json!({})).await.ok();
        let shown = app.get(&nobody, &page).await.ok();
        assert_eq!(
            (&shown["on_sale"], &shown["units_left"]),
            (&json!(false), &json!(3))
        );
        let listed = app.get(&nobody, &format!("{}/offers", shop.path)).await.ok();
        assert_eq!(listed["items"], json!([]));
        app.post(&shop.owner, &step("resume"), json!({})).await.ok();
        let own = app
            .get(&shop.owner, &format!("{}/offers/own", shop.path))
            .await
            .ok();
        assert_eq!(own["items"][0]["status"], "published");
    });
}

#[test]
fn offers_are_compared_side_by_side_with_their_distance() {
    on_both(async |app| {
        let (nobody, shop) = (Client::default(), app.shop(1).await);
        let admin = app.operator(OperatorRole::Admin).await;
        certify(app, &shop, &admin).await;
        let agreement = agree(app, &shop, &admin).await;
        let picture = app.picture(&shop).await;
        let mut offers = Vec::new();
        for _ in 0..2 {
            let body = new_offer(&shop, &agreement, &picture);
            let offer = app
                .post(&shop.owner, &format!("{}/offers", shop.path), body)
                .await
                .id();
            let publish = format!("{}/offers/{offer}/publish", shop.path);
            app.post(&shop.owner, &publish, json!({})).await.ok();
            offers.push(offer);
        }
        let (a, b) = (&offers[0], &offers[1]);
        let compare = |query: String| format!("/v1/offers/compare?{query}");
        let near = app
            .get(&nobody, &compare(format!("ids={b},{a}&lat=31.2394&lon=121.4737")))
            .await
            .ok();
        assert_eq!(text(&near["offers"][0], "id"), *b);
        let distance = near["offers"][1]["distance_m"].as_i64().unwrap();
        assert!((990..=1_010).contains(&distance), "{distance}");
        let anywhere = app.get(&nobody, &compare(format!("ids={a},{b}"))).await.ok();
        assert!(anywhere["offers"][0].get("distance_m").is_none());
        for (query, field) in [
            (format!("ids={a}"), "/ids"),
            (format!("ids={a},{a}"), "/ids"),
            (format!("ids={a},{b},{a},{b},{a},{b}"), "/ids"),
            ("ids=off_1,off_2".to_owned(), "/ids"),
            (format!("ids={a},{b}&lat=31.2"), "/lat"),
            (format!("ids={a},{b}&lat=NaN&lon=0"), "/lat"),
        ] {
            let refused = app.get(&nobody, &compare(query.clone())).await;
            assert_eq!(refused.refusal(), (400, "query_malformed".to_owned()), "{query}");
            assert_eq!(refused.json()["field"], field, "{query}");
        }
    });
}

#[test]
fn a_person_has_one_link_to_an_offer_and_the_link_does_not_say_who() {
    on_both(async |app| {
        let (nobody, shop) = (Client::default(), app.shop(1).await);
        let admin = app.operator(OperatorRole::Admin).await;
        certify(app, &shop, &admin).await;
        let agreement = agree(app, &shop, &admin).await;
        let body = new_offer(&shop, &agreement, &app.picture(&shop).await);
        let offer = app
            .post(&shop.owner, &format!("{}/offers", shop.path), body)
            .await
            .id();
        let publish = format!("{}/offers/{offer}/publish", shop.path);
        app.post(&shop.owner, &publish, json!({})).await.ok();
        let (li, wang) = (app.consumer(1).await, app.consumer(2).await);
        let links = format!("/v1/offers/{offer}/share-links");
        let link = app.post(&li, &links, json!({})).await.ok();
        assert_eq!(app.post(&li, &links, json!({})).await.ok(), link);
        assert_ne!(
            app.post(&wang, &links, json!({})).await.ok()["token"],
            link["token"]
        );
        let found = app
            .get(&nobody, &format!("/v1/share-links/{}", text(&link, "token")))
            .await
            .ok();
        assert_eq!(found["offer"], json!(offer));
        assert!(found.get("sharer").is_none(), "{found}");
        for unknown in ["0".repeat(32), "0".repeat(31), "%27%20OR%201=1".to_owned()] {
            let missing = app.get(&nobody, &format!("/v1/share-links/{unknown}")).await;
            assert_eq!(missing.refusal(), (404, "not_found".to_owned()));
        }
    });
}
