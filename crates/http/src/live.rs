//! News for those who have a page open: what happened, from the event log, as a hint to ask again. Nothing
//! is kept for whoever is away, and nothing is decided here.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{once, unfold};
use futures_util::{Stream, StreamExt};
use kernel::{MerchantId, OrderId, PersonId, StoreId};
use serde::Serialize;
use serde_json::Value;
use store::{Cursor, Fail, PARTITIONS, ReadTx, StoredEvent, from_json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};
use tokio::time::{Instant, timeout_at};
use utoipa::ToSchema;

use crate::app::AppState;
use crate::problem::Problem;
use crate::wire::Place;

/// News that a slow reader may be behind; it is told that it missed some.
const BEHIND_AT_MOST: usize = 256;
/// Events of one partition that are read together.
const EVENTS_AT_ONCE: i64 = 200;
/// A stream ends then and the client comes again, so that a session that has ended sees no more.
const STREAM_LASTS: Duration = Duration::from_secs(60);
/// How soon the client comes again: a browser's own choice would leave its pages behind for seconds.
const COME_AGAIN_AFTER: Duration = Duration::from_millis(500);
/// A sign of life, for proxies that close what is silent.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Something that happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct News {
    /// The event's name: `OrderPaid`, `VoucherRedeemed`, `AgreementCountered`, …
    #[serde(rename = "type")]
    kind: String,
    /// RFC 3339.
    at: String,
    /// The things that it is about, by kind: `order`, `voucher`, `store`, …
    about: BTreeMap<String, String>,
    /// Where, if it happened in a store.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    #[serde(skip)]
    merchant: Option<MerchantId>,
    #[serde(skip)]
    people: Vec<PersonId>,
}

impl News {
    /// Whether it concerns the merchant.
    pub fn is_of_merchant(&self, merchant: MerchantId) -> bool {
        self.merchant == Some(merchant)
    }

    /// Whether it concerns the person.
    pub fn is_of_person(&self, person: PersonId) -> bool {
        self.people.contains(&person)
    }
}

/// What is told about an event: ids of things, never of people.
const THINGS: &[&str] = &[
    "agreement",
    "certification",
    "complaint",
    "conflict",
    "conversation",
    "coupon",
    "group",
    "merchant",
    "message",
    "offer",
    "order",
    "payout",
    "rebate",
    "redemption",
    "refund",
    "review",
    "store",
    "voucher",
    "wallet_coupon",
];
/// Whom it concerns.
const PEOPLE: &[&str] = &["holder", "person", "sharer"];

/// Everybody who listens, and how far the log is read for them.
#[derive(Debug)]
pub struct Live(Mutex<Listeners>);

#[derive(Debug)]
struct Listeners {
    /// None once the program stops.
    sender: Option<Sender<News>>,
    /// None while nobody listens.
    cursor: Option<Cursor>,
}

impl Default for Live {
    fn default() -> Self {
        Self(Mutex::new(Listeners {
            sender: Some(broadcast::channel(BEHIND_AT_MOST).0),
            cursor: None,
        }))
    }
}

/// Tells everybody who listens what happened since the last step, and gives how much that was. Where
/// nobody listens nothing is read.
pub async fn tell_news(app: &AppState) -> Result<usize, Problem> {
    let Some((sender, before)) = app.live.wanted() else {
        return Ok(0);
    };
    let (news, cursor) = app.read(move |read| news_since(read, &before)).await?;
    app.live.listeners().cursor = Some(cursor);
    let told = news.len();
    for news in news {
        // An error means that the last listener has just left.
        let _ = sender.send(news);
    }
    Ok(told)
}

impl Live {
    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where news go and how far the log is read for them, if somebody listens.
    fn wanted(&self) -> Option<(Sender<News>, Cursor)> {
        let mut listeners = self.listeners();
        let sender = listeners
            .sender
            .clone()
            .filter(|sender| sender.receiver_count() > 0);
        if sender.is_none() {
            listeners.cursor = None;
        }
        Some((sender?, listeners.cursor.clone()?))
    }

