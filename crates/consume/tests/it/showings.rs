//! Seats of a showing: who gets which, what they cost, and what becomes of them when it is called off.

use consume::{
    Arrive, BookingStatus, CallOffShowing, CancelBooking, ChooseSeats, KeepPlaces, KeepSeats, MarkNoShow,
    MoveBooking, PlaceBooking, PlacedBooking, REFUND_SHOWING, RefundShowing, SeatsChosen, When,
};
use convert::PlaceOrder;
use kernel::{
    Actor, BookingId, DAY_US, HOUR_US, OfferId, PersonId, ResourceId, ShowingId, Timestamp, VoucherId,
};
use offer::testing::{cinema_as, seat_map, showings, terms, two_hours};
use offer::{BookingTerms, CreateOffer, Period, SeatChoice, SeatMap, SetBookingTerms, SetHall};
use party::testing::{NOW, consumer, ctx_at, run};
use store::Rejected;
use voucher::VoucherStatus;

use crate::world::{Bought, World};
use crate::{at_once, code, on_both};

/// 2027-01-16 19:00 in Shanghai.
const SEVEN: Timestamp = Timestamp(NOW.0 + 27 * HOUR_US);

/// A film at 100.00 CNY a seat (80.00 in cash), 130.00 in the box, tomorrow at seven.
struct Cinema<'w, 's> {
    world: &'w World<'s>,
    offer: OfferId,
    hall: ResourceId,
    showing: ShowingId,
}

impl<'w, 's> Cinema<'w, 's> {
    fn new(world: &'w World<'s>, rows: &[&str], no_single_seats: bool) -> Self {
        Self::of_uses(world, 1, (seat_map(rows), no_single_seats))
    }

    /// Each seat can be used so often.
    fn of_uses(world: &'w World<'s>, uses: i64, hall: (SeatMap, bool)) -> Self {
        let of_uses = |offer: &mut CreateOffer| offer.uses = uses;
        let (on_sale, hall) = cinema_as(world.db, world.shop, (terms(), 80), hall, of_uses);
        let seven = two_hours(on_sale.offer, hall, "2027-01-16", 19 * 60);
        let showing = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
            offer::schedule_showing(tx, ctx, &seven)
        });
        Self {
            world,
            offer: on_sale.offer,
            hall,
            showing: showing.expect("a free hall"),
        }
    }

    fn wish(&self, seats: &str) -> PlaceBooking {
        let seats: Vec<String> = seats.split(' ').map(str::to_owned).collect();
        PlaceBooking {
            party: seats.len() as i64,
            order: PlaceOrder {
                offer: self.offer,
                quantity: seats.len() as i64,
                wallet_coupons: Vec::new(),
                share_token: None,
                entry: None,
                use_rebate: false,
                group: None,
                seats: Some(SeatChoice {
                    showing: self.showing,
                    seats,
                }),
                expected_cash: None,
            },
            store: self.world.shop.store,
            when: When::At(SEVEN),
            area: None,
            resources: Vec::new(),
        }
    }

    fn place_as(&self, person: PersonId, wish: PlaceBooking) -> Result<PlacedBooking, Rejected> {
        self.world.run(Actor::Consumer(person), NOW, move |tx, ctx| {
            consume::place_booking(tx, ctx, &wish)
        })
    }

    fn place(&self, seats: &str) -> Result<PlacedBooking, Rejected> {
        self.place_as(self.world.buyer, self.wish(seats))
    }

    /// Booked and paid.
    fn book(&self, seats: &str) -> PlacedBooking {
        let placed = self.place(seats).expect("free");
        self.world.pay(self.world.buyer, &placed.order, "card-1");
        placed
    }

    fn booking(&self, booking: BookingId) -> consume::Booking {
        let found = self
            .world
            .db
            .read_blocking(move |read| consume::queries::booking(read, booking));
        found.expect("an answer").expect("a booking")
    }

    /// The seats that are held or taken, by their names.
    fn used(&self) -> Vec<String> {
        self.used_and_kept().0
    }

    /// The seats that are kept for the box office, by their names.
    fn kept(&self) -> Vec<String> {
        self.used_and_kept().1
    }

    fn used_and_kept(&self) -> (Vec<String>, Vec<String>) {
        let (hall, showing) = (self.hall, self.showing);
        let used = self.world.db.read_blocking(move |read| {
            let hall = offer::queries::hall(read, hall)?.expect("a hall");
            let used = offer::queries::used_seats(read, &[showing])?;
            Ok((hall.names(&used[0].claimed), hall.names(&used[0].kept)))
        });
        used.expect("an answer")
    }

    /// Somebody moves a booking to seats of a showing, or says nothing of seats.
    fn move_to(
        &self,
        (actor, booking): (Actor, BookingId),
        (showing, starts_at): (ShowingId, Timestamp),
        seats: Option<&str>,
    ) -> Result<Period, Rejected> {
        let seats = seats.map(|seats| seats.split(' ').map(str::to_owned).collect());
        let cmd = MoveBooking {
            booking,
            when: When::At(starts_at),
            seats: seats.map(|seats| SeatChoice { showing, seats }),
            resources: None,
            area: None,
        };
        let moved = self
            .world
            .run(actor, NOW, move |tx, ctx| consume::move_booking(tx, ctx, &cmd));
        self.world.audit();
        moved
    }

    fn cancel(&self, booking: BookingId) {
        let buyer = Actor::Consumer(self.world.buyer);
        let cancelled = self.world.run(buyer, NOW, move |tx, ctx| {
            consume::cancel_booking(tx, ctx, &CancelBooking { booking })
        });
        cancelled.expect("cancelled");
        self.world.audit();
    }

    fn call_off(&self, reason: &str) -> Result<(), Rejected> {
        let (showing, reason) = (self.showing, reason.to_owned());
        let ctx = ctx_at(NOW, self.world.shop.as_owner()).with_reason(reason);
        run(self.world.db, ctx, move |tx, ctx| {
            consume::call_off_showing(tx, ctx, &CallOffShowing { showing })
        })
    }

    fn refund(&self, now: Timestamp) -> bool {
        let showing = self.showing;
        let again = self.world.run(Actor::System, now, move |tx, ctx| {
            consume::refund_showing(tx, ctx, &RefundShowing { showing })
        });
        self.world.audit();
        again.expect("an answer")
    }
}

