//! Money as merchants, the platform and sharers see it.

use axum::http::StatusCode;
use http::shell;
use party::OperatorRole;
use serde_json::{Value, json};

use crate::app::{Client, TestApp, on_both, text};
use crate::sale::{Device, Sale};

async fn redeem_one(app: &TestApp, sale: &Sale, n: u8, share_token: Option<&str>) -> String {
    let buyer = app.consumer(u64::from(n)).await;
    let voucher = sale.buy(app, &buyer, share_token).await;
    let device = Device::bound(app, &buyer, &voucher, n).await;
    text(&sale.scan(app, &device.shown(0)).await.ok(), "redemption")
}

fn amount(value: &Value) -> i64 {
    value["amount"]
        .as_i64()
        .unwrap_or_else(|| panic!("no amount: {value}"))
}

/// Seconds from now, so that what was just redeemed is before it.
fn soon() -> String {
    shell::now().plus_us(kernel::MINUTE_US).to_string()
}

#[test]
fn a_payout_needs_two_operators_and_its_lines_say_what_it_is_for() {
    on_both(async |app| {
        let sale = Sale::of(app, 1).await;
        let redemption = redeem_one(app, &sale, 1, None).await;
        let (owner, path) = (&sale.shop.owner, &sale.shop.path);
        let statement = app.get(owner, &format!("{path}/statement")).await.ok();
        let line = &statement["items"][0];
        assert_eq!(
            (&line["kind"], &line["redemption"]),
            (&json!("redemption"), &json!(redemption))
        );
        // 100.00 less 20 %, half of it the merchant's: 90.00 is the price, a tenth of it the commission.
        let names = [
            "price",
            "discount_platform",
            "discount_merchant",
            "commission",
            "rebate",
            "payable",
        ];
        assert_eq!(
            names.map(|name| amount(&line[name])),
            [10_000, 1_000, 1_000, 900, 0, 8_100]
        );
        let finance = app.operator(OperatorRole::Finance).await;
        let body = json!({"merchant": sale.shop.id, "currency": "CNY", "until": soon()});
        let proposed = app.post(&finance, "/v1/platform/payouts", body.clone()).await;
        assert_eq!(proposed.status, StatusCode::CREATED);
        let proposed = proposed.ok();
        assert_eq!(
            (amount(&proposed["amount"]), &proposed["line_count"]),
            (8_100, &json!(1))
        );
        let nothing = app.post(&finance, "/v1/platform/payouts", body).await;
        assert_eq!(nothing.refusal(), (409, "nothing_to_pay".to_owned()));
        let payout = text(&proposed, "payout");
        let step = |name: &str| format!("/v1/platform/payouts/{payout}/{name}");
        let own = app.post(&finance, &step("approve"), json!({})).await;
        assert_eq!(own.refusal(), (403, "payout_needs_another_operator".to_owned()));
        let early = app.post(&finance, &step("retry"), json!({})).await;
        assert_eq!(early.refusal(), (409, "payout_not_failed".to_owned()));
        let waiting = app.get(&finance, "/v1/platform/payouts").await.ok();
        assert_eq!(waiting["items"][0]["id"], json!(payout));
        app.post(&sale.admin, &step("approve"), json!({})).await.ok();
        let waiting = app.get(&finance, "/v1/platform/payouts").await.ok();
        assert_eq!(waiting["items"], json!([]));
        let approved = app
            .get(&finance, "/v1/platform/payouts?status=approved")
            .await
            .ok();
        assert_eq!(approved["items"][0]["merchant"], json!(sale.shop.id));
        let balance = app.get(owner, &format!("{path}/balance")).await.ok();
        assert_eq!(
            (amount(&balance[0]["posted"]), amount(&balance[0]["pending"])),
            (8_100, -8_100)
        );
        assert_eq!(
            app.get(owner, &format!("{path}/statement")).await.ok()["items"],
            json!([])
        );
        let listed = app.get(owner, &format!("{path}/payouts")).await.ok();
        assert_eq!(listed["items"][0]["status"], "approved");
        assert!(listed["items"][0].get("approved_by").is_none(), "{listed}");
        let details = app.get(owner, &format!("{path}/payouts/{payout}")).await.ok();
        assert_eq!(
            (&details["status"], &details["lines"]["items"][0]),
            (&json!("approved"), line)
        );
    });
}

