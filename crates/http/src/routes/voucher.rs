//! The holder's vouchers: listed, bound to a device, with the signed pass that the device shows. Passes
//! are signed here, outside any transaction, and stored nowhere; the 12-digit code is told here alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use consume::Redemption;
use kernel::{
    BookingId, DAY_US, LocalText, MerchantId, OfferId, PersonId, RedemptionId, Reject, SECOND_US, StoreId,
    Timestamp, VoucherId,
};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use voucher::{
    BindDevice, DEVICE_KEY_INVALID, DevicePublicKey, InvalidDeviceKey, KeyRing, VOUCHER_BOUND_ELSEWHERE,
    VOUCHER_NOT_BOUND, VOUCHER_NOT_LIVE, Voucher, VoucherStatus, sign_pass,
};

use crate::access::Consumer;
use crate::app::{App, code_key};
use crate::body::{Path, Query, Write};
use crate::labels::{Label, Labelled, labelled};
use crate::problem::Problem;
use crate::routes::convert::DepositPaid;
use crate::shell;
use crate::wire::{After, PAGE_SIZE, Page};

/// How long a pass can be redeemed without a network. The device fetches a new one whenever it has one.
const OFFLINE_US: i64 = 30 * DAY_US;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_my_vouchers))
        .routes(routes!(get_voucher))
        .routes(routes!(get_voucher_code))
        .routes(routes!(bind_device))
        .routes(routes!(get_voucher_pass))
        .routes(routes!(list_voucher_keys))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfVoucher {
    /// One of the caller's vouchers.
    #[param(value_type = String)]
    voucher: VoucherId,
}

/// A voucher as its holder sees it, without its code.
#[derive(Serialize, ToSchema)]
pub struct HeldVoucher {
    #[schema(value_type = String)]
    id: VoucherId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// What it is a right to; the offer's page lists the stores that take it.
    #[schema(value_type = String)]
    offer: OfferId,
    #[serde(flatten)]
    label: Label,
    /// `live`, `used`, `refunded` or `expired`.
    status: String,
    /// How often it can be used in all.
    uses_total: i64,
    /// How often still.
    uses_left: i64,
    /// How many of those are kept for bookings.
    uses_held: i64,
    /// Of a stored-value card: its uses are minor units of this currency, and a scanner takes it with a network only.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// How often it was bound to a device; 0 before the first, and then it has no pass.
    binding: i64,
    /// RFC 3339.
    issued_at: String,
    /// It can be used before this moment, RFC 3339.
    valid_until: String,
}

/// Vouchers with what they are rights to.
pub fn labelled_vouchers(read: &mut ReadTx, vouchers: Vec<Voucher>) -> Result<Vec<Labelled<Voucher>>, Fail> {
    labelled(read, vouchers, |voucher| (voucher.offer, voucher.merchant))
}

impl From<Labelled<Voucher>> for HeldVoucher {
    fn from(Labelled { item: voucher, label }: Labelled<Voucher>) -> Self {
        Self {
            id: voucher.id,
            merchant: voucher.merchant,
            offer: voucher.offer,
            label,
            status: voucher.status.as_str().to_owned(),
            uses_total: voucher.uses_total,
            uses_left: voucher.uses_left,
            uses_held: voucher.uses_held,
            currency: voucher.currency.map(|currency| currency.code().to_owned()),
            binding: voucher.binding,
            issued_at: voucher.issued_at.to_string(),
            valid_until: voucher.valid_until.to_string(),
        }
    }
}

/// The holder's vouchers, whatever became of them, newest first.
#[utoipa::path(get, path = "/v1/me/vouchers", operation_id = "listMyVouchers", tag = "voucher",
    params(After<kernel::Voucher>), security(("session" = ["consumer"])),
    responses((status = 200, body = Page<HeldVoucher>), (status = "4XX", body = Problem)))]
async fn list_my_vouchers(
    State(app): State<App>,
    consumer: Consumer,
    Query(asked): Query<After<kernel::Voucher>>,
) -> Result<Json<Page<HeldVoucher>>, Problem> {
    let found = app
        .read(move |read| {
            let found = voucher::queries::vouchers_of(read, consumer.0, asked.after, PAGE_SIZE + 1)?;
            labelled_vouchers(read, found)
        })
        .await?;
    Ok(Json(Page::of(
        found,
        |voucher| voucher.item.id.to_string(),
        HeldVoucher::from,
    )))
}

