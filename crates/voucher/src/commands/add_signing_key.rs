//! Another key that the platform signs with. Its private half arrives sealed.

use kernel::{Ctx, SigningKeyId};
use store::{Fail, Tx, sql};

use crate::events::SigningKeyAdded;
use crate::reject::SIGNING_KEY_INVALID;
use crate::{SealedKey, queries};

/// Adds a key pair.
#[derive(Debug, Clone)]
pub struct AddSigningKey {
    /// Its id, to which the seal is tied.
    pub id: SigningKeyId,
    /// 32 bytes of Ed25519.
    pub public_key: [u8; 32],
    /// The private half.
    pub sealed: SealedKey,
}

/// Adds a key, which signs from now on if it is the newest. For Qiao itself.
///
/// Rejects with `SIGNING_KEY_INVALID`.
pub fn add_signing_key(tx: &mut Tx, ctx: &Ctx, cmd: &AddSigningKey) -> Result<(), Fail> {
    party::require_system(ctx)?;
    let mut ring = queries::key_ring(tx)?;
    let invalid = |detail: String| SIGNING_KEY_INVALID.at("/public_key", detail);
    ring.add(&cmd.public_key)
        .map_err(|refusal| invalid(refusal.to_string()))?;
    let is_known = queries::public_keys(tx)?.iter().any(|key| *key == cmd.public_key);
    if is_known {
        return Err(invalid("the key was added before".to_owned()).into());
    }
    tx.tell(sql!(
        "INSERT INTO signing_key (id, public_key, sealed_key, created_at, retired_at) VALUES ($1, $2, $3, $4, NULL)",
        cmd.id,
        cmd.public_key,
        cmd.sealed.as_bytes().as_slice(),
        ctx.now
    ))?;
    tx.emit(ctx, cmd.id, 1, &SigningKeyAdded { key: cmd.id })?;
    Ok(())
}
