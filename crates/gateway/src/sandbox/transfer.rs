//! Payouts to merchants in the sandbox's book. Whether the merchant has earned the money is not asked.

use kernel::Timestamp;

use super::book::{Book, Made, News};
use super::error::ApiError;
use super::rules;
use crate::protocol::{BookEntry, NewTransfer, Transfer, TransferStatus};

impl Book {
    /// Accepts a payout to a merchant, unless `refuse`. It does not ask whether the platform has the
    /// money at the provider: subsidies come from elsewhere.
    pub(super) fn create_transfer(
        &mut self,
        new: NewTransfer,
        refuse: bool,
        now: Timestamp,
    ) -> Result<Made<Transfer>, ApiError> {
        rules::transfer(&new)?;
        if let Some(known) = self.transfer_named(&new.reference) {
            let same =
                (&known.account, known.amount, known.currency) == (&new.account, new.amount, new.currency);
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
                "transfer_refused",
                "the provider takes no transfers at the moment",
            ));
        }
        self.check_room()?;
        let transfer = Transfer {
            id: self.draw_id("strf"),
            reference: new.reference,
            status: TransferStatus::Pending,
            amount: new.amount,
            currency: new.currency,
            account: new.account,
            failure: None,
            created_at: now,
        };
        self.transfer_named
            .insert(transfer.reference.clone(), self.entries.len());
        self.add(transfer.id.clone(), BookEntry::Transfer(transfer.clone()));
        Ok(Made {
            value: transfer,
            is_new: true,
        })
    }

    /// The end of a pending transfer. One to an account that starts with `closed-` always fails.
    pub(super) fn finish_transfer(
        &mut self,
        id: &str,
        fails: bool,
        now: Timestamp,
    ) -> Option<(Transfer, News)> {
        let event = self.draw_id("sevt");
        let transfer = match self.entry_mut(id)? {
            BookEntry::Transfer(transfer) if transfer.status == TransferStatus::Pending => transfer,
            BookEntry::Payment(_) | BookEntry::Refund(_) | BookEntry::Transfer(_) => return None,
        };
        let fails = fails || transfer.account.starts_with("closed-");
        transfer.status = if fails {
            TransferStatus::Failed
        } else {
            TransferStatus::Paid
        };
        transfer.failure = fails.then(|| "the account does not take it".to_owned());
        let transfer = transfer.clone();
        self.version += 1;
        let subject = BookEntry::Transfer(transfer.clone());
        Some((
            transfer,
            News {
                id: event,
                at: now,
                subject,
                url: None,
            },
        ))
    }
}
