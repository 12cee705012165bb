//! What convert tells the crates below: ids and amounts in minor units only.

use kernel::{
    CouponId, EntryId, GroupId, MerchantId, OfferId, OrderId, PaymentAttemptId, PaymentConflictId, PersonId,
    RefundId, SecurityDepositId, ShareLinkId, VoucherId, WalletCouponId,
};
use serde::{Deserialize, Serialize};
use store::EventBody;

/// A coupon can be claimed. Subject: the coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponCreated {
    /// Which.
    pub coupon: CouponId,
    /// Whose; the platform's if `None`.
    pub merchant: Option<MerchantId>,
}

/// A coupon can be neither claimed nor used any more. Subject: the coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponStopped {
    /// Which.
    pub coupon: CouponId,
    /// Whose; the platform's if `None`.
    pub merchant: Option<MerchantId>,
}

/// A person has a coupon in the wallet. Subject: the wallet coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponClaimed {
    /// The one in the wallet.
    pub wallet_coupon: WalletCouponId,
    /// Its terms.
    pub coupon: CouponId,
    /// Whose wallet.
    pub person: PersonId,
}

/// Units are held for a buyer. Subject: the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlaced {
    /// Which.
    pub order: OrderId,
    /// Who buys.
    pub person: PersonId,
    /// Who sells.
    pub merchant: MerchantId,
    /// What.
    pub offer: OfferId,
    /// Units.
    pub quantity: i64,
    /// ISO 4217.
    pub currency: String,
    /// Before all discounts.
    pub list_total: i64,
    /// To be paid through a provider.
    pub cash_due: i64,
    /// Where the buyer came from.
    pub entry: Option<EntryId>,
    /// Whose recommendation it follows.
    pub share_link: Option<ShareLinkId>,
}

/// Its leader has paid: others can join. Subject: the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupOpened {
    /// Which.
    pub group: GroupId,
    /// Of what.
    pub offer: OfferId,
    /// Who sells.
    pub merchant: MerchantId,
    /// The leader's.
    pub order: OrderId,
    /// How many buyers are missing.
    pub missing: i64,
}

/// Another buyer has paid, and more are missing. Subject: the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupGrew {
    /// Which.
    pub group: GroupId,
    /// Of what.
    pub offer: OfferId,
    /// Who sells.
    pub merchant: MerchantId,
    /// The buyer's.
    pub order: OrderId,
    /// How many buyers are missing.
    pub missing: i64,
}

/// The last buyer has paid: all have their vouchers. Subject: the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupCompleted {
    /// Which.
    pub group: GroupId,
    /// Of what.
    pub offer: OfferId,
    /// Who sells.
    pub merchant: MerchantId,
}

/// Time ran out before enough had paid: all get their money back. Subject: the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupFailed {
    /// Which.
    pub group: GroupId,
    /// Of what.
    pub offer: OfferId,
    /// Who sells.
    pub merchant: MerchantId,
}

/// The buyer gave the order up, or its hold ran out. Subject: the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReleased {
    /// Which.
    pub order: OrderId,
    /// Who wanted to buy.
    pub person: PersonId,
    /// Whether the buyer said so.
    pub cancelled: bool,
}

/// An order is paid for. Subject: the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPaid {
    /// Which.
    pub order: OrderId,
    /// Who bought.
    pub person: PersonId,
    /// Who sold.
    pub merchant: MerchantId,
    /// What.
    pub offer: OfferId,
    /// Units.
    pub quantity: i64,
    /// ISO 4217.
    pub currency: String,
    /// Paid through a provider.
    pub cash: i64,
    /// Paid beside the price, in minor units.
    pub security_deposit: i64,
    /// Paid from earned rebates.
    pub rebate_used: i64,
    /// The platform's part of the discounts.
    pub discount_platform: i64,
    /// The merchant's part of the discounts.
    pub discount_merchant: i64,
    /// What was issued.
    pub vouchers: Vec<VoucherId>,
}

/// A try at a payment was begun. Subject: the attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentStarted {
    /// Which try.
    pub attempt: PaymentAttemptId,
    /// For which order.
    pub order: OrderId,
    /// With which provider.
    pub provider: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

/// The provider said no. Subject: the attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentFailed {
    /// Which try.
    pub attempt: PaymentAttemptId,
    /// For which order.
    pub order: OrderId,
}

