//! Refunds: whose, of what, how often, and what the provider says of them.

use convert::decide::UnitMoney;
use convert::queries::{preview_refund, refunds_to_send};
use convert::{CouponKind, FailRefund, MarkRefundSent, RefundCause, RefundPart, RefundStatus};
use kernel::{Actor, DAY_US, RefundId, TypeSafeId, VoucherId};
use store::Store;
use uuid::Uuid;

use crate::shop::{PROVIDER, Plan, Shop};
use crate::{NOW, Outcome, books, code_of, events, ok, on_both, person, run_at};

fn sent(db: &Store, refund: RefundId) -> Outcome<()> {
    run_at(db, Actor::System, NOW, move |tx, ctx| {
        convert::mark_refund_sent(tx, ctx, &MarkRefundSent { refund })
    })
}

fn failed(db: &Store, refund: RefundId, provider: &'static str, tries: i64) -> Outcome<()> {
    run_at(db, Actor::Provider(1), NOW, move |tx, ctx| {
        let cmd = FailRefund {
            refund,
            provider: provider.to_owned(),
            tries,
        };
        convert::fail_refund(tx, ctx, &cmd)
    })
}

#[test]
fn only_the_buyer_refunds_and_only_what_is_left() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let (buyer, stranger) = (person(db), person(db));
        let (_, vouchers) = shop.buy(buyer, 2);
        assert_eq!(code_of(shop.refund(stranger, vouchers[0])), "refund_not_found");
        let unknown: VoucherId = TypeSafeId::from_uuid(Uuid::from_u128(5));
        assert_eq!(code_of(shop.refund(buyer, unknown)), "refund_not_found");
        ok(shop.refund(buyer, vouchers[0]));
        assert_eq!(code_of(shop.refund(buyer, vouchers[0])), "refund_nothing_left");
        shop.redeem(vouchers[1]);
        assert_eq!(code_of(shop.refund(buyer, vouchers[1])), "refund_nothing_left");
        assert_eq!(shop.units(), (0, 1));
    });
}

#[test]
fn the_merchant_gives_an_unused_voucher_back_and_says_why() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let (_, vouchers) = shop.buy(buyer, 1);
        let voucher = vouchers[0];
        let refund = |actor, reason: Option<&str>| {
            let ctx = party::testing::ctx_at(NOW, actor);
            let ctx = match reason {
                Some(reason) => ctx.with_reason(reason.to_owned()),
                None => ctx,
            };
            party::testing::run(db, ctx, move |tx, ctx| {
                convert::refund_voucher(tx, ctx, &convert::RefundVoucher { voucher })
            })
        };
        let stranger = Actor::Staff(person(db), TypeSafeId::from_uuid(Uuid::from_u128(6)));
        assert_eq!(
            refund(stranger, Some("mine")).expect_err("refused").code,
            "forbidden"
        );
        assert_eq!(
            refund(shop.owner, None).expect_err("refused").code,
            "reason_missing"
        );
        assert!(refund(shop.owner, Some("The kitchen is closed")).is_ok());
        assert_eq!(code_of(shop.refund(buyer, voucher)), "refund_nothing_left");
        assert_eq!(shop.units(), (0, 0), "the unit can be sold again");
    });
}

#[test]
fn a_voucher_past_its_end_is_left_to_the_agreement() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let (_, vouchers) = shop.buy(buyer, 1);
        let voucher = vouchers[0];
        let late = run_at(
            db,
            Actor::Consumer(buyer),
            NOW.plus_us(30 * DAY_US),
            move |tx, ctx| convert::refund_voucher(tx, ctx, &convert::RefundVoucher { voucher }),
        );
        assert_eq!(code_of(late), "refund_nothing_left");
        for actor in [Actor::Consumer(buyer), shop.owner, Actor::Provider(1)] {
            let early = run_at(db, actor, NOW, move |tx, ctx| {
                convert::expire_voucher(tx, ctx, &convert::ExpireVoucher { voucher })
            });
            assert_eq!(code_of(early), "forbidden");
        }
    });
}

