//! Offers for the tests of this crate and those below. All of it goes through the commands.

use kernel::{
    Actor, AgreementId, BasisPoints, BucketId, Currency, DAY_US, HOUR_US, LocalText, MINUTE_US, Money,
    OfferId, ResourceId,
};
use party::OperatorRole;
use party::hours::Span;
use party::testing::{NOW, Shop, ctx, operator, run};
use store::Store;

use crate::{
    AcceptAgreement, AddResource, AgreementTerms, BookingPolicy, BookingTerms, CreateOffer, DishDetails,
    DishSaid, HourRange, OnExpiry, PricePer, ProposeAgreement, PublishOffer, ResourceDetails, ResourceKind,
    ResourceStatus, ScheduleShowing, Seat, SeatKind, SeatMap, SeatRow, SectionSaid, Service, SetBookingTerms,
    SetHall, SetMenu, Stay, Turn, Visit, Zone, accept_agreement, add_resource, create_offer,
    propose_agreement, publish_offer, set_booking_terms, set_hall,
};

/// What a test sells under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnSale {
    /// Accepted and live at [`NOW`].
    pub agreement: AgreementId,
    /// Its head count.
    pub head_count: BucketId,
    /// Published.
    pub offer: OfferId,
}

/// Basis points, of which a test knows that they are right.
pub const fn bp(points: i64) -> BasisPoints {
    BasisPoints::new(points).expect("0 to 10,000")
}

/// 20 % off, a quarter of it by the platform; 10 % commission, 2 % rebate, 5 % for a friend; 30 days from
/// an hour before [`NOW`].
pub fn terms() -> AgreementTerms {
    AgreementTerms {
        starts_at: NOW.plus_us(-HOUR_US),
        ends_at: NOW.plus_us(30 * DAY_US),
        head_count: 1_000,
        discount_bp: bp(2_000),
        discount_platform_bp: bp(2_500),
        platform_cap: None,
        commission_bp: bp(1_000),
        rebate_bp: bp(200),
        friend_discount_bp: bp(500),
        refund_window_us: 7 * DAY_US,
        undo_window_us: 15 * MINUTE_US,
        on_expiry: OnExpiry::Refund,
    }
}

/// A draft of the shop: 100.00 CNY a unit, one use, in its one store, 100 in stock.
pub fn draft(shop: Shop, agreement: AgreementId) -> CreateOffer {
    CreateOffer {
        merchant: shop.merchant,
        agreement,
        title: LocalText::one("zh-CN", "双人火锅套餐"),
        description: LocalText::one("zh-CN", "锅底、两荤三素\n节假日通用"),
        category: "hot_pot".to_owned(),
        list_price: Money::new(10_000, Currency::CNY),
        price_rules: Vec::new(),
        group: None,
        deposit: None,
        stock: 100,
        uses: 1,
        card: None,
        valid_us: 90 * DAY_US,
        max_per_order: 10,
        stores: vec![shop.store],
        media: None,
    }
}

/// An agreement that the shop proposed and an operator accepted; `n` tells them apart.
pub fn agreed(store: &Store, shop: Shop, terms: AgreementTerms, n: u64) -> (AgreementId, BucketId) {
    let admin = operator(store, OperatorRole::Admin, 6_000_000 + n);
    let propose = ProposeAgreement {
        merchant: shop.merchant,
        terms,
    };
    let agreement = run(store, ctx(shop.as_owner()), move |tx, ctx| {
        propose_agreement(tx, ctx, &propose)
    })
    .expect("sound terms");
    let accept = AcceptAgreement {
        agreement,
        version: 1,
    };
    let head_count = run(store, ctx(Actor::Operator(admin)), move |tx, ctx| {
        accept_agreement(tx, ctx, &accept)
    });
    (agreement, head_count.expect("the other side accepts"))
}

/// An offer on sale at [`NOW`] under an agreement of its own; `change` changes the [`draft`].
pub fn on_sale(
    store: &Store,
    shop: Shop,
    terms: AgreementTerms,
    n: u64,
    change: impl Fn(&mut CreateOffer),
) -> OnSale {
    let (agreement, head_count) = agreed(store, shop, terms, n);
    let mut create = draft(shop, agreement);
    change(&mut create);
    let offer = run(store, ctx(shop.as_owner()), move |tx, ctx| {
        let offer = create_offer(tx, ctx, &create)?;
        publish_offer(tx, ctx, &PublishOffer { offer })?;
        Ok(offer)
    });
    OnSale {
        agreement,
        head_count,
        offer: offer.expect("a sound offer"),
    }
}

