//! What a person may still spend of the rebates earned. The guard is in the update itself: nobody reads
//! first and writes then.

use kernel::{Currency, PersonId};
use store::{Fail, StorageError, Tx, sql};

/// Takes `amount` minor units from what a person can spend. `false`, and nothing is taken, if there is
/// less. The journal follows when the order is paid; [`give_back`] undoes it. One asked statement.
///
/// # Errors
/// A bug if the amount is negative.
pub fn spend(tx: &mut Tx, person: PersonId, currency: Currency, amount: i64) -> Result<bool, Fail> {
    check_amount(amount)?;
    if amount == 0 {
        return Ok(true);
    }
    let spent = tx.claim(sql!(
        "UPDATE rebate_balance SET spendable = spendable - $1
         WHERE person_id = $2 AND currency = $3 AND spendable >= $1",
        amount,
        person,
        currency
    ))?;
    Ok(spent == 1)
}

/// Takes as much as there is, at most `at_most` minor units, and says how much that was. One asked and
/// one told statement.
///
/// # Errors
/// A bug if the amount is negative.
pub fn spend_up_to(tx: &mut Tx, person: PersonId, currency: Currency, at_most: i64) -> Result<i64, Fail> {
    check_amount(at_most)?;
    // The update changes nothing but keeps everybody else out until the commit.
    let row = tx.one(sql!(
        "UPDATE rebate_balance SET spendable = spendable
         WHERE person_id = $1 AND currency = $2 AND spendable > 0 RETURNING spendable",
        person,
        currency
    ))?;
    let spendable = row.map_or(Ok(0), |mut row| row.take::<i64>())?;
    let taken = spendable.min(at_most);
    if taken > 0 {
        tx.tell(sql!(
            "UPDATE rebate_balance SET spendable = spendable - $1 WHERE person_id = $2 AND currency = $3",
            taken,
            person,
            currency
        ))?;
    }
    Ok(taken)
}

/// Adds `amount` minor units to what a person can spend: a rebate was posted, or what was spent is not
/// needed after all. One told statement.
///
/// # Errors
/// A bug if the amount is negative.
pub fn give_back(tx: &mut Tx, person: PersonId, currency: Currency, amount: i64) -> Result<(), Fail> {
    check_amount(amount)?;
    if amount == 0 {
        return Ok(());
    }
    tx.tell(sql!(
        "INSERT INTO rebate_balance (person_id, currency, spendable) VALUES ($1, $2, $3)
         ON CONFLICT (person_id, currency) DO UPDATE SET spendable = rebate_balance.spendable + excluded.spendable",
        person,
        currency,
        amount
    ))?;
    Ok(())
}

fn check_amount(amount: i64) -> Result<(), StorageError> {
    if (0..=crate::MAX_LEG).contains(&amount) {
        return Ok(());
    }
    let message = format!(
        "{amount} is no amount of a rebate balance: it is 0 to {}",
        crate::MAX_LEG
    );
    Err(StorageError::bug(message))
}
