//! A store's queue as the staff at the door see it: opened, filled, called, ended.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use consume::queries;
use consume::queue::{QueueLine, QueueTicket};
use consume::{CallQueue, EndQueueTicket, SetQueue, Whom};
use kernel::{QueueTicketId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::own_store;
use super::queue::{NewParty, OfQueueTicket, QueueNumber, joined, minutes};
use crate::access::{Cashier, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Object, Path, Write};
use crate::problem::Problem;
use crate::reject::BODY_MALFORMED;
use crate::routes::party::OfStore;
use crate::shell;
use crate::wire::{malformed, rfc_3339};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_queue_as_store))
        .routes(routes!(set_queue))
        .routes(routes!(give_queue_number))
        .routes(routes!(call_queue))
        .routes(routes!(end_queue_ticket))
}

/// The queue of a store for those at its door.
#[derive(Serialize, ToSchema)]
struct DoorQueue {
    is_open: bool,
    lines: Vec<DoorLine>,
}

#[derive(Serialize, ToSchema)]
struct DoorLine {
    /// `A`
    name: String,
    /// The largest party.
    party_up_to: i64,
    /// After how many minutes the next party is called, as the store says.
    minutes: i64,
    /// About how long somebody waits who comes now, minutes.
    wait_minutes: i64,
    /// First those who are called next.
    waiting: Vec<DoorTicket>,
    /// Who was called and is not there yet, and who missed their call; the last first.
    called: Vec<DoorTicket>,
}

#[derive(Serialize, ToSchema)]
struct DoorTicket {
    #[schema(value_type = String)]
    ticket: QueueTicketId,
    line: String,
    number: i64,
    party: i64,
    /// `waiting`, `called` or `missed`.
    status: &'static str,
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String)]
    joined_at: Timestamp,
    /// Whether they are told by the app when they are called.
    has_app: bool,
}

impl From<QueueTicket> for DoorTicket {
    fn from(ticket: QueueTicket) -> Self {
        Self {
            ticket: ticket.id,
            line: ticket.line,
            number: ticket.number,
            party: ticket.party,
            status: ticket.status.as_str(),
            joined_at: ticket.joined_at,
            has_app: ticket.person.is_some(),
        }
    }
}

fn tickets(tickets: Vec<QueueTicket>) -> Vec<DoorTicket> {
    tickets.into_iter().map(DoorTicket::from).collect()
}

/// Who waits at a store, who was called, and how long it takes.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/stores/{store}/queue", operation_id = "getQueueAsStore",
    tag = "consume", params(OfMerchant, OfStore), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = DoorQueue), (status = "4XX", body = Problem)))]
async fn get_queue_as_store(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
) -> Result<Json<DoorQueue>, Problem> {
    let (merchant, now) = (staff.merchant, shell::now());
    let found = app.read(move |read| {
        own_store(read, merchant, of.store)?;
        let day = queries::day_of_queue(read, of.store, now)?;
        let Some(queue) = queries::queue(read, of.store)? else {
            return Ok((false, Vec::new()));
        };
        Ok((queue.is_open, queries::lines_now(read, &queue, day)?))
    });
    let (is_open, lines) = found.await?;
    staff.at(of.store)?;
    let shown = lines.into_iter().map(|now_there| DoorLine {
        wait_minutes: minutes(now_there.wait_us(now)),
        name: now_there.line.name,
        party_up_to: now_there.line.party_up_to,
        minutes: now_there.line.minutes,
        waiting: tickets(now_there.waiting),
        called: tickets(now_there.called),
    });
    Ok(Json(DoorQueue {
        is_open,
        lines: shown.collect(),
    }))
}

/// What a store gives numbers for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewQueue {
    /// Whether numbers are given out now.
    is_open: bool,
    /// One to eight, each of larger parties than the one before.
    #[schema(value_type = Vec<NewQueueLine>)]
    lines: Vec<Object<NewQueueLine>>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewQueueLine {
    /// A letter of its own: `A`.
    name: String,
    /// The largest party, 1 to 1,000.
    party_up_to: i64,
    /// About every so many minutes the next party is called, 1 to 240: what guests are told until calls tell better.
    minutes: i64,
}

