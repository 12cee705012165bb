//! What the model keeps of each thing: its state and its money. Plain values.

use std::collections::BTreeMap;

use kernel::Timestamp;

use super::money::{Paid, Split};
use crate::run::op::{Name, No, Post, Scan, Staff, VoucherName};

/// An accepted answer: what it says, and what it made or named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Told {
    pub text: String,
    pub made: Vec<Name>,
}

/// What a command answers: the code of the refusal otherwise.
pub(crate) type Answer = Result<Told, &'static str>;

/// A bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bucket {
    pub capacity: i128,
    pub held: i128,
    pub taken: i128,
    pub closed: bool,
}

impl Bucket {
    pub fn of(capacity: i64) -> Self {
        Self {
            capacity: capacity.into(),
            held: 0,
            taken: 0,
            closed: false,
        }
    }

    pub fn has(&self, units: i128) -> bool {
        !self.closed && self.held + self.taken + units <= self.capacity
    }

    /// Below what is used it is closed at that level. Gives the excess.
    pub fn set_capacity(&mut self, capacity: i128) -> i128 {
        let used = self.held + self.taken;
        self.capacity = capacity.max(used);
        self.closed = used > capacity;
        (used - capacity).max(0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OrderStatus {
    Placed,
    InGroup,
    Paid,
    Cancelled,
    Released,
    Refunded,
    ChargedBack,
}

/// Units that cost so much more than their good, by what that is.
pub(crate) type Surcharges = Vec<(i64, i64)>;

/// Units of an order of which one costs the same, and what all of them come to before coupons.
#[derive(Debug, Clone, Copy)]
pub(super) struct Priced {
    pub units: i128,
    pub due: i128,
}

/// Coupons of an order and what each takes off.
pub(crate) type UsedCoupons = Vec<(Used, i128)>;

/// A coupon of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Used {
    /// Of a wallet, as the buyer asked.
    Named(No),
    /// By itself.
    ByItself(usize),
}

#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub person: usize,
    pub good: usize,
    pub quantity: i128,
    pub whole: Paid,
    pub coupons: UsedCoupons,
    pub sharer: Option<usize>,
    pub entry: Option<No>,
    pub hold_until: Timestamp,
    pub status: OrderStatus,
    /// Named after its leader's order.
    pub group: Option<No>,
    /// Of what is booked, or an open ticket: all its units are one voucher, valid until then.
    pub booked_until: Option<Timestamp>,
    /// Of seats that are not chosen yet.
    pub open_ticket: bool,
    /// Whether what runs out of it is the shop's.
    pub forfeits: bool,
    pub was_paid: bool,
    pub vouchers: Vec<Voucher>,
    pub units_returned: i128,
    pub attempts: Vec<No>,
    /// What a won dispute put back of what counts as given back.
    pub restored: Paid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum GroupStatus {
    Open,
    Complete,
    Failed,
}

/// Why a booking is over, beside what its order and voucher say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Cancelled,
    NoShow,
    Lapsed,
}

/// What becomes of the places of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Keeps {
    Held,
    Taken,
    Nothing,
}

/// People who buy together, from the moment the first of them has paid.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub good: usize,
    pub status: GroupStatus,
    pub closes_at: Timestamp,
    /// Beside its leader's.
    pub places: Bucket,
    /// Each with the order by which they are in it, paid or not.
    pub members: BTreeMap<usize, No>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum VoucherStatus {
    Live,
    Used,
    Refunded,
    Expired,
}

#[derive(Debug, Clone)]
pub(crate) struct Voucher {
    pub paid: Paid,
    pub uses_left: i128,
    pub status: VoucherStatus,
    pub valid_until: Timestamp,
    /// The phone that shows it, and how often it came to another one.
    pub phone: Option<usize>,
    pub binding: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AttemptStatus {
    Open,
    Failed,
    Paid,
    Refunded,
}

#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub order: No,
    pub status: AttemptStatus,
    /// The payment that settled it.
    pub payment: Option<No>,
    /// The refund of its money, if the order did not want it.
    pub refund: Option<No>,
    pub charged_back: Option<ChargedBack>,
    /// By which the payer got what the bank gave back.
    pub reversal_refunds: Vec<No>,
}

/// Uses or what was forfeited: what was paid for it, and who got it.
pub(crate) type Taken = (Paid, Split);