fn alternatives(refused: &Rejected) -> Vec<&str> {
    let members = refused
        .members
        .as_ref()
        .and_then(|members| members.get("alternatives"));
    let names = members.and_then(|names| names.as_array()).expect("alternatives");
    names.iter().filter_map(|name| name.as_str()).collect()
}

#[test]
fn seats_cost_by_their_zone_and_are_one_voucher_with_their_names() {
    on_both(|world| {
        let film = Cinema::new(world, &["ssss", "SSSS"], false);
        let placed = film.book("A-2 B-1 A-1");
        let amounts = placed.order.amounts;
        assert_eq!(
            (amounts.list_total, amounts.cash_due),
            (33_000, 26_400),
            "less 20 % of each"
        );
        assert_eq!(world.escrow(placed.order.order).0, 33_000 - 3 * 1_500 - 450);
        let booking = film.booking(placed.booking);
        assert_eq!(booking.seats, ["A-1", "A-2", "B-1"]);
        let [hall] = &booking.resources[..] else {
            panic!("{:?}", booking.resources)
        };
        assert_eq!(
            (hall.id, hall.name.as_str(), hall.period),
            (film.hall, "Hall 1", booking.period)
        );
        assert_eq!(film.used(), ["A-1", "A-2", "B-1"]);
        let arrive = Arrive {
            booking: placed.booking,
        };
        world
            .run(world.as_cashier(), SEVEN, move |tx, ctx| {
                consume::arrive(tx, ctx, &arrive)
            })
            .expect("redeemed");
        assert_eq!(film.booking(placed.booking).status, BookingStatus::Arrived);
        let other = film.book("A-3");
        film.cancel(other.booking);
        assert_eq!(
            film.used(),
            ["A-1", "A-2", "B-1"],
            "a cancelled seat is free again"
        );
        film.book("A-3");
    });
}

#[test]
fn a_quote_knows_what_seats_cost() {
    on_both(|world| {
        let film = Cinema::new(world, &["ssss", "SSSS"], false);
        let quote = |seats: &str, quantity| {
            let order = PlaceOrder {
                quantity,
                ..film.wish(seats).order
            };
            let ctx = ctx_at(NOW, Actor::Consumer(world.buyer));
            world
                .db
                .read_blocking(move |read| convert::queries::quote(read, &ctx, &order, None, false))
        };
        let (_, price) = quote("A-1 B-1", 2).expect("a price");
        assert_eq!(price.amounts.cash_due, 8_000 + 10_400);
        assert!(quote("A-1 B-1", 1).is_err());
        assert!(quote("A-9", 1).is_err());
    });
}

#[test]
fn a_seat_that_is_taken_is_refused_with_the_nearest() {
    on_both(|world| {
        let film = Cinema::new(world, &["ssssss", "ssssss"], false);
        film.place("A-3 A-4").unwrap();
        let refused = film.place("A-2 A-3").unwrap_err();
        assert_eq!(refused.code, "seats_taken");
        assert_eq!(alternatives(&refused), ["A-1", "A-2"]);
        assert_eq!(refused.members.unwrap()["taken"], serde_json::json!(["A-3"]));
        assert_eq!(film.used(), ["A-3", "A-4"], "all or nothing");
    });
}

