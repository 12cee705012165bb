//! The platform's public keys that a scanner trusts, found by the short id that a QR carries.
//! It holds no private key, and does not decide which keys are in use.

use std::collections::BTreeMap;
use std::fmt;

use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};

/// Names a platform key inside a QR: the first five bytes of the SHA-256 of its 32 public bytes.
/// Only to find the key; the signature is what proves anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortKeyId(pub [u8; 5]);

impl ShortKeyId {
    /// The short id of a public key.
    pub fn of(key: &VerifyingKey) -> Self {
        let [a, b, c, d, e, ..]: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        Self([a, b, c, d, e])
    }
}

impl fmt::Display for ShortKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why a public key cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRefusal {
    /// The bytes are no Ed25519 public key, or one that would accept forged signatures.
    Invalid,
    /// Another key of the ring has the same short id.
    ShortIdTaken(ShortKeyId),
}

impl fmt::Display for KeyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid => f.write_str("not an Ed25519 public key of 32 bytes that can be trusted"),
            Self::ShortIdTaken(id) => {
                write!(
                    f,
                    "another key already has the short id {id}: make a new key instead"
                )
            }
        }
    }
}

impl std::error::Error for KeyRefusal {}

/// Every platform key whose vouchers are still accepted: after a rotation, the old ones too.
#[derive(Debug, Clone, Default)]
pub struct KeyRing(BTreeMap<ShortKeyId, VerifyingKey>);

impl KeyRing {
    /// Trusts an Ed25519 public key of 32 bytes. The same key a second time changes nothing.
    pub fn add(&mut self, public_key: &[u8]) -> Result<ShortKeyId, KeyRefusal> {
        let key = VerifyingKey::try_from(public_key).map_err(|_| KeyRefusal::Invalid)?;
        if key.is_weak() {
            return Err(KeyRefusal::Invalid);
        }
        let id = ShortKeyId::of(&key);
        if *self.0.entry(id).or_insert(key) == key {
            Ok(id)
        } else {
            Err(KeyRefusal::ShortIdTaken(id))
        }
    }

    pub(crate) fn get(&self, id: ShortKeyId) -> Option<&VerifyingKey> {
        self.0.get(&id)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;

    #[test]
    fn a_key_whose_short_id_is_taken_is_refused_and_the_first_stays() {
        let [first, second] = [1, 2].map(|n| SigningKey::from_bytes(&[n; 32]).verifying_key());
        let id = ShortKeyId::of(&second);
        let mut ring = KeyRing(BTreeMap::from([(id, first)]));
        assert_eq!(ring.add(second.as_bytes()), Err(KeyRefusal::ShortIdTaken(id)));
        assert_eq!(ring.get(id), Some(&first));
    }
}
