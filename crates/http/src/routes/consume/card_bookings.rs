//! Bookings that uses of a card pay for.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use consume::BookWithCard;
use kernel::{BookingId, OfferId, ResourceId, StoreId, VoucherId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bookings::WireWhen;
use crate::access::Consumer;
use crate::app::App;
use crate::body::{Object, Path, Write};
use crate::problem::Problem;
use crate::routes::offer::OfOffer;
use crate::routes::voucher::{HeldVoucher, labelled_vouchers};
use crate::shell;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_booking_cards))
        .routes(routes!(book_with_card))
}

/// The caller's cards that pay for what an offer books, those that end first before the others.
#[utoipa::path(get, path = "/v1/offers/{offer}/cards", operation_id = "listBookingCards", tag = "consume",
    params(OfOffer), security(("session" = ["consumer"])),
    responses((status = 200, body = Vec<HeldVoucher>), (status = "4XX", body = Problem)))]
async fn list_booking_cards(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfOffer>,
) -> Result<Json<Vec<HeldVoucher>>, Problem> {
    let now = shell::now();
    let found = app.read(move |read| {
        let terms = offer::queries::booking_terms(read, of.offer)?;
        let cards = terms.map_or(Vec::new(), |(terms, _)| terms.cards);
        let mut found = voucher::queries::live_of_offers(read, consumer.0, &cards, now)?;
        found.sort_by_key(|card| (card.valid_until, card.id));
        labelled_vouchers(read, found)
    });
    Ok(Json(found.await?.into_iter().map(HeldVoucher::from).collect()))
}

/// What a guest would like to book with a card.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCardBooking {
    /// One of those that `listBookingCards` names.
    #[schema(value_type = String)]
    card: VoucherId,
    #[schema(value_type = String)]
    offer: OfferId,
    /// In which of the offer's stores.
    #[schema(value_type = String)]
    store: StoreId,
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

/// A booking for which uses of a card are kept.
#[derive(Serialize, ToSchema)]
struct CardBooked {
    #[schema(value_type = String)]
    booking: BookingId,
    /// How many uses.
    uses: i64,
    /// RFC 3339.
    starts_at: String,
    /// RFC 3339.
    ends_at: String,
}

/// Books a time for uses of a card: one for a booking, or one for each who comes if the price is of a person. They are taken
/// when the guest is there, or does not come; cancelled in time it costs nothing.
#[utoipa::path(post, path = "/v1/card-bookings", operation_id = "bookWithCard", tag = "consume",
    security(("session" = ["consumer"])), request_body = NewCardBooking,
    responses((status = 201, body = CardBooked), (status = "4XX", body = Problem)))]
async fn book_with_card(
    State(app): State<App>,
    consumer: Consumer,
    write: Write<NewCardBooking>,
) -> Result<Response, Problem> {
    let body = write.body;
    let cmd = BookWithCard {
        card: body.card,
        offer: body.offer,
        store: body.store,
        when: body.when.0.when()?,
        party: body.party,
        area: body.area,
        resources: body.resources,
    };
    app.command("bookWithCard", cmd.offer, consumer.actor(), write.key)
        .locking(cmd.locks())
        .creating()
        .run(move |tx, ctx| {
            let booked = consume::book_with_card(tx, ctx, &cmd)?;
            Ok(CardBooked {
                booking: booked.booking,
                uses: booked.uses,
                starts_at: booked.period.starts_at.to_string(),
                ends_at: booked.period.ends_at.to_string(),
            })
        })
        .await
}
