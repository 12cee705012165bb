//! Agreements on the wire. Fields bear the names of the domain's, so that a problem's pointer fits both.

use kernel::{AgreementId, BasisPoints, Currency, MerchantId, PersonId, Timestamp};
use offer::{Agreement, AgreementTerms, AgreementVersion, OnExpiry, PlatformCap};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::body::Object;
use crate::problem::Problem;
use crate::reject::BODY_MALFORMED;
use crate::wire::{Page, currency_code, malformed, named, rfc_3339};

/// The terms of one activity. Shares are basis points (hundredths of a percent), spans microseconds.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgreementTerms)]
pub struct WireTerms {
    /// Offers sell from here on.
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    /// Offers stop to sell here. What was sold stays valid.
    #[serde(with = "rfc_3339")]
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
    /// How many units all offers of the agreement may sell together.
    head_count: i64,
    /// Off the list price, 0 to 10,000.
    discount_bp: i64,
    /// The platform's share of that discount; the merchant funds the rest.
    discount_platform_bp: i64,
    /// The most that the platform funds of one unit's discount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Cap>)]
    platform_cap: Option<Object<Cap>>,
    /// The platform's part of the price after the merchant's share of the discounts.
    commission_bp: i64,
    /// The sharer's part of the same price.
    rebate_bp: i64,
    /// Off the price for whoever comes by a friend's link.
    friend_discount_bp: i64,
    /// How long after a redemption it can be refunded.
    refund_window_us: i64,
    /// How long after a redemption the store can undo it.
    undo_window_us: i64,
    /// What becomes of a voucher that nobody used: `refund` or `forfeit`.
    on_expiry: String,
}

/// An amount that may be zero.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlatformCap)]
pub struct Cap {
    /// Minor units.
    amount: i64,
    /// ISO 4217 code.
    #[serde(with = "currency_code")]
    #[schema(value_type = String)]
    currency: Currency,
}

impl From<Cap> for PlatformCap {
    fn from(cap: Cap) -> Self {
        Self {
            amount: cap.amount,
            currency: cap.currency,
        }
    }
}

impl From<PlatformCap> for Cap {
    fn from(cap: PlatformCap) -> Self {
        Self {
            amount: cap.amount,
            currency: cap.currency,
        }
    }
}

impl WireTerms {
    /// As the domain has them.
    pub fn terms(self) -> Result<AgreementTerms, Problem> {
        Ok(AgreementTerms {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            head_count: self.head_count,
            discount_bp: share("/terms/discount_bp", self.discount_bp)?,
            discount_platform_bp: share("/terms/discount_platform_bp", self.discount_platform_bp)?,
            platform_cap: self.platform_cap.map(|Object(cap)| cap.into()),
            commission_bp: share("/terms/commission_bp", self.commission_bp)?,
            rebate_bp: share("/terms/rebate_bp", self.rebate_bp)?,
            friend_discount_bp: share("/terms/friend_discount_bp", self.friend_discount_bp)?,
            refund_window_us: self.refund_window_us,
            undo_window_us: self.undo_window_us,
            on_expiry: named(
                &BODY_MALFORMED,
                "/terms/on_expiry",
                &self.on_expiry,
                OnExpiry::from_name,
            )?,
        })
    }
}

/// A share of the wire.
pub fn share(field: &'static str, points: i64) -> Result<BasisPoints, Problem> {
    let share = BasisPoints::new(points);
    share.ok_or_else(|| malformed(&BODY_MALFORMED, field, "a share is 0 to 10,000 basis points"))
}

impl From<AgreementTerms> for WireTerms {
    fn from(terms: AgreementTerms) -> Self {
        Self {
            starts_at: terms.starts_at,
            ends_at: terms.ends_at,
            head_count: terms.head_count,
            discount_bp: terms.discount_bp.get(),
            discount_platform_bp: terms.discount_platform_bp.get(),
            platform_cap: terms.platform_cap.map(|cap| Object(cap.into())),
            commission_bp: terms.commission_bp.get(),
            rebate_bp: terms.rebate_bp.get(),
            friend_discount_bp: terms.friend_discount_bp.get(),
            refund_window_us: terms.refund_window_us,
            undo_window_us: terms.undo_window_us,
            on_expiry: terms.on_expiry.as_str().to_owned(),
        }
    }
}

/// A first proposal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// What is proposed.
    #[schema(value_type = WireTerms)]
    pub terms: Object<WireTerms>,
}

/// Other terms as the answer to a version.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// The version that is answered.
    pub version: i64,
    /// What is proposed instead.
    #[schema(value_type = WireTerms)]
    pub terms: Object<WireTerms>,
}

/// Agreement to a version.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The version that is agreed to.
    pub version: i64,
}

/// Which version is on the table now.
#[derive(Serialize, ToSchema)]
pub struct Countered {
    /// Its number.
    pub version: i64,
}

/// The agreement in the path.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfAgreement {
    /// Which agreement.
    #[param(value_type = String)]
    pub agreement: AgreementId,
}

/// An agreement with the terms that are on the table, or were accepted.
#[derive(Serialize, ToSchema)]
#[schema(as = Agreement)]
pub struct WireAgreement {
    #[schema(value_type = String)]
    id: AgreementId,
    #[schema(value_type = String)]
    merchant: MerchantId,
    /// `negotiating`, `accepted`, `declined` or `ended`.
    status: String,
    /// The version of the terms; an answer names it.
    version: i64,
    /// Who proposed them: `merchant` or `platform`.
    proposed_by: String,
    terms: WireTerms,
    /// RFC 3339.
    created_at: String,
}

impl From<Agreement> for WireAgreement {
    fn from(agreement: Agreement) -> Self {
        Self {
            id: agreement.id,
            merchant: agreement.merchant,
            status: agreement.status.as_str().to_owned(),
            version: agreement.terms_version,
            proposed_by: agreement.proposed_by.as_str().to_owned(),
            terms: agreement.terms.into(),
            created_at: agreement.created_at.to_string(),
        }
    }
}

/// A page of agreements.
pub fn page_of(found: Vec<Agreement>) -> Page<WireAgreement> {
    Page::of(found, |agreement| agreement.id.to_string(), WireAgreement::from)
}

/// One version that was on the table.
#[derive(Serialize, ToSchema)]
#[schema(as = AgreementVersion)]
pub struct WireVersion {
    /// From 1.
    version: i64,
    /// Who proposed it: `merchant` or `platform`.
    side: String,
    /// The person behind.
    #[schema(value_type = String)]
    person: PersonId,
    terms: WireTerms,
    /// RFC 3339.
    at: String,
}

impl From<AgreementVersion> for WireVersion {
    fn from(version: AgreementVersion) -> Self {
        Self {
            version: version.version,
            side: version.side.as_str().to_owned(),
            person: version.person,
            terms: version.terms.into(),
            at: version.at.to_string(),
        }
    }
}
