//! The index shows what the database holds, once the event log is drained. On both engines.

use attract::feed::{changes, next_step};
use attract::{SearchIndex, SearchQuery};
use kernel::{Actor, LocalText, OfferId};
use offer::testing::{dish, first_menu, on_sale, terms};
use offer::{PauseOffer, ResumeOffer, SetMenu};
use party::events::StoreUpdated;
use party::testing::{NOW, Shop, certified_shop, ctx, operator, run};
use party::{OperatorRole, ReinstateMerchant, SuspendMerchant};
use store::Store;
use store::testing::TestDatabase;

/// Takes in everything that the log holds.
fn drain(store: &Store, index: &SearchIndex) {
    loop {
        let cursors = index.cursors().expect("cursors");
        let step = store
            .read_blocking(move |read| next_step(read, &cursors))
            .expect("a step");
        if step.cursors.is_empty() {
            return;
        }
        let changes = store.read_blocking(move |read| changes(read, step.offers.iter().copied(), NOW));
        index
            .apply(&changes.expect("changes"), &step.cursors)
            .expect("applied");
    }
}

fn found(index: &SearchIndex, text: &str) -> Vec<OfferId> {
    let query = SearchQuery {
        text: text.to_owned(),
        ..SearchQuery::default()
    };
    let page = index.search(&query, NOW).expect("a page");
    page.hits.into_iter().map(|hit| hit.doc.offer).collect()
}

fn on_both(test: impl Fn(&Store, Shop)) {
    for database in TestDatabase::both() {
        let store = database.open();
        let shop = certified_shop(&store, 1);
        test(&store, shop);
        store.close();
    }
}

#[test]
fn an_offer_is_found_while_it_is_on_sale() {
    on_both(|store, shop| {
        let index = SearchIndex::in_memory().expect("an index");
        let offer = on_sale(store, shop, terms(), 1, |draft| {
            draft
                .title
                .0
                .insert("en".to_owned(), "Hot pot for two".to_owned());
        })
        .offer;
        drain(store, &index);
        assert_eq!(
            (found(&index, "火锅"), found(&index, "hot pot")),
            (vec![offer], vec![offer])
        );

        assert!(
            run(store, ctx(shop.as_owner()), move |tx, ctx| offer::pause_offer(
                tx,
                ctx,
                &PauseOffer { offer }
            ))
            .is_ok()
        );
        drain(store, &index);
        assert_eq!(found(&index, "火锅"), []);

        assert!(
            run(store, ctx(shop.as_owner()), move |tx, ctx| offer::resume_offer(
                tx,
                ctx,
                &ResumeOffer { offer }
            ))
            .is_ok()
        );
        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 77));
        let merchant = shop.merchant;
        let because = || ctx(admin).with_reason("a complaint".to_owned());
        assert!(
            run(store, because(), move |tx, ctx| party::suspend_merchant(
                tx,
                ctx,
                &SuspendMerchant { merchant }
            ))
            .is_ok()
        );
        drain(store, &index);
        assert_eq!(found(&index, "火锅"), []);

        assert!(
            run(store, because(), move |tx, ctx| party::reinstate_merchant(
                tx,
                ctx,
                &ReinstateMerchant { merchant }
            ))
            .is_ok()
        );
        drain(store, &index);
        assert_eq!(found(&index, "火锅"), [offer]);
    });
}

#[test]
fn an_index_built_anew_is_the_one_that_was_fed() {
    on_both(|store, shop| {
        let fed = SearchIndex::in_memory().expect("an index");
        for n in 0..5 {
            on_sale(store, shop, terms(), n, |draft| {
                draft.title = LocalText::one("en", &format!("Set number {n}"));
            });
            drain(store, &fed);
        }
        let built = SearchIndex::in_memory().expect("an index");
        let all = store.read_blocking(|read| {
            let offers = offer::queries::offer_ids(read, None, 1_000)?;
            changes(read, offers, NOW)
        });
        built
            .apply(&all.expect("changes"), &Default::default())
            .expect("applied");
        let sorted = |index: &SearchIndex| {
            let mut offers = found(index, "set number");
            offers.sort_unstable();
            offers
        };
        assert_eq!((sorted(&fed).len(), sorted(&fed)), (5, sorted(&built)));
    });
}

#[test]
fn a_log_that_has_grown_long_is_read_in_steps() {
    on_both(|store, shop| {
        let index = SearchIndex::in_memory().expect("an index");
        let offer = on_sale(store, shop, terms(), 1, |_| {}).offer;
        // More lookups than one transaction has statements, in many partitions.
        for _ in 0..60 {
            let updated = StoreUpdated {
                store: shop.store,
                merchant: shop.merchant,
            };
            let told = run(store, ctx(shop.as_owner()), move |tx, ctx| {
                (0..100).try_for_each(|_| Ok(tx.emit(ctx, updated.store, 1, &updated)?))
            });
            assert!(told.is_ok());
        }
        drain(store, &index);
        assert_eq!(found(&index, "火锅"), [offer]);
    });
}

#[test]
fn an_offer_is_found_by_what_its_stores_serve() {
    on_both(|store, shop| {
        let index = SearchIndex::in_memory().expect("an index");
        let offer = on_sale(store, shop, terms(), 1, |_| {}).offer;
        let set = |menu: SetMenu| {
            let set = run(store, ctx(shop.as_owner()), move |tx, ctx| {
                offer::set_menu(tx, ctx, &menu)
            });
            assert!(set.is_ok());
            drain(store, &index);
        };
        set(first_menu(
            shop,
            [dish("鲜肉小笼包", 2_800), dish("Plum drink", 900)],
        ));
        assert_eq!(found(&index, "小笼包"), [offer]);
        assert_eq!(found(&index, "plum drinks"), [offer]);
        set(SetMenu {
            version: 1,
            ..first_menu(shop, [dish("小馄饨", 1_200)])
        });
        assert_eq!(found(&index, "小笼包"), []);
    });
}
