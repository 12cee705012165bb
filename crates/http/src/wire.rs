//! Shapes that several operations share on the wire: money, places, pages.

use kernel::{Currency, GeoPoint, Money};
use serde::{Deserialize, Serialize};

/// An amount in minor units (fen, cents) of an ISO 4217 currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Money, example = json!({"amount": 9900, "currency": "CNY"}))]
pub struct WireMoney {
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    #[serde(with = "currency_code")]
    #[schema(value_type = String)]
    pub currency: Currency,
}

impl From<Money> for WireMoney {
    fn from(money: Money) -> Self {
        Self { amount: money.amount, currency: money.currency }
    }
}

impl From<WireMoney> for Money {
    fn from(wire: WireMoney) -> Self {
        Self::new(wire.amount, wire.currency)
    }
}

/// A currency as its ISO 4217 code.
pub mod currency_code {
    use kernel::Currency;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes the code.
    pub fn serialize<S: Serializer>(currency: &Currency, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(currency.code())
    }

    /// Reads the code; an error that says so if it is none.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Currency, D::Error> {
        let code = String::deserialize(deserializer)?;
        Currency::from_code(&code).ok_or_else(|| D::Error::custom(format!("{code:?} is no ISO 4217 currency code")))
    }
}

/// A place in degrees (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Latitude, -90 to 90.
    pub lat: f64,
    /// Longitude, -180 to 180.
    pub lon: f64,
}

impl From<GeoPoint> for Place {
    fn from(place: GeoPoint) -> Self {
        Self { lat: place.lat(), lon: place.lon() }
    }
}

/// One page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Give this as `after` to get the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How many items a page has unless asked otherwise.
pub const PAGE_SIZE: i64 = 50;

impl<T> Page<T> {
    /// A page of at most [`PAGE_SIZE`] of the `found` items, of which one more than that was asked for.
    pub fn of<F>(mut found: Vec<F>, id_of: impl Fn(&F) -> String, to_wire: impl Fn(F) -> T) -> Self {
        let more = found.len() as i64 > PAGE_SIZE;
        found.truncate(PAGE_SIZE as usize);
        let next = if more { found.last().map(id_of) } else { None };
        Self { items: found.into_iter().map(to_wire).collect(), next }
    }
}
