//! One point for a GeoJSON geometry, by these rules and no others: a Point is itself; a Polygon is the
//! centroid of its outer ring's area, and a MultiPolygon that of its largest outer ring; a LineString
//! or MultiPoint, and a ring without area, is the mean of its vertices. All planar, in degrees, which
//! is exact enough for a building. What spans half the Earth or is a mixture has no one centre.

use serde::Deserialize;
use serde_json::Value;

use super::raw::RawPlace;
use super::refusal::excerpt;

/// Longitude and latitude, and perhaps an altitude, in degrees.
type Position = Vec<f64>;

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Point(Position),
    MultiPoint(Vec<Position>),
    LineString(Vec<Position>),
    Polygon(Vec<Vec<Position>>),
    MultiPolygon(Vec<Vec<Vec<Position>>>),
}

/// The one point of a geometry.
pub fn place(geometry: &Value) -> RawPlace {
    if geometry.is_null() {
        return RawPlace::Missing;
    }
    let unreadable = |detail: &str| RawPlace::Unreadable {
        value: excerpt(&geometry.to_string()),
        detail: detail.to_owned(),
    };
    let vertices = match Geometry::deserialize(geometry) {
        Ok(Geometry::Point(position)) => vec![position],
        Ok(Geometry::MultiPoint(positions) | Geometry::LineString(positions)) => positions,
        Ok(Geometry::Polygon(rings)) => return of_rings(rings.into_iter().take(1), unreadable),
        Ok(Geometry::MultiPolygon(polygons)) => {
            let outer = polygons.into_iter().filter_map(|rings| rings.into_iter().next());
            return of_rings(outer, unreadable);
        }
        Err(_) => {
            return unreadable("the geometry is no Point, MultiPoint, LineString, Polygon or MultiPolygon");
        }
    };
    match points(&vertices) {
        Some(points) if points.is_empty() => RawPlace::Missing,
        Some(points) if span(&points) > 180.0 => unreadable(TOO_WIDE),
        Some(points) => degrees(mean(&points)),
        None => unreadable(NOT_PAIRS),
    }
}

const NOT_PAIRS: &str = "a position must be longitude and latitude";
const TOO_WIDE: &str = "the shape spans more than 180 degrees; cut it at the antimeridian (RFC 7946)";

fn of_rings(rings: impl Iterator<Item = Vec<Position>>, unreadable: impl Fn(&str) -> RawPlace) -> RawPlace {
    let mut largest: Option<(f64, (f64, f64))> = None;
    for ring in rings {
        let Some(points) = points(&ring) else {
            return unreadable(NOT_PAIRS);
        };
        if points.is_empty() {
            continue;
        }
        if span(&points) > 180.0 {
            return unreadable(TOO_WIDE);
        }
        let (area, centre) = centroid(&points);
        if largest.is_none_or(|(known, _)| area > known) {
            largest = Some((area, centre));
        }
    }
    largest.map_or(RawPlace::Missing, |(_, centre)| degrees(centre))
}

fn degrees((lon, lat): (f64, f64)) -> RawPlace {
    RawPlace::Degrees { lat, lon }
}

/// The positions as pairs; `None` if one has fewer than two numbers.
fn points(positions: &[Position]) -> Option<Vec<(f64, f64)>> {
    // An empty list as the only position is how some writers say that there is none.
    if positions == [Position::new()] {
        return Some(Vec::new());
    }
    let pair = |position: &Position| Some((*position.first()?, *position.get(1)?));
    positions.iter().map(pair).collect()
}

#[allow(clippy::float_arithmetic, reason = "geometry, not money")]
fn span(points: &[(f64, f64)]) -> f64 {
    let (low, high) = points.iter().fold((f64::MAX, f64::MIN), |(low, high), (lon, _)| {
        (low.min(*lon), high.max(*lon))
    });
    high - low
}

#[allow(clippy::float_arithmetic, reason = "geometry, not money")]
fn mean(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    let (lon, lat) = points
        .iter()
        .fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
    (lon / count, lat / count)
}

