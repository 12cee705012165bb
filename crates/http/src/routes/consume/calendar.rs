//! A store's bookings for calendar programs, which know an address and nothing else.

use std::ops::Range;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use consume::{Booking, BookingStatus, SetCalendarFeed, queries};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use kernel::{DAY_US, StoreId, Timestamp};
use party::NOT_FOUND;
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use subtle::ConstantTimeEq;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bookings::called;
use super::own_store;
use crate::access::{Manager, OfMerchant, Staff};
use crate::app::{App, AppState, derive};
use crate::body::{Path, Query, Write};
use crate::problem::Problem;
use crate::routes::party::OfStore;
use crate::shell;

const WEEK_US: i64 = 7 * DAY_US;
/// What a calendar shows: a week back and nine ahead. Each is asked for by itself, so that a busy store's fit.
const WEEKS: Range<i64> = -1..9;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_calendar_feed))
        .routes(routes!(set_calendar_feed))
        .routes(routes!(read_calendar))
}

/// Where calendar programs read a store's bookings.
#[derive(Serialize, ToSchema)]
struct CalendarFeed {
    /// The path; whoever knows it reads them. Absent: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

fn key(app: &AppState, store: StoreId, version: i64) -> [u8; 32] {
    derive(
        &app.secret,
        "calendar-feed",
        &[store.uuid().as_bytes(), &version.to_be_bytes()],
    )
}

/// The address of a store's calendar feed, if it has one.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/stores/{store}/calendar-feed", operation_id = "getCalendarFeed",
    tag = "consume", params(OfMerchant, OfStore), security(("session" = ["staff:manager"])),
    responses((status = 200, body = CalendarFeed), (status = "4XX", body = Problem)))]
async fn get_calendar_feed(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfStore>,
) -> Result<Json<CalendarFeed>, Problem> {
    let merchant = staff.merchant;
    let version = app.read(move |read| {
        own_store(read, merchant, of.store)?;
        queries::calendar_feed(read, of.store)
    });
    let version = version.await?;
    staff.at(of.store)?;
    let key = version.map(|version| hex::encode(key(&app, of.store, version)));
    Ok(Json(CalendarFeed {
        path: key.map(|key| format!("/v1/calendars/{}/{key}", of.store)),
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCalendarFeed {
    /// Whether there is one from now on.
    is_open: bool,
}

/// Opens a calendar feed of a store's bookings at a new address, or closes it; the address before is good no more. The
/// new one is not answered, for answers are kept: `getCalendarFeed` has it.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/stores/{store}/calendar-feed", operation_id = "setCalendarFeed",
    tag = "consume", params(OfMerchant, OfStore), security(("session" = ["staff:manager"])),
    request_body = NewCalendarFeed, responses((status = 200), (status = "4XX", body = Problem)))]
async fn set_calendar_feed(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfStore>,
    write: Write<NewCalendarFeed>,
) -> Result<Response, Problem> {
    let cmd = SetCalendarFeed {
        merchant: staff.merchant,
        store: of.store,
        is_open: write.body.is_open,
    };
    app.command("setCalendarFeed", of.store, staff.actor(), write.key)
        .run(move |tx, ctx| consume::set_calendar_feed(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfCalendar {
    #[param(value_type = String)]
    store: StoreId,
    /// As the feed's path has it.
    calendar_key: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Language {
    /// Of what was booked: `zh-CN`; otherwise English.
    language: Option<String>,
}

/// The bookings of a store, of the last week and the next nine, as a calendar (RFC 5545): who comes, for what, where.
#[utoipa::path(get, path = "/v1/calendars/{store}/{calendar_key}", operation_id = "readCalendar", tag = "consume",
    params(OfCalendar, Language),
    responses((status = 200, body = String, content_type = "text/calendar"), (status = "4XX", body = Problem)))]
async fn read_calendar(
    State(app): State<App>,
    Path(of): Path<OfCalendar>,
    Query(asked): Query<Language>,
) -> Result<Response, Problem> {
    let here = app.clone();
    let language = asked.language.unwrap_or_else(|| "en".to_owned());
    let store = app.read(move |read| {
        let version = queries::calendar_feed(read, of.store)?;
        let given = hex::decode(&of.calendar_key).unwrap_or_default();
        let is_known = |version| bool::from(key(&here, of.store, version).ct_eq(&given[..]));
        version
            .filter(|version| is_known(*version))
            .ok_or_else(|| NOT_FOUND.plain())?;
        party::queries::store(read, of.store)
    });
    let name = store.await?.map(|store| store.details.name).unwrap_or_default();
    let mut calendar = Calendar::new();
    calendar.name(name.in_language(&language));
    let now = shell::now();
    for week in WEEKS {
        let from = now.plus_us(week * WEEK_US);
        let language = language.clone();
        let found = app.read(move |read| events(read, of.store, &language, (from, from.plus_us(WEEK_US))));
        calendar.extend(found.await?);
    }
    let headers = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")];
    Ok((headers, calendar.to_string()).into_response())
}

/// The bookings that start then and are expected, held or were there.
fn events(
    read: &mut ReadTx,
    store: StoreId,
    language: &str,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Event>, Fail> {
    let bookings = queries::bookings_of_store(read, store, from, until)?;
    let (labels, names) = called(read, &bookings)?;
    let text_of = |booking: &Booking| match &booking.guest {
        None => booking.note.clone(),
        Some(guest) => {
            let title = labels.get((guest.offer, booking.merchant)).title;
            let name = names.person(Some(guest.person)).unwrap_or_default();
            format!("{name} · {}", title.in_language(language))
        }
    };
    let expected = bookings.iter().filter_map(|booking| {
        let status = match booking.status {
            BookingStatus::Held => EventStatus::Tentative,
            BookingStatus::Confirmed | BookingStatus::Arrived => EventStatus::Confirmed,
            BookingStatus::NoShow
            | BookingStatus::Cancelled
            | BookingStatus::Released
            | BookingStatus::Lapsed => return None,
        };
        Some(event(booking, &text_of(booking)).status(status).done())
    });
    Ok(expected.collect())
}

fn event(booking: &Booking, text: &str) -> Event {
    let resources = booking.resources.iter().map(|resource| resource.name.as_str());
    let seats = booking.seats.iter().map(String::as_str);
    let places: Vec<&str> = resources.chain(seats).collect();
    Event::new()
        .uid(&booking.id.to_string())
        .timestamp(utc(booking.created_at))
        .starts(utc(booking.period.starts_at))
        .ends(utc(booking.period.ends_at))
        .summary(&format!("{} × {text}", booking.party))
        .location(&places.join(", "))
        .done()
}

fn utc(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.0).unwrap_or_default()
}