/// The voucher, if it is this person's.
fn held(read: &mut ReadTx, holder: PersonId, voucher: VoucherId) -> Result<Voucher, Fail> {
    let found = voucher::queries::voucher(read, voucher)?.filter(|voucher| voucher.holder == holder);
    Ok(found.ok_or_else(|| party::NOT_FOUND.plain())?)
}

/// The same, if it can still be used.
fn held_live(read: &mut ReadTx, holder: PersonId, voucher: VoucherId) -> Result<Voucher, Fail> {
    let voucher = held(read, holder, voucher)?;
    match voucher.status {
        VoucherStatus::Live => Ok(voucher),
        VoucherStatus::Used | VoucherStatus::Refunded | VoucherStatus::Expired => {
            let detail = format!("The voucher is {}.", voucher.status.as_str());
            Err(VOUCHER_NOT_LIVE.because(detail).into())
        }
    }
}

/// One use that was taken. A visit that stands can be reviewed by its id.
#[derive(Serialize, ToSchema)]
pub struct VoucherVisit {
    #[schema(value_type = String)]
    redemption: RedemptionId,
    /// Which of the uses, from 1.
    use_no: i64,
    /// How many uses.
    uses: i64,
    /// `scan`, `code`, `offline`, `booking` or `missed`: kept for a booking that did not take place.
    mode: String,
    #[schema(value_type = String)]
    store: StoreId,
    /// By language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    store_name: LocalText,
    /// `live`, `undone` or `refunded`.
    status: String,
    /// RFC 3339.
    scanned_at: String,
    /// The guest has said how it was.
    reviewed: bool,
}

#[derive(Serialize, ToSchema)]
pub struct VoucherDetails {
    #[serde(flatten)]
    voucher: HeldVoucher,
    /// Its uses so far, oldest first.
    visits: Vec<VoucherVisit>,
    /// What it is the right to, if that was booked: cancelling that is what gives it back.
    #[schema(value_type = Option<String>)]
    booking: Option<BookingId>,
    /// The names of its seats, if it is for a showing: `F-7`.
    seats: Vec<String>,
    /// How many seats are still to be chosen for it (`chooseSeats`), if it is an open ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_seats: Option<i64>,
    /// What was paid ahead, if that was only a deposit.
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit: Option<DepositPaid>,
}

impl VoucherDetails {
    /// Which voucher.
    pub fn id(&self) -> VoucherId {
        self.voucher.id
    }
}

/// Vouchers with their uses, in their order.
pub fn voucher_details(read: &mut ReadTx, vouchers: Vec<Voucher>) -> Result<Vec<VoucherDetails>, Fail> {
    let ids: Vec<VoucherId> = vouchers.iter().map(|voucher| voucher.id).collect();
    let mut uses = consume::queries::redemptions_of_vouchers(read, &ids)?;
    let bookings = consume::queries::bookings_of_vouchers(read, &ids)?;
    let booked: Vec<BookingId> = bookings.values().copied().collect();
    let seats = consume::queries::seats_of_bookings(read, &booked)?;
    let moneys = convert::queries::voucher_moneys(read, ids)?;
    let seats_of = |voucher: VoucherId| bookings.get(&voucher).and_then(|booking| seats.get(booking));
    let used: Vec<RedemptionId> = uses.iter().map(|visit| visit.id).collect();
    let reviewed = feedback::queries::reviewed(read, &used)?;
    let stores: BTreeSet<StoreId> = uses.iter().map(|visit| visit.store).collect();
    let stores = party::queries::stores(read, &stores.into_iter().collect::<Vec<_>>())?;
    let name_of = |store| {
        let found = stores.iter().find(|known| known.id == store);
        found.map(|store| store.details.name.clone()).unwrap_or_default()
    };
    let visit = |visit: Redemption| VoucherVisit {
        redemption: visit.id,
        use_no: visit.use_no,
        uses: visit.uses,
        mode: visit.mode.as_str().to_owned(),
        store: visit.store,
        store_name: name_of(visit.store),
        status: visit.status.as_str().to_owned(),
        scanned_at: visit.scanned_at.to_string(),
        reviewed: reviewed.contains(&visit.id),
    };
    let vouchers = labelled_vouchers(read, vouchers)?.into_iter();
    let details = vouchers.map(|voucher| VoucherDetails {
        visits: uses
            .extract_if(.., |visit| visit.voucher == voucher.item.id)
            .map(visit)
            .collect(),
        booking: bookings.get(&voucher.item.id).copied(),
        seats: seats_of(voucher.item.id).cloned().unwrap_or_default(),
        open_seats: moneys
            .get(&voucher.item.id)
            .filter(|money| money.is_open_ticket())
            .map(|money| money.quantity),
        deposit: moneys
            .get(&voucher.item.id)
            .and_then(|money| DepositPaid::of(money, voucher.item.uses_left)),
        voucher: voucher.into(),
    });
    Ok(details.collect())
}

