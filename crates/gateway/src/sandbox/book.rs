//! The sandbox's memory, and the rules by which payments and refunds move in it. Plain functions over
//! plain values that check everything and then write; no I/O, no clock, no randomness but the seed. All
//! of it is gone when the process ends.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use kernel::{BasisPoints, Timestamp};
use sha2::Sha256;

use super::error::ApiError;
use super::rules;
use crate::protocol::{
    BookEntry, BookTotals, Changes, Chargeback, NewPayment, NewPayments, NewRefund, Pay, PayOutcome, Payment,
    PaymentStatus, PaymentsTogether, Refund, RefundStatus, Reversal, Settlement, Transfer,
};

/// Keeps every total within 64 bits: 8,000,000 entries of at most 10^12 minor units.
const MOST_ENTRIES: usize = 8_000_000;

/// Changes that are told at once.
const MOST_CHANGES: usize = 100;

/// Something that became final, for the webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct News {
    /// The event's id, the same at each delivery.
    pub(super) id: String,
    /// When it became final.
    pub(super) at: Timestamp,
    /// What became final, as it is now.
    pub(super) subject: BookEntry,
    /// Where the payment wants its news to go; else to the configured address.
    pub(super) url: Option<String>,
}

/// A thing under a reference, and whether this call made it.
#[derive(Debug)]
pub(super) struct Made<T> {
    pub(super) value: T,
    pub(super) is_new: bool,
}

pub(super) struct Book {
    pub(super) fee: BasisPoints,
    /// Pages for payers are at `{pay_base}/{payment id}`.
    pay_base: String,
    seed: [u8; 32],
    drawn: u64,
    pub(super) version: u64,
    pub(super) entries: Vec<BookEntry>,
    /// Where in `entries` something is, by its id.
    place_of: HashMap<String, usize>,
    webhook_url_of: HashMap<String, String>,
    payment_named: HashMap<String, usize>,
    refund_named: HashMap<String, usize>,
    pub(super) transfer_named: HashMap<String, usize>,
    pub(super) settlements: HashMap<String, Settlement>,
    /// The totals of a version, so that each page need not add up the whole book.
    pub(super) totals_of: Option<(u64, Vec<BookTotals>)>,
    /// Tells the changes of this book from those of another start.
    epoch: String,
    /// Of each change of a payment, where in `entries` that is.
    changes: Vec<usize>,
    /// What the payer decided about a payment, so that the same decision can be sent twice.
    pay_of: HashMap<String, Pay>,
}

impl Book {
    /// An empty book. The seed makes ids that nobody can guess; each start needs a new one, or ids that
    /// others still remember would come again.
    pub(super) fn new(fee: BasisPoints, pay_base: String, seed: [u8; 32]) -> Self {
        let mut book = Self {
            fee,
            pay_base,
            seed,
            drawn: 0,
            version: 0,
            entries: Vec::new(),
            place_of: HashMap::new(),
            webhook_url_of: HashMap::new(),
            payment_named: HashMap::new(),
            refund_named: HashMap::new(),
            transfer_named: HashMap::new(),
            settlements: HashMap::new(),
            totals_of: None,
            epoch: String::new(),
            changes: Vec::new(),
            pay_of: HashMap::new(),
        };
        book.epoch = book.draw_id("sbook");
        book
    }

    /// The payment that was asked for before, if this is the same. Refuses what breaks a rule.
    fn known(&self, new: &NewPayment) -> Result<Option<&Payment>, ApiError> {
        rules::payment(new)?;
        let Some(known) = self.payment_named(&new.reference) else {
            return Ok(None);
        };
        let same = (
            known.amount,
            known.currency,
            &known.description,
            self.webhook_url_of.get(&known.id),
        ) == (
            new.amount,
            new.currency,
            &new.description,
            new.webhook_url.as_ref(),
        );
        if same {
            Ok(Some(known))
        } else {
            Err(ApiError::reference_reused(&new.reference))
        }
    }

    /// All of them or none.
    pub(super) fn create_together(
        &mut self,
        new: NewPayments,
        now: Timestamp,
    ) -> Result<PaymentsTogether, ApiError> {
        rules::together(&new.payments)?;
        for payment in &new.payments {
            self.known(payment)?;
        }
        self.check_room()?;
        let created = new.payments.into_iter().map(|new| self.create_payment(new, now));
        let payments: Vec<Payment> = created.collect::<Result<_, _>>()?;
        let ids: Vec<&str> = payments.iter().map(|payment| payment.id.as_str()).collect();
        Ok(PaymentsTogether {
            pay_url: format!("{}/{}", self.pay_base, ids.join(",")),
            payments,
        })
    }

