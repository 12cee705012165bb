//! The keys of vouchers while servers run: what one of them adds or retires, all of them go by.

use std::path::Path;

use http::{App, derive, shell};
use kernel::{Actor, Ctx, OfferId, SigningKeyId, VoucherId};
use qiao::config::{Flags, Settings};
use qiao::serve;
use qiao::work::keys;
use store::testing::TestDatabase;
use store::{Fail, Tx};
use voucher::{
    AddSigningKey, DeviceKey, MasterKey, PassTerms, RetireSigningKey, SealedKey, SigningKey, StoreSetDigest,
    add_signing_key, retire_signing_key, sign_pass,
};

use crate::support::runtime;

/// A server's state, with the secret that lies in this folder. Its workers stand still.
async fn open(database: &TestDatabase, folder: &Path) -> App {
    std::fs::write(folder.join("secret.key"), "5e".repeat(32)).unwrap();
    let settings = Settings::from(Flags {
        data: Some(folder.to_owned()),
        database_url: Some(database.url.clone()),
        listen: Some("127.0.0.1:0".to_owned()),
        ..Flags::default()
    })
    .unwrap();
    let listener = serve::bind(&settings).await.unwrap();
    let ready = serve::open(&settings, http::Outbox::None, listener).await;
    ready.unwrap().app
}

async fn run(app: &App, command: impl Fn(&mut Tx, &Ctx) -> Result<(), Fail> + Send + 'static) {
    let ctx = shell::ctx(Actor::System);
    let done = app.store.run("test", ctx.request, ctx, command).await;
    done.unwrap().unwrap();
}

async fn add(app: &App, key: &SigningKey) -> SigningKeyId {
    let id = shell::ctx(Actor::System).new_id();
    let master = MasterKey::new(derive(&app.secret, "voucher-keys", &[]));
    let cmd = AddSigningKey {
        id,
        public_key: key.verifying_key().to_bytes(),
        sealed: SealedKey::seal(key, id, &master, shell::random_bytes()),
    };
    run(app, move |tx, ctx| add_signing_key(tx, ctx, &cmd)).await;
    id
}

/// The public key that this server signs with.
fn signs_with(app: &App) -> [u8; 32] {
    let keys = app.keys.read().unwrap();
    keys.signing.verifying_key().to_bytes()
}

/// Whether this server accepts what that one signs now.
fn accepts(judge: &App, signer: &App) -> bool {
    let nobodys = uuid::Uuid::nil();
    let terms = PassTerms {
        voucher: VoucherId::from_uuid(nobodys),
        offer: OfferId::from_uuid(nobodys),
        store_set: StoreSetDigest([0; 8]),
        uses_total: 1,
        binding: 1,
        offline_until: shell::now(),
        device_key: DeviceKey::from_bytes(&[7; 32]).unwrap().public_key(),
    };
    let pass = sign_pass(&signer.keys.read().unwrap().signing, &terms);
    pass.verify(&judge.keys.read().unwrap().ring).is_ok()
}

#[test]
fn a_key_that_one_server_adds_or_retires_is_added_or_retired_for_all() {
    let database = TestDatabase::postgres();
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    runtime().block_on(async {
        let [here, there] = &folders;
        let (here, there) = (
            open(&database, here.path()).await,
            open(&database, there.path()).await,
        );
        let first = signs_with(&here);
        assert_eq!(signs_with(&there), first, "they found the same key");

        let second = SigningKey::from_bytes(&[2; 32]);
        let added = add(&here, &second).await;
        keys::step(here.clone()).await.unwrap();
        assert_eq!(signs_with(&here), second.verifying_key().to_bytes());
        assert!(!accepts(&there, &here), "it has not looked yet");
        keys::step(there.clone()).await.unwrap();
        assert_eq!(signs_with(&there), signs_with(&here));
        assert!(accepts(&there, &here));

        let retire = RetireSigningKey { key: added };
        run(&there, move |tx, ctx| retire_signing_key(tx, ctx, &retire)).await;
        keys::step(here.clone()).await.unwrap();
        assert_eq!(signs_with(&here), first, "a retired key signs nothing new");
        assert!(accepts(&here, &there), "what it signed stays good");
    });
}
