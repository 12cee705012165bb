//! A person's account is closed, and what they wrote and showed goes with it. Their stars stay: they say nothing of
//! who gave them.

use convert::ErasePerson;
use kernel::{Ctx, PersonId};
use store::{Fail, Tx, sql};

/// Erases the consumer who acts, as [`consume::erase_person`] does, and the words and pictures of
/// their reviews and complaints, and gives who it was.
pub fn erase_person(tx: &mut Tx, ctx: &Ctx, cmd: &ErasePerson) -> Result<PersonId, Fail> {
    let person = consume::erase_person(tx, ctx, cmd)?;
    tx.claim(sql!(
        "UPDATE review SET text = '', media = '[]', version = version + 1
         WHERE person_id = $1 AND (text <> '' OR media <> '[]')",
        person
    ))?;
    tx.claim(sql!(
        "UPDATE complaint_step SET text = '', media = '[]' WHERE person_id = $1 AND side = 'guest'",
        person
    ))?;
    Ok(person)
}
