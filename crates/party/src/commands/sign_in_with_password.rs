//! Signs staff and operators in whose password was checked outside, and counts the wrong ones. Argon2
//! takes long and never runs inside a transaction.

use kernel::{Ctx, PersonId};
use store::{Fail, Tx, sql};

use crate::decide::{PASSWORD_LOCK_US, PASSWORD_MISSES, STAFF_SESSION_US};
use crate::{Contact, SIGN_IN_REFUSED, account};

/// The caller read the stored hash and found that the password fits it.
#[derive(Debug, Clone)]
pub struct SignInWithPassword {
    /// The login.
    pub login: Contact,
    /// The hash that the password was checked against.
    pub verified_hash: String,
    /// SHA-256 of the new session's token.
    pub token_hash: [u8; 32],
    /// What the browser or app says it is.
    pub device: String,
}

/// Rejects, always with the same words, when the hash is not the stored one any more, the login is locked,
/// or there is no such login.
pub fn sign_in_with_password(tx: &mut Tx, ctx: &Ctx, cmd: &SignInWithPassword) -> Result<PersonId, Fail> {
    let row = tx.one(sql!(
        "UPDATE password SET misses = 0 WHERE login = $1 AND hash = $2 AND locked_until <= $3 RETURNING person_id",
        cmd.login.address(),
        &cmd.verified_hash,
        ctx.now
    ))?;
    let mut row = row.ok_or_else(|| SIGN_IN_REFUSED.plain())?;
    let person: PersonId = row.take()?;
    account::open_session(tx, ctx, person, cmd.token_hash, &cmd.device, STAFF_SESSION_US)?;
    Ok(person)
}

/// A password that did not fit.
#[derive(Debug, Clone)]
pub struct CountPasswordMiss {
    /// The login that was typed, whether or not it exists.
    pub login: Contact,
}

/// The tenth miss locks the login for 15 minutes. Says nothing, so that nobody learns which logins exist.
pub fn count_password_miss(tx: &mut Tx, ctx: &Ctx, cmd: &CountPasswordMiss) -> Result<(), Fail> {
    tx.claim(sql!(
        "UPDATE password SET
           locked_until = CASE WHEN misses + 1 >= $1 THEN $2 ELSE locked_until END,
           misses = CASE WHEN misses + 1 >= $1 THEN 0 ELSE misses + 1 END
         WHERE login = $3 AND locked_until <= $4",
        PASSWORD_MISSES,
        ctx.now.plus_us(PASSWORD_LOCK_US),
        cmd.login.address(),
        ctx.now
    ))?;
    Ok(())
}
