//! The merchants of a load: certified, with a cashier and offers whose price and stock are known, so that every answer
//! can be judged. The demo city's own merchants are left as they are.

use std::sync::atomic::AtomicI64;
use std::sync::{Mutex, PoisonError};

use http::shell;
use kernel::DAY_US;
use serde_json::json;

use crate::serve::Failure;
use crate::story::actor::{Actor, text};
use crate::story::before::{LON, add_cashier, add_store, certify, register};
use crate::story::stage::Stage;

/// List price of one unit, in fen.
const LIST: i64 = 10_000;
/// The same after the agreement's discount of 20 %.
pub const DUE: i64 = 8_000;
/// What the coupon takes off.
pub const COUPON: i64 = 1_000;
/// Units of an offer that runs out.
const FEW: i64 = 25;
const MANY: i64 = 1_000_000;
const NAMES: [(&str, &str); 2] = [("满座面馆", "Full House Noodles"), ("长队茶铺", "Long Queue Tea")];

/// Where people trade.
pub struct Market {
    /// The merchants.
    pub shops: Vec<Shop>,
    /// A coupon of the platform, one for each person.
    pub coupon: String,
    last_order: Mutex<Option<(u32, String)>>,
}

impl Market {
    /// A market in which nobody bought anything yet.
    pub fn new(shops: Vec<Shop>, coupon: String) -> Self {
        Self {
            shops,
            coupon,
            last_order: Mutex::default(),
        }
    }

    /// The last order that was paid, and the number of the guest who did.
    pub fn last_order(&self) -> Option<(u32, String)> {
        self.last_order
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The guest of this number paid this order.
    pub fn note_order(&self, guest: u32, order: &str) {
        let mut last = self.last_order.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((guest, order.to_owned()));
    }
}

/// A merchant.
pub struct Shop {
    /// Works at its only store.
    pub cashier: Actor,
    /// Where scanned QRs go.
    pub scan: String,
    /// One that never runs out, and one that does.
    pub goods: [Good; 2],
}

/// An offer.
pub struct Good {
    /// Its id.
    pub offer: String,
    /// Units in stock at first.
    pub stock: i64,
    /// Units that were paid and not given back.
    pub sold: AtomicI64,
}

/// Opens the market.
pub async fn open(stage: &Stage) -> Result<Market, Failure> {
    let mut shops = Vec::new();
    for names in NAMES {
        shops.push(open_shop(stage, names).await?);
    }
    let coupon = json!({
        "title": { "zh-CN": "排队立减 10 元", "en": "10 yuan off for waiting" },
        "kind": { "type": "cash", "amount": COUPON }, "currency": "CNY", "min_spend": 5_000, "platform_bp": 10_000,
        "per_person": 1, "total": MANY, "budget": MANY * COUPON,
        "starts_at": shell::now().plus_us(-DAY_US).to_string(), "ends_at": shell::now().plus_us(DAY_US).to_string(),
    });
    let coupon = stage.admin.post("/v1/platform/coupons", coupon).await?;
    Ok(Market::new(shops, text(&coupon, "id")?.to_owned()))
}

async fn open_shop(stage: &Stage, (zh, en): (&str, &str)) -> Result<Shop, Failure> {
    let (merchant, owner) = register(stage, "an owner", zh, en).await?;
    let store = add_store(&owner, &merchant, (zh, en), "hot_pot", LON).await?;
    let cashier = add_cashier(stage, &owner, &merchant, "a cashier", &store).await?;
    certify(stage, &owner, &merchant).await?;
    let terms = json!({
        "starts_at": shell::now().plus_us(-DAY_US).to_string(), "ends_at": shell::now().plus_us(60 * DAY_US).to_string(),
        "head_count": MANY, "discount_bp": 2_000, "discount_platform_bp": 5_000, "commission_bp": 1_000, "rebate_bp": 200,
        "friend_discount_bp": 500, "refund_window_us": DAY_US, "undo_window_us": 8_000_000, "on_expiry": "refund",
    });
    let path = format!("/v1/merchants/{merchant}/agreements");
    let proposed = owner.post(&path, json!({ "terms": terms })).await?;
    let agreement = text(&proposed, "id")?;
    let path = format!("/v1/platform/merchants/{merchant}/agreements/{agreement}/accept");
    stage.admin.post(&path, json!({ "version": 1 })).await?;
    let good = async |stock| -> Result<Good, Failure> {
        let offer = json!({
            "agreement": agreement, "title": { "zh-CN": zh, "en": en },
            "description": { "zh-CN": zh, "en": en }, "category": "hot_pot",
            "list_price": { "amount": LIST, "currency": "CNY" }, "stock": stock, "uses": 1, "valid_us": 30 * DAY_US,
            "max_per_order": 5, "stores": [store],
        });
        let path = format!("/v1/merchants/{merchant}/offers");
        let offer = text(&owner.post(&path, offer).await?, "id")?.to_owned();
        owner.post(&format!("{path}/{offer}/publish"), json!({})).await?;
        Ok(Good {
            offer,
            stock,
            sold: AtomicI64::new(0),
        })
    };
    Ok(Shop {
        goods: [good(MANY).await?, good(FEW).await?],
        cashier,
        scan: format!("/v1/merchants/{merchant}/stores/{store}/redemptions/scan"),
    })
}
