//! Bookings that uses of a card pay for: kept once, taken once, and free again where nothing is owed.

use consume::{
    Arrive, BookWithCard, BookedWithCard, BookingStatus, LAPSE_BOOKING, LapseBooking, MarkNoShow,
    MoveBooking, RedemptionMode, When,
};
use kernel::{Actor, BookingId, DAY_US, HOUR_US, MINUTE_US, PersonId, Timestamp, VoucherId};
use offer::testing::{dinner, seats};
use offer::{BookingTerms, Card, CardPeriod, CreateOffer, PricePer, ResourceKind};
use party::testing::{NOW, consumer};
use store::Rejected;

use crate::bookings::{Restaurant, SATURDAY_SIX};
use crate::chargebacks::{charge_back, report};
use crate::world::World;
use crate::{at_once, code, on_both_of};

/// The world's own offer is a card of three uses; a studio's classes of up to four guests are paid with them.
struct Studio<'w, 's> {
    world: &'w World<'s>,
    place: Restaurant<'w, 's>,
    card: VoucherId,
}

fn of_three(offer: &mut CreateOffer) {
    offer.uses = 3;
}

fn twice_a_week(offer: &mut CreateOffer) {
    offer.uses = 5;
    offer.card = Some(Card::Paced {
        uses: 2,
        per: CardPeriod::Week,
    });
}

fn with_card(world: &World) -> BookingTerms {
    BookingTerms {
        cards: vec![world.offer],
        ..dinner()
    }
}

impl<'w, 's> Studio<'w, 's> {
    fn new(world: &'w World<'s>, terms: BookingTerms) -> Self {
        let rooms = [(ResourceKind::Table, seats("Room", (1, 4), ""))];
        Self {
            world,
            place: Restaurant::new(world, terms, &rooms),
            card: world.buy(1).vouchers[0],
        }
    }

    fn wish(&self, party: i64, at: Timestamp) -> BookWithCard {
        BookWithCard {
            card: self.card,
            offer: self.place.offer,
            store: self.world.shop.store,
            when: When::At(at),
            party,
            area: None,
            resources: Vec::new(),
        }
    }

    fn book_as(&self, person: PersonId, cmd: BookWithCard) -> Result<BookedWithCard, Rejected> {
        let booked = self.world.run(Actor::Consumer(person), NOW, move |tx, ctx| {
            consume::book_with_card(tx, ctx, &cmd)
        });
        self.world.audit();
        booked
    }

    fn book(&self, party: i64, at: Timestamp) -> Result<BookedWithCard, Rejected> {
        self.book_as(self.world.buyer, self.wish(party, at))
    }

    /// Uses that are left, and those of them that are kept.
    fn uses(&self) -> (i64, i64) {
        let card = self.world.voucher(self.card);
        (card.uses_left, card.uses_held)
    }

    fn arrive(&self, booking: BookingId, now: Timestamp) -> Result<consume::Redeemed, Rejected> {
        let arrived = self.world.run(self.world.as_cashier(), now, move |tx, ctx| {
            consume::arrive(tx, ctx, &Arrive { booking })
        });
        self.world.audit();
        arrived
    }

    fn lapse(&self, booking: BookingId, now: Timestamp) -> bool {
        let due = self
            .world
            .db
            .read_blocking(move |read| Ok(store::due_timers(read, now, 50)?));
        let due = due.expect("timers");
        let is_due = |timer: &store::DueTimer| {
            timer.kind == LAPSE_BOOKING.0 && timer.subject::<kernel::Booking>() == booking
        };
        if !due.iter().any(is_due) {
            return false;
        }
        self.lapse_by_command(booking, now)
    }

    /// Whether its timer is due or not.
    fn lapse_by_command(&self, booking: BookingId, now: Timestamp) -> bool {
        let lapsed = self.world.run(Actor::System, now, move |tx, ctx| {
            consume::lapse_booking(tx, ctx, &LapseBooking { booking })
        });
        self.world.audit();
        lapsed.expect("an answer")
    }
}