#[test]
fn a_payouts_lines_are_exported_to_its_own_merchant_alone() {
    on_both(async |app| {
        let (sale, other) = (Sale::of(app, 1).await, app.shop(2).await);
        redeem_one(app, &sale, 1, None).await;
        redeem_one(app, &sale, 2, None).await;
        let closed = app
            .post(&sale.admin, "/v1/platform/close-day", json!({"until": soon()}))
            .await
            .ok();
        assert_eq!(closed["proposals"].as_array().unwrap().len(), 1, "{closed}");
        assert!(closed.get("next").is_none(), "{closed}");
        let payout = text(&closed["proposals"][0], "payout");
        let lines = format!("{}/payouts/{payout}/lines.csv", sale.shop.path);
        let table = app.get(&sale.shop.owner, &lines).await;
        assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
        assert!(
            table.headers["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment;")
        );
        let table = String::from_utf8(table.bytes.to_vec()).unwrap();
        let rows: Vec<&str> = table.split_terminator("\r\n").collect();
        assert_eq!(rows.len(), 3, "{table}");
        assert!(rows[0].starts_with("line,at,kind,"), "{table}");
        assert!(
            rows[1].ends_with(",CNY,100.00,10.00,10.00,0.00,9.00,0.00,81.00"),
            "{table}"
        );
        for path in [format!("payouts/{payout}"), format!("payouts/{payout}/lines.csv")] {
            let theirs = app.get(&other.owner, &format!("{}/{path}", other.path)).await;
            assert_eq!(theirs.refusal(), (404, "not_found".to_owned()), "{path}");
        }
    });
}

#[test]
fn a_merchant_whose_guest_was_refunded_after_its_payout_pays_that_in() {
    on_both(async |app| {
        let sale = Sale::of(app, 1).await;
        let redemption = redeem_one(app, &sale, 1, None).await;
        let (owner, path) = (&sale.shop.owner, &sale.shop.path);
        let finance = app.operator(OperatorRole::Finance).await;
        let propose = json!({"merchant": sale.shop.id, "currency": "CNY", "until": soon()});
        let payout = app.post(&finance, "/v1/platform/payouts", propose).await.ok();
        let approve = format!("/v1/platform/payouts/{}/approve", text(&payout, "payout"));
        app.post(&sale.admin, &approve, json!({})).await.ok();
        let refund = format!("/v1/platform/redemptions/{redemption}/refund");
        let why = json!({"reason": "the guest was right"});
        app.post(&sale.admin, &refund, why).await.ok();

        let owed = format!("/v1/platform/owed?until={}", soon());
        let debt = app.get(&finance, &owed).await.ok()["items"][0]["amount"].clone();
        assert_eq!(debt, json!({"amount": -8_100, "currency": "CNY"}));
        let pay_in = async |who: &Client, amount: i64| {
            let amount = json!({"amount": amount, "currency": "CNY"});
            let body = json!({"merchant": sale.shop.id, "amount": amount, "until": soon(), "reason": "KB-1"});
            app.post(who, "/v1/platform/pay-ins", body).await
        };
        let wrong = pay_in(&finance, 8_000).await;
        assert_eq!(wrong.refusal(), (409, "pay_in_differs".to_owned()));
        assert!(text(&wrong.json(), "detail").contains("-81.00 CNY"));
        assert_eq!(pay_in(owner, 8_100).await.refusal().0, 403);
        let paid_in = pay_in(&finance, 8_100).await.id();
        assert_eq!(app.get(&finance, &owed).await.ok()["items"], json!([]));
        let shown = app.get(owner, &format!("{path}/payouts/{paid_in}")).await.ok();
        assert_eq!(
            (
                &shown["status"],
                amount(&shown["amount"]),
                &shown["lines"]["items"][0]["kind"]
            ),
            (&json!("paid"), -8_100, &json!("refund"))
        );
        let balance = app.get(owner, &format!("{path}/balance")).await.ok();
        assert_eq!(
            amount(&balance[0]["posted"]),
            8_100,
            "and the payout is on its way"
        );
    });
}

