//! Shapes that several operations share on the wire: money, places, pages.

use kernel::{Currency, GeoPoint, Money, RejectKind};
use offer::Day;
use serde::{Deserialize, Serialize};
use store::Fail;
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

/// A day of the calendar, or the problem that this field is none.
pub fn day(kind: &'static RejectKind, field: &'static str, text: &str) -> Result<Day, Problem> {
    text.parse()
        .map_err(|_| malformed(kind, field, "a day is written like 2026-12-31"))
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

/// A point in time of a query, where there is one.
pub mod optional_time {
    use kernel::Timestamp;
    use serde::Deserializer;

    /// Reads it as [`super::rfc_3339`] does.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        super::rfc_3339::deserialize(deserializer).map(Some)
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
    /// Give this as `after` to get the next page; absent on the last. Where the list is filtered, a page may be
    /// short and the next one empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How many items of a list are looked at for one page of those that a filter keeps.
const SIFTED: usize = 5_000;

/// How many of them one look at the database brings.
pub const SIFTED_AT_ONCE: i64 = 200;

/// The page of those items of a list that `keep` keeps. After [`SIFTED`] items it ends, however short it is,
/// so that a filter that keeps nearly nothing holds nobody up; `next` goes on from there.
pub fn sift<T, K: StaticType + Copy>(
    mut after: Option<TypeSafeId<K>>,
    mut list: impl FnMut(Option<TypeSafeId<K>>) -> Result<Vec<T>, Fail>,
    id_of: impl Fn(&T) -> TypeSafeId<K>,
    keep: impl Fn(&T) -> bool,
) -> Result<Page<T>, Fail> {
    let (mut items, mut looked) = (Vec::new(), 0);
    while looked < SIFTED {
        let found = list(after)?;
        let is_last = (found.len() as i64) < SIFTED_AT_ONCE;
        looked += found.len();
        for item in found {
            let id = id_of(&item);
            if keep(&item) {
                if items.len() as i64 == PAGE_SIZE {
                    let next = after.map(|last| last.to_string());
                    return Ok(Page { items, next });
                }
                items.push(item);
            }
            after = Some(id);
        }
        if is_last {
            return Ok(Page { items, next: None });
        }
    }
    let next = after.map(|last| last.to_string());
    Ok(Page { items, next })
}

/// How many items a page has unless asked otherwise.
pub const PAGE_SIZE: i64 = 50;

impl<T> Page<T> {
    /// The same page of other items.
    pub fn map<W>(self, to_wire: impl Fn(T) -> W) -> Page<W> {
        Page {
            items: self.items.into_iter().map(to_wire).collect(),
            next: self.next,
        }
    }

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

#[cfg(test)]
mod tests {
    use kernel::{Order, OrderId};
    use uuid::Uuid;

    use super::*;

    fn id(n: u64) -> OrderId {
        OrderId::from_uuid(Uuid::from_u128(u128::from(n)))
    }

    /// Walks all pages of the numbers from `count` down to 1.
    fn pages(count: u64, keep: fn(&u64) -> bool) -> (Vec<u64>, usize) {
        let list = |after: Option<TypeSafeId<Order>>| {
            let below = after.map_or(count + 1, |id| id.uuid().as_u128() as u64);
            Ok((1..below).rev().take(SIFTED_AT_ONCE as usize).collect())
        };
        let (mut seen, mut pages, mut after) = (Vec::new(), 0, None);
        loop {
            let page = sift(after, list, |n| id(*n), keep).expect("a page");
            pages += 1;
            seen.extend(page.items);
            match page.next {
                Some(next) => after = Some(next.parse().expect("an id")),
                None => return (seen, pages),
            }
        }
    }

    #[test]
    fn pages_of_a_filtered_list_lose_nothing_and_end() {
        let all = |count: u64, keep: fn(&u64) -> bool| (1..=count).rev().filter(keep).collect::<Vec<_>>();
        for count in [0, 1, 50, 51, 200, 201, 12_000] {
            let (seen, _) = pages(count, |n| n % 7 == 0);
            assert_eq!(seen, all(count, |n| n % 7 == 0), "{count}");
            assert_eq!(pages(count, |_| true).0, all(count, |_| true), "{count}");
        }
        assert_eq!(pages(50, |_| true).1, 1, "a full last page has no next");
        assert_eq!(
            pages(12_000, |_| false),
            (Vec::new(), 3),
            "a page ends after 5,000"
        );
    }
}
