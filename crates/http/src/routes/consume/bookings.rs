//! Bookings: when something is free, and a guest's own.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use consume::queries::{self, Availability};
use consume::{
    BookOvertime, BookedResource, Booking, CancelBooking, Guest, MoveBooking, PlaceBooking, PlacedBooking,
    When,
};
use kernel::{
    Actor, BookingId, MerchantId, OfferId, OrderId, PersonId, ResourceId, StoreId, Timestamp, VoucherId,
};
use offer::{DayAvailability, Period, place};
use party::{Identity, NOT_FOUND};
use serde::{Deserialize, Serialize};
use store::{Fail, Lock, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::access::{Consumer, SignedIn};
use crate::app::App;
use crate::body::{Nothing, Object, Path, Query, Write};
use crate::labels::{Label, Labels, Names};
use crate::problem::Problem;
use crate::reject::{BODY_MALFORMED, QUERY_MALFORMED};
use crate::routes::convert::{ChosenSeats, DepositPaid, NewOrder, OrderPlaced, WireSecurityDeposit};
use crate::routes::offer::{OfOffer, WirePolicy};
use crate::shell;
use crate::wire::{After, PAGE_SIZE, Page, day, malformed};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_availability))
        .routes(routes!(place_booking))
        .routes(routes!(list_my_bookings))
        .routes(routes!(get_booking))
        .routes(routes!(move_booking))
        .routes(routes!(book_overtime))
        .routes(routes!(cancel_booking))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AvailabilityAsked {
    /// In which of the offer's stores.
    #[param(value_type = String)]
    store: StoreId,
    /// The first day, on the store's clocks: `2026-12-31`.
    from: String,
    /// How many days, 1 to 62; otherwise 1.
    days: Option<i64>,
    /// How many come.
    party: i64,
    /// How many nights they stay; otherwise 1.
    nights: Option<i64>,
    /// For how many hours, of what is booked by the hour; otherwise the fewest.
    hours: Option<i64>,
    /// In how many rooms; otherwise 1.
    rooms: Option<i64>,
    /// Only there.
    area: Option<String>,
    /// Service by service, with commas between them: only with this person or in this room. Where there is nothing
    /// between commas, with any.
    resources: Option<String>,
    /// A booking that is to be moved, of the caller's or of a store they work in: what it has counts as free.
    #[param(value_type = Option<String>)]
    moves: Option<BookingId>,
}

/// When something is free on a day.
#[derive(Serialize, ToSchema)]
struct AvailableDay {
    /// `2026-12-31`, on the store's clocks.
    day: String,
    /// The times at which a booking could start, those that are over left out.
    starts: Vec<AvailableStart>,
    /// What a room costs more in the night that begins then, in minor units of the offer's currency.
    surcharge: i64,
}

#[derive(Serialize, ToSchema)]
struct AvailableStart {
    /// RFC 3339.
    starts_at: String,
    /// RFC 3339.
    ends_at: String,
    is_free: bool,
}

impl From<DayAvailability> for AvailableDay {
    fn from(day: DayAvailability) -> Self {
        let start = |start: offer::Start| AvailableStart {
            starts_at: start.period.starts_at.to_string(),
            ends_at: start.period.ends_at.to_string(),
            is_free: start.is_free,
        };
        Self {
            day: day.day.to_string(),
            starts: day.starts.into_iter().map(start).collect(),
            surcharge: day.surcharge,
        }
    }
}

fn by_service(text: &str) -> Result<Vec<Option<ResourceId>>, Problem> {
    let wanted = text
        .split(',')
        .map(|id| (!id.is_empty()).then(|| id.parse()).transpose());
    let detail = "the ids of resources with commas between them, one for each service";
    let wanted: Result<_, _> = wanted.collect();
    wanted.map_err(|_| malformed(&QUERY_MALFORMED, "/resources", detail))
}

