//! What merchant and platform agree on. Every version is stored as JSON and never changed; an order
//! freezes what it needs of it. What a bucket counts (the head count) is only named here.

use kernel::{BasisPoints, Currency, DAY_US, Reject, Timestamp};
use serde::{Deserialize, Serialize};

use crate::decide::MAX_LIST_PRICE;
use crate::reject::TERMS_INVALID;

/// The terms of one activity. Percentages are basis points, times and spans microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementTerms {
    /// Offers sell from here on.
    #[serde(with = "timestamp_us")]
    pub starts_at: Timestamp,
    /// Offers stop to sell here. What was sold stays valid.
    #[serde(with = "timestamp_us")]
    pub ends_at: Timestamp,
    /// How many units all offers of the agreement may sell together.
    pub head_count: i64,
    /// Off the list price.
    #[serde(with = "basis_points")]
    pub discount_bp: BasisPoints,
    /// The platform's share of that discount; the merchant funds the rest.
    #[serde(with = "basis_points")]
    pub discount_platform_bp: BasisPoints,
    /// The most that the platform funds of one unit's discount. What is above falls to the merchant.
    #[serde(default)]
    pub platform_cap: Option<PlatformCap>,
    /// The platform's part of the price after the merchant's share of the discounts.
    #[serde(with = "basis_points")]
    pub commission_bp: BasisPoints,
    /// The sharer's part of the same price, funded by the merchant.
    #[serde(with = "basis_points")]
    pub rebate_bp: BasisPoints,
    /// Off the agreement's price for whoever comes by a friend's link, funded by the merchant.
    #[serde(with = "basis_points")]
    pub friend_discount_bp: BasisPoints,
    /// How long after a redemption it can be refunded, and the sharer's rebate stays pending.
    pub refund_window_us: i64,
    /// How long after a redemption the store can undo it.
    pub undo_window_us: i64,
    /// What becomes of a voucher that nobody used.
    pub on_expiry: OnExpiry,
}

/// A limit in money, per unit sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformCap {
    /// Minor units.
    pub amount: i64,
    /// Offers of the agreement must be priced in it.
    #[serde(with = "currency_code")]
    pub currency: Currency,
}

/// What becomes of a voucher that nobody used in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnExpiry {
    /// The buyer gets the money back.
    Refund,
    /// The merchant gets it.
    Forfeit,
}

impl OnExpiry {
    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Forfeit => "forfeit",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        match text {
            "refund" => Some(Self::Refund),
            "forfeit" => Some(Self::Forfeit),
            _ => None,
        }
    }
}

/// The longest refund window.
pub(crate) const MAX_WINDOW_US: i64 = 366 * DAY_US;

impl AgreementTerms {
    /// Whether the terms make sense by themselves and still lie ahead at `now`. The first field that
    /// does not is named.
    pub fn check(&self, now: Timestamp) -> Result<(), Reject> {
        self.check_window(now)?;
        self.check_shares()?;
        let window = 0..=MAX_WINDOW_US;
        if !window.contains(&self.refund_window_us) {
            let detail = "the refund window must be between nothing and 366 days";
            return Err(TERMS_INVALID.at("/terms/refund_window_us", detail));
        }
        // A rebate is paid when the refund window closes; a redemption undone later would leave it paid.
        if !(0..=self.refund_window_us).contains(&self.undo_window_us) {
            let detail = "the undo window must lie within the refund window";
            return Err(TERMS_INVALID.at("/terms/undo_window_us", detail));
        }
        Ok(())
    }

    fn check_window(&self, now: Timestamp) -> Result<(), Reject> {
        if self.ends_at <= now || self.ends_at > Timestamp::MAX {
            let detail = format!(
                "the end, {}, must lie in the future, before the year 10000",
                self.ends_at
            );
            return Err(TERMS_INVALID.at("/terms/ends_at", detail));
        }
        if self.starts_at >= self.ends_at || self.starts_at < Timestamp(0) {
            let detail = format!(
                "the start, {}, must lie before the end, {}",
                self.starts_at, self.ends_at
            );
            return Err(TERMS_INVALID.at("/terms/starts_at", detail));
        }
        if !(1..=i64::from(i32::MAX)).contains(&self.head_count) {
            let detail = format!("{} people: it must be 1 to {}", self.head_count, i32::MAX);
            return Err(TERMS_INVALID.at("/terms/head_count", detail));
        }
        Ok(())
    }

    fn check_shares(&self) -> Result<(), Reject> {
        if self.commission_bp.get() + self.rebate_bp.get() > BasisPoints::WHOLE.get() {
            let detail = "commission and rebate together are more than the whole price";
            return Err(TERMS_INVALID.at("/terms/rebate_bp", detail));
        }
        let limit = 0..=MAX_LIST_PRICE;
        if self.platform_cap.is_some_and(|cap| !limit.contains(&cap.amount)) {
            let detail = format!("a limit is 0 to {MAX_LIST_PRICE} minor units");
            return Err(TERMS_INVALID.at("/terms/platform_cap/amount", detail));
        }
        Ok(())
    }

    /// Whether offers under these terms sell at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        (self.starts_at..self.ends_at).contains(&now)
    }
}

mod timestamp_us {
    use kernel::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(time.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(from).map(Timestamp)
    }
}

mod basis_points {
    use kernel::BasisPoints;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(share: &BasisPoints, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(share.get())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BasisPoints, D::Error> {
        let points = i64::deserialize(from)?;
        BasisPoints::new(points).ok_or_else(|| D::Error::custom("basis points are 0 to 10,000"))
    }
}

mod currency_code {
    use kernel::Currency;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(currency: &Currency, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(currency.code())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Currency, D::Error> {
        let code = String::deserialize(from)?;
        Currency::from_code(&code).ok_or_else(|| D::Error::custom("no ISO 4217 currency code"))
    }
}
