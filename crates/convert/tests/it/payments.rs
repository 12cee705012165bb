//! Reports of a provider: repeated, out of order, late, wrong, and from the wrong mouth.

use convert::{
    AttemptStatus, CancelOrder, ClosePaymentConflict, ConfirmPayment, FailPayment, OrderStatus,
    PaymentOutcome, RefundCause,
};
use kernel::{Actor, Currency, MINUTE_US, PaymentAttemptId};
use store::Store;

use crate::shop::{PROVIDER, Plan, Shop};
use crate::{NOW, Outcome, books, code_of, events, ok, on_both, person, run_at};

fn fail(db: &Store, attempt: PaymentAttemptId) -> Outcome<()> {
    run_at(db, Actor::Provider(1), NOW, move |tx, ctx| {
        let provider = PROVIDER.to_owned();
        convert::fail_payment(tx, ctx, &FailPayment { attempt, provider })
    })
}

fn status(db: &Store, attempt: PaymentAttemptId) -> AttemptStatus {
    let found = db.read_blocking(move |read| convert::queries::attempt(read, attempt));
    found.expect("an answer").expect("an attempt").status
}

#[test]
fn a_report_that_comes_a_hundred_times_pays_once() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(2));
        let attempt = shop.start(buyer, placed.order);
        for _ in 0..100 {
            let confirmed = ok(shop.confirm(shop.report(attempt, 20_000)));
            assert_eq!(
                (confirmed.order, confirmed.outcome),
                (placed.order, PaymentOutcome::Paid)
            );
        }
        assert_eq!(
            books(db),
            [("provider_clearing", 20_000, 0), ("escrow", -20_000, 0)]
        );
        assert_eq!(shop.vouchers(placed.order).len(), 2);
        assert_eq!((events(db, "OrderPaid"), events(db, "VoucherIssued")), (1, 2));
    });
}

#[test]
fn a_failure_after_or_before_the_success_changes_nothing() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(1));
        let attempt = shop.start(buyer, placed.order);
        ok(fail(db, attempt));
        ok(fail(db, attempt));
        assert_eq!(status(db, attempt), AttemptStatus::Failed);
        assert_eq!(
            shop.view(placed.order).status,
            OrderStatus::Placed,
            "another try is open to the buyer"
        );
        assert_ne!(shop.start(buyer, placed.order), attempt);
        ok(shop.confirm(shop.report(attempt, 10_000)));
        ok(fail(db, attempt));
        assert_eq!(status(db, attempt), AttemptStatus::Paid);
        assert_eq!(shop.view(placed.order).status, OrderStatus::Paid);
        assert_eq!(events(db, "PaymentFailed"), 1);
    });
}

#[test]
fn a_payment_after_the_hold_was_released_goes_back_whole() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(1));
        let attempt = shop.start(buyer, placed.order);
        assert!(!ok(shop.release(placed.order, placed.hold_until.plus_us(-1))));
        assert!(ok(shop.release(placed.order, placed.hold_until)));
        assert!(!ok(shop.release(placed.order, placed.hold_until)));
        assert_eq!(shop.units(), (0, 0));
        for _ in 0..3 {
            let confirmed = ok(shop.confirm(shop.report(attempt, 10_000)));
            assert_eq!(confirmed.outcome, PaymentOutcome::Refunded);
        }
        assert_eq!(
            books(db),
            [
                ("provider_clearing", 10_000, -10_000),
                ("escrow", -10_000, 10_000)
            ]
        );
        assert_eq!(shop.vouchers(placed.order), []);
        let refunds = shop.refunds(placed.order);
        assert_eq!((refunds.len(), refunds[0].cause), (1, RefundCause::LatePayment));
        assert_eq!(events(db, "LatePaymentRefunded"), 1);
        ok(shop.confirm_refund(refunds[0].id));
        assert_eq!(books(db), []);
    });
}

