//! The states of orders, payments, refunds and coupons, and the values that describe them.
//! Pure: what may follow what is decided by the guards of the commands.

use kernel::{
    BasisPoints, CouponId, Currency, GroupId, MerchantId, OfferId, OrderId, PaymentId, Timestamp, VoucherId,
};
use store::StorageError;

/// A state or kind that is stored as text.
pub trait Stored: Copy + Sized + 'static {
    /// Every value.
    const ALL: &'static [Self];

    /// The text in the database, in the API and in events.
    fn as_str(self) -> &'static str;

    /// Reads back [`Stored::as_str`]; an unknown text is a bug.
    fn from_stored(text: &str) -> Result<Self, StorageError> {
        let known = Self::ALL.iter().copied().find(|value| value.as_str() == text);
        known.ok_or_else(|| StorageError::bug(format!("{text:?} is no {}", std::any::type_name::<Self>())))
    }
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderStatus {
    /// Units are held until the hold runs out; payment is awaited.
    Placed,
    /// Paid for; its vouchers wait until enough others have joined its group.
    InGroup,
    /// Paid for; its vouchers are issued.
    Paid,
    /// The consumer gave it up before paying.
    Cancelled,
    /// The hold ran out before it was paid.
    Released,
    /// Every voucher of it was refunded unused, or its group was not completed.
    Refunded,
    /// The payer's bank took its payment back.
    ChargedBack,
}

impl Stored for OrderStatus {
    const ALL: &'static [Self] = &[
        Self::Placed,
        Self::InGroup,
        Self::Paid,
        Self::Cancelled,
        Self::Released,
        Self::Refunded,
        Self::ChargedBack,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::InGroup => "in_group",
            Self::Paid => "paid",
            Self::Cancelled => "cancelled",
            Self::Released => "released",
            Self::Refunded => "refunded",
            Self::ChargedBack => "charged_back",
        }
    }
}

/// Where a group of buyers stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupStatus {
    /// Others can join.
    Open,
    /// As many as it takes have paid; all have their vouchers.
    Complete,
    /// Time ran out; all have their money back.
    Failed,
}

impl Stored for GroupStatus {
    const ALL: &'static [Self] = &[Self::Open, Self::Complete, Self::Failed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Failed => "failed",
        }
    }
}

/// Which group an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupChoice {
    /// A new one, open once the order is paid.
    Open,
    /// One that is open.
    Join(GroupId),
}

/// Where the intent to be paid stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentStatus {
    /// Awaited.
    Open,
    /// Received in full.
    Paid,
    /// No longer wanted.
    Closed,
}

impl Stored for PaymentStatus {
    const ALL: &'static [Self] = &[Self::Open, Self::Paid, Self::Closed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Closed => "closed",
        }
    }
}

/// Where one try at a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptStatus {
    /// With the provider.
    Open,
    /// The provider said no. It may still say yes later.
    Failed,
    /// Its money paid the order.
    Paid,
    /// Its money came too late, twice or in the wrong amount, and goes back whole.
    Refunded,
}

impl Stored for AttemptStatus {
    const ALL: &'static [Self] = &[Self::Open, Self::Failed, Self::Paid, Self::Refunded];

    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Failed => "failed",
            Self::Paid => "paid",
            Self::Refunded => "refunded",
        }
    }
}

/// Where money on its way back stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundStatus {
    /// Decided and reserved in the ledger; the provider does not know yet.
    Requested,
    /// The provider accepted it.
    Sent,
    /// The consumer has the money.
    Succeeded,
    /// The provider refused. It is sent again as the same refund.
    Failed,
    /// The consumer has the money from their bank, which took the payment back. The provider has not said yet whether
    /// it moved it too.
    TakenBack,
}

impl Stored for RefundStatus {
    const ALL: &'static [Self] = &[
        Self::Requested,
        Self::Sent,
        Self::Succeeded,
        Self::Failed,
        Self::TakenBack,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Sent => "sent",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TakenBack => "taken_back",
        }
    }
}

