//! The queue of a scanner that had no network. Each QR is judged again, as of the moment at which it was
//! scanned; one that does not verify is answered as refused and never reaches the command.

use axum::extract::State;
use axum::response::Response;
use consume::{
    LossReason, MAX_SCANS, NONCE_REUSED, OfflineScan, SCANS_TOO_MANY, ScanOutcome, SyncOffline, SyncedScan,
};
use kernel::{DeviceId, MerchantId, RedemptionId, Reject, StoreId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Fail, NoAnswer, ReadTx};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use voucher::{KeyRing, Network, Scanner, StoreSets, check_qr};

use super::{Winner, store_sets, winner_of, winners};
use crate::access::{Cashier, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Object, Path, Write};
use crate::problem::Problem;
use crate::routes::party::OfStore;
use crate::routes::voucher::key_ring;
use crate::wire::rfc_3339;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sync_offline))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScannerQueue {
    /// The registered device that scanned.
    #[schema(value_type = String)]
    device: DeviceId,
    /// When the device's clock last agreed with the platform's.
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String, format = DateTime)]
    clock_synced_at: Timestamp,
    /// In any order, at most 100.
    #[schema(value_type = Vec<QueuedScan>)]
    scans: Vec<Object<QueuedScan>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QueuedScan {
    /// Made by the device for this scan alone: 16 random bytes, hexadecimal.
    #[serde(with = "hex_nonce")]
    #[schema(value_type = String)]
    nonce: [u8; 16],
    /// The text of the QR, with its spaces.
    qr: String,
    /// When it was scanned, by the device's clock.
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String, format = DateTime)]
    scanned_at: Timestamp,
}

mod hex_nonce {
    use serde::{Deserialize, Deserializer, de::Error};

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 16], D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut nonce = [0; 16];
        hex::decode_to_slice(&text, &mut nonce)
            .map_err(|_| D::Error::custom("a nonce is 32 hexadecimal digits"))?;
        Ok(nonce)
    }
}

/// The answers, in the order of the scans.
#[derive(Serialize, ToSchema)]
struct QueueSynced {
    scans: Vec<ScanAnswer>,
}

#[derive(Serialize, ToSchema)]
struct ScanAnswer {
    /// Which scan.
    nonce: String,
    #[serde(flatten)]
    outcome: Outcome,
}

/// What the server made of one scan, now or when it was first sent.
#[derive(Serialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum Outcome {
    /// It counts.
    Redeemed {
        #[schema(value_type = String)]
        redemption: RedemptionId,
    },
    /// The guest was served, but the merchant is not paid for it; it is among the conflicts.
    Lost {
        /// `unknown_voucher`, `wrong_store`, `rebound`, `used_up`, `refunded`, `expired`, `period_full`, `amount_missing` or `over_cap`.
        reason: String,
        /// What took the last use, if that is why.
        #[serde(skip_serializing_if = "Option::is_none")]
        won: Option<Winner>,
    },
    /// The QR is no proof of anything, or the nonce was used for another. Nothing was recorded.
    Refused {
        /// A code of the list at /problems: `qr_stale`, `qr_forged`…
        reason: String,
        /// What was wrong and what to do.
        detail: String,
    },
}

impl From<&Reject> for Outcome {
    fn from(refusal: &Reject) -> Self {
        Self::Refused {
            reason: refusal.kind.code.to_owned(),
            detail: refusal.detail.clone(),
        }
    }
}

/// A scan that is good for the command, or why its QR is refused.
struct Judged {
    nonce: [u8; 16],
    verdict: Result<OfflineScan, Reject>,
}

fn judge(
    scans: Vec<Object<QueuedScan>>,
    keys: &KeyRing,
    store_sets: &StoreSets,
    store: StoreId,
    clock_synced_at: Timestamp,
) -> Vec<Judged> {
    let scanner = Scanner {
        keys,
        store_sets,
        store,
        network: Network::Offline { clock_synced_at },
    };
    let judged = scans.into_iter().map(|Object(scan)| Judged {
        nonce: scan.nonce,
        verdict: match check_qr(&scan.qr, &scanner, scan.scanned_at) {
            Ok(pass) => Ok(OfflineScan {
                nonce: scan.nonce,
                pass,
                scanned_at: scan.scanned_at,
            }),
            Err(refusal) => Err(refusal.into()),
        },
    });
    judged.collect()
}

/// Puts the command's answers, which are in the order of the good scans, in their places among the refused.
fn answers(
    read: &mut ReadTx,
    merchant: MerchantId,
    judged: &[Judged],
    synced: Vec<SyncedScan>,
) -> Result<QueueSynced, Fail> {
    let lost = synced.iter().filter_map(|scan| match scan.outcome {
        ScanOutcome::Lost { won, .. } => won,
        ScanOutcome::Redeemed(_) | ScanOutcome::NonceReused => None,
    });
    let winners = winners(read, merchant, lost)?;
    let mut synced = synced.into_iter();
    let mut scans = Vec::with_capacity(judged.len());
    for scan in judged {
        let outcome = match &scan.verdict {
            Err(refusal) => refusal.into(),
            Ok(_) => {
                let scan = synced.next();
                let scan = scan.ok_or_else(|| store::StorageError::bug("as many answers as scans"))?;
                outcome_of(scan.outcome, &winners)
            }
        };
        scans.push(ScanAnswer {
            nonce: hex::encode(scan.nonce),
            outcome,
        });
    }
    Ok(QueueSynced { scans })
}

fn outcome_of(outcome: ScanOutcome, winners: &[Winner]) -> Outcome {
    match outcome {
        ScanOutcome::Redeemed(redemption) => Outcome::Redeemed { redemption },
        ScanOutcome::Lost { reason, won } => Outcome::Lost {
            reason: LossReason::as_str(reason).to_owned(),
            won: winner_of(winners, won),
        },
        ScanOutcome::NonceReused => Outcome::from(&NONCE_REUSED.plain()),
    }
}

/// Takes the queue of a scanner that had no network. It may be sent any number of times.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/stores/{store}/redemptions/offline",
    operation_id = "syncOffline", tag = "consume", params(OfMerchant, OfStore),
    security(("session" = ["staff:cashier"])),
    request_body = ScannerQueue, responses((status = 200, body = QueueSynced), (status = "4XX", body = Problem)))]
async fn sync_offline(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    write: Write<ScannerQueue>,
) -> Result<Response, Problem> {
    let queue = write.body;
    if queue.scans.len() > MAX_SCANS {
        let detail = format!(
            "{} scans were sent; {MAX_SCANS} are taken at once.",
            queue.scans.len()
        );
        return Err(SCANS_TOO_MANY.at("/scans", detail).into());
    }
    let (sets, keys) = (store_sets(&app, &staff, of.store).await?, key_ring(&app));
    // A full queue is two hundred signatures: for a thread that may be busy that long.
    let judging = tokio::task::spawn_blocking(move || {
        judge(queue.scans, &keys, &sets, of.store, queue.clock_synced_at)
    });
    let judged = judging
        .await
        .map_err(|panicked| NoAnswer::Broken(panicked.to_string()))?;
    let merchant = staff.merchant;
    let cmd = SyncOffline {
        merchant,
        store: of.store,
        device: queue.device,
        scans: judged
            .iter()
            .filter_map(|scan| scan.verdict.as_ref().ok().copied())
            .collect(),
    };
    app.command("syncOffline", merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            let synced = consume::sync_offline(tx, ctx, &cmd)?;
            answers(tx, merchant, &judged, synced)
        })
        .await
}
