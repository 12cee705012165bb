//! What a message is. Pure values; no SQL.

use kernel::{
    BookingId, MerchantId, MessageId, Money, OfferId, OrderId, PersonId, StoreId, Timestamp, VoucherId,
};

/// What a message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// An order was paid and its vouchers are there.
    OrderPaid,
    /// A use of a voucher was taken.
    VoucherRedeemed,
    /// A redemption was undone; the voucher has its use again.
    RedemptionUndone,
    /// A refund has arrived.
    RefundArrived,
    /// The payer's bank took the payment back.
    OrderChargedBack,
    /// The store keeps something of a security deposit.
    DepositClaimed,
    /// A rebate can be spent.
    RebateEarned,
    /// The merchant answered a review.
    ReviewAnswered,
    /// The merchant answered a complaint.
    ComplaintAnswered,
    /// The platform decided a complaint.
    ComplaintDecided,
    /// The merchant answered in a conversation.
    MerchantAnswered,
    /// A booking starts soon.
    BookingSoon,
    /// The store moved a booking.
    BookingMoved,
    /// The store cancelled a booking.
    BookingCancelled,
    /// A place is held for somebody who waited for it.
    PlaceOffered,
    /// The table of a party that waits is ready.
    QueueCalled,
}

impl MessageKind {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 16] = [
        Self::OrderPaid,
        Self::VoucherRedeemed,
        Self::RedemptionUndone,
        Self::RefundArrived,
        Self::OrderChargedBack,
        Self::DepositClaimed,
        Self::RebateEarned,
        Self::ReviewAnswered,
        Self::ComplaintAnswered,
        Self::ComplaintDecided,
        Self::MerchantAnswered,
        Self::BookingSoon,
        Self::BookingMoved,
        Self::BookingCancelled,
        Self::PlaceOffered,
        Self::QueueCalled,
    ];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrderPaid => "order_paid",
            Self::VoucherRedeemed => "voucher_redeemed",
            Self::RedemptionUndone => "redemption_undone",
            Self::RefundArrived => "refund_arrived",
            Self::OrderChargedBack => "order_charged_back",
            Self::DepositClaimed => "deposit_claimed",
            Self::RebateEarned => "rebate_earned",
            Self::ReviewAnswered => "review_answered",
            Self::ComplaintAnswered => "complaint_answered",
            Self::ComplaintDecided => "complaint_decided",
            Self::MerchantAnswered => "merchant_answered",
            Self::BookingSoon => "booking_soon",
            Self::BookingMoved => "booking_moved",
            Self::BookingCancelled => "booking_cancelled",
            Self::PlaceOffered => "place_offered",
            Self::QueueCalled => "queue_called",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What the platform tells a person. Its words are the reader's own: here are a kind and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The id of the event that it tells of, so that what is seen twice is written once.
    pub id: MessageId,
    /// To whom.
    pub person: PersonId,
    /// What it tells.
    pub kind: MessageKind,
    /// Of which order.
    pub order: Option<OrderId>,
    /// Of which voucher.
    pub voucher: Option<VoucherId>,
    /// About what was bought, and of whom.
    pub offer: Option<(OfferId, MerchantId)>,
    /// With whom the conversation is, if it is about no offer.
    pub merchant: Option<MerchantId>,
    /// Of which booking.
    pub booking: Option<BookedTime>,
    /// Where, if it is about no booking and no offer.
    pub store: Option<StoreId>,
    /// How much was paid, came back or was earned.
    pub amount: Option<Money>,
    /// When that happened.
    pub created_at: Timestamp,
    /// When the person had read it.
    pub read_at: Option<Timestamp>,
}

/// When a booking starts, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookedTime {
    /// Which.
    pub booking: BookingId,
    /// Whose clocks it goes by.
    pub store: StoreId,
    /// When it starts, or was to start.
    pub starts_at: Timestamp,
}
