//! From a licence to the right to sell, and back when it runs out or the platform says so.

use std::sync::Barrier;

use kernel::{Actor, CertificationId, Ctx, DAY_US, MediaId, Timestamp};
use party::testing::{NOW, Shop, ctx_at, operator, registered_shop, sha_like, staff};
use party::{
    CERTIFICATION_EXPIRES, CertificationStatus, DecideCertification, ExpireCertification, MediaOwner,
    MerchantStatus, OperatorRole, RecordMedia, ReinstateMerchant, Role, SubmitCertification, SuspendMerchant,
    decide_certification, expire_certification, queries, record_media, reinstate_merchant,
    submit_certification, suspend_merchant,
};
use store::{Rejected, Store, due_timers};

use crate::{ask, code, nowhere, on_both, run, why};

fn submit(
    store: &Store,
    shop: Shop,
    actor: Actor,
    valid_until: Timestamp,
) -> Result<CertificationId, Rejected> {
    run(store, actor, move |tx, ctx| {
        let media = RecordMedia {
            id: ctx.new_id(),
            owner: MediaOwner::Merchant(shop.merchant),
            sha256: sha_like(1, 1),
            content_type: "image/png".to_owned(),
            size: 5,
        };
        let cmd = SubmitCertification {
            merchant: shop.merchant,
            kind: "food_permit".to_owned(),
            number: "JY1310101".to_owned(),
            media: record_media(tx, ctx, &media)?,
            valid_until,
        };
        submit_certification(tx, ctx, &cmd)
    })
}

fn decide(
    store: &Store,
    actor: Actor,
    certification: CertificationId,
    approve: bool,
) -> Result<MerchantStatus, Rejected> {
    let note = if approve { "" } else { "The number cannot be read." };
    let cmd = DecideCertification {
        certification,
        approve,
        note: note.to_owned(),
    };
    run(store, actor, move |tx, ctx| decide_certification(tx, ctx, &cmd))
}

fn expire(store: &Store, at: Timestamp, certification: CertificationId) -> bool {
    let ctx = ctx_at(at, Actor::System);
    party::testing::run(store, ctx, move |tx, ctx| {
        expire_certification(tx, ctx, &ExpireCertification { certification })
    })
    .expect("no rejection")
}

fn status(store: &Store, shop: Shop) -> MerchantStatus {
    ask(store, move |read| queries::merchant(read, shop.merchant))
        .expect("the merchant")
        .status
}

fn year() -> Timestamp {
    NOW.plus_us(365 * DAY_US)
}

#[test]
fn an_approval_makes_a_merchant_certified_and_is_final() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let support = Actor::Operator(operator(store, OperatorRole::Support, 1));
        let finance = Actor::Operator(operator(store, OperatorRole::Finance, 2));
        let (bad, good) = (
            submit(store, shop, shop.as_owner(), year()).expect("submitted"),
            submit(store, shop, shop.as_owner(), year()).expect("submitted"),
        );
        let waiting = ask(store, |read| {
            queries::certifications(read, CertificationStatus::Submitted, None, 10)
        });
        assert_eq!(
            waiting.iter().map(|c| c.id).collect::<Vec<_>>(),
            [good.max(bad), good.min(bad)]
        );

        for actor in [finance, shop.as_owner(), Actor::System] {
            assert_eq!(why(decide(store, actor, good, true)), "forbidden");
        }
        let silent = run(store, support, move |tx, ctx| {
            let cmd = DecideCertification {
                certification: bad,
                approve: false,
                note: " ".to_owned(),
            };
            decide_certification(tx, ctx, &cmd)
        });
        assert_eq!(
            code(silent),
            ("certification_note_missing".to_owned(), Some("/note".to_owned()))
        );
        assert_eq!(decide(store, support, bad, false), Ok(MerchantStatus::Registered));
        assert_eq!(decide(store, support, good, true), Ok(MerchantStatus::Certified));
        assert_eq!(why(decide(store, support, bad, true)), "certification_decided");
        assert_eq!(why(decide(store, support, good, false)), "certification_decided");
        assert_eq!(why(decide(store, support, nowhere(), true)), "not_found");
        let page = ask(store, move |read| queries::merchant_page(read, shop.merchant)).expect("a page");
        assert_eq!(
            (page.merchant.status, page.badges),
            (MerchantStatus::Certified, vec!["food_permit".to_owned()])
        );
    });
}