/// Why money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundCause {
    /// The consumer, or the merchant, asked before it was used up.
    Asked,
    /// The voucher ran out unused and the agreement says that it is refunded.
    Expired,
    /// Merchant or operator took a redemption back.
    Redeemed,
    /// The payment came after the hold was released, or the order was paid already.
    LatePayment,
    /// The payment's amount or currency was not the order's.
    Mismatch,
    /// Nobody came to what was booked.
    NoShow,
    /// Too few joined the order's group in time.
    GroupFailed,
    /// The payer's bank took the payment back. Nothing is sent.
    ChargedBack,
    /// The payer's bank gave the payment back, of which this was for nothing that was used.
    ChargebackReversed,
    /// It was held for damages, of which nobody claims as much (any more).
    SecurityDeposit,
}

impl Stored for RefundCause {
    const ALL: &'static [Self] = &[
        Self::Asked,
        Self::Expired,
        Self::Redeemed,
        Self::LatePayment,
        Self::Mismatch,
        Self::NoShow,
        Self::GroupFailed,
        Self::ChargedBack,
        Self::ChargebackReversed,
        Self::SecurityDeposit,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Expired => "expired",
            Self::Redeemed => "redeemed",
            Self::LatePayment => "late_payment",
            Self::Mismatch => "mismatch",
            Self::NoShow => "no_show",
            Self::GroupFailed => "group_failed",
            Self::ChargedBack => "charged_back",
            Self::ChargebackReversed => "chargeback_reversed",
            Self::SecurityDeposit => "security_deposit",
        }
    }
}

/// Where a security deposit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityDepositStatus {
    /// The platform holds it.
    Held,
    /// The guest has it back, or it is on its way.
    Returned,
    /// The merchant keeps a part of it or all; the rest goes back.
    Claimed,
    /// The payer's bank took back what was held or claimed of it.
    ChargedBack,
}

impl Stored for SecurityDepositStatus {
    const ALL: &'static [Self] = &[Self::Held, Self::Returned, Self::Claimed, Self::ChargedBack];

    fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Returned => "returned",
            Self::Claimed => "claimed",
            Self::ChargedBack => "charged_back",
        }
    }
}

/// Who gives up what was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenUp {
    /// Whoever bought it, or did not come.
    ByGuest {
        /// What the merchant keeps: of all that is held, or of the deposit.
        fee: BasisPoints,
    },
    /// Whoever sold it. All that was paid goes back, and earnest money twice.
    ByMerchant,
}

impl GivenUp {
    /// What the merchant keeps.
    pub fn fee(self) -> BasisPoints {
        match self {
            Self::ByGuest { fee } => fee,
            Self::ByMerchant => BasisPoints::ZERO,
        }
    }
}

/// Why a sharer earns nothing by a friend: the two are one, as far as can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfDealing {
    /// They are the same person.
    Person,
    /// They paid with one instrument.
    Instrument,
    /// Each bought by the other's link.
    Circle,
    /// They signed in on one device.
    Device,
}

impl Stored for SelfDealing {
    const ALL: &'static [Self] = &[Self::Person, Self::Instrument, Self::Circle, Self::Device];

    fn as_str(self) -> &'static str {
        match self {
            Self::Person => "same_person",
            Self::Instrument => "same_instrument",
            Self::Circle => "circle",
            Self::Device => "same_device",
        }
    }
}

/// Whether a coupon can be claimed and used. Its window is apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CouponStatus {
    /// Inside its window it can be claimed and used.
    Live,
    /// Stopped for ever: neither claimed nor used.
    Stopped,
}

impl Stored for CouponStatus {
    const ALL: &'static [Self] = &[Self::Live, Self::Stopped];

    fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Stopped => "stopped",
        }
    }
}

/// Where one claimed coupon stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalletCouponStatus {
    /// In the wallet, free to be used until it expires.
    Claimed,
    /// Kept for one order that awaits its payment.
    Held,
    /// Used by a paid order.
    Used,
}

impl Stored for WalletCouponStatus {
    const ALL: &'static [Self] = &[Self::Claimed, Self::Held, Self::Used];

    fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Held => "held",
            Self::Used => "used",
        }
    }
}

