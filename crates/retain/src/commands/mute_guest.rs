//! A merchant takes no more messages of a guest, or takes them again.

use kernel::{ConversationId, Ctx};
use party::Role;
use store::{Fail, Lock, Tx, sql};

use crate::{GuestMuted, GuestUnmuted, queries};

/// Whether the guest of a conversation is muted.
#[derive(Debug, Clone, Copy)]
pub struct MuteGuest {
    /// Which.
    pub conversation: ConversationId,
    /// Whether they are.
    pub muted: bool,
}

impl MuteGuest {
    /// The conversation.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("conversation", self.conversation)]
    }
}

/// Mutes the guest of a conversation, or takes that back (a manager of the whole merchant). What a muted guest has asked
/// waits for nobody. Saying it again changes nothing.
///
/// Rejects as [`party::require_staff`] does, and with [`party::NOT_FOUND`] for another merchant's conversation.
pub fn mute_guest(tx: &mut Tx, ctx: &Ctx, cmd: &MuteGuest) -> Result<(), Fail> {
    let (_, merchant) = party::staff_actor(ctx)?;
    party::require_staff(tx, ctx, merchant, None, Role::Manager)?;
    tx.lock(&cmd.locks());
    let found = queries::conversation(tx, cmd.conversation)?.filter(|found| found.merchant == merchant);
    let found = found.ok_or_else(|| party::NOT_FOUND.plain())?;
    let muted = i64::from(cmd.muted);
    let row = tx.one(sql!(
        "UPDATE conversation SET waiting = CASE WHEN muted = 1 AND unanswered > 0 THEN 1 ELSE 0 END, muted = $1,
                                 version = version + 1
         WHERE id = $2 AND muted <> $3 RETURNING version",
        muted,
        found.id,
        muted
    ))?;
    let Some(mut row) = row else { return Ok(()) };
    let (conversation, person, version) = (found.id, found.person, row.take()?);
    if cmd.muted {
        let event = GuestMuted {
            conversation,
            merchant,
            person,
        };
        return Ok(tx.emit(ctx, conversation, version, &event)?);
    }
    let event = GuestUnmuted {
        conversation,
        merchant,
        person,
    };
    Ok(tx.emit(ctx, conversation, version, &event)?)
}
