//! When what is booked is free, for everybody and for who moves a booking; and what calendar programs read.

use serde_json::json;

use crate::app::{Client, in_days, on_both_with_provider, on_the_hour, text};
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

#[test]
fn a_calendar_program_reads_a_stores_bookings_at_an_address_that_can_be_changed() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let here = &world.here;
        let (owner, store) = (&here.owner.0, &here.ids["store"]);
        let feed = format!("{}/stores/{store}/calendar-feed", owner.path);
        let anybody = Client::default();
        let read = async |path: &str| {
            let answer = app.get(&anybody, path).await;
            let status = answer.status.as_u16();
            (
                status,
                String::from_utf8_lossy(&answer.bytes).replace("\r\n ", ""),
            )
        };
        let path = text(&app.get(&owner.owner, &feed).await.ok(), "path");
        let (status, calendar) = read(&path).await;
        assert_eq!(status, 200);
        assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"));
        let at = on_the_hour(3).replace(['-', ':'], "");
        let starts = format!("DTSTART:{}Z", &at[..15]);
        let booked = calendar
            .split("BEGIN:VEVENT")
            .find(|event| event.contains(&starts));
        let booked = booked.unwrap_or_else(|| panic!("no event starts then: {calendar}"));
        assert!(
            booked.contains(&format!("UID:{}", here.ids["booking"])),
            "{booked}"
        );
        assert!(
            booked.contains("STATUS:CONFIRMED") && booked.contains("SUMMARY:2 × "),
            "{booked}"
        );
        assert!(booked.contains("LOCATION:"), "{booked}");

        let wrong = format!(
            "{}{}",
            &path[..path.len() - 1],
            if path.ends_with('0') { "1" } else { "0" }
        );
        assert_eq!(read(&wrong).await.0, 404);
        let elsewhere = path.replace(store.as_str(), &world.there.ids["store"]);
        assert_eq!(read(&elsewhere).await.0, 404);
        assert_eq!(
            app.get(&here.cashier.client, &feed).await.status,
            403,
            "a manager's"
        );
        app.put(&owner.owner, &feed, json!({"is_open": true})).await.ok();
        let again = text(&app.get(&owner.owner, &feed).await.ok(), "path");
        assert_eq!((read(&path).await.0, read(&again).await.0), (404, 200));
        app.put(&owner.owner, &feed, json!({"is_open": false})).await.ok();
        assert_eq!(read(&again).await.0, 404);
        assert_eq!(app.get(&owner.owner, &feed).await.ok(), json!({}));
    });
}

#[test]
fn the_staff_see_whose_the_seats_are_and_which_are_kept_and_guests_do_not() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let here = &world.here;
        let (owner, buyer, cashier) = (&here.owner.0, &here.buyer.0, &here.cashier.client);
        let [showing, screened, store] = ["showing", "screened", "store"].map(|name| &here.ids[name]);
        let path = format!("{}/showings/{showing}", owner.path);
        let keep = json!({"seats": ["A-1", "A-2"], "is_kept": true});
        app.put(cashier, &format!("{path}/kept-seats"), keep).await.ok();
        let shown = app.get(buyer, &format!("/v1/showings/{showing}")).await.ok();
        assert_eq!(shown["taken"], json!(["A-1", "A-2"]));
        assert_eq!((shown.get("kept"), shown.get("seats_kept")), (None, None));
        let order =
            json!({"offer": screened, "quantity": 1, "seats": {"showing": showing, "seats": ["B-2"]}});
        let mut wish =
            json!({"order": order, "store": store, "when": {"starts_at": shown["starts_at"]}, "party": 1});
        let booking = app.post(buyer, "/v1/bookings", wish.clone()).await.ok()["booking"].clone();
        wish["order"]["seats"]["seats"] = json!(["A-2"]);
        let refused = app.post(buyer, "/v1/bookings", wish).await;
        assert_eq!(refused.refusal(), (409, "seats_taken".to_owned()));

        let of_store = app.get(cashier, &path).await.ok();
        assert_eq!(
            (&of_store["taken"], &of_store["kept"]),
            (&json!(["B-2"]), &json!(["A-1", "A-2"]))
        );
        let booked = &of_store["bookings"][0];
        assert_eq!((&booked["id"], &booked["status"]), (&booking, &json!("held")));
        assert_eq!(booked["seats"], json!(["B-2"]));
        let hours = format!("from={}&hours=24", &text(&shown, "starts_at"));
        let day = app
            .get(
                cashier,
                &format!("{}/stores/{store}/showings?{hours}", owner.path),
            )
            .await
            .ok();
        assert_eq!(
            (&day[0]["seats_free"], &day[0]["seats_kept"]),
            (&json!(1), &json!(2))
        );
    });
}
