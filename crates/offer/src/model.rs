//! Agreements and offers as they are stored, and their states. Pure values; what may follow from what
//! is in `decide.rs`.

use kernel::{
    AgreementId, BucketId, Currency, LocalText, MediaId, MerchantId, Money, OfferId, PersonId, StoreId,
    Timestamp,
};

use crate::bucket::Level;
use crate::{AgreementTerms, Card, Deposit, DepositKind, GroupTerms, PriceRules, UnitPrice};

/// Which of the two sits at the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The merchant's owner or manager.
    Merchant,
    /// The platform's operator.
    Platform,
}

impl Side {
    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Merchant => "merchant",
            Self::Platform => "platform",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        match text {
            "merchant" => Some(Self::Merchant),
            "platform" => Some(Self::Platform),
            _ => None,
        }
    }
}

/// Where a negotiation stands. An accepted agreement sells within its window only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgreementStatus {
    /// One side made a proposal, the other has to answer.
    Negotiating,
    /// Both agreed on the last version.
    Accepted,
    /// One side walked away.
    Declined,
    /// Over, by its window or before.
    Ended,
}

impl AgreementStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 4] = [Self::Negotiating, Self::Accepted, Self::Declined, Self::Ended];

    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Negotiating => "negotiating",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Ended => "ended",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// An agreement with the terms that are on the table, or were accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where it stands.
    pub status: AgreementStatus,
    /// Rises with every change.
    pub version: i64,
    /// Which of its [`AgreementVersion`]s counts.
    pub terms_version: i64,
    /// Who proposed that one.
    pub proposed_by: Side,
    /// Counts the units sold, once accepted.
    pub head_count_bucket: Option<BucketId>,
    /// What was proposed.
    pub terms: AgreementTerms,
    /// When it was first proposed.
    pub created_at: Timestamp,
}

/// One version that was on the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementVersion {
    /// From 1.
    pub version: i64,
    /// Who proposed it.
    pub side: Side,
    /// The person behind.
    pub person: PersonId,
    /// What was proposed.
    pub terms: AgreementTerms,
    /// When.
    pub at: Timestamp,
}

/// Whether an offer is shown and sold, as far as its merchant decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferStatus {
    /// Never shown yet.
    Draft,
    /// Sold while the agreement is live.
    Published,
    /// Taken off for now.
    Paused,
}

impl OfferStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Published, Self::Paused];

    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Paused => "paused",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Something on sale. Once it is published its price, uses and stores never change; a new price is a new offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its id.
    pub id: OfferId,
    /// Who sells.
    pub merchant: MerchantId,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// By language.
    pub title: LocalText,
    /// By language.
    pub description: LocalText,
    /// Code of the category, `hot_pot`.
    pub category: String,
    /// Of one unit, before any discount.
    pub list_price: Money,
    /// Prices below it, by time and quantity.
    pub price_rules: PriceRules,
    /// For those who buy it together.
    pub group: Option<GroupTerms>,
    /// What is paid ahead, if the rest is paid at the store.
    pub deposit: Option<Deposit>,
    /// How often one voucher can be used.
    pub uses: i64,
    /// How, if it is a card.
    pub card: Option<Card>,
    /// How long after the purchase a voucher is valid.
    pub valid_us: i64,
    /// The most units in one order.
    pub max_per_order: i64,
    /// Counts the units in stock.
    pub stock_bucket: BucketId,
    /// [`crate::store_set_digest`] of the stores that redeem it.
    pub store_set: [u8; 8],
    /// Its picture.
    pub media: Option<MediaId>,
    /// What its merchant decided.
    pub status: OfferStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

/// All that is needed to show an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferPage {
    /// The offer.
    pub offer: Offer,
    /// Where it is redeemed.
    pub stores: Vec<StoreId>,
    /// The terms on the table, or accepted.
    pub terms: AgreementTerms,
    /// What one unit costs now, of one.
    pub price: UnitPrice,
    /// The least that one unit costs in some hours or quantity: [`PriceRules::price_from`].
    pub price_from: UnitPrice,
    /// Whether it can be bought now, as far as merchant, agreement and status go.
    pub on_sale: bool,
    /// Units that are left now, of the stock and of the agreement's head count.
    pub units_left: i64,
    /// What one unit costs in a group.
    pub group_price: Option<UnitPrice>,
    /// How full its stock is.
    pub stock: Level,
    /// Whether it is sold for a time ([`crate::BookingTerms`]).
    pub is_booked: bool,
}

/// An offer that can be sold now, with everything that an order freezes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForSale {
    /// The offer.
    pub offer: OfferId,
    /// Who sells.
    pub merchant: MerchantId,
    /// Code of the category, `hot_pot`.
    pub category: String,
    /// Of the list price and of everything that follows from it.
    pub currency: Currency,
    /// Of one unit, before any discount.
    pub list_price: Money,
    /// Prices below it, by time and quantity.
    pub price_rules: PriceRules,
    /// For those who buy it together.
    pub group: Option<GroupTerms>,
    /// What is paid ahead, if the rest is paid at the store.
    pub deposit: Option<Deposit>,
    /// The accepted terms.
    pub terms: AgreementTerms,
    /// Under which agreement.
    pub agreement: AgreementId,
    /// Which version of its terms was accepted.
    pub agreement_version: i64,
    /// One unit of it per unit sold.
    pub head_count_bucket: BucketId,
    /// One unit of it per unit sold.
    pub stock_bucket: BucketId,
    /// How often one voucher can be used.
    pub uses: i64,
    /// How, if it is a card.
    pub card: Option<Card>,
    /// How long after the purchase a voucher is valid.
    pub valid_us: i64,
    /// The most units in one order.
    pub max_per_order: i64,
    /// Where it can be redeemed, as a digest.
    pub store_set: [u8; 8],
    /// Whether it is sold for a time ([`crate::BookingTerms`]).
    pub is_booked: bool,
    /// Whether it is then also sold as an open ticket, whose seats are chosen later.
    pub open_tickets: bool,
    /// What is paid beside the price of a booking and given back after it, in minor units.
    pub security_deposit: i64,
}

impl ForSale {
    /// Whether nothing of the price is paid before the service.
    pub fn is_paid_after(&self) -> bool {
        self.deposit
            .is_some_and(|deposit| deposit.kind == DepositKind::PayAfter)
    }
}

/// What a bucket counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketKind {
    /// Units of an offer.
    Stock,
    /// Units under an agreement.
    HeadCount,
    /// Coupons that can be claimed.
    CouponCount,
    /// Money that coupons may give away.
    CouponBudget,
    /// A step of a resource's time.
    Place,
    /// Places beside the leader's in a group of buyers.
    GroupPlace,
}

impl BucketKind {
    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::HeadCount => "head_count",
            Self::CouponCount => "coupon_count",
            Self::CouponBudget => "coupon_budget",
            Self::Place => "place",
            Self::GroupPlace => "group_place",
        }
    }
}