/// Opens the queue of a store, closes it, or changes its lines.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/stores/{store}/queue", operation_id = "setQueue", tag = "consume",
    params(OfMerchant, OfStore), security(("session" = ["staff:cashier"])), request_body = NewQueue,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn set_queue(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    write: Write<NewQueue>,
) -> Result<Response, Problem> {
    let lines = write.body.lines.into_iter().map(|Object(line)| QueueLine {
        name: line.name,
        party_up_to: line.party_up_to,
        minutes: line.minutes,
    });
    let cmd = SetQueue {
        merchant: staff.merchant,
        store: of.store,
        is_open: write.body.is_open,
        lines: lines.collect(),
    };
    app.command("setQueue", of.store, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| consume::set_queue(tx, ctx, &cmd))
        .await
}

/// Gives a number to a party at the door.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/stores/{store}/queue/tickets", operation_id = "giveQueueNumber",
    tag = "consume", params(OfMerchant, OfStore), security(("session" = ["staff:cashier"])), request_body = NewParty,
    responses((status = 201, body = QueueNumber), (status = "4XX", body = Problem)))]
async fn give_queue_number(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    write: Write<NewParty>,
) -> Result<Response, Problem> {
    joined(&app, staff.actor(), of.store, write).await
}

/// Who is called: the next of a line, or one by its number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Call {
    /// The first who waits in this line.
    line: Option<String>,
    /// Or this one: once more, out of turn, or after it missed its call.
    #[schema(value_type = Option<String>)]
    ticket: Option<QueueTicketId>,
}

/// A party that was called.
#[derive(Serialize, ToSchema)]
struct CalledParty {
    #[schema(value_type = String)]
    ticket: QueueTicketId,
    line: String,
    number: i64,
    party: i64,
}

/// Calls a party to its table.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/stores/{store}/queue/calls", operation_id = "callQueue",
    tag = "consume", params(OfMerchant, OfStore), security(("session" = ["staff:cashier"])), request_body = Call,
    responses((status = 200, body = CalledParty), (status = "4XX", body = Problem)))]
async fn call_queue(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfStore>,
    write: Write<Call>,
) -> Result<Response, Problem> {
    let whom = match (write.body.line, write.body.ticket) {
        (Some(line), None) => Whom::Next(line),
        (None, Some(ticket)) => Whom::Ticket(ticket),
        (Some(_), Some(_)) | (None, None) => {
            let detail = "the next of a line is called, or a ticket: one of the two";
            return Err(malformed(&BODY_MALFORMED, "", detail));
        }
    };
    let cmd = CallQueue {
        merchant: staff.merchant,
        store: of.store,
        whom,
    };
    app.command("callQueue", of.store, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| {
            let called = consume::call_queue(tx, ctx, &cmd)?;
            Ok(CalledParty {
                ticket: called.id,
                line: called.line,
                number: called.number,
                party: called.party,
            })
        })
        .await
}

/// What became of a party.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QueueOutcome {
    /// They sit; otherwise they were called and did not come.
    seated: bool,
}

/// Says that a party sits, or that it did not come.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/queue-tickets/{ticket}/end", operation_id = "endQueueTicket",
    tag = "consume", params(OfMerchant, OfQueueTicket), security(("session" = ["staff:cashier"])),
    request_body = QueueOutcome, responses((status = 200), (status = "4XX", body = Problem)))]
async fn end_queue_ticket(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfQueueTicket>,
    write: Write<QueueOutcome>,
) -> Result<Response, Problem> {
    let cmd = EndQueueTicket {
        ticket: of.ticket,
        seated: write.body.seated,
    };
    app.command("endQueueTicket", of.ticket, staff.actor(), write.key)
        .run(move |tx, ctx| consume::end_queue_ticket(tx, ctx, &cmd))
        .await
}
