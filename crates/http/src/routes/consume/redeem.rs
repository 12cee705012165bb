//! Redeeming with a network: by the QR, which is judged before the command starts, or by the code. What
//! the judgement says is answered through the command, so that a repeated request is answered the same
//! even when the QR is stale by then.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use consume::{CODE_UNKNOWN, CodeAnswer, RedeemCode, RedeemScan, Redeemed};
use kernel::{DeviceId, OfferId, RedemptionId, Reject, StoreId, VoucherId};
use offer::MAX_FACE_VALUE;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use voucher::{CodeFault, Network, Scanner, check_qr};

use super::{own_store, store_sets};
use crate::access::{Cashier, OfMerchant, Staff};
use crate::app::{App, code_key};
use crate::body::{Path, Write, parse_json};
use crate::problem::Problem;
use crate::reject::BODY_MALFORMED;
use crate::routes::party::OfStore;
use crate::routes::voucher::{VerifyingKey, key_ring, verifying_keys};
use crate::shell;
use crate::wire::{WireMoney, malformed};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_scanner_kit))
        .routes(routes!(redeem_scan))
        .routes(routes!(redeem_code))
}

#[derive(Serialize, ToSchema)]
struct KnownStoreSet {
    /// Stands for the stores in a pass: 16 hexadecimal digits.
    digest: String,
    #[schema(value_type = Vec<String>)]
    stores: Vec<StoreId>,
}

/// What a scanner needs to judge a QR without a network.
#[derive(Serialize, ToSchema)]
struct Kit {
    /// The store sets of the merchant's offers.
    store_sets: Vec<KnownStoreSet>,
    /// The platform's keys, retired ones too.
    keys: Vec<VerifyingKey>,
    /// How many uses one device may accept without a network in 24 hours.
    offline_max_uses: i64,
    /// Worth how much.
    offline_max_amount: WireMoney,
    /// The platform's time, to set the scanner's clock by, RFC 3339.
    now: String,
}

/// What a scanner of this store needs before it loses its network.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/stores/{store}/scanner-kit", operation_id = "getScannerKit",
    tag = "consume", params(OfMerchant, OfStore), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = Kit), (status = "4XX", body = Problem)))]
async fn get_scanner_kit(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
) -> Result<Json<Kit>, Problem> {
    let merchant = staff.merchant;
    let kit = app.read(move |read| {
        own_store(read, merchant, of.store)?;
        let kit = consume::queries::scanner_kit(read, of.store)?;
        Ok(kit.ok_or_else(|| party::NOT_FOUND.plain())?)
    });
    let kit = kit.await?;
    staff.at(of.store)?;
    let store_sets = kit.store_sets.into_iter().map(|(digest, stores)| KnownStoreSet {
        digest: hex::encode(digest.0),
        stores,
    });
    Ok(Json(Kit {
        store_sets: store_sets.collect(),
        keys: verifying_keys(kit.public_keys)?,
        offline_max_uses: kit.offline_max_uses,
        offline_max_amount: WireMoney {
            amount: kit.offline_max_amount,
            currency: kit.currency,
        },
        now: shell::now().to_string(),
    }))
}

/// Uses were taken.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct VoucherRedeemed {
    #[schema(value_type = String)]
    redemption: RedemptionId,
    #[schema(value_type = String)]
    voucher: VoucherId,
    /// What was bought.
    #[schema(value_type = String)]
    offer: OfferId,
    /// Which of the voucher's uses, from 1; of several the last.
    use_no: i64,
    /// How many were taken.
    uses: i64,
    uses_left: i64,
    uses_total: i64,
    /// Of a stored-value card: its uses are minor units of this currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// What was paid ahead for them, by buyer and platform together.
    amount: WireMoney,
    /// What is to be collected from the guest now.
    due_at_store: WireMoney,
    /// Until when it can be undone, RFC 3339.
    undo_until: String,
}

