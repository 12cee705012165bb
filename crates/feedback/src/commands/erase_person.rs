//! A person's account is closed, and what they wrote and showed goes with it. Their stars stay: they say nothing of
//! who gave them.

use convert::ErasePerson;
use kernel::{Ctx, PersonId};
use store::{Fail, Tx, sql};

use super::withdraw_complaint::withdrawal;
use crate::complaint::take_step;
use crate::{Complaint, queries};

/// Erases the consumer who acts, as [`consume::erase_person`] does, and the words and pictures of
/// their reviews and complaints, which nobody goes on with, and gives who it was.
pub fn erase_person(tx: &mut Tx, ctx: &Ctx, cmd: &ErasePerson) -> Result<PersonId, Fail> {
    let person = consume::erase_person(tx, ctx, cmd)?;
    for complaint in queries::running_complaints(tx, person)? {
        let complaint = Complaint::locked(tx, complaint)?;
        if complaint.is_running() {
            take_step(tx, ctx, &complaint, &withdrawal(&complaint))?;
        }
    }
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
