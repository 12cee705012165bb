//! One side of a conversation has read it, up to a message.

use kernel::{Actor, ConversationId, Ctx};
use store::{Fail, Lock, Tx, sql};

use crate::{CHAT_INVALID, Conversation, ConversationRead, MessageKind, queries};

/// Note that these were read.
#[derive(Debug, Clone, Copy)]
pub struct ReadConversation {
    /// In which conversation.
    pub conversation: ConversationId,
    /// The last message that was seen; what came later stays unread.
    pub until: i64,
}

impl ReadConversation {
    /// The conversation.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("conversation", self.conversation)]
    }
}

/// Notes how far the guest or the merchant who acts (any of its staff) has read. A guest has then read, too, that there is
/// an answer.
///
/// Rejects: `chat_message_invalid` (there is no such message), and `party`'s for another's conversation and for who is no
/// staff.
pub fn read_conversation(tx: &mut Tx, ctx: &Ctx, cmd: &ReadConversation) -> Result<(), Fail> {
    let by_guest = matches!(ctx.actor, Actor::Consumer(_));
    if !by_guest {
        let (_, merchant) = party::staff_actor(ctx)?;
        party::require_any_staff(tx, ctx, merchant)?;
    }
    tx.lock(&cmd.locks());
    let found = queries::conversation(tx, cmd.conversation)?.filter(|found| is_of(ctx.actor, found));
    let found = found.ok_or_else(|| party::NOT_FOUND.plain())?;
    let until = cmd.until;
    if !(1..=found.message_count).contains(&until) {
        let detail = format!("The conversation has {} messages.", found.message_count);
        return Err(CHAT_INVALID.at("/until", detail).into());
    }
    let row = tx.one(if by_guest {
        sql!(
            "UPDATE conversation SET guest_read = $1, version = version + 1 WHERE id = $2 AND guest_read < $3 RETURNING version",
            until,
            found.id,
            until
        )
    } else {
        sql!(
            "UPDATE conversation SET merchant_read = $1, version = version + 1
             WHERE id = $2 AND merchant_read < $3 RETURNING version",
            until,
            found.id,
            until
        )
    })?;
    let Some(mut row) = row else { return Ok(()) };
    if by_guest {
        tx.claim(sql!(
            "UPDATE message SET read_at = $1 WHERE person_id = $2 AND kind = $3 AND merchant_id = $4 AND read_at IS NULL",
            ctx.now,
            found.person,
            MessageKind::MerchantAnswered.as_str(),
            found.merchant
        ))?;
    }
    let read = ConversationRead {
        conversation: found.id,
        merchant: found.merchant,
        person: found.person,
        by_guest,
        seq: until,
    };
    Ok(tx.emit(ctx, found.id, row.take()?, &read)?)
}

fn is_of(actor: Actor, conversation: &Conversation) -> bool {
    match actor {
        Actor::Consumer(person) => conversation.person == person,
        Actor::Staff(_, merchant) => conversation.merchant == merchant,
        Actor::Anonymous | Actor::Operator(_) | Actor::Provider(_) | Actor::System => false,
    }
}
