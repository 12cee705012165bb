//! What the ledger is made of: legs and entries, settlement lines, payouts and rebates with their
//! states. Pure values; amounts are minor units of one currency.

use kernel::{
    Currency, JournalEntryId, MerchantId, OrderId, PayoutId, PersonId, RebateId, RedemptionId,
    SettlementLineId, StoreId, Timestamp, VoucherId,
};
use store::{FromValue, Value};
use uuid::Uuid;

use crate::Account;

/// The largest amount of one leg, in minor units: ten million million yuan. What is larger is a
/// mistake, and sums of what is not stay far from the end of 64 bits.
pub const MAX_LEG: i64 = 1_000_000_000_000_000;

/// One side of a journal entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// Which account.
    pub account: Account,
    /// Whose, of the kind that [`Account::owner_kind`] says.
    pub owner: Option<Uuid>,
    /// Minor units; a debit is positive, a credit negative.
    pub amount: i64,
}

impl Leg {
    /// `amount` onto the debit side of an account.
    pub const fn debit(account: Account, owner: Option<Uuid>, amount: i64) -> Self {
        Self {
            account,
            owner,
            amount,
        }
    }

    /// `amount` onto the credit side of an account.
    pub const fn credit(account: Account, owner: Option<Uuid>, amount: i64) -> Self {
        Self::debit(account, owner, -amount)
    }
}

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A customer paid for an order. Reference: the payment or its attempt.
    Paid,
    /// A customer paid for an order that was no longer held. Reference: the attempt.
    PaidLate,
    /// A voucher was used. Reference: the redemption.
    Redeemed,
    /// A use was taken back at the counter. Reference: the redemption.
    RedemptionUndone,
    /// A use was reversed for a refund. Reference: the redemption.
    RedemptionReversed,
    /// Money goes back to a customer. Reference: the refund.
    Refunded,
    /// A voucher ran out and its money is the merchant's. Reference: the voucher.
    Forfeited,
    /// A sharer earned a rebate. Reference: the rebate.
    RebateAccrued,
    /// A rebate that could be spent was taken back. Reference: the rebate.
    RebateReversed,
    /// A merchant was paid. Reference: the payout.
    PaidOut,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::Paid,
        Self::PaidLate,
        Self::Redeemed,
        Self::RedemptionUndone,
        Self::RedemptionReversed,
        Self::Refunded,
        Self::Forfeited,
        Self::RebateAccrued,
        Self::RebateReversed,
        Self::PaidOut,
    ];

    /// Its stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::PaidLate => "paid_late",
            Self::Redeemed => "redeemed",
            Self::RedemptionUndone => "redemption_undone",
            Self::RedemptionReversed => "redemption_reversed",
            Self::Refunded => "refunded",
            Self::Forfeited => "forfeited",
            Self::RebateAccrued => "rebate_accrued",
            Self::RebateReversed => "rebate_reversed",
            Self::PaidOut => "paid_out",
        }
    }
}

impl From<Reason> for Value {
    fn from(reason: Reason) -> Self {
        reason.as_str().into()
    }
}

/// A journal entry to be written. One (reference, reason) has one entry, ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Why.
    pub reason: Reason,
    /// What it is about; of the kind that the reason says.
    pub reference: Uuid,
    /// The currency of all legs.
    pub currency: Currency,
    /// Two or more, none of them zero, in sum zero.
    pub legs: Vec<Leg>,
}

impl NewEntry {
    /// An entry of the legs that are not zero; `None` if none is left, so that nothing moves.
    pub fn of(
        reason: Reason,
        reference: Uuid,
        currency: Currency,
        legs: impl IntoIterator<Item = Leg>,
    ) -> Option<Self> {
        let legs: Vec<Leg> = legs.into_iter().filter(|leg| leg.amount != 0).collect();
        (!legs.is_empty()).then_some(Self {
            reason,
            reference,
            currency,
            legs,
        })
    }
}

/// The balance of an account; a debit is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// What is final, in minor units.
    pub posted: i64,
    /// What pending entries would add if they were posted, in minor units.
    pub pending: i64,
}

/// One account's row of the trial balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrialRow {
    /// Which account.
    pub account: Account,
    /// Of which the amounts are.
    pub currency: Currency,
    /// Over all of its owners.
    pub balance: Balance,
}

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
}

impl LineKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Redemption, Self::Undo, Self::Refund, Self::Forfeit];

    /// Its stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redemption => "redemption",
            Self::Undo => "undo",
            Self::Refund => "refund",
            Self::Forfeit => "forfeit",
        }
    }

    /// The kind of this stored name.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
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
    /// Where it was used; none for what was never used.
    pub store: Option<StoreId>,
    /// Which voucher.
    pub voucher: VoucherId,
    /// The order that it was bought with.
    pub order: OrderId,
    /// What the line is about: a redemption, or a voucher that ran out. One (reference, kind) has one line.
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
    /// What the platform keeps.
    pub commission: i64,
    /// What the sharer gets, from the merchant.
    pub rebate: i64,
    /// What the merchant gets.
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
}

impl PayoutStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Proposed, Self::Approved, Self::Failed, Self::Paid];

    /// Its stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Failed => "failed",
            Self::Paid => "paid",
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

/// What is paid to a merchant for the lines that it stamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// Who is paid.
    pub merchant: MerchantId,
    /// Of the amount.
    pub currency: Currency,
    /// The sum of its lines in minor units, above zero.
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
    /// Why the transfer failed last.
    pub failure: Option<String>,
    /// Counts its changes.
    pub version: i64,
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
