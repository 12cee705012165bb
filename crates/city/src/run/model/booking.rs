//! Times that are booked, as they must go: kept, moved, cancelled and missed, and what it costs not to come.

use std::collections::BTreeSet;
use std::ops::Range;

use kernel::{DAY_US, HOUR_US, Timestamp};

use super::scan::refusal;
use super::slots::{STEP_US, Wish, steps};
use super::{
    Answer, Bucket, Keeps, KeptUses, Model, Name, No, OrderStatus, Outcome, Surcharges, TimerKind, Told,
    VoucherStatus, made, told,
};
use crate::run::booked::{Booked, Kind, Policy, Seat};
use crate::run::op::{Book, By, Post, Seats, Staff, VoucherName, When};

/// A time that is kept for somebody.
#[derive(Debug, Clone)]
pub(crate) struct Booking {
    pub shop: usize,
    /// Without one, and without a card, the shop keeps it for itself.
    pub order: Option<No>,
    pub card: Option<KeptUses>,
    pub party: i64,
    pub period: (Timestamp, Timestamp),
    pub steps: Range<i64>,
    /// Resources, and how many units of each.
    pub places: Vec<(usize, i64)>,
    /// Of a showing, which has its hall by itself.
    pub seats: Option<(No, BTreeSet<Seat>)>,
    pub policy: Option<Policy>,
    /// The resource that its guest asked for.
    pub asked_for: Option<usize>,
    pub outcome: Option<Outcome>,
}

impl Model {
    pub fn booked(&self, good: usize) -> &Booked {
        self.world.goods[good]
            .booked
            .as_ref()
            .expect("a good that is booked")
    }

    pub(super) fn book(&mut self, no: No, now: Timestamp, book: &Book) -> Answer {
        let good = book.place.good;
        let wish = Wish {
            good,
            store: book.store,
            party: book.party,
            when: book.when,
            resource: book.resource,
            by_shop: false,
            moves: None,
        };
        let slot = match &book.seats {
            Some(choice) => self.find_seats(now, &wish, choice)?,
            None => self.find_slot(now, &wish)?,
        };
        if book.party > self.booked(good).party_max {
            return Err("booking_party");
        }
        if book.place.quantity != slot.quantity {
            return Err("order_quantity_invalid");
        }
        if slot.seats.is_none() && slot.surcharges.iter().any(|(_, more)| *more > 0) {
            self.rarities.insert("DearerNights");
        }
        let until = valid_until(slot.period);
        let Told { text, made: ordered } =
            self.order(no, now, &book.place, (Some((until, false)), &slot.surcharges))?;
        let chosen: Vec<_> = slot.places.iter().map(|(resource, _)| *resource).collect();
        let text = format!("{text} {} {chosen:?}", said(slot.period));
        let booking = Booking {
            shop: self.world.goods[good].shop,
            order: Some(no),
            card: None,
            party: book.party,
            period: slot.period,
            steps: slot.steps,
            places: slot.places,
            seats: slot.seats,
            policy: Some(self.booked(good).policies[self.policies[good].0]),
            asked_for: book.resource,
            outcome: None,
        };
        self.write_booking(no, booking);
        self.remind_of(no, now);
        made(text, [vec![Name::Booking(no)], ordered].concat())
    }

    pub(super) fn write_booking(&mut self, no: No, booking: Booking) {
        self.open(&booking.places, &booking.steps);
        let seats = booking.seats.iter();
        let seats = seats.flat_map(|(showing, seats)| seats.iter().map(|seat| (*showing, *seat)));
        self.seated.extend(seats);
        self.bookings.insert(no, booking);
    }

    pub(super) fn open(&mut self, places: &[(usize, i64)], steps: &Range<i64>) {
        for (resource, _) in places {
            self.opened.extend(steps.clone().map(|step| (*resource, step)));
        }
    }

