//! What can be asked of messages and conversations. Whose they are is decided by whoever asks.

mod conversations;

use kernel::{MessageId, Money, PersonId};
use store::{Fail, ReadTx, Row, StorageError, sql};
use uuid::Uuid;

use crate::{BookedTime, Message, MessageKind};

pub use conversations::{
    chat_messages, conversation, conversation_between, conversation_ids_of, conversations_of, inbox,
    sides_shown, unread_conversations, waiting_conversations,
};

/// A person's messages, newest first, at most `limit` older than `after`.
pub fn messages_of(
    read: &mut ReadTx,
    person: PersonId,
    after: Option<MessageId>,
    limit: i64,
) -> Result<Vec<Message>, Fail> {
    let rows = read.many(sql!(
        "SELECT id, person_id, kind, order_id, voucher_id, offer_id, merchant_id, booking_id, store_id, starts_at, amount,
                currency, created_at, read_at
         FROM message WHERE person_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        person,
        after.map_or(Uuid::max(), |id| id.uuid()),
        limit.clamp(1, 200)
    ))?;
    Ok(rows.into_iter().map(read_message).collect::<Result<_, _>>()?)
}

/// How many messages a person has not read.
pub fn unread_count(read: &mut ReadTx, person: PersonId) -> Result<i64, Fail> {
    let row = read.one(sql!(
        "SELECT COUNT(*) FROM message WHERE person_id = $1 AND read_at IS NULL",
        person
    ))?;
    Ok(row.map_or(Ok(0), |mut row| row.take())?)
}

fn read_message(mut row: Row) -> Result<Message, StorageError> {
    let (id, person, kind) = (row.take()?, row.take()?, row.take::<String>()?);
    let (order, voucher) = (row.take()?, row.take()?);
    let (offer, merchant): (Option<_>, Option<_>) = (row.take()?, row.take()?);
    let (booking, store, starts_at): (Option<_>, Option<_>, Option<_>) =
        (row.take()?, row.take()?, row.take()?);
    let (amount, currency): (Option<_>, Option<_>) = (row.take()?, row.take()?);
    Ok(Message {
        id,
        person,
        kind: MessageKind::from_text(&kind)
            .ok_or_else(|| StorageError::bug(format!("a stored message is of the kind {kind:?}")))?,
        order,
        voucher,
        offer: offer.zip(merchant),
        merchant: merchant.filter(|_| offer.is_none()),
        store: store.filter(|_| booking.is_none()),
        booking: booking
            .zip(store)
            .zip(starts_at)
            .map(|((booking, store), starts_at)| BookedTime {
                booking,
                store,
                starts_at,
            }),
        amount: amount
            .zip(currency)
            .map(|(amount, currency)| Money::new(amount, currency)),
        created_at: row.take()?,
        read_at: row.take()?,
    })
}
