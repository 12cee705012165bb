//! A store's day of bookings: listed, kept, moved, cancelled, missed and served.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use consume::queries;
use consume::{Arrive, CancelBooking, KeepPlaces, MarkNoShow, SettleSecurityDeposit};
use kernel::{HOUR_US, ResourceId, Timestamp};
use offer::Period;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bookings::{BookingTime, OfBooking, OtherTime, WireBooking, locks, moved, shown};
use super::own_store;
use super::redeem::VoucherRedeemed;
use crate::access::{Cashier, Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Because, Nothing, Object, Path, Query, Write};
use crate::problem::Problem;
use crate::routes::party::OfStore;
use crate::shell;
use crate::wire::{Created, WireMoney, optional_time, rfc_3339};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_bookings_of_store))
        .routes(routes!(keep_places))
        .routes(routes!(move_booking_as_store))
        .routes(routes!(cancel_booking_as_store))
        .routes(routes!(mark_no_show))
        .routes(routes!(arrive))
        .routes(routes!(return_security_deposit))
        .routes(routes!(claim_security_deposit))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DayAsked {
    /// From when on, RFC 3339; the last twelve hours if absent.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>)]
    from: Option<Timestamp>,
    /// For how many hours; 24 if absent, 744 at most.
    hours: Option<i64>,
}

impl DayAsked {
    /// From when on, and until when.
    pub fn hours(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let from = self.from.unwrap_or_else(|| now.plus_us(-12 * HOUR_US));
        (
            from,
            from.plus_us(self.hours.unwrap_or(24).clamp(1, 744) * HOUR_US),
        )
    }
}

/// The bookings of a store that start in some hours, in the order of their time.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/stores/{store}/bookings", operation_id = "listBookingsOfStore",
    tag = "consume", params(OfMerchant, OfStore, DayAsked), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = Vec<WireBooking>), (status = "4XX", body = Problem)))]
async fn list_bookings_of_store(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    Query(asked): Query<DayAsked>,
) -> Result<Json<Vec<WireBooking>>, Problem> {
    let (merchant, now) = (staff.merchant, shell::now());
    let (from, until) = asked.hours(now);
    let found = app.read(move |read| {
        own_store(read, merchant, of.store)?;
        let found = queries::bookings_of_store(read, of.store, from, until)?;
        shown(read, found, now, true)
    });
    let found = found.await?;
    staff.at(of.store)?;
    Ok(Json(found))
}

/// A time that a store keeps itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPlaces {
    /// What: 1 to 50 resources of the store.
    #[schema(value_type = Vec<String>)]
    resources: Vec<ResourceId>,
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String)]
    starts_at: Timestamp,
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String)]
    ends_at: Timestamp,
    /// How many come; 1 if nobody does.
    party: i64,
    /// For the staff: a name, a reason; up to 200 characters.
    #[serde(default)]
    note: String,
}

/// Keeps a time for somebody who called or walked in, or for nobody.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/stores/{store}/bookings", operation_id = "keepPlaces",
    tag = "consume", params(OfMerchant, OfStore), security(("session" = ["staff:cashier"])), request_body = NewPlaces,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn keep_places(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    write: Write<NewPlaces>,
) -> Result<Response, Problem> {
    let body = write.body;
    let cmd = KeepPlaces {
        merchant: staff.merchant,
        store: of.store,
        resources: body.resources,
        period: Period {
            starts_at: body.starts_at,
            ends_at: body.ends_at,
        },
        party: body.party,
        note: body.note,
    };
    app.command("keepPlaces", of.store, staff.actor(), write.key)
        .locking(cmd.locks())
        .creating()
        .run(move |tx, ctx| Ok(Created::of(consume::keep_places(tx, ctx, &cmd)?)))
        .await
}

/// Moves a guest's booking; for any staff of its store.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/bookings/{booking}/move", operation_id = "moveBookingAsStore",
    tag = "consume", params(OfMerchant, OfBooking), security(("session" = ["staff:cashier"])),
    request_body = OtherTime, responses((status = 200, body = BookingTime), (status = "4XX", body = Problem)))]
async fn move_booking_as_store(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfBooking>,
    write: Write<OtherTime>,
) -> Result<Response, Problem> {
    moved(&app, staff.actor(), Some(staff.merchant), of.booking, write).await
}

