//! What the city sells for a time: tables, somebody's hour, rooms by the night, places in a class; and who comes to the
//! demo merchant today and in the next days.

use consume::{Arrive, PlaceBooking, When};
use convert::PlaceOrder;
use kernel::{Actor, AgreementId, BasisPoints, Ctx, HOUR_US, LocalText, MINUTE_US, OfferId, PersonId};
use offer::ResourceKind::{self, Hall, Person, Room, RoomType, Session, Table};
use offer::{
    BookingPolicy, BookingTerms, Deposit, DepositKind, HourRange, NightRate, Nights, PricePer,
    ResourceDetails, ResourceStatus, Service, Stay, Turn, Visit,
};
use party::hours::Span;
use store::{Fail, Tx};

use crate::founding::{Founding, points};
use crate::orders::{self, Bill};
use crate::shops::{Counter, Good, Shop};
use crate::texts::{Idea, Trade, Words, names, once};
use crate::works::{Works, acting, work};
use crate::{CityError, Counts};

/// What a trade sells for a time.
struct Booked {
    idea: Idea,
    deposit: Option<Deposit>,
    terms: BookingTerms,
    places: &'static [Place],
}

/// What every store of it has.
struct Place {
    kind: ResourceKind,
    name: &'static str,
    area: &'static str,
    units: i64,
    /// The smallest party for it and the largest.
    seats: (i64, i64),
    joins: &'static str,
    status: ResourceStatus,
    /// Which services of a visit take it.
    services: &'static [usize],
}

const fn place(kind: ResourceKind, name: &'static str, units: i64, seats: (i64, i64)) -> Place {
    Place {
        kind,
        name,
        area: "",
        units,
        seats,
        joins: "",
        status: ResourceStatus::Online,
        services: &[0],
    }
}

const fn serving(services: &'static [usize], place: Place) -> Place {
    Place { services, ..place }
}

const fn table(name: &'static str, area: &'static str, seats: (i64, i64), joins: &'static str) -> Place {
    Place {
        area,
        joins,
        ..place(Table, name, 1, seats)
    }
}

const HALL: &str = "大堂 Hall";
const TERRACE: &str = "露台 Terrace";

const TABLES: &[Place] = &[
    table("A1", HALL, (1, 2), ""),
    table("A2", HALL, (1, 2), ""),
    table("A3", HALL, (2, 4), "A"),
    table("A4", HALL, (2, 4), "A"),
    table("A5", HALL, (5, 8), ""),
    table("B1", TERRACE, (1, 4), ""),
    table("B2", TERRACE, (1, 4), ""),
    Place {
        status: ResourceStatus::WalkIn,
        ..table("B3", TERRACE, (1, 4), "")
    },
];
/// More people than rooms: both have to be free.
const THERAPISTS: &[Place] = &[
    place(Person, "林悦 Lynn", 1, (1, 1)),
    place(Person, "阿杰 Jay", 1, (1, 1)),
    place(Person, "小满 Mia", 1, (1, 1)),
    place(Room, "1 号位 Seat 1", 1, (1, 1)),
    place(Room, "2 号位 Seat 2", 1, (1, 1)),
];
/// Who cuts hair, who colours it and at which basin, and who does nails. One can do two of these.
const STYLISTS: &[Place] = &[
    serving(&[0, 1], place(Person, "林悦 Lynn", 1, (1, 1))),
    place(Person, "阿杰 Jay", 1, (1, 1)),
    serving(&[1], place(Person, "小满 Mia", 1, (1, 1))),
    serving(&[1], place(Room, "1 号染发位 Basin 1", 1, (1, 1))),
    serving(&[1], place(Room, "2 号染发位 Basin 2", 1, (1, 1))),
    serving(&[2], place(Person, "晓彤 Tina", 1, (1, 1))),
    serving(&[2], place(Person, "阿雯 Wendy", 1, (1, 1))),
];
const HAIR_AND_NAILS: &[(&str, &str, i64)] = &[
    ("剪发", "Haircut", 45),
    ("染发", "Colouring", 60),
    ("美甲", "Manicure", 30),
];
const ROOMS: &[Place] = &[
    place(RoomType, "大床房 King room", 6, (1, 2)),
    place(RoomType, "双床房 Twin room", 8, (1, 2)),
    place(RoomType, "家庭房 Family room", 2, (1, 4)),
];
const TWO_HALLS: &[Place] = &[
    place(Hall, "1 号厅 Hall 1", 1, (1, 1)),
    place(Hall, "2 号厅 Hall 2", 1, (1, 1)),
];
const ONE_HALL: &[Place] = &[place(Hall, "剧场 Auditorium", 1, (1, 1))];
const PARTY_ROOMS: &[Place] = &[
    place(Room, "小包 101 Small room 101", 1, (1, 4)),
    place(Room, "小包 102 Small room 102", 1, (1, 4)),
    place(Room, "中包 201 Medium room 201", 1, (3, 8)),
    place(Room, "中包 202 Medium room 202", 1, (3, 8)),
];
const CLASS_OF_12: &[Place] = &[place(Session, "大教室 Studio", 12, (1, 4))];

