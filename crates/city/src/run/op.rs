//! What can happen in a step, as plain data: a run is a list of these, which can be written down, cut shorter
//! and lived again. A thing is named after the step that made it, so that leaving other steps out does not
//! rename it; a step whose things were never made is left out too.

use kernel::Timestamp;

/// The number of a step. It keeps it when others are left out.
pub(crate) type No = u32;

/// What a step made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Name {
    Wallet(No),
    Link(No),
    Order(No),
    Attempt(No),
    Voucher(No, u8),
    Redemption(No),
    Refund(No),
    Payout(No),
}

/// A voucher: of which order, and which of its vouchers.
pub(crate) type VoucherName = (No, u8);

/// Who stands at a counter: the owner, or the clerk of the first store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Staff {
    Owner,
    Clerk,
}

/// A deed. People, shops, goods, coupons and stores are indexes into the [`super::world::World`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Claim {
        person: usize,
        coupon: usize,
    },
    Share {
        person: usize,
        good: usize,
    },
    Place(Place),
    Cancel {
        person: usize,
        order: No,
    },
    Start {
        person: usize,
        order: No,
    },
    /// The customer pays at the provider. Qiao hears of it later.
    PayOutside {
        attempt: No,
        amount: i64,
    },
    /// The provider tells of the payment made in step `payment`, or Qiao asks after it.
    ReportPayment {
        payment: No,
        asked: bool,
    },
    FailPayment {
        attempt: No,
    },
    RefundVoucher {
        person: usize,
        voucher: VoucherName,
    },
    Redeem {
        shop: usize,
        staff: Staff,
        store: usize,
        voucher: VoucherName,
    },
    Bind {
        person: usize,
        voucher: VoucherName,
        phone: usize,
    },
    /// A QR of this binding is scanned with a network.
    Scan {
        shop: usize,
        staff: Staff,
        store: usize,
        voucher: VoucherName,
        binding: u32,
    },
    /// A scanner is on the network again: it sends a scan, and perhaps one that it sent in an earlier step.
    Sync {
        shop: usize,
        store: usize,
        scan: Scan,
        again: Option<(No, Scan)>,
    },
    TypeNonsense {
        shop: usize,
        staff: Staff,
    },
    Undo {
        shop: usize,
        staff: Staff,
        redemption: No,
    },
    RefundRedeemed {
        shop: usize,
        by_operator: bool,
        redemption: No,
    },
    SendRefund {
        refund: No,
    },
    /// The provider makes up its mind about the last try at a refund.
    RefundOutside {
        refund: No,
        succeeds: bool,
    },
    /// The provider tells what became of a try at a refund, from 1.
    ReportRefund {
        refund: No,
        tries: usize,
    },
    Propose {
        shop: usize,
        second: bool,
    },
    Approve {
        payout: No,
        second: bool,
    },
    TransferOutside {
        payout: No,
        succeeds: bool,
    },
    ReportTransfer {
        payout: No,
        tries: usize,
    },
    Retry {
        payout: No,
    },
    /// Timers.
    Release {
        order: No,
    },
    Expire {
        voucher: VoucherName,
    },
    PostRebate {
        redemption: No,
    },
    Review {
        person: usize,
        redemption: No,
        stars: i64,
    },
    /// Qiao hears that a visit was taken back, perhaps more than once.
    HideForRefund {
        redemption: No,
    },
    /// The house.
    StopCoupon {
        coupon: usize,
    },
    ChangeStock {
        good: usize,
        capacity: i64,
    },
    Pause {
        good: usize,
    },
    Resume {
        good: usize,
    },
    EndAgreement {
        good: usize,
    },
    Suspend {
        shop: usize,
    },
    Reinstate {
        shop: usize,
    },
    Dismiss {
        shop: usize,
    },
}

/// An order, with everything that a cheat may get wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub person: usize,
    pub good: usize,
    pub quantity: i64,
    pub wallet: Option<No>,
    /// The step that first asked for the link.
    pub link: Option<No>,
    pub use_rebate: bool,
    pub expected: Option<i64>,
}

/// A QR that was scanned without a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scan {
    pub voucher: VoucherName,
    pub binding: u32,
    pub at: Timestamp,
}

/// What goes wrong around a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// COMMIT is not sent; the lane runs the command again.
    CommitFails,
    /// COMMIT succeeded, but nobody hears of it; the lane finds the answer.
    AnswerLost,
    /// The process dies before COMMIT. It starts again, and the client repeats the request.
    CrashBefore,
    /// The process dies after COMMIT and before the answer.
    CrashAfter,
    /// The client repeats a request that was answered.
    Repeated,
    /// The client sends something else under the same key.
    KeyReused,
}

/// One step of a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub no: No,
    pub at: Timestamp,
    /// Around the commit that this step ends.
    pub fault: Fault,
    /// It waits in the lane, and shares its commit with the step that comes next.
    pub waits: bool,
    pub op: Op,
}

impl Op {
    /// Everything that it names.
    pub fn names(&self) -> Vec<Name> {
        match *self {
            Self::Place(place) => {
                let wallet = place.wallet.map(Name::Wallet);
                wallet.into_iter().chain(place.link.map(Name::Link)).collect()
            }
            Self::Cancel { order, .. } | Self::Start { order, .. } | Self::Release { order } => {
                vec![Name::Order(order)]
            }
            Self::PayOutside { attempt, .. } | Self::FailPayment { attempt } => vec![Name::Attempt(attempt)],
            Self::RefundVoucher { voucher, .. }
            | Self::Redeem { voucher, .. }
            | Self::Bind { voucher, .. }
            | Self::Scan { voucher, .. }
            | Self::Sync {
                scan: Scan { voucher, .. },
                ..
            }
            | Self::Expire { voucher } => {
                vec![Name::Voucher(voucher.0, voucher.1)]
            }
            Self::Undo { redemption, .. }
            | Self::RefundRedeemed { redemption, .. }
            | Self::Review { redemption, .. }
            | Self::HideForRefund { redemption }
            | Self::PostRebate { redemption } => vec![Name::Redemption(redemption)],
            Self::SendRefund { refund }
            | Self::RefundOutside { refund, .. }
            | Self::ReportRefund { refund, .. } => vec![Name::Refund(refund)],
            Self::Approve { payout, .. }
            | Self::Retry { payout }
            | Self::TransferOutside { payout, .. }
            | Self::ReportTransfer { payout, .. } => vec![Name::Payout(payout)],
            // The payment happened outside; the attempt for which it was is older than that.
            Self::ReportPayment { .. }
            | Self::Claim { .. }
            | Self::Share { .. }
            | Self::TypeNonsense { .. }
            | Self::Propose { .. }
            | Self::StopCoupon { .. }
            | Self::ChangeStock { .. }
            | Self::Pause { .. }
            | Self::Resume { .. }
            | Self::EndAgreement { .. }
            | Self::Suspend { .. }
            | Self::Reinstate { .. }
            | Self::Dismiss { .. } => Vec::new(),
        }
    }
}
