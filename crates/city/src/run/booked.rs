//! What of a seed's world is booked, as plain numbers: tables, people with rooms, nights, places of a session, seats. Few
//! of each, so that times are taken.

use std::ops::Range;

use kernel::{Ctx, DAY_US, HOUR_US, MINUTE_US};

use super::world::BEGIN;
use crate::dice::{between, chance, pick};

/// How a good is booked, at its shop's first store.
#[derive(Debug, Clone)]
pub(crate) struct Booked {
    pub stay: Stay,
    pub price_per: PricePer,
    pub party_max: i64,
    pub notice_us: i64,
    pub ahead_days: i64,
    /// Whether it is sold before its seats are chosen, too.
    pub open_tickets: bool,
    /// Goods of which a use pays for it, each for a booking or a person.
    pub cards: Vec<usize>,
    /// What it costs not to come: at first, and as the shop may change it.
    pub policies: [Policy; 2],
    /// Of the world's.
    pub resources: Range<usize>,
}

impl Booked {
    /// Of the only one of its resources.
    pub fn hall(&self) -> Option<&Hall> {
        match &self.stay {
            Stay::Showings(hall) => Some(hall),
            Stay::Visit { .. } | Stay::Nights { .. } => None,
        }
    }
}

/// What is booked. Minutes are of the day in Shanghai.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stay {
    /// Within the same hours of every day.
    Visit {
        from: i64,
        until: i64,
        every: i64,
        /// How long two stay, and more than two.
        minutes: [i64; 2],
        before: i64,
        after: i64,
    },
    Nights {
        check_in: i64,
        check_out: i64,
        least: i64,
        most: i64,
        /// Of those that apply to a night the dearest counts.
        rates: [Option<Rate>; 2],
    },
    /// Seats of what its shop puts on in its hall.
    Showings(Hall),
}

/// What a room costs more in some nights, by the day on which they begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub surcharge: i64,
    /// A bit for each, Monday's first; of none it is of all.
    pub weekdays: u8,
    /// Days since 1970, both included.
    pub from: Option<i64>,
    pub until: Option<i64>,
}

/// Rows of seats from the screen on: `s` is a seat, `w` a place for a wheelchair, `o` is not sold and `_` is an aisle.
/// Capitals are in the box.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hall {
    pub rows: &'static [&'static str],
    pub no_single_seats: bool,
    /// After a showing.
    pub cleaning_minutes: i64,
}

/// A row and a cell of it, both from 0.
pub(crate) type Seat = (u8, u8);

/// What a seat is called, if it is there.
pub(crate) fn seat_name((row, cell): Seat) -> String {
    format!("{}-{}", row_label(row), cell + 1)
}

pub(crate) fn row_label(row: u8) -> char {
    char::from(b'A' + row)
}

impl Hall {
    /// Every cell with what is there.
    pub fn cells(&self) -> impl Iterator<Item = (Seat, char)> {
        let rows = (0..).zip(self.rows);
        rows.flat_map(|(row, cells)| {
            (0..)
                .zip(cells.chars())
                .map(move |(cell, what)| ((row, cell), what))
        })
    }

