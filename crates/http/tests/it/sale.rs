//! An offer on sale and people who bought it, for the tests of what comes after.

use std::sync::Arc;

use axum::body::Body;
use convert::ConfirmPayment;
use gateway::provider::SANDBOX;
use http::shell;
use kernel::{Actor, OrderId, SigningKeyId};
use party::OperatorRole;
use serde_json::{Value, json};
use voucher::{AddSigningKey, DeviceKey, KeyRing, MasterKey, SealedKey, SignedPass, present};

use crate::app::{Client, Shop, TestApp, text};
use crate::market::{agree, certify, new_offer};

/// A shop that sells, and the platform's administrator.
pub struct Sale {
    pub shop: Shop,
    pub admin: Client,
    pub offer: String,
    /// Of everything that is redeemed in the shop's store.
    pub redemptions: String,
}

impl Sale {
    /// An offer whose vouchers can be used so often.
    pub async fn of(app: &TestApp, uses: i64) -> Self {
        trust_own_key(app).await;
        let shop = app.shop(1).await;
        let admin = app.operator(OperatorRole::Admin).await;
        certify(app, &shop, &admin).await;
        let agreement = agree(app, &shop, &admin).await;
        let mut body = new_offer(&shop, &agreement, &app.picture(&shop).await);
        body["uses"] = json!(uses);
        let offers = format!("{}/offers", shop.path);
        let offer = app.post(&shop.owner, &offers, body).await.id();
        let publish = format!("{offers}/{offer}/publish");
        app.post(&shop.owner, &publish, json!({})).await.ok();
        let redemptions = format!("{}/stores/{}/redemptions", shop.path, shop.store);
        Self {
            shop,
            admin,
            offer,
            redemptions,
        }
    }

    /// Buys one unit, perhaps by a friend's link, and pays it. Gives the path of its voucher.
    pub async fn buy(&self, app: &TestApp, buyer: &Client, share_token: Option<&str>) -> String {
        let body = json!({"offer": self.offer, "quantity": 1, "share_token": share_token});
        let order = text(&app.post(buyer, "/v1/orders", body).await.ok(), "order");
        // The try is recorded, and then no provider is there to be asked.
        app.post(buyer, &format!("/v1/orders/{order}/payments"), json!({}))
            .await;
        pay(app, order.parse().unwrap()).await;
        let paid = app.get(buyer, &format!("/v1/orders/{order}")).await.ok();
        format!("/v1/vouchers/{}", paid["vouchers"][0].as_str().unwrap())
    }

    /// Scans under a key of its own.
    pub async fn scan(&self, app: &TestApp, qr: &str) -> crate::app::Answer {
        let scan = format!("{}/scan", self.redemptions);
        app.post(&self.shop.owner, &scan, json!({"qr": qr})).await
    }
}

/// The provider says that the order's one try was paid.
async fn pay(app: &TestApp, order: OrderId) {
    let tries = app
        .app
        .store
        .read(move |read| convert::queries::attempts_of(read, order));
    let attempt = tries.await.unwrap().remove(0);
    let cmd = ConfirmPayment {
        attempt: attempt.id,
        provider: "sandbox".to_owned(),
        provider_payment: format!("paid_{}", attempt.id),
        amount: attempt.amount,
        currency: attempt.currency,
        instrument: None,
    };
    let ctx = shell::ctx(Actor::Provider(SANDBOX));
    let paid = app.app.store.run("confirmPayment", order, ctx, move |tx, ctx| {
        convert::confirm_payment(tx, ctx, &cmd)
    });
    paid.await.unwrap().unwrap();
}

/// The platform's key becomes known, as when the program starts.
async fn trust_own_key(app: &TestApp) {
    let ctx = shell::ctx(Actor::System);
    let id: SigningKeyId = ctx.new_id();
    let cmd = {
        let mut keys = app.app.keys.write().unwrap();
        let public_key = keys.signing.verifying_key().to_bytes();
        let mut ring = KeyRing::default();
        ring.add(&public_key).unwrap();
        keys.ring = Arc::new(ring);
        let sealed = SealedKey::seal(&keys.signing, id, &MasterKey::new([1; 32]), shell::random_bytes());
        AddSigningKey {
            id,
            public_key,
            sealed,
        }
    };
    let added = app.app.store.run("addSigningKey", id, ctx, move |tx, ctx| {
        voucher::add_signing_key(tx, ctx, &cmd)
    });
    added.await.unwrap().unwrap();
}

/// A holder's device with the pass that it was given.
pub struct Device {
    key: DeviceKey,
    pub pass: SignedPass,
}

impl Device {
    /// Binds a voucher to device `n`.
    pub async fn bound(app: &TestApp, holder: &Client, voucher: &str, n: u8) -> Self {
        let key = DeviceKey::from_bytes(&[n; 32]).unwrap();
        let body = json!({"device_key": hex::encode(key.public_key().to_bytes())});
        let bound = app.post(holder, &format!("{voucher}/device"), body).await.ok();
        let pass = SignedPass::from_base45(&text(&bound, "pass")).unwrap();
        Self { key, pass }
    }

    /// The QR that it shows so many seconds ago.
    pub fn shown(&self, seconds_ago: i64) -> String {
        let at = shell::now().plus_us(-seconds_ago * kernel::SECOND_US);
        present(&self.pass, &self.key, at)
    }
}

/// A POST under the given key, twice: both answers.
pub async fn twice(
    app: &TestApp,
    client: &Client,
    path: &str,
    key: &str,
    body: &Value,
) -> [crate::app::Answer; 2] {
    let send = || {
        app.call(
            client,
            axum::http::Method::POST,
            path,
            Some(key),
            Body::from(body.to_string()),
        )
    };
    [send().await, send().await]
}
