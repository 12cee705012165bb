//! A voucher moves to the holder's present device. Passes of the device before are void from then on,
//! for scanners with a network at once.

use kernel::{Ctx, PersonId, VoucherId};
use store::{Fail, Lock, Tx, sql};

use crate::events::VoucherBound;
use crate::model::VoucherStatus;
use crate::reject::VOUCHER_NOT_LIVE;
use crate::{DevicePublicKey, queries};

/// Binds a voucher to a device.
#[derive(Debug, Clone)]
pub struct BindDevice {
    /// Which voucher.
    pub voucher: VoucherId,
    /// The device's key.
    pub device_key: DevicePublicKey,
}

impl BindDevice {
    /// The voucher itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("voucher", self.voucher)]
    }
}

/// Binds the holder's live voucher to the device and gives the binding's number. A device that it is
/// bound to already changes nothing.
///
/// Rejects with [`party::NOT_FOUND`] (another holder's voucher too) and `VOUCHER_NOT_LIVE`.
pub fn bind_device(tx: &mut Tx, ctx: &Ctx, cmd: &BindDevice) -> Result<i64, Fail> {
    let holder = party::require_consumer(ctx)?;
    let key = cmd.device_key.to_bytes();
    let row = tx.one(sql!(
        "UPDATE voucher SET device_key = $1, binding = binding + 1, version = version + 1
         WHERE id = $2 AND holder_id = $3 AND status = 'live' AND (device_key IS NULL OR device_key <> $1)
         RETURNING binding, version",
        key.as_slice(),
        cmd.voucher,
        holder
    ))?;
    let Some(mut row) = row else {
        return binding_before(tx, cmd, holder);
    };
    let (binding, version) = (row.take()?, row.take()?);
    let event = VoucherBound {
        voucher: cmd.voucher,
        holder,
        binding,
    };
    tx.emit(ctx, cmd.voucher, version, &event)?;
    Ok(binding)
}

/// Why the guard said no.
fn binding_before(tx: &mut Tx, cmd: &BindDevice, holder: PersonId) -> Result<i64, Fail> {
    let voucher = queries::voucher(tx, cmd.voucher)?.filter(|voucher| voucher.holder == holder);
    let voucher = voucher.ok_or_else(|| party::NOT_FOUND.plain())?;
    match voucher.status {
        VoucherStatus::Live => Ok(voucher.binding),
        VoucherStatus::Used | VoucherStatus::Refunded | VoucherStatus::Expired => {
            let detail = format!("the voucher is {}", voucher.status.as_str());
            Err(VOUCHER_NOT_LIVE.because(detail).into())
        }
    }
}