#[test]
fn a_use_is_kept_for_a_booking_and_taken_when_the_guest_is_there() {
    on_both_of(of_three, |world| {
        let studio = Studio::new(world, with_card(world));
        let booked = studio.book(2, SATURDAY_SIX).expect("free");
        assert_eq!((booked.uses, studio.uses()), (1, (3, 1)));
        assert_eq!(studio.place.status(booked.booking), BookingStatus::Confirmed);
        assert_eq!(code(studio.book(4, SATURDAY_SIX)), "booking_full");
        let redeemed = studio.arrive(booked.booking, SATURDAY_SIX).expect("here");
        assert_eq!(
            (redeemed.voucher, redeemed.use_no, redeemed.uses_left),
            (studio.card, 1, 2)
        );
        assert_eq!(world.payable() + world.commission(), redeemed.amount.amount);
        assert_eq!(studio.place.status(booked.booking), BookingStatus::Arrived);
        assert_eq!(studio.uses(), (2, 0));
        assert_eq!(
            code(studio.arrive(booked.booking, SATURDAY_SIX)),
            "booking_status"
        );
        assert!(!studio.lapse(booked.booking, SATURDAY_SIX.plus_us(9 * DAY_US)));
    });
}

#[test]
fn a_scan_at_the_time_of_a_booking_is_its_arrival_and_at_another_a_visit_of_its_own() {
    on_both_of(of_three, |world| {
        let studio = Studio::new(world, with_card(world));
        let booked = studio.book(2, SATURDAY_SIX).expect("free").booking;
        let scan = |now| {
            let cmd = consume::RedeemScan {
                pass: world.pass_at(studio.card, now),
                ..world.scan_of(studio.card)
            };
            world.scan_as(world.as_cashier(), now, cmd).expect("redeemed")
        };
        scan(NOW);
        assert_eq!(
            (studio.uses(), studio.place.status(booked)),
            ((2, 1), BookingStatus::Confirmed)
        );
        scan(SATURDAY_SIX.plus_us(-10 * MINUTE_US));
        assert_eq!(
            (studio.uses(), studio.place.status(booked)),
            ((1, 0), BookingStatus::Arrived)
        );
        scan(SATURDAY_SIX);
        assert_eq!(studio.uses(), (0, 0));
    });
}

#[test]
fn cancelled_in_time_the_use_is_free_again_and_too_late_it_is_taken() {
    on_both_of(of_three, |world| {
        let studio = Studio::new(world, with_card(world));
        let guest = Actor::Consumer(world.buyer);
        let book = || studio.book(2, SATURDAY_SIX).expect("free").booking;

        let in_time = book();
        studio.place.cancel(guest, NOW, in_time).expect("cancelled");
        assert_eq!(studio.uses(), (3, 0));
        assert_eq!(code(studio.place.cancel(guest, NOW, in_time)), "booking_status");
        let by_store = book();
        let at_six = SATURDAY_SIX;
        studio
            .place
            .cancel(world.shop.as_owner(), at_six, by_store)
            .expect("cancelled");
        assert_eq!(studio.uses(), (3, 0));

        let late = book();
        studio
            .place
            .cancel(guest, at_six.plus_us(-MINUTE_US), late)
            .expect("cancelled");
        assert_eq!(
            (studio.uses(), studio.place.status(late)),
            ((2, 0), BookingStatus::Cancelled)
        );
        let missed = book();
        let marked = world.run(world.as_cashier(), at_six.plus_us(HOUR_US), move |tx, ctx| {
            consume::mark_no_show(tx, ctx, &MarkNoShow { booking: missed })
        });
        assert_eq!(marked, Ok(None));
        world.audit();
        assert_eq!(
            (studio.uses(), studio.place.status(missed)),
            ((1, 0), BookingStatus::NoShow)
        );
        let modes = world.redemptions(studio.card).into_iter().map(|visit| visit.mode);
        assert_eq!(modes.collect::<Vec<_>>(), [RedemptionMode::Missed; 2]);
    });
}

