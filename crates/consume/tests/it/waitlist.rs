//! Waiting lists: who is offered what becomes free, that it is theirs meanwhile and nobody's twice, and how it ends.

use consume::waitlist::{WaitlistEntry, WaitlistStatus};
use consume::{EndWaiting, JoinWaitlist, LeaveWaitlist, OfferPlace, PlacedBooking, TakePlace, When};
use kernel::{Actor, BookingId, HOUR_US, MINUTE_US, PersonId, Timestamp, WaitlistEntryId};
use offer::{Day, PricePer};
use party::testing::{NOW, consumer};
use store::{PARTITIONS, Rejected, StoredEvent};

use crate::bookings::{Restaurant, SATURDAY_SIX};
use crate::world::World;
use crate::{at_once, code, on_both};

const HALF_US: i64 = 30 * MINUTE_US;

/// A restaurant where people wait.
struct List<'w, 's> {
    world: &'w World<'s>,
    place: Restaurant<'w, 's>,
}

impl<'w, 's> List<'w, 's> {
    /// One table for four.
    fn new(world: &'w World<'s>) -> Self {
        let place = Restaurant::tables(world, &[(1, 4, "")]);
        Self { world, place }
    }

    fn wish(&self, party: i64, (from, until): (Timestamp, Timestamp)) -> JoinWaitlist {
        JoinWaitlist {
            offer: self.place.offer,
            store: self.world.shop.store,
            when: When::At(from),
            starts_until: Some(until),
            party,
            area: None,
            resources: Vec::new(),
        }
    }

    fn join_as(
        &self,
        person: PersonId,
        wish: JoinWaitlist,
        now: Timestamp,
    ) -> Result<WaitlistEntryId, Rejected> {
        self.world.run(Actor::Consumer(person), now, move |tx, ctx| {
            consume::join_waitlist(tx, ctx, &wish)
        })
    }

    /// Somebody new waits from six to half past; those of larger numbers come later.
    fn joined(&self, n: u64) -> (PersonId, WaitlistEntryId) {
        let wish = self.wish(2, (SATURDAY_SIX, SATURDAY_SIX.plus_us(HALF_US)));
        self.joined_for(wish, n)
    }

    fn joined_for(&self, wish: JoinWaitlist, n: u64) -> (PersonId, WaitlistEntryId) {
        let person = consumer(self.world.db, n);
        let at = NOW.plus_us(n as i64 * 1_000);
        (person, self.join_as(person, wish, at).expect("full"))
    }

    /// What the worker does with all that ever happened. Gives how many were offered something.
    fn work(&self, now: Timestamp) -> usize {
        let called_for = self.world.db.read_blocking(move |read| {
            let mut events = Vec::new();
            for partition in 0..PARTITIONS {
                events.extend(StoredEvent::after(read, partition, 0, 1_000)?);
            }
            OfferPlace::called_for(read, &events, now)
        });
        let called_for = called_for.expect("an answer").into_iter();
        called_for.filter(|cmd| self.offer(*cmd, now)).count()
    }

    fn offer(&self, cmd: OfferPlace, now: Timestamp) -> bool {
        let offered = self.world.run(Actor::System, now, move |tx, ctx| {
            consume::offer_place(tx, ctx, &cmd)
        });
        offered.expect("an answer")
    }

    fn entry(&self, entry: WaitlistEntryId) -> WaitlistEntry {
        let found = self
            .world
            .db
            .read_blocking(move |read| consume::queries::waitlist_entry(read, entry));
        found.expect("an answer").expect("an entry")
    }

    fn status(&self, entry: WaitlistEntryId) -> WaitlistStatus {
        self.entry(entry).status
    }

    fn take(
        &self,
        person: PersonId,
        entry: WaitlistEntryId,
        now: Timestamp,
    ) -> Result<PlacedBooking, Rejected> {
        let order = self.place.wish(2, SATURDAY_SIX).order;
        let cmd = TakePlace { entry, order };
        self.world.run(Actor::Consumer(person), now, move |tx, ctx| {
            consume::take_place(tx, ctx, &cmd)
        })
    }

    fn leave(&self, person: PersonId, entry: WaitlistEntryId) -> Result<(), Rejected> {
        self.world.run(Actor::Consumer(person), NOW, move |tx, ctx| {
            consume::leave_waitlist(tx, ctx, &LeaveWaitlist { entry })
        })
    }