/// What the payer's bank took of a payment.
#[derive(Debug, Clone)]
pub(crate) struct ChargedBack {
    pub amount: i128,
    pub lost: i128,
    /// What the order had not given back.
    pub left: Paid,
    /// By which that went back.
    pub refund: Option<No>,
    /// What was taken off the merchant's statement.
    pub taken: Vec<Taken>,
    pub reversed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RefundStatus {
    Requested,
    Sent,
    Succeeded,
    Failed,
    TakenBack,
}

#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub order: No,
    /// Of whose money, if any was paid.
    pub attempt: Option<No>,
    pub paid: Paid,
    /// Money that no order wanted, or that a bank gave back.
    pub unwanted: bool,
    /// What the shop gives beside, at once.
    pub compensation: i128,
    pub status: RefundStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RedemptionStatus {
    Live,
    Undone,
    Refunded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RebateStatus {
    Pending,
    Posted,
    Voided,
    Reversed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ReviewStatus {
    Shown,
    Hidden,
    Withdrawn,
}

#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub stars: i64,
    pub status: ReviewStatus,
    pub replied: bool,
}

/// Where people come from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    /// `None`: the platform's.
    pub shop: Option<usize>,
    /// Nobody runs it by hand.
    pub of_link: bool,
    pub closed: bool,
    /// By the good that they came for.
    pub visits: BTreeMap<Option<usize>, usize>,
}

/// Who works, or worked, at a shop's first store.
#[derive(Debug, Clone)]
pub(crate) struct Clerk {
    /// `None`: dismissed.
    pub post: Option<Post>,
    /// Until when each session lasts.
    pub sessions: Vec<Timestamp>,
}

#[derive(Debug, Clone)]
pub(crate) struct Redemption {
    pub voucher: VoucherName,
    /// Of several the last.
    pub use_no: i128,
    pub uses: i128,
    pub shop: usize,
    pub store: usize,
    /// Nobody came for what they were kept for.
    pub missed: bool,
    pub status: RedemptionStatus,
    pub scanned_at: Timestamp,
    pub undo_until: Timestamp,
    pub refund_until: Timestamp,
    pub paid: Paid,
    pub split: Split,
    pub rebate: Option<RebateStatus>,
    pub review: Option<Review>,
}

/// A line of a merchant's statement.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub shop: usize,
    pub at: Timestamp,
    /// The redemption of which it is the first line.
    pub redemption: Option<No>,
    pub paid: Paid,
    pub split: Split,
    pub payout: Option<No>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PayoutStatus {
    Proposed,
    Approved,
    Paid,
    Failed,
}

#[derive(Debug, Clone)]
pub(crate) struct Payout {
    pub shop: usize,
    pub amount: i128,
    pub by_second: bool,
    pub status: PayoutStatus,
}

/// How many of a coupon somebody claimed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Claimed {
    pub in_all: i64,
    pub day: i64,
    pub on_day: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WalletStatus {
    Claimed,
    Held,
    Used,
}

#[derive(Debug, Clone)]
pub(crate) struct Wallet {
    pub person: usize,
    pub coupon: usize,
    pub status: WalletStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TimerKind {
    Release,
    CloseGroup,
    Remind,
    Lapse,
    EndWaiting,
    RefundShowing,
    Expire,
    PostRebate,
    AgreementStarts,
    AgreementEnds,
}

/// What became of a scan without a network.
#[derive(Debug, Clone)]
pub(crate) struct Scanned {
    pub scan: Scan,
    pub said: &'static str,
    /// The redemption that it made, or that took the last use before it.
    pub name: Option<No>,
    pub amount: i128,
    pub synced_at: Timestamp,
}

/// Wrong codes of somebody or something: since when, how many, and until when it is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Misses {
    pub since: Timestamp,
    pub count: i128,
    pub locked_until: Timestamp,
}

/// Who is held to wrong codes, within a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Typist {
    Person(Staff),
    Device(usize),
}

/// An acceptance that says this.
pub(super) fn told(text: impl Into<String>) -> Answer {
    Ok(Told {
        text: text.into(),
        made: Vec::new(),
    })
}

/// An acceptance that made this.
pub(super) fn made(text: impl Into<String>, made: Vec<Name>) -> Answer {
    Ok(Told {
        text: text.into(),
        made,
    })
}