    pub(super) fn create_payment(&mut self, new: NewPayment, now: Timestamp) -> Result<Payment, ApiError> {
        if let Some(known) = self.known(&new)? {
            return Ok(known.clone());
        }
        self.check_room()?;
        let id = self.draw_id("spay");
        let payment = Payment {
            pay_url: format!("{}/{id}", self.pay_base),
            return_url: new.return_url,
            id,
            reference: new.reference,
            status: PaymentStatus::Pending,
            amount: new.amount,
            currency: new.currency,
            description: new.description,
            refunded: 0,
            chargeback: None,
            fee: 0,
            settlement: None,
            instrument_fingerprint: None,
            failure: None,
            created_at: now,
        };
        if let Some(url) = new.webhook_url {
            self.webhook_url_of.insert(payment.id.clone(), url);
        }
        self.remember(payment.clone());
        Ok(payment)
    }

    /// Enters a payment as it is, with its page here.
    pub(super) fn remember(&mut self, mut payment: Payment) {
        payment.pay_url = format!("{}/{}", self.pay_base, payment.id);
        self.payment_named
            .insert(payment.reference.clone(), self.entries.len());
        self.add(payment.id.clone(), BookEntry::Payment(payment));
    }

    /// The payer's decision. The same one again changes nothing; another one comes too late.
    pub(super) fn pay(
        &mut self,
        id: &str,
        pay: Pay,
        fingerprint: String,
        now: Timestamp,
    ) -> Result<(Payment, Option<News>), ApiError> {
        rules::name("instrument", &pay.instrument)?;
        let event = self.draw_id("sevt");
        let payment = self
            .payment_mut(id)
            .ok_or_else(|| ApiError::not_found("payment"))?;
        if payment.status != PaymentStatus::Pending {
            let payment = payment.clone();
            let again = self.pay_of.get(id) == Some(&pay);
            let late = ApiError::conflict("payment_final", "this payment is already paid or declined");
            return if again { Ok((payment, None)) } else { Err(late) };
        }
        payment.instrument_fingerprint = Some(fingerprint);
        match pay.outcome {
            PayOutcome::Succeed => payment.status = PaymentStatus::Succeeded,
            PayOutcome::Decline => {
                payment.status = PaymentStatus::Failed;
                payment.failure = Some("declined by the payer's bank".to_owned());
            }
        }
        let payment = payment.clone();
        self.pay_of.insert(id.to_owned(), pay);
        Ok((payment.clone(), Some(self.changed(payment, event, now))))
    }

    /// The payer's decision about all of these that wait for one; if none does, as about the first.
    pub(super) fn pay_together(
        &mut self,
        ids: &[&str],
        pay: &Pay,
        fingerprint: &str,
        now: Timestamp,
    ) -> Result<Vec<News>, ApiError> {
        let mut waiting = Vec::new();
        for payment in self.payments(ids)? {
            if payment.status == PaymentStatus::Pending {
                waiting.push(payment.id.clone());
            }
        }
        if waiting.is_empty() {
            waiting.extend(ids.first().map(|id| (*id).to_owned()));
        }
        let mut news = Vec::new();
        for id in waiting {
            news.extend(self.pay(&id, pay.clone(), fingerprint.to_owned(), now)?.1);
        }
        Ok(news)
    }

    /// Notes that a payment is another one now. Gives the news of it.
    fn changed(&mut self, payment: Payment, event: String, now: Timestamp) -> News {
        self.version += 1;
        self.changes.extend(self.place_of.get(&payment.id));
        News {
            id: event,
            at: now,
            url: self.webhook_url_of.get(&payment.id).cloned(),
            subject: BookEntry::Payment(payment),
        }
    }

