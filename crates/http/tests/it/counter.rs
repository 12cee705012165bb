//! At the counter: passes, scans, codes, and what is taken back.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use http::shell;
use party::OperatorRole;
use serde_json::json;

use crate::app::{Client, on_both, text};
use crate::sale::{Device, Sale, twice};

#[test]
fn a_voucher_is_bound_to_a_device_and_scanned_as_often_as_it_can_be_used() {
    on_both(async |app| {
        let (sale, li) = (Sale::of(app, 2).await, app.consumer(1).await);
        let voucher = sale.buy(app, &li, None).await;
        let unbound = app.get(&li, &format!("{voucher}/pass")).await;
        assert_eq!(unbound.refusal(), (409, "voucher_not_bound".to_owned()));
        let device = Device::bound(app, &li, &voucher, 1).await;
        let again = app.get(&li, &format!("{voucher}/pass")).await.ok();
        assert_eq!(
            (&again["terms"]["binding"], &again["terms"]["uses_total"]),
            (&json!(1), &json!(2))
        );
        // No pass outlives its voucher.
        let held = app.get(&li, &voucher).await.ok();
        let time = |value, field| text(value, field).parse::<kernel::Timestamp>().unwrap();
        assert!(
            time(&again["terms"], "offline_until") <= time(&held, "valid_until"),
            "{again}"
        );
        let first = sale.scan(app, &device.shown(0)).await;
        assert_eq!(first.status, StatusCode::CREATED);
        let first = first.ok();
        assert_eq!(
            (&first["use_no"], &first["uses_left"], &first["uses_total"]),
            (&json!(1), &json!(1), &json!(2))
        );
        assert_eq!(first["amount"], json!({"amount": 4_500, "currency": "CNY"}));
        assert_eq!(sale.scan(app, &device.shown(0)).await.ok()["uses_left"], 0);
        let third = sale.scan(app, &device.shown(0)).await;
        assert_eq!(third.refusal(), (409, "redeem_voucher_used_up".to_owned()));
        assert!(
            text(&third.json(), "detail").contains(&sale.shop.store),
            "{}",
            third.json()
        );
        let held = app.get(&li, &voucher).await.ok();
        assert_eq!(
            (&held["status"], held["visits"].as_array().unwrap().len()),
            (&json!("used"), 2)
        );
        assert_eq!(held["visits"][0]["redemption"], first["redemption"]);
        let listed = app.get(&sale.shop.owner, &sale.redemptions).await.ok();
        assert_eq!(listed["items"][1]["id"], first["redemption"]);
        assert!(listed["items"][1].get("person").is_none(), "{listed}");
        for gone in ["code", "pass"] {
            let gone = app.get(&li, &format!("{voucher}/{gone}")).await;
            assert_eq!(gone.refusal(), (409, "voucher_not_live".to_owned()));
        }
    });
}

#[test]
fn a_repeated_scan_is_answered_the_same_when_its_qr_would_no_longer_do() {
    on_both(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, app.consumer(1).await);
        let voucher = sale.buy(app, &li, None).await;
        let device = Device::bound(app, &li, &voucher, 1).await;
        let (path, body) = (
            format!("{}/scan", sale.redemptions),
            json!({"qr": device.shown(0)}),
        );
        let send = || {
            app.call(
                &sale.shop.owner,
                Method::POST,
                &path,
                Some("scan"),
                body.to_string(),
            )
        };
        let first = send().await.ok();
        // From here on every QR is refused.
        app.app.keys.write().unwrap().ring = Arc::default();
        assert_eq!(send().await.ok(), first);
        let stranger = sale.scan(app, &device.shown(0)).await;
        assert_eq!(stranger.refusal(), (409, "qr_key_unknown".to_owned()));
    });
}

