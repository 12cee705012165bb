//! What happens in the store: a voucher is redeemed by scan or by code, online or from a queue that a
//! scanner kept without a network; a redemption is undone, or refunded after all. It knows no HTTP, no
//! provider and no review; the money of a use is worked out in `convert` and posted through `ledger`.
//!
//! Commands: [`redeem_scan`], [`redeem_code`], [`sync_offline`], [`undo_redemption`], [`refund_redeemed`].

mod commands;
mod decide;
mod events;
mod model;
mod money;
pub mod queries;
mod redeeming;
mod reject;

pub use commands::{
    CodeAnswer, MAX_SCANS, OfflineScan, RedeemCode, RedeemScan, Redeemed, RefundRedeemed, SyncOffline,
    SyncedScan, UndoRedemption, redeem_code, redeem_scan, refund_redeemed, sync_offline, undo_redemption,
};
pub use events::{CodesLocked, RedemptionConflicted, RedemptionRefunded, RedemptionUndone, VoucherRedeemed};
pub use model::{
    Conflict, LossReason, Redemption, RedemptionMode, RedemptionStatus, ScanOutcome, ScannerAllowance,
    ScannerKit,
};
pub use reject::*;
