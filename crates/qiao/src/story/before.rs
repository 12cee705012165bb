//! Before the visit: the merchant is certified, the agreement negotiated, the offer found, ordered and paid.

use http::shell;
use kernel::DAY_US;
use serde_json::{Value, json};

use super::actor::{Actor, number, text};
use super::stage::{Stage, eventually};
use crate::serve::Failure;

/// A PNG of one grey pixel: the smallest picture that is one.
const LICENCE_PNG: &str = "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c636800000082008177cd72b60000000049454e44ae426082";
/// Where the shop is: in Lujiazui, away from the demo city's streets, so that its offers are found first.
pub const LAT: f64 = 31.239_7;
pub const LON: f64 = 121.499_8;
/// Of the shop's other store, five kilometres to the west.
const OTHER_LON: f64 = 121.449_8;
const PASSWORD: &str = "a long password";

/// The merchant of the story and its people.
pub struct Shop {
    /// The merchant's id.
    pub merchant: String,
    /// Owns it.
    pub owner: Actor,
    /// Works in the first store.
    pub cashier: Actor,
    /// Works in the second store.
    pub other_cashier: Actor,
    /// Where the offer is sold.
    pub store: String,
    /// Where it is not.
    pub other_store: String,
    /// The scanner of the first store.
    pub device: String,
    /// The owner of another merchant, and that one's ids.
    pub rival: Actor,
    /// Of the rival.
    pub rival_merchant: String,
    /// Of the rival.
    pub rival_store: String,
}

/// What is sold.
pub struct Offer {
    /// Its id.
    pub id: String,
}

/// 1. A merchant registers, adds two stores, uploads a licence; the platform certifies it.
pub async fn merchant_registers_and_is_certified(stage: &mut Stage) -> Result<Shop, Failure> {
    stage.scene("A merchant joins");
    let (merchant, owner) = register(stage, "Old Chen, the owner", "老陈火锅", "Old Chen Hot Pot").await?;
    let mut stores = Vec::new();
    for (zh, en, lon) in [
        ("陆家嘴店", "Lujiazui", LON),
        ("静安寺店", "Jing'an Temple", OTHER_LON),
    ] {
        stores.push(add_store(&owner, &merchant, (zh, en), "hot_pot", lon).await?);
    }
    stage.tell("Old Chen registers 老陈火锅 and adds two stores");
    let cashier = add_cashier(
        stage,
        &owner,
        &merchant,
        "Xiao Mei, cashier in Lujiazui",
        &stores[0],
    )
    .await?;
    let other_cashier = add_cashier(
        stage,
        &owner,
        &merchant,
        "Xiao Jun, cashier in Jing'an",
        &stores[1],
    )
    .await?;
    let path = format!("/v1/merchants/{merchant}/stores/{}/devices", stores[0]);
    let device = text(&owner.post(&path, json!({ "name": "counter" })).await?, "id")?.to_owned();
    certify(stage, &owner, &merchant).await?;
    stage.tell("the platform looks at the licence and certifies the merchant");
    let (rival_merchant, rival) = register(stage, "the owner next door", "隔壁小馆", "Next Door").await?;
    let rival_store = add_store(&rival, &rival_merchant, ("总店", "Main"), "hot_pot", LON).await?;
    let mut stores = stores.into_iter();
    let (store, other_store) = (
        stores.next().unwrap_or_default(),
        stores.next().unwrap_or_default(),
    );
    stage.check_money().await?;
    Ok(Shop {
        merchant,
        owner,
        cashier,
        other_cashier,
        store,
        other_store,
        device,
        rival,
        rival_merchant,
        rival_store,
    })
}

pub async fn register(
    stage: &Stage,
    name: &'static str,
    zh: &str,
    en: &str,
) -> Result<(String, Actor), Failure> {
    let visitor = Actor::new(name, &stage.server)?;
    let registered = visitor
        .post(
            "/v1/merchants",
            json!({ "name": { "zh-CN": zh, "en": en }, "login": fresh_mail(), "password": PASSWORD, "person_name": name }),
        )
        .await?;
    let token = text(&registered, "token")?.to_owned();
    Ok((
        text(&registered, "merchant")?.to_owned(),
        visitor.signed_in(&token),
    ))
}

pub async fn add_store(
    owner: &Actor,
    merchant: &str,
    (zh, en): (&str, &str),
    category: &str,
    lon: f64,
) -> Result<String, Failure> {
    let store = json!({
        "name": { "zh-CN": zh, "en": en }, "category": category, "address": "世纪大道 8 号 · 8 Century Avenue",
        "phone": "+862158881234", "place": { "lat": LAT, "lon": lon }, "time_zone": "Asia/Shanghai",
        "currency": "CNY", "opening_hours": "Mo-Su 11:00-22:00", "offline_max_uses": 20, "offline_max_amount": 500_000,
    });
    let added = owner
        .post(&format!("/v1/merchants/{merchant}/stores"), store)
        .await?;
    Ok(text(&added, "id")?.to_owned())
}

