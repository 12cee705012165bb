//! Registers a scanner or till to a store, and revokes one: a device that is lost or gone accepts nothing
//! from then on.

use kernel::{Ctx, DeviceId, MerchantId, StoreId};
use store::{Fail, Lock, Tx, sql};

use crate::access::staff_actor;
use crate::events::{DeviceRegistered, DeviceRevoked};
use crate::model::Role;
use crate::{DEVICE_REVOKED, NOT_FOUND, check, queries, require_staff};

/// A new device.
#[derive(Debug, Clone)]
pub struct RegisterDevice {
    /// Whose.
    pub merchant: MerchantId,
    /// Where it stands.
    pub store: StoreId,
    /// What people call it.
    pub name: String,
}

/// For managers of the store and above.
pub fn register_device(tx: &mut Tx, ctx: &Ctx, cmd: &RegisterDevice) -> Result<DeviceId, Fail> {
    check::some_text("/name", &cmd.name, 80)?;
    let person = require_staff(tx, ctx, cmd.merchant, Some(cmd.store), Role::Manager)?;
    let device: DeviceId = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO device (id, merchant_id, store_id, name, registered_by, registered_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        device,
        cmd.merchant,
        cmd.store,
        &cmd.name,
        person,
        ctx.now
    ))?;
    let registered = DeviceRegistered {
        device,
        merchant: cmd.merchant,
        store: cmd.store,
    };
    tx.emit(ctx, device, 1, &registered)?;
    Ok(device)
}

/// A device that is to accept nothing any more.
#[derive(Debug, Clone, Copy)]
pub struct RevokeDevice {
    /// Which.
    pub device: DeviceId,
}

impl RevokeDevice {
    /// The device.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("device", self.device)]
    }
}

/// For managers of the device's store and above.
pub fn revoke_device(tx: &mut Tx, ctx: &Ctx, cmd: &RevokeDevice) -> Result<(), Fail> {
    let (_, merchant) = staff_actor(ctx)?;
    let device = queries::device(tx, cmd.device)?.filter(|device| device.merchant == merchant);
    let device = device.ok_or_else(|| NOT_FOUND.plain())?;
    require_staff(tx, ctx, merchant, Some(device.store), Role::Manager)?;
    let claimed = tx.claim(sql!(
        "UPDATE device SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
        ctx.now,
        cmd.device
    ))?;
    if claimed == 0 {
        return Err(DEVICE_REVOKED.plain().into());
    }
    let revoked = DeviceRevoked {
        device: cmd.device,
        merchant,
        store: device.store,
    };
    tx.emit(ctx, cmd.device, 2, &revoked)?;
    Ok(())
}
