//! Two merchants, each with everything that a merchant and its guests can have, made through the API.

use std::collections::BTreeMap;

use convert::ConfirmPayment;
use http::shell;
use kernel::{Actor, DAY_US, OrderId};
use party::OperatorRole;
use serde_json::json;
use store::sql;

use crate::app::{Client, TestApp, in_days, store_said, text};
use crate::market::{agree, certify, new_offer, terms};
use crate::samples::Ids;
use crate::users::{CashierUser, ConsumerUser, OperatorUser, OwnerUser};

pub struct World {
    pub here: Side,
    pub there: Side,
    pub admin: OperatorUser,
    pub finance: OperatorUser,
    pub support: OperatorUser,
    /// Signed in, with nothing of their own.
    pub stranger: ConsumerUser,
}

/// A merchant with its people, its buyer, and the ids of everything, by the names that paths have.
pub struct Side {
    pub owner: OwnerUser,
    pub manager: Client,
    pub cashier: CashierUser,
    /// Manages the branch, and not the store that the ids name.
    pub branch_manager: Client,
    /// Employed as a cashier, to be dismissed.
    pub leaver: Client,
    pub leaver_id: String,
    pub buyer: ConsumerUser,
    pub ids: Ids,
}

impl World {
    pub async fn new(app: &TestApp) -> Self {
        let admin = OperatorUser(app.operator(OperatorRole::Admin).await);
        let finance = OperatorUser(app.operator(OperatorRole::Finance).await);
        let support = OperatorUser(app.operator(OperatorRole::Support).await);
        let here = Side::new(app, &admin, 1).await;
        let there = Side::new(app, &admin, 2).await;
        let stranger = ConsumerUser::sign_in(app, "+8613700000009").await;
        Self {
            here,
            there,
            admin,
            finance,
            support,
            stranger,
        }
    }

    /// The same with a booking on each side.
    pub async fn with_bookings(app: &TestApp) -> Self {
        let mut world = Self::new(app).await;
        for side in [&mut world.here, &mut world.there] {
            let booking = side.buyer.book(app, &side.ids).await;
            side.ids.insert("booking", booking);
        }
        world
    }

    /// The operator of this role.
    pub fn operator(&self, role: OperatorRole) -> &Client {
        match role {
            OperatorRole::Admin => &self.admin.0,
            OperatorRole::Finance => &self.finance.0,
            OperatorRole::Support => &self.support.0,
        }
    }
}

impl Side {
    async fn new(app: &TestApp, admin: &OperatorUser, n: u64) -> Self {
        let owner = OwnerUser(app.shop(n).await);
        let shop = &owner.0;
        let branch = owner.make(app, "stores", store_said()).await;
        let mail = |who: &str| format!("{who}{n}@example.com");
        let (manager, _) = owner.employ(app, &mail("manager"), "manager", None).await;
        let (cashier, person) = owner.employ(app, &mail("cashier"), "cashier", None).await;
        let (branch_manager, _) = owner.employ(app, &mail("branch"), "manager", Some(&branch)).await;
        let (leaver, leaver_id) = owner.employ(app, &mail("leaver"), "cashier", None).await;
        certify(app, shop, &admin.0).await;
        let cashier = CashierUser {
            client: cashier,
            merchant: shop.path.clone(),
        };
        let buyer = ConsumerUser::sign_in(app, &format!("+861370000000{n}")).await;
        let ids = BTreeMap::from([
            ("merchant", shop.id.clone()),
            ("store", shop.store.clone()),
            ("person", person),
        ]);
        let mut side = Self {
            owner,
            manager,
            cashier,
            branch_manager,
            leaver,
            leaver_id,
            buyer,
            ids,
        };
        side.sell(app, admin).await;
        side.buy(app, admin).await;
        side
    }

    async fn sell(&mut self, app: &TestApp, admin: &OperatorUser) {
        let (owner, shop) = (&self.owner, &self.owner.0);
        let agreement = agree(app, shop, &admin.0).await;
        let shown = app.picture(shop).await;
        let offer = owner
            .make(app, "offers", new_offer(shop, &agreement, &shown))
            .await;
        owner.publish(app, &offer).await;
        let (booked, table) = owner.offer_tables(app, &agreement, &shown).await;
        let (screened, hall, showing) = owner.offer_showings(app, &agreement, &shown).await;
        owner.keep(app, &table).await;
        owner.open_queue(app).await;
        let dish = owner.write_menu(app).await;
        let calendar_key = owner.open_calendar_feed(app).await;
        let media = app.picture(shop).await;
        let licence = json!({"kind": "business_license", "number": "9132", "media": media,
                             "valid_until": in_days(300)});
        let coupon = json!({"title": {"zh-CN": "新人券"}, "kind": {"type": "cash", "amount": 100},
                            "currency": "CNY", "per_person": 2, "total": 100, "budget": 10_000,
                            "starts_at": in_days(-1), "ends_at": in_days(20)});
        let device = format!("stores/{}/devices", shop.store);
        let made = [
            ("certification", owner.make(app, "certifications", licence).await),
            ("coupon", owner.make(app, "coupons", coupon).await),
            (
                "entry",
                owner
                    .make(app, "entries", json!({"kind": "qr", "name": "Poster"}))
                    .await,
            ),
            ("device", owner.make(app, &device, json!({"name": "Till"})).await),
            (
                "negotiated",
                admin.propose_agreement(app, &shop.id, terms(1_000)).await,
            ),
            ("calendar_key", calendar_key),
            ("resource", table),
            ("hall", hall),
            ("showing", showing),
            ("dish", dish),
            ("screened", screened),
            ("booked", booked),
            ("day", in_days(9)[..10].to_owned()),
            ("agreement", agreement),
            ("offer", offer),
            ("media", media),
        ];
        self.ids.extend(made);
    }

