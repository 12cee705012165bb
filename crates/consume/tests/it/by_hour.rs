//! Rooms by the hour: the guest says for how many, and stays longer if nobody else comes.

use consume::queries::{Availability, availability};
use consume::{
    BookOvertime, BookingStatus, JoinWaitlist, MoveBooking, OfferPlace, PlaceBooking, PlacedBooking,
    TakePlace, When,
};
use kernel::{Actor, BookingId, MINUTE_US, PersonId, Timestamp};
use offer::testing::{karaoke, seats};
use offer::{Day, ResourceKind, SetBookingTerms, Stay};
use party::testing::{NOW, consumer};
use store::Rejected;

use crate::bookings::{Restaurant, SATURDAY_SIX};
use crate::world::World;
use crate::{at_once, code, on_both};

/// One room for four in most tests.
struct Karaoke<'w, 's> {
    world: &'w World<'s>,
    booked: Restaurant<'w, 's>,
}

fn later(minutes: i64) -> Timestamp {
    SATURDAY_SIX.plus_us(minutes * MINUTE_US)
}

impl<'w, 's> Karaoke<'w, 's> {
    fn new(world: &'w World<'s>, rooms: usize) -> Self {
        let room = |n: usize| (ResourceKind::Room, seats(&format!("Room {n}"), (1, 4), ""));
        let rooms: Vec<_> = (0..rooms).map(room).collect();
        let booked = Restaurant::new(world, karaoke(), &rooms);
        Self { world, booked }
    }

    fn wish(&self, starts_at: Timestamp, hours: i64) -> PlaceBooking {
        let mut wish = self.booked.wish(3, starts_at);
        wish.when = When::Hours { starts_at, hours };
        wish.order.quantity = hours;
        wish
    }

    fn place(&self, starts_at: Timestamp, hours: i64) -> Result<PlacedBooking, Rejected> {
        self.booked
            .place_as(self.world.buyer, self.wish(starts_at, hours))
    }

    fn book(&self, starts_at: Timestamp, hours: i64) -> PlacedBooking {
        let placed = self.place(starts_at, hours).expect("free");
        self.world.pay(self.world.buyer, &placed.order, "card-1");
        placed
    }

    fn overtime(
        &self,
        (person, now): (PersonId, Timestamp),
        booking: BookingId,
        hours: i64,
    ) -> Result<PlacedBooking, Rejected> {
        let cmd = BookOvertime {
            booking,
            hours,
            order: self.wish(NOW, hours).order,
        };
        let booked = self.world.run(Actor::Consumer(person), now, move |tx, ctx| {
            consume::book_overtime(tx, ctx, &cmd)
        });
        self.world.audit();
        booked
    }

    fn stay_longer(&self, booking: BookingId, now: Timestamp, hours: i64) -> Result<PlacedBooking, Rejected> {
        self.overtime((self.world.buyer, now), booking, hours)
    }

    fn clear_up_for(&self, minutes: i64) {
        let mut terms = offer::testing::karaoke();
        if let Stay::Visit(visit) = &mut terms.stay {
            visit.services[0].after_minutes = minutes;
        }
        let set = SetBookingTerms {
            offer: self.booked.offer,
            terms,
            resources: vec![self.booked.resources.clone()],
        };
        let set = self.world.run(self.world.shop.as_owner(), NOW, move |tx, ctx| {
            offer::set_booking_terms(tx, ctx, &set)
        });
        set.expect("sound terms");
    }

    /// When a room is free that day for so long.
    fn free(&self, hours: i64) -> Vec<Timestamp> {
        let (offer, store) = (self.booked.offer, self.world.shop.store);
        let days = self.world.db.read_blocking(move |read| {
            let asked = Availability {
                offer,
                store,
                from: Day::in_utc(SATURDAY_SIX),
                days: 1,
                party: 2,
                nights: 1,
                hours: Some(hours),
                rooms: 1,
                area: None,
                resources: Vec::new(),
                moves: None,
            };
            availability(read, &asked, NOW)
        });
        let starts = days.expect("an answer").into_iter().flat_map(|day| day.starts);
        let free = starts.filter(|start| start.is_free);
        free.map(|start| start.period.starts_at).collect()
    }

    fn move_to(&self, booking: BookingId, starts_at: Timestamp, hours: i64) -> Result<(), Rejected> {
        let cmd = MoveBooking {
            booking,
            when: When::Hours { starts_at, hours },
            seats: None,
            resources: None,
            area: None,
        };
        let guest = Actor::Consumer(self.world.buyer);
        let moved = self
            .world
            .run(guest, NOW, move |tx, ctx| consume::move_booking(tx, ctx, &cmd));
        moved.map(drop)
    }
}