#[test]
fn every_bad_qr_is_refused_by_its_own_name_and_takes_no_use() {
    on_both(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, app.consumer(1).await);
        let voucher = sale.buy(app, &li, None).await;
        let old = Device::bound(app, &li, &voucher, 1).await;
        let device = Device::bound(app, &li, &voucher, 2).await;
        let good = device.shown(0);
        let stolen = voucher::DeviceKey::from_bytes(&[9; 32]).unwrap();
        let forged = voucher::present(&device.pass, &stolen, shell::now());
        let altered = {
            // The twentieth byte lies in the voucher's id, which the platform signed.
            let mut bytes = good.clone().into_bytes();
            bytes[30] = if bytes[30] == b'A' { b'B' } else { b'A' };
            String::from_utf8(bytes).unwrap()
        };
        for (qr, status, code) in [
            (device.shown(120), 409, "qr_stale"),
            (device.shown(-120), 409, "qr_from_future"),
            (forged, 422, "qr_other_device"),
            (altered, 422, "qr_forged"),
            (good[..good.len() - 3].to_owned(), 422, "qr_malformed"),
            ("https://example.com".to_owned(), 422, "qr_not_a_voucher"),
            (String::new(), 422, "qr_not_a_voucher"),
            (good.replacen("QI1", "QI2", 1), 422, "qr_format_unknown"),
            (old.shown(0), 409, "redeem_voucher_rebound"),
        ] {
            assert_eq!(
                sale.scan(app, &qr).await.refusal(),
                (status, code.to_owned()),
                "{qr}"
            );
        }
        let other = app.shop(2).await;
        let elsewhere = format!("{}/stores/{}/redemptions/scan", other.path, other.store);
        let refused = app.post(&other.owner, &elsewhere, json!({"qr": good})).await;
        assert_eq!(refused.refusal(), (409, "qr_stores_unknown".to_owned()));
        let stores = format!("{}/stores", sale.shop.path);
        let second = app
            .post(&sale.shop.owner, &stores, crate::app::store_said())
            .await
            .id();
        let second = format!("{}/stores/{}/redemptions/scan", sale.shop.path, second);
        let refused = app.post(&sale.shop.owner, &second, json!({"qr": good})).await;
        assert_eq!(refused.refusal(), (409, "qr_wrong_store".to_owned()));
        let theirs = format!("{}/stores/{}/redemptions/scan", other.path, sale.shop.store);
        let refused = app.post(&other.owner, &theirs, json!({"qr": good})).await;
        assert_eq!(refused.refusal(), (404, "not_found".to_owned()));
        assert_eq!(sale.scan(app, &device.shown(0)).await.status, StatusCode::CREATED);
    });
}

#[test]
fn a_voucher_is_its_holders_alone_and_its_code_is_told_in_one_place() {
    on_both(async |app| {
        let (sale, li, wang) = (
            Sale::of(app, 1).await,
            app.consumer(1).await,
            app.consumer(2).await,
        );
        let voucher = sale.buy(app, &li, None).await;
        let device = json!({"device_key": hex::encode([4; 65])});
        let wrong = app.post(&li, &format!("{voucher}/device"), device).await;
        assert_eq!(
            (wrong.refusal(), wrong.json()["field"].clone()),
            ((422, "device_key_invalid".to_owned()), json!("/device_key"))
        );
        for path in ["", "/code", "/pass"] {
            let theirs = app.get(&wang, &format!("{voucher}{path}")).await;
            assert_eq!(theirs.refusal(), (404, "not_found".to_owned()), "{path}");
        }
        let key = voucher::DeviceKey::from_bytes(&[3; 32]).unwrap().public_key();
        let body = json!({"device_key": hex::encode(key.to_bytes())});
        let theirs = app.post(&wang, &format!("{voucher}/device"), body.clone()).await;
        assert_eq!(theirs.refusal(), (404, "not_found".to_owned()));
        assert_eq!(app.get(&wang, "/v1/me/vouchers").await.ok()["items"], json!([]));
        let code = text(&app.get(&li, &format!("{voucher}/code")).await.ok(), "code");
        let digits = code.replace(' ', "");
        assert_eq!(digits.len(), 12);
        for path in [voucher.as_str(), "/v1/me/vouchers"] {
            let told = app.get(&li, path).await.ok().to_string();
            assert!(!told.contains(&code) && !told.contains(&digits), "{told}");
        }
        // What is repeated after another device was bound gives no pass of that device.
        let [bound, _] = twice(app, &li, &format!("{voucher}/device"), "bind", &body).await;
        bound.ok();
        Device::bound(app, &li, &voucher, 4).await;
        let [late, _] = twice(app, &li, &format!("{voucher}/device"), "bind", &body).await;
        assert_eq!(late.refusal(), (409, "voucher_bound_elsewhere".to_owned()));
    });
}

