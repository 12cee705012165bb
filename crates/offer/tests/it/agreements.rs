//! A negotiation from both sides of the table.

use kernel::{Actor, AgreementId, DAY_US, Timestamp};
use offer::events::{AgreementAccepted, AgreementEnded, AgreementStarted};
use offer::testing::{agreed, bp, terms};
use offer::*;
use party::testing::{NOW, Shop, certified_shop, consumer, ctx_at, operator, registered_shop, run, staff};
use party::{OperatorRole, Role};
use store::{EventBody, PARTITIONS, Store, StoredEvent, due_timers};

use crate::{act, ask, at_once, code, on_both};

fn propose(
    store: &Store,
    actor: Actor,
    shop: Shop,
    terms: AgreementTerms,
) -> Result<AgreementId, store::Rejected> {
    let cmd = ProposeAgreement {
        merchant: shop.merchant,
        terms,
    };
    act(store, actor, move |tx, ctx| propose_agreement(tx, ctx, &cmd))
}

fn counter(
    store: &Store,
    actor: Actor,
    agreement: AgreementId,
    version: i64,
    terms: AgreementTerms,
) -> Result<i64, store::Rejected> {
    let cmd = CounterAgreement {
        agreement,
        version,
        terms,
    };
    act(store, actor, move |tx, ctx| counter_agreement(tx, ctx, &cmd))
}

fn accept(
    store: &Store,
    actor: Actor,
    agreement: AgreementId,
    version: i64,
) -> Result<kernel::BucketId, store::Rejected> {
    let cmd = AcceptAgreement { agreement, version };
    act(store, actor, move |tx, ctx| accept_agreement(tx, ctx, &cmd))
}

fn decline(store: &Store, actor: Actor, agreement: AgreementId) -> Result<(), store::Rejected> {
    act(store, actor, move |tx, ctx| {
        decline_agreement(tx, ctx, &DeclineAgreement { agreement })
    })
}

fn end_at(
    store: &Store,
    actor: Actor,
    now: Timestamp,
    agreement: AgreementId,
) -> Result<(), store::Rejected> {
    run(store, ctx_at(now, actor), move |tx, ctx| {
        end_agreement(tx, ctx, &EndAgreement { agreement })
    })
}

fn count_events<E: EventBody>(store: &Store) -> usize {
    (0..PARTITIONS)
        .map(|partition| {
            let events = ask(store, move |read| {
                Ok(StoredEvent::after(read, partition, 0, 1_000)?)
            });
            events.iter().filter(|event| event.kind == E::TYPE).count()
        })
        .sum()
}

#[test]
fn both_sides_bargain_until_one_accepts_and_every_version_is_kept() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let platform = Actor::Operator(operator(store, OperatorRole::Finance, 1));
        let manager = Actor::Staff(staff(store, shop, None, Role::Manager, 1), shop.merchant);
        let id = propose(store, manager, shop, terms()).expect("a proposal");
        let lower = AgreementTerms {
            commission_bp: bp(1_500),
            ..terms()
        };
        assert_eq!(counter(store, platform, id, 1, lower.clone()), Ok(2));
        assert_eq!(
            code(accept(store, platform, id, 2)).0,
            AGREEMENT_NOT_YOUR_TURN.code
        );
        assert_eq!(
            code(counter(store, platform, id, 2, terms())).0,
            AGREEMENT_NOT_YOUR_TURN.code
        );
        assert_eq!(
            code(accept(store, manager, id, 1)),
            (AGREEMENT_CHANGED.code.to_owned(), Some("/version".to_owned()))
        );
        let head_count = accept(store, manager, id, 2).expect("the last version");
        let agreement = ask(store, move |read| queries::agreement(read, id)).expect("it exists");
        assert_eq!(
            (
                agreement.status,
                agreement.terms_version,
                &agreement.terms,
                agreement.head_count_bucket
            ),
            (AgreementStatus::Accepted, 2, &lower, Some(head_count))
        );
        let versions = ask(store, move |read| queries::agreement_versions(read, id));
        let told: Vec<_> = versions
            .iter()
            .map(|v| (v.version, v.side, v.terms.commission_bp))
            .collect();
        assert_eq!(
            told,
            [(1, Side::Merchant, bp(1_000)), (2, Side::Platform, bp(1_500))]
        );
        let level = ask(store, move |read| bucket::level(read, head_count));
        assert_eq!(level.map(bucket::Level::left), Some(1_000));
        assert_eq!(
            code(counter(store, platform, id, 2, terms())).0,
            AGREEMENT_SETTLED.code
        );
        assert_eq!(code(decline(store, platform, id)).0, AGREEMENT_SETTLED.code);
    });
}

