//! Settlement lines, payouts and rebates with their states. Pure values; amounts are minor units of
//! one currency.

use kernel::{
    Currency, JournalEntryId, MerchantId, Money, OrderId, PayoutId, PersonId, RebateId, RedemptionId,
    SettlementLineId, StoreId, Timestamp, VoucherId,
};
use store::{FromValue, Value};
use uuid::Uuid;

/// What a settlement line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineKind {
    /// A voucher was used.
    Redemption,
    /// A use was taken back at the counter: the same amounts, negative.
    Undo,
    /// A use was refunded: the same amounts, negative.
    Refund,
    /// A voucher ran out and its money is the merchant's.
    Forfeit,
    /// The payer's bank took the payment back: the same amounts as the use or the forfeit, negative.
    Chargeback,
    /// The payer's bank gave the payment back: what the chargeback took, but for the sharer's rebate, which is the
    /// merchant's.
    ChargebackReversed,
    /// The merchant gave up a booking or voucher for which earnest money was paid: as much is the buyer's, beside what
    /// goes back.
    Compensation,
    /// What the merchant keeps of a guest's security deposit, for a damage.
    SecurityClaim,
    /// The claim was not right: the same amount, negative.
    SecurityClaimRefunded,
    /// The payer's bank took what was claimed: the same amount, negative.
    SecurityClaimChargedBack,
    /// The payer's bank gave it back: what the chargeback took.
    SecurityClaimRestored,
}

impl LineKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Redemption,
        Self::Undo,
        Self::Refund,
        Self::Forfeit,
        Self::Chargeback,
        Self::ChargebackReversed,
        Self::Compensation,
        Self::SecurityClaim,
        Self::SecurityClaimRefunded,
        Self::SecurityClaimChargedBack,
        Self::SecurityClaimRestored,
    ];

    /// Its stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redemption => "redemption",
            Self::Undo => "undo",
            Self::Refund => "refund",
            Self::Forfeit => "forfeit",
            Self::Chargeback => "chargeback",
            Self::ChargebackReversed => "chargeback_reversed",
            Self::Compensation => "compensation",
            Self::SecurityClaim => "security_claim",
            Self::SecurityClaimRefunded => "security_claim_refunded",
            Self::SecurityClaimChargedBack => "security_claim_charged_back",
            Self::SecurityClaimRestored => "security_claim_restored",
        }
    }

    /// The kind of this stored name.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether it is about a security deposit, and nothing that was used or not.
    pub fn is_of_deposit(self) -> bool {
        match self {
            Self::SecurityClaim
            | Self::SecurityClaimRefunded
            | Self::SecurityClaimChargedBack
            | Self::SecurityClaimRestored => true,
            Self::Redemption
            | Self::Undo
            | Self::Refund
            | Self::Forfeit
            | Self::Chargeback
            | Self::ChargebackReversed
            | Self::Compensation => false,
        }
    }
}

impl From<LineKind> for Value {
    fn from(kind: LineKind) -> Self {
        kind.as_str().into()
    }
}

impl FromValue for LineKind {
    fn from_value(value: Value) -> Option<Self> {
        Self::from_name(&String::from_value(value)?)
    }
}

/// One use's share in a merchant's statement, complete: whoever reads it needs nothing else. Always
/// `payable = price - discount_merchant - commission - rebate`; a reversing line has every amount negated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettlementLine {
    /// Its id, newer lines after older ones.
    pub id: SettlementLineId,
    /// Who is paid.
    pub merchant: MerchantId,
    /// Where it was used, or was booked; none for what was neither.
    pub store: Option<StoreId>,
    /// Which voucher.
    pub voucher: VoucherId,
    /// The order that it was bought with.
    pub order: OrderId,
    /// What the line is about: a redemption, a voucher that ran out, or a security deposit. One (reference, kind) has one line.
    pub reference: Uuid,
    /// What happened.
    pub kind: LineKind,
    /// Of all amounts, which are minor units.
    pub currency: Currency,
    /// The list price's share, before any discount.
    pub price: i64,
    /// Discounts that the platform paid: part of the price, told for information.
    pub discount_platform: i64,
    /// Discounts that the merchant gave: they lower the price.
    pub discount_merchant: i64,
    /// What the buyer pays at the store, to the merchant itself.
    pub due_at_store: i64,
    /// What the platform keeps.
    pub commission: i64,
    /// What the sharer gets, from the merchant.
    pub rebate: i64,
    /// What the merchant gets. Below zero, it owes it: what it took at the store was more than the rest of its share.
    pub payable: i64,
    /// When it happened.
    pub at: Timestamp,
}