/// Who has the places of a booking, for who may move it; to anybody else it does not exist.
fn places_of(read: &mut ReadTx, who: Option<&Identity>, booking: BookingId) -> Result<Uuid, Fail> {
    let may_move = |of: &Booking| {
        who.is_some_and(|who| {
            let is_guest = of
                .guest
                .as_ref()
                .is_some_and(|guest| guest.person == who.session.person);
            let mut grants = who.grants.staff.iter();
            is_guest
                || grants.any(|grant| {
                    grant.merchant == of.merchant && grant.store.is_none_or(|store| store == of.store)
                })
        })
    };
    let found = queries::booking(read, booking)?.filter(may_move);
    Ok(found.ok_or_else(|| NOT_FOUND.plain())?.place_owner)
}

/// When an offer can be booked for a party. It may be taken a moment later.
#[utoipa::path(get, path = "/v1/offers/{offer}/availability", operation_id = "getAvailability", tag = "consume",
    params(OfOffer, AvailabilityAsked),
    responses((status = 200, body = Vec<AvailableDay>), (status = "4XX", body = Problem)))]
async fn get_availability(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path(of): Path<OfOffer>,
    Query(asked): Query<AvailabilityAsked>,
) -> Result<Json<Vec<AvailableDay>>, Problem> {
    let resources = asked.resources.as_deref().map(by_service).transpose()?;
    let moves = match asked.moves {
        Some(booking) => {
            let who = signed_in.map(|who| who.identity);
            let places = app.read(move |read| places_of(read, who.as_ref(), booking));
            Some(places.await?)
        }
        None => None,
    };
    let asked = Availability {
        offer: of.offer,
        store: asked.store,
        from: day(&QUERY_MALFORMED, "/from", &asked.from)?,
        days: asked.days.unwrap_or(1),
        party: asked.party,
        nights: asked.nights.unwrap_or(1),
        hours: asked.hours,
        rooms: asked.rooms.unwrap_or(1),
        area: asked.area,
        resources: resources.unwrap_or_default(),
        moves,
    };
    let now = shell::now();
    let days = app
        .read(move |read| queries::availability(read, &asked, now))
        .await?;
    Ok(Json(days.into_iter().map(AvailableDay::from).collect()))
}

/// When somebody comes: a time and, of what is booked by the hour, for how many hours; or a day and how many nights.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WireWhen {
    /// For a visit, RFC 3339.
    starts_at: Option<String>,
    /// For how many hours, of what is booked by the hour.
    hours: Option<i64>,
    /// For nights: the day of arrival, `2026-12-31`.
    from: Option<String>,
    /// How many nights.
    nights: Option<i64>,
    /// How many rooms; otherwise 1.
    rooms: Option<i64>,
}

impl WireWhen {
    pub fn when(self) -> Result<When, Problem> {
        let of_nights = [("/when/nights", self.nights), ("/when/rooms", self.rooms)];
        let of_nights = of_nights.into_iter().find(|(_, number)| number.is_some());
        match (self.starts_at, self.from) {
            (Some(_), None) if of_nights.is_some() => {
                let field = of_nights.map_or("/when", |(field, _)| field);
                Err(malformed(
                    &BODY_MALFORMED,
                    field,
                    "a visit has no nights and no rooms",
                ))
            }
            (Some(at), None) => {
                let at = at.parse();
                let detail = "a time is written as in RFC 3339: 2027-01-15T08:00:00Z";
                let starts_at = at.map_err(|_| malformed(&BODY_MALFORMED, "/when/starts_at", detail))?;
                Ok(match self.hours {
                    None => When::At(starts_at),
                    Some(hours) => When::Hours { starts_at, hours },
                })
            }
            (None, Some(_)) if self.hours.is_some() => {
                Err(malformed(&BODY_MALFORMED, "/when/hours", "nights have no hours"))
            }
            (None, Some(from)) => Ok(When::Nights {
                from: day(&BODY_MALFORMED, "/when/from", &from)?,
                nights: self.nights.unwrap_or(1),
                rooms: self.rooms.unwrap_or(1),
            }),
            (Some(_), Some(_)) | (None, None) => {
                let detail = "somebody comes at a time, or on a day for nights: one of the two";
                Err(malformed(&BODY_MALFORMED, "/when", detail))
            }
        }
    }
}

