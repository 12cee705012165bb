//! The commands of this crate, one to a file.

mod redeem_code;
mod redeem_scan;
mod refund_redeemed;
mod sync_offline;
mod undo_redemption;

pub use redeem_code::{CodeAnswer, RedeemCode, redeem_code};
pub use redeem_scan::{RedeemScan, Redeemed, redeem_scan};
pub use refund_redeemed::{RefundRedeemed, refund_redeemed};
pub use sync_offline::{MAX_SCANS, OfflineScan, SyncOffline, SyncedScan, sync_offline};
pub use undo_redemption::{UndoRedemption, undo_redemption};

use store::{Fail, Tx, sql};

use crate::{Redemption, RedemptionStatus};

/// Claims the change of a redemption that stands and was found so.
fn change_status(tx: &mut Tx, redemption: &Redemption, to: RedemptionStatus) -> Result<(), Fail> {
    let changed = tx.claim(sql!(
        "UPDATE redemption SET status = $1, version = version + 1
         WHERE id = $2 AND status = 'live' AND version = $3",
        to.as_str(),
        redemption.id,
        redemption.version
    ))?;
    if changed == 0 {
        return Err(crate::REDEMPTION_NOT_LIVE.plain().into());
    }
    Ok(())
}
