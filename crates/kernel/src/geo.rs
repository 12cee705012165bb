//! Places on Earth. Coordinates are integer microdegrees (WGS 84); distances are metres.

/// A place in microdegrees: a millionth of a degree, about 11 cm of latitude.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GeoPoint {
    lat_microdegrees: i64,
    lon_microdegrees: i64,
}

/// The Earth's mean radius (IUGG, R1).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

#[allow(clippy::float_arithmetic, reason = "geometry, not money")]
impl GeoPoint {
    /// `None` outside ±90° of latitude and ±180° of longitude.
    pub fn from_microdegrees(lat: i64, lon: i64) -> Option<Self> {
        let inside = lat.unsigned_abs() <= 90_000_000 && lon.unsigned_abs() <= 180_000_000;
        inside.then_some(Self {
            lat_microdegrees: lat,
            lon_microdegrees: lon,
        })
    }

    /// `None` outside the globe and for what is not a number.
    pub fn from_degrees(lat: f64, lon: f64) -> Option<Self> {
        let finite = lat.is_finite() && lon.is_finite();
        finite.then(|| Self::from_microdegrees((lat * 1e6).round() as i64, (lon * 1e6).round() as i64))?
    }

    /// Latitude in microdegrees.
    pub fn lat_microdegrees(self) -> i64 {
        self.lat_microdegrees
    }

    /// Longitude in microdegrees.
    pub fn lon_microdegrees(self) -> i64 {
        self.lon_microdegrees
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        self.lat_microdegrees as f64 / 1e6
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        self.lon_microdegrees as f64 / 1e6
    }

    /// Great-circle distance in metres (haversine; off by at most 0.5 % on the real Earth).
    pub fn distance_m(self, other: Self) -> f64 {
        let half_lat = ((other.lat() - self.lat()) / 2.0).to_radians().sin();
        let half_lon = ((other.lon() - self.lon()) / 2.0).to_radians().sin();
        let lat_cosines = self.lat().to_radians().cos() * other.lat().to_radians().cos();
        let h = half_lat * half_lat + lat_cosines * half_lon * half_lon;
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_the_globe_is_refused() {
        assert!(GeoPoint::from_degrees(90.000001, 0.0).is_none());
        assert!(GeoPoint::from_degrees(0.0, -180.1).is_none());
        assert!(GeoPoint::from_degrees(f64::NAN, 0.0).is_none());
        assert!(GeoPoint::from_degrees(-90.0, 180.0).is_some());
    }

    #[test]
    fn shanghai_to_beijing_is_1067_km() {
        let shanghai = GeoPoint::from_degrees(31.2304, 121.4737).unwrap();
        let beijing = GeoPoint::from_degrees(39.9042, 116.4074).unwrap();
        assert!((shanghai.distance_m(beijing) - 1_067_000.0).abs() < 2_000.0);
    }
}
