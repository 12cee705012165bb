//! What a question and an answer have in common.

use kernel::{Ctx, MediaId, PersonId};
use store::{Fail, Tx, sql};

use crate::{Subject, Written};

/// Writes the message for which the conversation has counted.
pub(super) fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    at: Written,
    staff: Option<PersonId>,
    text: &str,
    media: &[MediaId],
    subject: Option<Subject>,
) -> Result<(), Fail> {
    tx.tell(sql!(
        "INSERT INTO chat_message (conversation_id, seq, staff_id, text, offer_id, order_id, booking_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        at.conversation,
        at.seq,
        staff,
        text,
        subject.map(|subject| subject.offer),
        subject.and_then(|subject| subject.order),
        subject.and_then(|subject| subject.booking),
        ctx.now
    ))?;
    for (n, media) in (1_i64..).zip(media) {
        tx.tell(sql!(
            "INSERT INTO chat_picture (conversation_id, seq, n, media_id) VALUES ($1, $2, $3, $4)",
            at.conversation,
            at.seq,
            n,
            *media
        ))?;
    }
    Ok(())
}