    pub(super) fn keep(
        &mut self,
        no: No,
        (shop, staff): (usize, Staff),
        mut resources: Vec<usize>,
        (from, until): (Timestamp, Timestamp),
    ) -> Answer {
        self.may_stand(shop, staff, 0)?;
        let most_us = 500 * STEP_US / resources.len() as i64;
        if !(STEP_US..=most_us).contains(&(until.0 - from.0)) {
            return Err("booking_time");
        }
        resources.sort_unstable();
        resources.dedup();
        let steps = steps(from.0, until.0);
        let mut places = Vec::new();
        for n in resources {
            let resource = &self.world.resources[n];
            if self.shop_of_resource(n) != shop || resource.kind == Kind::RoomType {
                return Err("booking_not_offered");
            }
            if steps.clone().any(|step| self.used(n, step, None) > 0) {
                return Err("booking_full");
            }
            places.push((n, resource.units));
        }
        let booking = Booking {
            shop,
            order: None,
            card: None,
            party: 1,
            period: (from, until),
            steps,
            places,
            seats: None,
            policy: None,
            asked_for: None,
            outcome: None,
        };
        self.write_booking(no, booking);
        made("", vec![Name::Booking(no)])
    }

    fn shop_of_resource(&self, n: usize) -> usize {
        let mut goods = self.world.goods.iter();
        let of = |booked: &Booked| booked.resources.contains(&n);
        let good = goods.find(|good| good.booked.as_ref().is_some_and(of));
        good.expect("a resource is a good's").shop
    }

    pub(super) fn move_booking(
        &mut self,
        now: Timestamp,
        by: By,
        no: No,
        (when, resource, seats): (When, Option<usize>, Option<Seats>),
    ) -> Answer {
        self.own_booking(by, no, Post::Cashier)?;
        let (voucher, policy) = self.expected_guest(no)?;
        let by_shop = matches!(by, By::Staff(..));
        let booking = &self.bookings[&no];
        if !by_shop && !is_free(policy, booking.period.0, now) {
            return Err("booking_not_free");
        }
        let good = self.good_of(booking).expect("somebody booked it");
        let wish = Wish {
            good,
            store: 0,
            party: booking.party,
            when,
            resource: resource.or(booking.asked_for),
            by_shop,
            moves: Some(no),
        };
        let slot = match &seats {
            Some(choice) => self.find_seats(now, &wish, choice)?,
            None => self.find_slot(now, &wish)?,
        };
        if let When::Nights { nights, rooms, .. } = when
            && (nights, rooms) != (booking.steps.end - booking.steps.start, booking.places[0].1)
        {
            return Err("booking_time");
        }
        let before = match &booking.seats {
            Some((showing, seats)) => self.surcharges_of_seats(*showing, seats),
            None => self.surcharges_of_nights(good, booking.stay(0)),
        };
        let sum = |surcharges: &Surcharges| surcharges.iter().map(|(units, more)| units * more).sum::<i64>();
        if !by_shop && sum(&before) != sum(&slot.surcharges) {
            if seats.is_some() {
                return Err("seats_other_price");
            }
            self.rarities.insert("MoveToAnotherPrice");
            return Err("booking_time");
        }
        if let Some(kept) = &booking.card {
            self.check_kept(no, kept, slot.period.0).map_err(refusal)?;
        }
        let moved = Booking {
            period: slot.period,
            steps: slot.steps,
            places: slot.places,
            seats: slot.seats,
            asked_for: resource.filter(|_| !by_shop).or(booking.asked_for),
            ..booking.clone()
        };
        let person = self.orders[&voucher.0].person;
        self.write_booking(no, moved);
        self.remind_of(no, now);
        if by_shop {
            self.tell(person, "booking_moved", 0);
        }
        if self.bookings[&no].card.is_some() {
            self.lapse_after(no);
            self.rarities.insert("CardMoved");
        } else {
            self.prolong(voucher, valid_until(slot.period));
        }
        told(said(slot.period))
    }

    fn prolong(&mut self, voucher: VoucherName, until: Timestamp) {
        let order = self.orders.get_mut(&voucher.0).expect("a known order");
        order.booked_until = Some(until);
        self.voucher_mut(voucher).valid_until = until;
        self.timers
            .insert((TimerKind::Expire, Name::Voucher(voucher.0, voucher.1)), until);
    }

