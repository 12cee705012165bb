//! The platform's keys in the database, and a voucher from the offer to the scanner.

use kernel::{Actor, SECOND_US, SigningKeyId};
use offer::testing::{on_sale, terms};
use party::testing::{NOW, certified_shop, consumer, ctx, ctx_at, run};
use store::{Rejected, Store};
use voucher::*;

use crate::fixture::device;
use crate::stored::{ask, at_once, on_both};

fn master() -> MasterKey {
    MasterKey::new([8; 32])
}

fn add(store: &Store, actor: Actor, key: u8) -> Result<SigningKeyId, Rejected> {
    let signing = SigningKey::from_bytes(&[key; 32]);
    let now = NOW.plus_us(i64::from(key) * SECOND_US);
    run(store, ctx_at(now, actor), move |tx, ctx| {
        let id = ctx.new_id();
        let sealed = SealedKey::seal(&signing, id, &master(), ctx.random_bytes());
        let cmd = AddSigningKey {
            id,
            public_key: signing.verifying_key().to_bytes(),
            sealed,
        };
        add_signing_key(tx, ctx, &cmd).map(|()| id)
    })
}

fn retire(store: &Store, actor: Actor, key: SigningKeyId) -> Result<(), Rejected> {
    run(store, ctx(actor), move |tx, ctx| {
        retire_signing_key(tx, ctx, &RetireSigningKey { key })
    })
}

fn code<T: std::fmt::Debug>(answer: Result<T, Rejected>) -> String {
    answer.expect_err("a rejection").code
}

#[test]
fn keys_are_added_sealed_and_retired_but_never_all_of_them() {
    on_both(|store| {
        let first = add(store, Actor::System, 1).expect("a key");
        assert_eq!(code(retire(store, Actor::System, first)), SIGNING_KEY_LAST.code);
        let second = add(store, Actor::System, 2).expect("a key");
        let keys = ask(store, queries::signing_keys);
        assert_eq!(keys.iter().map(|key| key.id).collect::<Vec<_>>(), [second, first]);
        let opened = keys[0]
            .sealed
            .open(second, &master())
            .expect("the master key opens it");
        assert_eq!(opened.to_bytes(), [2; 32]);
        assert_eq!(
            code(add(store, Actor::System, 1)),
            SIGNING_KEY_INVALID.code,
            "known already"
        );
        assert_eq!(
            code(add(store, Actor::Anonymous, 3)),
            party::SIGN_IN_REQUIRED.code
        );
        let person = Actor::Consumer(consumer(store, 1));
        assert_eq!(code(retire(store, person, first)), party::FORBIDDEN.code);
        let retired = at_once(2, |n| {
            retire(store, Actor::System, [first, second][n as usize]).is_ok()
        });
        assert_eq!(
            retired.iter().filter(|done| **done).count(),
            1,
            "one key always signs"
        );
        let gone = [first, second][usize::from(retired[1])];
        assert_eq!(code(retire(store, Actor::System, gone)), SIGNING_KEY_RETIRED.code);
        assert_eq!(
            ask(store, queries::public_keys).len(),
            2,
            "what it signed stays good"
        );
        let nobodys = SigningKeyId::from_uuid(uuid::Uuid::from_u128(1));
        assert_eq!(code(retire(store, Actor::System, nobodys)), party::NOT_FOUND.code);
    });
}

#[test]
fn a_key_that_would_accept_forgeries_is_refused() {
    on_both(|store| {
        let sealed = SealedKey::from_bytes(&[0; SEALED_KEY_LEN]).expect("the right length");
        // The points of order 4 and 1.
        let mut one = [0; 32];
        one[0] = 1;
        for public_key in [[0; 32], one] {
            let cmd = AddSigningKey {
                id: SigningKeyId::from_uuid(uuid::Uuid::from_u128(1)),
                public_key,
                sealed,
            };
            let answer = run(store, ctx(Actor::System), move |tx, ctx| {
                add_signing_key(tx, ctx, &cmd)
            });
            assert_eq!(code(answer), SIGNING_KEY_INVALID.code);
        }
    });
}

#[test]
fn a_voucher_goes_from_the_offer_to_the_scanner() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let made = on_sale(store, shop, terms(), 1, |_| {});
        let holder = consumer(store, 1);
        let key = add(store, Actor::System, 1).expect("a key");
        let id = run(store, ctx(Actor::System), move |tx, ctx| {
            let sale = offer::queries::for_sale(tx, made.offer, ctx.now)?;
            let cmd = IssueVoucher {
                merchant: sale.merchant,
                offer: sale.offer,
                store_set: StoreSetDigest(sale.store_set),
                holder,
                uses: sale.uses,
                currency: None,
                valid_until: ctx.now.plus_us(sale.valid_us),
                count: 1,
            };
            issue(tx, ctx, &cmd)
        })
        .expect("a voucher")[0];
        let bind = BindDevice {
            voucher: id,
            device_key: device(5).public_key(),
        };
        run(store, ctx(Actor::Consumer(holder)), move |tx, ctx| {
            bind_device(tx, ctx, &bind)
        })
        .expect("bound");

        let signing = ask(store, queries::signing_keys)[0]
            .sealed
            .open(key, &master())
            .expect("it opens");
        let voucher = ask(store, move |read| queries::voucher(read, id)).expect("it exists");
        let pass = sign_pass(
            &signing,
            &voucher.pass_terms(voucher.valid_until).expect("a device"),
        );
        let qr = present(&pass, &device(5), NOW);
        let keys = ask(store, queries::key_ring);
        let store_sets = ask(store, move |read| queries::store_sets(read, shop.merchant));
        let scanner = Scanner {
            keys: &keys,
            store_sets: &store_sets,
            store: shop.store,
            network: Network::Online,
        };
        let checked = check_qr(&qr, &scanner, NOW).expect("the offer's own store takes it");
        let binding = Some(i64::from(checked.terms.binding));
        let taken = run(store, ctx(Actor::System), move |tx, ctx| {
            use_up(tx, checked.terms.voucher, 1, ctx.now, binding)
        });
        assert_eq!(taken.map(|taken| taken.map(|use_| use_.use_no)), Ok(Some(1)));
    });
}
