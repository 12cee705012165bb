//! Tells people what happened. The same news again writes nothing.

use kernel::{Actor, Ctx};
use party::FORBIDDEN;
use store::{Fail, ReadTx, StoredEvent, Tx, sql};

use crate::news::message_of;
use crate::{Message, MessageKind, MessageWritten};

/// Tell these.
#[derive(Debug, Clone)]
pub struct WriteMessages {
    /// Of at most one step of a worker.
    pub messages: Vec<Message>,
}

impl WriteMessages {
    /// Whose cursor in the event log says how far people were told.
    pub const CONSUMER: &str = "messages";

    /// What is to be told of these events.
    pub fn about(read: &mut ReadTx, events: &[StoredEvent]) -> Result<Self, Fail> {
        let mut messages = Vec::new();
        for event in events {
            messages.extend(message_of(read, event)?);
        }
        Ok(Self { messages })
    }
}

/// Writes messages, for Qiao itself alone, and gives how many were new.
pub fn write_messages(tx: &mut Tx, ctx: &Ctx, cmd: &WriteMessages) -> Result<usize, Fail> {
    if ctx.actor != Actor::System {
        return Err(FORBIDDEN.plain().into());
    }
    let news = not_yet_told(tx, &cmd.messages)?;
    let inserts = news.iter().map(|message| {
        let (offer, merchant) = message.offer.unzip();
        let booked = message.booking;
        sql!(
            "INSERT INTO message (person_id, id, kind, order_id, voucher_id, offer_id, merchant_id, booking_id, store_id,
                                  starts_at, amount, currency, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (person_id, id) DO NOTHING RETURNING id",
            message.person,
            message.id,
            message.kind.as_str(),
            message.order,
            message.voucher,
            offer,
            merchant.or(message.merchant),
            booked.map(|booked| booked.booking),
            booked.map(|booked| booked.store).or(message.store),
            booked.map(|booked| booked.starts_at),
            message.amount.map(|money| money.amount),
            message.amount.map(|money| money.currency),
            message.created_at
        )
    });
    let answers = tx.ask_all(inserts.collect())?;
    let written = news.iter().zip(answers).filter(|(_, rows)| !rows.is_empty());
    let mut count = 0;
    for (message, _) in written {
        let event = MessageWritten {
            message: message.id,
            person: message.person,
            kind: message.kind.as_str().to_owned(),
        };
        tx.emit(ctx, message.id, 1, &event)?;
        count += 1;
    }
    Ok(count)
}

/// Without those that say again that a merchant answered, before the person has read that.
fn not_yet_told<'m>(tx: &mut Tx, messages: &'m [Message]) -> Result<Vec<&'m Message>, Fail> {
    let mut news: Vec<&Message> = Vec::new();
    for message in messages {
        let is_same = |other: &&Message| {
            (other.kind, other.person, other.merchant) == (message.kind, message.person, message.merchant)
        };
        let says_again = message.kind == MessageKind::MerchantAnswered
            && (news.iter().any(is_same) || is_unread(tx, message)?);
        if !says_again {
            news.push(message);
        }
    }
    Ok(news)
}

/// Whether the person has not read another message of this kind about this merchant.
fn is_unread(tx: &mut Tx, message: &Message) -> Result<bool, Fail> {
    let unread = tx.one(sql!(
        "SELECT id FROM message WHERE person_id = $1 AND kind = $2 AND merchant_id = $3 AND read_at IS NULL LIMIT 1",
        message.person,
        message.kind.as_str(),
        message.merchant
    ))?;
    Ok(unread.is_some())
}
