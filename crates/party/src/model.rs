//! The states and views of this crate: who a person is, what a merchant, store, device and
//! certification look like. Pure values; no SQL and no rule beyond what a value may be.

use kernel::{
    CertificationId, Currency, DeviceId, GeoPoint, LocalText, MediaId, MerchantId, PersonId, SessionId,
    StoreId, Timestamp,
};

use crate::Contact;

/// How far a merchant has come on the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MerchantStatus {
    /// Known, but may not sell.
    Registered,
    /// At least one certification is approved and valid: may sell.
    Certified,
    /// Stopped by the platform: sells nothing until reinstated.
    Suspended,
}

impl MerchantStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 3] = [Self::Registered, Self::Certified, Self::Suspended];

    /// The name that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Certified => "certified",
            Self::Suspended => "suspended",
        }
    }

    /// The status of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// What a staff member may do. A later role may do everything that an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Serves guests: redeems, looks vouchers up.
    Cashier,
    /// Runs stores: offers, coupons, refunds, cashiers.
    Manager,
    /// Decides for the merchant: agreements, managers, other owners.
    Owner,
}

impl Role {
    /// The name that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cashier => "cashier",
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }

    /// The role of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Cashier, Self::Manager, Self::Owner];
        all.into_iter().find(|role| role.as_str() == name)
    }
}

/// What one of the platform's own people may do. None includes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperatorRole {
    /// Runs the platform.
    Admin,
    /// Proposes and approves payouts.
    Finance,
    /// Certifies merchants, helps consumers.
    Support,
}

impl OperatorRole {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Admin, Self::Finance, Self::Support];

    /// The name that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Finance => "finance",
            Self::Support => "support",
        }
    }

    /// The role of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// Where a certification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CertificationStatus {
    /// Waits for an operator.
    Submitted,
    /// Found good.
    Approved,
    /// Found wanting; the note says why.
    Refused,
    /// Was approved and has run out.
    Expired,
}

impl CertificationStatus {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 4] = [Self::Submitted, Self::Approved, Self::Refused, Self::Expired];

    /// The name that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }

    /// The status of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Whose an uploaded file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaOwner {
    /// Any of the merchant's staff may record it.
    Merchant(MerchantId),
    /// That person alone.
    Person(PersonId),
}

impl MediaOwner {
    pub(crate) fn uuid(self) -> uuid::Uuid {
        match self {
            Self::Merchant(merchant) => merchant.uuid(),
            Self::Person(person) => person.uuid(),
        }
    }
}

/// A signed-in browser or app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Who signed in.
    pub person: PersonId,
    /// When the session ends by itself.
    pub expires_at: Timestamp,
}

/// One of a person's sessions, as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// Its id.
    pub id: SessionId,
    /// What the browser or app said it is.
    pub device: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// One role of a person at a merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffGrant {
    /// Where.
    pub merchant: MerchantId,
    /// One store, or all of the merchant's.
    pub store: Option<StoreId>,
    /// As what.
    pub role: Role,
}

/// Everything that a person may do beyond being a consumer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    /// The role among the platform's own people.
    pub operator: Option<OperatorRole>,
    /// The roles at merchants.
    pub staff: Vec<StaffGrant>,
}

/// One of the platform's own people, as colleagues see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorView {
    /// Who.
    pub person: PersonId,
    /// The name that was given with the role.
    pub name: String,
    /// The login.
    pub login: String,
    /// As what.
    pub role: OperatorRole,
    /// Since when they are one of the platform's people.
    pub granted_at: Timestamp,
}

/// A session with what its person may do at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The session.
    pub session: Session,
    /// The person's grants.
    pub grants: Grants,
}

/// What the sign-in page's check of a password needs. Never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPassword {
    /// Whose.
    pub person: PersonId,
    /// Argon2id in PHC form.
    pub hash: String,
    /// No try counts before this time.
    pub locked_until: Timestamp,
}

/// What a person sees of themself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Who.
    pub person: PersonId,
    /// BCP 47 language tag.
    pub locale: String,
    /// The name, for those who gave one.
    pub name: Option<String>,
    /// Proven addresses.
    pub contacts: Vec<Contact>,
    /// When the person first signed in.
    pub created_at: Timestamp,
}

