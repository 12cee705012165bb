//! Bookings: what is kept for whom, what it costs not to come, and that a place is given out once.

use consume::{
    Arrive, BookingStatus, CancelBooking, KeepPlaces, MarkNoShow, MoveBooking, PlaceBooking, PlacedBooking,
    REMIND_GUEST, RemindGuest, When,
};
use convert::{GroupChoice, PlaceOrder};
use jiff::civil::Date;
use kernel::{Actor, BookingId, DAY_US, HOUR_US, MINUTE_US, Money, OfferId, PersonId, ResourceId, Timestamp};
use ledger::Account;
use offer::testing::{booked, dinner, seats};
use offer::{
    BookingTerms, Day, NightChoice, NightRate, Nights, Period, PricePer, ResourceDetails, ResourceKind,
    SetStoreDay, Stay, UpdateResource,
};
use party::testing::{NOW, consumer, ctx_at, run};
use store::Rejected;

use crate::chargebacks::{charge_back, report};
use crate::world::World;
use crate::{at_once, code, on_both};

/// 2027-01-16 18:00 in Shanghai, 26 hours after [`NOW`].
pub const SATURDAY_SIX: Timestamp = Timestamp(NOW.0 + 26 * HOUR_US);

/// An offer of 100.00 CNY (85.00 in escrow, 80.00 in cash) that is booked, and its resources.
pub struct Restaurant<'w, 's> {
    world: &'w World<'s>,
    pub offer: OfferId,
    pub resources: Vec<ResourceId>,
}

impl<'w, 's> Restaurant<'w, 's> {
    pub fn new(
        world: &'w World<'s>,
        terms: BookingTerms,
        resources: &[(ResourceKind, ResourceDetails)],
    ) -> Self {
        let agreement = (offer::testing::terms(), 70);
        let (on_sale, resources) = booked(world.db, world.shop, agreement, (terms, resources), |_| {});
        Self {
            world,
            offer: on_sale.offer,
            resources,
        }
    }

    pub fn tables(world: &'w World<'s>, tables: &[(i64, i64, &str)]) -> Self {
        let table = |(i, (min, max, joins)): (usize, &(i64, i64, &str))| {
            (ResourceKind::Table, seats(&format!("T{i}"), (*min, *max), joins))
        };
        let tables: Vec<_> = tables.iter().enumerate().map(table).collect();
        Self::new(world, dinner(), &tables)
    }

    /// Two double rooms, from one night to fourteen.
    pub fn hotel(world: &'w World<'s>, price_per: PricePer, rates: Vec<NightRate>) -> Self {
        let terms = BookingTerms {
            stay: Stay::Nights(Nights {
                check_in_minute: 15 * 60,
                check_out_minute: 12 * 60,
                nights_min: 1,
                nights_max: 14,
                rates,
            }),
            price_per,
            ..dinner()
        };
        let double = ResourceDetails {
            units: 2,
            ..seats("Double", (1, 2), "")
        };
        Self::new(world, terms, &[(ResourceKind::RoomType, double)])
    }

    pub fn wish(&self, party: i64, at: Timestamp) -> PlaceBooking {
        PlaceBooking {
            order: PlaceOrder {
                offer: self.offer,
                quantity: 1,
                wallet_coupons: Vec::new(),
                share_token: None,
                entry: None,
                use_rebate: false,
                group: None,
                seats: None,
                expected_cash: None,
            },
            store: self.world.shop.store,
            when: When::At(at),
            party,
            area: None,
            resources: Vec::new(),
        }
    }

    fn stay_wish(&self, from: &str, count: i64, rooms: i64) -> PlaceBooking {
        let mut wish = PlaceBooking {
            when: nights(from, count, rooms),
            ..self.wish(rooms, NOW)
        };
        wish.order.quantity = count * rooms;
        wish
    }

    fn stay(&self, from: &str, count: i64, rooms: i64) -> Result<PlacedBooking, Rejected> {
        self.place_as(self.world.buyer, self.stay_wish(from, count, rooms))
    }

    pub fn place_as(&self, person: PersonId, wish: PlaceBooking) -> Result<PlacedBooking, Rejected> {
        self.world.run(Actor::Consumer(person), NOW, move |tx, ctx| {
            consume::place_booking(tx, ctx, &wish)
        })
    }

    pub fn place(&self, party: i64, at: Timestamp) -> Result<PlacedBooking, Rejected> {
        self.place_as(self.world.buyer, self.wish(party, at))
    }

