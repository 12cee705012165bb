//! A merchant adds a store, or changes what is said of one.

use kernel::{Ctx, MerchantId, StoreId};
use store::{Fail, Lock, Tx, sql, to_json};

use crate::access::staff_actor;
use crate::events::{StoreAdded, StoreUpdated};
use crate::model::{Role, StoreDetails};
use crate::{NOT_FOUND, STORE_CHANGED, STORE_INVALID, check, queries, require_staff};

/// A new place of the merchant.
#[derive(Debug, Clone)]
pub struct AddStore {
    /// Whose.
    pub merchant: MerchantId,
    /// What is said of it.
    pub details: StoreDetails,
}

/// For managers of the whole merchant and above. Rejects details that are not possible, by field.
pub fn add_store(tx: &mut Tx, ctx: &Ctx, cmd: &AddStore) -> Result<StoreId, Fail> {
    check::store_details(&cmd.details)?;
    require_staff(tx, ctx, cmd.merchant, None, Role::Manager)?;
    let store = ctx.new_id();
    tell_store(tx, ctx, store, cmd.merchant, &cmd.details, None)?;
    Ok(store)
}

/// Writes a new store. For commands that have checked everything.
pub(crate) fn tell_store(
    tx: &mut Tx,
    ctx: &Ctx,
    store: StoreId,
    merchant: MerchantId,
    details: &StoreDetails,
    source: Option<&str>,
) -> Result<(), Fail> {
    tx.tell(sql!(
        "INSERT INTO store (id, merchant_id, name, category, address, phone, lat, lon, time_zone, currency,
                            opening_hours, offline_max_uses, offline_max_amount, source, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1)",
        store,
        merchant,
        to_json(&details.name)?,
        &details.category,
        &details.address,
        &details.phone,
        details.place.lat_microdegrees(),
        details.place.lon_microdegrees(),
        &details.time_zone,
        details.currency,
        &details.opening_hours,
        details.offline_max_uses,
        details.offline_max_amount,
        source,
        ctx.now
    ))?;
    tx.emit(ctx, store, 1, &StoreAdded { store, merchant })?;
    Ok(())
}

/// Everything that is said of a store, anew.
#[derive(Debug, Clone)]
pub struct UpdateStore {
    /// Which.
    pub store: StoreId,
    /// The version that the change was made from.
    pub version: i64,
    /// What is said of it now. The currency cannot change.
    pub details: StoreDetails,
}

impl UpdateStore {
    /// The store.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("store", self.store)]
    }
}

/// For managers of the store and above. Gives the new version. Rejects details that are not possible, and
/// a change of what somebody else changed in the meantime.
pub fn update_store(tx: &mut Tx, ctx: &Ctx, cmd: &UpdateStore) -> Result<i64, Fail> {
    check::store_details(&cmd.details)?;
    let (_, merchant) = staff_actor(ctx)?;
    require_staff(tx, ctx, merchant, Some(cmd.store), Role::Manager)?;
    let current = queries::store(tx, cmd.store)?.ok_or_else(|| NOT_FOUND.plain())?;
    if current.details.currency != cmd.details.currency {
        return Err(STORE_INVALID
            .at("/currency", "the currency of a store cannot change")
            .into());
    }
    let version = claim_details(tx, cmd.store, cmd.version, &cmd.details)?;
    let version = version.ok_or_else(|| STORE_CHANGED.plain())?;
    tx.emit(
        ctx,
        cmd.store,
        version,
        &StoreUpdated {
            store: cmd.store,
            merchant,
        },
    )?;
    Ok(version)
}

fn claim_details(
    tx: &mut Tx,
    store: StoreId,
    version: i64,
    details: &StoreDetails,
) -> Result<Option<i64>, Fail> {
    let row = tx.one(details_update(store, version, details)?)?;
    Ok(row.map(|mut row| row.take()).transpose()?)
}

/// The guarded update of a store's details: gives the new version, or no row if the version has moved on.
pub(crate) fn details_update(
    store: StoreId,
    version: i64,
    details: &StoreDetails,
) -> Result<store::Query, Fail> {
    Ok(sql!(
        "UPDATE store SET name = $1, category = $2, address = $3, phone = $4, lat = $5, lon = $6, time_zone = $7,
                opening_hours = $8, offline_max_uses = $9, offline_max_amount = $10, version = version + 1
         WHERE id = $11 AND version = $12 RETURNING version",
        to_json(&details.name)?,
        &details.category,
        &details.address,
        &details.phone,
        details.place.lat_microdegrees(),
        details.place.lon_microdegrees(),
        &details.time_zone,
        &details.opening_hours,
        details.offline_max_uses,
        details.offline_max_amount,
        store,
        version
    ))
}
