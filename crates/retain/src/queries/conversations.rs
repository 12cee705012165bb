//! What can be asked of conversations.

use kernel::{ConversationId, MediaId, MerchantId, OfferId, PersonId, Timestamp};
use store::{Fail, ReadTx, Row, StorageError, sql};
use uuid::Uuid;

use crate::{ChatMessage, Conversation, ListPlace, Subject};

/// One conversation.
pub fn conversation(read: &mut ReadTx, id: ConversationId) -> Result<Option<Conversation>, Fail> {
    let row = read.one(sql!(
        "SELECT c.id, c.person_id, c.merchant_id, c.message_count, c.unanswered, c.muted, c.guest_read, c.merchant_read,
                (SELECT COUNT(*) FROM chat_message u WHERE u.conversation_id = c.id AND u.seq > c.guest_read AND u.staff_id IS NOT NULL),
                (SELECT COUNT(*) FROM chat_message u WHERE u.conversation_id = c.id AND u.seq > c.merchant_read AND u.staff_id IS NULL),
                l.staff_id, l.text,
                (SELECT COUNT(*) FROM chat_picture p WHERE p.conversation_id = c.id AND p.seq = c.message_count),
                c.last_at, a.offer_id, a.order_id, a.booking_id, c.version
         FROM conversation c JOIN chat_message l ON l.conversation_id = c.id AND l.seq = c.message_count
         LEFT JOIN chat_message a ON a.conversation_id = c.id AND a.seq = c.about
         WHERE c.id = $1",
        id
    ))?;
    Ok(row.map(read_conversation).transpose()?)
}

/// That of a person with a merchant.
pub fn conversation_between(
    read: &mut ReadTx,
    person: PersonId,
    merchant: MerchantId,
) -> Result<Option<Conversation>, Fail> {
    let row = read.one(sql!(
        "SELECT id FROM conversation WHERE person_id = $1 AND merchant_id = $2",
        person,
        merchant
    ))?;
    match row {
        Some(mut row) => conversation(read, row.take()?),
        None => Ok(None),
    }
}

/// A person's conversations, last written in first, at most `limit` beyond `after`.
pub fn conversations_of(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<ListPlace>,
    limit: i64,
) -> Result<Vec<Conversation>, Fail> {
    let (_, last_at, id) = bound(after);
    let rows = read.many(sql!(
        "SELECT c.id, c.person_id, c.merchant_id, c.message_count, c.unanswered, c.muted, c.guest_read, c.merchant_read,
                (SELECT COUNT(*) FROM chat_message u WHERE u.conversation_id = c.id AND u.seq > c.guest_read AND u.staff_id IS NOT NULL),
                (SELECT COUNT(*) FROM chat_message u WHERE u.conversation_id = c.id AND u.seq > c.merchant_read AND u.staff_id IS NULL),
                l.staff_id, l.text,
                (SELECT COUNT(*) FROM chat_picture p WHERE p.conversation_id = c.id AND p.seq = c.message_count),
                c.last_at, a.offer_id, a.order_id, a.booking_id, c.version
         FROM conversation c JOIN chat_message l ON l.conversation_id = c.id AND l.seq = c.message_count
         LEFT JOIN chat_message a ON a.conversation_id = c.id AND a.seq = c.about
         WHERE c.person_id = $1 AND (c.last_at, c.id) < ($2, $3) ORDER BY c.last_at DESC, c.id DESC LIMIT $4",
        person,
        last_at,
        id,
        limit.clamp(1, 200)
    ))?;
    Ok(rows
        .into_iter()
        .map(read_conversation)
        .collect::<Result<_, _>>()?)
}

/// A merchant's conversations, those that wait for an answer first, then last written in first, at most `limit` beyond
/// `after`.
pub fn inbox(
    read: &mut ReadTx,
    merchant: MerchantId,
    after: Option<ListPlace>,
    limit: i64,
) -> Result<Vec<Conversation>, Fail> {
    let (waiting, last_at, id) = bound(after);
    let rows = read.many(sql!(
        "SELECT c.id, c.person_id, c.merchant_id, c.message_count, c.unanswered, c.muted, c.guest_read, c.merchant_read,
                (SELECT COUNT(*) FROM chat_message u WHERE u.conversation_id = c.id AND u.seq > c.guest_read AND u.staff_id IS NOT NULL),
                (SELECT COUNT(*) FROM chat_message u WHERE u.conversation_id = c.id AND u.seq > c.merchant_read AND u.staff_id IS NULL),
                l.staff_id, l.text,
                (SELECT COUNT(*) FROM chat_picture p WHERE p.conversation_id = c.id AND p.seq = c.message_count),
                c.last_at, a.offer_id, a.order_id, a.booking_id, c.version
         FROM conversation c JOIN chat_message l ON l.conversation_id = c.id AND l.seq = c.message_count
         LEFT JOIN chat_message a ON a.conversation_id = c.id AND a.seq = c.about
         WHERE c.merchant_id = $1 AND (c.waiting, c.last_at, c.id) < ($2, $3, $4)
         ORDER BY c.waiting DESC, c.last_at DESC, c.id DESC LIMIT $5",
        merchant,
        waiting,
        last_at,
        id,
        limit.clamp(1, 200)
    ))?;
    Ok(rows
        .into_iter()
        .map(read_conversation)
        .collect::<Result<_, _>>()?)
}