pub async fn add_cashier(
    stage: &Stage,
    owner: &Actor,
    merchant: &str,
    name: &'static str,
    store: &str,
) -> Result<Actor, Failure> {
    let login = fresh_mail();
    let staff =
        json!({ "login": login, "password": PASSWORD, "name": name, "store": store, "role": "cashier" });
    owner
        .post(&format!("/v1/merchants/{merchant}/staff"), staff)
        .await?;
    Actor::with_password(name, &stage.server, &login, PASSWORD).await
}

pub async fn certify(stage: &Stage, owner: &Actor, merchant: &str) -> Result<(), Failure> {
    let picture = hex::decode(LICENCE_PNG)?;
    let media = owner
        .upload(&format!("/v1/merchants/{merchant}/media"), picture)
        .await?;
    let licence = json!({
        "kind": "business_license", "number": "91310000MA1K00000X", "media": text(&media, "id")?,
        "valid_until": shell::now().plus_us(365 * DAY_US).to_string(),
    });
    let path = format!("/v1/merchants/{merchant}/certifications");
    let submitted = owner.post(&path, licence).await?;
    let path = format!("/v1/platform/certifications/{}/decision", text(&submitted, "id")?);
    stage
        .admin
        .post(
            &path,
            json!({ "approve": true, "note": "the licence is in order" }),
        )
        .await?;
    Ok(())
}

fn fresh_mail() -> String {
    format!("{}@story.example", hex::encode(shell::random_bytes::<8>()))
}

/// An agreement of two months: half of the discount is the platform's, 2 % go to who shared and 5 % to a friend.
pub fn terms(discount_bp: i64, commission_bp: i64) -> Value {
    json!({
        "starts_at": shell::now().plus_us(-DAY_US).to_string(), "ends_at": shell::now().plus_us(60 * DAY_US).to_string(),
        "head_count": 100, "discount_bp": discount_bp, "discount_platform_bp": 5_000, "commission_bp": commission_bp,
        "rebate_bp": 200, "friend_discount_bp": 500, "refund_window_us": 8_000_000, "undo_window_us": 8_000_000,
        "on_expiry": "refund",
    })
}

/// 2. Platform and merchant negotiate an agreement; the offer goes live under it.
pub async fn agreement_is_negotiated_and_the_offer_goes_live(
    stage: &mut Stage,
    shop: &Shop,
) -> Result<Offer, Failure> {
    stage.scene("An agreement");
    let merchant = &shop.merchant;
    let proposed = stage
        .admin
        .post(
            &format!("/v1/platform/merchants/{merchant}/agreements"),
            json!({ "terms": terms(3_000, 1_200) }),
        )
        .await?;
    let agreement = text(&proposed, "id")?.to_owned();
    stage.tell("the platform proposes 30 % off and a commission of 12 %");
    let countered = shop
        .owner
        .post(
            &format!("/v1/merchants/{merchant}/agreements/{agreement}/counter"),
            json!({ "version": 1, "terms": terms(2_000, 1_000) }),
        )
        .await?;
    stage.tell("Old Chen counters: 20 % off, half of it paid by the platform, and 10 %");
    let version = number(&countered, "version")?;
    let path = format!("/v1/platform/merchants/{merchant}/agreements/{agreement}/accept");
    stage
        .admin
        .is_refused(&path, json!({ "version": 1 }), "agreement_changed")
        .await?;
    stage.admin.post(&path, json!({ "version": version })).await?;
    stage.tell("the platform accepts that version, and no other");
    let offer = json!({
        "agreement": agreement, "title": { "zh-CN": "双人火锅套餐", "en": "Hot pot set for two" },
        "description": { "zh-CN": "毛肚、肥牛、时蔬、酸梅汤", "en": "Tripe, beef, vegetables and plum juice" },
        "category": "hot_pot", "list_price": { "amount": 10_000, "currency": "CNY" }, "stock": 50, "uses": 1,
        "valid_us": 30 * DAY_US, "max_per_order": 5, "stores": [shop.store],
    });
    let created = shop
        .owner
        .post(&format!("/v1/merchants/{merchant}/offers"), offer)
        .await?;
    let id = text(&created, "id")?.to_owned();
    shop.owner
        .post(
            &format!("/v1/merchants/{merchant}/offers/{id}/publish"),
            json!({}),
        )
        .await?;
    stage.tell("the offer 双人火锅套餐, 100.00 less 20 %, goes live in Lujiazui");
    stage.check_money().await?;
    Ok(Offer { id })
}

