//! The words of the sandbox provider's protocol, written once for both ends: `sandbox` serves them and
//! `provider` reads them. Amounts are integer minor units with an ISO 4217 code, times are RFC 3339.
//! Unknown fields are refused on both sides; nothing here decides anything.

use kernel::{Currency, Timestamp};
use serde::{Deserialize, Serialize};

/// How far a payment is. Pending may become either of the others; they are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Waits for the payer.
    Pending,
    /// The whole amount was captured.
    Succeeded,
    /// The payer's instrument said no.
    Failed,
}

/// How far a refund is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Accepted, on its way. The amount counts against what can still be refunded.
    Pending,
    /// The payer has the money.
    Succeeded,
    /// It came back: the amount can be refunded again, under another reference.
    Failed,
}

/// How far a payout to a merchant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferStatus {
    /// Accepted, on its way.
    Pending,
    /// The account has the money.
    Paid,
    /// It came back: try again under another reference.
    Failed,
}

/// `POST /v1/payments`: ask to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// The caller's own name of this attempt; the same one gives the same payment.
    pub reference: String,
    /// Minor units, 1 to [`MOST_AMOUNT`].
    pub amount: i64,
    /// Of what.
    #[serde(with = "currency_code")]
    pub currency: Currency,
    /// What the payer sees, at most 127 characters.
    pub description: String,
    /// Where the news of this payment and its refunds goes, instead of the configured address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<String>,
    /// Where the payer goes back to from the provider's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
}

/// `POST /v1/payments/together`: ask to be paid for several things at once, all of one currency. Each is a payment of its
/// own, as if it had been asked for alone; only the page is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPayments {
    /// 1 to [`MOST_TOGETHER`].
    pub payments: Vec<NewPayment>,
}

/// Payments that the payer decides about at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentsTogether {
    /// As they are, in the order in which they were asked for.
    pub payments: Vec<Payment>,
    /// Where the payer pays those that wait.
    pub pay_url: String,
}

/// A payment as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The provider's own name of it. Nobody can guess it.
    pub id: String,
    /// The caller's name of it.
    pub reference: String,
    /// How far it is.
    pub status: PaymentStatus,
    /// Minor units asked for, and captured once it succeeded.
    pub amount: i64,
    /// Of what.
    #[serde(with = "currency_code")]
    pub currency: Currency,
    /// What the payer sees.
    pub description: String,
    /// Minor units of all refunds that are pending or succeeded.
    pub refunded: i64,
    /// What the payer's bank took back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chargeback: Option<Chargeback>,
    /// Minor units that the provider keeps; 0 until the payment is settled.
    pub fee: i64,
    /// The settlement that included it.
    pub settlement: Option<String>,
    /// The same for the same instrument, without saying which; set once somebody paid.
    pub instrument_fingerprint: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// Where the payer pays.
    pub pay_url: String,
    /// Where the payer goes from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
    /// When it was asked for.
    #[serde(with = "rfc_3339")]
    pub created_at: Timestamp,
}

/// What the payer's bank took back of a payment: once, and all that was not refunded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chargeback {
    /// Minor units.
    pub amount: i64,
    /// The settlement that took it off.
    pub settlement: Option<String>,
    /// The dispute was won, and the bank gave all of it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reversal: Option<Reversal>,
}

/// What the payer's bank gave back of a chargeback: all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reversal {
    /// The settlement that paid it.
    pub settlement: Option<String>,
}

impl Payment {
    /// Minor units that the payer's bank took back and has not given back.
    pub fn lost(&self) -> i64 {
        let lost = self
            .chargeback
            .as_ref()
            .filter(|chargeback| chargeback.reversal.is_none());
        lost.map_or(0, |chargeback| chargeback.amount)
    }
}

/// `POST /v1/payments/{id}/pay`: what the payer decides, in the place of a wallet app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pay {
    /// What shall happen.
    pub outcome: PayOutcome,
    /// What is paid with: any text, such as `card-4242`.
    pub instrument: String,
}

/// What the payer's bank says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayOutcome {
    /// The payment is captured.
    Succeed,
    /// The payment fails.
    Decline,
}

/// `POST /v1/refunds`: give back all or part of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// The caller's own name of this refund; the same one gives the same refund.
    pub reference: String,
    /// The provider's id of the payment.
    pub payment: String,
    /// Minor units, at most what was captured and not yet refunded.
    pub amount: i64,
    /// The payment's own currency.
    #[serde(with = "currency_code")]
    pub currency: Currency,
}

/// A refund as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refund {
    /// The provider's own name of it.
    pub id: String,
    /// The caller's name of it.
    pub reference: String,
    /// The provider's id of the payment.
    pub payment: String,
    /// How far it is.
    pub status: RefundStatus,
    /// Minor units.
    pub amount: i64,
    /// Of what.
    #[serde(with = "currency_code")]
    pub currency: Currency,
    /// The settlement that took it off.
    pub settlement: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it was asked for.
    #[serde(with = "rfc_3339")]
    pub created_at: Timestamp,
}