#[test]
fn a_single_seat_is_not_left_alone_where_the_hall_says_so() {
    on_both(|world| {
        let film = Cinema::new(world, &["ssssss"], true);
        let refused = film.place("A-2 A-3").unwrap_err();
        assert_eq!(refused.code, "seat_left_alone");
        assert_eq!(alternatives(&refused), ["A-1", "A-2"]);
        film.place("A-1 A-2 A-3").unwrap();
        film.place("A-5 A-6").expect("two of three leave one in any case");
        assert_eq!(film.place("A-5").unwrap_err().code, "seats_taken");
        film.place("A-4").unwrap();
        let sold_out = film.place("A-1").unwrap_err();
        assert_eq!(alternatives(&sold_out), Vec::<&str>::new());
    });
}

#[test]
fn what_is_no_choice_of_the_showing_is_refused_by_field() {
    on_both(|world| {
        let film = Cinema::new(world, &["sosssssss", "w________"], false);
        let refused = |seats: &str, change: &dyn Fn(&mut PlaceBooking)| {
            let mut wish = film.wish(seats);
            change(&mut wish);
            let refused = film.place_as(world.buyer, wish).unwrap_err();
            (refused.code, refused.field.unwrap_or_default())
        };
        let no = |code: &str, field: &str| (code.to_owned(), field.to_owned());
        let seats = "/order/seats/seats";
        let nothing = |_: &mut PlaceBooking| ();
        assert_eq!(refused("A-2", &nothing), no("seats_invalid", seats));
        assert_eq!(refused("A-1 A-1", &nothing), no("seats_invalid", seats));
        assert_eq!(refused("C-1", &nothing), no("seats_invalid", seats));
        let seven = "A-3 A-4 A-5 A-6 A-7 A-8 A-9";
        assert_eq!(refused(seven, &nothing), no("booking_party", "/party"));
        assert_eq!(
            refused("A-1", &|wish| wish.party = 2),
            no("booking_party", "/order/seats/seats")
        );
        let quantity = no("order_quantity_invalid", "/order/quantity");
        assert_eq!(refused("A-1", &|wish| wish.order.quantity = 2), quantity);
        let late = |wish: &mut PlaceBooking| wish.when = When::At(SEVEN.plus_us(1));
        assert_eq!(refused("A-1", &late), no("booking_time", "/when/starts_at"));
        let elsewhere = |wish: &mut PlaceBooking| wish.store = world.branch;
        let showing = "/order/seats/showing";
        assert_eq!(refused("A-1", &elsewhere), no("booking_not_offered", showing));
        let usher = |wish: &mut PlaceBooking| wish.resources = vec![None];
        assert_eq!(refused("A-1", &usher), no("booking_not_offered", "/resources"));
        let terrace = |wish: &mut PlaceBooking| wish.area = Some("terrace".to_owned());
        assert_eq!(refused("A-1", &terrace), no("booking_not_offered", "/area"));
        let other = |wish: &mut PlaceBooking| wish.order.offer = world.offer;
        assert_eq!(
            refused("A-1", &other),
            no("showing_not_found", "/order/seats/showing")
        );
        let unnamed = |wish: &mut PlaceBooking| wish.order.seats = None;
        assert_eq!(refused("A-1", &unnamed).0, "booking_time");
        assert_eq!(film.used(), Vec::<String>::new());
        film.place("B-1").expect("a place for a wheelchair is a seat");
    });
}

#[test]
fn of_overlapping_choices_at_once_one_wins_all_and_the_others_nothing() {
    on_both(|world| {
        let film = Cinema::new(world, &["ssss"], false);
        let people: Vec<PersonId> = (0..6).map(|n| consumer(world.db, 50 + n)).collect();
        let choices = [
            "A-1 A-2",
            "A-2 A-3",
            "A-3 A-4",
            "A-2 A-1",
            "A-1 A-2 A-3 A-4",
            "A-2 A-4",
        ];
        let placed = at_once(6, |n| film.place_as(people[n], film.wish(choices[n])));
        let won: Vec<usize> = (0..6).filter(|n| placed[*n].is_ok()).collect();
        let mut seats: Vec<String> = won
            .iter()
            .flat_map(|n| film.booking(placed[*n].as_ref().unwrap().booking).seats)
            .collect();
        seats.sort();
        assert_eq!(film.used(), seats, "what is held is what the winners have");
        assert!((1..=2).contains(&won.len()));
        assert!(
            placed
                .iter()
                .flat_map(|one| one.as_ref().err())
                .all(|no| no.code == "seats_taken")
        );
    });
}