/// One of the holder's vouchers, with its uses.
#[utoipa::path(get, path = "/v1/vouchers/{voucher}", operation_id = "getVoucher", tag = "voucher",
    params(OfVoucher), security(("session" = ["consumer"])),
    responses((status = 200, body = VoucherDetails), (status = "4XX", body = Problem)))]
async fn get_voucher(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfVoucher>,
) -> Result<Json<VoucherDetails>, Problem> {
    let found = app.read(move |read| {
        let voucher = held(read, consumer.0, of.voucher)?;
        Ok(voucher_details(read, vec![voucher])?.remove(0))
    });
    Ok(Json(found.await?))
}

#[derive(Serialize, ToSchema)]
struct CodeShown {
    /// Twelve digits in three groups.
    #[schema(example = "1234 5678 9012")]
    code: String,
}

/// The code of a live voucher, for a screen that cannot be scanned. Staff look it up with a network.
#[utoipa::path(get, path = "/v1/vouchers/{voucher}/code", operation_id = "getVoucherCode", tag = "voucher",
    params(OfVoucher), security(("session" = ["consumer"])),
    responses((status = 200, body = CodeShown), (status = "4XX", body = Problem)))]
async fn get_voucher_code(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfVoucher>,
) -> Result<Json<CodeShown>, Problem> {
    let voucher = app
        .read(move |read| held_live(read, consumer.0, of.voucher))
        .await?;
    Ok(Json(CodeShown {
        code: code_key(&app.secret).code(voucher.number).to_string(),
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeviceBinding {
    /// The public key of an ECDSA P-256 pair: the 65 bytes of WebCrypto's `exportKey("raw", publicKey)`, or
    /// the 33 of its compressed form, as base64url or hexadecimal.
    device_key: String,
}

/// Reads a key in any of the forms that [`DeviceBinding`] allows; they differ in length.
fn device_key(text: &str) -> Result<DevicePublicKey, Reject> {
    let bytes = match text.len() {
        66 | 130 => hex::decode(text).ok(),
        _ => URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok(),
    };
    let key = bytes.and_then(|bytes| DevicePublicKey::from_sec1(&bytes).ok());
    key.ok_or_else(|| DEVICE_KEY_INVALID.at("/device_key", InvalidDeviceKey.to_string()))
}

/// What the platform vouches for.
#[derive(Serialize, ToSchema)]
struct Terms {
    #[schema(value_type = String)]
    voucher: VoucherId,
    #[schema(value_type = String)]
    offer: OfferId,
    /// Stands for the stores that take it: 16 hexadecimal digits.
    store_set: String,
    uses_total: u16,
    /// Of two passes the one with the higher number counts.
    binding: u32,
    /// Until when a scanner may accept it without a network, RFC 3339.
    offline_until: String,
    /// The device's key in compressed form, base64url.
    device_key: String,
}

/// A signed pass for the device that the voucher is bound to.
#[derive(Serialize, ToSchema)]
struct Pass {
    /// The pass in Base45. The device appends the 30-second step and its own signature, and shows the whole
    /// as a QR.
    pass: String,
    terms: Terms,
    /// The platform's time, by which the device counts its steps, RFC 3339.
    now: String,
}

/// Signs the pass of a live voucher: for the device `bound`, or whichever it is bound to (`None`).
async fn signed(
    app: &App,
    holder: PersonId,
    voucher: VoucherId,
    bound: Option<DevicePublicKey>,
) -> Result<Json<Pass>, Problem> {
    let voucher = app.read(move |read| held_live(read, holder, voucher)).await?;
    let now = shell::now();
    let terms = voucher.pass_terms(now.plus_us(OFFLINE_US));
    let terms = terms.ok_or_else(|| VOUCHER_NOT_BOUND.plain())?;
    if bound.is_some_and(|key| key != terms.device_key) {
        return Err(VOUCHER_BOUND_ELSEWHERE.plain().into());
    }
    let pass = {
        let keys = app.keys.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        sign_pass(&keys.signing, &terms)
    };
    let until = Timestamp(terms.offline_until.unix_seconds() * SECOND_US);
    Ok(Json(Pass {
        pass: pass.to_base45(),
        terms: Terms {
            voucher: terms.voucher,
            offer: terms.offer,
            store_set: hex::encode(terms.store_set.0),
            uses_total: terms.uses_total,
            binding: terms.binding,
            offline_until: until.to_string(),
            device_key: URL_SAFE_NO_PAD.encode(terms.device_key.to_bytes()),
        },
        now: now.to_string(),
    }))
}

/// Moves the voucher to this device and gives the pass that it shows. Passes of the device before are void.
#[utoipa::path(post, path = "/v1/vouchers/{voucher}/device", operation_id = "bindDevice", tag = "voucher",
    params(OfVoucher), security(("session" = ["consumer"])), request_body = DeviceBinding,
    responses((status = 200, body = Pass), (status = "4XX", body = Problem)))]
async fn bind_device(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfVoucher>,
    write: Write<DeviceBinding>,
) -> Result<Json<Pass>, Problem> {
    let cmd = BindDevice {
        voucher: of.voucher,
        device_key: device_key(&write.body.device_key)?,
    };
    let (holder, key) = (consumer.0, cmd.device_key);
    app.command("bindDevice", of.voucher, consumer.actor(), write.key)
        .locking(cmd.locks())
        .run_to_text(move |tx, ctx| voucher::bind_device(tx, ctx, &cmd))
        .await?;
    // A repeated request gets no pass of the device that it was bound to meanwhile.
    signed(&app, holder, of.voucher, Some(key)).await
}

/// The pass of the device that the voucher is bound to, signed anew.
#[utoipa::path(get, path = "/v1/vouchers/{voucher}/pass", operation_id = "getVoucherPass", tag = "voucher",
    params(OfVoucher), security(("session" = ["consumer"])),
    responses((status = 200, body = Pass), (status = "4XX", body = Problem)))]