/// What is sold for a time in this trade, if anything is.
fn booked_in(trade: &Trade) -> Option<Booked> {
    const DINNER: Words = (
        "选好日期、时间和人数，到店即坐；两小时前免费取消。",
        "Choose a day, a time and how many you are, and sit down on arrival. Free to cancel until two hours before.",
    );
    const SERVED: Words = (
        "可指定服务人员，到店不用等；半天前免费改期。",
        "With the person you choose and no waiting. Free to move until half a day before.",
    );
    const CLASS: Words = (
        "选好场次直接入场；两小时前免费取消。",
        "Choose your session and walk in. Free to cancel until two hours before.",
    );
    const SEAT: Words = (
        "选好场次和座位，到店扫码入场；两小时前免费退票。",
        "Choose a showing and your seats, and walk in. Free to cancel until two hours before.",
    );
    let earnest = Deposit {
        kind: DepositKind::Earnest,
        share_bp: points(2_000),
    };
    let dinner = |price, deposit| Booked {
        idea: once(
            price,
            ("订座套餐，每位", "Set dinner at your own table, per person"),
            DINNER,
        ),
        deposit,
        terms: visit(
            PricePer::Person,
            8,
            trade,
            [(660, 870), (1020, 1320)],
            30,
            only(&[(2, 90), (4, 120), (8, 150)]),
        ),
        places: TABLES,
    };
    let served = |price, title, services, places| Booked {
        idea: once(price, title, SERVED),
        deposit: None,
        terms: visit(
            PricePer::Booking,
            1,
            trade,
            [(600, 780), (780, 1200)],
            30,
            services,
        ),
        places,
    };
    let session = |price, title, hours, minutes, places| Booked {
        idea: once(price, title, CLASS),
        deposit: None,
        terms: visit(PricePer::Person, 4, trade, hours, minutes, only(&[(4, minutes)])),
        places,
    };
    let showings = |price, title, places| Booked {
        idea: once(price, title, SEAT),
        deposit: None,
        terms: BookingTerms {
            open_tickets: true,
            cards: Vec::new(),
            ..terms(Stay::Showings, PricePer::Person, 6, policy(2, 15))
        },
        places,
    };
    match trade.category {
        "hot_pot" | "barbecue" | "buffet" => Some(dinner(118, None)),
        "restaurant" => Some(dinner(168, Some(earnest))),
        "seafood" | "japanese_food" | "western_food" | "korean_food" | "southeast_asian_food" => {
            Some(dinner(168, None))
        }
        "beauty" => Some(served(
            468,
            ("剪发、染发、美甲，一次约好", "Cut, colour and nails in one visit"),
            HAIR_AND_NAILS.iter().map(service).collect(),
            STYLISTS,
        )),
        "massage" => Some(served(
            198,
            ("预约技师六十分钟", "An hour with your therapist"),
            only(&[(1, 60)]),
            THERAPISTS,
        )),
        "hotel" => Some(Booked {
            idea: once(
                468,
                ("按晚订房", "A room by the night"),
                (
                    "选好入住日期和晚数；入住前一天免费取消。",
                    "Choose your nights and your room. Free to cancel until a day before.",
                ),
            ),
            deposit: None,
            terms: nights(),
            places: ROOMS,
        }),
        "ktv" => Some(Booked {
            idea: once(
                88,
                ("包间欢唱，每小时", "A room by the hour"),
                (
                    "选好时间和时长，玩得尽兴还能续时；两小时前免费取消。",
                    "Choose when and for how long, and stay longer if you like. Free to cancel until two hours before.",
                ),
            ),
            deposit: None,
            terms: BookingTerms {
                security_deposit: Some(20_000),
                ..visit(
                    PricePer::Hour,
                    8,
                    trade,
                    [(720, 1080), (1080, 1440)],
                    30,
                    vec![Service {
                        after_minutes: 15,
                        ..Service::only(vec![Turn {
                            party_up_to: 8,
                            minutes: 60,
                        }])
                    }],
                )
            },
            places: PARTY_ROOMS,
        }),
        "cinema" => Some(showings(
            58,
            ("选座观影，每位", "A film, and your seat"),
            TWO_HALLS,
        )),
        "theatre" => Some(showings(
            220,
            ("晚场演出，在线选座", "Tonight's show, and your seat"),
            ONE_HALL,
        )),
        "fitness" => Some(session(
            68,
            ("预约团课，每位", "A class by the hour"),
            [(600, 720), (1080, 1260)],
            60,
            CLASS_OF_12,
        )),
        "education" => Some(session(
            138,
            ("预约体验课，每位", "A trial lesson by appointment"),
            [(600, 720), (840, 1140)],
            60,
            CLASS_OF_12,
        )),
        _ => None,
    }
}