/// Dinner from 17:30 to 23:00 on every day: a visit starts every half hour; two stay 90 minutes, four two hours,
/// twelve two and a half. It is cancelled for nothing until four hours before, then for half of what was paid;
/// who does not come within 15 minutes loses it.
pub fn dinner() -> BookingTerms {
    let span = |weekday| Span {
        weekday,
        from_minute: 17 * 60 + 30,
        until_minute: 23 * 60,
    };
    let turn = |party_up_to, minutes| Turn { party_up_to, minutes };
    BookingTerms {
        stay: Stay::Visit(Visit {
            hours: (1..=7).map(span).collect(),
            every_minutes: 30,
            services: vec![Service::only(vec![turn(2, 90), turn(4, 120), turn(12, 150)])],
            by_hour: None,
        }),
        price_per: PricePer::Booking,
        party_max: 12,
        notice_us: 30 * MINUTE_US,
        ahead_days: 60,
        policy: BookingPolicy {
            free_until_us: 4 * HOUR_US,
            late_fee_bp: bp(5_000),
            no_show_fee_bp: bp(10_000),
            grace_us: 15 * MINUTE_US,
        },
        open_tickets: false,
        cards: Vec::new(),
        security_deposit: None,
    }
}

/// A room by the hour from 17:30 to 23:00 on every day: for two to four of them, from every half hour on, with ten
/// minutes to clear up; otherwise as a dinner.
pub fn karaoke() -> BookingTerms {
    let mut terms = BookingTerms {
        price_per: PricePer::Hour,
        ..dinner()
    };
    if let Stay::Visit(visit) = &mut terms.stay {
        let hour = Turn {
            party_up_to: 12,
            minutes: 60,
        };
        visit.services = vec![Service {
            after_minutes: 10,
            ..Service::only(vec![hour])
        }];
        visit.by_hour = Some(HourRange {
            hours_min: 2,
            hours_max: 4,
        });
    }
    terms
}

/// A visit from 10:00 to 20:00 on every day, which starts every quarter of an hour: a haircut of 45 minutes and 15 to
/// clear up, then colouring of an hour, then a manicure of half an hour; for one guest.
pub fn cut_colour_nails() -> BookingTerms {
    let span = |weekday| Span {
        weekday,
        from_minute: 10 * 60,
        until_minute: 20 * 60,
    };
    let service = |name: &str, minutes, after_minutes| Service {
        name: LocalText::one("en", name),
        after_minutes,
        ..Service::only(vec![Turn {
            party_up_to: 1,
            minutes,
        }])
    };
    BookingTerms {
        stay: Stay::Visit(Visit {
            hours: (1..=7).map(span).collect(),
            every_minutes: 15,
            services: vec![
                service("Haircut", 45, 15),
                service("Colouring", 60, 0),
                service("Manicure", 30, 0),
            ],
            by_hour: None,
        }),
        party_max: 1,
        ..dinner()
    }
}

/// A resource of one unit for parties of these sizes; a table that can be pushed to others if `joins` names a group.
pub fn seats(name: &str, (seats_min, seats_max): (i64, i64), joins: &str) -> ResourceDetails {
    ResourceDetails {
        name: name.to_owned(),
        area: String::new(),
        units: 1,
        seats_min,
        seats_max,
        joins: joins.to_owned(),
        hours: Vec::new(),
        status: ResourceStatus::Online,
    }
}

/// An offer that is booked so, each service of these resources of the shop's store; `change` changes the [`draft`].
pub fn booked(
    store: &Store,
    shop: Shop,
    (terms, n): (AgreementTerms, u64),
    (booking, resources): (BookingTerms, &[(ResourceKind, ResourceDetails)]),
    change: impl Fn(&mut CreateOffer),
) -> (OnSale, Vec<ResourceId>) {
    let (agreement, head_count) = agreed(store, shop, terms, n);
    let mut create = draft(shop, agreement);
    change(&mut create);
    let resources = resources.to_vec();
    let made = run(store, ctx(shop.as_owner()), move |tx, ctx| {
        let add = |(kind, details): &(ResourceKind, ResourceDetails)| AddResource {
            merchant: shop.merchant,
            store: shop.store,
            kind: *kind,
            details: details.clone(),
        };
        let ids: Result<Vec<_>, _> = resources
            .iter()
            .map(|new| add_resource(tx, ctx, &add(new)))
            .collect();
        let (ids, offer) = (ids?, create_offer(tx, ctx, &create)?);
        let set = SetBookingTerms {
            offer,
            terms: booking.clone(),
            resources: vec![ids.clone(); booking.service_count()],
        };
        set_booking_terms(tx, ctx, &set)?;
        publish_offer(tx, ctx, &PublishOffer { offer })?;
        Ok((offer, ids))
    });
    let (offer, resources) = made.expect("a sound offer");
    let on_sale = OnSale {
        agreement,
        head_count,
        offer,
    };
    (on_sale, resources)
}