    /// Booked and paid.
    pub fn book(&self, party: i64, at: Timestamp) -> PlacedBooking {
        let placed = self.place(party, at).expect("free");
        self.world.pay(self.world.buyer, &placed.order, "card-1");
        placed
    }

    /// The tables that a party gets, by their place in the list.
    pub fn tables_of(&self, placed: &PlacedBooking) -> Vec<usize> {
        let position = |id| {
            self.resources
                .iter()
                .position(|resource| resource == id)
                .expect("one of them")
        };
        placed.resources.iter().map(position).collect()
    }

    pub fn status(&self, booking: BookingId) -> BookingStatus {
        let found = self
            .world
            .db
            .read_blocking(move |read| consume::queries::booking(read, booking));
        found.expect("an answer").expect("a booking").status
    }

    /// The times on that day at which a party could come, as hours and minutes in UTC.
    fn free(&self, party: i64, day: &str) -> Vec<String> {
        self.free_for(None, party, day)
    }

    /// The same for who moves this booking.
    fn free_for(&self, moves: Option<BookingId>, party: i64, day: &str) -> Vec<String> {
        let (offer, store) = (self.offer, self.world.shop.store);
        let day: Day = day.parse().expect("a day");
        let days = self.world.db.read_blocking(move |read| {
            let moves = moves.map(|booking| consume::queries::booking(read, booking));
            let moves = moves.transpose()?.flatten().map(|found| found.place_owner);
            let asked = consume::queries::Availability {
                offer,
                store,
                from: day,
                days: 1,
                party,
                nights: 1,
                hours: None,
                rooms: 1,
                area: None,
                resources: Vec::new(),
                moves,
            };
            consume::queries::availability(read, &asked, NOW)
        });
        let starts = days.expect("an answer").into_iter().flat_map(|day| day.starts);
        let free = starts.filter(|start| start.is_free);
        free.map(|start| start.period.starts_at.to_string()[11..16].to_owned())
            .collect()
    }

    pub fn cancel(&self, actor: Actor, now: Timestamp, booking: BookingId) -> Result<(), Rejected> {
        let ctx = ctx_at(now, actor).with_reason("the kitchen is flooded".to_owned());
        let cancelled = run(self.world.db, ctx, move |tx, ctx| {
            consume::cancel_booking(tx, ctx, &CancelBooking { booking })
        });
        self.world.audit();
        cancelled.map(drop)
    }
}

fn nights(from: &str, nights: i64, rooms: i64) -> When {
    When::Nights {
        from: from.parse().expect("a day"),
        nights,
        rooms,
    }
}

#[test]
fn the_smallest_table_that_fits_is_given_and_tables_are_pushed_together_last() {
    on_both(|world| {
        let place = Restaurant::tables(
            world,
            &[
                (1, 8, ""),
                (1, 2, "window"),
                (1, 2, ""),
                (2, 4, "window"),
                (2, 4, "window"),
            ],
        );
        let six = SATURDAY_SIX;
        let gets = |party| place.place(party, six).map(|placed| place.tables_of(&placed));
        assert_eq!(gets(2).unwrap(), [2], "rather one that stands alone");
        assert_eq!(gets(2).unwrap(), [1]);
        assert_eq!(gets(7).unwrap(), [0]);
        assert_eq!(gets(7).unwrap(), [3, 4], "only pushed together");
        assert_eq!(code(gets(1)), "booking_full");
    });
}

#[test]
fn a_place_that_is_taken_is_refused_with_the_nearest_times_that_are_free() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, "")]);
        place.place(4, SATURDAY_SIX).unwrap();
        let refused = place.place(2, SATURDAY_SIX.plus_us(HOUR_US)).unwrap_err();
        assert_eq!(refused.code, "booking_full");
        let alternatives = refused
            .members
            .as_ref()
            .and_then(|members| members.get("alternatives"));
        let expected = serde_json::json!([
            "2027-01-16T12:00:00Z",
            "2027-01-16T12:30:00Z",
            "2027-01-16T13:00:00Z"
        ]);
        assert_eq!(alternatives, Some(&expected));
        assert_eq!(place.free(2, "2027-01-16"), ["12:00", "12:30", "13:00", "13:30"]);
        assert_eq!(
            code(place.place(2, SATURDAY_SIX.plus_us(15 * MINUTE_US))),
            "booking_time"
        );
        assert_eq!(code(place.place(13, SATURDAY_SIX)), "booking_party");
        assert_eq!(code(place.place(0, SATURDAY_SIX)), "booking_party");
    });
}

