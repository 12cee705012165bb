//! What the platform's own people see and decide, through requests.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use http::shell;
use party::OperatorRole;
use serde_json::{Value, json};

use crate::app::{Client, TestApp, in_days, on_both_with_provider, text};
use crate::users::Anonymous;
use crate::world::World;

/// The ids of a list's items, over all pages.
async fn ids(app: &TestApp, who: &Client, path: &str, field: &str) -> Vec<String> {
    let page = app.get(who, path).await.ok();
    assert!(page.get("next").is_none(), "{path}");
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| text(item, field)).collect()
}

#[test]
fn an_operator_finds_an_order_and_all_that_became_of_it() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, admin) = (&world.here.ids, &world.admin.0);
        let list = async |query: &str| ids(app, admin, &format!("/v1/platform/orders{query}"), "order").await;
        assert_eq!(list("").await.len(), 6);
        let own = list(&format!("?merchant={}", here["merchant"])).await;
        assert_eq!((own.len(), own.contains(&here["order"])), (3, true));
        assert_eq!(list("?status=placed").await.len(), 2);
        let paid = list(&format!("?merchant={}&status=paid", here["merchant"])).await;
        assert_eq!(list("?status=refunded").await.len(), 0);
        let refused = app.get(admin, "/v1/platform/orders?status=lost").await;
        assert_eq!(refused.json()["field"], "/status");
        let order = app
            .get(admin, &format!("/v1/platform/orders/{}", paid[0]))
            .await
            .ok();
        assert_eq!(order["vouchers"].as_array().unwrap().len(), 2);
        assert_eq!(order["payments"][0]["status"], "paid");
        let redemption = &order["redemptions"][0];
        assert_eq!(
            (&redemption["id"], &redemption["store"]),
            (&json!(here["redemption"]), &json!(here["store"]))
        );
        assert_eq!(order["refunds"], json!([]));
        let refund = format!("/v1/platform/redemptions/{}/refund", here["redemption"]);
        app.post(admin, &refund, json!({"reason": "cold soup"}))
            .await
            .ok();
        let order = app
            .get(admin, &format!("/v1/platform/orders/{}", paid[0]))
            .await
            .ok();
        assert_eq!(order["redemptions"][0]["status"], "refunded");
        let refunds = app.get(admin, "/v1/platform/refunds?status=requested").await.ok();
        assert_eq!(refunds["items"][0]["refund"], order["refunds"][0]["refund"]);
        assert_eq!(refunds["items"][0]["merchant"], json!(here["merchant"]));
        assert_eq!(
            refunds["items"][0]["merchant_name"],
            json!({"zh-CN": "桥头餐饮 1"})
        );
        assert_eq!(ids(app, admin, "/v1/platform/refunds", "refund").await.len(), 1);
        assert_eq!(ids(app, admin, "/v1/platform/conflicts", "id").await.len(), 0);
    });
}

#[test]
fn merchants_are_found_by_name_and_shown_with_whom_to_talk_to() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, admin) = (&world.here.ids, &world.admin.0);
        let find =
            async |query: &str| ids(app, admin, &format!("/v1/platform/merchants?{query}"), "id").await;
        assert_eq!(find("").await.len(), 2);
        assert_eq!(find("q=%E9%A4%90%E9%A5%AE%201").await, [here["merchant"].clone()]);
        assert_eq!(find("q=zh-CN").await.len(), 0, "a language is no name");
        assert_eq!(find(&format!("q={}", here["merchant"])).await.len(), 1);
        assert_eq!(find("status=suspended&q=%E9%A4%90").await.len(), 0);
        let shown = app
            .get(admin, &format!("/v1/platform/merchants/{}", here["merchant"]))
            .await
            .ok();
        assert_eq!(shown["owners"][0]["login"], "owner1@example.com");
        assert_eq!(shown["stores"].as_array().unwrap().len(), 2);
        let of = format!("merchant={}", here["merchant"]);
        let certifications = format!("/v1/platform/certifications?{of}");
        assert_eq!(ids(app, admin, &certifications, "id").await.len(), 2);
        assert_eq!(
            ids(app, admin, &format!("{certifications}&status=approved"), "id")
                .await
                .len(),
            1
        );
        let agreements = format!("/v1/platform/agreements?{of}");
        assert_eq!(ids(app, admin, &agreements, "id").await.len(), 2);
        assert_eq!(ids(app, admin, "/v1/platform/agreements", "id").await.len(), 2);
    });
}