    /// The payer's bank takes back all that was not refunded. Once: again changes nothing.
    pub(super) fn charge_back(
        &mut self,
        id: &str,
        now: Timestamp,
    ) -> Result<(Payment, Option<News>), ApiError> {
        let event = self.draw_id("sevt");
        let payment = self
            .payment_mut(id)
            .ok_or_else(|| ApiError::not_found("payment"))?;
        if payment.chargeback.is_some() {
            return Ok((payment.clone(), None));
        }
        let amount = payment.amount - payment.refunded;
        if payment.status != PaymentStatus::Succeeded || amount == 0 {
            let message = "nothing is left of this payment that a bank could take back";
            return Err(ApiError::conflict("nothing_to_charge_back", message));
        }
        payment.chargeback = Some(Chargeback {
            amount,
            settlement: None,
            reversal: None,
        });
        let payment = payment.clone();
        Ok((payment.clone(), Some(self.changed(payment, event, now))))
    }

    /// The dispute is won: the payer's bank gives back what it took. Once: again changes nothing.
    pub(super) fn reverse_chargeback(
        &mut self,
        id: &str,
        now: Timestamp,
    ) -> Result<(Payment, Option<News>), ApiError> {
        let event = self.draw_id("sevt");
        let payment = self
            .payment_mut(id)
            .ok_or_else(|| ApiError::not_found("payment"))?;
        let message = "the payer's bank has taken nothing of this payment back";
        let chargeback = payment
            .chargeback
            .as_mut()
            .ok_or_else(|| ApiError::conflict("not_charged_back", message))?;
        if chargeback.reversal.is_some() {
            return Ok((payment.clone(), None));
        }
        chargeback.reversal = Some(Reversal { settlement: None });
        let payment = payment.clone();
        Ok((payment.clone(), Some(self.changed(payment, event, now))))
    }

    /// What changed after a place that was told before; another book's place is the beginning.
    pub(super) fn changes_after(&self, after: &str) -> Changes {
        let epoch = &self.epoch;
        let known = after
            .strip_prefix(epoch)
            .and_then(|place| place.strip_prefix('-')?.parse().ok());
        let start = known.unwrap_or(0).min(self.changes.len());
        let end = (start + MOST_CHANGES).min(self.changes.len());
        let payments = self.changes[start..end]
            .iter()
            .filter_map(|place| match &self.entries[*place] {
                BookEntry::Payment(payment) => Some(payment.clone()),
                BookEntry::Refund(_) | BookEntry::Transfer(_) => None,
            });
        Changes {
            data: payments.collect(),
            next: format!("{epoch}-{end}"),
        }
    }

    /// Accepts a refund, unless `refuse` or more would go back than was captured.
    pub(super) fn create_refund(
        &mut self,
        new: NewRefund,
        refuse: bool,
        now: Timestamp,
    ) -> Result<Made<Refund>, ApiError> {
        rules::refund(&new)?;
        if let Some(known) = self.refund_named(&new.reference) {
            let same =
                (&known.payment, known.amount, known.currency) == (&new.payment, new.amount, new.currency);
            let value = known.clone();
            let reused = ApiError::reference_reused(&new.reference);
            return if same {
                Ok(Made { value, is_new: false })
            } else {
                Err(reused)
            };
        }
        if refuse {
            return Err(ApiError::refused(
                "refund_refused",
                "the provider takes no refunds at the moment",
            ));
        }
        self.check_room()?;
        let id = self.draw_id("sref");
        let payment = self
            .payment_mut(&new.payment)
            .ok_or_else(|| ApiError::refused("payment_unknown", "there is no such payment"))?;
        check_refundable(payment, &new)?;
        payment.refunded += new.amount;
        let refund = Refund {
            id,
            reference: new.reference,
            payment: new.payment,
            status: RefundStatus::Pending,
            amount: new.amount,
            currency: new.currency,
            settlement: None,
            failure: None,
            created_at: now,
        };
        self.refund_named
            .insert(refund.reference.clone(), self.entries.len());
        self.add(refund.id.clone(), BookEntry::Refund(refund.clone()));
        Ok(Made {
            value: refund,
            is_new: true,
        })
    }