impl From<Redeemed> for VoucherRedeemed {
    fn from(redeemed: Redeemed) -> Self {
        Self {
            redemption: redeemed.redemption,
            voucher: redeemed.voucher,
            offer: redeemed.offer,
            use_no: redeemed.use_no,
            uses: redeemed.uses,
            uses_left: redeemed.uses_left,
            uses_total: redeemed.uses_total,
            currency: redeemed.currency.map(|currency| currency.code().to_owned()),
            amount: redeemed.amount.into(),
            due_at_store: redeemed.due_at_store.into(),
            undo_until: redeemed.undo_until.to_string(),
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScannedQr {
    /// The text of the QR, with its spaces.
    qr: String,
    /// The registered device that scanned it.
    #[schema(value_type = Option<String>)]
    device: Option<DeviceId>,
    /// How many uses are taken; one if not said. Of a stored-value card the amount in minor units, which has to be said.
    uses: Option<i64>,
}

/// How many uses are asked for, if that could be.
fn asked_uses(uses: Option<i64>) -> Result<Option<i64>, Problem> {
    match uses {
        Some(uses) if !(1..=MAX_FACE_VALUE).contains(&uses) => {
            let detail = format!("{uses} is not between 1 and {MAX_FACE_VALUE}");
            Err(malformed(&BODY_MALFORMED, "/uses", detail))
        }
        Some(_) | None => Ok(uses),
    }
}

/// Takes uses of the voucher whose QR was scanned.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/stores/{store}/redemptions/scan", operation_id = "redeemScan",
    tag = "consume", params(OfMerchant, OfStore), security(("session" = ["staff:cashier"])), request_body = ScannedQr,
    responses((status = 201, body = VoucherRedeemed), (status = "4XX", body = Problem)))]
async fn redeem_scan(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    write: Write<ScannedQr>,
) -> Result<Response, Problem> {
    let uses = asked_uses(write.body.uses)?;
    let sets = store_sets(&app, &staff, of.store).await?;
    let keys = key_ring(&app);
    let scanner = Scanner {
        keys: &keys,
        store_sets: &sets,
        store: of.store,
        network: Network::Online,
    };
    let checked = check_qr(&write.body.qr, &scanner, shell::now());
    let at_qr = |refusal| Reject {
        field: Some("/qr".into()),
        ..Reject::from(refusal)
    };
    let cmd = checked.map_err(at_qr).map(|pass| RedeemScan {
        merchant: staff.merchant,
        store: of.store,
        device: write.body.device,
        pass,
        uses,
    });
    let locks = cmd.as_ref().map(RedeemScan::locks).unwrap_or_default();
    app.command("redeemScan", staff.merchant, staff.actor(), write.key)
        .locking(locks)
        .creating()
        .run(move |tx, ctx| match &cmd {
            Ok(cmd) => Ok(VoucherRedeemed::from(consume::redeem_scan(tx, ctx, cmd)?)),
            Err(refusal) => Err(refusal.clone().into()),
        })
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TypedCode {
    /// Twelve digits; spaces and hyphens do not count.
    #[schema(example = "1234 5678 9012")]
    code: String,
    /// The registered device on which it was typed.
    #[schema(value_type = Option<String>)]
    device: Option<DeviceId>,
    /// As of what was scanned.
    uses: Option<i64>,
}

/// What is remembered of a typed code. A miss is remembered too: it was counted.
#[derive(Serialize, Deserialize)]
enum RememberedCode {
    Redeemed(VoucherRedeemed),
    Declined { tries_left: i64 },
}

/// Takes uses of the voucher with this code. Ten misses lock the staff member and the device.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/stores/{store}/redemptions/code", operation_id = "redeemCode",
    tag = "consume", params(OfMerchant, OfStore), security(("session" = ["staff:cashier"])), request_body = TypedCode,
    responses((status = 201, body = VoucherRedeemed), (status = "4XX", body = Problem)))]
async fn redeem_code(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    write: Write<TypedCode>,
) -> Result<Response, Problem> {
    let code = write.body.code.parse();
    let code = code.map_err(|fault: CodeFault| malformed(&BODY_MALFORMED, "/code", fault.to_string()))?;
    let cmd = RedeemCode {
        merchant: staff.merchant,
        store: of.store,
        device: write.body.device,
        uses: asked_uses(write.body.uses)?,
        number: code_key(&app.secret).number(code),
    };
    let command = app.command("redeemCode", staff.merchant, staff.actor(), write.key);
    let command = command.locking(cmd.locks(staff.person));
    let remembered = command.run_to_text(move |tx, ctx| {
        Ok(match consume::redeem_code(tx, ctx, &cmd)? {
            CodeAnswer::Redeemed(redeemed) => RememberedCode::Redeemed(redeemed.into()),
            CodeAnswer::Declined { tries_left } => RememberedCode::Declined { tries_left },
        })
    });
    match parse_json(remembered.await?.as_bytes())? {
        RememberedCode::Redeemed(redeemed) => Ok((StatusCode::CREATED, Json(redeemed)).into_response()),
        RememberedCode::Declined { tries_left } => Err(CODE_UNKNOWN
            .because(format!(
                "No voucher here has this code; {tries_left} tries are left."
            ))
            .with("tries_left", tries_left)
            .into()),
    }
}