    async fn buy(&mut self, app: &TestApp, admin: &OperatorUser) {
        let (buyer, offer) = (&self.buyer, &self.ids["offer"]);
        let paid = buyer.buy(app, offer, 2).await;
        let vouchers: Vec<&str> = paid["vouchers"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|v| v.as_str())
            .collect();
        let code = buyer.code_of(app, vouchers[0]).await;
        let redemption = self.cashier.redeem(app, &self.ids["store"], &code).await;
        let soon = shell::now().plus_us(DAY_US / 2);
        let made = [
            ("session", buyer.session(app).await),
            ("token", buyer.share(app, offer).await),
            ("wallet_coupon", buyer.claim(app, &self.ids["coupon"]).await),
            ("group", buyer.open_group(app, offer).await),
            ("order", text(&buyer.place(app, offer, 1).await.ok(), "order")),
            ("voucher", vouchers[1].to_owned()),
            ("card", vouchers[1].to_owned()),
            ("ticket", buyer.join_queue(app, &self.ids["store"]).await),
            ("waitlist_entry", buyer.join_waitlist(app, &self.ids).await),
            ("review", buyer.review(app, &redemption).await),
            ("conversation", buyer.ask(app, &self.ids["merchant"]).await),
            ("redemption", redemption),
            ("complaint", buyer.complain(app, &text(&paid, "order")).await),
            (
                "payment_conflict",
                contradicted(app, paid["order"].as_str().unwrap()).await,
            ),
            (
                "payout",
                admin.propose_payout(app, &self.ids["merchant"], soon).await,
            ),
        ];
        self.ids.extend(made);
    }
}

/// Has the provider say that more was paid for an order than it said before.
async fn contradicted(app: &TestApp, order: &str) -> String {
    let order: OrderId = order.parse().unwrap();
    let ctx = shell::ctx(Actor::Provider(1));
    let told = app.app.store.run("test", order, ctx, move |tx, ctx| {
        let attempt = convert::queries::attempts_of(tx, order)?.remove(0);
        let report = ConfirmPayment {
            attempt: attempt.id,
            provider: attempt.provider,
            provider_payment: attempt.provider_payment.unwrap(),
            amount: attempt.amount + 1,
            currency: attempt.currency,
            instrument: None,
        };
        convert::confirm_payment(tx, ctx, &report)?;
        let conflicts = convert::queries::payment_conflicts(tx, None, 1)?;
        Ok(conflicts[0].id.to_string())
    });
    told.await.unwrap().unwrap()
}

/// An id of the same kind that stands for nothing.
pub fn unknown(id: &str) -> String {
    match id.split_once('_') {
        Some((kind, _)) => format!("{kind}_01zzzzzzzzzzzzzzzzzzzzzzzz"),
        None => "0".repeat(id.len()),
    }
}

/// How far the event log has come: what changed something has moved it.
pub async fn heads(app: &TestApp) -> Vec<(i64, i64)> {
    let heads = app.app.store.read(|read| {
        let rows = read.many(sql!("SELECT part, seq FROM event_head ORDER BY part"))?;
        let heads = rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?)));
        heads.collect::<Result<Vec<(i64, i64)>, store::Fail>>()
    });
    heads.await.unwrap()
}

/// The type and body of every event since, for the message of a failed test.
pub async fn events_since(app: &TestApp, before: Vec<(i64, i64)>) -> Vec<String> {
    let news = app.app.store.read(move |read| {
        let rows = read.many(sql!("SELECT part, seq, type FROM event ORDER BY at"))?;
        let mut news = Vec::new();
        for mut row in rows {
            let (part, seq): (i64, i64) = (row.take()?, row.take()?);
            if before.iter().all(|(of, until)| *of != part || *until < seq) {
                news.push(row.take::<String>()?);
            }
        }
        Ok(news)
    });
    news.await.unwrap()
}