    /// What is there, of all that is sold.
    pub fn sold_at(&self, seat: Seat) -> Option<char> {
        let mut cells = self.cells();
        let (_, what) = cells.find(|(cell, _)| *cell == seat)?;
        "sw".contains(what.to_ascii_lowercase()).then_some(what)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PricePer {
    Booking,
    Person,
    Night,
}

/// What it costs not to come. Shares are basis points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    pub free_until_us: i64,
    pub late_bp: i64,
    pub no_show_bp: i64,
    pub grace_us: i64,
}

impl Policy {
    /// Of what goes back in any case.
    pub fn keep_nothing(&mut self) {
        (self.late_bp, self.no_show_bp) = (0, 0);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Table,
    Person,
    Room,
    RoomType,
    Session,
    Hall,
}

/// Something whose time is booked.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub kind: Kind,
    pub units: i64,
    pub seats: (i64, i64),
    /// Whether it can be pushed together with the others that can.
    pub joins: bool,
    /// Only the shop itself gives it out.
    pub walk_in: bool,
    /// When it works, if not always.
    pub hours: Option<(i64, i64)>,
}

impl Resource {
    fn one(kind: Kind, seats: (i64, i64)) -> Self {
        Self {
            kind,
            units: 1,
            seats,
            joins: false,
            walk_in: false,
            hours: None,
        }
    }
}

/// A good's bookings, with what they are of, which comes after so many others.
pub(super) fn booked(dice: &Ctx, before: usize, is_cinema: bool) -> (Booked, Vec<Resource>) {
    let (resources, party_max, price_per) = match dice.random_below(5) {
        _ if is_cinema => (
            vec![Resource::one(Kind::Hall, (1, 1))],
            between(dice, 3, 5),
            PricePer::Person,
        ),
        0 => (
            tables(dice),
            8,
            *pick(dice, &[PricePer::Booking, PricePer::Person]),
        ),
        1 => (people(dice), 2, PricePer::Booking),
        2 | 3 => (
            rooms(dice),
            4,
            *pick(dice, &[PricePer::Booking, PricePer::Night, PricePer::Night]),
        ),
        _ => (
            session(dice),
            4,
            *pick(dice, &[PricePer::Booking, PricePer::Person]),
        ),
    };
    let policy = || {
        let late_bp = *pick(dice, &[0, 1_000, 3_333, 5_000]);
        Policy {
            free_until_us: *pick(dice, &[0, HOUR_US, 4 * HOUR_US, DAY_US]),
            late_bp,
            no_show_bp: *pick(dice, &[late_bp, 6_667, 10_000]),
            grace_us: *pick(dice, &[0, 15 * MINUTE_US, 2 * HOUR_US]),
        }
    };
    let booked = Booked {
        stay: match resources[0].kind {
            Kind::RoomType => nights(dice, price_per),
            Kind::Hall => Stay::Showings(hall(dice)),
            Kind::Table | Kind::Person | Kind::Room | Kind::Session => visit(dice),
        },
        price_per,
        party_max,
        notice_us: *pick(dice, &[0, 0, 30 * MINUTE_US]),
        ahead_days: between(dice, 2, 6),
        open_tickets: is_cinema && chance(dice, 80),
        cards: Vec::new(),
        policies: [policy(), policy()],
        resources: before..before + resources.len(),
    };
    (booked, resources)
}

fn visit(dice: &Ctx) -> Stay {
    let (from, until) = *pick(dice, &[(600, 1_320), (1_080, 1_440), (0, 1_440)]);
    Stay::Visit {
        from,
        until,
        every: *pick(dice, &[15, 30, 60]),
        minutes: *pick(dice, &[[60, 60], [45, 90], [60, 125]]),
        before: *pick(dice, &[0, 0, 10]),
        after: *pick(dice, &[0, 0, 15, 20]),
    }
}

fn nights(dice: &Ctx, price_per: PricePer) -> Stay {
    let least = *pick(dice, &[1, 1, 2]);
    // Whole bookings cost the same in all nights.
    let rate = || (price_per == PricePer::Night && chance(dice, 80)).then(|| rate(dice));
    Stay::Nights {
        check_in: *pick(dice, &[720, 900]),
        check_out: *pick(dice, &[600, 720]),
        least,
        most: between(dice, least, 4),
        rates: [rate(), rate()],
    }
}

fn rate(dice: &Ctx) -> Rate {
    let first = BEGIN.0 / DAY_US;
    let from = chance(dice, 40).then(|| first + between(dice, 0, 8));
    let until = chance(dice, 40).then(|| from.unwrap_or(first) + between(dice, 0, 8));
    Rate {
        surcharge: *pick(dice, &[1, 333, 2_500, 10_001]),
        weekdays: *pick(dice, &[0, 0b110_0000, 0b101_0101]),
        from,
        until,
    }
}

fn hall(dice: &Ctx) -> Hall {
    Hall {
        rows: match dice.random_below(3) {
            0 => &["ssssss", "ssSSSs"],
            1 => &["sSS_sSs", "wsS_SSs"],
            _ => &["sosss", "_SSSS", "sssSW"],
        },
        no_single_seats: chance(dice, 75),
        cleaning_minutes: *pick(dice, &[0, 10, 15]),
    }
}

/// Those that join have seats of which no two sums are the same.
fn tables(dice: &Ctx) -> Vec<Resource> {
    let mut tables: Vec<_> = [(1, 2), (1, 4), (3, 6)]
        .into_iter()
        .map(|seats| Resource::one(Kind::Table, seats))
        .collect();
    tables[1].walk_in = chance(dice, 50);
    let joining = pick(dice, &[[2, 3, 4], [1, 2, 4], [2, 4, 5]]);
    tables.extend(joining.map(|seats| Resource {
        joins: true,
        walk_in: chance(dice, 20),
        ..Resource::one(Kind::Table, (1, seats))
    }));
    tables
}

fn people(dice: &Ctx) -> Vec<Resource> {
    let mut resources: Vec<_> = (0..between(dice, 1, 3))
        .map(|_| Resource {
            hours: chance(dice, 40).then(|| *pick(dice, &[(540, 1_080), (720, 1_260)])),
            walk_in: chance(dice, 10),
            ..Resource::one(Kind::Person, (1, 2))
        })
        .collect();
    let rooms = between(dice, 0, 2);
    resources.extend((0..rooms).map(|_| Resource::one(Kind::Room, (1, 2))));
    resources
}

fn rooms(dice: &Ctx) -> Vec<Resource> {
    let room_type = |seats| Resource {
        units: between(dice, 1, 3),
        ..Resource::one(Kind::RoomType, (1, seats))
    };
    let count = 1 + dice.random_below(2) as usize;
    [2, 3].into_iter().take(count).map(room_type).collect()
}

fn session(dice: &Ctx) -> Vec<Resource> {
    vec![Resource {
        units: between(dice, 3, 9),
        ..Resource::one(Kind::Session, (1, 4))
    }]
}
