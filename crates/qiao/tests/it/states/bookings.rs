//! Times that are booked, what they are booked of, and the days of a store.

use consume::{
    Arrive, BookOvertime, BookWithCard, BookedWithCard, BookingStatus, CancelBooking, KeepPlaces,
    LapseBooking, MarkNoShow, MoveBooking, PlaceBooking, Redeemed, RemindGuest, SetCalendarFeed, When,
};
use convert::PlaceOrder;
use kernel::{
    Actor, BookingId, DAY_US, HOUR_US, OfferId, PersonId, RefundId, ResourceId, Timestamp, VoucherId,
};
use offer::testing::{booked, dinner, karaoke, seats, terms};
use offer::{
    AddResource, BookingTerms, Day, Period, ResourceDetails, ResourceKind, SetBookingTerms, SetStoreDay,
    UpdateResource,
};
use party::testing::{NOW, ctx, ctx_at};

use super::act::{Act, act};
use super::machine::Machine;
use super::orders::{Purchase, order_of};
use super::world::World;

/// An offer of tables and its one table, and a booking of it.
#[derive(Clone)]
pub struct Booked {
    pub offer: OfferId,
    pub table: ResourceId,
    pub booking: BookingId,
    pub purchase: Purchase,
}

/// 2027-01-16 18:00 in Shanghai.
pub const DINNER: Timestamp = Timestamp(NOW.0 + 26 * HOUR_US);

fn brought(w: &World, held: Booked, status: BookingStatus) -> Booked {
    match status {
        BookingStatus::Held => return held,
        BookingStatus::Released => {
            w.done(w.release_order(&held.purchase));
            return held;
        }
        BookingStatus::Confirmed
        | BookingStatus::Arrived
        | BookingStatus::NoShow
        | BookingStatus::Cancelled
        | BookingStatus::Lapsed => {}
    }
    let held = Booked {
        purchase: w.paid(held.purchase),
        ..held
    };
    match status {
        BookingStatus::Held | BookingStatus::Released | BookingStatus::Confirmed => {}
        BookingStatus::Arrived => drop(w.done(w.arrive(held.booking))),
        BookingStatus::NoShow => drop(w.done(w.mark_no_show(held.booking))),
        BookingStatus::Cancelled => drop(w.done(w.cancel_booking(&held))),
        BookingStatus::Lapsed => drop(w.done(w.expire_voucher(held.purchase.vouchers[0]))),
    }
    held
}

pub const BOOKING: Machine<BookingStatus, Booked> = Machine {
    name: "Booking",
    states: &BookingStatus::ALL,
    named: BookingStatus::as_str,
    bring: |w, status| brought(w, w.held_booking(), status),
    look: |read, held| Ok(consume::queries::booking(read, held.booking)?.unwrap().status),
    tries: &[
        |w, b| w.cancel_booking(b).probe(),
        |w, b| w.cancel_booking_as_store(b.booking).with("as the store").probe(),
        |w, b| w.move_booking(b).probe(),
        |w, b| w.mark_no_show(b.booking).probe(),
        |w, b| w.arrive(b.booking).probe(),
        |w, b| w.remind_guest(b.booking).probe(),
        |w, b| {
            w.place_booking(w.consumer(), b.offer)
                .with("for the same time")
                .probe()
        },
        |w, b| w.keep_places(b.table, DINNER).with("of the same table").probe(),
        |w, b| w.confirm_payment(&b.purchase).probe(),
        |w, b| w.release_order(&b.purchase).probe(),
        |w, b| {
            w.refund_voucher(b.purchase.buyer, *b.purchase.vouchers.first()?)
                .probe()
        },
        |w, b| w.expire_voucher(*b.purchase.vouchers.first()?).probe(),
    ],
};

/// Two hours in a room, which is booked by the hour.
pub const BOOKING_BY_HOUR: Machine<BookingStatus, Booked> = Machine {
    name: "Booking by the hour",
    states: &BookingStatus::ALL,
    named: BookingStatus::as_str,
    bring: |w, status| brought(w, w.held_hours(), status),
    look: |read, held| Ok(consume::queries::booking(read, held.booking)?.unwrap().status),
    tries: &[|w, b| w.book_overtime(b).probe()],
};

/// A booking of a table that a card of two uses pays for.
#[derive(Clone)]
pub struct CardBooked {
    guest: PersonId,
    card: VoucherId,
    offer: OfferId,
    booking: BookingId,
}

