//! When something is free, in every time zone and through every change of its clocks; no database.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use kernel::{DAY_US, HOUR_US, LocalText, MINUTE_US, MerchantId, ResourceId, StoreId, Timestamp};
use offer::place::{STEP_US, Used, bucket_of, places, step_at, steps};
use offer::testing::{dinner, seats};
use offer::{Bookable, Day, Resource, ResourceKind, Service, Stay, Turn, Wish};
use party::hours::Span;
use proptest::prelude::*;

fn table(n: u128, sizes: (i64, i64), joins: &str) -> Resource {
    Resource {
        id: ResourceId::from_uuid(uuid::Uuid::from_u128(n << 32)),
        merchant: MerchantId::from_uuid(uuid::Uuid::nil()),
        store: StoreId::from_uuid(uuid::Uuid::nil()),
        kind: ResourceKind::Table,
        details: seats("T", sizes, joins),
        created_at: Timestamp(0),
        version: 1,
    }
}

fn bookable(zone: &str, spans: Vec<Span>, resources: Vec<Resource>) -> Bookable {
    let mut terms = dinner();
    let Stay::Visit(visit) = &mut terms.stay else {
        unreachable!()
    };
    visit.hours = spans;
    let services = vec![(0..resources.len()).collect()];
    Bookable {
        services,
        terms,
        zone: TimeZone::get(zone).expect("a time zone"),
        resources,
        days: BTreeMap::new(),
    }
}

fn wish(party: i64) -> Wish<'static> {
    Wish {
        party,
        rooms: 1,
        area: None,
        resources: &[],
        for_store: false,
    }
}

fn starts(bookable: &Bookable, day: &str) -> Vec<String> {
    let day: Day = day.parse().expect("a day");
    let periods = bookable.periods(day, 2, 1);
    periods
        .iter()
        .map(|period| period.starts_at.to_string())
        .collect()
}

fn span(weekday: i64, from: i64, until: i64) -> Span {
    Span {
        weekday,
        from_minute: from * 60,
        until_minute: until * 60,
    }
}

#[test]
fn a_night_out_goes_on_over_midnight_and_belongs_to_the_day_it_starts_on() {
    // 2027-01-15 is a Friday.
    let bar = bookable("Asia/Shanghai", vec![span(5, 22, 24), span(6, 0, 2)], vec![]);
    assert_eq!(
        starts(&bar, "2027-01-15"),
        [
            "2027-01-15T14:00:00Z",
            "2027-01-15T14:30:00Z",
            "2027-01-15T15:00:00Z",
            "2027-01-15T15:30:00Z"
        ],
        "22:00 to 23:30, which ends at 01:00"
    );
    assert_eq!(
        starts(&bar, "2027-01-16"),
        ["2027-01-15T16:00:00Z", "2027-01-15T16:30:00Z"]
    );
}

#[test]
fn an_hour_that_clocks_skip_is_not_offered_and_one_that_comes_twice_is_twice() {
    let bar = |weekday| bookable("Europe/Berlin", vec![span(weekday, 1, 5)], vec![]);
    assert_eq!(
        starts(&bar(7), "2026-03-29"),
        [
            "2026-03-29T00:00:00Z",
            "2026-03-29T00:30:00Z",
            "2026-03-29T01:00:00Z",
            "2026-03-29T01:30:00Z"
        ],
        "01:00, 01:30, 03:00, 03:30: three hours are there"
    );
    assert_eq!(starts(&bar(7), "2026-10-25").len(), 8, "and five there");
}

/// Every zone in which the tests look, and years of their clocks.
fn any_zone() -> impl Strategy<Value = String> {
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    prop::sample::select(names)
}