#[test]
fn the_books_balance_and_are_shown_to_finance_only() {
    on_both(async |app| {
        let sale = Sale::of(app, 1).await;
        redeem_one(app, &sale, 1, None).await;
        let rows = app.get(&sale.admin, "/v1/platform/trial-balance").await.ok();
        let rows = rows.as_array().unwrap();
        assert!(rows.len() >= 4, "{rows:?}");
        assert_eq!(rows.iter().map(|row| amount(&row["posted"])).sum::<i64>(), 0);
        let ask = async |query: &str| {
            app.get(&sale.admin, &format!("/v1/platform/balances?{query}"))
                .await
        };
        let owned = format!("account=merchant_payable&owner={}&currency=CNY", sale.shop.id);
        for query in [owned.as_str(), "account=merchant_payable&currency=CNY"] {
            assert_eq!(amount(&ask(query).await.ok()["posted"]), -8_100, "{query}");
        }
        for (query, field) in [
            (
                format!("account=bank&owner={}&currency=CNY", sale.shop.id),
                json!("/owner"),
            ),
            (
                format!("account=escrow&owner={}&currency=CNY", sale.shop.id),
                json!("/owner"),
            ),
            ("account=petty_cash&currency=CNY".to_owned(), json!("/account")),
            ("account=bank&currency=XXQ".to_owned(), Value::Null),
            ("account=bank&currency=CNY&layer=0".to_owned(), Value::Null),
        ] {
            let refused = ask(&query).await;
            assert_eq!(refused.refusal(), (400, "query_malformed".to_owned()), "{query}");
            assert_eq!(refused.json()["field"], field, "{query}");
        }
        let support = app.operator(OperatorRole::Support).await;
        for path in ["trial-balance", "balances?account=bank&currency=CNY", "payouts"] {
            let refused = app.get(&support, &format!("/v1/platform/{path}")).await;
            assert_eq!(refused.refusal(), (403, "forbidden".to_owned()), "{path}");
        }
        let refused = app
            .post(&support, "/v1/platform/close-day", json!({"until": soon()}))
            .await;
        assert_eq!(refused.refusal(), (403, "forbidden".to_owned()));
    });
}

#[test]
fn a_manager_of_one_store_sees_no_money_of_the_whole_merchant() {
    on_both(async |app| {
        let shop = app.shop(1).await;
        let body = json!({"login": "manager@example.com", "password": "correct horse", "name": "王芳",
                          "store": shop.store, "role": "manager"});
        app.post(&shop.owner, &format!("{}/staff", shop.path), body)
            .await
            .ok();
        let manager = app.sign_in("manager@example.com").await;
        let payout = "payouts/pyo_00000000000000000000000000";
        for path in [
            "statement",
            "payouts",
            payout,
            &format!("{payout}/lines.csv"),
            "balance",
            "conflicts",
        ] {
            let refused = app.get(&manager, &format!("{}/{path}", shop.path)).await;
            assert_eq!(refused.refusal(), (403, "forbidden".to_owned()), "{path}");
        }
    });
}

#[test]
fn a_sharer_sees_what_is_earned_but_not_by_whose_order() {
    on_both(async |app| {
        let (sale, sharer) = (Sale::of(app, 1).await, app.consumer(7).await);
        let links = format!("/v1/offers/{}/share-links", sale.offer);
        let link = app.post(&sharer, &links, json!({})).await.ok();
        redeem_one(app, &sale, 1, Some(&text(&link, "token"))).await;
        let earned = app.get(&sharer, "/v1/me/rebates").await.ok();
        let rebate = &earned["items"][0];
        assert_eq!(
            (&rebate["status"], &rebate["merchant"]),
            (&json!("pending"), &json!(sale.shop.id))
        );
        assert!(amount(&rebate["amount"]) > 0);
        for secret in ["order", "redemption", "person"] {
            assert!(rebate.get(secret).is_none(), "{secret}");
        }
        // It cannot be spent before the refund window closes.
        assert_eq!(app.get(&sharer, "/v1/me/rebate-balance").await.ok(), json!([]));
        let nobody = app.get(&Client::default(), "/v1/me/rebates").await;
        assert_eq!(nobody.refusal(), (401, "sign_in_required".to_owned()));
    });
}
