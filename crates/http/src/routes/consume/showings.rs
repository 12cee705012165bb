//! Showings: scheduled and called off by their merchant, listed and shown with their seats to everybody.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use consume::{CallOffShowing, KeepSeats};
use jiff::tz::TimeZone;
use kernel::{HOUR_US, MerchantId, Money, OfferId, ResourceId, ShowingId, StoreId};
use offer::{
    Day, Hall, OfferPage, OfferStatus, SHOWING_NOT_FOUND, ScheduleShowing, SeatChoice, Showing,
    ShowingStatus, UsedSeats,
};
use party::NOT_FOUND;
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx, StorageError};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bookings::{self, WireBooking};
use super::own_store;
use super::store_bookings::DayAsked;
use crate::access::{Cashier, Manager, OfMerchant, SignedIn, Staff};
use crate::app::App;
use crate::body::{Because, Object, Path, Query, Write};
use crate::labels::{Label, Labels};
use crate::problem::Problem;
use crate::reject::{BODY_MALFORMED, QUERY_MALFORMED};
use crate::routes::offer::{OfHall, OfOffer, WireSeatMap};
use crate::routes::party::OfStore;
use crate::shell;
use crate::wire::{Created, WireMoney, day, malformed};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(schedule_showing))
        .routes(routes!(list_showings_of_store))
        .routes(routes!(get_showing_of_store))
        .routes(routes!(call_off_showing))
        .routes(routes!(keep_seats))
        .routes(routes!(list_showings))
        .routes(routes!(get_showing))
        .routes(routes!(best_seats))
}

/// What a seat of a zone costs more than the offer.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ZoneSurcharge {
    /// The code of a zone of the hall.
    zone: String,
    /// Minor units of the offer's currency.
    amount: i64,
}

/// A new showing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewShowing {
    /// Of what: an offer that is booked by showings, in this hall among others.
    #[schema(value_type = String)]
    offer: OfferId,
    /// The day on which it starts, `2026-12-31`, on the store's clocks.
    day: String,
    /// At which minute of that day, 0 to 1439.
    minute: i64,
    /// How long it is, 5 to 1440.
    length_minutes: i64,
    /// Of zones that are not named: nothing.
    #[schema(value_type = Vec<ZoneSurcharge>)]
    surcharges: Vec<Object<ZoneSurcharge>>,
}

/// Schedules a showing. The hall is taken then, and while it is cleaned.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/halls/{hall}/showings", operation_id = "scheduleShowing",
    tag = "consume", params(OfMerchant, OfHall), security(("session" = ["staff:manager"])),
    request_body = NewShowing, responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn schedule_showing(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfHall>,
    write: Write<NewShowing>,
) -> Result<Response, Problem> {
    let body = write.body;
    let mut surcharges = BTreeMap::new();
    for Object(of_zone) in body.surcharges {
        if surcharges.insert(of_zone.zone, of_zone.amount).is_some() {
            return Err(malformed(&BODY_MALFORMED, "/surcharges", "a zone is named twice"));
        }
    }
    let cmd = ScheduleShowing {
        offer: body.offer,
        hall: of.hall,
        day: day(&BODY_MALFORMED, "/day", &body.day)?,
        minute: body.minute,
        length_minutes: body.length_minutes,
        surcharges,
    };
    app.command("scheduleShowing", staff.merchant, staff.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(Created::of(offer::schedule_showing(tx, ctx, &cmd)?)))
        .await
}

/// An offer in a hall at a time.
#[derive(Serialize, ToSchema)]
#[schema(as = Showing)]
struct WireShowing {
    #[schema(value_type = String)]
    id: ShowingId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    #[schema(value_type = String)]
    store: StoreId,
    #[schema(value_type = String)]
    offer: OfferId,
    #[schema(value_type = String)]
    hall: ResourceId,
    /// As the store calls it.
    hall_name: String,
    #[serde(flatten)]
    label: Label,
    /// RFC 3339.
    starts_at: String,
    /// RFC 3339.
    ends_at: String,
    /// `scheduled` or `called_off`.
    status: String,
    surcharges: Vec<ZoneSurcharge>,
    seats: usize,
    /// How many of them can be had.
    seats_free: usize,
    /// How many the store keeps for the box office, for its staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    seats_kept: Option<usize>,
}

