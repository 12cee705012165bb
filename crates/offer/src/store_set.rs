//! The eight bytes that stand for the stores of an offer, here and in every voucher's QR.

use kernel::StoreId;
use sha2::{Digest, Sha256};

/// The first eight bytes of the SHA-256 over the store ids, 16 bytes each, ascending and without
/// repetition: the same formula as the voucher's store set.
pub fn store_set_digest(stores: &[StoreId]) -> [u8; 8] {
    let mut sorted = stores.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut hash = Sha256::new();
    for store in &sorted {
        hash.update(store.uuid().as_bytes());
    }
    let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = hash.finalize().into();
    [a, b, c, d, e, f, g, h]
}
