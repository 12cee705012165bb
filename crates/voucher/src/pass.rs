//! The pass: the terms of a voucher in one binding, signed by the platform. It is what the holder's
//! device keeps, and every QR of that binding begins with it. Its terms can be read only by checking
//! the signature, and nothing here says whether the voucher was used up meanwhile.

use ed25519_dalek::{Signature, Signer, SigningKey};
use kernel::{OfferId, SECOND_US, Timestamp, VoucherId};
use uuid::Uuid;

use crate::{DEVICE_KEY_LEN, DevicePublicKey, KeyRing, QrRefusal, ShortKeyId, StoreSetDigest};

/// Bytes of a signed pass. Even, so that Base45 (two bytes to three characters) turns equal bytes into
/// equal text and no other, and a QR's text begins with the text of its pass.
pub const PASS_LEN: usize = TERMS_LEN + 64;

/// Bytes of a pass that the platform signs.
const TERMS_LEN: usize = 2 + 5 + 16 + 16 + 8 + 2 + 4 + 4 + DEVICE_KEY_LEN;

/// The first two bytes say "Qiao voucher, format 1"; in Base45 they begin with the letters `QI1`.
/// Nothing else that the two keys sign may begin with these bytes.
const FORMAT: [u8; 2] = [0x0B, 0x2D];

/// What the platform vouches for: fixed for as long as the voucher stays bound to one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassTerms {
    /// Which voucher.
    pub voucher: VoucherId,
    /// What it is a right to.
    pub offer: OfferId,
    /// Where it can be used.
    pub store_set: StoreSetDigest,
    /// How often it can be used in all, used or not; of a stored-value card as much of it as fits.
    pub uses_total: u16,
    /// Rises whenever the voucher moves to another device or person: of two passes the higher counts.
    pub binding: u32,
    /// Until when a scanner may accept it without a network: whole seconds (others are cut off), not
    /// before 1970, and not after 2106-02-07T06:28:15Z, which stands for all that is later.
    pub offline_until: Timestamp,
    /// The device whose signature makes a QR fresh.
    pub device_key: DevicePublicKey,
}

/// A pass with the platform's signature, as it lies on the holder's device; not yet verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedPass([u8; PASS_LEN]);

/// Signs the terms of one binding with a key of the platform.
pub fn sign_pass(key: &SigningKey, terms: &PassTerms) -> SignedPass {
    let offline_until_s = terms.offline_until.unix_seconds().clamp(0, i64::from(u32::MAX)) as u32;
    let signed = [
        &FORMAT[..],
        &ShortKeyId::of(&key.verifying_key()).0,
        terms.voucher.uuid().as_bytes(),
        terms.offer.uuid().as_bytes(),
        &terms.store_set.0,
        &terms.uses_total.to_be_bytes(),
        &terms.binding.to_be_bytes(),
        &offline_until_s.to_be_bytes(),
        &terms.device_key.to_bytes(),
    ]
    .concat();
    let mut pass = [0; PASS_LEN];
    pass[..TERMS_LEN].copy_from_slice(&signed);
    pass[TERMS_LEN..].copy_from_slice(&key.sign(&signed).to_bytes());
    SignedPass(pass)
}

impl SignedPass {
    /// The text in which the pass is delivered to the holder's device (Base45, RFC 9285).
    pub fn to_base45(&self) -> String {
        base45::encode(self.0)
    }

    /// Reads what [`SignedPass::to_base45`] wrote. Errors: `NotAVoucher`, `UnknownVersion`, `Malformed`.
    pub fn from_base45(text: &str) -> Result<Self, QrRefusal> {
        decode_base45(text).map(Self)
    }

    pub(crate) fn from_bytes(bytes: [u8; PASS_LEN]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; PASS_LEN] {
        &self.0
    }

    /// The terms, if a key of the ring signed them. Errors: `UnknownKey`, `PlatformSignature`.
    pub fn verify(&self, keys: &KeyRing) -> Result<PassTerms, QrRefusal> {
        let (key_id, terms, signature) = self.parts().ok_or(QrRefusal::Malformed)?;
        let key = keys.get(key_id).ok_or(QrRefusal::UnknownKey(key_id))?;
        let signed = &self.0[..TERMS_LEN];
        key.verify_strict(signed, &Signature::from_bytes(signature))
            .map_err(|_| QrRefusal::PlatformSignature)?;
        read_terms(terms).ok_or(QrRefusal::PlatformSignature)
    }

    /// The key's short id, the bytes of the terms, the signature.
    fn parts(&self) -> Option<(ShortKeyId, &[u8], &[u8; 64])> {
        let (_format, rest) = self.0.split_first_chunk::<2>()?;
        let (key_id, rest) = rest.split_first_chunk()?;
        let (terms, signature) = rest.split_last_chunk()?;
        Some((ShortKeyId(*key_id), terms, signature))
    }
}

/// Reads the terms, from the voucher's id on. `None` if the length or the device key is wrong.
fn read_terms(bytes: &[u8]) -> Option<PassTerms> {
    let (voucher, rest) = bytes.split_first_chunk()?;
    let (offer, rest) = rest.split_first_chunk()?;
    let (store_set, rest) = rest.split_first_chunk()?;
    let (uses_total, rest) = rest.split_first_chunk()?;
    let (binding, rest) = rest.split_first_chunk()?;
    let (offline_until_s, device_key) = rest.split_first_chunk()?;
    Some(PassTerms {
        voucher: VoucherId::from_uuid(Uuid::from_bytes(*voucher)),
        offer: OfferId::from_uuid(Uuid::from_bytes(*offer)),
        store_set: StoreSetDigest(*store_set),
        uses_total: u16::from_be_bytes(*uses_total),
        binding: u32::from_be_bytes(*binding),
        offline_until: Timestamp(i64::from(u32::from_be_bytes(*offline_until_s)) * SECOND_US),
        device_key: DevicePublicKey::from_sec1(device_key).ok()?,
    })
}

/// Reads `N` bytes of Base45 that must begin with [`FORMAT`]. Looks at the beginning and the length
/// first, so that hostile text costs nothing.
pub(crate) fn decode_base45<const N: usize>(text: &str) -> Result<[u8; N], QrRefusal> {
    const { assert!(N.is_multiple_of(2), "see PASS_LEN") };
    match text.strip_prefix("QI").and_then(|rest| rest.chars().next()) {
        Some('1') => {}
        Some(version) if version.is_ascii_digit() => return Err(QrRefusal::UnknownVersion(version)),
        Some(_) | None => return Err(QrRefusal::NotAVoucher),
    }
    if text.len() != N / 2 * 3 {
        return Err(QrRefusal::Malformed);
    }
    let bytes = base45::decode(text).map_err(|_| QrRefusal::Malformed)?;
    bytes.try_into().map_err(|_| QrRefusal::Malformed)
}
