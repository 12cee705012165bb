//! When what is booked is free, for everybody and for who moves a booking.

use crate::app::{Client, in_days, on_both_with_provider, on_the_hour};
use crate::world::{World, unknown};

#[test]
fn what_a_booking_has_is_free_for_who_may_move_it_and_to_nobody_else_does_it_exist() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let (here, there) = (&world.here, &world.there);
        let [booking, offer, store] = ["booking", "booked", "store"].map(|name| &here.ids[name]);
        let path = format!(
            "/v1/offers/{offer}/availability?store={store}&from={}&days=3&party=2",
            &in_days(2)[..10]
        );
        let is_free = async |client: &Client, moves: &str| {
            let days = app.get(client, &format!("{path}{moves}")).await.ok();
            let mut starts = days.as_array().unwrap().iter();
            let is_then = |start: &&serde_json::Value| start["starts_at"] == on_the_hour(3);
            let starts = starts.find_map(|day| day["starts"].as_array().unwrap().iter().find(is_then));
            starts.unwrap()["is_free"].as_bool().unwrap()
        };
        let moves = format!("&moves={booking}");
        assert!(!is_free(&here.buyer.0, "").await);
        for who in [&here.buyer.0, &here.cashier.client, &here.owner.0.owner] {
            assert!(is_free(who, &moves).await);
        }
        let of_nobody = format!("{path}&moves={}", unknown(booking));
        let others = [
            &there.buyer.0,
            &there.owner.0.owner,
            &here.branch_manager,
            &world.stranger.0,
        ];
        for who in others {
            let refused = app.get(who, &format!("{path}{moves}")).await;
            assert_eq!(refused.status, 404);
            assert_eq!(refused.bytes, app.get(who, &of_nobody).await.bytes);
        }
    });
}
