//! The calls of the sandbox's protocol. Every write carries its reference, so that sending it again is
//! safe; every answer is checked against what was asked. Nothing is retried here.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use kernel::{Money, PaymentAttemptId, Payout, Refund};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::{is_web_address, name, shortened};
use super::together::Together;
use super::{
    AttemptRef, Outcome, ProviderEvent, ProviderPayment, ProviderRefund, ProviderTransfer, Record, Refusal,
    UnknownCause,
};
use crate::http_client::{self, ReadError, SetupError};
use crate::protocol::{
    BookEntry, BookPage, BookTotals, Changes, ErrorAnswer, Found, NewPayment, NewPayments, NewRefund,
    NewSettlement, NewTransfer, Payment, PaymentsTogether, REFERENCE_REUSED, Refund as WireRefund,
    Settlement, Transfer,
};

/// The longest answer that is read: a page of the book has at most 1,000 entries of about 1 KiB.
const MOST_ANSWER_BYTES: usize = 4 << 20;
/// How often a book that changes between two pages is read from the start again.
const BOOK_TRIES: u32 = 5;

/// The provider's whole book at one moment, in the provider's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// One line per currency.
    pub totals: Vec<BookTotals>,
    /// Every payment, refund and transfer, in the order in which they were asked for.
    pub entries: Vec<BookEntry>,
}

/// Calls a provider that speaks the sandbox's protocol. Cheap to clone; its connections are shared.
#[derive(Clone)]
pub struct SandboxClient {
    http: reqwest::Client,
    base: String,
    bearer: HeaderValue,
    looking_up: Arc<Together>,
}

impl fmt::Debug for SandboxClient {
    /// Never shows the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SandboxClient({})", self.base)
    }
}

impl SandboxClient {
    /// A client for the provider at `base_url`, whose calls take at most `timeout` each. Plain `http` is
    /// taken for this machine only.
    pub fn new(base_url: &str, api_key: &str, timeout: Duration) -> Result<Self, SetupError> {
        Ok(Self {
            http: http_client::for_address(base_url, timeout)?,
            base: base_url.trim_end_matches('/').to_owned(),
            bearer: http_client::bearer(api_key)?,
            looking_up: Arc::default(),
        })
    }

    /// Asks to be paid `money`; the answer's `pay_url` is where the payer goes. The payment's news goes
    /// to `webhook_url`, or to the address that the provider has on file, and the payer in the end to `return_url`.
    pub async fn create_payment(
        &self,
        reference: PaymentAttemptId,
        money: Money,
        description: &str,
        webhook_url: Option<&str>,
        return_url: Option<&str>,
    ) -> Outcome<ProviderPayment> {
        let body = new_payment(reference, money, description, webhook_url, return_url);
        let outcome: Outcome<Payment> = self.post("/v1/payments", &body).await;
        outcome.checked(ProviderPayment::checked).checked(|payment| {
            require("reference", payment.reference == reference)?;
            require("amount", payment.money == money)?;
            Ok(payment)
        })
    }

    /// Asks to be paid for all of these at once: `pay_url` is where the payer goes. Each is a payment of its own, as
    /// [`SandboxClient::create_payment`] makes it.
    pub async fn create_together(
        &self,
        payments: &[(PaymentAttemptId, Money, String)],
        return_url: Option<&str>,
    ) -> Outcome<String> {
        let new = |(reference, money, description): &(PaymentAttemptId, Money, String)| {
            new_payment(*reference, *money, description, None, return_url)
        };
        let body = NewPayments {
            payments: payments.iter().map(new).collect(),
        };
        let outcome: Outcome<PaymentsTogether> = self.post("/v1/payments/together", &body).await;
        outcome.checked(|together| {
            require("payments", together.payments.len() == payments.len())?;
            for (made, (reference, money, _)) in together.payments.into_iter().zip(payments) {
                let made = ProviderPayment::checked(made)?;
                require("reference", made.reference == *reference)?;
                require("amount", made.money == *money)?;
            }
            require("pay_url", is_web_address(&together.pay_url))?;
            Ok(together.pay_url)
        })
    }

    /// The payment with this reference, if the provider has one. Look-ups that come while one is under way wait for
    /// it and are then sent as one.
    pub async fn find_payment(&self, reference: PaymentAttemptId) -> Outcome<Option<ProviderPayment>> {
        self.looking_up.find(self, reference).await
    }

    /// The payments with these references, as many of them as the provider has; at most [`crate::protocol::MOST_REFERENCES`].
    pub(super) async fn find_payments(
        &self,
        references: &HashSet<PaymentAttemptId>,
    ) -> Outcome<HashMap<PaymentAttemptId, ProviderPayment>> {
        let names: Vec<String> = references.iter().map(PaymentAttemptId::to_string).collect();
        let path = format!("/v1/payments?reference={}", names.join(","));
        let found: Outcome<Found<Payment>> = self.call(Method::GET, &path, None).await;
        found.checked(|found| {
            let mut payments = HashMap::new();
            for payment in found.data {
                let payment = ProviderPayment::checked(payment)?;
                require("reference", references.contains(&payment.reference))?;
                let before = payments.insert(payment.reference, payment);
                require("data", before.is_none())?;
            }
            Ok(payments)
        })
    }