#[test]
fn a_room_costs_what_its_hours_do_and_is_somebodys_for_as_long() {
    on_both(|world| {
        let karaoke = Karaoke::new(world, 1);
        let placed = karaoke.book(SATURDAY_SIX, 3);
        assert_eq!(placed.period.ends_at, later(180));
        assert_eq!(placed.order.amounts.list_total, 3 * 10_000);
        // It is cleared up until 21:15.
        assert_eq!(code(karaoke.place(later(120), 2)), "booking_full");
        assert_eq!(code(karaoke.place(later(180), 2)), "booking_full");
        assert_eq!(
            code(karaoke.place(later(210), 2)),
            "booking_time",
            "it closes at eleven"
        );
        // Of the half hours that are long enough none is left before and after.
        assert_eq!(karaoke.free(2), Vec::new());
    });
}

#[test]
fn as_many_hours_as_the_offer_allows_and_no_other_booking_has_them() {
    on_both(|world| {
        let karaoke = Karaoke::new(world, 1);
        for hours in [-1, 0, 1, 5, i64::MAX] {
            let refused = karaoke.place(SATURDAY_SIX, hours).expect_err("2 to 4 hours");
            assert_eq!(
                (refused.code.as_str(), refused.field.as_deref()),
                ("booking_time", Some("/when/hours")),
                "{hours}"
            );
        }
        let at = karaoke.booked.place(3, SATURDAY_SIX).expect_err("for how long?");
        assert_eq!(at.field.as_deref(), Some("/when/hours"));
        let mut wrong = karaoke.wish(SATURDAY_SIX, 3);
        wrong.order.quantity = 2;
        assert_eq!(
            code(karaoke.booked.place_as(world.buyer, wrong)),
            "order_quantity_invalid"
        );
        let tables = Restaurant::tables(world, &[(1, 4, "")]);
        let mut wish = tables.wish(2, SATURDAY_SIX);
        wish.when = When::Hours {
            starts_at: SATURDAY_SIX,
            hours: 2,
        };
        let refused = tables.place_as(world.buyer, wish).expect_err("a dinner");
        assert_eq!(refused.field.as_deref(), Some("/when/hours"));
    });
}

#[test]
fn a_booking_by_the_hour_is_moved_with_its_hours() {
    on_both(|world| {
        let karaoke = Karaoke::new(world, 1);
        let placed = karaoke.book(SATURDAY_SIX, 3);
        assert_eq!(
            code(karaoke.move_to(placed.booking, later(30), 2)),
            "booking_time"
        );
        karaoke
            .move_to(placed.booking, later(60), 3)
            .expect("it overlaps itself alone");
        assert_eq!(
            code(karaoke.place(SATURDAY_SIX.plus_us(-30 * MINUTE_US), 2)),
            "booking_full"
        );
    });
}

#[test]
fn who_is_there_stays_longer_in_the_same_room_until_it_closes() {
    on_both(|world| {
        let karaoke = Karaoke::new(world, 2);
        let placed = karaoke.book(SATURDAY_SIX, 2);
        // An hour is less than the least, and that it begins at once is too late for anybody else.
        let over = karaoke.stay_longer(placed.booking, later(119), 1).expect("free");
        assert_eq!(
            (over.period.starts_at, over.period.ends_at),
            (later(120), later(180))
        );
        assert_eq!(over.resources, placed.resources);
        assert_eq!(over.order.amounts.list_total, 10_000);
        world.pay(world.buyer, &over.order, "card-1");
        assert_eq!(karaoke.booked.status(over.booking), BookingStatus::Confirmed);
        // What goes on is the last of it, until eleven.
        let again = karaoke.stay_longer(placed.booking, later(119), 1);
        assert_eq!(code(again), "booking_full");
        for (hours, field) in [(0, "/hours"), (5, "/hours"), (3, "/hours")] {
            let refused = karaoke
                .stay_longer(over.booking, later(150), hours)
                .expect_err("too long");
            assert_eq!(
                (refused.code.as_str(), refused.field.as_deref()),
                ("booking_time", Some(field)),
                "{hours}"
            );
        }
        let last = karaoke
            .stay_longer(over.booking, later(150), 2)
            .expect("until eleven");
        assert_eq!(last.period.ends_at, later(300));
    });
}

#[test]
fn nobody_stays_longer_where_somebody_else_comes_or_who_is_not_there() {
    on_both(|world| {
        let karaoke = Karaoke::new(world, 1);
        let first = karaoke.book(SATURDAY_SIX, 2);
        let next = karaoke
            .place(later(150), 2)
            .expect("cleared up at a quarter past eight");
        // From a quarter past eight, when it would be cleared up, to half past the room is nobody's, and that is no hour.
        let refused = karaoke
            .stay_longer(first.booking, later(60), 1)
            .expect_err("taken");
        assert_eq!(refused.code, "booking_full");
        assert!(
            refused.detail.contains(&later(180).to_string()),
            "{}",
            refused.detail
        );
        let status = |refused| code::<PlacedBooking>(refused);
        assert_eq!(
            status(karaoke.stay_longer(first.booking, later(-1), 1)),
            "booking_status",
            "not begun yet"
        );
        assert_eq!(
            status(karaoke.stay_longer(next.booking, later(60), 1)),
            "booking_status",
            "not paid yet"
        );
        assert_eq!(
            status(karaoke.stay_longer(first.booking, later(120), 1)),
            "booking_status",
            "over"
        );
        let other = consumer(world.db, 77);
        assert_eq!(
            status(karaoke.overtime((other, later(60)), first.booking, 1)),
            "not_found"
        );
        karaoke
            .booked
            .cancel(Actor::Consumer(world.buyer), NOW, first.booking)
            .expect("in time");
        assert_eq!(
            status(karaoke.stay_longer(first.booking, later(60), 1)),
            "booking_status"
        );
        let dinner = Restaurant::tables(world, &[(1, 4, "")]).book(2, SATURDAY_SIX);
        let mut order = karaoke.wish(NOW, 1).order;
        order.offer = dinner.order.offer;
        let cmd = BookOvertime {
            booking: dinner.booking,
            hours: 1,
            order,
        };
        let guest = Actor::Consumer(world.buyer);
        let refused = world.run(guest, later(10), move |tx, ctx| {
            consume::book_overtime(tx, ctx, &cmd)
        });
        assert_eq!(code(refused), "booking_not_offered");
    });
}

