//! `qiao story --scene dinner`: a restaurant is found, a table booked with a coupon, the guests are seated past those
//! who wait, a friend comes by a shared link, and the rebate pays for a part of two cinema seats.

use http::shell;
use kernel::{DAY_US, HOUR_US};
use serde_json::{Value, json};

use super::actor::{Actor, text};
use super::after::wait_for_rebate;
use super::before::{LAT, LON, add_cashier, add_store, certify, pay, register, terms};
use super::counter::hold_vouchers;
use super::stage::{Stage, eventually};
use crate::serve::Failure;

/// Plays it.
pub async fn play(stage: &mut Stage) -> Result<(), Failure> {
    let restaurant = restaurant_opens(stage).await?;
    let lin = guest_searches_and_compares(stage, &restaurant).await?;
    let evening = guest_books_a_table_with_a_coupon(stage, &restaurant, &lin).await?;
    guests_are_seated_past_those_who_wait(stage, &restaurant, &evening).await?;
    friend_follows_the_link_and_the_rebate_becomes_spendable(stage, &restaurant, &lin, &evening).await?;
    let cinema = cinema_opens(stage).await?;
    seats_are_taken_from_the_map(stage, &cinema, &lin).await
}

/// A certified merchant with a store, a cashier, an agreement and an offer that is booked.
struct House {
    merchant: String,
    owner: Actor,
    cashier: Actor,
    store: String,
    agreement: String,
    offer: String,
}

