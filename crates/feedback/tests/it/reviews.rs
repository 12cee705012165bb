//! Who may say what about a visit, how often, and when it is taken down again.

use std::sync::Barrier;

use feedback::{PostReview, ReviewStatus};
use kernel::{Actor, HOUR_US, RedemptionId};
use party::testing::{NOW, certified_shop, consumer, operator, staff};
use party::{OperatorRole, Role};
use store::sql;

use crate::visits::{Visits, review_of};
use crate::{code, on_both};

#[test]
fn a_guest_reviews_a_visit_once_and_the_rating_follows() {
    on_both(|visits| {
        let [first, second] = [visits.visit(), visits.visit()];
        assert_eq!(visits.rating(), (0, 0));
        let review = visits.review(first, 5).expect("posted");
        assert_eq!(visits.rating(), (5, 1));
        assert_eq!(code(visits.review(first, 1)), "review_exists");
        visits.review(second, 2).expect("another visit has its own");
        assert_eq!(visits.rating(), (7, 2));
        let stored = visits.stored(review);
        assert_eq!(
            (
                stored.person,
                stored.store,
                stored.offer,
                stored.stars,
                stored.status
            ),
            (
                visits.guest,
                visits.shop.store,
                visits.offer,
                5,
                ReviewStatus::Shown
            )
        );
        assert_eq!(
            (stored.aspects["taste"], stored.text.as_str()),
            (5, "好吃，分量足")
        );
    });
}

#[test]
fn only_the_guest_of_a_visit_that_stands_may_and_no_staff() {
    on_both(|visits| {
        let visit = visits.visit();
        let stranger = Actor::Consumer(consumer(visits.db, 2));
        assert_eq!(
            code(visits.review_as(stranger, review_of(visit, 5))),
            "review_redemption_unknown"
        );
        let unknown = RedemptionId::from_uuid(uuid::Uuid::from_u128(1));
        assert_eq!(code(visits.review(unknown, 5)), "review_redemption_unknown");
        for (actor, reason) in [
            (Actor::Anonymous, "sign_in_required"),
            (visits.shop.as_owner(), "forbidden"),
        ] {
            assert_eq!(code(visits.review_as(actor, review_of(visit, 5))), reason);
        }
        // The owner as a guest of their own shop, and a cashier of it.
        for person in [
            visits.shop.owner,
            staff(visits.db, visits.shop, None, Role::Cashier, 1),
        ] {
            let own = visits.visit_of(person, NOW);
            let posted = visits.review_as(Actor::Consumer(person), review_of(own, 5));
            assert_eq!(code(posted), "review_by_staff");
        }
        // Who works elsewhere is a guest here.
        let rival = certified_shop(visits.db, 2);
        let theirs = visits.visit_of(rival.owner, NOW);
        let posted = visits.review_as(Actor::Consumer(rival.owner), review_of(theirs, 4));
        posted.expect("posted");
        let [undone, refunded] = [visits.visit(), visits.visit()];
        visits.refund(refunded).expect("refunded");
        visits.undo(undone);
        for gone in [undone, refunded] {
            assert_eq!(code(visits.review(gone, 5)), "review_visit_void");
        }
        assert_eq!(visits.rating(), (4, 1));
    });
}

#[test]
fn hostile_input_is_refused_by_field_and_odd_text_is_kept_as_it_is() {
    on_both(|visits| {
        let visit = visits.visit();
        let sound = review_of(visit, 5);
        let with_aspect = |name: &str, stars| PostReview {
            aspects: [(name.to_owned(), stars)].into(),
            ..sound.clone()
        };
        let with_text = |text: String| PostReview {
            text,
            ..sound.clone()
        };
        for (cmd, field) in [
            (review_of(visit, 0), "/stars"),
            (review_of(visit, i64::MIN), "/stars"),
            (with_aspect("taste", 6), "/aspects"),
            (with_aspect("<script>", 5), "/aspects"),
            (with_text("字".repeat(2_001)), "/text"),
            (with_text("a\u{0}b".to_owned()), "/text"),
            (with_text("5 \u{202E}srats".to_owned()), "/text"),
        ] {
            let refused = visits
                .review_as(Actor::Consumer(visits.guest), cmd)
                .expect_err("refused");
            assert_eq!(
                (refused.code.as_str(), refused.field.as_deref()),
                ("review_invalid", Some(field))
            );
        }
        let odd = "<img src=x onerror=alert(1)> '; DROP TABLE review; -- =1+1 \u{1F35C}";
        let posted = visits.review_as(Actor::Consumer(visits.guest), with_text(odd.to_owned()));
        assert_eq!(visits.stored(posted.expect("posted")).text, odd);
    });
}

