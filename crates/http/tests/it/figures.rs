//! The figures of a merchant and of the platform, through requests.

use serde_json::{Value, json};

use crate::app::{in_days, on_both_with_provider};
use crate::world::World;

/// What the days of the figures come to.
fn sum(figures: &Value, pointer: &str) -> i64 {
    let days = figures["days"].as_array().unwrap().iter();
    days.map(|day| day.pointer(pointer).unwrap().as_i64().unwrap())
        .sum()
}

#[test]
fn views_orders_and_redemptions_are_told_by_day_by_store_and_by_entry() {
    on_both_with_provider(async |app| {
        let world = World::new(app).await;
        let (here, owner) = (&world.here.ids, &world.here.owner.0);
        for _ in 0..3 {
            let visit = json!({"entry": here["entry"]});
            app.post(&owner.owner, "/v1/visits", visit).await;
        }
        assert!(http::flush_visits(&app.app).await);
        let path = format!("{}/figures", owner.path);
        let own = app.get(&owner.owner, &path).await.ok();
        assert_eq!(own["days"].as_array().unwrap().len(), 30);
        let today = &own["days"][29];
        assert_eq!(
            (&today["views"], &today["orders"]["placed"]),
            (&json!(3), &json!(3))
        );
        assert_eq!(
            today["orders"]["paid_amount"],
            json!([{"amount": 20_800, "currency": "CNY"}])
        );
        assert_eq!(
            today["redeemed"],
            json!({"count": 1, "amount": [{"amount": 9_000, "currency": "CNY"}]})
        );
        assert_eq!(own["stores"][0]["store"], json!(here["store"]));
        assert_eq!(own["stores"][0]["redeemed"], today["redeemed"]);
        let entries = own["entries"].as_array().unwrap();
        assert_eq!(
            (&entries[0]["kind"], &entries[0]["orders"]["placed"]),
            (&Value::Null, &json!(3))
        );
        assert_eq!(
            (&entries[1]["entry"], &entries[1]["views"]),
            (&json!(here["entry"]), &json!(3))
        );
        let all = app.get(&world.admin.0, "/v1/platform/figures").await.ok();
        assert_eq!((sum(&all, "/orders/placed"), sum(&all, "/orders/paid")), (6, 4));
        assert_eq!((sum(&all, "/views"), sum(&all, "/redeemed/count")), (3, 2));
        assert_eq!(all["stores"].as_array().unwrap().len(), 2);
        assert_eq!(all["entries"][1]["entry"], Value::Null);
        let before = format!("{path}?since={}&until={}", in_days(-93), in_days(-1));
        let before = app.get(&owner.owner, &before).await.ok();
        assert_eq!(
            (sum(&before, "/orders/placed"), &before["entries"]),
            (0, &json!([]))
        );
        for (since, until) in [(-94, 0), (1, 0), (0, 0)] {
            let at = in_days(until);
            let since = if since == until {
                at.clone()
            } else {
                in_days(since)
            };
            let refused = app
                .get(&owner.owner, &format!("{path}?since={since}&until={at}"))
                .await;
            assert_eq!(refused.json()["field"], "/since");
        }
    });
}