    fn end(&self, entry: WaitlistEntryId, now: Timestamp) -> bool {
        let ended = self.world.run(Actor::System, now, move |tx, ctx| {
            consume::end_waiting(tx, ctx, &EndWaiting { entry })
        });
        ended.expect("an answer")
    }

    fn newest_booking(&self, person: PersonId) -> BookingId {
        let found = self
            .world
            .db
            .read_blocking(move |read| consume::queries::bookings_of_person(read, person, None, 1));
        found.expect("an answer")[0].id
    }

    fn cancel(&self, booking: BookingId) {
        let guest = Actor::Consumer(self.world.buyer);
        self.place.cancel(guest, NOW, booking).expect("cancelled");
    }

    /// Whether somebody else can book at six.
    fn book(&self, now: Timestamp) -> Result<PlacedBooking, Rejected> {
        let wish = self.place.wish(2, SATURDAY_SIX);
        self.world
            .run(Actor::Consumer(self.world.buyer), now, move |tx, ctx| {
                consume::place_booking(tx, ctx, &wish)
            })
    }
}

/// Who is offered what, as the table of the document has it: the evening of one table is full of three visits, some of
/// which are cancelled.
#[test]
fn the_first_that_it_fits_is_offered_what_becomes_free() {
    let text = include_str!("../../../../docs/domain/booking.md");
    let header = "| who waits, in this order | cancelled | offered |";
    let table = text.split_once(header).expect("the table").1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let rows: Vec<Vec<&str>> = rows
        .map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() >= 5);
    on_both(|world| {
        let list = List::new(world);
        for (n, row) in rows.iter().enumerate() {
            // On the clocks of Shanghai, each row on a day of its own.
            let at = |clock: &str| {
                let (hours, minutes) = clock.split_once(':').expect("a time");
                let number = |text: &str| text.parse::<i64>().expect("a number");
                let hours = number(hours) - 18 + 24 * n as i64;
                SATURDAY_SIX.plus_us(hours * HOUR_US + number(minutes) * MINUTE_US)
            };
            let visits = ["17:30", "19:00", "20:30"].map(|time| (time, list.place.book(2, at(time)).booking));
            let mut waiting = Vec::new();
            for (i, wish) in row[0].split("; ").enumerate() {
                let (name, wish) = wish.split_once(": ").expect("a name");
                let (party, times) = wish.split_once(" at ").expect("a party");
                let (from, until) = times.split_once(" to ").unwrap_or((times, times));
                let wish = list.wish(party.parse().expect("a number"), (at(from), at(until)));
                let (_, entry) = list.joined_for(wish, (1_000 + 10 * n + i) as u64);
                waiting.push((name, entry));
            }
            for cancelled in row[1].split(" and ") {
                let (_, booking) = visits
                    .iter()
                    .find(|(time, _)| *time == cancelled)
                    .expect("a visit");
                list.cancel(*booking);
            }
            list.work(NOW);
            let offered = waiting.iter().filter_map(|(name, entry)| {
                let minutes = list.entry(*entry).period?.starts_at.since_us(at("00:00")) / MINUTE_US;
                Some(format!("{name} {:02}:{:02}", minutes / 60, minutes % 60))
            });
            assert_eq!(offered.collect::<Vec<_>>().join(", "), row[2], "{row:?}");
        }
    });
}

#[test]
fn what_is_offered_is_nobody_elses_until_it_is_taken_left_or_missed() {
    on_both(|world| {
        let list = List::new(world);
        let booked = list.place.book(2, SATURDAY_SIX).booking;
        let [(ann, first), (bo, second), (_, third)] = [201, 202, 203].map(|n| list.joined(n));
        assert_eq!(list.work(NOW), 0, "nothing is free");
        assert_eq!(code(list.take(ann, first, NOW)), "waitlist_status");
        list.cancel(booked);
        assert_eq!(list.work(NOW), 1);
        assert_eq!(list.work(NOW), 0, "the same news twice is one offer");
        assert_eq!(code(list.book(NOW)), "booking_full");
        assert_eq!(code(list.take(bo, first, NOW)), "not_found");
        assert_eq!(code(list.leave(bo, first)), "not_found");
        assert_eq!(code(list.take(bo, second, NOW)), "waitlist_status");
        let minutes = |n| NOW.plus_us(n * MINUTE_US);
        list.leave(ann, first).unwrap();
        assert_eq!(code(list.leave(ann, first)), "waitlist_status");
        assert_eq!(list.work(minutes(1)), 1);
        assert!(!list.end(second, minutes(15)), "it is held a quarter of an hour");
        assert!(list.end(second, minutes(16)));
        assert!(!list.end(second, minutes(16)));
        assert_eq!(code(list.take(bo, second, minutes(16))), "waitlist_status");
        assert_eq!(list.work(minutes(16)), 1);
        let statuses = [first, second, third].map(|entry| list.status(entry));
        use WaitlistStatus::{Left, Missed, Offered};
        assert_eq!(statuses, [Left, Missed, Offered]);
    });
}

