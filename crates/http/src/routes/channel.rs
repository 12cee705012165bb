//! Where people come from: entries with their visits, share links, and the visits themselves.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use channel::{CloseEntry, CreateEntry, CreateShareLink, Entry, EntryKind, RenameEntry, ShareLink, Visit};
use kernel::{DAY_US, EntryId, MerchantId, OfferId, ShareLinkId, Timestamp};
use party::NOT_FOUND;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{Consumer, Manager, OfMerchant, Operator, Staff, Support};
use crate::app::App;
use crate::body::{Nothing, Path, Query, Write, parse_body, parse_json, read_bytes};
use crate::pace::{Paced, Visits};
use crate::problem::Problem;
use crate::reject::BODY_MALFORMED;
use crate::routes::offer::OfOffer;
use crate::shell;
use crate::visits::take_in;
use crate::wire::{Created, PAGE_SIZE, Page, named, optional_time};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_entry))
        .routes(routes!(list_entries))
        .routes(routes!(rename_entry))
        .routes(routes!(close_entry))
        .routes(routes!(create_platform_entry))
        .routes(routes!(list_platform_entries))
        .routes(routes!(create_share_link))
        .routes(routes!(get_share_link))
        .routes(routes!(record_visit))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEntry {
    /// `mall`, `search`, `qr`, `map`, `ad`, `social` or `app`.
    kind: String,
    /// 1 to 80 characters.
    name: String,
}

impl NewEntry {
    fn of(self, merchant: Option<MerchantId>) -> Result<CreateEntry, Problem> {
        Ok(CreateEntry {
            merchant,
            kind: named(&BODY_MALFORMED, "/kind", &self.kind, EntryKind::from_name)?,
            name: self.name,
        })
    }
}

/// Makes an entry of the merchant: a poster, a map, an app outside.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/entries", operation_id = "createEntry", tag = "channel",
    params(OfMerchant), security(("session" = ["staff:manager"])), request_body = NewEntry,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn create_entry(
    State(app): State<App>,
    staff: Staff<Manager>,
    write: Write<NewEntry>,
) -> Result<Response, Problem> {
    let cmd = write.body.of(Some(staff.merchant))?;
    app.command("createEntry", staff.merchant, staff.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(Created::of(channel::create_entry(tx, ctx, &cmd)?)))
        .await
}

/// Makes an entry of the platform's own, for administrators and support.
#[utoipa::path(post, path = "/v1/platform/entries", operation_id = "createPlatformEntry", tag = "channel",
    security(("session" = ["operator:support"])), request_body = NewEntry,
    responses((status = 201, body = Created), (status = "4XX", body = Problem)))]
async fn create_platform_entry(
    State(app): State<App>,
    operator: Operator<Support>,
    write: Write<NewEntry>,
) -> Result<Response, Problem> {
    let cmd = write.body.of(None)?;
    app.command("createEntry", operator.person, operator.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(Created::of(channel::create_entry(tx, ctx, &cmd)?)))
        .await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntriesAsked {
    /// Visits are counted from here on, RFC 3339; absent: the last 30 days.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Visits are counted before here, RFC 3339; absent: now.
    #[serde(default, with = "optional_time")]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// `next` of the page before; absent for the first page.
    #[param(value_type = Option<String>)]
    after: Option<EntryId>,
}

/// An entry with its visits.
#[derive(Serialize, ToSchema)]
struct EntryListed {
    #[schema(value_type = String)]
    id: EntryId,
    kind: String,
    name: String,
    /// RFC 3339.
    created_at: String,
    /// Since when it is chosen no more, RFC 3339.
    closed_at: Option<String>,
    /// Visits in the time that was asked for.
    visits: i64,
}

async fn entries(
    app: &App,
    merchant: Option<MerchantId>,
    asked: EntriesAsked,
) -> Result<axum::Json<Page<EntryListed>>, Problem> {
    let now = shell::now();
    let since = asked.since.unwrap_or(now.plus_us(-30 * DAY_US));
    let until = asked.until.unwrap_or(now);
    let found = app.read(move |read| {
        let entries = channel::queries::entries_of(read, merchant, asked.after, PAGE_SIZE + 1)?;
        let counts = channel::queries::visit_counts(read, merchant, since, until)?;
        Ok((entries, counts.into_iter().collect::<BTreeMap<_, _>>()))
    });
    let (found, counts) = found.await?;
    let page = Page::of(
        found,
        |entry: &Entry| entry.id.to_string(),
        |entry| EntryListed {
            id: entry.id,
            kind: entry.kind.as_str().to_owned(),
            name: entry.name,
            created_at: entry.created_at.to_string(),
            closed_at: entry.closed_at.map(|at| at.to_string()),
            visits: counts.get(&entry.id).copied().unwrap_or_default(),
        },
    );
    Ok(axum::Json(page))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfEntry {
    /// Which entry.
    #[param(value_type = String)]
    entry: EntryId,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EntryNamed {
    /// 1 to 80 characters.
    name: String,
}

/// Gives one of the merchant's entries another name.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/entries/{entry}", operation_id = "renameEntry", tag = "channel",
    params(OfMerchant, OfEntry), security(("session" = ["staff:manager"])), request_body = EntryNamed,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn rename_entry(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfEntry>,
    write: Write<EntryNamed>,
) -> Result<Response, Problem> {
    let cmd = RenameEntry {
        entry: of.entry,
        name: write.body.name,
    };
    app.command("renameEntry", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| channel::rename_entry(tx, ctx, &cmd))
        .await
}

/// Closes one of the merchant's entries: it is chosen no more, and old posters still count.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/entries/{entry}/close", operation_id = "closeEntry",
    tag = "channel", params(OfMerchant, OfEntry), security(("session" = ["staff:manager"])), request_body = Nothing,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn close_entry(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfEntry>,
    write: Write<Nothing>,
) -> Result<Response, Problem> {
    let cmd = CloseEntry { entry: of.entry };
    app.command("closeEntry", staff.merchant, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| channel::close_entry(tx, ctx, &cmd))
        .await
}

/// The merchant's entries with their visits, newest first; for managers of the whole merchant.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/entries", operation_id = "listEntries", tag = "channel",
    params(OfMerchant, EntriesAsked), security(("session" = ["staff:manager"])),
    responses((status = 200, body = Page<EntryListed>), (status = "4XX", body = Problem)))]
async fn list_entries(
    State(app): State<App>,
    staff: Staff<Manager>,
    Query(asked): Query<EntriesAsked>,
) -> Result<axum::Json<Page<EntryListed>>, Problem> {
    staff.everywhere()?;
    entries(&app, Some(staff.merchant), asked).await
}

/// The platform's own entries with their visits, newest first; for administrators and support.
#[utoipa::path(get, path = "/v1/platform/entries", operation_id = "listPlatformEntries", tag = "channel",
    params(EntriesAsked), security(("session" = ["operator:support"])),
    responses((status = 200, body = Page<EntryListed>), (status = "4XX", body = Problem)))]
