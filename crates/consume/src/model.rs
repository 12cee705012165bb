//! What a redemption is and what becomes of an offline scan. Pure values; no SQL, no rules.

use std::ops::Range;

use convert::SelfDealing;
use convert::decide::{UnitMoney, use_amounts};
use convert::queries::VoucherMoney;
use kernel::{
    BasisPoints, ConflictId, Currency, DeviceId, MerchantId, OfferId, OrderId, PersonId, RedemptionId,
    StoreId, Timestamp, VoucherId,
};
use voucher::StoreSetDigest;

/// How the voucher was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedemptionMode {
    /// The QR was scanned with a network.
    Scan,
    /// The 12-digit code was typed.
    Code,
    /// The QR was scanned without a network and sent later.
    Offline,
    /// The staff found the guest's booking on the list of the day.
    Booking,
    /// Nobody came, or cancelled too late: uses of a card that were kept are taken.
    Missed,
}

/// What became of a redemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedemptionStatus {
    /// It stands.
    Live,
    /// The staff took it back within the undo window; the voucher has its use again.
    Undone,
    /// It stands as a visit, and its money went back to the buyer.
    Refunded,
}

/// Why an offline scan does not count. The guest was served; the merchant is not paid for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LossReason {
    /// The platform has no such voucher of this merchant.
    UnknownVoucher,
    /// The voucher is not for this store.
    WrongStore,
    /// The voucher had moved to another device or person.
    Rebound,
    /// Every use was taken by somebody whose scan arrived first.
    UsedUp,
    /// The voucher was refunded before this scan arrived.
    Refunded,
    /// The voucher had expired.
    Expired,
    /// The card was used, or is booked, as often as its period allows.
    PeriodFull,
    /// What is left of the card is kept for bookings.
    UsesHeld,
    /// It is a stored-value card, and a scan without a network names no amount.
    AmountMissing,
    /// The device had accepted as much as it may without a network.
    OverCap,
}

/// One or more uses of a voucher in a store, taken at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redemption {
    /// Its id.
    pub id: RedemptionId,
    /// Of which voucher.
    pub voucher: VoucherId,
    /// Which of the voucher's uses, from 1; of several the last.
    pub use_no: i64,
    /// How many.
    pub uses: i64,
    /// Of a stored-value card: its uses are minor units of it.
    pub currency: Option<Currency>,
    /// The order that bought it.
    pub order: OrderId,
    /// What was bought.
    pub offer: OfferId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// The voucher's holder.
    pub person: PersonId,
    /// Who scanned or typed; of what was missed who said so.
    pub staff: PersonId,
    /// With which device, if with a registered one.
    pub device: Option<DeviceId>,
    /// How.
    pub mode: RedemptionMode,
    /// What became of it.
    pub status: RedemptionStatus,
    /// When it was scanned, by the scanner's clock if without a network.
    pub scanned_at: Timestamp,
    /// When the server took it.
    pub recorded_at: Timestamp,
    /// Until when the staff can undo it.
    pub undo_until: Timestamp,
    /// When the refund window closes and the sharer's rebate is final.
    pub refund_until: Timestamp,
    /// Why the sharer earns nothing by it.
    pub rebate_refused: Option<SelfDealing>,
    /// Rises with every change.
    pub version: i64,
}

/// An offline scan that lost, as the merchant sees it beside the one that won.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Its id.
    pub id: ConflictId,
    /// Whose scanners.
    pub merchant: MerchantId,
    /// The voucher that both scanned.
    pub voucher: VoucherId,
    /// The redemption that took the last use, if one did.
    pub won: Option<RedemptionId>,
    /// Where the losing scan was made.
    pub lost_store: StoreId,
    /// With which device.
    pub lost_device: DeviceId,
    /// Who sent it.
    pub lost_staff: PersonId,
    /// When it was made, by the device's clock.
    pub lost_scanned_at: Timestamp,
    /// Why it lost.
    pub reason: LossReason,
    /// When the server learned of it.
    pub recorded_at: Timestamp,
}

/// What the server made of one offline scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanOutcome {
    /// It counts.
    Redeemed(RedemptionId),
    /// It does not; the merchant finds it among the conflicts.
    Lost {
        /// Why.
        reason: LossReason,
        /// The redemption that took the last use, if one did.
        won: Option<RedemptionId>,
    },
    /// The device sent another voucher under this nonce before. Nothing was recorded.
    NonceReused,
}

/// What a scanner needs to judge a QR without a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannerKit {
    /// The store sets of the merchant's offers, so that another store is told from another merchant.
    pub store_sets: Vec<(StoreSetDigest, Vec<StoreId>)>,
    /// The platform's public keys (Ed25519, 32 bytes), retired ones too.
    pub public_keys: Vec<Vec<u8>>,
    /// How many uses one device of the store may accept without a network in 24 hours.
    pub offline_max_uses: i64,
    /// Worth how much, in minor units of `currency`.
    pub offline_max_amount: i64,
    /// The store's currency.
    pub currency: Currency,
}

/// What a device has accepted without a network in the last 24 hours of the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScannerAllowance {
    /// Uses, those that lost included.
    pub uses: i64,
    /// Their worth in minor units.
    pub amount: i64,
}

impl Redemption {
    /// What was paid for it, of what was paid for its voucher.
    pub fn paid(&self, terms: &VoucherMoney) -> UnitMoney {
        let nothing = BasisPoints::ZERO;
        use_amounts(&terms.paid, terms.uses, self.taken(), nothing, nothing).paid
    }

    /// How many of the voucher's uses were consumed before it, and with it.
    pub(crate) fn taken(&self) -> Range<i64> {
        self.use_no - self.uses..self.use_no
    }
}

impl RedemptionMode {
    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Code => "code",
            Self::Offline => "offline",
            Self::Booking => "booking",
            Self::Missed => "missed",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Scan, Self::Code, Self::Offline, Self::Booking, Self::Missed]
            .into_iter()
            .find(|mode| mode.as_str() == text)
    }
}

impl RedemptionStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 3] = [Self::Live, Self::Undone, Self::Refunded];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Undone => "undone",
            Self::Refunded => "refunded",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl LossReason {
    const ALL: [Self; 10] = [
        Self::UnknownVoucher,
        Self::WrongStore,
        Self::Rebound,
        Self::UsedUp,
        Self::Refunded,
        Self::Expired,
        Self::PeriodFull,
        Self::UsesHeld,
        Self::AmountMissing,
        Self::OverCap,
    ];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownVoucher => "unknown_voucher",
            Self::WrongStore => "wrong_store",
            Self::Rebound => "rebound",
            Self::UsedUp => "used_up",
            Self::Refunded => "refunded",
            Self::Expired => "expired",
            Self::PeriodFull => "period_full",
            Self::UsesHeld => "uses_held",
            Self::AmountMissing => "amount_missing",
            Self::OverCap => "over_cap",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}
