//! What is paid after the service: ordered for nothing, one at a time, and without the platform's money.

use convert::{CouponKind, CreateCoupon, GroupChoice, OrderStatus, PlaceOrder, RefundStatus};
use kernel::{Actor, BasisPoints, DAY_US, Money, PersonId, Timestamp};
use offer::{Deposit, DepositKind, GroupTerms};

use crate::shop::{Plan, Shop, bp, earn_rebate, spendable};
use crate::{CNY, NOW, Outcome, at_once, books, code_of, ok, on_both, on_both_racing, person, run_at};

const ONE_AT_A_TIME: &str = "order_one_at_a_time";
const OVER: Timestamp = Timestamp(NOW.0 + 31 * DAY_US);

/// 100.00, of which the merchant gives 20.00.
fn plan() -> Plan {
    let mut plan = Plan {
        deposit: Some(Deposit {
            kind: DepositKind::PayAfter,
            share_bp: BasisPoints::ZERO,
        }),
        ..Plan::default()
    };
    plan.terms.discount_bp = bp(2_000);
    plan
}

fn quote(shop: &Shop, buyer: PersonId, now: Timestamp) -> Outcome<i64> {
    let order = shop.order_of(1);
    run_at(shop.db, Actor::Consumer(buyer), now, move |tx, ctx| {
        let (_, price) = convert::queries::quote(tx, ctx, &order, None, false)?;
        Ok(price.amounts.due_at_store)
    })
}

fn place_at(shop: &Shop, buyer: PersonId, now: Timestamp) -> Outcome<OrderStatus> {
    let order = shop.order_of(1);
    run_at(shop.db, Actor::Consumer(buyer), now, move |tx, ctx| {
        Ok(convert::place_order(tx, ctx, &order)?.status)
    })
}

#[test]
fn it_is_ordered_for_nothing_and_given_back_without_a_provider() {
    on_both(|db| {
        let (shop, buyer) = (Shop::open(db, &plan()), person(db));
        earn_rebate(db, buyer, 600);
        let placed = shop.place(
            buyer,
            PlaceOrder {
                use_rebate: true,
                expected_cash: Some(Money::new(0, CNY)),
                ..shop.order_of(2)
            },
        );
        assert_eq!(placed.status, OrderStatus::Paid);
        let amounts = placed.amounts;
        assert_eq!(
            (amounts.cash_due, amounts.rebate_used, amounts.due_at_store),
            (0, 0, 16_000)
        );
        assert_eq!(spendable(db, buyer), 600, "nothing is due that it could pay");
        assert_eq!(shop.units(), (0, 2));

        let [given_back, run_out] = placed.vouchers[..] else {
            panic!("two vouchers")
        };
        ok(shop.refund(buyer, given_back));
        assert!(ok(shop.expire(run_out, OVER)));
        let refunds = shop.refunds(placed.order);
        let settled = |refund: &convert::queries::RefundView| (refund.amount, refund.rebate, refund.status);
        let refunds: Vec<_> = refunds.iter().map(settled).collect();
        assert_eq!(
            refunds,
            [(0, 0, RefundStatus::Succeeded); 2],
            "no provider is told"
        );
        assert_eq!(shop.units(), (0, 0));
        assert_eq!(shop.view(placed.order).status, OrderStatus::Refunded);
        assert_eq!(books(db), [("rebate_payable", -600, 0), ("rounding", 600, 0)]);
    });
}

#[test]
fn whoever_has_not_used_one_orders_no_other() {
    on_both(|db| {
        let (shop, buyer) = (Shop::open(db, &plan()), person(db));
        let first = shop.place(buyer, shop.order_of(1));
        assert_eq!(code_of(shop.try_place(buyer, shop.order_of(1))), ONE_AT_A_TIME);
        assert_eq!(code_of(quote(&shop, buyer, NOW)), ONE_AT_A_TIME);
        assert_eq!(shop.units(), (0, 1));
        shop.place(person(db), shop.order_of(1));
        let other = Shop::open(db, &plan());
        other.place(buyer, other.order_of(1));

        shop.redeem(first.vouchers[0]);
        let second = shop.place(buyer, shop.order_of(1));
        ok(shop.refund(buyer, second.vouchers[0]));
        shop.place(buyer, shop.order_of(1));
        assert_eq!(ok(quote(&shop, buyer, OVER)), 8_000, "the third has run out");
        assert_eq!(ok(place_at(&shop, buyer, OVER)), OrderStatus::Paid);
    });
}

#[test]
fn of_many_orders_at_once_one_is_placed() {
    on_both_racing(|db| {
        let (shop, buyer) = (Shop::open(db, &plan()), person(db));
        let outcomes = at_once(8, |_| shop.try_place(buyer, shop.order_of(1)));
        let placed = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Ok(_))));
        assert_eq!(placed.count(), 1, "{outcomes:?}");
        assert_eq!(shop.units(), (0, 1));
    });
}

#[test]
fn in_a_group_it_is_one_at_a_time_too() {
    on_both(|db| {
        let group = GroupTerms {
            price: 6_000,
            size: 2,
            window_us: DAY_US,
        };
        let plan = Plan {
            group: Some(group),
            ..plan()
        };
        let (shop, leader) = (Shop::open(db, &plan), person(db));
        let in_group = |choice| PlaceOrder {
            group: Some(choice),
            ..shop.order_of(1)
        };
        let opened = shop.place(leader, in_group(GroupChoice::Open));
        assert_eq!(opened.status, OrderStatus::InGroup);
        assert_eq!(
            code_of(shop.try_place(leader, in_group(GroupChoice::Open))),
            ONE_AT_A_TIME
        );
        let joins = in_group(GroupChoice::Join(opened.group.expect("a group")));
        let joined = shop.place(person(db), joins);
        assert_eq!(
            (joined.status, joined.amounts.due_at_store),
            (OrderStatus::Paid, 4_800)
        );
        assert_eq!(shop.vouchers(opened.order).len(), 1);
    });
}

/// A merchant and guests of its own could draw what the platform gives to sales that nobody saw.
#[test]
fn the_platform_gives_nothing_to_it() {
    on_both(|db| {
        let (shop, buyer) = (Shop::open(db, &plan()), person(db));
        let of_platform = shop.coupon(CouponKind::Cash { amount: 1_000 });
        let of_merchant = CreateCoupon {
            platform_share: BasisPoints::ZERO,
            ..of_platform.clone()
        };
        let partly = CreateCoupon {
            platform_share: bp(1),
            distribution: convert::Distribution::Automatic,
            ..of_platform.clone()
        };
        shop.create_coupon(partly);
        let [refused, taken] = [of_platform, of_merchant].map(|coupon| {
            let coupon = shop.create_coupon(coupon);
            PlaceOrder {
                wallet_coupons: vec![ok(shop.claim(buyer, coupon))],
                ..shop.order_of(1)
            }
        });
        assert_eq!(code_of(shop.try_place(buyer, refused)), "coupon_not_for_this");
        let amounts = shop.place(buyer, taken).amounts;
        assert_eq!((amounts.discount_platform, amounts.discount_merchant), (0, 3_000));
        assert_eq!(amounts.due_at_store, 7_000);
    });
}
