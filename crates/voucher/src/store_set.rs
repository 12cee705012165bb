//! The stores in which a voucher can be used, and the eight bytes that stand for them in its QR.
//! Which stores an offer names is decided elsewhere; this only counts and hashes them.

use std::collections::{BTreeMap, BTreeSet};

use kernel::StoreId;
use sha2::{Digest, Sha256};

/// Some stores, in the order of their ids. An empty set admits no store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoreSet(BTreeSet<StoreId>);

/// The first eight bytes of the SHA-256 over a set's store ids (16 bytes each, ascending). To find
/// other stores with a given digest takes some 2^64 tries with ids that only the platform hands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreSetDigest(pub [u8; 8]);

impl StoreSet {
    /// Whether the voucher can be used in `store`.
    pub fn contains(&self, store: StoreId) -> bool {
        self.0.contains(&store)
    }

    /// What stands for the set in a QR: the same whatever the order in which the stores were given.
    pub fn digest(&self) -> StoreSetDigest {
        let mut hash = Sha256::new();
        for store in &self.0 {
            hash.update(store.uuid().as_bytes());
        }
        let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = hash.finalize().into();
        StoreSetDigest([a, b, c, d, e, f, g, h])
    }
}

impl FromIterator<StoreId> for StoreSet {
    fn from_iter<I: IntoIterator<Item = StoreId>>(stores: I) -> Self {
        Self(stores.into_iter().collect())
    }
}

/// The store sets that a scanner has been told of, by digest.
#[derive(Debug, Clone, Default)]
pub struct StoreSets(BTreeMap<StoreSetDigest, StoreSet>);

impl StoreSets {
    /// The set that a digest stands for, if it is known.
    pub fn get(&self, digest: StoreSetDigest) -> Option<&StoreSet> {
        self.0.get(&digest)
    }
}

impl FromIterator<StoreSet> for StoreSets {
    fn from_iter<I: IntoIterator<Item = StoreSet>>(sets: I) -> Self {
        Self(sets.into_iter().map(|set| (set.digest(), set)).collect())
    }
}