/// The only service of a visit, which takes parties up to a size so many minutes.
fn only(turns: &[(i64, i64)]) -> Vec<Service> {
    let turn = |&(party_up_to, minutes): &(i64, i64)| Turn { party_up_to, minutes };
    vec![Service::only(turns.iter().map(turn).collect())]
}

/// One of several, for one guest.
fn service(&(chinese, english, minutes): &(&str, &str, i64)) -> Service {
    let names = [("zh-CN", chinese), ("en", english)];
    Service {
        name: LocalText(names.map(|(tag, name)| (tag.to_owned(), name.to_owned())).into()),
        ..Service::only(vec![Turn {
            party_up_to: 1,
            minutes,
        }])
    }
}

fn visit(
    price_per: PricePer,
    party_max: i64,
    trade: &Trade,
    hours: [(i64, i64); 2],
    every_minutes: i64,
    services: Vec<Service>,
) -> BookingTerms {
    let opens_at = trade.opens_at_minute();
    let open = |&(from, until): &(i64, i64)| (from.max(opens_at), until);
    let hours: Vec<_> = hours
        .iter()
        .map(open)
        .filter(|(from, until)| from < until)
        .collect();
    let daily = (1..=7).flat_map(|weekday| {
        hours.iter().map(move |&(from_minute, until_minute)| Span {
            weekday,
            from_minute,
            until_minute,
        })
    });
    let visit = Visit {
        hours: daily.collect(),
        every_minutes,
        services,
        by_hour: (price_per == PricePer::Hour).then_some(HourRange {
            hours_min: 2,
            hours_max: 6,
        }),
    };
    let free_hours = if price_per == PricePer::Booking { 12 } else { 2 };
    terms(Stay::Visit(visit), price_per, party_max, policy(free_hours, 15))
}

fn nights() -> BookingTerms {
    let nights = Nights {
        check_in_minute: 14 * 60,
        check_out_minute: 12 * 60,
        nights_min: 1,
        nights_max: 14,
        rates: vec![NightRate {
            surcharge: 6_000,
            weekdays: vec![5, 6],
            from_day: None,
            until_day: None,
        }],
    };
    terms(Stay::Nights(nights), PricePer::Night, 4, policy(24, 8 * 60))
}

fn terms(stay: Stay, price_per: PricePer, party_max: i64, policy: BookingPolicy) -> BookingTerms {
    BookingTerms {
        stay,
        price_per,
        party_max,
        notice_us: 0,
        ahead_days: 60,
        policy,
        open_tickets: false,
        cards: Vec::new(),
        security_deposit: None,
    }
}

fn policy(free_hours: i64, grace_minutes: i64) -> BookingPolicy {
    BookingPolicy {
        free_until_us: free_hours * HOUR_US,
        late_fee_bp: points(3_000),
        no_show_fee_bp: BasisPoints::WHOLE,
        grace_us: grace_minutes * MINUTE_US,
    }
}