#[test]
fn a_showing_that_is_called_off_refunds_everybody_and_frees_its_hall() {
    on_both(|world| {
        let film = Cinema::new(world, &["ssssssssssss"], false);
        let booked: Vec<_> = (1..=11).map(|n| film.book(&format!("A-{n}"))).collect();
        let late = film.place("A-12").unwrap();
        assert_eq!(code(film.call_off(" ")), "reason_missing");
        film.call_off("the projector is broken").unwrap();
        assert_eq!(code(film.call_off("again")), "showing_status");
        assert_eq!(code(film.place("A-12")), "showing_status");
        let timer = || store::sql!("SELECT COUNT(*) FROM timer WHERE kind = 'refund_showing'");
        assert_eq!((REFUND_SHOWING.0, world.number(timer)), ("refund_showing", 1));
        assert!(film.refund(NOW), "ten at once");
        assert!(film.refund(NOW), "an order may still be paid");
        let cancelled =
            |placed: &PlacedBooking| film.booking(placed.booking).status == BookingStatus::Cancelled;
        assert!(booked.iter().all(cancelled));
        assert_eq!(
            world.escrow(booked[0].order.order),
            (8_500, -8_500),
            "all of it is on its way back"
        );
        world.pay(world.buyer, &late.order, "card-1");
        assert!(!film.refund(NOW.plus_us(60_000_000)));
        assert!(cancelled(&late), "who paid meanwhile too");
        assert_eq!(film.used(), Vec::<String>::new());
        assert_eq!(world.number(timer), 0);
        let again = two_hours(film.offer, film.hall, "2027-01-16", 19 * 60);
        world
            .run(world.shop.as_owner(), NOW, move |tx, ctx| {
                offer::schedule_showing(tx, ctx, &again)
            })
            .expect("the hall is free again");
    });
}

#[test]
fn who_cancels_what_was_called_off_gets_all_of_it_back_and_nobody_missed_it() {
    on_both(|world| {
        let film = Cinema::new(world, &["ssss"], false);
        let [cancelled, missed] = ["A-1", "A-2"].map(|seat| film.book(seat));
        film.call_off("the projector is broken").unwrap();
        let too_late = SEVEN.plus_us(HOUR_US);
        let cancel = CancelBooking {
            booking: cancelled.booking,
        };
        let by_guest = world.run(Actor::Consumer(world.buyer), too_late, move |tx, ctx| {
            consume::cancel_booking(tx, ctx, &cancel)
        });
        by_guest.expect("cancelled before the timer came to it");
        assert_eq!(world.escrow(cancelled.order.order), (8_500, -8_500), "no fee");
        let mark = MarkNoShow {
            booking: missed.booking,
        };
        let no_show = world.run(world.as_cashier(), too_late, move |tx, ctx| {
            consume::mark_no_show(tx, ctx, &mark)
        });
        assert_eq!(code(no_show), "showing_status");
        film.refund(too_late);
        assert_eq!(world.escrow(missed.order.order), (8_500, -8_500));
    });
}