/// How a coupon comes to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distribution {
    /// Whoever wants it claims it into the wallet.
    Claimed,
    /// It is claimed by a unique code, of which there are as many as coupons.
    ByCode,
    /// Nobody claims it: it comes with every order that it fits.
    Automatic,
}

impl Stored for Distribution {
    const ALL: &'static [Self] = &[Self::Claimed, Self::ByCode, Self::Automatic];

    fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::ByCode => "by_code",
            Self::Automatic => "automatic",
        }
    }
}

/// What a coupon takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, tag = "type", rename_all = "snake_case")]
pub enum CouponKind {
    /// A share of the price, up to a cap (折扣券).
    Percentage {
        /// The share.
        #[serde(rename = "share_bp")]
        share: BasisPoints,
        /// The most that it takes off, in minor units.
        max_discount: Option<i64>,
    },
    /// A fixed amount in minor units (抵用券, 满减).
    Cash {
        /// Minor units.
        amount: i64,
    },
    /// The dearest unit costs this (特价券).
    FixedPrice {
        /// Minor units.
        price: i64,
    },
    /// One unit of an offer is free (兑换券).
    FreeItem {
        /// The offer.
        offer: OfferId,
    },
    /// Of so many units the cheapest are free (买赠): of each `buy + get` units, `get`.
    BuyGet {
        /// Units that are paid.
        buy: i64,
        /// Units that are free.
        get: i64,
    },
}

/// Which rule took something off the price. Discounts are taken in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscountKind {
    /// The agreement between platform and merchant.
    Agreement,
    /// The order came by a share link.
    Friend,
    /// A coupon.
    Coupon,
}

/// One discount of an order, in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discount {
    /// Which rule.
    pub kind: DiscountKind,
    /// What it takes off.
    pub amount: i64,
    /// How much of that the platform pays. The merchant bears the rest.
    pub platform: i64,
    /// Which coupon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<CouponId>,
}

/// What an order costs and who pays it, in minor units:
/// `list_total = discount_platform + discount_merchant + rebate_used + cash_due + due_at_store`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// List price times quantity.
    pub list_total: i64,
    /// The platform's part of all discounts.
    pub discount_platform: i64,
    /// The merchant's part of all discounts.
    pub discount_merchant: i64,
    /// Paid from the buyer's earned rebates.
    pub rebate_used: i64,
    /// To be paid through a provider.
    pub cash_due: i64,
    /// Left to be paid to the merchant at the store, of what is sold for a deposit.
    pub due_at_store: i64,
    /// Paid through a provider beside the price, and given back after the visit.
    pub security_deposit: i64,
}

impl Amounts {
    /// What the provider is to collect.
    pub fn to_pay(&self) -> i64 {
        self.cash_due + self.security_deposit
    }
}

/// An order that was just placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedOrder {
    /// The order.
    pub order: OrderId,
    /// The intent to be paid for it.
    pub payment: PaymentId,
    /// [`OrderStatus::Placed`]; if nothing was left to pay, [`OrderStatus::Paid`] or [`OrderStatus::InGroup`].
    pub status: OrderStatus,
    /// What is sold.
    pub offer: OfferId,
    /// By whom.
    pub merchant: MerchantId,
    /// Units.
    pub quantity: i64,
    /// The currency of all amounts.
    pub currency: Currency,
    /// What it costs.
    pub amounts: Amounts,
    /// What was taken off, in order.
    pub discounts: Vec<Discount>,
    /// Until when the units are kept.
    pub hold_until: Timestamp,
    /// The group that it opens or joins once it is paid.
    pub group: Option<GroupId>,
    /// The vouchers, if nothing was left to pay.
    pub vouchers: Vec<VoucherId>,
}

/// What became of a payment that the provider reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentOutcome {
    /// It paid the order.
    Paid,
    /// It goes back whole.
    Refunded,
    /// Another report settled the try before. The platform has to look into it; nothing is booked.
    Conflicting,
}

/// The answer to a provider's report of a payment. The same at every repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmedPayment {
    /// The order.
    pub order: OrderId,
    /// What became of the money.
    pub outcome: PaymentOutcome,
}