proptest! {
    #[test]
    fn every_visit_lies_in_the_hours_by_the_clocks_and_starts_on_a_step(
        zone in any_zone(),
        day in 19_000_i64..22_000,
        from in 0_i64..92,
        length in 6_i64..48,
        party in 1_i64..=12,
    ) {
        let (from, until) = (from * 15, (from * 15 + length * 15).min(1440));
        let of_day = |weekday| Span { weekday, from_minute: from, until_minute: until };
        prop_assume!(from < until);
        let place = bookable(&zone, (1..=7).map(of_day).collect(), vec![]);
        let Stay::Visit(visit) = &place.terms.stay else { unreachable!() };
        let visits = place.visits(visit, Day(day), party, 1);
        prop_assert!(visits.windows(2).all(|pair| pair[0].starts_at < pair[1].starts_at));
        for period in visits {
            prop_assert_eq!(period.starts_at.0 % STEP_US, 0, "{} has odd minutes", zone);
            prop_assert_eq!(Day::at(period.starts_at, &place.zone), Day(day));
            let opens = Day(day).minute(from, &place.zone).unwrap();
            let closes = Day(day).minute(until, &place.zone).unwrap();
            let is_whole_day = from == 0 && until == 1440;
            prop_assert!(is_whole_day || (opens <= period.starts_at && period.ends_at <= closes));
        }
    }

    #[test]
    fn what_is_chosen_is_free_seats_the_party_and_nothing_smaller_would(
        tables in prop::collection::vec((1_i64..=3, 0_i64..=6, prop::bool::ANY, prop::bool::ANY), 1..9),
        party in 1_i64..=12,
    ) {
        let resources: Vec<Resource> = tables
            .iter()
            .enumerate()
            .map(|(n, (min, more, joins, _))| {
                table(n as u128 + 1, (*min, min + more), if *joins { "wall" } else { "" })
            })
            .collect();
        let place = bookable("Asia/Shanghai", (1..=7).map(|day| span(day, 0, 24)).collect(), resources.clone());
        let period = place.periods(Day(20_800), party, 1)[0];
        let used: Vec<Used> = tables
            .iter()
            .map(|(.., is_taken)| if *is_taken { Used::new([(step_at(period.starts_at), 1)]) } else { Used::default() })
            .collect();
        let free: Vec<&Resource> =
            resources.iter().zip(&tables).filter(|(_, table)| !table.3).map(|(resource, _)| resource).collect();
        let single = free.iter().filter(|table| table.fits(party, 1)).map(|table| table.details.seats_max).min();
        let chosen = place.choose(wish(party), period, &used);
        prop_assert_eq!(place.steps_to_choose(period, party), steps(period.starts_at, period.ends_at), "of tables no more");
        let days = place.availability(20_800..20_801, (wish(party), 1), &used, period.starts_at.plus_us(-DAY_US));
        prop_assert_eq!(days[0].starts[0].is_free, chosen.is_ok(), "what is shown is what is given");
        let of = |id| free.iter().find(|table| table.id == id);
        match chosen {
            Ok(chosen) => {
                let chosen: Option<Vec<_>> = chosen[0].stretches.iter().map(|stretch| of(stretch.resource)).collect();
                let chosen = chosen.expect("only what is free");
                match single {
                    Some(seats) => {
                        prop_assert_eq!(chosen.len(), 1);
                        prop_assert_eq!(chosen[0].details.seats_max, seats);
                    }
                    None => {
                        prop_assert!(chosen.iter().all(|table| table.details.joins == "wall"));
                        let seats: i64 = chosen.iter().map(|table| table.details.seats_max).sum();
                        prop_assert!(seats >= party);
                        let without_any = chosen.iter().all(|table| seats - table.details.seats_max < party);
                        prop_assert!(without_any, "a table too many");
                    }
                }
            }
            Err(missing) => {
                prop_assert_eq!((missing, single), (0, None));
                let mut together: Vec<i64> =
                    free.iter().filter(|table| !table.details.joins.is_empty()).map(|t| t.details.seats_max).collect();
                together.sort_unstable_by_key(|seats| -seats);
                prop_assert!(together.iter().take(4).sum::<i64>() < party);
            }
        }
    }
}

