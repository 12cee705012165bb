//! Vouchers: rights to be served that the platform signed and bound to a key of the holder's device,
//! shown as a QR that a scanner can judge without a network, or as a 12-digit code.
//! It knows no order and no price, opens no socket and reads no clock: the time and random bytes are
//! given to it.
//!
//! Commands: [`bind_device`], [`add_signing_key`], [`retire_signing_key`]. Other crates' commands issue and use
//! vouchers up through [`issue`], [`use_up`], [`give_back_uses`], [`prolong`] and [`close`], which
//! check no actor: who may do what is theirs to say.

mod check;
mod code;
mod commands;
mod device;
pub mod events;
mod key_ring;
mod model;
mod pass;
mod qr;
pub mod queries;
mod refusal;
mod reject;
mod seal;
mod store_set;

pub use check::{CheckedPass, MAX_CLOCK_AGE_US, Network, Scanner, check_qr};
pub use code::{CodeFault, CodeKey, VoucherCode};
pub use commands::*;
pub use device::{DEVICE_KEY_LEN, DeviceKey, DevicePublicKey, InvalidDeviceKey};
pub use ed25519_dalek::SigningKey;
pub use key_ring::{KeyRefusal, KeyRing, ShortKeyId};
pub use model::{Closed, StoredSigningKey, Voucher, VoucherStatus};
pub use pass::{PASS_LEN, PassTerms, SignedPass, sign_pass};
pub use qr::{QR_LEN, QR_TEXT_LEN, STEP_S, present};
pub use refusal::QrRefusal;
pub use reject::*;
pub use seal::{MasterKey, OpenFault, SEALED_KEY_LEN, SealedKey};
pub use store_set::{StoreSet, StoreSetDigest, StoreSets};
