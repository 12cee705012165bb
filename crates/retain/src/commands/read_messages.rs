//! A person has read what they were told, up to a message.

use kernel::{Ctx, MessageId};
use store::{Fail, Tx, sql};

use crate::MessagesRead;

/// Note that these were read.
#[derive(Debug, Clone)]
pub struct ReadMessages {
    /// The newest that the person has seen; what came later stays unread.
    pub until: MessageId,
}

/// Marks the messages of the consumer who acts as read and gives how many had not been.
pub fn read_messages(tx: &mut Tx, ctx: &Ctx, cmd: &ReadMessages) -> Result<i64, Fail> {
    let person = party::require_consumer(ctx)?;
    let read = tx.claim(sql!(
        "UPDATE message SET read_at = $1 WHERE person_id = $2 AND id <= $3 AND read_at IS NULL",
        ctx.now,
        person,
        cmd.until
    ))?;
    if read > 0 {
        let message = cmd.until;
        // A message is written once and read once.
        tx.emit(ctx, message, 2, &MessagesRead { message, person })?;
    }
    Ok(read as i64)
}