#[test]
fn who_has_least_to_do_that_day_is_chosen_whatever_they_do_on_others() {
    let person = |n| Resource {
        kind: ResourceKind::Person,
        ..table(n, (1, 2), "")
    };
    let people = vec![person(1), person(2)];
    let salon = bookable(
        "Asia/Shanghai",
        (1..=7).map(|day| span(day, 10, 20)).collect(),
        people,
    );
    let day = Day(20_800);
    let period = salon.periods(day, 1, 1)[0];
    let at = |day: Day, hour: i64| step_at(day.minute(hour * 60, &salon.zone).expect("a day"));
    let chosen = |used: [Used; 2]| {
        let servings = salon.choose(wish(1), period, &used).expect("somebody");
        servings[0].stretches[0].resource
    };
    let beside = Used::new([(at(day.plus(-1), 23), 1), (at(day.plus(1), 0), 1)]);
    assert_eq!(
        chosen([beside, Used::new([(at(day, 18), 1)])]),
        salon.resources[0].id
    );
    assert_eq!(
        chosen([Used::new([(at(day, 23), 1)]), Used::default()]),
        salon.resources[1].id
    );
}

/// A salon with these people, all of whom do the services whose numbers are named for them.
fn salon(zone: &str, minutes: &[i64], people: &[&[usize]]) -> Bookable {
    let person = |n: usize| Resource {
        kind: ResourceKind::Person,
        ..table(n as u128 + 1, (1, 1), "")
    };
    let of_service = |service: usize| {
        let does = |at: &usize| people[*at].contains(&service);
        (0..people.len()).filter(does).collect()
    };
    let service = |minutes: &i64| Service {
        name: LocalText::one("en", "Something"),
        before_minutes: 15,
        ..Service::only(vec![Turn {
            party_up_to: 1,
            minutes: *minutes,
        }])
    };
    let mut salon = bookable(
        zone,
        (1..=7).map(|day| span(day, 0, 24)).collect(),
        (0..people.len()).map(person).collect(),
    );
    if let Stay::Visit(visit) = &mut salon.terms.stay {
        visit.services = minutes.iter().map(service).collect();
    }
    salon.services = (0..minutes.len()).map(of_service).collect();
    salon
}