#[test]
fn seats_are_moved_to_others_that_cost_the_same() {
    on_both(|world| {
        let film = Cinema::new(world, &["ssssss", "SSSSSS"], true);
        let ten = two_hours(film.offer, film.hall, "2027-01-16", 22 * 60);
        let later = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
            offer::schedule_showing(tx, ctx, &ten)
        });
        let (seven, ten) = (
            (film.showing, SEVEN),
            (later.expect("a free hall"), SEVEN.plus_us(3 * HOUR_US)),
        );
        let placed = film.book("A-1 B-1");
        let guest = (Actor::Consumer(world.buyer), placed.booking);
        let staff = (world.as_cashier(), placed.booking);
        let alone = film.move_to(guest, seven, Some("A-2 B-1"));
        assert_eq!(code(alone), "seat_left_alone");
        film.move_to(staff, seven, Some("A-2 B-1"))
            .expect("B-1 is theirs, and a store may leave A-1 alone");
        assert_eq!(film.used(), ["A-2", "B-1"]);

        let refused = |(showing, at), seats| code(film.move_to(guest, (showing, at), seats));
        film.place_as(consumer(world.db, 50), film.wish("A-6")).unwrap();
        assert_eq!(refused(seven, Some("A-6 B-1")), "seats_taken");
        assert_eq!(
            refused(seven, Some("A-1 A-2")),
            "seats_other_price",
            "other zones"
        );
        assert_eq!(refused(seven, Some("A-1")), "booking_party");
        assert_eq!(refused(seven, Some("A-1 B-7")), "seats_invalid");
        assert_eq!(refused((ten.0, SEVEN), Some("A-1 B-1")), "booking_time");
        assert_eq!(refused(seven, None), "booking_time", "seats are named");
        let stranger = (Actor::Consumer(consumer(world.db, 51)), placed.booking);
        assert_eq!(code(film.move_to(stranger, seven, Some("A-1 B-1"))), "not_found");
        assert_eq!(
            film.used(),
            ["A-2", "A-6", "B-1"],
            "what is refused changes nothing"
        );

        let period = film.move_to(guest, ten, Some("A-6 B-6")).expect("free there");
        assert_eq!(period.starts_at, ten.1);
        assert_eq!(film.used(), ["A-6"]);
        let booking = film.booking(placed.booking);
        assert_eq!(
            (booking.showing, booking.seats, booking.period, booking.status),
            (
                Some(ten.0),
                vec!["A-6".to_owned(), "B-6".to_owned()],
                period,
                BookingStatus::Confirmed
            )
        );
        film.move_to(staff, seven, Some("A-1 A-2"))
            .expect("the store gives what it likes");
        film.call_off("the projector is broken").unwrap();
        assert_eq!(
            code(film.move_to(staff, seven, Some("A-3 A-4"))),
            "showing_status"
        );
        film.refund(NOW);
        assert_eq!(film.booking(placed.booking).status, BookingStatus::Cancelled);
    });
}

/// A film of which open tickets are sold too: three rows of four, the last dearer.
fn with_open_tickets<'w, 's>(world: &'w World<'s>) -> Cinema<'w, 's> {
    let film = Cinema::new(world, &["ssss", "ssss", "SSSS"], true);
    let set = SetBookingTerms {
        offer: film.offer,
        terms: BookingTerms {
            open_tickets: true,
            ..showings()
        },
        resources: vec![vec![film.hall]],
    };
    let set = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
        offer::set_booking_terms(tx, ctx, &set)
    });
    set.expect("showings have open tickets");
    film
}

impl Cinema<'_, '_> {
    /// An open ticket for so many, paid.
    fn buy_open(&self, quantity: i64) -> Bought {
        let order = PlaceOrder {
            seats: None,
            quantity,
            ..self.wish("A-1").order
        };
        let placed = self
            .world
            .run(Actor::Consumer(self.world.buyer), NOW, move |tx, ctx| {
                convert::place_order(tx, ctx, &order)
            });
        self.world
            .pay(self.world.buyer, &placed.expect("on sale"), "card-1")
    }

    fn choose(
        &self,
        actor: Actor,
        now: Timestamp,
        voucher: VoucherId,
        seats: &str,
    ) -> Result<SeatsChosen, Rejected> {
        let cmd = ChooseSeats {
            voucher,
            seats: SeatChoice {
                showing: self.showing,
                seats: seats.split(' ').map(str::to_owned).collect(),
            },
        };
        let chosen = self
            .world
            .run(actor, now, move |tx, ctx| consume::choose_seats(tx, ctx, &cmd));
        self.world.audit();
        chosen
    }
}

#[test]
fn an_open_ticket_becomes_a_booking_of_seats_that_cost_no_more() {
    on_both(|world| {
        let film = with_open_tickets(world);
        let bought = film.buy_open(2);
        let [ticket] = bought.vouchers[..] else {
            panic!("two seats are one voucher: {:?}", bought.vouchers)
        };
        let guest = Actor::Consumer(world.buyer);
        let refused = |actor, seats| code(film.choose(actor, NOW, ticket, seats));
        let unseated = world.scan(ticket).unwrap_err();
        assert_eq!(unseated.code, "redeem_ticket_needs_seats");
        assert_eq!(unseated.members.unwrap()["seats"], 2);
        assert_eq!(refused(guest, "C-1 C-2"), "seats_other_price", "they cost more");
        assert_eq!(refused(guest, "A-1"), "booking_party");
        assert_eq!(refused(guest, "A-2 A-3"), "seat_left_alone");
        assert_eq!(refused(guest, "A-9 A-1"), "seats_invalid");
        let stranger = Actor::Consumer(consumer(world.db, 50));
        assert_eq!(refused(stranger, "A-1 A-2"), "not_found");
        assert_eq!(film.used(), Vec::<String>::new());

        let chosen = film.choose(guest, NOW, ticket, "A-1 A-2").expect("free");
        assert_eq!(film.used(), ["A-1", "A-2"]);
        assert_eq!(refused(guest, "B-1 B-2"), "ticket_not_open", "they are moved now");
        let booking = film.booking(chosen.booking);
        assert_eq!((booking.party, booking.status), (2, BookingStatus::Confirmed));
        assert_eq!(
            world.voucher(ticket).valid_until,
            chosen.period.ends_at.plus_us(DAY_US)
        );
        assert_eq!(code(world.refund_voucher(ticket)), "refund_booked");
        film.move_to((guest, chosen.booking), (film.showing, SEVEN), Some("B-1 B-2"))
            .expect("like any booking");
        let arrive = Arrive {
            booking: chosen.booking,
        };
        let arrived = world.run(world.as_cashier(), SEVEN, move |tx, ctx| {
            consume::arrive(tx, ctx, &arrive)
        });
        arrived.expect("redeemed");
        world.audit();
        assert_eq!(world.escrow(bought.order), (0, 0), "both are settled");
    });
}