#[test]
fn the_preview_says_what_the_refund_then_does() {
    on_both(|db| {
        let shop = Shop::open(
            db,
            &Plan {
                uses: 3,
                ..Plan::default()
            },
        );
        let buyer = person(db);
        let coupon = shop.create_coupon(shop.coupon(CouponKind::Cash { amount: 1_000 }));
        let mut order = shop.order_of(1);
        order.wallet_coupons = vec![ok(shop.claim(buyer, coupon))];
        let voucher = {
            let placed = shop.place(buyer, order);
            shop.pay(buyer, &placed)[0]
        };
        let preview = || {
            let found = db.read_blocking(move |read| preview_refund(read, voucher, NOW));
            found.expect("an answer")
        };
        let whole = preview().expect("a preview");
        assert_eq!(
            (whole.cash, whole.uses_left, whole.coupon_returns),
            (9_000, 3, true)
        );
        assert_eq!(whole.provider.as_deref(), Some(PROVIDER));
        shop.redeem(voucher);
        let rest = preview().expect("a preview");
        assert_eq!((rest.uses_left, rest.coupon_returns), (2, false));
        let refunded = ok(shop.refund(buyer, voucher));
        assert_eq!(
            (rest.cash, rest.rebate),
            (refunded.part.cash, refunded.part.rebate_used)
        );
        assert_eq!(preview(), None);
    });
}

#[test]
fn a_refund_is_sent_again_as_the_same_refund_until_it_arrives_once() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let (placed, vouchers) = shop.buy(buyer, 1);
        let refund = ok(shop.refund(buyer, vouchers[0])).refund;
        let waiting = |status| {
            let found = db.read_blocking(move |read| refunds_to_send(read, status, None, 10));
            found.expect("an answer")
        };
        let first = &waiting(RefundStatus::Requested)[0];
        assert_eq!((first.refund, first.amount, first.paid), (refund, 10_000, 10_000));
        assert!(first.provider_payment.is_some() && first.provider == PROVIDER);
        ok(sent(db, refund));
        ok(sent(db, refund));
        ok(failed(db, refund, PROVIDER, 1));
        ok(failed(db, refund, PROVIDER, 1));
        assert_eq!(waiting(RefundStatus::Failed)[0].tries, 1, "sent once so far");
        ok(sent(db, refund));
        assert_eq!(code_of(failed(db, refund, "sandbox", 2)), "refund_not_found");
        ok(failed(db, refund, PROVIDER, 1));
        assert_eq!(
            waiting(RefundStatus::Sent)[0].tries,
            2,
            "the second sending is under way"
        );
        for _ in 0..3 {
            ok(shop.confirm_refund(refund));
        }
        ok(failed(db, refund, PROVIDER, 2));
        ok(sent(db, refund));
        let view = &shop.refunds(placed.order)[0];
        assert_eq!((view.status, view.tries), (RefundStatus::Succeeded, 2));
        assert_eq!(books(db), []);
        assert_eq!(
            (events(db, "RefundFailed"), events(db, "RefundSucceeded")),
            (1, 1)
        );
    });
}

#[test]
fn a_part_beyond_what_was_paid_is_refused() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let coupon = shop.create_coupon(shop.coupon(CouponKind::Cash { amount: 2_000 }));
        let mut order = shop.order_of(1);
        order.wallet_coupons = vec![ok(shop.claim(buyer, coupon))];
        let placed = shop.place(buyer, order);
        let voucher = shop.pay(buyer, &placed)[0];
        let part = |cash: i64, discount_platform: i64| {
            run_at(db, Actor::System, NOW, move |tx, ctx| {
                let part = UnitMoney {
                    price: cash + discount_platform,
                    discount_platform,
                    discount_merchant: 0,
                    rebate_used: 0,
                    cash,
                    due_at_store: 0,
                };
                let cause = RefundCause::Redeemed;
                convert::refund_part(tx, ctx, &RefundPart { voucher, part, cause })
            })
        };
        assert_eq!(
            code_of(part(8_001, 0)),
            "refund_over_paid",
            "more cash than was paid"
        );
        assert_eq!(
            code_of(part(8_000, 2_001)),
            "refund_over_paid",
            "more than is in escrow"
        );
        ok(part(6_000, 0));
        assert_eq!(code_of(part(6_000, 0)), "refund_over_paid");
        assert_eq!(code_of(part(2_001, 0)), "refund_over_paid");
        ok(part(2_000, 2_000));
        assert_eq!(code_of(part(0, 1)), "refund_over_paid");
        assert_eq!(shop.view(placed.order).cash_refunded, 8_000);
    });
}
