//! What a merchant can still change of an offer, and who makes none.

use kernel::{Actor, Currency, DAY_US, LocalText};
use offer::testing::{agreed, dinner, draft, seats, terms};
use offer::*;
use party::testing::{certified_shop, ctx, operator, run};
use party::{OperatorRole, SuspendMerchant};

use crate::offers::{another_store, create, publish};
use crate::{act, ask, code, on_both};

#[test]
fn a_draft_changes_wholly_and_a_published_offer_in_its_words_alone() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let (agreement, _) = agreed(store, shop, terms(), 1);
        let owner = shop.as_owner();
        let mut of_two = draft(shop, agreement);
        of_two.stores.push(another_store(store, shop, Currency::CNY));
        let offer = create(store, owner, of_two).expect("a draft");
        let write = |version, change: fn(&mut CreateOffer)| {
            let mut to = draft(shop, agreement);
            change(&mut to);
            let cmd = UpdateOffer { offer, version, to };
            act(store, owner, move |tx, ctx| update_offer(tx, ctx, &cmd))
        };
        let dearer: fn(&mut CreateOffer) = |to| to.list_price.amount = 12_000;
        assert_eq!(write(1, dearer), Ok(2));
        assert_eq!(
            code(write(1, dearer)).0,
            OFFER_CHANGED.code,
            "seen by the first to come"
        );
        let no_store: fn(&mut CreateOffer) = |to| to.stores.clear();
        assert_eq!(code(write(2, no_store)).1.as_deref(), Some("/stores"));
        publish(store, owner, offer).expect("published");

        let retold: fn(&mut CreateOffer) = |to| {
            to.list_price.amount = 12_000;
            to.title = LocalText::one("zh-CN", "四人火锅套餐");
        };
        assert_eq!(write(3, retold), Ok(4));
        let shown = ask(store, move |read| queries::offer(read, offer)).expect("it is there");
        assert_eq!(
            (shown.title.in_language("zh-CN"), shown.list_price.amount),
            ("四人火锅套餐", 12_000)
        );
        let cheaper = code(write(4, |_| {}));
        assert_eq!(
            cheaper,
            (OFFER_STATUS.code.to_owned(), Some("/list_price".to_owned()))
        );
        let cmd = DiscardOffer { offer };
        let refused = act(store, owner, move |tx, ctx| discard_offer(tx, ctx, &cmd));
        assert_eq!(code(refused).0, OFFER_STATUS.code);
    });
}

#[test]
fn what_is_booked_is_not_sold_to_groups_whichever_is_said_first() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let (agreement, _) = agreed(store, shop, terms(), 1);
        let owner = shop.as_owner();
        let alone = draft(shop, agreement);
        let together = CreateOffer {
            group: Some(GroupTerms {
                price: 6_000,
                size: 3,
                window_us: DAY_US,
            }),
            ..alone.clone()
        };
        let table = AddResource {
            merchant: shop.merchant,
            store: shop.store,
            kind: ResourceKind::Table,
            details: seats("T1", (1, 4), ""),
        };
        let table = act(store, owner, move |tx, ctx| add_resource(tx, ctx, &table)).expect("a table");
        let book = |offer| {
            let cmd = SetBookingTerms {
                offer,
                terms: dinner(),
                resources: vec![vec![table]],
            };
            act(store, owner, move |tx, ctx| set_booking_terms(tx, ctx, &cmd))
        };
        let of_groups = create(store, owner, together.clone()).expect("a draft");
        assert_eq!(code(book(of_groups)).0, BOOKING_WITHOUT_GROUP.code);
        let booked = create(store, owner, alone).expect("another");
        assert_eq!(book(booked), Ok(1));
        let cmd = UpdateOffer {
            offer: booked,
            version: 1,
            to: together,
        };
        let refused = act(store, owner, move |tx, ctx| update_offer(tx, ctx, &cmd));
        assert_eq!(
            code(refused),
            (BOOKING_WITHOUT_GROUP.code.to_owned(), Some("/group".to_owned()))
        );
    });
}

#[test]
fn a_store_has_a_thousand_resources_at_most() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let add = |count: i64| {
            let cmd = AddResource {
                merchant: shop.merchant,
                store: shop.store,
                kind: ResourceKind::Table,
                details: seats("T", (1, 4), ""),
            };
            act(store, shop.as_owner(), move |tx, ctx| {
                (0..count).try_for_each(|_| add_resource(tx, ctx, &cmd).map(drop))
            })
        };
        assert_eq!(add(queries::MAX_RESOURCES_OF_STORE), Ok(()));
        assert_eq!(code(add(1)).0, RESOURCE_LIMIT.code);
        let all = ask(store, move |read| queries::resources_of(read, shop.store));
        assert_eq!(all.len() as i64, queries::MAX_RESOURCES_OF_STORE);
    });
}

#[test]
fn a_draft_is_thrown_away_with_its_stock_and_nothing_else() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let (agreement, _) = agreed(store, shop, terms(), 1);
        let mut of_two = draft(shop, agreement);
        of_two.stores.push(another_store(store, shop, Currency::CNY));
        let [gone, kept] = [(); 2].map(|()| create(store, shop.as_owner(), of_two.clone()));
        let (gone, kept) = (gone.expect("a draft"), kept.expect("another"));
        let other = certified_shop(store, 2);
        for (actor, answer) in [(other.as_owner(), false), (shop.as_owner(), true)] {
            let cmd = DiscardOffer { offer: gone };
            let discarded = act(store, actor, move |tx, ctx| discard_offer(tx, ctx, &cmd));
            assert_eq!(discarded.is_ok(), answer);
        }
        let left = ask(store, move |read| {
            queries::offers_of(read, shop.merchant, None, 10)
        });
        assert_eq!(left.iter().map(|offer| offer.id).collect::<Vec<_>>(), [kept]);
        publish(store, shop.as_owner(), kept).expect("the other one is whole");
    });
}

#[test]
fn a_suspended_merchant_neither_proposes_nor_makes_offers() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let (agreement, _) = agreed(store, shop, terms(), 1);
        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 7));
        let suspend = SuspendMerchant {
            merchant: shop.merchant,
        };
        run(
            store,
            ctx(admin).with_reason("complaints".to_owned()),
            move |tx, ctx| party::suspend_merchant(tx, ctx, &suspend),
        )
        .expect("suspended");
        let offered = create(store, shop.as_owner(), draft(shop, agreement));
        assert_eq!(code(offered).0, party::MERCHANT_SUSPENDED.code);
        let propose = ProposeAgreement {
            merchant: shop.merchant,
            terms: terms(),
        };
        let proposed = act(store, shop.as_owner(), move |tx, ctx| {
            propose_agreement(tx, ctx, &propose)
        });
        assert_eq!(code(proposed).0, party::MERCHANT_SUSPENDED.code);
    });
}
