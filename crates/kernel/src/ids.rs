//! Every kind of id that Qiao has, in one registry. An id is a UUIDv7, shown as a TypeID
//! (`ord_01h…`, <https://github.com/jetify-com/typeid>). Ids are made by [`crate::Ctx::new_id`] alone.

pub use type_safe_id::{StaticType, TypeSafeId};

macro_rules! id_kinds {
    ($($(#[$doc:meta])* $kind:ident $id:ident $prefix:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $kind;
            impl StaticType for $kind {
                const TYPE: &'static str = $prefix;
            }
            $(#[$doc])*
            pub type $id = TypeSafeId<$kind>;
        )+
        /// The prefixes of all kinds, for documentation and for the test that they differ.
        pub const ID_PREFIXES: &[&str] = &[$($prefix),+];
    };
}

id_kinds! {
    /// A natural person: consumer, staff member or operator.
    Person PersonId "per";
    /// A signed-in browser or app.
    Session SessionId "ses";
    /// A business that sells.
    Merchant MerchantId "mer";
    /// A place of a merchant where something is handed over or served.
    Store StoreId "sto";
    /// A licence or qualification that a merchant handed in.
    Certification CertificationId "cer";
    /// Uploaded bytes, known by their hash.
    Media MediaId "med";
    /// A negotiated activity between platform and merchant.
    Agreement AgreementId "agr";
    /// Something on sale.
    Offer OfferId "off";
    /// Something of a store whose time is booked: a table, a person, a room, a hall.
    Resource ResourceId "res";
    /// An offer that takes place in a hall at a time.
    Showing ShowingId "shw";
    /// Something to eat or drink that is on a menu.
    Dish DishId "dsh";
    /// Buyers who buy an offer together.
    Group GroupId "grp";
    /// A countable scarcity: stock, head count, coupon budget.
    Bucket BucketId "bkt";
    /// A claim of units of a bucket.
    Claim ClaimId "clm";
    /// Where a person came from.
    Entry EntryId "ent";
    /// A link with which a person recommends an offer.
    ShareLink ShareLinkId "shr";
    /// The terms of a discount that people can claim.
    Coupon CouponId "cpn";
    /// One claimed coupon in a person's wallet.
    WalletCoupon WalletCouponId "wcp";
    /// A purchase of a consumer at one merchant.
    Order OrderId "ord";
    /// The intent to be paid for an order.
    Payment PaymentId "pay";
    /// One try at a payment with a provider.
    PaymentAttempt PaymentAttemptId "pat";
    /// Money on its way back to a consumer.
    Refund RefundId "ref";
    /// Money that is held beside the price of an order, for damages.
    SecurityDeposit SecurityDepositId "sde";
    /// A signed right to be served.
    Voucher VoucherId "vou";
    /// A public key that verifies vouchers.
    SigningKey SigningKeyId "key";
    /// A scanner or till registered to a store.
    Device DeviceId "dev";
    /// One use of a voucher in a store.
    Redemption RedemptionId "red";
    /// A time at a store that is kept for a person.
    Booking BookingId "bkg";
    /// Somebody who waits for a time that is full.
    WaitlistEntry WaitlistEntryId "wle";
    /// A number with which a party waits at a store.
    QueueTicket QueueTicketId "qtk";
    /// Two offline scans that claim the same use.
    Conflict ConflictId "cfl";
    /// A report about a payment that contradicts what settled it.
    PaymentConflict PaymentConflictId "pcf";
    /// A rebate that a sharer earns.
    Rebate RebateId "rbt";
    /// A double entry in the journal.
    JournalEntry JournalEntryId "jnl";
    /// One voucher's share in a merchant's statement.
    SettlementLine SettlementLineId "stl";
    /// What is paid to a merchant for a period.
    Payout PayoutId "pyo";
    /// What a consumer says after a redemption.
    Review ReviewId "rev";
    /// What a buyer complains of about an order, and what was answered.
    Complaint ComplaintId "cpl";
    /// What the platform tells a person.
    Message MessageId "msg";
    /// What a person and a merchant write to each other.
    Conversation ConversationId "cnv";
    /// One fact in the event log.
    Event EventId "evt";
    /// One HTTP request or background step.
    Request RequestId "req";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_differ() {
        let mut prefixes = ID_PREFIXES.to_vec();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), ID_PREFIXES.len());
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let order = OrderId::from_uuid(uuid::Uuid::from_u128(7));
        assert!(order.to_string().parse::<OrderId>().is_ok());
        assert!(order.to_string().parse::<OfferId>().is_err());
    }
}