#[test]
fn seats_of_an_open_ticket_are_chosen_at_the_door_and_given_back_as_any() {
    on_both(|world| {
        let film = with_open_tickets(world);
        let (used, kept, given_back) = (film.buy_open(1), film.buy_open(1), film.buy_open(2));
        let at_the_door = SEVEN.plus_us(HOUR_US / 4);
        let guest = Actor::Consumer(world.buyer);
        let late = film.choose(guest, at_the_door, used.vouchers[0], "A-1");
        assert_eq!(code(late), "booking_time", "guests choose before it starts");
        film.choose(world.as_cashier(), at_the_door, used.vouchers[0], "C-3")
            .expect("the staff give any seat, also one that leaves another alone");
        world.scan(used.vouchers[0]).expect("now it is redeemed");
        let over = film.choose(
            world.as_cashier(),
            SEVEN.plus_us(2 * HOUR_US),
            kept.vouchers[0],
            "A-1",
        );
        assert_eq!(code(over), "booking_time", "nobody is seated after the end");

        let refund = world.refund_voucher(given_back.vouchers[0]);
        refund.expect("an open ticket is refunded like any voucher");
        assert_eq!(
            world.escrow(given_back.order).0,
            2 * 8_500,
            "all of it, on its way back"
        );

        let booked = film.choose(guest, NOW, kept.vouchers[0], "A-1").expect("free");
        film.cancel(booked.booking);
        assert_eq!(film.used(), ["C-3"]);
        assert_eq!(world.voucher(kept.vouchers[0]).status, VoucherStatus::Refunded);
        let expired = film.buy_open(1);
        let after = world.voucher(expired.vouchers[0]).valid_until;
        let too_late = film.choose(world.as_cashier(), after, expired.vouchers[0], "A-1");
        assert_eq!(code(too_late), "redeem_voucher_expired");
        world.expire(expired.vouchers[0], after);
    });
}

#[test]
fn what_seats_are_refused_for_is_said_by_a_field_that_the_input_has() {
    on_both(|world| {
        let film = with_open_tickets(world);
        let (ticket, booked) = (film.buy_open(2).vouchers[0], film.book("A-1 A-2"));
        let (guest, staff) = (Actor::Consumer(world.buyer), world.as_cashier());
        let said = |no: Rejected| (no.code, no.field.unwrap_or_default());
        let no = |code: &str, field: &str| (code.to_owned(), field.to_owned());
        let chosen = |actor, now, seats| said(film.choose(actor, now, ticket, seats).unwrap_err());
        assert_eq!(chosen(guest, NOW, "B-1"), no("booking_party", "/seats"));
        assert_eq!(chosen(guest, SEVEN, "B-1 B-2"), no("booking_time", "/showing"));
        let over = SEVEN.plus_us(2 * HOUR_US);
        assert_eq!(chosen(staff, over, "B-1 B-2"), no("booking_time", "/showing"));
        let moved = |starts_at, seats| {
            let to = (film.showing, starts_at);
            said(
                film.move_to((guest, booked.booking), to, Some(seats))
                    .unwrap_err(),
            )
        };
        assert_eq!(moved(SEVEN, "B-1"), no("booking_party", "/seats/seats"));
        assert_eq!(moved(SEVEN, "B-1 B-9"), no("seats_invalid", "/seats/seats"));
        assert_eq!(moved(NOW, "B-1 B-2"), no("booking_time", "/when/starts_at"));
    });
}