#[test]
fn a_booking_that_is_not_paid_frees_its_place_and_one_that_is_paid_keeps_it() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, "")]);
        let held = place.place(2, SATURDAY_SIX).unwrap();
        assert_eq!(place.status(held.booking), BookingStatus::Held);
        assert_eq!(code(place.place(2, SATURDAY_SIX)), "booking_full");
        let order = held.order.order;
        let later = NOW.plus_us(16 * MINUTE_US);
        world
            .run(Actor::System, later, move |tx, ctx| {
                convert::release_order(tx, ctx, &convert::ReleaseOrder { order })
            })
            .unwrap();
        assert_eq!(place.status(held.booking), BookingStatus::Released);
        let booked = place.book(2, SATURDAY_SIX);
        assert_eq!(place.status(booked.booking), BookingStatus::Confirmed);
        assert_eq!(code(place.place(2, SATURDAY_SIX)), "booking_full");
    });
}

#[test]
fn who_cancels_in_time_gets_all_back_and_later_what_the_policy_leaves() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, "")]);
        let guest = Actor::Consumer(world.buyer);
        let four_hours_before = SATURDAY_SIX.plus_us(-4 * HOUR_US);
        let not_kept = SATURDAY_SIX.plus_us(15 * MINUTE_US);
        for (now, kept) in [
            (four_hours_before, 0),
            (four_hours_before.plus_us(1), 4_250),
            (not_kept.plus_us(-1), 4_250),
            (not_kept, 8_500),
        ] {
            let booked = place.book(2, SATURDAY_SIX);
            let before = world
                .credit(Account::MerchantPayable, Some(world.shop.merchant.uuid()))
                .0;
            place.cancel(guest, now, booked.booking).unwrap();
            assert_eq!(place.status(booked.booking), BookingStatus::Cancelled);
            assert_eq!(
                world.escrow(booked.order.order).0 + world.escrow(booked.order.order).1,
                0
            );
            let payable = world
                .credit(Account::MerchantPayable, Some(world.shop.merchant.uuid()))
                .0
                - before;
            assert_eq!(payable, kept - kept / 10, "less the commission");
            assert_eq!(code(place.cancel(guest, now, booked.booking)), "booking_status");
        }
        assert_eq!(place.free(2, "2027-01-16").len(), 9, "the place is free again");
    });
}

#[test]
fn a_store_that_cancels_gives_all_back_and_says_why() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, "")]);
        let booked = place.book(2, SATURDAY_SIX);
        let booking = booked.booking;
        let silent = world.run(world.shop.as_owner(), SATURDAY_SIX, move |tx, ctx| {
            consume::cancel_booking(tx, ctx, &CancelBooking { booking })
        });
        assert_eq!(code(silent), "reason_missing");
        assert_eq!(
            code(place.cancel(world.as_cashier(), SATURDAY_SIX, booking)),
            "forbidden"
        );
        place
            .cancel(world.shop.as_owner(), SATURDAY_SIX, booking)
            .unwrap();
        let payable = world.credit(Account::MerchantPayable, Some(world.shop.merchant.uuid()));
        assert_eq!(payable, (0, 0));
    });
}

#[test]
fn a_guest_is_told_once_that_a_booking_is_soon_if_it_still_is() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, ""), (1, 4, ""), (1, 4, "")]);
        let [stays, moves, ends] = [(); 3].map(|()| place.book(2, SATURDAY_SIX).booking);
        let guest = Actor::Consumer(world.buyer);
        let later = SATURDAY_SIX.plus_us(HOUR_US);
        place.cancel(guest, NOW, ends).unwrap();
        let cmd = MoveBooking {
            booking: moves,
            when: When::At(later),
            seats: None,
            resources: None,
            area: None,
        };
        world
            .run(guest, NOW, move |tx, ctx| consume::move_booking(tx, ctx, &cmd))
            .unwrap();
        let told_at = |now| {
            let due = world
                .db
                .read_blocking(move |read| Ok(store::due_timers(read, now, 50)?));
            let due = due.expect("timers").into_iter();
            let due = due.filter(|timer| timer.kind == REMIND_GUEST.0);
            let told = due.filter(|timer| {
                let cmd = RemindGuest {
                    booking: timer.subject(),
                };
                world
                    .run(Actor::System, now, move |tx, ctx| {
                        consume::remind_guest(tx, ctx, &cmd)
                    })
                    .unwrap()
            });
            told.map(|timer| timer.subject()).collect::<Vec<BookingId>>()
        };
        assert_eq!(told_at(SATURDAY_SIX.plus_us(-DAY_US - 1)), []);
        assert_eq!(told_at(SATURDAY_SIX.plus_us(-DAY_US)), [stays]);
        assert_eq!(told_at(later.plus_us(-DAY_US)), [moves]);
        assert_eq!(told_at(later), []);
    });
}

