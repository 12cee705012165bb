//! Remembers on which device a person signed in, so that two people of one device are told from two friends.

use kernel::{Ctx, PersonId};
use store::{StorageError, Tx, sql};

/// A step of others' commands: a person signed in where `device_hash` is the hash of what the device keeps. Told.
pub fn note_device(
    tx: &mut Tx,
    ctx: &Ctx,
    person: PersonId,
    device_hash: [u8; 32],
) -> Result<(), StorageError> {
    tx.tell(sql!(
        "INSERT INTO person_device (person_id, device_hash, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id, device_hash) DO UPDATE SET seen_at = excluded.seen_at",
        person,
        device_hash,
        ctx.now
    ))
}