/// `POST /v1/transfers`: pay a merchant out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    /// The caller's own name of this transfer; the same one gives the same transfer.
    pub reference: String,
    /// Minor units, 1 to [`MOST_AMOUNT`].
    pub amount: i64,
    /// Of what.
    #[serde(with = "currency_code")]
    pub currency: Currency,
    /// Whose: the provider's token for a verified account. One that starts with `closed-` always fails.
    pub account: String,
}

/// A transfer as the provider sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// The provider's own name of it.
    pub id: String,
    /// The caller's name of it.
    pub reference: String,
    /// How far it is.
    pub status: TransferStatus,
    /// Minor units.
    pub amount: i64,
    /// Of what.
    #[serde(with = "currency_code")]
    pub currency: Currency,
    /// Whose.
    pub account: String,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it was asked for.
    #[serde(with = "rfc_3339")]
    pub created_at: Timestamp,
}

/// `POST /v1/settle`: settle everything that is captured or refunded and not yet settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSettlement {
    /// The caller's own name of it; the same one gives the same report.
    pub reference: String,
}

/// A settlement report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// The provider's own name of it; included payments and refunds bear it in the book.
    pub id: String,
    /// The caller's name of it.
    pub reference: String,
    /// One line per currency, by currency code. Empty when there was nothing to settle.
    pub lines: Vec<SettlementLine>,
    /// When it was made.
    #[serde(with = "rfc_3339")]
    pub created_at: Timestamp,
}

/// One currency of a settlement report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementLine {
    /// Of what.
    #[serde(with = "currency_code")]
    pub currency: Currency,
    /// Number of payments included.
    pub payments: u64,
    /// Number of refunds included.
    pub refunds: u64,
    /// Number of chargebacks included.
    pub chargebacks: u64,
    /// Minor units of the payments included.
    pub gross: i64,
    /// Minor units of the refunds included.
    pub refunded: i64,
    /// Minor units of the chargebacks included, less those that were reversed.
    pub charged_back: i64,
    /// Minor units that the provider keeps: a share of each payment, rounded half up one by one.
    pub fees: i64,
    /// `gross − refunded − charged_back − fees`: what reaches the bank. Negative when more went back than came in.
    pub net: i64,
}

/// One page of `GET /v1/book`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookPage {
    /// Grows with every change of the book: pages of one version belong together.
    pub version: u64,
    /// One line per currency, by currency code; the same on every page of a version.
    pub totals: Vec<BookTotals>,
    /// In the order in which they were asked for.
    pub entries: Vec<BookEntry>,
    /// Where the next page starts; none after the last one.
    pub next: Option<u64>,
}

/// One entry of the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookEntry {
    /// Money asked for, and perhaps received.
    Payment(Payment),
    /// Money on its way back.
    Refund(Refund),
    /// Money on its way to a merchant.
    Transfer(Transfer),
}

/// One currency of the book. What is final counts; pending and failed entries do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookTotals {
    /// Of what.
    #[serde(with = "currency_code")]
    pub currency: Currency,
    /// Minor units of payments that succeeded.
    pub captured: i64,
    /// Minor units of refunds that succeeded.
    pub refunded: i64,
    /// Minor units of chargebacks that were not reversed.
    pub charged_back: i64,
    /// Minor units kept by the provider.
    pub fees: i64,
    /// Minor units paid to the platform's bank by settlements.
    pub settled_net: i64,
    /// `captured − refunded − charged_back − fees − settled_net`: what the provider still holds for the platform.
    pub held: i64,
    /// Minor units of transfers that were paid.
    pub transferred: i64,
}

/// The answer to a look-up by reference, or by several with commas between them: of each, nothing or one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found<T> {
    /// What has the reference.
    pub data: Vec<T>,
}

/// One page of `GET /v1/changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// Payments that succeeded, failed, were charged back or had that reversed, in the order in which that happened, as
    /// they are now. The same payment may come more than once.
    pub data: Vec<Payment>,
    /// To be asked for next. Nothing is to be read into it.
    pub next: String,
}

/// The body of every answer outside 2xx.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorAnswer {
    /// Stable name, `snake_case`.
    pub code: String,
    /// What was wrong this time, and what to do.
    pub message: String,
}

/// The most payments that are paid at once, as many as of a combined payment of WeChat Pay (`combine-transactions`, v3).
pub const MOST_TOGETHER: usize = 50;

/// The most references of one look-up.
pub const MOST_REFERENCES: usize = 100;

/// The error code for a reference that already names something with another content.
pub const REFERENCE_REUSED: &str = "reference_reused";

/// The most that one payment, refund or transfer may have, in minor units.
pub const MOST_AMOUNT: i64 = 1_000_000_000_000;

/// A currency as its ISO 4217 code.
mod currency_code {
    use super::*;
    use serde::{Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(currency: &Currency, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(currency.code())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Currency, D::Error> {
        let code = String::deserialize(d)?;
        let known = Currency::from_code(&code).filter(|currency| currency.code() == code);
        known.ok_or_else(|| de::Error::custom("not an ISO 4217 currency code in capital letters"))
    }
}

/// A point in time as RFC 3339.
mod rfc_3339 {
    use super::*;
    use serde::{Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(time: &Timestamp, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(time)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(d)?;
        text.parse()
            .map_err(|_| de::Error::custom("not an RFC 3339 time"))
    }
}
