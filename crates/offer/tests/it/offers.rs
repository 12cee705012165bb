//! From a draft to what a buyer sees.

use kernel::{Actor, Currency, HOUR_US, LocalText, MediaId, Money, OfferId, StoreId};
use offer::testing::{agreed, bp, draft, on_sale, terms};
use offer::*;
use party::testing::{NOW, Shop, certified_shop, ctx, operator, registered_shop, run, staff, store_details};
use party::{AddStore, OperatorRole, Role, SuspendMerchant};
use store::{Rejected, Store};

use crate::{act, ask, at_once, code, on_both};

pub fn create(store: &Store, actor: Actor, cmd: CreateOffer) -> Result<OfferId, Rejected> {
    act(store, actor, move |tx, ctx| create_offer(tx, ctx, &cmd))
}

pub fn publish(store: &Store, actor: Actor, offer: OfferId) -> Result<(), Rejected> {
    act(store, actor, move |tx, ctx| {
        publish_offer(tx, ctx, &PublishOffer { offer })
    })
}

fn pause(store: &Store, actor: Actor, offer: OfferId) -> Result<(), Rejected> {
    act(store, actor, move |tx, ctx| {
        pause_offer(tx, ctx, &PauseOffer { offer })
    })
}

fn resume(store: &Store, actor: Actor, offer: OfferId) -> Result<(), Rejected> {
    act(store, actor, move |tx, ctx| {
        resume_offer(tx, ctx, &ResumeOffer { offer })
    })
}

fn sale(store: &Store, offer: OfferId, now: kernel::Timestamp) -> Result<ForSale, Rejected> {
    act(store, Actor::Anonymous, move |tx, _| {
        queries::for_sale(tx, offer, now)
    })
}

pub fn page(store: &Store, offer: OfferId) -> OfferPage {
    ask(store, move |read| queries::offer_page(read, offer, NOW)).expect("the offer exists")
}

pub fn another_store(store: &Store, shop: Shop, currency: Currency) -> StoreId {
    let mut details = store_details(77);
    details.currency = currency;
    let cmd = AddStore {
        merchant: shop.merchant,
        details,
    };
    act(store, shop.as_owner(), move |tx, ctx| {
        party::add_store(tx, ctx, &cmd)
    })
    .expect("a store")
}

#[test]
fn an_offer_on_sale_carries_all_that_an_order_freezes() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let made = on_sale(store, shop, terms(), 1, |offer| offer.stock = 5);
        let found = sale(store, made.offer, NOW).expect("it is on sale");
        assert_eq!(
            (
                found.merchant,
                found.agreement,
                found.agreement_version,
                found.head_count_bucket
            ),
            (shop.merchant, made.agreement, 1, made.head_count)
        );
        assert_eq!(found.list_price, Money::new(10_000, Currency::CNY));
        assert_eq!((found.terms, found.uses, found.max_per_order), (terms(), 1, 10));
        assert_eq!(found.store_set, store_set_digest(&[shop.store]));
        let shown = page(store, made.offer);
        assert_eq!(
            (shown.stores, shown.on_sale, shown.units_left),
            (vec![shop.store], true, 5)
        );
        assert_eq!(shown.price.due, Money::new(8_000, Currency::CNY));
        let buckets = ask(store, move |read| queries::buckets_of(read, made.offer));
        assert_eq!(buckets, Some([found.stock_bucket, found.head_count_bucket]));
    });
}

#[test]
fn what_is_for_sale_is_found_in_one_statement() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let made = on_sale(store, shop, terms(), 1, |_| {});
        let answer = store.run_blocking("for_sale", made.offer, ctx(Actor::Anonymous), move |tx, _| {
            queries::for_sale(tx, made.offer, NOW)
        });
        assert!(answer.is_ok());
        let cost = store.costs()["for_sale"];
        assert_eq!((cost.asked, cost.told), (1, 0));
    });
}

