//! At the counter: signed vouchers, a scan without a network, a code, an undo, and every refusal.

use std::sync::Arc;

use http::shell;
use kernel::{StoreId, Timestamp};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::{Value, json};
use voucher::{DeviceKey, KeyRing, Network, Scanner, SignedPass, StoreSet, StoreSets, check_qr, present};

use super::actor::{Actor, text};
use super::before::Shop;
use super::stage::Stage;
use crate::serve::Failure;

/// A voucher on the holder's phone.
pub struct Held {
    /// Its id.
    pub id: String,
    pass: SignedPass,
    phone: Arc<DeviceKey>,
}

impl Held {
    /// What the phone shows at `now`.
    pub fn qr(&self, now: Timestamp) -> String {
        present(&self.pass, &self.phone, now)
    }

    /// What another phone would show that got hold of the pass.
    pub fn qr_of_another_phone(&self, now: Timestamp) -> Result<String, Failure> {
        let stolen = DeviceKey::from_bytes(&shell::random_bytes())?;
        Ok(present(&self.pass, &stolen, now))
    }
}

/// What came of the visit.
pub struct Served {
    /// The redemption of the first voucher.
    pub first: String,
    /// The redemption of the second.
    pub second: String,
}

/// 5. The vouchers: a QR that changes every 30 s, and a 12-digit code.
pub async fn consumer_receives_signed_vouchers(
    stage: &mut Stage,
    lin: &Actor,
    order: &str,
) -> Result<Vec<Held>, Failure> {
    stage.scene("Two vouchers");
    let vouchers = hold_vouchers(lin, order).await?;
    let first = vouchers.first().ok_or("the order has no voucher")?;
    let now = shell::now();
    let code = QrCode::new(first.qr(now))?;
    let mut picture = code.render::<Dense1x2>();
    // Terminals are dark more often than not, and a QR is dark on light.
    let picture = picture
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark)
        .build();
    stage.show(&picture);
    if first.qr(now) == first.qr(now.plus_us(31_000_000)) {
        return Err("the QR did not change after 31 s".into());
    }
    stage.tell("each is signed by the platform and bound to Lin's phone; its QR changes every 30 s");
    let code = lin.get(&format!("/v1/vouchers/{}/code", first.id)).await?;
    stage.tell(format!(
        "and has a code for the counter: {}",
        text(&code, "code")?
    ));
    stage.check_money().await?;
    Ok(vouchers)
}

/// Binds every voucher of an order to a new phone of its holder.
pub async fn hold_vouchers(holder: &Actor, order: &str) -> Result<Vec<Held>, Failure> {
    let order = holder.get(&format!("/v1/orders/{order}")).await?;
    let phone = Arc::new(DeviceKey::from_bytes(&shell::random_bytes())?);
    let mut held = Vec::new();
    for id in order["vouchers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        let key = json!({ "device_key": hex::encode(phone.public_key().to_bytes()) });
        let bound = holder.post(&format!("/v1/vouchers/{id}/device"), key).await?;
        let pass = SignedPass::from_base45(text(&bound, "pass")?)?;
        held.push(Held {
            id: id.to_owned(),
            pass,
            phone: Arc::clone(&phone),
        });
    }
    Ok(held)
}

/// 6. One voucher by scan while the server is unreachable, one by code; and everything that is refused.
pub async fn cashier_redeems_and_refuses(
    stage: &mut Stage,
    shop: &Shop,
    lin: &Actor,
    vouchers: &[Held],
) -> Result<Served, Failure> {
    stage.scene("At the counter");
    let [first, second] = vouchers else {
        return Err(format!("two vouchers, not {}", vouchers.len()).into());
    };
    let redemptions = format!(
        "/v1/merchants/{}/stores/{}/redemptions",
        shop.merchant, shop.store
    );
    refuse_what_is_wrong(stage, shop, second, &redemptions).await?;
    let first = redeem_offline(stage, shop, first, &redemptions).await?;
    stage
        .expected
        .posted("escrow", 9_000)
        .posted("merchant_payable", -8_100)
        .posted("commission", -900);
    stage.check_money().await?;

    let code = lin.get(&format!("/v1/vouchers/{}/code", second.id)).await?;
    let code = text(&code, "code")?.to_owned();
    let rival = format!(
        "/v1/merchants/{}/stores/{}/redemptions/code",
        shop.rival_merchant, shop.rival_store
    );
    shop.rival
        .is_refused(&rival, json!({ "code": code }), "redeem_code_unknown")
        .await?;
    stage.tell("the staff next door type Lin's code: to them there is no such code");
    let by_code = format!("{redemptions}/code");
    let redeemed = shop.cashier.post(&by_code, json!({ "code": code })).await?;
    let undone = text(&redeemed, "redemption")?;
    shop.cashier
        .post(
            &format!("/v1/merchants/{}/redemptions/{undone}/undo", shop.merchant),
            json!({}),
        )
        .await?;
    stage.tell(
        "Xiao Mei types the code of the second voucher, then takes it back: Lin wants to wait for a friend",
    );
    stage.check_money().await?;
    let redeemed = shop.cashier.post(&by_code, json!({ "code": code })).await?;
    let second_redemption = text(&redeemed, "redemption")?.to_owned();
    stage
        .expected
        .posted("escrow", 9_000)
        .posted("merchant_payable", -8_100)
        .posted("commission", -900);
    stage.tell("and types it again when the friend is there");
    let again = json!({ "qr": second.qr(shell::now()) });
    shop.cashier
        .is_refused(&format!("{redemptions}/scan"), again, "redeem_voucher_used_up")
        .await?;
    shop.cashier
        .is_refused(&by_code, json!({ "code": code }), "redeem_voucher_used_up")
        .await?;
    stage.tell("a second redemption of the same voucher is refused, by scan and by code: it is used up");
    stage.check_money().await?;
    Ok(Served {
        first,
        second: second_redemption,
    })
}

