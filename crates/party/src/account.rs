//! What several commands do with accounts and sessions: make one, open one, end them.

use kernel::{Ctx, MerchantId, PersonId, SessionId};
use store::{Fail, StorageError, Tx, sql};

use crate::{Contact, LOGIN_TAKEN, NOT_FOUND};

/// How much of a device's own description is kept.
const MAX_DEVICE_CHARS: usize = 200;

/// A password arrives as an Argon2id hash in PHC form. Anything else is a mistake of the caller that
/// must not reach the table.
pub(crate) fn check_hash(hash: &str) -> Result<(), StorageError> {
    if hash.starts_with("$argon2id$") && hash.len() <= 300 && hash.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(StorageError::bug(
            "a password must be hashed with Argon2id before it comes here",
        ))
    }
}

/// A new person with a login and a password. Claims the login, so it comes before every told write.
pub(crate) fn claim_account(
    tx: &mut Tx,
    ctx: &Ctx,
    login: &Contact,
    password_hash: &str,
    name: &str,
) -> Result<PersonId, Fail> {
    check_hash(password_hash)?;
    let person: PersonId = ctx.new_id();
    let [_, _, claimed] = tx.claims([
        sql!(
            "INSERT INTO person (id, locale, created_at) VALUES ($1, 'en', $2)",
            person,
            ctx.now
        ),
        sql!(
            "INSERT INTO person_profile (person_id, name) VALUES ($1, $2)",
            person,
            name
        ),
        sql!(
            "INSERT INTO password (login, person_id, hash, misses, locked_until) VALUES ($1, $2, $3, 0, 0)
             ON CONFLICT (login) DO NOTHING",
            login.address(),
            person,
            password_hash
        ),
    ])?;
    if claimed == 0 {
        return Err(LOGIN_TAKEN.at("/login", LOGIN_TAKEN.title).into());
    }
    Ok(person)
}

/// A new session. The token is new at every sign-in; only its SHA-256 is stored.
pub(crate) fn open_session(
    tx: &mut Tx,
    ctx: &Ctx,
    person: PersonId,
    token_hash: [u8; 32],
    device: &str,
    life_us: i64,
) -> Result<(), StorageError> {
    // What a browser says of itself is shown to its owner alone: cut, not refused.
    let device: String = device
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_DEVICE_CHARS)
        .collect();
    let id: SessionId = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO session (token_hash, id, person_id, device, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        token_hash,
        id,
        person,
        device,
        ctx.now,
        ctx.now.plus_us(life_us)
    ))
}

/// Ends every session of a person. Gives how many.
pub(crate) fn delete_sessions(tx: &mut Tx, person: PersonId) -> Result<u64, StorageError> {
    tx.claim(sql!("DELETE FROM session WHERE person_id = $1", person))
}

/// Locks the merchant against every other change of its staff and status, and gives its new version.
pub(crate) fn touch_merchant(tx: &mut Tx, merchant: MerchantId) -> Result<i64, Fail> {
    let row = tx.one(sql!(
        "UPDATE merchant SET version = version + 1 WHERE id = $1 RETURNING version",
        merchant
    ))?;
    let mut row = row.ok_or_else(|| NOT_FOUND.plain())?;
    Ok(row.take()?)
}

/// Frees the login of a person who has no role left anywhere: the account is dead.
pub(crate) fn delete_unused_login(tx: &mut Tx, person: PersonId) -> Result<(), StorageError> {
    tx.claim(sql!(
        "DELETE FROM password WHERE person_id = $1
           AND NOT EXISTS (SELECT 1 FROM staff f WHERE f.person_id = password.person_id)
           AND NOT EXISTS (SELECT 1 FROM operator o WHERE o.person_id = password.person_id)",
        person
    ))?;
    Ok(())
}
