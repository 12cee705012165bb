//! Open tickets: their seats are chosen by who holds one, or by the staff at the door.

use axum::extract::State;
use axum::response::Response;
use consume::ChooseSeats;
use kernel::{Actor, BookingId, VoucherId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Cashier, Consumer, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Path, Write};
use crate::problem::Problem;
use crate::routes::convert::ChosenSeats;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(choose_seats))
        .routes(routes!(choose_seats_as_store))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfTicket {
    /// The voucher that is an open ticket.
    #[param(value_type = String)]
    voucher: VoucherId,
}

/// The booking that an open ticket became.
#[derive(Serialize, ToSchema)]
struct TicketBooked {
    #[schema(value_type = String)]
    booking: BookingId,
    /// RFC 3339.
    starts_at: String,
    /// RFC 3339.
    ends_at: String,
}

async fn choose(
    app: &App,
    actor: Actor,
    voucher: VoucherId,
    write: Write<ChosenSeats>,
) -> Result<Response, Problem> {
    let cmd = ChooseSeats {
        voucher,
        seats: write.body.into(),
    };
    app.command("chooseSeats", cmd.seats.showing, actor, write.key)
        .locking(cmd.locks())
        .creating()
        .run(move |tx, ctx| {
            let chosen = consume::choose_seats(tx, ctx, &cmd)?;
            Ok(TicketBooked {
                booking: chosen.booking,
                starts_at: chosen.period.starts_at.to_string(),
                ends_at: chosen.period.ends_at.to_string(),
            })
        })
        .await
}

/// Chooses the seats of an open ticket of the caller's, as many as it is for, that cost no more: it becomes a booking.
#[utoipa::path(post, path = "/v1/vouchers/{voucher}/seats", operation_id = "chooseSeats", tag = "consume",
    params(OfTicket), security(("session" = ["consumer"])), request_body = ChosenSeats,
    responses((status = 201, body = TicketBooked), (status = "4XX", body = Problem)))]
async fn choose_seats(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfTicket>,
    write: Write<ChosenSeats>,
) -> Result<Response, Problem> {
    choose(&app, consumer.actor(), of.voucher, write).await
}

/// Chooses the seats of a guest's open ticket, of any price, also when the showing has begun; for any staff of its store.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/vouchers/{voucher}/seats",
    operation_id = "chooseSeatsAsStore", tag = "consume", params(OfMerchant, OfTicket),
    security(("session" = ["staff:cashier"])), request_body = ChosenSeats,
    responses((status = 201, body = TicketBooked), (status = "4XX", body = Problem)))]
async fn choose_seats_as_store(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfTicket>,
    write: Write<ChosenSeats>,
) -> Result<Response, Problem> {
    choose(&app, staff.actor(), of.voucher, write).await
}
