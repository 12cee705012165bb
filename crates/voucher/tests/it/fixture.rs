//! A platform, a holder's device, a scanner and a voucher, always the same ones.

use kernel::{OfferId, SECOND_US, StoreId, Timestamp, VoucherId};
use uuid::Uuid;
use voucher::*;

/// The beginning of a step.
pub const NOW: Timestamp = Timestamp(1_772_352_000 * SECOND_US);

pub struct Fixture {
    pub platform: SigningKey,
    pub device: DeviceKey,
    pub keys: KeyRing,
    pub store_sets: StoreSets,
    pub terms: PassTerms,
}

pub fn device(n: u8) -> DeviceKey {
    DeviceKey::from_bytes(&[n; 32]).expect("a small number is a key")
}

pub fn store(n: u128) -> StoreId {
    StoreId::from_uuid(Uuid::from_u128(n))
}

pub fn seconds(s: i64) -> Timestamp {
    NOW.plus_us(s * SECOND_US)
}

/// The QR's bytes, to be altered.
pub fn bytes(text: &str) -> Vec<u8> {
    base45::decode(text).expect("a QR is Base45")
}

/// The voucher can be used in stores 1 and 2; the scanner also knows of a set of store 3 alone.
pub fn fixture() -> Fixture {
    let platform = SigningKey::from_bytes(&[1; 32]);
    let mut keys = KeyRing::default();
    keys.add(platform.verifying_key().as_bytes())
        .expect("a sound key");
    let stores: StoreSet = [store(1), store(2)].into_iter().collect();
    let elsewhere: StoreSet = [store(3)].into_iter().collect();
    let terms = PassTerms {
        voucher: VoucherId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001)),
        offer: OfferId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002)),
        store_set: stores.digest(),
        uses_total: 10,
        binding: 3,
        offline_until: seconds(3600),
        device_key: device(2).public_key(),
    };
    Fixture {
        platform,
        device: device(2),
        keys,
        store_sets: [stores, elsewhere].into_iter().collect(),
        terms,
    }
}

impl Fixture {
    pub fn pass(&self) -> SignedPass {
        sign_pass(&self.platform, &self.terms)
    }

    pub fn qr(&self, now: Timestamp) -> String {
        present(&self.pass(), &self.device, now)
    }

    pub fn scanner(&self, store: StoreId, network: Network) -> Scanner<'_> {
        Scanner {
            keys: &self.keys,
            store_sets: &self.store_sets,
            store,
            network,
        }
    }

    /// What the scanner of store 1 says, its clock in sync, without a network.
    pub fn scan(&self, text: &str, now: Timestamp) -> Result<CheckedPass, QrRefusal> {
        let network = Network::Offline { clock_synced_at: now };
        check_qr(text, &self.scanner(store(1), network), now)
    }
}
