//! What happened to agreements and offers, for those who listen further down the house. Ids and numbers.

use kernel::{AgreementId, DishId, MerchantId, OfferId, ResourceId, ShowingId, StoreId};
use serde::{Deserialize, Serialize};
use store::EventBody;

use crate::PlatformCap;

/// A side put a version of the terms on the table, the first or another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementProposed {
    /// Which.
    pub agreement: AgreementId,
    /// Whose.
    pub merchant: MerchantId,
    /// [`crate::Side::as_str`] of who proposed.
    pub side: String,
    /// The version on the table, from 1.
    pub terms_version: i64,
}

/// Both sides agree on a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementAccepted {
    /// Which.
    pub agreement: AgreementId,
    /// Whose.
    pub merchant: MerchantId,
    /// The accepted version.
    pub terms_version: i64,
    /// When its offers start to sell, µs.
    pub starts_at: i64,
    /// When they stop, µs.
    pub ends_at: i64,
}

/// A side walked away from the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementDeclined {
    /// Which.
    pub agreement: AgreementId,
    /// Whose.
    pub merchant: MerchantId,
    /// [`crate::Side::as_str`] of who declined.
    pub side: String,
}

/// The window of an agreement opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementStarted {
    /// Which.
    pub agreement: AgreementId,
    /// Whose.
    pub merchant: MerchantId,
}

/// An agreement is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementEnded {
    /// Which.
    pub agreement: AgreementId,
    /// Whose.
    pub merchant: MerchantId,
    /// Somebody ended it before its window closed.
    pub early: bool,
}

/// A draft was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferCreated {
    /// Which.
    pub offer: OfferId,
    /// Whose.
    pub merchant: MerchantId,
    /// Under which agreement.
    pub agreement: AgreementId,
}

/// An offer was written anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferUpdated {
    /// Which.
    pub offer: OfferId,
    /// Whose.
    pub merchant: MerchantId,
}

/// A draft was thrown away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferDiscarded {
    /// Which.
    pub offer: OfferId,
    /// Whose.
    pub merchant: MerchantId,
}

/// An offer went on sale for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferPublished {
    /// Which.
    pub offer: OfferId,
    /// Whose.
    pub merchant: MerchantId,
}

/// An offer was taken off for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferPaused {
    /// Which.
    pub offer: OfferId,
    /// Whose.
    pub merchant: MerchantId,
}

/// An offer is on sale again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferResumed {
    /// Which.
    pub offer: OfferId,
    /// Whose.
    pub merchant: MerchantId,
}

/// The number of units was set anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockChanged {
    /// Which.
    pub offer: OfferId,
    /// Whose.
    pub merchant: MerchantId,
    /// What was asked for.
    pub capacity: i64,
    /// Units that were sold beyond that.
    pub excess: i64,
}

impl EventBody for AgreementProposed {
    const TYPE: &'static str = "AgreementProposed";
    const V: i64 = 1;
}
impl EventBody for AgreementAccepted {
    const TYPE: &'static str = "AgreementAccepted";
    const V: i64 = 1;
}
impl EventBody for AgreementDeclined {
    const TYPE: &'static str = "AgreementDeclined";
    const V: i64 = 1;
}
impl EventBody for AgreementStarted {
    const TYPE: &'static str = "AgreementStarted";
    const V: i64 = 1;
}
impl EventBody for AgreementEnded {
    const TYPE: &'static str = "AgreementEnded";
    const V: i64 = 1;
}
impl EventBody for OfferCreated {
    const TYPE: &'static str = "OfferCreated";
    const V: i64 = 1;
}
impl EventBody for OfferUpdated {
    const TYPE: &'static str = "OfferUpdated";
    const V: i64 = 1;
}
impl EventBody for OfferDiscarded {
    const TYPE: &'static str = "OfferDiscarded";
    const V: i64 = 1;
}
impl EventBody for OfferPublished {
    const TYPE: &'static str = "OfferPublished";
    const V: i64 = 1;
}
impl EventBody for OfferPaused {
    const TYPE: &'static str = "OfferPaused";
    const V: i64 = 1;
}
impl EventBody for OfferResumed {
    const TYPE: &'static str = "OfferResumed";
    const V: i64 = 1;
}
impl EventBody for StockChanged {
    const TYPE: &'static str = "StockChanged";
    const V: i64 = 1;
}

