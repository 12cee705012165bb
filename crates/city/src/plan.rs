//! How large a city is. What it looks like follows from the seed alone.

use kernel::GeoPoint;

/// Numbers of a city's merchants, people and past orders, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Merchants, each with 1 to 3 stores and 2 to 5 offers; at least 1 is built.
    pub merchants: u64,
    /// People who buy; at least 2 are invited.
    pub consumers: u64,
    /// Orders of the last 60 days; a few fewer where the offers have not enough stock.
    pub orders: u64,
    /// The middle of the city.
    pub center: GeoPoint,
}

/// People's Square in Shanghai.
const CENTER: (i64, i64) = (31_230_400, 121_473_700);

impl Plan {
    /// A neighbourhood for a demo: built in seconds.
    pub fn village() -> Self {
        Self::of(40, 60, 300)
    }

    /// Some 600 stores with 1,200 offers: built in half a minute.
    pub fn town() -> Self {
        Self::of(400, 2_000, 10_000)
    }

    /// Some 10,000 stores with 19,000 offers.
    pub fn city() -> Self {
        Self::of(6_400, 100_000, 50_000)
    }

    /// Some 100,000 stores with 190,000 offers, and a million people.
    pub fn metropolis() -> Self {
        Self::of(64_000, 1_000_000, 200_000)
    }

    /// The same with the least that a city needs.
    pub(crate) fn at_least_something(self) -> Self {
        Self {
            merchants: self.merchants.max(1),
            consumers: self.consumers.max(2),
            ..self
        }
    }

    fn of(merchants: u64, consumers: u64, orders: u64) -> Self {
        let center = GeoPoint::from_microdegrees(CENTER.0, CENTER.1).expect("the centre is on the globe");
        Self {
            merchants,
            consumers,
            orders,
            center,
        }
    }
}