/// What a guest would like to book.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewBooking {
    /// What is bought and how it is paid. Its quantity has to be what the price is of: 1 for a booking, the party, the
    /// hours, or rooms times nights.
    #[schema(value_type = NewOrder)]
    order: Object<NewOrder>,
    /// In which of the offer's stores.
    #[schema(value_type = String)]
    store: StoreId,
    /// Of a showing: when that starts.
    #[schema(value_type = WireWhen)]
    when: Object<WireWhen>,
    /// How many come.
    party: i64,
    /// Only there, if it matters.
    area: Option<String>,
    /// Service by service: only with this person or in this room. What is `null` or absent is any.
    #[serde(default)]
    #[schema(value_type = Vec<Option<String>>)]
    resources: Vec<Option<ResourceId>>,
}

/// A booking that awaits its payment, or needs none.
#[derive(Serialize, ToSchema)]
pub struct BookingPlaced {
    #[schema(value_type = String)]
    booking: BookingId,
    order: OrderPlaced,
    /// RFC 3339.
    starts_at: String,
    /// RFC 3339.
    ends_at: String,
}

impl From<PlacedBooking> for BookingPlaced {
    fn from(placed: PlacedBooking) -> Self {
        Self {
            booking: placed.booking,
            order: placed.order.into(),
            starts_at: placed.period.starts_at.to_string(),
            ends_at: placed.period.ends_at.to_string(),
        }
    }
}

/// Books a time. Its place is held for minutes and confirmed by the payment of its order.
#[utoipa::path(post, path = "/v1/bookings", operation_id = "placeBooking", tag = "consume",
    security(("session" = ["consumer"])), request_body = NewBooking,
    responses((status = 201, body = BookingPlaced), (status = "4XX", body = Problem)))]
async fn place_booking(
    State(app): State<App>,
    consumer: Consumer,
    write: Write<NewBooking>,
) -> Result<Response, Problem> {
    let body = write.body;
    let cmd = PlaceBooking {
        order: body.order.0.into(),
        store: body.store,
        when: body.when.0.when()?,
        party: body.party,
        area: body.area,
        resources: body.resources,
    };
    let route = app.ask(convert::queries::place_route(&cmd.order)).await?;
    let mut locks = route.map(|route| route.locks).unwrap_or_default();
    locks.push(match &cmd.order.seats {
        None => place::lock(cmd.store),
        Some(seats) => offer::showing::lock(seats.showing),
    });
    let command = app
        .command("placeBooking", cmd.order.offer, consumer.actor(), write.key)
        .locking(locks)
        .creating();
    command
        .run(move |tx, ctx| Ok(BookingPlaced::from(consume::place_booking(tx, ctx, &cmd)?)))
        .await
}

/// How much longer a guest stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOvertime {
    /// 1 until the most hours that the offer is booked for at once.
    hours: i64,
    /// How it is paid: of the booking's offer, and as many units as hours.
    #[schema(value_type = NewOrder)]
    order: Object<NewOrder>,
}

/// Stays longer in the same room, by the hour, from when the booking ends: a booking of its own, which is held and paid as
/// any other.
#[utoipa::path(post, path = "/v1/bookings/{booking}/overtime", operation_id = "bookOvertime", tag = "consume",
    params(OfBooking), security(("session" = ["consumer"])), request_body = NewOvertime,
    responses((status = 201, body = BookingPlaced), (status = "4XX", body = Problem)))]
async fn book_overtime(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfBooking>,
    write: Write<NewOvertime>,
) -> Result<Response, Problem> {
    let cmd = BookOvertime {
        booking: of.booking,
        hours: write.body.hours,
        order: write.body.order.0.into(),
    };
    let route = app.ask(convert::queries::place_route(&cmd.order)).await?;
    let mut locks = locks(&app, None, of.booking).await?;
    locks.extend(route.map(|route| route.locks).unwrap_or_default());
    let command = app
        .command("bookOvertime", cmd.order.offer, consumer.actor(), write.key)
        .locking(locks)
        .creating();
    command
        .run(move |tx, ctx| Ok(BookingPlaced::from(consume::book_overtime(tx, ctx, &cmd)?)))
        .await
}

