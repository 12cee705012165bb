//! A guest books a time that uses of a card pay for: a class, a haircut. They are kept until the guest is there, and given
//! up if it is cancelled in time. Nobody orders or pays anything.

use kernel::{BookingId, Claim, Ctx, OfferId, ResourceId, StoreId, VoucherId};
use offer::{Period, Wish, place};
use store::{Fail, Lock, StorageError, TimerKind, Tx};

use super::cancel_booking::end;
use super::lock_booking;
use super::place_booking::{NewBooking, tell_booking};
use crate::booking::{Booking, BookingStatus, Outcome};
use crate::redeeming::{Counter, KeptUses, Presented, refuse, take_uses};
use crate::reject::{BOOKING_FULL, BOOKING_STATUS, CARD_NOT_ACCEPTED};
use crate::slot::{Asked, When, find_slot, valid_until};
use crate::{LossReason, RedemptionMode, queries};

/// Says of a booking that a card pays for that its time is over and nobody said what became of it. Its subject is the
/// booking.
pub const LAPSE_BOOKING: TimerKind = TimerKind("lapse_booking");

/// Book a time for uses of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookWithCard {
    /// Which.
    pub card: VoucherId,
    /// What is booked.
    pub offer: OfferId,
    /// Where.
    pub store: StoreId,
    /// When.
    pub when: When,
    /// How many come.
    pub party: i64,
    /// Only there, if it matters.
    pub area: Option<String>,
    /// Service by service: only with this person or in this room. What is not named is any.
    pub resources: Vec<Option<ResourceId>>,
}

/// A booking for which uses of a card are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookedWithCard {
    /// Its id.
    pub booking: BookingId,
    /// When.
    pub period: Period,
    /// How many uses are kept.
    pub uses: i64,
}

/// The time of a booking is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LapseBooking {
    /// Of which.
    pub booking: BookingId,
}

impl BookWithCard {
    /// The rows that it will claim.
    pub fn locks(&self) -> Vec<Lock> {
        vec![place::lock(self.store), Lock::row("voucher", self.card)]
    }
}

/// Books a time for the consumer who acts, with a card that the offer's terms name: one use for a booking, or one for each
/// who comes, or each hour, if the price is of that. The card has to be good at that time, in that store, and in its period.
///
/// Rejects: `card_not_accepted`, those of [`crate::redeem_scan`] that are about the card, and of the time as
/// [`crate::place_booking`] does.
///
/// Statements: those of [`crate::place_booking`] without an order, and six for the card.
pub fn book_with_card(tx: &mut Tx, ctx: &Ctx, cmd: &BookWithCard) -> Result<BookedWithCard, Fail> {
    let person = party::require_consumer(ctx)?;
    if let Some(area) = &cmd.area {
        party::check::text("/area", area, 80)?;
    }
    tx.lock(&cmd.locks());
    let sale = offer::queries::for_sale(tx, cmd.offer, ctx.now)?;
    let asked = Asked {
        offer: cmd.offer,
        store: cmd.store,
        when: cmd.when,
        wish: Wish {
            party: cmd.party,
            rooms: cmd.when.rooms(),
            area: cmd.area.as_deref(),
            resources: &cmd.resources,
            for_store: false,
        },
    };
    let (slot, bookable) = find_slot(tx, ctx, &asked)?;
    let counter = Counter::of_booking((sale.merchant, cmd.store), person, RedemptionMode::Booking);
    let card = Presented::load(tx, &counter, cmd.card, None, slot.period.starts_at)?;
    let accepts = |card: &Presented| {
        let is_own = card.voucher.holder == person;
        is_own && card.voucher.currency.is_none() && bookable.terms.cards.contains(&card.voucher.offer)
    };
    let card = card
        .filter(accepts)
        .ok_or_else(|| CARD_NOT_ACCEPTED.at("/card", CARD_NOT_ACCEPTED.title))?;
    if let Err(reason) = card.check() {
        return Err(refuse(tx, &card, reason)?.into());
    }
    let uses = card.uses(Some(slot.quantity))?;
    if !voucher::hold_uses(tx, cmd.card, uses)? {
        return Err(StorageError::bug("a checked and locked card changed").into());
    }
    let place_owner = ctx.new_id::<Claim>().uuid();
    if !place::take(tx, sale.merchant, place_owner, &slot.places)? {
        return Err(BOOKING_FULL.plain().into());
    }
    let new = NewBooking {
        order: None,
        card: Some((cmd.card, uses)),
        offer: cmd.offer,
        merchant: sale.merchant,
        store: cmd.store,
        person,
        party: cmd.party,
        rooms: cmd.when.rooms(),
        place_owner,
        seats: None,
        asked_for: &cmd.resources,
        area: cmd.area.as_deref(),
        deposit_order: None,
    };
    let booking = tell_booking(tx, ctx, &new, &slot)?;
    tx.set_timer(LAPSE_BOOKING, booking, valid_until(slot.period.ends_at))?;
    Ok(BookedWithCard {
        booking,
        period: slot.period,
        uses,
    })
}

