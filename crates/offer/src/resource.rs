//! What a store lets people book the time of: tables, people, rooms.

use kernel::{MerchantId, Reject, ResourceId, StoreId, Timestamp};
use party::check;
use party::hours::{Span, check_spans};
use type_safe_id::{StaticType, TypeSafeId};
use uuid::Uuid;

use crate::reject::RESOURCE_INVALID;

/// What a resource is. A booking of an offer takes one of each kind that the offer has, or tables that are
/// pushed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceKind {
    /// A table, for one party at a time.
    Table,
    /// Somebody who serves one party at a time.
    Person,
    /// A room or a machine, for one party at a time.
    Room,
    /// Rooms of one type, of which each booking takes some for whole nights.
    RoomType,
    /// Places in a class, on a tour or of a ticket, of which each booking takes one a head.
    Session,
    /// A hall with a map of its seats: its time is taken by showings, and guests choose their seats.
    Hall,
}

impl ResourceKind {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 6] = [
        Self::Table,
        Self::Person,
        Self::Room,
        Self::RoomType,
        Self::Session,
        Self::Hall,
    ];

    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Person => "person",
            Self::Room => "room",
            Self::RoomType => "room_type",
            Self::Session => "session",
            Self::Hall => "hall",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Whether a resource is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceStatus {
    /// Guests book it themselves.
    Online,
    /// Kept for those who walk in: only the store itself books it.
    WalkIn,
    /// Not given out any more.
    Retired,
}

impl ResourceStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 3] = [Self::Online, Self::WalkIn, Self::Retired];

    /// The stored text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::WalkIn => "walk_in",
            Self::Retired => "retired",
        }
    }

    /// What this text stands for.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// What is said of a resource, and can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceDetails {
    /// 1 to 80 characters: `Table 7`, `Lin Wei`.
    pub name: String,
    /// Where it is, up to 80 characters: `terrace`. Guests can ask for it.
    pub area: String,
    /// How many of it there are: 1, or up to 10,000 rooms of a type or places of a session.
    pub units: i64,
    /// The smallest party for it.
    pub seats_min: i64,
    /// The largest party for it, 1 to 1,000.
    pub seats_max: i64,
    /// Tables that name the same here, up to 40 characters, can be pushed together; empty: it stands alone.
    pub joins: String,
    /// When it works, if not always when its offer is booked: weekly, on the store's clocks.
    pub hours: Vec<Span>,
    /// Whether it is given out.
    pub status: ResourceStatus,
}

impl ResourceDetails {
    /// Whether this can be said of a resource of that kind.
    pub(crate) fn check(&self, kind: ResourceKind) -> Result<(), Reject> {
        let invalid = |no: Reject, field| RESOURCE_INVALID.at(field, no.detail);
        check::some_text("/name", &self.name, 80).map_err(|no| invalid(no, "/name"))?;
        check::text("/area", &self.area, 80).map_err(|no| invalid(no, "/area"))?;
        check::text("/joins", &self.joins, 40).map_err(|no| invalid(no, "/joins"))?;
        let most = match kind {
            ResourceKind::Table | ResourceKind::Person | ResourceKind::Room | ResourceKind::Hall => 1,
            ResourceKind::RoomType | ResourceKind::Session => 10_000,
        };
        if !(1..=most).contains(&self.units) {
            let detail = format!("Of a {} there are 1 to {most}.", kind.as_str());
            return Err(RESOURCE_INVALID.at("/units", detail));
        }
        if !(1..=1_000).contains(&self.seats_max) {
            return Err(RESOURCE_INVALID.at("/seats_max", "A party is of 1 to 1,000."));
        }
        if !(1..=self.seats_max).contains(&self.seats_min) {
            let detail = "The smallest party is of 1 or more, and not larger than the largest.";
            return Err(RESOURCE_INVALID.at("/seats_min", detail));
        }
        if !self.joins.is_empty() && kind != ResourceKind::Table {
            return Err(RESOURCE_INVALID.at("/joins", "Only tables are pushed together."));
        }
        if self.hours.is_empty() {
            return Ok(());
        }
        check_spans(&RESOURCE_INVALID, "/hours", &self.hours)
    }
}

/// Something whose time is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its id, whose last four bytes are zero.
    pub id: ResourceId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// What it is, for ever.
    pub kind: ResourceKind,
    /// What is said of it.
    pub details: ResourceDetails,
    /// When it was added.
    pub created_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

impl Resource {
    /// How many units of it a booking takes.
    pub fn units_for(&self, party: i64, rooms: i64) -> i64 {
        match self.kind {
            ResourceKind::Table | ResourceKind::Person | ResourceKind::Room | ResourceKind::Hall => 1,
            ResourceKind::RoomType => rooms,
            ResourceKind::Session => party,
        }
    }

    /// Whether so many people fit, alone and with `rooms` of it.
    pub fn fits(&self, party: i64, rooms: i64) -> bool {
        let per_unit = match self.kind {
            ResourceKind::RoomType => (party + rooms - 1) / rooms.max(1),
            ResourceKind::Table
            | ResourceKind::Person
            | ResourceKind::Room
            | ResourceKind::Session
            | ResourceKind::Hall => party,
        };
        (self.details.seats_min..=self.details.seats_max).contains(&per_unit)
    }
}

/// The id of something new that has many buckets: that of the well, with room for the number of a bucket.
pub(crate) fn roomy<K: StaticType>(fresh: TypeSafeId<K>) -> TypeSafeId<K> {
    TypeSafeId::from_uuid(Uuid::from_u128(fresh.uuid().as_u128() & !u128::from(u32::MAX)))
}