#[test]
fn the_second_person_sees_what_is_paid_before_approving() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, finance) = (&world.here.ids, &world.finance.0);
        let payout = app
            .get(finance, &format!("/v1/platform/payouts/{}", here["payout"]))
            .await
            .ok();
        assert_eq!(payout["merchant"], json!(here["merchant"]));
        assert_eq!(payout["merchant_name"], json!({"zh-CN": "桥头餐饮 1"}));
        let me = app.get(finance, "/v1/me").await.ok();
        assert_eq!(payout["proposed_by_name"], me["name"]);
        let line = &payout["lines"]["items"][0];
        assert_eq!(
            (&line["kind"], &line["payable"]),
            (&json!("redemption"), &payout["amount"])
        );
        assert_eq!(
            app.get(finance, "/v1/platform/owed").await.ok()["items"],
            json!([])
        );
        let cashier = &world.here.cashier;
        let code = world.here.buyer.code_of(app, &here["voucher"]).await;
        cashier.redeem(app, &here["store"], &code).await;
        let owed = app.get(finance, "/v1/platform/owed").await.ok();
        assert_eq!(
            (
                &owed["items"][0]["merchant"],
                &owed["items"][0]["line_count"],
                &owed["items"][0]["amount"]
            ),
            (&json!(here["merchant"]), &json!(1), &payout["amount"])
        );
        let before = app
            .get(finance, "/v1/platform/owed?until=2020-01-01T00:00:00Z")
            .await
            .ok();
        assert_eq!(before["items"], json!([]));
    });
}

#[test]
fn administrators_make_and_revoke_operators_and_find_people() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (admin, path) = (&world.admin.0, "/v1/platform/operators");
        let new = |role: &str| json!({"login": "new@example.com", "password": "correct horse", "name": "赵", "role": role});
        assert_eq!(
            app.post(&world.finance.0, path, new("support")).await.refusal().0,
            403
        );
        let person = app.post(admin, path, new("support")).await.id();
        let support = app.sign_in("new@example.com").await;
        let listed = app.get(&support, path).await.ok();
        let listed: Vec<&Value> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["role"])
            .collect();
        assert_eq!(listed, ["admin", "finance", "support", "support"]);
        let found = app
            .get(&support, "/v1/platform/people?contact=%2B8613700000001")
            .await
            .ok();
        let buyer = text(&found[0], "person");
        assert_eq!(found.as_array().unwrap().len(), 1);
        let found = app
            .get(admin, "/v1/platform/people?contact=new@example.com")
            .await
            .ok();
        assert_eq!(
            (&found[0]["person"], &found[0]["operator"]),
            (&json!(person), &json!("support"))
        );
        let nobody = app
            .get(admin, "/v1/platform/people?contact=nobody@example.com")
            .await
            .ok();
        assert_eq!(nobody, json!([]));
        let end = format!("/v1/platform/people/{buyer}/end-sessions");
        let ended = app
            .post(&support, &end, json!({"reason": "lost phone"}))
            .await
            .ok();
        assert_eq!(ended["ended"], 1);
        assert_eq!(app.get(&world.here.buyer.0, "/v1/me").await.status, 401);
        let revoke = format!("{path}/{person}/revoke");
        assert_eq!(
            app.post(&support, &revoke, json!({"reason": "no"}))
                .await
                .refusal()
                .0,
            403
        );
        app.post(admin, &revoke, json!({"reason": "left"})).await.ok();
        assert_eq!(app.get(&support, path).await.status, 401);
        let me = text(&app.get(admin, "/v1/me").await.ok(), "person");
        let oneself = app
            .post(admin, &format!("{path}/{me}/revoke"), json!({"reason": "tired"}))
            .await;
        assert_eq!(oneself.refusal(), (409, "operator_oneself".to_owned()));
    });
}

