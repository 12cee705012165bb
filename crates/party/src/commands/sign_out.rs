//! Ends sessions: the one that is held, another one, or all of a person's; and forgets those that ran out.

use kernel::{Actor, Ctx, PersonId, SessionId, Timestamp};
use store::{Fail, StorageError, Tx, sql};

use crate::model::OperatorRole;
use crate::{NOT_FOUND, account, require_consumer, require_operator, require_system};

/// Whoever holds a token may end its session.
#[derive(Debug, Clone, Copy)]
pub struct SignOut {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
}

/// Ends the session. Nothing happens when it has ended already.
pub fn sign_out(tx: &mut Tx, _ctx: &Ctx, cmd: &SignOut) -> Result<(), Fail> {
    tx.claim(sql!("DELETE FROM session WHERE token_hash = $1", cmd.token_hash))?;
    Ok(())
}

/// One of the actor's own sessions, such as that of a lost phone.
#[derive(Debug, Clone, Copy)]
pub struct EndSession {
    /// Which.
    pub session: SessionId,
}

/// Ends the session. Somebody else's looks as if it did not exist.
pub fn end_session(tx: &mut Tx, ctx: &Ctx, cmd: &EndSession) -> Result<(), Fail> {
    let person = require_consumer(ctx)?;
    let ended = tx.claim(sql!(
        "DELETE FROM session WHERE person_id = $1 AND id = $2",
        person,
        cmd.session
    ))?;
    if ended == 0 {
        return Err(NOT_FOUND.plain().into());
    }
    Ok(())
}

/// Signs a person out everywhere.
#[derive(Debug, Clone, Copy)]
pub struct EndSessions {
    /// Whose sessions.
    pub person: PersonId,
}

/// Ends every session of a person and gives how many there were. For the person, an administrator or
/// support, and the system.
pub fn end_sessions(tx: &mut Tx, ctx: &Ctx, cmd: &EndSessions) -> Result<u64, Fail> {
    if ctx.actor.person() != Some(cmd.person) && ctx.actor != Actor::System {
        require_operator(tx, ctx, &[OperatorRole::Admin, OperatorRole::Support])?;
    }
    Ok(account::delete_sessions(tx, cmd.person)?)
}

/// Forgets at most `limit` sessions and as many one-time codes that nobody can use any more, before
/// `before`. Codes are kept a day longer, because they carry the limits. Gives how many rows.
pub fn prune_sessions(tx: &mut Tx, ctx: &Ctx, before: Timestamp, limit: i64) -> Result<u64, Fail> {
    require_system(ctx)?;
    let [sessions, codes] = prune(tx, before, limit)?;
    Ok(sessions + codes)
}

fn prune(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<[u64; 2], StorageError> {
    tx.claims([
        sql!(
            "DELETE FROM session WHERE token_hash IN
               (SELECT token_hash FROM session WHERE expires_at < $1 LIMIT $2)",
            before,
            limit
        ),
        sql!(
            "DELETE FROM one_time_code WHERE (kind, address) IN
               (SELECT kind, address FROM one_time_code WHERE expires_at < $1 AND day_start < $1 LIMIT $2)",
            before.plus_us(-kernel::DAY_US),
            limit
        ),
    ])
}
