//! A person's account is closed, and what they were told and asked goes with it.

use convert::ErasePerson;
use kernel::Ctx;
use store::{Fail, Tx, sql};

/// Erases the consumer who acts, as [`feedback::erase_person`] does, their messages, and their conversations with all that
/// either side wrote in them.
pub fn erase_person(tx: &mut Tx, ctx: &Ctx, cmd: &ErasePerson) -> Result<(), Fail> {
    let person = feedback::erase_person(tx, ctx, cmd)?;
    // Claimed first, so that an answer at this moment is either there to be erased or finds nothing.
    tx.claim(sql!(
        "UPDATE conversation SET version = version + 1 WHERE person_id = $1",
        person
    ))?;
    tx.claims([
        sql!("DELETE FROM message WHERE person_id = $1", person),
        sql!(
            "DELETE FROM chat_picture WHERE conversation_id IN (SELECT id FROM conversation WHERE person_id = $1)",
            person
        ),
        sql!(
            "DELETE FROM chat_message WHERE conversation_id IN (SELECT id FROM conversation WHERE person_id = $1)",
            person
        ),
        sql!("DELETE FROM conversation WHERE person_id = $1", person),
    ])?;
    Ok(())
}
