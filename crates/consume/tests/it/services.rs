//! Several services in one visit: each with its own people, in its own time, all or none.

use consume::queries::{Availability, availability, bookings_of_store};
use consume::{
    BookedResource, JoinWaitlist, MoveBooking, OfferPlace, PlaceBooking, PlacedBooking, TakePlace, When,
};
use kernel::{Actor, DAY_US, HOUR_US, MINUTE_US, ResourceId, Timestamp};
use offer::testing::{cut_colour_nails, seats};
use offer::{Day, ResourceKind, SetBookingTerms};
use party::testing::{NOW, consumer};
use store::{Rejected, sql};

use crate::bookings::Restaurant;
use crate::world::World;
use crate::{at_once, code, on_both};

/// 2027-01-16 10:00 in Shanghai, when the salon opens.
const TEN: Timestamp = Timestamp(NOW.0 + 18 * HOUR_US);

fn later(minutes: i64) -> Timestamp {
    TEN.plus_us(minutes * MINUTE_US)
}

/// A haircut of 45 minutes with Wei or Min, who clear up for 15; an hour's colouring with Min or Hua, at the basin; half
/// an hour's manicure with Qi.
struct Salon<'w, 's> {
    world: &'w World<'s>,
    booked: Restaurant<'w, 's>,
}

const WEI: usize = 0;
const MIN: usize = 1;
const HUA: usize = 2;
const BASIN: usize = 3;
const QI: usize = 4;

impl<'w, 's> Salon<'w, 's> {
    fn new(world: &'w World<'s>) -> Self {
        Self::of(world, [&[WEI, MIN], &[MIN, HUA, BASIN], &[QI]])
    }

    fn of(world: &'w World<'s>, services: [&[usize]; 3]) -> Self {
        let person = |name: &str| (ResourceKind::Person, seats(name, (1, 1), ""));
        let basin = (ResourceKind::Room, seats("Basin", (1, 1), ""));
        let resources = [person("Wei"), person("Min"), person("Hua"), basin, person("Qi")];
        let booked = Restaurant::new(world, cut_colour_nails(), &resources);
        let of_service = |of: &[usize]| of.iter().map(|n| booked.resources[*n]).collect();
        let set = SetBookingTerms {
            offer: booked.offer,
            terms: cut_colour_nails(),
            resources: services.map(of_service).into(),
        };
        let set = world.run(world.shop.as_owner(), NOW, move |tx, ctx| {
            offer::set_booking_terms(tx, ctx, &set)
        });
        set.expect("sound terms");
        Self { world, booked }
    }

    fn wish(&self, at: Timestamp, with: &[Option<usize>]) -> PlaceBooking {
        let with = with.iter().map(|n| n.map(|n| self.booked.resources[n]));
        PlaceBooking {
            resources: with.collect(),
            ..self.booked.wish(1, at)
        }
    }

    fn place(&self, at: Timestamp, with: &[Option<usize>]) -> Result<PlacedBooking, Rejected> {
        self.booked.place_as(self.world.buyer, self.wish(at, with))
    }

    fn keep(&self, who: usize, from: Timestamp, minutes: i64) {
        let keep = consume::KeepPlaces {
            merchant: self.world.shop.merchant,
            store: self.world.shop.store,
            resources: vec![self.booked.resources[who]],
            period: offer::Period {
                starts_at: from,
                ends_at: from.plus_us(minutes * MINUTE_US),
            },
            party: 1,
            note: String::new(),
        };
        let kept = self.world.run(self.world.shop.as_owner(), NOW, move |tx, ctx| {
            consume::keep_places(tx, ctx, &keep)
        });
        kept.expect("free");
    }

    fn is_free(&self, at: Timestamp, with: &[Option<usize>]) -> bool {
        let (offer, store) = (self.booked.offer, self.world.shop.store);
        let resources = self.wish(at, with).resources;
        let days = self.world.db.read_blocking(move |read| {
            let asked = Availability {
                offer,
                store,
                from: Day::in_utc(at),
                days: 1,
                party: 1,
                nights: 1,
                hours: None,
                rooms: 1,
                area: None,
                resources: resources.clone(),
                moves: None,
            };
            availability(read, &asked, NOW)
        });
        let starts = days.expect("an answer").into_iter().flat_map(|day| day.starts);
        let mut starts = starts.filter(|start| start.period.starts_at == at);
        starts.next().expect("a start").is_free
    }

