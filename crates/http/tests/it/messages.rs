//! What people are told of what happened to them.

use retain::WriteMessages;
use serde_json::{Value, json};
use store::{PARTITIONS, StoredEvent};

use crate::app::{Client, TestApp, on_both, on_both_with_provider, on_the_hour, text};
use crate::sale::{Device, Sale};
use crate::world::World;

/// Everything that ever happened is told, as the worker does it. Gives how much was new.
async fn tell(app: &TestApp) -> usize {
    let store = &app.app.store;
    let messages = store.read(|read| {
        let mut events = Vec::new();
        for partition in 0..PARTITIONS {
            events.extend(StoredEvent::after(read, partition, 0, 500)?);
        }
        WriteMessages::about(read, &events)
    });
    let cmd = messages.await.unwrap();
    let ctx = http::shell::ctx(kernel::Actor::System);
    let written = store.run("writeMessages", ctx.request, ctx, move |tx, ctx| {
        retain::write_messages(tx, ctx, &cmd)
    });
    written.await.unwrap().unwrap()
}

async fn unread(app: &TestApp, client: &Client) -> Value {
    app.get(client, "/v1/me").await.ok()["unread_messages"].clone()
}

#[test]
fn a_guest_is_told_what_became_of_what_they_bought() {
    on_both(async |app| {
        let (sale, li, other) = (
            Sale::of(app, 2).await,
            app.consumer(1).await,
            app.consumer(2).await,
        );
        let voucher = sale.buy(app, &li, None).await;
        let device = Device::bound(app, &li, &voucher, 1).await;
        let redemption = text(&sale.scan(app, &device.shown(0)).await.ok(), "redemption");
        let review = format!("/v1/redemptions/{redemption}/review");
        let review = app.post(&li, &review, json!({"stars": 5})).await.id();
        let reply = format!("{}/reviews/{review}/reply", sale.shop.path);
        app.post(&sale.shop.owner, &reply, json!({"text": "谢谢"}))
            .await
            .ok();
        assert_eq!(
            (tell(app).await, tell(app).await),
            (3, 0),
            "the same news is told once"
        );
        let list = app.get(&li, "/v1/me/messages").await.ok();
        let told = list["items"].as_array().unwrap();
        let kinds: Vec<_> = told.iter().map(|message| text(message, "kind")).collect();
        assert_eq!(kinds, ["review_answered", "voucher_redeemed", "order_paid"]);
        for message in told {
            assert_eq!(
                (&message["offer"], &message["is_read"]),
                (&json!(sale.offer), &json!(false))
            );
            assert!(
                message["title"].is_object() && message["merchant_name"].is_object(),
                "{message}"
            );
        }
        assert_eq!(told[1]["voucher"], voucher.replace("/v1/vouchers/", ""));
        assert_eq!(told[2]["amount"]["amount"], 8_000);
        assert_eq!(
            (unread(app, &li).await, unread(app, &other).await),
            (json!(3), json!(0))
        );
        let seen = json!({"message": told[1]["id"]});
        for client in [&other, &li] {
            app.post(client, "/v1/me/messages/read", seen.clone()).await.ok();
        }
        assert_eq!(unread(app, &li).await, json!(1), "what came later stays unread");
        let copy = app.get(&li, "/v1/me/export").await.ok();
        assert_eq!(copy["messages"].as_array().unwrap().len(), 3);
        assert_eq!(app.get(&other, "/v1/me/messages").await.ok()["items"], json!([]));
    });
}

#[test]
fn a_guest_is_told_what_the_store_does_with_their_booking_and_not_what_they_did() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let here = &world.here;
        let booking = &here.ids["booking"];
        let told = async || {
            tell(app).await;
            let list = app.get(&here.buyer.0, "/v1/me/messages").await.ok();
            let told = list["items"].as_array().unwrap().clone();
            let told = told
                .into_iter()
                .filter(|message| message["booking"]["id"] == **booking);
            told.collect::<Vec<_>>()
        };
        let at = |days| json!({"when": {"starts_at": on_the_hour(days)}});
        let own = format!("/v1/bookings/{booking}/move");
        app.post(&here.buyer.0, &own, at(4)).await.ok();
        assert_eq!(told().await, Vec::<Value>::new());
        let by_store = format!("{}/bookings/{booking}", here.owner.0.path);
        app.post(&here.owner.0.owner, &format!("{by_store}/move"), at(5))
            .await
            .ok();
        let why = json!({"reason": "The kitchen is flooded."});
        app.post(&here.owner.0.owner, &format!("{by_store}/cancel"), why)
            .await
            .ok();
        let told = told().await;
        let kinds: Vec<_> = told.iter().map(|message| text(message, "kind")).collect();
        assert_eq!(kinds, ["booking_cancelled", "booking_moved"]);
        assert_eq!(told[0]["booking"]["starts_at"], on_the_hour(5));
        assert_eq!(told[0]["booking"]["time_zone"], "Asia/Shanghai");
        assert!(told[0]["title"].is_object(), "{told:?}");
    });
}