    /// What changed of payments since the place `after` that was given before, and the place after that. The empty one is
    /// the beginning.
    pub async fn changes(&self, after: &str) -> Outcome<(Vec<ProviderPayment>, String)> {
        let path = format!("/v1/changes?after={after}");
        let found: Outcome<Changes> = self.call(Method::GET, &path, None).await;
        found.checked(|changes| {
            let payments = changes.data.into_iter().map(ProviderPayment::checked);
            Ok((payments.collect::<Result<_, _>>()?, name(changes.next, "next")?))
        })
    }

    /// What the provider itself says now of what an event is about.
    pub async fn record_of(&self, event: &ProviderEvent) -> Outcome<Option<Record>> {
        match event {
            ProviderEvent::PaymentSucceeded { reference, .. }
            | ProviderEvent::PaymentChargedBack { reference, .. }
            | ProviderEvent::PaymentChargebackReversed { reference, .. }
            | ProviderEvent::PaymentFailed { reference, .. } => {
                let found = self.find_payment(*reference).await;
                found.checked(|payment| Ok(payment.map(Record::Payment)))
            }
            ProviderEvent::RefundSucceeded { reference, .. }
            | ProviderEvent::RefundFailed { reference, .. } => {
                let found = self.find_refund(*reference).await;
                found.checked(|refund| Ok(refund.map(Record::Refund)))
            }
            ProviderEvent::TransferPaid { reference, .. }
            | ProviderEvent::TransferFailed { reference, .. } => {
                let found = self.find_transfer(*reference).await;
                found.checked(|transfer| Ok(transfer.map(Record::Transfer)))
            }
        }
    }

    /// Gives `money` of a payment back. `payment` is the provider's name of it.
    pub async fn refund(
        &self,
        reference: AttemptRef<Refund>,
        payment: &str,
        money: Money,
    ) -> Outcome<ProviderRefund> {
        let body = NewRefund {
            reference: reference.to_string(),
            payment: payment.to_owned(),
            amount: money.amount,
            currency: money.currency,
        };
        let outcome: Outcome<WireRefund> = self.post("/v1/refunds", &body).await;
        outcome.checked(ProviderRefund::checked).checked(|refund| {
            require("reference", refund.reference == reference)?;
            require("payment", refund.payment == payment)?;
            require("amount", refund.money == money)?;
            Ok(refund)
        })
    }

    /// The refund with this reference, if the provider has one.
    pub async fn find_refund(&self, reference: AttemptRef<Refund>) -> Outcome<Option<ProviderRefund>> {
        let found = self.find("refunds", &reference).await;
        let found = found.checked(|refund| refund.map(ProviderRefund::checked).transpose());
        found.checked(|refund| {
            require(
                "reference",
                refund.as_ref().is_none_or(|r| r.reference == reference),
            )?;
            Ok(refund)
        })
    }

    /// Pays `money` out to a merchant's `account`, the provider's token for it.
    pub async fn transfer(
        &self,
        reference: AttemptRef<Payout>,
        money: Money,
        account: &str,
    ) -> Outcome<ProviderTransfer> {
        let body = NewTransfer {
            reference: reference.to_string(),
            amount: money.amount,
            currency: money.currency,
            account: account.to_owned(),
        };
        let outcome: Outcome<Transfer> = self.post("/v1/transfers", &body).await;
        outcome.checked(ProviderTransfer::checked).checked(|transfer| {
            require("reference", transfer.reference == reference)?;
            require("amount", transfer.money == money)?;
            require("account", transfer.account == account)?;
            Ok(transfer)
        })
    }

    /// The transfer with this reference, if the provider has one.
    pub async fn find_transfer(&self, reference: AttemptRef<Payout>) -> Outcome<Option<ProviderTransfer>> {
        let found = self.find("transfers", &reference).await;
        let found = found.checked(|transfer| transfer.map(ProviderTransfer::checked).transpose());
        found.checked(|transfer| {
            require(
                "reference",
                transfer.as_ref().is_none_or(|t| t.reference == reference),
            )?;
            Ok(transfer)
        })
    }

    /// Settles what is captured or refunded and not yet settled. `reference` is the caller's name of the
    /// settlement (such as the day); the same one gives the same report.
    pub async fn settle(&self, reference: &str) -> Outcome<Settlement> {
        let body = NewSettlement {
            reference: reference.to_owned(),
        };
        let outcome: Outcome<Settlement> = self.post("/v1/settle", &body).await;
        outcome.checked(|settlement| {
            require("reference", settlement.reference == reference)?;
            let adds_up = |line: &crate::protocol::SettlementLine| {
                let off = [line.refunded, line.charged_back, line.fees].map(i128::from);
                i128::from(line.gross) - off.into_iter().sum::<i128>() == i128::from(line.net)
            };
            require("net", settlement.lines.iter().all(adds_up))?;
            Ok(settlement)
        })
    }