#[test]
fn of_two_choices_for_one_open_ticket_at_once_one_counts() {
    on_both(|world| {
        let film = with_open_tickets(world);
        let ticket = film.buy_open(1).vouchers[0];
        let seats = ["A-1", "B-1", "A-4", "B-4"];
        let guest = Actor::Consumer(world.buyer);
        let chosen = at_once(seats.len(), |n| film.choose(guest, NOW, ticket, seats[n]));
        let won: Vec<usize> = (0..seats.len()).filter(|n| chosen[*n].is_ok()).collect();
        assert_eq!(won.len(), 1);
        assert_eq!(film.used(), [seats[won[0]]]);
        let refused = chosen.iter().filter_map(|one| one.as_ref().err());
        assert!(refused.into_iter().all(|no| no.code == "ticket_not_open"));
    });
}

#[test]
fn who_was_served_in_part_keeps_nobody_from_a_refund() {
    on_both(|world| {
        let film = Cinema::of_uses(world, 2, (seat_map(&["ssss"]), false));
        let [served, other] = ["A-1", "A-2"].map(|seat| film.book(seat));
        let arrive = Arrive {
            booking: served.booking,
        };
        world
            .run(world.as_cashier(), NOW, move |tx, ctx| {
                consume::arrive(tx, ctx, &arrive)
            })
            .expect("the first of two uses");
        film.call_off("the projector is broken").unwrap();
        assert!(!film.refund(NOW));
        assert_eq!(film.booking(other.booking).status, BookingStatus::Cancelled);
        assert_eq!(film.used(), ["A-1"]);
    });
}

#[test]
fn a_hall_keeps_the_seats_that_are_sold_and_its_time() {
    on_both(|world| {
        let film = Cinema::new(world, &["sss", "sss"], false);
        film.book("B-2");
        let redraw = |version, rows: &[&str]| {
            let set = SetHall {
                resource: film.hall,
                version,
                map: seat_map(rows),
                no_single_seats: false,
                cleaning_minutes: 0,
            };
            world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
                offer::set_hall(tx, ctx, &set)
            })
        };
        assert_eq!(code(redraw(1, &["sss"])), "hall_seats_sold");
        assert_eq!(
            code(redraw(1, &["sss", "_sss"])),
            "hall_seats_sold",
            "B-2 would be B-1"
        );
        assert_eq!(code(redraw(1, &["sss", "sos"])), "hall_seats_sold");
        redraw(1, &["ssss", "_SS", "ww"]).expect_err("B-2 is not where it was");
        redraw(1, &["s_s", "oSo", "ww"]).unwrap();
        assert_eq!(code(film.place("B-2")), "seats_taken");
        let keep = KeepPlaces {
            merchant: world.shop.merchant,
            store: world.shop.store,
            resources: vec![film.hall],
            period: Period {
                starts_at: SEVEN,
                ends_at: SEVEN.plus_us(HOUR_US),
            },
            party: 1,
            note: "repair".to_owned(),
        };
        let kept = world.run(world.as_cashier(), NOW, move |tx, ctx| {
            consume::keep_places(tx, ctx, &keep)
        });
        assert_eq!(code(kept), "booking_full");
    });
}

impl Cinema<'_, '_> {
    fn keep_as(&self, actor: Actor, now: Timestamp, seats: &str, is_kept: bool) -> Result<(), Rejected> {
        let cmd = KeepSeats {
            seats: SeatChoice {
                showing: self.showing,
                seats: seats.split(' ').map(str::to_owned).collect(),
            },
            is_kept,
        };
        self.world
            .run(actor, now, move |tx, ctx| consume::keep_seats(tx, ctx, &cmd))
    }

    fn keep(&self, seats: &str) -> Result<(), Rejected> {
        self.keep_as(self.world.as_cashier(), NOW, seats, true)
    }

    fn free(&self, seats: &str) -> Result<(), Rejected> {
        self.keep_as(self.world.as_cashier(), NOW, seats, false)
    }
}

