//! What a store lets people book the time of, its days that are not as others, and how an offer is booked: for its
//! merchant, and for everybody.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use kernel::{OfferId, ResourceId, StoreId};
use offer::{
    AddResource, Day, OfferStatus, Resource, ResourceDetails, ResourceKind, ResourceStatus, SetBookingTerms,
    SetStoreDay, UpdateResource,
};
use party::NOT_FOUND;
use party::hours::Span;
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::OfOffer;
use super::booking_terms::WireBookingTerms;
use super::price_rules::HoursSpan;
use crate::access::{Cashier, Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Object, Path, Write};
use crate::problem::Problem;
use crate::reject::{BODY_MALFORMED, PATH_MALFORMED};
use crate::routes::consume::own_store;
use crate::routes::party::OfStore;
use crate::wire::{self, Created, malformed, named};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add_resource))
        .routes(routes!(list_resources))
        .routes(routes!(update_resource))
        .routes(routes!(set_store_day))
        .routes(routes!(list_store_days))
        .routes(routes!(set_booking_terms))
        .routes(routes!(get_booking_terms))
}

/// What is said of a resource.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResourceSaid {
    /// `table`, `person`, `room`, `room_type`, `session` or `hall`; only when it is added.
    kind: Option<String>,
    /// The version that a change starts from; only when it is changed.
    version: Option<i64>,
    /// 1 to 80 characters.
    name: String,
    /// Where it is, for guests to ask for.
    #[serde(default)]
    area: String,
    /// How many there are: of a room type or a session up to 10,000, otherwise 1.
    units: i64,
    /// The smallest party.
    seats_min: i64,
    /// The largest party.
    seats_max: i64,
    /// Tables that name the same here can be pushed together.
    #[serde(default)]
    joins: String,
    /// When it works, if not always when its offer is booked.
    #[serde(default)]
    #[schema(value_type = Vec<HoursSpan>)]
    hours: Vec<Object<HoursSpan>>,
    /// `online`, `walk_in` (only the store itself books it) or `retired`.
    status: String,
}

impl ResourceSaid {
    fn details(self) -> Result<ResourceDetails, Problem> {
        Ok(ResourceDetails {
            name: self.name,
            area: self.area,
            units: self.units,
            seats_min: self.seats_min,
            seats_max: self.seats_max,
            joins: self.joins,
            hours: self.hours.into_iter().map(|Object(span)| span.into()).collect(),
            status: named(
                &BODY_MALFORMED,
                "/status",
                &self.status,
                ResourceStatus::from_name,
            )?,
        })
    }
}

/// Something of a store whose time is booked.
#[derive(Serialize, ToSchema)]
struct WireResource {
    #[schema(value_type = String)]
    id: ResourceId,
    #[schema(value_type = String)]
    store: StoreId,
    /// `table`, `person`, `room`, `room_type`, `session` or `hall`.
    kind: String,
    name: String,
    area: String,
    units: i64,
    seats_min: i64,
    seats_max: i64,
    joins: String,
    #[schema(value_type = Vec<HoursSpan>)]
    hours: Vec<Object<HoursSpan>>,
    /// `online`, `walk_in` or `retired`.
    status: String,
    version: i64,
}

impl From<Resource> for WireResource {
    fn from(resource: Resource) -> Self {
        let details = resource.details;
        Self {
            id: resource.id,
            store: resource.store,
            kind: resource.kind.as_str().to_owned(),
            name: details.name,
            area: details.area,
            units: details.units,
            seats_min: details.seats_min,
            seats_max: details.seats_max,
            joins: details.joins,
            hours: details
                .hours
                .into_iter()
                .map(|span| Object(span.into()))
                .collect(),
            status: details.status.as_str().to_owned(),
            version: resource.version,
        }
    }
}

/// Adds something whose time is booked.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/stores/{store}/resources", operation_id = "addResource",
    tag = "offer", params(OfMerchant, OfStore), security(("session" = ["staff:manager"])), request_body = ResourceSaid,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn add_resource(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfStore>,
    write: Write<ResourceSaid>,
) -> Result<Response, Problem> {
    if write.body.version.is_some() {
        return Err(malformed(
            &BODY_MALFORMED,
            "/version",
            "a new resource has no version",
        ));
    }
    let kind = write.body.kind.clone().unwrap_or_default();
    let cmd = AddResource {
        merchant: staff.merchant,
        store: of.store,
        kind: named(&BODY_MALFORMED, "/kind", &kind, ResourceKind::from_name)?,
        details: write.body.details()?,
    };
    app.command("addResource", staff.merchant, staff.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(Created::of(offer::add_resource(tx, ctx, &cmd)?)))
        .await
}