#[test]
fn a_code_is_looked_up_and_a_miss_counts_once_however_often_it_is_sent() {
    on_both(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, app.consumer(1).await);
        let voucher = sale.buy(app, &li, None).await;
        let code = text(&app.get(&li, &format!("{voucher}/code")).await.ok(), "code");
        let other = if code.starts_with('0') { "1" } else { "0" };
        let wrong = json!({"code": format!("{other}{}", &code[1..])});
        let path = format!("{}/code", sale.redemptions);
        for miss in twice(app, &sale.shop.owner, &path, "miss", &wrong).await {
            assert_eq!(miss.refusal(), (404, "redeem_code_unknown".to_owned()));
            assert!(
                text(&miss.json(), "detail").contains("9 tries"),
                "{}",
                miss.json()
            );
        }
        let malformed = app.post(&sale.shop.owner, &path, json!({"code": "12 ab"})).await;
        assert_eq!(
            (malformed.refusal(), malformed.json()["field"].clone()),
            ((400, "body_malformed".to_owned()), json!("/code"))
        );
        let typed = json!({"code": code.replace(' ', "-")});
        let [first, second] = twice(app, &sale.shop.owner, &path, "hit", &typed).await;
        assert_eq!(
            (first.status, second.status),
            (StatusCode::CREATED, StatusCode::CREATED)
        );
        assert_eq!(first.json(), second.json());
        for n in 0..9 {
            let miss = app.post(&sale.shop.owner, &path, wrong.clone()).await;
            assert_eq!(miss.status, StatusCode::NOT_FOUND, "{n}");
        }
        let locked = app.post(&sale.shop.owner, &path, typed).await;
        assert_eq!(locked.refusal(), (429, "redeem_codes_locked".to_owned()));
    });
}

#[test]
fn an_unknown_code_and_anothers_that_is_live_or_used_are_answered_alike_and_for_equal_work() {
    on_both(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, app.consumer(1).await);
        let [live, used] = [sale.buy(app, &li, None).await, sale.buy(app, &li, None).await];
        let code_of = async |voucher: &str| {
            let code = app.get(&li, &format!("{voucher}/code")).await.ok();
            text(&code, "code")
        };
        let (live, used) = (code_of(&live).await, code_of(&used).await);
        let path = format!("{}/code", sale.redemptions);
        let redeemed = app.post(&sale.shop.owner, &path, json!({"code": used})).await;
        assert_eq!(redeemed.status, StatusCode::CREATED);

        let rival = app.shop(2).await;
        let path = format!("{}/stores/{}/redemptions/code", rival.path, rival.store);
        let mut answers = Vec::new();
        for (n, guess) in ["000000000000", &live, &used, "999999999999"]
            .into_iter()
            .enumerate()
        {
            app.app.store.recorder().start();
            let miss = app.post(&rival.owner, &path, json!({"code": guess})).await;
            // What SQLite was asked and told; PostgreSQL is spoken to by the same commands.
            let statements = app.app.store.recorder().stop().statements();
            let left = format!("{}", 9 - n);
            let body = miss.json().to_string().replace(&left, "few");
            answers.push((miss.status, body, statements));
        }
        assert_eq!(answers[0].0, StatusCode::NOT_FOUND);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    });
}

