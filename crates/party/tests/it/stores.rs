//! Stores and media: details that are possible, changes that do not overwrite each other, files that stay
//! with their owner.

use kernel::{Actor, Currency, MediaId, MerchantId};
use party::testing::{NOW, Shop, certified_shop, consumer, registered_shop, sha_like, staff, store_details};
use party::{
    AcceptFranchise, AddStore, EndFranchise, MediaOwner, OfferFranchise, RecordMedia, Role, UpdateStore,
    accept_franchise, add_store, end_franchise, offer_franchise, queries, record_media, update_store,
};
use store::{Rejected, Store};

use crate::{ask, code, on_both, run, why};

fn update(
    store: &Store,
    actor: Actor,
    shop: Shop,
    version: i64,
    spoil: fn(&mut party::StoreDetails),
) -> Result<i64, Rejected> {
    let mut details = store_details(77);
    spoil(&mut details);
    let cmd = UpdateStore {
        store: shop.store,
        version,
        details,
    };
    run(store, actor, move |tx, ctx| update_store(tx, ctx, &cmd))
}

#[test]
fn a_store_is_changed_from_the_version_that_was_seen() {
    on_both(|store| {
        let (shop, other) = (registered_shop(store, 1), registered_shop(store, 2));
        assert_eq!(update(store, shop.as_owner(), shop, 1, |_| ()), Ok(2));
        let view = ask(store, move |read| queries::store(read, shop.store)).expect("the store");
        assert_eq!(
            (view.details, view.version, view.merchant),
            (store_details(77), 2, shop.merchant)
        );
        assert_eq!(
            why(update(store, shop.as_owner(), shop, 1, |_| ())),
            "store_changed"
        );
        assert_eq!(why(update(store, other.as_owner(), shop, 2, |_| ())), "not_found");
        let euro = update(store, shop.as_owner(), shop, 2, |details| {
            details.currency = Currency::EUR
        });
        assert_eq!(
            code(euro),
            ("store_invalid".to_owned(), Some("/currency".to_owned()))
        );
        let zone = update(store, shop.as_owner(), shop, 2, |details| {
            details.time_zone = "asia/shanghai".to_owned()
        });
        assert_eq!(code(zone).1.as_deref(), Some("/time_zone"));
        let cashier = staff(store, shop, Some(shop.store), Role::Cashier, 1);
        let by_cashier = update(store, Actor::Staff(cashier, shop.merchant), shop, 2, |_| ());
        assert_eq!(why(by_cashier), "forbidden");
    });
}

#[test]
fn of_changes_at_the_same_time_one_wins() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let go = std::sync::Barrier::new(8);
        let won = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8)
                .map(|_| {
                    let go = &go;
                    scope.spawn(move || {
                        go.wait();
                        update(store, shop.as_owner(), shop, 1, |_| ()).is_ok()
                    })
                })
                .collect();
            all.into_iter()
                .map(|t| t.join().expect("no panic"))
                .filter(|won| *won)
                .count()
        });
        assert_eq!(won, 1);
    });
}

#[test]
fn a_merchants_stores_come_page_by_page_newest_first() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        for n in 0..4 {
            run(store, shop.as_owner(), move |tx, ctx| {
                add_store(
                    tx,
                    ctx,
                    &AddStore {
                        merchant: shop.merchant,
                        details: store_details(n),
                    },
                )
            })
            .expect("added");
        }
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = ask(store, move |read| {
                queries::stores_of(read, shop.merchant, after, 2)
            });
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            seen.extend(page.iter().map(|view| view.id));
        }
        assert_eq!(seen.len(), 5);
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]));
        let page = ask(store, move |read| queries::merchant_page(read, shop.merchant)).expect("a page");
        assert_eq!(page.stores.iter().map(|view| view.id).collect::<Vec<_>>(), seen);
        let silly = ask(store, move |read| {
            queries::stores_of(read, shop.merchant, None, -5)
        });
        assert_eq!(silly.len(), 1, "a limit is at least one row");
        let places = ask(store, |read| queries::store_places(read, None, 100));
        assert_eq!(places.len(), 5);
    });
}

