//! The words that every other crate speaks: ids, money, time, places, the context of a command and
//! the shape of a "no". Pure values: no I/O, no SQL, no clock, no randomness of its own.

mod ctx;
mod geo;
mod ids;
mod money;
mod reject;
mod text;
mod time;

pub use ctx::{Actor, Ctx, first_id_at};
pub use geo::GeoPoint;
pub use ids::*;
pub use money::{BasisPoints, Currency, Money, MoneyError, split_by_weight};
pub use reject::{Class, Members, Reject, RejectKind};
pub use text::LocalText;
pub use time::{DAY_US, HOUR_US, MINUTE_US, SECOND_US, Timestamp};
