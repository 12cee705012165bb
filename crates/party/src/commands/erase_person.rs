//! Forgets who somebody is. The id stays, with everything that money hangs on; what identifies goes.

use kernel::{Ctx, PersonId};
use store::{Fail, Lock, Tx, sql};

use crate::events::PersonErased;
use crate::{PERSON_HAS_ROLE, account, queries, require_consumer};

/// A step of others' commands: erases the acting person's addresses, name, pictures, devices, memberships and sessions, so that nobody can
/// sign in as them any more, and gives who it was. Rejects somebody who works for a merchant or the platform.
/// The last one-time code of an address, which carries its limits, is forgotten within two days.
pub fn erase_person(tx: &mut Tx, ctx: &Ctx) -> Result<PersonId, Fail> {
    let person = require_consumer(ctx)?;
    tx.lock(&[Lock::row("person", person)]);
    let grants = queries::grants(tx, person)?;
    if grants.operator.is_some() || !grants.staff.is_empty() {
        return Err(PERSON_HAS_ROLE.plain().into());
    }
    tx.tell(sql!(
        "UPDATE person SET erased_at = $1 WHERE id = $2",
        ctx.now,
        person
    ))?;
    tx.claims([
        sql!("DELETE FROM person_contact WHERE person_id = $1", person),
        sql!("DELETE FROM person_profile WHERE person_id = $1", person),
        sql!("DELETE FROM media WHERE owner_id = $1", person),
        sql!("DELETE FROM person_device WHERE person_id = $1", person),
        sql!("DELETE FROM member WHERE person_id = $1", person),
    ])?;
    account::delete_sessions(tx, person)?;
    // A person has no version; the time grows just as well.
    tx.emit(ctx, person, ctx.now.0, &PersonErased { person })?;
    Ok(person)
}