    /// Who is taken or held, from and until how many minutes after ten, in the order of the list.
    fn taken(&self) -> Vec<(usize, i64, i64)> {
        let mut taken = Vec::new();
        for (n, id) in self.booked.resources.iter().enumerate() {
            for step in self.steps_of(*id) {
                match taken.last_mut() {
                    Some((last, _, until)) if (*last, *until) == (n, step) => *until += 15,
                    _ => taken.push((n, step, step + 15)),
                }
            }
        }
        taken
    }

    fn steps_of(&self, resource: ResourceId) -> Vec<i64> {
        let range = offer::place::step_at(TEN)..offer::place::step_at(TEN.plus_us(DAY_US));
        let found = self.world.db.read_blocking(move |read| {
            let rows = read.many(sql!(
                "SELECT id FROM bucket WHERE id >= $1 AND id < $2 AND held + taken > 0 ORDER BY id",
                offer::place::bucket_of(resource, range.start),
                offer::place::bucket_of(resource, range.end)
            ))?;
            let ids = rows.into_iter().map(|mut row| row.take::<kernel::BucketId>());
            Ok(ids.collect::<Result<Vec<_>, _>>()?)
        });
        let step = |id: &kernel::BucketId| i64::from(id.uuid().as_u128() as u32);
        let minutes = |id: &kernel::BucketId| (step(id) - offer::place::step_at(TEN)) * 15;
        found.expect("an answer").iter().map(minutes).collect()
    }

    fn resources_of(&self, placed: &PlacedBooking) -> Vec<(String, String, i64, i64)> {
        let booking = placed.booking;
        let found = self
            .world
            .db
            .read_blocking(move |read| consume::queries::booking(read, booking));
        let minutes = |at: Timestamp| at.since_us(TEN) / MINUTE_US;
        let shown = |of: BookedResource| {
            let service = of.service.in_language("en").to_owned();
            (
                of.name,
                service,
                minutes(of.period.starts_at),
                minutes(of.period.ends_at),
            )
        };
        let found = found.expect("an answer").expect("a booking");
        found.resources.into_iter().map(shown).collect()
    }
}

#[test]
fn each_is_taken_for_their_own_service_only() {
    on_both(|world| {
        let salon = Salon::new(world);
        let first = salon.place(TEN, &[]).expect("free");
        assert_eq!(first.period.ends_at, later(135));
        assert_eq!(
            salon.taken(),
            [(WEI, 0, 60), (MIN, 45, 105), (BASIN, 45, 105), (QI, 105, 135)],
            "with a quarter of an hour to clear up after the haircut"
        );
        let said =
            |name: &str, service: &str, from, until| (name.to_owned(), service.to_owned(), from, until);
        assert_eq!(
            salon.resources_of(&first),
            [
                said("Wei", "Haircut", 0, 45),
                said("Min", "Colouring", 45, 105),
                said("Basin", "Colouring", 45, 105),
                said("Qi", "Manicure", 105, 135)
            ]
        );
        assert!(salon.is_free(later(60), &[]), "as soon as Wei and the basin are");
        let second = salon.place(later(60), &[]).expect("free");
        assert_eq!(salon.booked.tables_of(&second), [WEI, HUA, BASIN, QI]);
        let (store, from) = (world.shop.store, TEN);
        let day = world
            .db
            .read_blocking(move |read| bookings_of_store(read, store, from, from.plus_us(DAY_US)));
        let day = day.expect("an answer");
        let of_wei = day.iter().flat_map(|booking| &booking.resources);
        let of_wei = of_wei.filter(|of| of.id == salon.booked.resources[WEI]);
        let of_wei: Vec<_> = of_wei
            .map(|of| (of.period.starts_at, of.period.ends_at))
            .collect();
        assert_eq!(of_wei, [(TEN, later(45)), (later(60), later(105))]);
    });
}

#[test]
fn a_service_that_finds_nobody_is_named_and_nothing_is_taken() {
    on_both(|world| {
        let salon = Salon::new(world);
        salon.keep(BASIN, later(90), 15);
        let before = salon.taken();
        assert!(!salon.is_free(TEN, &[]));
        assert!(salon.is_free(later(60), &[]), "the basin is free from then on");
        let refused = salon.place(TEN, &[]).expect_err("no basin");
        assert_eq!(refused.code, "booking_full");
        assert!(
            refused
                .detail
                .starts_with("Nobody, or nothing, is free for service 2, Colouring."),
            "{}",
            refused.detail
        );
        let members = refused.members.expect("members");
        assert_eq!(members.get("service"), Some(&1.into()));
        assert_eq!(
            members.get("alternatives").and_then(|times| times.get(0)),
            Some(&later(60).to_string().into())
        );
        assert_eq!(salon.taken(), before);
    });
}

