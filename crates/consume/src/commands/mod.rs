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