/// Showings with how many of their seats are free, in one round trip for each hall and one for the seats; those that are
/// kept only for the store.
fn shown(read: &mut ReadTx, showings: Vec<Showing>, for_store: bool) -> Result<Vec<WireShowing>, Fail> {
    let ids: Vec<ShowingId> = showings.iter().map(|showing| showing.id).collect();
    let used = offer::queries::used_seats(read, &ids)?;
    let halls: BTreeSet<ResourceId> = showings.iter().map(|showing| showing.hall).collect();
    let mut known = BTreeMap::new();
    for id in halls {
        let resource = offer::queries::resource(read, id)?;
        let hall = offer::queries::hall(read, id)?;
        let (Some(resource), Some(hall)) = (resource, hall) else {
            return Err(StorageError::bug("a showing without a hall").into());
        };
        known.insert(id, (resource.details.name, hall));
    }
    let about = |showing: &Showing| (showing.offer, showing.merchant);
    let labels = Labels::of(read, showings.iter().map(about))?;
    let wire = |(showing, used): (Showing, UsedSeats)| {
        let (name, hall) = &known[&showing.hall];
        let label = labels.get(about(&showing));
        let seats_kept = for_store.then_some(used.kept.len());
        WireShowing {
            seats_kept,
            ..wire_of(showing, (name, label), hall, &used.all())
        }
    };
    Ok(showings.into_iter().zip(used).map(wire).collect())
}

fn wire_of(
    showing: Showing,
    (hall_name, label): (&str, Label),
    hall: &Hall,
    used: &BTreeSet<i64>,
) -> WireShowing {
    let surcharge = |(zone, amount)| ZoneSurcharge { zone, amount };
    WireShowing {
        id: showing.id,
        merchant: showing.merchant,
        store: showing.store,
        offer: showing.offer,
        hall: showing.hall,
        hall_name: hall_name.to_owned(),
        label,
        starts_at: showing.period.starts_at.to_string(),
        ends_at: showing.period.ends_at.to_string(),
        status: showing.status.as_str().to_owned(),
        surcharges: showing.surcharges.into_iter().map(surcharge).collect(),
        seats: hall.map.in_order().count(),
        seats_free: hall
            .map
            .in_order()
            .filter(|(seat, ..)| !used.contains(seat))
            .count(),
        seats_kept: None,
    }
}

/// The showings of a store that start in some hours, called off or not, in the order of their time.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/stores/{store}/showings", operation_id = "listShowingsOfStore",
    tag = "consume", params(OfMerchant, OfStore, DayAsked), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = Vec<WireShowing>), (status = "4XX", body = Problem)))]
async fn list_showings_of_store(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    Query(asked): Query<DayAsked>,
) -> Result<Json<Vec<WireShowing>>, Problem> {
    let (merchant, (from, until)) = (staff.merchant, asked.hours(shell::now()));
    let found = app.read(move |read| {
        own_store(read, merchant, of.store)?;
        let found = offer::queries::showings_of_store(read, of.store, from, until)?;
        shown(read, found, true)
    });
    let found = found.await?;
    staff.at(of.store)?;
    Ok(Json(found))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfShowing {
    /// Which.
    #[param(value_type = String)]
    showing: ShowingId,
}

/// A showing with its seats, for the staff of its store.
#[derive(Serialize, ToSchema)]
struct ShowingOfStore {
    #[serde(flatten)]
    showing: WireShowing,
    map: WireSeatMap,
    /// The names of the seats that somebody holds or has.
    taken: Vec<String>,
    /// Those that are kept for the box office.
    kept: Vec<String>,
    /// Whose the taken seats are.
    bookings: Vec<WireBooking>,
}

/// A showing with the map of its seats: who has them, and which are kept for the box office.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/showings/{showing}", operation_id = "getShowingOfStore",
    tag = "consume", params(OfMerchant, OfShowing), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = ShowingOfStore), (status = "4XX", body = Problem)))]
async fn get_showing_of_store(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfShowing>,
) -> Result<Json<ShowingOfStore>, Problem> {
    let (merchant, now) = (staff.merchant, shell::now());
    let found = app.read(move |read| {
        let (showing, hall, used) = load(read, of.showing)?;
        if showing.merchant != merchant {
            return Err(SHOWING_NOT_FOUND.plain().into());
        }
        let store = showing.store;
        let bookings = consume::queries::bookings_of_showing(read, showing.id)?;
        let shown = ShowingOfStore {
            showing: shown(read, vec![showing], true)?.remove(0),
            taken: hall.names(&used.claimed),
            kept: hall.names(&used.kept),
            bookings: bookings::shown(read, bookings, now, true)?,
            map: hall.map.into(),
        };
        Ok((store, shown))
    });
    let (store, shown) = found.await?;
    staff.at(store)?;
    Ok(Json(shown))
}

