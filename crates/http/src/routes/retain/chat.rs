//! Conversations on the wire, as both sides see them.

use std::collections::BTreeMap;
use std::str::FromStr;

use kernel::{
    BookingId, ConversationId, LocalText, MediaId, MerchantId, OfferId, OrderId, PersonId, Timestamp,
};
use offer::queries::Face;
use retain::{ChatMessage, Conversation, ListPlace, ReadConversation, Subject, Written, queries};
use serde::{Deserialize, Serialize};
use store::{Fail, ReadTx};
use utoipa::{IntoParams, ToSchema};

use crate::labels::Names;
use crate::problem::Problem;
use crate::reject::QUERY_MALFORMED;
use crate::wire::{PAGE_SIZE, Page, malformed};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfConversation {
    /// Which conversation.
    #[param(value_type = String)]
    pub conversation: ConversationId,
}

/// What a message or a conversation is about.
#[derive(Serialize, ToSchema)]
pub struct ChatSubject {
    #[schema(value_type = String)]
    offer: OfferId,
    /// What the offer is called, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    title: LocalText,
    /// The offer's picture.
    #[schema(value_type = Option<String>)]
    media: Option<MediaId>,
    /// The guest's order, if it is about that.
    #[schema(value_type = Option<String>)]
    order: Option<OrderId>,
    /// The guest's booking, if it is about that.
    #[schema(value_type = Option<String>)]
    booking: Option<BookingId>,
}

/// What the subjects of many messages are called.
pub struct Subjects(BTreeMap<OfferId, Face>);

impl Subjects {
    pub fn of(read: &mut ReadTx, subjects: impl Iterator<Item = Option<Subject>>) -> Result<Self, Fail> {
        let offers: Vec<OfferId> = subjects.flatten().map(|subject| subject.offer).collect();
        Ok(Self(offer::queries::faces(read, &offers)?))
    }

    pub fn told(&self, subject: Option<Subject>) -> Option<ChatSubject> {
        let subject = subject?;
        let (title, media) = self.0.get(&subject.offer).cloned().unwrap_or_default();
        Some(ChatSubject {
            offer: subject.offer,
            title,
            media,
            order: subject.order,
            booking: subject.booking,
        })
    }
}

/// A message of a conversation.
#[derive(Serialize, ToSchema)]
pub struct ChatLine {
    /// From 1 on, without a gap.
    seq: i64,
    /// Whether the merchant wrote it; else the guest did.
    by_merchant: bool,
    /// Who of the staff wrote it; told to the merchant alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    staff_name: Option<String>,
    /// May be empty where there are pictures.
    text: String,
    #[schema(value_type = Vec<String>)]
    media: Vec<MediaId>,
    /// What the guest said it is about.
    about: Option<ChatSubject>,
    /// RFC 3339.
    at: String,
}

/// Messages with what they are about and, for the merchant, who of the staff wrote them.
pub fn chat_lines(
    read: &mut ReadTx,
    messages: Vec<ChatMessage>,
    for_merchant: bool,
) -> Result<Vec<ChatLine>, Fail> {
    let subjects = Subjects::of(read, messages.iter().map(|message| message.subject))?;
    let staff: Vec<PersonId> = messages.iter().filter_map(|message| message.staff).collect();
    let names = Names::of(read, [], if for_merchant { staff } else { Vec::new() })?;
    let show = |message: ChatMessage| ChatLine {
        seq: message.seq,
        by_merchant: message.staff.is_some(),
        staff_name: names.person(message.staff),
        text: message.text,
        media: message.media,
        about: subjects.told(message.subject),
        at: message.created_at.to_string(),
    };
    Ok(messages.into_iter().map(show).collect())
}

/// A page of the messages of a conversation.
pub fn chat_page(
    read: &mut ReadTx,
    conversation: ConversationId,
    before: Option<i64>,
    for_merchant: bool,
) -> Result<Page<ChatLine>, Fail> {
    let found = queries::chat_messages(read, conversation, before, PAGE_SIZE + 1)?;
    let lines = chat_lines(read, found, for_merchant)?;
    Ok(Page::of(lines, |line| line.seq.to_string(), |line| line))
}

