//! The news that a provider's webhook brings, read strictly from a body whose signature was checked, and held against
//! the provider's own record. It decides nothing: an event may come twice, late, or after a newer one, so whoever acts
//! on it keeps its id and lets the state of the payment decide.

use kernel::{Money, PaymentAttemptId, Payout, Refund, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{AttemptRef, ProviderPayment, ProviderRefund, ProviderTransfer};
use crate::protocol::{BookEntry, PaymentStatus, RefundStatus, TransferStatus};
use crate::webhook::VerifiedEvent;

/// What happened at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderEvent {
    /// The whole amount was captured.
    PaymentSucceeded {
        /// The provider's name of the payment, which a refund needs.
        provider_payment: String,
        /// Qiao's attempt.
        reference: PaymentAttemptId,
        /// What was captured. To be compared with what was asked for.
        money: Money,
        /// The same for the same instrument, without saying which.
        instrument_fingerprint: String,
    },
    /// The payer's bank took a captured payment back.
    PaymentChargedBack {
        /// The provider's name of the payment.
        provider_payment: String,
        /// Qiao's attempt.
        reference: PaymentAttemptId,
        /// What was captured.
        money: Money,
        /// The same for the same instrument, without saying which.
        instrument_fingerprint: String,
        /// What the bank took, in minor units.
        charged_back: i64,
    },
    /// The payer's bank gave it back.
    PaymentChargebackReversed {
        /// The provider's name of the payment.
        provider_payment: String,
        /// Qiao's attempt.
        reference: PaymentAttemptId,
        /// What was captured.
        money: Money,
        /// The same for the same instrument, without saying which.
        instrument_fingerprint: String,
        /// What the bank had taken and gave back, in minor units.
        charged_back: i64,
    },
    /// The payer's instrument said no.
    PaymentFailed {
        /// The provider's name of the payment.
        provider_payment: String,
        /// Qiao's attempt.
        reference: PaymentAttemptId,
        /// What was asked for.
        money: Money,
        /// Why.
        failure: String,
    },
    /// The payer has the money back.
    RefundSucceeded {
        /// The provider's name of the refund.
        provider_refund: String,
        /// Qiao's refund, and which attempt.
        reference: AttemptRef<Refund>,
        /// What went back.
        money: Money,
    },
    /// The refund came back.
    RefundFailed {
        /// The provider's name of the refund.
        provider_refund: String,
        /// Qiao's refund, and which attempt.
        reference: AttemptRef<Refund>,
        /// What did not go back.
        money: Money,
        /// Why.
        failure: String,
    },
    /// The merchant's account has the money.
    TransferPaid {
        /// The provider's name of the transfer.
        provider_transfer: String,
        /// Qiao's payout, and which attempt.
        reference: AttemptRef<Payout>,
        /// What was paid out.
        money: Money,
    },
    /// The transfer came back.
    TransferFailed {
        /// The provider's name of the transfer.
        provider_transfer: String,
        /// Qiao's payout, and which attempt.
        reference: AttemptRef<Payout>,
        /// What was not paid out.
        money: Money,
        /// Why.
        failure: String,
    },
}

/// What the provider itself says now of something that an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is documented as what it holds")]
pub enum Record {
    Payment(ProviderPayment),
    Refund(ProviderRefund),
    Transfer(ProviderTransfer),
}

impl TryFrom<BookEntry> for Record {
    type Error = &'static str;

    /// The error says which field is wrong.
    fn try_from(entry: BookEntry) -> Result<Self, &'static str> {
        match entry {
            BookEntry::Payment(payment) => ProviderPayment::checked(payment).map(Self::Payment),
            BookEntry::Refund(refund) => ProviderRefund::checked(refund).map(Self::Refund),
            BookEntry::Transfer(transfer) => ProviderTransfer::checked(transfer).map(Self::Transfer),
        }
    }
}

/// Why a genuine body is not an event that Qiao acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventRefusal {
    /// A type that Qiao does not know: acknowledge it, so that it is not sent again, and do nothing.
    UnknownType(String),
    /// The body breaks the protocol; says where.
    Malformed(String),
}

impl std::fmt::Display for EventRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownType(name) => write!(f, "no event type is called {name:?}"),
            Self::Malformed(detail) => write!(f, "the event breaks the protocol: {detail}"),
        }
    }
}

