//! A key signs nothing new. What it signed stays good, so scanners keep its public half.

use kernel::{Ctx, SigningKeyId};
use store::{Fail, Lock, Tx, sql};

use crate::events::SigningKeyRetired;
use crate::queries;
use crate::reject::{SIGNING_KEY_LAST, SIGNING_KEY_RETIRED};

/// Retires a signing key.
#[derive(Debug, Clone)]
pub struct RetireSigningKey {
    /// Which.
    pub key: SigningKeyId,
}

/// Retires a key, unless it is the only one that signs. For Qiao itself.
///
/// Rejects with [`party::NOT_FOUND`], `SIGNING_KEY_RETIRED` and `SIGNING_KEY_LAST`.
pub fn retire_signing_key(tx: &mut Tx, ctx: &Ctx, cmd: &RetireSigningKey) -> Result<(), Fail> {
    party::require_system(ctx)?;
    // All of them, so that two keys that are retired at once do not both rely on the other.
    let ids: Vec<_> = queries::signing_keys(tx)?.iter().map(|key| key.id).collect();
    tx.lock(
        &ids.iter()
            .map(|id| Lock::row("signing_key", *id))
            .collect::<Vec<_>>(),
    );
    let keys = queries::signing_keys(tx)?;
    let key = keys.iter().find(|key| key.id == cmd.key);
    let key = key.ok_or_else(|| party::NOT_FOUND.plain())?;
    if key.retired_at.is_some() {
        return Err(SIGNING_KEY_RETIRED.plain().into());
    }
    if keys.iter().filter(|key| key.retired_at.is_none()).count() == 1 {
        return Err(SIGNING_KEY_LAST.plain().into());
    }
    tx.tell(sql!(
        "UPDATE signing_key SET retired_at = $1 WHERE id = $2 AND retired_at IS NULL",
        ctx.now,
        cmd.key
    ))?;
    tx.emit(ctx, cmd.key, 2, &SigningKeyRetired { key: cmd.key })?;
    Ok(())
}
