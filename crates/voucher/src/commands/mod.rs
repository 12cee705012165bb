//! One file a command, or a step that other crates' commands take.

mod add_signing_key;
mod bind_device;
mod close;
mod give_back_uses;
mod hold_uses;
mod issue;
mod prolong;
mod retire_signing_key;
mod use_up;

pub use add_signing_key::{AddSigningKey, add_signing_key};
pub use bind_device::{BindDevice, bind_device};
pub use close::{ClosedVoucher, close};
pub use give_back_uses::give_back_uses;
pub use hold_uses::{hold_uses, release_uses};
pub use issue::{IssueVoucher, issue};
pub use prolong::prolong;
pub use retire_signing_key::{RetireSigningKey, retire_signing_key};
pub use use_up::{VoucherUse, use_up};
