//! Scanners and tills of a store.

use axum::extract::State;
use axum::response::Response;
use kernel::{DeviceId, PersonId, StoreId};
use party::{RegisterDevice, RevokeDevice};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::stores::OfStore;
use crate::access::{Cashier, Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Nothing, Path, Query, Write};
use crate::problem::Problem;
use crate::wire::{After, Created, PAGE_SIZE, Page};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register_device))
        .routes(routes!(list_devices))
        .routes(routes!(revoke_device))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDevice {
    /// What people call it, 1 to 80 characters.
    name: String,
}

/// Registers a device to a store.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/stores/{store}/devices", operation_id = "registerDevice",
    tag = "party", params(OfMerchant, OfStore), security(("session" = ["staff:manager"])), request_body = NewDevice,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn register_device(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfStore>,
    write: Write<NewDevice>,
) -> Result<Response, Problem> {
    let cmd = RegisterDevice {
        merchant: staff.merchant,
        store: of.store,
        name: write.body.name,
    };
    app.command("registerDevice", staff.merchant, staff.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(Created::of(party::register_device(tx, ctx, &cmd)?)))
        .await
}

#[derive(Serialize, ToSchema)]
struct Device {
    #[schema(value_type = String)]
    id: DeviceId,
    #[schema(value_type = String)]
    store: StoreId,
    name: String,
    #[schema(value_type = String)]
    registered_by: PersonId,
    /// RFC 3339.
    registered_at: String,
    /// Set once it may do nothing any more.
    revoked_at: Option<String>,
    /// When it last sent what it had accepted without a network, RFC 3339; absent: never.
    last_synced_at: Option<String>,
}

/// The devices of a store, revoked ones too, newest first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/stores/{store}/devices", operation_id = "listDevices",
    tag = "party", params(OfMerchant, OfStore, After<kernel::Device>), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = Page<Device>), (status = "4XX", body = Problem)))]
async fn list_devices(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    Query(asked): Query<After<kernel::Device>>,
) -> Result<axum::Json<Page<Device>>, Problem> {
    let merchant = staff.merchant;
    let found = app.read(move |read| {
        let store = party::queries::store(read, of.store)?.filter(|store| store.merchant == merchant);
        store.ok_or_else(|| party::NOT_FOUND.plain())?;
        let found = party::queries::devices_of(read, of.store, asked.after, PAGE_SIZE + 1)?;
        let ids: Vec<DeviceId> = found.iter().map(|device| device.id).collect();
        let synced = consume::queries::last_syncs(read, &ids)?;
        Ok((found, synced))
    });
    let (found, synced) = found.await?;
    staff.at(of.store)?;
    let page = Page::of(
        found,
        |device| device.id.to_string(),
        |device| Device {
            id: device.id,
            store: device.store,
            name: device.name,
            registered_by: device.registered_by,
            registered_at: device.registered_at.to_string(),
            revoked_at: device.revoked_at.map(|at| at.to_string()),
            last_synced_at: synced.get(&device.id).map(|at| at.to_string()),
        },
    );
    Ok(axum::Json(page))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfDevice {
    /// Which device.
    #[param(value_type = String)]
    device: DeviceId,
}

/// Lets a device do nothing any more.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/devices/{device}/revoke", operation_id = "revokeDevice",
    tag = "party", params(OfMerchant, OfDevice), security(("session" = ["staff:manager"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn revoke_device(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfDevice>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = RevokeDevice { device: of.device };
    app.command("revokeDevice", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| party::revoke_device(tx, ctx, &cmd))
        .await
}
