//! The queue of a scanner that had no network.

use http::shell;
use serde_json::{Value, json};

use crate::app::{TestApp, on_both, text};
use crate::sale::{Device, Sale, twice};

async fn register_device(app: &TestApp, sale: &Sale) -> String {
    let devices = format!("{}/stores/{}/devices", sale.shop.path, sale.shop.store);
    app.post(&sale.shop.owner, &devices, json!({"name": "Till"}))
        .await
        .id()
}

fn queued(nonce: u8, qr: &str, seconds_ago: i64) -> Value {
    let at = shell::now().plus_us(-seconds_ago * kernel::SECOND_US).to_string();
    json!({"nonce": hex::encode([nonce; 16]), "qr": qr, "scanned_at": at})
}

#[test]
fn a_queue_is_judged_as_of_its_own_time_and_every_scan_is_answered() {
    on_both(async |app| {
        let (sale, li) = (Sale::of(app, 1).await, app.consumer(1).await);
        let voucher = sale.buy(app, &li, None).await;
        let held = Device::bound(app, &li, &voucher, 1).await;
        let device = register_device(app, &sale).await;
        let synced_at = shell::now().plus_us(-kernel::HOUR_US).to_string();
        let body = json!({"device": device, "clock_synced_at": synced_at, "scans": [
            queued(1, "https://example.com", 600),
            queued(2, &held.shown(540), 540),
            queued(3, &held.shown(600), 600),
            queued(4, &held.shown(600), 300),
        ]});
        let path = format!("{}/offline", sale.redemptions);
        let [answered, repeated] = twice(app, &sale.shop.owner, &path, "queue", &body).await;
        let answered = answered.ok();
        assert_eq!(answered, repeated.ok());
        let scans = answered["scans"].as_array().unwrap();
        let nonces: Vec<String> = scans.iter().map(|scan| text(scan, "nonce")).collect();
        assert_eq!(nonces, [1, 2, 3, 4].map(|n| hex::encode([n; 16])));
        assert_eq!(
            (&scans[0]["outcome"], &scans[0]["reason"]),
            (&json!("refused"), &json!("qr_not_a_voucher"))
        );
        assert_eq!(
            (&scans[3]["outcome"], &scans[3]["reason"]),
            (&json!("refused"), &json!("qr_stale"))
        );
        // The earlier of the two scans counts, whatever their order in the queue.
        assert_eq!(scans[2]["outcome"], "redeemed");
        assert_eq!(
            (&scans[1]["outcome"], &scans[1]["reason"]),
            (&json!("lost"), &json!("used_up"))
        );
        let won = &scans[1]["won"];
        assert_eq!(
            (&won["redemption"], &won["store"]),
            (&scans[2]["redemption"], &json!(sale.shop.store))
        );
        assert_eq!(
            (&won["device"], &won["mode"]),
            (&json!(device), &json!("offline"))
        );
        let again = app.post(&sale.shop.owner, &path, body).await.ok();
        assert_eq!(again["scans"], answered["scans"]);
        let conflicts = app
            .get(&sale.shop.owner, &format!("{}/conflicts", sale.shop.path))
            .await
            .ok();
        assert_eq!(conflicts["items"].as_array().unwrap().len(), 1, "{conflicts}");
        assert_eq!(conflicts["items"][0]["won"], *won);
        assert_eq!(conflicts["items"][0]["lost"]["device"], json!(device));
    });
}

#[test]
fn a_queue_that_is_not_one_is_refused_with_its_field() {
    on_both(async |app| {
        let sale = Sale::of(app, 1).await;
        let device = register_device(app, &sale).await;
        let path = format!("{}/offline", sale.redemptions);
        let queue = |scans: Vec<Value>| {
            let synced_at = shell::now().to_string();
            json!({"device": device, "clock_synced_at": synced_at, "scans": scans})
        };
        for nonce in ["", "00", "zz", &"0".repeat(31), &"0".repeat(34), &"z".repeat(32)] {
            let mut scan = queued(1, "x", 0);
            scan["nonce"] = json!(nonce);
            let refused = app.post(&sale.shop.owner, &path, queue(vec![scan])).await;
            assert_eq!(refused.refusal(), (400, "body_malformed".to_owned()), "{nonce}");
            assert_eq!(refused.json()["field"], "/scans/0/nonce", "{nonce}");
        }
        let many = (0..101).map(|_| queued(1, "x", 0)).collect();
        let refused = app.post(&sale.shop.owner, &path, queue(many)).await;
        assert_eq!(refused.refusal(), (422, "sync_scans_too_many".to_owned()));
        let mut stranger = queue(Vec::new());
        stranger["device"] = json!("dev_00000000000000000000000000");
        let refused = app.post(&sale.shop.owner, &path, stranger).await;
        assert_eq!(refused.refusal(), (404, "not_found".to_owned()));
    });
}
