//! A guest asks merchants and reads what they answer.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use kernel::{BookingId, ConversationId, LocalText, MediaId, MerchantId, OfferId, OrderId};
use party::NOT_FOUND;
use retain::{About, AskMerchant, queries};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::chat::{
    ChatLine, ChatSeen, ChatSubject, ChatWritten, ConversationsAsked, LastLine, MessagesAsked,
    OfConversation, Subjects, chat_page, place_text,
};
use crate::access::{Consumer, OfMerchant};
use crate::app::App;
use crate::body::{Object, Path, Query, Write};
use crate::labels::Names;
use crate::problem::Problem;
use crate::wire::{PAGE_SIZE, Page};

pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_my_conversations))
        .routes(routes!(get_my_conversation))
        .routes(routes!(ask_merchant))
        .routes(routes!(read_my_conversation))
}

/// One of the caller's conversations.
#[derive(Serialize, ToSchema)]
struct MyConversation {
    #[schema(value_type = String)]
    conversation: ConversationId,
    /// With whom.
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    merchant_name: LocalText,
    last: LastLine,
    /// Answers that the caller has not read.
    unread: i64,
    /// What the caller asked about last.
    about: Option<ChatSubject>,
}

/// The caller's conversations with merchants, last written in first.
#[utoipa::path(get, path = "/v1/conversations", operation_id = "listMyConversations", tag = "retain",
    params(ConversationsAsked), security(("session" = ["consumer"])),
    responses((status = 200, body = Page<MyConversation>), (status = "4XX", body = Problem)))]
async fn list_my_conversations(
    State(app): State<App>,
    consumer: Consumer,
    Query(asked): Query<ConversationsAsked>,
) -> Result<Json<Page<MyConversation>>, Problem> {
    let after = asked.place()?;
    let found = app.read(move |read| {
        let found = queries::conversations_of(read, consumer.0, after, PAGE_SIZE + 1)?;
        let names = Names::of(read, found.iter().map(|one| one.merchant), [])?;
        let subjects = Subjects::of(read, found.iter().map(|one| one.subject))?;
        Ok((found, names, subjects))
    });
    let (found, names, subjects) = found.await?;
    let page = Page::of(
        found,
        |one| place_text(one.place()),
        |one| MyConversation {
            conversation: one.id,
            merchant: one.merchant,
            merchant_name: names.merchant(one.merchant),
            last: LastLine::of(&one),
            unread: one.guest_unread,
            about: subjects.told(one.subject),
        },
    );
    Ok(Json(page))
}

/// What the caller and a merchant wrote to each other.
#[derive(Serialize, ToSchema)]
struct MyChat {
    /// Absent before the first question.
    #[schema(value_type = Option<String>)]
    conversation: Option<ConversationId>,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    merchant_name: LocalText,
    /// Whether the merchant takes no more messages from the caller.
    is_muted: bool,
    /// Newest first.
    messages: Page<ChatLine>,
}

/// What the caller and a merchant wrote to each other; nothing, before the first question.
#[utoipa::path(get, path = "/v1/merchants/{merchant}/conversation", operation_id = "getMyConversation", tag = "retain",
    params(OfMerchant, MessagesAsked), security(("session" = ["consumer"])),
    responses((status = 200, body = MyChat), (status = "4XX", body = Problem)))]
async fn get_my_conversation(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfMerchant>,
    Query(asked): Query<MessagesAsked>,
) -> Result<Json<MyChat>, Problem> {
    let chat = app.read(move |read| {
        let merchant = party::queries::merchant(read, of.merchant)?.ok_or_else(|| NOT_FOUND.plain())?;
        let found = queries::conversation_between(read, consumer.0, merchant.id)?;
        let messages = match &found {
            Some(found) => chat_page(read, found.id, asked.after, false)?,
            None => Page {
                items: Vec::new(),
                next: None,
            },
        };
        Ok(MyChat {
            conversation: found.as_ref().map(|found| found.id),
            merchant_name: merchant.name,
            is_muted: found.is_some_and(|found| found.is_muted),
            messages,
        })
    });
    Ok(Json(chat.await?))
}

/// What a question is about: something that the merchant sells, or what the caller bought or booked there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, tag = "type", rename_all = "snake_case")]
enum AskedAbout {
    Offer {
        #[schema(value_type = String)]
        offer: OfferId,
    },
    Order {
        #[schema(value_type = String)]
        order: OrderId,
    },
    Booking {
        #[schema(value_type = String)]
        booking: BookingId,
    },
}

impl From<AskedAbout> for About {
    fn from(asked: AskedAbout) -> Self {
        match asked {
            AskedAbout::Offer { offer } => Self::Offer(offer),
            AskedAbout::Order { order } => Self::Order(order),
            AskedAbout::Booking { booking } => Self::Booking(booking),
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// In the guest's own words, at most 1,000 characters; may be empty where there are pictures.
    #[serde(default)]
    #[schema(example = "有宝宝椅吗？")]
    text: String,
    /// The guest's own pictures, at most 3.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 3)]
    media: Vec<MediaId>,
    /// What it is about, if it is about something.
    #[schema(value_type = Option<AskedAbout>)]
    about: Option<Object<AskedAbout>>,
}

/// Asks a merchant (咨询), at most 20 messages before it answers.
#[utoipa::path(post, path = "/v1/merchants/{merchant}/conversation", operation_id = "askMerchant", tag = "retain",
    params(OfMerchant), security(("session" = ["consumer"])), request_body = Question,
    responses((status = 201, body = ChatWritten), (status = "4XX", body = Problem)))]
async fn ask_merchant(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfMerchant>,
    write: Write<Question>,
) -> Result<Response, Problem> {
    let cmd = AskMerchant {
        merchant: of.merchant,
        text: write.body.text,
        media: write.body.media,
        about: write.body.about.map(|about| about.0.into()),
    };
    app.command("askMerchant", consumer.0, consumer.actor(), write.key)
        .creating()
        .run(move |tx, ctx| Ok(ChatWritten::from(retain::ask_merchant(tx, ctx, &cmd)?)))
        .await
}

/// Notes how far the caller has read one of their conversations.
#[utoipa::path(post, path = "/v1/conversations/{conversation}/read", operation_id = "readMyConversation",
    tag = "retain", params(OfConversation), security(("session" = ["consumer"])), request_body = ChatSeen,
    responses((status = 200), (status = "4XX", body = Problem)))]
async fn read_my_conversation(
    State(app): State<App>,
    consumer: Consumer,
    Path(of): Path<OfConversation>,
    write: Write<ChatSeen>,
) -> Result<Response, Problem> {
    let cmd = write.body.of(of.conversation);
    app.command("readMyConversation", consumer.0, consumer.actor(), write.key)
        .locking(cmd.locks())
        .run(move |tx, ctx| retain::read_conversation(tx, ctx, &cmd))
        .await
}
