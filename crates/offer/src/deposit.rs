//! What is paid ahead of an offer whose rest is paid at the store; or nothing, and all of it after the service.

use kernel::{BasisPoints, Reject};
use serde::{Deserialize, Serialize};

use crate::reject::{BOOKING_TERMS_INVALID, OFFER_INVALID};
use crate::{AgreementTerms, BookingPolicy};

/// The most of a price that can be earnest money: what is above has no such effect (Civil Code of China, art. 586).
const MAX_EARNEST: i64 = 2_000;

/// What of the price is paid ahead. It is a share, so it follows prices by hour, zone and coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deposit {
    /// What becomes of it if the visit does not take place.
    pub kind: DepositKind,
    /// Of what is left of the price after all discounts, and at least one minor unit of that unless it is zero.
    pub share_bp: BasisPoints,
}

/// What becomes of a deposit if the visit does not take place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositKind {
    /// Earnest money (定金): the merchant's if the guest backs out, and given back twice if the merchant does.
    Earnest,
    /// It goes back to the guest (订金).
    Refundable,
    /// There is none: all is paid at the store, after the service (到店付).
    PayAfter,
}

impl DepositKind {
    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Earnest => "earnest",
            Self::Refundable => "refundable",
            Self::PayAfter => "pay_after",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        match text {
            "earnest" => Some(Self::Earnest),
            "refundable" => Some(Self::Refundable),
            "pay_after" => Some(Self::PayAfter),
            _ => None,
        }
    }
}

impl Deposit {
    pub(crate) fn check(&self) -> Result<(), Reject> {
        let (least, most) = match self.kind {
            DepositKind::Earnest => (1, MAX_EARNEST),
            DepositKind::Refundable => (1, BasisPoints::WHOLE.get() - 1),
            DepositKind::PayAfter => (0, 0),
        };
        let share = self.share_bp.get();
        if (least..=most).contains(&share) {
            return Ok(());
        }
        let kind = self.kind.as_str();
        let detail =
            format!("a deposit that is {kind} is {least} to {most} basis points of the price, not {share}");
        Err(OFFER_INVALID.at("/deposit/share_bp", detail))
    }

    /// Refuses terms by which the platform gives to sales of which it sees no money.
    pub(crate) fn check_terms(&self, terms: &AgreementTerms) -> Result<(), Reject> {
        let gives = terms.discount_bp.min(terms.discount_platform_bp) > BasisPoints::ZERO;
        match self.kind {
            DepositKind::PayAfter if gives => {
                let detail =
                    "What is paid after the service has no discount that the platform pays a part of.";
                Err(OFFER_INVALID.at("/deposit/kind", detail))
            }
            DepositKind::PayAfter | DepositKind::Refundable | DepositKind::Earnest => Ok(()),
        }
    }

    /// Refuses a policy by which the merchant keeps something of what goes back in any case, or was never paid.
    pub(crate) fn check_policy(&self, field: &'static str, policy: &BookingPolicy) -> Result<(), Reject> {
        let keeps = policy.late_fee_bp.max(policy.no_show_fee_bp) > BasisPoints::ZERO;
        match self.kind {
            DepositKind::Refundable if keeps => {
                let detail = "A refundable deposit goes back whole: no fee is kept of it.";
                Err(BOOKING_TERMS_INVALID.at(field, detail))
            }
            DepositKind::PayAfter if keeps => {
                let detail = "Nothing is paid before the service: no fee is kept of it.";
                Err(BOOKING_TERMS_INVALID.at(field, detail))
            }
            DepositKind::Refundable | DepositKind::PayAfter | DepositKind::Earnest => Ok(()),
        }
    }
}
