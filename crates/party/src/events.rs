//! What happened to people, merchants, stores, devices and certifications. Ids alone: what identifies a
//! person, and everything secret, stays in the tables.

use kernel::{CertificationId, DeviceId, MediaId, MerchantId, PersonId, StoreId};
use serde::{Deserialize, Serialize};
use store::EventBody;

/// A person proved an address for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonJoined {
    /// Who.
    pub person: PersonId,
}

impl EventBody for PersonJoined {
    const TYPE: &'static str = "PersonJoined";
    const V: i64 = 1;
}

/// Who a person is was forgotten, as they wished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonErased {
    /// Whose id stays.
    pub person: PersonId,
}

impl EventBody for PersonErased {
    const TYPE: &'static str = "PersonErased";
    const V: i64 = 1;
}

/// A person became a member of a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipJoined {
    /// Who.
    pub person: PersonId,
    /// Of whom.
    pub merchant: MerchantId,
}

impl EventBody for MembershipJoined {
    const TYPE: &'static str = "MembershipJoined";
    const V: i64 = 1;
}

/// A person is a member of a merchant no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipLeft {
    /// Who.
    pub person: PersonId,
    /// Of whom.
    pub merchant: MerchantId,
}

impl EventBody for MembershipLeft {
    const TYPE: &'static str = "MembershipLeft";
    const V: i64 = 1;
}

/// A merchant became known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantRegistered {
    /// Which.
    pub merchant: MerchantId,
    /// Its first owner; none for an imported one.
    pub owner: Option<PersonId>,
}

impl EventBody for MerchantRegistered {
    const TYPE: &'static str = "MerchantRegistered";
    const V: i64 = 1;
}

/// A merchant's name changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantRenamed {
    /// Which.
    pub merchant: MerchantId,
}

impl EventBody for MerchantRenamed {
    const TYPE: &'static str = "MerchantRenamed";
    const V: i64 = 1;
}

/// A merchant said something else of itself: its name or its logo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantUpdated {
    /// Which.
    pub merchant: MerchantId,
}

impl EventBody for MerchantUpdated {
    const TYPE: &'static str = "MerchantUpdated";
    const V: i64 = 1;
}

/// A merchant may sell from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantCertified {
    /// Which.
    pub merchant: MerchantId,
}

impl EventBody for MerchantCertified {
    const TYPE: &'static str = "MerchantCertified";
    const V: i64 = 1;
}

/// A merchant's last valid certification ran out: it may not sell any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantDecertified {
    /// Which.
    pub merchant: MerchantId,
}

impl EventBody for MerchantDecertified {
    const TYPE: &'static str = "MerchantDecertified";
    const V: i64 = 1;
}

/// The platform stopped a merchant from selling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantSuspended {
    /// Which.
    pub merchant: MerchantId,
}

impl EventBody for MerchantSuspended {
    const TYPE: &'static str = "MerchantSuspended";
    const V: i64 = 1;
}

/// The platform lifted a suspension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantReinstated {
    /// Which.
    pub merchant: MerchantId,
    /// Whether it may sell again at once.
    pub certified: bool,
}

impl EventBody for MerchantReinstated {
    const TYPE: &'static str = "MerchantReinstated";
    const V: i64 = 1;
}

/// A merchant has one store more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreAdded {
    /// Which.
    pub store: StoreId,
    /// Whose.
    pub merchant: MerchantId,
}

impl EventBody for StoreAdded {
    const TYPE: &'static str = "StoreAdded";
    const V: i64 = 1;
}

/// What is said of a store changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreUpdated {
    /// Which.
    pub store: StoreId,
    /// Whose.
    pub merchant: MerchantId,
}

impl EventBody for StoreUpdated {
    const TYPE: &'static str = "StoreUpdated";
    const V: i64 = 1;
}

/// A chain would have another merchant run one of its stores. The subject is the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FranchiseOffered {
    /// Which.
    pub store: StoreId,
    /// The chain.
    pub merchant: MerchantId,
    /// Who runs it.
    pub franchisee: MerchantId,
}

impl EventBody for FranchiseOffered {
    const TYPE: &'static str = "FranchiseOffered";
    const V: i64 = 1;
}

/// What is used in a store is settled to its franchisee from now on. The subject is the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FranchiseAccepted {
    /// Which.
    pub store: StoreId,
    /// The chain.
    pub merchant: MerchantId,
    /// Who runs it.
    pub franchisee: MerchantId,
}

