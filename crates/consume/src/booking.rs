//! A time at a store that is kept for somebody, and how it stands. Pure values; what it costs not to come is
//! [`offer::BookingPolicy`]'s to say.

use kernel::{
    BookingId, LocalText, MerchantId, OfferId, OrderId, PersonId, ResourceId, ShowingId, StoreId, Timestamp,
    VoucherId,
};
use offer::{BookingPolicy, Period, ResourceKind};
use uuid::Uuid;

use crate::redeeming::KeptUses;

/// How a booking stands. It follows from its order, its voucher and its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BookingStatus {
    /// Its places are kept while the order awaits its payment.
    Held,
    /// Somebody is expected.
    Confirmed,
    /// The guest was served.
    Arrived,
    /// Nobody came, and the merchant said so.
    NoShow,
    /// It was cancelled.
    Cancelled,
    /// The order was not paid in time, or given up before.
    Released,
    /// Its time is over and nobody said what became of it.
    Lapsed,
}

impl BookingStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 7] = [
        Self::Held,
        Self::Confirmed,
        Self::Arrived,
        Self::NoShow,
        Self::Cancelled,
        Self::Released,
        Self::Lapsed,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Arrived => "arrived",
            Self::NoShow => "no_show",
            Self::Cancelled => "cancelled",
            Self::Released => "released",
            Self::Lapsed => "lapsed",
        }
    }
}

/// What was decided about a booking, beside what its order and voucher say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Guest or store cancelled it.
    Cancelled,
    /// Nobody came.
    NoShow,
    /// Its time is over and nobody said what became of it; the uses of a card that it kept are free again.
    Lapsed,
}

impl Outcome {
    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
            Self::Lapsed => "lapsed",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        match text {
            "cancelled" => Some(Self::Cancelled),
            "no_show" => Some(Self::NoShow),
            "lapsed" => Some(Self::Lapsed),
            _ => None,
        }
    }
}

/// For whom a time is kept, and under which conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// The order that paid for it or for its card, or awaits its payment.
    pub order: OrderId,
    /// What was booked.
    pub offer: OfferId,
    /// Who booked.
    pub person: PersonId,
    /// What it costs not to come, as it was when it was booked.
    pub policy: BookingPolicy,
    /// Service by service whom, or what, they asked for. What is not named is any.
    pub asked_for: Vec<Option<ResourceId>>,
    /// Where they asked to be, if it matters.
    pub area: Option<String>,
    /// The right to be served, once it is confirmed: a voucher of its own, or a card.
    pub voucher: Option<VoucherId>,
    /// How many uses of it are kept for it, or were taken, if it is a card.
    pub card_uses: Option<i64>,
}

impl Guest {
    /// The uses of a card that pay for it, if they do.
    pub(crate) fn kept_uses(&self, booking: BookingId) -> Option<KeptUses> {
        let uses = self.card_uses?;
        Some(KeptUses { booking, uses })
    }
}

/// A booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its id.
    pub id: BookingId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// For whom. `None`: the store keeps the time for itself, or for somebody who called.
    pub guest: Option<Guest>,
    /// How many come.
    pub party: i64,
    /// How many rooms of its type it has; otherwise 1.
    pub rooms: i64,
    /// When.
    pub period: Period,
    /// Who has the claims of its places.
    pub place_owner: Uuid,
    /// Of which showing it is, if it is of one.
    pub showing: Option<ShowingId>,
    /// The names of its seats there.
    pub seats: Vec<String>,
    /// What the store wrote to itself.
    pub note: String,
    /// How it stands.
    pub status: BookingStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
    /// What it has, in the order of time.
    pub resources: Vec<BookedResource>,
}

/// Something that a booking has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedResource {
    /// Which.
    pub id: ResourceId,
    /// What it is called now.
    pub name: String,
    /// What it is.
    pub kind: ResourceKind,
    /// For which of several services, as it was called when it was booked; empty if the booking is nothing else.
    pub service: LocalText,
    /// When. The time before and after it that nobody else has is left out.
    pub period: Period,
}
