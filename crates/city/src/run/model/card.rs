//! Cards of which not more is taken than so much in a period, by clocks that stand still at eight hours before UTC; and
//! what is booked with a card.

use kernel::{DAY_US, HOUR_US, Timestamp};

use super::booking::{said, valid_until};
use super::scan::refusal;
use super::slots::{AHEAD_US, Wish};
use super::{Answer, Booking, Model, Name, No, Outcome, Redemption, RedemptionStatus, TimerKind, made, told};
use crate::run::op::{BookWithCard, VoucherName};
use crate::run::world::{Card, Period};

/// So long before its time who booked is taken to come for it.
const EARLY_US: i64 = 2 * HOUR_US;

/// Uses of a card that pay for a booking.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptUses {
    pub voucher: VoucherName,
    pub uses: i128,
    /// What is booked with them.
    pub good: usize,
    /// What took them.
    pub redemption: Option<No>,
}

impl Model {
    pub(super) fn book_with_card(&mut self, no: No, now: Timestamp, book: &BookWithCard) -> Answer {
        if !self.on_sale(book.good, now) {
            return Err("offer_not_on_sale");
        }
        let wish = Wish {
            good: book.good,
            store: book.store,
            party: book.party,
            when: book.when,
            resource: book.resource,
            by_shop: false,
            moves: None,
        };
        let slot = self.find_slot(now, &wish)?;
        let (order, booked) = (&self.orders[&book.card.0], self.booked(book.good));
        if order.person != book.person || !booked.cards.contains(&order.good) {
            return Err("card_not_accepted");
        }
        let (shop, starts_at) = (self.world.goods[book.good].shop, slot.period.0);
        self.check_voucher((shop, 0), book.card, None, starts_at)
            .and_then(|()| self.check_free_uses(book.card, starts_at))
            .map_err(refusal)?;
        let uses = self.uses_asked((book.card, starts_at), Some(slot.quantity))?;
        let booking = Booking {
            shop,
            order: None,
            card: Some(KeptUses {
                voucher: book.card,
                uses,
                good: book.good,
                redemption: None,
            }),
            party: book.party,
            period: slot.period,
            steps: slot.steps,
            places: slot.places,
            seats: None,
            policy: Some(booked.policies[self.policies[book.good].0]),
            asked_for: book.resource,
            outcome: None,
        };
        self.write_booking(no, booking);
        self.remind_of(no, now);
        self.lapse_after(no);
        made(
            format!("{} for {uses} uses", said(slot.period)),
            vec![Name::Booking(no)],
        )
    }

    /// As long as a voucher of it would be good.
    pub(super) fn lapse_after(&mut self, no: No) {
        let until = valid_until(self.bookings[&no].period);
        self.timers.insert((TimerKind::Lapse, Name::Booking(no)), until);
    }

    /// Nobody said what became of it.
    pub(super) fn lapse(&mut self, now: Timestamp, no: No) -> Answer {
        let timer = (TimerKind::Lapse, Name::Booking(no));
        if self.timers.get(&timer).is_none_or(|due| *due > now) {
            return told("false");
        }
        self.timers.remove(&timer);
        let lapses = self.is_expected(no);
        if lapses {
            self.end_booking(no, Outcome::Lapsed);
            self.rarities.insert("CardLapsed");
        }
        told(lapses.to_string())
    }

    /// What is booked with a voucher, so that its uses are kept.
    fn booked_with(&self, name: VoucherName) -> impl Iterator<Item = (No, &Booking, &KeptUses)> {
        self.bookings.iter().filter_map(move |(no, booking)| {
            let kept = booking.card.as_ref()?;
            let is_open = booking.outcome.is_none() && kept.redemption.is_none();
            (is_open && kept.voucher == name).then_some((*no, booking, kept))
        })
    }

    /// How many uses of a voucher are kept for bookings.
    pub fn held(&self, name: VoucherName) -> i128 {
        self.booked_with(name).map(|(.., kept)| kept.uses).sum()
    }

    /// The booking for which a voucher is shown then and there.
    pub fn kept_at(&self, (shop, store): (usize, usize), name: VoucherName, at: Timestamp) -> Option<No> {
        let is_now = |booking: &Booking| booking.period.0 <= at.plus_us(EARLY_US) && booking.period.1 > at;
        let now = self.booked_with(name).filter(|(_, booking, _)| is_now(booking));
        let here = now.filter(|(_, booking, _)| booking.shop == shop && store == 0);
        let first = here.min_by_key(|(no, booking, _)| (booking.period.0, *no));
        first.map(|(no, ..)| no)
    }

