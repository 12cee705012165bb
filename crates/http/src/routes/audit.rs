//! The audit log: every event with who caused it and why, for administrators.

use axum::Json;
use axum::extract::State;
use kernel::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Cursor, PARTITIONS, StoredEvent};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::access::{Admin, Operator};
use crate::app::App;
use crate::body::Query;
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::wire::{PAGE_SIZE, Page, malformed, optional_time};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_events))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsAsked {
    /// Of this type, such as `OrderPaid`; absent for all.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Caused by this person; absent for all.
    #[param(value_type = Option<String>)]
    actor: Option<PersonId>,
    /// Which name this id, of whatever kind; absent for all.
    about: Option<String>,
    /// From here on, RFC 3339; absent: from the first.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Before this, RFC 3339; absent: to the last.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// `next` of the page before; absent for the first page.
    after: Option<String>,
}

impl EventsAsked {
    fn keeps(&self, event: &StoredEvent) -> bool {
        let kind = self.kind.as_ref().is_none_or(|kind| *kind == event.kind);
        let actor = self
            .actor
            .is_none_or(|actor| actor_of(&event.actor).1 == Some(actor));
        let about = self
            .about
            .as_ref()
            .is_none_or(|id| event.body.contains(&format!("\"{id}\"")));
        kind && actor && about
    }
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
struct EventListed {
    id: String,
    /// RFC 3339.
    at: String,
    #[serde(rename = "type")]
    kind: String,
    /// `anonymous`, `consumer`, `staff`, `operator`, `provider` or `system`.
    actor: String,
    /// The person who acted, if one did.
    #[schema(value_type = Option<String>)]
    person: Option<PersonId>,
    /// Why, if somebody said so.
    reason: Option<String>,
    /// What is told of it: ids and amounts.
    #[schema(value_type = Object)]
    body: Value,
}

/// Who acted, as [`kernel::Actor::to_bytes`] writes it.
fn actor_of(bytes: &[u8]) -> (&'static str, Option<PersonId>) {
    let (kind, is_person) = match bytes.first() {
        Some(0) => ("anonymous", false),
        Some(1) => ("consumer", true),
        Some(2) => ("staff", true),
        Some(3) => ("operator", true),
        Some(4) => ("provider", false),
        _ => ("system", false),
    };
    let id = bytes.get(1..).and_then(|id| Uuid::from_slice(id).ok());
    (kind, id.filter(|_| is_person).map(PersonId::from_uuid))
}

impl From<StoredEvent> for EventListed {
    fn from(event: StoredEvent) -> Self {
        let (actor, person) = actor_of(&event.actor);
        Self {
            id: event.id.to_string(),
            at: event.at.to_string(),
            kind: event.kind,
            actor: actor.to_owned(),
            person,
            reason: event.reason,
            body: serde_json::from_str(&event.body).unwrap_or_default(),
        }
    }
}

/// Where each partition was left, as `3.1204-17.88`.
fn cursor_text(cursor: &Cursor) -> String {
    let left = cursor.iter().map(|(partition, seq)| format!("{partition}.{seq}"));
    left.collect::<Vec<_>>().join("-")
}

fn cursor_of(text: &str) -> Option<Cursor> {
    let left = text.split('-').map(|left| {
        let (partition, seq) = left.split_once('.')?;
        let partition = partition.parse().ok().filter(|partition| *partition < PARTITIONS);
        Some((partition?, seq.parse().ok().filter(|seq| *seq > 0)?))
    });
    left.collect()
}

/// What happened, newest first; for administrators. A filtered page may be short and the next one empty.
#[utoipa::path(get, path = "/v1/platform/events", operation_id = "listEvents", tag = "audit",
    params(EventsAsked), security(("session" = ["operator:admin"])),
    responses((status = 200, body = Page<EventListed>), (status = "4XX", body = Problem)))]
async fn list_events(
    State(app): State<App>,
    _operator: Operator<Admin>,
    Query(asked): Query<EventsAsked>,
) -> Result<Json<Page<EventListed>>, Problem> {
    let from = asked.after.as_deref().map(|after| {
        let cursor = cursor_of(after);
        cursor.ok_or_else(|| malformed(&QUERY_MALFORMED, "/after", "this is no `next` of a page"))
    });
    let from = from.transpose()?;
    let page = app.read(move |read| {
        let keeps = |event: &StoredEvent| asked.keeps(event);
        let start = match (&from, asked.until) {
            (Some(from), _) => Some(from.clone()),
            (None, Some(until)) => Some(StoredEvent::heads_at(read, until)?),
            (None, None) => None,
        };
        Ok(StoredEvent::newest(
            read,
            start.as_ref(),
            asked.since,
            PAGE_SIZE as usize,
            keeps,
        )?)
    });
    let page = page.await?;
    Ok(Json(Page {
        items: page.events.into_iter().map(EventListed::from).collect(),
        next: page.next.as_ref().map(cursor_text),
    }))
}

#[cfg(test)]
mod tests {
    use kernel::{Actor, MerchantId};
    use proptest::collection::btree_map;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_cursor_is_read_back(cursor in btree_map(0..PARTITIONS, 1..=i64::MAX, 1..=64)) {
            prop_assert_eq!(cursor_of(&cursor_text(&cursor)), Some(cursor));
        }

        #[test]
        fn no_text_makes_more_of_a_cursor_than_there_are_partitions(text in "\\PC{0,80}|([0-9]{1,20}[.-]){1,90}[0-9]") {
            if let Some(cursor) = cursor_of(&text) {
                prop_assert!(cursor.len() <= usize::from(PARTITIONS));
                prop_assert_eq!(cursor_of(&cursor_text(&cursor)), Some(cursor));
            }
        }
    }

    #[test]
    fn a_cursor_is_read_back_and_others_are_refused() {
        let cursor = Cursor::from([(0, 1), (63, i64::MAX)]);
        assert_eq!(cursor_of(&cursor_text(&cursor)), Some(cursor));
        for wrong in [
            "",
            "-",
            "1",
            "1.",
            ".1",
            "64.1",
            "1.0",
            "1.-1",
            "1.1-",
            "1.9223372036854775808",
        ] {
            assert_eq!(cursor_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_actor_is_told_as_it_was_written() {
        let person = PersonId::from_uuid(Uuid::from_u128(7));
        let merchant = MerchantId::from_uuid(Uuid::from_u128(8));
        for (actor, told) in [
            (Actor::Anonymous, ("anonymous", None)),
            (Actor::Consumer(person), ("consumer", Some(person))),
            (Actor::Staff(person, merchant), ("staff", Some(person))),
            (Actor::Operator(person), ("operator", Some(person))),
            (Actor::Provider(1), ("provider", None)),
            (Actor::System, ("system", None)),
        ] {
            assert_eq!(actor_of(&actor.to_bytes()), told);
        }
    }
}