#[test]
fn a_scanner_is_given_what_it_needs_without_a_network() {
    on_both(async |app| {
        let sale = Sale::of(app, 1).await;
        let kit = format!("{}/stores/{}/scanner-kit", sale.shop.path, sale.shop.store);
        let kit = app.get(&sale.shop.owner, &kit).await.ok();
        assert_eq!(kit["store_sets"][0]["stores"], json!([sale.shop.store]));
        assert_eq!(kit["offline_max_uses"], 20);
        assert_eq!(
            kit["offline_max_amount"],
            json!({"amount": 500_000, "currency": "CNY"})
        );
        let keys = app.get(&Client::default(), "/v1/voucher-keys").await.ok();
        assert_eq!((&kit["keys"], keys.as_array().unwrap().len()), (&keys, 1));
        assert_eq!(text(&keys[0], "public_key").len(), 43);
    });
}

#[test]
fn what_was_redeemed_is_undone_by_staff_and_refunded_with_a_reason() {
    on_both(async |app| {
        let (sale, li, other) = (Sale::of(app, 2).await, app.consumer(1).await, app.shop(2).await);
        let voucher = sale.buy(app, &li, None).await;
        let device = Device::bound(app, &li, &voucher, 1).await;
        let use_one = async || text(&sale.scan(app, &device.shown(0)).await.ok(), "redemption");
        let mistaken = use_one().await;
        let of = |path: &str, redemption: &str, step: &str| format!("{path}/redemptions/{redemption}/{step}");
        let theirs = app
            .post(&other.owner, &of(&other.path, &mistaken, "undo"), json!({}))
            .await;
        assert_eq!(theirs.refusal(), (404, "not_found".to_owned()));
        app.post(
            &sale.shop.owner,
            &of(&sale.shop.path, &mistaken, "undo"),
            json!({}),
        )
        .await
        .ok();
        assert_eq!(app.get(&li, &voucher).await.ok()["uses_left"], 2);
        let again = app
            .post(
                &sale.shop.owner,
                &of(&sale.shop.path, &mistaken, "undo"),
                json!({}),
            )
            .await;
        assert_eq!(again.refusal(), (409, "redemption_not_live".to_owned()));
        let (first, second) = (use_one().await, use_one().await);
        let refund = of(&sale.shop.path, &first, "refund");
        let because = json!({"reason": "the soup was cold"});
        for reason in ["", "  "] {
            let silent = app
                .post(&sale.shop.owner, &refund, json!({"reason": reason}))
                .await;
            assert_eq!(silent.refusal(), (422, "reason_missing".to_owned()));
        }
        let stolen = app
            .post(&other.owner, &of(&other.path, &first, "refund"), because.clone())
            .await;
        assert_eq!(stolen.refusal(), (404, "not_found".to_owned()));
        let refunded = app.post(&sale.shop.owner, &refund, because.clone()).await.ok();
        assert!(text(&refunded, "refund").starts_with("ref_"));
        let by_platform = of("/v1/platform", &second, "refund");
        let finance = app.operator(OperatorRole::Finance).await;
        assert_eq!(
            app.post(&finance, &by_platform, because.clone())
                .await
                .refusal()
                .0,
            403
        );
        app.post(&sale.admin, &by_platform, because.clone()).await.ok();
        let twice = app.post(&sale.admin, &by_platform, because).await;
        assert_eq!(twice.refusal(), (409, "redemption_not_live".to_owned()));
        let visits = app.get(&li, &voucher).await.ok()["visits"].clone();
        let states: Vec<String> = visits
            .as_array()
            .unwrap()
            .iter()
            .map(|visit| text(visit, "status"))
            .collect();
        assert_eq!(states, ["undone", "refunded", "refunded"]);
    });
}
