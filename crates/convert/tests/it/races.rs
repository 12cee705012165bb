//! Many at once, on PostgreSQL in eight lanes: exactly as many win as may, and the money adds up.

use convert::decide::{Buyers, UnitMoney};
use convert::{
    CancelOrder, CouponKind, CreateCoupon, Distribution, OrderStatus, PaymentOutcome, PlaceOrder,
    RefundCause, RefundPart,
};
use kernel::{Actor, PersonId};

use crate::shop::{Plan, Shop, earn_rebate, spendable};
use crate::{NOW, at_once, books, code_of, ok, on_both_racing, person, run_at};

const CROWD: usize = 64;

#[test]
fn of_64_buyers_as_many_as_there_are_units_win() {
    on_both_racing(|db| {
        let shop = Shop::open(
            db,
            &Plan {
                stock: 20,
                ..Plan::default()
            },
        );
        let buyers: Vec<PersonId> = (0..CROWD).map(|_| person(db)).collect();
        let codes = at_once(CROWD, |n| {
            let placed = match shop.try_place(buyers[n], shop.order_of(1)).expect("an answer") {
                Ok(placed) => placed,
                Err(rejected) => return rejected.code,
            };
            shop.pay(buyers[n], &placed);
            "paid".to_owned()
        });
        let paid = codes.iter().filter(|code| *code == "paid").count();
        let sold_out = codes.iter().filter(|code| *code == "order_sold_out").count();
        assert_eq!((paid, sold_out), (20, CROWD - 20));
        assert_eq!(shop.units(), (0, 20));
        assert_eq!(
            books(db),
            [("provider_clearing", 200_000, 0), ("escrow", -200_000, 0)]
        );
    });
}

#[test]
fn of_64_orders_with_one_wallet_coupon_one_wins() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        let coupon = shop.create_coupon(shop.coupon(CouponKind::Cash { amount: 2_000 }));
        let wallet_coupon = ok(shop.claim(buyer, coupon));
        let won = at_once(CROWD, |_| {
            let order = PlaceOrder {
                wallet_coupons: vec![wallet_coupon],
                ..shop.order_of(1)
            };
            match shop.try_place(buyer, order).expect("an answer") {
                Ok(placed) => {
                    shop.pay(buyer, &placed);
                    true
                }
                Err(rejected) => {
                    assert_eq!(rejected.code, "coupon_in_use");
                    false
                }
            }
        });
        assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
        assert_eq!(shop.units(), (0, 1));
    });
}

#[test]
fn claims_of_one_person_and_of_all_stop_at_their_limits() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        let greedy = person(db);
        let crowd: Vec<PersonId> = (0..CROWD).map(|_| person(db)).collect();
        let coupon = shop.create_coupon(CreateCoupon {
            per_person: 3,
            total: 10,
            ..shop.coupon(CouponKind::Cash { amount: 100 })
        });
        let by_one = at_once(CROWD, |_| shop.claim(greedy, coupon).expect("an answer").is_ok());
        assert_eq!(by_one.into_iter().filter(|won| *won).count(), 3);
        let by_all = at_once(CROWD, |n| {
            shop.claim(crowd[n], coupon).expect("an answer").is_ok()
        });
        assert_eq!(by_all.into_iter().filter(|won| *won).count(), 7);
    });
}

#[test]
fn a_coupons_budget_is_never_overdrawn() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        let coupon = shop.create_coupon(CreateCoupon {
            budget: 10_500,
            ..shop.coupon(CouponKind::Cash { amount: 1_000 })
        });
        let wallets: Vec<_> = (0..32)
            .map(|_| {
                let buyer = person(db);
                (buyer, ok(shop.claim(buyer, coupon)))
            })
            .collect();
        let won = at_once(wallets.len(), |n| {
            let (buyer, wallet_coupon) = wallets[n];
            let order = PlaceOrder {
                wallet_coupons: vec![wallet_coupon],
                ..shop.order_of(1)
            };
            shop.try_place(buyer, order).expect("an answer").is_ok()
        });
        assert_eq!(won.into_iter().filter(|won| *won).count(), 10);
    });
}

