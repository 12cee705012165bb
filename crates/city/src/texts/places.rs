//! Streets around the middle of the city, as lines on which stores stand.

use super::Words;

/// A street as a straight line between two points, in microdegrees from the city's centre.
#[derive(Debug)]
pub(crate) struct Street {
    pub name: Words,
    pub district: &'static str,
    /// Latitude and longitude.
    pub from: (i64, i64),
    pub to: (i64, i64),
    /// House numbers at both ends.
    pub numbers: (i64, i64),
}

const fn street(
    name: Words,
    district: &'static str,
    from: (i64, i64),
    to: (i64, i64),
    numbers: (i64, i64),
) -> Street {
    Street {
        name,
        district,
        from,
        to,
        numbers,
    }
}

/// So many merchants fill the streets of a quarter; the next ones open in the next quarter, and its streets have the
/// same names.
pub(crate) const MERCHANTS_IN_A_QUARTER: u64 = 400;

/// How far apart the middles of quarters are, in microdegrees of latitude and of longitude.
const QUARTER_SIZE: (i64, i64) = (27_000, 38_000);

/// Where quarter number `n` lies, in microdegrees from the city's centre: they wind around the first one.
pub(crate) fn quarter(n: u64) -> (i64, i64) {
    let (north, east) = winding(n as i64);
    (north * QUARTER_SIZE.0, east * QUARTER_SIZE.1)
}

/// The cell of a grid at which number `n` is when they are counted from the middle outwards, ring by ring.
fn winding(n: i64) -> (i64, i64) {
    if n == 0 {
        return (0, 0);
    }
    let ring = (n.isqrt() + 1) / 2;
    let in_ring = n - (2 * ring - 1).pow(2);
    let (up, down) = (in_ring % (2 * ring) - ring + 1, ring - 1 - in_ring % (2 * ring));
    match in_ring / (2 * ring) {
        0 => (up, ring),
        1 => (ring, down),
        2 => (down, -ring),
        _ => (-ring, up),
    }
}

/// Neighbouring streets stand next to each other, so that a merchant's stores are not far apart.
#[rustfmt::skip]
pub(crate) const STREETS: &[Street] = &[
    street(("南京东路", "Nanjing East Road"), "黄浦区", (4_800, 1_800), (9_300, 13_100), (830, 100)),
    street(("福州路", "Fuzhou Road"), "黄浦区", (1_600, 2_500), (6_300, 15_800), (720, 50)),
    street(("西藏中路", "Xizang Middle Road"), "黄浦区", (5_600, -1_200), (-1_400, 2_800), (500, 120)),
    street(("云南南路", "Yunnan South Road"), "黄浦区", (-1_400, 4_400), (-5_600, 6_000), (20, 210)),
    street(("黄河路", "Huanghe Road"), "黄浦区", (2_600, -3_700), (7_600, -5_600), (10, 230)),
    street(("南京西路", "Nanjing West Road"), "静安区", (1_800, -5_700), (-4_300, -22_000), (160, 1_200)),
    street(("吴江路", "Wujiang Road"), "静安区", (600, -9_700), (-400, -14_700), (60, 270)),
    street(("茂名北路", "Maoming North Road"), "静安区", (-1_000, -14_200), (-5_900, -12_400), (300, 60)),
    street(("淮海中路", "Huaihai Middle Road"), "黄浦区", (-6_400, -700), (-13_400, -15_700), (80, 900)),
    street(("马当路", "Madang Road"), "黄浦区", (-8_400, -1_700), (-15_400, -2_700), (120, 480)),
    street(("复兴中路", "Fuxing Middle Road"), "黄浦区", (-12_200, 1_800), (-15_600, -13_200), (180, 1_100)),
    street(("思南路", "Sinan Road"), "黄浦区", (-10_800, -6_200), (-16_900, -5_100), (20, 130)),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn quarters_fill_the_city_from_the_middle_without_gaps() {
        let of_three_rings: BTreeSet<_> = (0..49).map(winding).collect();
        let square: BTreeSet<_> = (-3..=3).flat_map(|x| (-3..=3).map(move |y| (x, y))).collect();
        assert_eq!(of_three_rings, square);
        assert_eq!(quarter(0), (0, 0));
    }
}