impl House {
    async fn open(
        stage: &Stage,
        people: [&'static str; 2],
        (zh, en): (&str, &str),
        category: &str,
    ) -> Result<Self, Failure> {
        let (merchant, owner) = register(stage, people[0], zh, en).await?;
        let store = add_store(&owner, &merchant, ("陆家嘴店", "Lujiazui"), category, LON).await?;
        let cashier = add_cashier(stage, &owner, &merchant, people[1], &store).await?;
        certify(stage, &owner, &merchant).await?;
        let path = format!("/v1/platform/merchants/{merchant}/agreements");
        let terms = json!({ "terms": terms(2_000, 1_000) });
        let proposed = stage.admin.post(&path, terms).await?;
        let agreement = text(&proposed, "id")?.to_owned();
        let path = format!("/v1/merchants/{merchant}/agreements/{agreement}/accept");
        owner.post(&path, json!({ "version": 1 })).await?;
        let offer = String::new();
        Ok(Self {
            merchant,
            owner,
            cashier,
            store,
            agreement,
            offer,
        })
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/merchants/{}/{rest}", self.merchant)
    }

    fn store_path(&self, rest: &str) -> String {
        self.path(&format!("stores/{}/{rest}", self.store))
    }

    async fn add_resource(&self, kind: &str, name: &str, seats: i64) -> Result<String, Failure> {
        let said = json!({
            "kind": kind, "name": name, "units": 1, "seats_min": 1, "seats_max": seats, "status": "online",
        });
        let added = self.owner.post(&self.store_path("resources"), said).await?;
        Ok(text(&added, "id")?.to_owned())
    }

    /// Publishes an offer that is booked of this resource.
    async fn sell(
        &mut self,
        (zh, en): (&str, &str),
        price: i64,
        mut terms: Value,
        resource: &str,
    ) -> Result<(), Failure> {
        let title = json!({ "zh-CN": zh, "en": en });
        let offer = json!({
            "agreement": self.agreement, "title": title, "description": title, "category": "dining",
            "list_price": { "amount": price, "currency": "CNY" }, "stock": 100, "uses": 1,
            "valid_us": 30 * DAY_US, "max_per_order": 10, "stores": [self.store],
        });
        let created = self.owner.post(&self.path("offers"), offer).await?;
        self.offer = text(&created, "id")?.to_owned();
        terms["notice_minutes"] = json!(0);
        terms["ahead_days"] = json!(30);
        terms["policy"] = json!({
            "free_until_minutes": 240, "late_fee_bp": 5_000, "no_show_fee_bp": 10_000, "grace_minutes": 15,
        });
        let booking = json!({ "terms": terms, "resources": [[resource]] });
        let path = self.path(&format!("offers/{}/booking", self.offer));
        self.owner.put(&path, booking).await?;
        let path = self.path(&format!("offers/{}/publish", self.offer));
        self.owner.post(&path, json!({})).await?;
        Ok(())
    }

    /// What a guest sends to book this offer, `order` saying how it is paid.
    fn booking(&self, mut order: Value, starts_at: &str, party: i64) -> Value {
        order["offer"] = json!(self.offer);
        json!({ "order": order, "store": self.store, "when": { "starts_at": starts_at }, "party": party })
    }

    /// Notes that a guest is here, from the list of the day.
    async fn seat(&self, booking: &str) -> Result<(), Failure> {
        let path = self.path(&format!("bookings/{booking}/arrive"));
        self.cashier.post(&path, json!({})).await?;
        Ok(())
    }
}

/// 1. A restaurant with one table for two, at any hour.
async fn restaurant_opens(stage: &mut Stage) -> Result<House, Failure> {
    stage.scene("A restaurant and its table");
    let people = ["Aunt Yun, the owner", "Xiao He at the door"];
    let mut house = House::open(
        stage,
        people,
        ("云阿姨的菜馆", "Aunt Yun's Kitchen"),
        "restaurant",
    )
    .await?;
    let table = house.add_resource("table", "Window 1", 2).await?;
    let hours = |weekday| json!({ "weekday": weekday, "from_minute": 0, "until_minute": 1_440 });
    let terms = json!({
        "visit": {
            "hours": (1..=7).map(hours).collect::<Vec<_>>(), "every_minutes": 30,
            "services": [{
                "turns": [{ "party_up_to": 2, "minutes": 90 }], "before_minutes": 0, "after_minutes": 0,
            }],
        },
        "price_per": "booking", "party_max": 2,
    });
    house
        .sell(
            ("云阿姨双人晚餐", "Aunt Yun's dinner for two"),
            20_000,
            terms,
            &table,
        )
        .await?;
    stage.tell("Aunt Yun has one table at the window, and a dinner for two at 200.00 less 20 %");
    stage.check_money().await?;
    Ok(house)
}

/// 2. Searches near a place, and compares.
async fn guest_searches_and_compares(stage: &mut Stage, house: &House) -> Result<Actor, Failure> {
    stage.scene("Where to eat");
    let lin = Actor::with_code("Lin", &stage.server).await?;
    let path = format!("/v1/search?text=dinner+for+two&lat={LAT}&lon={LON}&radius_m=20000");
    let found = eventually("the search finds the dinner", || async {
        let results = lin.get(&path).await?;
        let items = results["items"].as_array().cloned().unwrap_or_default();
        let is_found = items.iter().any(|item| item["offer"] == house.offer.as_str());
        Ok((is_found && items.len() > 1).then_some(items))
    })
    .await?;
    let mut others = found.iter().filter_map(|item| item["offer"].as_str());
    let other = others.find(|id| *id != house.offer);
    let other = other.ok_or("the city has no second dinner to compare with")?;
    let path = format!(
        "/v1/offers/compare?ids={},{other}&lat={LAT}&lon={LON}",
        house.offer
    );
    let compared = lin.get(&path).await?;
    if compared["offers"].as_array().map_or(0, Vec::len) != 2 {
        return Err(format!("two dinners were to be compared: {compared}").into());
    }
    stage.tell("Lin searches a dinner for two and compares what is near");
    Ok(lin)
}

/// What was booked, and the next time that is free.
struct Evening {
    booking: String,
    later: String,
}

/// 3. Claims a coupon, books the first free time and pays; somebody else comes second.
async fn guest_books_a_table_with_a_coupon(
    stage: &mut Stage,
    house: &House,
    lin: &Actor,
) -> Result<Evening, Failure> {
    stage.scene("A coupon and a table");
    let coupon = json!({
        "title": { "zh-CN": "满 100 减 30", "en": "30 off from 100" }, "kind": { "type": "cash", "amount": 3_000 },
        "currency": "CNY", "min_spend": 10_000, "platform_bp": 10_000, "per_person": 1, "total": 100, "budget": 300_000,
        "starts_at": shell::now().plus_us(-DAY_US).to_string(), "ends_at": shell::now().plus_us(DAY_US).to_string(),
    });
    let coupon = stage.admin.post("/v1/platform/coupons", coupon).await?;
    let path = format!("/v1/coupons/{}/claims", text(&coupon, "id")?);
    let claimed = lin.post(&path, json!({})).await?;
    stage.tell("Lin claims 30.00 off, which the platform pays");
    let path = format!(
        "/v1/offers/{}/availability?store={}&from={}&days=2&party=2",
        house.offer,
        house.store,
        day_in_shanghai(0)
    );
    let days = lin.get(&path).await?;
    let mut starts = days
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|day| day["starts"].as_array());
    let first = starts
        .by_ref()
        .flatten()
        .find(|start| start["is_free"] == true)
        .ok_or("no time was free")?;
    let starts_at = text(first, "starts_at")?.to_owned();
    let order = json!({
        "quantity": 1, "wallet_coupons": [text(&claimed, "id")?],
        "expected_cash": { "amount": 13_000, "currency": "CNY" },
    });
    let placed = lin
        .post("/v1/bookings", house.booking(order, &starts_at, 2))
        .await?;
    let booking = text(&placed, "booking")?.to_owned();
    stage.tell(format!(
        "and takes the table at {starts_at}: 200.00 less 40.00 less 30.00"
    ));
    let late = Actor::with_code("somebody a moment later", &stage.server).await?;
    let second = house.booking(json!({ "quantity": 1 }), &starts_at, 2);
    let refused = late.try_post("/v1/bookings", second).await?;
    let later = refused.body["alternatives"][0].as_str();
    let (Some("booking_full"), Some(later)) = (refused.problem_code(), later) else {
        return Err(format!("the table was to be taken: {refused:?}").into());
    };
    stage.tell(format!(
        "who comes a moment later is told at once that it is taken, and offered {later}"
    ));
    stage.check_money().await?;
    pay(stage, lin, text(&placed["order"], "order")?, "card-lin").await?;
    stage
        .expected
        .posted("provider_clearing", 13_000)
        .posted("subsidy", 5_000)
        .posted("escrow", -18_000);
    stage.tell("Lin pays, and the table is theirs");
    stage.check_money().await?;
    let later = later.to_owned();
    Ok(Evening { booking, later })
}