pub const CARD_BOOKING: Machine<BookingStatus, CardBooked> = Machine {
    name: "Booking with a card",
    states: &[
        BookingStatus::Confirmed,
        BookingStatus::Arrived,
        BookingStatus::NoShow,
        BookingStatus::Cancelled,
        BookingStatus::Lapsed,
    ],
    named: BookingStatus::as_str,
    bring: |w, status| {
        let booked = w.card_booking();
        match status {
            BookingStatus::Held | BookingStatus::Released | BookingStatus::Confirmed => {}
            BookingStatus::Arrived => drop(w.done(w.arrive(booked.booking))),
            BookingStatus::NoShow => drop(w.done(w.mark_no_show(booked.booking))),
            BookingStatus::Cancelled => drop(w.done(w.cancel_booking_of(booked.guest, booked.booking))),
            BookingStatus::Lapsed => drop(w.done(w.lapse_booking(booked.booking))),
        }
        booked
    },
    look: |read, booked| Ok(consume::queries::booking(read, booked.booking)?.unwrap().status),
    tries: &[
        |w, b| {
            w.book_with_card(b.guest, b.card, b.offer)
                .with("for the same time")
                .probe()
        },
        |w, b| w.cancel_booking_of(b.guest, b.booking).probe(),
        |w, b| w.cancel_booking_as_store(b.booking).with("as the store").probe(),
        |w, b| w.move_booking_of(b.guest, b.booking).probe(),
        |w, b| w.mark_no_show(b.booking).probe(),
        |w, b| w.arrive(b.booking).probe(),
        |w, b| w.lapse_booking(b.booking).probe(),
        |w, b| w.redeem_scan(w.shop, b.card).probe(),
        |w, b| w.refund_voucher(b.guest, b.card).probe(),
        |w, b| w.expire_voucher(b.card).probe(),
    ],
};

fn hours_of(offer: OfferId, hours: i64) -> PlaceOrder {
    PlaceOrder {
        quantity: hours,
        ..order_of(offer)
    }
}

impl World {
    /// An offer of a table that the card of two uses pays for.
    pub fn offer_for_cards(&self) -> OfferId {
        let terms = BookingTerms {
            cards: vec![self.card],
            ..dinner()
        };
        self.offer_of_tables_by(terms).0
    }

    /// A card and a booking that it pays for.
    fn card_booking(&self) -> CardBooked {
        let bought = self.bought(order_of(self.card));
        let (guest, card, offer) = (bought.buyer, bought.vouchers[0], self.offer_for_cards());
        let booking = self.done(self.book_with_card(guest, card, offer)).booking;
        CardBooked {
            guest,
            card,
            offer,
            booking,
        }
    }

    /// Books with a card that nobody has used.
    pub fn book_with_new_card(&self) -> Act<BookedWithCard> {
        let bought = self.bought(order_of(self.card));
        self.book_with_card(bought.buyer, bought.vouchers[0], self.offer_for_cards())
    }

    pub fn book_with_card(&self, guest: PersonId, card: VoucherId, offer: OfferId) -> Act<BookedWithCard> {
        let cmd = BookWithCard {
            card,
            offer,
            store: self.shop.store,
            when: When::At(DINNER),
            party: 2,
            area: None,
            resources: Vec::new(),
        };
        act(ctx(Actor::Consumer(guest)), consume::book_with_card, cmd)
    }

    /// A day after its end.
    pub fn lapse_booking(&self, booking: BookingId) -> Act<bool> {
        let over = ctx_at(DINNER.plus_us(2 * DAY_US), Actor::System);
        act(over, consume::lapse_booking, LapseBooking { booking })
    }

    pub fn lapse_new_booking(&self) -> Act<bool> {
        self.lapse_booking(self.card_booking().booking)
    }

    /// An offer of tables, and one table.
    pub fn offer_of_tables(&self) -> (OfferId, ResourceId) {
        self.offer_of_tables_by(dinner())
    }

    /// Two hours in the only room of an offer by the hour, which are held.
    fn held_hours(&self) -> Booked {
        let room = (ResourceKind::Room, seats("Room 1", (1, 4), ""));
        let how = (karaoke(), &[room][..]);
        let (on_sale, rooms) = booked(&self.store, self.shop, (terms(), self.next()), how, |_| {});
        let buyer = self.consumer();
        let wish = PlaceBooking {
            order: hours_of(on_sale.offer, 2),
            store: self.shop.store,
            when: When::Hours {
                starts_at: DINNER,
                hours: 2,
            },
            party: 2,
            area: None,
            resources: Vec::new(),
        };
        let placed = self.done(act(ctx(Actor::Consumer(buyer)), consume::place_booking, wish));
        Booked {
            offer: on_sale.offer,
            table: rooms[0],
            booking: placed.booking,
            purchase: self.awaiting_payment(buyer, &placed.order),
        }
    }

    pub fn begun_hours(&self) -> Booked {
        brought(self, self.held_hours(), BookingStatus::Arrived)
    }

    pub fn book_overtime(&self, booked: &Booked) -> Act<consume::PlacedBooking> {
        let cmd = BookOvertime {
            booking: booked.booking,
            hours: 1,
            order: hours_of(booked.offer, 1),
        };
        act(
            ctx(Actor::Consumer(booked.purchase.buyer)),
            consume::book_overtime,
            cmd,
        )
    }

    fn offer_of_tables_by(&self, terms_of_booking: BookingTerms) -> (OfferId, ResourceId) {
        let table = (ResourceKind::Table, seats("Table 1", (1, 4), ""));
        let how = (terms_of_booking, &[table][..]);
        let (on_sale, tables) = booked(&self.store, self.shop, (terms(), self.next()), how, |_| {});
        (on_sale.offer, tables[0])
    }

    pub fn held_booking(&self) -> Booked {
        self.held_booking_by(dinner())
    }