/// Keeps the uses of a card for the time that a booking, whose row says it already, was moved to. Refuses one that the card
/// is not good for.
pub(super) fn move_kept(
    tx: &mut Tx,
    booking: &Booking,
    (card, kept): (VoucherId, KeptUses),
    period: Period,
) -> Result<(), Fail> {
    let guest = booking.guest.as_ref().ok_or_else(|| BOOKING_STATUS.plain())?;
    let place = (booking.merchant, booking.store);
    let counter = Counter::of_booking(place, guest.person, RedemptionMode::Booking);
    let presented = Presented::load(tx, &counter, card, None, period.starts_at)?;
    let presented = presented.ok_or_else(|| BOOKING_STATUS.plain())?.for_booking(kept);
    if let Err(reason) = presented.check() {
        return Err(refuse(tx, &presented, reason)?.into());
    }
    if presented.exceeds_its_period() {
        return Err(refuse(tx, &presented, LossReason::PeriodFull)?.into());
    }
    Ok(tx.set_timer(LAPSE_BOOKING, booking.id, valid_until(period.ends_at))?)
}

/// What becomes of the uses of a card that were kept for a booking that does not take place: they are free again, or taken if
/// it costs anything. They are also free if the card can no longer be used.
pub(super) fn give_up_kept(
    tx: &mut Tx,
    ctx: &Ctx,
    booking: &Booking,
    (card, kept): (VoucherId, KeptUses),
    is_taken: bool,
) -> Result<(), Fail> {
    if is_taken {
        let person = ctx.actor.person();
        let person = person.ok_or_else(|| StorageError::bug("nobody gave a booking up"))?;
        let place = (booking.merchant, booking.store);
        let counter = Counter::of_booking(place, person, RedemptionMode::Missed);
        // What was missed counts when it took place.
        let at = booking.period.starts_at.min(ctx.now);
        let presented = Presented::load(tx, &counter, card, None, at)?;
        let presented = presented.map(|presented| presented.for_booking(kept));
        if let Some(presented) = presented.filter(|presented| presented.check().is_ok()) {
            take_uses(tx, ctx, &counter, &presented, kept.uses)?;
            return Ok(());
        }
    }
    tx.clear_timer(LAPSE_BOOKING, booking.id)?;
    Ok(voucher::release_uses(tx, card, kept.uses)?)
}

/// Says that the time of a booking is over and nobody said what became of it, if that is so. Says whether it was.
pub fn lapse_booking(tx: &mut Tx, ctx: &Ctx, cmd: &LapseBooking) -> Result<bool, Fail> {
    party::require_system(ctx)?;
    let Some(found) = queries::booking(tx, cmd.booking)? else {
        return Ok(tx.clear_timer(LAPSE_BOOKING, cmd.booking)?);
    };
    lock_booking(tx, &found);
    let booking = queries::booking(tx, cmd.booking)?;
    // It may have been moved since its timer was found due.
    let is_over = |booking: &Booking| valid_until(booking.period.ends_at) <= ctx.now;
    if !booking.as_ref().is_some_and(is_over) || !tx.clear_timer(LAPSE_BOOKING, cmd.booking)? {
        return Ok(false);
    }
    let Some(booking) = booking.filter(|booking| booking.status == BookingStatus::Confirmed) else {
        return Ok(false);
    };
    if let Some((card, kept)) = kept_of(&booking) {
        voucher::release_uses(tx, card, kept.uses)?;
    }
    end(tx, ctx, &booking, Outcome::Lapsed, (None, true))?;
    Ok(true)
}

/// The card that pays for a booking, and what is kept of it.
pub(super) fn kept_of(booking: &Booking) -> Option<(VoucherId, KeptUses)> {
    let guest = booking.guest.as_ref()?;
    Some((guest.voucher?, guest.kept_uses(booking.id)?))
}
