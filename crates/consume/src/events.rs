//! What this crate tells the crates below it. Ids and numbers only.

use kernel::{
    BookingId, ConflictId, DeviceId, MerchantId, OfferId, OrderId, PersonId, QueueTicketId, RedemptionId,
    ShowingId, StoreId, VoucherId, WaitlistEntryId,
};
use serde::{Deserialize, Serialize};
use store::EventBody;

/// A use of a voucher was taken in a store. The holder is to be told when it was by code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherRedeemed {
    /// The redemption.
    pub redemption: RedemptionId,
    /// Of which voucher.
    pub voucher: VoucherId,
    /// Which of its uses, from 1; of several the last.
    pub use_no: i64,
    /// How many.
    pub uses: i64,
    /// Of a stored-value card: what was taken of it, in minor units of its currency.
    pub spent: Option<i64>,
    /// How many are left.
    pub uses_left: i64,
    /// The order that bought it.
    pub order: OrderId,
    /// What was bought.
    pub offer: OfferId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// The voucher's holder.
    pub holder: PersonId,
    /// Who scanned or typed.
    pub staff: PersonId,
    /// With which device.
    pub device: Option<DeviceId>,
    /// [`crate::RedemptionMode::as_str`].
    pub mode: String,
    /// What left escrow, in minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

/// A redemption was undone by the staff; the voucher has its use again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedemptionUndone {
    /// The redemption.
    pub redemption: RedemptionId,
    /// Of which voucher.
    pub voucher: VoucherId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// The voucher's holder.
    pub holder: PersonId,
}

/// A redemption's money is on its way back to the buyer. What was said about the visit is to be hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedemptionRefunded {
    /// The redemption.
    pub redemption: RedemptionId,
    /// Of which voucher.
    pub voucher: VoucherId,
    /// The order that bought it.
    pub order: OrderId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// The voucher's holder.
    pub holder: PersonId,
    /// What went back into escrow, in minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

/// An offline scan does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedemptionConflicted {
    /// The conflict.
    pub conflict: ConflictId,
    /// Whose store.
    pub merchant: MerchantId,
    /// The voucher that was scanned.
    pub voucher: VoucherId,
    /// The redemption that took the last use, if one did.
    pub won: Option<RedemptionId>,
    /// Where the losing scan was made.
    pub store: StoreId,
    /// With which device.
    pub device: DeviceId,
    /// [`crate::LossReason::as_str`].
    pub reason: String,
}

/// So many wrong codes were typed that the staff member, or the device, is locked for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodesLocked {
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// Who typed.
    pub staff: PersonId,
    /// On which device.
    pub device: Option<DeviceId>,
}

impl EventBody for VoucherRedeemed {
    const TYPE: &'static str = "VoucherRedeemed";
    const V: i64 = 1;
}

impl EventBody for RedemptionUndone {
    const TYPE: &'static str = "RedemptionUndone";
    const V: i64 = 1;
}

impl EventBody for RedemptionRefunded {
    const TYPE: &'static str = "RedemptionRefunded";
    const V: i64 = 1;
}

impl EventBody for RedemptionConflicted {
    const TYPE: &'static str = "RedemptionConflicted";
    const V: i64 = 1;
}

impl EventBody for CodesLocked {
    const TYPE: &'static str = "CodesLocked";
    const V: i64 = 1;
}

/// A time is kept, for the buyer of an order or by the store itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingPlaced {
    /// Which.
    pub booking: BookingId,
    /// What pays for it.
    pub order: Option<OrderId>,
    /// Who booked.
    pub person: Option<PersonId>,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// How many come.
    pub party: i64,
    /// When it starts, µs.
    pub starts_at: i64,
    /// When it ends, µs.
    pub ends_at: i64,
}

impl EventBody for BookingPlaced {
    const TYPE: &'static str = "BookingPlaced";
    const V: i64 = 1;
}

/// A booking takes place at another time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingMoved {
    /// Which.
    pub booking: BookingId,
    /// Who booked.
    pub person: PersonId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// The store did it, not the guest.
    pub by_store: bool,
    /// When it starts now, µs.
    pub starts_at: i64,
    /// When it ends, µs.
    pub ends_at: i64,
}

impl EventBody for BookingMoved {
    const TYPE: &'static str = "BookingMoved";
    const V: i64 = 1;
}