    /// The end of a pending refund. A failed one can be refunded again, under another reference.
    pub(super) fn finish_refund(&mut self, id: &str, fails: bool, now: Timestamp) -> Option<(Refund, News)> {
        let event = self.draw_id("sevt");
        let refund = match self.entry_mut(id)? {
            BookEntry::Refund(refund) if refund.status == RefundStatus::Pending => refund,
            BookEntry::Payment(_) | BookEntry::Refund(_) | BookEntry::Transfer(_) => return None,
        };
        refund.status = if fails {
            RefundStatus::Failed
        } else {
            RefundStatus::Succeeded
        };
        refund.failure = fails.then(|| "the payer's account does not take it".to_owned());
        let refund = refund.clone();
        if fails {
            self.payment_mut(&refund.payment)?.refunded -= refund.amount;
        }
        self.version += 1;
        let url = self.webhook_url_of.get(&refund.payment).cloned();
        let subject = BookEntry::Refund(refund.clone());
        Some((
            refund,
            News {
                id: event,
                at: now,
                subject,
                url,
            },
        ))
    }

    /// The payments with these ids, all of them.
    pub(super) fn payments(&self, ids: &[&str]) -> Result<Vec<&Payment>, ApiError> {
        let found = ids
            .iter()
            .map(|id| self.payment(id).ok_or_else(|| ApiError::not_found("payment")));
        found.collect()
    }

    pub(super) fn payment(&self, id: &str) -> Option<&Payment> {
        match self.place_of.get(id).map(|place| &self.entries[*place])? {
            BookEntry::Payment(payment) => Some(payment),
            BookEntry::Refund(_) | BookEntry::Transfer(_) => None,
        }
    }

    pub(super) fn payment_named(&self, reference: &str) -> Option<&Payment> {
        match &self.entries[*self.payment_named.get(reference)?] {
            BookEntry::Payment(payment) => Some(payment),
            BookEntry::Refund(_) | BookEntry::Transfer(_) => None,
        }
    }

    pub(super) fn refund_named(&self, reference: &str) -> Option<&Refund> {
        match &self.entries[*self.refund_named.get(reference)?] {
            BookEntry::Refund(refund) => Some(refund),
            BookEntry::Payment(_) | BookEntry::Transfer(_) => None,
        }
    }

    pub(super) fn transfer_named(&self, reference: &str) -> Option<&Transfer> {
        match &self.entries[*self.transfer_named.get(reference)?] {
            BookEntry::Transfer(transfer) => Some(transfer),
            BookEntry::Payment(_) | BookEntry::Refund(_) => None,
        }
    }

    /// A name that nobody can guess: HMAC-SHA256 of a counter under the seed, cut to 128 bits.
    pub(super) fn draw_id(&mut self, prefix: &str) -> String {
        self.drawn += 1;
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.seed).expect("HMAC takes a key of any length");
        mac.update(&self.drawn.to_le_bytes());
        format!("{prefix}_{}", super::hex_of_16(&mac.finalize().into_bytes()))
    }

    pub(super) fn add(&mut self, id: String, entry: BookEntry) {
        self.version += 1;
        self.place_of.insert(id, self.entries.len());
        self.entries.push(entry);
    }

    pub(super) fn check_room(&self) -> Result<(), ApiError> {
        if self.entries.len() < MOST_ENTRIES {
            return Ok(());
        }
        let message = format!("the sandbox keeps at most {MOST_ENTRIES} entries in memory: start it afresh");
        Err(ApiError::new(
            axum::http::StatusCode::INSUFFICIENT_STORAGE,
            "book_full",
            message,
        ))
    }

    pub(super) fn entry_mut(&mut self, id: &str) -> Option<&mut BookEntry> {
        self.place_of.get(id).map(|place| &mut self.entries[*place])
    }

    fn payment_mut(&mut self, id: &str) -> Option<&mut Payment> {
        match self.entry_mut(id)? {
            BookEntry::Payment(payment) => Some(payment),
            BookEntry::Refund(_) | BookEntry::Transfer(_) => None,
        }
    }
}

fn check_refundable(payment: &Payment, new: &NewRefund) -> Result<(), ApiError> {
    if payment.status != PaymentStatus::Succeeded {
        let message = "nothing was paid, so nothing goes back";
        return Err(ApiError::refused("payment_not_captured", message));
    }
    if payment.currency != new.currency {
        let message = format!("the payment is in {}", payment.currency.code());
        return Err(ApiError::refused("currency_mismatch", message));
    }
    let left = payment.amount - payment.refunded - payment.lost();
    if new.amount > left {
        let message = format!("{left} minor units of the payment can still be refunded");
        return Err(ApiError::conflict("refund_exceeds_captured", message));
    }
    Ok(())
}
