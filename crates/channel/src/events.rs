//! What happened to entries and share links, for those who listen further down the house. Ids only; a
//! visit is no event.

use kernel::{EntryId, MerchantId, OfferId, PersonId, ShareLinkId};
use serde::{Deserialize, Serialize};
use store::EventBody;

/// There is another place from which people come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryCreated {
    /// Which.
    pub entry: EntryId,
    /// Whose; `None` is the platform's.
    pub merchant: Option<MerchantId>,
    /// [`crate::EntryKind::as_str`].
    pub kind: String,
}

/// An entry has another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRenamed {
    /// Which.
    pub entry: EntryId,
    /// Whose; `None` is the platform's.
    pub merchant: Option<MerchantId>,
}

/// An entry is chosen no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryClosed {
    /// Which.
    pub entry: EntryId,
    /// Whose; `None` is the platform's.
    pub merchant: Option<MerchantId>,
}

/// A person shares an offer for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareLinkCreated {
    /// Which.
    pub share_link: ShareLinkId,
    /// Who shares.
    pub sharer: PersonId,
    /// What is shared.
    pub offer: OfferId,
    /// Whose offer it is.
    pub merchant: MerchantId,
    /// Counts the visits through the link.
    pub entry: EntryId,
}

impl EventBody for EntryCreated {
    const TYPE: &'static str = "EntryCreated";
    const V: i64 = 1;
}
impl EventBody for EntryRenamed {
    const TYPE: &'static str = "EntryRenamed";
    const V: i64 = 1;
}
impl EventBody for EntryClosed {
    const TYPE: &'static str = "EntryClosed";
    const V: i64 = 1;
}
impl EventBody for ShareLinkCreated {
    const TYPE: &'static str = "ShareLinkCreated";
    const V: i64 = 1;
}
