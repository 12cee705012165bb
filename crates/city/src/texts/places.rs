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