impl EventBody for FranchiseAccepted {
    const TYPE: &'static str = "FranchiseAccepted";
    const V: i64 = 1;
}

/// A store is its own merchant's again, or its franchisee did not want it. The subject is the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FranchiseEnded {
    /// Which.
    pub store: StoreId,
    /// The chain.
    pub merchant: MerchantId,
    /// Who runs it.
    pub franchisee: MerchantId,
}

impl EventBody for FranchiseEnded {
    const TYPE: &'static str = "FranchiseEnded";
    const V: i64 = 1;
}

/// Somebody got a role. The subject is the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffAdded {
    /// Where.
    pub merchant: MerchantId,
    /// Who.
    pub person: PersonId,
    /// One store, or all.
    pub store: Option<StoreId>,
    /// [`crate::Role::as_str`].
    pub role: String,
}

impl EventBody for StaffAdded {
    const TYPE: &'static str = "StaffAdded";
    const V: i64 = 1;
}

/// Somebody lost a role. The subject is the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRevoked {
    /// Where.
    pub merchant: MerchantId,
    /// Who.
    pub person: PersonId,
    /// One store, or all.
    pub store: Option<StoreId>,
    /// [`crate::Role::as_str`].
    pub role: String,
}

impl EventBody for StaffRevoked {
    const TYPE: &'static str = "StaffRevoked";
    const V: i64 = 1;
}

/// Somebody has another role than before. The subject is the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRoleChanged {
    /// Where.
    pub merchant: MerchantId,
    /// Who.
    pub person: PersonId,
    /// One store, or all.
    pub store: Option<StoreId>,
    /// [`crate::Role::as_str`] of the role before.
    pub from: String,
    /// [`crate::Role::as_str`] of the role now.
    pub role: String,
}

impl EventBody for StaffRoleChanged {
    const TYPE: &'static str = "StaffRoleChanged";
    const V: i64 = 1;
}

/// Somebody got a new password from a colleague. The subject is the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffPasswordSet {
    /// Where.
    pub merchant: MerchantId,
    /// Whose.
    pub person: PersonId,
}

impl EventBody for StaffPasswordSet {
    const TYPE: &'static str = "StaffPasswordSet";
    const V: i64 = 1;
}

/// A scanner or till was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRegistered {
    /// Which.
    pub device: DeviceId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
}

impl EventBody for DeviceRegistered {
    const TYPE: &'static str = "DeviceRegistered";
    const V: i64 = 1;
}

/// A scanner or till may do nothing any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRevoked {
    /// Which.
    pub device: DeviceId,
    /// Whose.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
}

impl EventBody for DeviceRevoked {
    const TYPE: &'static str = "DeviceRevoked";
    const V: i64 = 1;
}

/// A certification waits for an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificationSubmitted {
    /// Which.
    pub certification: CertificationId,
    /// Whose.
    pub merchant: MerchantId,
}

impl EventBody for CertificationSubmitted {
    const TYPE: &'static str = "CertificationSubmitted";
    const V: i64 = 1;
}

/// An operator decided on a certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificationDecided {
    /// Which.
    pub certification: CertificationId,
    /// Whose.
    pub merchant: MerchantId,
    /// Whether it was found good.
    pub approved: bool,
}

impl EventBody for CertificationDecided {
    const TYPE: &'static str = "CertificationDecided";
    const V: i64 = 1;
}

/// An approved certification ran out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificationExpired {
    /// Which.
    pub certification: CertificationId,
    /// Whose.
    pub merchant: MerchantId,
}

impl EventBody for CertificationExpired {
    const TYPE: &'static str = "CertificationExpired";
    const V: i64 = 1;
}

/// A picture was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRecorded {
    /// Which.
    pub media: MediaId,
    /// Whose; a person's own if `None`.
    pub merchant: Option<MerchantId>,
    /// Number of bytes.
    pub size: i64,
}

impl EventBody for MediaRecorded {
    const TYPE: &'static str = "MediaRecorded";
    const V: i64 = 1;
}

/// Somebody became one of the platform's own people, or their role changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorGranted {
    /// Who.
    pub person: PersonId,
    /// [`crate::OperatorRole::as_str`].
    pub role: String,
}

impl EventBody for OperatorGranted {
    const TYPE: &'static str = "OperatorGranted";
    const V: i64 = 1;
}

/// Somebody is none of the platform's own people any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorRevoked {
    /// Who.
    pub person: PersonId,
}

impl EventBody for OperatorRevoked {
    const TYPE: &'static str = "OperatorRevoked";
    const V: i64 = 1;
}