/// A booking.
#[derive(Serialize, ToSchema)]
pub struct WireBooking {
    #[schema(value_type = String)]
    id: BookingId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    #[schema(value_type = String)]
    store: StoreId,
    /// `held`, `confirmed`, `arrived`, `no_show`, `cancelled`, `released` or `lapsed`.
    status: String,
    party: i64,
    /// How many rooms of its type it has; otherwise 1.
    rooms: i64,
    /// RFC 3339.
    starts_at: String,
    /// RFC 3339.
    ends_at: String,
    /// What it has: tables, people, rooms, a hall; of several services in the order of time.
    resources: Vec<WireBookedResource>,
    /// Which showing it is of, if it is of one.
    showing: Option<String>,
    /// The names of its seats there: `F-7`.
    seats: Vec<String>,
    /// What the store wrote to itself. Only it sees that.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// For whom; absent: the store keeps the time itself.
    guest: Option<BookingGuest>,
}

impl WireBooking {
    pub fn id(&self) -> BookingId {
        self.id
    }
}

/// Something that a booking has.
#[derive(Serialize, ToSchema)]
#[schema(as = BookedResource)]
struct WireBookedResource {
    #[schema(value_type = String)]
    id: ResourceId,
    name: String,
    /// `table`, `person`, `room`, `room_type`, `session` or `hall`.
    kind: String,
    /// For which of several services, by language; empty if the booking is nothing else.
    service: BTreeMap<String, String>,
    /// From when, RFC 3339.
    starts_at: String,
    /// Until when, RFC 3339.
    ends_at: String,
}

impl From<BookedResource> for WireBookedResource {
    fn from(booked: BookedResource) -> Self {
        Self {
            id: booked.id,
            name: booked.name,
            kind: booked.kind.as_str().to_owned(),
            service: booked.service.0,
            starts_at: booked.period.starts_at.to_string(),
            ends_at: booked.period.ends_at.to_string(),
        }
    }
}