#[test]
fn what_is_kept_is_nobody_elses() {
    on_both_of(of_three, |world| {
        let studio = Studio::new(world, with_card(world));
        let days = [1, 2, 3].map(|days| SATURDAY_SIX.plus_us(days * DAY_US));
        let booked = days.map(|at| studio.book(1, at).expect("free").booking);
        assert_eq!(studio.uses(), (3, 3));
        assert_eq!(code(studio.book(1, SATURDAY_SIX)), "redeem_uses_held");
        assert_eq!(code(world.scan(studio.card)), "redeem_uses_held");
        assert_eq!(code(world.refund_voucher(studio.card)), "refund_uses_held");
        let guest = Actor::Consumer(world.buyer);
        studio.place.cancel(guest, NOW, booked[0]).expect("cancelled");
        world.scan(studio.card).expect("redeemed");
        for booking in &booked[1..] {
            studio.place.cancel(guest, NOW, *booking).expect("cancelled");
        }
        world.refund_voucher(studio.card).expect("refunded");
    });
}

#[test]
fn only_a_card_that_the_terms_name_and_that_is_good_then_pays() {
    on_both_of(of_three, |world| {
        let per_person = BookingTerms {
            price_per: PricePer::Person,
            ahead_days: 400,
            ..with_card(world)
        };
        let studio = Studio::new(world, per_person);
        let stranger = consumer(world.db, 77);
        let refused = |result| code(result);
        assert_eq!(
            refused(studio.book_as(stranger, studio.wish(1, SATURDAY_SIX))),
            "card_not_accepted"
        );
        assert_eq!(refused(studio.book(4, SATURDAY_SIX)), "redeem_uses_left");
        let end = world.voucher(studio.card).valid_until;
        let after = SATURDAY_SIX.plus_us(end.since_us(SATURDAY_SIX) / (7 * DAY_US) * 7 * DAY_US + 7 * DAY_US);
        assert_eq!(refused(studio.book(1, after)), "redeem_voucher_expired");
        assert_eq!(studio.book(3, SATURDAY_SIX).expect("one each").uses, 3);

        let without = Studio::new(world, dinner());
        assert_eq!(refused(without.book(1, SATURDAY_SIX)), "card_not_accepted");
    });
}

#[test]
fn what_is_booked_counts_in_the_period_of_a_card() {
    on_both_of(twice_a_week, |world| {
        let studio = Studio::new(world, with_card(world));
        let sunday = SATURDAY_SIX.plus_us(DAY_US);
        let first = studio.book(1, SATURDAY_SIX).expect("free").booking;
        studio.book(1, sunday).expect("free");
        assert_eq!(
            code(studio.book(1, SATURDAY_SIX.plus_us(2 * HOUR_US))),
            "redeem_period_full"
        );
        assert_eq!(code(world.scan(studio.card)), "redeem_period_full");
        let next_week = studio
            .book(1, sunday.plus_us(DAY_US))
            .expect("a new week")
            .booking;
        let into = |at| {
            let cmd = MoveBooking {
                booking: next_week,
                when: When::At(at),
                seats: None,
                resources: None,
                area: None,
            };
            let guest = Actor::Consumer(world.buyer);
            world.run(guest, NOW, move |tx, ctx| consume::move_booking(tx, ctx, &cmd))
        };
        assert_eq!(code(into(sunday.plus_us(2 * HOUR_US))), "redeem_period_full");
        into(sunday.plus_us(2 * DAY_US)).expect("moved");
        studio
            .arrive(first, SATURDAY_SIX)
            .expect("it was allowed when it was booked");
        assert_eq!(studio.uses(), (4, 2));
    });
}

#[test]
fn what_was_missed_counts_in_the_week_in_which_it_took_place() {
    on_both_of(twice_a_week, |world| {
        let studio = Studio::new(world, with_card(world));
        let sunday = SATURDAY_SIX.plus_us(DAY_US);
        let booking = studio.book(1, sunday).expect("free").booking;
        let monday = sunday.plus_us(DAY_US);
        let marked = world.run(world.as_cashier(), monday, move |tx, ctx| {
            consume::mark_no_show(tx, ctx, &MarkNoShow { booking })
        });
        assert_eq!(marked, Ok(None));
        assert_eq!(world.redemptions(studio.card)[0].scanned_at, sunday);
        let cmd = consume::RedeemScan {
            pass: world.pass_at(studio.card, monday),
            uses: Some(2),
            ..world.scan_of(studio.card)
        };
        world
            .scan_as(world.as_cashier(), monday, cmd)
            .expect("two of a new week");
    });
}

