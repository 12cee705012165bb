//! What a provider said about a payment, refund or transfer, once it was checked and put into Qiao's own
//! words. A provider is believed about what happened to money, and about nothing else: names, amounts
//! and addresses in its answers are checked like any stranger's input.

use kernel::{Money, PaymentAttemptId, Payout, Refund};
use reqwest::Url;

use super::AttemptRef;
use crate::protocol::{self, MOST_AMOUNT, PaymentStatus, RefundStatus, TransferStatus};

/// A payment as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderPayment {
    /// The provider's name of it: letters, digits, `_` and `-`, at most 64.
    pub id: String,
    /// Qiao's name of it.
    pub reference: PaymentAttemptId,
    /// How far it is.
    pub status: PaymentStatus,
    /// What was asked for, and is captured once it succeeded.
    pub money: Money,
    /// Minor units of all refunds that are pending or succeeded.
    pub refunded: i64,
    /// Minor units that the payer's bank took back.
    pub charged_back: Option<i64>,
    /// Whether it gave that back.
    pub chargeback_reversed: bool,
    /// Where the payer pays: an `http` or `https` URL.
    pub pay_url: String,
    /// The same for the same instrument, without saying which; there once somebody paid.
    pub instrument_fingerprint: Option<String>,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

/// A refund as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRefund {
    /// The provider's name of it.
    pub id: String,
    /// Qiao's name of it.
    pub reference: AttemptRef<Refund>,
    /// The provider's name of the payment.
    pub payment: String,
    /// How far it is.
    pub status: RefundStatus,
    /// What goes back.
    pub money: Money,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

/// A payout to a merchant as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderTransfer {
    /// The provider's name of it.
    pub id: String,
    /// Qiao's name of it.
    pub reference: AttemptRef<Payout>,
    /// How far it is.
    pub status: TransferStatus,
    /// What is paid out.
    pub money: Money,
    /// The provider's token for the merchant's account.
    pub account: String,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

impl ProviderPayment {
    /// Checks a payment; the error says which field is wrong.
    pub(crate) fn checked(payment: protocol::Payment) -> Result<Self, &'static str> {
        let succeeded = payment.status == PaymentStatus::Succeeded;
        if succeeded && payment.instrument_fingerprint.is_none() {
            return Err("instrument_fingerprint");
        }
        if !(0..=payment.amount).contains(&payment.refunded) || (!succeeded && payment.refunded > 0) {
            return Err("refunded");
        }
        let chargeback = payment.chargeback.as_ref();
        let charged_back = chargeback.map(|chargeback| chargeback.amount);
        let chargeback_reversed = chargeback.is_some_and(|chargeback| chargeback.reversal.is_some());
        if charged_back.is_some_and(|amount| !succeeded || !(1..=payment.amount).contains(&amount)) {
            return Err("chargeback");
        }
        if !is_web_address(&payment.pay_url) {
            return Err("pay_url");
        }
        Ok(Self {
            id: name(payment.id, "id")?,
            reference: payment.reference.parse().map_err(|_| "reference")?,
            status: payment.status,
            money: Money::new(positive(payment.amount)?, payment.currency),
            refunded: payment.refunded,
            charged_back,
            chargeback_reversed,
            pay_url: payment.pay_url,
            instrument_fingerprint: payment
                .instrument_fingerprint
                .map(|text| name(text, "instrument_fingerprint"))
                .transpose()?,
            failure: payment.failure.map(shortened),
        })
    }
}

impl ProviderRefund {
    /// Checks a refund; the error says which field is wrong.
    pub(crate) fn checked(refund: protocol::Refund) -> Result<Self, &'static str> {
        Ok(Self {
            id: name(refund.id, "id")?,
            reference: refund.reference.parse().map_err(|_| "reference")?,
            payment: name(refund.payment, "payment")?,
            status: refund.status,
            money: Money::new(positive(refund.amount)?, refund.currency),
            failure: refund.failure.map(shortened),
        })
    }
}

impl ProviderTransfer {
    /// Checks a transfer; the error says which field is wrong.
    pub(crate) fn checked(transfer: protocol::Transfer) -> Result<Self, &'static str> {
        Ok(Self {
            id: name(transfer.id, "id")?,
            reference: transfer.reference.parse().map_err(|_| "reference")?,
            status: transfer.status,
            money: Money::new(positive(transfer.amount)?, transfer.currency),
            account: transfer.account,
            failure: transfer.failure.map(shortened),
        })
    }
}

/// The first 200 characters without control characters: what others wrote goes into logs and pages.
pub(crate) fn shortened(text: String) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

pub(crate) fn name(text: String, field: &'static str) -> Result<String, &'static str> {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if (1..=64).contains(&text.len()) && text.bytes().all(letter) {
        Ok(text)
    } else {
        Err(field)
    }
}

fn positive(amount: i64) -> Result<i64, &'static str> {
    if (1..=MOST_AMOUNT).contains(&amount) {
        Ok(amount)
    } else {
        Err("amount")
    }
}

/// A link that a page may offer: `javascript:` and its kin are not.
pub(super) fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
