//! Places into H3 cells (<https://h3geo.org>). Documents lie in the index in the order of their finest
//! cell, and the numbers of all cells inside a coarser one follow each other, so that a coarser cell
//! is one stretch of documents. Cells only narrow the search down; what is inside a circle is decided
//! by the exact distance.

use std::ops::RangeInclusive;

use h3o::{CellIndex, LatLng, Resolution};
use kernel::GeoPoint;

use super::judge::Ring;

/// Cells of 9 m: the order of the documents.
const FINEST: Resolution = Resolution::Twelve;
/// Cells of 76 m to 69 km, finest first: what circles are covered with.
const COVERS: [Resolution; 8] = [
    Resolution::Ten,
    Resolution::Nine,
    Resolution::Eight,
    Resolution::Seven,
    Resolution::Six,
    Resolution::Five,
    Resolution::Four,
    Resolution::Three,
];
/// No place is further than this from the centre of the cell that its finest cell belongs to, in mean
/// edge lengths of that cell's resolution. Sampled over the globe and around the twelve pentagons: 1.14.
const REACH_EDGES: f64 = 1.2;
/// The middles of the k-th ring are at least k times this far from the middle, compared with the
/// nearest neighbour. Sampled in the same way: 0.80.
const RING_SPACING: f64 = 0.78;
/// A circle is covered with the finest cells of which its radius is at most this many edges.
const COVER_EDGES: f64 = 4.0;

/// The number by which documents are ordered.
pub(super) fn finest_cell(place: GeoPoint) -> u64 {
    u64::from(position(place).to_cell(FINEST))
}

/// Stretches of finest cells that hold every place in the ring around `center`, and some places
/// beside it; in order, none twice.
#[allow(clippy::float_arithmetic, reason = "geometry, not money")]
pub(super) fn cover(center: GeoPoint, ring: Ring) -> Vec<RangeInclusive<u64>> {
    let (inner_m, outer_m) = (ring.inner_mm as f64 / 1_000.0, ring.outer_mm as f64 / 1_000.0);
    let fits = |r: &Resolution| outer_m <= COVER_EDGES * r.edge_length_m();
    let resolution = COVERS.into_iter().find(fits).unwrap_or(Resolution::Three);
    let reach_m = REACH_EDGES * resolution.edge_length_m();
    let home = position(center).to_cell(resolution);
    let neighbours = home
        .grid_disk::<Vec<_>>(1)
        .into_iter()
        .filter(|cell| *cell != home);
    let nearest_m = neighbours
        .map(|cell| middle(cell).distance_m(middle(home)))
        .fold(f64::MAX, f64::min);
    let furthest_m = outer_m + reach_m + center.distance_m(middle(home));
    let rings = (furthest_m / (RING_SPACING * nearest_m)) as u32;
    let mut cells: Vec<CellIndex> = home.grid_disk(rings);
    cells.retain(|cell| {
        let distance_m = center.distance_m(middle(*cell));
        distance_m <= outer_m + reach_m && distance_m + reach_m > inner_m
    });
    let mut stretches: Vec<_> = cells.into_iter().map(finest_inside).collect();
    stretches.sort_unstable_by_key(|stretch| *stretch.start());
    stretches
}

fn position(place: GeoPoint) -> LatLng {
    LatLng::new(place.lat(), place.lon()).expect("a place has finite coordinates")
}

fn middle(cell: CellIndex) -> GeoPoint {
    let at = LatLng::from(cell);
    GeoPoint::from_degrees(at.lat(), at.lng()).expect("the middle of a cell is on the globe")
}

/// First and last finest cell inside `cell`.
fn finest_inside(cell: CellIndex) -> RangeInclusive<u64> {
    let last = cell.children_count(FINEST) - 1;
    let child = |n| {
        cell.child_at(n, FINEST)
            .expect("the position is below the count of children")
    };
    u64::from(child(0))..=u64::from(child(last))
}

#[cfg(test)]
#[allow(clippy::float_arithmetic, reason = "geometry, not money")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Anywhere, and close to the pentagons, where the grid is bent most.
    fn any_center() -> impl Strategy<Value = GeoPoint> {
        let anywhere = (-1.0..=1.0_f64, -180.0..=180.0_f64)
            .prop_map(|(sine, lon)| GeoPoint::from_degrees(sine.asin().to_degrees(), lon).unwrap());
        let by_pentagon =
            (3..=10_u8, 0..12_usize, -4.0..4.0_f64, -4.0..4.0_f64).prop_map(|(level, n, north, east)| {
                let resolution = Resolution::try_from(level).unwrap();
                let middle = LatLng::from(resolution.pentagons().nth(n).unwrap());
                let degrees = resolution.edge_length_m() / 111_195.0;
                moved(middle.lat(), middle.lng(), north * degrees, east * degrees)
            });
        prop_oneof![anywhere, by_pentagon]
    }

    fn moved(lat: f64, lon: f64, north_degrees: f64, east_degrees: f64) -> GeoPoint {
        let new_lat = (lat + north_degrees).clamp(-90.0, 90.0);
        let new_lon = lon + east_degrees / new_lat.to_radians().cos().max(1e-6);
        GeoPoint::from_degrees(new_lat, (new_lon + 180.0).rem_euclid(360.0) - 180.0).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3_000))]

        #[test]
        fn every_place_in_a_ring_lies_in_its_cover(
            center in any_center(), far_m in 0.0..=40_000.0_f64, size in 0..3_u8, turn in 0.0..6.3_f64,
            inner in -0.5..1.0_f64, rest in 0.0..1.0_f64,
        ) {
            let far_degrees = far_m / [1.0, 20.0, 400.0][usize::from(size)] / 111_195.0;
            let place = moved(center.lat(), center.lon(), far_degrees * turn.sin(), far_degrees * turn.cos());
            let distance_mm = (center.distance_m(place) * 1_000.0).round();
            let inner_mm = (distance_mm * inner).floor() as i64 - 1;
            let ring = Ring { inner_mm, outer_mm: (distance_mm * (1.0 + rest)).ceil() as i64 };
            let cover = cover(center, ring);
            prop_assert!(cover.iter().any(|stretch| stretch.contains(&finest_cell(place))));
            prop_assert!(cover.windows(2).all(|pair| pair[0].end() < pair[1].start()), "in order and apart");
            prop_assert!(cover.len() < 100);
        }

        #[test]
        fn the_grid_is_nowhere_more_bent_than_assumed(place in any_center(), level in 3..=10_u8, k in 1..=6_u32) {
            let resolution = Resolution::try_from(level).unwrap();
            let cell = position(place).to_cell(FINEST).parent(resolution).unwrap();
            prop_assert!(place.distance_m(middle(cell)) <= REACH_EDGES * resolution.edge_length_m());
            let distances = |k| cell.grid_ring::<Vec<_>>(k).into_iter().map(move |c| middle(c).distance_m(middle(cell)));
            let nearest_m = distances(1).fold(f64::MAX, f64::min);
            prop_assert!(distances(k).all(|far_m| far_m >= f64::from(k) * RING_SPACING * nearest_m));
        }
    }
}
