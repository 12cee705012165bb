//! What the journal is made of: legs, entries, and the balances that they come to. Amounts are minor
//! units of one currency.

use kernel::{Currency, JournalEntryId, Timestamp};
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
    /// A customer paid for an order. Reference: the order.
    Paid,
    /// A customer paid for an order that was no longer held. Reference: the attempt.
    PaidLate,
    /// A voucher was used. Reference: the redemption.
    Redeemed,
    /// A use was taken back at the counter. Reference: the redemption.
    RedemptionUndone,
    /// A use was reversed for a refund. Reference: the redemption.
    RedemptionReversed,
    /// A use was reversed, because the payer's bank took the payment back. Reference: the redemption.
    ChargedBack,
    /// What was forfeited was reversed for the same reason. Reference: the voucher.
    ForfeitChargedBack,
    /// The payer's bank took back more than was left to give back. Reference: the attempt.
    ChargebackLost,
    /// The payer's bank gave back what it had taken. Reference: the attempt.
    ChargebackReversed,
    /// A use is the merchant's again, because the bank gave the payment back. Reference: the redemption.
    RedemptionRestored,
    /// What was forfeited is the merchant's again for the same reason. Reference: the voucher.
    ForfeitRestored,
    /// Money goes back to a customer. Reference: the refund.
    Refunded,
    /// A voucher ran out and its money is the merchant's. Reference: the voucher.
    Forfeited,
    /// A merchant gave up what earnest money was paid for: as much is the buyer's. Reference: the voucher.
    Compensated,
    /// A merchant claims something of a security deposit. Reference: the deposit.
    SecurityClaimed,
    /// The claim was not right, and the guest has the money back. Reference: the deposit.
    SecurityClaimRefunded,
    /// The payer's bank took what was held or claimed of a security deposit. Reference: the deposit.
    SecurityChargedBack,
    /// The claim is the merchant's again, because the bank gave the payment back. Reference: the deposit.
    SecurityClaimRestored,
    /// A sharer earned a rebate. Reference: the rebate.
    RebateAccrued,
    /// A rebate that could be spent was taken back. Reference: the rebate.
    RebateReversed,
    /// A merchant was paid. Reference: the payout.
    PaidOut,
    /// The bank sent a merchant's money back. Reference: the payout.
    PayoutReturned,
    /// A merchant paid what it owed. Reference: the payout, which is below zero.
    PaidIn,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 23] = [
        Self::Paid,
        Self::PaidLate,
        Self::Redeemed,
        Self::RedemptionUndone,
        Self::RedemptionReversed,
        Self::ChargedBack,
        Self::ForfeitChargedBack,
        Self::ChargebackLost,
        Self::ChargebackReversed,
        Self::RedemptionRestored,
        Self::ForfeitRestored,
        Self::Refunded,
        Self::Forfeited,
        Self::Compensated,
        Self::SecurityClaimed,
        Self::SecurityClaimRefunded,
        Self::SecurityChargedBack,
        Self::SecurityClaimRestored,
        Self::RebateAccrued,
        Self::RebateReversed,
        Self::PaidOut,
        Self::PayoutReturned,
        Self::PaidIn,
    ];

    /// Its stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::PaidLate => "paid_late",
            Self::Redeemed => "redeemed",
            Self::RedemptionUndone => "redemption_undone",
            Self::RedemptionReversed => "redemption_reversed",
            Self::ChargedBack => "charged_back",
            Self::ForfeitChargedBack => "forfeit_charged_back",
            Self::ChargebackLost => "chargeback_lost",
            Self::ChargebackReversed => "chargeback_reversed",
            Self::RedemptionRestored => "redemption_restored",
            Self::ForfeitRestored => "forfeit_restored",
            Self::Refunded => "refunded",
            Self::Forfeited => "forfeited",
            Self::Compensated => "compensated",
            Self::SecurityClaimed => "security_claimed",
            Self::SecurityClaimRefunded => "security_claim_refunded",
            Self::SecurityChargedBack => "security_charged_back",
            Self::SecurityClaimRestored => "security_claim_restored",
            Self::RebateAccrued => "rebate_accrued",
            Self::RebateReversed => "rebate_reversed",
            Self::PaidOut => "paid_out",
            Self::PayoutReturned => "payout_returned",
            Self::PaidIn => "paid_in",
        }
    }
}

impl FromValue for Reason {
    fn from_value(value: Value) -> Option<Self> {
        let text = String::from_value(value)?;
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
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

/// What an entry does to the layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// Its legs are final.
    Posted,
    /// Its legs are in the pending layer.
    Pending,
    /// It takes a pending entry's legs out of the pending layer and posts them.
    Posts,
    /// It takes a pending entry's legs out of the pending layer.
    Voids,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Posted, Self::Pending, Self::Posts, Self::Voids];

    /// Its stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Pending => "pending",
            Self::Posts => "posts",
            Self::Voids => "voids",
        }
    }
}

impl FromValue for EntryKind {
    fn from_value(value: Value) -> Option<Self> {
        let text = String::from_value(value)?;
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// An entry as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its id, newer entries after older ones.
    pub id: JournalEntryId,
    /// Why money moved.
    pub reason: Reason,
    /// What it is about; of the kind that the reason says.
    pub reference: Uuid,
    /// The currency of all legs.
    pub currency: Currency,
    /// What it does to the layers.
    pub kind: EntryKind,
    /// When it was written.
    pub at: Timestamp,
    /// Each with whether it is in the pending layer.
    pub legs: Vec<(Leg, bool)>,
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
