//! Takes the queue of a scanner that had no network. The first scan of a use to reach the server wins;
//! each that lost is recorded once, for the merchant to see with both scans. A nonce names a scan, so
//! that a queue may be sent any number of times.

use kernel::{Ctx, DeviceId, MerchantId, StoreId, Timestamp};
use store::{Fail, Lock, StorageError, Tx};
use voucher::CheckedPass;

use crate::ScanOutcome;

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
/// Rejects: `sync_scans_too_many`, `redeem_device_not_of_store`, and `party`'s for staff without the
/// right. A scan that loses is no rejection.
pub fn sync_offline(_tx: &mut Tx, _ctx: &Ctx, _cmd: &SyncOffline) -> Result<Vec<SyncedScan>, Fail> {
    Err(StorageError::bug("not written yet").into())
}
