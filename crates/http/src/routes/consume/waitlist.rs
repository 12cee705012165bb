//! Waiting lists: a guest waits for a time that is full, and takes or leaves what is held for them; a store sees who waits.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use consume::queries;
use consume::waitlist::{WaitlistEntry, WaitlistStatus};
use consume::{JoinWaitlist, LeaveWaitlist, TakePlace};
use kernel::{MerchantId, OfferId, PersonId, ResourceId, StoreId, Timestamp, WaitlistEntryId};
use offer::place;
use serde::{Deserialize, Serialize};
use store::{Fail, Lock, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bookings::{BookingPlaced, WireWhen};
use super::own_store;
use super::store_bookings::DayAsked;
use crate::access::{Cashier, Consumer, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Nothing, Object, Path, Query, Write};
use crate::labels::{Label, Labels, Names};
use crate::problem::Problem;
use crate::routes::convert::NewOrder;
use crate::routes::party::OfStore;
use crate::shell;
use crate::wire::{After, Created, PAGE_SIZE, Page, optional_time};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(join_waitlist))
        .routes(routes!(list_my_waitlist))
        .routes(routes!(leave_waitlist))
        .routes(routes!(take_place))
        .routes(routes!(list_waitlist_of_store))
}

/// What a guest waits for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWaitlistEntry {
    #[schema(value_type = String)]
    offer: OfferId,
    /// In which of the offer's stores.
    #[schema(value_type = String)]
    store: StoreId,
    /// Of a visit: the first time that would do.
    #[schema(value_type = WireWhen)]
    when: Object<WireWhen>,
    /// Of a visit: the last time of the same day that would do, RFC 3339; only the first if absent.
    #[serde(default, with = "optional_time")]
    #[schema(value_type = Option<String>)]
    starts_until: Option<Timestamp>,
    /// How many come.
    party: i64,
    /// Only there, if it matters.
    area: Option<String>,
    /// Service by service: only with this person or in this room. What is `null` or absent is any.
    #[serde(default)]
    #[schema(value_type = Vec<Option<String>>)]
    resources: Vec<Option<ResourceId>>,
}

/// Puts the caller on the waiting list of a day whose times are full.
#[utoipa::path(post, path = "/v1/waitlist", operation_id = "joinWaitlist", tag = "consume",
    security(("session" = ["consumer"])), request_body = NewWaitlistEntry,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn join_waitlist(
    State(app): State<App>,
    consumer: Consumer,
    write: Write<NewWaitlistEntry>,
) -> Result<Response, Problem> {
    let body = write.body;
    let cmd = JoinWaitlist {
        offer: body.offer,
        store: body.store,
        when: body.when.0.when()?,
        starts_until: body.starts_until,
        party: body.party,
        area: body.area,
        resources: body.resources,
    };
    app.command("joinWaitlist", cmd.store, consumer.actor(), write.key)
        .locking(cmd.locks())
        .creating()
        .run(move |tx, ctx| Ok(Created::of(consume::join_waitlist(tx, ctx, &cmd)?)))
        .await
}

/// Who waits for what.
#[derive(Serialize, ToSchema)]
pub struct WaitlistEntryDetails {
    #[schema(value_type = String)]
    id: WaitlistEntryId,
    #[schema(value_type = String)]
    offer: OfferId,
    #[serde(flatten)]
    label: Label,
    #[schema(value_type = String)]
    merchant: MerchantId,
    #[schema(value_type = String)]
    store: StoreId,
    #[schema(value_type = String)]
    person: PersonId,
    /// The person's name, where they gave one.
    name: Option<String>,
    /// `waiting`, `offered`, `booked`, `missed`, `left` or `over`.
    status: &'static str,
    /// The day on which they would come, `2026-12-31`.
    day: String,
    /// For how many nights; absent for a visit.
    nights: Option<i64>,
    /// For how many hours, of what is booked by the hour.
    hours: Option<i64>,
    /// In how many rooms; otherwise 1.
    rooms: i64,
    /// The first time that would do, RFC 3339.
    starts_from: String,
    /// The last time that would do, RFC 3339.
    starts_until: String,
    party: i64,
    area: Option<String>,
    #[schema(value_type = Vec<Option<String>>)]
    resources: Vec<Option<ResourceId>>,
    /// What is held for them, as long as it is `offered`.
    held: Option<HeldPlace>,
    /// RFC 3339.
    joined_at: String,
}

/// A place that is held for who waited for it.
#[derive(Serialize, ToSchema)]
struct HeldPlace {
    /// RFC 3339.
    starts_at: String,
    /// RFC 3339.
    ends_at: String,
    /// Until when it can be taken, RFC 3339.
    until: String,
}

impl WaitlistEntryDetails {
    pub fn id(&self) -> WaitlistEntryId {
        self.id
    }
}