/// 4. Others wait with numbers; who booked is seated.
async fn guests_are_seated_past_those_who_wait(
    stage: &mut Stage,
    house: &House,
    evening: &Evening,
) -> Result<(), Failure> {
    stage.scene("Seated without queueing");
    let line = json!({ "name": "A", "party_up_to": 4, "minutes": 10 });
    let queue = json!({ "is_open": true, "lines": [line] });
    house.owner.put(&house.store_path("queue"), queue).await?;
    for name in ["a couple without a table", "a family without a table"] {
        let walk_in = Actor::with_code(name, &stage.server).await?;
        let path = format!("/v1/stores/{}/queue/tickets", house.store);
        walk_in.post(&path, json!({ "party": 2 })).await?;
    }
    stage.tell("two parties without a booking take numbers and wait");
    house.seat(&evening.booking).await?;
    stage.tell("Xiao He finds Lin on the list of the day: they are seated at once");
    stage
        .expected
        .posted("escrow", 18_000)
        .posted("merchant_payable", -16_200)
        .posted("commission", -1_800);
    stage.check_money().await?;
    let path = house.store_path("queue/calls");
    house.cashier.post(&path, json!({ "line": "A" })).await?;
    stage.tell("and then the first number is called");
    Ok(())
}

/// 5. Wei books by Lin's link, is seated, and Lin's rebate becomes spendable.
async fn friend_follows_the_link_and_the_rebate_becomes_spendable(
    stage: &mut Stage,
    house: &House,
    lin: &Actor,
    evening: &Evening,
) -> Result<(), Failure> {
    stage.scene("A friend follows");
    let path = format!("/v1/offers/{}/share-links", house.offer);
    let link = lin.post(&path, json!({})).await?;
    let wei = Actor::with_code("Wei", &stage.server).await?;
    let order = json!({
        "quantity": 1, "share_token": text(&link, "token")?,
        "expected_cash": { "amount": 15_200, "currency": "CNY" },
    });
    let placed = wei
        .post("/v1/bookings", house.booking(order, &evening.later, 2))
        .await?;
    pay(stage, &wei, text(&placed["order"], "order")?, "card-wei").await?;
    stage
        .expected
        .posted("provider_clearing", 15_200)
        .posted("subsidy", 2_000)
        .posted("escrow", -17_200);
    stage.tell("Lin shares the dinner; Wei books it at the next time, 5 % cheaper: 152.00");
    stage.check_money().await?;
    house.seat(text(&placed, "booking")?).await?;
    stage
        .expected
        .posted("escrow", 16_856)
        .posted("merchant_payable", -15_136)
        .posted("commission", -1_720)
        .pending("escrow", 344)
        .pending("rebate_payable", -344);
    stage.tell("Wei is seated, and Lin sees a rebate of 3.44, pending");
    stage.check_money().await?;
    wait_for_rebate(lin, 344).await?;
    stage
        .expected
        .pending("escrow", -344)
        .pending("rebate_payable", 344)
        .posted("escrow", 344)
        .posted("rebate_payable", -344);
    stage.tell("the refund window closes, and Lin can spend it");
    stage.check_money().await
}

