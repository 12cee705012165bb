//! From what happened to what somebody is told of it.

use consume::{Booking, BookingCancelled, BookingMoved, BookingSoon, BookingStatus};
use consume::{PlaceOffered, QueueCalled, RedemptionUndone, VoucherRedeemed};
use convert::events::{OrderChargedBack, OrderPaid, RefundSucceeded, SecurityDepositChanged};
use convert::{RefundCause, SecurityDepositStatus, Stored};
use feedback::{ComplaintChanged, ComplaintStatus, ReviewReplied};
use kernel::{Currency, MessageId, Money, PersonId};
use ledger::events::RebatePosted;
use store::{EventBody, Fail, ReadTx, StorageError, StoredEvent};

use crate::{BookedTime, GuestAnswered, Message, MessageKind, queries};

/// The message that tells of this event; `None` where nobody is told.
pub fn message_of(read: &mut ReadTx, event: &StoredEvent) -> Result<Option<Message>, Fail> {
    if let Some(paid) = event.body_as::<OrderPaid>() {
        let paid = paid?;
        return Ok(Some(Message {
            order: Some(paid.order),
            offer: Some((paid.offer, paid.merchant)),
            amount: Some(money(paid.cash + paid.security_deposit, &paid.currency)?),
            ..about(event, paid.person, MessageKind::OrderPaid)
        }));
    }
    if let Some(redeemed) = event.body_as::<VoucherRedeemed>() {
        let redeemed = redeemed?;
        return Ok(Some(Message {
            order: Some(redeemed.order),
            voucher: Some(redeemed.voucher),
            offer: Some((redeemed.offer, redeemed.merchant)),
            amount: redeemed
                .spent
                .map(|spent| money(spent, &redeemed.currency))
                .transpose()?,
            ..about(event, redeemed.holder, MessageKind::VoucherRedeemed)
        }));
    }
    if let Some(rebate) = event.body_as::<RebatePosted>() {
        let rebate = rebate?;
        return Ok(Some(Message {
            amount: Some(money(rebate.amount, &rebate.currency)?),
            ..about(event, rebate.sharer, MessageKind::RebateEarned)
        }));
    }
    if let Some(charged_back) = event.body_as::<OrderChargedBack>() {
        let charged_back = charged_back?;
        return Ok(Some(Message {
            order: Some(charged_back.order),
            offer: Some((charged_back.offer, charged_back.merchant)),
            amount: Some(money(charged_back.amount, &charged_back.currency)?),
            ..about(event, charged_back.person, MessageKind::OrderChargedBack)
        }));
    }
    if let Some(called) = event.body_as::<QueueCalled>() {
        let called = called?;
        return Ok(called.person.map(|person| Message {
            store: Some(called.store),
            ..about(event, person, MessageKind::QueueCalled)
        }));
    }
    if let Some(offered) = event.body_as::<PlaceOffered>() {
        let offered = offered?;
        return Ok(Some(Message {
            offer: Some((offered.offer, offered.merchant)),
            ..about(event, offered.person, MessageKind::PlaceOffered)
        }));
    }
    looked_up(read, event)
}