#[test]
fn a_guest_names_whom_they_want_for_each_service_or_anyone() {
    on_both(|world| {
        let salon = Salon::new(world);
        let with = |with: &[Option<usize>]| {
            let placed = salon.place(TEN, with)?;
            let chosen = salon.booked.tables_of(&placed);
            world.pay(world.buyer, &placed.order, "card-1");
            let cancelled = salon.booked.cancel(world.shop.as_owner(), NOW, placed.booking);
            cancelled.expect("a confirmed booking");
            Ok::<_, Rejected>(chosen)
        };
        assert_eq!(
            code(with(&[Some(HUA)])),
            "booking_not_offered",
            "she cuts no hair"
        );
        assert_eq!(code(with(&[None, None, None, Some(QI)])), "booking_not_offered");
        assert_eq!(
            with(&[Some(MIN), Some(HUA)]).expect("free"),
            [MIN, HUA, BASIN, QI]
        );
        salon.keep(HUA, later(105), 15);
        assert!(salon.is_free(later(45), &[]), "Min colours instead");
        assert!(!salon.is_free(later(45), &[None, Some(HUA)]));
        assert_eq!(code(salon.place(later(45), &[None, Some(HUA)])), "booking_full");
        assert_eq!(
            salon
                .booked
                .tables_of(&salon.place(later(45), &[Some(WEI), Some(MIN)]).expect("free")),
            [WEI, MIN, BASIN, QI]
        );
    });
}

#[test]
fn who_serves_twice_in_a_visit_is_taken_once_for_the_time_between() {
    on_both(|world| {
        let salon = Salon::of(world, [&[MIN], &[MIN], &[MIN]]);
        let placed = salon.place(TEN, &[]).expect("she clears up for nobody else");
        assert_eq!(salon.taken(), [(MIN, 0, 135)]);
        world.pay(world.buyer, &placed.order, "card-1");
        assert_eq!(salon.taken(), [(MIN, 0, 135)]);
        let guest = Actor::Consumer(world.buyer);
        salon
            .booked
            .cancel(guest, NOW, placed.booking)
            .expect("free to cancel");
        assert_eq!(salon.taken(), []);
    });
}

#[test]
fn a_visit_is_moved_with_all_of_its_services() {
    on_both(|world| {
        let salon = Salon::new(world);
        let placed = salon.place(TEN, &[]).expect("free");
        world.pay(world.buyer, &placed.order, "card-1");
        salon.keep(HUA, later(180), 60);
        let move_to = |at, with: &[Option<usize>]| {
            let cmd = MoveBooking {
                booking: placed.booking,
                when: When::At(at),
                seats: None,
                resources: Some(salon.wish(at, with).resources),
                area: None,
            };
            let guest = Actor::Consumer(world.buyer);
            world.run(guest, NOW, move |tx, ctx| consume::move_booking(tx, ctx, &cmd))
        };
        assert_eq!(code(move_to(later(120), &[None, Some(HUA)])), "booking_full");
        let kept = [
            (WEI, 0, 60),
            (MIN, 45, 105),
            (HUA, 180, 240),
            (BASIN, 45, 105),
            (QI, 105, 135),
        ];
        assert_eq!(salon.taken(), kept, "as it was");
        assert_eq!(move_to(later(120), &[]).expect("Min is free").ends_at, later(255));
        assert_eq!(
            salon.taken(),
            [
                (WEI, 120, 180),
                (MIN, 165, 225),
                (HUA, 180, 240),
                (BASIN, 165, 225),
                (QI, 225, 255)
            ]
        );
        let services: Vec<_> = salon
            .resources_of(&placed)
            .into_iter()
            .map(|of| (of.0, of.2))
            .collect();
        let of = |name: &str, from| (name.to_owned(), from);
        assert_eq!(
            services,
            [of("Wei", 120), of("Min", 165), of("Basin", 165), of("Qi", 225)]
        );
    });
}