proptest! {
    #[test]
    fn a_visit_is_free_if_each_service_in_its_own_time_finds_somebody(
        minutes in prop::collection::vec(5_i64..=90, 1..4),
        does in prop::collection::vec((prop::bool::ANY, prop::bool::ANY, prop::bool::ANY), 1..5),
        busy in prop::collection::vec(prop::collection::btree_set(0_i64..24, 0..14), 5),
        named in prop::option::of(0_usize..5),
    ) {
        let does: Vec<Vec<usize>> = does
            .iter()
            .map(|does| [does.0, does.1, does.2].iter().enumerate().filter(|(_, does)| **does).map(|(n, _)| n).collect())
            .collect();
        let people: Vec<&[usize]> = does.iter().map(Vec::as_slice).collect();
        let salon = salon("Asia/Shanghai", &minutes, &people);
        let day = Day(20_800);
        let opens = day.minute(0, &salon.zone).expect("a day");
        let period = salon.periods(day, 1, 1)[2];
        let used: Vec<Used> = (0..people.len())
            .map(|n| Used::new(busy[n].iter().map(|step| (step_at(opens) + step, 1))))
            .collect();
        let only: Vec<_> = named.iter().filter_map(|n| salon.resources.get(*n)).map(|one| Some(one.id)).collect();
        let wish = Wish { resources: &only, ..wish(1) };
        let chosen = salon.choose(wish, period, &used);
        let deciding = salon.steps_to_choose(period, 1);
        let used_then = busy.iter().take(people.len()).map(|of_one| {
            let steps = of_one.iter().map(|step| step_at(opens) + step);
            Used::new(steps.filter(|step| deciding.contains(step)).map(|step| (step, 1)))
        });
        prop_assert_eq!(salon.choose(wish, period, &used_then.collect::<Vec<_>>()), chosen.clone());
        let days = salon.availability(day.0..day.0 + 1, (wish, 1), &used, opens.plus_us(-DAY_US));
        let shown = days[0].starts.iter().find(|start| start.period == period);
        prop_assert_eq!(shown.map(|start| start.is_free), Some(chosen.is_ok()), "what is shown is what is given");

        let mut from = period.starts_at.since_us(opens) / MINUTE_US;
        let mut first_missing = None;
        for (service, minutes) in minutes.iter().enumerate() {
            let steps = (from - 15).div_euclid(15)..(from + minutes + 14) / 15;
            let is_free = |n: &usize| steps.clone().all(|step| !busy[*n].contains(&step));
            let is_named = |n: &usize| service > 0 || only.is_empty() || only[0] == Some(salon.resources[*n].id);
            let free: Vec<ResourceId> = salon.services[service]
                .iter()
                .filter(|n| is_free(n) && is_named(n))
                .map(|n| salon.resources[*n].id)
                .collect();
            if let Ok(servings) = &chosen {
                let serving = &servings[service];
                prop_assert_eq!(serving.stretches.len(), 1);
                prop_assert!(free.contains(&serving.stretches[0].resource));
                let steps = step_at(opens) + steps.start..step_at(opens) + steps.end;
                prop_assert_eq!(&serving.stretches[0].steps, &steps);
                prop_assert_eq!(serving.period.starts_at, opens.plus_us(from * MINUTE_US));
                prop_assert_eq!(serving.period.ends_at, opens.plus_us((from + minutes) * MINUTE_US));
            } else if free.is_empty() {
                first_missing = first_missing.or(Some(service));
            }
            from += minutes;
        }
        prop_assert_eq!(chosen.as_ref().err().copied(), first_missing);
        let stretches: Vec<_> = chosen.into_iter().flatten().flat_map(|serving| serving.stretches).collect();
        let places = places(&stretches);
        prop_assert!(places.windows(2).all(|pair| pair[0].bucket < pair[1].bucket), "nothing is taken twice");
        let mut needed = stretches.iter().flat_map(|of| of.steps.clone().map(|step| bucket_of(of.resource, step)));
        prop_assert!(needed.all(|needed| places.iter().any(|place| place.bucket == needed)));
    }
}

#[test]
fn services_follow_one_another_in_time_that_passes_whatever_clocks_show() {
    let salon = salon("Europe/Berlin", &[45, 60, 30], &[&[0], &[1], &[2]]);
    let day: Day = "2026-10-25".parse().expect("a day");
    let period = salon.periods(day, 1, 1)[3];
    let servings = salon
        .choose(wish(1), period, &vec![Used::default(); 3])
        .expect("all are free");
    let times: Vec<_> = servings
        .iter()
        .map(|serving| serving.period.starts_at.to_string())
        .collect();
    assert_eq!(
        times,
        [
            "2026-10-24T23:30:00Z",
            "2026-10-25T00:15:00Z",
            "2026-10-25T01:15:00Z"
        ],
        "01:30, 02:15, and 02:15 again"
    );
    assert_eq!(period.ends_at.to_string(), "2026-10-25T01:45:00Z");
}

#[test]
fn the_time_of_a_resource_reaches_far_ahead() {
    let far = Timestamp(4_000_000_000_000_000);
    let id = table(1, (1, 2), "").id;
    assert_ne!(
        bucket_of(id, step_at(far)),
        bucket_of(id, step_at(far.plus_us(15 * MINUTE_US)))
    );
    assert_eq!(step_at(far.plus_us(HOUR_US)) - step_at(far), 4);
}
