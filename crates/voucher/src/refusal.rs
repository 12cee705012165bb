//! Every reason for which the QR of a voucher is refused, with what the person at the counter can do.

use std::fmt;

use kernel::{Reject, RejectKind, Timestamp};

use crate::ShortKeyId;
use crate::reject::{
    QR_CLOCK_NOT_SYNCED, QR_FORGED, QR_FORMAT_UNKNOWN, QR_FROM_FUTURE, QR_KEY_UNKNOWN, QR_MALFORMED,
    QR_NOT_A_VOUCHER, QR_OFFLINE_EXPIRED, QR_OTHER_DEVICE, QR_STALE, QR_STORES_UNKNOWN, QR_WRONG_STORE,
};

/// Why a QR is refused. `PlatformSignature` and `DeviceSignature` mean that it was forged or altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QrRefusal {
    /// Some other QR: its text does not begin as a voucher's does.
    NotAVoucher,
    /// A voucher in a later format (the digit says which) than this program knows.
    UnknownVersion(char),
    /// It begins as a voucher's QR does but has not its length or its characters.
    Malformed,
    /// No platform key with this short id is trusted here: forged, or newer than the scanner's keys.
    UnknownKey(ShortKeyId),
    /// The platform did not sign these terms.
    PlatformSignature,
    /// The device to which the voucher is bound did not sign this step.
    DeviceSignature,
    /// Made too long ago: a screenshot, or a frozen screen.
    Stale {
        /// The beginning of the step in which it was made.
        shown_at: Timestamp,
    },
    /// Made for a time that has not come: one of the two clocks is wrong.
    FromFuture {
        /// The beginning of the step for which it was made.
        shown_at: Timestamp,
    },
    /// The voucher is good, in other stores than this one.
    WrongStore,
    /// The scanner has not been told of the voucher's stores.
    UnknownStoreSet,
    /// The voucher can now be redeemed with a network only.
    OfflineExpired {
        /// The last moment at which no network was needed.
        until: Timestamp,
    },
    /// The scanner's clock cannot be trusted to tell a fresh QR from an old one.
    ClockNotSynced {
        /// When it last agreed with the platform's.
        synced_at: Timestamp,
    },
}

impl QrRefusal {
    /// Its row in the table of rejects. The refusal's own text says more.
    pub fn kind(&self) -> &'static RejectKind {
        match self {
            Self::NotAVoucher => &QR_NOT_A_VOUCHER,
            Self::UnknownVersion(_) => &QR_FORMAT_UNKNOWN,
            Self::Malformed => &QR_MALFORMED,
            Self::UnknownKey(_) => &QR_KEY_UNKNOWN,
            Self::PlatformSignature => &QR_FORGED,
            Self::DeviceSignature => &QR_OTHER_DEVICE,
            Self::Stale { .. } => &QR_STALE,
            Self::FromFuture { .. } => &QR_FROM_FUTURE,
            Self::WrongStore => &QR_WRONG_STORE,
            Self::UnknownStoreSet => &QR_STORES_UNKNOWN,
            Self::OfflineExpired { .. } => &QR_OFFLINE_EXPIRED,
            Self::ClockNotSynced { .. } => &QR_CLOCK_NOT_SYNCED,
        }
    }
}

impl From<QrRefusal> for Reject {
    fn from(refusal: QrRefusal) -> Self {
        refusal.kind().because(refusal.to_string())
    }
}

impl fmt::Display for QrRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAVoucher => f.write_str("This is not a voucher's QR. Ask for the voucher itself."),
            Self::UnknownVersion(version) => write!(
                f,
                "The voucher is in format {version}, which this scanner does not know. Update the scanner."
            ),
            Self::Malformed => f.write_str(
                "The voucher's QR is damaged or was not read whole. Turn the screen brighter and scan again.",
            ),
            Self::UnknownKey(id) => write!(
                f,
                "The voucher is signed with key {id}, which this scanner does not trust. Connect the \
                 scanner to fetch the newest keys; if it is still refused, the voucher is forged."
            ),
            Self::PlatformSignature => f.write_str(
                "The voucher is forged or altered: the platform did not sign it. Do not serve it.",
            ),
            Self::DeviceSignature => f.write_str(
                "The voucher is not shown by the device that it belongs to. Ask for the holder's own \
                 device, or look the 12-digit code up.",
            ),
            Self::Stale { shown_at } => write!(
                f,
                "The QR is from {shown_at}: a screenshot, or a frozen screen. Ask the holder to open the \
                 voucher again."
            ),
            Self::FromFuture { shown_at } => write!(
                f,
                "The QR is for {shown_at}, which has not come yet. Scan again; if it is still refused, \
                 connect the scanner and the holder's device, so that both clocks are right."
            ),
            Self::WrongStore => f.write_str(
                "The voucher cannot be used in this store. Its page lists the stores that take it.",
            ),
            Self::UnknownStoreSet => f.write_str(
                "The voucher is for stores that this scanner does not know: another merchant's, or a new \
                 offer's. Connect the scanner to fetch the newest offers, and scan again.",
            ),
            Self::OfflineExpired { until } => write!(
                f,
                "Since {until} the voucher needs a network. Connect the scanner and scan again."
            ),
            Self::ClockNotSynced { synced_at } => write!(
                f,
                "The scanner's clock was last right at {synced_at}, over a day ago or later than its own \
                 time. Connect the scanner."
            ),
        }
    }
}

impl std::error::Error for QrRefusal {}