/// Calls a showing off, and says why. Its hall is free, and everybody who booked is told and refunded.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/showings/{showing}/call-off", operation_id = "callOffShowing",
    tag = "consume", params(OfMerchant, OfShowing), security(("session" = ["staff:manager"])),
    request_body = Because, responses((status = 200), (status = "4XX", body = Problem)))]
async fn call_off_showing(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfShowing>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = CallOffShowing { showing: of.showing };
    app.command("callOffShowing", of.showing, staff.actor(), write.key)
        .because(&write.body.reason)?
        .locking(vec![offer::showing::lock(of.showing)])
        .run(move |tx, ctx| consume::call_off_showing(tx, ctx, &cmd))
        .await
}

/// Seats that a store keeps for the box office, or keeps no more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeatsToKeep {
    /// Their names, 1 to 100.
    seats: Vec<String>,
    /// Whether they are kept from now on.
    is_kept: bool,
}

/// Keeps seats of a showing for the box office, or frees them again. Guests are shown them as taken; the store gives them
/// by moving a booking to them, or for an open ticket, and keeps them no more then.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/showings/{showing}/kept-seats", operation_id = "keepSeats",
    tag = "consume", params(OfMerchant, OfShowing), security(("session" = ["staff:cashier"])),
    request_body = SeatsToKeep, responses((status = 200), (status = "4XX", body = Problem)))]
async fn keep_seats(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfShowing>,
    write: Write<SeatsToKeep>,
) -> Result<Response, Problem> {
    let cmd = KeepSeats {
        seats: SeatChoice {
            showing: of.showing,
            seats: write.body.seats,
        },
        is_kept: write.body.is_kept,
    };
    app.command("keepSeats", of.showing, staff.actor(), write.key)
        .locking(vec![offer::showing::lock(of.showing)])
        .run(move |tx, ctx| consume::keep_seats(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ShowingsAsked {
    /// `2026-12-31`, on the clocks of each store.
    day: String,
}

/// The showings of an offer on one day, in all of its stores, in the order of their time. Those that were called off
/// are left out.
#[utoipa::path(get, path = "/v1/offers/{offer}/showings", operation_id = "listShowings", tag = "consume",
    params(OfOffer, ShowingsAsked), responses((status = 200, body = Vec<WireShowing>), (status = "4XX", body = Problem)))]
async fn list_showings(
    State(app): State<App>,
    Path(of): Path<OfOffer>,
    Query(asked): Query<ShowingsAsked>,
) -> Result<Json<Vec<WireShowing>>, Problem> {
    let day = day(&QUERY_MALFORMED, "/day", &asked.day)?;
    let found = app.read(move |read| {
        published(read, of.offer)?;
        // Clocks differ from UTC by 14 hours at most.
        let utc = |day: Day| day.minute(0, &TimeZone::UTC).unwrap_or_default();
        let (from, until) = (
            utc(day).plus_us(-14 * HOUR_US),
            utc(day.plus(1)).plus_us(14 * HOUR_US),
        );
        let mut found = offer::queries::showings_of_offer(read, of.offer, from, until)?;
        let stores: Vec<StoreId> = found.iter().map(|showing| showing.store).collect();
        let stores = party::queries::stores(read, &stores)?.into_iter();
        let zone = |store: party::StoreView| Some((store.id, TimeZone::get(&store.details.time_zone).ok()?));
        let zones: BTreeMap<StoreId, TimeZone> = stores.filter_map(zone).collect();
        found.retain(|showing| {
            let zone = zones.get(&showing.store);
            zone.is_some_and(|zone| Day::at(showing.period.starts_at, zone) == day)
        });
        shown(read, found, false)
    });
    Ok(Json(found.await?))
}

/// The offer's page, unless it is a draft, which nobody sees.
fn published(read: &mut ReadTx, offer: OfferId) -> Result<OfferPage, Fail> {
    let page = offer::queries::offer_page(read, offer, shell::now())?;
    let page = page.filter(|page| page.offer.status != OfferStatus::Draft);
    Ok(page.ok_or_else(|| NOT_FOUND.plain())?)
}

/// A showing with its seats.
#[derive(Serialize, ToSchema)]
struct ShowingShown {
    #[serde(flatten)]
    showing: WireShowing,
    map: WireSeatMap,
    /// What a seat costs now in each zone of the map, after the agreement's discount, in their order.
    prices: Vec<WireMoney>,
    /// The names of the seats that cannot be had.
    taken: Vec<String>,
    /// Those of them that are the caller's.
    own: Vec<String>,
    /// The most seats of one booking.
    party_max: i64,
    /// Whether it can still be booked, as far as time goes.
    is_bookable: bool,
}

/// A showing with the map of its seats, and which are free. They may be taken a moment later.
#[utoipa::path(get, path = "/v1/showings/{showing}", operation_id = "getShowing", tag = "consume",
    params(OfShowing),
    responses((status = 200, body = ShowingShown), (status = "4XX", body = Problem)))]
