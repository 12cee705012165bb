//! Entries and share links as they are stored. Pure values.

use kernel::{EntryId, MerchantId, OfferId, PersonId, ShareLinkId, Timestamp};

/// What sort of place people come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// The merchant's own page.
    Mall,
    /// Search and categories.
    Search,
    /// A friend's link. Made with the link alone.
    Share,
    /// A printed QR.
    Qr,
    /// A map, here or elsewhere.
    Map,
    /// An advertisement.
    Ad,
    /// A social network.
    Social,
    /// Another app that lists offers.
    App,
}

impl EntryKind {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 8] = [
        Self::Mall,
        Self::Search,
        Self::Share,
        Self::Qr,
        Self::Map,
        Self::Ad,
        Self::Social,
        Self::App,
    ];

    /// The name that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mall => "mall",
            Self::Search => "search",
            Self::Share => "share",
            Self::Qr => "qr",
            Self::Map => "map",
            Self::Ad => "ad",
            Self::Social => "social",
            Self::App => "app",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A place from which people come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id, which every visit and order carries.
    pub id: EntryId,
    /// Whose; `None` is the platform's.
    pub merchant: Option<MerchantId>,
    /// What sort.
    pub kind: EntryKind,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is chosen no more.
    pub closed_at: Option<Timestamp>,
}

/// The link with which a person shares an offer. One per person and offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareLink {
    /// Its id, which an order freezes.
    pub id: ShareLinkId,
    /// Who shares, and earns the rebate.
    pub sharer: PersonId,
    /// Whose offer it is.
    pub merchant: MerchantId,
    /// What is shared.
    pub offer: OfferId,
    /// Counts the visits through this link alone.
    pub entry: EntryId,
    /// What stands in the link: 128 unpredictable bits, 32 hexadecimal digits.
    pub token: String,
    /// When it was made.
    pub created_at: Timestamp,
}