/// Cancels a booking for the store, which says why: the guest gets all of it back.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/bookings/{booking}/cancel",
    operation_id = "cancelBookingAsStore", tag = "consume", params(OfMerchant, OfBooking),
    security(("session" = ["staff:manager"])), request_body = Because,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn cancel_booking_as_store(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfBooking>,
    write: Write<Because>,
) -> Result<Response, Problem> {
    let cmd = CancelBooking { booking: of.booking };
    let locks = locks(&app, Some(staff.merchant), of.booking).await?;
    app.command("cancelBooking", of.booking, staff.actor(), write.key)
        .because(&write.body.reason)?
        .locking(locks)
        .run(move |tx, ctx| consume::cancel_booking(tx, ctx, &cmd).map(drop))
        .await
}

/// Says that nobody came to a booking, once its place need not be kept any more.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/bookings/{booking}/no-show", operation_id = "markNoShow",
    tag = "consume", params(OfMerchant, OfBooking), security(("session" = ["staff:cashier"])),
    request_body = Nothing, responses((status = 200), (status = "4XX", body = Problem)))]
async fn mark_no_show(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfBooking>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = MarkNoShow { booking: of.booking };
    let locks = locks(&app, Some(staff.merchant), of.booking).await?;
    app.command("markNoShow", of.booking, staff.actor(), write.key)
        .locking(locks)
        .run(move |tx, ctx| consume::mark_no_show(tx, ctx, &cmd).map(drop))
        .await
}

/// The guest of a booking is here: its voucher is redeemed without a scan.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/bookings/{booking}/arrive", operation_id = "arrive",
    tag = "consume", params(OfMerchant, OfBooking), security(("session" = ["staff:cashier"])),
    request_body = Nothing, responses((status = 200, body = VoucherRedeemed), (status = "4XX", body = Problem)))]
async fn arrive(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfBooking>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = Arrive { booking: of.booking };
    let locks = locks(&app, Some(staff.merchant), of.booking).await?;
    app.command("arrive", of.booking, staff.actor(), write.key)
        .locking(locks)
        .run(move |tx, ctx| Ok(VoucherRedeemed::from(consume::arrive(tx, ctx, &cmd)?)))
        .await
}

/// Gives the security deposit of a booking back before its time.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/bookings/{booking}/security-deposit/return",
    operation_id = "returnSecurityDeposit", tag = "consume", params(OfMerchant, OfBooking),
    security(("session" = ["staff:cashier"])),
    request_body = Nothing, responses((status = 200), (status = "4XX", body = Problem)))]
async fn return_security_deposit(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfBooking>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = SettleSecurityDeposit {
        booking: of.booking,
        claim: None,
    };
    let locks = locks(&app, Some(staff.merchant), of.booking).await?;
    app.command("returnSecurityDeposit", of.booking, staff.actor(), write.key)
        .locking(locks)
        .run(move |tx, ctx| consume::settle_security_deposit(tx, ctx, &cmd))
        .await
}

/// What a merchant keeps of a guest's security deposit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSecurityClaim {
    /// More than zero and at most the deposit.
    #[schema(value_type = WireMoney)]
    claim: Object<WireMoney>,
    /// What for: the guest and the platform read it.
    reason: String,
}

/// Keeps what a damage costs of the security deposit of a booking whose guest was there, and gives the rest back. The guest is
/// told why.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/bookings/{booking}/security-deposit/claim",
    operation_id = "claimSecurityDeposit", tag = "consume", params(OfMerchant, OfBooking),
    security(("session" = ["staff:manager"])),
    request_body = NewSecurityClaim, responses((status = 200), (status = "4XX", body = Problem)))]
async fn claim_security_deposit(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfBooking>,
    write: Write<NewSecurityClaim>,
) -> Result<Response, Problem> {
    let cmd = SettleSecurityDeposit {
        booking: of.booking,
        claim: Some(write.body.claim.0.into()),
    };
    let locks = locks(&app, Some(staff.merchant), of.booking).await?;
    app.command("claimSecurityDeposit", of.booking, staff.actor(), write.key)
        .because(&write.body.reason)?
        .locking(locks)
        .run(move |tx, ctx| consume::settle_security_deposit(tx, ctx, &cmd))
        .await
}