#[test]
fn the_audit_log_says_who_did_what_and_why() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, admin) = (&world.here.ids, &world.admin.0);
        let suspend = format!("/v1/platform/merchants/{}/suspend", here["merchant"]);
        app.post(admin, &suspend, json!({"reason": "no licence"}))
            .await
            .ok();
        let newest = app.get(admin, "/v1/platform/events").await.ok();
        let first = &newest["items"][0];
        let me = text(&app.get(admin, "/v1/me").await.ok(), "person");
        assert_eq!(
            (
                &first["type"],
                &first["actor"],
                &first["person"],
                &first["reason"]
            ),
            (
                &json!("MerchantSuspended"),
                &json!("operator"),
                &json!(me),
                &json!("no licence")
            )
        );
        assert_eq!(first["body"]["merchant"], json!(here["merchant"]));
        let mut path = format!("/v1/platform/events?about={}", here["order"]);
        let about = app.get(admin, &path).await.ok();
        assert!(!about["items"].as_array().unwrap().is_empty());
        path = "/v1/platform/events?type=OrderPlaced".to_owned();
        let (mut placed, mut next) = (0, Some(String::new()));
        while let Some(after) = next {
            let page = app.get(admin, &format!("{path}{after}")).await.ok();
            placed += page["items"].as_array().unwrap().len();
            next = page["next"].as_str().map(|next| format!("&after={next}"));
        }
        assert_eq!(placed, 6);
        let wrong = app.get(admin, "/v1/platform/events?after=99.1").await;
        assert_eq!(wrong.json()["field"], "/after");
        let support = app.operator(OperatorRole::Support).await;
        assert_eq!(app.get(&support, "/v1/platform/events").await.status, 403);
    });
}

#[test]
fn a_hidden_review_is_found_and_shown_again() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, admin) = (&world.here.ids, &world.admin.0);
        let step = |verb: &str| format!("/v1/platform/reviews/{}/{verb}", here["review"]);
        app.post(admin, &step("hide"), json!({"reason": "spam"}))
            .await
            .ok();
        let hidden = app.get(admin, "/v1/platform/reviews?status=hidden").await.ok();
        assert_eq!(hidden["items"][0]["id"], json!(here["review"]));
        assert_eq!(hidden["items"][0]["merchant"], json!(here["merchant"]));
        assert_eq!(hidden["items"][0]["hidden_because"], "spam");
        let public = format!("/v1/merchants/{}/reviews", here["merchant"]);
        assert_eq!(app.get(admin, &public).await.ok()["items"], json!([]));
        app.post(admin, &step("show"), json!({"reason": "no spam"}))
            .await
            .ok();
        assert_eq!(
            app.get(admin, &public).await.ok()["items"][0]["id"],
            json!(here["review"])
        );
        assert_eq!(ids(app, admin, "/v1/platform/reviews", "id").await.len(), 2);
    });
}

#[test]
fn an_operator_sees_what_waits_and_where_money_moved() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, finance) = (&world.here.ids, &world.finance.0);
        let waiting = app.get(&world.support.0, "/v1/platform/waiting").await.ok();
        let counts = [
            "certifications",
            "agreements",
            "payouts_proposed",
            "payment_conflicts",
        ];
        assert_eq!(counts.map(|name| waiting[name].as_i64().unwrap()), [2, 0, 2, 2]);
        let ask = async |query: &str| {
            app.get(finance, &format!("/v1/platform/journal?currency=CNY&{query}"))
                .await
        };
        let paid = ask(&format!("account=escrow&owner={}", here["order"])).await.ok();
        assert_eq!(
            paid["items"].as_array().unwrap().len(),
            0,
            "an order that nobody paid"
        );
        let owed = ask(&format!("account=merchant_payable&owner={}", here["merchant"]))
            .await
            .ok();
        let entry = &owed["items"][0];
        assert_eq!(
            (&entry["reason"], &entry["about"], &entry["kind"]),
            (&json!("redeemed"), &json!(here["redemption"]), &json!("posted"))
        );
        let legs = entry["legs"].as_array().unwrap();
        let sum: i64 = legs
            .iter()
            .map(|leg| leg["amount"]["amount"].as_i64().unwrap())
            .sum();
        assert_eq!(sum, 0);
        assert!(legs.iter().any(|leg| leg["owner"] == json!(here["merchant"])));
        let all = ask("account=merchant_payable").await.ok();
        assert_eq!(all["items"].as_array().unwrap().len(), 2, "both merchants'");
        let wrong = ask(&format!("account=bank&owner={}", here["merchant"])).await;
        assert_eq!(wrong.json()["field"], "/owner");
        let refused = app
            .get(&world.support.0, "/v1/platform/journal?account=bank&currency=CNY")
            .await;
        assert_eq!(refused.status, 403);
    });
}