#[test]
fn nobody_is_a_no_show_before_the_grace_is_over_or_after_they_came() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, ""), (1, 4, "")]);
        let (came, missed) = (
            place.book(2, SATURDAY_SIX).booking,
            place.book(2, SATURDAY_SIX).booking,
        );
        let no_show = |booking, now| {
            let marked = world.run(world.as_cashier(), now, move |tx, ctx| {
                consume::mark_no_show(tx, ctx, &MarkNoShow { booking })
            });
            world.audit();
            marked
        };
        let arrive = |booking| {
            let arrived = world.run(world.as_cashier(), SATURDAY_SIX, move |tx, ctx| {
                consume::arrive(tx, ctx, &Arrive { booking })
            });
            world.audit();
            arrived
        };
        arrive(came).unwrap();
        assert_eq!(place.status(came), BookingStatus::Arrived);
        assert_eq!(code(arrive(came)), "booking_status");
        let after_grace = SATURDAY_SIX.plus_us(15 * MINUTE_US);
        assert_eq!(
            code(no_show(missed, after_grace.plus_us(-1))),
            "booking_too_early"
        );
        assert_eq!(code(no_show(came, after_grace)), "booking_status");
        no_show(missed, after_grace).unwrap();
        assert_eq!(place.status(missed), BookingStatus::NoShow);
        assert_eq!(code(arrive(missed)), "booking_status");
        let payable = world
            .credit(Account::MerchantPayable, Some(world.shop.merchant.uuid()))
            .0;
        assert_eq!(payable, 2 * 7_650, "who came, and who lost all of it");
    });
}

#[test]
fn a_booking_remembers_where_its_guest_asked_to_be_and_stays_there_when_it_is_moved() {
    on_both(|world| {
        let [terrace, inside] = ["terrace", "inside"].map(|area| {
            let table = ResourceDetails {
                area: area.to_owned(),
                ..seats(area, (1, 4), "")
            };
            (ResourceKind::Table, table)
        });
        let place = Restaurant::new(world, dinner(), &[inside, terrace]);
        let book = |person, at| {
            let area = Some("terrace".to_owned());
            place.place_as(
                person,
                PlaceBooking {
                    area,
                    ..place.wish(2, at)
                },
            )
        };
        let [six, eight] = [0, 2].map(|hours| SATURDAY_SIX.plus_us(hours * HOUR_US));
        let booked = book(world.buyer, six).unwrap();
        world.pay(world.buyer, &booked.order, "card-1");
        let booking = booked.booking;
        let has = || {
            let found = world
                .db
                .read_blocking(move |read| consume::queries::booking(read, booking));
            let found = found.expect("an answer").expect("a booking");
            let asked = found.guest.expect("a guest").area.unwrap_or_default();
            (found.resources[0].name.clone(), asked)
        };
        let move_to = |actor, at, area: Option<&str>| {
            let cmd = MoveBooking {
                booking,
                when: When::At(at),
                seats: None,
                resources: None,
                area: area.map(str::to_owned),
            };
            world.run(actor, NOW, move |tx, ctx| consume::move_booking(tx, ctx, &cmd))?;
            Ok::<_, Rejected>(has())
        };
        let is = |name: &str, asked: &str| (name.to_owned(), asked.to_owned());
        let (guest, store) = (Actor::Consumer(world.buyer), world.as_cashier());
        let seven = six.plus_us(HOUR_US);
        assert_eq!(move_to(guest, seven, None).unwrap(), is("terrace", "terrace"));
        assert_eq!(move_to(store, six, None).unwrap(), is("terrace", "terrace"));

        book(consumer(world.db, 77), eight).unwrap();
        let refused = move_to(guest, eight, None).unwrap_err();
        assert_eq!(refused.code, "booking_full");
        let members = refused.members.expect("alternatives");
        assert_eq!(members["alternatives"][0], "2027-01-16T10:30:00Z");
        assert_eq!(move_to(store, eight, Some("")).unwrap(), is("inside", "terrace"));
        assert_eq!(move_to(guest, six, None).unwrap(), is("terrace", "terrace"));
        assert_eq!(
            move_to(guest, eight, Some("inside")).unwrap(),
            is("inside", "inside")
        );
        assert_eq!(move_to(guest, six, Some("")).unwrap().1, "");
    });
}

