//! Takes the queue of a scanner that had no network. The first scan of a use to reach the server wins;
//! each that lost is recorded once, for the merchant to see with both scans. A nonce names a scan, so
//! that a queue may be sent any number of times.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use convert::decide::use_amounts;
use kernel::{
    BasisPoints, ConflictId, Ctx, DeviceId, MerchantId, RedemptionId, SECOND_US, StoreId, Timestamp,
    VoucherId,
};
use store::{Fail, Lock, StorageError, Tx, sql};
use voucher::{CheckedPass, STEP_S};

use crate::decide::within_cap;
use crate::redeeming::{Counter, Presented, take_uses};
use crate::{
    LossReason, RedemptionConflicted, RedemptionMode, SCANS_TOO_MANY, ScanOutcome, ScannerAllowance, queries,
};

/// How many scans one sync takes.
pub const MAX_SCANS: usize = 100;

/// One scan of the queue.
#[derive(Debug, Clone, Copy)]
pub struct OfflineScan {
    /// Made by the device for this scan alone.
    pub nonce: [u8; 16],
    /// The QR, found genuine and fresh at `scanned_at` by the server too.
    pub pass: CheckedPass,
    /// When, by the device's clock.
    pub scanned_at: Timestamp,
}

/// Take what this device accepted without a network.
#[derive(Debug, Clone)]
pub struct SyncOffline {
    /// Whose device.
    pub merchant: MerchantId,
    /// Its store.
    pub store: StoreId,
    /// Which device.
    pub device: DeviceId,
    /// The queue, in any order.
    pub scans: Vec<OfflineScan>,
}

/// The answer to one scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncedScan {
    /// Which scan.
    pub nonce: [u8; 16],
    /// What was made of it, now or when it was first sent.
    pub outcome: ScanOutcome,
}

impl SyncOffline {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        let vouchers = self
            .scans
            .iter()
            .map(|scan| Lock::row("voucher", scan.pass.terms.voucher));
        vouchers.chain([Lock::row("device", self.device)]).collect()
    }
}

/// Redeems what can be redeemed and records what lost. The answers are in the order of the scans.
///
/// Rejects: `sync_scans_too_many`, and `party`'s for staff without the right and for a device that is
/// not of this store. A scan that loses is no rejection.
///
/// Statements: about 14 for each scan, because each is a redemption of its own.
pub fn sync_offline(tx: &mut Tx, ctx: &Ctx, cmd: &SyncOffline) -> Result<Vec<SyncedScan>, Fail> {
    if cmd.scans.len() > MAX_SCANS {
        let detail = format!(
            "{} scans were sent; {MAX_SCANS} are taken at once.",
            cmd.scans.len()
        );
        return Err(SCANS_TOO_MANY.at("/scans", detail).into());
    }
    tx.lock(&cmd.locks());
    let place = (cmd.merchant, cmd.store);
    let counter = Counter::of_actor(tx, ctx, place, Some(cmd.device), RedemptionMode::Offline)?;
    let mut known = scans_sent_before(tx, cmd)?;
    let mut allowance = Allowance::load(tx, ctx, cmd)?;
    // By time, so that what counts does not depend on the order within the queue.
    let mut by_time: Vec<&OfflineScan> = cmd.scans.iter().collect();
    by_time.sort_by_key(|scan| (scan.scanned_at, scan.nonce));
    for scan in by_time {
        if let Entry::Vacant(new) = known.entry(scan.nonce) {
            let outcome = take_scan(tx, ctx, &counter, cmd.device, scan, &mut allowance)?;
            new.insert((scan.pass.terms.voucher, outcome));
        }
    }
    let answer = |scan: &OfflineScan| SyncedScan {
        nonce: scan.nonce,
        outcome: match known.get(&scan.nonce) {
            Some((voucher, outcome)) if *voucher == scan.pass.terms.voucher => *outcome,
            Some(_) | None => ScanOutcome::NonceReused,
        },
    };
    Ok(cmd.scans.iter().map(answer).collect())
}

/// Scans by nonce: of which voucher, and what became of it.
type Known = BTreeMap<[u8; 16], (VoucherId, ScanOutcome)>;

fn scans_sent_before(tx: &mut Tx, cmd: &SyncOffline) -> Result<Known, Fail> {
    let questions = cmd.scans.iter().map(|scan| {
        sql!(
            "SELECT nonce, voucher_id, outcome, redemption_id FROM offline_scan WHERE device_id = $1 AND nonce = $2",
            cmd.device,
            scan.nonce
        )
    });
    let mut known = Known::new();
    for mut row in tx.ask_all(questions.collect())?.into_iter().flatten() {
        let (nonce, voucher) = (row.take()?, row.take()?);
        let (outcome, redemption): (String, Option<RedemptionId>) = (row.take()?, row.take()?);
        let outcome = match (redemption, LossReason::from_text(&outcome)) {
            (Some(redemption), None) => ScanOutcome::Redeemed(redemption),
            (won, Some(reason)) => ScanOutcome::Lost { reason, won },
            (None, None) => return Err(StorageError::bug("a stored scan has no outcome").into()),
        };
        known.insert(nonce, (voucher, outcome));
    }
    Ok(known)
}