async fn get_showing(
    State(app): State<App>,
    signed_in: Option<SignedIn>,
    Path(of): Path<OfShowing>,
) -> Result<Json<ShowingShown>, Problem> {
    let (person, now) = (signed_in.map(|who| who.identity.session.person), shell::now());
    let found = app.read(move |read| {
        let (showing, hall, used) = load(read, of.showing)?;
        let used = used.all();
        let page = published(read, showing.offer)?;
        let terms = offer::queries::booking_terms(read, showing.offer)?;
        let (terms, _) = terms.ok_or_else(|| StorageError::bug("a showing of what is not booked"))?;
        let resource = offer::queries::resource(read, showing.hall)?.ok_or_else(|| NOT_FOUND.plain())?;
        let own = match person {
            Some(person) => consume::queries::seats_of_person(read, person, showing.id)?,
            None => Vec::new(),
        };
        let price = |zone: &offer::Zone| {
            let surcharge = showing.surcharges.get(&zone.code).copied().unwrap_or_default();
            let list = page.price.list;
            let list = Money::new(list.amount + surcharge, list.currency);
            offer::prices(&page.terms, list).due.into()
        };
        let about = (showing.offer, showing.merchant);
        let label = Labels::of(read, [about].into_iter())?.get(about);
        let in_time = terms.is_in_time(showing.period.starts_at, now);
        Ok(ShowingShown {
            prices: hall.map.zones.iter().map(price).collect(),
            taken: hall.names(&used),
            own,
            party_max: terms.party_max,
            is_bookable: in_time && showing.status == ShowingStatus::Scheduled,
            showing: wire_of(showing, (&resource.details.name, label), &hall, &used),
            map: hall.map.into(),
        })
    });
    Ok(Json(found.await?))
}

fn load(read: &mut ReadTx, id: ShowingId) -> Result<(Showing, Hall, UsedSeats), Fail> {
    let showing = offer::queries::showing(read, id)?.ok_or_else(|| SHOWING_NOT_FOUND.plain())?;
    let hall = offer::queries::hall(read, showing.hall)?.ok_or_else(|| SHOWING_NOT_FOUND.plain())?;
    let mut used = offer::queries::used_seats(read, &[id])?;
    Ok((showing, hall, used.pop().unwrap_or_default()))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BestAsked {
    /// How many, 1 to 100.
    count: i64,
}

/// Some seats of a showing.
#[derive(Serialize, ToSchema)]
struct SomeSeats {
    /// Their names, from left to right; none if there are not so many side by side.
    seats: Vec<String>,
}

/// So many seats side by side that are nearest to the middle of the hall, and leave no single seat alone where the
/// hall asks for that.
#[utoipa::path(get, path = "/v1/showings/{showing}/best-seats", operation_id = "bestSeats", tag = "consume",
    params(OfShowing, BestAsked),
    responses((status = 200, body = SomeSeats), (status = "4XX", body = Problem)))]
async fn best_seats(
    State(app): State<App>,
    Path(of): Path<OfShowing>,
    Query(asked): Query<BestAsked>,
) -> Result<Json<SomeSeats>, Problem> {
    let count = asked.count.clamp(1, 100) as usize;
    let found = app.read(move |read| {
        let (showing, hall, used) = load(read, of.showing)?;
        published(read, showing.offer)?;
        let best = hall.seating(&used.all()).best(count);
        Ok(best.map_or(Vec::new(), |best| hall.names(&best)))
    });
    Ok(Json(SomeSeats { seats: found.await? }))
}
