//! What happened to vouchers and keys, for those who listen further down the house. No code, no key.

use kernel::{MerchantId, OfferId, PersonId, SigningKeyId, VoucherId};
use serde::{Deserialize, Serialize};
use store::EventBody;

/// A right to be served came to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherIssued {
    /// Which.
    pub voucher: VoucherId,
    /// Whose stores redeem it.
    pub merchant: MerchantId,
    /// What it is a right to.
    pub offer: OfferId,
    /// Whose it is.
    pub holder: PersonId,
    /// How often it can be used.
    pub uses: i64,
    /// It can be used before this moment, µs.
    pub valid_until: i64,
}

/// A voucher was bound to a device; passes of a lower binding are void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherBound {
    /// Which.
    pub voucher: VoucherId,
    /// Whose it is.
    pub holder: PersonId,
    /// The new binding.
    pub binding: i64,
}

/// The platform can sign with another key; scanners have to fetch it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyAdded {
    /// Which.
    pub key: SigningKeyId,
}

/// The platform signs nothing new with a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyRetired {
    /// Which.
    pub key: SigningKeyId,
}

impl EventBody for VoucherIssued {
    const TYPE: &'static str = "VoucherIssued";
    const V: i64 = 1;
}
impl EventBody for VoucherBound {
    const TYPE: &'static str = "VoucherBound";
    const V: i64 = 1;
}
impl EventBody for SigningKeyAdded {
    const TYPE: &'static str = "SigningKeyAdded";
    const V: i64 = 1;
}
impl EventBody for SigningKeyRetired {
    const TYPE: &'static str = "SigningKeyRetired";
    const V: i64 = 1;
}