#[test]
fn seats_that_are_kept_for_the_box_office_are_as_taken_for_guests() {
    on_both(|world| {
        let film = Cinema::new(world, &["ssssss", "ssssss"], true);
        film.keep("A-5 A-6").unwrap();
        assert_eq!(film.used_and_kept(), (vec![], vec!["A-5".into(), "A-6".into()]));
        let refused = film.place("A-4 A-5").unwrap_err();
        assert_eq!(refused.code, "seats_taken");
        assert_eq!(alternatives(&refused), ["A-3", "A-4"]);
        assert_eq!(refused.members.unwrap()["taken"], serde_json::json!(["A-5"]));
        assert_eq!(
            code(film.place("A-2 A-3")),
            "seat_left_alone",
            "A-4 would be alone beside what is kept"
        );
        let placed = film.book("A-3 A-4");
        let guest = (Actor::Consumer(world.buyer), placed.booking);
        let moved = film.move_to(guest, (film.showing, SEVEN), Some("A-5 A-6"));
        assert_eq!(code(moved), "seats_taken");

        let sold = film.keep("A-2 A-3").unwrap_err();
        assert_eq!(sold.code, "seats_taken");
        assert_eq!(sold.members.unwrap()["taken"], serde_json::json!(["A-3"]));
        film.place_as(consumer(world.db, 50), film.wish("B-1 B-2"))
            .unwrap();
        assert_eq!(code(film.keep("B-2 B-3")), "seats_taken", "it is held");
        assert_eq!(film.kept(), ["A-5", "A-6"], "all or nothing");

        film.keep("A-6").expect("what is kept stays so");
        film.free("A-5 A-6 B-6").expect("what was free is");
        film.book("A-5 A-6");
        film.free("A-5").expect("nothing of what is sold");
        assert_eq!((film.used().len(), film.kept().len()), (6, 0));
        let told = || store::sql!("SELECT COUNT(*) FROM event WHERE type = 'SeatsKept'");
        assert_eq!(world.number(told), 2, "nobody is told of what changes nothing");
        world.audit();
    });
}

#[test]
fn the_staff_give_seats_that_are_kept_which_then_are_like_any() {
    on_both(|world| {
        let film = with_open_tickets(world);
        let (ticket, booked) = (film.buy_open(2).vouchers[0], film.book("A-1"));
        film.keep("B-1 B-2 B-3").unwrap();
        let guest = Actor::Consumer(world.buyer);
        assert_eq!(code(film.choose(guest, NOW, ticket, "B-1 B-2")), "seats_taken");
        let chosen = film.choose(world.as_cashier(), NOW, ticket, "B-1 B-2").unwrap();
        let staff = (world.as_cashier(), booked.booking);
        film.move_to(staff, (film.showing, SEVEN), Some("B-3")).unwrap();
        assert_eq!(
            (film.used().join(" "), film.kept().len()),
            ("B-1 B-2 B-3".to_owned(), 0)
        );
        film.cancel(chosen.booking);
        film.place("B-1 B-2").expect("kept no more");
    });
}

#[test]
fn seats_are_kept_by_the_staff_of_the_store_until_the_showing_is_over() {
    on_both(|world| {
        let film = Cinema::new(world, &["osss"], false);
        let cashier = world.as_cashier();
        let over = SEVEN.plus_us(2 * HOUR_US);
        film.keep_as(cashier, over.plus_us(-1), "A-2", true).unwrap();
        let refused = |actor, now| code(film.keep_as(actor, now, "A-3", true));
        assert_eq!(refused(cashier, over), "showing_status");
        assert_eq!(refused(Actor::Consumer(world.buyer), NOW), "forbidden");
        assert_eq!(code(film.keep("A-1")), "seats_invalid", "it is out of order");
        assert_eq!(code(film.keep("A-2 A-2")), "seats_invalid");
        let other_map = SetHall {
            resource: film.hall,
            version: 1,
            map: seat_map(&["s_ss"]),
            no_single_seats: false,
            cleaning_minutes: 0,
        };
        let moved = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
            offer::set_hall(tx, ctx, &other_map)
        });
        assert_eq!(code(moved), "hall_seats_sold", "A-2 is kept");
        film.call_off("the projector is broken").unwrap();
        assert_eq!(code(film.free("A-2")), "showing_status");
    });
}

#[test]
fn a_seat_that_is_kept_and_booked_at_once_is_one_of_the_two() {
    on_both(|world| {
        let film = Cinema::new(world, &["ssss"], false);
        let guests: Vec<PersonId> = (0..3).map(|n| consumer(world.db, 50 + n)).collect();
        let won = at_once(6, |n| match n % 2 {
            0 => film.keep("A-2 A-3").map_err(|no| no.code),
            _ => {
                let placed = film.place_as(guests[n / 2], film.wish("A-3"));
                placed.map(drop).map_err(|no| no.code)
            }
        });
        let of = |keeping: usize| won.iter().skip(keeping).step_by(2);
        let (kept, booked) = (of(0).filter(|one| one.is_ok()), of(1).filter(|one| one.is_ok()));
        let (kept, booked) = (kept.count(), booked.count());
        assert!(matches!((kept, booked), (3, 0) | (0, 1)), "{won:?}");
        assert!(
            won.iter()
                .flat_map(|one| one.as_ref().err())
                .all(|no| no == "seats_taken")
        );
        let (used, kept) = film.used_and_kept();
        let expected = if booked == 1 { "A-3 /" } else { "/ A-2 A-3" };
        assert_eq!(
            format!("{} / {}", used.join(" "), kept.join(" ")).trim(),
            expected
        );
        world.audit();
    });
}
