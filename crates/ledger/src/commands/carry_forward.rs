//! Carries entries forward into the balances of their accounts, so that nobody sums the whole journal.

use std::collections::BTreeMap;

use kernel::{Ctx, JournalEntryId};
use store::{Fail, Row, StorageError, Tx, sql};
use uuid::Uuid;

use crate::{Account, OwnerKind};

/// The most entries that one [`carry_forward`] takes.
pub const ENTRIES_AT_ONCE: u64 = 500;

/// Carries at most [`ENTRIES_AT_ONCE`] entries forward and gives how many. For Qiao itself.
pub fn carry_forward(tx: &mut Tx, ctx: &Ctx) -> Result<u64, Fail> {
    party::require_system(ctx)?;
    // Entries do not commit in the order of their ids or times, so none of these parts what is carried from what is
    // not: exactly what is deleted here is added below.
    let taken = tx.many(sql!(
        "DELETE FROM journal_uncarried WHERE entry_id IN
           (SELECT entry_id FROM journal_uncarried ORDER BY entry_id LIMIT $1) RETURNING entry_id",
        ENTRIES_AT_ONCE as i64
    ))?;
    let entries = taken.len() as u64;
    let mut legs = Vec::with_capacity(taken.len());
    for mut row in taken {
        legs.push(sql!(
            "SELECT owner_id, account, currency, layer, amount FROM journal_leg WHERE entry_id = $1",
            row.take::<JournalEntryId>()?
        ));
    }
    for ((owner, account, currency, layer), amount) in sums(tx.ask_all(legs)?)? {
        tx.tell(sql!(
            "INSERT INTO account_balance (owner_id, account, currency, layer, amount) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (owner_id, account, currency, layer)
             DO UPDATE SET amount = account_balance.amount + excluded.amount",
            owner,
            account,
            currency,
            layer,
            amount
        ))?;
    }
    Ok(entries)
}

/// A row of `account_balance`: owner, account, currency, layer.
type Key = (Uuid, Account, String, i64);

/// What legs come to, sorted, so that two nodes never wait for each other in a circle.
fn sums(entries: Vec<Vec<Row>>) -> Result<BTreeMap<Key, i64>, StorageError> {
    let mut sums = BTreeMap::new();
    for mut leg in entries.into_iter().flatten() {
        let (owner, account, currency, layer): Key = (leg.take()?, leg.take()?, leg.take()?, leg.take()?);
        let amount: i64 = leg.take()?;
        if account.owner_kind() == OwnerKind::Merchant {
            *sums.entry((owner, account, currency.clone(), layer)).or_default() += amount;
        }
        *sums.entry((Uuid::nil(), account, currency, layer)).or_default() += amount;
    }
    Ok(sums)
}