    /// The whole book, all pages of one version. A book that never stands still is unknown.
    pub async fn book(&self) -> Outcome<Book> {
        for _ in 0..BOOK_TRIES {
            match self.book_of_one_version().await {
                Outcome::Done(Some(book)) => return Outcome::Done(book),
                Outcome::Done(None) => {}
                Outcome::Refused(refusal) => return Outcome::Refused(refusal),
                Outcome::Unknown(cause) => return Outcome::Unknown(cause),
            }
        }
        Outcome::Unknown(UnknownCause::Answer(
            "the book changed while it was read".to_owned(),
        ))
    }

    /// `None` when the book changed between two pages.
    async fn book_of_one_version(&self) -> Outcome<Option<Book>> {
        let mut entries = Vec::new();
        let mut version = None;
        let mut after = 0;
        loop {
            let path = format!("/v1/book?after={after}");
            let page: BookPage = match self.call(Method::GET, &path, None).await {
                Outcome::Done(page) => page,
                Outcome::Refused(refusal) => return Outcome::Refused(refusal),
                Outcome::Unknown(cause) => return Outcome::Unknown(cause),
            };
            if *version.get_or_insert(page.version) != page.version {
                return Outcome::Done(None);
            }
            let advances = !page.entries.is_empty();
            entries.extend(page.entries);
            match page.next {
                // Only entries carry the reading on, so it ends.
                Some(next) if advances && next == entries.len() as u64 => after = next,
                Some(_) => return Outcome::Unknown(UnknownCause::Answer("next is not the next".to_owned())),
                None => {
                    return Outcome::Done(Some(Book {
                        totals: page.totals,
                        entries,
                    }));
                }
            }
        }
    }

    /// What has the reference; more than one would mean that a reference does not name one thing.
    async fn find<T: DeserializeOwned>(
        &self,
        what: &str,
        reference: &(dyn fmt::Display + Sync),
    ) -> Outcome<Option<T>> {
        let path = format!("/v1/{what}?reference={reference}");
        let outcome: Outcome<Found<T>> = self.call(Method::GET, &path, None).await;
        outcome.checked(|mut found| {
            require("data", found.data.len() <= 1)?;
            Ok(found.data.pop())
        })
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Outcome<T> {
        let body = serde_json::to_vec(body).expect("the protocol's own types can be written as JSON");
        self.call(Method::POST, path, Some(body)).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Outcome<T> {
        let url = format!("{}{path}", self.base);
        let mut request = self
            .http
            .request(method, url)
            .header(AUTHORIZATION, self.bearer.clone());
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Outcome::Unknown(transport_cause(&error)),
        };
        let status = response.status();
        match http_client::read_bounded(response, MOST_ANSWER_BYTES).await {
            Ok(body) => read_answer(status, &body),
            Err(ReadError::Transport(error)) => Outcome::Unknown(transport_cause(&error)),
            Err(ReadError::TooLong) => Outcome::Unknown(UnknownCause::Answer("too long".to_owned())),
        }
    }
}

fn new_payment(
    reference: PaymentAttemptId,
    money: Money,
    description: &str,
    webhook_url: Option<&str>,
    return_url: Option<&str>,
) -> NewPayment {
    NewPayment {
        reference: reference.to_string(),
        amount: money.amount,
        currency: money.currency,
        description: description.to_owned(),
        webhook_url: webhook_url.map(str::to_owned),
        return_url: return_url.map(str::to_owned),
    }
}

/// A "no" is believed only with a status that means one *and* the provider's own words: a proxy's error
/// page, a wrong key or a rate limit says nothing about the money.
fn read_answer<T: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Outcome<T> {
    if status.is_success() {
        return match serde_json::from_slice(body) {
            Ok(value) => Outcome::Done(value),
            Err(error) => Outcome::Unknown(UnknownCause::Answer(shortened(error.to_string()))),
        };
    }
    let means_no = matches!(status.as_u16(), 400 | 409 | 422);
    match serde_json::from_slice::<ErrorAnswer>(body) {
        Ok(answer) if means_no && answer.code == REFERENCE_REUSED => {
            Outcome::Unknown(UnknownCause::ReferenceReused)
        }
        Ok(answer) if means_no => Outcome::Refused(Refusal {
            code: shortened(answer.code),
            message: shortened(answer.message),
        }),
        _ => Outcome::Unknown(UnknownCause::Status(status.as_u16())),
    }
}

fn transport_cause(error: &reqwest::Error) -> UnknownCause {
    if error.is_timeout() {
        return UnknownCause::Timeout;
    }
    // The outermost text only repeats the address; the innermost says what happened.
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    UnknownCause::Connection(shortened(innermost.to_string()))
}

fn require(field: &'static str, holds: bool) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(field) }
}
