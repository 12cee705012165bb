//! What a conversation of a guest with a merchant is. Pure values; no SQL.

use kernel::{BookingId, ConversationId, MediaId, MerchantId, OfferId, OrderId, PersonId, Timestamp};

/// What a guest asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Something that the merchant sells.
    Offer(OfferId),
    /// What the guest bought of it.
    Order(OrderId),
    /// What the guest booked with it.
    Booking(BookingId),
}

/// What a message is about, as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// What is sold, or was bought or booked.
    pub offer: OfferId,
    /// The guest's order, if it is about that.
    pub order: Option<OrderId>,
    /// The guest's booking, if it is about that.
    pub booking: Option<BookingId>,
}

/// What one side wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatMessage {
    /// From 1 on, without a gap.
    pub seq: i64,
    /// Who of the merchant's staff wrote it; `None`: the guest.
    pub staff: Option<PersonId>,
    /// May be empty where there are pictures.
    pub text: String,
    /// The writing side's own pictures.
    pub media: Vec<MediaId>,
    /// What it is about, if the guest said so.
    pub subject: Option<Subject>,
    /// When.
    pub created_at: Timestamp,
}

/// A guest's conversation with a merchant, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Who asks.
    pub person: PersonId,
    /// Who is asked.
    pub merchant: MerchantId,
    /// How many messages it has.
    pub message_count: i64,
    /// How many of them the guest wrote since the last answer.
    pub unanswered: i64,
    /// Whether the merchant takes no more of them.
    pub is_muted: bool,
    /// How far the guest has read.
    pub guest_read: i64,
    /// How far the merchant has read.
    pub merchant_read: i64,
    /// How many answers the guest has not read.
    pub guest_unread: i64,
    /// How many questions the merchant has not read.
    pub merchant_unread: i64,
    /// Who of the staff wrote last; `None`: the guest.
    pub last_staff: Option<PersonId>,
    /// What was written last.
    pub last_text: String,
    /// How many pictures that shows.
    pub last_pictures: i64,
    /// When.
    pub last_at: Timestamp,
    /// What the guest asked about last.
    pub subject: Option<Subject>,
    /// Rises with every change.
    pub version: i64,
}

impl Conversation {
    /// Whether an answer is waited for.
    pub fn is_waiting(&self) -> bool {
        self.unanswered > 0 && !self.is_muted
    }

    /// Where it stands in a list.
    pub fn place(&self) -> ListPlace {
        ListPlace {
            is_waiting: self.is_waiting(),
            last_at: self.last_at,
            conversation: self.id,
        }
    }
}

/// A place in a list of conversations, from which its next page goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPlace {
    /// Whether an answer is waited for: in an inbox those come first.
    pub is_waiting: bool,
    /// When it was written in last; newest first.
    pub last_at: Timestamp,
    /// Which.
    pub conversation: ConversationId,
}

/// What came of a message: where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// In which conversation.
    pub conversation: ConversationId,
    /// As which of its messages.
    pub seq: i64,
}