#[test]
fn only_the_two_sides_sit_at_the_table() {
    on_both(|store| {
        let (shop, other) = (registered_shop(store, 1), registered_shop(store, 2));
        let id = propose(store, shop.as_owner(), shop, terms()).expect("a proposal");
        let cashier = Actor::Staff(staff(store, shop, None, Role::Cashier, 1), shop.merchant);
        let of_one_store = Actor::Staff(
            staff(store, shop, Some(shop.store), Role::Manager, 2),
            shop.merchant,
        );
        let support = Actor::Operator(operator(store, OperatorRole::Support, 3));
        let strangers = [
            (Actor::Anonymous, party::SIGN_IN_REQUIRED.code),
            (Actor::Consumer(consumer(store, 1)), party::FORBIDDEN.code),
            (cashier, party::FORBIDDEN.code),
            (of_one_store, party::FORBIDDEN.code),
            (support, party::FORBIDDEN.code),
            (Actor::System, party::FORBIDDEN.code),
            (other.as_owner(), party::NOT_FOUND.code),
        ];
        for (actor, expected) in strangers {
            assert_eq!(code(accept(store, actor, id, 1)).0, expected, "{actor:?}");
            assert_eq!(
                code(counter(store, actor, id, 1, terms())).0,
                expected,
                "{actor:?}"
            );
            assert_eq!(code(decline(store, actor, id)).0, expected, "{actor:?}");
            assert_eq!(
                code(propose(store, actor, shop, terms())).0,
                expected,
                "{actor:?}"
            );
        }
        let nobodys = AgreementId::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(
            code(accept(store, other.as_owner(), nobodys, 1)).0,
            party::NOT_FOUND.code
        );
    });
}

#[test]
fn impossible_terms_are_refused_with_their_field() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let cap = |amount| {
            Some(PlatformCap {
                amount,
                currency: kernel::Currency::CNY,
            })
        };
        let wrong: Vec<(AgreementTerms, &str)> = vec![
            (
                AgreementTerms {
                    ends_at: NOW,
                    ..terms()
                },
                "/terms/ends_at",
            ),
            (
                AgreementTerms {
                    ends_at: Timestamp(i64::MAX),
                    ..terms()
                },
                "/terms/ends_at",
            ),
            (
                AgreementTerms {
                    starts_at: terms().ends_at,
                    ..terms()
                },
                "/terms/starts_at",
            ),
            (
                AgreementTerms {
                    starts_at: Timestamp(i64::MIN),
                    ..terms()
                },
                "/terms/starts_at",
            ),
            (
                AgreementTerms {
                    head_count: 0,
                    ..terms()
                },
                "/terms/head_count",
            ),
            (
                AgreementTerms {
                    head_count: i64::MAX,
                    ..terms()
                },
                "/terms/head_count",
            ),
            (
                AgreementTerms {
                    commission_bp: bp(9_900),
                    ..terms()
                },
                "/terms/rebate_bp",
            ),
            (
                AgreementTerms {
                    platform_cap: cap(-1),
                    ..terms()
                },
                "/terms/platform_cap/amount",
            ),
            (
                AgreementTerms {
                    refund_window_us: -1,
                    ..terms()
                },
                "/terms/refund_window_us",
            ),
            (
                AgreementTerms {
                    refund_window_us: i64::MAX,
                    ..terms()
                },
                "/terms/refund_window_us",
            ),
            (
                AgreementTerms {
                    undo_window_us: -1,
                    ..terms()
                },
                "/terms/undo_window_us",
            ),
            (
                AgreementTerms {
                    undo_window_us: 8 * DAY_US,
                    ..terms()
                },
                "/terms/undo_window_us",
            ),
        ];
        for (terms, field) in wrong {
            let answer = code(propose(store, shop.as_owner(), shop, terms));
            assert_eq!(answer, (TERMS_INVALID.code.to_owned(), Some(field.to_owned())));
        }
        let nobody = Shop {
            merchant: kernel::MerchantId::from_uuid(uuid::Uuid::from_u128(9)),
            ..shop
        };
        let platform = Actor::Operator(operator(store, OperatorRole::Admin, 1));
        assert_eq!(
            code(propose(store, platform, nobody, terms())).0,
            party::NOT_FOUND.code
        );
    });
}

