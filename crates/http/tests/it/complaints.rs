//! A complaint as its buyer, the merchant and the platform see it, and nobody else.

use axum::http::{Method, StatusCode};
use party::OperatorRole;
use serde_json::{Value, json};

use crate::app::{Client, on_both_with_provider, png, text};
use crate::world::World;

#[test]
fn a_complaint_is_read_by_its_three_sides_alone_and_its_money_goes_back() {
    on_both_with_provider(async |app| {
        let World {
            here,
            there,
            support,
            stranger,
            ..
        } = World::new(app).await;
        let (buyer, manager, complaint) = (&here.buyer.0, &here.manager, &here.ids["complaint"]);
        let own = format!("/v1/complaints/{complaint}");
        let at_merchant = format!("/v1/merchants/{}/complaints", here.ids["merchant"]);
        let as_platform = format!("/v1/platform/complaints/{complaint}");

        let picture = app
            .call(buyer, Method::POST, "/v1/me/media", Some("p-1"), png(4, 4))
            .await;
        let picture = picture.id();
        let seen = format!("/v1/media/{picture}");
        let hidden = app.get(manager, &seen).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "before it is shown");

        let open = app.get(manager, &at_merchant).await.ok();
        assert_eq!(open["items"][0]["id"], complaint.as_str());
        assert_eq!(open["items"][0]["status"], "open");
        let elsewhere = app.get(&here.branch_manager, &at_merchant).await.ok();
        assert_eq!(elsewhere["items"], json!([]), "it was at another store");
        let one = app
            .get(&here.branch_manager, &format!("{at_merchant}/{complaint}"))
            .await;
        assert_eq!(one.refusal(), (403, "forbidden".to_owned()));

        let answer = format!("{at_merchant}/{complaint}/answer");
        app.post(manager, &answer, json!({"text": "抱歉"})).await.ok();
        let escalate = json!({"text": "还不够", "media": [picture]});
        app.post(buyer, &format!("{own}/escalate"), escalate).await.ok();
        for who in [buyer, manager, &support.0] {
            assert_eq!(app.get(who, &seen).await.status, StatusCode::OK, "a side of it");
        }
        for who in [
            &stranger.0,
            &there.manager,
            &here.branch_manager,
            &here.cashier.client,
            &Client::default(),
        ] {
            assert_eq!(app.get(who, &seen).await.status, StatusCode::NOT_FOUND);
        }

        let asked = app.get(&support.0, "/v1/platform/complaints").await.ok();
        assert_eq!(asked["items"][0]["id"], complaint.as_str());
        let decision = json!({"uphold": true, "text": "照片为证",
                              "redemptions": [here.ids["redemption"]]});
        app.post(&support.0, &format!("{as_platform}/decide"), decision)
            .await
            .ok();
        let told: Vec<Value> = [
            app.get(buyer, &own).await.ok(),
            app.get(manager, &format!("{at_merchant}/{complaint}")).await.ok(),
            app.get(&support.0, &as_platform).await.ok(),
        ]
        .into();
        assert!(told.iter().all(|one| *one == told[0]));
        assert_eq!(told[0]["status"], "upheld");
        assert_eq!(told[0]["visits"][0]["status"], "refunded");
        let sides = told[0]["steps"].as_array().unwrap().iter();
        let sides: Vec<_> = sides.map(|step| text(step, "side")).collect();
        assert_eq!(sides, ["guest", "merchant", "guest", "operator"]);
        assert_eq!(told[0]["steps"][3]["refunded"], told[0]["visits"][0]["paid"]);
        let finance = app.operator(OperatorRole::Finance).await;
        let refused = app.get(&finance, &as_platform).await;
        assert_eq!(refused.refusal(), (403, "forbidden".to_owned()));
        let mine = app.get(buyer, "/v1/me/complaints").await.ok();
        assert_eq!(mine["items"].as_array().unwrap().len(), 1);
        let of_order = format!("/v1/me/complaints?order={}", text(&told[0], "order"));
        let newest = app.get(buyer, &of_order).await.ok();
        assert_eq!(newest["items"], mine["items"]);
        let anothers = app.get(&there.buyer.0, &of_order).await.ok();
        assert_eq!(anothers["items"], json!([]));
        let nobodys = app.get(&there.buyer.0, &own).await;
        assert_eq!(nobodys.refusal(), (404, "not_found".to_owned()));
    });
}
