//! The platform's private signing keys, sealed so that they can lie in the database: whoever steals
//! the database but not the master key can sign nothing. Where the master key comes from, and which
//! signing key is in use, is decided elsewhere.

use std::fmt;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use ed25519_dalek::SigningKey;
use kernel::SigningKeyId;
use zeroize::Zeroizing;

/// Bytes of a sealed key: nonce 24, ciphertext 32, tag 16.
pub const SEALED_KEY_LEN: usize = 24 + 32 + 16;

/// Says what is sealed, should the master key ever seal something else.
const PURPOSE: &[u8] = b"qiao voucher signing key, format 1:";

/// The 32 bytes that seal the signing keys. Wiped from memory when dropped, and never shown.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A master key from 32 unpredictable bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// An Ed25519 private key under XChaCha20-Poly1305 (RFC 8439 with draft-irtf-cfrg-xchacha's nonce), tied
/// to its id: moved to another key's row, it does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedKey([u8; SEALED_KEY_LEN]);

/// Why a sealed key does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenFault {
    /// It has not the length of a sealed key.
    WrongLength,
    /// The master key is another one, or the bytes or the key's id were changed.
    WrongKeyOrAltered,
}

impl fmt::Display for OpenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongLength => write!(f, "a sealed signing key has {SEALED_KEY_LEN} bytes"),
            Self::WrongKeyOrAltered => f.write_str(
                "the signing key does not open: check that the master key is the one it was sealed with; \
                 if it is, the row was altered and must come from a backup",
            ),
        }
    }
}

impl std::error::Error for OpenFault {}

impl SealedKey {
    /// Seals a signing key. The nonce is 24 unpredictable bytes, never used before with this master key.
    pub fn seal(key: &SigningKey, id: SigningKeyId, master: &MasterKey, nonce: [u8; 24]) -> Self {
        let mut secret = Zeroizing::new(key.to_bytes());
        let tag = master
            .cipher()
            .encrypt_inout_detached(&nonce.into(), &associated_data(id), secret.as_mut_slice().into())
            .expect("32 bytes are within the cipher's limit of 256 GiB");
        let mut sealed = [0; SEALED_KEY_LEN];
        sealed[..24].copy_from_slice(&nonce);
        sealed[24..56].copy_from_slice(&*secret);
        sealed[56..].copy_from_slice(&tag);
        Self(sealed)
    }

    /// The signing key again.
    pub fn open(&self, id: SigningKeyId, master: &MasterKey) -> Result<SigningKey, OpenFault> {
        let (nonce, rest) = self.0.split_first_chunk::<24>().ok_or(OpenFault::WrongLength)?;
        let (ciphertext, tag) = rest.split_first_chunk::<32>().ok_or(OpenFault::WrongLength)?;
        let tag = Tag::try_from(tag).map_err(|_| OpenFault::WrongLength)?;
        let mut secret = Zeroizing::new(*ciphertext);
        master
            .cipher()
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                &associated_data(id),
                secret.as_mut_slice().into(),
                &tag,
            )
            .map_err(|_| OpenFault::WrongKeyOrAltered)?;
        Ok(SigningKey::from_bytes(&secret))
    }

    /// The bytes, for the database.
    pub fn as_bytes(&self) -> &[u8; SEALED_KEY_LEN] {
        &self.0
    }

    /// Reads back [`SealedKey::as_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OpenFault> {
        bytes.try_into().map(Self).map_err(|_| OpenFault::WrongLength)
    }
}

fn associated_data(id: SigningKeyId) -> Vec<u8> {
    [PURPOSE, id.uuid().as_bytes()].concat()
}