#[test]
fn a_manager_replies_once() {
    on_both(|visits| {
        let review = visits.review(visits.visit(), 3).expect("posted");
        let cashier = staff(visits.db, visits.shop, None, Role::Cashier, 1);
        let cashier = Actor::Staff(cashier, visits.shop.merchant);
        let rival = certified_shop(visits.db, 2);
        assert_eq!(code(visits.reply(cashier, review, "谢谢")), "forbidden");
        assert_eq!(code(visits.reply(rival.as_owner(), review, "谢谢")), "not_found");
        assert_eq!(
            code(visits.reply(visits.shop.as_owner(), review, "  ")),
            "review_invalid"
        );
        visits
            .reply(visits.shop.as_owner(), review, " 谢谢 ")
            .expect("replied");
        assert_eq!(visits.stored(review).reply, Some(("谢谢".to_owned(), NOW)));
        assert_eq!(
            code(visits.reply(visits.shop.as_owner(), review, "再来")),
            "review_replied"
        );
    });
}

#[test]
fn an_operator_hides_with_a_reason_and_the_rating_follows() {
    on_both(|visits| {
        let visit = visits.visit();
        let review = visits.review(visit, 1).expect("posted");
        visits.review(visits.visit(), 5).expect("posted");
        let support = Actor::Operator(operator(visits.db, OperatorRole::Support, 1));
        let finance = Actor::Operator(operator(visits.db, OperatorRole::Finance, 2));
        assert_eq!(code(visits.hide(finance, review, "spam")), "forbidden");
        assert_eq!(
            code(visits.hide(visits.shop.as_owner(), review, "spam")),
            "forbidden"
        );
        assert_eq!(code(visits.hide(support, review, " ")), "reason_missing");
        visits.hide(support, review, "spam").expect("hidden");
        assert_eq!(visits.rating(), (5, 1));
        assert_eq!(code(visits.hide(support, review, "spam")), "review_not_shown");
        assert_eq!(
            code(visits.reply(visits.shop.as_owner(), review, "谢谢")),
            "review_not_shown"
        );
        assert!(visits.shown().iter().all(|shown| shown.id != review));
        assert_eq!(
            code(visits.review(visit, 5)),
            "review_exists",
            "hiding gives no second say"
        );
        let reason = visits.db.read_blocking(|read| {
            Ok(read.one(sql!("SELECT reason FROM event WHERE type = 'ReviewHidden'"))?)
        });
        let reason: String = reason
            .expect("an answer")
            .expect("an event")
            .take()
            .expect("a reason");
        assert_eq!(reason, "spam");
    });
}

#[test]
fn the_review_of_a_refunded_or_undone_visit_is_withdrawn_once() {
    on_both(|visits| {
        let [refunded, undone, stands] = [visits.visit(), visits.visit(), visits.visit()];
        let review = visits.review(refunded, 5).expect("posted");
        visits.review(undone, 4).expect("posted");
        visits.review(stands, 3).expect("posted");
        visits.refund(refunded).expect("refunded");
        visits.undo(undone);
        assert!(visits.withdraw(refunded));
        assert!(!visits.withdraw(refunded), "the event may be seen twice");
        assert!(visits.withdraw(undone));
        assert!(!visits.withdraw(stands), "a visit that stands keeps its review");
        assert_eq!((visits.rating(), visits.shown().len()), ((3, 1), 1));
        assert_eq!(visits.stored(review).status, ReviewStatus::Withdrawn);
        let by_guest = visits.run(Actor::Consumer(visits.guest), NOW, move |tx, ctx| {
            feedback::hide_for_refund(tx, ctx, &feedback::HideForRefund { redemption: stands })
        });
        assert_eq!(code(by_guest), "forbidden");
    });
}

