//! The seats of a hall as they stand: rows from the stage or screen on, each of cells that are a seat or a gap.
//! A seat is called by its row and itself, `F-7`, and known to buckets by the number of its cell.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Reject;
use party::check;
use serde::{Deserialize, Serialize};

use crate::reject::{HALL_INVALID, SEATS_INVALID};

/// The most seats of a hall.
pub const MAX_SEATS: usize = 3_000;
const MAX_ROWS: usize = 100;
const MAX_CELLS: usize = 100;
const MAX_ZONES: usize = 12;
const MAX_LABEL: usize = 6;

/// The seats of a hall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatMap {
    /// What seats are priced by, 1 to 12.
    pub zones: Vec<Zone>,
    /// From the stage or screen on, at most 100.
    pub rows: Vec<SeatRow>,
}

/// Seats that cost the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// By which seats and prices name it: `stalls`.
    pub code: String,
    /// As guests read it, 1 to 40 characters.
    pub name: String,
}

/// Cells from left to right, as one sees the stage or screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatRow {
    /// 1 to 6 letters and digits; no two rows have the same.
    pub label: String,
    /// A seat, or nothing: an aisle. At most 100.
    pub cells: Vec<Option<Seat>>,
}

/// A seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// 1 to 6 letters and digits, once in its row.
    pub label: String,
    /// The code of its zone.
    pub zone: String,
    /// What it is.
    pub kind: SeatKind,
}

/// What a seat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatKind {
    /// For everybody.
    Standard,
    /// A place for a wheelchair.
    Wheelchair,
    /// Broken, or taken out: it is not sold.
    OutOfOrder,
}

impl SeatKind {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Wheelchair, Self::OutOfOrder];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Wheelchair => "wheelchair",
            Self::OutOfOrder => "out_of_order",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The number of the seat in this row and cell, both from 0.
pub(crate) fn number(row: usize, cell: usize) -> i64 {
    (row << 8 | cell) as i64
}

impl SeatMap {
    /// Every seat with its number and name.
    pub fn seats(&self) -> impl Iterator<Item = (i64, String, &Seat)> {
        self.rows.iter().enumerate().flat_map(|(r, row)| {
            row.cells.iter().enumerate().filter_map(move |(c, seat)| {
                let seat = seat.as_ref()?;
                Some((number(r, c), format!("{}-{}", row.label, seat.label), seat))
            })
        })
    }

    /// The seats that are sold.
    pub fn in_order(&self) -> impl Iterator<Item = (i64, String, &Seat)> {
        self.seats()
            .filter(|(.., seat)| seat.kind != SeatKind::OutOfOrder)
    }

    /// The seats of these names, which are sold and named once.
    pub(crate) fn find(&self, names: &[String]) -> Result<Vec<(i64, &Seat)>, Reject> {
        let by_name: BTreeMap<String, _> = self
            .in_order()
            .map(|(number, name, seat)| (name, (number, seat)))
            .collect();
        let mut found = BTreeMap::new();
        for name in names {
            let (number, seat) = *by_name
                .get(name)
                .ok_or_else(|| SEATS_INVALID.at("/seats", format!("There is no seat {name:?} to be had.")))?;
            if found.insert(number, seat).is_some() {
                let detail = format!("The seat {name} is named twice.");
                return Err(SEATS_INVALID.at("/seats", detail));
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Refuses what is no hall, by field.
    pub(crate) fn check(&self) -> Result<(), Reject> {
        self.check_zones()?;
        if self.rows.len() > MAX_ROWS {
            return no("/map/rows", format!("A hall has at most {MAX_ROWS} rows."));
        }
        let mut labels = BTreeSet::new();
        for row in &self.rows {
            label(&row.label)?;
            if !labels.insert(&row.label) {
                return no("/map/rows", format!("Two rows are called {}.", row.label));
            }
            self.check_row(row)?;
        }
        match self.seats().count() {
            0 => no("/map/rows", "A hall has at least one seat.".to_owned()),
            1..=MAX_SEATS => Ok(()),
            count => no(
                "/map/rows",
                format!("A hall has at most {MAX_SEATS} seats, not {count}."),
            ),
        }
    }

    fn check_zones(&self) -> Result<(), Reject> {
        if !(1..=MAX_ZONES).contains(&self.zones.len()) {
            return no("/map/zones", format!("A hall has 1 to {MAX_ZONES} zones."));
        }
        let mut codes = BTreeSet::new();
        for zone in &self.zones {
            check::code("/map/zones", &zone.code)?;
            check::some_text("/map/zones", &zone.name, 40)?;
            if !codes.insert(&zone.code) {
                return no("/map/zones", format!("Two zones have the code {}.", zone.code));
            }
        }
        Ok(())
    }

    fn check_row(&self, row: &SeatRow) -> Result<(), Reject> {
        if row.cells.len() > MAX_CELLS {
            return no("/map/rows", format!("A row has at most {MAX_CELLS} cells."));
        }
        let mut labels = BTreeSet::new();
        for seat in row.cells.iter().flatten() {
            label(&seat.label)?;
            if !labels.insert(&seat.label) {
                let detail = format!("The seat {}-{} is there twice.", row.label, seat.label);
                return no("/map/rows", detail);
            }
            if !self.zones.iter().any(|zone| zone.code == seat.zone) {
                let detail = format!(
                    "The seat {}-{} is in the zone {:?}, which is not among the zones.",
                    row.label, seat.label, seat.zone
                );
                return no("/map/rows", detail);
            }
        }
        Ok(())
    }
}

fn no(field: &'static str, detail: String) -> Result<(), Reject> {
    Err(HALL_INVALID.at(field, detail))
}

fn label(label: &str) -> Result<(), Reject> {
    let length = label.chars().count();
    if (1..=MAX_LABEL).contains(&length) && label.chars().all(char::is_alphanumeric) {
        return Ok(());
    }
    no(
        "/map/rows",
        format!("{label:?} is not of 1 to {MAX_LABEL} letters and digits."),
    )
}
