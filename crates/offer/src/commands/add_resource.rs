//! A store adds something whose time is booked, or changes what is said of it.

use kernel::{Ctx, MerchantId, ResourceId, StoreId};
use party::Role;
use store::{Fail, Lock, Tx, sql, to_json};

use crate::events::{ResourceAdded, ResourceUpdated};
use crate::place::{self, step_at};
use crate::reject::{RESOURCE_CHANGED, RESOURCE_LIMIT, RESOURCE_TAKEN};
use crate::resource::roomy;
use crate::{Day, ResourceDetails, ResourceKind, queries};

/// A new resource.
#[derive(Debug, Clone)]
pub struct AddResource {
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// What it is, for ever.
    pub kind: ResourceKind,
    /// What is said of it.
    pub details: ResourceDetails,
}

/// Adds a resource, for managers of the store.
///
/// Rejects with `RESOURCE_INVALID`, `RESOURCE_LIMIT`, [`party::NOT_FOUND`] and as [`party::require_staff`] does.
pub fn add_resource(tx: &mut Tx, ctx: &Ctx, cmd: &AddResource) -> Result<ResourceId, Fail> {
    party::require_staff(tx, ctx, cmd.merchant, Some(cmd.store), Role::Manager)?;
    cmd.details.check(cmd.kind)?;
    let store = party::queries::store(tx, cmd.store)?.filter(|store| store.merchant == cmd.merchant);
    store.ok_or_else(|| party::NOT_FOUND.plain())?;
    tx.lock(&[place::lock(cmd.store)]);
    if queries::resource_count(tx, cmd.store)? >= queries::MAX_RESOURCES_OF_STORE {
        return Err(RESOURCE_LIMIT.plain().into());
    }
    let resource = roomy(ctx.new_id());
    tx.tell(sql!(
        "INSERT INTO resource (id, merchant_id, store_id, kind, name, area, units, seats_min, seats_max, joins, hours,
           status, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)",
        resource,
        cmd.merchant,
        cmd.store,
        cmd.kind.as_str(),
        &cmd.details.name,
        &cmd.details.area,
        cmd.details.units,
        cmd.details.seats_min,
        cmd.details.seats_max,
        &cmd.details.joins,
        to_json(&cmd.details.hours)?,
        cmd.details.status.as_str(),
        ctx.now
    ))?;
    let event = ResourceAdded {
        resource,
        merchant: cmd.merchant,
        store: cmd.store,
    };
    tx.emit(ctx, resource, 1, &event)?;
    Ok(resource)
}

/// Other details of a resource.
#[derive(Debug, Clone)]
pub struct UpdateResource {
    /// Which.
    pub resource: ResourceId,
    /// The version that the change starts from.
    pub version: i64,
    /// What is said of it from now on.
    pub details: ResourceDetails,
}

impl UpdateResource {
    /// The resource itself.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("resource", self.resource)]
    }
}

/// Changes a resource, for managers of its store. What is booked stays booked; fewer units than are booked at some
/// time to come are refused.
///
/// Rejects with `RESOURCE_INVALID`, `RESOURCE_CHANGED`, `RESOURCE_TAKEN`, [`party::NOT_FOUND`] and as
/// [`party::require_staff`] does.
pub fn update_resource(tx: &mut Tx, ctx: &Ctx, cmd: &UpdateResource) -> Result<(), Fail> {
    let resource = queries::resource(tx, cmd.resource)?.ok_or_else(|| party::NOT_FOUND.plain())?;
    party::require_staff(tx, ctx, resource.merchant, Some(resource.store), Role::Manager)?;
    cmd.details.check(resource.kind)?;
    tx.lock(&[place::lock(resource.store)]);
    let changed = tx.claim(sql!(
        "UPDATE resource SET name = $1, area = $2, units = $3, seats_min = $4, seats_max = $5, joins = $6, hours = $7,
                status = $8, version = version + 1
         WHERE id = $9 AND version = $10",
        &cmd.details.name,
        &cmd.details.area,
        cmd.details.units,
        cmd.details.seats_min,
        cmd.details.seats_max,
        &cmd.details.joins,
        to_json(&cmd.details.hours)?,
        cmd.details.status.as_str(),
        resource.id,
        cmd.version
    ))?;
    if changed == 0 {
        return Err(RESOURCE_CHANGED.plain().into());
    }
    if cmd.details.units != resource.details.units {
        let from = match resource.kind {
            ResourceKind::RoomType => Day::in_utc(ctx.now).0 - 1,
            ResourceKind::Table
            | ResourceKind::Person
            | ResourceKind::Room
            | ResourceKind::Session
            | ResourceKind::Hall => step_at(ctx.now),
        };
        let taken = place::set_capacity(tx, resource.id, from, cmd.details.units)?;
        if taken > 0 {
            let detail = format!("At {taken} times more than {} are booked.", cmd.details.units);
            return Err(RESOURCE_TAKEN.at("/units", detail).into());
        }
    }
    let event = ResourceUpdated {
        resource: resource.id,
        merchant: resource.merchant,
        store: resource.store,
    };
    tx.emit(ctx, resource.id, cmd.version + 1, &event)?;
    Ok(())
}