    /// An open ticket becomes a booking: by its holder of seats that cost nothing more, by the shop of any.
    pub(super) fn choose_seats(
        &mut self,
        no: No,
        now: Timestamp,
        by: By,
        (name, choice): (VoucherName, &Seats),
    ) -> Answer {
        let order = &self.orders[&name.0];
        let (good, party) = (order.good, order.quantity as i64);
        let shop = self.world.goods[good].shop;
        let is_own = match by {
            By::Guest(person) => person == order.person,
            By::Staff(of, _) => of == shop,
        };
        if !is_own {
            return Err("not_found");
        }
        let voucher = &order.vouchers[usize::from(name.1)];
        if !order.open_ticket || voucher.status != VoucherStatus::Live {
            return Err("ticket_not_open");
        }
        let showing = &self.showings[&choice.showing];
        if showing.good != good {
            return Err("showing_not_found");
        }
        if let By::Staff(shop, staff) = by {
            self.require(shop, staff, 0, Post::Cashier)?;
        }
        if voucher.valid_until <= now {
            return Err("redeem_voucher_expired");
        }
        let wish = Wish {
            good,
            store: 0,
            party,
            when: When::At(showing.period.0),
            resource: None,
            by_shop: matches!(by, By::Staff(..)),
            moves: None,
        };
        let slot = self.find_seats(now, &wish, choice)?;
        if !wish.by_shop && slot.surcharges.iter().any(|(_, more)| *more > 0) {
            self.rarities.insert("DearerThanTheTicket");
            return Err("seats_other_price");
        }
        let (said, until) = (said(slot.period), valid_until(slot.period));
        let booking = Booking {
            shop,
            order: Some(name.0),
            card: None,
            party,
            period: slot.period,
            steps: slot.steps,
            places: slot.places,
            seats: slot.seats,
            policy: Some(self.booked(good).policies[self.policies[good].0]),
            asked_for: None,
            outcome: None,
        };
        self.write_booking(no, booking);
        self.remind_of(no, now);
        self.prolong(name, until);
        self.orders.get_mut(&name.0).expect("a known order").open_ticket = false;
        made(said, vec![Name::Booking(no)])
    }

    pub(super) fn cancel_booking(
        &mut self,
        no: No,
        now: Timestamp,
        by: By,
        booking_no: No,
        with_reason: bool,
    ) -> Answer {
        self.own_booking(by, booking_no, Post::Manager)?;
        let booking = &self.bookings[&booking_no];
        let starts_at = booking.period.0;
        let fee_bp = match (booking.paid_by(), by) {
            (None, _) if booking.outcome.is_some() => return Err("booking_status"),
            (None, _) => {
                self.end_booking(booking_no, Outcome::Cancelled);
                return told("");
            }
            (Some(order), By::Guest(person)) if self.orders[&order].status == OrderStatus::Placed => {
                return self.cancel(person, order);
            }
            (Some(_), By::Guest(_)) => {
                let (_, policy) = self.expected_guest(booking_no)?;
                match starts_at.plus_us(policy.grace_us) > now {
                    _ if self.is_called_off(booking_no) => 0,
                    _ if is_free(policy, starts_at, now) => 0,
                    true => policy.late_bp,
                    false => policy.no_show_bp,
                }
            }
            (Some(_), By::Staff(..)) => {
                self.expected_guest(booking_no)?;
                if !with_reason {
                    return Err("reason_missing");
                }
                0
            }
        };
        let ended = self.give_up_booked(no, now, booking_no, (fee_bp, Outcome::Cancelled))?;
        if matches!(by, By::Staff(..)) || self.is_called_off(booking_no) {
            self.given_up_by_shop(no, now, booking_no);
        }
        Ok(ended)
    }

    fn is_called_off(&self, booking: No) -> bool {
        let seats = self.bookings[&booking].seats.as_ref();
        seats.is_some_and(|(showing, _)| self.showings[showing].called_off)
    }

    /// What a guest hears of it, and gets beside the refund.
    pub(super) fn given_up_by_shop(&mut self, refund: No, now: Timestamp, booking: No) {
        let booking = &self.bookings[&booking];
        let order = booking.paid_by().map(|order| &self.orders[&order]);
        let order = order.expect("somebody booked it");
        let (person, deposit) = (order.person, self.world.goods[order.good].deposit);
        if booking.card.is_none() && deposit.is_some_and(|deposit| deposit.earnest) {
            self.compensate(refund, now);
        }
        self.tell(person, "booking_cancelled", 0);
    }

