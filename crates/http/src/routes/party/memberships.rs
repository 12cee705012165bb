//! A consumer becomes a member of a merchant, for free, sees of whom they are one, and leaves.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use kernel::{LocalText, MerchantId, PersonId};
use party::{JoinMembership, LeaveMembership, Membership};
use serde::Serialize;
use store::{Fail, ReadTx};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Consumer, OfMerchant};
use crate::app::App;
use crate::body::{Nothing, Path, Query, Write};
use crate::labels::Names;
use crate::problem::Problem;
use crate::wire::{After, PAGE_SIZE, Page};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(join_membership))
        .routes(routes!(leave_membership))
        .routes(routes!(get_my_membership))
        .routes(routes!(list_my_memberships))
}

/// Makes the caller a member of a merchant, whose prices for members are theirs then. It costs nothing; who is a member
/// already stays one.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/membership", operation_id = "joinMembership", tag = "party",
    params(OfMerchant), security(("session" = ["consumer"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn join_membership(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfMerchant>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = JoinMembership {
        merchant: of.merchant,
    };
    app.command("joinMembership", consumer.0, consumer.actor(), write.key)
        .run(move |tx, ctx| party::join_membership(tx, ctx, &cmd))
        .await
}

/// The caller is a member of the merchant no longer.
#[utoipa::path(delete, path = "/v1/merchants/{merchant}/membership", operation_id = "leaveMembership", tag = "party",
    params(OfMerchant), security(("session" = ["consumer"])),
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn leave_membership(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfMerchant>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = LeaveMembership {
        merchant: of.merchant,
    };
    app.command("leaveMembership", consumer.0, consumer.actor(), write.key)
        .run(move |tx, ctx| party::leave_membership(tx, ctx, &cmd))
        .await
}

#[derive(Serialize, ToSchema)]
struct MyMembership {
    is_member: bool,
}

/// Whether the caller is a member of the merchant.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/membership", operation_id = "getMyMembership", tag = "party",
    params(OfMerchant), security(("session" = ["consumer"])),
    responses((status = 200, body = MyMembership), (status = "4XX", body = Problem)))]
async fn get_my_membership(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfMerchant>,
) -> Result<Json<MyMembership>, Problem> {
    let person = consumer.0;
    let is_member = app.read(move |read| party::queries::is_member(read, person, of.merchant));
    Ok(Json(MyMembership {
        is_member: is_member.await?,
    }))
}

/// That a person is a member of a merchant.
#[derive(Serialize, ToSchema)]
pub struct MembershipDetails {
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    merchant_name: LocalText,
    /// RFC 3339.
    joined_at: String,
}

impl MembershipDetails {
    pub fn id(&self) -> MerchantId {
        self.merchant
    }
}

/// Of whom a person is a member.
pub fn memberships_of(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<MerchantId>,
    limit: i64,
) -> Result<Vec<MembershipDetails>, Fail> {
    let found = party::queries::memberships_of(read, person, after, limit)?;
    let names = Names::of(read, found.iter().map(|membership| membership.merchant), [])?;
    let wire = |membership: Membership| MembershipDetails {
        merchant: membership.merchant,
        merchant_name: names.merchant(membership.merchant),
        joined_at: membership.joined_at.to_string(),
    };
    Ok(found.into_iter().map(wire).collect())
}

/// Of whom the caller is a member, the newest merchants first.
#[utoipa::path(get, path = "/v1/me/memberships", operation_id = "listMyMemberships", tag = "party",
    params(After<kernel::Merchant>), security(("session" = ["consumer"])),
    responses((status = 200, body = Page<MembershipDetails>), (status = "4XX", body = Problem)))]
async fn list_my_memberships(
    State(app): State<App>,
    consumer: Consumer,
    Query(page): Query<After<kernel::Merchant>>,
) -> Result<Json<Page<MembershipDetails>>, Problem> {
    let person = consumer.0;
    let found = app.read(move |read| memberships_of(read, person, page.after, PAGE_SIZE + 1));
    Ok(Json(Page::of(
        found.await?,
        |membership| membership.merchant.to_string(),
        |membership| membership,
    )))
}
