//! The accounts of the ledger and whose each of them is.

use store::{FromValue, Value};

/// What an account's balance is kept for, and so what kind of id its legs carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerKind {
    /// The platform's own: the legs carry no owner.
    Platform,
    /// One balance for each order.
    Order,
    /// One balance for each merchant.
    Merchant,
    /// One balance for each person.
    Person,
}

/// An account. A positive balance is a debit: for what the platform has or is owed, as it should be;
/// what it owes or has earned shows as a negative one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Paid by customers, not yet settled by the payment providers.
    ProviderClearing,
    /// The platform's bank account.
    Bank,
    /// Held for an order until it is redeemed or refunded.
    Escrow,
    /// Held for an order beside its price, for damages.
    SecurityDeposit,
    /// Owed by a customer who pays after the service.
    CustomerReceivable,
    /// Owed to a merchant.
    MerchantPayable,
    /// Owed by a merchant.
    MerchantReceivable,
    /// Owed by a sharer whose rebate was reversed after it was spent.
    SharerReceivable,
    /// Earned by the platform on redemptions.
    Commission,
    /// Given by the platform: its share of discounts.
    Subsidy,
    /// Owed to a sharer: rebates earned and not spent.
    RebatePayable,
    /// A person's prepaid balance.
    Wallet,
    /// What points that were issued are worth.
    PointsIssued,
    /// Paid ahead by a merchant for advertisements.
    AdsPrepaid,
    /// Kept by payment providers.
    ProviderFee,
    /// Lost to disputes.
    ChargebackLoss,
    /// Given up.
    BadDebt,
    /// Minor units that no rule assigns.
    Rounding,
}

impl Account {
    /// Every account, in the order of the trial balance.
    pub const ALL: [Self; 18] = [
        Self::ProviderClearing,
        Self::Bank,
        Self::Escrow,
        Self::SecurityDeposit,
        Self::CustomerReceivable,
        Self::MerchantPayable,
        Self::MerchantReceivable,
        Self::SharerReceivable,
        Self::Commission,
        Self::Subsidy,
        Self::RebatePayable,
        Self::Wallet,
        Self::PointsIssued,
        Self::AdsPrepaid,
        Self::ProviderFee,
        Self::ChargebackLoss,
        Self::BadDebt,
        Self::Rounding,
    ];

    /// Its stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProviderClearing => "provider_clearing",
            Self::Bank => "bank",
            Self::Escrow => "escrow",
            Self::SecurityDeposit => "security_deposit",
            Self::CustomerReceivable => "customer_receivable",
            Self::MerchantPayable => "merchant_payable",
            Self::MerchantReceivable => "merchant_receivable",
            Self::SharerReceivable => "sharer_receivable",
            Self::Commission => "commission",
            Self::Subsidy => "subsidy",
            Self::RebatePayable => "rebate_payable",
            Self::Wallet => "wallet",
            Self::PointsIssued => "points_issued",
            Self::AdsPrepaid => "ads_prepaid",
            Self::ProviderFee => "provider_fee",
            Self::ChargebackLoss => "chargeback_loss",
            Self::BadDebt => "bad_debt",
            Self::Rounding => "rounding",
        }
    }

    /// The account of this stored name.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|account| account.as_str() == text)
    }

    /// Whose it is. Escrow is kept by order, so that every order can be seen to end at zero.
    pub const fn owner_kind(self) -> OwnerKind {
        match self {
            Self::ProviderClearing
            | Self::Bank
            | Self::Commission
            | Self::Subsidy
            | Self::ProviderFee
            | Self::ChargebackLoss
            | Self::BadDebt
            | Self::Rounding => OwnerKind::Platform,
            Self::Escrow | Self::SecurityDeposit => OwnerKind::Order,
            Self::MerchantPayable | Self::MerchantReceivable | Self::AdsPrepaid => OwnerKind::Merchant,
            Self::CustomerReceivable
            | Self::SharerReceivable
            | Self::RebatePayable
            | Self::Wallet
            | Self::PointsIssued => OwnerKind::Person,
        }
    }
}

impl From<Account> for Value {
    fn from(account: Account) -> Self {
        account.as_str().into()
    }
}

impl FromValue for Account {
    fn from_value(value: Value) -> Option<Self> {
        Self::from_name(&String::from_value(value)?)
    }
}