#[test]
fn who_takes_it_has_an_ordinary_booking_and_if_they_do_not_pay_the_next_is_offered_it() {
    on_both(|world| {
        let list = List::new(world);
        let booked = list.place.book(2, SATURDAY_SIX).booking;
        let [(ann, first), (bo, second)] = [201, 202].map(|n| list.joined(n));
        list.cancel(booked);
        list.work(NOW);
        let placed = list.take(ann, first, NOW).unwrap();
        assert_eq!(placed.period.starts_at, SATURDAY_SIX);
        assert_eq!(placed.order.amounts.cash_due, 8_000);
        assert_eq!(list.status(first), WaitlistStatus::Booked);
        assert_eq!(code(list.take(ann, first, NOW)), "waitlist_status");
        assert_eq!(code(list.book(NOW)), "booking_full");
        let order = placed.order.order;
        let later = NOW.plus_us(16 * MINUTE_US);
        world
            .run(Actor::System, later, move |tx, ctx| {
                convert::release_order(tx, ctx, &convert::ReleaseOrder { order })
            })
            .unwrap();
        assert_eq!(list.work(later), 1);
        let placed = list.take(bo, second, later).unwrap();
        world.pay(bo, &placed.order, "card-9");
        assert_eq!(code(list.book(later)), "booking_full");
        world.audit();
    });
}

#[test]
fn one_waits_only_for_what_is_full_and_once() {
    on_both(|world| {
        let list = List::new(world);
        list.place.book(2, SATURDAY_SIX);
        let (ann, entry) = list.joined(201);
        let try_as = |person, party, from, until| {
            let wish = list.wish(party, (SATURDAY_SIX.plus_us(from), SATURDAY_SIX.plus_us(until)));
            list.join_as(person, wish, NOW)
        };
        let bo = consumer(world.db, 202);
        let refused = try_as(bo, 2, 0, 2 * HOUR_US).unwrap_err();
        assert_eq!(refused.code, "waitlist_not_full");
        let alternatives = refused
            .members
            .as_ref()
            .and_then(|members| members.get("alternatives"));
        let free = serde_json::json!(["2027-01-16T11:30:00Z", "2027-01-16T12:00:00Z"]);
        assert_eq!(alternatives, Some(&free));
        assert_eq!(code(try_as(ann, 2, HALF_US, HOUR_US)), "waitlist_already_in");
        assert_eq!(code(try_as(bo, 13, 0, 0)), "booking_party");
        assert_eq!(code(try_as(bo, 2, MINUTE_US, MINUTE_US)), "booking_time");
        assert_eq!(code(try_as(bo, 2, HALF_US, 0)), "booking_time");
        let nights = JoinWaitlist {
            when: When::Nights {
                from: Day::in_utc(SATURDAY_SIX),
                nights: 1,
                rooms: 1,
            },
            ..list.wish(2, (SATURDAY_SIX, SATURDAY_SIX))
        };
        assert_eq!(
            code(list.join_as(bo, nights, NOW)),
            "booking_time",
            "a dinner has none"
        );
        let tomorrow = 24 * HOUR_US;
        assert_eq!(code(try_as(ann, 2, tomorrow, tomorrow)), "waitlist_not_full");
        list.leave(ann, entry).unwrap();
        try_as(ann, 2, 0, HALF_US).unwrap();
    });
}