/// The same for events whose ids lead to what is told.
fn looked_up(read: &mut ReadTx, event: &StoredEvent) -> Result<Option<Message>, Fail> {
    if event.kind == RedemptionUndone::TYPE {
        let visit = consume::queries::redemption(read, event.subject())?;
        return Ok(visit.map(|visit| Message {
            voucher: Some(visit.voucher),
            offer: Some((visit.offer, visit.merchant)),
            ..about(event, visit.person, MessageKind::RedemptionUndone)
        }));
    }
    if event.kind == RefundSucceeded::TYPE {
        let refund = convert::queries::refund(read, event.subject())?;
        // A chargeback is told of by the order's own news, and that nothing came back by nobody.
        let refund = refund
            .filter(|refund| refund.cause != RefundCause::ChargedBack && refund.amount + refund.rebate > 0);
        let order = match &refund {
            Some(refund) => convert::queries::order(read, refund.order)?,
            None => None,
        };
        return Ok(refund.zip(order).map(|(refund, order)| Message {
            order: Some(order.id),
            voucher: refund.voucher,
            offer: Some((order.line.offer, order.merchant)),
            amount: Some(Money::new(refund.amount, refund.currency)),
            ..about(event, order.person, MessageKind::RefundArrived)
        }));
    }
    if event.kind == ReviewReplied::TYPE {
        let review = feedback::queries::review(read, event.subject())?;
        return Ok(review.map(|review| Message {
            offer: Some((review.offer, review.merchant)),
            ..about(event, review.person, MessageKind::ReviewAnswered)
        }));
    }
    if let Some(changed) = event.body_as::<ComplaintChanged>() {
        return of_complaint(read, event, &changed?);
    }
    if let Some(answered) = event.body_as::<GuestAnswered>() {
        let answered = answered?;
        let conversation = queries::conversation(read, answered.conversation)?;
        let is_news = conversation.is_some_and(|conversation| conversation.guest_read < answered.seq);
        return Ok(is_news.then(|| Message {
            merchant: Some(answered.merchant),
            ..about(event, answered.person, MessageKind::MerchantAnswered)
        }));
    }
    if let Some(changed) = event.body_as::<SecurityDepositChanged>() {
        let changed = changed?;
        // What comes back is told of by its refund, and a claim once, whoever the bank gave it back to.
        let [held, claimed] =
            [SecurityDepositStatus::Held, SecurityDepositStatus::Claimed].map(Stored::as_str);
        if (changed.was.as_deref(), changed.status.as_str()) != (Some(held), claimed) {
            return Ok(None);
        }
        let order = convert::queries::order(read, changed.order)?;
        let claimed = money(changed.claimed, &changed.currency)?;
        return Ok(order.map(|order| Message {
            order: Some(order.id),
            offer: Some((order.line.offer, order.merchant)),
            amount: Some(claimed),
            ..about(event, order.person, MessageKind::DepositClaimed)
        }));
    }
    if let Some(kind) = of_booking(event)? {
        let booking = consume::queries::booking(read, event.subject())?;
        return Ok(booking.and_then(|booking| about_booking(event, kind, &booking)));
    }
    Ok(None)
}

/// What the others do in a buyer's complaint.
fn of_complaint(
    read: &mut ReadTx,
    event: &StoredEvent,
    changed: &ComplaintChanged,
) -> Result<Option<Message>, Fail> {
    let kind = match ComplaintStatus::from_text(&changed.status) {
        Some(ComplaintStatus::Answered) => MessageKind::ComplaintAnswered,
        Some(ComplaintStatus::Upheld | ComplaintStatus::Dismissed) => MessageKind::ComplaintDecided,
        _ => return Ok(None),
    };
    let found = feedback::queries::complaint(read, changed.complaint)?;
    Ok(found.map(|complaint| Message {
        order: Some(complaint.order),
        offer: Some((complaint.offer, complaint.merchant)),
        ..about(event, complaint.person, kind)
    }))
}

/// What there is to tell a guest of their booking. What they did themselves they know.
fn of_booking(event: &StoredEvent) -> Result<Option<MessageKind>, StorageError> {
    if event.kind == BookingSoon::TYPE {
        return Ok(Some(MessageKind::BookingSoon));
    }
    if let Some(moved) = event.body_as::<BookingMoved>() {
        return Ok(moved?.by_store.then_some(MessageKind::BookingMoved));
    }
    if let Some(cancelled) = event.body_as::<BookingCancelled>() {
        let cancelled = cancelled?;
        let is_news = cancelled.by_store && cancelled.outcome == BookingStatus::Cancelled.as_str();
        return Ok(is_news.then_some(MessageKind::BookingCancelled));
    }
    Ok(None)
}

fn about_booking(event: &StoredEvent, kind: MessageKind, booking: &Booking) -> Option<Message> {
    let guest = booking.guest.as_ref()?;
    Some(Message {
        order: Some(guest.order),
        offer: Some((guest.offer, booking.merchant)),
        booking: Some(BookedTime {
            booking: booking.id,
            store: booking.store,
            starts_at: booking.period.starts_at,
        }),
        ..about(event, guest.person, kind)
    })
}

fn about(event: &StoredEvent, person: PersonId, kind: MessageKind) -> Message {
    Message {
        id: MessageId::from_uuid(event.id.uuid()),
        person,
        kind,
        order: None,
        voucher: None,
        offer: None,
        merchant: None,
        booking: None,
        store: None,
        amount: None,
        created_at: event.at,
        read_at: None,
    }
}

fn money(amount: i64, code: &str) -> Result<Money, StorageError> {
    let currency = Currency::from_code(code);
    let currency = currency.ok_or_else(|| StorageError::bug(format!("an event in the currency {code:?}")))?;
    Ok(Money::new(amount, currency))
}
