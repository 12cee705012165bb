//! Makes somebody one of the platform's own people, from the command line of whoever runs Qiao: there is no
//! first administrator with a known password.

use kernel::{Ctx, PersonId};
use store::{Fail, Tx, sql};

use super::update_person::MAX_PERSON_NAME;
use crate::events::{OperatorGranted, OperatorRevoked};
use crate::model::OperatorRole;
use crate::{Contact, LOGIN_TAKEN, NOT_FOUND, account, check, require_system};

/// An operator, or an operator's new role and password.
#[derive(Debug, Clone)]
pub struct GrantOperator {
    /// The person's mail address.
    pub login: Contact,
    /// Argon2id in PHC form.
    pub password_hash: String,
    /// The person's name.
    pub name: String,
    /// As what.
    pub role: OperatorRole,
}

/// For the system alone. Somebody who is an operator already gets this role, name and password, and all
/// their sessions end. Rejects a login that belongs to somebody else.
pub fn grant_operator(tx: &mut Tx, ctx: &Ctx, cmd: &GrantOperator) -> Result<PersonId, Fail> {
    require_system(ctx)?;
    check::login(&cmd.login)?;
    check::some_text("/name", &cmd.name, MAX_PERSON_NAME)?;
    let person = match find_operator(tx, &cmd.login)? {
        Some(person) => change_operator(tx, cmd, person)?,
        None => {
            let person = account::claim_account(tx, ctx, &cmd.login, &cmd.password_hash, &cmd.name)?;
            tx.tell(sql!(
                "INSERT INTO operator (person_id, role, granted_at) VALUES ($1, $2, $3)",
                person,
                cmd.role.as_str(),
                ctx.now
            ))?;
            person
        }
    };
    // An operator has no version; the time grows just as well.
    let granted = OperatorGranted {
        person,
        role: cmd.role.as_str().to_owned(),
    };
    tx.emit(ctx, person, ctx.now.0, &granted)?;
    Ok(person)
}

fn find_operator(tx: &mut Tx, login: &Contact) -> Result<Option<PersonId>, Fail> {
    let row = tx.one(sql!(
        "SELECT p.person_id, o.role FROM password p LEFT JOIN operator o ON o.person_id = p.person_id
         WHERE p.login = $1",
        login.address()
    ))?;
    let Some(mut row) = row else { return Ok(None) };
    let (person, role): (PersonId, Option<String>) = (row.take()?, row.take()?);
    if role.is_none() {
        return Err(LOGIN_TAKEN.at("/login", LOGIN_TAKEN.title).into());
    }
    Ok(Some(person))
}

fn change_operator(tx: &mut Tx, cmd: &GrantOperator, person: PersonId) -> Result<PersonId, Fail> {
    account::check_hash(&cmd.password_hash)?;
    account::delete_sessions(tx, person)?;
    tx.tell(sql!(
        "UPDATE operator SET role = $1 WHERE person_id = $2",
        cmd.role.as_str(),
        person
    ))?;
    tx.tell(sql!(
        "UPDATE person_profile SET name = $1 WHERE person_id = $2",
        &cmd.name,
        person
    ))?;
    tx.tell(sql!(
        "UPDATE password SET hash = $1, misses = 0, locked_until = 0 WHERE login = $2",
        &cmd.password_hash,
        cmd.login.address()
    ))?;
    Ok(person)
}

/// An operator who is to be one no longer.
#[derive(Debug, Clone)]
pub struct RevokeOperator {
    /// The person's login.
    pub login: Contact,
}

/// For the system alone. Every session of the person ends and the login is free again.
pub fn revoke_operator(tx: &mut Tx, ctx: &Ctx, cmd: &RevokeOperator) -> Result<PersonId, Fail> {
    require_system(ctx)?;
    let row = tx.one(sql!(
        "DELETE FROM operator WHERE person_id IN (SELECT person_id FROM password WHERE login = $1)
         RETURNING person_id",
        cmd.login.address()
    ))?;
    let mut row = row.ok_or_else(|| NOT_FOUND.at("/login", "no operator has this login"))?;
    let person: PersonId = row.take()?;
    account::delete_sessions(tx, person)?;
    account::delete_unused_login(tx, person)?;
    tx.emit(ctx, person, ctx.now.0, &OperatorRevoked { person })?;
    Ok(person)
}
