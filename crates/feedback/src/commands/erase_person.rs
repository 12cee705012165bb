//! A person's account is closed, and what they wrote goes with it. Their stars stay: they say nothing of
//! who gave them.

use convert::ErasePerson;
use kernel::Ctx;
use store::{Fail, Tx, sql};

/// Erases the consumer who acts, as [`convert::erase_person`] does, and the words of their reviews.
pub fn erase_person(tx: &mut Tx, ctx: &Ctx, cmd: &ErasePerson) -> Result<(), Fail> {
    let person = convert::erase_person(tx, ctx, cmd)?;
    tx.claim(sql!(
        "UPDATE review SET text = '', version = version + 1 WHERE person_id = $1 AND text <> ''",
        person
    ))?;
    Ok(())
}