#[test]
fn an_offer_sells_only_while_everything_allows_it() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let owner = shop.as_owner();
        let made = on_sale(store, shop, terms(), 1, |_| {});
        let id = made.offer;
        let refused = |now| code(sale(store, id, now)).0;
        assert_eq!(refused(terms().starts_at.plus_us(-1)), OFFER_NOT_ON_SALE.code);
        assert!(sale(store, id, terms().starts_at).is_ok());
        assert_eq!(refused(terms().ends_at), OFFER_NOT_ON_SALE.code);
        assert_eq!(code(resume(store, owner, id)).0, OFFER_STATUS.code);
        assert_eq!(code(publish(store, owner, id)).0, OFFER_STATUS.code);
        assert_eq!(pause(store, owner, id), Ok(()));
        assert_eq!(refused(NOW), OFFER_NOT_ON_SALE.code);
        assert_eq!(code(pause(store, owner, id)).0, OFFER_STATUS.code);
        assert_eq!(resume(store, owner, id), Ok(()));
        assert!(sale(store, id, NOW).is_ok() && page(store, id).on_sale);

        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 50));
        let merchant = shop.merchant;
        let why = ctx(admin).with_reason("false listing".to_owned());
        run(store, why, move |tx, ctx| {
            party::suspend_merchant(tx, ctx, &SuspendMerchant { merchant })
        })
        .expect("suspended");
        assert_eq!(refused(NOW), OFFER_NOT_ON_SALE.code);
        assert!(!page(store, id).on_sale);

        let other = certified_shop(store, 2);
        let ended = on_sale(store, other, terms(), 2, |_| {});
        let agreement = ended.agreement;
        act(store, admin, move |tx, ctx| {
            end_agreement(tx, ctx, &EndAgreement { agreement })
        })
        .expect("ended");
        assert_eq!(code(sale(store, ended.offer, NOW)).0, OFFER_NOT_ON_SALE.code);
        let nobodys = OfferId::from_uuid(uuid::Uuid::from_u128(3));
        assert_eq!(code(sale(store, nobodys, NOW)).0, party::NOT_FOUND.code);
    });
}

#[test]
fn publishing_needs_a_certified_merchant_and_an_accepted_agreement() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let (agreement, _) = agreed(store, shop, terms(), 1);
        let id = create(store, shop.as_owner(), draft(shop, agreement)).expect("a draft");
        assert_eq!(
            code(publish(store, shop.as_owner(), id)).0,
            party::MERCHANT_NOT_CERTIFIED.code
        );
        assert_eq!(
            code(sale(store, id, NOW)).0,
            party::NOT_FOUND.code,
            "a draft is nobody's business"
        );

        let shop = certified_shop(store, 2);
        let propose = ProposeAgreement {
            merchant: shop.merchant,
            terms: terms(),
        };
        let agreement = act(store, shop.as_owner(), move |tx, ctx| {
            propose_agreement(tx, ctx, &propose)
        });
        let agreement = agreement.expect("a proposal");
        let id = create(store, shop.as_owner(), draft(shop, agreement)).expect("a draft");
        assert_eq!(
            code(publish(store, shop.as_owner(), id)).0,
            AGREEMENT_NOT_ACCEPTED.code
        );
        // While they still bargain, the platform limits its share in another currency.
        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 7));
        let counter = CounterAgreement {
            agreement,
            version: 1,
            terms: AgreementTerms {
                platform_cap: Some(PlatformCap {
                    amount: 100,
                    currency: Currency::EUR,
                }),
                ..terms()
            },
        };
        act(store, admin, move |tx, ctx| counter_agreement(tx, ctx, &counter)).expect("a counter-proposal");
        let accept = AcceptAgreement {
            agreement,
            version: 2,
        };
        act(store, shop.as_owner(), move |tx, ctx| {
            accept_agreement(tx, ctx, &accept)
        })
        .expect("accepted");
        let answer = code(publish(store, shop.as_owner(), id));
        assert_eq!(
            answer,
            (
                OFFER_INVALID.code.to_owned(),
                Some("/list_price/currency".to_owned())
            )
        );
    });
}

