//! What the platform tells a person: listed, and noted as read.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use kernel::{BookingId, LocalText, MediaId, MerchantId, MessageId, OfferId, OrderId, StoreId, VoucherId};
use retain::{Message, ReadMessages};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::Consumer;
use crate::app::App;
use crate::body::{Query, Write};
use crate::labels::Labels;
use crate::problem::Problem;
use crate::wire::{After, PAGE_SIZE, Page, WireMoney};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_my_messages))
        .routes(routes!(read_messages))
}

/// What the platform tells a person. The words are the reader's own.
#[derive(Serialize, ToSchema)]
pub struct PersonMessage {
    #[schema(value_type = String)]
    id: MessageId,
    /// `order_paid`, `voucher_redeemed`, `redemption_undone`, `refund_arrived`, `order_charged_back`, `deposit_claimed`, `rebate_earned`,
    /// `review_answered`, `complaint_answered`, `complaint_decided`, `merchant_answered`, `booking_soon`, `place_offered`, or what the store did:
    /// `booking_moved`, `booking_cancelled` or `queue_called`.
    kind: String,
    #[schema(value_type = Option<String>)]
    order: Option<OrderId>,
    #[schema(value_type = Option<String>)]
    voucher: Option<VoucherId>,
    #[schema(value_type = Option<String>)]
    offer: Option<OfferId>,
    /// What the offer is called, by language.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    title: Option<LocalText>,
    /// The offer's picture.
    #[schema(value_type = Option<String>)]
    media: Option<MediaId>,
    /// Who answered, where one can go on writing to them.
    #[schema(value_type = Option<String>)]
    merchant: Option<MerchantId>,
    /// Who sells the offer, or answered, by language.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    merchant_name: Option<LocalText>,
    /// Of which booking.
    booking: Option<BookingTold>,
    /// Where the table of those who wait is ready.
    store: Option<StoreTold>,
    /// How much was paid, came back or was earned.
    amount: Option<WireMoney>,
    /// RFC 3339.
    at: String,
    is_read: bool,
}

/// A store.
#[derive(Serialize, ToSchema)]
struct StoreTold {
    #[schema(value_type = String)]
    id: StoreId,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    name: LocalText,
}

/// When a booking starts, or was to start.
#[derive(Serialize, ToSchema)]
struct BookingTold {
    #[schema(value_type = String)]
    id: BookingId,
    /// RFC 3339.
    starts_at: String,
    /// The store's, by its IANA name.
    time_zone: String,
    /// The names of its seats, if it is of a showing: `F-7`.
    seats: Vec<String>,
}

impl PersonMessage {
    /// Which.
    pub fn id(&self) -> MessageId {
        self.id
    }
}

/// Messages with what they are about.
pub fn labelled_messages(read: &mut ReadTx, messages: Vec<Message>) -> Result<Vec<PersonMessage>, Fail> {
    let labels = Labels::of(read, messages.iter().filter_map(|message| message.offer))?;
    let asked: Vec<_> = messages.iter().filter_map(|message| message.merchant).collect();
    let merchants = party::queries::merchant_names(read, &asked)?;
    let store_of = |message: &Message| message.booking.map(|booked| booked.store).or(message.store);
    let stores: BTreeSet<_> = messages.iter().filter_map(store_of).collect();
    let stores: Vec<_> = stores.into_iter().collect();
    let stores = party::queries::stores(read, &stores)?.into_iter();
    let stores: BTreeMap<_, _> = stores.map(|store| (store.id, store.details)).collect();
    let bookings: Vec<_> = messages
        .iter()
        .filter_map(|message| Some(message.booking?.booking))
        .collect();
    let seats = consume::queries::seats_of_bookings(read, &bookings)?;
    let show = |message: Message| {
        let label = message.offer.map(|offer| labels.get(offer));
        PersonMessage {
            id: message.id,
            kind: message.kind.as_str().to_owned(),
            order: message.order,
            voucher: message.voucher,
            offer: message.offer.map(|(offer, _)| offer),
            title: label.as_ref().map(|label| label.title.clone()),
            media: label.as_ref().and_then(|label| label.media),
            merchant: message.merchant,
            merchant_name: match message.merchant {
                Some(merchant) => merchants.get(&merchant).cloned(),
                None => label.map(|label| label.merchant_name),
            },
            booking: message.booking.map(|booked| BookingTold {
                id: booked.booking,
                starts_at: booked.starts_at.to_string(),
                time_zone: stores
                    .get(&booked.store)
                    .map(|store| store.time_zone.clone())
                    .unwrap_or_default(),
                seats: seats.get(&booked.booking).cloned().unwrap_or_default(),
            }),
            store: message.store.and_then(|id| {
                let name = stores.get(&id)?.name.clone();
                Some(StoreTold { id, name })
            }),
            amount: message.amount.map(WireMoney::from),
            at: message.created_at.to_string(),
            is_read: message.read_at.is_some(),
        }
    };
    Ok(messages.into_iter().map(show).collect())
}

/// What the caller was told, newest first.
#[utoipa::path(get, path = "/v1/me/messages", operation_id = "listMyMessages", tag = "retain",
    params(After<kernel::Message>), security(("session" = ["consumer"])),
    responses((status = 200, body = Page<PersonMessage>), (status = "4XX", body = Problem)))]
async fn list_my_messages(
    State(app): State<App>,
    consumer: Consumer,
    Query(asked): Query<After<kernel::Message>>,
) -> Result<Json<Page<PersonMessage>>, Problem> {
    let found = app.read(move |read| {
        let found = retain::queries::messages_of(read, consumer.0, asked.after, PAGE_SIZE + 1)?;
        labelled_messages(read, found)
    });
    Ok(Json(Page::of(
        found.await?,
        |message| message.id.to_string(),
        |message| message,
    )))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Seen {
    /// The newest message that the caller has seen; later ones stay unread.
    #[schema(value_type = String)]
    message: MessageId,
}

/// Notes that the caller has read their messages, up to one of them.
#[utoipa::path(post, path = "/v1/me/messages/read", operation_id = "readMessages", tag = "retain",
    security(("session" = ["consumer"])), request_body = Seen,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn read_messages(
    State(app): State<App>,
    consumer: Consumer,
    write: Write<Seen>,
) -> Result<Response, Problem> {
    let cmd = ReadMessages {
        until: write.body.message,
    };
    app.command("readMessages", consumer.0, consumer.actor(), write.key)
        .run(move |tx, ctx| retain::read_messages(tx, ctx, &cmd).map(drop))
        .await
}
