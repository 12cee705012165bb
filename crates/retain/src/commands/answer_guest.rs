//! The merchant answers a guest. It never writes first: there is no conversation before the guest has begun it.

use kernel::{ConversationId, Ctx, MediaId, MerchantId};
use store::{Fail, Lock, Tx, sql};

use super::message::write;
use crate::decide::check_message;
use crate::{CHAT_INVALID, CHAT_MUTED, GuestAnswered, Written, queries};

/// Answer in this conversation.
#[derive(Debug, Clone)]
pub struct AnswerGuest {
    /// Which.
    pub conversation: ConversationId,
    /// In the merchant's words; may be empty where there are pictures.
    pub text: String,
    /// The merchant's own pictures, at most [`crate::MAX_CHAT_PICTURES`].
    pub media: Vec<MediaId>,
}

impl AnswerGuest {
    /// The conversation.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("conversation", self.conversation)]
    }
}

/// Writes an answer (anybody of the merchant's staff, of whichever store) and gives where it stands.
///
/// Rejects: `chat_message_invalid` (another's picture too), `chat_muted`, and `party`'s for who is no staff, for another merchant's
/// conversation, and for a merchant that is suspended.
pub fn answer_guest(tx: &mut Tx, ctx: &Ctx, cmd: &AnswerGuest) -> Result<Written, Fail> {
    let text = check_message(&cmd.text, &cmd.media)?;
    let (_, merchant) = party::staff_actor(ctx)?;
    let staff = party::require_any_staff(tx, ctx, merchant)?;
    party::require_not_suspended(tx, merchant)?;
    party::require_own_media(tx, &CHAT_INVALID, &[merchant.uuid()], &cmd.media)?;
    tx.lock(&cmd.locks());
    let row = tx.one(sql!(
        "UPDATE conversation SET message_count = message_count + 1, unanswered = 0, waiting = 0, last_at = $1,
                                 version = version + 1
         WHERE id = $2 AND merchant_id = $3 AND muted = 0 RETURNING message_count, person_id, version",
        ctx.now,
        cmd.conversation,
        merchant
    ))?;
    let Some(mut row) = row else {
        return Err(refusal(tx, cmd.conversation, merchant)?);
    };
    let (seq, person) = (row.take()?, row.take()?);
    let version = row.take()?;
    let conversation = cmd.conversation;
    let written = Written { conversation, seq };
    write(tx, ctx, written, Some(staff), &text, &cmd.media, None)?;
    let answered = GuestAnswered {
        conversation,
        merchant,
        person,
        staff,
        seq,
    };
    tx.emit(ctx, conversation, version, &answered)?;
    Ok(written)
}

/// Why nothing was written.
fn refusal(tx: &mut Tx, conversation: ConversationId, merchant: MerchantId) -> Result<Fail, Fail> {
    let found = queries::conversation(tx, conversation)?;
    let is_own = found.is_some_and(|found| found.merchant == merchant);
    Ok(if is_own {
        CHAT_MUTED
            .because("Take the mute back to write to this guest.".to_owned())
            .into()
    } else {
        party::NOT_FOUND.plain().into()
    })
}
