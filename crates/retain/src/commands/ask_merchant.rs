//! A guest asks a merchant: the first time begins their conversation, every later one goes on with it.

use kernel::{ConversationId, Ctx, MediaId, MerchantId, PersonId};
use offer::OfferStatus;
use store::{Fail, StorageError, Tx, sql};

use super::message::write;
use crate::decide::{MAX_UNANSWERED, check_message};
use crate::{About, CHAT_INVALID, CHAT_MUTED, CHAT_UNANSWERED, MerchantAsked, Subject, Written};

/// Ask this merchant.
#[derive(Debug, Clone)]
pub struct AskMerchant {
    /// Whom.
    pub merchant: MerchantId,
    /// In the guest's own words; may be empty where there are pictures.
    pub text: String,
    /// The guest's own pictures, at most [`crate::MAX_CHAT_PICTURES`].
    pub media: Vec<MediaId>,
    /// About what.
    pub about: Option<About>,
}

/// Writes a consumer's message to a merchant and gives where it stands.
///
/// Rejects: `chat_message_invalid` (another's picture or subject too), `chat_unanswered`, `chat_muted`, and `party`'s for
/// who is no consumer and for a merchant that is not there, not certified or suspended.
pub fn ask_merchant(tx: &mut Tx, ctx: &Ctx, cmd: &AskMerchant) -> Result<Written, Fail> {
    let person = party::require_open_account(tx, ctx)?;
    let text = check_message(&cmd.text, &cmd.media)?;
    party::require_certified(tx, cmd.merchant)?;
    let subject = cmd
        .about
        .map(|about| subject_of(tx, person, cmd.merchant, about))
        .transpose()?;
    party::require_own_media(tx, &CHAT_INVALID, &[person.uuid()], &cmd.media)?;
    let new: ConversationId = ctx.new_id();
    let row = tx.one(sql!(
        "INSERT INTO conversation (id, person_id, merchant_id, message_count, unanswered, waiting, muted, guest_read,
                                   merchant_read, about, last_at, version)
         VALUES ($1, $2, $3, 1, 1, 1, 0, 0, 0, $4, $5, 1)
         ON CONFLICT (person_id, merchant_id) DO UPDATE SET
           message_count = conversation.message_count + 1, unanswered = conversation.unanswered + 1, waiting = 1,
           about = CASE WHEN excluded.about IS NULL THEN conversation.about ELSE conversation.message_count + 1 END,
           last_at = excluded.last_at, version = conversation.version + 1
         WHERE conversation.unanswered < $6 AND conversation.muted = 0
         RETURNING id, message_count, version",
        new,
        person,
        cmd.merchant,
        subject.map(|_| 1_i64),
        ctx.now,
        MAX_UNANSWERED
    ))?;
    let Some(mut row) = row else {
        return Err(refusal(tx, person, cmd.merchant)?);
    };
    let (conversation, seq) = (row.take()?, row.take()?);
    let written = Written { conversation, seq };
    write(tx, ctx, written, None, &text, &cmd.media, subject)?;
    let asked = MerchantAsked {
        conversation,
        merchant: cmd.merchant,
        person,
        seq,
    };
    tx.emit(ctx, conversation, row.take()?, &asked)?;
    Ok(written)
}

/// What is asked about, if the merchant sells it openly, or the guest has bought or booked it there. Anything else looks as
/// if it did not exist.
fn subject_of(tx: &mut Tx, person: PersonId, merchant: MerchantId, about: About) -> Result<Subject, Fail> {
    let found = match about {
        About::Offer(id) => {
            let offer = offer::queries::offer(tx, id)?;
            let shown =
                offer.filter(|offer| offer.merchant == merchant && offer.status != OfferStatus::Draft);
            shown.map(|offer| Subject {
                offer: offer.id,
                order: None,
                booking: None,
            })
        }
        About::Order(id) => {
            let order = convert::queries::order(tx, id)?;
            let own = order.filter(|order| order.merchant == merchant && order.person == person);
            own.map(|order| Subject {
                offer: order.line.offer,
                order: Some(order.id),
                booking: None,
            })
        }
        About::Booking(id) => {
            let booking = consume::queries::booking(tx, id)?.filter(|booking| booking.merchant == merchant);
            let guest = booking.and_then(|booking| booking.guest);
            let own = guest.filter(|guest| guest.person == person);
            own.map(|guest| Subject {
                offer: guest.offer,
                order: None,
                booking: Some(id),
            })
        }
    };
    let unknown = "There is no such offer of this merchant, and no such order or booking of yours with it.";
    Ok(found.ok_or_else(|| CHAT_INVALID.at("/about", unknown))?)
}

/// Why the conversation takes no message.
fn refusal(tx: &mut Tx, person: PersonId, merchant: MerchantId) -> Result<Fail, Fail> {
    let row = tx.one(sql!(
        "SELECT muted FROM conversation WHERE person_id = $1 AND merchant_id = $2",
        person,
        merchant
    ))?;
    let mut row = row.ok_or_else(|| StorageError::bug("a conversation was refused and is not there"))?;
    let is_muted = row.take::<i64>()? != 0;
    let refused = if is_muted { &CHAT_MUTED } else { &CHAT_UNANSWERED };
    Ok(refused.plain().into())
}
