//! What is on sale: agreements between merchant and platform, offers under them, the price that follows
//! from an agreement, and the buckets that count everything scarce.
//! What is booked has resources, whose time is cut into places, each a bucket ([`place`]); when something is
//! free is worked out in [`Bookable`]. Halls have a [`SeatMap`], and their time is taken by [`Showing`]s, whose seats
//! are buckets too; who may choose which is [`Seating`]'s to say. A merchant's [`Menu`] says what else there is, and
//! what it costs at the table.
//! It sells nothing itself: it knows no order, no payment and no voucher.
//!
//! Commands: [`propose_agreement`], [`counter_agreement`], [`accept_agreement`], [`decline_agreement`],
//! [`start_agreement`], [`end_agreement`], [`create_offer`], [`update_offer`], [`discard_offer`],
//! [`publish_offer`], [`pause_offer`], [`resume_offer`], [`change_stock`], [`set_rule`], [`add_resource`],
//! [`update_resource`], [`set_booking_terms`], [`set_store_day`], [`set_hall`], [`schedule_showing`], [`set_menu`],
//! [`set_dish_sold_out`]. Other crates' commands claim units through [`bucket`].

mod availability;
mod booking_terms;
pub mod bucket;
mod card;
mod choosing;
mod commands;
mod day;
mod decide;
mod deposit;
pub mod events;
mod group_terms;
mod menu;
mod model;
pub mod place;
mod price_rule;
pub mod queries;
mod reject;
mod resource;
mod rule;
mod seat_map;
mod seating;
pub mod showing;
mod store_set;
mod terms;
pub mod testing;

pub use availability::{Bookable, DayAvailability, Period, Serving, Start, Wish};
pub use booking_terms::{
    BookingPolicy, BookingTerms, HourRange, NightChoice, NightRate, Nights, PricePer, Service, Stay, Turn,
    Visit,
};
pub use card::{Card, CardPeriod, MAX_FACE_VALUE};
pub use commands::*;
pub use day::Day;
pub use decide::{UnitPrice, friend_discount, prices};
pub use deposit::{Deposit, DepositKind};
pub use group_terms::GroupTerms;
pub use menu::{Allergen, Dish, DishDetails, Menu, MenuSection, SoldOut};
pub use model::{
    Agreement, AgreementStatus, AgreementVersion, BucketKind, ForSale, Offer, OfferPage, OfferStatus, Side,
};
pub use price_rule::{PriceRule, PriceRules};
pub use reject::*;
pub use resource::{Resource, ResourceDetails, ResourceKind, ResourceStatus};
pub use rule::Rule;
pub use seat_map::{MAX_SEATS, Seat, SeatKind, SeatMap, SeatRow, Zone};
pub use seating::Seating;
pub use showing::{ChosenSeats, Hall, SeatChoice, Showing, ShowingStatus, Surcharge, UsedSeats};
pub use store_set::store_set_digest;
pub use terms::{AgreementTerms, OnExpiry, PlatformCap};
