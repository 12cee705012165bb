//! What is on sale: agreements between merchant and platform, offers under them, the price that follows
//! from an agreement, and the buckets that count everything scarce.
//! It sells nothing itself: it knows no order, no payment and no voucher.
//!
//! Commands: [`propose_agreement`], [`counter_agreement`], [`accept_agreement`], [`decline_agreement`],
//! [`start_agreement`], [`end_agreement`], [`create_offer`], [`update_offer`], [`discard_offer`],
//! [`publish_offer`], [`pause_offer`], [`resume_offer`], [`change_stock`], [`set_rule`]. Other crates' commands claim units through [`bucket`].

pub mod bucket;
mod commands;
mod decide;
pub mod events;
mod group_terms;
mod model;
mod price_rule;
pub mod queries;
mod reject;
mod rule;
mod store_set;
mod terms;
pub mod testing;

pub use commands::*;
pub use decide::{UnitPrice, friend_discount, prices};
pub use group_terms::GroupTerms;
pub use model::{
    Agreement, AgreementStatus, AgreementVersion, BucketKind, ForSale, Offer, OfferPage, OfferStatus, Side,
};
pub use price_rule::{PriceRule, PriceRules};
pub use reject::*;
pub use rule::Rule;
pub use store_set::store_set_digest;
pub use terms::{AgreementTerms, OnExpiry, PlatformCap};
