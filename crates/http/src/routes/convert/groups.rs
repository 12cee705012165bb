//! Groups of buyers: how an order names one, what becomes of one, and which could be joined.

use axum::Json;
use axum::extract::State;
use convert::queries::{self, Group};
use convert::{GROUP_NOT_FOUND, GroupChoice, Stored};
use kernel::{GroupId, MerchantId, OfferId};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::Path;
use crate::problem::Problem;
use crate::routes::offer::OfOffer;
use crate::shell;

/// More are not worth looking through; each has a place left.
const SHOWN: i64 = 20;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_group))
        .routes(routes!(list_open_groups))
}

/// Reads `new`, or the id of the group to join.
pub fn group_choice<'de, D: Deserializer<'de>>(from: D) -> Result<Option<GroupChoice>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else {
        return Ok(None);
    };
    if text == "new" {
        return Ok(Some(GroupChoice::Open));
    }
    let group = text.parse().map_err(serde::de::Error::custom)?;
    Ok(Some(GroupChoice::Join(group)))
}

/// Buyers who buy an offer together.
#[derive(Serialize, ToSchema)]
#[schema(as = Group)]
struct GroupDetails {
    #[schema(value_type = String)]
    group: GroupId,
    #[schema(value_type = String)]
    offer: OfferId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// How many buyers complete it.
    size: i64,
    /// How many have paid.
    paid: i64,
    /// How many places are neither taken nor kept for somebody who is paying.
    places_left: i64,
    /// `open`, `complete` (all have their vouchers) or `failed` (all have their money back).
    status: String,
    /// RFC 3339.
    opened_at: String,
    /// Until when it has to be complete, RFC 3339.
    closes_at: String,
}

impl From<Group> for GroupDetails {
    fn from(group: Group) -> Self {
        Self {
            group: group.id,
            offer: group.offer,
            merchant: group.merchant,
            size: group.size,
            paid: group.paid,
            places_left: group.places_left,
            status: group.status.as_str().to_owned(),
            opened_at: group.opened_at.to_string(),
            closes_at: group.closes_at.to_string(),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfGroup {
    /// Which group.
    #[param(value_type = String)]
    pub group: GroupId,
}

/// A group, for whoever has its link.
#[utoipa::path(get, path = "/v1/groups/{group}", operation_id = "getGroup", tag = "convert", params(OfGroup),
    responses((status = 200, body = GroupDetails), (status = "4XX", body = Problem)))]
async fn get_group(State(app): State<App>, Path(of): Path<OfGroup>) -> Result<Json<GroupDetails>, Problem> {
    let found = app.read(move |read| {
        let group = queries::group(read, of.group)?;
        Ok(group.ok_or_else(|| GROUP_NOT_FOUND.plain())?)
    });
    Ok(Json(found.await?.into()))
}

#[derive(Serialize, ToSchema)]
struct OpenGroups {
    /// The oldest first, at most 20.
    items: Vec<GroupDetails>,
}

/// The groups of an offer that have a place left.
#[utoipa::path(get, path = "/v1/offers/{offer}/groups", operation_id = "listOpenGroups", tag = "convert",
    params(OfOffer), responses((status = 200, body = OpenGroups), (status = "4XX", body = Problem)))]
async fn list_open_groups(
    State(app): State<App>,
    Path(of): Path<OfOffer>,
) -> Result<Json<OpenGroups>, Problem> {
    let now = shell::now();
    let groups = app.read(move |read| queries::open_groups(read, of.offer, now, SHOWN));
    let items = groups.await?.into_iter().map(GroupDetails::from).collect();
    Ok(Json(OpenGroups { items }))
}
