//! A person's account is closed, and what they were told goes with it.

use convert::ErasePerson;
use kernel::Ctx;
use store::{Fail, Tx, sql};

/// Erases the consumer who acts, as [`feedback::erase_person`] does, and their messages.
pub fn erase_person(tx: &mut Tx, ctx: &Ctx, cmd: &ErasePerson) -> Result<(), Fail> {
    let person = feedback::erase_person(tx, ctx, cmd)?;
    tx.claim(sql!("DELETE FROM message WHERE person_id = $1", person))?;
    Ok(())
}
