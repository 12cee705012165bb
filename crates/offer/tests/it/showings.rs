//! Halls and showings: which maps are none, and what of a hall is taken when.

use kernel::{Actor, ResourceId, ShowingId};
use offer::testing::{agreed, booked, cinema, dinner, draft, seat_map, seats, showings, terms, two_hours};
use offer::{BookingTerms, OfferStatus, ResourceKind, ScheduleShowing, SeatMap, SetBookingTerms, SetHall};
use party::testing::{Shop, certified_shop, consumer, store_details};
use store::{Rejected, Store};

use crate::{act, ask, at_once, code, on_both};

const DAY: &str = "2027-01-20";
const SEVEN: i64 = 19 * 60;

fn set(store: &Store, shop: Shop, set: SetHall) -> Result<i64, Rejected> {
    act(store, shop.as_owner(), move |tx, ctx| {
        offer::set_hall(tx, ctx, &set)
    })
}

fn redrawn(resource: ResourceId, version: i64, map: SeatMap) -> SetHall {
    SetHall {
        resource,
        version,
        map,
        no_single_seats: false,
        cleaning_minutes: 15,
    }
}

fn schedule(store: &Store, shop: Shop, cmd: ScheduleShowing) -> Result<ShowingId, Rejected> {
    act(store, shop.as_owner(), move |tx, ctx| {
        offer::schedule_showing(tx, ctx, &cmd)
    })
}

#[test]
fn what_is_no_seat_map_is_refused_by_field() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let (_, hall) = cinema(store, shop, (terms(), 1), seat_map(&["sss", "s_s"]), false);
        let refused = |change: &dyn Fn(&mut SeatMap)| {
            let mut map = seat_map(&["sss", "s_s"]);
            change(&mut map);
            let refused = set(store, shop, redrawn(hall, 1, map)).expect_err("no map");
            (refused.code, refused.field.unwrap_or_default())
        };
        let rows = ("hall_invalid".to_owned(), "/map/rows".to_owned());
        let zones = ("hall_invalid".to_owned(), "/map/zones".to_owned());
        let seat = |map: &mut SeatMap, of: &dyn Fn(&mut offer::Seat)| {
            of(map.rows[0].cells[0].as_mut().expect("a seat"));
        };
        assert_eq!(refused(&|map| map.rows.clear()), rows);
        assert_eq!(refused(&|map| map.rows[1].label = "A".to_owned()), rows);
        assert_eq!(
            refused(&|map| seat(map, &|seat| seat.label = "2".to_owned())),
            rows
        );
        assert_eq!(
            refused(&|map| seat(map, &|seat| seat.label = "1-2".to_owned())),
            rows
        );
        assert_eq!(
            refused(&|map| seat(map, &|seat| seat.zone = "sky".to_owned())),
            rows
        );
        assert_eq!(refused(&|map| map.zones.clear()), zones);
        assert_eq!(refused(&|map| map.zones[1].code = "stalls".to_owned()), zones);
        let row = "s".repeat(100);
        assert_eq!(
            refused(&|map| map.rows = seat_map(&[&*row; 31]).rows),
            rows,
            "3,100 seats"
        );
        assert_eq!(refused(&|map| map.rows[0].cells = vec![None; 101]), rows);
        assert_eq!(
            code(set(store, shop, redrawn(hall, 0, seat_map(&["s"])))).0,
            "hall_changed"
        );
        assert_eq!(
            set(store, shop, redrawn(hall, 1, seat_map(&[&*row; 26]))).unwrap(),
            2
        );
    });
}

#[test]
fn two_showings_of_a_hall_never_overlap_nor_does_cleaning() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let (on_sale, hall) = cinema(store, shop, (terms(), 1), seat_map(&["sss"]), false);
        let at = |minute| schedule(store, shop, two_hours(on_sale.offer, hall, DAY, minute));
        let first = at(SEVEN).unwrap();
        assert_eq!(first.uuid().as_u128() & 0xffff_ffff, 0);
        let taken = ("showing_hall_taken".to_owned(), None);
        assert_eq!(code(at(SEVEN)), taken);
        assert_eq!(code(at(SEVEN + 120)), taken, "it is cleaned");
        assert_eq!(code(at(SEVEN - 120)), taken, "and this one would be");
        at(SEVEN + 135).unwrap();
        at(SEVEN - 135).unwrap();
        let racing = at_once(8, |n| {
            schedule(
                store,
                shop,
                two_hours(on_sale.offer, hall, "2027-01-21", 600 + n as i64 * 10),
            )
        });
        assert_eq!(racing.iter().filter(|one| one.is_ok()).count(), 1);
    });
}