/// The wrong store, a stale QR and a forged one.
async fn refuse_what_is_wrong(
    stage: &mut Stage,
    shop: &Shop,
    held: &Held,
    redemptions: &str,
) -> Result<(), Failure> {
    let scan = format!("{redemptions}/scan");
    let elsewhere = format!(
        "/v1/merchants/{}/stores/{}/redemptions/scan",
        shop.merchant, shop.other_store
    );
    let fresh = json!({ "qr": held.qr(shell::now()) });
    shop.other_cashier
        .is_refused(&elsewhere, fresh, "qr_wrong_store")
        .await?;
    stage.tell("in the Jing'an store the voucher is refused: it is good in Lujiazui alone");
    let screenshot = json!({ "qr": held.qr(shell::now().plus_us(-90_000_000)) });
    shop.cashier.is_refused(&scan, screenshot, "qr_stale").await?;
    stage.tell("a screenshot of 90 s ago is refused: it is stale");
    let forged = json!({ "qr": held.qr_of_another_phone(shell::now())? });
    shop.cashier.is_refused(&scan, forged, "qr_other_device").await?;
    let mut text = held.qr(shell::now()).into_bytes();
    let middle = text.len() / 3;
    text[middle] = if text[middle] == b'A' { b'B' } else { b'A' };
    let tampered = json!({ "qr": String::from_utf8(text)? });
    let answer = shop.cashier.try_post(&scan, tampered).await?;
    if !answer.problem_code().is_some_and(|code| code.starts_with("qr_")) {
        return Err(format!("a tampered QR was to be refused: {answer:?}").into());
    }
    stage.tell("one that another phone signed, and one with a letter changed, are refused: they are forged");
    Ok(())
}

/// The scanner judges the QR alone, queues it, and sends it when the network is back.
async fn redeem_offline(
    stage: &mut Stage,
    shop: &Shop,
    held: &Held,
    redemptions: &str,
) -> Result<String, Failure> {
    let kit = shop
        .cashier
        .get(&format!(
            "/v1/merchants/{}/stores/{}/scanner-kit",
            shop.merchant, shop.store
        ))
        .await?;
    let synced_at = shell::now();
    let mut keys = KeyRing::default();
    for key in kit["keys"].as_array().into_iter().flatten() {
        keys.add(&bytes_of(text(key, "public_key")?)?)?;
    }
    let sets = kit["store_sets"].as_array().into_iter().flatten().map(|set| {
        let stores = set["stores"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        stores
            .filter_map(|id| id.parse::<StoreId>().ok())
            .collect::<StoreSet>()
    });
    let store_sets: StoreSets = sets.collect();
    let cut_off = shop.cashier.clone().without_network();
    let scanned_at = shell::now();
    let qr = held.qr(scanned_at);
    if cut_off
        .try_post(&format!("{redemptions}/scan"), json!({ "qr": qr }))
        .await
        .is_ok()
    {
        return Err("the network was to be gone".into());
    }
    let store: StoreId = shop.store.parse()?;
    let network = Network::Offline {
        clock_synced_at: synced_at,
    };
    let scanner = Scanner {
        keys: &keys,
        store_sets: &store_sets,
        store,
        network,
    };
    check_qr(&qr, &scanner, scanned_at)
        .map_err(|refusal| format!("the scanner refused it offline: {refusal}"))?;
    stage.tell(
        "the server is unreachable; Xiao Mei's scanner checks the first voucher by itself and queues it",
    );
    let queue = json!({
        "device": shop.device, "clock_synced_at": synced_at.to_string(),
        "scans": [{ "nonce": hex::encode(shell::random_bytes::<16>()), "qr": qr, "scanned_at": scanned_at.to_string() }],
    });
    let path = format!("{redemptions}/offline");
    let synced = shop.cashier.post(&path, queue.clone()).await?;
    let repeated = shop.cashier.post(&path, queue).await?;
    if synced != repeated || synced["scans"][0]["outcome"] != "redeemed" {
        return Err(format!("the queue was to be redeemed once: {synced} and {repeated}").into());
    }
    stage.tell("back online the queue is sent, twice by mistake, and counts once");
    Ok(text(&synced["scans"][0], "redemption")?.to_owned())
}

/// A public key as the API writes it.
fn bytes_of(text: &str) -> Result<Vec<u8>, Failure> {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    Ok(if text.len() == 64 {
        hex::decode(text)?
    } else {
        URL_SAFE_NO_PAD.decode(text)?
    })
}