fn shown(read: &mut ReadTx, entries: Vec<WaitlistEntry>) -> Result<Vec<WaitlistEntryDetails>, Fail> {
    let labels = Labels::of(read, entries.iter().map(|entry| (entry.offer, entry.merchant)))?;
    let names = Names::of(read, [], entries.iter().map(|entry| entry.person))?;
    let wire = |entry: WaitlistEntry| {
        let held = entry.period.filter(|_| entry.status == WaitlistStatus::Offered);
        WaitlistEntryDetails {
            id: entry.id,
            offer: entry.offer,
            label: labels.get((entry.offer, entry.merchant)),
            merchant: entry.merchant,
            store: entry.store,
            person: entry.person,
            name: names.person(Some(entry.person)),
            status: entry.status.as_str(),
            day: entry.day.to_string(),
            nights: entry.nights,
            hours: entry.hours,
            rooms: entry.rooms,
            starts_from: entry.starts_from.to_string(),
            starts_until: entry.starts_until.to_string(),
            party: entry.party,
            area: entry.area,
            resources: entry.resources,
            held: held.map(|held| HeldPlace {
                starts_at: held.starts_at.to_string(),
                ends_at: held.ends_at.to_string(),
                until: entry.stands_until.to_string(),
            }),
            joined_at: entry.joined_at.to_string(),
        }
    };
    Ok(entries.into_iter().map(wire).collect())
}

/// What a person waits for and waited for, the newest first.
pub fn waitlist_of(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<WaitlistEntryId>,
    limit: i64,
) -> Result<Vec<WaitlistEntryDetails>, Fail> {
    let found = queries::waitlist_of_person(read, person, after, limit)?;
    shown(read, found)
}

/// What the caller waits for and waited for, the newest first.
#[utoipa::path(get, path = "/v1/me/waitlist", operation_id = "listMyWaitlist", tag = "consume",
    params(After<kernel::WaitlistEntry>), security(("session" = ["consumer"])),
    responses((status = 200, body = Page<WaitlistEntryDetails>), (status = "4XX", body = Problem)))]
async fn list_my_waitlist(
    State(app): State<App>,
    consumer: Consumer,
    Query(page): Query<After<kernel::WaitlistEntry>>,
) -> Result<Json<Page<WaitlistEntryDetails>>, Problem> {
    let person = consumer.0;
    let found = app.read(move |read| waitlist_of(read, person, page.after, PAGE_SIZE + 1));
    Ok(Json(Page::of(
        found.await?,
        |entry| entry.id.to_string(),
        |entry| entry,
    )))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfWaitlistEntry {
    /// Which.
    #[param(value_type = String)]
    waitlist_entry: WaitlistEntryId,
}

/// Waits no longer, or does not want what is held for the caller.
#[utoipa::path(post, path = "/v1/me/waitlist/{waitlist_entry}/leave", operation_id = "leaveWaitlist", tag = "consume",
    params(OfWaitlistEntry), security(("session" = ["consumer"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn leave_waitlist(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfWaitlistEntry>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = LeaveWaitlist {
        entry: of.waitlist_entry,
    };
    app.command("leaveWaitlist", cmd.entry, consumer.actor(), write.key)
        .run(move |tx, ctx| consume::leave_waitlist(tx, ctx, &cmd))
        .await
}

/// Books what is held for the caller, at the ordinary price. The quantity is as in `placeBooking`.
#[utoipa::path(post, path = "/v1/me/waitlist/{waitlist_entry}/take", operation_id = "takePlace", tag = "consume",
    params(OfWaitlistEntry), security(("session" = ["consumer"])), request_body = NewOrder,
    responses((status = 201, body = BookingPlaced), (status = "4XX", body = Problem)))]
async fn take_place(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfWaitlistEntry>,
    write: Write<NewOrder>,
) -> Result<Response, Problem> {
    let cmd = TakePlace {
        entry: of.waitlist_entry,
        order: write.body.into(),
    };
    let person = consumer.0;
    let found = app.read(move |read| {
        let found = queries::waitlist_entry(read, of.waitlist_entry)?;
        let found = found.filter(|entry| entry.person == person);
        Ok(found.ok_or_else(|| party::NOT_FOUND.plain())?)
    });
    let found = found.await?;
    let route = app.ask(convert::queries::place_route(&cmd.order)).await?;
    let mut locks = route.map(|route| route.locks).unwrap_or_default();
    locks.extend([place::lock(found.store), Lock::row("waitlist_entry", found.id)]);
    app.command("takePlace", cmd.order.offer, consumer.actor(), write.key)
        .locking(locks)
        .creating()
        .run(move |tx, ctx| Ok(BookingPlaced::from(consume::take_place(tx, ctx, &cmd)?)))
        .await
}

/// Who waits at a store for a time in some hours, or has a place held; who waits longest first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/stores/{store}/waitlist",
    operation_id = "listWaitlistOfStore", tag = "consume", params(OfMerchant, OfStore, DayAsked),
    security(("session" = ["staff:cashier"])),
    responses((status = 200, body = Vec<WaitlistEntryDetails>), (status = "4XX", body = Problem)))]
async fn list_waitlist_of_store(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    Query(asked): Query<DayAsked>,
) -> Result<Json<Vec<WaitlistEntryDetails>>, Problem> {
    let merchant = staff.merchant;
    let hours = asked.hours(shell::now());
    let found = app.read(move |read| {
        own_store(read, merchant, of.store)?;
        let found = queries::waitlist_of_store(read, of.store, hours)?;
        shown(read, found)
    });
    let found = found.await?;
    staff.at(of.store)?;
    Ok(Json(found))
}
