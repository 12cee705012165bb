//! Halls of cinemas and theatres, what is shown in them today and in the next days, and who has a seat.

use std::collections::BTreeMap;

use consume::{PlaceBooking, When};
use convert::PlaceOrder;
use kernel::{Actor, Ctx, OfferId, PersonId, StoreId};
use offer::{Day, ScheduleShowing, Seat, SeatChoice, SeatKind, SeatMap, SeatRow, SetHall, Zone};
use store::{Fail, Tx};

use crate::calendar::Calendar;
use crate::orders::{self, Bill};
use crate::shops::Shop;
use crate::texts::Trade;
use crate::works::{Works, acting};
use crate::{CityError, Counts};

/// How many days of showings there are, from today on.
const DAYS: i64 = 4;
/// So many houses have guests.
const FILLED: usize = 12;
/// How many come together, one after the other, where they like it best.
const PARTIES: &[usize] = &[2, 2, 4, 3, 2, 1, 2];

/// A hall as it is drawn, and when something starts there.
pub(crate) struct Screen {
    /// `s` is a seat, `d` a dear one, `w` a place for a wheelchair, `x` a broken seat, `_` an aisle.
    rows: &'static [&'static str],
    /// What rows are called: their number, or a letter.
    by_letter: bool,
    /// The zones of `s` and `d`, and what the second costs more, in fen.
    zones: ([&'static str; 2], i64),
    starts: &'static [i64],
    length_minutes: i64,
}

/// What is shown in the halls of a store of this trade, in their order.
pub(crate) fn of(trade: &Trade) -> &'static [Screen] {
    match trade.category {
        "cinema" => CINEMA,
        "theatre" => THEATRE,
        _ => &[],
    }
}

const CINEMA: &[Screen] = &[
    Screen {
        rows: &[
            "__ssss_ssssssss_ssss__",
            "_sssss_ssssssss_sssss_",
            "ssssss_ssssssss_ssssss",
            "ssssss_ssssssss_ssssss",
            "ssssss_dddddddd_ssssss",
            "ssssss_dddddddd_sxssss",
            "ssssss_dddddddd_ssssss",
            "ssssss_ssssssss_ssssss",
            "__ww___ssssssss___ww__",
        ],
        by_letter: false,
        zones: (["标准区 Standard", "黄金区 Golden seats"], 1_200),
        starts: &[10 * 60 + 30, 14 * 60, 19 * 60, 21 * 60 + 45],
        length_minutes: 125,
    },
    Screen {
        rows: &["ssss_ssss", "ssss_ssss", "sddd_ddds", "sddd_ddds", "ssss_ssww"],
        by_letter: false,
        zones: (["标准区 Standard", "情侣座 Sofa"], 2_000),
        starts: &[13 * 60, 16 * 60 + 30, 20 * 60],
        length_minutes: 105,
    },
];

const THEATRE: &[Screen] = &[Screen {
    rows: &[
        "___dddddd___",
        "__dddddddd__",
        "_dddddddddd_",
        "_sssss_sssss",
        "ssssss_sssss",
        "ssssss_sssss",
        "ssssss_sssss",
        "ww_sss_sss__",
    ],
    by_letter: true,
    zones: (["后区 Stalls", "前区 Front stalls"], 16_000),
    starts: &[19 * 60 + 30],
    length_minutes: 120,
}];

impl Screen {
    fn map(&self) -> SeatMap {
        let zone = |(code, name): (&str, &str)| Zone {
            code: code.to_owned(),
            name: name.to_owned(),
        };
        let [plain, dear] = self.zones.0;
        SeatMap {
            zones: [("plain", plain), ("dear", dear)].map(zone).into(),
            rows: (0..)
                .zip(self.rows)
                .map(|(n, cells)| self.row(n, cells))
                .collect(),
        }
    }

    fn row(&self, n: u8, cells: &str) -> SeatRow {
        let mut seats = 0;
        let mut cell = |cell: char| {
            let kind = match cell {
                '_' => return None,
                'w' => SeatKind::Wheelchair,
                'x' => SeatKind::OutOfOrder,
                _ => SeatKind::Standard,
            };
            seats += 1;
            Some(Seat {
                label: seats.to_string(),
                zone: if cell == 'd' { "dear" } else { "plain" }.to_owned(),
                kind,
            })
        };
        SeatRow {
            label: match self.by_letter {
                true => char::from(b'A' + n).to_string(),
                false => (n + 1).to_string(),
            },
            cells: cells.chars().map(&mut cell).collect(),
        }
    }
}