#[test]
fn a_contradicting_report_is_shown_with_what_settled_the_payment_and_closed_once() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, finance) = (&world.here.ids, &world.finance.0);
        let list = "/v1/platform/payment-conflicts";
        let found = app.get(&world.support.0, list).await.ok();
        let conflict = &found["items"][1];
        assert_eq!(conflict["id"], json!(here["payment_conflict"]));
        let amount = |side: &str| conflict[side]["amount"]["amount"].as_i64().unwrap();
        assert_eq!(amount("reported"), amount("settled") + 1);
        assert!(conflict.get("closed").is_none());
        let close = format!("{list}/{}/close", here["payment_conflict"]);
        let why = json!({"reason": "Entered by hand at the provider"});
        app.post(finance, &close, why.clone()).await.ok();
        let again = app.post(finance, &close, why.clone()).await;
        assert_eq!(again.refusal(), (409, "payment_conflict_closed".to_owned()));
        let found = app.get(finance, list).await.ok();
        assert_eq!(found["items"][1]["closed"]["reason"], why["reason"]);
        let waiting = app.get(finance, "/v1/platform/waiting").await.ok();
        assert_eq!(waiting["payment_conflicts"], 1);
    });
}

#[test]
fn a_coupons_owner_sees_how_far_it_is_used_up_and_others_do_not() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let here = &world.here;
        let path = format!("/v1/merchants/{}/coupons", here.ids["merchant"]);
        for who in [&here.owner.0.owner, &world.support.0] {
            let usage = &app.get(who, &path).await.ok()["items"][0]["usage"];
            assert!(usage["total"].as_i64().unwrap() >= usage["claimed"].as_i64().unwrap());
            assert_eq!(usage["budget"]["currency"], "CNY");
        }
        for who in [
            &world.stranger.0,
            &here.cashier.client,
            &world.there.owner.0.owner,
        ] {
            assert!(app.get(who, &path).await.ok()["items"][0].get("usage").is_none());
        }
    });
}

#[test]
fn a_coupons_codes_are_exported_for_its_owner_and_each_is_claimed_once() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, owner) = (&world.here, &world.here.owner.0.owner);
        let coupons = format!("/v1/merchants/{}/coupons", here.ids["merchant"]);
        let coupon = json!({"title": {"en": "A code"}, "kind": {"type": "buy_get", "buy": 2, "get": 1},
            "conditions": {"stacking_group": "codes", "buyers": "new_customer"}, "distribution": "by_code",
            "currency": "CNY", "per_person": 1, "total": 1_500, "budget": 10_000,
            "starts_at": in_days(-1), "ends_at": in_days(20)});
        let coupon = app.post(owner, &coupons, coupon).await.id();
        let path = format!("{coupons}/{coupon}/codes.csv");
        let file = String::from_utf8(app.get(owner, &path).await.bytes.to_vec()).unwrap();
        let codes: Vec<&str> = file.lines().skip(1).collect();
        assert_eq!(
            (codes.len(), codes.iter().collect::<BTreeSet<_>>().len()),
            (1_500, 1_500)
        );
        for who in [&here.cashier.client, &here.buyer.0, &world.there.owner.0.owner] {
            let refused = app.get(who, &path).await.status.as_u16();
            assert!([403, 404].contains(&refused), "{refused}");
        }
        let claim = async |who, code: &str| app.post(who, "/v1/me/coupons", json!({"code": code})).await;
        claim(&here.buyer.0, codes[1_499]).await.id();
        let again = claim(&world.there.buyer.0, codes[1_499]).await.refusal();
        assert_eq!(again, (409, "coupon_code_used".to_owned()));
        let listed = app.get(&here.buyer.0, &coupons).await.ok();
        assert!(!listed.to_string().contains(&coupon), "it is not listed");
    });
}