/// A business that sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    /// Its id.
    pub id: MerchantId,
    /// Its name.
    pub name: LocalText,
    /// Its picture.
    pub logo: Option<MediaId>,
    /// Whether it may sell.
    pub status: MerchantStatus,
    /// What it was imported from, if it was.
    pub source: Option<String>,
    /// When it became known.
    pub created_at: Timestamp,
    /// Grows with every change of the merchant or its staff.
    pub version: i64,
}

/// A merchant with what its public page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerchantPage {
    /// The merchant.
    pub merchant: Merchant,
    /// Its stores, newest first, at most 200.
    pub stores: Vec<StoreView>,
    /// Kinds of the approved certifications, as badges.
    pub badges: Vec<String>,
}

/// What is said of a store when it is added or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreDetails {
    /// Its name.
    pub name: LocalText,
    /// Code of the category, `snake_case`.
    pub category: String,
    /// Where, in words.
    pub address: String,
    /// As people dial it; may be empty.
    pub phone: String,
    /// Where on Earth.
    pub place: GeoPoint,
    /// IANA time zone, `Asia/Shanghai`.
    pub time_zone: String,
    /// What it sells in. Fixed once the store exists.
    pub currency: Currency,
    /// In the syntax of OpenStreetMap's `opening_hours`; may be empty.
    pub opening_hours: String,
    /// How many uses one of its devices may accept without a network.
    pub offline_max_uses: i64,
    /// For how much in all, in minor units of its currency.
    pub offline_max_amount: i64,
}

/// A store as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreView {
    /// Its id.
    pub id: StoreId,
    /// Whose.
    pub merchant: MerchantId,
    /// What is said of it.
    pub details: StoreDetails,
    /// What it was imported from, if it was.
    pub source: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// Grows with every change.
    pub version: i64,
}

/// A store that another merchant runs, or is to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Franchise {
    /// Which store.
    pub store: StoreId,
    /// What it is called.
    pub name: LocalText,
    /// The chain.
    pub merchant: MerchantId,
    /// Who runs it.
    pub franchisee: MerchantId,
    /// Since when; `None` until they accept.
    pub since: Option<Timestamp>,
}

/// That a person is a member of a merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Of whom.
    pub merchant: MerchantId,
    /// Since when.
    pub joined_at: Timestamp,
}

/// A staff member as the merchant's people page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Who.
    pub person: PersonId,
    /// The name that was given when the role was granted.
    pub name: String,
    /// The login.
    pub login: String,
    /// One store, or all.
    pub store: Option<StoreId>,
    /// As what.
    pub role: Role,
    /// Since when.
    pub granted_at: Timestamp,
}

/// A scanner or till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where it stands.
    pub store: StoreId,
    /// What people call it.
    pub name: String,
    /// Who registered it.
    pub registered_by: PersonId,
    /// When.
    pub registered_at: Timestamp,
    /// Set once it may do nothing any more.
    pub revoked_at: Option<Timestamp>,
}

/// A licence or qualification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certification {
    /// Its id.
    pub id: CertificationId,
    /// Whose.
    pub merchant: MerchantId,
    /// Code of the kind, `business_license`.
    pub kind: String,
    /// Number on the document.
    pub number: String,
    /// The picture of it.
    pub media: MediaId,
    /// Where it stands.
    pub status: CertificationStatus,
    /// Until when it is valid.
    pub valid_until: Timestamp,
    /// When it was handed in.
    pub submitted_at: Timestamp,
    /// Which operator decided.
    pub decided_by: Option<PersonId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// What the operator said.
    pub note: String,
    /// Grows with every change.
    pub version: i64,
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Its id.
    pub id: MediaId,
    /// The id of the merchant or person whose it is.
    pub owner: uuid::Uuid,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub content_type: String,
    /// Number of bytes.
    pub size: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_may_what_a_manager_may_and_a_manager_what_a_cashier_may() {
        assert!(Role::Owner > Role::Manager && Role::Manager > Role::Cashier);
    }

    #[test]
    fn names_lead_back_to_their_states_and_others_to_none() {
        assert_eq!(
            MerchantStatus::from_name("suspended"),
            Some(MerchantStatus::Suspended)
        );
        assert_eq!(Role::from_name("owner"), Some(Role::Owner));
        assert_eq!(OperatorRole::from_name("finance"), Some(OperatorRole::Finance));
        assert_eq!(
            CertificationStatus::from_name("expired"),
            Some(CertificationStatus::Expired)
        );
        assert_eq!(Role::from_name("Owner"), None);
        assert_eq!(OperatorRole::from_name(""), None);
    }
}
