//! People of one kind each, who can do what that kind of person does and nothing else.

use axum::body::Body;
use axum::http::Method;
use kernel::Timestamp;
use serde_json::{Value, json};

use crate::app::{Answer, Client, Shop, TestApp, in_days, on_the_hour, text};
use crate::market::new_offer;
use crate::samples::Ids;

/// Nobody.
pub struct Anonymous;

/// Somebody who buys.
#[derive(Clone)]
pub struct ConsumerUser(pub Client);

/// Somebody who owns a merchant.
#[derive(Clone)]
pub struct OwnerUser(pub Shop);

/// Somebody at the counter.
#[derive(Clone)]
pub struct CashierUser {
    pub client: Client,
    /// The merchant's path.
    pub merchant: String,
}

/// Somebody of the platform's.
#[derive(Clone)]
pub struct OperatorUser(pub Client);

impl Anonymous {
    pub async fn request_code(app: &TestApp, contact: &str) -> Answer {
        app.post(
            &Client::default(),
            "/v1/sign-in/codes",
            json!({"contact": contact}),
        )
        .await
    }

    pub async fn enter_code(app: &TestApp, contact: &str, code: &str) -> Answer {
        let body = json!({"contact": contact, "code": code});
        app.post(&Client::default(), "/v1/sign-in/code", body).await
    }

    pub async fn enter_password(app: &TestApp, login: &str, password: &str) -> Answer {
        let body = json!({"login": login, "password": password});
        app.post(&Client::default(), "/v1/sign-in/password", body).await
    }

    /// The code that was last sent to this address.
    pub fn code_sent_to(app: &TestApp, contact: &str) -> String {
        let messages = app.app.outbox.messages().unwrap();
        let last = messages.into_iter().find(|message| message.to == contact);
        last.unwrap_or_else(|| panic!("nothing was sent to {contact}"))
            .text[..6]
            .to_owned()
    }
}

impl ConsumerUser {
    /// Signs in with a one-time code, as everybody does.
    pub async fn sign_in(app: &TestApp, contact: &str) -> Self {
        Anonymous::request_code(app, contact).await.ok();
        let code = Anonymous::code_sent_to(app, contact);
        let opened = Anonymous::enter_code(app, contact, &code).await.ok();
        Self(Client::with(&text(&opened, "token")))
    }

    pub async fn place(&self, app: &TestApp, offer: &str, quantity: i64) -> Answer {
        app.post(
            &self.0,
            "/v1/orders",
            json!({"offer": offer, "quantity": quantity}),
        )
        .await
    }

    /// Starts a payment under the given key.
    pub async fn start_payment(&self, app: &TestApp, order: &str, key: &str) -> Answer {
        let path = format!("/v1/orders/{order}/payments");
        app.call(&self.0, Method::POST, &path, Some(key), Body::empty())
            .await
    }

    pub async fn order(&self, app: &TestApp, order: &str) -> Value {
        app.get(&self.0, &format!("/v1/orders/{order}")).await.ok()
    }