/// A person, a room or a table that a guest asked for.
#[derive(Serialize, ToSchema)]
struct AskedFor {
    #[schema(value_type = String)]
    id: ResourceId,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct BookingGuest {
    #[schema(value_type = String)]
    order: OrderId,
    #[schema(value_type = String)]
    offer: OfferId,
    #[schema(value_type = String)]
    person: PersonId,
    /// The person's name, where they gave one.
    name: Option<String>,
    #[serde(flatten)]
    label: Label,
    /// Shown on arrival, once it is confirmed.
    #[schema(value_type = Option<String>)]
    voucher: Option<VoucherId>,
    /// How many uses of a card, which is `voucher`, are kept for it, or were taken, if those pay for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    card_uses: Option<i64>,
    /// What was paid ahead, once it is confirmed, if that was only a deposit.
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit: Option<DepositPaid>,
    /// What was paid beside the price, for damages.
    #[serde(skip_serializing_if = "Option::is_none")]
    security_deposit: Option<WireSecurityDeposit>,
    /// Service by service whom, or what, the guest asked for, whoever serves them now. What is `null` or absent is any.
    asked_for: Vec<Option<AskedFor>>,
    /// Where the guest asked to be, if it matters.
    area: Option<String>,
    policy: WirePolicy,
    /// Until when it is cancelled and moved for nothing, RFC 3339.
    free_until: String,
    /// Until when the place is kept for those who are late, RFC 3339.
    kept_until: String,
    /// What the merchant keeps of what was paid if it is cancelled now, in basis points.
    fee_now_bp: i64,
}

/// The guests of bookings, with the merchant whose store it is.
fn guests(bookings: &[Booking]) -> impl Iterator<Item = (MerchantId, &Guest)> {
    bookings
        .iter()
        .filter_map(|booking| Some((booking.merchant, booking.guest.as_ref()?)))
}

/// What was booked, and who the guests are.
pub fn called(read: &mut ReadTx, bookings: &[Booking]) -> Result<(Labels, Names), Fail> {
    let offers = guests(bookings).map(|(merchant, guest)| (guest.offer, merchant));
    let labels = Labels::of(read, offers)?;
    let names = Names::of(read, [], guests(bookings).map(|(_, guest)| guest.person))?;
    Ok((labels, names))
}

/// Bookings with what was booked of whom; the notes only for the store.
pub fn shown(
    read: &mut ReadTx,
    bookings: Vec<Booking>,
    now: Timestamp,
    for_store: bool,
) -> Result<Vec<WireBooking>, Fail> {
    let (labels, names) = called(read, &bookings)?;
    let vouchers = guests(&bookings).filter_map(|(_, guest)| guest.voucher);
    let moneys = convert::queries::voucher_moneys(read, vouchers)?;
    let asked_for = guests(&bookings).flat_map(|(_, guest)| guest.asked_for.iter().flatten());
    let resources = offer::queries::resource_names(read, asked_for.copied())?;
    let asked_for = |id: ResourceId| AskedFor {
        id,
        name: resources.get(&id).cloned().unwrap_or_default(),
    };
    let deposits = moneys.values().filter(|money| money.security_deposit > 0);
    let mut deposits = convert::queries::security_deposits(read, deposits.map(|money| money.order))?;
    let deposit_of = |voucher| {
        let money = moneys.get(&voucher)?;
        DepositPaid::of(money, money.uses)
    };
    let wire = |booking: Booking| {
        let guest = booking.guest.map(|guest| BookingGuest {
            order: guest.order,
            offer: guest.offer,
            person: guest.person,
            name: names.person(Some(guest.person)),
            label: labels.get((guest.offer, booking.merchant)),
            voucher: guest.voucher,
            card_uses: guest.card_uses,
            deposit: guest.voucher.and_then(deposit_of),
            security_deposit: deposits.remove(&guest.order).map(Into::into),
            asked_for: guest.asked_for.into_iter().map(|id| id.map(asked_for)).collect(),
            area: guest.area,
            free_until: booking
                .period
                .starts_at
                .plus_us(-guest.policy.free_until_us)
                .to_string(),
            kept_until: guest.policy.kept_until(booking.period.starts_at).to_string(),
            fee_now_bp: guest.policy.cancel_fee(booking.period.starts_at, now).get(),
            policy: guest.policy.into(),
        });
        WireBooking {
            id: booking.id,
            merchant: booking.merchant,
            store: booking.store,
            status: booking.status.as_str().to_owned(),
            party: booking.party,
            rooms: booking.rooms,
            starts_at: booking.period.starts_at.to_string(),
            ends_at: booking.period.ends_at.to_string(),
            resources: booking.resources.into_iter().map(Into::into).collect(),
            showing: booking.showing.map(|showing| showing.to_string()),
            seats: booking.seats,
            note: for_store.then_some(booking.note),
            guest,
        }
    };
    Ok(bookings.into_iter().map(wire).collect())
}

/// A person's bookings as that person sees them, the newest first.
pub fn bookings_of(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<BookingId>,
    limit: i64,
) -> Result<Vec<WireBooking>, Fail> {
    let found = queries::bookings_of_person(read, person, after, limit)?;
    shown(read, found, shell::now(), false)
}

/// The caller's bookings, the newest first.
#[utoipa::path(get, path = "/v1/me/bookings", operation_id = "listMyBookings", tag = "consume",
    params(After<kernel::Booking>), security(("session" = ["consumer"])),
    responses((status = 200, body = Page<WireBooking>), (status = "4XX", body = Problem)))]
async fn list_my_bookings(
    State(app): State<App>,
    consumer: Consumer,
    Query(page): Query<After<kernel::Booking>>,
) -> Result<Json<Page<WireBooking>>, Problem> {
    let person = consumer.0;
    let found = app.read(move |read| bookings_of(read, person, page.after, PAGE_SIZE + 1));
    Ok(Json(Page::of(
        found.await?,
        |booking| booking.id.to_string(),
        |booking| booking,
    )))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfBooking {
    /// Which booking.
    #[param(value_type = String)]
    pub booking: BookingId,
}

/// One of the caller's bookings, with what it costs to cancel it now.
#[utoipa::path(get, path = "/v1/bookings/{booking}", operation_id = "getBooking", tag = "consume",
    params(OfBooking), security(("session" = ["consumer"])),
    responses((status = 200, body = WireBooking), (status = "4XX", body = Problem)))]
