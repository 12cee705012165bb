//! Remembers accepted rows, to find the same source or the same name nearby again. Keeps hashes, not
//! texts: some 100 bytes for each accepted row, the only memory of an import that grows with the file.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use kernel::GeoPoint;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// Two merchants of the same name nearer than this are one.
pub const NEAR_M: f64 = 30.0;

/// Height of a grid cell: 30 m and a little more, so that near points are in neighbouring cells.
const CELL_MICRODEGREES: i64 = 270;
const CIRCLE_MICRODEGREES: i64 = 360_000_000;

/// The accepted rows so far. Texts are known by the first 8 bytes of their SHA-256: among a million
/// rows the chance that two different ones look the same is one in 37 million.
#[derive(Default)]
pub struct Duplicates {
    sources: HashMap<u64, u32>,
    names: HashMap<u64, Known>,
    contents: HashMap<u64, u32>,
}

/// An accepted row, as far as its name's neighbours need it.
#[derive(Clone, Copy)]
struct Known {
    lat_microdegrees: i32,
    lon_microdegrees: i32,
    row: u32,
}

impl Duplicates {
    /// The row that has this source already.
    pub fn row_of_source(&self, source: &str) -> Option<u32> {
        self.sources.get(&digest(source)).copied()
    }

    /// A row of the same name within 30 m, and how far away.
    pub fn row_of_name_near(&self, name: &str, place: GeoPoint) -> Option<(u32, f64)> {
        let name = digest(&normalised(name));
        let grid_row = grid_row(place);
        for neighbour in grid_row - 1..=grid_row + 1 {
            let columns = columns(neighbour);
            let column = column(place, columns);
            for side in [-1, 0, 1] {
                let cell = (neighbour, (column + side).rem_euclid(columns));
                for slot in 0_u32.. {
                    let Some(known) = self.names.get(&key(name, cell, slot)) else {
                        break;
                    };
                    let distance_m = place.distance_m(known.place());
                    if distance_m <= NEAR_M {
                        return Some((known.row, distance_m));
                    }
                }
            }
        }
        None
    }

    /// Remembers an accepted row.
    pub fn remember(&mut self, source: &str, name: &str, place: GeoPoint, row: u64) {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        self.sources.insert(digest(source), row);
        let name = digest(&normalised(name));
        let grid_row = grid_row(place);
        let cell = (grid_row, column(place, columns(grid_row)));
        let mut slot = 0;
        while self.names.contains_key(&key(name, cell, slot)) {
            slot += 1;
        }
        let known = Known {
            lat_microdegrees: place.lat_microdegrees() as i32,
            lon_microdegrees: place.lon_microdegrees() as i32,
            row,
        };
        self.names.insert(key(name, cell, slot), known);
    }

    /// How often this content has come, with this time. For rows without an id.
    pub fn count_content(&mut self, content: &str) -> u32 {
        let count = self.contents.entry(digest(content)).or_insert(0);
        *count = count.saturating_add(1);
        *count
    }
}

impl Known {
    fn place(self) -> GeoPoint {
        GeoPoint::from_microdegrees(self.lat_microdegrees.into(), self.lon_microdegrees.into())
            .expect("it was a place when it was remembered")
    }
}

/// A name for comparing: compatibility characters unified (NFKC), lower case, letters and digits only.
/// A name that has neither is compared as it is.
pub fn normalised(name: &str) -> String {
    let plain: String = name
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .collect();
    if plain.is_empty() { name.to_owned() } else { plain }
}

fn digest(text: &str) -> u64 {
    let digest = Sha256::digest(text);
    u64::from_be_bytes(std::array::from_fn(|i| digest[i]))
}

fn key(name: u64, cell: (i64, i64), slot: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    (name, cell, slot).hash(&mut hasher);
    hasher.finish()
}

fn grid_row(place: GeoPoint) -> i64 {
    place.lat_microdegrees().div_euclid(CELL_MICRODEGREES)
}

/// How many cells of at least 30 m fit around the Earth in this row of the grid.
#[allow(clippy::float_arithmetic, reason = "geometry, not money")]
fn columns(grid_row: i64) -> i64 {
    let farthest = (grid_row.abs() + 2) * CELL_MICRODEGREES;
    let cosine = (farthest as f64 / 1e6).min(90.0).to_radians().cos();
    ((CIRCLE_MICRODEGREES / CELL_MICRODEGREES) as f64 * cosine).max(1.0) as i64
}

fn column(place: GeoPoint, columns: i64) -> i64 {
    let from_west = (place.lon_microdegrees() + CIRCLE_MICRODEGREES / 2).rem_euclid(CIRCLE_MICRODEGREES);
    from_west * columns / CIRCLE_MICRODEGREES
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        #[allow(clippy::float_arithmetic, reason = "geometry, not money")]
        fn a_near_name_is_found_exactly_when_it_is_near(
            lat in -89.0..89.0_f64, lon in -180.0..180.0_f64, north in -40.0..40.0_f64, east in -40.0..40.0_f64
        ) {
            let first = GeoPoint::from_degrees(lat, lon).unwrap();
            let lon = lon + east / (111_195.0 * lat.to_radians().cos());
            let lon = if lon > 180.0 { lon - 360.0 } else if lon < -180.0 { lon + 360.0 } else { lon };
            let second = GeoPoint::from_degrees(lat + north / 111_195.0, lon).unwrap();
            let mut known = Duplicates::default();
            known.remember("a:1", "海底捞", first, 1);
            let found = known.row_of_name_near("海底捞", second).is_some();
            prop_assert_eq!(found, first.distance_m(second) <= NEAR_M);
        }
    }

    #[test]
    fn names_are_compared_without_case_space_and_width() {
        assert_eq!(normalised("ＫＦＣ · 人民广场店"), normalised("kfc人民广场店"));
        assert_ne!(normalised("海底捞(一店)"), normalised("海底捞(二店)"));
        assert_eq!(normalised("!!!"), "!!!");
    }
}