/// What the device has accepted and may accept, in 24 hours of the server's clock: it refuses by itself
/// to work longer than that without a network. The device's row is locked, so that two syncs of one
/// device add up.
struct Allowance {
    accepted: ScannerAllowance,
    cap: ScannerAllowance,
}

impl Allowance {
    fn load(tx: &mut Tx, ctx: &Ctx, cmd: &SyncOffline) -> Result<Self, Fail> {
        let store = party::queries::store(tx, cmd.store)?;
        let store = store.ok_or_else(|| StorageError::bug("a device without a store"))?;
        Ok(Self {
            accepted: queries::offline_accepted(tx, cmd.device, ctx.now)?,
            cap: ScannerAllowance {
                uses: store.details.offline_max_uses,
                amount: store.details.offline_max_amount,
            },
        })
    }
}

/// Decides one scan that was not sent before, and records what became of it.
fn take_scan(
    tx: &mut Tx,
    ctx: &Ctx,
    counter: &Counter,
    device: DeviceId,
    scan: &OfflineScan,
    allowance: &mut Allowance,
) -> Result<ScanOutcome, Fail> {
    let terms = &scan.pass.terms;
    let at = moment_of(scan, ctx.now);
    let presented = Presented::at_counter(tx, counter, terms.voucher, Some(terms.binding), at)?;
    let amount = presented.as_ref().map_or(0, worth);
    let decided = match (&presented, within_cap(allowance.accepted, amount, allowance.cap)) {
        (_, None) => Err(LossReason::OverCap),
        (None, Some(_)) => Err(LossReason::UnknownVoucher),
        (Some(presented), Some(_)) => match (presented.check(), presented.voucher.currency) {
            (Ok(()), Some(_)) => Err(LossReason::AmountMissing),
            (checked, _) => checked.map(|()| presented),
        },
    };
    if decided.as_ref().err() != Some(&LossReason::OverCap) {
        allowance.accepted.uses += 1;
        allowance.accepted.amount += amount;
    }
    let outcome = match decided {
        Ok(presented) => {
            let uses = presented.uses(None)?;
            ScanOutcome::Redeemed(take_uses(tx, ctx, counter, presented, uses)?.redemption)
        }
        Err(reason) => record_loss(tx, ctx, counter, device, (terms.voucher, at), reason)?,
    };
    let (text, redemption) = match outcome {
        ScanOutcome::Redeemed(redemption) => ("redeemed", Some(redemption)),
        ScanOutcome::Lost { reason, won } => (reason.as_str(), won),
        ScanOutcome::NonceReused => return Err(StorageError::bug("a new scan has a new nonce").into()),
    };
    tx.tell(sql!(
        "INSERT INTO offline_scan (device_id, nonce, voucher_id, scanned_at, synced_at, outcome, redemption_id, amount)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        device,
        scan.nonce,
        terms.voucher,
        at,
        ctx.now,
        text,
        redemption,
        amount
    ))?;
    Ok(outcome)
}

/// When the scan was made. The QR's own step holds the device to the truth: it was shown then, and
/// stale a minute later.
fn moment_of(scan: &OfflineScan, now: Timestamp) -> Timestamp {
    let shown_at = scan.pass.shown_at;
    let stale_at = shown_at.plus_us(2 * STEP_S * SECOND_US);
    scan.scanned_at.clamp(shown_at, stale_at).min(now)
}

/// What the voucher's next use is worth, or its last one if all are taken, in minor units.
fn worth(presented: &Presented) -> i64 {
    let voucher = &presented.voucher;
    let next = voucher.uses_total - voucher.uses_left + 1;
    let use_no = next.min(voucher.uses_total);
    let zero = BasisPoints::ZERO;
    use_amounts(
        &presented.money.paid,
        voucher.uses_total,
        use_no - 1..use_no,
        zero,
        zero,
    )
    .paid
    .escrow()
}

fn record_loss(
    tx: &mut Tx,
    ctx: &Ctx,
    counter: &Counter,
    device: DeviceId,
    (voucher, at): (VoucherId, Timestamp),
    reason: LossReason,
) -> Result<ScanOutcome, Fail> {
    let won = match reason {
        LossReason::UsedUp => queries::last_use(tx, voucher)?.map(|redemption| redemption.id),
        LossReason::UnknownVoucher
        | LossReason::WrongStore
        | LossReason::Rebound
        | LossReason::Refunded
        | LossReason::Expired
        | LossReason::PeriodFull
        | LossReason::UsesHeld
        | LossReason::AmountMissing
        | LossReason::OverCap => None,
    };
    let conflict: ConflictId = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO redemption_conflict (id, merchant_id, voucher_id, won_redemption_id, lost_store_id,
           lost_device_id, lost_staff_id, lost_scanned_at, reason, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        conflict,
        counter.merchant,
        voucher,
        won,
        counter.store,
        device,
        counter.staff,
        at,
        reason.as_str(),
        ctx.now
    ))?;
    let event = RedemptionConflicted {
        conflict,
        merchant: counter.merchant,
        voucher,
        won,
        store: counter.store,
        device,
        reason: reason.as_str().to_owned(),
    };
    tx.emit(ctx, conflict, 1, &event)?;
    Ok(ScanOutcome::Lost { reason, won })
}