async fn get_booking(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfBooking>,
) -> Result<Json<WireBooking>, Problem> {
    let (person, now) = (consumer.0, shell::now());
    let found = app.read(move |read| {
        let found = queries::booking(read, of.booking)?;
        let found = found.filter(|found| found.guest.as_ref().is_some_and(|guest| guest.person == person));
        let found = found.ok_or_else(|| NOT_FOUND.plain())?;
        Ok(shown(read, vec![found], now, false)?.remove(0))
    });
    Ok(Json(found.await?))
}

/// Where a booking takes place instead.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherTime {
    /// Of a showing: when that starts.
    #[schema(value_type = WireWhen)]
    when: Object<WireWhen>,
    /// As many seats of this showing or another, if it is a booking of seats.
    #[schema(value_type = Option<ChosenSeats>)]
    seats: Option<Object<ChosenSeats>>,
    /// Service by service: only with this person or in this room. What is `null` in it is any. Absent: as the guest asked.
    #[schema(value_type = Option<Vec<Option<String>>>)]
    resources: Option<Vec<Option<ResourceId>>>,
    /// Only there; empty: anywhere. Absent: where the guest asked to be.
    area: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct BookingTime {
    /// RFC 3339.
    starts_at: String,
    /// RFC 3339.
    ends_at: String,
}

/// What a command about a booking claims, as far as it is known before.
pub async fn locks(
    app: &App,
    merchant: Option<MerchantId>,
    booking: BookingId,
) -> Result<Vec<Lock>, Problem> {
    let found = app.read(move |read| queries::booking(read, booking)).await?;
    let found = found.filter(|found| merchant.is_none_or(|merchant| found.merchant == merchant));
    let found = found.ok_or_else(|| Problem::from(NOT_FOUND.plain()))?;
    let mut locks = vec![place::lock(found.store), Lock::row("booking", booking)];
    if let Some(guest) = found.guest {
        locks.push(Lock::row("orders", guest.order));
        locks.extend(guest.voucher.map(|voucher| Lock::row("voucher", voucher)));
    }
    Ok(locks)
}

pub async fn moved(
    app: &App,
    actor: Actor,
    merchant: Option<MerchantId>,
    booking: BookingId,
    write: Write<OtherTime>,
) -> Result<Response, Problem> {
    let cmd = MoveBooking {
        booking,
        when: write.body.when.0.when()?,
        seats: write.body.seats.map(|Object(seats)| seats.into()),
        resources: write.body.resources,
        area: write.body.area,
    };
    let mut locks = locks(app, merchant, booking).await?;
    locks.extend(
        cmd.seats
            .as_ref()
            .map(|seats| offer::showing::lock(seats.showing)),
    );
    app.command("moveBooking", booking, actor, write.key)
        .locking(locks)
        .run(move |tx, ctx| {
            let Period { starts_at, ends_at } = consume::move_booking(tx, ctx, &cmd)?;
            Ok(BookingTime {
                starts_at: starts_at.to_string(),
                ends_at: ends_at.to_string(),
            })
        })
        .await
}

/// Moves a booking of the caller's, for nothing, as long as it can be cancelled for nothing.
#[utoipa::path(post, path = "/v1/bookings/{booking}/move", operation_id = "moveBooking", tag = "consume",
    params(OfBooking), security(("session" = ["consumer"])), request_body = OtherTime,
    responses((status = 200, body = BookingTime), (status = "4XX", body = Problem)))]
async fn move_booking(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfBooking>,
    write: Write<OtherTime>,
) -> Result<Response, Problem> {
    moved(&app, consumer.actor(), None, of.booking, write).await
}

/// Cancels a booking of the caller's. What its policy leaves of what was paid goes back.
#[utoipa::path(post, path = "/v1/bookings/{booking}/cancel", operation_id = "cancelBooking", tag = "consume",
    params(OfBooking), security(("session" = ["consumer"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn cancel_booking(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfBooking>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = CancelBooking { booking: of.booking };
    let locks = locks(&app, None, of.booking).await?;
    app.command("cancelBooking", of.booking, consumer.actor(), write.key)
        .locking(locks)
        .run(move |tx, ctx| consume::cancel_booking(tx, ctx, &cmd).map(drop))
        .await
}