#[test]
fn a_booking_remembers_whom_its_guest_asked_for_and_moves_with_them() {
    on_both(|world| {
        let salon = Salon::new(world);
        let placed = salon.place(TEN, &[Some(MIN)]).expect("free");
        world.pay(world.buyer, &placed.order, "card-1");
        let booking = placed.booking;
        let asked_for = || {
            let found = world
                .db
                .read_blocking(move |read| consume::queries::booking(read, booking));
            let guest = found.expect("an answer").and_then(|found| found.guest);
            guest.expect("a guest").asked_for
        };
        let move_to = |actor: Actor, at, with: Option<&[Option<usize>]>| {
            let cmd = MoveBooking {
                booking,
                when: When::At(at),
                seats: None,
                resources: with.map(|with| salon.wish(at, with).resources),
                area: None,
            };
            world.run(actor, NOW, move |tx, ctx| consume::move_booking(tx, ctx, &cmd))?;
            Ok::<_, Rejected>(salon.resources_of(&placed)[0].0.clone())
        };
        let [wei, min] = [WEI, MIN].map(|n| Some(salon.booked.resources[n]));
        let (guest, store) = (Actor::Consumer(world.buyer), world.as_cashier());
        assert_eq!(asked_for(), [min]);
        assert_eq!(move_to(guest, later(60), None).expect("free"), "Min");
        assert_eq!(move_to(store, later(120), None).expect("free"), "Min");

        salon.keep(MIN, later(300), 240);
        assert_eq!(code(move_to(store, later(300), None)), "booking_full");
        assert_eq!(move_to(store, later(300), Some(&[])).expect("free"), "Wei");
        assert_eq!(asked_for(), [min], "it was the store that chose another");
        assert_eq!(
            move_to(guest, later(315), Some(&[Some(WEI), None])).expect("free"),
            "Wei"
        );
        assert_eq!(asked_for(), [wei, None]);
    });
}

#[test]
fn who_waits_is_held_every_service_of_a_visit_and_takes_what_is_held() {
    on_both(|world| {
        let salon = Salon::new(world);
        let first = salon.place(TEN, &[]).expect("free");
        world.pay(world.buyer, &first.order, "card-1");
        let wish = salon.wish(TEN, &[Some(MIN), Some(HUA)]);
        let join = JoinWaitlist {
            offer: salon.booked.offer,
            store: world.shop.store,
            when: wish.when,
            starts_until: None,
            party: 1,
            area: None,
            resources: wish.resources,
        };
        let guest = Actor::Consumer(consumer(world.db, 100));
        let entry = world.run(guest, NOW, move |tx, ctx| consume::join_waitlist(tx, ctx, &join));
        let entry = entry.expect("the basin is taken");
        let offer = || {
            let offered = world.run(Actor::System, NOW, move |tx, ctx| {
                consume::offer_place(tx, ctx, &OfferPlace { entry })
            });
            offered.expect("an answer")
        };
        assert!(!offer());
        let cancelled = salon
            .booked
            .cancel(Actor::Consumer(world.buyer), NOW, first.booking);
        cancelled.expect("free to cancel");
        assert!(offer());
        let held = [(MIN, 0, 60), (HUA, 45, 105), (BASIN, 45, 105), (QI, 105, 135)];
        assert_eq!(salon.taken(), held);
        let take = TakePlace {
            entry,
            order: salon.wish(TEN, &[]).order,
        };
        let taken = world.run(guest, NOW, move |tx, ctx| consume::take_place(tx, ctx, &take));
        assert_eq!(
            salon.booked.tables_of(&taken.expect("held")),
            [MIN, HUA, BASIN, QI]
        );
        assert_eq!(salon.taken(), held);
    });
}

#[test]
fn of_visits_that_want_the_last_stylist_at_once_one_wins_and_nothing_is_half_taken() {
    on_both(|world| {
        let salon = Salon::of(world, [&[WEI, MIN, HUA], &[BASIN], &[QI]]);
        salon.keep(WEI, TEN, 300);
        let people: Vec<_> = (0..12).map(|n| consumer(world.db, 100 + n)).collect();
        let answers = at_once(people.len(), |n| {
            // They overlap in the colouring, in the manicure, or in both; each could have a haircut of their own.
            let wish = salon.wish(later((n as i64 % 3) * 15), &[Some([MIN, HUA][n % 2])]);
            salon.booked.place_as(people[n], wish)
        });
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1);
        assert!(lost.into_iter().all(|no| code(no) == "booking_full"));
        let won = won.into_iter().next().expect("one").expect("it won");
        let starts = won.period.starts_at.since_us(TEN) / MINUTE_US;
        let stylist = salon.booked.tables_of(&won)[0];
        assert_eq!(
            salon.taken(),
            [
                (WEI, 0, 300),
                (stylist, starts, starts + 60),
                (BASIN, starts + 45, starts + 105),
                (QI, starts + 105, starts + 135)
            ]
        );
    });
}