#[test]
fn a_coupon_is_claimed_as_often_as_one_device_may_whoever_claims() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, owner) = (&world.here, &world.here.owner.0.owner);
        let coupon = json!({"title": {"en": "One a phone"}, "kind": {"type": "cash", "amount": 100},
            "currency": "CNY", "per_person": 2, "per_device": 1, "total": 9, "budget": 10_000,
            "starts_at": in_days(-1), "ends_at": in_days(20)});
        let coupons = format!("/v1/merchants/{}/coupons", here.ids["merchant"]);
        let coupon = app.post(owner, &coupons, coupon).await.id();
        let arrive = async |contact: &str| {
            Anonymous::request_code(app, contact).await.ok();
            let code = Anonymous::code_sent_to(app, contact);
            let opened = Anonymous::enter_code(app, contact, &code).await;
            let cookies = opened.headers.get_all("set-cookie").iter();
            let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap().to_owned());
            let device = cookies
                .find(|cookie| cookie.starts_with("__Host-qiao-device="))
                .unwrap();
            (
                Client::with(&text(&opened.json(), "token")),
                device.split("; ").next().unwrap().to_owned(),
            )
        };
        let claim = async |who: &Client, device: &str| {
            let request = Request::post(format!("/v1/coupons/{coupon}/claims"));
            let request = who.sign(request).header("cookie", device);
            let request = request.header("idempotency-key", hex::encode(shell::random_bytes::<16>()));
            app.send(request.body(Body::empty()).unwrap()).await
        };
        let (one, phone) = arrive("+8613800138001").await;
        let (_, others) = arrive("+8613800138002").await;
        for unknown in ["theme=dark", "__Host-qiao-device=../../x", &others] {
            let refused = claim(&one, unknown).await.refusal();
            assert_eq!(refused, (409, "coupon_device_unknown".to_owned()));
        }
        claim(&one, &phone).await.id();
        let second = claim(&one, &phone).await.refusal();
        assert_eq!(second, (409, "coupon_device_limit_reached".to_owned()));
    });
}

#[test]
fn who_got_the_last_coupon_is_told_so_again_and_everybody_else_that_none_is_left() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, owner) = (&world.here, &world.here.owner.0.owner);
        let coupon = json!({"title": {"en": "The only one"}, "kind": {"type": "cash", "amount": 100},
            "currency": "CNY", "per_person": 1, "total": 1, "budget": 10_000,
            "starts_at": in_days(-1), "ends_at": in_days(20)});
        let coupons = format!("/v1/merchants/{}/coupons", here.ids["merchant"]);
        let coupon = app.post(owner, &coupons, coupon).await.id();
        let claim = async |who: &Client, key: &str| {
            let request = who.sign(Request::post(format!("/v1/coupons/{coupon}/claims")));
            let request = request.header("idempotency-key", key).body(Body::empty());
            app.send(request.unwrap()).await
        };
        let (first, late) = (&world.here.buyer.0, &world.there.buyer.0);
        let got = claim(first, "only").await.id();
        for _ in 0..2 {
            let none_left = (409, "coupon_all_claimed".to_owned());
            assert_eq!(claim(late, "too-late").await.refusal(), none_left);
            assert_eq!(claim(first, "only").await.id(), got);
            let has_one = (409, "coupon_limit_reached".to_owned());
            assert_eq!(claim(first, "another").await.refusal(), has_one);
        }
        let stop = format!("{coupons}/{coupon}/stop");
        app.post(owner, &stop, json!({})).await.ok();
        assert_eq!(
            claim(late, "stopped").await.refusal(),
            (409, "coupon_not_live".to_owned())
        );
    });
}

#[test]
fn a_merchant_reads_the_rules_that_its_proposals_keep_to() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (owner, path) = (&world.here.owner.0.owner, &world.here.owner.0.path);
        let rule = json!({"commission_bp_min": 500, "commission_bp_max": 1500, "discount_platform_bp_max": 5000,
            "platform_cap_max": {"amount": 800, "currency": "CNY"}, "rebate_bp_max": 300,
            "refund_window_us_min": 0});
        app.put(&world.finance.0, "/v1/platform/rules", rule.clone())
            .await
            .ok();
        let read = app.get(owner, &format!("{path}/agreement-rules")).await.ok();
        assert_eq!(read, json!([rule]));
    });
}