/// What a store lets people book, retired resources too, in the order in which they were added.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/stores/{store}/resources", operation_id = "listResources",
    tag = "offer", params(OfMerchant, OfStore), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = Vec<WireResource>), (status = "4XX", body = Problem)))]
async fn list_resources(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
) -> Result<Json<Vec<WireResource>>, Problem> {
    let merchant = staff.merchant;
    let found = app.read(move |read| {
        own_store(read, merchant, of.store)?;
        offer::queries::resources_of(read, of.store)
    });
    let found = found.await?;
    staff.at(of.store)?;
    Ok(Json(found.into_iter().map(WireResource::from).collect()))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfResource {
    /// Which.
    #[param(value_type = String)]
    resource: ResourceId,
}

/// Says everything of a resource anew. What is booked stays booked.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/resources/{resource}", operation_id = "updateResource",
    tag = "offer", params(OfMerchant, OfResource), security(("session" = ["staff:manager"])),
    request_body = ResourceSaid, responses((status = 200), (status = "4XX", body = Problem)))]
async fn update_resource(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfResource>,
    write: Write<ResourceSaid>,
) -> Result<Response, Problem> {
    let (version, kind) = (write.body.version, &write.body.kind);
    if kind.is_some() {
        return Err(malformed(
            &BODY_MALFORMED,
            "/kind",
            "the kind of a resource never changes",
        ));
    }
    let cmd = UpdateResource {
        resource: of.resource,
        version: version
            .ok_or_else(|| malformed(&BODY_MALFORMED, "/version", "a change names its version"))?,
        details: write.body.details()?,
    };
    app.command("updateResource", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| offer::update_resource(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfDay {
    /// `2026-12-31`, on the store's clocks.
    day: String,
}

/// The hours of one day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DayHours {
    /// Absent: as its weekday. Empty: closed.
    #[schema(value_type = Option<Vec<HoursSpan>>)]
    spans: Option<Vec<Object<HoursSpan>>>,
}

/// Sets the hours of one day: a holiday, a private party, a long night. What is booked stays booked.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/stores/{store}/days/{day}", operation_id = "setStoreDay",
    tag = "offer", params(OfMerchant, OfStore, OfDay), security(("session" = ["staff:manager"])),
    request_body = DayHours, responses((status = 200), (status = "4XX", body = Problem)))]
async fn set_store_day(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfStore>,
    Path(OfDay { day }): Path<OfDay>,
    write: Write<DayHours>,
) -> Result<Response, Problem> {
    let cmd = SetStoreDay {
        merchant: staff.merchant,
        store: of.store,
        day: wire::day(&PATH_MALFORMED, "/day", &day)?,
        spans: write
            .body
            .spans
            .map(|spans| spans.into_iter().map(|Object(span)| span.into()).collect()),
    };
    app.command("setStoreDay", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| offer::set_store_day(tx, ctx, &cmd))
        .await
}

/// A day that is not as its weekday.
#[derive(Serialize, ToSchema)]
struct WireStoreDay {
    /// `2026-12-31`.
    day: String,
    /// Empty: closed.
    #[schema(value_type = Vec<HoursSpan>)]
    spans: Vec<Object<HoursSpan>>,
}

/// A store's days that are not as their weekday, from yesterday on.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/stores/{store}/days", operation_id = "listStoreDays",
    tag = "offer", params(OfMerchant, OfStore), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = Vec<WireStoreDay>), (status = "4XX", body = Problem)))]
async fn list_store_days(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
) -> Result<Json<Vec<WireStoreDay>>, Problem> {
    let merchant = staff.merchant;
    let yesterday = Day::in_utc(crate::shell::now()).plus(-1);
    let found = app.read(move |read| {
        own_store(read, merchant, of.store)?;
        offer::queries::store_days(read, of.store, yesterday, yesterday.plus(1_000))
    });
    let found = found.await?;
    staff.at(of.store)?;
    let day = |(day, spans): (Day, Vec<Span>)| WireStoreDay {
        day: day.to_string(),
        spans: spans.into_iter().map(|span| Object(span.into())).collect(),
    };
    Ok(Json(found.into_iter().map(day).collect()))
}