    /// The order once it is so, which it becomes by a webhook.
    pub async fn order_once(&self, app: &TestApp, order: &str, status: &str) -> Value {
        for _ in 0..2_000 {
            let found = self.order(app, order).await;
            if found["status"] == status {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("the order never was {status}: {}", self.order(app, order).await);
    }

    /// Buys so many units and pays them at the provider.
    pub async fn buy(&self, app: &TestApp, offer: &str, quantity: i64) -> Value {
        let order = text(&self.place(app, offer, quantity).await.ok(), "order");
        self.pay(app, &order).await;
        self.order_once(app, &order, "paid").await
    }

    pub async fn place_in_group(&self, app: &TestApp, offer: &str, group: &str) -> Answer {
        let body = json!({"offer": offer, "quantity": 1, "group": group});
        app.post(&self.0, "/v1/orders", body).await
    }

    /// Opens a group and pays for it.
    pub async fn open_group(&self, app: &TestApp, offer: &str) -> String {
        let order = text(&self.place_in_group(app, offer, "new").await.ok(), "order");
        self.pay(app, &order).await;
        text(&self.order_once(app, &order, "in_group").await, "group")
    }

    /// Pays an order at the provider.
    pub async fn pay(&self, app: &TestApp, order: &str) {
        let started = self.start_payment(app, order, &format!("pay-{order}")).await.ok();
        let provider = app.provider.as_ref().unwrap();
        provider.pay(&text(&started, "pay_url"), "succeed").await;
    }

    /// Books a table for two and pays. Gives the booking.
    pub async fn book(&self, app: &TestApp, ids: &Ids) -> String {
        let body = json!({"order": {"offer": ids["booked"], "quantity": 1}, "store": ids["store"],
                          "when": {"starts_at": on_the_hour(3)}, "party": 2});
        let placed = app.post(&self.0, "/v1/bookings", body).await.ok();
        let order = text(&placed["order"], "order");
        self.pay(app, &order).await;
        self.order_once(app, &order, "paid").await;
        text(&placed, "booking")
    }

    /// Waits for the table that the owner keeps. Gives the entry.
    pub async fn join_waitlist(&self, app: &TestApp, ids: &Ids) -> String {
        let body = json!({"offer": ids["booked"], "store": ids["store"], "party": 2,
                          "when": {"starts_at": on_the_hour(12)}});
        app.post(&self.0, "/v1/waitlist", body).await.id()
    }

    pub async fn code_of(&self, app: &TestApp, voucher: &str) -> String {
        text(
            &app.get(&self.0, &format!("/v1/vouchers/{voucher}/code"))
                .await
                .ok(),
            "code",
        )
    }

    pub async fn claim(&self, app: &TestApp, coupon: &str) -> String {
        app.post(&self.0, &format!("/v1/coupons/{coupon}/claims"), json!({}))
            .await
            .id()
    }

    pub async fn share(&self, app: &TestApp, offer: &str) -> String {
        let link = app
            .post(&self.0, &format!("/v1/offers/{offer}/share-links"), json!({}))
            .await;
        text(&link.ok(), "token")
    }

    /// Takes a number and gives the ticket.
    pub async fn join_queue(&self, app: &TestApp, store: &str) -> String {
        let path = format!("/v1/stores/{store}/queue/tickets");
        text(
            &app.post(&self.0, &path, json!({"party": 2})).await.ok(),
            "ticket",
        )
    }

    /// Asks the merchant. Gives the conversation.
    pub async fn ask(&self, app: &TestApp, merchant: &str) -> String {
        let path = format!("/v1/merchants/{merchant}/conversation");
        let asked = app.post(&self.0, &path, json!({"text": "有宝宝椅吗？"})).await;
        text(&asked.ok(), "conversation")
    }

    pub async fn review(&self, app: &TestApp, redemption: &str) -> String {
        let path = format!("/v1/redemptions/{redemption}/review");
        app.post(&self.0, &path, json!({"stars": 5, "text": "好吃"}))
            .await
            .id()
    }

    pub async fn complain(&self, app: &TestApp, order: &str) -> String {
        let path = format!("/v1/orders/{order}/complaint");
        let said = json!({"kind": "quality", "text": "汤是凉的"});
        app.post(&self.0, &path, said).await.id()
    }

    /// The session that asks.
    pub async fn session(&self, app: &TestApp) -> String {
        let sessions = app.get(&self.0, "/v1/me/sessions").await.ok();
        text(&sessions[0], "id")
    }

    pub async fn sign_out(&self, app: &TestApp) {
        app.post(&self.0, "/v1/sign-out", json!({})).await.ok();
    }
}

impl OwnerUser {
    /// Makes something of the merchant's and gives its id.
    pub async fn make(&self, app: &TestApp, what: &str, body: Value) -> String {
        app.post(&self.0.owner, &format!("{}/{what}", self.0.path), body)
            .await
            .id()
    }

    /// Employs somebody, who then signs in. Gives their person too.
    pub async fn employ(
        &self,
        app: &TestApp,
        login: &str,
        role: &str,
        store: Option<&str>,
    ) -> (Client, String) {
        let body = json!({"login": login, "password": "correct horse", "name": "王芳", "role": role, "store": store});
        let person = self.make(app, "staff", body).await;
        (app.sign_in(login).await, person)
    }

    pub async fn dismiss(&self, app: &TestApp, person: &str) {
        let path = format!("{}/staff/{person}/revoke", self.0.path);
        app.post(&self.0.owner, &path, json!({})).await.ok();
    }

    /// An offer that is booked at any hour, and its one table.
    pub async fn offer_tables(&self, app: &TestApp, agreement: &str, media: &str) -> (String, String) {
        let store = &self.0.store;
        let table = json!({"kind": "table", "name": "Table 1", "units": 1, "seats_min": 1, "seats_max": 4,
                           "status": "online"});
        let table = self.make(app, &format!("stores/{store}/resources"), table).await;
        let mut said = new_offer(&self.0, agreement, media);
        said["group"] = Value::Null;
        let offer = self.make(app, "offers", said).await;
        let hours = |weekday| json!({"weekday": weekday, "from_minute": 0, "until_minute": 1_440});
        let terms = json!({
            "visit": {"hours": (1..=7).map(hours).collect::<Vec<_>>(), "every_minutes": 60,
                      "services": [{"turns": [{"party_up_to": 4, "minutes": 60}], "before_minutes": 0, "after_minutes": 0}]},
            "price_per": "booking", "party_max": 4, "notice_minutes": 0, "ahead_days": 60,
            "policy": {"free_until_minutes": 60, "late_fee_bp": 5_000, "no_show_fee_bp": 10_000, "grace_minutes": 15},
        });
        let path = format!("{}/offers/{offer}/booking", self.0.path);
        let said = json!({"terms": terms, "resources": [[table]]});
        app.put(&self.0.owner, &path, said).await.ok();
        self.publish(app, &offer).await;
        (offer, table)
    }

    /// A hall of four seats, two of them dearer, and a showing in nine days of an offer that has showings.
    pub async fn offer_showings(
        &self,
        app: &TestApp,
        agreement: &str,
        media: &str,
    ) -> (String, String, String) {
        let owner = &self.0.owner;
        let hall = json!({"kind": "hall", "name": "Hall 1", "units": 1, "seats_min": 1, "seats_max": 1,
                          "status": "online"});
        let hall = self
            .make(app, &format!("stores/{}/resources", self.0.store), hall)
            .await;
        let seat = |label: &str, zone: &str| json!({"label": label, "zone": zone, "kind": "standard"});
        let map = json!({
            "zones": [{"code": "stalls", "name": "Stalls"}, {"code": "box", "name": "Box"}],
            "rows": [{"label": "A", "cells": [seat("1", "stalls"), seat("2", "stalls")]},
                     {"label": "B", "cells": [null, seat("1", "box"), seat("2", "box")]}],
        });
        let said = json!({"version": 0, "map": map, "no_single_seats": false, "cleaning_minutes": 15});
        app.put(owner, &format!("{}/halls/{hall}", self.0.path), said)
            .await
            .ok();
        let mut said = new_offer(&self.0, agreement, media);
        said["group"] = Value::Null;
        let offer = self.make(app, "offers", said).await;
        let terms = json!({
            "showings": true, "price_per": "person", "party_max": 4, "notice_minutes": 0, "ahead_days": 60,
            "policy": {"free_until_minutes": 60, "late_fee_bp": 5_000, "no_show_fee_bp": 10_000, "grace_minutes": 15},
        });
        let said = json!({"terms": terms, "resources": [[hall]]});
        app.put(owner, &format!("{}/offers/{offer}/booking", self.0.path), said)
            .await
            .ok();
        self.publish(app, &offer).await;
        let said = json!({"offer": offer, "day": &in_days(9)[..10], "minute": 1_140, "length_minutes": 120,
                          "surcharges": [{"zone": "box", "amount": 3_000}]});
        let showing = self.make(app, &format!("halls/{hall}/showings"), said).await;
        (offer, hall, showing)
    }

    /// Keeps a table for a day.
    pub async fn keep(&self, app: &TestApp, table: &str) {
        let body = json!({"resources": [table], "starts_at": on_the_hour(12), "ends_at": on_the_hour(13), "party": 1});
        self.make(app, &format!("stores/{}/bookings", self.0.store), body)
            .await;
    }

    /// Gives out numbers to parties of up to four.
    pub async fn open_queue(&self, app: &TestApp) {
        let path = format!("{}/stores/{}/queue", self.0.path, self.0.store);
        let line = json!({"name": "A", "party_up_to": 4, "minutes": 10});
        app.put(&self.0.owner, &path, json!({"is_open": true, "lines": [line]}))
            .await
            .ok();
    }

    /// Writes the first menu, of one dish. Gives the dish.
    pub async fn write_menu(&self, app: &TestApp) -> String {
        let path = format!("{}/menu", self.0.path);
        let dish = json!({"name": {"zh-CN": "鲜肉小笼"}, "price": {"amount": 2_800, "currency": "CNY"}});
        let section = json!({"name": {"zh-CN": "点心"}, "dishes": [dish]});
        let said = json!({"version": 0, "sections": [section]});
        app.put(&self.0.owner, &path, said).await.ok();
        let menu = app.get(&Client::default(), &path).await.ok();
        text(&menu["sections"][0]["dishes"][0], "dish")
    }

    /// Opens a calendar feed of the store's bookings. Gives the key in its address.
    pub async fn open_calendar_feed(&self, app: &TestApp) -> String {
        let path = format!("{}/stores/{}/calendar-feed", self.0.path, self.0.store);
        app.put(&self.0.owner, &path, json!({"is_open": true})).await.ok();
        let path = text(&app.get(&self.0.owner, &path).await.ok(), "path");
        path.rsplit('/').next().unwrap_or_default().to_owned()
    }

    pub async fn publish(&self, app: &TestApp, offer: &str) {
        let path = format!("{}/offers/{offer}/publish", self.0.path);
        app.post(&self.0.owner, &path, json!({})).await.ok();
    }
}

impl CashierUser {
    /// Redeems by code and gives the redemption.
    pub async fn redeem(&self, app: &TestApp, store: &str, code: &str) -> String {
        let path = format!("{}/stores/{store}/redemptions/code", self.merchant);
        text(
            &app.post(&self.client, &path, json!({"code": code})).await.ok(),
            "redemption",
        )
    }
}

impl OperatorUser {
    pub async fn propose_payout(&self, app: &TestApp, merchant: &str, until: Timestamp) -> String {
        let body = json!({"merchant": merchant, "currency": "CNY", "until": until.to_string()});
        text(
            &app.post(&self.0, "/v1/platform/payouts", body).await.ok(),
            "payout",
        )
    }

    pub async fn propose_agreement(&self, app: &TestApp, merchant: &str, terms: Value) -> String {
        let path = format!("/v1/platform/merchants/{merchant}/agreements");
        app.post(&self.0, &path, json!({"terms": terms})).await.id()
    }
}
