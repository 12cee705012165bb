//! A merchant's inbox: what guests ask, read and answered by its staff.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use feedback::short_name;
use kernel::{ConversationId, MediaId};
use party::NOT_FOUND;
use retain::{AnswerGuest, Conversation, MuteGuest, queries};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::chat::{
    ChatLine, ChatSeen, ChatSubject, ChatWritten, ConversationsAsked, LastLine, MessagesAsked,
    OfConversation, Subjects, chat_page, place_text,
};
use crate::access::{Cashier, Manager, OfMerchant, Staff};
use crate::app::App;
use crate::body::{Path, Query, Write};
use crate::labels::Names;
use crate::problem::Problem;
use crate::wire::{PAGE_SIZE, Page};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_conversations))
        .routes(routes!(count_waiting_conversations))
        .routes(routes!(get_conversation))
        .routes(routes!(answer_guest))
        .routes(routes!(read_conversation))
        .routes(routes!(mute_guest))
}

/// A guest's conversation, as the merchant's inbox shows it.
#[derive(Serialize, ToSchema)]
struct InboxConversation {
    #[schema(value_type = String)]
    conversation: ConversationId,
    /// Who asks, in part: `李**`; absent where they gave no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    guest_name: Option<String>,
    last: LastLine,
    /// Who of the staff wrote last, if one of them did.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_staff_name: Option<String>,
    /// Messages of the guest's that nobody has read.
    unread: i64,
    /// Whether the guest waits for an answer.
    is_waiting: bool,
    /// Whether no more messages are taken from the guest.
    is_muted: bool,
    /// What the guest asked about last.
    about: Option<ChatSubject>,
}

/// Conversations with what they are about and who wrote.
fn shown(read: &mut ReadTx, found: &[Conversation]) -> Result<Vec<InboxConversation>, Fail> {
    let people = found
        .iter()
        .flat_map(|one| [Some(one.person), one.last_staff])
        .flatten();
    let names = Names::of(read, [], people)?;
    let subjects = Subjects::of(read, found.iter().map(|one| one.subject))?;
    let show = |one: &Conversation| InboxConversation {
        conversation: one.id,
        guest_name: names.person(Some(one.person)).map(|name| short_name(&name)),
        last: LastLine::of(one),
        last_staff_name: names.person(one.last_staff),
        unread: one.merchant_unread,
        is_waiting: one.is_waiting(),
        is_muted: one.is_muted,
        about: subjects.told(one.subject),
    };
    Ok(found.iter().map(show).collect())
}

/// What guests ask the merchant: those who wait for an answer first, then last written in first.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/conversations", operation_id = "listConversations", tag = "retain",
    params(OfMerchant, ConversationsAsked), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = Page<InboxConversation>), (status = "4XX", body = Problem)))]
async fn list_conversations(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Query(asked): Query<ConversationsAsked>,
) -> Result<Json<Page<InboxConversation>>, Problem> {
    let after = asked.place()?;
    let found = app.read(move |read| {
        let found = queries::inbox(read, staff.merchant, after, PAGE_SIZE + 1)?;
        let shown = shown(read, &found)?;
        Ok(found.into_iter().zip(shown).collect::<Vec<_>>())
    });
    Ok(Json(Page::of(
        found.await?,
        |(one, _)| place_text(one.place()),
        |(_, shown)| shown,
    )))
}

/// How many guests wait.
#[derive(Serialize, ToSchema)]
struct GuestsWaiting {
    /// Conversations in which the guest wrote last and is not muted.
    waiting: i64,
}

/// How many guests wait for the merchant's answer.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/conversations/waiting", operation_id = "countWaitingConversations",
    tag = "retain", params(OfMerchant), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = GuestsWaiting), (status = "4XX", body = Problem)))]
async fn count_waiting_conversations(
    State(app): State<App>,
    staff: Staff<Cashier>,
) -> Result<Json<GuestsWaiting>, Problem> {
    let waiting = app.read(move |read| queries::waiting_conversations(read, staff.merchant));
    Ok(Json(GuestsWaiting {
        waiting: waiting.await?,
    }))
}