/// The ids of a person's conversations, newest first, at most `limit` older than `after`.
pub fn conversation_ids_of(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<ConversationId>,
    limit: i64,
) -> Result<Vec<ConversationId>, Fail> {
    let rows = read.many(sql!(
        "SELECT id FROM conversation WHERE person_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        person,
        after.map_or(Uuid::max(), |id| id.uuid()),
        limit.clamp(1, 200)
    ))?;
    Ok(rows
        .into_iter()
        .map(|mut row| row.take())
        .collect::<Result<_, _>>()?)
}

/// In how many conversations a person has answers to read.
pub fn unread_conversations(read: &mut ReadTx, person: PersonId) -> Result<i64, Fail> {
    let row = read.one(sql!(
        "SELECT COUNT(*) FROM conversation c WHERE c.person_id = $1 AND EXISTS (
           SELECT 1 FROM chat_message u
           WHERE u.conversation_id = c.id AND u.seq > c.guest_read AND u.staff_id IS NOT NULL)",
        person
    ))?;
    Ok(row.map_or(Ok(0), |mut row| row.take())?)
}

/// How many guests wait for a merchant's answer.
pub fn waiting_conversations(read: &mut ReadTx, merchant: MerchantId) -> Result<i64, Fail> {
    let row = read.one(sql!(
        "SELECT COUNT(*) FROM conversation WHERE merchant_id = $1 AND waiting = 1",
        merchant
    ))?;
    Ok(row.map_or(Ok(0), |mut row| row.take())?)
}

/// The messages of a conversation, newest first, at most `limit` before the one that is `before`th.
pub fn chat_messages(
    read: &mut ReadTx,
    conversation: ConversationId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<ChatMessage>, Fail> {
    let rows = read.many(sql!(
        "SELECT seq, staff_id, text, offer_id, order_id, booking_id, created_at FROM chat_message
         WHERE conversation_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
        conversation,
        before.unwrap_or(i64::MAX),
        limit.clamp(1, 200)
    ))?;
    let mut messages: Vec<ChatMessage> = rows.into_iter().map(read_message).collect::<Result<_, _>>()?;
    let (Some(newest), Some(oldest)) = (messages.first(), messages.last()) else {
        return Ok(messages);
    };
    let pictures = read.many(sql!(
        "SELECT seq, media_id FROM chat_picture WHERE conversation_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq, n",
        conversation,
        oldest.seq,
        newest.seq
    ))?;
    for mut picture in pictures {
        let seq: i64 = picture.take()?;
        if let Some(message) = messages.iter_mut().find(|message| message.seq == seq) {
            message.media.push(picture.take()?);
        }
    }
    Ok(messages)
}

/// The two sides of each conversation that shows a picture: nobody else may see it there.
pub fn sides_shown(read: &mut ReadTx, media: MediaId) -> Result<Vec<(PersonId, MerchantId)>, Fail> {
    let rows = read.many(sql!(
        "SELECT DISTINCT c.person_id, c.merchant_id FROM chat_picture p JOIN conversation c ON c.id = p.conversation_id
         WHERE p.media_id = $1",
        media
    ))?;
    Ok(rows
        .into_iter()
        .map(|mut row| Ok((row.take()?, row.take()?)))
        .collect::<Result<_, StorageError>>()?)
}

/// Everything that stands beyond this place; without one, everything.
fn bound(after: Option<ListPlace>) -> (i64, Timestamp, Uuid) {
    after.map_or((2, Timestamp(i64::MAX), Uuid::max()), |place| {
        (
            i64::from(place.is_waiting),
            place.last_at,
            place.conversation.uuid(),
        )
    })
}

fn read_conversation(mut row: Row) -> Result<Conversation, StorageError> {
    let (id, person, merchant) = (row.take()?, row.take()?, row.take()?);
    let (message_count, unanswered, muted) = (row.take()?, row.take()?, row.take::<i64>()?);
    let (guest_read, merchant_read) = (row.take()?, row.take()?);
    let (guest_unread, merchant_unread) = (row.take()?, row.take()?);
    let (last_staff, last_text, last_pictures) = (row.take()?, row.take()?, row.take()?);
    Ok(Conversation {
        id,
        person,
        merchant,
        message_count,
        unanswered,
        is_muted: muted != 0,
        guest_read,
        merchant_read,
        guest_unread,
        merchant_unread,
        last_staff,
        last_text,
        last_pictures,
        last_at: row.take()?,
        subject: read_subject(&mut row)?,
        version: row.take()?,
    })
}

fn read_message(mut row: Row) -> Result<ChatMessage, StorageError> {
    Ok(ChatMessage {
        seq: row.take()?,
        staff: row.take()?,
        text: row.take()?,
        media: Vec::new(),
        subject: read_subject(&mut row)?,
        created_at: row.take()?,
    })
}

fn read_subject(row: &mut Row) -> Result<Option<Subject>, StorageError> {
    let offer: Option<OfferId> = row.take()?;
    let (order, booking) = (row.take()?, row.take()?);
    Ok(offer.map(|offer| Subject {
        offer,
        order,
        booking,
    }))
}
