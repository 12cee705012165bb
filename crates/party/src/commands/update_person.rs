//! What a person changes about themself.

use kernel::Ctx;
use store::{Fail, Tx, sql};

use crate::{check, require_consumer};

/// The most characters of a person's name.
pub(super) const MAX_PERSON_NAME: usize = 80;

/// What is `None` stays as it is.
#[derive(Debug, Clone)]
pub struct UpdatePerson {
    /// The name.
    pub name: Option<String>,
    /// BCP 47 language tag.
    pub locale: Option<String>,
}

/// Changes the acting person's own name and language.
pub fn update_person(tx: &mut Tx, ctx: &Ctx, cmd: &UpdatePerson) -> Result<(), Fail> {
    let person = require_consumer(ctx)?;
    if let Some(name) = &cmd.name {
        check::some_text("/name", name, MAX_PERSON_NAME)?;
    }
    if let Some(locale) = &cmd.locale {
        check::language_tag("/locale", locale)?;
    }
    if let Some(name) = &cmd.name {
        tx.tell(sql!(
            "INSERT INTO person_profile (person_id, name) VALUES ($1, $2)
             ON CONFLICT (person_id) DO UPDATE SET name = excluded.name",
            person,
            name.trim()
        ))?;
    }
    if let Some(locale) = &cmd.locale {
        tx.tell(sql!(
            "UPDATE person SET locale = $1 WHERE id = $2",
            locale,
            person
        ))?;
    }
    Ok(())
}
