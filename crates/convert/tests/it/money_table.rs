//! The table of DESIGN's money, row by row: where the money is after each step of an order's life.

use convert::{CouponKind, OrderStatus, RefundCause, RefundStatus};
use kernel::DAY_US;
use offer::OnExpiry;

use crate::shop::{Plan, Shop, bp, earn_rebate, spendable};
use crate::{NOW, books, events, ok, on_both, person};

#[test]
fn an_order_paid_with_a_platform_coupon_and_refunded_whole() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let coupon = shop.create_coupon(shop.coupon(CouponKind::Cash { amount: 2_000 }));
        let mut order = shop.order_of(1);
        order.wallet_coupons = vec![ok(shop.claim(buyer, coupon))];
        let wallet_coupons = order.wallet_coupons.clone();
        let placed = shop.place(buyer, order);
        assert_eq!(books(db), [], "nothing moves before the payment");
        assert_eq!(shop.units(), (1, 0));

        let vouchers = shop.pay(buyer, &placed);
        let paid = [
            ("provider_clearing", 8_000, 0),
            ("escrow", -10_000, 0),
            ("subsidy", 2_000, 0),
        ];
        assert_eq!(books(db), paid);
        assert_eq!(shop.units(), (0, 1));

        let refunded = ok(shop.refund(buyer, vouchers[0]));
        assert_eq!(
            (refunded.part.cash, refunded.part.discount_platform),
            (8_000, 2_000)
        );
        let on_its_way = [
            ("provider_clearing", 8_000, -8_000),
            ("escrow", -10_000, 10_000),
            ("subsidy", 2_000, -2_000),
        ];
        assert_eq!(books(db), on_its_way);
        assert_eq!(shop.units(), (0, 0), "the unit can be sold again");
        assert_eq!(shop.view(placed.order).status, OrderStatus::Refunded);

        ok(shop.confirm_refund(refunded.refund));
        assert_eq!(books(db), []);
        let refunds = shop.refunds(placed.order);
        assert_eq!(
            (refunds[0].status, refunds[0].cause),
            (RefundStatus::Succeeded, RefundCause::Asked)
        );
        let again = shop.place(buyer, {
            let mut order = shop.order_of(1);
            order.wallet_coupons = wallet_coupons;
            order
        });
        assert_eq!(
            again.amounts.cash_due, 8_000,
            "the coupon came back with the money"
        );
    });
}

#[test]
fn discounts_of_all_kinds_and_rebates_reach_escrow_from_whoever_pays_them() {
    on_both(|db| {
        // 20 % off, half of it the platform's; a coupon of 10 % that the merchant pays; 5.00 of rebates.
        let mut plan = Plan::default();
        plan.terms.discount_bp = bp(2_000);
        plan.terms.discount_platform_bp = bp(5_000);
        let shop = Shop::open(db, &plan);
        let buyer = person(db);
        earn_rebate(db, buyer, 500);
        let mut coupon = shop.coupon(CouponKind::Percentage {
            share: bp(1_000),
            max_discount: None,
        });
        coupon.platform_share = bp(0);
        let coupon = shop.create_coupon(coupon);
        let mut order = shop.order_of(2);
        order.wallet_coupons = vec![ok(shop.claim(buyer, coupon))];
        order.use_rebate = true;
        let placed = shop.place(buyer, order);
        assert_eq!(spendable(db, buyer), 0, "kept for the order");
        let vouchers = shop.pay(buyer, &placed);
        let paid = [
            ("provider_clearing", 13_900, 0),
            ("escrow", -16_400, 0),
            ("subsidy", 2_000, 0),
            ("rounding", 500, 0),
        ];
        assert_eq!(books(db), paid, "the rebates earned and used are even");

        let first = ok(shop.refund(buyer, vouchers[0]));
        assert_eq!(spendable(db, buyer), 0, "rebates come back when the money does");
        ok(shop.confirm_refund(first.refund));
        assert_eq!(spendable(db, buyer), first.part.rebate_used);
        assert_eq!(
            shop.view(placed.order).status,
            OrderStatus::Paid,
            "the other unit stands"
        );
        let second = ok(shop.refund(buyer, vouchers[1]));
        ok(shop.confirm_refund(second.refund));
        assert_eq!(first.part.cash + second.part.cash, 13_900);
        assert_eq!(spendable(db, buyer), 500);
        assert_eq!(books(db), [("rebate_payable", -500, 0), ("rounding", 500, 0)]);
    });
}

#[test]
fn a_card_used_in_part_refunds_the_exact_rest() {
    on_both(|db| {
        let plan = Plan {
            uses: 3,
            ..Plan::default()
        };
        let shop = Shop::open(db, &plan);
        let buyer = person(db);
        let (placed, vouchers) = shop.buy(buyer, 1);
        shop.redeem(vouchers[0]);
        let used = [
            ("provider_clearing", 10_000, 0),
            ("escrow", -6_666, 0),
            ("merchant_payable", -3_001, 0),
            ("commission", -333, 0),
        ];
        assert_eq!(books(db), used);
        let refunded = ok(shop.refund(buyer, vouchers[0]));
        assert_eq!(refunded.part.cash, 6_666);
        ok(shop.confirm_refund(refunded.refund));
        let kept = [
            ("provider_clearing", 3_334, 0),
            ("merchant_payable", -3_001, 0),
            ("commission", -333, 0),
        ];
        assert_eq!(books(db), kept);
        assert_eq!(shop.units(), (0, 1), "a unit that was used is not sold again");
        assert_eq!(shop.view(placed.order).status, OrderStatus::Paid);
    });
}