#[test]
fn a_booking_is_moved_to_what_is_free_also_over_its_own_time() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, "")]);
        let booked = place.book(2, SATURDAY_SIX);
        let booking = booked.booking;
        let move_to = |actor, now, at| {
            let cmd = MoveBooking {
                booking,
                when: When::At(at),
                seats: None,
                resources: None,
                area: None,
            };
            world.run(actor, now, move |tx, ctx| consume::move_booking(tx, ctx, &cmd))
        };
        let guest = Actor::Consumer(world.buyer);
        let half_past = SATURDAY_SIX.plus_us(30 * MINUTE_US);
        assert_eq!(place.free_for(Some(booking), 2, "2027-01-16").len(), 9);
        assert_eq!(move_to(guest, NOW, half_past).unwrap().starts_at, half_past);
        assert_eq!(place.free(2, "2027-01-16"), ["12:00", "12:30", "13:00", "13:30"]);
        move_to(guest, NOW, SATURDAY_SIX).unwrap();
        place.book(2, SATURDAY_SIX.plus_us(90 * MINUTE_US));
        assert_eq!(code(move_to(guest, NOW, half_past)), "booking_full");
        assert_eq!(
            place.status(booking),
            BookingStatus::Confirmed,
            "it stays where it was"
        );
        let late = SATURDAY_SIX.plus_us(-HOUR_US);
        let tomorrow = SATURDAY_SIX.plus_us(24 * HOUR_US);
        assert_eq!(code(move_to(guest, late, tomorrow)), "booking_not_free");
        let stranger = Actor::Consumer(consumer(world.db, 77));
        assert_eq!(code(move_to(stranger, NOW, tomorrow)), "not_found");
        move_to(world.as_cashier(), late, tomorrow).unwrap();
        let voucher = convert::queries::order_vouchers;
        let order = booked.order.order;
        let voucher = world.db.read_blocking(move |read| voucher(read, order)).unwrap()[0].voucher;
        let valid_until = tomorrow.plus_us(90 * MINUTE_US + 24 * HOUR_US);
        assert_eq!(
            world.voucher(voucher).valid_until,
            valid_until,
            "its voucher is valid as long"
        );
        assert!(!world.expire(voucher, valid_until.plus_us(-1)));
        assert!(world.expire(voucher, valid_until));
        assert_eq!(place.status(booking), BookingStatus::Lapsed);
    });
}

#[test]
fn a_voucher_of_a_booking_is_not_refunded_past_its_policy() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, "")]);
        let booked = place.book(2, SATURDAY_SIX);
        let order = booked.order.order;
        let vouchers = world
            .db
            .read_blocking(move |read| convert::queries::order_vouchers(read, order))
            .unwrap();
        assert_eq!(code(world.refund_voucher(vouchers[0].voucher)), "refund_booked");
        let plain = place.wish(2, SATURDAY_SIX).order;
        let bought = world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
            convert::place_order(tx, ctx, &plain)
        });
        assert_eq!(code(bought), "order_needs_booking", "nor sold without a time");
    });
}

#[test]
fn an_appointment_takes_a_person_and_a_room_or_neither() {
    on_both(|world| {
        let mut terms = dinner();
        let Stay::Visit(visit) = &mut terms.stay else {
            unreachable!()
        };
        visit.services[0].after_minutes = 15;
        terms.party_max = 2;
        let person = |name: &str| (ResourceKind::Person, seats(name, (1, 2), ""));
        let chair = (ResourceKind::Room, seats("Chair", (1, 2), ""));
        let salon = Restaurant::new(
            world,
            terms,
            &[person("Wei"), person("Min"), chair.clone(), chair],
        );
        let with = |resource, at| {
            let wish = PlaceBooking {
                resources: vec![resource],
                ..salon.wish(1, at)
            };
            let placed = salon.place_as(world.buyer, wish);
            placed.map(|placed| salon.tables_of(&placed))
        };
        let (wei, min) = (Some(salon.resources[0]), Some(salon.resources[1]));
        assert_eq!(with(min, SATURDAY_SIX).unwrap(), [1, 2]);
        assert_eq!(
            code(with(min, SATURDAY_SIX.plus_us(90 * MINUTE_US))),
            "booking_full",
            "clearing up"
        );
        assert_eq!(with(None, SATURDAY_SIX).unwrap(), [0, 3]);
        assert_eq!(
            with(None, SATURDAY_SIX.plus_us(2 * HOUR_US)).unwrap()[0],
            0,
            "who has less to do"
        );
        assert_eq!(
            with(wei, SATURDAY_SIX.plus_us(4 * HOUR_US)).map_err(|no| no.code),
            Err("booking_time".into())
        );
        assert_eq!(
            code(with(Some(ResourceId::from_uuid(uuid::Uuid::nil())), SATURDAY_SIX)),
            "booking_not_offered"
        );
    });
}

