//! The key of the holder's device: ECDSA on P-256 with SHA-256, as WebCrypto makes and uses it.
//! A browser's private key never leaves the browser; [`DeviceKey`] is for holders written in Rust.

use std::fmt;

use p256::CompressedPoint;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};

/// Bytes of a compressed P-256 public key.
pub const DEVICE_KEY_LEN: usize = 33;

/// The public key to which a voucher is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DevicePublicKey(VerifyingKey);

/// The bytes are not a key on P-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidDeviceKey;

impl fmt::Display for InvalidDeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a P-256 key: send the 65 bytes of WebCrypto's `exportKey(\"raw\", publicKey)`")
    }
}

impl std::error::Error for InvalidDeviceKey {}

impl DevicePublicKey {
    /// Reads a point on P-256 in SEC 1 form: 65 bytes, as WebCrypto exports it, or 33 compressed.
    /// The draft "compact" form (tag 5), which the library reads too, is refused.
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, InvalidDeviceKey> {
        match bytes.first() {
            Some(2..=4) => VerifyingKey::from_sec1_bytes(bytes)
                .map(Self)
                .map_err(|_| InvalidDeviceKey),
            Some(_) | None => Err(InvalidDeviceKey),
        }
    }

    /// The compressed form, as the database and the QR hold it.
    pub fn to_bytes(self) -> [u8; DEVICE_KEY_LEN] {
        CompressedPoint::from(self.0).into()
    }

    /// Whether the device signed `message`; the signature is r and s, 32 bytes each, big-endian.
    /// Both (r, s) and its mirror (r, n − s) are valid, as WebCrypto makes either: a signature is no
    /// unique name for what it signs.
    pub(crate) fn signed(self, message: &[u8], signature: &[u8; 64]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}

/// A holder's private key, for programs that play a holder.
pub struct DeviceKey(SigningKey);

impl DeviceKey {
    /// A key from 32 unpredictable bytes; one try in four thousand million is no key.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, InvalidDeviceKey> {
        SigningKey::from_slice(bytes)
            .map(Self)
            .map_err(|_| InvalidDeviceKey)
    }

    /// What the platform binds a voucher to.
    pub fn public_key(&self) -> DevicePublicKey {
        DevicePublicKey(*self.0.verifying_key())
    }

    /// r and s over the SHA-256 of `message`, deterministic (RFC 6979).
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.0.sign(message);
        signature.to_bytes().into()
    }
}
