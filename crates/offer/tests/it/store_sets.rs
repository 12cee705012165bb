//! Which stores stand behind an offer, and where offers are listed.

use std::collections::BTreeMap;

use kernel::{Actor, Currency, DAY_US};
use offer::testing::{agreed, draft, on_sale, terms};
use offer::{queries, store_set_digest};
use party::testing::{certified_shop, ctx, sha_like};
use party::{MediaOwner, RecordMedia};

use crate::offers::{another_store, create, page};
use crate::{act, ask, at_once, on_both};

#[test]
fn store_sets_and_lists_follow_the_offers() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let second = another_store(store, shop, Currency::CNY);
        let media = RecordMedia {
            id: ctx(Actor::System).new_id::<kernel::Media>(),
            owner: MediaOwner::Merchant(shop.merchant),
            sha256: sha_like(1, 1),
            content_type: "image/png".to_owned(),
            size: 10,
        };
        let media = act(store, shop.as_owner(), move |tx, ctx| {
            party::record_media(tx, ctx, &media)
        })
        .expect("media");
        let both = vec![second, shop.store, second];
        let first = on_sale(store, shop, terms(), 1, |o| {
            o.stores = both.clone();
            o.media = Some(media);
        });
        // The same stores again, at the same moment: the set is written once.
        let (agreement, _) = agreed(store, shop, terms(), 2);
        let same = at_once(8, |_| {
            let mut cmd = draft(shop, agreement);
            cmd.stores = vec![shop.store, second];
            cmd.valid_us = DAY_US;
            create(store, shop.as_owner(), cmd).is_ok()
        });
        assert!(same.into_iter().all(|made| made));
        on_sale(store, shop, terms(), 3, |_| {});
        let merchant = shop.merchant;
        let expected = BTreeMap::from([
            (store_set_digest(&[shop.store]), vec![shop.store]),
            (store_set_digest(&both), {
                let mut sorted = vec![shop.store, second];
                sorted.sort();
                sorted
            }),
        ]);
        assert_eq!(
            ask(store, move |read| queries::store_sets_of(read, merchant)),
            expected
        );
        assert_eq!(page(store, first.offer).offer.media, Some(media));
        let at_second = ask(store, move |read| queries::offers_at(read, second, None, 100));
        let of_merchant = ask(store, move |read| queries::offers_of(read, merchant, None, 100));
        assert_eq!((at_second.len(), of_merchant.len()), (9, 10));
        let ids = ask(store, |read| queries::offer_ids(read, None, 100));
        assert!(ids.len() == 10 && ids.is_sorted());
        let digest = store_set_digest(&both);
        let at_second_of = |set| ask(store, move |read| queries::payee_in_set(read, set, second));
        assert_eq!(at_second_of(digest), (merchant, true));
        assert_eq!(at_second_of([0; 8]), (merchant, false));
    });
}
