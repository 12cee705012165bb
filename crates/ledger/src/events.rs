//! What the ledger tells the crates below: ids and numbers only.

use kernel::{MerchantId, OrderId, PayoutId, PersonId, RebateId, RedemptionId};
use serde::{Deserialize, Serialize};
use store::EventBody;

/// A payout's lines are stamped and it waits for a second operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutProposed {
    /// Which payout.
    pub payout: PayoutId,
    /// Who is to be paid.
    pub merchant: MerchantId,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// How many settlement lines.
    pub line_count: i64,
}

impl EventBody for PayoutProposed {
    const TYPE: &'static str = "PayoutProposed";
    const V: i64 = 1;
}

/// The transfer of a payout may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutApproved {
    /// Which payout: the reference under which the provider sends it at most once.
    pub payout: PayoutId,
    /// Who is to be paid.
    pub merchant: MerchantId,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

impl EventBody for PayoutApproved {
    const TYPE: &'static str = "PayoutApproved";
    const V: i64 = 1;
}

/// The transfer of a payout that failed may be sent again, as the same payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutRetried {
    /// Which payout.
    pub payout: PayoutId,
    /// Who is to be paid.
    pub merchant: MerchantId,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

impl EventBody for PayoutRetried {
    const TYPE: &'static str = "PayoutRetried";
    const V: i64 = 1;
}

/// The transfer of a payout did not go through. Why stands in the payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutFailed {
    /// Which payout.
    pub payout: PayoutId,
    /// Who was to be paid.
    pub merchant: MerchantId,
}

impl EventBody for PayoutFailed {
    const TYPE: &'static str = "PayoutFailed";
    const V: i64 = 1;
}

/// The merchant has the money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutPaid {
    /// Which payout.
    pub payout: PayoutId,
    /// Who was paid.
    pub merchant: MerchantId,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

impl EventBody for PayoutPaid {
    const TYPE: &'static str = "PayoutPaid";
    const V: i64 = 1;
}

/// The bank sent the merchant's money back; its lines wait for another payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutReturned {
    /// Which payout.
    pub payout: PayoutId,
    /// Who was to be paid.
    pub merchant: MerchantId,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

impl EventBody for PayoutReturned {
    const TYPE: &'static str = "PayoutReturned";
    const V: i64 = 1;
}

/// A merchant that owed the platform has paid it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantPaidIn {
    /// The payout below zero that closed its lines.
    pub payout: PayoutId,
    /// Who paid.
    pub merchant: MerchantId,
    /// Minor units, above zero.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

impl EventBody for MerchantPaidIn {
    const TYPE: &'static str = "MerchantPaidIn";
    const V: i64 = 1;
}

/// A sharer earned a rebate that cannot be spent yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebateAccrued {
    /// Which rebate.
    pub rebate: RebateId,
    /// The use that earned it.
    pub redemption: RedemptionId,
    /// The friend's order.
    pub order: OrderId,
    /// Who earned it.
    pub sharer: PersonId,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

impl EventBody for RebateAccrued {
    const TYPE: &'static str = "RebateAccrued";
    const V: i64 = 1;
}

/// A rebate can be spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebatePosted {
    /// Which rebate.
    pub rebate: RebateId,
    /// Whose.
    pub sharer: PersonId,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

impl EventBody for RebatePosted {
    const TYPE: &'static str = "RebatePosted";
    const V: i64 = 1;
}

/// A rebate was taken back because its redemption was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebateReversed {
    /// Which rebate.
    pub rebate: RebateId,
    /// Whose.
    pub sharer: PersonId,
    /// Minor units of the whole rebate.
    pub amount: i64,
    /// The part that was spent already and is owed by the sharer.
    pub owed: i64,
    /// ISO 4217.
    pub currency: String,
}

impl EventBody for RebateReversed {
    const TYPE: &'static str = "RebateReversed";
    const V: i64 = 1;
}