async fn get_voucher_pass(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfVoucher>,
) -> Result<Json<Pass>, Problem> {
    signed(&app, consumer.0, of.voucher, None).await
}

/// A key of the platform that verifies passes.
#[derive(Serialize, ToSchema)]
pub struct VerifyingKey {
    /// Names it inside a pass: 10 hexadecimal digits.
    key_id: String,
    /// Ed25519, 32 bytes in base64url.
    public_key: String,
}

/// The keys as scanners take them, in their order.
pub fn verifying_keys(keys: Vec<Vec<u8>>) -> Result<Vec<VerifyingKey>, Problem> {
    let mut ring = KeyRing::default();
    let shown = keys.into_iter().map(|key| {
        let key_id = ring
            .add(&key)
            .map_err(|refusal| store::NoAnswer::Broken(refusal.to_string()))?;
        Ok(VerifyingKey {
            key_id: key_id.to_string(),
            public_key: URL_SAFE_NO_PAD.encode(key),
        })
    });
    shown.collect()
}

/// The keys that passes are verified with here.
pub fn key_ring(app: &App) -> Arc<KeyRing> {
    let keys = app.keys.read().unwrap_or_else(|poisoned| poisoned.into_inner());
    Arc::clone(&keys.ring)
}

/// Every key whose passes are accepted, retired ones too, oldest first.
#[utoipa::path(get, path = "/v1/voucher-keys", operation_id = "listVoucherKeys", tag = "voucher",
    responses((status = 200, body = Vec<VerifyingKey>), (status = "4XX", body = Problem)))]
async fn list_voucher_keys(State(app): State<App>) -> Result<Json<Vec<VerifyingKey>>, Problem> {
    let keys = app.read(voucher::queries::public_keys).await?;
    verifying_keys(keys).map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_key_is_read_in_every_form_that_is_allowed_and_no_other() {
        let key = voucher::DeviceKey::from_bytes(&[7; 32]).unwrap().public_key();
        let short = URL_SAFE_NO_PAD.encode(key.to_bytes());
        for text in [hex::encode(key.to_bytes()), format!("{short}="), short.clone()] {
            assert_eq!(device_key(&text), Ok(key), "{text}");
        }
        let (zeros, long) = ("0".repeat(66), "A".repeat(10_000));
        for text in ["", "=", "x", &short[1..], &zeros, &"zz".repeat(33), &long, "键"] {
            let reject = device_key(text).unwrap_err();
            let told = (reject.kind.code, reject.field.as_deref());
            assert_eq!(told, ("device_key_invalid", Some("/device_key")), "{text}");
        }
    }
}
