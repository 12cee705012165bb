//! Who works for a merchant, and as what.

use axum::extract::State;
use axum::response::Response;
use kernel::{PersonId, StoreId};
use party::{AddStaff, ChangeRole, RevokeStaff, Role, SetStaffPassword};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::merchants::new_password;
use crate::access::{Cashier, Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Path, Write};
use crate::problem::Problem;
use crate::reject::BODY_MALFORMED;
use crate::routes::sign_in::contact_at;
use crate::wire::{Created, named};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add_staff))
        .routes(routes!(list_staff))
        .routes(routes!(revoke_staff))
        .routes(routes!(change_role))
        .routes(routes!(set_staff_password))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStaff {
    /// The person's mail address, to sign in with.
    login: String,
    /// 8 to 256 characters. Somebody who works there already keeps the password they have.
    password: String,
    /// The person's name.
    name: String,
    /// One store; absent for all.
    #[schema(value_type = Option<String>)]
    store: Option<StoreId>,
    /// `owner`, `manager` or `cashier`.
    role: String,
}

/// Grants a role. Owners grant every role, managers that of a cashier.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/staff", operation_id = "addStaff", tag = "party",
    params(OfMerchant), security(("session" = ["staff:manager"])), request_body = NewStaff,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn add_staff(
    State(app): State<App>,
    staff: Staff<Manager>,
    write: Write<NewStaff>,
) -> Result<Response, Problem> {
    let cmd = AddStaff {
        merchant: staff.merchant,
        login: contact_at("/login", &write.body.login)?,
        role: named(&BODY_MALFORMED, "/role", &write.body.role, Role::from_name)?,
        password_hash: new_password(write.body.password).await?,
        name: write.body.name,
        store: write.body.store,
    };
    app.command("addStaff", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .creating()
        .run(move |tx, ctx| Ok(Created::of(party::add_staff(tx, ctx, &cmd)?)))
        .await
}

#[derive(Serialize, ToSchema)]
struct StaffMember {
    #[schema(value_type = String)]
    person: PersonId,
    name: String,
    login: String,
    /// One store; absent for all.
    #[schema(value_type = Option<String>)]
    store: Option<StoreId>,
    /// `owner`, `manager` or `cashier`.
    role: String,
    /// RFC 3339.
    granted_at: String,
}

/// Everybody with a role at the merchant, owners first; for managers of the whole merchant.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/staff", operation_id = "listStaff", tag = "party",
    params(OfMerchant), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Vec<StaffMember>), (status = "4XX", body = Problem)))]
async fn list_staff(
    State(app): State<App>,
    staff: Staff<Manager>,
) -> Result<axum::Json<Vec<StaffMember>>, Problem> {
    staff.everywhere()?;
    let members = app.read(move |read| party::queries::staff_of(read, staff.merchant));
    let members = members.await?.into_iter().map(|member| StaffMember {
        person: member.person,
        name: member.name,
        login: member.login,
        store: member.store,
        role: member.role.as_str().to_owned(),
        granted_at: member.granted_at.to_string(),
    });
    Ok(axum::Json(members.collect()))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfPerson {
    /// Whose role.
    #[param(value_type = String)]
    person: PersonId,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleRevoked {
    /// The store that the role is for; absent for the role at all stores.
    #[schema(value_type = Option<String>)]
    store: Option<StoreId>,
}

/// Takes a role away at once: for whoever may grant it, and for the person.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/staff/{person}/revoke", operation_id = "revokeStaff",
    tag = "party", params(OfMerchant, OfPerson), security(("session" = ["staff:cashier"])), request_body = RoleRevoked,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn revoke_staff(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfPerson>,
    write: Write<RoleRevoked>,
) -> Result<Response, Problem> {
    let cmd = RevokeStaff {
        merchant: staff.merchant,
        person: of.person,
        store: write.body.store,
    };
    app.command("revokeStaff", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| party::revoke_staff(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleChanged {
    /// The store that the role is for; absent for the role at all stores.
    #[schema(value_type = Option<String>)]
    store: Option<StoreId>,
    /// `owner`, `manager` or `cashier`.
    role: String,
}

/// Gives somebody another role in the same place: for whoever may grant the old one and the new one.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/staff/{person}/role", operation_id = "changeRole",
    tag = "party", params(OfMerchant, OfPerson), security(("session" = ["staff:manager"])), request_body = RoleChanged,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn change_role(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfPerson>,
    write: Write<RoleChanged>,
) -> Result<Response, Problem> {
    let cmd = ChangeRole {
        merchant: staff.merchant,
        person: of.person,
        store: write.body.store,
        role: named(&BODY_MALFORMED, "/role", &write.body.role, Role::from_name)?,
    };
    app.command("changeRole", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| party::change_role(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// 8 to 256 characters.
    password: String,
}

/// Sets a new password for a colleague who forgot theirs and works nowhere else, and ends their sessions.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/staff/{person}/password", operation_id = "setStaffPassword",
    tag = "party", params(OfMerchant, OfPerson), security(("session" = ["staff:manager"])), request_body = NewPassword,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn set_staff_password(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfPerson>,
    write: Write<NewPassword>,
) -> Result<Response, Problem> {
    let cmd = SetStaffPassword {
        merchant: staff.merchant,
        person: of.person,
        password_hash: new_password(write.body.password).await?,
    };
    app.command("setStaffPassword", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| party::set_staff_password(tx, ctx, &cmd))
        .await
}