/// 6. A cinema with one hall, of which the last row is dearer.
async fn cinema_opens(stage: &mut Stage) -> Result<House, Failure> {
    stage.scene("A cinema and its hall");
    let people = ["Mr Guang, the owner", "Xiao Dian at the entrance"];
    let mut house = House::open(stage, people, ("光影小院", "Little Light Cinema"), "cinema").await?;
    let hall = house.add_resource("hall", "Hall 1", 1).await?;
    let row = |label: &str, zone: &str| {
        let seat = |number: usize| json!({ "label": number.to_string(), "zone": zone, "kind": "standard" });
        json!({ "label": label, "cells": (1..=8).map(seat).collect::<Vec<_>>() })
    };
    let map = json!({
        "zones": [{ "code": "stalls", "name": "普通 Stalls" }, { "code": "sofa", "name": "沙发 Sofa" }],
        "rows": [row("A", "stalls"), row("B", "stalls"), row("C", "sofa")],
    });
    let hall_said = json!({ "version": 0, "map": map, "no_single_seats": true, "cleaning_minutes": 15 });
    house
        .owner
        .put(&house.path(&format!("halls/{hall}")), hall_said)
        .await?;
    let terms = json!({ "showings": true, "price_per": "person", "party_max": 6 });
    house
        .sell(("江上的桥", "The Bridge"), 5_000, terms, &hall)
        .await?;
    let showing = json!({
        "offer": house.offer, "day": day_in_shanghai(1), "minute": 1_230, "length_minutes": 110,
        "surcharges": [{ "zone": "sofa", "amount": 2_000 }],
    });
    let path = house.path(&format!("halls/{hall}/showings"));
    house.owner.post(&path, showing).await?;
    stage.tell(
        "Mr Guang shows The Bridge tomorrow at 20:30, 50.00 less 20 %; the sofas in row C cost 20.00 more",
    );
    Ok(house)
}

/// 7. Two seats side by side; a third person wants one of them; the rebate pays a part.
async fn seats_are_taken_from_the_map(stage: &mut Stage, house: &House, lin: &Actor) -> Result<(), Failure> {
    stage.scene("Two seats from the map");
    let path = format!("/v1/offers/{}/showings?day={}", house.offer, day_in_shanghai(1));
    let showings = lin.get(&path).await?;
    let (showing, starts_at) = (text(&showings[0], "id")?, text(&showings[0], "starts_at")?);
    let map_path = format!("/v1/showings/{showing}");
    let map = lin.get(&map_path).await?;
    if map["taken"] != json!([]) {
        return Err(format!("nobody was to have a seat yet: {map}").into());
    }
    let seats = |names: [&str; 2], rest: Value| {
        let mut order = rest;
        order["quantity"] = json!(2);
        order["seats"] = json!({ "showing": showing, "seats": names });
        house.booking(order, starts_at, 2)
    };
    lin.is_refused(
        "/v1/bookings",
        seats(["C-2", "C-3"], json!({})),
        "seat_left_alone",
    )
    .await?;
    stage.tell("C-2 and C-3 would leave C-1 alone, and are refused");
    let order = json!({ "use_rebate": true, "expected_cash": { "amount": 10_856, "currency": "CNY" } });
    let placed = lin.post("/v1/bookings", seats(["C-4", "C-5"], order)).await?;
    let other = Actor::with_code("somebody who likes sofas too", &stage.server).await?;
    let refused = other
        .try_post("/v1/bookings", seats(["C-5", "C-6"], json!({})))
        .await?;
    let nearest = refused.body["alternatives"].as_array().map_or(0, Vec::len);
    if (refused.problem_code(), nearest) != (Some("seats_taken"), 2) {
        return Err(format!("C-5 was to be taken: {refused:?}").into());
    }
    stage.tell("Lin takes C-4 and C-5; who wants C-5 a moment later is shown the nearest two");
    let order = text(&placed["order"], "order")?;
    pay(stage, lin, order, "card-lin").await?;
    stage
        .expected
        .posted("provider_clearing", 10_856)
        .posted("subsidy", 1_400)
        .posted("rebate_payable", 344)
        .posted("escrow", -12_600);
    stage.tell("140.00 less 28.00, 3.44 of it by the rebate: Lin pays 108.56");
    stage.check_money().await?;
    let held = hold_vouchers(lin, order).await?;
    let [voucher] = held.as_slice() else {
        return Err("both seats were to be one voucher".into());
    };
    let scanned = json!({ "qr": voucher.qr(shell::now()) });
    let redeemed = house
        .cashier
        .post(&house.store_path("redemptions/scan"), scanned)
        .await?;
    text(&redeemed, "redemption")?;
    stage
        .expected
        .posted("escrow", 12_600)
        .posted("merchant_payable", -11_340)
        .posted("commission", -1_260);
    stage.tell("one QR lets both in, without a box office");
    stage.check_money().await?;
    let map = lin.get(&map_path).await?;
    if map["own"] != json!(["C-4", "C-5"]) {
        return Err(format!("Lin was to have two seats: {map}").into());
    }
    Ok(())
}

/// The day there in so many days, `2026-12-31`.
fn day_in_shanghai(days: i64) -> String {
    let there = shell::now().plus_us(8 * HOUR_US + days * DAY_US).to_string();
    there.chars().take(10).collect()
}
