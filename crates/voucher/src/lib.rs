//! Vouchers: rights to be served that the platform signed and bound to a key of the holder's device,
//! shown as a QR that a scanner can judge without a network, or as a 12-digit code.
//! It knows no order and no price, opens no socket and reads no clock: the time and random bytes are
//! given to it.

mod check;
mod code;
mod device;
mod key_ring;
mod pass;
mod qr;
mod refusal;
mod seal;
mod store_set;

pub use check::{CheckedPass, MAX_CLOCK_AGE_US, Network, Scanner, check_qr};
pub use code::{CodeFault, VoucherCode};
pub use device::{DEVICE_KEY_LEN, DeviceKey, DevicePublicKey, InvalidDeviceKey};
pub use ed25519_dalek::SigningKey;
pub use key_ring::{KeyRefusal, KeyRing, ShortKeyId};
pub use pass::{PASS_LEN, PassTerms, SignedPass, sign_pass};
pub use qr::{QR_LEN, QR_TEXT_LEN, STEP_S, present};
pub use refusal::QrRefusal;
pub use seal::{MasterKey, OpenFault, SEALED_KEY_LEN, SealedKey};
pub use store_set::{StoreSet, StoreSetDigest, StoreSets};