    pub fn held_booking_by(&self, terms: BookingTerms) -> Booked {
        let (offer, table) = self.offer_of_tables_by(terms);
        let buyer = self.consumer();
        let placed = self.done(self.place_booking(buyer, offer));
        Booked {
            offer,
            table,
            booking: placed.booking,
            purchase: self.awaiting_payment(buyer, &placed.order),
        }
    }

    pub fn confirmed_booking(&self) -> Booked {
        let held = self.held_booking();
        Booked {
            purchase: self.paid(held.purchase),
            ..held
        }
    }

    pub fn place_booking(&self, buyer: PersonId, offer: OfferId) -> Act<consume::PlacedBooking> {
        let wish = PlaceBooking {
            order: order_of(offer),
            store: self.shop.store,
            when: When::At(DINNER),
            party: 2,
            area: None,
            resources: Vec::new(),
        };
        act(ctx(Actor::Consumer(buyer)), consume::place_booking, wish)
    }

    pub fn cancel_booking(&self, booked: &Booked) -> Act<Option<RefundId>> {
        self.cancel_booking_of(booked.purchase.buyer, booked.booking)
    }

    fn cancel_booking_of(&self, guest: PersonId, booking: BookingId) -> Act<Option<RefundId>> {
        act(
            ctx(Actor::Consumer(guest)),
            consume::cancel_booking,
            CancelBooking { booking },
        )
    }

    pub fn cancel_booking_as_store(&self, booking: BookingId) -> Act<Option<RefundId>> {
        let ctx = ctx(self.shop.as_owner()).with_reason("a burst pipe".to_owned());
        act(ctx, consume::cancel_booking, CancelBooking { booking })
    }

    pub fn move_booking(&self, booked: &Booked) -> Act<Period> {
        self.move_booking_of(booked.purchase.buyer, booked.booking)
    }

    fn move_booking_of(&self, guest: PersonId, booking: BookingId) -> Act<Period> {
        let cmd = MoveBooking {
            booking,
            when: When::At(DINNER.plus_us(HOUR_US)),
            seats: None,
            resources: None,
            area: None,
        };
        act(ctx(Actor::Consumer(guest)), consume::move_booking, cmd)
    }

    pub fn mark_no_show(&self, booking: BookingId) -> Act<Option<RefundId>> {
        let late = ctx_at(DINNER.plus_us(HOUR_US), self.shop.as_owner());
        act(late, consume::mark_no_show, MarkNoShow { booking })
    }

    pub fn arrive(&self, booking: BookingId) -> Act<Redeemed> {
        act(
            ctx_at(DINNER, self.shop.as_owner()),
            consume::arrive,
            Arrive { booking },
        )
    }

    pub fn remind_guest(&self, booking: BookingId) -> Act<bool> {
        let day_before = ctx_at(DINNER.plus_us(-DAY_US), Actor::System);
        act(day_before, consume::remind_guest, RemindGuest { booking })
    }

    pub fn set_calendar_feed(&self) -> Act<()> {
        let cmd = SetCalendarFeed {
            merchant: self.shop.merchant,
            store: self.shop.store,
            is_open: true,
        };
        act(ctx(self.shop.as_owner()), consume::set_calendar_feed, cmd)
    }

    pub fn keep_places(&self, table: ResourceId, starts_at: Timestamp) -> Act<BookingId> {
        let cmd = KeepPlaces {
            merchant: self.shop.merchant,
            store: self.shop.store,
            resources: vec![table],
            period: Period {
                starts_at,
                ends_at: starts_at.plus_us(HOUR_US),
            },
            party: 2,
            note: String::new(),
        };
        act(ctx(self.shop.as_owner()), consume::keep_places, cmd)
    }

    pub fn add_resource(&self) -> Act<ResourceId> {
        let cmd = AddResource {
            merchant: self.shop.merchant,
            store: self.shop.store,
            kind: ResourceKind::Table,
            details: seats("Table 2", (1, 2), ""),
        };
        act(ctx(self.shop.as_owner()), offer::add_resource, cmd)
    }

    pub fn update_resource(&self, resource: ResourceId) -> Act<()> {
        let details = ResourceDetails {
            area: "terrace".to_owned(),
            ..seats("Table 2", (1, 2), "")
        };
        let cmd = UpdateResource {
            resource,
            version: 1,
            details,
        };
        act(ctx(self.shop.as_owner()), offer::update_resource, cmd)
    }

    pub fn set_booking_terms(&self, offer: OfferId) -> Act<i64> {
        let resources = vec![vec![self.done(self.add_resource())]];
        let cmd = SetBookingTerms {
            offer,
            terms: dinner(),
            resources,
        };
        act(ctx(self.shop.as_owner()), offer::set_booking_terms, cmd)
    }

    pub fn set_store_day(&self) -> Act<()> {
        let cmd = SetStoreDay {
            merchant: self.shop.merchant,
            store: self.shop.store,
            day: Day::in_utc(NOW.plus_us(300 * DAY_US)),
            spans: Some(Vec::new()),
        };
        act(ctx(self.shop.as_owner()), offer::set_store_day, cmd)
    }
}