#[test]
fn nothing_is_held_for_longer_than_it_can_be_booked_and_nobody_waits_for_what_is_over() {
    on_both(|world| {
        let list = List::new(world);
        let booked = list.place.book(2, SATURDAY_SIX).booking;
        let [(ann, first), (_, second)] = [201, 202].map(|n| list.joined(n));
        // It is booked half an hour before at the latest, and the last time that would do is half past.
        let last = SATURDAY_SIX;
        assert!(!list.end(second, last.plus_us(-1)));
        let guest = Actor::Consumer(world.buyer);
        let late = SATURDAY_SIX.plus_us(-40 * MINUTE_US);
        list.place.cancel(guest, late, booked).unwrap();
        assert_eq!(list.work(late), 1);
        let stands_until = SATURDAY_SIX.plus_us(-HALF_US);
        assert_eq!(list.entry(first).stands_until, stands_until);
        assert_eq!(code(list.take(ann, first, stands_until)), "waitlist_status");
        assert!(list.end(second, last));
        assert_eq!(list.status(second), WaitlistStatus::Over);
    });
}

#[test]
fn nights_are_waited_for_by_their_first_day() {
    on_both(|world| {
        let place = Restaurant::hotel(world, PricePer::Night, Vec::new());
        let list = List { world, place };
        let from = Day::in_utc(SATURDAY_SIX);
        let stay = |nights, rooms| When::Nights { from, nights, rooms };
        let mut wish = list.place.wish(2, SATURDAY_SIX);
        (wish.when, wish.order.quantity) = (stay(2, 2), 4);
        let placed = list.place.place_as(world.buyer, wish).unwrap();
        let ann = consumer(world.db, 201);
        let wish = JoinWaitlist {
            when: stay(2, 1),
            starts_until: None,
            ..list.wish(2, (SATURDAY_SIX, SATURDAY_SIX))
        };
        let entry = list.join_as(ann, wish, NOW).unwrap();
        world.pay(world.buyer, &placed.order, "card-1");
        list.cancel(placed.booking);
        assert_eq!(list.work(NOW), 1);
        let held = list.entry(entry).period.unwrap();
        assert_eq!(held.starts_at.to_string(), "2027-01-16T07:00:00Z");
        assert_eq!(code(list.take(ann, entry, NOW)), "order_quantity_invalid");
        assert_eq!(list.status(entry), WaitlistStatus::Offered, "it is still theirs");
    });
}

#[test]
fn two_that_become_free_are_two_peoples_and_one_is_one_persons() {
    on_both(|world| {
        let place = Restaurant::tables(world, &[(1, 4, ""), (1, 4, "")]);
        let list = List { world, place };
        let booked = [0, 1].map(|_| list.place.book(2, SATURDAY_SIX).booking);
        let entries: Vec<_> = (0..3).map(|n| list.joined(300 + n).1).collect();
        at_once(2, |n| {
            let guest = Actor::Consumer(world.buyer);
            list.place.cancel(guest, NOW, booked[n]).unwrap();
        });
        // Every node looks, and somebody else would like it as well.
        let booked = at_once(12, |n| match n % 4 {
            3 => list.book(NOW).is_ok(),
            _ => {
                let entry = entries[n % 4];
                list.offer(OfferPlace { entry }, NOW);
                false
            }
        });
        let booked = booked.into_iter().filter(|booked| *booked).count();
        let offered = entries
            .iter()
            .filter(|entry| list.status(**entry) == WaitlistStatus::Offered);
        assert_eq!(booked + offered.count(), 2);
        assert_eq!(code(list.book(NOW)), "booking_full");
    });
}

#[test]
fn a_place_is_taken_or_it_runs_out_never_both() {
    on_both(|world| {
        let list = List::new(world);
        for round in 0..6 {
            let booked = list.place.book(2, SATURDAY_SIX).booking;
            let (ann, entry) = list.joined(400 + round);
            list.cancel(booked);
            list.work(NOW);
            let last_moment = NOW.plus_us(15 * MINUTE_US - 1);
            let over = NOW.plus_us(15 * MINUTE_US);
            let won = at_once(6, |n| match n % 3 {
                0 => list.take(ann, entry, last_moment).is_ok(),
                1 => list.end(entry, over),
                _ => list.leave(ann, entry).is_ok(),
            });
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
            let is_booked = won[0] || won[3];
            assert_eq!(list.status(entry) == WaitlistStatus::Booked, is_booked);
            let booked_after = list.book(NOW);
            assert_eq!(booked_after.is_err(), is_booked);
            let (guest, placed) = match booked_after {
                Ok(placed) => (world.buyer, placed.booking),
                Err(_) => (ann, list.newest_booking(ann)),
            };
            list.place.cancel(Actor::Consumer(guest), NOW, placed).unwrap();
        }
    });
}