#[test]
fn of_eight_first_orders_at_eight_merchants_one_is_the_first() {
    on_both_racing(|db| {
        let shops: Vec<Shop> = (0..8).map(|_| Shop::open(db, &Plan::default())).collect();
        let buyer = person(db);
        let wallet: Vec<_> = shops
            .iter()
            .map(|shop| {
                let mut coupon = shop.coupon(CouponKind::Cash { amount: 1_000 });
                coupon.conditions.buyers = Buyers::FirstOrder;
                ok(shop.claim(buyer, shop.create_coupon(coupon)))
            })
            .collect();
        let won = at_once(shops.len(), |n| {
            let order = PlaceOrder {
                wallet_coupons: vec![wallet[n]],
                ..shops[n].order_of(1)
            };
            shops[n].try_place(buyer, order).expect("an answer").is_ok()
        });
        assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
    });
}

#[test]
fn of_64_claims_of_one_code_one_wins() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        let crowd: Vec<PersonId> = (0..CROWD).map(|_| person(db)).collect();
        let coupon = shop.create_coupon(CreateCoupon {
            distribution: Distribution::ByCode,
            ..shop.coupon(CouponKind::Cash { amount: 100 })
        });
        let code = shop.code(coupon, 7);
        let won = at_once(CROWD, |n| {
            shop.claim_code(crowd[n], &code).expect("an answer").is_ok()
        });
        assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
    });
}

#[test]
fn of_64_accounts_on_one_device_as_many_as_it_may_have_a_coupon_win() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        let crowd: Vec<PersonId> = (0..CROWD).map(|_| person(db)).collect();
        let device = [9; 32];
        crowd.iter().for_each(|person| shop.sign_in(*person, device));
        let coupon = shop.create_coupon(CreateCoupon {
            per_device: Some(5),
            ..shop.coupon(CouponKind::Cash { amount: 100 })
        });
        let codes = at_once(CROWD, |n| {
            let claimed = shop.claim_on(crowd[n], coupon, Some(device));
            claimed
                .expect("an answer")
                .map_or_else(|no| no.code, |_| "won".to_owned())
        });
        let count = |code: &str| codes.iter().filter(|said| *said == code).count();
        assert_eq!(
            (count("won"), count("coupon_device_limit_reached")),
            (5, CROWD - 5)
        );
    });
}

#[test]
fn earned_rebates_are_spent_once() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        earn_rebate(db, buyer, 1_000);
        let used = at_once(16, |_| {
            let order = PlaceOrder {
                use_rebate: true,
                ..shop.order_of(1)
            };
            let placed = shop.try_place(buyer, order).expect("an answer");
            placed.map_or(0, |placed| placed.amounts.rebate_used)
        });
        assert_eq!(used.into_iter().sum::<i64>(), 1_000);
        assert_eq!(spendable(db, buyer), 0);
    });
}

#[test]
fn a_hold_is_released_cancelled_or_paid_but_only_one_of_them() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        for _ in 0..12 {
            let buyer = person(db);
            let placed = shop.place(buyer, shop.order_of(1));
            let order = placed.order;
            let attempt = shop.start(buyer, order);
            let done = at_once(4, |n| match n {
                0 => ok(shop.release(order, placed.hold_until)),
                1 => {
                    let cancelled = run_at(db, Actor::Consumer(buyer), NOW, move |tx, ctx| {
                        convert::cancel_order(tx, ctx, &CancelOrder { order })
                    });
                    cancelled.expect("an answer").is_ok()
                }
                // Two reports of the same payment: the same answer.
                _ => ok(shop.confirm(shop.report(attempt, 10_000))).outcome == PaymentOutcome::Paid,
            });
            assert_eq!(done[2], done[3]);
            assert_eq!(
                [done[0], done[1], done[2]].into_iter().filter(|won| *won).count(),
                1
            );
            let view = shop.view(order);
            assert_eq!(view.status == OrderStatus::Paid, done[2]);
            assert_eq!(
                shop.refunds(order).len(),
                usize::from(!done[2]),
                "the payment that lost goes back"
            );
            for refund in shop.refunds(order) {
                ok(shop.confirm_refund(refund.id));
            }
        }
        let (held, taken) = shop.units();
        assert_eq!(held, 0);
        let escrow = -10_000 * taken;
        let expected = if taken == 0 {
            vec![]
        } else {
            vec![("provider_clearing", -escrow, 0), ("escrow", escrow, 0)]
        };
        assert_eq!(books(db), expected);
    });
}

