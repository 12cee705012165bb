//! The keys that vouchers are signed and verified with. They lie in the database, where another node or a
//! command may add one or retire it; so they are read again every second.

use std::sync::{Arc, PoisonError};

use http::{App, VoucherKeys, derive, shell};
use kernel::{Actor, SigningKeyId};
use store::Store;
use voucher::{AddSigningKey, KeyRing, MasterKey, SealedKey, SigningKey, queries};

use crate::serve::{Failure, failed};

/// Takes the keys as they are now. Gives 0: there is never more to do at once.
pub async fn step(app: App) -> Result<usize, String> {
    let keys = load(&app.store, &app.secret).await;
    let keys = keys.map_err(|failure| failure.to_string())?;
    *app.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    Ok(0)
}

/// The newest key that signs, made at the first start, and the ring of all that verify.
pub async fn load(store: &Store, secret: &[u8; 32]) -> Result<VoucherKeys, Failure> {
    let master = MasterKey::new(derive(secret, "voucher-keys", &[]));
    let mut stored = store.read(queries::signing_keys).await.map_err(failed)?;
    if stored.iter().all(|key| key.retired_at.is_some()) {
        make_first(store, &master).await?;
        stored = store.read(queries::signing_keys).await.map_err(failed)?;
    }
    let mut ring = KeyRing::default();
    for key in &stored {
        ring.add(&key.public_key).map_err(|refusal| refusal.to_string())?;
    }
    let mut signs = stored.iter().filter(|key| key.retired_at.is_none());
    let newest = signs.next().ok_or("no signing key")?;
    let signing = newest.sealed.open(newest.id, &master).map_err(|fault| {
        format!("the vouchers' signing key cannot be opened ({fault}): is this the secret that it was sealed with?")
    })?;
    Ok(VoucherKeys {
        signing,
        ring: Arc::new(ring),
    })
}

async fn make_first(store: &Store, master: &MasterKey) -> Result<(), Failure> {
    let signing = SigningKey::from_bytes(&shell::random_bytes());
    let ctx = shell::ctx(Actor::System);
    let id: SigningKeyId = ctx.new_id();
    let sealed = SealedKey::seal(&signing, id, master, shell::random_bytes());
    let cmd = AddSigningKey {
        id,
        public_key: signing.verifying_key().to_bytes(),
        sealed,
    };
    let added = store.run("addSigningKey", id, ctx, move |tx, ctx| {
        voucher::add_signing_key(tx, ctx, &cmd)
    });
    let added = added.await?;
    Ok(added.map_err(|rejected| format!("the first signing key: {}", rejected.detail))?)
}
