//! Times that are booked, kept, moved, cancelled and missed, and guests who are there.

use consume::{
    Arrive, BookWithCard, CancelBooking, ChooseSeats, KeepPlaces, LapseBooking, MarkNoShow, MoveBooking,
    PlaceBooking, PlacedBooking, RemindGuest,
};
use kernel::{Actor, BasisPoints, BookingId, OfferId, RefundId, ResourceId, Timestamp};
use offer::{
    BookingPolicy, BookingTerms, Day, NightRate, Nights, Period, SeatChoice, Service, SetBookingTerms, Turn,
    Visit,
};
use party::hours::Span;
use store::{Fail, Tx};
use uuid::Uuid;

use super::buying::{Order, placed_reply};
use super::house::owner_of;
use super::{Reply, Request, Scene, look};
use crate::run::booked::{Booked, PricePer, Rate, Stay, seat_name};
use crate::run::op::{self, Book, By, Name, No, Seats, Staff, VoucherName, When};

pub(super) fn book(scene: Scene<'_>, book: &Book) -> Request {
    let mut order = Order::new(scene, &book.place);
    let shop = scene.model.world.goods[book.place.good].shop;
    order.cmd.seats = book.seats.map(|seats| choice(scene, &seats));
    let cmd = PlaceBooking {
        order: order.cmd.clone(),
        store: scene.directory.cast.shops[shop].stores[book.store].0,
        when: when(book.when),
        party: book.party,
        area: None,
        resources: match (book.seats, book.resource) {
            // Whoever chooses seats names nothing else.
            (Some(_), None) => Vec::new(),
            (_, resource) => resources(scene, resource),
        },
    };
    let cast = scene.directory.cast.resources.clone();
    Request::new(
        "placeBooking",
        scene.consumer(book.place.person),
        cmd.store.uuid(),
        move |tx, ctx| {
            let cmd = PlaceBooking {
                order: order.with_token(tx)?,
                ..cmd.clone()
            };
            let placed = consume::place_booking(tx, ctx, &cmd)?;
            booked_reply(tx, &placed, &cast)
        },
    )
}

/// What was booked, and of which of all resources.
pub(super) fn booked_reply(tx: &mut Tx, placed: &PlacedBooking, cast: &[ResourceId]) -> Result<Reply, Fail> {
    let Reply { text, made } = placed_reply(tx, &placed.order)?;
    let resources = placed.resources.iter();
    let chosen: Vec<_> = resources
        .filter_map(|id| cast.iter().position(|resource| resource == id))
        .collect();
    let text = format!("{text} {} {chosen:?}", said(placed.period));
    Ok(Reply::made(text, [vec![placed.booking.uuid()], made].concat()))
}

pub(super) fn book_with_card(scene: Scene<'_>, book: &op::BookWithCard) -> Request {
    let cast = &scene.directory.cast;
    let shop = scene.model.world.goods[book.good].shop;
    let cmd = BookWithCard {
        card: scene.id(Name::Voucher(book.card.0, book.card.1)),
        offer: cast.goods[book.good],
        store: cast.shops[shop].stores[book.store].0,
        when: when(book.when),
        party: book.party,
        area: None,
        resources: resources(scene, book.resource),
    };
    let (lane, locks) = (cmd.store.uuid(), cmd.locks());
    Request::new(
        "bookWithCard",
        scene.consumer(book.person),
        lane,
        move |tx, ctx| {
            let booked = consume::book_with_card(tx, ctx, &cmd)?;
            let text = format!("{} for {} uses", said(booked.period), booked.uses);
            Ok(Reply::made(text, vec![booked.booking.uuid()]))
        },
    )
    .locking(locks)
}

pub(super) fn keep(
    scene: Scene<'_>,
    (shop, staff): (usize, Staff),
    resources: [usize; 2],
    (starts_at, ends_at): (Timestamp, Timestamp),
) -> Request {
    let cast = &scene.directory.cast;
    let cmd = KeepPlaces {
        merchant: cast.shops[shop].merchant,
        store: cast.shops[shop].stores[0].0,
        resources: resources.map(|n| cast.resources[n]).to_vec(),
        period: Period { starts_at, ends_at },
        party: 1,
        note: "Somebody called".to_owned(),
    };
    let (lane, locks) = (cmd.store.uuid(), cmd.locks());
    Request::new("keepPlaces", scene.staff(shop, staff), lane, move |tx, ctx| {
        let booking = consume::keep_places(tx, ctx, &cmd)?;
        Ok(Reply::made("", vec![booking.uuid()]))
    })
    .locking(locks)
}