#[test]
fn an_arrival_that_is_undone_is_expected_again() {
    on_both_of(of_three, |world| {
        let studio = Studio::new(world, with_card(world));
        let booked = studio.book(2, SATURDAY_SIX).expect("free").booking;
        let redeemed = studio.arrive(booked, SATURDAY_SIX).expect("here");
        world.undo(redeemed.redemption, SATURDAY_SIX).expect("undone");
        assert_eq!(
            (studio.uses(), studio.place.status(booked)),
            ((3, 1), BookingStatus::Confirmed)
        );
        studio
            .arrive(booked, SATURDAY_SIX.plus_us(MINUTE_US))
            .expect("here");
        assert_eq!(studio.uses(), (2, 0));
    });
}

#[test]
fn a_booking_of_which_nobody_says_anything_frees_the_use() {
    on_both_of(of_three, |world| {
        let studio = Studio::new(world, with_card(world));
        let booked = studio.book(2, SATURDAY_SIX).expect("free");
        let over = booked.period.ends_at.plus_us(DAY_US);
        assert!(!studio.lapse(booked.booking, over.plus_us(-1)));
        // Its timer was found due before it was moved to a later time.
        assert!(!studio.lapse_by_command(booked.booking, over.plus_us(-1)));
        assert_eq!(studio.uses(), (3, 1));
        assert!(studio.lapse(booked.booking, over));
        assert_eq!(
            (studio.uses(), studio.place.status(booked.booking)),
            ((3, 0), BookingStatus::Lapsed)
        );
    });
}

#[test]
fn a_card_whose_payment_is_charged_back_keeps_nothing() {
    on_both_of(of_three, |world| {
        let studio = Studio::new(world, with_card(world));
        let booked = studio.book(4, SATURDAY_SIX).expect("free").booking;
        let card = studio.card;
        let money = world
            .db
            .read_blocking(move |read| convert::queries::voucher_money(read, card));
        let money = money.expect("an answer").expect("its money");
        charge_back(world, &report(world, money.order, money.paid.cash)).expect("booked");
        assert_eq!(
            (studio.uses(), studio.place.status(booked)),
            ((3, 0), BookingStatus::Cancelled)
        );
        Studio::new(world, with_card(world))
            .book(4, SATURDAY_SIX)
            .expect("free again");
    });
}

#[test]
fn the_last_use_and_the_last_place_are_given_once() {
    on_both_of(of_three, |world| {
        let studio = Studio::new(world, with_card(world));
        world.scan(studio.card).expect("redeemed");
        world.scan(studio.card).expect("redeemed");
        let (book, scan) = (studio.wish(1, SATURDAY_SIX), world.scan_of(studio.card));
        let won = at_once(8, |n| {
            let (book, scan) = (book.clone(), scan.clone());
            match n % 2 {
                0 => world
                    .run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
                        consume::book_with_card(tx, ctx, &book)
                    })
                    .is_ok(),
                _ => world
                    .run(world.as_cashier(), NOW, move |tx, ctx| {
                        consume::redeem_scan(tx, ctx, &scan)
                    })
                    .is_ok(),
            }
        });
        world.audit();
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");

        let guests: Vec<PersonId> = (0..8).map(|n| consumer(world.db, 200 + n)).collect();
        let cards: Vec<VoucherId> = guests
            .iter()
            .map(|guest| {
                let placed = world.place(*guest, 1, None);
                world.pay(*guest, &placed, &format!("card-{guest}")).vouchers[0]
            })
            .collect();
        let at = SATURDAY_SIX.plus_us(DAY_US);
        let won = at_once(8, |n| {
            let cmd = BookWithCard {
                card: cards[n],
                ..studio.wish(1, at)
            };
            let guest = Actor::Consumer(guests[n]);
            world
                .run(guest, NOW, move |tx, ctx| consume::book_with_card(tx, ctx, &cmd))
                .is_ok()
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "one room: {won:?}");
    });
}