impl Founding<'_> {
    /// Puts on sale what the trade sells for a time, in all stores. The cards of a studio pay for its classes.
    pub fn open_bookings(
        &self,
        tx: &mut Tx,
        (counters, goods): (&[Counter], &[Good]),
        agreement: AgreementId,
    ) -> Result<Option<OfferId>, Fail> {
        let Some(booked) = booked_in(self.profile.trade) else {
            return Ok(None);
        };
        let mut resources = vec![Vec::new(); booked.terms.service_count()];
        for counter in counters {
            for place in booked.places {
                let add = offer::AddResource {
                    merchant: self.merchant,
                    store: counter.store,
                    kind: place.kind,
                    details: place.details(),
                };
                let resource = offer::add_resource(tx, &self.as_owner(53 * HOUR_US), &add)?;
                for service in place.services {
                    resources[*service].push(resource);
                }
            }
        }
        let create = self.create_booked(tx, (&booked.idea, booked.deposit), agreement, counters)?;
        let offer = offer::create_offer(tx, &self.as_owner(54 * HOUR_US), &create)?;
        let mut terms = booked.terms;
        if self.profile.trade.category == "fitness" {
            let of_visits = goods
                .iter()
                .filter(|good| good.visits > 1 && good.worth.is_none());
            terms.cards = of_visits.map(|good| good.offer).collect();
        }
        let set = offer::SetBookingTerms {
            offer,
            terms,
            resources,
        };
        offer::set_booking_terms(tx, &self.as_owner(55 * HOUR_US), &set)?;
        offer::publish_offer(tx, &self.as_owner(56 * HOUR_US), &offer::PublishOffer { offer })?;
        Ok(Some(offer))
    }
}

impl Place {
    fn details(&self) -> ResourceDetails {
        ResourceDetails {
            name: self.name.to_owned(),
            area: self.area.to_owned(),
            units: self.units,
            seats_min: self.seats.0,
            seats_max: self.seats.1,
            joins: self.joins.to_owned(),
            hours: Vec::new(),
            status: self.status,
        }
    }
}

/// Who comes to the demo merchant: in how many days, at which minute, how many, and the number of the consumer.
const EXPECTED: &[(i64, i64, i64, usize)] = &[
    (0, 11 * 60 + 30, 2, 1),
    (0, 12 * 60, 4, 2),
    (0, 17 * 60 + 30, 6, 3),
    (0, 18 * 60, 2, 4),
    (0, 18 * 60, 3, 5),
    (0, 18 * 60 + 30, 4, 6),
    (0, 19 * 60 + 30, 2, 7),
    (1, 12 * 60, 2, 8),
    (1, 18 * 60 + 30, 4, 0),
    (1, 19 * 60, 8, 9),
    (2, 18 * 60, 4, 10),
];

/// What [`book_ahead`] is of the whole.
pub(crate) const WORK: u64 = EXPECTED.len() as u64 * work::ORDER;

/// Has people book at the first store of a merchant, yesterday evening. Whose time has come is there.
pub(crate) fn book_ahead(
    works: &mut Works,
    shop: &Shop,
    consumers: &[PersonId],
) -> Result<Counts, CityError> {
    let Some(offer) = shop.booked else {
        return Ok(Counts::default());
    };
    let calendar = works.calendar;
    let booked_at = calendar.at(1, 20 * 60);
    let Counter { store, clerk, .. } = shop.counters[0];
    let clerk = Actor::Staff(clerk, shop.merchant);
    let mut counts = Counts::default();
    for &(days, minute, party, guest) in EXPECTED {
        let guest = guest % consumers.len();
        let buyer = consumers[guest];
        let starts_at = calendar.at(-days, minute);
        let has_come = starts_at <= calendar.now;
        works.run("a booking", offer, work::ORDER, move |tx: &mut Tx, ctx: &Ctx| {
            let book = PlaceBooking {
                order: PlaceOrder {
                    offer,
                    quantity: party,
                    wallet_coupons: Vec::new(),
                    share_token: None,
                    entry: None,
                    use_rebate: false,
                    group: None,
                    seats: None,
                    expected_cash: None,
                },
                store,
                when: When::At(starts_at),
                party,
                area: None,
                resources: Vec::new(),
            };
            let as_guest = || acting(ctx, Actor::Consumer(buyer), booked_at);
            let named = party::UpdatePerson {
                name: Some(names::PEOPLE[guest].to_owned()),
                locale: None,
            };
            party::update_person(tx, &as_guest(), &named)?;
            let placed = consume::place_booking(tx, &as_guest(), &book)?;
            let bill = Bill {
                buyer,
                card: guest as u64,
                placed: booked_at,
            };
            orders::pay(tx, ctx, bill, &placed.order)?;
            if has_come {
                let booking = placed.booking;
                consume::arrive(tx, &acting(ctx, clerk, starts_at), &Arrive { booking })?;
            }
            Ok(())
        })?;
        counts.orders += 1;
        counts.redemptions += u64::from(has_come);
    }
    Ok(counts)
}