impl std::error::Error for EventRefusal {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    event_type: String,
    timestamp: String,
    /// Kept as text, so that the type decides how it is read and a field given twice is still seen.
    #[serde(borrow)]
    data: &'a RawValue,
}

impl ProviderEvent {
    /// Reads a body in the sandbox's protocol. Type and status must agree, every field must be known.
    pub fn read(event: &VerifiedEvent<'_>) -> Result<Self, EventRefusal> {
        let envelope: Envelope = serde_json::from_slice(event.body()).map_err(|e| malformed(&e))?;
        if envelope.timestamp.parse::<Timestamp>().is_err() {
            return Err(malformed(&"timestamp is not RFC 3339"));
        }
        match envelope.event_type.as_str() {
            "payment.succeeded" => Self::payment(payment_in(envelope.data)?, PaymentStatus::Succeeded),
            "payment.charged_back" => Self::chargeback(payment_in(envelope.data)?),
            "payment.chargeback_reversed" => Self::chargeback_reversed(payment_in(envelope.data)?),
            "payment.failed" => Self::payment(payment_in(envelope.data)?, PaymentStatus::Failed),
            "refund.succeeded" => Self::refund(refund_in(envelope.data)?, RefundStatus::Succeeded),
            "refund.failed" => Self::refund(refund_in(envelope.data)?, RefundStatus::Failed),
            "transfer.paid" => Self::transfer(transfer_in(envelope.data)?, TransferStatus::Paid),
            "transfer.failed" => Self::transfer(transfer_in(envelope.data)?, TransferStatus::Failed),
            _ => Err(EventRefusal::UnknownType(super::answer::shortened(
                envelope.event_type,
            ))),
        }
    }

    /// Whether the provider's own record of what this is about says the same. Who signs like the provider can tell
    /// anything; what the provider answers over our own connection is what happened.
    pub fn is_in(&self, record: &Record) -> bool {
        let recorded = match (self, record.clone()) {
            (Self::PaymentSucceeded { .. }, Record::Payment(payment)) => {
                Self::payment(payment, PaymentStatus::Succeeded)
            }
            (Self::PaymentChargedBack { .. }, Record::Payment(payment)) => Self::chargeback(payment),
            (Self::PaymentChargebackReversed { .. }, Record::Payment(payment)) => {
                Self::chargeback_reversed(payment)
            }
            (Self::PaymentFailed { .. }, Record::Payment(payment)) => {
                Self::payment(payment, PaymentStatus::Failed)
            }
            (Self::RefundSucceeded { .. }, Record::Refund(refund)) => {
                Self::refund(refund, RefundStatus::Succeeded)
            }
            (Self::RefundFailed { .. }, Record::Refund(refund)) => Self::refund(refund, RefundStatus::Failed),
            (Self::TransferPaid { .. }, Record::Transfer(transfer)) => {
                Self::transfer(transfer, TransferStatus::Paid)
            }
            (Self::TransferFailed { .. }, Record::Transfer(transfer)) => {
                Self::transfer(transfer, TransferStatus::Failed)
            }
            (_, Record::Payment(_) | Record::Refund(_) | Record::Transfer(_)) => return false,
        };
        recorded.as_ref() == Ok(self)
    }

    fn payment(payment: ProviderPayment, expected: PaymentStatus) -> Result<Self, EventRefusal> {
        let (provider_payment, reference, money) = (payment.id, payment.reference, payment.money);
        match (payment.status, payment.instrument_fingerprint) {
            (status, _) if status != expected => Err(wrong_field("status")),
            (PaymentStatus::Succeeded, Some(instrument_fingerprint)) => Ok(Self::PaymentSucceeded {
                provider_payment,
                reference,
                money,
                instrument_fingerprint,
            }),
            (PaymentStatus::Failed, _) => Ok(Self::PaymentFailed {
                provider_payment,
                reference,
                money,
                failure: payment.failure.unwrap_or_default(),
            }),
            (PaymentStatus::Succeeded | PaymentStatus::Pending, _) => Err(wrong_field("status")),
        }
    }