/// Draws the halls of every cinema and theatre, schedules what is shown there, and has people take seats.
pub(crate) fn open(works: &mut Works, shops: &[Shop], consumers: &[PersonId]) -> Result<Counts, CityError> {
    let mut counts = Counts::default();
    let houses = shops.iter().filter(|shop| !of(shop.trade).is_empty());
    for (n, house) in houses.enumerate() {
        let Some(offer) = house.booked else {
            continue;
        };
        for counter in &house.counters {
            schedule(works, house, (offer, counter.store))?;
        }
        if n < FILLED {
            let guests = consumers.iter().copied().cycle().skip(n * PARTIES.len());
            fill(
                works,
                offer,
                guests.take(2 * PARTIES.len()).collect(),
                &mut counts,
            )?;
        }
    }
    Ok(counts)
}

/// Draws the halls of a store and schedules what is shown there.
fn schedule(works: &mut Works, house: &Shop, (offer, store): (OfferId, StoreId)) -> Result<(), CityError> {
    let calendar = works.calendar;
    let (owner, screens) = (Actor::Staff(house.owner, house.merchant), of(house.trade));
    works.run("the halls of a store", offer, 0, move |tx: &mut Tx, ctx: &Ctx| {
        let as_owner = || acting(ctx, owner, calendar.at(2, 9 * 60));
        let halls = offer::queries::resources_of_offer(tx, offer, store)?;
        for ((hall, _), screen) in halls.iter().zip(screens) {
            let set = SetHall {
                resource: hall.id,
                version: 0,
                map: screen.map(),
                no_single_seats: true,
                cleaning_minutes: 15,
            };
            offer::set_hall(tx, &as_owner(), &set)?;
            let times = (0..DAYS).flat_map(|days| screen.starts.iter().map(move |minute| (days, *minute)));
            for (days, minute) in times {
                let showing = ScheduleShowing {
                    offer,
                    hall: hall.id,
                    day: Day::in_utc(calendar.at(-days, 12 * 60)),
                    minute,
                    length_minutes: screen.length_minutes,
                    surcharges: BTreeMap::from([("dear".to_owned(), screen.zones.1)]),
                };
                offer::schedule_showing(tx, &as_owner(), &showing)?;
            }
        }
        Ok(())
    })
}

/// Has people take seats of what is shown today and tomorrow, yesterday evening.
fn fill(
    works: &mut Works,
    offer: OfferId,
    guests: Vec<PersonId>,
    counts: &mut Counts,
) -> Result<(), CityError> {
    let calendar = works.calendar;
    let (from, until) = (calendar.at(0, 0), calendar.at(-2, 0));
    let showings = works
        .store
        .read_blocking(move |read| offer::queries::showings_of_offer(read, offer, from, until))?;
    for (turn, showing) in showings.into_iter().enumerate() {
        let guests = guests.clone();
        counts.orders += works.run("guests of a showing", offer, 0, move |tx: &mut Tx, ctx: &Ctx| {
            let parties = PARTIES.iter().zip(&guests).cycle().skip(turn);
            let mut booked = 0;
            // Another number of parties for each, so that some are full and some are not.
            for (party, buyer) in parties.take(3 + turn % 5 * 2) {
                let taken = take_best(tx, ctx, calendar, (&showing, *party), *buyer)?;
                booked += u64::from(taken);
            }
            Ok(booked)
        })?;
    }
    Ok(())
}

/// Takes the best seats for a party, if there are as many side by side.
fn take_best(
    tx: &mut Tx,
    ctx: &Ctx,
    calendar: Calendar,
    (showing, party): (&offer::Showing, usize),
    buyer: PersonId,
) -> Result<bool, Fail> {
    let booked_at = calendar.at(1, 20 * 60);
    let Some(hall) = offer::queries::hall(tx, showing.hall)? else {
        return Ok(false);
    };
    let used = offer::queries::used_seats(tx, &[showing.id])?;
    let used = used.into_iter().flat_map(offer::UsedSeats::all).collect();
    let Some(best) = hall.seating(&used).best(party) else {
        return Ok(false);
    };
    let book = PlaceBooking {
        order: PlaceOrder {
            offer: showing.offer,
            quantity: party as i64,
            wallet_coupons: Vec::new(),
            share_token: None,
            entry: None,
            use_rebate: false,
            group: None,
            seats: Some(SeatChoice {
                showing: showing.id,
                seats: hall.names(&best),
            }),
            expected_cash: None,
        },
        store: showing.store,
        when: When::At(showing.period.starts_at),
        party: party as i64,
        area: None,
        resources: Vec::new(),
    };
    let placed = consume::place_booking(tx, &acting(ctx, Actor::Consumer(buyer), booked_at), &book)?;
    let bill = Bill {
        buyer,
        card: best[0] as u64,
        placed: booked_at,
    };
    orders::pay(tx, ctx, bill, &placed.order)?;
    Ok(true)
}
