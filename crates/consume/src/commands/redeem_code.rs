//! Redeems a voucher by its 12-digit code. The code is a number to look up, not a secret: whoever types
//! ten wrong ones within an hour is locked, the person and the device both.

use kernel::{Ctx, DeviceId, MerchantId, StoreId};
use store::{Fail, StorageError, Tx};
use voucher::VoucherCode;

use crate::Redeemed;

/// Take one use of the voucher with this code.
#[derive(Debug, Clone)]
pub struct RedeemCode {
    /// Whose staff types.
    pub merchant: MerchantId,
    /// In which store.
    pub store: StoreId,
    /// On which registered device.
    pub device: Option<DeviceId>,
    /// What was typed.
    pub code: VoucherCode,
}

/// What became of a typed code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeAnswer {
    /// A use was taken.
    Redeemed(Redeemed),
    /// No live voucher of this merchant has the code. The miss was counted.
    Declined {
        /// How many more misses there may be before the lock.
        tries_left: i64,
    },
}

/// Takes one use of the voucher with this code and settles its money.
///
/// Rejects: `redeem_codes_locked`, and those of [`crate::redeem_scan`] that are not about the QR.
pub fn redeem_code(_tx: &mut Tx, _ctx: &Ctx, _cmd: &RedeemCode) -> Result<CodeAnswer, Fail> {
    Err(StorageError::bug("not written yet").into())
}