#[test]
fn a_file_is_recorded_by_its_owner_alone() {
    on_both(|store| {
        let (shop, other) = (registered_shop(store, 1), registered_shop(store, 2));
        let (person, stranger) = (consumer(store, 1), consumer(store, 2));
        let id = |n: u128| MediaId::from_uuid(uuid::Uuid::from_u128(n));
        let record = |actor, owner, n: u64, content_type: &str, size| {
            let cmd = RecordMedia {
                id: id(n.into()),
                owner,
                sha256: sha_like(9, n),
                content_type: content_type.to_owned(),
                size,
            };
            run(store, actor, move |tx, ctx| record_media(tx, ctx, &cmd))
        };
        let of_shop = MediaOwner::Merchant(shop.merchant);
        assert_eq!(record(shop.as_owner(), of_shop, 1, "image/png", 1), Ok(id(1)));
        let cashier = staff(store, shop, Some(shop.store), Role::Cashier, 1);
        assert_eq!(
            record(Actor::Staff(cashier, shop.merchant), of_shop, 2, "image/webp", 10),
            Ok(id(2))
        );
        assert_eq!(
            record(
                Actor::Consumer(person),
                MediaOwner::Person(person),
                3,
                "image/jpeg",
                10
            ),
            Ok(id(3))
        );
        for (actor, owner, expected) in [
            (other.as_owner(), of_shop, "not_found"),
            (Actor::Staff(other.owner, shop.merchant), of_shop, "forbidden"),
            (Actor::Consumer(stranger), MediaOwner::Person(person), "forbidden"),
            (Actor::Consumer(person), of_shop, "forbidden"),
            (Actor::Anonymous, MediaOwner::Person(person), "sign_in_required"),
        ] {
            assert_eq!(why(record(actor, owner, 4, "image/png", 1)), expected);
        }
        for content_type in [
            "image/svg+xml",
            "text/html",
            "",
            "image/png; charset=x",
            "IMAGE/PNG",
        ] {
            let refused = record(shop.as_owner(), of_shop, 5, content_type, 1);
            assert_eq!(code(refused).1.as_deref(), Some("/content_type"));
        }
        for size in [0, -1, i64::MAX, 10 * 1024 * 1024 + 1] {
            let refused = record(shop.as_owner(), of_shop, 6, "image/png", size);
            assert_eq!(code(refused).1.as_deref(), Some("/size"));
        }
        // Somebody else's id cannot be taken over.
        assert_eq!(
            why(record(
                other.as_owner(),
                MediaOwner::Merchant(other.merchant),
                1,
                "image/png",
                1
            )),
            "media_exists"
        );
        let stored = ask(store, move |read| queries::media(read, id(1))).expect("the file");
        assert_eq!(
            (stored.owner, stored.sha256),
            (shop.merchant.uuid(), sha_like(9, 1))
        );
        assert_eq!(
            ask(store, |read| Ok(read.answer(queries::session([0; 32], NOW))?)),
            None
        );
    });
}

#[test]
fn a_franchise_is_offered_accepted_and_ended_by_owners_of_its_sides() {
    on_both(|store| {
        let (chain, shop, other) = (
            certified_shop(store, 1),
            certified_shop(store, 2),
            certified_shop(store, 3),
        );
        let payee = || ask(store, move |read| queries::payee(read, chain.store));
        let offer = |of: Shop, to: MerchantId| {
            let cmd = OfferFranchise {
                store: chain.store,
                franchisee: to,
            };
            run(store, of.as_owner(), move |tx, ctx| {
                offer_franchise(tx, ctx, &cmd)
            })
        };
        let accept = |by: Shop| {
            let cmd = AcceptFranchise { store: chain.store };
            run(store, by.as_owner(), move |tx, ctx| {
                accept_franchise(tx, ctx, &cmd)
            })
        };
        let end = |by: Shop| {
            let cmd = EndFranchise { store: chain.store };
            run(store, by.as_owner(), move |tx, ctx| end_franchise(tx, ctx, &cmd))
        };
        let field = Some("/franchisee".to_owned());
        let registered = registered_shop(store, 4).merchant;
        for nobody in [
            chain.merchant,
            registered,
            MerchantId::from_uuid(uuid::Uuid::from_u128(7)),
        ] {
            assert_eq!(
                code(offer(chain, nobody)),
                ("franchisee_invalid".to_owned(), field.clone())
            );
        }
        assert_eq!(why(offer(other, shop.merchant)), "not_found");
        offer(chain, shop.merchant).expect("offered");
        assert_eq!(why(offer(chain, other.merchant)), "franchise_taken");
        assert_eq!(payee(), chain.merchant, "nobody has agreed yet");
        for stranger in [chain, other] {
            assert_eq!(why(accept(stranger)), "not_found");
        }
        assert_eq!(why(end(other)), "not_found");
        let manager = staff(store, shop, None, Role::Manager, 1);
        let cmd = AcceptFranchise { store: chain.store };
        let by_manager = run(store, Actor::Staff(manager, shop.merchant), move |tx, ctx| {
            accept_franchise(tx, ctx, &cmd)
        });
        assert_eq!(why(by_manager), "forbidden");
        accept(shop).expect("accepted");
        assert_eq!(why(accept(shop)), "franchise_not_offered");
        assert_eq!(payee(), shop.merchant);
        for side in [chain, shop] {
            let found = ask(store, move |read| queries::franchises_of(read, side.merchant));
            let found: Vec<_> = found
                .iter()
                .map(|of| (of.store, of.franchisee, of.since))
                .collect();
            assert_eq!(found, [(chain.store, shop.merchant, Some(NOW))]);
        }
        for side in [shop, chain] {
            end(side).expect("ended");
            assert_eq!(payee(), chain.merchant);
            assert_eq!(why(end(side)), "not_found");
            offer(chain, shop.merchant).expect("offered again");
        }
    });
}