fn paid_after(share_bp: i64) -> Deposit {
    Deposit {
        kind: DepositKind::PayAfter,
        share_bp: bp(share_bp),
    }
}

#[test]
fn what_is_paid_after_the_service_has_nothing_of_the_platform_whatever_was_bargained() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let propose = ProposeAgreement {
            merchant: shop.merchant,
            terms: AgreementTerms {
                discount_platform_bp: bp(0),
                ..terms()
            },
        };
        let agreement = act(store, shop.as_owner(), move |tx, ctx| {
            propose_agreement(tx, ctx, &propose)
        });
        let agreement = agreement.expect("a proposal");
        let mut cmd = draft(shop, agreement);
        cmd.deposit = Some(paid_after(0));
        let id = create(store, shop.as_owner(), cmd).expect("a draft");
        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 7));
        let counter = CounterAgreement {
            agreement,
            version: 1,
            terms: terms(),
        };
        act(store, admin, move |tx, ctx| counter_agreement(tx, ctx, &counter)).expect("a counter-proposal");
        let accept = AcceptAgreement {
            agreement,
            version: 2,
        };
        act(store, shop.as_owner(), move |tx, ctx| {
            accept_agreement(tx, ctx, &accept)
        })
        .expect("accepted");
        assert_eq!(
            code(publish(store, shop.as_owner(), id)),
            (OFFER_INVALID.code.to_owned(), Some("/deposit/kind".to_owned()))
        );
    });
}

#[test]
fn a_field_out_of_bounds_is_named() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let other = certified_shop(store, 2);
        let (agreement, _) = agreed(store, shop, terms(), 1);
        let (of_other, _) = agreed(store, other, terms(), 2);
        let euro_store = another_store(store, shop, Currency::EUR);
        type Change<'a> = Box<dyn Fn(&mut CreateOffer) + 'a>;
        let wrong: Vec<(Change, &str)> = vec![
            (Box::new(|o| o.title = LocalText::default()), "/title"),
            (Box::new(|o| o.title = LocalText::one("en", " ")), "/title"),
            (
                Box::new(|o| o.title = LocalText::one("en", "two\nlines")),
                "/title",
            ),
            (Box::new(|o| o.title = LocalText::one("../en", "x")), "/title"),
            (
                Box::new(|o| o.title = LocalText::one("en", &"x".repeat(121))),
                "/title",
            ),
            (
                Box::new(|o| o.description = LocalText::one("en", "a\u{0}b")),
                "/description",
            ),
            (
                Box::new(|o| o.description = LocalText::one("en", "\u{202e}gnp.exe")),
                "/description",
            ),
            (Box::new(|o| o.category = "Hot Pot".to_owned()), "/category"),
            (Box::new(|o| o.list_price.amount = 0), "/list_price/amount"),
            (Box::new(|o| o.list_price.amount = i64::MIN), "/list_price/amount"),
            (Box::new(|o| o.list_price.amount = i64::MAX), "/list_price/amount"),
            (Box::new(|o| o.stock = -1), "/stock"),
            (Box::new(|o| o.stock = i64::MAX), "/stock"),
            (Box::new(|o| o.uses = 0), "/uses"),
            (Box::new(|o| o.uses = 65_536), "/uses"),
            (Box::new(|o| o.valid_us = HOUR_US - 1), "/valid_us"),
            (Box::new(|o| o.valid_us = i64::MAX), "/valid_us"),
            (Box::new(|o| o.max_per_order = 0), "/max_per_order"),
            (Box::new(|o| o.stores = Vec::new()), "/stores"),
            (Box::new(|o| o.stores = vec![shop.store; 201]), "/stores"),
            (Box::new(|o| o.stores.push(other.store)), "/stores"),
            (Box::new(|o| o.stores.push(euro_store)), "/stores"),
            (Box::new(|o| o.list_price.currency = Currency::JPY), "/stores"),
            (Box::new(|o| o.agreement = of_other), "/agreement"),
            (Box::new(|o| o.deposit = Some(paid_after(1))), "/deposit/share_bp"),
            // The platform gives a part of this agreement's discount.
            (Box::new(|o| o.deposit = Some(paid_after(0))), "/deposit/kind"),
            (
                Box::new(|o| o.media = Some(MediaId::from_uuid(uuid::Uuid::from_u128(5)))),
                "/media",
            ),
        ];
        for (change, field) in wrong {
            let mut cmd = draft(shop, agreement);
            change(&mut cmd);
            let answer = code(create(store, shop.as_owner(), cmd.clone()));
            assert_eq!(answer.1.as_deref(), Some(field), "{} for {cmd:?}", answer.0);
        }
        let merchant = shop.merchant;
        assert_eq!(
            ask(store, move |read| queries::offers_of(read, merchant, None, 10)),
            []
        );
    });
}