/// Area and centroid of a ring by the shoelace formula, relative to the first vertex so that small
/// shapes far from 0, 0 keep their precision.
#[allow(clippy::float_arithmetic, reason = "geometry, not money")]
fn centroid(ring: &[(f64, f64)]) -> (f64, (f64, f64)) {
    let origin = ring[0];
    let relative = |p: (f64, f64)| (p.0 - origin.0, p.1 - origin.1);
    let (mut twice_area, mut sum_lon, mut sum_lat) = (0.0, 0.0, 0.0);
    for (i, from) in ring.iter().enumerate() {
        let (from, to) = (relative(*from), relative(ring[(i + 1) % ring.len()]));
        let cross = from.0 * to.1 - to.0 * from.1;
        twice_area += cross;
        sum_lon += (from.0 + to.0) * cross;
        sum_lat += (from.1 + to.1) * cross;
    }
    // About a square centimetre: less is a line, whose centroid would be noise.
    if twice_area.abs() < 1e-14 {
        let open = if ring.len() > 1 && ring.first() == ring.last() {
            &ring[1..]
        } else {
            ring
        };
        return (0.0, mean(open));
    }
    let lon = origin.0 + sum_lon / (3.0 * twice_area);
    let lat = origin.1 + sum_lat / (3.0 * twice_area);
    (twice_area.abs() / 2.0, (lon, lat))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(geometry: Value) -> Option<(f64, f64)> {
        match place(&geometry) {
            RawPlace::Degrees { lat, lon } => Some((lat, lon)),
            RawPlace::Missing | RawPlace::Unreadable { .. } => None,
        }
    }

    #[allow(clippy::float_arithmetic, reason = "geometry, not money")]
    fn assert_at(geometry: Value, lat: f64, lon: f64) {
        let found = at(geometry.clone()).unwrap_or_else(|| panic!("{geometry} has no place"));
        assert!(
            (found.0 - lat).abs() < 1e-9 && (found.1 - lon).abs() < 1e-9,
            "{found:?}"
        );
    }

    #[test]
    fn a_polygon_is_the_centroid_of_its_outer_ring() {
        // An L: the mean of its vertices would be (1, 1) from the corner; its area's centroid is 5/6.
        let l = json!([
            [100.0, 30.0],
            [102.0, 30.0],
            [102.0, 31.0],
            [101.0, 31.0],
            [101.0, 32.0],
            [100.0, 32.0],
            [100.0, 30.0]
        ]);
        assert_at(
            json!({"type": "Polygon", "coordinates": [l]}),
            30.0 + 5.0 / 6.0,
            100.0 + 5.0 / 6.0,
        );
        let hole = json!([[0.1, 0.1], [0.2, 0.1], [0.2, 0.2], [0.1, 0.1]]);
        let square = json!([[0.0, 0.0], [0.0, 2.0], [2.0, 2.0], [2.0, 0.0], [0.0, 0.0]]);
        let small = json!([[9.0, 9.0], [9.0, 9.1], [9.1, 9.1], [9.0, 9.0]]);
        assert_at(
            json!({"coordinates": [square, hole], "type": "Polygon"}),
            1.0,
            1.0,
        );
        assert_at(
            json!({"type": "MultiPolygon", "coordinates": [[small], [square]]}),
            1.0,
            1.0,
        );
    }

    #[test]
    fn what_has_no_area_is_the_mean_of_its_vertices() {
        assert_at(
            json!({"type": "LineString", "coordinates": [[10.0, 20.0], [12.0, 22.0, 5.0]]}),
            21.0,
            11.0,
        );
        assert_at(
            json!({"type": "Polygon", "coordinates": [[[1.0, 1.0], [3.0, 3.0], [1.0, 1.0]]]}),
            2.0,
            2.0,
        );
    }

    #[test]
    fn shapes_without_one_centre_have_no_place() {
        for geometry in [
            json!(null),
            json!({"type": "Point", "coordinates": []}),
            json!({"type": "Point", "coordinates": ["121", "31"]}),
            json!({"type": "Point", "coordinates": [121.0]}),
            json!({"type": "Polygon", "coordinates": []}),
            json!({"type": "GeometryCollection", "geometries": []}),
            json!({"type": "LineString", "coordinates": [[-179.9, 0.0], [179.9, 0.0]]}),
            json!(7),
        ] {
            assert_eq!(at(geometry.clone()), None, "{geometry}");
        }
    }
}