/// A map of these rows, called A, B, …: `s` is a seat, `w` a place for a wheelchair, `o` a seat out of order, `_` an
/// aisle; seats are numbered from 1 in each row, all in the zone `stalls`, but a capital letter's in `box`.
pub fn seat_map(rows: &[&str]) -> SeatMap {
    let zone = |code: &str| Zone {
        code: code.to_owned(),
        name: code.to_owned(),
    };
    let row = |(n, cells): (u8, &&str)| {
        let mut label = 0;
        let mut seat = |cell: char| {
            let kind = match cell.to_ascii_lowercase() {
                's' => SeatKind::Standard,
                'w' => SeatKind::Wheelchair,
                'o' => SeatKind::OutOfOrder,
                _ => return None,
            };
            label += 1;
            Some(Seat {
                label: label.to_string(),
                zone: if cell.is_uppercase() { "box" } else { "stalls" }.to_owned(),
                kind,
            })
        };
        SeatRow {
            label: char::from(b'A' + n).to_string(),
            cells: cells.chars().map(&mut seat).collect(),
        }
    };
    SeatMap {
        zones: vec![zone("stalls"), zone("box")],
        rows: (0..).zip(rows).map(row).collect(),
    }
}

/// Seats of showings for up to six, with the policy of [`dinner`].
pub fn showings() -> BookingTerms {
    BookingTerms {
        stay: Stay::Showings,
        price_per: PricePer::Person,
        party_max: 6,
        ..dinner()
    }
}

/// An offer that has showings, at 100.00 CNY a seat, and its hall of these seats, cleaned in 15 minutes.
pub fn cinema(
    store: &Store,
    shop: Shop,
    agreement: (AgreementTerms, u64),
    map: SeatMap,
    no_single_seats: bool,
) -> (OnSale, ResourceId) {
    cinema_as(store, shop, agreement, (map, no_single_seats), |_| {})
}

/// The same, but for what `change` does to the offer.
pub fn cinema_as(
    store: &Store,
    shop: Shop,
    agreement: (AgreementTerms, u64),
    (map, no_single_seats): (SeatMap, bool),
    change: impl Fn(&mut CreateOffer),
) -> (OnSale, ResourceId) {
    let hall = (ResourceKind::Hall, seats("Hall 1", (1, 1), ""));
    let (on_sale, halls) = booked(store, shop, agreement, (showings(), &[hall]), change);
    let set = SetHall {
        resource: halls[0],
        version: 0,
        map,
        no_single_seats,
        cleaning_minutes: 15,
    };
    run(store, ctx(shop.as_owner()), move |tx, ctx| {
        set_hall(tx, ctx, &set)
    })
    .expect("a sound map");
    (on_sale, halls[0])
}

/// Two hours in a hall from a minute of a day on; seats in `box` cost 30.00 more.
pub fn two_hours(offer: OfferId, hall: ResourceId, day: &str, minute: i64) -> ScheduleShowing {
    ScheduleShowing {
        offer,
        hall,
        day: day.parse().expect("a day"),
        minute,
        length_minutes: 120,
        surcharges: [("box".to_owned(), 3_000)].into(),
    }
}

/// What is said of a dish that costs so much in CNY and is served everywhere.
pub fn dish(name: &str, price: i64) -> DishDetails {
    DishDetails {
        name: LocalText::one("zh-CN", name),
        description: LocalText::default(),
        price: Money::new(price, Currency::CNY),
        media: None,
        signature: false,
        spicy: 0,
        vegetarian: false,
        allergens: Vec::new(),
        stores: Vec::new(),
    }
}

/// The shop's first menu: one section of these dishes.
pub fn first_menu(shop: Shop, dishes: impl IntoIterator<Item = DishDetails>) -> SetMenu {
    let new = |details| DishSaid { dish: None, details };
    SetMenu {
        merchant: shop.merchant,
        version: 0,
        sections: vec![SectionSaid {
            name: LocalText::one("zh-CN", "点心"),
            dishes: dishes.into_iter().map(new).collect(),
        }],
    }
}