/// How an offer is booked, and of what.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingTermsSaid {
    #[schema(value_type = WireBookingTerms)]
    terms: Object<WireBookingTerms>,
    /// Service by service: resources of the stores that the offer is redeemed in, of which a booking takes one of each
    /// kind that is among them. Nights and showings are one service.
    #[schema(value_type = Vec<Vec<String>>)]
    resources: Vec<Vec<ResourceId>>,
}

impl BookingTermsSaid {
    /// What was said of this offer; `None` if it is bought without a time.
    pub fn of(read: &mut ReadTx, offer: OfferId) -> Result<Option<Self>, Fail> {
        let Some((terms, _)) = offer::queries::booking_terms(read, offer)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            terms: Object(terms.into()),
            resources: offer::queries::resource_ids_of_offer(read, offer)?,
        }))
    }
}

#[derive(Serialize, ToSchema)]
struct BookingTermsVersion {
    version: i64,
}

/// Makes a draft one that is booked, or says anew how it is booked.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/offers/{offer}/booking", operation_id = "setBookingTerms",
    tag = "offer", params(OfMerchant, OfOffer), security(("session" = ["staff:manager"])),
    request_body = BookingTermsSaid, responses((status = 200, body = BookingTermsVersion), (status = "4XX", body = Problem)))]
async fn set_booking_terms(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfOffer>,
    write: Write<BookingTermsSaid>,
) -> Result<Response, Problem> {
    let cmd = SetBookingTerms {
        offer: of.offer,
        terms: write.body.terms.0.terms()?,
        resources: write.body.resources,
    };
    app.command("setBookingTerms", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            Ok(BookingTermsVersion {
                version: offer::set_booking_terms(tx, ctx, &cmd)?,
            })
        })
        .await
}

/// How an offer is booked, as everybody sees it.
#[derive(Serialize, ToSchema)]
struct OfferBooking {
    terms: WireBookingTerms,
    /// What guests book themselves, in all of the offer's stores; what several services take, once for each.
    resources: Vec<PublicResource>,
}

/// Something that guests can ask for.
#[derive(Serialize, ToSchema)]
struct PublicResource {
    #[schema(value_type = String)]
    id: ResourceId,
    /// For which service of the visit, from 0.
    service: i64,
    #[schema(value_type = String)]
    store: StoreId,
    /// `table`, `person`, `room`, `room_type`, `session` or `hall`.
    kind: String,
    name: String,
    area: String,
    seats_max: i64,
}

/// How an offer is booked. Nothing of one that is bought without a time.
#[utoipa::path(get, path = "/v1/offers/{offer}/booking", operation_id = "getBookingTerms", tag = "offer",
    params(OfOffer), responses((status = 200, body = OfferBooking), (status = "4XX", body = Problem)))]
async fn get_booking_terms(
    State(app): State<App>,
    Path(of): Path<OfOffer>,
) -> Result<Json<OfferBooking>, Problem> {
    let shown = app.read(move |read| {
        let offer = offer::queries::offer(read, of.offer)?.filter(|offer| offer.status != OfferStatus::Draft);
        offer.ok_or_else(|| NOT_FOUND.plain())?;
        let terms = offer::queries::booking_terms(read, of.offer)?;
        let (terms, _) = terms.ok_or_else(|| NOT_FOUND.plain())?;
        let mut resources = Vec::new();
        for store in offer::queries::stores_of_offer(read, of.offer)? {
            resources.extend(offer::queries::resources_of_offer(read, of.offer, store)?);
        }
        Ok((terms, resources))
    });
    let (terms, resources) = shown.await?;
    let online = resources
        .into_iter()
        .filter(|(resource, _)| resource.details.status == ResourceStatus::Online);
    let shown = online.map(|(resource, service)| PublicResource {
        id: resource.id,
        service,
        store: resource.store,
        kind: resource.kind.as_str().to_owned(),
        name: resource.details.name,
        area: resource.details.area,
        seats_max: resource.details.seats_max,
    });
    Ok(Json(OfferBooking {
        terms: terms.into(),
        resources: shown.collect(),
    }))
}
