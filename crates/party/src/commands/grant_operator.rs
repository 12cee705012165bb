//! Makes somebody one of the platform's own people, and takes that away again. The first administrator is
//! made from the command line of whoever runs Qiao: there is none with a known password.

use kernel::{Actor, Ctx, PersonId};
use store::{Fail, Lock, Tx, sql};

use super::update_person::MAX_PERSON_NAME;
use crate::events::{OperatorGranted, OperatorRevoked};
use crate::model::OperatorRole;
use crate::{
    Contact, LOGIN_TAKEN, NOT_FOUND, OPERATOR_LAST_ADMIN, OPERATOR_ONESELF, account, check, require_operator,
    require_system,
};

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

/// Locks the administrator who acts, so that one who is being revoked cannot act any more, and who acts is
/// always left. The system needs no role.
fn require_admin(tx: &mut Tx, ctx: &Ctx) -> Result<(), Fail> {
    match ctx.actor {
        Actor::Operator(person) => {
            tx.lock(&[Lock::row("person", person)]);
            require_operator(tx, ctx, &[OperatorRole::Admin]).map(drop)
        }
        Actor::Anonymous | Actor::Consumer(_) | Actor::Staff(..) | Actor::Provider(_) | Actor::System => {
            require_system(ctx)
        }
    }
}

/// For administrators and the system. Somebody who is an operator already gets this role, name and password,
/// and all their sessions end. Rejects a login that belongs to somebody else, and one's own.
pub fn grant_operator(tx: &mut Tx, ctx: &Ctx, cmd: &GrantOperator) -> Result<PersonId, Fail> {
    require_admin(tx, ctx)?;
    check::login(&cmd.login)?;
    check::some_text("/name", &cmd.name, MAX_PERSON_NAME)?;
    let person = match find_operator(tx, &cmd.login)? {
        Some(person) if ctx.actor == Actor::Operator(person) => return Err(OPERATOR_ONESELF.plain().into()),
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
#[derive(Debug, Clone, Copy)]
pub struct RevokeOperator {
    /// Who.
    pub person: PersonId,
}

impl RevokeOperator {
    /// The one who is revoked, who may be revoking others at this moment.
    pub fn locks(&self) -> Vec<Lock> {
        vec![Lock::row("person", self.person)]
    }
}

/// For administrators, who cannot revoke themselves, and the system; the last administrator stays. Every
/// session of the person ends and the login is free again.
pub fn revoke_operator(tx: &mut Tx, ctx: &Ctx, cmd: &RevokeOperator) -> Result<(), Fail> {
    let person = cmd.person;
    // Together, in one order: two administrators may be revoking each other.
    let actor = ctx.actor.person().map(|actor| Lock::row("person", actor));
    tx.lock(&cmd.locks().into_iter().chain(actor).collect::<Vec<_>>());
    require_admin(tx, ctx)?;
    if ctx.actor == Actor::Operator(person) {
        return Err(OPERATOR_ONESELF.plain().into());
    }
    let revoked = tx.claim(sql!(
        "DELETE FROM operator WHERE person_id = $1
           AND (role <> 'admin' OR (SELECT COUNT(*) FROM operator WHERE role = 'admin') > 1)",
        person
    ))?;
    if revoked == 0 {
        let known = tx.one(sql!("SELECT role FROM operator WHERE person_id = $1", person))?;
        let reject = known.map_or(&NOT_FOUND, |_| &OPERATOR_LAST_ADMIN);
        return Err(reject.plain().into());
    }
    account::delete_sessions(tx, person)?;
    account::delete_unused_login(tx, person)?;
    tx.emit(ctx, person, ctx.now.0, &OperatorRevoked { person })?;
    Ok(())
}