#[test]
fn an_expired_hold_counts_until_it_is_released() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(1));
        let attempt = shop.start(buyer, placed.order);
        let report = shop.report(attempt, 10_000);
        let late = placed.hold_until.plus_us(MINUTE_US);
        let confirmed = ok(run_at(db, Actor::Provider(1), late, move |tx, ctx| {
            convert::confirm_payment(tx, ctx, &report)
        }));
        assert_eq!(confirmed.outcome, PaymentOutcome::Paid);
        assert!(!ok(shop.release(placed.order, late)));
        assert_eq!(
            code_of(shop.try_start(buyer, placed.order, PROVIDER, late)),
            "order_not_open"
        );
    });
}

#[test]
fn a_second_payment_of_a_paid_order_goes_back_whole() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(1));
        let first = shop.start(buyer, placed.order);
        assert_eq!(
            shop.start(buyer, placed.order),
            first,
            "an open try is used again"
        );
        let second = ok(shop.try_start(buyer, placed.order, "other", NOW));
        ok(shop.confirm(shop.report(first, 10_000)));
        let report = ConfirmPayment {
            provider: "other".to_owned(),
            ..shop.report(second, 10_000)
        };
        assert_eq!(ok(shop.confirm(report)).outcome, PaymentOutcome::Refunded);
        assert_eq!(
            books(db),
            [
                ("provider_clearing", 20_000, -10_000),
                ("escrow", -20_000, 10_000)
            ]
        );
        assert_eq!(
            shop.view(placed.order).cash_refunded,
            0,
            "the order's own money stays"
        );
    });
}

#[test]
fn a_wrong_amount_or_currency_goes_back_whole_and_the_order_can_still_be_paid() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(1));
        let short = shop.start(buyer, placed.order);
        assert_eq!(
            ok(shop.confirm(shop.report(short, 9_999))).outcome,
            PaymentOutcome::Refunded
        );
        let foreign = shop.start(buyer, placed.order);
        let report = ConfirmPayment {
            currency: Currency::JPY,
            ..shop.report(foreign, 10_000)
        };
        assert_eq!(ok(shop.confirm(report)).outcome, PaymentOutcome::Refunded);
        assert_eq!(events(db, "PaymentMismatched"), 2);
        assert_eq!(shop.view(placed.order).status, OrderStatus::Placed);
        for refund in shop.refunds(placed.order) {
            assert_eq!(refund.cause, RefundCause::Mismatch);
            ok(shop.confirm_refund(refund.id));
        }
        assert_eq!(books(db), []);
        shop.pay(buyer, &placed);
        assert_eq!(shop.view(placed.order).status, OrderStatus::Paid);
    });
}

#[test]
fn only_the_attempts_own_provider_is_believed() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(1));
        let attempt = shop.start(buyer, placed.order);
        for actor in [
            Actor::Anonymous,
            Actor::Consumer(buyer),
            shop.owner,
            shop.operator,
        ] {
            let report = shop.report(attempt, 10_000);
            let outcome = run_at(db, actor, NOW, move |tx, ctx| {
                convert::confirm_payment(tx, ctx, &report)
            });
            assert_eq!(code_of(outcome), "payment_actor_forbidden");
        }
        let other = ConfirmPayment {
            provider: "sandbox".to_owned(),
            ..shop.report(attempt, 10_000)
        };
        assert_eq!(code_of(shop.confirm(other)), "payment_not_found");
        for amount in [i64::MIN, -1, 0, i64::MAX] {
            assert_eq!(
                code_of(shop.confirm(shop.report(attempt, amount))),
                "payment_invalid"
            );
        }
        for reference in ["", "with space", "\u{7f}", &"x".repeat(129)] {
            let report = ConfirmPayment {
                provider_payment: reference.to_owned(),
                ..shop.report(attempt, 10_000)
            };
            assert_eq!(code_of(shop.confirm(report)), "payment_invalid");
        }
        assert_eq!(books(db), []);
    });
}