#[test]
fn nights_are_booked_all_or_none_and_priced_by_night() {
    on_both(|world| {
        let hotel = Restaurant::hotel(world, PricePer::Night, Vec::new());
        let book = |from: &str, nights, rooms, party| {
            let mut wish = PlaceBooking {
                when: When::Nights {
                    from: from.parse().unwrap(),
                    nights,
                    rooms,
                },
                ..hotel.wish(party, NOW)
            };
            wish.order.quantity = nights * rooms;
            hotel.place_as(world.buyer, wish)
        };
        let placed = book("2027-01-20", 3, 1, 2).unwrap();
        assert_eq!(placed.order.quantity, 3);
        assert_eq!(placed.period.starts_at.to_string(), "2027-01-20T07:00:00Z");
        assert_eq!(placed.period.ends_at.to_string(), "2027-01-23T04:00:00Z");
        assert_eq!(
            code(book("2027-01-18", 4, 2, 4)),
            "booking_full",
            "one night of it has one room left"
        );
        assert_eq!(
            book("2027-01-18", 2, 2, 4).unwrap().order.quantity,
            4,
            "the nights before it"
        );
        assert_eq!(
            code(book("2027-01-25", 1, 1, 3)),
            "booking_full",
            "three do not fit in a double room"
        );
        assert_eq!(code(book("2027-01-25", 15, 1, 1)), "booking_time");
        let vouchers = world.pay(world.buyer, &placed.order, "card-1").vouchers;
        assert_eq!(vouchers.len(), 1, "one right for all nights");
        assert_eq!(hotel.status(placed.booking), BookingStatus::Confirmed);
        let before = Timestamp(placed.period.starts_at.0 - HOUR_US);
        hotel
            .cancel(Actor::Consumer(world.buyer), before, placed.booking)
            .unwrap();
        let payable = world
            .credit(Account::MerchantPayable, Some(world.shop.merchant.uuid()))
            .0;
        assert_eq!(payable, 3 * 8_500 / 2 * 9 / 10);
        assert!(book("2027-01-20", 3, 2, 4).is_ok(), "both rooms are free");
    });
}

#[test]
fn a_stay_is_moved_with_as_many_nights_and_rooms_whatever_its_price_is_of() {
    on_both(|world| {
        let hotel = Restaurant::hotel(world, PricePer::Booking, Vec::new());
        let stay = |from: &str, nights, rooms| When::Nights {
            from: from.parse().unwrap(),
            nights,
            rooms,
        };
        let wish = PlaceBooking {
            when: stay("2027-01-20", 2, 2),
            ..hotel.wish(4, NOW)
        };
        let placed = hotel.place_as(world.buyer, wish).unwrap();
        world.pay(world.buyer, &placed.order, "card-1");
        let moved = |nights, rooms| {
            let cmd = MoveBooking {
                booking: placed.booking,
                when: stay("2027-01-21", nights, rooms),
                seats: None,
                resources: None,
                area: None,
            };
            world.run(Actor::Consumer(world.buyer), NOW, move |tx, ctx| {
                consume::move_booking(tx, ctx, &cmd)
            })
        };
        assert_eq!(code(moved(10, 2)), "booking_time", "nights that nobody paid for");
        assert_eq!(code(moved(1, 2)), "booking_time");
        assert_eq!(code(moved(2, 1)), "booking_full", "four do not fit in one room");
        assert_eq!(moved(2, 2).unwrap().ends_at.to_string(), "2027-01-23T04:00:00Z");
    });
}