/// A booking starts soon: its guest is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingSoon {
    /// Which.
    pub booking: BookingId,
    /// Who booked.
    pub person: PersonId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// When it starts, µs.
    pub starts_at: i64,
}

impl EventBody for BookingSoon {
    const TYPE: &'static str = "BookingSoon";
    const V: i64 = 1;
}

/// A booking does not take place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingCancelled {
    /// Which.
    pub booking: BookingId,
    /// Who booked.
    pub person: Option<PersonId>,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// `cancelled`, or `no_show`.
    pub outcome: String,
    /// The store did it, not the guest.
    pub by_store: bool,
    /// What the merchant keeps of what was paid.
    pub fee_bp: i64,
}

impl EventBody for BookingCancelled {
    const TYPE: &'static str = "BookingCancelled";
    const V: i64 = 1;
}

/// Somebody waits for a time that is full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitlistJoined {
    /// Which.
    pub waitlist_entry: WaitlistEntryId,
    /// Who waits.
    pub person: PersonId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// For what.
    pub offer: OfferId,
    /// How many come.
    pub party: i64,
}

impl EventBody for WaitlistJoined {
    const TYPE: &'static str = "WaitlistJoined";
    const V: i64 = 1;
}

/// A place is held for somebody who waited: they are to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOffered {
    /// Which.
    pub waitlist_entry: WaitlistEntryId,
    /// Who waited.
    pub person: PersonId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// Of what.
    pub offer: OfferId,
    /// When it starts, µs.
    pub starts_at: i64,
    /// Until when it is held, µs.
    pub stands_until: i64,
}

impl EventBody for PlaceOffered {
    const TYPE: &'static str = "PlaceOffered";
    const V: i64 = 1;
}

/// Somebody waits no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitlistEnded {
    /// Which.
    pub waitlist_entry: WaitlistEntryId,
    /// Who waited.
    pub person: PersonId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// `booked`, `missed`, `left` or `over`.
    pub outcome: String,
}

impl EventBody for WaitlistEnded {
    const TYPE: &'static str = "WaitlistEnded";
    const V: i64 = 1;
}

/// A store gives out numbers, or ends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueSet {
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// Whether it does.
    pub is_open: bool,
}

impl EventBody for QueueSet {
    const TYPE: &'static str = "QueueSet";
    const V: i64 = 1;
}

/// A store keeps seats of a showing for the box office, or keeps them no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatsKept {
    /// Of which showing.
    pub showing: ShowingId,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// How many.
    pub seats: i64,
    /// Whether they are kept now.
    pub is_kept: bool,
}

impl EventBody for SeatsKept {
    const TYPE: &'static str = "SeatsKept";
    const V: i64 = 1;
}

/// A store's bookings are read by calendar programs at a new address, or at none any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFeedSet {
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// Whether they are.
    pub is_open: bool,
}

impl EventBody for CalendarFeedSet {
    const TYPE: &'static str = "CalendarFeedSet";
    const V: i64 = 1;
}

/// A party waits with a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueJoined {
    /// Which.
    pub queue_ticket: QueueTicketId,
    /// Who waits, if that is known.
    pub person: Option<PersonId>,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// In which line.
    pub line: String,
    /// Its number there.
    pub number: i64,
    /// How many they are.
    pub party: i64,
}

impl EventBody for QueueJoined {
    const TYPE: &'static str = "QueueJoined";
    const V: i64 = 1;
}

/// The table of a party is ready: it is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueCalled {
    /// Which.
    pub queue_ticket: QueueTicketId,
    /// Who waits, if that is known.
    pub person: Option<PersonId>,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
}

impl EventBody for QueueCalled {
    const TYPE: &'static str = "QueueCalled";
    const V: i64 = 1;
}

/// A party waits no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEnded {
    /// Which.
    pub queue_ticket: QueueTicketId,
    /// Who waits, if that is known.
    pub person: Option<PersonId>,
    /// Whose store.
    pub merchant: MerchantId,
    /// Which store.
    pub store: StoreId,
    /// `seated`, `missed` or `left`.
    pub outcome: String,
}

impl EventBody for QueueEnded {
    const TYPE: &'static str = "QueueEnded";
    const V: i64 = 1;
}