/// What was written last.
#[derive(Serialize, ToSchema)]
pub struct LastLine {
    /// Whether the merchant wrote it; else the guest did.
    by_merchant: bool,
    text: String,
    /// How many pictures it shows.
    pictures: i64,
    /// RFC 3339.
    at: String,
}

impl LastLine {
    pub fn of(conversation: &Conversation) -> Self {
        Self {
            by_merchant: conversation.last_staff.is_some(),
            text: conversation.last_text.clone(),
            pictures: conversation.last_pictures,
            at: conversation.last_at.to_string(),
        }
    }
}

/// Where a page of messages starts.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessagesAsked {
    /// `next` of the page before; absent for the newest messages.
    pub after: Option<i64>,
}

/// Where a page of conversations starts.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConversationsAsked {
    /// `next` of the page before; absent for the first page.
    after: Option<String>,
}

impl ConversationsAsked {
    pub fn place(&self) -> Result<Option<ListPlace>, Problem> {
        let read = |text: &String| {
            place_of(text).ok_or_else(|| malformed(&QUERY_MALFORMED, "/after", "this is no `next` of a page"))
        };
        self.after.as_ref().map(read).transpose()
    }
}

/// A place as `next` of a page: `1.1800000000000000.cnv_…`.
pub fn place_text(place: ListPlace) -> String {
    let waiting = i64::from(place.is_waiting);
    format!("{waiting}.{}.{}", place.last_at.0, place.conversation)
}

fn place_of(text: &str) -> Option<ListPlace> {
    let mut parts = text.splitn(3, '.');
    let (waiting, last_at, conversation) = (parts.next()?, parts.next()?, parts.next()?);
    Some(ListPlace {
        is_waiting: waiting == "1",
        last_at: Timestamp(i64::from_str(last_at).ok()?),
        conversation: conversation.parse().ok()?,
    })
}

/// Where a message stands that was written.
#[derive(Serialize, ToSchema)]
pub struct ChatWritten {
    #[schema(value_type = String)]
    conversation: ConversationId,
    /// Its number in the conversation.
    seq: i64,
}

impl From<Written> for ChatWritten {
    fn from(written: Written) -> Self {
        Self {
            conversation: written.conversation,
            seq: written.seq,
        }
    }
}

/// How far somebody has read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChatSeen {
    /// The number of the last message that was seen; later ones stay unread.
    until: i64,
}

impl ChatSeen {
    pub fn of(self, conversation: ConversationId) -> ReadConversation {
        ReadConversation {
            conversation,
            until: self.until,
        }
    }
}

/// All that a person and a merchant wrote to each other, for the person's own copy.
#[derive(Serialize, ToSchema)]
pub struct ChatCopy {
    #[schema(value_type = String)]
    conversation: ConversationId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// By language.
    #[schema(value_type = BTreeMap<String, String>)]
    merchant_name: LocalText,
    /// Newest first.
    messages: Vec<ChatLine>,
}

impl ChatCopy {
    /// Of which conversation.
    pub fn id(&self) -> ConversationId {
        self.conversation
    }
}

/// A person's conversations with all that was written.
pub fn my_chats(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<ConversationId>,
    limit: i64,
) -> Result<Vec<ChatCopy>, Fail> {
    let mut copies = Vec::new();
    for id in queries::conversation_ids_of(read, person, after, limit)? {
        let Some(found) = queries::conversation(read, id)? else {
            continue;
        };
        let names = Names::of(read, [found.merchant], [])?;
        let (mut messages, mut before) = (Vec::new(), None);
        loop {
            let page = queries::chat_messages(read, id, before, PAGE_SIZE)?;
            before = page.last().map(|message| message.seq);
            messages.extend(page);
            if before.is_none_or(|seq| seq == 1) {
                break;
            }
        }
        copies.push(ChatCopy {
            conversation: id,
            merchant: found.merchant,
            merchant_name: names.merchant(found.merchant),
            messages: chat_lines(read, messages, false)?,
        });
    }
    Ok(copies)
}