/// The rates of the worked stays in `docs/domain/pricing.md`.
fn rates() -> Vec<NightRate> {
    let new_year = NightRate {
        surcharge: 5_000,
        weekdays: Vec::new(),
        from_day: Some(Date::constant(2027, 2, 5)),
        until_day: Some(Date::constant(2027, 2, 11)),
    };
    let weekend = NightRate {
        surcharge: 2_000,
        weekdays: vec![5, 6],
        from_day: None,
        until_day: None,
    };
    vec![weekend, new_year]
}

#[test]
fn the_worked_stays_cost_what_their_nights_cost() {
    let text = include_str!("../../../../docs/domain/pricing.md");
    let (_, after) = text.split_once("### By night\n").expect("a table");
    let rows = after.lines().skip_while(|line| !line.starts_with('|'));
    let rows: Vec<_> = rows.take_while(|line| line.starts_with('|')).skip(2).collect();
    assert!(rows.len() >= 4);
    on_both(|world| {
        let hotel = Restaurant::hotel(world, PricePer::Night, rates());
        for row in &rows {
            let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
            let (_, from) = cells[0].split_once(' ').expect("a weekday and a day");
            let (nights, rooms) = (cells[1].parse().unwrap(), cells[2].parse().unwrap());
            let placed = hotel.stay(from, nights, rooms).unwrap();
            let list = Money::new(placed.order.amounts.list_total, placed.order.currency);
            assert_eq!(list.to_string(), format!("{} CNY", cells[4]), "{row}");
            let order = hotel.stay_wish(from, nights, rooms).order;
            let choice = NightChoice {
                from: from.parse().unwrap(),
                nights,
            };
            let ctx = ctx_at(NOW, Actor::Consumer(world.buyer));
            let quoted = world
                .db
                .read_blocking(move |read| convert::queries::quote(read, &ctx, &order, Some(choice), false));
            assert_eq!(quoted.unwrap().1.amounts, placed.order.amounts, "{row}");
        }
    });
}

#[test]
fn a_stay_is_moved_to_nights_of_the_same_price_by_its_guest_and_to_any_by_the_store() {
    on_both(|world| {
        let hotel = Restaurant::hotel(world, PricePer::Night, rates());
        let placed = hotel.stay("2027-01-20", 2, 1).unwrap();
        world.pay(world.buyer, &placed.order, "card-1");
        let moved = |actor, from: &str| {
            let cmd = MoveBooking {
                booking: placed.booking,
                when: nights(from, 2, 1),
                seats: None,
                resources: None,
                area: None,
            };
            world.run(actor, NOW, move |tx, ctx| consume::move_booking(tx, ctx, &cmd))
        };
        let guest = Actor::Consumer(world.buyer);
        assert_eq!(
            code(moved(guest, "2027-01-21")),
            "booking_time",
            "the second is a Friday"
        );
        assert!(moved(guest, "2027-01-26").is_ok());
        assert!(moved(world.shop.as_owner(), "2027-01-29").is_ok());
    });
}

#[test]
fn a_store_keeps_time_for_itself_without_taking_anybodys() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, "")]);
        place.book(2, SATURDAY_SIX);
        let table = place.resources[0];
        let keep = |hours: i64| {
            let cmd = KeepPlaces {
                merchant: world.shop.merchant,
                store: world.shop.store,
                resources: vec![table],
                period: Period {
                    starts_at: SATURDAY_SIX.plus_us(hours * HOUR_US),
                    ends_at: SATURDAY_SIX.plus_us((hours + 1) * HOUR_US),
                },
                party: 2,
                note: "Ms Chen, called".to_owned(),
            };
            world.run(world.as_cashier(), NOW, move |tx, ctx| {
                consume::keep_places(tx, ctx, &cmd)
            })
        };
        assert_eq!(code(keep(1)), "booking_full");
        let kept = keep(2).unwrap();
        assert_eq!(place.free(2, "2027-01-16"), ["13:00", "13:30"]);
        place.cancel(world.shop.as_owner(), NOW, kept).unwrap();
        assert_eq!(place.free(2, "2027-01-16").len(), 5);
        assert_eq!(place.status(kept), BookingStatus::Cancelled);
    });
}

