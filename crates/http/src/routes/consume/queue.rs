//! A store's queue as guests see it: how it stands, a number of one's own, and how long it still takes.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use consume::queries;
use consume::queue::{QueueStatus, QueueTicket, wait_us};
use consume::{JoinQueue, JoinedQueue, LeaveQueue};
use kernel::{Actor, DAY_US, LocalText, MINUTE_US, MerchantId, QueueTicketId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::Consumer;
use crate::app::App;
use crate::body::{Nothing, Path, Write};
use crate::problem::Problem;
use crate::routes::party::OfStore;
use crate::shell;
use crate::wire::rfc_3339;

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_queue))
        .routes(routes!(join_queue))
        .routes(routes!(list_my_queue_tickets))
        .routes(routes!(leave_queue))
}

/// Microseconds as minutes, of which a part counts as a whole.
pub fn minutes(us: i64) -> i64 {
    (us.max(0) + MINUTE_US - 1) / MINUTE_US
}

/// A queue for everybody.
#[derive(Serialize, ToSchema)]
struct StoreQueue {
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// What the store is called, by language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    store_name: LocalText,
    /// Whether numbers are given out now.
    is_open: bool,
    lines: Vec<StoreLine>,
}

/// Parties of some sizes, who are called in the order of their numbers.
#[derive(Serialize, ToSchema)]
struct StoreLine {
    /// `A`
    name: String,
    /// The largest party.
    party_up_to: i64,
    /// How many parties wait.
    waiting: i64,
    /// About how long somebody waits who comes now, minutes.
    wait_minutes: i64,
}

/// How a store's queue stands; closed and without lines where there is none.
#[utoipa::path(get, path = "/v1/stores/{store}/queue", operation_id = "getQueue", tag = "consume", params(OfStore),
    responses((status = 200, body = StoreQueue), (status = "4XX", body = Problem)))]
async fn get_queue(State(app): State<App>, Path(of): Path<OfStore>) -> Result<Json<StoreQueue>, Problem> {
    let now = shell::now();
    let found = app.read(move |read| {
        let store = party::queries::store(read, of.store)?.ok_or_else(|| party::NOT_FOUND.plain())?;
        let day = queries::day_of_queue(read, of.store, now)?;
        let queue = queries::queue(read, of.store)?;
        let lines = match &queue {
            Some(queue) => queries::lines_now(read, queue, day)?,
            None => Vec::new(),
        };
        Ok((store, queue.is_some_and(|queue| queue.is_open), lines))
    });
    let (store, is_open, lines) = found.await?;
    let shown = lines.into_iter().map(|now_there| StoreLine {
        waiting: now_there.waiting.len() as i64,
        wait_minutes: minutes(now_there.wait_us(now)),
        name: now_there.line.name,
        party_up_to: now_there.line.party_up_to,
    });
    Ok(Json(StoreQueue {
        merchant: store.merchant,
        store_name: store.details.name,
        is_open,
        lines: shown.collect(),
    }))
}

/// A party that comes without a booking.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParty {
    /// How many they are.
    pub party: i64,
}

/// A number in a queue.
#[derive(Serialize, ToSchema)]
pub struct QueueNumber {
    #[schema(value_type = String)]
    ticket: QueueTicketId,
    /// `A`
    line: String,
    /// From 1.
    number: i64,
}

impl From<JoinedQueue> for QueueNumber {
    fn from(joined: JoinedQueue) -> Self {
        Self {
            ticket: joined.ticket,
            line: joined.line,
            number: joined.number,
        }
    }
}

/// Takes a number for the caller's party.
#[utoipa::path(post, path = "/v1/stores/{store}/queue/tickets", operation_id = "joinQueue", tag = "consume",
    params(OfStore), security(("session" = ["consumer"])), request_body = NewParty,
    responses((status = 201, body = QueueNumber), (status = "4XX", body = Problem)))]
async fn join_queue(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfStore>,
    write: Write<NewParty>,
) -> Result<Response, Problem> {
    joined(&app, consumer.actor(), of.store, write).await
}

/// Gives the next number of a line, whoever asks for it.
pub async fn joined(
    app: &App,
    actor: Actor,
    store: StoreId,
    write: Write<NewParty>,
) -> Result<Response, Problem> {
    let cmd = JoinQueue {
        store,
        party: write.body.party,
    };
    app.command("joinQueue", store, actor, write.key)
        .locking(cmd.locks())
        .creating()
        .run(move |tx, ctx| Ok(QueueNumber::from(consume::join_queue(tx, ctx, &cmd)?)))
        .await
}

/// A number of the caller's.
#[derive(Serialize, ToSchema)]
struct MyQueueTicket {
    #[schema(value_type = String)]
    ticket: QueueTicketId,
    #[schema(value_type = String)]
    store: StoreId,
    /// `A`
    line: String,
    number: i64,
    party: i64,
    /// `waiting`, `called`, `seated`, `missed` or `left`.
    status: &'static str,
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String)]
    joined_at: Timestamp,
    /// How many parties are called before; none once it is called.
    ahead: i64,
    /// About how long it still takes, minutes.
    wait_minutes: i64,
}

fn mine(read: &mut ReadTx, ticket: QueueTicket, now: Timestamp) -> Result<MyQueueTicket, Fail> {
    let (mut ahead, mut wait_minutes) = (0, 0);
    if ticket.status == QueueStatus::Waiting
        && let Some(queue) = queries::queue(read, ticket.store)?
    {
        ahead = queries::ahead_of(read, &ticket)?;
        let lines = queries::lines_now(read, &queue, ticket.day)?;
        if let Some(now_there) = lines.into_iter().find(|there| there.line.name == ticket.line) {
            wait_minutes = minutes(wait_us(&now_there.line, ahead, &now_there.calls, now));
        }
    }
    Ok(MyQueueTicket {
        ticket: ticket.id,
        store: ticket.store,
        line: ticket.line,
        number: ticket.number,
        party: ticket.party,
        status: ticket.status.as_str(),
        joined_at: ticket.joined_at,
        ahead,
        wait_minutes,
    })
}

/// The caller's numbers of the last day, the newest first.
#[utoipa::path(get, path = "/v1/me/queue-tickets", operation_id = "listMyQueueTickets", tag = "consume",
    security(("session" = ["consumer"])),
    responses((status = 200, body = Vec<MyQueueTicket>), (status = "4XX", body = Problem)))]
async fn list_my_queue_tickets(
    State(app): State<App>,
    consumer: Consumer,
) -> Result<Json<Vec<MyQueueTicket>>, Problem> {
    let (person, now) = (consumer.0, shell::now());
    let found = app.read(move |read| {
        let tickets = queries::tickets_of_person(read, person, now.plus_us(-DAY_US))?;
        tickets
            .into_iter()
            .map(|ticket| mine(read, ticket, now))
            .collect()
    });
    Ok(Json(found.await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfQueueTicket {
    /// Which number.
    #[param(value_type = String)]
    pub ticket: QueueTicketId,
}

/// Gives up a number of the caller's.
#[utoipa::path(post, path = "/v1/me/queue-tickets/{ticket}/leave", operation_id = "leaveQueue", tag = "consume",
    params(OfQueueTicket), security(("session" = ["consumer"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn leave_queue(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfQueueTicket>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = LeaveQueue { ticket: of.ticket };
    app.command("leaveQueue", of.ticket, consumer.actor(), write.key)
        .run(move |tx, ctx| consume::leave_queue(tx, ctx, &cmd))
        .await
}
