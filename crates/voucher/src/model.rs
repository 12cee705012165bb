//! A voucher and a signing key as they are stored. Pure values; the guarded updates are in `commands/`.

use kernel::{Currency, MerchantId, OfferId, PersonId, SigningKeyId, Timestamp, VoucherId};

use crate::{DevicePublicKey, PassTerms, SealedKey, StoreSetDigest};

/// What became of a voucher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoucherStatus {
    /// It has uses left.
    Live,
    /// Every use was taken.
    Used,
    /// The rest was refunded.
    Refunded,
    /// The rest ran out.
    Expired,
}

impl VoucherStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 4] = [Self::Live, Self::Used, Self::Refunded, Self::Expired];

    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Used => "used",
            Self::Refunded => "refunded",
            Self::Expired => "expired",
        }
    }

    /// What this text stands for.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Why a live voucher is closed before its last use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The rest was refunded.
    Refunded,
    /// The rest ran out.
    Expired,
}

impl Closed {
    /// The status that follows.
    pub const fn status(self) -> VoucherStatus {
        match self {
            Self::Refunded => VoucherStatus::Refunded,
            Self::Expired => VoucherStatus::Expired,
        }
    }
}

/// A right to be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    /// Its id.
    pub id: VoucherId,
    /// Whose stores redeem it.
    pub merchant: MerchantId,
    /// What it is a right to.
    pub offer: OfferId,
    /// Which of the stores.
    pub store_set: StoreSetDigest,
    /// Whose it is.
    pub holder: PersonId,
    /// What became of it.
    pub status: VoucherStatus,
    /// How often it can be used in all.
    pub uses_total: i64,
    /// How often still.
    pub uses_left: i64,
    /// How many of those are kept for bookings.
    pub uses_held: i64,
    /// Of a stored-value card: its uses are minor units of it.
    pub currency: Option<Currency>,
    /// Rises with every voucher of the platform; [`crate::CodeKey`] makes the code of it that the holder reads out.
    pub number: i64,
    /// Rises with every new device; 0 before the first.
    pub binding: i64,
    /// The holder's device, once there is one.
    pub device_key: Option<DevicePublicKey>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// It can be used before this moment.
    pub valid_until: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

impl Voucher {
    /// What the platform signs for the holder's device, redeemable without a network until
    /// `offline_until`, and never past the voucher's own end; a stored-value card not after it was issued, because
    /// what is left of it has to be asked. `None` before a device is bound.
    pub fn pass_terms(&self, offline_until: Timestamp) -> Option<PassTerms> {
        let last = self.currency.map_or(self.valid_until, |_| self.issued_at);
        Some(PassTerms {
            voucher: self.id,
            offer: self.offer,
            store_set: self.store_set,
            uses_total: self.uses_total.try_into().unwrap_or(u16::MAX),
            binding: self.binding.try_into().ok()?,
            offline_until: offline_until.min(last),
            device_key: self.device_key?,
        })
    }
}

/// One of the platform's signing keys, its private half sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSigningKey {
    /// Its id, to which the seal is tied.
    pub id: SigningKeyId,
    /// 32 bytes, for [`crate::KeyRing::add`].
    pub public_key: Vec<u8>,
    /// Opens with the master key.
    pub sealed: SealedKey,
    /// When it was added.
    pub created_at: Timestamp,
    /// Since when it signs nothing new. What it signed stays good.
    pub retired_at: Option<Timestamp>,
}