#[test]
fn of_many_answers_at_once_one_counts() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let platform = Actor::Operator(operator(store, OperatorRole::Admin, 1));
        for _ in 0..3 {
            let id = propose(store, shop.as_owner(), shop, terms()).expect("a proposal");
            let won = at_once(24, |n| match n % 3 {
                0 => accept(store, platform, id, 1).is_ok(),
                1 => counter(store, platform, id, 1, terms()).is_ok(),
                _ => accept(store, platform, id, 1).is_ok(),
            });
            assert_eq!(won.iter().filter(|won| **won).count(), 1);
            let versions = ask(store, move |read| queries::agreement_versions(read, id)).len();
            let agreement = ask(store, move |read| queries::agreement(read, id)).expect("it exists");
            match agreement.status {
                AgreementStatus::Accepted => assert_eq!((versions, agreement.terms_version), (1, 1)),
                AgreementStatus::Negotiating => assert_eq!((versions, agreement.terms_version), (2, 2)),
                AgreementStatus::Declined | AgreementStatus::Ended => panic!("nobody asked for that"),
            }
        }
        let accepted = ask(store, |read| {
            queries::agreements(read, AgreementStatus::Accepted, None, 10)
        })
        .len();
        assert_eq!(count_events::<AgreementAccepted>(store), accepted);
    });
}

#[test]
fn an_agreement_starts_and_ends_by_its_timers_once() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let later = AgreementTerms {
            starts_at: NOW.plus_us(DAY_US),
            ends_at: NOW.plus_us(2 * DAY_US),
            ..terms()
        };
        let (id, _) = agreed(store, shop, later.clone(), 1);
        let due = |now| {
            let timers = ask(store, move |read| Ok(due_timers(read, now, 10)?));
            let kinds = timers
                .iter()
                .filter(|t| t.subject::<kernel::Agreement>() == id)
                .map(|t| t.kind.clone());
            kinds.collect::<Vec<_>>()
        };
        let start = |now| {
            run(store, ctx_at(now, Actor::System), move |tx, ctx| {
                start_agreement(tx, ctx, &StartAgreement { agreement: id })
            })
        };
        assert_eq!(code(start(NOW)).0, AGREEMENT_NOT_STARTED.code);
        assert_eq!(due(later.starts_at), [AGREEMENT_STARTS.0]);
        assert_eq!(start(later.starts_at), Ok(true));
        assert_eq!(start(later.starts_at.plus_us(1)), Ok(false));
        assert_eq!(
            code(end_at(store, Actor::System, later.starts_at, id)).0,
            AGREEMENT_NOT_OVER.code
        );
        assert_eq!(due(later.ends_at), [AGREEMENT_ENDS.0]);
        assert_eq!(end_at(store, Actor::System, later.ends_at, id), Ok(()));
        assert_eq!(
            code(end_at(store, Actor::System, later.ends_at.plus_us(1), id)).0,
            AGREEMENT_SETTLED.code
        );
        assert_eq!(due(later.ends_at), Vec::<String>::new());
        let told = (
            count_events::<AgreementStarted>(store),
            count_events::<AgreementEnded>(store),
        );
        assert_eq!(told, (1, 1));
    });
}

#[test]
fn either_side_ends_early_and_walks_away() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let platform = Actor::Operator(operator(store, OperatorRole::Admin, 1));
        for (n, actor) in [(1, platform), (2, shop.as_owner())] {
            let (id, _) = agreed(store, shop, terms(), n);
            assert_eq!(end_at(store, actor, NOW.plus_us(n as i64), id), Ok(()));
            let id = propose(store, shop.as_owner(), shop, terms()).expect("a proposal");
            assert_eq!(
                code(end_at(store, actor, NOW, id)).0,
                AGREEMENT_NOT_ACCEPTED.code,
                "a negotiation is declined, not ended"
            );
            assert_eq!(decline(store, actor, id), Ok(()));
            assert_eq!(code(accept(store, platform, id, 1)).0, AGREEMENT_SETTLED.code);
        }
        let merchant = shop.merchant;
        let page = ask(store, move |read| queries::agreements_of(read, merchant, None, 3));
        assert!(page.len() == 3 && page.windows(2).all(|pair| pair[0].id > pair[1].id));
        let last = page[2].id;
        assert_eq!(
            ask(store, move |read| queries::agreements_of(
                read,
                merchant,
                Some(last),
                3
            ))
            .len(),
            1
        );
    });
}