/// What a guest and the merchant wrote to each other.
#[derive(Serialize, ToSchema)]
struct InboxChat {
    #[serde(flatten)]
    conversation: InboxConversation,
    /// Newest first.
    messages: Page<ChatLine>,
}

/// What a guest and the merchant wrote to each other.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/conversations/{conversation}", operation_id = "getConversation",
    tag = "retain", params(OfMerchant, OfConversation, MessagesAsked), security(("session" = ["staff:cashier"])),
    responses((status = 200, body = InboxChat), (status = "4XX", body = Problem)))]
async fn get_conversation(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfConversation>,
    Query(asked): Query<MessagesAsked>,
) -> Result<Json<InboxChat>, Problem> {
    let chat = app.read(move |read| {
        let found = queries::conversation(read, of.conversation)?;
        let found: Vec<_> = found
            .into_iter()
            .filter(|one| one.merchant == staff.merchant)
            .collect();
        let conversation = shown(read, &found)?.pop().ok_or_else(|| NOT_FOUND.plain())?;
        let messages = chat_page(read, of.conversation, asked.after, true)?;
        Ok(InboxChat {
            conversation,
            messages,
        })
    });
    Ok(Json(chat.await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChatAnswer {
    /// In the merchant's words, at most 1,000 characters; may be empty where there are pictures.
    #[serde(default)]
    #[schema(example = "有的，到店告诉我们就好。")]
    text: String,
    /// The merchant's own pictures, at most 3.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 3)]
    media: Vec<MediaId>,
}

/// Answers a guest. A merchant writes only where a guest has asked.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/conversations/{conversation}/answers",
    operation_id = "answerGuest", tag = "retain", params(OfMerchant, OfConversation),
    security(("session" = ["staff:cashier"])), request_body = ChatAnswer,
    responses((status = 201, body = ChatWritten), (status = "4XX", body = Problem)))]
async fn answer_guest(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfConversation>,
    write: Write<ChatAnswer>,
) -> Result<Response, Problem> {
    let cmd = AnswerGuest {
        conversation: of.conversation,
        text: write.body.text,
        media: write.body.media,
    };
    app.command("answerGuest", of.conversation, staff.actor(), write.key)
        .locking(cmd.locks())
        .creating()
        .run(move |tx, ctx| Ok(ChatWritten::from(retain::answer_guest(tx, ctx, &cmd)?)))
        .await
}

/// Notes how far the merchant has read a conversation.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/conversations/{conversation}/read",
    operation_id = "readConversation", tag = "retain", params(OfMerchant, OfConversation),
    security(("session" = ["staff:cashier"])), request_body = ChatSeen,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn read_conversation(
    State(app): State<App>,
    staff: Staff<Cashier>,
    Path(of): Path<OfConversation>,
    write: Write<ChatSeen>,
) -> Result<Response, Problem> {
    let cmd = write.body.of(of.conversation);
    app.command("readConversation", of.conversation, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| retain::read_conversation(tx, ctx, &cmd))
        .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Muting {
    /// If so, no more messages are taken from the guest.
    muted: bool,
}

/// Takes no more messages from the guest of a conversation, or takes them again; for managers of the whole merchant.
#[utoipa::path(put, path = "/v1/merchants/{merchant}/conversations/{conversation}/mute", operation_id = "muteGuest",
    tag = "retain", params(OfMerchant, OfConversation), security(("session" = ["staff:manager"])),
    request_body = Muting, responses((status = 200), (status = "4XX", body = Problem)))]
async fn mute_guest(
    State(app): State<App>,
    staff: Staff<Manager>,
    Path(of): Path<OfConversation>,
    write: Write<Muting>,
) -> Result<Response, Problem> {
    let cmd = MuteGuest {
        conversation: of.conversation,
        muted: write.body.muted,
    };
    app.command("muteGuest", of.conversation, staff.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| retain::mute_guest(tx, ctx, &cmd))
        .await
}
