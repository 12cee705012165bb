//! Halls, their showings, and seats that are booked.

use consume::{CallOffShowing, ChooseSeats, KeepSeats, PlaceBooking, RefundShowing, SeatsChosen, When};
use convert::PlaceOrder;
use kernel::{Actor, HOUR_US, OfferId, PersonId, ResourceId, ShowingId, Timestamp};
use offer::testing::{cinema, seat_map, showings, terms, two_hours};
use offer::{BookingTerms, SeatChoice, SetBookingTerms, SetHall, ShowingStatus};
use party::testing::{NOW, ctx};

use super::act::{Act, act};
use super::machine::Machine;
use super::orders::order_of;
use super::world::World;

/// An offer of showings, its hall and one of them.
#[derive(Clone, Copy)]
pub struct Screened {
    offer: OfferId,
    hall: ResourceId,
    pub showing: ShowingId,
}

/// 2027-01-16 19:00 in Shanghai.
const SEVEN: Timestamp = Timestamp(NOW.0 + 27 * HOUR_US);

pub const SHOWING: Machine<ShowingStatus, Screened> = Machine {
    name: "Showing",
    states: &ShowingStatus::ALL,
    named: ShowingStatus::as_str,
    bring: |w, status| {
        let screened = w.screened();
        match status {
            ShowingStatus::Scheduled => {}
            ShowingStatus::CalledOff => w.done(w.call_off_showing(screened.showing)),
        }
        screened
    },
    look: |read, screened| Ok(offer::queries::showing(read, screened.showing)?.unwrap().status),
    tries: &[
        |w, s| {
            w.schedule_showing(s.offer, s.hall)
                .with("at the same time")
                .probe()
        },
        |w, s| w.set_hall(s.hall).probe(),
        |w, s| w.book_a_seat(w.consumer(), s).probe(),
        |w, s| w.choose_seats(s).probe(),
        |w, s| w.keep_seats(s).probe(),
        |w, s| w.call_off_showing(s.showing).probe(),
        |w, s| w.refund_showing(s.showing).probe(),
    ],
};

impl World {
    /// An offer of showings and open tickets, and its hall.
    pub fn cinema(&self) -> (OfferId, ResourceId) {
        let (on_sale, hall) = cinema(
            &self.store,
            self.shop,
            (terms(), self.next()),
            seat_map(&["ssss"]),
            false,
        );
        let with_open_tickets = SetBookingTerms {
            offer: on_sale.offer,
            terms: BookingTerms {
                open_tickets: true,
                ..showings()
            },
            resources: vec![vec![hall]],
        };
        self.done(act(
            ctx(self.shop.as_owner()),
            offer::set_booking_terms,
            with_open_tickets,
        ));
        (on_sale.offer, hall)
    }

    pub fn screened(&self) -> Screened {
        let (offer, hall) = self.cinema();
        Screened {
            offer,
            hall,
            showing: self.done(self.schedule_showing(offer, hall)),
        }
    }

    /// A showing that was called off and is booked by one.
    pub fn called_off(&self) -> Screened {
        let screened = self.screened();
        let buyer = self.consumer();
        let booked = self.done(self.book_a_seat(buyer, &screened));
        self.paid(self.awaiting_payment(buyer, &booked.order));
        self.done(self.call_off_showing(screened.showing));
        screened
    }

    pub fn set_hall(&self, resource: ResourceId) -> Act<i64> {
        let set = SetHall {
            resource,
            version: 1,
            map: seat_map(&["ssss", "ssss"]),
            no_single_seats: true,
            cleaning_minutes: 15,
        };
        act(ctx(self.shop.as_owner()), offer::set_hall, set)
    }

    pub fn schedule_showing(&self, offer: OfferId, hall: ResourceId) -> Act<ShowingId> {
        let cmd = two_hours(offer, hall, "2027-01-16", 19 * 60);
        act(ctx(self.shop.as_owner()), offer::schedule_showing, cmd)
    }

    pub fn book_a_seat(&self, buyer: PersonId, screened: &Screened) -> Act<consume::PlacedBooking> {
        let wish = PlaceBooking {
            order: PlaceOrder {
                seats: Some(SeatChoice {
                    showing: screened.showing,
                    seats: vec!["A-2".to_owned()],
                }),
                ..order_of(screened.offer)
            },
            store: self.shop.store,
            when: When::At(SEVEN),
            party: 1,
            area: None,
            resources: Vec::new(),
        };
        act(ctx(Actor::Consumer(buyer)), consume::place_booking, wish).with("of a seat")
    }

    /// Of an open ticket that was bought for the showing's offer.
    pub fn choose_seats(&self, screened: &Screened) -> Act<SeatsChosen> {
        let ticket = self.bought(order_of(screened.offer));
        let cmd = ChooseSeats {
            voucher: ticket.vouchers[0],
            seats: SeatChoice {
                showing: screened.showing,
                seats: vec!["A-2".to_owned()],
            },
        };
        act(ctx(Actor::Consumer(ticket.buyer)), consume::choose_seats, cmd)
    }

    pub fn keep_seats(&self, screened: &Screened) -> Act<()> {
        let cmd = KeepSeats {
            seats: SeatChoice {
                showing: screened.showing,
                seats: vec!["A-2".to_owned(), "A-3".to_owned()],
            },
            is_kept: true,
        };
        act(ctx(self.shop.as_owner()), consume::keep_seats, cmd)
    }

    pub fn call_off_showing(&self, showing: ShowingId) -> Act<()> {
        let ctx = ctx(self.shop.as_owner()).with_reason("the projector is broken".to_owned());
        act(ctx, consume::call_off_showing, CallOffShowing { showing })
    }

    pub fn refund_showing(&self, showing: ShowingId) -> Act<bool> {
        act(
            ctx(Actor::System),
            consume::refund_showing,
            RefundShowing { showing },
        )
    }
}