#[test]
fn lists_are_paged_newest_first_and_show_what_is_shown() {
    on_both(|visits| {
        let posted: Vec<_> = (0..5)
            .map(|n| {
                let visit = visits.visit_of(visits.guest, NOW);
                let cmd = review_of(visit, 1 + n);
                let at = NOW.plus_us(n * HOUR_US);
                let review = visits.run(Actor::Consumer(visits.guest), at, move |tx, ctx| {
                    feedback::post_review(tx, ctx, &cmd)
                });
                review.expect("posted")
            })
            .collect();
        let (store, offer, merchant) = (visits.shop.store, visits.offer, visits.shop.merchant);
        let pages = visits.db.read_blocking(move |read| {
            use feedback::queries::{reviews_of_merchant, reviews_of_offer, reviews_of_store};
            let first = reviews_of_store(read, store, None, 2)?;
            let after = first.last().map(|review| review.id);
            let rest = reviews_of_store(read, store, after, 200)?;
            let of_offer = reviews_of_offer(read, offer, None, 200)?;
            let of_merchant = reviews_of_merchant(read, merchant, None, 200)?;
            let walked: Vec<_> = first.into_iter().chain(rest).collect();
            Ok([walked, of_offer, of_merchant])
        });
        for page in pages.expect("an answer") {
            let ids: Vec<_> = page.iter().rev().map(|review| review.id).collect();
            assert_eq!(ids, posted);
        }
    });
}

#[test]
fn a_review_that_meets_the_refund_of_its_visit_does_not_stay() {
    on_both(|visits| {
        for _ in 0..8 {
            let visit = visits.visit();
            let post = |visits: &Visits| {
                let cmd = review_of(visit, 5);
                visits.run(Actor::Consumer(visits.guest), NOW, move |tx, ctx| {
                    feedback::post_review(tx, ctx, &cmd)
                })
            };
            let go = Barrier::new(2);
            let withdrawn = std::thread::scope(|scope| {
                scope.spawn(|| {
                    go.wait();
                    // It may come before the refund or after it.
                    let _ = post(visits);
                });
                go.wait();
                visits.refund(visit).expect("refunded");
                // As the reader of the event does it, once the refund is committed.
                visits.run(Actor::System, NOW, move |tx, ctx| {
                    feedback::hide_for_refund(tx, ctx, &feedback::HideForRefund { redemption: visit })
                })
            });
            withdrawn.expect("an answer");
            visits.check_ratings();
            assert_eq!(visits.rating(), (0, 0));
        }
    });
}

#[test]
fn of_many_reviews_of_one_visit_at_once_one_is_posted() {
    on_both(|visits| {
        let visit = visits.visit();
        let go = Barrier::new(8);
        let posted = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        go.wait();
                        let cmd = review_of(visit, 5);
                        let posted = visits.run(Actor::Consumer(visits.guest), NOW, move |tx, ctx| {
                            feedback::post_review(tx, ctx, &cmd)
                        });
                        usize::from(posted.is_ok())
                    })
                })
                .collect();
            let posted = threads
                .into_iter()
                .map(|thread| thread.join().expect("the thread ends"));
            posted.sum::<usize>()
        });
        visits.check_ratings();
        assert_eq!((posted, visits.rating()), (1, (5, 1)));
    });
}

#[test]
fn the_words_of_an_erased_person_go_and_their_stars_stay() {
    on_both(|visits| {
        let review = visits.review(visits.visit(), 4).expect("posted");
        let other = consumer(visits.db, 2);
        let theirs = review_of(visits.visit_of(other, NOW), 2);
        let theirs = visits.review_as(Actor::Consumer(other), theirs).expect("posted");
        let erased = visits.run(Actor::Consumer(visits.guest), NOW, |tx, ctx| {
            feedback::erase_person(tx, ctx, &convert::ErasePerson { give_up_open: false })
        });
        erased.expect("nothing is open");
        let stored = visits.stored(review);
        assert_eq!((stored.text.as_str(), stored.stars), ("", 4));
        assert_eq!(visits.stored(theirs).text, "好吃，分量足");
        assert_eq!(visits.rating(), (6, 2));
    });
}

#[test]
fn a_hidden_review_is_shown_again_unless_its_visit_was_taken_back() {
    on_both(|visits| {
        let visit = visits.visit();
        let review = visits.review(visit, 3).expect("posted");
        let support = Actor::Operator(operator(visits.db, OperatorRole::Support, 1));
        assert_eq!(code(visits.show(support, review, "fair")), "review_not_hidden");
        visits.hide(support, review, "spam").expect("hidden");
        assert_eq!(
            code(visits.show(visits.shop.as_owner(), review, "mine")),
            "forbidden"
        );
        assert_eq!(code(visits.show(support, review, " ")), "reason_missing");
        visits.show(support, review, "it was no spam").expect("shown");
        assert_eq!(visits.rating(), (3, 1));
        visits.hide(support, review, "spam after all").expect("hidden");
        visits.refund(visit).expect("refunded");
        assert_eq!(code(visits.show(support, review, "fair")), "review_visit_void");
        assert_eq!(visits.rating(), (0, 0));
    });
}
