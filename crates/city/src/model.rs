//! What is worth knowing of a city once it stands: who can sign in, which merchant to show, how much
//! there is of everything. Pure values.

use kernel::{MerchantId, Money, OfferId, StoreId};

/// Somebody to sign in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// As what, in a few words: `merchant owner`.
    pub role: String,
    /// A mail address (with the password) or a phone number (with a one-time code).
    pub login: String,
    /// What this account is good for.
    pub what_for: String,
}

/// The merchant whose staff can be signed in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoMerchant {
    /// The merchant.
    pub merchant: MerchantId,
    /// Its two stores; the cashier works in the first.
    pub stores: Vec<StoreId>,
    /// What it sells.
    pub offers: Vec<OfferId>,
}

/// How much there is of everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Merchants that sell. One more waits to be certified.
    pub merchants: u64,
    /// Their stores.
    pub stores: u64,
    /// Offers on sale.
    pub offers: u64,
    /// People who buy.
    pub consumers: u64,
    /// Coupons that can be claimed.
    pub coupons: u64,
    /// Orders that were paid.
    pub orders: u64,
    /// Uses of vouchers.
    pub redemptions: u64,
    /// Refunds that were confirmed.
    pub refunds: u64,
    /// Reviews.
    pub reviews: u64,
    /// Links with which people recommended an offer.
    pub share_links: u64,
    /// Rebates that sharers earned and can spend.
    pub rebates: u64,
}

/// A city that stands in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City {
    /// What it was made from.
    pub seed: u64,
    /// One account per role.
    pub accounts: Vec<Account>,
    /// The merchant whose staff they are.
    pub demo: DemoMerchant,
    /// What `provider_clearing` holds from the city's own history, by currency: cash that was paid less
    /// cash that went back. The provider knows nothing of it.
    pub clearing: Vec<Money>,
    /// What merchants were paid in the city's own history, by currency: what `bank` is short of for it.
    pub paid_out: Vec<Money>,
    /// How much there is of everything.
    pub counts: Counts,
}

impl Counts {
    /// Adds what happened in a part of the city's history.
    pub(crate) fn add(&mut self, part: &Self) {
        self.orders += part.orders;
        self.redemptions += part.redemptions;
        self.refunds += part.refunds;
        self.reviews += part.reviews;
        self.share_links += part.share_links;
    }
}
