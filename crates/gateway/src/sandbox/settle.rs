//! The sandbox's accounts: what a settlement pays to the platform's bank, and the book that an auditor
//! compares with Qiao's ledger. Sums are over the entries themselves, not over counters kept beside them.

use std::collections::BTreeMap;

use kernel::{Currency, Timestamp};

use super::book::Book;
use super::error::ApiError;
use super::rules;
use crate::protocol::{
    BookEntry, BookPage, BookTotals, Chargeback, NewSettlement, PaymentStatus, RefundStatus, Settlement,
    SettlementLine, TransferStatus,
};

/// Entries on one page of the book.
const PAGE_ENTRIES: usize = 1_000;

impl Book {
    /// Settles all that is captured, refunded or charged back and in no settlement yet. The fee is a share of each
    /// payment, rounded half up, and is not given back with a refund.
    pub(super) fn settle(&mut self, new: NewSettlement, now: Timestamp) -> Result<Settlement, ApiError> {
        rules::reference(&new.reference)?;
        if let Some(known) = self.settlements.get(&new.reference) {
            return Ok(known.clone());
        }
        let id = self.draw_id("sset");
        let fee = self.fee;
        let mut lines: BTreeMap<&'static str, SettlementLine> = BTreeMap::new();
        for entry in &mut self.entries {
            match entry {
                BookEntry::Payment(payment) if payment.status == PaymentStatus::Succeeded => {
                    if payment.settlement.is_some() && !has_unsettled(payment.chargeback.as_ref()) {
                        continue;
                    }
                    let line = lines
                        .entry(payment.currency.code())
                        .or_insert(empty_line(payment.currency));
                    if payment.settlement.is_none() {
                        payment.fee = fee.of(payment.amount);
                        payment.settlement = Some(id.clone());
                        line.payments += 1;
                        line.gross += payment.amount;
                        line.fees += payment.fee;
                    }
                    if let Some(chargeback) = &mut payment.chargeback {
                        settle_chargeback(chargeback, &id, line);
                    }
                }
                BookEntry::Refund(refund)
                    if refund.status == RefundStatus::Succeeded && refund.settlement.is_none() =>
                {
                    refund.settlement = Some(id.clone());
                    let line = lines
                        .entry(refund.currency.code())
                        .or_insert(empty_line(refund.currency));
                    line.refunds += 1;
                    line.refunded += refund.amount;
                }
                BookEntry::Payment(_) | BookEntry::Refund(_) | BookEntry::Transfer(_) => {}
            }
        }
        let mut lines: Vec<SettlementLine> = lines.into_values().collect();
        for line in &mut lines {
            line.net = line.gross - line.refunded - line.charged_back - line.fees;
        }
        let settlement = Settlement {
            id,
            reference: new.reference,
            lines,
            created_at: now,
        };
        self.settlements
            .insert(settlement.reference.clone(), settlement.clone());
        self.version += 1;
        Ok(settlement)
    }

    /// The entries after the first `after`, with the totals of the whole book.
    pub(super) fn page(&mut self, after: u64) -> BookPage {
        let start = usize::try_from(after)
            .unwrap_or(usize::MAX)
            .min(self.entries.len());
        let end = (start + PAGE_ENTRIES).min(self.entries.len());
        BookPage {
            version: self.version,
            totals: self.totals(),
            entries: self.entries[start..end].to_vec(),
            next: (end < self.entries.len()).then_some(end as u64),
        }
    }

    fn totals(&mut self) -> Vec<BookTotals> {
        match &self.totals_of {
            Some((version, totals)) if *version == self.version => totals.clone(),
            Some(_) | None => {
                let totals = self.add_up();
                self.totals_of = Some((self.version, totals.clone()));
                totals
            }
        }
    }

    fn add_up(&self) -> Vec<BookTotals> {
        let mut totals: BTreeMap<&'static str, BookTotals> = BTreeMap::new();
        for entry in &self.entries {
            match entry {
                BookEntry::Payment(payment) => {
                    let of = of_currency(&mut totals, payment.currency);
                    if payment.status == PaymentStatus::Succeeded {
                        of.captured += payment.amount;
                        of.fees += payment.fee;
                    }
                    of.charged_back += payment.lost();
                }
                BookEntry::Refund(refund) => {
                    let of = of_currency(&mut totals, refund.currency);
                    if refund.status == RefundStatus::Succeeded {
                        of.refunded += refund.amount;
                    }
                }
                BookEntry::Transfer(transfer) => {
                    let of = of_currency(&mut totals, transfer.currency);
                    if transfer.status == TransferStatus::Paid {
                        of.transferred += transfer.amount;
                    }
                }
            }
        }
        for line in self.settlements.values().flat_map(|settlement| &settlement.lines) {
            of_currency(&mut totals, line.currency).settled_net += line.net;
        }
        let mut totals: Vec<BookTotals> = totals.into_values().collect();
        for of in &mut totals {
            of.held = of.captured - of.refunded - of.charged_back - of.fees - of.settled_net;
        }
        totals
    }
}

/// Whether a settlement is still to take a chargeback off, or to pay its reversal.
fn has_unsettled(chargeback: Option<&Chargeback>) -> bool {
    chargeback.is_some_and(|chargeback| {
        let reversal = chargeback.reversal.as_ref();
        chargeback.settlement.is_none() || reversal.is_some_and(|reversal| reversal.settlement.is_none())
    })
}

fn settle_chargeback(chargeback: &mut Chargeback, settlement: &str, line: &mut SettlementLine) {
    if chargeback.settlement.is_none() {
        chargeback.settlement = Some(settlement.to_owned());
        line.chargebacks += 1;
        line.charged_back += chargeback.amount;
    }
    if let Some(reversal) = &mut chargeback.reversal
        && reversal.settlement.is_none()
    {
        reversal.settlement = Some(settlement.to_owned());
        line.charged_back -= chargeback.amount;
    }
}

fn of_currency<'a>(
    totals: &'a mut BTreeMap<&'static str, BookTotals>,
    currency: Currency,
) -> &'a mut BookTotals {
    totals.entry(currency.code()).or_insert(BookTotals {
        currency,
        captured: 0,
        refunded: 0,
        charged_back: 0,
        fees: 0,
        settled_net: 0,
        held: 0,
        transferred: 0,
    })
}

fn empty_line(currency: Currency) -> SettlementLine {
    SettlementLine {
        currency,
        payments: 0,
        refunds: 0,
        chargebacks: 0,
        gross: 0,
        refunded: 0,
        charged_back: 0,
        fees: 0,
        net: 0,
    }
}