/// 3. A consumer signs in with a one-time code, searches in two languages near a place, and compares.
pub async fn consumer_signs_in_searches_and_compares(
    stage: &mut Stage,
    offer: &Offer,
) -> Result<Actor, Failure> {
    stage.scene("A consumer looks around");
    let lin = Actor::with_code("Lin", &stage.server).await?;
    stage.tell("Lin signs in with a one-time code");
    let near = format!("lat={LAT}&lon={LON}&radius_m=5000");
    let found = |found: &Value| {
        let items = found["items"].as_array().cloned().unwrap_or_default();
        items.iter().any(|item| item["offer"] == offer.id.as_str())
    };
    // 火锅 in UTF-8.
    for text in ["%E7%81%AB%E9%94%85", "hot+pot"] {
        let path = format!("/v1/search?text={text}&{near}");
        eventually("the search finds the offer", || async {
            Ok(Some(lin.get(&path).await?).filter(|results| found(results)))
        })
        .await?;
    }
    stage.tell("the search finds it near Lujiazui, in Chinese and in English");
    for (sort, more, field) in [
        ("distance", "", "/distance_m"),
        ("price", "&currency=CNY", "/price/amount"),
        ("rating", "", "/rating/mean_hundredths"),
    ] {
        let results = lin.get(&format!("/v1/search?{near}&sort={sort}{more}")).await?;
        let items = results["items"].as_array().cloned().unwrap_or_default();
        let figure = |item: &Value| item.pointer(field)?.as_i64();
        let figures: Vec<i64> = items.iter().filter_map(figure).collect();
        let sorted = if sort == "rating" {
            figures.is_sorted_by(|a, b| a >= b)
        } else {
            figures.is_sorted()
        };
        if items.is_empty() || !sorted {
            return Err(format!("sorted by {sort}, but: {figures:?}").into());
        }
    }
    stage.tell("and sorts by distance, price and rating");
    let others = lin
        .get(&format!("/v1/search?lat={LAT}&lon={LON}&radius_m=40000"))
        .await?;
    let others = others["items"].as_array().cloned().unwrap_or_default();
    let other = others
        .iter()
        .filter_map(|item| item["offer"].as_str())
        .find(|id| *id != offer.id);
    let other = other.ok_or("the city has no second offer to compare with")?;
    let compared = lin
        .get(&format!(
            "/v1/offers/compare?ids={},{other}&lat={LAT}&lon={LON}",
            offer.id
        ))
        .await?;
    if compared["offers"].as_array().map_or(0, Vec::len) != 2 {
        return Err(format!("two offers were to be compared: {compared}").into());
    }
    stage.tell("Lin compares it with another one");
    Ok(lin)
}

/// 4. Claims a coupon, orders two with it, and pays through a provider that misbehaves. Gives the order.
pub async fn consumer_claims_a_coupon_orders_and_pays(
    stage: &mut Stage,
    offer: &Offer,
    lin: &Actor,
) -> Result<String, Failure> {
    stage.scene("A coupon, an order, a payment");
    let coupon = json!({
        "title": { "zh-CN": "满 50 减 10", "en": "10 off from 50" }, "kind": { "type": "cash", "amount": 1_000 },
        "currency": "CNY", "min_spend": 5_000, "platform_bp": 10_000, "per_person": 1, "total": 100, "budget": 100_000,
        "starts_at": shell::now().plus_us(-DAY_US).to_string(), "ends_at": shell::now().plus_us(DAY_US).to_string(),
    });
    let coupon = stage.admin.post("/v1/platform/coupons", coupon).await?;
    let path = format!("/v1/coupons/{}/claims", text(&coupon, "id")?);
    let claimed = lin.post(&path, json!({})).await?;
    lin.is_refused(&path, json!({}), "coupon_limit_reached").await?;
    stage.tell("Lin claims 10.00 off, which the platform pays, and cannot claim it twice");
    let order = json!({
        "offer": offer.id, "quantity": 2, "wallet_coupons": [text(&claimed, "id")?],
        "expected_cash": { "amount": 15_000, "currency": "CNY" },
    });
    let placed = lin.post("/v1/orders", order).await?;
    let order = text(&placed, "order")?.to_owned();
    stage.tell("and orders two: 200.00 less 40.00 less 10.00 leaves 150.00");
    stage.check_money().await?;
    stage
        .provider
        .post(
            "/control",
            json!({ "repeat": 3, "delay_ms": 100, "reorder": true, "fail_webhooks_next": 1 }),
        )
        .await?;
    pay(stage, lin, &order, "card-lin").await?;
    stage.provider.post("/control", json!({})).await?;
    stage.tell("Lin pays; the provider's news comes late, thrice and out of order, and counts once");
    stage
        .expected
        .posted("provider_clearing", 15_000)
        .posted("subsidy", 3_000)
        .posted("escrow", -18_000);
    stage.check_money().await?;
    Ok(order)
}

/// Pays an order with an instrument and waits until it is paid.
pub async fn pay(stage: &Stage, payer: &Actor, order: &str, instrument: &str) -> Result<(), Failure> {
    let started = payer
        .post(&format!("/v1/orders/{order}/payments"), json!({}))
        .await?;
    let pay_url = text(&started, "pay_url")?;
    let payment = pay_url.rsplit('/').next().unwrap_or_default();
    let choice = json!({ "outcome": "succeed", "instrument": instrument });
    stage
        .provider
        .post(&format!("/v1/payments/{payment}/pay"), choice)
        .await?;
    eventually("the payment is confirmed", || async {
        let order = payer.get(&format!("/v1/orders/{order}")).await?;
        Ok((order["status"] == "paid").then_some(()))
    })
    .await
}