#[test]
fn an_unused_voucher_is_refunded_when_it_runs_out() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let (placed, vouchers) = shop.buy(buyer, 1);
        let end = NOW.plus_us(30 * DAY_US);
        assert!(
            !ok(shop.expire(vouchers[0], end.plus_us(-1))),
            "not before its time"
        );
        assert!(ok(shop.expire(vouchers[0], end)));
        assert!(!ok(shop.expire(vouchers[0], end)), "once");
        assert_eq!(
            books(db),
            [
                ("provider_clearing", 10_000, -10_000),
                ("escrow", -10_000, 10_000)
            ]
        );
        let refund = &shop.refunds(placed.order)[0];
        assert_eq!((refund.cause, refund.amount), (RefundCause::Expired, 10_000));
        ok(shop.confirm_refund(refund.id));
        assert_eq!(books(db), []);
        assert_eq!(events(db, "VoucherExpired"), 1);
    });
}

#[test]
fn an_unused_voucher_is_forfeited_where_the_agreement_says_so() {
    on_both(|db| {
        let mut plan = Plan {
            uses: 2,
            ..Plan::default()
        };
        plan.terms.on_expiry = OnExpiry::Forfeit;
        let shop = Shop::open(db, &plan);
        let buyer = person(db);
        let (placed, vouchers) = shop.buy(buyer, 1);
        shop.redeem(vouchers[0]);
        assert!(ok(shop.expire(vouchers[0], NOW.plus_us(30 * DAY_US))));
        let kept = [
            ("provider_clearing", 10_000, 0),
            ("merchant_payable", -9_000, 0),
            ("commission", -1_000, 0),
        ];
        assert_eq!(books(db), kept);
        assert_eq!(shop.refunds(placed.order), []);
        let merchant = shop.merchant;
        let lines =
            db.read_blocking(move |read| ledger::queries::statement_lines(read, merchant, None, None, 10));
        let lines = lines.expect("an answer");
        let amounts: Vec<_> = lines
            .iter()
            .map(|l| (l.kind, l.price, l.commission, l.payable))
            .collect();
        assert_eq!(amounts, [(ledger::LineKind::Forfeit, 5_000, 500, 4_500)]);
    });
}

#[test]
fn an_order_with_nothing_left_to_pay_is_paid_at_once_and_refunds_without_a_provider() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        earn_rebate(db, buyer, 3_000);
        let coupon = shop.create_coupon(shop.coupon(CouponKind::Cash { amount: 7_000 }));
        let mut order = shop.order_of(1);
        order.wallet_coupons = vec![ok(shop.claim(buyer, coupon))];
        order.use_rebate = true;
        let placed = shop.place(buyer, order);
        assert_eq!((placed.status, placed.amounts.cash_due), (OrderStatus::Paid, 0));
        assert_eq!(placed.vouchers, shop.vouchers(placed.order));
        assert_eq!(
            books(db),
            [
                ("escrow", -10_000, 0),
                ("subsidy", 7_000, 0),
                ("rounding", 3_000, 0)
            ]
        );
        let refunded = ok(shop.refund(buyer, placed.vouchers[0]));
        assert_eq!(refunded.part.rebate_used, 3_000);
        assert_eq!(books(db), [("rebate_payable", -3_000, 0), ("rounding", 3_000, 0)]);
        assert_eq!(spendable(db, buyer), 3_000);
        assert_eq!(shop.refunds(placed.order)[0].status, RefundStatus::Succeeded);
    });
}

#[test]
fn a_unit_that_the_merchant_gives_away_moves_no_money() {
    on_both(|db| {
        let mut plan = Plan::default();
        plan.terms.discount_bp = bp(10_000);
        let shop = Shop::open(db, &plan);
        let buyer = person(db);
        let placed = shop.place(buyer, shop.order_of(2));
        assert_eq!(placed.status, OrderStatus::Paid);
        assert_eq!(books(db), []);
        ok(shop.refund(buyer, placed.vouchers[0]));
        assert_eq!(shop.units(), (0, 1));
        assert_eq!(books(db), []);
    });
}

#[test]
fn rebates_kept_for_an_order_that_is_not_paid_come_back() {
    on_both(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        earn_rebate(db, buyer, 700);
        let mut order = shop.order_of(1);
        order.use_rebate = true;
        let placed = shop.place(buyer, order);
        assert_eq!((placed.amounts.rebate_used, spendable(db, buyer)), (700, 0));
        assert!(ok(shop.release(placed.order, placed.hold_until)));
        assert_eq!(spendable(db, buyer), 700);
        assert_eq!(books(db), [("rebate_payable", -700, 0), ("rounding", 700, 0)]);
    });
}