    /// Ends every stream, so that a program that stops waits for none.
    pub fn close(&self) {
        self.listeners().sender = None;
    }

    fn subscribe(&self) -> Receiver<News> {
        let receiver = self.listeners().sender.as_ref().map(Sender::subscribe);
        receiver.unwrap_or_else(|| broadcast::channel(1).1)
    }
}

/// The news that `concerns` says yes to, for a while: what happens once this has answered is told.
pub async fn listen<C: Fn(&News) -> bool + Send + Sync + 'static>(
    app: &AppState,
    concerns: C,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<C>>, Problem> {
    // First of all, because the log is read for somebody only.
    let receiver = app.live.subscribe();
    let is_first = app.live.listeners().cursor.is_none();
    if is_first {
        let heads = app.read(|read| Ok(StoredEvent::heads(read)?)).await?;
        app.live.listeners().cursor.get_or_insert(heads);
    }
    let state = (receiver, concerns, Instant::now() + STREAM_LASTS);
    let news = unfold(state, |(mut receiver, concerns, until)| async move {
        let event = timeout_at(until, next(&mut receiver, &concerns)).await.ok()??;
        Some((Ok(event), (receiver, concerns, until)))
    });
    let hint = ready(Ok(Event::default().retry(COME_AGAIN_AFTER)));
    Ok(Sse::new(once(hint).chain(news)).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)))
}

/// `None`: the program stops.
async fn next(receiver: &mut Receiver<News>, concerns: &impl Fn(&News) -> bool) -> Option<Event> {
    loop {
        match receiver.recv().await {
            Ok(news) if concerns(&news) => return Event::default().event("news").json_data(&news).ok(),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return Some(Event::default().event("missed").data("{}")),
            Err(RecvError::Closed) => return None,
        }
    }
}

/// What happened since, and how far the log is read now.
fn news_since(read: &mut ReadTx, before: &Cursor) -> Result<(Vec<News>, Cursor), Fail> {
    let mut cursor = StoredEvent::heads(read)?;
    let mut news = Vec::new();
    for partition in 0..PARTITIONS {
        let (Some(head), done) = (
            cursor.get_mut(&partition),
            before.get(&partition).copied().unwrap_or(0),
        ) else {
            continue;
        };
        if *head == done {
            continue;
        }
        for event in StoredEvent::after(read, partition, done, EVENTS_AT_ONCE)? {
            *head = event.seq;
            news.push(news_of(read, &event)?);
        }
    }
    news.sort_by(|one, other| one.at.cmp(&other.at));
    Ok((news, cursor))
}

fn news_of(read: &mut ReadTx, event: &StoredEvent) -> Result<News, Fail> {
    let body: Value = from_json(&event.body)?;
    let id = |field: &str| body.get(field).and_then(Value::as_str);
    let mut merchant: Option<MerchantId> = id("merchant").and_then(|id| id.parse().ok());
    let mut people: Vec<PersonId> = PEOPLE
        .iter()
        .filter_map(|field| id(field)?.parse().ok())
        .collect();
    if let Some(order) = id("order").and_then(|id| id.parse::<OrderId>().ok())
        && (merchant.is_none() || people.is_empty())
        && let Some(order) = convert::queries::order(read, order)?
    {
        merchant = merchant.or(Some(order.merchant));
        people.push(order.person);
    }
    let store: Option<StoreId> = id("store").and_then(|id| id.parse().ok());
    let place = match store {
        Some(store) => party::queries::stores(read, &[store])?
            .pop()
            .map(|store| store.details.place.into()),
        None => None,
    };
    let about = THINGS
        .iter()
        .filter_map(|thing| Some(((*thing).to_owned(), id(thing)?.to_owned())));
    Ok(News {
        kind: event.kind.clone(),
        at: event.at.to_string(),
        about: about.collect(),
        place,
        merchant,
        people,
    })
}
