//! Signs a consumer in by the one-time code that was sent to them, and makes the person at the first
//! time. A wrong code is remembered, so it is an answer and not a rejection.

use kernel::{Ctx, PersonId};
use store::{Fail, StorageError, Tx, sql};
use subtle::ConstantTimeEq;

use crate::decide::CONSUMER_SESSION_US;
use crate::events::PersonJoined;
use crate::{Contact, account, check};

/// Uses up one try of the address's code.
#[derive(Debug, Clone)]
pub struct SignInWithCode {
    /// Where the code went.
    pub contact: Contact,
    /// The same keyed hash of what was typed.
    pub code_hash: [u8; 32],
    /// SHA-256 of the new session's token.
    pub token_hash: [u8; 32],
    /// What the browser or app says it is.
    pub device: String,
    /// BCP 47 language tag, for a person who is new.
    pub locale: String,
}

/// Whether the code was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// It was, and is used up.
    In {
        /// Who signed in.
        person: PersonId,
        /// Whether this was the first time.
        is_new: bool,
    },
    /// It was not; or there is none, it ran out, or its tries are used up.
    Declined {
        /// How many tries this code has yet. At 0 a new code is needed.
        tries_left: i64,
    },
}

/// Rejects only a malformed locale. The try is taken before the code is looked at, in one guarded update,
/// so guesses at the same time cannot get more than five.
pub fn sign_in_with_code(tx: &mut Tx, ctx: &Ctx, cmd: &SignInWithCode) -> Result<SignIn, Fail> {
    check::language_tag("/locale", &cmd.locale)?;
    let (kind, address) = (cmd.contact.kind().as_str(), cmd.contact.address());
    // The person is looked for after the code's row is locked: of two first sign-ins one waits.
    let [codes, people] = tx.ask([
        sql!(
            "UPDATE one_time_code SET tries_left = tries_left - 1
             WHERE kind = $1 AND address = $2 AND tries_left > 0 AND expires_at > $3
             RETURNING code_hash, tries_left",
            kind,
            address,
            ctx.now
        ),
        sql!(
            "SELECT person_id FROM person_contact WHERE kind = $1 AND address = $2",
            kind,
            address
        ),
    ])?;
    let Some(mut code) = codes.into_iter().next() else {
        return Ok(SignIn::Declined { tries_left: 0 });
    };
    let (expected, tries_left): (Vec<u8>, i64) = (code.take()?, code.take()?);
    if !bool::from(expected.as_slice().ct_eq(&cmd.code_hash)) {
        return Ok(SignIn::Declined { tries_left });
    }
    tx.tell(sql!(
        "UPDATE one_time_code SET tries_left = 0 WHERE kind = $1 AND address = $2",
        kind,
        address
    ))?;
    let known = people
        .into_iter()
        .next()
        .map(|mut row| row.take::<PersonId>())
        .transpose()?;
    let person = match known {
        Some(person) => person,
        None => add_person(tx, ctx, cmd)?,
    };
    account::open_session(tx, ctx, person, cmd.token_hash, &cmd.device, CONSUMER_SESSION_US)?;
    Ok(SignIn::In {
        person,
        is_new: known.is_none(),
    })
}

fn add_person(tx: &mut Tx, ctx: &Ctx, cmd: &SignInWithCode) -> Result<PersonId, StorageError> {
    let person: PersonId = ctx.new_id();
    tx.tell(sql!(
        "INSERT INTO person (id, locale, created_at) VALUES ($1, $2, $3)",
        person,
        &cmd.locale,
        ctx.now
    ))?;
    tx.tell(sql!(
        "INSERT INTO person_contact (kind, address, person_id, verified_at) VALUES ($1, $2, $3, $4)",
        cmd.contact.kind().as_str(),
        cmd.contact.address(),
        person,
        ctx.now
    ))?;
    tx.emit(ctx, person, 1, &PersonJoined { person })?;
    Ok(person)
}
