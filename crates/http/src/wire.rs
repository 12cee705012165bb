//! Shapes that several operations share on the wire: money, places, pages.

use kernel::{Currency, GeoPoint, Money, RejectKind};
use serde::{Deserialize, Serialize};
use type_safe_id::{StaticType, TypeSafeId};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::{IntoParams, PartialSchema};

use crate::problem::Problem;
use crate::reject::BODY_MALFORMED;

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
        Self {
            amount: money.amount,
            currency: money.currency,
        }
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
        Currency::from_code(&code)
            .ok_or_else(|| D::Error::custom(format!("{code:?} is no ISO 4217 currency code")))
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
        Self {
            lat: place.lat(),
            lon: place.lon(),
        }
    }
}

impl Place {
    /// The place on Earth; refused where there is none, as the `place` of a body.
    pub fn point(self) -> Result<GeoPoint, Problem> {
        GeoPoint::from_degrees(self.lat, self.lon).ok_or_else(|| {
            let detail = "a place lies within 90 degrees of latitude and 180 of longitude";
            malformed(&BODY_MALFORMED, "/place", detail)
        })
    }
}

/// A request that is not of its operation's form: 400, with the field.
pub fn malformed(kind: &'static RejectKind, field: &'static str, detail: impl Into<String>) -> Problem {
    kind.at(field, detail).into()
}

/// The state of this name, where the wire has a name.
pub fn named<T>(
    kind: &'static RejectKind,
    field: &'static str,
    name: &str,
    from_name: fn(&str) -> Option<T>,
) -> Result<T, Problem> {
    from_name(name).ok_or_else(|| malformed(kind, field, format!("{name:?} is not one of the names")))
}

/// A point in time as RFC 3339.
pub mod rfc_3339 {
    use kernel::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes it in UTC.
    pub fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(time)
    }

    /// Reads it with any offset.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|_| D::Error::custom("a time is written as in RFC 3339: 2027-01-15T08:00:00Z"))
    }
}

/// What reviews come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = Rating)]
pub struct WireRating {
    /// The mean in hundredths of a star; absent without a review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_hundredths: Option<i64>,
    /// How many reviews.
    pub review_count: i64,
}

impl From<feedback::Rating> for WireRating {
    fn from(rating: feedback::Rating) -> Self {
        Self {
            mean_hundredths: rating.mean_hundredths(),
            review_count: rating.review_count,
        }
    }
}

/// What was made.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Created {
    /// Its id.
    pub id: String,
}

impl Created {
    /// Of this id.
    pub fn of<K: StaticType>(id: TypeSafeId<K>) -> Self {
        Self { id: id.to_string() }
    }
}

/// Where a page of a list starts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
pub struct After<K: StaticType> {
    /// `next` of the page before; absent for the first page.
    pub after: Option<TypeSafeId<K>>,
}

// Written out, because the derived one asks for a schema of `K`.
impl<K: StaticType> IntoParams for After<K> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let after = ParameterBuilder::new()
            .name("after")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some("`next` of the page before; absent for the first page."))
            .schema(Some(String::schema()));
        vec![after.build()]
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
        Self {
            items: found.into_iter().map(to_wire).collect(),
            next,
        }
    }
}