    /// A day before, or two hours before it stops to be free if that is earlier; two hours before it starts if it is too
    /// late for that, and then not at all.
    pub(super) fn remind_of(&mut self, no: No, now: Timestamp) {
        let timer = (TimerKind::Remind, Name::Booking(no));
        let booking = &self.bookings[&no];
        let free_until_us = booking.policy.map_or(0, |policy| policy.free_until_us);
        let early = booking.period.0.plus_us(-DAY_US.max(free_until_us + 2 * HOUR_US));
        let late = booking.period.0.plus_us(-2 * HOUR_US);
        match now {
            _ if early > now => self.timers.insert(timer, early),
            _ if late > now => self.timers.insert(timer, late),
            _ => self.timers.remove(&timer),
        };
    }

    pub(super) fn remind(&mut self, no: No) -> Answer {
        let was_due = self
            .timers
            .remove(&(TimerKind::Remind, Name::Booking(no)))
            .is_some();
        let expected = self.expected_guest(no).ok().filter(|_| was_due);
        if let Some(((order, _), _)) = expected {
            self.tell(self.orders[&order].person, "booking_soon", 0);
        }
        told(expected.is_some().to_string())
    }

    pub(super) fn no_show(&mut self, no: No, now: Timestamp, by: By, booking: No) -> Answer {
        require_staff(by)?;
        self.own_booking(by, booking, Post::Cashier)?;
        let (_, policy) = self.expected_guest(booking)?;
        if self.is_called_off(booking) {
            return Err("showing_status");
        }
        if now < self.bookings[&booking].period.0.plus_us(policy.grace_us) {
            return Err("booking_too_early");
        }
        self.give_up_booked(no, now, booking, (policy.no_show_bp, Outcome::NoShow))
    }

    pub(super) fn arrive(&mut self, no: No, now: Timestamp, by: By, booking: No) -> Answer {
        require_staff(by)?;
        self.own_booking(by, booking, Post::Cashier)?;
        let (voucher, _) = self.expected_guest(booking)?;
        self.check_voucher((self.bookings[&booking].shop, 0), voucher, None, now)
            .map_err(refusal)?;
        if self.bookings[&booking].card.is_some() {
            self.rarities.insert("CardArrived");
            return self.use_kept(no, (now, now), booking);
        }
        self.use_up(no, (now, now), 0, voucher, 1)
    }

    /// It does not take place: of a card all is taken if that costs anything, of an order a fee.
    fn give_up_booked(
        &mut self,
        no: No,
        now: Timestamp,
        booking: No,
        (fee_bp, outcome): (i64, Outcome),
    ) -> Answer {
        match self.bookings[&booking].card {
            Some(_) => self.give_up_kept(no, now, booking, (fee_bp > 0, outcome)),
            None => self.refund_booked(no, now, booking, (fee_bp, outcome)),
        }
    }

    /// The merchant keeps its fee, and the rest goes back.
    pub(super) fn refund_booked(
        &mut self,
        no: No,
        now: Timestamp,
        booking: No,
        (fee_bp, outcome): (i64, Outcome),
    ) -> Answer {
        let (name, _) = self.expected_guest(booking)?;
        let good = &self.world.goods[self.orders[&name.0].good];
        let (uses, deposit) = (i128::from(good.uses), good.deposit);
        let voucher = self.voucher_mut(name);
        if voucher.uses_left < uses {
            return Err("refund_nothing_left");
        }
        voucher.status = VoucherStatus::Refunded;
        let (kept, part) = voucher.paid.fee(deposit.is_some(), fee_bp.into());
        self.timers
            .remove(&(TimerKind::Expire, Name::Voucher(name.0, name.1)));
        self.return_units(name.0);
        self.open_refund(no, name.0, part, None);
        self.forfeit(now, name, kept);
        self.end_booking(booking, outcome);
        made("", vec![Name::Refund(no)])
    }

    pub(super) fn end_booking(&mut self, booking: No, outcome: Outcome) {
        self.bookings.get_mut(&booking).expect("a known booking").outcome = Some(outcome);
    }