pub(super) fn move_to(
    scene: Scene<'_>,
    by: By,
    booking: No,
    (to, with, seats): (When, Option<usize>, Option<Seats>),
) -> Request {
    let (booking, actor, lane) = of(scene, by, booking);
    let cmd = MoveBooking {
        booking,
        when: when(to),
        seats: seats.map(|seats| choice(scene, &seats)),
        resources: with.map(|_| resources(scene, with)),
        area: None,
    };
    Request::new("moveBooking", actor, lane, move |tx, ctx| {
        Ok(Reply::text(said(consume::move_booking(tx, ctx, &cmd)?)))
    })
}

pub(super) fn choose_seats(scene: Scene<'_>, by: By, voucher: VoucherName, seats: &Seats) -> Request {
    let cmd = ChooseSeats {
        voucher: scene.id(Name::Voucher(voucher.0, voucher.1)),
        seats: choice(scene, seats),
    };
    let (lane, locks) = (cmd.seats.showing.uuid(), cmd.locks());
    Request::new("chooseSeats", scene.actor(by), lane, move |tx, ctx| {
        let chosen = consume::choose_seats(tx, ctx, &cmd)?;
        Ok(Reply::made(said(chosen.period), vec![chosen.booking.uuid()]))
    })
    .locking(locks)
}

pub(super) fn cancel(scene: Scene<'_>, by: By, booking: No, with_reason: bool) -> Request {
    let (booking, actor, lane) = of(scene, by, booking);
    let request = Request::new("cancelBooking", actor, lane, move |tx, ctx| {
        let refund = consume::cancel_booking(tx, ctx, &CancelBooking { booking })?;
        given_up(tx, booking, refund)
    });
    if with_reason {
        request.because("the cook is ill")
    } else {
        request
    }
}

pub(super) fn no_show(scene: Scene<'_>, by: By, booking: No) -> Request {
    let (booking, actor, lane) = of(scene, by, booking);
    Request::new("markNoShow", actor, lane, move |tx, ctx| {
        let refund = consume::mark_no_show(tx, ctx, &MarkNoShow { booking })?;
        given_up(tx, booking, refund)
    })
}

pub(super) fn arrive(scene: Scene<'_>, by: By, booking: No) -> Request {
    let (booking, actor, lane) = of(scene, by, booking);
    Request::new("arrive", actor, lane, move |tx, ctx| {
        let redeemed = consume::arrive(tx, ctx, &Arrive { booking })?;
        Ok(Reply::redeemed(&redeemed))
    })
}

pub(super) fn remind(scene: Scene<'_>, booking: No) -> Request {
    let booking: BookingId = scene.id(Name::Booking(booking));
    Request::new("remindGuest", Actor::System, booking.uuid(), move |tx, ctx| {
        let reminded = consume::remind_guest(tx, ctx, &RemindGuest { booking })?;
        Ok(Reply::text(reminded.to_string()))
    })
}

pub(super) fn lapse(scene: Scene<'_>, booking: No) -> Request {
    let booking: BookingId = scene.id(Name::Booking(booking));
    Request::new("lapseBooking", Actor::System, booking.uuid(), move |tx, ctx| {
        let lapsed = consume::lapse_booking(tx, ctx, &LapseBooking { booking })?;
        Ok(Reply::text(lapsed.to_string()))
    })
}

pub(super) fn change_policy(scene: Scene<'_>, good: usize, policy: usize) -> Request {
    let cast = &scene.directory.cast;
    let booked = scene.model.booked(good);
    let cmd = SetBookingTerms {
        offer: cast.goods[good],
        terms: terms(booked, policy, &cast.goods),
        resources: vec![cast.resources[booked.resources.clone()].to_vec()],
    };
    let (lane, locks) = (cmd.offer.uuid(), cmd.locks());
    Request::new("setBookingTerms", owner_of(scene, good), lane, move |tx, ctx| {
        Ok(Reply::text(offer::set_booking_terms(tx, ctx, &cmd)?.to_string()))
    })
    .locking(locks)
}