    /// Whether one of its uses may be taken that is kept for nothing.
    pub(super) fn check_free_uses(&self, name: VoucherName, at: Timestamp) -> Result<(), &'static str> {
        if self.voucher(name).map(|voucher| voucher.uses_left) == Some(self.held(name)) {
            return Err("uses_held");
        }
        match self.left_in_period(name, at, None) {
            Some(..=0) => Err("period_full"),
            Some(_) | None => Ok(()),
        }
    }

    /// What is kept for a booking is taken.
    pub(super) fn use_kept(&mut self, no: No, times: (Timestamp, Timestamp), booking: No) -> Answer {
        let KeptUses { voucher, uses, .. } = *self.kept(booking);
        let answer = self.use_up(no, times, 0, voucher, uses);
        self.kept(booking).redemption = Some(no);
        self.timers.remove(&(TimerKind::Lapse, Name::Booking(booking)));
        answer
    }

    fn kept(&mut self, booking: No) -> &mut KeptUses {
        let booking = self.bookings.get_mut(&booking).expect("a known booking");
        booking.card.as_mut().expect("a card pays for it")
    }

    /// Nobody comes: what is kept is taken, as far as the card is good, or free again.
    pub(super) fn give_up_kept(
        &mut self,
        no: No,
        now: Timestamp,
        booking: No,
        (is_taken, outcome): (bool, Outcome),
    ) -> Answer {
        let voucher = self.kept(booking).voucher;
        // What was missed counts when it took place.
        let at = self.bookings[&booking].period.0.min(now);
        let is_good = self
            .voucher(voucher)
            .is_some_and(|voucher| voucher.valid_until > at);
        self.timers.remove(&(TimerKind::Lapse, Name::Booking(booking)));
        self.rarities
            .insert(if is_taken { "CardMissed" } else { "CardFree" });
        let missed = (is_taken && is_good).then_some(no);
        if let Some(no) = missed {
            self.use_kept(no, (at, now), booking)?;
            self.redemptions.get_mut(&no).expect("just made").missed = true;
        }
        self.end_booking(booking, outcome);
        made("", missed.map(Name::Redemption).into_iter().collect())
    }

    /// Whether what is kept for a booking would do at another time.
    pub(super) fn check_kept(&self, no: No, kept: &KeptUses, at: Timestamp) -> Result<(), &'static str> {
        let shop = self.bookings[&no].shop;
        self.check_voucher((shop, 0), kept.voucher, None, at)?;
        match self.left_in_period(kept.voucher, at, Some(no)) {
            Some(left) if left < kept.uses => Err("period_full"),
            Some(_) | None => Ok(()),
        }
    }

    /// What a redemption took that is undone is kept again, if its guest is still to come.
    pub(super) fn keep_again(&mut self, redemption: No) {
        let took = |booking: &Booking| booking.card.and_then(|kept| kept.redemption) == Some(redemption);
        let Some(no) = self
            .bookings
            .iter()
            .find(|(_, booking)| took(booking))
            .map(|(no, _)| *no)
        else {
            return;
        };
        self.kept(no).redemption = None;
        if self.bookings[&no].outcome.is_none() {
            self.rarities.insert("CardKeptAgain");
            self.lapse_after(no);
        }
    }

    /// How many more uses of a voucher its good allows in the period of this moment, if it limits them; `but` what is kept
    /// for one booking.
    pub(super) fn left_in_period(&self, name: VoucherName, at: Timestamp, but: Option<No>) -> Option<i128> {
        let Some(Card::Paced { uses, per }) = self.world.goods[self.orders[&name.0].good].card else {
            return None;
        };
        let stands = |redemption: &Redemption| redemption.status != RedemptionStatus::Undone;
        let kept = self.booked_with(name).filter(|(no, booking, _)| {
            Some(*no) != but && number_of(per, booking.period.0) == number_of(per, at)
        });
        let kept: i128 = kept.map(|(.., kept)| kept.uses).sum();
        Some(i128::from(uses) - self.uses_within(per, (name, at), stands) - kept)
    }

    fn uses_within(
        &self,
        per: Period,
        (name, at): (VoucherName, Timestamp),
        counts: fn(&Redemption) -> bool,
    ) -> i128 {
        let within = |redemption: &&Redemption| {
            let is_then = number_of(per, redemption.scanned_at) == number_of(per, at);
            redemption.voucher == name && is_then && counts(redemption)
        };
        let within = self.redemptions.values().filter(within);
        within.map(|redemption| redemption.uses).sum()
    }

    /// Notes it if uses are only taken because others were undone.
    pub(super) fn note_period(&mut self, (name, at): (VoucherName, Timestamp), uses: i128) {
        let card = self.world.goods[self.orders[&name.0].good].card;
        if let Some(Card::Paced { uses: most, per }) = card
            && self.uses_within(per, (name, at), |_| true) + uses > most.into()
        {
            self.rarities.insert("PeriodFreedByUndo");
        }
    }
}

/// Which period a moment is in.
fn number_of(per: Period, at: Timestamp) -> i64 {
    let day = (at.0 + AHEAD_US).div_euclid(DAY_US);
    match per {
        Period::Day => day,
        // The epoch was a Thursday.
        Period::Week => (day + 3).div_euclid(7),
        Period::Month => month_of(day),
    }
}

/// Months since 1970.
fn month_of(day: i64) -> i64 {
    let (mut month, mut first) = (0, 0);
    while first + days_in(month) <= day {
        first += days_in(month);
        month += 1;
    }
    month
}

fn days_in(month: i64) -> i64 {
    match month % 12 {
        1 if month / 12 % 4 == 2 => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}