#[test]
fn what_cannot_be_scheduled_is_refused_by_field() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let (on_sale, hall) = cinema(store, shop, (terms(), 1), seat_map(&["sss"]), false);
        let refused = |change: &dyn Fn(&mut ScheduleShowing)| {
            let mut cmd = two_hours(on_sale.offer, hall, DAY, SEVEN);
            change(&mut cmd);
            code(schedule(store, shop, cmd)).1.unwrap_or_default()
        };
        assert_eq!(refused(&|cmd| cmd.minute = 1440), "/minute");
        assert_eq!(refused(&|cmd| cmd.length_minutes = 0), "/length_minutes");
        assert_eq!(refused(&|cmd| cmd.day = "2027-01-14".parse().unwrap()), "/day");
        assert_eq!(refused(&|cmd| cmd.day = cmd.day.plus(400)), "/day");
        let priced = |zone: &str, amount| {
            let surcharges = [(zone.to_owned(), amount)];
            refused(&move |cmd| cmd.surcharges = surcharges.clone().into())
        };
        assert_eq!(priced("sky", 100), "/surcharges");
        assert_eq!(priced("box", -1), "/surcharges");
        let (dinner_for_two, _) = booked(
            store,
            shop,
            (terms(), 2),
            (dinner(), &[(ResourceKind::Table, seats("T", (1, 4), ""))]),
            |_| {},
        );
        assert_eq!(refused(&|cmd| cmd.offer = dinner_for_two.offer), "/offer");
        let stranger = Actor::Consumer(consumer(store, 9));
        let cmd = two_hours(on_sale.offer, hall, DAY, SEVEN);
        assert!(
            act(store, stranger, move |tx, ctx| offer::schedule_showing(
                tx, ctx, &cmd
            ))
            .is_err()
        );
    });
}

#[test]
fn a_time_that_clocks_skip_is_refused_with_what_to_do() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let moved = party::UpdateStore {
            store: shop.store,
            version: 1,
            details: party::StoreDetails {
                time_zone: "Europe/Berlin".to_owned(),
                ..store_details(1)
            },
        };
        act(store, shop.as_owner(), move |tx, ctx| {
            party::update_store(tx, ctx, &moved)
        })
        .unwrap();
        let (on_sale, hall) = cinema(store, shop, (terms(), 1), seat_map(&["sss"]), false);
        let refused = schedule(store, shop, two_hours(on_sale.offer, hall, "2027-03-28", 150)).unwrap_err();
        assert_eq!(refused.code, "showing_time_skipped");
        assert_eq!(
            refused.detail,
            "On 2027-03-28 there is no 02:30: clocks go on to 03:00."
        );
        let night = schedule(store, shop, two_hours(on_sale.offer, hall, "2027-03-28", 180)).unwrap();
        let night = ask(store, move |read| offer::queries::showing(read, night)).expect("there");
        assert_eq!(night.period.starts_at.to_string(), "2027-03-28T01:00:00Z");
    });
}

#[test]
fn only_halls_are_for_showings_and_an_offer_of_showings_stays_one() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let (on_sale, hall) = cinema(store, shop, (terms(), 1), seat_map(&["sss"]), false);
        let (agreement, _) = agreed(store, shop, terms(), 2);
        let create = draft(shop, agreement);
        let other = act(store, shop.as_owner(), move |tx, ctx| {
            offer::create_offer(tx, ctx, &create)
        })
        .unwrap();
        let terms = |offer, terms: BookingTerms| {
            let set = SetBookingTerms {
                offer,
                terms,
                resources: vec![vec![hall]],
            };
            act(store, shop.as_owner(), move |tx, ctx| {
                offer::set_booking_terms(tx, ctx, &set)
            })
        };
        let invalid = |field: &str| ("booking_terms_invalid".to_owned(), Some(field.to_owned()));
        assert_eq!(code(terms(other, dinner())), invalid("/resources"));
        terms(other, showings()).unwrap();
        let by_head = BookingTerms {
            price_per: offer::PricePer::Person,
            ..dinner()
        };
        assert_eq!(code(terms(on_sale.offer, by_head)), invalid("/resources"));
        let free = BookingTerms {
            price_per: offer::PricePer::Booking,
            ..showings()
        };
        assert_eq!(code(terms(other, free)), invalid("/terms/price_per"));
        let deposit = |terms: BookingTerms, amount| BookingTerms {
            security_deposit: Some(amount),
            ..terms
        };
        let by_card = BookingTerms {
            cards: vec![other],
            ..dinner()
        };
        for wrong in [
            deposit(showings(), 1),
            deposit(by_card, 1),
            deposit(dinner(), 0),
            deposit(dinner(), i64::MAX),
        ] {
            assert_eq!(code(terms(other, wrong)), invalid("/terms/security_deposit"));
        }
        let draft = ask(store, move |read| offer::queries::offer(read, other)).expect("there");
        assert_eq!(draft.status, OfferStatus::Draft);
        let unpublished = schedule(store, shop, two_hours(other, hall, DAY, SEVEN));
        assert_eq!(code(unpublished).1.as_deref(), Some("/offer"));
    });
}