/// The platform bounds what agreements may say. The subject is who set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSet {
    /// For which category of stores; none: for all without a rule of their own.
    pub category: Option<String>,
    /// The least commission.
    pub commission_bp_min: i64,
    /// The highest commission.
    pub commission_bp_max: i64,
    /// The most of a discount that the platform funds.
    pub discount_platform_bp_max: i64,
    /// The most that the platform funds of one unit's discount.
    pub platform_cap_max: Option<PlatformCap>,
    /// The highest rebate.
    pub rebate_bp_max: i64,
    /// The shortest refund window.
    pub refund_window_us_min: i64,
}

impl EventBody for RuleSet {
    const TYPE: &'static str = "RuleSet";
    const V: i64 = 1;
}

/// A store has something more whose time is booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceAdded {
    /// Which.
    pub resource: ResourceId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
}

impl EventBody for ResourceAdded {
    const TYPE: &'static str = "ResourceAdded";
    const V: i64 = 1;
}

/// Something else is said of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceUpdated {
    /// Which.
    pub resource: ResourceId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
}

impl EventBody for ResourceUpdated {
    const TYPE: &'static str = "ResourceUpdated";
    const V: i64 = 1;
}

/// An offer is booked from now on, or otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingTermsSet {
    /// Which offer.
    pub offer: OfferId,
    /// Whose.
    pub merchant: MerchantId,
    /// Of how it is booked.
    pub version: i64,
}

impl EventBody for BookingTermsSet {
    const TYPE: &'static str = "BookingTermsSet";
    const V: i64 = 1;
}

/// A store's hours of one day changed. The subject is the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreDaySet {
    /// Which store.
    pub store: StoreId,
    /// Whose.
    pub merchant: MerchantId,
    /// `2026-12-31`.
    pub day: String,
}

impl EventBody for StoreDaySet {
    const TYPE: &'static str = "StoreDaySet";
    const V: i64 = 1;
}

/// A hall has a seat map from now on, or another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HallSet {
    /// Which.
    pub resource: ResourceId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// Of the hall.
    pub version: i64,
}

impl EventBody for HallSet {
    const TYPE: &'static str = "HallSet";
    const V: i64 = 1;
}

/// An offer takes place in a hall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowingScheduled {
    /// Which showing.
    pub showing: ShowingId,
    /// Of what.
    pub offer: OfferId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// In which hall.
    pub hall: ResourceId,
    /// When, µs since 1970.
    pub starts_at: i64,
    /// Until when, µs since 1970.
    pub ends_at: i64,
}

impl EventBody for ShowingScheduled {
    const TYPE: &'static str = "ShowingScheduled";
    const V: i64 = 1;
}

/// A showing does not take place. Who had booked is refunded one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowingCalledOff {
    /// Which.
    pub showing: ShowingId,
    /// Of what.
    pub offer: OfferId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
}

impl EventBody for ShowingCalledOff {
    const TYPE: &'static str = "ShowingCalledOff";
    const V: i64 = 1;
}

/// A merchant has another menu. The subject is the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuSet {
    /// Whose.
    pub merchant: MerchantId,
    /// Of the menu.
    pub version: i64,
    /// Whether it has other dishes now, or others names or places: they are searched for.
    pub is_found_otherwise: bool,
}

impl EventBody for MenuSet {
    const TYPE: &'static str = "MenuSet";
    const V: i64 = 1;
}

/// A store is out of a dish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DishSoldOut {
    /// Which.
    pub dish: DishId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// Until when, µs since 1970.
    pub ends_at: i64,
}

impl EventBody for DishSoldOut {
    const TYPE: &'static str = "DishSoldOut";
    const V: i64 = 1;
}

/// A store has a dish again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DishBack {
    /// Which.
    pub dish: DishId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
}

impl EventBody for DishBack {
    const TYPE: &'static str = "DishBack";
    const V: i64 = 1;
}