    fn own_booking(&self, by: By, booking: No, at_least: Post) -> Result<(), &'static str> {
        let booking = &self.bookings[&booking];
        match by {
            By::Guest(person)
                if booking
                    .paid_by()
                    .is_some_and(|order| self.orders[&order].person == person) =>
            {
                Ok(())
            }
            By::Staff(shop, staff) if shop == booking.shop => self.require(shop, staff, 0, at_least),
            By::Guest(_) | By::Staff(..) => Err("not_found"),
        }
    }

    /// The voucher of who is expected, and what it costs not to come.
    fn expected_guest(&self, booking: No) -> Result<(VoucherName, Policy), &'static str> {
        let booking = &self.bookings[&booking];
        let voucher = match booking.card {
            Some(kept) => Some(kept.voucher).filter(|_| kept.redemption.is_none()),
            None => booking.order.map(|order| (order, 0)),
        };
        let is_live = |name: &VoucherName| {
            let voucher = self.voucher(*name);
            voucher.is_some_and(|voucher| voucher.status == VoucherStatus::Live)
        };
        voucher
            .filter(|name| booking.outcome.is_none() && is_live(name))
            .zip(booking.policy)
            .ok_or("booking_status")
    }

    /// What was booked, if anybody did.
    pub fn good_of(&self, booking: &Booking) -> Option<usize> {
        let with_card = booking.card.map(|kept| kept.good);
        with_card.or(booking.order.map(|order| self.orders[&order].good))
    }

    /// Whether somebody is expected.
    pub fn is_expected(&self, booking: No) -> bool {
        self.expected_guest(booking).is_ok()
    }

    pub(super) fn change_policy(&mut self, good: usize, policy: usize) -> Answer {
        let (now, version) = &mut self.policies[good];
        *now = policy;
        *version += 1;
        told(version.to_string())
    }

    /// What becomes of the places of a booking.
    pub fn keeps(&self, booking: &Booking) -> Keeps {
        match (
            booking.outcome,
            booking.order.map(|order| self.orders[&order].status),
        ) {
            (None, Some(OrderStatus::Placed)) => Keeps::Held,
            (Some(_), _) | (None, Some(OrderStatus::Cancelled | OrderStatus::Released)) => Keeps::Nothing,
            (
                None,
                None
                | Some(
                    OrderStatus::InGroup
                    | OrderStatus::Paid
                    | OrderStatus::Refunded
                    | OrderStatus::ChargedBack,
                ),
            ) => Keeps::Taken,
        }
    }

    /// Every step of a resource that was ever booked, as its bookings say.
    pub fn places(&self) -> impl Iterator<Item = ((usize, i64), Bucket)> {
        self.opened.iter().map(|(n, step)| {
            let mut bucket = Bucket::of(self.world.resources[*n].units);
            bucket.held += i128::from(self.held_for_who_waited(*n, *step));
            bucket.taken += i128::from(self.shown(*n, *step));
            for booking in self
                .bookings
                .values()
                .filter(|booking| booking.steps.contains(step))
            {
                let units: i64 = booking.units_of(*n);
                match self.keeps(booking) {
                    Keeps::Held => bucket.held += i128::from(units),
                    Keeps::Taken => bucket.taken += i128::from(units),
                    Keeps::Nothing => {}
                }
            }
            ((*n, *step), bucket)
        })
    }
}

impl Booking {
    /// The order of its guest that paid for it, or for its card.
    pub fn paid_by(&self) -> Option<No> {
        self.card.map(|kept| kept.voucher.0).or(self.order)
    }

    /// Its nights, or as many so many days later.
    pub fn stay(&self, days_later: i64) -> When {
        When::Nights {
            from: self.steps.start + days_later,
            nights: self.steps.end - self.steps.start,
            rooms: self.places[0].1,
        }
    }

    /// How much is kept for it: units of each step, or seats.
    pub fn size(&self) -> i64 {
        let units: i64 = self.places.iter().map(|(_, units)| units).sum();
        match &self.seats {
            Some((_, seats)) => seats.len() as i64,
            None => units * (self.steps.end - self.steps.start),
        }
    }

    pub(super) fn units_of(&self, resource: usize) -> i64 {
        let places = self.places.iter().filter(|(of, _)| *of == resource);
        places.map(|(_, units)| units).sum()
    }
}

fn require_staff(by: By) -> Result<(), &'static str> {
    match by {
        By::Guest(_) => Err("forbidden"),
        By::Staff(..) => Ok(()),
    }
}

/// Cancelled and moved for nothing.
fn is_free(policy: Policy, starts_at: Timestamp, now: Timestamp) -> bool {
    now <= starts_at.plus_us(-policy.free_until_us)
}

pub(super) fn valid_until((_, ends_at): (Timestamp, Timestamp)) -> Timestamp {
    ends_at.plus_us(DAY_US)
}

pub(super) fn said((starts_at, ends_at): (Timestamp, Timestamp)) -> String {
    format!("{} to {}", starts_at.0, ends_at.0)
}