#[test]
fn a_voucher_is_refunded_redeemed_or_expired_but_only_one_of_them() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        for _ in 0..12 {
            let (placed, vouchers) = shop.buy(buyer, 1);
            let voucher = vouchers[0];
            let end = NOW.plus_us(30 * kernel::DAY_US);
            let done = at_once(4, |n| match n {
                0 | 1 => shop.refund(buyer, voucher).expect("an answer").is_ok(),
                2 => ok(shop.expire(voucher, end)),
                _ => ok(run_at(db, Actor::System, NOW, move |tx, ctx| {
                    Ok(voucher::use_up(tx, voucher, 1, ctx.now, None)?.is_some())
                })),
            });
            assert_eq!(done.iter().filter(|won| **won).count(), 1, "{done:?}");
            assert_eq!(shop.refunds(placed.order).len(), usize::from(!done[3]));
        }
    });
}

#[test]
fn of_100_refunds_of_60_percent_one_succeeds() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        let (placed, vouchers) = shop.buy(person(db), 1);
        let voucher = vouchers[0];
        let outcomes = at_once(100, |_| {
            run_at(db, Actor::System, NOW, move |tx, ctx| {
                let part = UnitMoney {
                    price: 6_000,
                    cash: 6_000,
                    ..UnitMoney::default()
                };
                let cause = RefundCause::Redeemed;
                convert::refund_part(tx, ctx, &RefundPart { voucher, part, cause })
            })
        });
        let refused = outcomes
            .into_iter()
            .map(code_of)
            .filter(|code| code == "refund_over_paid");
        assert_eq!(refused.count(), 99);
        assert_eq!(shop.view(placed.order).cash_refunded, 6_000);
    });
}

#[test]
fn the_last_two_units_of_an_order_refunded_at_once_return_its_coupon() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        for _ in 0..8 {
            let buyer = person(db);
            let coupon = shop.create_coupon(shop.coupon(CouponKind::Cash { amount: 2_000 }));
            let order = PlaceOrder {
                wallet_coupons: vec![ok(shop.claim(buyer, coupon))],
                ..shop.order_of(2)
            };
            let placed = shop.place(buyer, order);
            let vouchers = shop.pay(buyer, &placed);
            at_once(2, |n| ok(shop.refund(buyer, vouchers[n])));
            assert_eq!(shop.view(placed.order).status, OrderStatus::Refunded);
            let wallet = db.read_blocking(move |read| convert::queries::wallet(read, buyer, None, 1));
            let wallet = wallet.expect("an answer");
            assert_eq!(wallet[0].status, convert::WalletCouponStatus::Claimed);
        }
        assert_eq!(shop.units(), (0, 0));
    });
}

#[test]
fn a_refund_confirmed_from_many_sides_moves_the_money_once() {
    on_both_racing(|db| {
        let shop = Shop::open(db, &Plan::default());
        let buyer = person(db);
        earn_rebate(db, buyer, 500);
        let order = PlaceOrder {
            use_rebate: true,
            ..shop.order_of(1)
        };
        let placed = shop.place(buyer, order);
        let vouchers = shop.pay(buyer, &placed);
        let refund = ok(shop.refund(buyer, vouchers[0])).refund;
        at_once(16, |_| ok(shop.confirm_refund(refund)));
        assert_eq!(spendable(db, buyer), 500);
        assert_eq!(books(db), [("rebate_payable", -500, 0), ("rounding", 500, 0)]);
    });
}