#[test]
fn what_it_takes_to_stay_longer_is_what_the_booking_has_not() {
    on_both(|world| {
        let karaoke = Karaoke::new(world, 1);
        karaoke.clear_up_for(0);
        let first = karaoke.book(SATURDAY_SIX, 2);
        let next = karaoke.book(later(120), 2);
        // Now it takes an hour to clear up, which nobody has who booked before.
        karaoke.clear_up_for(60);
        assert_eq!(
            code(karaoke.stay_longer(first.booking, later(60), 1)),
            "booking_full"
        );
        let over = karaoke.stay_longer(next.booking, later(130), 1).expect("free");
        assert_eq!(over.period.ends_at, later(300));
    });
}

#[test]
fn nobody_stays_longer_in_a_room_that_is_not_let_any_more() {
    on_both(|world| {
        let karaoke = Karaoke::new(world, 2);
        let placed = karaoke.book(SATURDAY_SIX, 2);
        let other = karaoke
            .booked
            .resources
            .iter()
            .find(|room| !placed.resources.contains(room));
        let set = SetBookingTerms {
            offer: karaoke.booked.offer,
            terms: offer::testing::karaoke(),
            resources: vec![vec![*other.expect("two rooms")]],
        };
        let set = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
            offer::set_booking_terms(tx, ctx, &set)
        });
        set.expect("sound terms");
        let refused = karaoke.stay_longer(placed.booking, later(60), 1);
        assert_eq!(code(refused), "booking_time");
    });
}

#[test]
fn of_overtime_and_a_booking_at_once_one_gets_the_room() {
    on_both(|world| {
        let karaoke = Karaoke::new(world, 1);
        let first = karaoke.book(SATURDAY_SIX, 2);
        let others: Vec<PersonId> = (0..8).map(|n| consumer(world.db, 100 + n)).collect();
        let answers = at_once(16, |n| match n % 2 {
            0 => {
                let cmd = BookOvertime {
                    booking: first.booking,
                    hours: 2,
                    order: karaoke.wish(NOW, 2).order,
                };
                let guest = Actor::Consumer(world.buyer);
                world.run(guest, later(10), move |tx, ctx| {
                    consume::book_overtime(tx, ctx, &cmd)
                })
            }
            _ => karaoke
                .booked
                .place_as(others[n / 2], karaoke.wish(later(150), 2)),
        });
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1);
        assert!(lost.into_iter().all(|answer| code(answer) == "booking_full"));
        world.audit();
    });
}

#[test]
fn who_waits_for_hours_is_offered_as_many() {
    on_both(|world| {
        let karaoke = Karaoke::new(world, 1);
        let first = karaoke.book(SATURDAY_SIX, 4);
        let waits = consumer(world.db, 50);
        let join = |hours| JoinWaitlist {
            offer: karaoke.booked.offer,
            store: world.shop.store,
            when: When::Hours {
                starts_at: SATURDAY_SIX,
                hours,
            },
            starts_until: Some(later(60)),
            party: 2,
            area: None,
            resources: Vec::new(),
        };
        let joined = |cmd: JoinWaitlist| {
            world.run(Actor::Consumer(waits), NOW, move |tx, ctx| {
                consume::join_waitlist(tx, ctx, &cmd)
            })
        };
        assert_eq!(code(joined(join(1))), "booking_time");
        let entry = joined(join(3)).expect("full");
        karaoke
            .booked
            .cancel(Actor::Consumer(world.buyer), NOW, first.booking)
            .expect("in time");
        let offered = world.run(Actor::System, NOW, move |tx, ctx| {
            consume::offer_place(tx, ctx, &OfferPlace { entry })
        });
        assert_eq!(offered, Ok(true));
        let take = TakePlace {
            entry,
            order: karaoke.wish(NOW, 3).order,
        };
        let taken = world.run(Actor::Consumer(waits), NOW, move |tx, ctx| {
            consume::take_place(tx, ctx, &take)
        });
        let taken = taken.expect("held for them");
        assert_eq!(
            (taken.period.starts_at, taken.period.ends_at),
            (SATURDAY_SIX, later(180))
        );
    });
}