/// A payment's amount or currency was not the order's; it goes back whole. Subject: the attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMismatched {
    /// Which try.
    pub attempt: PaymentAttemptId,
    /// For which order.
    pub order: OrderId,
    /// What the order asked for, in minor units.
    pub expected: i64,
    /// ISO 4217 of that.
    pub expected_currency: String,
    /// What came, in minor units.
    pub received: i64,
    /// ISO 4217 of that.
    pub received_currency: String,
}

/// A payment came after its hold was released or for an order that was paid already; it goes back
/// whole. Subject: the attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatePaymentRefunded {
    /// Which try.
    pub attempt: PaymentAttemptId,
    /// For which order.
    pub order: OrderId,
    /// The way back.
    pub refund: RefundId,
}

/// A report about a try that another report settled before; nothing is booked. Subject: the conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentConflicted {
    /// Which.
    pub payment_conflict: PaymentConflictId,
    /// Which try.
    pub attempt: PaymentAttemptId,
    /// For which order.
    pub order: OrderId,
    /// What came, in minor units.
    pub received: i64,
    /// ISO 4217 of that.
    pub received_currency: String,
}

/// Somebody looked into a conflict; what was found is the reason. Subject: the conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentConflictClosed {
    /// Which.
    pub payment_conflict: PaymentConflictId,
}

/// Money is to go back; with a provider, somebody has to send it. Subject: the refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequested {
    /// Which.
    pub refund: RefundId,
    /// Of which order.
    pub order: OrderId,
    /// For which voucher, if for one.
    pub voucher: Option<VoucherId>,
    /// Through a provider, in minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// [`crate::RefundCause`] as text.
    pub cause: String,
}

/// The provider accepted a refund, at first or again after it failed. Subject: the refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundSent {
    /// Which.
    pub refund: RefundId,
    /// Of which order.
    pub order: OrderId,
    /// How often it was sent, with this time.
    pub tries: i64,
}

/// The consumer has the money back. Subject: the refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundSucceeded {
    /// Which.
    pub refund: RefundId,
    /// Of which order.
    pub order: OrderId,
}

/// The provider refused; the same refund is to be sent again. Subject: the refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundFailed {
    /// Which.
    pub refund: RefundId,
    /// Of which order.
    pub order: OrderId,
}

/// The payer's bank took back what was paid for an order. Subject: the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderChargedBack {
    /// Which.
    pub order: OrderId,
    /// Who bought.
    pub person: PersonId,
    /// Who sold.
    pub merchant: MerchantId,
    /// What.
    pub offer: OfferId,
    /// What the bank took, in minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// How much of it was not left to give back: the platform's loss.
    pub lost: i64,
}

/// The payer's bank gave back what it had taken. Subject: the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargebackReversed {
    /// Which.
    pub order: OrderId,
    /// Who sold.
    pub merchant: MerchantId,
    /// What the bank gave back, in minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// How much of it goes on to the payer, for what was not used.
    pub to_payer: i64,
}

/// A voucher ran out with something left on it. Subject: the voucher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherExpired {
    /// Which.
    pub voucher: VoucherId,
    /// Of which order.
    pub order: OrderId,
    /// Whether its money became the merchant's; it goes back to the buyer otherwise.
    pub forfeited: bool,
}

/// A security deposit is held, or is not any more. Subject: the deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityDepositChanged {
    /// Which.
    pub security_deposit: SecurityDepositId,
    /// Of which order.
    pub order: OrderId,
    /// Who paid it.
    pub person: PersonId,
    /// For damages of whom.
    pub merchant: MerchantId,
    /// `held`, `returned`, `claimed` or `charged_back`.
    pub status: String,
    /// The status before; `None` of one that is new.
    pub was: Option<String>,
    /// All of it, in minor units.
    pub amount: i64,
    /// Of that, what the merchant claimed.
    pub claimed: i64,
    /// ISO 4217.
    pub currency: String,
}

macro_rules! event_types {
    ($($body:ident)+) => {
        $(impl EventBody for $body {
            const TYPE: &'static str = stringify!($body);
            const V: i64 = 1;
        })+
    };
}

event_types! {
    CouponCreated CouponStopped CouponClaimed OrderPlaced OrderReleased OrderPaid GroupOpened GroupGrew
    GroupCompleted GroupFailed PaymentStarted PaymentFailed
    PaymentMismatched LatePaymentRefunded PaymentConflicted PaymentConflictClosed RefundRequested RefundSent
    RefundSucceeded RefundFailed OrderChargedBack ChargebackReversed VoucherExpired
    SecurityDepositChanged
}