    fn chargeback(payment: ProviderPayment) -> Result<Self, EventRefusal> {
        let (money, reference) = (payment.money, payment.reference);
        let (provider_payment, instrument_fingerprint, charged_back) = taken_back(payment)?;
        Ok(Self::PaymentChargedBack {
            provider_payment,
            reference,
            money,
            instrument_fingerprint,
            charged_back,
        })
    }

    fn chargeback_reversed(payment: ProviderPayment) -> Result<Self, EventRefusal> {
        if !payment.chargeback_reversed {
            return Err(wrong_field("chargeback"));
        }
        let (money, reference) = (payment.money, payment.reference);
        let (provider_payment, instrument_fingerprint, charged_back) = taken_back(payment)?;
        Ok(Self::PaymentChargebackReversed {
            provider_payment,
            reference,
            money,
            instrument_fingerprint,
            charged_back,
        })
    }

    /// The last that happened to a payment. `None`: nothing yet.
    pub fn last_of(payment: ProviderPayment) -> Option<Self> {
        let said = match payment.status {
            PaymentStatus::Pending => return None,
            PaymentStatus::Failed => Self::payment(payment, PaymentStatus::Failed),
            PaymentStatus::Succeeded if payment.chargeback_reversed => Self::chargeback_reversed(payment),
            PaymentStatus::Succeeded if payment.charged_back.is_some() => Self::chargeback(payment),
            PaymentStatus::Succeeded => Self::payment(payment, PaymentStatus::Succeeded),
        };
        said.ok()
    }

    fn refund(refund: ProviderRefund, expected: RefundStatus) -> Result<Self, EventRefusal> {
        let (provider_refund, reference, money) = (refund.id, refund.reference, refund.money);
        match refund.status {
            status if status != expected => Err(wrong_field("status")),
            RefundStatus::Succeeded => Ok(Self::RefundSucceeded {
                provider_refund,
                reference,
                money,
            }),
            RefundStatus::Failed => Ok(Self::RefundFailed {
                provider_refund,
                reference,
                money,
                failure: refund.failure.unwrap_or_default(),
            }),
            RefundStatus::Pending => Err(wrong_field("status")),
        }
    }

    fn transfer(transfer: ProviderTransfer, expected: TransferStatus) -> Result<Self, EventRefusal> {
        let (provider_transfer, reference, money) = (transfer.id, transfer.reference, transfer.money);
        match transfer.status {
            status if status != expected => Err(wrong_field("status")),
            TransferStatus::Paid => Ok(Self::TransferPaid {
                provider_transfer,
                reference,
                money,
            }),
            TransferStatus::Failed => Ok(Self::TransferFailed {
                provider_transfer,
                reference,
                money,
                failure: transfer.failure.unwrap_or_default(),
            }),
            TransferStatus::Pending => Err(wrong_field("status")),
        }
    }
}

/// The payment's name, its instrument, and what its payer's bank took.
fn taken_back(payment: ProviderPayment) -> Result<(String, String, i64), EventRefusal> {
    let charged_back = payment.charged_back.ok_or_else(|| wrong_field("chargeback"))?;
    let instrument = payment.instrument_fingerprint;
    let instrument = instrument.ok_or_else(|| wrong_field("instrument_fingerprint"))?;
    Ok((payment.id, instrument, charged_back))
}

fn payment_in(data: &RawValue) -> Result<ProviderPayment, EventRefusal> {
    ProviderPayment::checked(parse(data)?).map_err(wrong_field)
}

fn refund_in(data: &RawValue) -> Result<ProviderRefund, EventRefusal> {
    ProviderRefund::checked(parse(data)?).map_err(wrong_field)
}

fn transfer_in(data: &RawValue) -> Result<ProviderTransfer, EventRefusal> {
    ProviderTransfer::checked(parse(data)?).map_err(wrong_field)
}

fn parse<T: DeserializeOwned>(data: &RawValue) -> Result<T, EventRefusal> {
    serde_json::from_str(data.get()).map_err(|e| malformed(&format_args!("data: {e}")))
}

fn wrong_field(field: &'static str) -> EventRefusal {
    malformed(&format_args!(
        "data.{field} is missing or not what the protocol allows"
    ))
}

fn malformed(detail: &dyn std::fmt::Display) -> EventRefusal {
    EventRefusal::Malformed(super::answer::shortened(detail.to_string()))
}