fn of(scene: Scene<'_>, by: By, booking: No) -> (BookingId, Actor, Uuid) {
    let shop = scene.model.bookings[&booking].shop;
    let lane = scene.directory.cast.shops[shop].stores[0].0.uuid();
    (scene.id(Name::Booking(booking)), scene.actor(by), lane)
}

fn choice(scene: Scene<'_>, seats: &Seats) -> SeatChoice {
    SeatChoice {
        showing: scene.id(Name::Showing(seats.showing)),
        seats: seats.named.into_iter().flatten().map(seat_name).collect(),
    }
}

/// Of the only service.
pub(super) fn resources(scene: Scene<'_>, n: Option<usize>) -> Vec<Option<ResourceId>> {
    vec![n.map(|n| scene.directory.cast.resources[n])]
}

pub(super) fn when(when: When) -> consume::When {
    match when {
        When::At(at) => consume::When::At(at),
        When::Nights { from, nights, rooms } => consume::When::Nights {
            from: Day(from),
            nights,
            rooms,
        },
    }
}

fn said(period: Period) -> String {
    format!("{} to {}", period.starts_at.0, period.ends_at.0)
}

/// What went back, or was taken of a card.
fn given_up(tx: &mut Tx, booking: BookingId, refund: Option<RefundId>) -> Result<Reply, Fail> {
    let made = match refund {
        Some(refund) => Some(refund.uuid()),
        None => look::redemption_of(tx, booking)?,
    };
    Ok(Reply::made("", made.into_iter().collect()))
}

/// How a good is booked by one of its policies, and with which of these.
pub(crate) fn terms(booked: &Booked, policy: usize, goods: &[OfferId]) -> BookingTerms {
    let policy = booked.policies[policy];
    let bp = |points| BasisPoints::new(points).unwrap_or(BasisPoints::ZERO);
    BookingTerms {
        stay: match booked.stay {
            Stay::Visit {
                from,
                until,
                every,
                minutes: [two, more],
                before,
                after,
            } => offer::Stay::Visit(Visit {
                hours: every_day((from, until)),
                every_minutes: every,
                services: vec![Service {
                    before_minutes: before,
                    after_minutes: after,
                    ..Service::only(
                        [(2, two), (booked.party_max.max(3), more)]
                            .map(|(party_up_to, minutes)| Turn { party_up_to, minutes })
                            .to_vec(),
                    )
                }],
                by_hour: None,
            }),
            Stay::Showings(_) => offer::Stay::Showings,
            Stay::Nights {
                check_in,
                check_out,
                least,
                most,
                rates,
            } => offer::Stay::Nights(Nights {
                check_in_minute: check_in,
                check_out_minute: check_out,
                nights_min: least,
                nights_max: most,
                rates: rates.iter().flatten().map(rate).collect(),
            }),
        },
        price_per: match booked.price_per {
            PricePer::Booking => offer::PricePer::Booking,
            PricePer::Person => offer::PricePer::Person,
            PricePer::Night => offer::PricePer::Night,
        },
        party_max: booked.party_max,
        notice_us: booked.notice_us,
        ahead_days: booked.ahead_days,
        policy: BookingPolicy {
            free_until_us: policy.free_until_us,
            late_fee_bp: bp(policy.late_bp),
            no_show_fee_bp: bp(policy.no_show_bp),
            grace_us: policy.grace_us,
        },
        open_tickets: booked.open_tickets,
        cards: booked.cards.iter().map(|card| goods[*card]).collect(),
        security_deposit: None,
    }
}

fn rate(rate: &Rate) -> NightRate {
    let date = |day: Option<i64>| day.and_then(|day| Day(day).to_string().parse().ok());
    NightRate {
        surcharge: rate.surcharge,
        weekdays: (1..=7)
            .filter(|day| rate.weekdays >> (day - 1) & 1 == 1)
            .collect(),
        from_day: date(rate.from),
        until_day: date(rate.until),
    }
}

/// The same hours on each weekday.
pub(crate) fn every_day((from_minute, until_minute): (i64, i64)) -> Vec<Span> {
    let span = |weekday| Span {
        weekday,
        from_minute,
        until_minute,
    };
    (1..=7).map(span).collect()
}