#[test]
fn only_managers_of_the_merchant_touch_its_offers() {
    on_both(|store| {
        let (shop, other) = (certified_shop(store, 1), certified_shop(store, 2));
        let made = on_sale(store, shop, terms(), 1, |_| {});
        let cashier = Actor::Staff(staff(store, shop, None, Role::Cashier, 1), shop.merchant);
        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 1));
        for (actor, expected) in [
            (cashier, party::FORBIDDEN.code),
            (admin, party::FORBIDDEN.code),
            (other.as_owner(), party::NOT_FOUND.code),
        ] {
            assert_eq!(code(pause(store, actor, made.offer)).0, expected);
            assert_eq!(code(publish(store, actor, made.offer)).0, expected);
            assert_eq!(code(resume(store, actor, made.offer)).0, expected);
            assert_eq!(
                code(create(store, actor, draft(shop, made.agreement))).0,
                expected
            );
            let cmd = ChangeStock {
                offer: made.offer,
                capacity: 1,
            };
            assert_eq!(
                code(act(store, actor, move |tx, ctx| change_stock(tx, ctx, &cmd))).0,
                expected
            );
        }
        let nobodys = OfferId::from_uuid(uuid::Uuid::from_u128(3));
        assert_eq!(
            code(pause(store, other.as_owner(), nobodys)).0,
            party::NOT_FOUND.code
        );
    });
}

#[test]
fn stock_set_below_what_is_sold_stops_the_sale_and_says_by_how_much() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let made = on_sale(store, shop, terms(), 1, |_| {});
        let [stock, _] = ask(store, move |read| queries::buckets_of(read, made.offer)).expect("buckets");
        let order = uuid::Uuid::from_u128(1);
        act(store, Actor::System, move |tx, _| {
            assert_eq!(bucket::hold(tx, order, &[(stock, 4)])?, None);
            bucket::take(tx, order)
        })
        .expect("sold");
        let change = |capacity| {
            let cmd = ChangeStock {
                offer: made.offer,
                capacity,
            };
            act(store, shop.as_owner(), move |tx, ctx| change_stock(tx, ctx, &cmd))
        };
        assert_eq!(change(3), Ok(1));
        assert_eq!(page(store, made.offer).units_left, 0);
        assert_eq!(change(6), Ok(0));
        assert_eq!(page(store, made.offer).units_left, 2);
        assert_eq!(
            code(change(-1)),
            (OFFER_INVALID.code.to_owned(), Some("/capacity".to_owned()))
        );
    });
}

#[test]
fn of_many_pauses_at_once_one_counts() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let made = on_sale(store, shop, terms(), 1, |_| {});
        let paused = at_once(16, |_| pause(store, shop.as_owner(), made.offer).is_ok());
        assert_eq!(paused.iter().filter(|won| **won).count(), 1);
        assert_eq!(page(store, made.offer).offer.version, 3);
    });
}