#[test]
fn what_is_handed_in_must_be_valid_and_the_merchants_own() {
    on_both(|store| {
        let (shop, other) = (registered_shop(store, 1), registered_shop(store, 2));
        let manager = staff(store, shop, Some(shop.store), Role::Manager, 1);
        let of_one_store = Actor::Staff(manager, shop.merchant);
        assert_eq!(why(submit(store, shop, of_one_store, year())), "forbidden");
        for until in [NOW, Timestamp(0), Timestamp(i64::MIN), Timestamp(i64::MAX)] {
            let refused = submit(store, shop, shop.as_owner(), until);
            assert_eq!(code(refused).1.as_deref(), Some("/valid_until"));
        }
        let foreign = run(store, other.as_owner(), move |tx, ctx| {
            let media = RecordMedia {
                id: ctx.new_id(),
                owner: MediaOwner::Merchant(other.merchant),
                sha256: [1; 32],
                content_type: "image/png".to_owned(),
                size: 5,
            };
            record_media(tx, ctx, &media)
        })
        .expect("recorded");
        let with = |media: MediaId, kind: &'static str| {
            run(store, shop.as_owner(), move |tx, ctx: &Ctx| {
                let cmd = SubmitCertification {
                    merchant: shop.merchant,
                    kind: kind.to_owned(),
                    number: "1".to_owned(),
                    media,
                    valid_until: year(),
                };
                submit_certification(tx, ctx, &cmd)
            })
        };
        let (stolen, missing) = (with(foreign, "food_permit"), with(nowhere(), "food_permit"));
        assert_eq!(stolen, missing);
        assert_eq!(code(stolen), ("not_found".to_owned(), Some("/media".to_owned())));
        assert_eq!(code(with(foreign, "<script>")).1.as_deref(), Some("/kind"));
    });
}

#[test]
fn a_certification_that_runs_out_takes_the_right_to_sell_along_unless_another_is_valid() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 1));
        let first = submit(store, shop, shop.as_owner(), year()).expect("submitted");
        let later = year().plus_us(DAY_US);
        let second = submit(store, shop, shop.as_owner(), later).expect("submitted");
        decide(store, admin, first, true).expect("approved");
        decide(store, admin, second, true).expect("approved");
        let timers = ask(store, move |read| Ok(due_timers(read, later, 10)?));
        assert_eq!(timers.len(), 2);
        assert!(timers.iter().all(|timer| timer.kind == CERTIFICATION_EXPIRES.0));

        assert!(!expire(store, year().plus_us(-1), first), "too early");
        assert!(expire(store, year(), first));
        assert!(!expire(store, year(), first), "found twice, done once");
        assert_eq!(status(store, shop), MerchantStatus::Certified);
        assert!(expire(store, later, second));
        assert_eq!(status(store, shop), MerchantStatus::Registered);
        assert!(ask(store, move |read| Ok(due_timers(read, later, 10)?)).is_empty());
        assert!(!expire(store, later, nowhere()));
    });
}

#[test]
fn one_certification_runs_out_while_another_is_approved_and_the_merchant_keeps_selling() {
    on_both(|store| {
        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 1));
        for round in 0..8_u64 {
            let shop = registered_shop(store, 10 + round);
            let old = submit(store, shop, shop.as_owner(), NOW.plus_us(1)).expect("submitted");
            decide(store, admin, old, true).expect("approved");
            let new = submit(store, shop, shop.as_owner(), year()).expect("submitted");
            let go = Barrier::new(2);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    go.wait();
                    assert!(expire(store, NOW.plus_us(1), old));
                });
                scope.spawn(|| {
                    go.wait();
                    decide(store, admin, new, true).expect("approved");
                });
            });
            assert_eq!(status(store, shop), MerchantStatus::Certified);
        }
    });
}

#[test]
fn a_suspension_holds_until_it_is_lifted_and_needs_a_reason() {
    on_both(|store| {
        let shop = registered_shop(store, 1);
        let admin = Actor::Operator(operator(store, OperatorRole::Admin, 1));
        let suspend = move |tx: &mut store::Tx, ctx: &Ctx| {
            suspend_merchant(
                tx,
                ctx,
                &SuspendMerchant {
                    merchant: shop.merchant,
                },
            )
        };
        let reinstate = move |tx: &mut store::Tx, ctx: &Ctx| {
            reinstate_merchant(
                tx,
                ctx,
                &ReinstateMerchant {
                    merchant: shop.merchant,
                },
            )
        };
        let reasoned = || ctx_at(NOW, admin).with_reason("Sold what it did not have.".to_owned());

        assert_eq!(why(run(store, admin, suspend)), "reason_missing");
        assert_eq!(why(run(store, shop.as_owner(), suspend)), "forbidden");
        assert_eq!(
            why(party::testing::run(store, reasoned(), reinstate)),
            "merchant_not_suspended"
        );
        assert_eq!(party::testing::run(store, reasoned(), suspend), Ok(()));
        assert_eq!(
            why(party::testing::run(store, reasoned(), suspend)),
            "merchant_suspended"
        );

        let certification = submit(store, shop, shop.as_owner(), year()).expect("submitted");
        assert_eq!(
            decide(store, admin, certification, true),
            Ok(MerchantStatus::Suspended)
        );
        let sells = run(store, Actor::System, move |tx, _| {
            party::require_certified(tx, shop.merchant)
        });
        assert_eq!(why(sells), "merchant_suspended");
        assert_eq!(
            party::testing::run(store, reasoned(), reinstate),
            Ok(MerchantStatus::Certified)
        );
        let suspended = ask(store, |read| {
            queries::merchants(read, Some(MerchantStatus::Suspended), None, 10)
        });
        assert!(suspended.is_empty());
    });
}
