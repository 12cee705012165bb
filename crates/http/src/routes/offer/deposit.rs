//! What is paid ahead of an offer, as merchants say and everybody sees it.

use kernel::BasisPoints;
use offer::{Deposit, DepositKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is paid ahead, if the rest is paid at the store: nothing, if it is paid after the service.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Deposit)]
pub struct WireDeposit {
    /// What becomes of it if the guest does not come.
    kind: WireDepositKind,
    /// Of what is left of the price after all discounts, in basis points: at most 2000 of `earnest` money, 0 of
    /// `pay_after`. Rounded half up, and at least one minor unit unless it is 0.
    #[schema(value_type = i64)]
    share_bp: BasisPoints,
}

/// `earnest` (定金): the merchant's if the guest backs out, and given back twice if the merchant does. `refundable`
/// (订金): it goes back. `pay_after` (到店付): nothing is paid ahead.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DepositKind)]
enum WireDepositKind {
    Earnest,
    Refundable,
    PayAfter,
}

impl From<WireDeposit> for Deposit {
    fn from(wire: WireDeposit) -> Self {
        Self {
            kind: match wire.kind {
                WireDepositKind::Earnest => DepositKind::Earnest,
                WireDepositKind::Refundable => DepositKind::Refundable,
                WireDepositKind::PayAfter => DepositKind::PayAfter,
            },
            share_bp: wire.share_bp,
        }
    }
}

impl From<Deposit> for WireDeposit {
    fn from(deposit: Deposit) -> Self {
        Self {
            kind: match deposit.kind {
                DepositKind::Earnest => WireDepositKind::Earnest,
                DepositKind::Refundable => WireDepositKind::Refundable,
                DepositKind::PayAfter => WireDepositKind::PayAfter,
            },
            share_bp: deposit.share_bp,
        }
    }
}