#[test]
fn holidays_walk_in_tables_and_retired_ones_are_not_given_out() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, ""), (1, 4, "")]);
        let set = |n: usize, status| {
            let cmd = UpdateResource {
                resource: place.resources[n],
                version: 1,
                details: ResourceDetails {
                    status,
                    ..seats("T", (1, 4), "")
                },
            };
            let set = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
                offer::update_resource(tx, ctx, &cmd)
            });
            set.unwrap();
        };
        set(0, offer::ResourceStatus::WalkIn);
        assert_eq!(place.free(2, "2027-01-16").len(), 9);
        set(1, offer::ResourceStatus::Retired);
        assert_eq!(place.free(2, "2027-01-16"), [""; 0]);
        let closed = SetStoreDay {
            merchant: world.shop.merchant,
            store: world.shop.store,
            day: "2027-01-16".parse().unwrap(),
            spans: Some(Vec::new()),
        };
        let place = Restaurant::tables(world, &[(1, 4, "")]);
        world
            .run(world.shop.as_owner(), NOW, move |tx, ctx| {
                offer::set_store_day(tx, ctx, &closed)
            })
            .unwrap();
        assert_eq!(place.free(2, "2027-01-16"), [""; 0]);
        assert_eq!(place.free(2, "2027-01-17").len(), 9);
        assert_eq!(code(place.place(2, SATURDAY_SIX)), "booking_time");
    });
}

#[test]
fn of_many_who_book_the_last_table_at_once_one_gets_it() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, ""), (1, 4, "")]);
        let people: Vec<_> = (0..12).map(|n| consumer(world.db, 100 + n)).collect();
        let answers = at_once(people.len(), |n| {
            // Overlapping in part, so that it is not one bucket that decides.
            let at = SATURDAY_SIX.plus_us((n as i64 % 3) * 30 * MINUTE_US);
            place.place_as(people[n], place.wish(2, at))
        });
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 2);
        assert!(lost.into_iter().all(|no| code(no) == "booking_full"));
    });
}

#[test]
fn a_store_keeps_days_at_most_and_is_told_so_in_words() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, ""), (1, 4, "")]);
        let keep = |hours: i64| {
            let cmd = KeepPlaces {
                merchant: world.shop.merchant,
                store: world.shop.store,
                resources: place.resources.clone(),
                period: Period {
                    starts_at: SATURDAY_SIX,
                    ends_at: SATURDAY_SIX.plus_us(hours * HOUR_US),
                },
                party: 1,
                note: "Painters".to_owned(),
            };
            let kept = world.run(world.as_cashier(), NOW, move |tx, ctx| {
                consume::keep_places(tx, ctx, &cmd)
            });
            kept.map(drop)
        };
        assert_eq!(code(keep(0)), "booking_time");
        assert_eq!(code(keep(63)), "booking_time");
        keep(62).expect("248 quarters of an hour of each table");
    });
}

#[test]
fn whose_bank_took_the_payment_back_is_not_expected_and_the_table_is_free() {
    on_both(|world| {
        let restaurant = Restaurant::tables(world, &[(1, 4, "")]);
        let before = restaurant.free(4, "2027-01-16");
        let placed = restaurant.book(4, SATURDAY_SIX);
        assert_ne!(restaurant.free(4, "2027-01-16"), before);
        charge_back(world, &report(world, placed.order.order, 8_000)).expect("booked");
        assert_eq!(restaurant.status(placed.booking), BookingStatus::Cancelled);
        assert_eq!(restaurant.free(4, "2027-01-16"), before);
        assert_eq!(world.escrow(placed.order.order), (0, 0));
        // A fee that was kept is not the merchant's any more.
        let placed = restaurant.book(4, SATURDAY_SIX);
        let late = SATURDAY_SIX.plus_us(-MINUTE_US);
        restaurant
            .cancel(Actor::Consumer(world.buyer), late, placed.booking)
            .expect("cancelled");
        let kept = world.payable();
        charge_back(world, &report(world, placed.order.order, 8_000)).expect("booked");
        assert!(kept > 0 && world.payable() == 0, "{kept}");
        assert_eq!(world.escrow(placed.order.order), (0, 0));
        assert_eq!(world.credit(Account::ProviderClearing, None), (0, 0));
    });
}

#[test]
fn what_is_booked_is_not_bought_in_a_group() {
    on_both(|world| {
        let restaurant = Restaurant::tables(world, &[(1, 4, "")]);
        let mut wish = restaurant.wish(2, SATURDAY_SIX);
        wish.order.group = Some(GroupChoice::Open);
        let placed = restaurant.place_as(world.buyer, wish);
        assert_eq!(code(placed), "group_not_offered");
    });
}
