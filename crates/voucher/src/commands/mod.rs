//! One file a command, or a step that other crates' commands take.

mod add_signing_key;
mod bind_device;
mod close;
mod give_back_use;
mod issue;
mod retire_signing_key;
mod use_up;

pub use add_signing_key::{AddSigningKey, add_signing_key};
pub use bind_device::{BindDevice, bind_device};
pub use close::{ClosedVoucher, close};
pub use give_back_use::give_back_use;
pub use issue::{IssueVoucher, issue};
pub use retire_signing_key::{RetireSigningKey, retire_signing_key};
pub use use_up::{VoucherUse, use_up};

use kernel::MerchantId;
use store::{StorageError, Tx, sql};

use crate::VoucherCode;

/// Frees the code of a voucher that is live no longer.
fn free_code(tx: &mut Tx, merchant: MerchantId, code: VoucherCode) -> Result<(), StorageError> {
    tx.tell(sql!(
        "DELETE FROM voucher_code WHERE merchant_id = $1 AND code = $2",
        merchant,
        code.number()
    ))
}