async fn list_platform_entries(
    State(app): State<App>,
    _operator: Operator<Support>,
    Query(asked): Query<EntriesAsked>,
) -> Result<axum::Json<Page<EntryListed>>, Problem> {
    entries(&app, None, asked).await
}

/// What is remembered of a share link: its token is not for the table of answers.
#[derive(Serialize, Deserialize)]
struct RememberedLink {
    link: ShareLinkId,
}

/// A link with which a person shares an offer. Who shares is not said.
#[derive(Serialize, ToSchema)]
pub struct PublicLink {
    #[schema(value_type = String)]
    id: ShareLinkId,
    /// What stands in the link.
    token: String,
    #[schema(value_type = String)]
    offer: OfferId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// Where whoever comes by the link comes from; visits name it.
    #[schema(value_type = String)]
    entry: EntryId,
}

impl From<ShareLink> for PublicLink {
    fn from(link: ShareLink) -> Self {
        Self {
            id: link.id,
            token: link.token,
            offer: link.offer,
            merchant: link.merchant,
            entry: link.entry,
        }
    }
}

/// The caller's link to an offer, made on the first call and the same on every other.
#[utoipa::path(post, path = "/v1/offers/{offer}/share-links", operation_id = "createShareLink", tag = "channel",
    params(OfOffer), security(("session" = ["consumer"])), request_body = Nothing,
    responses((status = 200, body = PublicLink), (status = "4XX", body = Problem)))]
async fn create_share_link(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfOffer>,
    write: Write<Nothing>,
) -> Result<axum::Json<PublicLink>, Problem> {
    let cmd = CreateShareLink { offer: of.offer };
    let command = app.command("createShareLink", consumer.0, consumer.actor(), write.key);
    let remembered = command.run_to_text(move |tx, ctx| {
        let link = channel::create_share_link(tx, ctx, &cmd)?;
        Ok(RememberedLink { link: link.id })
    });
    let RememberedLink { link } = parse_json(remembered.await?.as_bytes())?;
    let found = app.read(move |read| channel::queries::share_link_by_id(read, link));
    let found = found.await?.ok_or_else(|| NOT_FOUND.plain())?;
    Ok(axum::Json(found.into()))
}

/// The share link in the path.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct OfToken {
    /// What stands in the link.
    token: String,
}

/// What a share link leads to.
#[utoipa::path(get, path = "/v1/share-links/{token}", operation_id = "getShareLink", tag = "channel",
    params(OfToken), responses((status = 200, body = PublicLink), (status = "4XX", body = Problem)))]
async fn get_share_link(
    State(app): State<App>,
    Path(of): Path<OfToken>,
) -> Result<axum::Json<PublicLink>, Problem> {
    let found = app.read(move |read| channel::queries::share_link(read, &of.token));
    let found = found.await?.ok_or_else(|| NOT_FOUND.plain())?;
    Ok(axum::Json(found.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewVisit {
    /// From where.
    #[schema(value_type = String)]
    entry: EntryId,
    /// To which offer, if to one.
    #[schema(value_type = Option<String>)]
    offer: Option<OfferId>,
}

/// Somebody came in. Takes no `Idempotency-Key`: a visit is a signal that may be lost, not a command.
#[utoipa::path(post, path = "/v1/visits", operation_id = "recordVisits", tag = "channel", request_body = NewVisit,
    responses((status = 202), (status = "4XX", body = Problem)))]
async fn record_visit(
    State(app): State<App>,
    _: Paced<Visits>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let visit: NewVisit = parse_body(&read_bytes(request, &app).await?)?;
    let visit = Visit {
        entry: visit.entry,
        offer: visit.offer,
        at: shell::now(),
    };
    take_in(&app, visit);
    Ok(StatusCode::ACCEPTED)
}