#[test]
fn a_report_that_contradicts_what_settled_a_payment_is_kept_for_the_platform() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(1));
        let attempt = shop.start(buyer, placed.order);
        let settled = shop.report(attempt, 10_000);
        ok(shop.confirm(settled.clone()));
        let before = books(db);
        assert_eq!(ok(shop.confirm(settled.clone())).outcome, PaymentOutcome::Paid);
        assert_eq!(events(db, "PaymentConflicted"), 0);
        let more = ConfirmPayment {
            amount: 12_000,
            ..settled.clone()
        };
        let renamed = ConfirmPayment {
            provider_payment: "p-2".to_owned(),
            ..settled.clone()
        };
        for report in [more.clone(), more, renamed] {
            assert_eq!(ok(shop.confirm(report)).outcome, PaymentOutcome::Conflicting);
        }
        assert_eq!(books(db), before, "nothing is booked for it");
        assert_eq!(shop.view(placed.order).status, OrderStatus::Paid);
        let open = |count: i64| {
            let counted = db.read_blocking(convert::queries::payment_conflicts_open);
            assert_eq!(counted.expect("a count"), count);
        };
        open(2);
        let found = db.read_blocking(|read| convert::queries::payment_conflicts(read, None, 10));
        let found = found.expect("conflicts");
        let of = |name: &str| found.iter().find(|conflict| conflict.provider_payment == name);
        let more = of(&settled.provider_payment).expect("the one of another amount");
        assert_eq!((more.received.amount, more.settled.amount), (12_000, 10_000));
        let renamed = of("p-2").expect("the one of another name");
        assert_eq!(renamed.settled_payment.as_ref(), Some(&settled.provider_payment));
        let close = ClosePaymentConflict { conflict: renamed.id };
        let closing = |actor| {
            let close = close.clone();
            run_at(db, actor, NOW, move |tx, ctx| {
                convert::close_payment_conflict(tx, ctx, &close)
            })
        };
        assert_eq!(code_of(closing(Actor::Consumer(buyer))), "forbidden");
        ok(closing(shop.operator));
        assert_eq!(code_of(closing(shop.operator)), "payment_conflict_closed");
        open(1);
    });
}

#[test]
fn a_mismatch_that_is_reported_again_is_the_same_mismatch() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(1));
        let attempt = shop.start(buyer, placed.order);
        let report = shop.report(attempt, 9_000);
        for _ in 0..2 {
            assert_eq!(ok(shop.confirm(report.clone())).outcome, PaymentOutcome::Refunded);
        }
        assert_eq!(events(db, "PaymentMismatched"), 1);
        let whole = shop.report(attempt, 10_000);
        assert_eq!(ok(shop.confirm(whole)).outcome, PaymentOutcome::Conflicting);
    });
}

#[test]
fn a_cancelled_order_frees_its_units_and_cannot_be_paid() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let (buyer, stranger) = (person(db), person(db));
        let placed = shop.place(buyer, shop.order_of(3));
        let order = placed.order;
        let attempt = shop.start(buyer, order);
        let cancel = |who| {
            run_at(db, Actor::Consumer(who), NOW, move |tx, ctx| {
                convert::cancel_order(tx, ctx, &CancelOrder { order })
            })
        };
        assert_eq!(code_of(cancel(stranger)), "order_not_found");
        assert_eq!(
            code_of(shop.try_start(stranger, order, PROVIDER, NOW)),
            "order_not_found"
        );
        ok(cancel(buyer));
        assert_eq!(shop.units(), (0, 0));
        assert_eq!(code_of(cancel(buyer)), "order_not_open");
        assert_eq!(
            code_of(shop.try_start(buyer, order, PROVIDER, NOW)),
            "order_not_open"
        );
        assert_eq!(
            ok(shop.confirm(shop.report(attempt, 30_000))).outcome,
            PaymentOutcome::Refunded
        );
        assert_eq!(shop.view(order).status, OrderStatus::Cancelled);
    });
}