/// Where a payout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PayoutStatus {
    /// Its lines are stamped; a second operator has to approve it.
    Proposed,
    /// The money is reserved and the transfer may be sent.
    Approved,
    /// The transfer did not go through. The lines stay its own; it can be retried.
    Failed,
    /// The merchant has the money.
    Paid,
    /// The bank sent it back; its lines are open again.
    Returned,
}

impl PayoutStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Proposed,
        Self::Approved,
        Self::Failed,
        Self::Paid,
        Self::Returned,
    ];

    /// Its stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Failed => "failed",
            Self::Paid => "paid",
            Self::Returned => "returned",
        }
    }

    /// The status of this stored name.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl From<PayoutStatus> for Value {
    fn from(status: PayoutStatus) -> Self {
        status.as_str().into()
    }
}

impl FromValue for PayoutStatus {
    fn from_value(value: Value) -> Option<Self> {
        Self::from_name(&String::from_value(value)?)
    }
}

/// What is paid to a merchant for the lines that it stamped, or was paid by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// Who is paid.
    pub merchant: MerchantId,
    /// Of the amount.
    pub currency: Currency,
    /// The sum of its lines in minor units. Below zero, the merchant paid it in.
    pub amount: i64,
    /// How many lines.
    pub line_count: i64,
    /// The lines of up to this time are in it.
    pub closed_until: Timestamp,
    /// Where it stands.
    pub status: PayoutStatus,
    /// Who proposed it; none if Qiao did at the close of the day.
    pub proposed_by: Option<PersonId>,
    /// When.
    pub proposed_at: Timestamp,
    /// The second operator.
    pub approved_by: Option<PersonId>,
    /// When.
    pub approved_at: Option<Timestamp>,
    /// When the transfer was confirmed.
    pub paid_at: Option<Timestamp>,
    /// Why the transfer failed last or came back.
    pub failure: Option<String>,
    /// Counts its changes.
    pub version: i64,
}

/// What a merchant's open lines come to in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// Who is owed.
    pub merchant: MerchantId,
    /// The sum; below zero the merchant owes it.
    pub amount: Money,
    /// How many lines.
    pub line_count: i64,
}

/// Where a rebate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RebateStatus {
    /// Until the refund window closes.
    Pending,
    /// It can be spent.
    Posted,
    /// The redemption was taken back in time.
    Voided,
    /// The redemption was taken back after it could be spent.
    Reversed,
}

impl RebateStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Posted, Self::Voided, Self::Reversed];

    /// Its stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Posted => "posted",
            Self::Voided => "voided",
            Self::Reversed => "reversed",
        }
    }

    /// The status of this stored name.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// How many changes a rebate has seen that stands here: its version in events.
    pub const fn version(self) -> i64 {
        match self {
            Self::Pending => 1,
            Self::Posted | Self::Voided => 2,
            Self::Reversed => 3,
        }
    }
}

impl FromValue for RebateStatus {
    fn from_value(value: Value) -> Option<Self> {
        Self::from_name(&String::from_value(value)?)
    }
}

/// What a sharer earns by one redemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebate {
    /// Its id.
    pub id: RebateId,
    /// The use that earned it.
    pub redemption: RedemptionId,
    /// The friend's order.
    pub order: OrderId,
    /// Who earns it.
    pub sharer: PersonId,
    /// Who pays it.
    pub merchant: MerchantId,
    /// Of the amount.
    pub currency: Currency,
    /// Minor units.
    pub amount: i64,
    /// Where it stands.
    pub status: RebateStatus,
    /// Its entry in the journal.
    pub entry: JournalEntryId,
    /// When it can be spent.
    pub due_at: Timestamp,
    /// When it was earned.
    pub created_at: Timestamp,
}

/// What became of a redemption's rebate when the redemption was reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reversal {
    /// There was none, or it was reversed before.
    Nothing,
    /// It was pending and is voided.
    Voided,
    /// It could be spent and is taken back.
    TakenBack {
        /// Minor units taken from what the sharer could still spend.
        from_balance: i64,
        /// Minor units that were spent already: the sharer owes them.
        owed: i64,
    },
}
